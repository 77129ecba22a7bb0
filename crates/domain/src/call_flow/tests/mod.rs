mod heard;
mod hunt;
mod message;
mod placed;
mod transfer;

use super::*;
use crate::charging::Granted;
use crate::dial_plan::{DialPlan, Number};
use crate::screening::Forwarding;

const CALLER: &str = "0001";
const CALLED: &str = "0002";
const OTHER: &str = "0003";

fn at(second: i64) -> Instant {
    after(Instant::clamped(1_800_000_000_000), second)
}

fn party(number: &str) -> Party {
    Party { line: Some(format!("lin_{number}")), number: number.to_owned() }
}

fn number(text: &str) -> Number {
    DialPlan::default().canonical(text).unwrap()
}

fn destination(number: &str) -> Destination {
    Destination::new(number.to_owned(), party(number))
}

fn granted(seconds: i64, reaches: i64) -> Granted {
    let warnings = [reaches - 60, reaches - 30];
    Granted {
        seconds: Some(seconds),
        reaches_seconds: Some(reaches),
        warn_at_seconds: warnings.into_iter().filter(|at| *at >= 0).collect(),
    }
}

fn unlimited() -> Granted {
    Granted { seconds: None, reaches_seconds: None, warn_at_seconds: Vec::new() }
}

/// A call to the destination that has taken these events, one a second.
fn flow_of(destination: &Destination, granted: &Granted, events: &[Event]) -> Flow {
    let (mut flow, _) = Flow::incoming(party(CALLER), destination.number.clone(), at(0));
    let way = [Event::Routed(Ok(destination.clone())), Event::Granted { session: 0, granted: granted.clone() }];
    for (second, event) in way.iter().chain(events).enumerate() {
        flow.take(event, at(i64::try_from(second).unwrap())).unwrap();
    }
    flow
}

fn flow(events: &[Event]) -> Flow {
    flow_of(&destination(CALLED), &granted(60, 600), events)
}

const TALK: [Event; 3] = [Event::LegRinging(Leg(1)), Event::LegAnswered(Leg(1)), Event::LegAnswered(Leg::FIRST)];

fn hung_up(leg: Leg) -> Event {
    Event::LegEnded { leg, cause: Cause::HungUp, at: None }
}

/// A call in each of its stages.
fn stages() -> Vec<(&'static str, Flow)> {
    let (new, _) = Flow::incoming(party(CALLER), CALLED.to_owned(), at(0));
    let mut authorizing = new.clone();
    authorizing.take(&Event::Routed(Ok(destination(CALLED))), at(0)).unwrap();
    let over = [TALK.as_slice(), &[hung_up(Leg(1))]].concat();
    vec![
        ("routing", new),
        ("authorizing", authorizing),
        ("offered", flow(&[])),
        ("ringing", flow(&TALK[..1])),
        ("accepted", flow(&TALK[..2])),
        ("talking", flow(&TALK)),
        ("over", flow(&over)),
    ]
}

fn events() -> Vec<(&'static str, Event)> {
    let lost = |leg| Event::LegEnded { leg, cause: Cause::Lost, at: Some(at(6)) };
    let busy = Event::LegEnded { leg: Leg(1), cause: Cause::Busy, at: None };
    vec![
        ("routed", Event::Routed(Ok(destination(CALLED)))),
        ("leads nowhere", Event::Routed(Err(Cause::NoRecipient))),
        ("granted", Event::Granted { session: 0, granted: granted(60, 600) }),
        ("refused", Event::Refused { session: 0, cause: Cause::InsufficientBalance }),
        ("settled", Event::Settled { session: 0 }),
        ("1 rings", Event::LegRinging(Leg(1))),
        ("1 answers", Event::LegAnswered(Leg(1))),
        ("0 is ready", Event::LegAnswered(Leg::FIRST)),
        ("1 is busy", busy),
        ("1 hangs up", hung_up(Leg(1))),
        ("1 is lost", lost(Leg(1))),
        ("0 hangs up", hung_up(Leg::FIRST)),
        ("0 is lost", lost(Leg::FIRST)),
        ("7 hangs up", hung_up(Leg(7))),
        ("0 writes", Event::Text { leg: Leg::FIRST, text: "a".to_owned() }),
        ("7 writes", Event::Text { leg: Leg(7), text: "a".to_owned() }),
        ("1 presses", Event::Digits { leg: Leg(1), digits: "5".to_owned() }),
        ("0 heard it", Event::PromptEnded(Leg::FIRST)),
        ("1 is heard", Event::LegHeard(Leg(1))),
        ("0 left it", Event::Recorded { leg: Leg::FIRST, seconds: 3, reference: "r".to_owned() }),
        ("woke", Event::Woke),
        ("topped up", Event::ToppedUp),
        ("caller suspended", Event::Suspended { line: format!("lin_{CALLER}") }),
        ("called suspended", Event::Suspended { line: format!("lin_{CALLED}") }),
        ("staff ends it", Event::Stopped(Cause::EndedByStaff)),
        ("switch lost", Event::SwitchLost { seen_at: at(5) }),
        ("switch back", Event::SwitchBack { legs: vec![Leg::FIRST, Leg(1)], seen_at: at(5) }),
        ("back without 1", Event::SwitchBack { legs: vec![Leg::FIRST], seen_at: at(5) }),
    ]
}

fn stage_name(flow: &Flow) -> String {
    match &flow.stage {
        Stage::Routing => "routing".to_owned(),
        Stage::Calling { rung: false, .. } => "called".to_owned(),
        Stage::Calling { rung: true, .. } => "calling".to_owned(),
        Stage::Asking { leg, .. } => format!("asking {}", leg.0),
        Stage::Authorizing => "authorizing".to_owned(),
        Stage::Ringing { rung: false, .. } => "offered".to_owned(),
        Stage::Ringing { rung: true, .. } => "ringing".to_owned(),
        Stage::Waiting { .. } => "waiting".to_owned(),
        Stage::Hunting { step, .. } => format!("hunting {step:?}"),
        Stage::Accepted { .. } => "accepted".to_owned(),
        Stage::Talking { .. } => "talking".to_owned(),
        Stage::Leaving { step, .. } => format!("leaving {step:?}"),
        Stage::Over(Ending { answered_at, ended_at, outcome, cause }) => {
            let seconds = answered_at.map_or(0, |answered_at| ended_at.millis_since(answered_at) / 1000);
            format!("over {outcome:?} {} {seconds} s", cause.name())
        }
    }
}

fn shown(command: &Command) -> String {
    match command {
        Command::Keep { of: Mailbox::Line(of) | Mailbox::Group(of), seconds, .. } => {
            format!("keep {seconds} s for {of}")
        }
        Command::WhoIsOnDuty { group, .. } => format!("who of {group}?"),
        Command::Route(asked) => format!("route {}>{}", asked.by.number, asked.to),
        Command::Charge { session, charge } => match charge {
            Charge::Authorize { payer, to, agent: None, .. } => format!("authorize{session} {}>{to}", payer.number),
            Charge::Authorize { payer, to, agent: Some(agent), .. } => {
                format!("authorize{session} {}>{to} of {agent}", payer.number)
            }
            Charge::Carry(carried) => {
                let seconds = carried.answered_at.millis_since(at(0)) / 1000;
                format!("carry{session} {} by {} at {seconds}", carried.leg.0, carried.trunk)
            }
            Charge::Answer(_) => format!("answer{session}"),
            Charge::Extend => format!("extend{session}"),
            Charge::Settle(_) => format!("settle{session}"),
        },
        Command::Perform(action) => match action {
            Action::RingLeg { leg, party, caller, relayed, via, .. } => {
                let by_relay = if *relayed { " by relay" } else { "" };
                let via = via.as_ref().map_or_else(String::new, |via| format!(" by {} {}", via.trunk, via.number));
                format!("ring{} {} for {caller}{by_relay}{via}", leg.0, party.number)
            }
            Action::RingBack(leg) => format!("ring-back{}", leg.0),
            Action::LetHear(one, other) => format!("hear{}-{}", one.0, other.0),
            Action::AnswerLeg(leg) => format!("connect{}", leg.0),
            Action::Bridge(one, other) => format!("bridge{}-{}", one.0, other.0),
            Action::Part(one, other) => format!("part{}-{}", one.0, other.0),
            Action::Warn { leg, remaining_seconds } => format!("warn{} {remaining_seconds} s", leg.0),
            Action::EndLegAt { leg, at: end } => {
                format!("end{} at {:?}", leg.0, end.map(|end| end.millis_since(at(0)) / 1000))
            }
            Action::EndLeg { leg, cause } => format!("end{} {}", leg.0, cause.name()),
            Action::Text { leg, .. } => format!("text{}", leg.0),
            Action::Digits { leg, .. } => format!("digits{}", leg.0),
            Action::Prompt { leg, words } => format!("prompt{} {:?}", leg.0, words.text),
            other => format!("{other:?}"),
        },
    }
}

/// What becomes of a flow: `!` out of order, `=` nothing, else the stage if it is another, and the commands.
fn outcome(before: &Flow, event: &Event, now: Instant) -> String {
    let mut after = before.clone();
    let Ok(commands) = after.take(event, now) else {
        assert_eq!(*before, after, "what is out of order changes nothing");
        return "!".to_owned();
    };
    let moved = stage_name(&after) != stage_name(before);
    let mut words: Vec<String> = Vec::new();
    if moved {
        words.push(stage_name(&after));
    }
    words.extend(commands.iter().map(shown));
    if words.is_empty() { "=".to_owned() } else { words.join(", ") }
}

#[test]
fn every_event_in_every_stage() {
    let mut table = String::new();
    for (name, event) in events() {
        table.push_str(&format!("{name}\n"));
        for (stage, flow) in stages() {
            table.push_str(&format!("  {stage:<12} {}\n", outcome(&flow, &event, at(8))));
        }
    }
    let expected = include_str!("table.txt");
    assert!(table == expected, "the table is now\n{table}");
}

/// Plays a call: each line is a second, an event, and what becomes of it.
fn play(mut flow: Flow, lines: Vec<(i64, Event, &str)>) -> Flow {
    for (second, event, expected) in lines {
        assert_eq!(outcome(&flow, &event, at(second)), expected, "{second} {event:?}");
        let _ = flow.take(&event, at(second));
    }
    flow
}

fn grant(seconds: i64, reaches: i64) -> Event {
    Event::Granted { session: 0, granted: granted(seconds, reaches) }
}

#[test]
fn money_is_extended_warned_of_and_cut_off() {
    // Answered at second 4.
    let flow = flow_of(&destination(CALLED), &granted(60, 100), &TALK);
    assert_eq!(
        flow.wakes_at(),
        Some(at(44)),
        "20 s before the end of what is granted, and 60 s before the last second"
    );
    let flow = play(
        flow,
        vec![
            (43, Event::Woke, "="),
            (44, Event::Woke, "warn0 60 s, extend0"),
            (45, Event::Woke, "="),
            (45, grant(100, 100), "end0 at Some(104), end1 at Some(104)"),
            (73, Event::Woke, "="),
            (74, Event::Woke, "warn0 30 s"),
            (80, Event::ToppedUp, "extend0"),
            (80, grant(120, 160), "end0 at Some(124), end1 at Some(124)"),
            (104, Event::Woke, "warn0 60 s"),
            // That was to last for 44 s: a third of them is left.
            (109, Event::Woke, "="),
            (110, Event::Woke, "extend0"),
            (110, Event::ToppedUp, "="),
            (111, grant(160, 160), "end0 at Some(164), end1 at Some(164)"),
            (134, Event::Woke, "warn0 30 s"),
            // Money may have come that nobody told of: it is asked once more.
            (162, Event::Woke, "extend0"),
            (162, grant(160, 160), "end0 at Some(164), end1 at Some(164)"),
            (163, Event::Woke, "="),
        ],
    );
    assert_eq!(flow.wakes_at(), Some(at(164)));
    // The timer may be late: nobody talks beyond what is granted.
    let flow = play(flow, vec![(166, Event::Woke, "over Answered cut_off 160 s, end0 cut_off, end1 cut_off, settle0")]);
    assert!(!flow.is_done() && flow.wakes_at().is_none());
    assert!(play(flow, vec![(167, Event::Settled { session: 0 }, "=")]).is_done());
}

#[test]
fn what_brings_little_more_is_followed_by_the_next_as_early_as_any() {
    let flow = flow_of(&destination(CALLED), &granted(60, 600), &TALK);
    // Money has come, or the program has just begun anew: it is asked at once, and the slice begins a second later than the last.
    let flow =
        play(flow, vec![(5, Event::ToppedUp, "extend0"), (5, grant(61, 900), "end0 at Some(65), end1 at Some(65)")]);
    assert_eq!(flow.wakes_at(), Some(at(45)));
}

#[test]
fn what_is_granted_ends_the_call_also_where_charging_does_not_answer() {
    let flow = flow_of(&destination(CALLED), &granted(60, 600), &TALK);
    play(
        flow,
        vec![
            (44, Event::Woke, "extend0"),
            (63, Event::Woke, "="),
            (64, Event::Woke, "over Answered cut_off 60 s, end0 cut_off, end1 cut_off, settle0"),
        ],
    );
}

#[test]
fn nothing_cuts_an_emergency_call() {
    let free = Destination { free: true, ..destination(CALLED) };
    let flow = flow_of(&free, &unlimited(), &TALK);
    assert_eq!(flow.wakes_at(), None);
    let suspended = Event::Suspended { line: format!("lin_{CALLER}") };
    play(
        flow,
        vec![
            (5, suspended, "="),
            (6, Event::Stopped(Cause::Maintenance), "!"),
            (7, Event::ToppedUp, "="),
            (8, Event::Refused { session: 0, cause: Cause::Failed }, "="),
            (8, Event::Settled { session: 0 }, "="),
            (99_999, Event::Woke, "="),
            (99_999, hung_up(Leg::FIRST), "over Answered hung_up 99995 s, end1 hung_up"),
        ],
    );
    let own = Destination { free: true, ..destination(CALLER) };
    let (mut flow, _) = Flow::incoming(party(CALLER), "4911".to_owned(), at(0));
    let asked = flow.take(&Event::Routed(Ok(own)), at(0)).unwrap();
    assert_eq!(asked.len(), 1, "who is the target himself is not told that he dialled his own number");
}

#[test]
fn an_emergency_call_rings_again_until_somebody_takes_it() {
    let free = Destination { free: true, ..destination(CALLED) };
    let ended = |leg, cause| Event::LegEnded { leg: Leg(leg), cause, at: None };
    let flow = play(
        flow_of(&free, &unlimited(), &[]),
        vec![
            (2, ended(1, Cause::Busy), "waiting, ring-back0"),
            (4, Event::Woke, "="),
            (5, Event::Woke, "offered, ring2 0002 for 0001"),
            (6, Event::LegRinging(Leg(2)), "ringing, ring-back0"),
            (26, Event::Woke, "waiting, end2 no_answer, ring-back0"),
            (29, Event::Woke, "offered, ring3 0002 for 0001"),
            (29, Event::LegAnswered(Leg(3)), "accepted, connect0"),
            (29, Event::LegAnswered(Leg::FIRST), "talking, bridge0-3, answer0, end0 at None, end3 at None"),
        ],
    );
    play(flow, vec![(30, hung_up(Leg(3)), "over Answered hung_up 1 s, end0 hung_up, settle0")]);
    // Where there is no phone at all, the caller learns it after half a minute.
    let mut flow = flow_of(&free, &unlimited(), &[]);
    for try_ in 1..TRIES_WITHOUT_PHONE {
        let leg = u8::try_from(try_).unwrap();
        flow.take(&ended(leg, Cause::NoRecipient), at(i64::from(try_) * 3)).unwrap();
        flow.take(&Event::Woke, at(i64::from(try_) * 3 + 3)).unwrap();
    }
    let last = ended(u8::try_from(TRIES_WITHOUT_PHONE).unwrap(), Cause::NoRecipient);
    play(flow, vec![(30, last, "over Failed no_recipient 0 s, end0 no_recipient, settle0")]);
    // Charging's refusal keeps nobody from help.
    let (mut flow, _) = Flow::incoming(party(CALLER), "4911".to_owned(), at(0));
    flow.take(&Event::Stopped(Cause::Maintenance), at(0)).unwrap();
    let refused = Event::Refused { session: 0, cause: Cause::InsufficientBalance };
    play(
        flow.clone(),
        vec![
            (0, Event::Routed(Ok(free)), "authorizing, authorize0 0001>0002"),
            (1, refused, "offered, ring1 0002 for 0001"),
        ],
    );
    // What was to be ended before it was known where it leads is ended then.
    play(flow, vec![(0, Event::Routed(Ok(destination(CALLED))), "over Failed maintenance 0 s, end0 maintenance")]);
}

#[test]
fn it_is_not_asked_again_and_again_for_more() {
    // Slices of five seconds, of which no more is granted than before.
    let flow = flow_of(&destination(CALLED), &granted(60, 600), &TALK);
    let flow = play(
        flow,
        vec![
            (44, Event::Woke, "extend0"),
            (44, grant(65, 600), "end0 at Some(69), end1 at Some(69)"),
            (60, Event::Woke, "="),
            (61, Event::Woke, "extend0"),
            (61, grant(65, 600), "end0 at Some(69), end1 at Some(69)"),
            (61, Event::Woke, "="),
        ],
    );
    assert_eq!(flow.wakes_at(), Some(at(62)), "once a second");
    // What charging refuses does not end what is granted.
    let flow = flow_of(&destination(CALLED), &granted(60, 600), &TALK);
    let refused = Event::Refused { session: 0, cause: Cause::Failed };
    let flow = play(flow, vec![(44, Event::Woke, "extend0"), (44, refused, "="), (63, Event::Woke, "=")]);
    assert_eq!(flow.wakes_at(), Some(at(64)));
}

#[test]
fn after_a_restart_charging_knows_better() {
    let session = |granted_seconds, stage| crate::charging::Session {
        mode: crate::charging::Mode::Prepaid,
        cut_off: crate::charging::CutOff::Movable,
        opened_at: at(1),
        lapses_at: None,
        stage,
        held: crate::money::Amount::ZERO,
        free_held: crate::charging::FreeTaken::default(),
        granted: granted(granted_seconds, 600),
    };
    let answered = crate::charging::Stage::Answered { answered_at: at(4) };
    let legs = || vec![Leg::FIRST, Leg(1)];
    // It was extended since its way was written down.
    let mut flow = flow_of(&destination(CALLED), &granted(60, 600), &TALK);
    flow.take(&Event::Woke, at(44)).unwrap();
    assert_eq!(flow.recovered(&[Some(&session(120, answered.clone()))], at(90)), at(90));
    assert_eq!(flow.recovered(&[None], at(95)), at(90), "dead twice, it was proved alive before the first time");
    assert_eq!(flow.wakes_at(), None, "before it is known who is there again, nothing is due");
    let gone = Event::SwitchBack { legs: vec![Leg(1)], seen_at: at(95) };
    let over = "over Answered lost 86 s, end0 lost, end1 lost, settle0";
    play(flow.clone(), vec![(100, gone, over)]);
    let flow = play(flow, vec![(100, Event::SwitchBack { legs: legs(), seen_at: at(90) }, "extend0")]);
    assert_eq!(flow.wakes_at(), Some(at(124)));
    // It was answered since.
    let mut flow = flow_of(&destination(CALLED), &granted(60, 600), &TALK[..2]);
    flow.recovered(&[Some(&session(60, answered))], at(10));
    play(flow, vec![(12, Event::SwitchBack { legs: legs(), seen_at: at(10) }, "extend0")]);
}

#[test]
fn while_its_legs_are_absent_a_call_is_charged_no_further() {
    // Answered at second 4, and last proved alive at second 50.
    let mut absent = flow(&TALK);
    absent.recovered(&[None], at(50));
    let back = |legs: &[Leg]| Event::SwitchBack { legs: legs.to_vec(), seen_at: at(50) };
    for (event, expected) in [
        (hung_up(Leg::FIRST), "over Answered hung_up 46 s, end1 hung_up, settle0"),
        (back(&[Leg(1)]), "over Answered lost 46 s, end0 lost, end1 lost, settle0"),
        (Event::Woke, "over Answered cut_off 46 s, end0 cut_off, end1 cut_off, settle0"),
        (
            Event::Stopped(Cause::EndedByStaff),
            "over Answered ended_by_staff 46 s, end0 ended_by_staff, end1 ended_by_staff, settle0",
        ),
    ] {
        play(absent.clone(), vec![(70, event, expected)]);
    }
    let there = vec![
        (60, back(&[Leg::FIRST, Leg(1)]), "extend0"),
        (61, grant(100, 600), "end0 at Some(104), end1 at Some(104)"),
        (70, hung_up(Leg::FIRST), "over Answered hung_up 66 s, end1 hung_up, settle0"),
    ];
    assert_eq!(play(absent, there).absent_since(), None);
}

#[test]
fn time_runs_out() {
    let no_answer = "over NoAnswer no_answer 0 s, end1 no_answer, end0 no_answer, settle0";
    play(flow(&TALK[..1]), vec![(21, Event::Woke, "="), (22, Event::Woke, no_answer)]);
    let silent = "over NoAnswer lost 0 s, end1 no_answer, end0 lost, settle0";
    play(flow(&[]), vec![(2, Event::Woke, "="), (3, Event::Woke, silent)]);
    let unconfirmed = "over Failed unconfirmed 0 s, end0 unconfirmed, end1 unconfirmed, settle0";
    play(flow(&TALK[..2]), vec![(7, Event::Woke, "="), (8, Event::Woke, unconfirmed)]);
}

#[test]
fn a_line_sends_calls_on_at_its_own_cost() {
    let onward = |forwarding| Destination { forwarding, ..destination(CALLED) };
    let to = Some(number(OTHER));
    let always = onward(Forwarding { always: to.clone(), ..Forwarding::default() });
    let busy = onward(Forwarding { busy: to.clone(), ..Forwarding::default() });
    let no_answer = onward(Forwarding { no_answer: to, ..Forwarding::default() });
    let (mut first, _) = Flow::incoming(party(CALLER), CALLED.to_owned(), at(0));
    first.take(&Event::Routed(Ok(always)), at(0)).unwrap();
    let first = play(first, vec![(0, grant(60, 600), "routing, route 0002>0003")]);
    let is_busy = Event::LegEnded { leg: Leg(1), cause: Cause::Busy, at: None };
    let second = play(flow_of(&busy, &granted(60, 600), &[]), vec![(2, is_busy.clone(), "routing, route 0002>0003")]);
    let third = play(
        flow_of(&no_answer, &granted(60, 600), &TALK[..1]),
        vec![(22, Event::Woke, "routing, end1 no_answer, route 0002>0003")],
    );
    play(flow_of(&no_answer, &granted(60, 600), &[]), vec![(2, is_busy, "over Busy busy 0 s, end0 busy, settle0")]);
    for (flow, leg) in [(first, 1), (second, 2), (third, 2)] {
        let ring = format!("offered, ring{leg} 0003 for 0001");
        let talk = format!("talking, bridge0-{leg}, answer0, answer1, end0 at Some(90), end{leg} at Some(90)");
        let over = format!("over Answered cut_off 60 s, end0 cut_off, end{leg} cut_off, settle0, settle1");
        play(
            flow.clone(),
            vec![
                (23, Event::Routed(Ok(destination(OTHER))), "authorizing, authorize1 0002>0003"),
                (24, Event::Granted { session: 1, granted: granted(60, 60) }, &ring),
                (25, Event::LegRinging(Leg(leg)), "ringing, ring-back0"),
                (26, Event::LegAnswered(Leg(leg)), "accepted, connect0"),
                (30, Event::LegAnswered(Leg::FIRST), &talk),
                (31, hung_up(Leg(9)), "="),
                (90, Event::Woke, &over),
            ],
        );
        // The caller does not learn why the line cannot send its call on.
        let refused = Event::Refused { session: 1, cause: Cause::InsufficientBalance };
        play(
            flow.clone(),
            vec![
                (23, Event::Routed(Ok(destination(OTHER))), "authorizing, authorize1 0002>0003"),
                (24, refused, "over NoAnswer no_answer 0 s, end0 no_answer, settle0"),
            ],
        );
        for circle in [CALLER, CALLED] {
            let again = Event::Routed(Ok(destination(circle)));
            play(flow.clone(), vec![(23, again, "over NoAnswer no_answer 0 s, end0 no_answer, settle0")]);
        }
    }
}

#[test]
fn a_number_outside_is_tried_by_one_way_after_the_other() {
    let via = |trunk: &str, number: &str| Via {
        trunk: trunk.to_owned(),
        endpoint: trunk.to_owned(),
        switch: None,
        number: number.to_owned(),
        most_calls: None,
        routed_by: None,
    };
    let outside = "+442079460018";
    let rings = Party { line: None, number: outside.to_owned() };
    let ways = vec![via("first", "02079460018"), via("second", "00442079460018"), via("third", "+442079460018")];
    let shown = Some("+441632960001".to_owned());
    let destination = Destination { rings, ways, shown, ..destination(outside) };
    // Where nothing is to be shown there, no number is.
    let unknown = flow_of(&Destination { shown: None, ..destination.clone() }, &granted(60, 600), &[]);
    let another = Event::LegEnded { leg: Leg(1), cause: Cause::Congestion, at: None };
    play(unknown, vec![(2, another, "ring2 +442079460018 for  by second 00442079460018")]);
    let ended = |leg, cause| Event::LegEnded { leg: Leg(leg), cause, at: None };
    let (mut flow, _) = Flow::incoming(party(CALLER), outside.to_owned(), at(0));
    flow.acknowledges = Acknowledges::InTime;
    let commands = flow.take(&Event::Routed(Ok(destination)), at(0)).unwrap();
    assert!(matches!(&commands[0], Command::Charge { charge: Charge::Authorize { bound: Bound::Out, .. }, .. }));
    let by = |way: &str| format!("ring{way}");
    let flow = play(
        flow,
        vec![
            (
                1,
                Event::Granted { session: 0, granted: granted(60, 600) },
                "offered, ring1 +442079460018 for +441632960001 by first 02079460018",
            ),
            (2, ended(1, Cause::Congestion), &by("2 +442079460018 for +441632960001 by second 00442079460018")),
            // It takes longer than a phone of our own.
            (20, Event::Woke, "="),
        ],
    );
    // The second way rings: then what becomes of the call is said by whoever is called.
    let second = play(
        flow,
        vec![(3, ended(2, Cause::Unreachable), &by("3 +442079460018 for +441632960001 by third +442079460018"))],
    );
    let rung =
        play(second.clone(), vec![(4, Event::LegRinging(Leg(3)), "ringing, ring-back0"), (60, Event::Woke, "=")]);
    let carried = "accepted, carry0 3 by third at 9, connect0";
    play(rung.clone(), vec![(9, Event::LegAnswered(Leg(3)), carried)]);
    play(rung, vec![(61, ended(3, Cause::Busy), "over Busy busy 0 s, end0 busy, settle0")]);
    play(second, vec![(4, ended(3, Cause::Congestion), "over Failed congestion 0 s, end0 congestion, settle0")]);
}

#[test]
fn a_chain_of_lines_has_an_end() {
    let onward = |hop: usize| Destination {
        forwarding: Forwarding { always: Some(number(&format!("1{hop:03}"))), ..Forwarding::default() },
        ..destination(&format!("1{:03}", hop - 1))
    };
    let (mut flow, _) = Flow::incoming(party(CALLER), "1000".to_owned(), at(0));
    for number in 1..=MOST_PARTS {
        flow.take(&Event::Routed(Ok(onward(number))), at(0)).unwrap();
        let session = u8::try_from(number - 1).unwrap();
        flow.take(&Event::Granted { session, granted: granted(60, 60) }, at(0)).unwrap();
    }
    let settled = (0..MOST_PARTS).map(|session| format!(", settle{session}")).collect::<String>();
    let last = Event::Routed(Ok(onward(MOST_PARTS + 1)));
    play(flow, vec![(1, last, &format!("over NoAnswer no_answer 0 s, end0 no_answer{settled}"))]);
}

#[test]
fn it_is_read_as_it_was_written() {
    for (stage, flow) in stages() {
        let text = serde_json::to_string(&flow).unwrap();
        assert_eq!(serde_json::from_str::<Flow>(&text).unwrap(), flow, "{stage}");
    }
}

#[test]
fn a_call_to_an_agent_is_charged_as_such_and_its_voices_can_be_ended() {
    let (mut flow, _) = Flow::incoming(party(CALLER), "0700".to_owned(), at(0));
    let agent = Destination { number: "0700".to_owned(), agent: Some("agt_1".to_owned()), ..destination(CALLED) };
    let mut told = Vec::new();
    for event in [Event::Routed(Ok(agent)), Event::Granted { session: 0, granted: granted(60, 600) }] {
        told.extend(flow.take(&event, at(1)).unwrap().iter().map(shown));
    }
    let authorize = format!("authorize0 {CALLER}>0700 of agt_1");
    let ring = format!("ring1 {CALLED} for {CALLER} by relay");
    assert!(told.contains(&authorize) && told.contains(&ring), "{told:?}");
    assert!(flow.is_relayed());
}
