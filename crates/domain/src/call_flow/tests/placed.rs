//! Calls that we place: both phones are rung, and both parties say yes.

use super::*;

const PAYER: &str = "0700";
const AGENT: &str = "7001";

fn question(text: &str) -> Option<Words> {
    Some(Words::new(text, Some("sound:price".to_owned())))
}

fn via(trunk: &str) -> Via {
    let (endpoint, number) = (trunk.to_owned(), "442079460018".to_owned());
    Via { trunk: trunk.to_owned(), endpoint, switch: None, number, most_calls: None, routed_by: None }
}

/// A call of the payer's phone outside, which two trunks reach, to an agent whose phone is a line.
fn placed(is_asked: bool) -> Flow {
    let caller = Party { line: None, number: "+442079460018".to_owned() };
    let to = Destination { number: AGENT.to_owned(), agent: Some("agt_1".to_owned()), ..destination(CALLED) };
    let mut placed = Placed::under(AGENT.to_owned(), vec![via("first"), via("second")]);
    if is_asked {
        (placed.asks_caller, placed.asks_called) = (question("price?"), question("a call?"));
    }
    let (mut flow, commands) = Flow::placed((caller, party(PAYER)), to, placed, at(0));
    assert_eq!(commands.iter().map(shown).collect::<Vec<_>>(), ["authorize0 0700>7001 of agt_1"]);
    flow.acknowledges = Acknowledges::InTime;
    let commands = flow.take(&grant(60, 600), at(0)).unwrap();
    let ring = "ring0 +442079460018 for 7001 by relay by first 442079460018";
    assert_eq!(commands.iter().map(shown).collect::<Vec<_>>(), [ring]);
    flow
}

fn ended(leg: u8, cause: Cause) -> Event {
    Event::LegEnded { leg: Leg(leg), cause, at: None }
}

fn presses(leg: u8, digits: &str) -> Event {
    Event::Digits { leg: Leg(leg), digits: digits.to_owned() }
}

const CALLER_RINGS: Event = Event::LegRinging(Leg::FIRST);
const CALLER_IS_THERE: Event = Event::LegAnswered(Leg::FIRST);

#[test]
fn each_party_says_yes_and_it_is_charged_from_the_bridge() {
    let flow = play(
        placed(true),
        vec![
            (1, CALLER_RINGS, "calling"),
            (3, CALLER_IS_THERE, "asking 0, carry0 0 by first at 3, prompt0 \"price?\""),
            (5, presses(0, "2"), "="),
            (9, Event::PromptEnded(Leg::FIRST), "prompt0 \"price?\""),
            (11, presses(0, "1"), "offered, ring-back0, ring1 0002 for 7001 by relay"),
            (12, Event::PromptEnded(Leg::FIRST), "="),
            (13, Event::LegRinging(Leg(1)), "ringing, ring-back0"),
            (20, Event::LegAnswered(Leg(1)), "asking 1, prompt1 \"a call?\""),
            (21, presses(0, "1"), "="),
            (25, presses(1, "1"), "talking, bridge0-1, answer0, end0 at Some(85), end1 at Some(85)"),
            (65, Event::Woke, "extend0"),
            (75, hung_up(Leg::FIRST), "over Answered hung_up 50 s, end1 hung_up, settle0"),
        ],
    );
    assert_eq!(flow.answered_at(), Some(at(25)));
}

#[test]
fn where_nothing_is_asked_both_talk_as_soon_as_both_are_there() {
    let calls = vec![
        (1, CALLER_RINGS, "calling"),
        (3, CALLER_IS_THERE, "offered, carry0 0 by first at 3, ring-back0, ring1 0002 for 7001 by relay"),
        (4, Event::LegAnswered(Leg(1)), "talking, bridge0-1, answer0, end0 at Some(64), end1 at Some(64)"),
    ];
    play(placed(false), calls);
}

#[test]
fn who_presses_nothing_is_not_there() {
    let first = vec![
        (3, CALLER_IS_THERE, "asking 0, carry0 0 by first at 3, prompt0 \"price?\""),
        (22, Event::Woke, "="),
        (23, Event::Woke, "over NoAnswer no_answer 0 s, end0 no_answer, settle0"),
    ];
    play(placed(true), first);
    let second = vec![
        (3, CALLER_IS_THERE, "asking 0, carry0 0 by first at 3, prompt0 \"price?\""),
        (4, presses(0, "1"), "offered, ring-back0, ring1 0002 for 7001 by relay"),
        (5, Event::LegAnswered(Leg(1)), "asking 1, prompt1 \"a call?\""),
        (24, presses(1, "23456"), "="),
        (25, Event::Woke, "over NoAnswer no_answer 0 s, end0 no_answer, end1 no_answer, settle0"),
    ];
    play(placed(true), second);
}

#[test]
fn who_calls_has_thirty_seconds_to_answer_and_so_has_the_other() {
    let in_vain = "over NoAnswer no_answer 0 s, end0 no_answer, settle0";
    play(placed(true), vec![(1, CALLER_RINGS, "calling"), (30, Event::Woke, "="), (31, Event::Woke, in_vain)]);
    let calls = vec![
        (1, CALLER_RINGS, "calling"),
        (3, CALLER_IS_THERE, "offered, carry0 0 by first at 3, ring-back0, ring1 0002 for 7001 by relay"),
        (4, Event::LegRinging(Leg(1)), "ringing, ring-back0"),
        (33, Event::Woke, "="),
        (34, Event::Woke, "over NoAnswer no_answer 0 s, end1 no_answer, end0 no_answer, settle0"),
    ];
    play(placed(false), calls);
}

#[test]
fn the_phone_of_who_calls_is_tried_by_another_way_where_the_first_leads_nowhere() {
    let calls = vec![
        (1, ended(0, Cause::Congestion), "ring0 +442079460018 for 7001 by relay by second 442079460018"),
        (2, CALLER_RINGS, "calling"),
        (3, ended(0, Cause::Busy), "over Busy busy 0 s, settle0"),
    ];
    play(placed(true), calls);
    let nowhere = vec![
        (1, ended(0, Cause::Unreachable), "ring0 +442079460018 for 7001 by relay by second 442079460018"),
        (2, ended(0, Cause::Congestion), "over Failed congestion 0 s, settle0"),
    ];
    play(placed(true), nowhere);
}

#[test]
fn anybody_can_end_it_on_the_way() {
    let before = vec![
        (1, CALLER_RINGS, "calling"),
        (2, Event::Stopped(Cause::HungUp), "over Cancelled hung_up 0 s, end0 hung_up, settle0"),
    ];
    play(placed(true), before);
    let given_up = vec![
        (3, CALLER_IS_THERE, "asking 0, carry0 0 by first at 3, prompt0 \"price?\""),
        (4, presses(0, "1"), "offered, ring-back0, ring1 0002 for 7001 by relay"),
        (5, hung_up(Leg::FIRST), "over Cancelled hung_up 0 s, end1 hung_up, settle0"),
    ];
    play(placed(true), given_up);
    let declined = vec![
        (3, CALLER_IS_THERE, "offered, carry0 0 by first at 3, ring-back0, ring1 0002 for 7001 by relay"),
        (5, ended(1, Cause::HungUp), "over Busy busy 0 s, end0 busy, settle0"),
    ];
    play(placed(false), declined);
}

#[test]
fn each_leg_that_a_trunk_carries_counts_from_its_own_answer() {
    let to = Destination {
        number: AGENT.to_owned(),
        agent: Some("agt_1".to_owned()),
        rings: Party { line: None, number: "+442079460001".to_owned() },
        ways: vec![via("third"), via("fourth")],
        ..destination(AGENT)
    };
    let mut placed = Placed::under(AGENT.to_owned(), vec![via("first"), via("second")]);
    (placed.asks_caller, placed.asks_called) = (question("price?"), question("a call?"));
    let caller = Party { line: None, number: "+442079460018".to_owned() };
    let (mut flow, _) = Flow::placed((caller, party(PAYER)), to, placed, at(0));
    flow.take(&grant(60, 600), at(0)).unwrap();
    let flow = play(
        flow,
        vec![
            (1, ended(0, Cause::Congestion), "ring0 +442079460018 for 7001 by relay by second 442079460018"),
            (3, CALLER_IS_THERE, "asking 0, carry0 0 by second at 3, prompt0 \"price?\""),
            (9, presses(0, "1"), "offered, ring-back0, ring1 +442079460001 for 7001 by relay by third 442079460018"),
            (10, ended(1, Cause::Unreachable), "ring2 +442079460001 for 7001 by relay by fourth 442079460018"),
            (13, Event::LegRinging(Leg(2)), "ringing, ring-back0"),
            (20, Event::LegAnswered(Leg(2)), "asking 2, carry0 2 by fourth at 20, prompt2 \"a call?\""),
        ],
    );
    // Who has answered was reached: no other way is tried, and nothing is carried twice.
    play(flow.clone(), vec![(22, ended(2, Cause::Lost), "over NoAnswer lost 0 s, end0 lost, settle0")]);
    let talks = "talking, bridge0-2, answer0, end0 at Some(85), end2 at Some(85)";
    let flow = play(flow, vec![(25, presses(2, "1"), talks)]);
    let told: Vec<_> = flow.carries().map(|command| shown(&command)).collect();
    assert_eq!(told, ["carry0 0 by second at 25", "carry0 2 by fourth at 25"], "as it is known after a restart");
}

#[test]
fn a_call_is_read_that_was_written_before_its_routes_were_noted() {
    let text = r#"{"trunk": "first", "endpoint": "first", "number": "442079460018"}"#;
    assert_eq!(serde_json::from_str::<Via>(text).unwrap(), via("first"));
}

/// A call back of Ann's, who is asked on her phone outside, to somebody whose number the group does not keep.
fn called_back() -> Flow {
    let outside = |number: &str| Party { line: None, number: number.to_owned() };
    let back = CallBack {
        group: "grp_1".to_owned(),
        agent: "agt_ann".to_owned(),
        caller: "caller-1234abcd".to_owned(),
        answers: "switch/1".to_owned(),
        by: "user:usr_1".to_owned(),
    };
    let to = Destination { ways: vec![via("second")], ..Destination::new(CALLED.to_owned(), outside(CALLED)) };
    let mut placed = Placed::under("+441632960000".to_owned(), vec![via("first")]);
    (placed.asks_caller, placed.calls_back) = (question("a call back?"), Some(Box::new(back)));
    let (mut flow, commands) = Flow::placed((outside("+442079460018"), outside("+441632960000")), to, placed, at(0));
    let Command::Charge { charge: Charge::Authorize { from, to, agent: None, bound: Bound::Back, .. }, .. } =
        &commands[0]
    else {
        panic!("{commands:?}")
    };
    assert_eq!((from.as_str(), to.as_str()), ("+441632960000", "caller-1234abcd"), "nobody's own number is on record");
    flow.acknowledges = Acknowledges::InTime;
    let endless = Granted { seconds: None, reaches_seconds: None, warn_at_seconds: Vec::new() };
    let commands = flow.take(&Event::Granted { session: 0, granted: endless }, at(0)).unwrap();
    let ring = "ring0 +442079460018 for +441632960000 by relay by first 442079460018";
    assert_eq!(commands.iter().map(shown).collect::<Vec<_>>(), [ring]);
    flow
}

#[test]
fn who_calls_back_is_asked_and_who_is_called_back_is_not() {
    let flow = play(
        called_back(),
        vec![
            (1, CALLER_RINGS, "calling"),
            (3, CALLER_IS_THERE, "asking 0, carry0 0 by first at 3, prompt0 \"a call back?\""),
            (9, presses(0, "1"), "offered, ring-back0, ring1 0002 for +441632960000 by relay by second 442079460018"),
            (13, Event::LegRinging(Leg(1)), "ringing, ring-back0"),
            (
                20,
                Event::LegAnswered(Leg(1)),
                "talking, carry0 1 by second at 20, bridge0-1, answer0, end0 at None, end1 at None",
            ),
            (80, hung_up(Leg(1)), "over Answered hung_up 60 s, end0 hung_up, settle0"),
        ],
    );
    let rung = flow.rung_first("agt_ann").unwrap();
    assert_eq!((rung.result, rung.at), (AttemptResult::Accepted, at(1)));
}

#[test]
fn what_came_of_ringing_who_calls_back_by_table() {
    for (event, result) in [
        (ended(0, Cause::HungUp), AttemptResult::Declined),
        (ended(0, Cause::Busy), AttemptResult::Declined),
        (ended(0, Cause::Congestion), AttemptResult::Unreachable),
        (Event::Stopped(Cause::EndedByStaff), AttemptResult::Withdrawn),
        (Event::LegEnded { leg: Leg(0), cause: Cause::NoAnswer, at: None }, AttemptResult::NoAnswer),
    ] {
        let mut flow = called_back();
        assert_eq!(flow.rung_first("agt_ann"), None, "it does not ring yet");
        flow.take(&event, at(5)).unwrap();
        assert_eq!(flow.rung_first("agt_ann").map(|rung| rung.result), Some(result), "{event:?}");
    }
}
