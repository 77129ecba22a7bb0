//! Messages for groups: each is told once, with its transcript or without, and then once more with it.

use std::sync::Arc;

use domain::call_flow::{Action, Event, Leg};
use engine::groups::{Answering, Callers, Group, Voicemail};
use engine::jobs::Runner;
use engine::recordings::{self, Inbox, MESSAGES, NewTranscript, Recording, Waited};
use engine::switching::{Audio, CallRef, Capability};

use super::groups::{ORDINARY, group};
use super::{Bench, within};
use crate::alerts::mailed;
use crate::world::{World, on_both};

/// What a switch can do that understands messages.
const UNDERSTANDS: &[Capability] = &[
    Capability::Bridging,
    Capability::RingsAtOnce,
    Capability::Recording,
    Capability::Digits,
    Capability::Transcripts,
];

async fn desk(world: &World) -> Group {
    let voicemail = Voicemail { addressees: vec!["desk@example.org".to_owned()], ..Voicemail::default() };
    let missed_calls_to = vec!["missed@example.org".to_owned()];
    group(world, Answering { voicemail, missed_calls_to, callers: Callers::Shown, ..Answering::default() }).await
}

/// A caller for whom nobody is on duty is asked for a message.
async fn asked(bench: &Bench<'_>) -> CallRef {
    let call = bench.calls_group().await;
    bench.is_done(&call, |action| matches!(action, Action::Prompt { .. })).await;
    bench.exchange.event(&call, Event::PromptEnded(Leg::FIRST)).await.unwrap();
    bench.is_done(&call, |action| matches!(action, Action::Record { .. })).await;
    call
}

/// A message of 31 seconds is left, and kept.
async fn leaves(bench: &Bench<'_>, call: &CallRef, group: &Group) -> Recording {
    let audio = Audio { media_type: "audio/wav".to_owned(), bytes: b"hello".to_vec() };
    bench.switch.recorded.lock().unwrap().push(Ok(audio));
    let left = Event::Recorded { leg: Leg::FIRST, seconds: 31, reference: "RE1".to_owned() };
    bench.exchange.event(call, left).await.unwrap();
    within(async || bench.switch.forgotten.lock().unwrap().len() == 1).await;
    recordings::of_group(&mut bench.world.view().await, &group.id, None, None, 9).await.unwrap().remove(0)
}

async fn understood(world: &World, call: &CallRef) {
    let origin = call.origin.clone();
    let new = NewTranscript { origin, leg: "message".to_owned(), text: "call me\nback \u{7}<b>".to_owned() };
    world.run(async |work| recordings::understood(work, new).await).await.unwrap();
}

/// Has those that have waited told, and tells the mails.
async fn told(world: &World) -> Vec<String> {
    let runner = Runner::new(world.engine.clone(), "test").handle(MESSAGES, Arc::new(Waited), 1);
    while runner.run_due().await.unwrap() > 0 {}
    mailed(world).await
}

const WITH: &str = "desk@example.org: Helpline: 31 s of +441632960555 for Night line: call me\nback <b>";
const WITHOUT: &str = "desk@example.org: Helpline: 31 s of +441632960555 for Night line";
const AFTER: &str = "desk@example.org: Helpline: 31 s of +441632960555 for Night line, follows: call me\nback <b>";

#[tokio::test]
async fn message_and_transcript_come_in_any_order_and_make_one_mail() {
    on_both(async |world| {
        let group = desk(&world).await;
        let bench = Bench::with(&world, UNDERSTANDS).await;
        let call = asked(&bench).await;
        let message = leaves(&bench, &call, &group).await;
        assert_eq!((message.seconds, message.from.as_str()), (31, "+441632960555"));
        assert!(told(&world).await.is_empty(), "it waits for the transcript");
        understood(&world, &call).await;
        understood(&world, &call).await;
        assert_eq!(told(&world).await, [WITH]);
        bench.pass(301).await;
        assert!(told(&world).await.is_empty(), "once");
        let shown = recordings::get(&mut world.view().await, Inbox::OfGroups, &message.id).await.unwrap();
        let said = recordings::transcript(&mut world.view().await, &shown).await.unwrap();
        assert_eq!(said.as_deref(), Some("call me\nback <b>"));
        assert!(recordings::get(&mut world.view().await, Inbox::OfLines, &message.id).await.is_err());
        bench.group_call(&call).await;
    })
    .await;
    on_both(async |world| {
        let group = desk(&world).await;
        let bench = Bench::with(&world, UNDERSTANDS).await;
        let call = asked(&bench).await;
        understood(&world, &call).await;
        assert!(told(&world).await.is_empty());
        leaves(&bench, &call, &group).await;
        assert_eq!(told(&world).await, [WITH]);
    })
    .await;
}

#[tokio::test]
async fn a_transcript_that_does_not_come_in_time_is_not_waited_for_and_follows() {
    on_both(async |world| {
        let group = desk(&world).await;
        let bench = Bench::with(&world, UNDERSTANDS).await;
        let call = asked(&bench).await;
        leaves(&bench, &call, &group).await;
        bench.pass(299).await;
        assert!(told(&world).await.is_empty());
        bench.pass(2).await;
        assert_eq!(told(&world).await, [WITHOUT]);
        understood(&world, &call).await;
        understood(&world, &call).await;
        assert_eq!(told(&world).await, [AFTER]);
    })
    .await;
}

#[tokio::test]
async fn where_nothing_is_understood_the_mail_goes_at_once_and_a_caller_without_a_message_is_missed() {
    on_both(async |world| {
        let group = desk(&world).await;
        let bench = Bench::with(&world, ORDINARY).await;
        let call = asked(&bench).await;
        leaves(&bench, &call, &group).await;
        assert_eq!(told(&world).await, [WITHOUT]);
        let call = asked(&bench).await;
        bench.hangs_up(&call, Leg::FIRST).await;
        bench
            .exchange
            .event(&call, Event::Recorded { leg: Leg::FIRST, seconds: 0, reference: String::new() })
            .await
            .unwrap();
        bench.group_call(&call).await;
        within(async || !mail_waits(&world).await.is_empty()).await;
        assert_eq!(
            told(&world).await,
            ["missed@example.org: Helpline: missed +441632960555 by Night line on 2026-03-02 09:00"]
        );
    })
    .await;
}

async fn mail_waits(world: &World) -> Vec<engine::jobs::Job> {
    let mut view = world.view().await;
    engine::jobs::page(&mut view, Some(engine::jobs::JobState::Waiting), None, 9).await.unwrap()
}
