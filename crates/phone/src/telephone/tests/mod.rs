//! The telephone by tables. A line is what happens, what is done, and what is heard and displayed after it.
//! What happens is a word for the hand or the time, or `<` and an event of the exchange with its arguments as JSON.

use std::time::Duration;

use serde_json::{Value, json};

use super::*;

mod lost;

struct Bench {
    telephone: Telephone,
    now: Duration,
}

impl Bench {
    fn new() -> Bench {
        Bench { telephone: Telephone::new("0001"), now: Duration::ZERO }
    }

    fn registered() -> Bench {
        let mut bench = Bench::new();
        bench.take(r#"< registered "0001""#);
        bench.take(r#"< dial_plan {"extension_length": 4, "complete": ["4911"]}"#);
        bench
    }

    /// What is done about it.
    fn take(&mut self, step: &str) -> String {
        let (word, rest) = step.split_once(' ').unwrap_or((step, ""));
        let inputs = match word {
            "<" => {
                let (name, json) = rest.split_once(' ').unwrap_or((rest, ""));
                let args: Vec<Value> = serde_json::from_str(&format!("[{json}]")).expect(step);
                vec![Input::FromExchange { name: name.to_owned(), args }]
            }
            "hook" => vec![Input::Hook],
            "lift" => vec![Input::Lift],
            "down" => vec![Input::PutDown],
            "keys" => rest.chars().map(Input::Key).collect(),
            "erase" => vec![Input::Erase],
            "dial" => vec![Input::Dial(rest.to_owned())],
            "say" => vec![Input::Text(rest.to_owned())],
            "block" => vec![Input::Block(Change::Add, rest.to_owned())],
            "answer" => vec![Input::Answer(Ok(serde_json::from_str(rest).expect(step)))],
            "no-answer" => vec![Input::Answer(Err(rest.to_owned()))],
            "lost" => vec![Input::Lost],
            "ms" => {
                self.now += Duration::from_millis(rest.parse().expect(step));
                vec![Input::Tick]
            }
            _ => panic!("{step}: not a step"),
        };
        let commands = inputs.into_iter().flat_map(|input| self.telephone.take(input, self.now));
        let shown = commands.map(|command| match command {
            Command::Send { event, args } => format!("{event} {}", Value::Array(args)),
            Command::Ask { event, args } => format!("{event}? {}", Value::Array(args)),
            Command::Bell => "bell".to_owned(),
            Command::Quit(_) => "quit".to_owned(),
        });
        shown.collect::<Vec<_>>().join(", ")
    }

    fn shown(&self) -> String {
        format!("{}|{}", self.telephone.heard().words(), self.telephone.display())
    }

    fn walk(mut self, steps: &[(&str, &str, &str)]) -> Telephone {
        for (line, (step, done, shown)) in steps.iter().enumerate() {
            assert_eq!(self.take(step), *done, "line {}: {step}", line + 1);
            assert_eq!(self.shown(), *shown, "line {}: {step}", line + 1);
        }
        self.telephone
    }

    fn during(steps: &[&str]) -> Bench {
        let mut bench = Bench::registered();
        steps.iter().for_each(|step| drop(bench.take(step)));
        bench
    }

    /// A caller with its call to 0002 up.
    fn talking() -> Bench {
        Bench::during(&["lift", "dial 0002", "< callee_ringing", "< call_connected"])
    }
}

fn lines(telephone: &Telephone) -> Vec<String> {
    let said = telephone.paper().lines().map(|line| match &line.speaker {
        Speaker::Me => format!("me: {}", line.text),
        Speaker::Party(number) => format!("{number}: {}", line.text),
        Speaker::Exchange => format!("exchange: {}", line.text),
        Speaker::Phone => line.text.clone(),
    });
    said.collect()
}

#[test]
fn a_call_from_the_caller_s_side() {
    let telephone = Bench::new().walk(&[
        ("lift", "", "nothing|"),
        ("< registered \"0001\"", "", "dial tone|"),
        ("keys 000", "", "nothing|000"),
        ("ms 5000", "", "nothing|000"),
        ("keys 2", "", "nothing|0002"),
        ("ms 999", "", "nothing|0002"),
        ("ms 1", r#"make_call ["0002"]"#, "connecting|0002"),
        ("ms 5000", "", "connecting|0002"),
        ("< callee_ringing", "", "ringing|0002"),
        ("< call_connected", "call_accepted []", "connection|0002"),
        ("< call_connected", "", "connection|0002"),
        ("say hello", r#"talk ["hello"]"#, "connection|0002"),
        (r#"< talk "good morning""#, "", "connection|0002"),
        ("keys 1#", r##"dtmf ["1"], dtmf ["#"]"##, "connection|0002"),
        (r#"< dtmf "5""#, "", "connection|0002"),
        (
            r#"< meter {"seconds": 3, "cost": "0.05", "currency": "GBP", "remaining_seconds": 57}"#,
            "",
            "connection|0002",
        ),
        (r#"< warning {"remaining_seconds": 30}"#, "bell", "connection|0002"),
        ("down", "hang_up []", "nothing|"),
        ("< call_ended", "", "nothing|"),
        (r#"< call_charged {"reason": "hung_up", "seconds": 4, "cost": "0.05", "currency": "GBP"}"#, "", "nothing|"),
    ]);
    assert_eq!(
        lines(&telephone)[2..],
        [
            "Connected with 0002.",
            "me: hello",
            "0002: good morning",
            "0002 presses 5",
            "The balance allows 30 more seconds of this call.",
            "The call took 0:00:04 and cost 0.05 GBP.",
        ]
    );
    assert_eq!(telephone.meter().unwrap().remaining_seconds, Some(57));
    assert_eq!((telephone.has_ended(), telephone.warned()), (true, Some(30)));
}

#[test]
fn a_call_from_the_called_side() {
    let telephone = Bench::registered().walk(&[
        (r#"< call_request "0002""#, r#"call_acknowledged ["0002"], bell"#, "the bell: a call|0002"),
        ("keys 5", "", "the bell: a call|0002"),
        (r#"< call_request "0003""#, r#"call_refused ["0003","busy"]"#, "the bell: a call|0002"),
        ("ms 2999", "", "the bell: a call|0002"),
        ("ms 1", "bell", "the bell: a call|0002"),
        ("hook", "call_accepted []", "connecting|0002"),
        ("< call_connected", "", "connection|0002"),
        (r#"< call_request "0003""#, r#"call_refused ["0003","busy"]"#, "connection|0002"),
        ("ms 19000", "", "connection|0002"),
        ("< call_ended", "", "fast busy|"),
        ("keys 55", "", "fast busy|"),
        (r#"< call_request "0003""#, r#"call_refused ["0003","busy"]"#, "fast busy|"),
        ("hook", "", "nothing|"),
    ]);
    assert!(telephone.charge().is_none() && telephone.has_ended());
    let said = lines(&telephone);
    assert_eq!(
        said[said.len() - 2..],
        ["The call is over: 0:00:19.", "Put the handset down first."],
        "once for two keys"
    );
}

#[test]
fn a_phone_rings_for_15_seconds() {
    let missed = Bench::registered().walk(&[
        (r#"< call_request "0002""#, r#"call_acknowledged ["0002"], bell"#, "the bell: a call|0002"),
        ("ms 14999", "bell", "the bell: a call|0002"),
        ("ms 1", r#"call_refused ["0002","timeout"]"#, "nothing|"),
        ("ms 9999", "", "nothing|"),
    ]);
    assert_eq!(lines(&missed).last().unwrap(), "A call from 0002 was not answered.");
    for end in ["< call_cancelled", "< call_ended"] {
        Bench::registered().walk(&[
            ("< call_request null", "call_acknowledged [null], bell", "the bell: a call|an unknown number"),
            (end, "", "nothing|"),
            ("ms 20000", "", "nothing|"),
        ]);
    }
}

#[test]
fn a_caller_that_goes_as_it_is_answered() {
    for (end, heard) in [
        ("< call_cancelled", "fast busy|"),
        ("< call_ended", "fast busy|"),
        (r#"< call_not_possible "callee_disconnected""#, "fast busy|"),
    ] {
        Bench::registered().walk(&[
            (r#"< call_request "0002""#, r#"call_acknowledged ["0002"], bell"#, "the bell: a call|0002"),
            ("lift", "call_accepted []", "connecting|0002"),
            (end, "", heard),
            ("< call_connected", "", heard),
            ("down", "", "nothing|"),
        ]);
    }
}

#[test]
fn reasons_are_heard_by_table() {
    for (reason, heard) in [
        ("busy", "busy"),
        ("dialed_self", "busy"),
        ("timeout", "fast busy"),
        ("no_recipient", "number unobtainable"),
        ("not_active", "fast busy"),
        ("already_in_call", "fast busy"),
        ("callee_disconnected", "fast busy"),
        ("insufficient_balance", "fast busy"),
        ("blocked", "fast busy"),
        ("no_rate", "fast busy"),
        ("all_lines_busy", "fast busy"),
        ("error", "fast busy"),
        ("of_another_time", "fast busy"),
    ] {
        let mut bench = Bench::during(&["lift", "dial 0002"]);
        assert_eq!(bench.take(&format!("< call_not_possible {}", json!(reason))), "");
        let telephone = bench.telephone;
        assert_eq!((telephone.heard().words(), telephone.not_possible()), (heard, Some(reason)));
        let said = lines(&telephone).pop().unwrap();
        assert!(said.starts_with("No call with 0002: ") && !said.contains('_'), "{said}");
    }
}

#[test]
fn numbers_are_dialled_as_the_plan_says() {
    for (keys, done) in [
        ("4911", r#"make_call ["4911"]"#),
        ("124911", r#"make_call ["4911"]"#),
        ("0002#", r#"make_call ["0002"]"#),
        ("02079460999#", r#"make_call ["02079460999"]"#),
        ("+442079460999#", r#"make_call ["+442079460999"]"#),
        ("00010002", ""),
        ("#70", r#"call_blocking? [{"action":"list"}]"#),
        ("#71", ""),
        ("x", ""),
    ] {
        let mut bench = Bench::during(&["lift"]);
        assert_eq!(bench.take(&format!("keys {keys}")), done, "{keys}");
    }
    Bench::registered().walk(&[
        ("keys 0001", "", "nothing|0001"),
        ("ms 900", "", "nothing|0001"),
        ("keys 0", "", "nothing|0 0010"),
        ("erase", "", "nothing|0001"),
        ("keys 0003", "", "nothing|0001 0003"),
        ("ms 900", "", "nothing|0001 0003"),
        ("ms 100", r#"make_call ["0003"]"#, "connecting|0003"),
        ("keys 4", "", "connecting|0003"),
        ("down", "hang_up []", "nothing|"),
        ("dial 0002", "", "nothing|"),
        ("lift", "", "dial tone|"),
        ("dial hello", "", "dial tone|"),
        ("dial +44 20-7946", r#"make_call ["+44207946"]"#, "connecting|+44207946"),
    ]);
    Bench::during(&["lift"]).walk(&[("keys #71", "", "number unobtainable|")]);
}

#[test]
fn prompts_menus_and_recordings() {
    let telephone = Bench::during(&["lift", "dial 0800"]).walk(&[
        ("keys 5", "", "connecting|0800"),
        (r#"< prompt {"text": "Press 1 for help.", "audio": null}"#, "", "connection|0800"),
        ("keys 1+", r#"dtmf ["1"]"#, "connection|0800"),
        ("say hello", "", "connection|0800"),
        (r#"< prompt {"audio": "abc"}"#, "", "connection|0800"),
        (r#"< record {"max_seconds": 30}"#, "", "connection|0800"),
        ("say please call back", r#"recorded [{"text":"please call back"}]"#, "connection|0800"),
        ("say more", "", "connection|0800"),
        ("< call_ended", "", "fast busy|"),
        ("< record", "", "fast busy|"),
        ("say more", "", "fast busy|"),
    ]);
    let said = lines(&telephone);
    assert!(said.contains(&"exchange: Press 1 for help.".to_owned()), "{said:?}");
    assert!(said.contains(&"exchange: (a voice, which this phone cannot play)".to_owned()), "{said:?}");
    assert!(said.contains(&"Type your message within 30 s.".to_owned()), "{said:?}");
}

#[test]
fn call_blocking_by_its_menu() {
    let telephone = Bench::during(&["lift"]).walk(&[
        ("keys #70", r#"call_blocking? [{"action":"list"}]"#, "connection|#70"),
        ("answer []", "", "connection|#70"),
        ("keys 7", "", "connection|#70"),
        ("keys 1", "", "connection|block "),
        ("keys 0004", "", "connection|block 0004"),
        ("erase", "", "connection|block 000"),
        ("keys 3#", r#"call_blocking? [{"action":"add","number":"0003"}]"#, "connection|#70"),
        (r#"answer ["0003"]"#, "", "connection|#70"),
        ("keys 2#", "", "connection|#70"),
        ("keys 20003#", r#"call_blocking? [{"action":"remove","number":"0003"}]"#, "connection|#70"),
        (r#"answer {"numbers": []}"#, "", "connection|#70"),
        (r#"< call_request "0002""#, r#"call_refused ["0002","busy"]"#, "connection|#70"),
        ("keys *", "", "dial tone|"),
    ]);
    let said = lines(&telephone);
    assert_eq!(said.iter().filter(|line| *line == "No number is blocked.").count(), 2, "{said:?}");
    assert!(said.contains(&"Blocked: 0003.".to_owned()), "{said:?}");
    assert!(!telephone.has_questions());
}

#[test]
fn call_blocking_that_is_refused_says_why() {
    for (answer, reason) in [
        (r#"answer {"error": "unknown number"}"#, "unknown number"),
        (r#"answer "not yours""#, "not yours"),
        ("answer 7", "the exchange gives no list"),
        ("no-answer the connection is lost", "the connection is lost"),
    ] {
        let mut bench = Bench::registered();
        assert_eq!(bench.take("block 0003"), r#"call_blocking? [{"action":"add","number":"0003"}]"#);
        assert!(bench.telephone.has_questions());
        bench.take(answer);
        assert_eq!((bench.telephone.refusal(), bench.telephone.blocked()), (Some(reason), None));
        bench.take(r#"< call_blocking ["0005", 7]"#);
        assert_eq!(bench.telephone.blocked(), Some(&["0005".to_owned()][..]));
    }
}

#[test]
fn what_the_exchange_finds_invalid_by_table() {
    for (steps, error, after) in [
        (&["lift", "dial 0002"][..], "invalid_make_call", "fast busy|"),
        (&[r#"< call_request "0002""#, "lift"], "invalid_call_accepted", "fast busy|"),
        (&["lift", "dial 0002", "< call_connected"], "invalid_talk", "connection|0002"),
        (&["lift", "keys #70"], "invalid_call_blocking", "connection|#70"),
        (&[], "too_many_events", "nothing|"),
    ] {
        let mut bench = Bench::during(steps);
        bench.take(&format!("< error {}", json!(error)));
        assert_eq!(bench.shown(), after, "{error}");
    }
    let mut bench = Bench::registered();
    bench.take("block 0001");
    bench.take(r#"< error "invalid_call_blocking""#);
    assert_eq!(
        (bench.telephone.has_questions(), bench.telephone.refusal()),
        (false, Some("the exchange does not take this number: emergency and service numbers always get through"))
    );
    bench.take("block 0003");
    bench.take("no-answer the exchange did not answer within 10 s");
    assert!(bench.telephone.has_questions(), "that was the answer to the first");
    bench.take(r#"answer ["0003"]"#);
    assert_eq!((bench.telephone.has_questions(), bench.telephone.refusal()), (false, None));
    bench.take("block nobody");
    bench.take(r#"< error "invalid_call_blocking""#);
    bench.take(r#"answer ["0003"]"#);
    assert_eq!(
        (bench.telephone.has_questions(), bench.telephone.refusal()),
        (false, Some("the exchange does not take this number: emergency and service numbers always get through")),
        "the list as it stays is no answer to the next"
    );
}

#[test]
fn the_charge_is_told_in_words_by_table() {
    for (reason, why) in [
        ("hung_up", ""),
        ("cut_off", " The balance was used up."),
        ("ended_by_staff", " The exchange ended it."),
        ("of_another_time", ""),
    ] {
        let mut bench = Bench::talking();
        bench.take(&format!(
            r#"< call_charged {{"reason": "{reason}", "seconds": 19, "cost": "0.05", "currency": "USD"}}"#
        ));
        let said = lines(&bench.telephone).pop().unwrap();
        assert_eq!(said, format!("The call took 0:00:19 and cost 0.05 USD.{why}"));
    }
}

#[test]
fn a_phone_that_is_replaced_ends() {
    let telephone = Bench::talking().walk(&[("< replaced", "quit", "nothing|")]);
    assert!(!telephone.is_registered());
    assert!(lines(&telephone).last().unwrap().contains("another phone has taken the line 0001 over"));
}

#[test]
fn long_and_empty_lines_are_not_sent() {
    let mut bench = Bench::talking();
    assert_eq!(bench.take(&format!("say {}", "x".repeat(1_001))), "");
    assert_eq!(bench.take("say   "), "");
    assert_ne!(bench.take(&format!("say {}", "é".repeat(1_000))), "");
}

/// Whatever comes, in whatever state, with whatever arguments: nothing breaks, and a call of which it says nothing goes on.
#[test]
fn no_event_of_the_exchange_breaks_a_telephone() {
    let states: [&[&str]; 8] = [
        &[],
        &[r#"< call_request "0002""#],
        &["lift"],
        &["lift", "dial 0002"],
        &[r#"< call_request "0002""#, "lift"],
        &["lift", "dial 0002", "< call_connected"],
        &["lift", "dial 0002", r#"< call_not_possible "busy""#],
        &["lift", "keys #70"],
    ];
    let names = [
        "registered",
        "dial_plan",
        "call_request",
        "callee_ringing",
        "call_not_possible",
        "call_cancelled",
        "call_connected",
        "call_ended",
        "call_charged",
        "talk",
        "dtmf",
        "signal",
        "meter",
        "warning",
        "prompt",
        "record",
        "call_blocking",
        "error",
        "media",
        "of_another_time",
        "",
    ];
    let arguments = [
        "",
        "null",
        "1",
        "-1.5e300",
        "\"\"",
        "\"0002\"",
        "[]",
        "[[\"0002\"]]",
        "{}",
        "true, false",
        r#"{"seconds": "x", "text": 1, "remaining_seconds": -1, "max_seconds": {}, "extension_length": -1, "complete": {}}"#,
    ];
    for state in states {
        for name in names {
            for args in arguments {
                let mut bench = Bench::during(state);
                let before = (bench.telephone.state(), bench.shown());
                bench.take(&format!("< {name} {args}"));
                if matches!(
                    name,
                    "signal" | "media" | "of_another_time" | "" | "talk" | "dtmf" | "error" | "meter" | "call_blocking"
                ) {
                    assert_eq!((bench.telephone.state(), bench.shown()), before, "{state:?} {name} {args}");
                }
                bench.take("ms 20000");
                bench.take("down");
                assert_eq!(bench.telephone.state(), State::OnHook, "{state:?} {name} {args}");
            }
        }
    }
}
