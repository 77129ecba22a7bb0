//! What a network says before it answers.

use super::*;

const OUTSIDE: &str = "+442079460018";

/// A call to a number outside that the first of two trunks has been asked to carry.
fn goes_out() -> Flow {
    let via = |trunk: &str| {
        let fields = serde_json::json!({"trunk": trunk, "endpoint": trunk, "number": "02079460018"});
        serde_json::from_value::<Via>(fields).unwrap()
    };
    let rings = Party { line: None, number: OUTSIDE.to_owned() };
    let ways = vec![via("first"), via("second")];
    let mut flow = flow_of(&Destination { rings, ways, ..destination(OUTSIDE) }, &granted(60, 600), &[]);
    flow.acknowledges = Acknowledges::InTime;
    flow
}

fn ended(leg: u8, cause: Cause) -> Event {
    Event::LegEnded { leg: Leg(leg), cause, at: None }
}

#[test]
fn the_caller_hears_a_leg_outside_before_it_is_answered() {
    let heard = play(goes_out(), vec![(2, Event::LegHeard(Leg(1)), "hear0-1"), (3, Event::LegHeard(Leg(1)), "=")]);
    let talk = "talking, bridge0-1, answer0, end0 at Some(65), end1 at Some(65)";
    let answered = vec![
        (4, Event::LegAnswered(Leg(1)), "accepted, carry0 1 by first at 4, connect0"),
        (5, Event::LegAnswered(Leg::FIRST), talk),
    ];
    play(heard.clone(), answered);
    // It may say that it rings, too, before or after: should it be silent, the caller hears that.
    play(heard.clone(), vec![(3, Event::LegRinging(Leg(1)), "ringing, ring-back0"), (4, Event::LegHeard(Leg(1)), "=")]);
    let rung = vec![
        (2, Event::LegRinging(Leg(1)), "ringing, ring-back0"),
        (3, Event::LegHeard(Leg(1)), "hear0-1, ring-back0"),
        (92, Event::Woke, "over NoAnswer no_answer 0 s, end1 no_answer, end0 no_answer, settle0"),
    ];
    play(goes_out(), rung);
    // It has as long as one that rings.
    let end = "over NoAnswer no_answer 0 s, end1 no_answer, end0 no_answer, settle0";
    play(heard.clone(), vec![(91, Event::Woke, "="), (92, Event::Woke, end)]);
    // Whether another trunk helps is said by why it ends, as of one that has said nothing.
    play(heard.clone(), vec![(4, ended(1, Cause::Busy), "over Busy busy 0 s, end0 busy, settle0")]);
    for cause in [Cause::Congestion, Cause::Unreachable] {
        let next = "ring2 +442079460018 for  by second 02079460018";
        let again = play(heard.clone(), vec![(4, ended(1, cause), next)]);
        play(again, vec![(5, Event::LegHeard(Leg(1)), "!"), (6, Event::LegHeard(Leg(2)), "hear0-2")]);
    }
}

#[test]
fn a_phone_of_ours_is_heard_when_it_is_answered() {
    play(flow_of(&destination(CALLED), &granted(60, 600), &[]), vec![(2, Event::LegHeard(Leg(1)), "=")]);
}
