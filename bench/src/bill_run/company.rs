//! A telephone company at the end of a month: customers with one line and with several, and the calls of that month.

use std::sync::Arc;

use domain::deck::Deck;
use domain::money::{Amount, Currency};
use domain::plan::Plan;
use domain::time::{Instant, Zone};
use engine::calls::{self, Direction, Directory, Disposition, FinishedCall, Outcome, Payer};
use engine::customers::{self, Address, Details, Mode, NewCustomer};
use engine::lines::{self, NewLine};
use engine::payments::{self, Method, NewPayment};
use engine::tenants::{self, Seller, Settings};
use engine::{Actor, Engine, TestClock, Work, decks, plans};
use serde_json::{Value, json};
use storage::Store;

use crate::figures::Result;
use crate::generate::{self, Prefixes, Random, talk_millis};
use crate::rating::three_windows;

/// How many lines customers have, one after the other: of 60 customers 45 have one, 10 have two, 4 have five, one has 15.
const LINES: [usize; 60] = {
    let mut lines = [1; 60];
    let mut customer = 0;
    while customer < 10 {
        lines[6 * customer + 1] = 2;
        customer += 1;
    }
    (lines[3], lines[17], lines[33], lines[47], lines[59]) = (5, 5, 5, 5, 15);
    lines
};
/// Every so many-th customer has paid something ahead.
const PAID_AHEAD: usize = 20;
/// How many numbers a line calls again and again.
const FRIENDS: usize = 4;
/// Customers, or calls, of one transaction.
const CHUNK: usize = 1_000;

/// 2026-10-01T00:00:00, 2026-11-01T00:00:00 and half an hour later in Toronto, in seconds of UTC.
const OCTOBER: i64 = 1_790_827_200;
const NOVEMBER: i64 = 1_793_505_600;
const NIGHT_OF_THE_RUN: i64 = NOVEMBER + 1800;

/// The company: 6 customers and 10 lines to 100 calls.
pub(crate) struct Company {
    pub(crate) customers: usize,
    pub(super) lines: usize,
    pub(super) calls: usize,
}

/// Who works for the company.
pub(crate) fn actor() -> Actor {
    Actor::program(1, "bench")
}

/// An engine in the night after the month, with no prices in memory yet.
pub(crate) fn engine_at_night(store: &Store) -> Result<Engine> {
    engine_at(store, NIGHT_OF_THE_RUN)
}

fn engine_at(store: &Store, second: i64) -> Result<Engine> {
    let clock = TestClock::at(Instant::from_millis(second * 1000)?);
    Ok(Engine::new(store.clone(), Arc::new(clock)))
}

impl Company {
    /// A company of whole sixties of customers, with some so many calls.
    pub(crate) fn of_calls(calls: usize) -> Company {
        let customers = (calls / 1000).max(1) * LINES.len();
        let lines = customers / LINES.len() * LINES.iter().sum::<usize>();
        Company { customers, lines, calls: 10 * lines }
    }

    /// Founds the company in a database, and lets its customers in.
    pub(super) async fn found(&self, store: &Store, prefixes: &Prefixes) -> Result<()> {
        let mut work = engine_at(store, OCTOBER)?.begin(&actor()).await?;
        tenants::found(&mut work, "Bench Telephone Company", settings()?, false).await?;
        work.commit().await?;
        self.let_in(store, prefixes).await
    }

    /// Lets the customers in, where there is a company already, and has them call until the month ends.
    pub(crate) async fn let_in(&self, store: &Store, prefixes: &Prefixes) -> Result<()> {
        let engine = engine_at(store, OCTOBER)?;
        let mut work = engine.begin(&actor()).await?;
        let sheet = decks::read_csv(generate::deck_csv(prefixes, 1).as_bytes())?;
        let plans = plans(&mut work, &sheet).await?;
        work.commit().await?;
        let mut next_line = 0;
        for chunk in (0..self.customers).collect::<Vec<_>>().chunks(CHUNK) {
            let mut work = engine.begin(&actor()).await?;
            for customer in chunk {
                move_in(&mut work, *customer, &mut next_line, &plans).await?;
            }
            work.commit().await?;
        }
        store.analyze().await?;
        self.call(&engine_at(store, NOVEMBER - 1)?, prefixes).await
    }

    /// Records the calls, in the order of their time.
    async fn call(&self, engine: &Engine, prefixes: &Prefixes) -> Result<()> {
        let directory = Directory::whole(&mut engine.view(&actor()).await?).await?;
        for chunk in (0..self.calls).collect::<Vec<_>>().chunks(CHUNK) {
            let calls = chunk.iter().map(|number| self.one_call(*number, prefixes)).collect::<Result<Vec<_>>>()?;
            let mut work = engine.begin(&actor()).await?;
            let outcomes = calls::record_batch(&mut work, &directory, &calls, None).await?;
            work.commit().await?;
            anyhow::ensure!(
                outcomes.iter().all(|outcome| matches!(outcome, Outcome::Rated { .. })),
                "a call was not rated: {outcomes:?}"
            );
        }
        Ok(())
    }

    /// Every line has ten calls, to the few numbers that it calls again and again.
    fn one_call(&self, number: usize, prefixes: &Prefixes) -> Result<FinishedCall> {
        let mut random = Random::seeded(1_000_000_007 + number as u64);
        // A prime: lines take turns in a disorderly way.
        let line = number * 7919 % self.lines;
        let friend = (line * FRIENDS) as u64 + random.below(FRIENDS as u64);
        let to = prefixes.number(&mut Random::seeded(friend));
        let millis = i64::try_from(number)? * ((NOVEMBER - OCTOBER) * 1000 - 7_200_000) / i64::try_from(self.calls)?;
        let started_at = Instant::from_millis(OCTOBER * 1000 + millis)?;
        let answered_at = started_at.plus_millis(i64::try_from(random.below(20_000))?)?;
        let from = line_number(line);
        Ok(FinishedCall {
            origin: format!("billed:{number}"),
            payer: Payer::Number(from.clone()),
            direction: Direction::Outbound,
            from,
            to: format!("+{to}"),
            agent: None,
            account_code: None,
            link: None,
            started_at: Some(started_at),
            answered_at: Some(answered_at),
            ended_at: answered_at.plus_millis(i64::try_from(talk_millis(&mut random))?)?,
            disposition: Disposition::Answered,
            cause: Some(16),
        })
    }
}

fn line_number(line: usize) -> String {
    format!("+1416{:07}", 2_000_000 + line)
}

fn settings() -> Result<Settings> {
    let mut settings = Settings::new(Currency::parse("USD")?, Zone::named("America/Toronto")?);
    let rate = json!([{"name": "HST 13 %", "rate": "0.13", "valid_from": "2020-01-01T00:00:00Z"}]);
    settings.tax_rates = serde_json::from_value(rate)?;
    settings.seller = Seller {
        legal_name: Some("Bench Telephone Company Ltd".to_owned()),
        address: address(1),
        tax_id: Some("123456789 RT0001".to_owned()),
        email: Some("billing@bench.example".to_owned()),
        ..Seller::default()
    };
    Ok(settings)
}

fn address(house: usize) -> Address {
    Address {
        street: Some(format!("{house} Queen Street")),
        postal_code: Some("M5H 2N2".to_owned()),
        city: Some("Toronto".to_owned()),
        country: Some("Canada".to_owned()),
        country_code: None,
    }
}

/// A flat plan with some minutes in its fee, one with discount periods, one with a large deck and minutes: their ids.
async fn plans(work: &mut Work, sheet: &Deck) -> Result<Vec<String>> {
    let (deck, _) = decks::create(work, "World".to_owned(), Currency::parse("USD")?, Some(sheet)).await?;
    let mut ids = Vec::new();
    for (mut document, monthly_fee) in [
        (json!({"name": "Flat", "included_minutes": 30}), "9.99"),
        (json!({"name": "Evenings and weekends", "discount_periods": three_windows()}), "7.99"),
        (
            json!({"name": "World", "discount_periods": three_windows(), "deck": deck.id, "included_minutes": 60}),
            "12.99",
        ),
    ] {
        document["currency"] = json!("USD");
        document["monthly_fee"] = json!(monthly_fee);
        document["rate"] = json!({"price_per_minute": "0.05"});
        ids.push(plans::create(work, read_plan(&document)?).await?.0.id);
    }
    Ok(ids)
}

fn read_plan(document: &Value) -> Result<Plan> {
    Ok(Plan::read(document.to_string().as_bytes())?)
}

async fn move_in(work: &mut Work, place: usize, next_line: &mut usize, plans: &[String]) -> Result<()> {
    let new = NewCustomer {
        details: Details {
            first_name: Some("Alex".to_owned()),
            last_name: Some(format!("Customer {place}")),
            address: address(place),
            email: Some(format!("customer{place}@bench.example")),
            ..Details::default()
        },
        external_reference: Some(format!("C{place:06}")),
        mode: Mode::Postpaid,
        currency: None,
        credit_limit: None,
    };
    let customer = customers::create(work, new).await?.id;
    for _ in 0..LINES[place % LINES.len()] {
        let (number, plan) = (line_number(*next_line), plans[*next_line % plans.len()].clone());
        lines::open(work, NewLine { customer: customer.clone(), number, plan, opened_at: None }).await?;
        *next_line += 1;
    }
    if place.is_multiple_of(PAID_AHEAD) {
        let ahead = NewPayment {
            customer,
            amount: Amount::parse("10.00")?,
            currency: None,
            method: Method::Transfer,
            reference: Some(format!("transfer {place}")),
            received_at: None,
            invoice: None,
        };
        payments::record(work, ahead).await?;
    }
    Ok(())
}
