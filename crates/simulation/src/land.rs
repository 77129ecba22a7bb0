//! What a seed decides before anything happens: a tenant, its customers, lines, plans, a deck, and paid agents.

use std::collections::BTreeMap;

use domain::deck::Deck;
use domain::dial_plan::Number;
use domain::money::{Amount, Currency};
use domain::plan::Plan;
use domain::rate::Rate;
use domain::screening::Forwarding;
use domain::tariff::Tariff;
use domain::time::{Instant, Zone};
use engine::customers::{self, Details, Mode, NewCustomer};
use engine::lines::{self, NewLine};
use engine::tenants::{self, Settings};
use engine::{Work, agents, decks, plans};
use serde_json::{Value, json};

use crate::Fault;
use crate::random::Random;

/// Numbers that are called: two that the deck lists, one that it does not, and an emergency number.
pub(crate) const NUMBERS: [&str; 4] = ["+14165550100", "+4930555010", "+33155501000", EMERGENCY];
/// An emergency number: calls to it are never refused, and free.
pub(crate) const EMERGENCY: &str = "9911";
/// How long before the first instant lines were opened.
const OPEN_FOR_MILLIS: i64 = 10 * 24 * 3_600_000;

/// What there is, with the ids that the engine gave.
pub(crate) struct Land {
    pub(crate) settings: Settings,
    pub(crate) customers: Vec<Customer>,
    pub(crate) lines: Vec<Line>,
    pub(crate) plans: Vec<PlanOf>,
    pub(crate) agents: Vec<Agent>,
    pub(crate) deck: Deck,
}

/// A customer, and what it must have been given.
#[derive(Default)]
pub(crate) struct Customer {
    pub(crate) id: String,
    pub(crate) prepaid: bool,
    pub(crate) credit_limit: Option<Amount>,
    /// The sum of its payments.
    pub(crate) paid: i64,
    /// The sum of its promotional credit.
    pub(crate) promotional: i64,
    /// What of its payments went back for good or is disputed, by the kind of the entries.
    pub(crate) gone_back: BTreeMap<&'static str, i64>,
    /// How often it has written to an agent; what it could not pay for was refused.
    pub(crate) written: u64,
    /// Whether a fact came since it was last seen with money left: such may take it below zero.
    pub(crate) has_late_fact: bool,
}

/// A line.
pub(crate) struct Line {
    pub(crate) id: String,
    pub(crate) number: String,
    pub(crate) customer: usize,
    /// Where it sends calls on.
    pub(crate) forwarding: Forwarding,
    /// Its plans, each with the instant from which on.
    pub(crate) plans: Vec<(Instant, usize)>,
}

/// A plan.
pub(crate) struct PlanOf {
    pub(crate) id: String,
    pub(crate) mode: Mode,
    /// Its versions, each with the instant from which on.
    pub(crate) versions: Vec<(Instant, Priced)>,
}

/// A plan's version, ready for rating.
pub(crate) struct Priced {
    pub(crate) tariff: Tariff,
    pub(crate) has_deck: bool,
    /// The seconds that the fee of a period includes.
    pub(crate) included_seconds: i64,
}

/// A paid agent.
pub(crate) struct Agent {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) share: u16,
    /// Its rates, each with the instant from which on.
    pub(crate) rates: Vec<(Instant, Rate)>,
}

/// What was in force at an instant.
pub(crate) fn in_force<T>(versions: &[(Instant, T)], at: Instant) -> Option<&T> {
    versions.iter().rev().find(|(from, _)| *from <= at).map(|(_, version)| version)
}

/// A price, in hundredths.
fn price(random: &mut Random, most: i64) -> String {
    let hundredths = random.between(1, most);
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

/// A rate of one of the kinds that there are.
fn rate(random: &mut Random) -> Value {
    let mut rate = match random.below(5) {
        0 => json!({"price_per_minute": price(random, 120), "increment_seconds": 1}),
        1 => json!({"price_per_minute": price(random, 60)}),
        2 => json!({"steps": [
            {"from_seconds": 0, "price": price(random, 50), "per_seconds": 60, "increment_seconds": 60},
            {"from_seconds": 60, "price": price(random, 30), "per_seconds": 60, "increment_seconds": 1}]}),
        3 => json!({"steps": [
            {"from_seconds": 0, "price": price(random, 80), "per_seconds": 60, "increment_seconds": 30},
            {"from_seconds": 30, "price": price(random, 80), "per_seconds": 60, "increment_seconds": 6}]}),
        _ => json!({"price_per_minute": price(random, 300), "increment_seconds": random.between(1, 90)}),
    };
    if random.chance(40) {
        rate["connect_fee"] = json!(price(random, 99));
    }
    if random.chance(15) {
        rate["minimum_charge"] = json!(price(random, 40));
    }
    if random.chance(15) {
        rate["maximum_charge"] = json!(format!("{}.00", random.between(1, 5)));
        rate["on_maximum"] = json!(random.one_of(&["free", "disconnect"]));
    }
    if random.chance(15) {
        rate["free_below_seconds"] = json!(random.between(1, 10));
    }
    if random.chance(40) {
        let mode = random.one_of(&["half_up", "half_even", "up", "down"]);
        rate["rounding"] = json!({"decimals": random.between(0, 6), "mode": mode});
    }
    rate
}

/// A plan of a kind, in words.
pub(crate) fn plan(random: &mut Random, name: &str, kind: &str, deck: &str) -> Result<Plan, Fault> {
    let mut plan = json!({"name": name, "kind": kind, "currency": "USD", "rate": rate(random)});
    if random.chance(50) {
        plan["discount_periods"] = json!([
            {"day": "every", "start": "18:30", "end": "06:00", "price_per_minute": price(random, 40)},
            {"day": random.one_of(&["mon", "tue", "sat"]), "start": "09:05", "end": "13:00", "rate": rate(random)}]);
    }
    if random.chance(50) {
        plan["deck"] = json!(deck);
    }
    if kind == "postpaid" && random.chance(40) {
        plan["included_minutes"] = json!(random.between(1, 60));
    }
    if kind == "fixed" || random.chance(30) {
        plan["monthly_fee"] = json!(price(random, 1500));
    }
    Ok(Plan::read(plan.to_string().as_bytes())?)
}

/// A rate of an agent.
pub(crate) fn agent_rate(random: &mut Random) -> Result<(Value, Rate), Fault> {
    let document = rate(random);
    let rate = domain::invalid::parse::<domain::rate::RateDocument>(document.to_string().as_bytes())?.check()?;
    Ok((document, rate))
}

/// What a message to any agent costs.
pub(crate) const MESSAGE_MICROS: i64 = 350_000;

/// The details of an agent with a rate.
pub(crate) fn agent_details(rate: &Value, share: u16) -> Result<agents::Details, Fault> {
    let price = json!({"rate": rate, "price_per_message": Amount::from_micros(MESSAGE_MICROS)});
    let details = json!({"prices": {"USD": price}, "share": share});
    Ok(domain::invalid::parse::<agents::DetailsDocument>(details.to_string().as_bytes())?.check()?)
}

impl Land {
    /// Founds the tenant, and all that it has.
    pub(crate) async fn found(work: &mut Work, random: &mut Random, now: Instant) -> Result<Land, Fault> {
        let zone = Zone::named(random.one_of(&["UTC", "America/Toronto", "Europe/London"]))?;
        let mut settings = Settings::new(Currency::parse("USD")?, zone);
        settings.charging.slice_seconds = random.one_of(&[10, 60, 300]);
        settings.charging.heartbeat_seconds = random.one_of(&[30, 60]);
        settings.charging.minimum_talk_seconds = random.one_of(&[0, 0, 60]);
        settings.earnings.hold_days = random.one_of(&[0, 1, 14]);
        settings.fraud.calls_at_once = random.one_of(&[1, 3, 10_000]);
        settings.fraud.tenant_calls_at_once = None;
        settings.fraud.suspend_at_spend_per_day = random.chance(30);
        if random.chance(50) {
            let cap = Some(Amount::from_micros(random.between(1, 20) * 1_000_000));
            settings.fraud.spend_per_day.insert(settings.currency, cap);
        }
        if random.chance(50) {
            settings.allowance_order = domain::allowance::AllowanceOrder::ExpiringFirst;
        }
        if random.chance(50) {
            let rates = json!([{"name": "VAT", "rate": "0.20", "valid_from": "2020-01-01T00:00:00Z"}]);
            settings.tax_rates = serde_json::from_value(rates)?;
        }
        tenants::found(work, "Exchange", settings.clone(), false).await?;
        let deck = deck(random)?;
        let (stored, _) = decks::create(work, "World".to_owned(), Currency::parse("USD")?, Some(&deck)).await?;
        let mut land =
            Land { settings, customers: Vec::new(), lines: Vec::new(), plans: Vec::new(), agents: Vec::new(), deck };
        for (number, kind) in ["prepaid", "prepaid", "postpaid", "postpaid", "fixed"].into_iter().enumerate() {
            let plan = plan(random, &format!("Plan {number}"), kind, &stored.id)?;
            land.add_plan(work, plan).await?;
        }
        for _ in 0..random.between(1, 3) {
            land.add_agent(work, random).await?;
        }
        for _ in 0..random.between(3, 6) {
            land.add_customer(work, random, now).await?;
        }
        Ok(land)
    }

    /// A plan, ready for rating.
    pub(crate) fn priced(&self, plan: &Plan) -> Priced {
        let tariff = Tariff::new(plan, &self.settings.time_zone, &self.settings.holidays);
        Priced { tariff, has_deck: plan.deck.is_some(), included_seconds: i64::from(plan.included_minutes) * 60 }
    }

    async fn add_plan(&mut self, work: &mut Work, plan: Plan) -> Result<(), Fault> {
        let versions = vec![(Instant::FIRST, self.priced(&plan))];
        let mode = if plan.kind == domain::plan::PlanKind::Prepaid { Mode::Prepaid } else { Mode::Postpaid };
        let (stored, _) = plans::create(work, plan).await?;
        self.plans.push(PlanOf { id: stored.id, mode, versions });
        Ok(())
    }

    async fn add_agent(&mut self, work: &mut Work, random: &mut Random) -> Result<(), Fault> {
        let (document, rate) = agent_rate(random)?;
        let share = u16::try_from(random.between(0, 1000)).unwrap_or(800);
        let name = format!("Agent {}", self.agents.len());
        let agent = agents::create(work, name.clone(), agent_details(&document, share)?).await?;
        let rates = vec![(Instant::FIRST, rate)];
        self.agents.push(Agent { id: agent.id, name, share, rates });
        Ok(())
    }

    async fn add_customer(&mut self, work: &mut Work, random: &mut Random, now: Instant) -> Result<(), Fault> {
        // The first two are of one mode each.
        let prepaid = if self.customers.len() < 2 { self.customers.is_empty() } else { random.chance(60) };
        let mode = if prepaid { Mode::Prepaid } else { Mode::Postpaid };
        let limited = !prepaid && random.chance(70);
        let credit_limit = limited.then(|| Amount::from_micros(random.between(1, 30) * 1_000_000));
        let details =
            Details { organisation: Some(format!("Customer {}", self.customers.len())), ..Details::default() };
        let new = NewCustomer { details, external_reference: None, mode, currency: None, credit_limit };
        let customer = customers::create(work, new).await?;
        for _ in 0..random.between(1, 2) {
            let number = format!("{:04}", self.lines.len() + 1);
            let fitting: Vec<usize> = (0..self.plans.len()).filter(|place| self.plans[*place].mode == mode).collect();
            let plan = random.one_of(&fitting);
            let opened_at = Some(Instant::clamped(now.millis() - OPEN_FOR_MILLIS));
            let (of, of_plan) = (customer.id.clone(), self.plans[plan].id.clone());
            let line =
                lines::open(work, NewLine { customer: of, number: number.clone(), plan: of_plan, opened_at }).await?;
            let (id, plans) = (line.id, vec![(Instant::FIRST, plan)]);
            let (customer, forwarding) = (self.customers.len(), forwarding(random)?);
            self.lines.push(Line { id, number, customer, forwarding, plans });
        }
        self.customers.push(Customer { id: customer.id, prepaid, credit_limit, ..Customer::default() });
        Ok(())
    }
}

/// Where a line sends calls on: to another line, as a rule.
fn forwarding(random: &mut Random) -> Result<Forwarding, Fault> {
    let mut to = |percent| {
        let number = format!("{:04}", random.between(1, 8));
        random.chance(percent).then(|| Number::read(&number)).transpose()
    };
    Ok(Forwarding { always: to(15)?, busy: to(40)?, no_answer: to(40)? })
}

fn deck(random: &mut Random) -> Result<Deck, Fault> {
    let entries = json!([
        {"prefix": "1416", "rate": rate(random), "destination": "Toronto", "included": true},
        {"prefix": "49", "rate": rate(random), "destination": "Germany"}]);
    Ok(Deck::read(entries.to_string().as_bytes())?)
}
