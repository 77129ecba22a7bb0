//! Messages for a line whose phone takes no call.

use super::*;

fn voicemail() -> Destination {
    Destination { voicemail: true, ..destination(CALLED) }
}

fn ended(leg: u8, cause: Cause) -> Event {
    Event::LegEnded { leg: Leg(leg), cause, at: None }
}

fn recorded(seconds: u32) -> Event {
    Event::Recorded { leg: Leg::FIRST, seconds, reference: "message".to_owned() }
}

const TAKEN_IN: &str = "leaving Answered, settle0, connect0";
const GREETED: &str = "leaving Greeted, prompt0 \"Please leave a message after the tone.\"";
const SPEAKS: &str =
    "leaving Speaking, Record { leg: Leg(0), seconds: 120, silence_seconds: 10, end: Some('#'), transcribed: false }";

#[test]
fn who_is_not_taken_leaves_a_message_and_nothing_is_charged() {
    let flow = flow_of(&voicemail(), &granted(60, 600), &TALK[..1]);
    let flow = play(
        flow,
        vec![
            (21, Event::Woke, "="),
            (22, Event::Woke, "leaving Answered, end1 no_answer, settle0, connect0"),
            (22, Event::Settled { session: 0 }, "="),
            (23, Event::LegAnswered(Leg::FIRST), GREETED),
            (28, Event::PromptEnded(Leg::FIRST), SPEAKS),
            (40, recorded(11), "over NoAnswer no_answer 0 s, keep 11 s for lin_0002, end0 hung_up"),
        ],
    );
    assert!(flow.is_done());
    assert_eq!(flow.ending().unwrap().ended_at, at(22), "the message is no part of the call");
}

#[test]
fn a_caller_who_hangs_up_has_left_what_was_said() {
    let flow = flow_of(&voicemail(), &granted(60, 600), &[]);
    let flow = play(
        flow,
        vec![
            (3, ended(1, Cause::Busy), TAKEN_IN),
            (3, Event::LegAnswered(Leg::FIRST), GREETED),
            (8, Event::PromptEnded(Leg::FIRST), SPEAKS),
            (12, hung_up(Leg::FIRST), "leaving Gone"),
            (12, recorded(4), "over Busy busy 0 s, keep 4 s for lin_0002"),
        ],
    );
    assert!(play(flow, vec![(12, Event::Settled { session: 0 }, "=")]).is_done());
}

#[test]
fn a_message_is_left_no_longer_than_there_is_time_and_only_where_the_line_wants_it() {
    let flow = flow_of(&voicemail(), &granted(60, 600), &[]);
    play(
        flow.clone(),
        vec![
            (3, ended(1, Cause::Unreachable), TAKEN_IN),
            (3, Event::LegAnswered(Leg::FIRST), GREETED),
            (5, hung_up(Leg::FIRST), "over Failed unreachable 0 s"),
        ],
    );
    play(
        flow,
        vec![
            (3, ended(1, Cause::Unreachable), TAKEN_IN),
            (3, Event::LegAnswered(Leg::FIRST), GREETED),
            (8, Event::PromptEnded(Leg::FIRST), SPEAKS),
            (137, Event::Woke, "="),
            (138, Event::Woke, "over Failed unreachable 0 s, end0 hung_up"),
        ],
    );
    let without = flow_of(&destination(CALLED), &granted(60, 600), &[]);
    play(without, vec![(3, ended(1, Cause::Busy), "over Busy busy 0 s, end0 busy, settle0")]);
    // A line that sends calls on does so first; congestion is no matter of the line's.
    let forwarding = Forwarding { busy: Some(number(OTHER)), ..Forwarding::default() };
    let onward = flow_of(&Destination { forwarding, ..voicemail() }, &granted(60, 600), &[]);
    play(onward, vec![(3, ended(1, Cause::Busy), "routing, route 0002>0003")]);
    let full = flow_of(&voicemail(), &granted(60, 600), &[]);
    play(full, vec![(3, ended(1, Cause::Congestion), "over Failed congestion 0 s, end0 congestion, settle0")]);
}

#[test]
fn a_call_is_recorded_from_the_bridge_where_the_tenant_wants_that() {
    let recorded = Destination { recorded: Recorded::Announced, ..destination(CALLED) };
    let flow = flow_of(&recorded, &granted(60, 600), &TALK[..2]);
    let expected = "talking, bridge0-1, answer0, end0 at Some(64), end1 at Some(64), RecordTalk { announced: true }";
    play(flow, vec![(4, Event::LegAnswered(Leg::FIRST), expected)]);
}
