//! The worked scenarios of groups on phones of the built-in exchange: each number of the world in them is a line here.

use std::collections::{BTreeMap, HashMap};
use std::sync::Mutex;
use std::time::Duration;

use domain::time::Instant;
use engine::Clock;
use futures::StreamExt;
use serde_json::{Value, json};

use crate::bench::Bench;
use crate::client::Client;
use crate::scenarios::phones::{Phones, play};
use crate::scenarios::{Asked, Case, Plan, Scene, Why};
use crate::world::{World, on_both};

const DOCUMENTS: &str = "phones of ours are told by events, and not by documents over HTTP";
const SIGNED: &str = "a phone proves once whose it is, when it registers: nothing that it says is signed";
const HIDDEN: &str = "a phone of ours is a line's, whose number is known";
const MISDIALLED: &str = "owners are told of the world's calls to nowhere, not of a line that has misdialled";
const MAILBOX: &str = "no mailbox takes a call on a phone of ours: it rings in vain";
const NOT_UNDERSTOOD: &str = "nobody tells later what was said: what was typed is mailed at once";

/// What cannot happen here.
fn cannot_happen(asked: Asked) -> Why {
    let Some(step) = asked.step else {
        return (asked.scenario == "R30" && asked.at == "2026-11-16T09:02:00Z").then_some(HIDDEN);
    };
    let expect = &step["expect"];
    match (step["event"].as_str()?, asked.expected) {
        (_, Some("twiml" | "http")) => Some(DOCUMENTS),
        ("incoming", None) if step["signature"].as_str().is_some_and(|signature| signature != "public-url") => {
            Some(SIGNED)
        }
        (_, Some("alert")) => Some(MISDIALLED),
        ("leg", None | Some("outcome")) if step["by"] == "mailbox" => Some(MAILBOX),
        ("transcription", None) => Some(NOT_UNDERSTOOD),
        ("recording", Some("emails")) if expect["emails"] == 0 => Some(NOT_UNDERSTOOD),
        _ => None,
    }
}

/// The phones of a case.
struct OurPhones {
    bench: Bench,
    scene: Scene,
    phones: HashMap<String, Client>,
    caller: String,
    /// What the caller has been told so far.
    told: Vec<String>,
    /// Why its call was not possible.
    refused: Option<Value>,
    /// Whether it has left a message.
    has_left: bool,
    /// Who has declined where it rang.
    declined: Option<String>,
}

impl OurPhones {
    async fn new(world: World, case: &Case) -> OurPhones {
        let bench = Bench::with_lines(world.clone(), &case.numbers()).await;
        let scene = Scene::new(world, case, |_| None).await;
        let mut phones = HashMap::new();
        for (place, number) in case.numbers().into_iter().enumerate() {
            phones.insert(number.to_owned(), bench.phone(place).await);
        }
        OurPhones {
            bench,
            scene,
            phones,
            caller: String::new(),
            told: Vec::new(),
            refused: None,
            has_left: false,
            declined: None,
        }
    }

    fn phone(&mut self, number: &str) -> &mut Client {
        self.phones.get_mut(number).unwrap()
    }

    fn caller(&mut self) -> &mut Client {
        self.phones.get_mut(&self.caller).unwrap()
    }

    /// What the caller is told up to one of these; what is said to it is gathered.
    async fn caller_until(&mut self, names: &[&str]) -> Value {
        loop {
            let event = self.caller().event().await;
            if event[0] == "prompt" {
                self.told.push(event[1]["text"].as_str().unwrap().to_owned());
            }
            if names.iter().any(|name| event[0] == *name) {
                return event;
            }
        }
    }
}

impl Phones for OurPhones {
    fn scene(&self) -> &Scene {
        &self.scene
    }

    async fn dials(&mut self, from: &str, to: &str) {
        from.clone_into(&mut self.caller);
        self.caller().says("make_call", json!(to));
        let event = self.caller_until(&["call_connected", "call_not_possible"]).await;
        if event[0] == "call_connected" {
            self.caller().says("call_accepted", Value::Null);
        } else {
            self.refused = Some(event[1].clone());
        }
    }

    async fn rings(&mut self, number: &str) -> String {
        let phone = self.phone(number);
        let shown = phone.told("call_request").await;
        phone.says("call_acknowledged", shown.clone());
        // What a phone says is taken in order: when this is answered, it is known that it rings.
        phone.says("call_blocking", json!({"action": "list"}));
        phone.told("call_blocking").await;
        shown.as_str().unwrap().to_owned()
    }

    async fn nothing_else_happens(&mut self) {
        tokio::time::sleep(Duration::from_millis(40)).await;
        for (number, phone) in &mut self.phones {
            if *number != self.caller {
                assert_eq!(phone.not_asked_for(), [""; 0], "{number}");
            }
        }
    }

    async fn is_busy(&mut self, number: &str) {
        let shown = self.scene.group.details.numbers[0].clone();
        self.phone(number).says("call_refused", json!([shown, "busy"]));
    }

    async fn takes_up(&mut self, number: &str) {
        // Who reads what the call is has not taken it yet.
        if !self.scene.group.details.answering.screening {
            self.phone(number).says("call_accepted", Value::Null);
        }
    }

    async fn is_asked(&mut self, _: &str) {
        self.nothing_else_happens().await;
    }

    async fn presses(&mut self, number: &str, keys: &str) {
        match keys {
            "1" => self.phone(number).says("call_accepted", Value::Null),
            "" => self.bench.pass(i64::from(self.scene.group.details.answering.ring_seconds)).await,
            _ => {
                self.is_busy(number).await;
                self.declined = Some(number.to_owned());
            }
        }
    }

    async fn is_let_go(&mut self, number: &str) {
        if self.declined.take().as_deref() != Some(number) {
            self.phone(number).told("call_cancelled").await;
        }
    }

    async fn talks(&mut self, number: &str) {
        let phone = self.phone(number);
        // There is no relay, and voices may go through one alone.
        assert_eq!(phone.told("media").await["policy"], "text");
        phone.told("call_connected").await;
        phone.says("talk", json!("I am here"));
        assert_eq!(self.caller_until(&["talk"]).await[1], "I am here");
        self.caller().says("talk", json!("I need help"));
        assert_eq!(self.phone(number).told("talk").await, "I need help");
    }

    async fn hangs_up(&mut self, number: &str) {
        self.phone(number).says("hang_up", Value::Null);
    }

    async fn caller_hangs_up(&mut self) {
        self.caller().says("hang_up", Value::Null);
        self.bench.is_quiet().await;
    }

    async fn caller_is_refused(&mut self) {
        assert!(self.refused.is_some());
        self.bench.is_quiet().await;
    }

    async fn caller_hears_the_end(&mut self) {
        let event = self.caller_until(&["call_ended", "record"]).await;
        assert_eq!(event[0], "call_ended");
    }

    async fn caller_may_speak(&mut self) -> String {
        self.caller_until(&["record"]).await;
        self.told.join("\n")
    }

    async fn leaves_message(&mut self, text: &str, seconds: i64) {
        self.bench.pass(seconds).await;
        self.caller().says("recorded", json!({"text": text}));
        let answer = if self.has_left { "error" } else { "call_ended" };
        self.has_left = true;
        self.caller_until(&[answer]).await;
    }

    async fn time_passes(&mut self, seconds: i64) {
        // Where it is waited for longer than a call lasts nothing happens in between.
        if seconds > 300 {
            let clock = &self.bench.world.clock;
            clock.move_to(Instant::clamped(clock.now().millis() + seconds * 1000));
        } else {
            self.bench.pass(seconds).await;
        }
    }
}

#[tokio::test]
async fn every_scenario_goes_as_it_is_worked_out() {
    let plan = Plan::without(cannot_happen);
    assert_eq!(
        plan.left_out,
        BTreeMap::from(
            [(DOCUMENTS, 24), (SIGNED, 2), (HIDDEN, 1), (MISDIALLED, 1), (MAILBOX, 2), (NOT_UNDERSTOOD, 3),]
        )
    );
    assert_eq!(plan.size(), (35, 58));
    let failures = Mutex::new(Vec::new());
    // Most of the time of each is spent waiting.
    let all = futures::stream::iter(&plan.cases).for_each_concurrent(4, async |case| {
        on_both(async |world| {
            let mut phones = OurPhones::new(world, case).await;
            let mut faults = play(&mut phones, case).await;
            if faults.is_empty() {
                phones.caller_hangs_up().await;
                faults.extend(phones.bench.world.faults().await);
            }
            failures.lock().unwrap().append(&mut faults);
        })
        .await;
    });
    all.await;
    assert_eq!(failures.into_inner().unwrap(), [""; 0]);
}
