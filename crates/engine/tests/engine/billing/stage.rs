//! Where the sections of case files are played: each line of a steps block is a step.
//!
//! A step begins with the local time at which it happens, or happens when the one before did. Its words:
//!
//! - `begin 2026-01-01T00:00 Europe/London GBP`: the tenant is founded (of several zones, `A,B`, the section is played in each); then
//!   `settings {...}`, laid over what is set
//! - `plan Basic {...}`, `revise Basic [from TIME] {...}`: a plan at 0.05 a minute, but for what is said; its next version
//! - `deck World [from TIME] {"33": {rate}, ...}`, `agent Iris {rate}`
//! - `customer Acme {details}`, `prepaid Pia {details}`, `change Acme {details}`, `shut Acme`: it is closed
//! - `open 0001 Acme Basic [since TIME]`, `switch 0001 Evening [from TIME]`, `close 0001`
//! - `suspend 0001 manual`, `lift 0001 manual`, `line 0001 active|closed|suspended [REASON ...]`: how the line stands
//! - `call 0001 61 s [to NUMBER] [agent Iris]`: answered at the step's time, recorded when it ends
//! - `late 0001 61 s answered TIME`: recorded at the step's time
//! - `item Acme|0001 once|monthly NAME AMOUNT [from TIME]`, `end NAME`
//! - `pay Acme 10.00 [for 000001]`, `credit|adjust|opening Acme 10.00 REASON`
//! - `bounce|repay|dispute Acme 10.00|all REASON`: the last payment goes back; `decide Acme done|undone`: the last of what went back
//! - `note 000001 [LINE [AMOUNT] ...]`, `write-off 000001`
//! - `rerate 0001 as Evening from TIME to TIME`
//! - `run`, `run daily until TIME`, `run failing Acme`: the bill run; `remind 2`: so many reminders are sent
//! - `balance Acme -10.00`: what is on the account

mod lines;
mod money;

use std::collections::HashMap;
use std::error::Error;

use domain::deck::Deck;
use domain::plan::Plan;
use domain::time::{DateTime, Instant, Resolved, Zone};
use engine::billing;
use engine::customers::{self, Customer, CustomerState, CustomerUpdate, Mode, NewCustomer};
use engine::tenants::{self, Settings};
use engine::{Actor, Engine, TestClock, agents, decks, plans};
use serde_json::{Value, json};
use storage::Store;

use super::script::Step;
use crate::world::{World, at, currency};

pub(super) type Done = Result<(), Box<dyn Error + Send + Sync>>;

/// A world with the names of what is in it.
pub(super) struct Stage {
    pub(super) world: World,
    pub(super) zone: Zone,
    /// From name to customer.
    pub(super) customers: HashMap<String, Customer>,
    /// From number to the id of the line that had it last.
    pub(super) lines: HashMap<String, String>,
    /// From name to id.
    plans: HashMap<String, String>,
    items: HashMap<String, String>,
    agents: HashMap<String, String>,
    /// From deck to its entries, as quotes take them.
    pub(super) decks: HashMap<String, (String, Value)>,
    calls: u32,
}

impl Stage {
    /// A stage on a fresh database, by its `begin` step.
    pub(super) async fn begin(store: Store, step: &Step, zone: &str) -> Stage {
        let [begin, time, _zones, code] = &step.words[..] else {
            panic!("a section starts with begin TIME ZONE CURRENCY")
        };
        assert_eq!(begin, "begin");
        let zone = Zone::named(zone).unwrap();
        let clock = TestClock::at(instant(&zone, time));
        let engine = Engine::new(store, std::sync::Arc::new(clock.clone()));
        let world = World { engine, clock, actor: Actor::program(1, "test") };
        let settings = Settings::new(currency(code), zone.clone());
        world.run(async |work| tenants::found(work, "Helpline", settings, false).await).await.unwrap();
        Stage {
            world,
            zone,
            customers: HashMap::new(),
            lines: HashMap::new(),
            plans: HashMap::new(),
            items: HashMap::new(),
            agents: HashMap::new(),
            decks: HashMap::new(),
            calls: 0,
        }
    }

    /// Does a step, or finds that it is refused for the reason that it names.
    pub(super) async fn play(&mut self, step: &Step) {
        if let Some(time) = &step.at {
            let time = self.time(time);
            assert!(time >= self.world.engine.clock().now(), "line {}: time goes on", step.line);
            self.world.clock.move_to(time);
        }
        let done = self.step(step).await;
        match (done, &step.refused) {
            (Ok(()), None) => {}
            (Err(error), Some(reason)) if error.to_string().contains(reason.as_str()) => {}
            (done, _) => panic!("line {}: {}: {done:?}", step.line, step.text),
        }
    }

    pub(super) fn time(&self, text: &str) -> Instant {
        instant(&self.zone, text)
    }

    async fn step(&mut self, step: &Step) -> Done {
        let words: Vec<&str> = step.words.iter().map(String::as_str).collect();
        let json = || step.json.clone().unwrap_or_else(|| json!({}));
        match &words[..] {
            ["settings"] => self.settings(json()).await,
            ["plan", name] => self.plan(name, json()).await,
            ["revise", name] => self.revise(name, json(), None).await,
            ["revise", name, "from", from] => self.revise(name, json(), Some(self.time(from))).await,
            ["deck", name] => self.deck(name, json()).await,
            ["agent", name] => self.agent(name, json()).await,
            ["customer", name] => self.customer(name, Mode::Postpaid, json()).await,
            ["prepaid", name] => self.customer(name, Mode::Prepaid, json()).await,
            ["change", name] => self.change(name, json(), CustomerState::Active).await,
            ["shut", name] => self.change(name, json(), CustomerState::Closed).await,
            ["open" | "switch" | "close" | "suspend" | "lift" | "line", ..] => self.of_line(&words).await,
            ["call" | "late" | "rerate", ..] => self.of_calls(&words).await,
            ["run", rest @ ..] => self.run(rest).await,
            ["remind", count] => {
                let sent = billing::remind(&self.world.engine, &self.world.actor).await?;
                assert_eq!(sent.to_string(), *count, "line {}: reminders", step.line);
                Ok(())
            }
            _ => self.of_money(&words).await,
        }
    }

    async fn settings(&self, over: Value) -> Done {
        let tenant = tenants::get(&mut self.world.view().await).await?;
        let mut document = serde_json::to_value(&tenant.settings)?;
        lay_over(&mut document, over);
        let settings: Settings = serde_json::from_value(document)?;
        self.world.run(async |work| tenants::update(work, &tenant.name, settings, tenant.version).await).await?;
        Ok(())
    }

    async fn plan(&mut self, name: &str, over: Value) -> Done {
        let code = tenants::get(&mut self.world.view().await).await?.settings.currency.to_string();
        let mut document =
            json!({"name": name, "kind": "postpaid", "currency": code, "rate": {"price_per_minute": "0.05"}});
        lay_over(&mut document, self.with_deck(over));
        let plan = Plan::read(document.to_string().as_bytes())?;
        let (plan, _) = self.world.run(async |work| plans::create(work, plan).await).await?;
        self.plans.insert(name.to_owned(), plan.id);
        Ok(())
    }

    /// A plan's document names its deck by its name.
    fn with_deck(&self, mut document: Value) -> Value {
        if let Some(name) = document.get("deck").and_then(Value::as_str) {
            document["deck"] = json!(self.decks[name].0);
        }
        document
    }

    async fn revise(&self, name: &str, over: Value, from: Option<Instant>) -> Done {
        let plan = plans::get(&mut self.world.view().await, &self.plans[name]).await?;
        let versions = plans::versions(&mut self.world.view().await, &plan.id).await?;
        let mut document = versions.last().ok_or("no version")?.document.to_json();
        lay_over(&mut document, over);
        let document = Plan::read(document.to_string().as_bytes())?;
        self.world.run(async |work| plans::revise(work, &plan.id, document, from, plan.version).await).await?;
        Ok(())
    }

    async fn deck(&mut self, name: &str, prices: Value) -> Done {
        let entry = |(prefix, rate): (&String, &Value)| json!({"prefix": prefix, "rate": rate, "destination": format!("Prefix {prefix}")});
        let entries: Value = prices.as_object().ok_or("no prices")?.iter().map(entry).collect();
        let deck = Deck::read(entries.to_string().as_bytes())?;
        let code = tenants::get(&mut self.world.view().await).await?.settings.currency;
        let (made, _) =
            self.world.run(async |work| decks::create(work, name.to_owned(), code, Some(&deck)).await).await?;
        self.decks.insert(name.to_owned(), (made.id, entries));
        Ok(())
    }

    async fn agent(&mut self, name: &str, rate: Value) -> Done {
        let code = tenants::get(&mut self.world.view().await).await?.settings.currency.to_string();
        let details = json!({"prices": {code: {"rate": rate}}});
        let details = domain::invalid::parse::<agents::DetailsDocument>(details.to_string().as_bytes())?.check()?;
        let agent = self.world.run(async |work| agents::create(work, name.to_owned(), details).await).await?;
        self.agents.insert(name.to_owned(), agent.id);
        Ok(())
    }

    async fn customer(&mut self, name: &str, mode: Mode, mut details: Value) -> Done {
        details["organisation"] = json!(name);
        let code = details.as_object_mut().and_then(|details| details.remove("currency"));
        let new = NewCustomer {
            details: serde_json::from_value(details)?,
            external_reference: None,
            mode,
            currency: code.as_ref().and_then(Value::as_str).map(currency),
            credit_limit: None,
        };
        let customer = self.world.run(async |work| customers::create(work, new).await).await?;
        self.customers.insert(name.to_owned(), customer);
        Ok(())
    }

    async fn change(&self, name: &str, over: Value, state: CustomerState) -> Done {
        let customer = customers::get(&mut self.world.view().await, &self.customers[name].id).await?;
        let mut details = serde_json::to_value(&customer.details)?;
        lay_over(&mut details, over);
        let update = CustomerUpdate { details: serde_json::from_value(details)?, external_reference: None, state };
        self.world.run(async |work| customers::update(work, &customer.id, update, customer.version).await).await?;
        Ok(())
    }

    /// Runs the bill run; a second time at once it must change nothing.
    async fn run(&self, words: &[&str]) -> Done {
        let world = &self.world;
        let mut failing: Vec<&str> = Vec::new();
        match words {
            [] => {}
            ["failing", names @ ..] => failing = names.to_vec(),
            ["daily", "until", until] => {
                let until = self.time(until);
                let mut day = self.zone.date(world.engine.clock().now());
                while self.zone.start_of_day(day) < until {
                    world.clock.move_to(self.zone.start_of_day(day));
                    let run = billing::run(&world.engine, &world.actor, |_| {}).await?;
                    assert_eq!(run.failed, 0, "{run:?}");
                    day = day.tomorrow()?;
                }
                world.clock.move_to(until);
            }
            _ => panic!("no such run: {words:?}"),
        }
        let run = billing::run(&world.engine, &world.actor, |_| {}).await?;
        let failures: Vec<&str> = run.summary.failures.iter().map(|failure| failure.customer.as_str()).collect();
        let expected: Vec<&str> = failing.iter().map(|name| self.customers[*name].id.as_str()).collect();
        assert_eq!(failures, expected, "{run:?}");
        let again = billing::run(&world.engine, &world.actor, |_| {}).await?;
        assert_eq!((again.issued, again.failed), (0, 0), "a second run changes nothing");
        Ok(())
    }
}

/// What follows a word.
fn after<'a>(word: &str, words: &[&'a str]) -> Option<&'a str> {
    words.iter().position(|known| *known == word).and_then(|place| words.get(place + 1)).copied()
}

/// Lays a document over another: objects member by member, everything else as a whole.
fn lay_over(document: &mut Value, over: Value) {
    match (document, over) {
        (Value::Object(document), Value::Object(over)) => {
            for (name, value) in over {
                lay_over(document.entry(name).or_insert(Value::Null), value);
            }
        }
        (document, over) => *document = over,
    }
}

/// An instant, or the only one at which the zone's clocks show a time.
fn instant(zone: &Zone, text: &str) -> Instant {
    if text.ends_with('Z') {
        return at(text);
    }
    let local: DateTime = text.parse().unwrap_or_else(|error| panic!("{text}: {error}"));
    match zone.resolve(local) {
        Resolved::Once(at) => at,
        other => panic!("{text} is not one instant: {other:?}"),
    }
}
