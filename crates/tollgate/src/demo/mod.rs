//! The demo: a company with plans, customers, agents and three months of calls.

mod traffic;

use std::sync::Arc;

use anyhow::Context;
use domain::allowance::AllowanceOrder;
use domain::invalid::parse;
use domain::money::{Amount, Currency};
use domain::plan::Plan;
use domain::time::{Instant, Zone};
use engine::customers::{self, Address, Details, Mode, NewCustomer};
use engine::lines::{self, NewLine};
use engine::payments::{self, Method, NewPayment};
use engine::tenants::{self, Settings};
use engine::{Actor, Clock, Engine, Role, Scope, TestClock, Work, agents, allowances, plans};
use serde_json::json;
use storage::Store;

/// The demo's tenant.
pub(crate) const TENANT: i64 = 1;

/// How many days of calls the demo has.
const DAYS: i64 = 92;
pub(crate) const DAY_MILLIS: i64 = 86_400_000;

/// Who does what the demo's past needs done.
pub(crate) fn actor() -> Actor {
    Actor { tenant: TENANT, name: "demo".to_owned(), role: Role::Owner }
}

/// A line of the demo, and what its calls are like.
pub(crate) struct DemoLine {
    pub(crate) id: String,
    pub(crate) number: String,
    pub(crate) customer: String,
    pub(crate) prepaid: bool,
    /// Calls on an ordinary day.
    pub(crate) calls_a_day: u64,
}

/// What the traffic is made between.
pub(crate) struct World {
    pub(crate) lines: Vec<DemoLine>,
    pub(crate) agents: Vec<String>,
}

/// Fills an empty database with the demo: everything happens on a clock that runs from three months ago until now.
pub(crate) async fn fill(store: &Store, now: Instant) -> anyhow::Result<()> {
    let start = now.plus_millis(-DAYS * DAY_MILLIS).context("the machine's clock")?;
    let clock = TestClock::at(start);
    let shared: Arc<dyn Clock> = Arc::new(clock.clone());
    let engine = Engine::new(store.clone(), shared);
    let mut work = engine.begin(&actor()).await?;
    let world = found(&mut work).await?;
    work.commit().await?;
    traffic::run(&engine, &clock, &world, now).await
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
    for (line, agent) in [(lines.len() - 2, None), (lines.len() - 1, Some(agents[0].clone()))] {
        let welcome = allowances::NewAllowance {
            customer: lines[line].customer.clone(),
            agent,
            seconds: 1800,
            expires_at: None,
            reason: "Welcome package: 30 free minutes".to_owned(),
        };
        allowances::grant(work, welcome).await?;
    }
    Ok(World { lines, agents })
}

fn settings() -> anyhow::Result<Settings> {
    let dial_plan = json!({
        "country": "1",
        "international_prefixes": ["011", "00"],
        "trunk_prefix": "1",
        "national_lengths": [10],
        "reserved_numbers": ["0000"],
        "emergency_numbers": [
            {"number": "4911", "target": "+14165550911"},
            {"number": "9911", "target": "+14165550911"},
        ],
        "service_numbers": ["0611"],
    });
    Ok(Settings {
        dial_plan: parse(dial_plan.to_string().as_bytes())?,
        allowance_order: AllowanceOrder::OldestFirst,
        ..Settings::new(Currency::parse("USD")?, Zone::named("America/Toronto")?)
    })
}

fn plan_documents() -> [serde_json::Value; 5] {
    let discount =
        |day: &str, start: &str| json!({"day": day, "start": start, "end": "24:00", "price_per_minute": "0.02"});
    [
        json!({"name": "Basic", "kind": "postpaid", "currency": "USD", "monthly_fee": "9.99",
            "rate": {"price_per_minute": "0.05"}}),
        json!({"name": "Evenings and weekends", "kind": "postpaid", "currency": "USD", "monthly_fee": "12.99",
            "rate": {"price_per_minute": "0.05"},
            "discount_periods": [discount("sat", "00:00"), discount("sun", "00:00"), discount("every", "19:00")]}),
        json!({"name": "Flat", "kind": "postpaid", "currency": "USD", "rate": {"price_per_minute": "0.02"}}),
        json!({"name": "Prepaid", "kind": "prepaid", "currency": "USD",
            "rate": {"price_per_minute": "0.06", "increment_seconds": 1}}),
        json!({"name": "Fixed", "kind": "fixed", "currency": "USD", "monthly_fee": "39.00",
            "rate": {"price_per_minute": "0.05"}}),
    ]
}

/// A customer of the demo, with the numbers of its lines.
struct Person {
    first_name: &'static str,
    last_name: &'static str,
    organisation: Option<&'static str>,
    reference: &'static str,
    plan: &'static str,
    numbers: &'static [&'static str],
    calls_a_day: u64,
}

const fn person(
    name: (&'static str, &'static str),
    reference: &'static str,
    plan: &'static str,
    numbers: &'static [&'static str],
    calls_a_day: u64,
) -> Person {
    Person { first_name: name.0, last_name: name.1, organisation: None, reference, plan, numbers, calls_a_day }
}

const PEOPLE: &[Person] = &[
    person(("Ada", "Okafor"), "D-1001", "Basic", &["0001"], 3),
    person(("Bruno", "Keller"), "D-1002", "Evenings and weekends", &["0002"], 4),
    person(("Chiara", "Marsh"), "D-1003", "Flat", &["0003"], 5),
    Person {
        organisation: Some("Lantern Books"),
        ..person(("Dev", "Anand"), "D-1004", "Basic", &["0010", "0011", "+14165550110"], 4)
    },
    Person {
        organisation: Some("North Pier Hostel"),
        ..person(("Esi", "Mensah"), "D-1005", "Fixed", &["0020", "0021"], 6)
    },
    person(("Farid", "Haddad"), "D-1006", "Evenings and weekends", &["0030"], 2),
    person(("Greta", "Lindqvist"), "D-1007", "Prepaid", &["0040"], 2),
    person(("Hugo", "Santos"), "D-1008", "Prepaid", &["0041"], 2),
];

async fn move_in(work: &mut Work, person: &Person) -> anyhow::Result<Vec<DemoLine>> {
    let prepaid = person.plan == "Prepaid";
    let customer = NewCustomer {
        details: Details {
            first_name: Some(person.first_name.to_owned()),
            last_name: Some(person.last_name.to_owned()),
            organisation: person.organisation.map(str::to_owned),
            address: Address {
                street: Some(format!("{} Quay Street", 10 + person.numbers.len())),
                postal_code: Some("M5V 0A1".to_owned()),
                city: Some("Toronto".to_owned()),
                country: Some("Canada".to_owned()),
            },
            email: Some(format!("{}@example.com", person.first_name.to_lowercase())),
            ..Details::default()
        },
        external_reference: Some(person.reference.to_owned()),
        mode: if prepaid { Mode::Prepaid } else { Mode::Postpaid },
        currency: None,
        credit_limit: None,
    };
    let customer = customers::create(work, customer).await?;
    if prepaid {
        top_up(work, &customer.id, "100.00").await?;
    }
    let mut lines = Vec::new();
    for number in person.numbers {
        let new = NewLine {
            customer: customer.id.clone(),
            number: (*number).to_owned(),
            plan: person.plan.to_owned(),
            opened_at: None,
        };
        let line = lines::open(work, new).await?;
        let customer = customer.id.clone();
        lines.push(DemoLine { id: line.id, number: line.number, customer, prepaid, calls_a_day: person.calls_a_day });
    }
    Ok(lines)
}

/// Puts money on a prepaid customer's account.
pub(crate) async fn top_up(work: &mut Work, customer: &str, amount: &str) -> anyhow::Result<()> {
    let payment = NewPayment {
        customer: customer.to_owned(),
        amount: Amount::parse(amount)?,
        currency: None,
        method: Method::Card,
        reference: Some("Top-up".to_owned()),
        received_at: Some(work.now()),
        invoice: None,
    };
    payments::record(work, payment).await?;
    Ok(())
}

async fn hire(work: &mut Work) -> anyhow::Result<Vec<String>> {
    let mut ids = Vec::new();
    for (name, phone, email, language, price) in [
        ("Morgan Reyes", "+14165550121", "morgan@example.com", "en", "1.99"),
        ("Yuki Tanaka", "+14165550122", "yuki@example.com", "ja", "2.49"),
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
