//! `pdf`: invoices of two pages, drawn one after the other. What counts is the processor's time, that of Typst's helping threads included: a
//! second of it is a second of one core.

use std::time::{Duration, Instant};

use cpu_time::ProcessTime;

use documents::Templates;
use domain::paper::{Paper, PaperCall};
use domain::time::Instant as Moment;
use serde_json::{Value, json};

use crate::figures::{Goal, Report, Result};
use crate::generate::Random;
use crate::timing::{Pace, ROUNDS, WARM_UP, median};

/// How many a second.
const GOAL: u32 = 100;
/// How many are drawn in each round.
const COUNT: usize = 300;
/// The calls beneath an invoice: with them it has two pages, as most invoices of one line.
const CALLS: usize = 39;
/// 2026-10-01T00:00:00Z.
const MONTH_BEGINS: i64 = 1_790_812_800_000;

/// Draws invoices that all differ in customer, numbers, amounts and calls.
pub(crate) fn run(report: &mut Report) -> Result<()> {
    let templates = Templates::built_in();
    let (begun, mut number) = (Instant::now(), 0);
    while begun.elapsed() < WARM_UP {
        draw(&templates, &invoice(number)?)?;
        number += 1;
    }
    let mut times = Vec::with_capacity(ROUNDS);
    for _ in 0..ROUNDS {
        let invoices = (number..number + COUNT).map(invoice).collect::<Result<Vec<_>>>()?;
        number += COUNT;
        let (mut took, mut pages) = (Duration::ZERO, 0);
        for one in &invoices {
            let begun = ProcessTime::try_now()?;
            let pdf = draw(&templates, one)?;
            took += begun.try_elapsed()?;
            pages += pages_of(&pdf);
        }
        if pages != 2 * COUNT {
            report.fault("pdf", &format!("{COUNT} invoices have {pages} pages"));
        }
        times.push(took);
    }
    report.figure("pdf", Pace::new(COUNT, median(times)), Goal::EachSecond(GOAL))
}

fn draw(templates: &Templates, (paper, calls): &(Paper, Vec<PaperCall>)) -> Result<Vec<u8>> {
    Ok(templates.pdf(paper, calls)?)
}

/// How many pages a PDF has: the tree of pages says so.
fn pages_of(pdf: &[u8]) -> usize {
    let text = String::from_utf8_lossy(pdf);
    let count = text.split_once("/Type/Pages/Count ").map_or("", |(_, rest)| rest);
    count.split('/').next().and_then(|count| count.trim().parse().ok()).unwrap_or(0)
}

/// An invoice for a line with its fee and its calls to some destinations.
fn invoice(place: usize) -> Result<(Paper, Vec<PaperCall>)> {
    let mut random = Random::seeded(place as u64);
    let number = format!("+1416{:07}", 2_000_000 + place);
    let names = ["Austria, mobile", "United Kingdom, London", "Evenings and weekends"];
    let mut lines = vec![line(("fee", &number, "Evenings and weekends"), Value::Null, 799)];
    let (mut calls, mut net) = (Vec::with_capacity(CALLS), 799);
    for name in names {
        let (mut seconds, mut cents) = (0, 0);
        for _ in 0..CALLS / names.len() {
            let (lasted, price) = (1 + random.below(3000), random.below(200));
            seconds += lasted;
            cents += price;
            let answered_at = Moment::from_millis(MONTH_BEGINS + i64::try_from(random.below(2_600_000_000))?)?;
            calls.push(serde_json::from_value(json!({
                "number": number, "name": name, "earlier": false, "answered_at": answered_at,
                "to": format!("+43650{}", random.digits(7)), "seconds": lasted, "amount": decimal(price),
            }))?);
        }
        let usage = json!({"calls": CALLS / names.len(), "seconds": seconds, "exact": decimal(cents)});
        lines.push(line(("usage", &number, name), usage, cents));
        net += cents;
    }
    Ok((serde_json::from_value(paper(place, lines, net))?, calls))
}

fn line((kind, number, name): (&str, &str, &str), usage: Value, cents: u64) -> Value {
    json!({
        "kind": kind, "line": null, "number": number, "name": name, "period": null, "share": null, "usage": usage,
        "amount": decimal(cents), "tax_included": false, "tax_rate": "HST 13 %",
    })
}

fn paper(place: usize, lines: Vec<Value>, net: u64) -> Value {
    let tax = (net * 13 + 50) / 100;
    json!({
        "kind": "invoice", "number": format!("{place:06}"), "issued_on": "2026-11-01", "time_zone": "America/Toronto",
        "language": "en", "currency": "USD",
        "seller": {
            "name": "Bench Telephone Company Ltd", "address": ["1 Queen Street", "M5H 2N2 Toronto", "Canada"],
            "tax_id": "123456789 RT0001", "email": "billing@bench.example",
        },
        "bank": {"name": "Bench Bank", "iban": "AT611904300234573201", "bic": "BENCHXX1"},
        "payment_note": null,
        "buyer": {"name": format!("Alex Customer {place}"), "address": [format!("{place} Queen Street"), "M5H 2N2 Toronto"]},
        "buyer_reference": format!("C{place:06}"),
        "period": {"from": "2026-10-01", "to": "2026-11-01"}, "due_on": "2026-11-15", "corrects": null,
        "lines": lines,
        "taxes": [{"name": "HST 13 %", "rate": "0.13", "net": decimal(net), "tax": decimal(tax)}],
        "net": decimal(net), "tax": decimal(tax), "total": decimal(net + tax), "settled": [], "due": decimal(net + tax),
        "statement": null, "notes": [],
    })
}

/// Cents as an amount.
fn decimal(cents: u64) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}
