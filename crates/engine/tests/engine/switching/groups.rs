//! Calls to groups: those on duty are rung, and what comes of it is on record.

use domain::call_flow::{Action, Cause, Event, Leg, Party, Strategy};
use domain::roster::{Change, Days};
use engine::calls::{Direction, Disposition};
use engine::groups::{
    self, Answering, CallNote, CallResult, Callers, Details, Fallback, Group, NewOverride, NewShift, Saying,
};
use engine::switching::{CallRef, Capability};
use engine::{Scope, agents};
use serde_json::json;

use super::{Bench, within};
use crate::world::{World, amount, on_both};

pub(super) const NUMBER: &str = "+441632960000";
const CALLER: &str = "+441632960555";
/// What a switch without phones of ours can do.
pub(super) const ORDINARY: &[Capability] =
    &[Capability::Bridging, Capability::RingsAtOnce, Capability::Recording, Capability::Digits];

pub(super) fn caller() -> Party {
    Party { line: None, number: CALLER.to_owned() }
}

/// A group under [`NUMBER`].
pub(super) async fn group(world: &World, answering: Answering) -> Group {
    let details = Details {
        name: "Night line".to_owned(),
        wanted: 1,
        numbers: vec![NUMBER.to_owned(), "0700".to_owned()],
        answering,
        ..Details::default()
    };
    world.run(async |work| groups::create(work, details).await).await.unwrap()
}

/// An agent whose phone is a line here, on duty day and night.
pub(super) async fn on_duty(world: &World, group: &Group, name: &str, number: &str) -> String {
    let (customer, plan) = (world.customer(name).await, world.plan(name, json!({})).await);
    world.line(&customer, number, &plan).await;
    let details = agents::Details { phones: vec![number.to_owned()], ..agents::Details::default() };
    let agent = world.run(async |work| agents::create(work, name.to_owned(), details).await).await.unwrap().id;
    let shift = NewShift {
        agent: agent.clone(),
        days: Days::new(&[0, 1, 2, 3, 4, 5, 6]).unwrap(),
        hours: "00:00-00:00".parse().unwrap(),
        zone: None,
        every_weeks: 1,
        from: None,
        until: None,
        priority: 1,
    };
    world.run(async |work| groups::add_shift(work, &group.id, shift).await).await.unwrap();
    agent
}

impl Bench<'_> {
    /// Somebody outside calls the group, and is greeted.
    pub(super) async fn calls_group(&self) -> CallRef {
        let call = self.calls(caller(), NUMBER);
        self.is_done(&call, |action| *action == Action::AnswerLeg(Leg::FIRST)).await;
        self.exchange.event(&call, Event::LegAnswered(Leg::FIRST)).await.unwrap();
        call
    }

    pub(super) async fn rings(&self, call: &CallRef, leg: u8) -> (String, String) {
        let rung = |action: &Action| matches!(action, Action::RingLeg { leg: of, .. } if of.0 == leg);
        let Action::RingLeg { party, caller, .. } = self.is_done(call, rung).await else { unreachable!() };
        (party.number, caller)
    }

    async fn takes(&self, call: &CallRef, leg: u8) {
        self.rings(call, leg).await;
        self.exchange.event(call, Event::LegAnswered(Leg(leg))).await.unwrap();
        self.is_done(call, |action| matches!(action, Action::Bridge(..))).await;
    }

    /// What is on record of a call to a group, once it is over.
    pub(super) async fn group_call(&self, call: &CallRef) -> groups::GroupCall {
        within(async || {
            let call = groups::call(&mut self.world.view().await, &call.origin).await;
            call.is_ok_and(|call| call.ended_at.is_some())
        })
        .await;
        groups::call(&mut self.world.view().await, &call.origin).await.unwrap()
    }
}

fn results(call: &groups::GroupCall) -> Vec<(&str, &str)> {
    call.attempts.iter().map(|attempt| (attempt.agent.as_str(), attempt.result.name())).collect()
}

#[tokio::test]
async fn whoever_is_on_duty_is_rung_and_nobody_pays_or_sees_the_caller() {
    on_both(async |world| {
        let greeting = Saying { text: "Hello.".into(), language: None, voice: None, audio: None };
        let group = group(&world, Answering { greeting: Some(greeting), ..Answering::default() }).await;
        let ann = on_duty(&world, &group, "Ann", "0011").await;
        let bob = on_duty(&world, &group, "Bob", "0012").await;
        let bench = Bench::with(&world, ORDINARY).await;
        let call = bench.calls_group().await;
        bench.is_done(&call, |action| matches!(action, Action::Prompt { words, .. } if words.text == "Hello.")).await;
        bench.exchange.event(&call, Event::PromptEnded(Leg::FIRST)).await.unwrap();
        assert_eq!(bench.rings(&call, 1).await, ("0011".to_owned(), NUMBER.to_owned()));
        bench.exchange.event(&call, Event::LegRinging(Leg(1))).await.unwrap();
        bench.pass(20).await;
        assert_eq!(bench.rings(&call, 2).await, ("0012".to_owned(), NUMBER.to_owned()));
        bench.exchange.event(&call, Event::LegAnswered(Leg(2))).await.unwrap();
        let asked = |action: &Action| matches!(action, Action::Prompt { leg: Leg(2), words } if words.text.contains("Night line"));
        bench.is_done(&call, asked).await;
        bench.exchange.event(&call, Event::Digits { leg: Leg(2), digits: "1".to_owned() }).await.unwrap();
        bench.answered(&call).await;
        bench.pass(30).await;
        bench.hangs_up(&call, Leg::FIRST).await;
        let record = bench.over(&call).await;
        assert_eq!((record.direction, record.disposition), (Direction::Inbound, Some(Disposition::Answered)));
        assert_eq!((record.to.as_str(), record.duration_ms), (NUMBER, Some(30_000)));
        assert_eq!(record.price.map(|price| price.total), Some(amount("0")));
        let of_group = bench.group_call(&call).await;
        assert_eq!((of_group.result, of_group.agent.as_deref()), (CallResult::Answered, Some(bob.as_str())));
        assert_eq!(results(&of_group), [(ann.as_str(), "no_answer"), (bob.as_str(), "accepted")]);
        // What stands in the place of the number stands there everywhere, and is the same each time.
        assert!(of_group.caller.starts_with("caller-") && of_group.caller == record.from, "{}", of_group.caller);
        let flow = storage::flows::get(world.view().await.tx(), 1, &call.origin).await.unwrap().unwrap().flow;
        assert!(!flow.contains("555"), "{flow}");
        let again = bench.calls_group().await;
        bench.hangs_up(&again, Leg::FIRST).await;
        assert_eq!(bench.group_call(&again).await.caller, of_group.caller);
        assert_eq!(world.faults().await, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn who_talks_is_skipped_and_the_longest_idle_is_rung_first() {
    on_both(async |world| {
        let answering = Answering { strategy: Strategy::LongestIdle, screening: false, ..Answering::default() };
        let group = group(&world, answering).await;
        for (name, number) in [("Ann", "0011"), ("Bob", "0012"), ("Cid", "0013")] {
            on_duty(&world, &group, name, number).await;
        }
        let bench = Bench::with(&world, ORDINARY).await;
        // Nobody has answered yet: the roster's order counts.
        let first = bench.calls_group().await;
        assert_eq!(bench.rings(&first, 1).await.0, "0011");
        bench.takes(&first, 1).await;
        bench.answered(&first).await;
        bench.pass(5).await;
        within(async || {
            storage::group_calls::busy_among(world.view().await.tx(), 1, &[&agent_of(&world, "Ann").await])
                .await
                .unwrap()
                .len()
                == 1
        })
        .await;
        let second = bench.calls_group().await;
        assert_eq!(bench.rings(&second, 1).await.0, "0012", "Ann talks");
        bench.takes(&second, 1).await;
        bench.answered(&second).await;
        bench.pass(5).await;
        for call in [&first, &second] {
            bench.hangs_up(call, Leg::FIRST).await;
            bench.group_call(call).await;
        }
        let third = bench.calls_group().await;
        assert_eq!(bench.rings(&third, 1).await.0, "0013", "Cid has never answered");
        bench.exchange.event(&third, Event::LegEnded { leg: Leg(1), cause: Cause::Busy, at: None }).await.unwrap();
        assert_eq!(bench.rings(&third, 2).await.0, "0011", "Ann was the first to answer");
        bench.hangs_up(&third, Leg::FIRST).await;
        assert_eq!(bench.group_call(&third).await.result, CallResult::Missed);
    })
    .await;
}

async fn agent_of(world: &World, name: &str) -> String {
    let all = agents::page(&mut world.view().await, None, 50).await.unwrap();
    all.into_iter().find(|agent| agent.name == name).unwrap().id
}

#[tokio::test]
async fn a_group_leads_on_to_another_and_a_circle_has_an_end() {
    on_both(async |world| {
        let first = group(&world, Answering::default()).await;
        let second = Details {
            name: "Day line".to_owned(),
            answering: Answering {
                screening: false,
                no_answer: vec![Fallback::Group { group: first.id.clone() }],
                ..Answering::default()
            },
            ..Details::default()
        };
        let second = world.run(async |work| groups::create(work, second).await).await.unwrap();
        let answering = Answering {
            nobody_on_duty: vec![Fallback::Group { group: second.id.clone() }, Fallback::Voicemail],
            ..Answering::default()
        };
        let details = Details { answering, ..first.details.clone() };
        world.run(async |work| groups::update(work, &first.id, details, 1).await).await.unwrap();
        on_duty(&world, &second, "Ann", "0011").await;
        let bench = Bench::with(&world, ORDINARY).await;
        let call = bench.calls_group().await;
        assert_eq!(bench.rings(&call, 1).await, ("0011".to_owned(), NUMBER.to_owned()), "callers know one number");
        bench.exchange.event(&call, Event::LegEnded { leg: Leg(1), cause: Cause::Busy, at: None }).await.unwrap();
        bench.is_done(&call, |action| matches!(action, Action::Prompt { words, .. } if words.text.contains("leave a message"))).await;
        bench.hangs_up(&call, Leg::FIRST).await;
        let of_group = bench.group_call(&call).await;
        assert_eq!((of_group.group, of_group.result), (first.id.clone(), CallResult::Missed));
        // A group that is gone is no dead end.
        world.run(async |work| groups::delete(work, &second.id).await).await.unwrap();
        let call = bench.calls_group().await;
        bench.is_done(&call, |action| matches!(action, Action::Prompt { words, .. } if words.text.contains("leave a message"))).await;
        bench.hangs_up(&call, Leg::FIRST).await;
        let missing = Details {
            answering: Answering { no_answer: vec![Fallback::Group { group: second.id }], ..Answering::default() },
            ..Details { name: "X".to_owned(), ..Details::default() }
        };
        let refused = world.run(async |work| groups::create(work, missing).await).await;
        assert!(matches!(refused, Err(groups::GroupError::NoGroup { pointer, .. }) if pointer == "/answering/no_answer/0/group"));
    })
    .await;
}

#[tokio::test]
async fn callers_who_are_not_wanted_are_turned_away_and_on_record() {
    on_both(async |world| {
        let answering = Answering {
            blocked: vec![CALLER.to_owned()],
            anonymous: false,
            calls_per_hour: Some(2),
            callers: Callers::Shown,
            ..Answering::default()
        };
        group(&world, answering).await;
        let bench = Bench::with(&world, ORDINARY).await;
        for (number, wanted) in
            [(CALLER, false), ("+4416329605", true), ("", false), ("+4416329605", true), ("+4416329605", false)]
        {
            let call = bench.calls(Party { line: None, number: number.to_owned() }, NUMBER);
            if wanted {
                bench.is_done(&call, |action| *action == Action::AnswerLeg(Leg::FIRST)).await;
                bench.hangs_up(&call, Leg::FIRST).await;
                assert_eq!(bench.group_call(&call).await.result, CallResult::Missed, "{number}");
            } else {
                assert_eq!(bench.refused(&call).await, Cause::Blocked, "{number}");
                assert_eq!(bench.group_call(&call).await.result, CallResult::Blocked, "{number}");
                assert_eq!(bench.over(&call).await.disposition, Some(Disposition::Refused));
            }
            bench.pass(1).await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_caller_is_blocked_by_the_name_that_stands_for_its_number() {
    on_both(async |world| {
        let first = group(&world, Answering::default()).await;
        let bench = Bench::with(&world, ORDINARY).await;
        let call = bench.calls_group().await;
        bench.hangs_up(&call, Leg::FIRST).await;
        let caller = bench.group_call(&call).await.caller;
        assert!(!caller.contains(CALLER.trim_start_matches('+')), "{caller}");
        let blocking = Answering { blocked: vec![caller.clone()], ..Answering::default() };
        let details = Details { answering: blocking, ..first.details };
        world.run(async |work| groups::update(work, &first.id, details, first.version).await).await.unwrap();
        let call = bench.calls(self::caller(), NUMBER);
        assert_eq!(bench.refused(&call).await, Cause::Blocked);
        assert_eq!(bench.group_call(&call).await.caller, caller);
        let call = bench.calls(Party { line: None, number: "+441632960556".to_owned() }, NUMBER);
        bench.is_done(&call, |action| *action == Action::AnswerLeg(Leg::FIRST)).await;
        bench.hangs_up(&call, Leg::FIRST).await;
        let limited = Answering { callers: Callers::Nothing, calls_per_hour: Some(2), ..Answering::default() };
        let details = Details { name: "X".to_owned(), answering: limited, ..Details::default() };
        let refused = world.run(async |work| groups::create(work, details).await).await;
        assert!(matches!(refused, Err(groups::GroupError::Invalid(invalid)) if invalid.pointer == "/answering/calls_per_hour"));
    })
    .await;
}

#[tokio::test]
async fn a_line_that_calls_a_group_pays_by_its_plan_while_it_talks() {
    on_both(async |world| {
        let group =
            group(&world, Answering { screening: false, callers: Callers::Shown, ..Answering::default() }).await;
        on_duty(&world, &group, "Ann", "0011").await;
        let (payer, line, _) = super::talking::two_lines(&world, "5").await;
        let bench = Bench::with(&world, ORDINARY).await;
        let call = bench.dials(&line, "0700");
        bench.is_done(&call, |action| *action == Action::AnswerLeg(Leg::FIRST)).await;
        bench.exchange.event(&call, Event::LegAnswered(Leg::FIRST)).await.unwrap();
        bench.rings(&call, 1).await;
        bench.exchange.event(&call, Event::LegRinging(Leg(1))).await.unwrap();
        bench.pass(10).await;
        bench.takes(&call, 1).await;
        bench.answered(&call).await;
        bench.pass(60).await;
        bench.hangs_up(&call, Leg(1)).await;
        let record = bench.over(&call).await;
        assert_eq!(record.price.unwrap().total, amount("0.60"), "waiting is free");
        assert_eq!(world.balance(&payer.id).await, amount("4.40"));
        assert_eq!(bench.group_call(&call).await.caller, "0001");
    })
    .await;
}

#[tokio::test]
async fn on_a_closed_day_callers_hear_so_and_calls_can_be_noted() {
    on_both(async |world| {
        let closed = Saying { text: "We are closed today.".into(), language: None, voice: None, audio: None };
        let group = group(&world, Answering { closed_greeting: Some(closed), ..Answering::default() }).await;
        on_duty(&world, &group, "Ann", "0011").await;
        let date = domain::time::Zone::utc().date(engine::Clock::now(&world.clock));
        let holiday = NewOverride {
            date,
            hours: "00:00-00:00".parse().unwrap(),
            change: Change::Closed { name: "Holiday".to_owned() },
        };
        world.run(async |work| groups::add_override(work, &group.id, holiday).await).await.unwrap();
        let bench = Bench::with(&world, ORDINARY).await;
        let call = bench.calls_group().await;
        bench
            .is_done(&call, |action| matches!(action, Action::Prompt { words, .. } if words.text.contains("closed")))
            .await;
        bench.hangs_up(&call, Leg::FIRST).await;
        bench.group_call(&call).await;
        let note = CallNote { note: Some(" calls again \n tomorrow ".to_owned()), outcome: Some("later".to_owned()) };
        let noted = world.run(async |work| groups::note_call(work, &call.origin, note, 0).await).await.unwrap();
        assert_eq!((noted.note.as_deref(), noted.outcome.as_deref()), (Some("calls again \n tomorrow"), Some("later")));
        let trail = world.changes(&call.origin).await;
        assert!(trail.iter().all(|change| change.after.is_none()), "{trail:?}");
    })
    .await;
}
