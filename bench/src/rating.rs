//! `rating`: what calls cost by the one rating function, on one core, beside reading the same calls from CSV.

use std::hint::black_box;

use domain::allowance::Allowances;
use domain::deck::Deck;
use domain::money::{Amount, Overflow};
use domain::plan::Plan;
use domain::rating::{NoPrice, Sources, price_source, rate_call, total};
use domain::tariff::Tariff;
use domain::time::Zone;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::figures::{Goal, Report, Result};
use crate::generate::{self, Prefixes, TestCall};
use crate::timing::{self, Pace, Work};

/// How many prefixes a large carrier's rate sheet has.
pub(crate) const PREFIXES: usize = 170_000;

/// A call as a line of a file, for the reference to read.
#[derive(Serialize, Deserialize)]
struct Row {
    origin: String,
    from: String,
    to: String,
    started_at: jiff::Timestamp,
    answered_at: jiff::Timestamp,
    ended_at: jiff::Timestamp,
}

/// What prices the calls, and the most of the reference's time that it may take.
struct Case<'a> {
    name: &'static str,
    sources: Sources<'a>,
    most: f64,
}

/// Why a call has no price; here every one has one.
#[derive(Debug, thiserror::Error)]
enum Unpriced {
    #[error(transparent)]
    NoPrice(#[from] NoPrice),
    #[error(transparent)]
    Overflow(#[from] Overflow),
}

/// Rates the calls by three sources of prices, with and without the explanation that a call record needs, and reads them.
pub(crate) fn run(report: &mut Report, count: usize) -> Result<()> {
    println!("rating: making {count} calls and a deck of {PREFIXES} prefixes ...");
    let prefixes = Prefixes::of(PREFIXES);
    let deck = read_deck(&generate::deck_csv(&prefixes, 1))?;
    let calls = generate::calls(count, &prefixes)?;
    let file = file_of(&calls)?;
    let (flat, windows) = (tariff(&json!([]))?, tariff(&three_windows())?);
    let cases = [
        Case { name: "rating-flat", sources: by_plan(&flat), most: 0.25 },
        Case { name: "rating-windows", sources: by_plan(&windows), most: 0.5 },
        Case { name: "rating-deck", sources: Sources { deck: Some(&deck), ..by_plan(&windows) }, most: 1.0 },
    ];
    check(report, &file, (&calls, &cases))?;

    println!(
        "rating: one thread, {} MB of CSV in memory; ours is rate_call, explanation included",
        file.len() / 1_000_000
    );
    let mut work: Vec<Work<'_>> = vec![Box::new(|| {
        black_box(read_rows(&file).is_ok());
    })];
    for case in &cases {
        let (calls, sources) = (&calls, &case.sources);
        work.push(Box::new(|| rate_all(calls, sources)));
        work.push(Box::new(|| {
            black_box(sum(calls, sources).is_ok());
        }));
    }
    let times = timing::medians(&mut work);
    let reference = times[0];
    for (case, times) in cases.iter().zip(times[1..].chunks_exact(2)) {
        println!("{}: the totals alone, without explanation, take {:.1?}", case.name, times[1]);
        report.figure(case.name, Pace::new(count, times[0]), Goal::Times { reference, most: case.most })?;
    }
    Ok(())
}

pub(crate) fn read_deck(csv: &str) -> Result<Deck> {
    Ok(engine::decks::read_csv(csv.as_bytes())?)
}

/// The plan's own rate of 0.05 a minute, with these discount periods.
fn tariff(periods: &Value) -> Result<Tariff> {
    let document = json!({
        "name": "Bench",
        "currency": "USD",
        "rate": {"price_per_minute": "0.05"},
        "discount_periods": periods,
    });
    let plan = Plan::read(document.to_string().as_bytes())?;
    Ok(Tariff::new(&plan, &Zone::named("America/Toronto")?, &[]))
}

/// Saturday and Sunday all day, and every day from 19:00.
pub(crate) fn three_windows() -> Value {
    let window =
        |day: &str, start: &str| json!({"day": day, "start": start, "end": "24:00", "price_per_minute": "0.02"});
    json!([window("sat", "00:00"), window("sun", "00:00"), window("every", "19:00")])
}

fn by_plan(tariff: &Tariff) -> Sources<'_> {
    Sources { tariff: Some(tariff), ..Sources::default() }
}

fn file_of(calls: &[TestCall]) -> Result<Vec<u8>> {
    let mut file = csv::Writer::from_writer(Vec::new());
    for (number, call) in calls.iter().enumerate() {
        let stamp = |millis| jiff::Timestamp::from_millisecond(millis);
        file.serialize(Row {
            origin: format!("pbx-1:{number}"),
            from: call.from.clone(),
            to: call.to.clone(),
            started_at: stamp(call.started_at.millis())?,
            answered_at: stamp(call.talk.answered_at.millis())?,
            ended_at: stamp(call.talk.answered_at.millis() + call.talk.millis)?,
        })?;
    }
    Ok(file.into_inner()?)
}

/// The reference: how many calls the file has, each read into a value of its own.
fn read_rows(file: &[u8]) -> Result<usize> {
    let mut count = 0;
    for row in csv::Reader::from_reader(file).deserialize() {
        let row: Row = row?;
        black_box(&row);
        count += 1;
    }
    Ok(count)
}

fn rate_all(calls: &[TestCall], sources: &Sources<'_>) {
    for call in calls {
        if let Ok(terms) = price_source(sources, &call.to) {
            black_box(&rate_call(&terms, call.talk, &Allowances::none()));
        }
    }
}

fn sum(calls: &[TestCall], sources: &Sources<'_>) -> std::result::Result<Amount, Unpriced> {
    calls.iter().try_fold(Amount::ZERO, |sum, call| {
        let terms = price_source(sources, &call.to)?;
        Ok(sum.plus(total(&terms, call.talk, &Allowances::none())?)?)
    })
}

/// Every line is read, every call has a price, and the explained prices are those without explanation.
fn check(report: &mut Report, file: &[u8], (calls, cases): (&[TestCall], &[Case<'_>])) -> Result<()> {
    if read_rows(file)? != calls.len() {
        report.fault("rating", "the file does not have every call");
    }
    for case in cases {
        let explained = calls.iter().try_fold(Amount::ZERO, |sum, call| -> std::result::Result<Amount, Unpriced> {
            let terms = price_source(&case.sources, &call.to)?;
            Ok(sum.plus(rate_call(&terms, call.talk, &Allowances::none())?.total)?)
        })?;
        if explained != sum(calls, &case.sources)? {
            report.fault(case.name, "the explained prices add up to something else than the totals");
        }
        println!("{}: {} calls cost {explained}", case.name, calls.len());
    }
    Ok(())
}
