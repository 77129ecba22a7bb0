//! Plays a case on phones: what happens is done by people at phones, and what is to come of it is what these ring, hear and show.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use engine::recordings::{self, Inbox, Recording};
use futures::FutureExt;
use serde_json::Value;

use super::{Case, Scene, all};

/// What can be expected of a step on phones; anything else is to be left out by name.
const KNOWN: [&str; 15] = [
    "outcome",
    "numbers",
    "mode",
    "caller_id_shown",
    "ring_timeout_s",
    "say_contains",
    "with_number",
    "cancelled",
    "emails",
    "emails_at_most",
    "email_contains",
    "call_record",
    "attempt",
    "calls_recorded",
    "alert",
];
/// The longest talk, in seconds: nothing in the scenarios depends on it, and a clock that runs faster than the database would outrun charging, which
/// lengthens a call some seconds later.
const LONGEST_TALK: i64 = 30;
/// What callers say after the tone.
const MESSAGE: &str = "call me back";

/// The phones of a case: that of who calls, and those at the numbers of the scenario. Each of these fails the test where it cannot be so.
pub(crate) trait Phones {
    fn scene(&self) -> &Scene;
    /// The phone of one number calls another.
    async fn dials(&mut self, from: &str, to: &str);
    /// A phone begins to ring: the number that it shows.
    async fn rings(&mut self, number: &str) -> String;
    /// No phone rings that was not asked about, and whatever rings goes on.
    async fn nothing_else_happens(&mut self);
    /// Who is rung does not want the call, or is in another.
    async fn is_busy(&mut self, number: &str);
    /// A phone that rings is taken up.
    async fn takes_up(&mut self, number: &str);
    /// Who has taken it up is told what the call is, and talks to nobody yet.
    async fn is_asked(&mut self, number: &str);
    /// Who is asked presses keys, or none until the time for it is over.
    async fn presses(&mut self, number: &str, keys: &str);
    /// A phone does not ring any more, or its leg has ended.
    async fn is_let_go(&mut self, number: &str);
    /// Who has taken the call up and the caller hear each other.
    async fn talks(&mut self, number: &str);
    /// Who talks hangs up.
    async fn hangs_up(&mut self, number: &str);
    async fn caller_hangs_up(&mut self);
    /// The call is not taken: the caller is told so, and talks to nobody.
    async fn caller_is_refused(&mut self);
    /// The caller's call ends, and nothing is asked of it.
    async fn caller_hears_the_end(&mut self);
    /// The caller is asked for a message: all that it has heard.
    async fn caller_may_speak(&mut self) -> String;
    /// The caller, who is asked for a message, or was, leaves one.
    async fn leaves_message(&mut self, text: &str, seconds: i64);
    async fn time_passes(&mut self, seconds: i64);
}

/// What is not as it should be in a case.
pub(crate) async fn play(phones: &mut impl Phones, case: &Case) -> Vec<String> {
    let mut play = Play { phones, rings: Vec::new(), is_up: None };
    let mut faults = Vec::new();
    for step in &case.steps {
        let played = async {
            if step.happens {
                play.happens(&step.step).await;
            }
            play.comes_of(&step.step).await
        };
        // The runner shows what has failed; here it is said in which step.
        let found = AssertUnwindSafe(played).catch_unwind().await;
        let has_failed = found.is_err();
        let found = found.unwrap_or_else(|_| vec!["see above".to_owned()]);
        faults.extend(found.into_iter().map(|fault| format!("{}: {}: {fault}", case.name(), step.step)));
        if has_failed {
            break;
        }
    }
    faults
}

struct Play<'a, P: Phones> {
    phones: &'a mut P,
    /// The numbers of the phones that were rung last.
    rings: Vec<String>,
    /// Who has taken it up.
    is_up: Option<String>,
}

impl<P: Phones> Play<'_, P> {
    async fn happens(&mut self, step: &Value) {
        let text = |field: &str| step[field].as_str().unwrap_or_default();
        let param = |field: &str| step["params"][field].as_str().unwrap_or_default();
        let number = text("number");
        match (text("event"), text("result")) {
            ("incoming", _) => self.phones.dials(param("From"), param("To")).await,
            ("leg", "busy") => self.phones.is_busy(number).await,
            ("leg", "no-answer") => self.rings_in_vain(number).await,
            ("leg", "answered") => self.takes_up(number).await,
            ("digits", _) => self.phones.presses(number, text("digits")).await,
            ("dial_action", _) if param("DialBridged") == "true" => {
                self.talks_for(param("DialCallDuration").parse().unwrap()).await;
            }
            // What follows a leg that was let go follows by itself.
            ("dial_action", _) => {}
            ("caller_hangup", _) => self.phones.caller_hangs_up().await,
            ("call_end", _) => self.talks_for(1).await,
            ("recording", _) => {
                self.phones.leaves_message(MESSAGE, param("RecordingDuration").parse().unwrap()).await;
                has_message(self.phones.scene()).await;
            }
            ("clock", _) => self.phones.time_passes(step["advance_s"].as_i64().unwrap()).await,
            other => panic!("{other:?}"),
        }
    }

    async fn takes_up(&mut self, number: &str) {
        self.phones.takes_up(number).await;
        self.is_up = Some(number.to_owned());
    }

    /// To the last second, and not longer.
    async fn rings_in_vain(&mut self, number: &str) {
        let seconds = i64::from(self.phones.scene().group.details.answering.ring_seconds);
        self.phones.time_passes(seconds - 1).await;
        self.phones.nothing_else_happens().await;
        self.phones.time_passes(1).await;
        self.phones.is_let_go(number).await;
    }

    /// Who has taken it up, or was rung last, talks for so long, or long enough, and hangs up.
    async fn talks_for(&mut self, seconds: i64) {
        if self.is_up.is_none() {
            let number = self.rings.pop().unwrap();
            self.takes_up(&number).await;
            self.phones.talks(&number).await;
        }
        let number = self.is_up.take().unwrap();
        self.phones.time_passes(seconds.min(LONGEST_TALK)).await;
        self.phones.hangs_up(&number).await;
    }

    /// What has not come of a step as it should.
    async fn comes_of(&mut self, step: &Value) -> Vec<String> {
        let expect = &step["expect"];
        for name in expect.as_object().unwrap().keys() {
            assert!(KNOWN.contains(&name.as_str()), "{name} is neither looked at nor left out");
        }
        let number = step["number"].as_str().unwrap_or_default();
        match expect["outcome"].as_str() {
            Some("ring" | "forward") => self.ring(expect).await,
            Some("voicemail") => self.voicemail(expect).await,
            Some("reject" | "say_hangup") => self.phones.caller_is_refused().await,
            Some("hangup") => self.phones.caller_hears_the_end().await,
            Some("screen") => self.phones.is_asked(number).await,
            Some("leg_hangup") => self.phones.is_let_go(number).await,
            Some("bridged") => self.phones.talks(expect["with_number"].as_str().unwrap()).await,
            Some(other) => panic!("{other}"),
            None => {}
        }
        for number in all(expect, "cancelled") {
            self.phones.is_let_go(number.as_str().unwrap()).await;
        }
        // Who is let go is followed by the next at once.
        if expect["outcome"] != "leg_hangup" {
            self.phones.nothing_else_happens().await;
        }
        self.phones.scene().faults(expect).await
    }

    async fn ring(&mut self, expect: &Value) {
        self.rings = all(expect, "numbers").iter().map(|number| number.as_str().unwrap().to_owned()).collect();
        let answering = self.phones.scene().group.details.answering.clone();
        let shown = expect["caller_id_shown"].as_str().map(str::to_owned);
        let own = self.phones.scene().group.details.numbers[0].clone();
        for number in &self.rings {
            assert_eq!(self.phones.rings(number).await, *shown.as_ref().unwrap_or(&own));
        }
        assert_eq!(self.rings.len() > 1, expect["mode"] == "together");
        if let Some(seconds) = expect["ring_timeout_s"].as_u64() {
            assert_eq!(u64::from(answering.ring_seconds), seconds);
        }
    }

    async fn voicemail(&mut self, expect: &Value) {
        let heard = self.phones.caller_may_speak().await;
        let greeting = self.phones.scene().group.details.answering.voicemail.greeting.as_ref().unwrap().text.clone();
        for words in [expect["say_contains"].as_str().unwrap_or_default(), &greeting] {
            assert!(heard.contains(words), "{words:?} is not in {heard:?}");
        }
    }
}

/// There is one message, and it can be heard.
async fn has_message(scene: &Scene) {
    let mut left = Vec::new();
    for _ in 0..400 {
        left = recordings::of_group(&mut scene.world.view().await, &scene.group.id, None, None, 9).await.unwrap();
        if !left.is_empty() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    let [message]: [Recording; 1] = left.try_into().unwrap();
    let (engine, actor) = (&scene.world.engine, &scene.world.actor);
    let heard = recordings::listen(engine, actor, (Inbox::OfGroups, &message.id)).await.unwrap();
    let begin = heard.part(0, message.size_bytes).await.unwrap();
    assert!(begin.starts_with(MESSAGE.as_bytes()) || begin.starts_with(b"RIFF"), "{begin:?}");
}
