//! The worked scenarios of groups on ordinary phones: each number of the world in them is a line with a SIP account here, and who hides its number
//! calls by a trunk.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;

use crate::bench::Bench;
use crate::inbound::trunk;
use crate::pbx::{Caller, Phone};
use crate::scenarios::phones::{Phones, play};
use crate::scenarios::{Asked, Case, Plan, Scene, Why};
use crate::world::{World, on_both};

const DOCUMENTS: &str = "an Asterisk is told by requests, and asks for no documents";
const SIGNED: &str = "whose a phone is is known to Asterisk: no event of its is signed";
const NOT_UNDERSTOOD: &str = "nobody understands what was said: no mail waits for that";
const ONCE: &str = "an Asterisk tells once that it has recorded something";
const ROSTER: &str = "whom a roster names at an instant is the same whatever carries the call";
const ANOTHER: &str = "another case that is played begins, or goes on, in the same way";
/// The cases that are played: each kind of event once, as each takes some seconds.
const PLAYED: [(&str, &str); 13] = [
    ("R03", "2026-11-16T12:00:00Z"),
    ("R04", "2026-11-16T12:10:00Z"),
    ("R07", "2026-11-16T12:00:00Z"),
    ("R18", "2026-11-16T11:00:00Z"),
    ("R20", "2026-11-16T11:00:00Z"),
    ("R22", "2026-11-16T11:00:00Z"),
    ("R23", "2026-11-16T11:00:00Z"),
    ("R25", "2026-11-16T11:00:00Z"),
    ("R27", "2026-12-25T10:00:00Z"),
    ("R30", "2026-11-16T09:00:00Z"),
    ("R30", "2026-11-16T09:02:00Z"),
    ("R34", "2026-11-16T09:00:00Z"),
    ("T01", "2026-11-16T11:00:00Z"),
];
/// What is said in the scenarios, in sounds that every Asterisk has.
const SOUNDS: [(&str, &str); 3] = [
    ("Welcome to the line.", "sound:hello"),
    ("We are closed today.", "sound:im-sorry"),
    ("Please leave a message.", "sound:sorry"),
];

/// What cannot happen here, or is not played.
fn not_played(asked: Asked) -> Why {
    let Some(step) = asked.step else {
        return match asked.scenario {
            _ if PLAYED.contains(&(asked.scenario, asked.at)) => None,
            "R36" => Some(SIGNED),
            "R06" => Some(NOT_UNDERSTOOD),
            "R02" | "R04" | "R30" | "R32" => Some(ANOTHER),
            _ => Some(ROSTER),
        };
    };
    match (step["event"].as_str()?, asked.expected) {
        (_, Some("twiml" | "http")) => Some(DOCUMENTS),
        ("transcription", None) => Some(NOT_UNDERSTOOD),
        ("recording", None) if step["repeat"] == true => Some(ONCE),
        _ => None,
    }
}

/// The phones of a case.
struct Ordinary {
    bench: Bench,
    scene: Scene,
    phones: BTreeMap<String, Phone>,
    caller: String,
    /// Who calls by the trunk.
    outside: Option<Caller>,
    /// The numbers of the phones that ring.
    ringing: Vec<String>,
    /// Who has heard the caller.
    talking: Option<String>,
}

impl Ordinary {
    /// None where this machine has no Asterisk.
    async fn new(world: World, case: &Case) -> Option<Ordinary> {
        let numbers = case.numbers();
        let bench = Bench::with_lines(world.clone(), &numbers).await?;
        let sound = |words: &str| SOUNDS.iter().find(|(text, _)| *text == words).map(|(_, sound)| *sound);
        let scene = Scene::new(world, case, sound).await;
        let phones = bench.phones(numbers.len()).await;
        let phones = numbers.into_iter().map(str::to_owned).zip(phones).collect();
        let (caller, ringing) = (String::new(), Vec::new());
        Some(Ordinary { bench, scene, phones, caller, outside: None, ringing, talking: None })
    }

    fn phone(&mut self, number: &str) -> &mut Phone {
        self.phones.get_mut(number).unwrap()
    }

    fn caller(&mut self) -> &mut Phone {
        self.phones.get_mut(&self.caller).unwrap()
    }

    /// What was said in the case so far.
    fn said(&self) -> String {
        let log = self.bench.pbx.log();
        let said = SOUNDS.iter().filter(|(_, sound)| log.contains(&format!("Playing '{}.", &sound["sound:".len()..])));
        said.map(|(text, _)| *text).collect::<Vec<_>>().join("\n")
    }
}

impl Phones for Ordinary {
    fn scene(&self) -> &Scene {
        &self.scene
    }

    async fn dials(&mut self, from: &str, to: &str) {
        if from.is_empty() || to.ends_with("404") {
            trunk(&self.bench).await;
            let scenario = if from.is_empty() { "uac_hidden" } else { "uac_fail" };
            self.outside = Some(self.bench.pbx.call_in(scenario, to.trim_start_matches('+')));
        } else {
            from.clone_into(&mut self.caller);
            self.caller().dial(to).await;
        }
    }

    async fn rings(&mut self, number: &str) -> String {
        let incoming = self.phone(number).until("CALL_INCOMING").await;
        self.ringing.push(number.to_owned());
        // That it rings is on its way.
        tokio::time::sleep(Duration::from_millis(200)).await;
        let uri = incoming["peeruri"].as_str().unwrap();
        uri.trim_start_matches("sip:").split('@').next().unwrap().to_owned()
    }

    async fn nothing_else_happens(&mut self) {
        tokio::time::sleep(Duration::from_millis(100)).await;
        for (number, phone) in self.phones.iter_mut().filter(|(number, _)| **number != self.caller) {
            assert!(!phone.has_rung().await, "{number}");
            // Callers of the kit's hang up by themselves.
            let has_stopped =
                self.outside.is_none() && self.ringing.contains(number) && phone.has_told("CALL_CLOSED").await;
            assert!(!has_stopped, "{number}");
        }
    }

    async fn is_busy(&mut self, number: &str) {
        self.phone(number).hang_up().await;
        self.is_let_go(number).await;
    }

    async fn takes_up(&mut self, number: &str) {
        self.phone(number).accept().await;
        self.phone(number).until("CALL_ESTABLISHED").await;
    }

    async fn is_asked(&mut self, _: &str) {
        self.bench.pbx.logs("Playing 'vm-press").await;
    }

    async fn presses(&mut self, number: &str, keys: &str) {
        match keys {
            "" => self.bench.pass(15).await,
            keys => self.phone(number).send_digits(keys).await,
        }
    }

    async fn is_let_go(&mut self, number: &str) {
        self.phone(number).until("CALL_CLOSED").await;
        self.ringing.retain(|rings| rings != number);
    }

    async fn talks(&mut self, number: &str) {
        tokio::time::sleep(Duration::from_millis(1500)).await;
        self.talking = Some(number.to_owned());
    }

    async fn hangs_up(&mut self, number: &str) {
        self.phone(number).hang_up().await;
        self.is_let_go(number).await;
        assert_eq!(self.talking.as_deref(), Some(number));
        let heard = self.phones[number].heard_by_halves(self.bench.pbx.run_folder());
        let tone = self.phones[&self.caller].tone();
        assert!(heard.iter().any(|heard| heard.abs_diff(tone) < 20), "{heard:?} Hz, and not {tone}");
    }

    async fn caller_hangs_up(&mut self) {
        self.caller().hang_up().await;
        self.bench.is_quiet().await;
    }

    async fn caller_is_refused(&mut self) {
        match self.outside.take() {
            Some(outside) => assert!(outside.went_as_planned().await),
            None => {
                let closed = self.caller().until("CALL_CLOSED").await;
                assert!(closed["param"].as_str().unwrap().starts_with("403"), "{closed}");
            }
        }
    }

    async fn caller_hears_the_end(&mut self) {
        self.caller().until("CALL_CLOSED").await;
        assert!(!self.bench.pbx.log().contains("Playing 'beep"));
    }

    async fn caller_may_speak(&mut self) -> String {
        self.bench.pbx.logs("Playing 'beep").await;
        self.said()
    }

    async fn leaves_message(&mut self, _: &str, _: i64) {
        tokio::time::sleep(Duration::from_millis(2000)).await;
        self.caller().hang_up().await;
    }

    async fn time_passes(&mut self, seconds: i64) {
        self.bench.pass(seconds).await;
    }
}

/// Plays every second case, from this one on.
async fn plays_every_second(from: usize) {
    let plan = Plan::without(not_played);
    assert_eq!(
        plan.left_out,
        BTreeMap::from([(DOCUMENTS, 11), (SIGNED, 1), (NOT_UNDERSTOOD, 2), (ONCE, 1), (ROSTER, 17), (ANOTHER, 4)])
    );
    assert_eq!(plan.size(), (PLAYED.len(), 32));
    let failures = Mutex::new(Vec::new());
    for case in plan.cases.iter().skip(from).step_by(2) {
        on_both(async |world| {
            let Some(mut phones) = Ordinary::new(world, case).await else { return };
            let mut faults = play(&mut phones, case).await;
            if !faults.is_empty() {
                let log = phones.bench.pbx.log();
                faults.extend(log.lines().rev().take(40).map(str::to_owned));
            }
            failures.lock().unwrap().append(&mut faults);
        })
        .await;
    }
    assert_eq!(failures.into_inner().unwrap(), [""; 0]);
}

#[tokio::test]
async fn the_worked_scenarios_go_as_they_are_worked_out() {
    plays_every_second(0).await;
}

#[tokio::test]
async fn the_other_worked_scenarios_do_so_too() {
    plays_every_second(1).await;
}
