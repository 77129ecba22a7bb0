//! Calls to a group. Each line of a table is a second, what happens, and what becomes of it.

use super::*;

pub(super) const GROUP: &str = "+441632960000";

pub(super) fn words(text: &str) -> Words {
    Words::new(text, None)
}

pub(super) fn phone(number: &str) -> Phone {
    Phone { party: Party { line: None, number: number.to_owned() }, via: None, asks: true }
}

pub(super) fn member(agent: &str, languages: &[&str], phones: &[&str]) -> Member {
    Member {
        agent: agent.to_owned(),
        languages: languages.iter().map(|language| (*language).to_owned()).collect(),
        phones: phones.iter().map(|number| phone(number)).collect(),
    }
}

/// A group with Ann and Bob, who are asked to press 1.
pub(super) fn group() -> Group {
    Group {
        id: "grp_1".to_owned(),
        shown: GROUP.to_owned(),
        caller: "caller-1".to_owned(),
        strategy: Strategy::Sequential,
        ring_seconds: 20,
        members: vec![member("ann", &["en"], &["11"]), member("bob", &["es"], &["12"])],
        some_are_busy: false,
        says: Says {
            greeting: Some(words("hello")),
            menu: None,
            connecting: words("hold"),
            waiting: words("wait"),
            voicemail: words("message"),
            unavailable: words("nobody"),
            question: words("press 1"),
            taken: words("taken"),
        },
        languages: Vec::new(),
        queue: None,
        nobody: vec![Fallback::Voicemail],
        no_answer: vec![Fallback::Voicemail],
        transcribes: true,
        refuses: false,
    }
}

/// A call from outside to a group, that has begun.
pub(super) fn called(group: Group) -> Flow {
    let (mut flow, _) =
        Flow::incoming(Party { line: None, number: "+441632960555".to_owned() }, GROUP.to_owned(), at(0));
    let rings = Party { line: None, number: GROUP.to_owned() };
    let destination = Destination { group: Some(Box::new(group)), ..Destination::new(GROUP.to_owned(), rings) };
    flow.take(&Event::Routed(Ok(destination)), at(0)).unwrap();
    play(flow, vec![(0, Event::Granted { session: 0, granted: unlimited() }, "hunting Answered, connect0")])
}

/// One that has greeted the caller, and does the first thing at second 1.
pub(super) fn greeted(group: Group, expected: &str) -> Flow {
    play(
        called(group),
        vec![
            (1, Event::LegAnswered(Leg::FIRST), "hunting Greeted, prompt0 \"hello\""),
            (1, Event::PromptEnded(Leg::FIRST), expected),
        ],
    )
}

pub(super) fn ended(leg: u8, cause: Cause) -> Event {
    Event::LegEnded { leg: Leg(leg), cause, at: None }
}

pub(super) fn keys(leg: u8, digits: &str) -> Event {
    Event::Digits { leg: Leg(leg), digits: digits.to_owned() }
}

pub(super) fn rings(leg: u8) -> Event {
    Event::LegRinging(Leg(leg))
}

pub(super) fn answers(leg: u8) -> Event {
    Event::LegAnswered(Leg(leg))
}

pub(super) fn results(flow: &Flow) -> Vec<String> {
    let hunt = flow.hunt.as_ref().unwrap();
    hunt.attempts.iter().map(|attempt| format!("{} {}", attempt.agent, attempt.result.name())).collect()
}

pub(super) const ANN: &str = "hunting Ringing, ring1 11 for +441632960000 by relay";
pub(super) const BOB: &str = "ring2 12 for +441632960000 by relay";
pub(super) const ASKED_1: &str = "prompt1 \"press 1\", CollectDigits { leg: Leg(1), most: 1, seconds: 15, end: None }";
pub(super) const ASKED_2: &str = "prompt2 \"press 1\", CollectDigits { leg: Leg(2), most: 1, seconds: 15, end: None }";
pub(super) const MESSAGE: &str = "leaving Greeted, settle0, prompt0 \"message\"";

#[test]
fn one_after_another_is_rung_until_one_presses_1() {
    let flow = play(
        greeted(group(), ANN),
        vec![
            (2, rings(1), "ring-back0"),
            (2, rings(1), "="),
            (21, Event::Woke, "="),
            (22, Event::Woke, &format!("end1 no_answer, {BOB}")),
            (23, rings(2), "ring-back0"),
            (25, answers(2), ASKED_2),
            (25, answers(2), "="),
            (27, keys(2, "1"), "talking, bridge0-2, answer0, end0 at None, end2 at None"),
        ],
    );
    assert_eq!(results(&flow), ["ann no_answer", "bob accepted"]);
    assert_eq!(flow.hunt.as_ref().unwrap().taken_by(), Some("bob"));
    assert_eq!(flow.called().map(|(leg, party)| (leg, party.number.as_str())), Some((Leg(2), "12")));
    let flow = play(flow, vec![(90, ended(2, Cause::HungUp), "over Answered hung_up 63 s, end0 hung_up, settle0")]);
    assert_eq!(results(&flow), ["ann no_answer", "bob accepted"]);
}

#[test]
fn a_mailbox_a_refusal_and_a_phone_that_is_not_there_are_no_answers() {
    let flow = play(
        greeted(group(), ANN),
        vec![
            (2, rings(1), "ring-back0"),
            (5, answers(1), ASKED_1),
            (19, Event::Woke, "="),
            (20, Event::Woke, &format!("end1 no_answer, {BOB}")),
            (21, keys(1, ""), "="),
            (21, ended(2, Cause::Unreachable), MESSAGE),
        ],
    );
    assert_eq!(results(&flow), ["ann unconfirmed", "bob unreachable"]);
    let flow = play(
        greeted(group(), ANN),
        vec![
            (3, answers(1), ASKED_1),
            (4, keys(1, "2"), &format!("end1 no_answer, {BOB}")),
            (5, answers(2), ASKED_2),
            (9, ended(2, Cause::HungUp), MESSAGE),
        ],
    );
    assert_eq!(results(&flow), ["ann declined", "bob unconfirmed"]);
    let flow = play(
        greeted(group(), ANN),
        vec![(3, rings(1), "ring-back0"), (4, ended(1, Cause::HungUp), BOB), (5, ended(2, Cause::Busy), MESSAGE)],
    );
    assert_eq!(results(&flow), ["ann declined", "bob busy"]);
}

#[test]
fn the_caller_who_hangs_up_stops_the_ringing_at_once() {
    let simultaneous = Group { strategy: Strategy::Simultaneous, ..group() };
    let both = &format!("{ANN}, {BOB}");
    let flow = play(
        greeted(simultaneous, both),
        vec![
            (3, rings(1), "ring-back0"),
            (4, hung_up(Leg::FIRST), "over Cancelled hung_up 0 s, end1 hung_up, end2 hung_up, settle0"),
        ],
    );
    assert_eq!(results(&flow), ["ann withdrawn", "bob withdrawn"]);
    let flow = play(called(group()), vec![(0, hung_up(Leg::FIRST), "over Cancelled hung_up 0 s, settle0")]);
    assert!(results(&flow).is_empty());
}

#[test]
fn of_all_who_are_rung_the_first_to_accept_has_the_call_and_the_others_are_told() {
    let three = Group {
        strategy: Strategy::Simultaneous,
        members: vec![member("ann", &[], &["11"]), member("bob", &[], &["12"]), member("cid", &[], &["13"])],
        ..group()
    };
    let flow = play(
        greeted(three, &format!("{ANN}, {BOB}, ring3 13 for +441632960000 by relay")),
        vec![
            (2, rings(1), "ring-back0"),
            (2, rings(2), "ring-back0"),
            (2, rings(3), "ring-back0"),
            // To pick up is not yet to accept.
            (3, answers(1), ASKED_1),
            (4, answers(2), ASKED_2),
            (
                5,
                keys(2, "1"),
                "talking, bridge0-2, answer0, end0 at None, end2 at None, prompt1 \"taken\", end1 at Some(15), end3 taken_elsewhere",
            ),
            (6, keys(1, "1"), "!"),
            (7, Event::PromptEnded(Leg(1)), "end1 taken_elsewhere"),
            (8, ended(1, Cause::HungUp), "="),
            (30, hung_up(Leg::FIRST), "over Answered hung_up 25 s, end2 hung_up, settle0"),
        ],
    );
    assert_eq!(results(&flow), ["ann withdrawn", "bob accepted", "cid withdrawn"]);
}

#[test]
fn somebody_with_two_phones_is_rung_once() {
    let two = Group { members: vec![member("ann", &[], &["11", "21"]), member("bob", &[], &["12"])], ..group() };
    let second = "ring2 21 for +441632960000 by relay";
    let flow = play(
        greeted(two.clone(), ANN),
        vec![
            // One that is not there leads to the next phone, one that rings in vain does not.
            (1, ended(1, Cause::NoRecipient), second),
            (2, rings(2), "ring-back0"),
            (22, Event::Woke, "end2 no_answer, ring3 12 for +441632960000 by relay"),
        ],
    );
    assert_eq!(results(&flow), ["ann no_answer", "bob rung"]);
    play(
        greeted(two, ANN),
        vec![(2, ended(1, Cause::Busy), "ring2 12 for +441632960000 by relay"), (9, ended(2, Cause::Busy), MESSAGE)],
    );
}

#[test]
fn a_phone_of_ours_is_not_asked() {
    let mut own = group();
    own.members[0].phones[0].asks = false;
    play(
        greeted(own, ANN),
        vec![(2, rings(1), "ring-back0"), (4, answers(1), "talking, bridge0-1, answer0, end0 at None, end1 at None")],
    );
}

#[test]
fn where_nobody_is_on_duty_what_follows_is_done_at_once() {
    let number = Fallback::Number { phones: vec![phone("99")] };
    let nobody = Group { members: Vec::new(), nobody: vec![number, Fallback::Voicemail], ..group() };
    let forwards = "hunting Ringing, prompt0 \"hold\", ring1 99 for +441632960000 by relay";
    let flow = play(
        greeted(nobody.clone(), forwards),
        vec![
            (2, rings(1), "ring-back0"),
            (22, Event::Woke, "leaving Greeted, end1 no_answer, settle0, prompt0 \"message\""),
            (
                27,
                Event::PromptEnded(Leg::FIRST),
                "leaving Speaking, Record { leg: Leg(0), seconds: 120, silence_seconds: 120, end: Some('*'), transcribed: true }",
            ),
            (
                40,
                Event::Recorded { leg: Leg::FIRST, seconds: 13, reference: "r".to_owned() },
                "over NoAnswer no_answer 0 s, keep 13 s for grp_1, end0 hung_up",
            ),
        ],
    );
    assert_eq!(flow.caller.number, "caller-1", "what stands in the place of the caller's number does from the start");
    assert!(results(&flow).is_empty(), "the fixed number is nobody's in particular");
    let message = Fallback::Message { words: words("call tomorrow") };
    play(
        greeted(Group { nobody: vec![message], ..nobody.clone() }, "hunting Told, prompt0 \"call tomorrow\""),
        vec![(6, Event::PromptEnded(Leg::FIRST), "over NoAnswer no_answer 0 s, end0 no_answer, settle0")],
    );
    play(
        greeted(Group { nobody: Vec::new(), ..nobody }, "hunting Told, prompt0 \"nobody\""),
        vec![
            (60, Event::Woke, "="),
            // A switch that never says that it was heard.
            (61, Event::Woke, "over NoAnswer no_answer 0 s, end0 no_answer, settle0"),
        ],
    );
}

#[test]
fn a_fallback_that_points_in_a_circle_ends_with_what_is_left() {
    let other = |id: &str, to: &str| {
        Box::new(Group {
            id: id.to_owned(),
            shown: "+441632960001".to_owned(),
            members: Vec::new(),
            nobody: vec![Fallback::Group { group: to.to_owned() }],
            ..group()
        })
    };
    let first = Group {
        nobody: vec![Fallback::Group { group: "grp_2".to_owned() }, Fallback::Voicemail],
        ..*other("grp_1", "")
    };
    let hello = "hunting Greeted, prompt0 \"hello\"";
    play(
        greeted(first.clone(), "hunting Asking, who of grp_2?"),
        vec![
            (1, Event::OnDuty(Some(other("grp_2", "grp_3"))), hello),
            (1, Event::PromptEnded(Leg::FIRST), "hunting Asking, who of grp_3?"),
            (1, Event::OnDuty(Some(other("grp_3", "grp_1"))), hello),
            (1, Event::PromptEnded(Leg::FIRST), MESSAGE),
        ],
    );
    // A group that is gone, that does not take this caller, or that cannot be looked up.
    for found in [None, Some(Box::new(Group { refuses: true, ..*other("grp_2", "grp_3") }))] {
        play(greeted(first.clone(), "hunting Asking, who of grp_2?"), vec![(1, Event::OnDuty(found), MESSAGE)]);
    }
    play(greeted(first, "hunting Asking, who of grp_2?"), vec![(10, Event::Woke, "="), (11, Event::Woke, MESSAGE)]);
}

#[test]
fn callers_of_another_group_see_one_number() {
    let second = Group { id: "grp_2".to_owned(), shown: "+441632960001".to_owned(), ..group() };
    let first = Group { members: Vec::new(), nobody: vec![Fallback::Group { group: "grp_2".to_owned() }], ..group() };
    play(
        greeted(first, "hunting Asking, who of grp_2?"),
        vec![
            (1, Event::OnDuty(Some(Box::new(second))), "hunting Greeted, prompt0 \"hello\""),
            (3, Event::PromptEnded(Leg::FIRST), ANN),
        ],
    );
}

#[test]
fn callers_wait_while_all_are_busy_and_no_longer() {
    let queue = Some(Waits { seconds: 25, music: Some("waltz".to_owned()) });
    let music = "Queue { leg: Leg(0), music: Some(\"waltz\") }";
    let busy = Group { members: Vec::new(), some_are_busy: true, queue: queue.clone(), ..group() };
    let one = Group { members: vec![member("ann", &[], &["11"])], queue, ..group() };
    let flow = greeted(busy.clone(), "hunting Waiting, prompt0 \"wait\"");
    let free = play(
        flow.clone(),
        vec![
            (4, Event::PromptEnded(Leg::FIRST), music),
            (11, Event::Woke, "hunting Asking, who of grp_1?"),
            (11, Event::OnDuty(Some(Box::new(busy.clone()))), &format!("hunting Waiting, {music}")),
            (21, Event::Woke, "hunting Asking, who of grp_1?"),
        ],
    );
    play(
        free.clone(),
        vec![
            (21, Event::OnDuty(Some(Box::new(one.clone()))), ANN),
            (23, ended(1, Cause::Busy), &format!("hunting Waiting, {music}")),
        ],
    );
    play(
        free,
        vec![
            (21, Event::OnDuty(Some(Box::new(busy))), &format!("hunting Waiting, {music}")),
            (26, Event::Woke, "hunting Asking, who of grp_1?"),
            (26, Event::OnDuty(Some(Box::new(one))), ANN),
            (27, ended(1, Cause::Busy), MESSAGE),
        ],
    );
    // Without a queue nobody waits, and who rings in vain is not busy.
    play(greeted(Group { members: Vec::new(), some_are_busy: true, ..group() }, MESSAGE), vec![]);
}

#[test]
fn a_caller_chooses_a_language_and_reaches_who_speaks_it() {
    let spanish = Choice { key: '2', language: "es-MX".to_owned(), greeting: Some(words("hola")) };
    let mut choosing = Group { languages: vec![spanish], ..group() };
    choosing.says.menu = Some(words("2 for Spanish"));
    let asked =
        "hunting Choosing, prompt0 \"2 for Spanish\", CollectDigits { leg: Leg(0), most: 1, seconds: 10, end: None }";
    let flow = play(
        called(choosing),
        vec![(1, Event::LegAnswered(Leg::FIRST), asked), (3, Event::PromptEnded(Leg::FIRST), "=")],
    );
    let bob = "hunting Ringing, ring1 12 for +441632960000 by relay";
    play(
        flow.clone(),
        vec![
            (4, keys(0, "2"), "hunting Greeted, prompt0 \"hola\""),
            (6, Event::PromptEnded(Leg::FIRST), bob),
            (9, ended(1, Cause::Busy), MESSAGE),
        ],
    );
    for nothing in [keys(0, ""), keys(0, "7"), Event::Woke] {
        play(
            flow.clone(),
            vec![(71, nothing, "hunting Greeted, prompt0 \"hello\""), (72, Event::PromptEnded(Leg::FIRST), ANN)],
        );
    }
}

#[test]
fn a_caller_who_is_not_wanted_is_turned_away_before_anything_is_heard() {
    let (mut flow, _) = Flow::incoming(Party { line: None, number: "5".to_owned() }, GROUP.to_owned(), at(0));
    let rings = Party { line: None, number: GROUP.to_owned() };
    let refusing = Group { refuses: true, ..group() };
    let destination = Destination { group: Some(Box::new(refusing)), ..Destination::new(GROUP.to_owned(), rings) };
    flow.take(&Event::Routed(Ok(destination)), at(0)).unwrap();
    let granted = Event::Granted { session: 0, granted: unlimited() };
    let flow = play(flow, vec![(0, granted, "over Refused blocked 0 s, end0 blocked, settle0")]);
    assert!(flow.hunt.is_some(), "it is on record with its group");
}

#[test]
fn a_flow_through_a_group_is_read_as_it_was_written() {
    let flow = play(greeted(group(), ANN), vec![(2, rings(1), "ring-back0"), (3, answers(1), ASKED_1)]);
    let read: Flow = serde_json::from_str(&serde_json::to_string(&flow).unwrap()).unwrap();
    assert_eq!(read, flow);
    play(read, vec![(4, keys(1, "1"), "talking, bridge0-1, answer0, end0 at None, end1 at None")]);
}

#[test]
fn why_a_phone_could_not_be_rung_is_noted() {
    let refused = |leg| Event::LegRefused { leg: Leg(leg), reason: "21211: no number".to_owned() };
    let flow = play(
        greeted(group(), ANN),
        vec![(2, refused(1), BOB), (3, refused(7), "="), (4, ended(2, Cause::Busy), MESSAGE), (5, refused(1), "=")],
    );
    assert_eq!(results(&flow), ["ann unreachable", "bob busy"]);
    let reasons: Vec<_> = flow.hunt.unwrap().attempts.into_iter().map(|attempt| attempt.reason).collect();
    assert_eq!(reasons, [Some("21211: no number".to_owned()), None]);
}

#[test]
fn who_cannot_take_the_call_passes_it_on_before_it_is_taken_and_not_after() {
    let passes = |agent: &str| Event::PassedOn { agent: agent.to_owned() };
    let mut flow = play(
        greeted(group(), ANN),
        vec![
            (2, rings(1), "ring-back0"),
            (3, passes("ann"), &format!("end1 no_answer, {BOB}")),
            // What comes of the phone that rang is no news any more.
            (3, ended(1, Cause::NoAnswer), "="),
            (4, answers(2), ASKED_2),
        ],
    );
    assert_eq!(flow.clone().take(&passes("ann"), at(5)), Err(OutOfOrder));
    let passed =
        play(flow.clone(), vec![(5, passes("bob"), "leaving Greeted, end2 no_answer, settle0, prompt0 \"message\"")]);
    assert_eq!(results(&passed), ["ann declined", "bob declined"]);
    flow = play(flow, vec![(5, keys(2, "1"), "talking, bridge0-2, answer0, end0 at None, end2 at None")]);
    for (mut flow, agent) in [(flow, "bob"), (called(group()), "ann"), (passed, "bob")] {
        assert_eq!(flow.take(&passes(agent), at(6)), Err(OutOfOrder));
    }
}
