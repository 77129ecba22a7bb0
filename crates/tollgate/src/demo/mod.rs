//! The demo: a company with plans, customers, agents, and three months of calls and bills.

mod bills;
mod desk;
mod open_line;
mod people;
mod sign_ins;
mod traffic;

use std::sync::Arc;

use anyhow::Context;
use domain::allowance::AllowanceOrder;
use domain::invalid::parse;
use domain::money::Currency;
use domain::plan::Plan;
use domain::time::{Instant, Zone};
use engine::tenants::{self, Settings};
use engine::{Actor, Clock, Engine, TestClock, Work, agents, allowances, plans};
use serde_json::json;
use storage::Store;

use people::{ADVISED, PEOPLE, move_in};
pub(crate) use sign_ins::{SIGN_INS, sign_ins};

/// The demo's tenant.
pub(crate) const TENANT: i64 = 1;

/// How many days of calls the demo has: enough for three first days of a month, on which bills are issued.
const DAYS: i64 = 92;
const DAY_MILLIS: i64 = 86_400_000;
const TIME_ZONE: &str = "America/Toronto";

/// Who does what the demo's past needs done.
pub(crate) fn actor() -> Actor {
    Actor::program(TENANT, "demo")
}

/// A line of the demo, and what its calls are like.
struct DemoLine {
    id: String,
    number: String,
    customer: String,
    /// What its customer is called in the demo.
    reference: &'static str,
    prepaid: bool,
    /// Calls on an ordinary day.
    calls_a_day: u64,
    /// Whether it makes no calls for now.
    suspended: bool,
}

/// What the traffic is made between.
struct World {
    lines: Vec<DemoLine>,
    agents: Vec<String>,
}

impl World {
    /// The id of the customer with this reference.
    fn customer(&self, reference: &str) -> Option<&str> {
        self.lines.iter().find(|line| line.reference == reference).map(|line| line.customer.as_str())
    }
}

/// Fills an empty database with the demo: everything happens on a clock that runs from three months ago until now.
pub(crate) async fn fill(store: &Store, now: Instant) -> anyhow::Result<()> {
    let zone = Zone::named(TIME_ZONE)?;
    let start = now.plus_millis(-DAYS * DAY_MILLIS).context("the machine's clock")?;
    let start = zone.start_of_day(zone.date(start));
    let clock = TestClock::at(start);
    let shared: Arc<dyn Clock> = Arc::new(clock.clone());
    let engine = Engine::new(store.clone(), shared);
    let mut work = engine.begin(&actor()).await?;
    let mut world = found(&mut work).await?;
    work.commit().await?;
    traffic::run(&engine, &clock, &mut world, now).await?;
    let mut work = engine.begin(&actor()).await?;
    desk::open(&mut work, &world).await?;
    open_line::open(&mut work).await?;
    Ok(work.commit().await?)
}

async fn found(work: &mut Work) -> anyhow::Result<World> {
    tenants::found(work, "Harbour Telephone Company", settings()?, true).await?;
    for document in plan_documents() {
        plans::create(work, Plan::read(document.to_string().as_bytes())?).await?;
    }
    let mut lines = Vec::new();
    for person in PEOPLE {
        lines.extend(move_in(work, person).await?);
    }
    let agents = hire(work).await?;
    let world = World { lines, agents };
    for (reference, agent) in ADVISED.into_iter().zip([None, world.agents.first()]) {
        let welcome = allowances::NewAllowance {
            customer: world.customer(reference).unwrap_or_default().to_owned(),
            agent: agent.cloned(),
            seconds: 1800,
            expires_at: None,
            reason: "Welcome package: 30 free minutes".to_owned(),
        };
        allowances::grant(work, welcome).await?;
    }
    Ok(world)
}

fn settings() -> anyhow::Result<Settings> {
    let dial_plan = json!({
        "country": "1",
        "international_prefixes": ["011", "00"],
        "trunk_prefix": "1",
        "national_lengths": [10],
        "reserved_numbers": ["0000"],
        "emergency_numbers": [
            {"number": "4911", "target": "0020"},
            {"number": "9911", "target": "0020"},
        ],
        "service_numbers": [{"number": "0611", "target": "0010"}],
    });
    let tax_rates = json!([{"name": "HST 13 %", "rate": "0.13", "valid_from": "2010-07-01T04:00:00Z"}]);
    let seller = json!({
        "legal_name": "Harbour Telephone Company Inc.",
        "address": {"street": "1 Quay Street", "postal_code": "M5V 0A1", "city": "Toronto", "country": "Canada"},
        "tax_id": "00000 0000 RT0001",
        "registration": "Ontario corporation 0000000",
        "email": "billing@example.org",
        "phone": "+1 416 555 0100",
        "bank": {"name": "Quay Street Credit Union, account 00000-000 0000000"},
        "payment_note": "Please give the invoice's number when you pay. This is a demo: do not pay anything.",
    });
    Ok(Settings {
        dial_plan: parse(dial_plan.to_string().as_bytes())?,
        tax_rates: parse(tax_rates.to_string().as_bytes())?,
        seller: parse(seller.to_string().as_bytes())?,
        allowance_order: AllowanceOrder::OldestFirst,
        ..Settings::new(Currency::parse("USD")?, Zone::named(TIME_ZONE)?)
    })
}

fn plan_documents() -> [serde_json::Value; 7] {
    let discount =
        |day: &str, start: &str| json!({"day": day, "start": start, "end": "24:00", "price_per_minute": "0.02"});
    [
        json!({"name": "Basic", "kind": "postpaid", "currency": "USD", "monthly_fee": "9.99",
            "rate": {"price_per_minute": "0.05"}}),
        json!({"name": "Evenings and weekends", "kind": "postpaid", "currency": "USD", "monthly_fee": "12.99",
            "rate": {"price_per_minute": "0.05"},
            "discount_periods": [discount("sat", "00:00"), discount("sun", "00:00"), discount("every", "19:00")]}),
        json!({"name": "Flat", "kind": "postpaid", "currency": "USD", "rate": {"price_per_minute": "0.02"}}),
        json!({"name": "Talk 100", "kind": "postpaid", "currency": "USD", "monthly_fee": "8.99", "included_minutes": 100,
            "rate": {"price_per_minute": "0.04"}}),
        json!({"name": "Prepaid", "kind": "prepaid", "currency": "USD",
            "rate": {"price_per_minute": "0.06", "increment_seconds": 1}}),
        json!({"name": "Prepaid with fee", "kind": "prepaid", "currency": "USD", "monthly_fee": "15.00",
            "rate": {"price_per_minute": "0.03", "increment_seconds": 1}}),
        json!({"name": "Fixed", "kind": "fixed", "currency": "USD", "monthly_fee": "39.00",
            "rate": {"price_per_minute": "0.05"}}),
    ]
}

async fn hire(work: &mut Work) -> anyhow::Result<Vec<String>> {
    let mut ids = Vec::new();
    for (name, phone, email, language, price) in [
        ("Morgan Reyes", "+14165550121", "morgan@example.org", "en", "1.99"),
        ("Yuki Tanaka", "+14165550122", "yuki@example.org", "ja", "2.49"),
    ] {
        let details = json!({
            "phones": [phone],
            "email": email,
            "languages": [language],
            "prices": {"USD": {"rate": {"connect_fee": "0.99", "price_per_minute": price}, "price_per_message": "0.50"}},
        });
        let document: agents::DetailsDocument = parse(details.to_string().as_bytes())?;
        ids.push(agents::create(work, name.to_owned(), document.check()?).await?.id);
    }
    Ok(ids)
}
