//! Calls to a group that are passed on. Each line of a table is a second, what happens, and what becomes of it.

use super::hunt::{ANN, ASKED_1, MESSAGE, answers, called, ended, greeted, group, keys, member, results, rings};
use super::*;

fn to_group(id: &str) -> Event {
    Event::Transferred { to: Transfer::Group(id.to_owned()) }
}

fn to_agent(agent: &str, phones: &[&str]) -> Event {
    Event::Transferred { to: Transfer::Agent(Box::new(member(agent, &[], phones))) }
}

const PASSED_ON: &str = "part0-1, end1 hung_up, prompt0 \"hold\"";

/// One in which Ann talks since second 4.
fn taken() -> Flow {
    play(
        greeted(group(), ANN),
        vec![(3, answers(1), ASKED_1), (4, keys(1, "1"), "talking, bridge0-1, answer0, end0 at None, end1 at None")],
    )
}

#[test]
fn who_has_taken_a_call_passes_it_on_to_somebody() {
    let flow = play(
        taken(),
        vec![
            (
                10,
                to_agent("cid", &["13"]),
                &format!("hunting Ringing, {PASSED_ON}, ring2 13 for +441632960000 by relay"),
            ),
            // What becomes of the phone that talked is no news.
            (10, ended(1, Cause::HungUp), "="),
            (11, rings(2), "ring-back0"),
            (13, answers(2), "prompt2 \"press 1\", CollectDigits { leg: Leg(2), most: 1, seconds: 15, end: None }"),
            (14, keys(2, "1"), "talking, bridge0-2, end0 at None, end2 at None"),
        ],
    );
    assert_eq!(results(&flow), ["ann transferred", "cid accepted"]);
    assert_eq!(flow.answered_at(), Some(at(4)), "it is one call, charged since it was answered");
    let flow = play(flow, vec![(64, ended(0, Cause::HungUp), "over Answered hung_up 60 s, end2 hung_up, settle0")]);
    assert_eq!(flow.hunt.unwrap().taken_by(), Some("cid"));
}

#[test]
fn where_nobody_takes_what_was_passed_on_the_groups_way_goes_on() {
    let flow = play(
        taken(),
        vec![
            (
                10,
                to_agent("cid", &["13"]),
                &format!("hunting Ringing, {PASSED_ON}, ring2 13 for +441632960000 by relay"),
            ),
            (11, ended(2, Cause::Busy), "leaving Greeted, settle0, prompt0 \"message\""),
            (12, ended(0, Cause::HungUp), "over Answered no_answer 7 s"),
        ],
    );
    assert_eq!(results(&flow), ["ann transferred", "cid busy"]);
    assert_eq!(flow.hunt.unwrap().passed_on_by(), Some("ann"));
    // A phone that cannot be rung at all, and one who has none.
    play(
        taken(),
        vec![(
            10,
            to_agent("cid", &[]),
            &format!(
                "{}, {}",
                "leaving Greeted", "part0-1, end1 hung_up, prompt0 \"hold\", settle0, prompt0 \"message\""
            ),
        )],
    );
}

#[test]
fn the_others_of_a_group_are_rung_and_not_who_has_passed_it_on() {
    let asked = format!("hunting Asking, {PASSED_ON}, who of grp_1?");
    let flow = play(
        taken(),
        vec![
            (10, to_group("grp_1"), &asked),
            (10, Event::OnDuty(Some(Box::new(group()))), "hunting Ringing, ring2 12 for +441632960000 by relay"),
            (40, ended(2, Cause::NoAnswer), MESSAGE),
        ],
    );
    assert_eq!(results(&flow), ["ann transferred", "bob no_answer"]);
    // Of a group that is not there any more, the way of this one goes on.
    let asked = format!("hunting Asking, {PASSED_ON}, who of grp_2?");
    play(taken(), vec![(10, to_group("grp_2"), &asked), (10, Event::OnDuty(None), MESSAGE)]);
}

#[test]
fn a_caller_who_hangs_up_meanwhile_ends_a_call_that_was_answered() {
    let asked = format!("hunting Asking, {PASSED_ON}, who of grp_2?");
    play(
        taken(),
        vec![(10, to_group("grp_2"), &asked), (12, ended(0, Cause::HungUp), "over Answered hung_up 8 s, settle0")],
    );
}

#[test]
fn only_what_was_taken_for_a_group_is_passed_on() {
    for mut flow in [called(group()), greeted(group(), ANN)] {
        let before = flow.clone();
        assert!(flow.take(&to_agent("cid", &["13"]), at(20)).is_err());
        assert_eq!(flow, before);
    }
    let mut flow = taken();
    flow.take(&Event::SwitchLost { seen_at: at(5) }, at(6)).unwrap();
    assert!(flow.take(&to_agent("cid", &["13"]), at(7)).is_err(), "nothing is known of its legs");
}

#[test]
fn what_is_charged_goes_on_while_a_call_is_passed_on() {
    let mut flow = taken();
    let granted = |seconds| Granted { seconds: Some(seconds), reaches_seconds: Some(seconds), ..unlimited() };
    flow.take(&Event::Granted { session: 0, granted: granted(20) }, at(5)).unwrap();
    flow.take(&to_agent("cid", &["13"]), at(10)).unwrap();
    flow.take(&rings(2), at(10)).unwrap();
    // Its 20 seconds began when it was answered, at 4; it is asked once more before they are over.
    assert_eq!(flow.wakes_at(), Some(at(22)));
    let flow = play(
        flow,
        vec![
            (22, Event::Woke, "extend0"),
            (22, Event::Granted { session: 0, granted: granted(21) }, "end0 at Some(25)"),
            (25, Event::Woke, "over Answered cut_off 21 s, end0 cut_off, end2 cut_off, settle0"),
        ],
    );
    assert!(flow.ending().is_some());
}
