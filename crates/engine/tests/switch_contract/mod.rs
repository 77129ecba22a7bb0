//! What every switch keeps to: one suite for the built-in exchange, real switches, and [`double::Double`], which behaves like a provider.
//!
//! A test of a switch includes this file by its path, tells by a [`Rig`] what its users do, and runs [`keeps_to_the_port`].

pub(crate) mod double;

use std::sync::Arc;
use std::time::Duration;

use domain::call_flow::{Action, Cause, Leg, Party, Words};
use domain::time::Instant;
use engine::calls::{self, Call, Disposition};
use engine::switching::{CallRef, Capability, Exchange, Switch};
use engine::{Clock, TestClock};

use crate::world::World;

/// The users of a switch. They have the lines 0001 (user 0), 0002 and 0003.
pub(crate) trait Rig {
    /// The exchange that drives the calls.
    fn exchange(&self) -> &Exchange;
    /// The switch.
    fn switch(&self) -> Arc<dyn Switch>;
    /// The tenant, its clock and its records.
    fn world(&self) -> &World;
    /// A name for a call that nobody has made.
    fn new_call(&self) -> CallRef {
        self.exchange().new_call(self.switch().name(), 1)
    }
    /// A user dials.
    async fn dials(&mut self, user: usize, number: &str);
    /// A user's phone rings, and says so.
    async fn rings(&mut self, user: usize);
    /// A user whose phone rings answers.
    async fn answers(&mut self, user: usize);
    /// The caller hears that the call is answered, and is ready to talk.
    async fn is_ready(&mut self, user: usize);
    /// A user hears that the call is up.
    async fn hears_the_other(&mut self, user: usize);
    /// A user whose phone rings refuses the call.
    async fn refuses(&mut self, user: usize);
    async fn hangs_up(&mut self, user: usize);
    async fn writes(&mut self, user: usize, text: &str);
    async fn reads(&mut self, user: usize) -> String;
    async fn presses(&mut self, user: usize, keys: &str);
    async fn hears_keys(&mut self, user: usize) -> String;
    /// What a user is shown or played.
    async fn hears_prompt(&mut self, user: usize) -> String;
    /// A user who is asked for a message leaves this one.
    async fn leaves_message(&mut self, user: usize, text: &str);
    /// A user's call, or what was to be one, ends.
    async fn hears_the_end(&mut self, user: usize);
}

/// Runs the suite.
pub(crate) async fn keeps_to_the_port<R: Rig>(rig: &mut R) {
    assert!(!rig.switch().name().contains('/'), "its name is a part of origins");
    talk_and_hang_up(rig).await;
    busy(rig).await;
    refused(rig).await;
    no_answer(rig).await;
    two_calls_to_one_phone(rig).await;
    actions_for_legs_that_are_over(rig).await;
    repeated_actions(rig).await;
    prompts_and_messages(rig).await;
    keys(rig).await;
    assert_eq!(rig.world().faults().await, [""; 0]);
}

async fn talk_and_hang_up<R: Rig>(rig: &mut R) {
    for by in [0, 1] {
        talking(rig).await;
        if can(rig, Capability::Text) {
            rig.writes(0, "Hello").await;
            assert_eq!(rig.reads(1).await, "Hello");
        }
        if can(rig, Capability::Digits) {
            rig.presses(1, "7").await;
            assert_eq!(rig.hears_keys(0).await, "7");
        }
        passes(rig, 5).await;
        rig.hangs_up(by).await;
        rig.hears_the_end(1 - by).await;
        let call = last_call(rig).await;
        assert_eq!(call.disposition, Some(Disposition::Answered));
        assert_eq!(call.price.unwrap().total.to_string(), "0.05");
    }
}

async fn busy<R: Rig>(rig: &mut R) {
    talking(rig).await;
    rig.dials(2, "0002").await;
    rig.hears_the_end(2).await;
    rig.hangs_up(0).await;
    rig.hears_the_end(1).await;
    is_quiet(rig).await;
}

async fn refused<R: Rig>(rig: &mut R) {
    rig.dials(0, "0002").await;
    rig.rings(1).await;
    rig.refuses(1).await;
    rig.hears_the_end(0).await;
    assert_eq!(last_call(rig).await.disposition, Some(Disposition::Busy));
}

async fn no_answer<R: Rig>(rig: &mut R) {
    rig.dials(0, "0002").await;
    rig.rings(1).await;
    passes(rig, 20).await;
    rig.hears_the_end(0).await;
    rig.hears_the_end(1).await;
    assert_eq!(last_call(rig).await.disposition, Some(Disposition::NoAnswer));
}

async fn two_calls_to_one_phone<R: Rig>(rig: &mut R) {
    let switch = rig.switch();
    let (one, other) = (rig.new_call(), rig.new_call());
    // Calls of which the exchange knows nothing: what comes of them goes nowhere, and the phone rings once.
    let ring = [ring_of(rig, Leg(1)).await];
    tokio::join!(switch.perform(&one, &ring), switch.perform(&other, &ring));
    let end = [Action::EndLeg { leg: Leg(1), cause: Cause::HungUp }];
    rig.rings(1).await;
    switch.perform(&one, &end).await;
    switch.perform(&other, &end).await;
    rig.hears_the_end(1).await;
    // One end for one ring: the next thing that the phone hears is another call.
    talking(rig).await;
    rig.hangs_up(1).await;
    rig.hears_the_end(0).await;
    is_quiet(rig).await;
}

async fn actions_for_legs_that_are_over<R: Rig>(rig: &mut R) {
    talking(rig).await;
    let call = running(rig);
    rig.hangs_up(0).await;
    rig.hears_the_end(1).await;
    is_quiet(rig).await;
    talking(rig).await;
    let text = || "Nobody hears this".to_owned();
    for leg in [Leg::FIRST, Leg(1), Leg(7)] {
        let all = [
            Action::RingBack(leg),
            Action::AnswerLeg(leg),
            Action::Prompt { leg, words: Words::new(text(), None) },
            Action::CollectDigits { leg, most: 1, seconds: 5, end: None },
            Action::Record { leg, seconds: 5, silence_seconds: 2, end: None, transcribed: false },
            Action::Bridge(Leg::FIRST, leg),
            Action::Part(Leg::FIRST, leg),
            Action::Announce { leg, text: text() },
            Action::Queue { leg, music: None },
            Action::Warn { leg, remaining_seconds: 30 },
            Action::EndLegAt { leg, at: Some(rig.world().clock.now()) },
            Action::Text { leg, text: text() },
            Action::Digits { leg, digits: "1".to_owned() },
            Action::EndLeg { leg, cause: Cause::Failed },
        ];
        rig.switch().perform(&call, &all).await;
    }
    // The call that these lines have now is as it was.
    if can(rig, Capability::Text) {
        rig.writes(1, "Still here").await;
        assert_eq!(rig.reads(0).await, "Still here");
    }
    rig.hangs_up(0).await;
    rig.hears_the_end(1).await;
    is_quiet(rig).await;
}

async fn repeated_actions<R: Rig>(rig: &mut R) {
    talking(rig).await;
    let call = running(rig);
    let again = [Action::RingBack(Leg::FIRST), Action::AnswerLeg(Leg::FIRST), Action::Bridge(Leg::FIRST, Leg(1))];
    rig.switch().perform(&call, &again).await;
    if can(rig, Capability::Text) {
        rig.writes(0, "As before").await;
        assert_eq!(rig.reads(1).await, "As before");
    }
    let end = [Action::EndLeg { leg: Leg(1), cause: Cause::CutOff }];
    rig.switch().perform(&call, &end).await;
    rig.switch().perform(&call, &end).await;
    rig.hears_the_end(1).await;
    rig.hangs_up(0).await;
    is_quiet(rig).await;
    talking(rig).await;
    rig.hangs_up(0).await;
    rig.hears_the_end(1).await;
    is_quiet(rig).await;
}

async fn prompts_and_messages<R: Rig>(rig: &mut R) {
    if !can(rig, Capability::Text) {
        return spoken_prompts_and_messages(rig).await;
    }
    talking(rig).await;
    let (call, switch) = (running(rig), rig.switch());
    let leg = Leg::FIRST;
    switch.perform(&call, &[Action::Prompt { leg, words: Words::new("Welcome", None) }]).await;
    assert_eq!(rig.hears_prompt(0).await, "Welcome");
    if can(rig, Capability::Announce) {
        switch.perform(&call, &[Action::Announce { leg, text: "One minute left".to_owned() }]).await;
        assert_eq!(rig.hears_prompt(0).await, "One minute left");
    }
    if can(rig, Capability::Recording) {
        let record = Action::Record { leg, seconds: 60, silence_seconds: 5, end: Some('#'), transcribed: false };
        switch.perform(&call, &[record]).await;
        rig.leaves_message(0, "Please call me").await;
    }
    rig.hangs_up(0).await;
    rig.hears_the_end(1).await;
    is_quiet(rig).await;
}

/// Of a switch that carries voices alone: whoever talks to nobody yet is played to, and leaves a message.
async fn spoken_prompts_and_messages<R: Rig>(rig: &mut R) {
    let (switch, leg) = (rig.switch(), Leg(1));
    // A call of which the exchange knows nothing.
    let call = rig.new_call();
    switch.perform(&call, &[ring_of(rig, leg).await]).await;
    rig.rings(1).await;
    rig.answers(1).await;
    let audio = Some("sound:beep".to_owned());
    switch.perform(&call, &[Action::Prompt { leg, words: Words::new("Welcome", audio) }]).await;
    assert_eq!(rig.hears_prompt(1).await, "sound:beep");
    if can(rig, Capability::Recording) {
        let record = Action::Record { leg, seconds: 60, silence_seconds: 5, end: Some('#'), transcribed: false };
        switch.perform(&call, &[record]).await;
        rig.leaves_message(1, "Please call me").await;
    }
    switch.perform(&call, &[Action::EndLeg { leg, cause: Cause::HungUp }]).await;
    rig.hears_the_end(1).await;
}

/// What has the phone of 0002 ring.
async fn ring_of<R: Rig>(rig: &R, leg: Leg) -> Action {
    let number = domain::dial_plan::Number::read("0002").unwrap();
    let mut view = rig.world().view().await;
    let line = engine::lines::phones::of_number(&mut view, &number).await.unwrap().unwrap().line;
    let party = Party { line: Some(line), number: number.to_string() };
    Action::RingLeg { leg, party, seconds: 20, caller: "0001".to_owned(), relayed: false, via: None }
}

async fn keys<R: Rig>(rig: &mut R) {
    // Where legs hear each other's keys none is held back while they talk.
    if !can(rig, Capability::Digits) || can(rig, Capability::KeysPass) {
        return;
    }
    talking(rig).await;
    let (call, switch, leg) = (running(rig), rig.switch(), Leg::FIRST);
    // Keys that were asked for come together, without the one that ends them.
    switch.perform(&call, &[Action::CollectDigits { leg, most: 4, seconds: 10, end: Some('#') }]).await;
    for key in ["1", "2", "#"] {
        rig.presses(0, key).await;
    }
    assert_eq!(rig.hears_keys(1).await, "12");
    // And what was pressed until the time was over.
    switch.perform(&call, &[Action::CollectDigits { leg, most: 4, seconds: 10, end: None }]).await;
    rig.presses(0, "34").await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    passes(rig, 10).await;
    assert_eq!(rig.hears_keys(1).await, "34");
    rig.hangs_up(0).await;
    rig.hears_the_end(1).await;
    is_quiet(rig).await;
}

/// User 0 calls user 1, until both talk.
async fn talking<R: Rig>(rig: &mut R) {
    passes(rig, 1).await;
    rig.dials(0, "0002").await;
    rig.rings(1).await;
    rig.answers(1).await;
    rig.is_ready(0).await;
    rig.hears_the_other(1).await;
    // Charging has said what it costs.
    tokio::time::sleep(Duration::from_millis(100)).await;
}

fn can<R: Rig>(rig: &R, what: Capability) -> bool {
    rig.switch().capabilities().contains(&what)
}

fn running<R: Rig>(rig: &R) -> CallRef {
    rig.exchange().calls(1).pop().expect("a call runs")
}

async fn passes<R: Rig>(rig: &R, seconds: i64) {
    let clock: &TestClock = &rig.world().clock;
    for _ in 0..seconds {
        clock.move_to(Instant::clamped(clock.now().millis() + 1000));
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    tokio::time::sleep(Duration::from_millis(50)).await;
}

async fn is_quiet<R: Rig>(rig: &R) {
    for _ in 0..2000 {
        if rig.exchange().calls(1).is_empty() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("a call does not end");
}

/// The last call's record, when no call is left.
async fn last_call<R: Rig>(rig: &R) -> Call {
    is_quiet(rig).await;
    let mut view = rig.world().view().await;
    calls::history(&mut view, &calls::Filter::default(), None, 1).await.unwrap().pop().expect("a call was made")
}
