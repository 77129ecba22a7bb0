//! The dial plan by tables, on the numbers of a real exchange's records, and on arbitrary bytes.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::BTreeSet;

use domain::dial_plan::{Destination, DialPlan, NotANumber, Number};
use proptest::prelude::*;

fn plan(document: &str) -> DialPlan {
    serde_json::from_str(document).unwrap()
}

fn britain() -> DialPlan {
    plan("{}")
}

fn north_america() -> DialPlan {
    plan(r#"{"country": "1"}"#)
}

fn denmark() -> DialPlan {
    plan(r#"{"country": "45", "international_prefixes": ["00"], "trunk_prefix": "", "national_lengths": [8]}"#)
}

fn shown(plan: &DialPlan, dialled: &str) -> String {
    plan.canonical(dialled).map_or_else(|fault| fault.to_string(), |number| number.to_string())
}

#[test]
fn dialled_in_britain() {
    for (dialled, canonical) in [
        ("0001", "0001"),
        ("00 01", "0001"),
        ("21", "21"),
        ("118118", "118118"),
        ("999", "999"),
        ("4911", "4911"),
        ("+4911", "4911"),
        ("9-911", "9911"),
        ("+44 1632 960001", "+441632960001"),
        ("+44 (0)1632 960001", "+441632960001"),
        ("+44 (0) 1632/960-001", "+441632960001"),
        (" (+44) 1632.960.001 ", "+441632960001"),
        ("00441632960001", "+441632960001"),
        ("00 44 (0)1632 960001", "+441632960001"),
        ("011441632960001", "+441632960001"),
        ("01632960001", "+441632960001"),
        ("(01632) 960001", "+441632960001"),
        ("(0)1632 960001", "+441632960001"),
        ("441632960001", "+441632960001"),
        ("1632960001", "+441632960001"),
        ("0800 1111", "+448001111"),
        ("020 7946 0000", "+442079460000"),
        ("0114 496 0000", "+441144960000"),
        ("0114 200 0000", "+441142000000"),
        ("+12025550100", "+12025550100"),
        ("0012025550100", "+12025550100"),
        ("01112025550100", "+12025550100"),
        ("12025550100", "+12025550100"),
        ("+39 02 1234567", "+39021234567"),
        ("+882 13 000 0000", "+882130000000"),
        ("123456789012345", "+123456789012345"),
        ("+2901234567", "+2901234567"),
    ] {
        assert_eq!(shown(&britain(), dialled), canonical, "{dialled}");
    }
}

#[test]
fn dialled_elsewhere() {
    for (plan, dialled, canonical) in [
        (north_america(), "2025550100", "+12025550100"),
        (north_america(), "(202) 555-0100", "+12025550100"),
        (north_america(), "12025550100", "+12025550100"),
        (north_america(), "1-202-555-0100", "+12025550100"),
        (north_america(), "+1 202 555 0100", "+12025550100"),
        (north_america(), "01112025550100", "+12025550100"),
        (north_america(), "011 44 1632 960001", "+441632960001"),
        (north_america(), "441632960001", "+441632960001"),
        (north_america(), "911", "911"),
        (denmark(), "45123456", "+4545123456"),
        (denmark(), "4512345678", "+4512345678"),
        (denmark(), "12345678", "+4512345678"),
        (denmark(), "00 46 1234567", "+461234567"),
    ] {
        assert_eq!(shown(&plan, dialled), canonical, "{dialled}");
    }
}

#[test]
fn what_is_no_number() {
    for (dialled, fault) in [
        ("", NotANumber::Empty),
        ("+", NotANumber::Empty),
        (" - ", NotANumber::Empty),
        ("1", NotANumber::NoReading { digits: 1, country: "44".into() }),
        ("12345678", NotANumber::NoReading { digits: 8, country: "44".into() }),
        ("016329600", NotANumber::NoReading { digits: 9, country: "44".into() }),
        ("00000000000", NotANumber::NoReading { digits: 11, country: "44".into() }),
        ("1234567890123456", NotANumber::NoReading { digits: 16, country: "44".into() }),
        ("+441632", NotANumber::NotInternational { digits: 6 }),
        ("+0441632960001", NotANumber::NotInternational { digits: 13 }),
        ("+1234567890123456", NotANumber::NotInternational { digits: 16 }),
        ("++441632960001", NotANumber::Character('+')),
        ("44+1632960001", NotANumber::Character('+')),
        ("s", NotANumber::Character('s')),
        ("anonymous", NotANumber::Character('a')),
        ("+15550100;phone-context=evil,,,9011", NotANumber::Character(';')),
        ("sip:0001@pbx.example.test", NotANumber::Character('s')),
        ("01632960001,,123#", NotANumber::Character(',')),
        ("*97", NotANumber::Character('*')),
        ("+15550100\r\nVariable: x", NotANumber::Character('\r')),
        ("0001\n", NotANumber::Character('\n')),
        ("0001\0", NotANumber::Character('\0')),
        ("\u{661}\u{662}\u{663}\u{664}", NotANumber::Character('\u{661}')),
        ("0001                                     ", NotANumber::TooLong),
    ] {
        assert_eq!(britain().canonical(dialled), Err(fault), "{dialled:?}");
    }
}

/// All numbers that were dialled or shown in the records of a real Asterisk. Outside numbers there are from the ranges kept
/// free for drama, which tells whether each was read as it was meant.
#[test]
fn the_numbers_of_real_call_records() {
    let plan = britain();
    let mut extensions = 0;
    for dialled in include_str!("data/dialled-numbers.txt").lines() {
        match plan.canonical(dialled).unwrap() {
            Number::Extension(digits) => {
                assert_eq!(digits, dialled);
                extensions += 1;
            }
            Number::E164(digits) => {
                let british = digits.starts_with("441632960") && digits.len() == 12;
                let american = digits.starts_with('1') && digits.len() == 11 && &digits[4..9] == "55501";
                assert!(british || american, "{dialled}: {digits}");
            }
        }
    }
    assert_eq!(extensions, 50);
}

#[test]
fn emergency_and_service_numbers() {
    let plan = plan(
        r#"{"emergency_numbers": [{"number": "4911", "target": "0100"}, {"number": "112", "target": "+44 1632 960911"}, {"number": "9911"}],
            "service_numbers": ["0800 1111", "100", {"number": "0611", "target": "0101"}], "reserved_numbers": ["0002"]}"#,
    );
    let target = |dialled: &str| match plan.destination(&plan.canonical(dialled).unwrap()) {
        Destination::Emergency { target } => target.map_or("no target".to_owned(), Number::to_string),
        Destination::Service { target: None } => "service".to_owned(),
        Destination::Service { target: Some(target) } => format!("service to {target}"),
        Destination::Ordinary => "ordinary".to_owned(),
    };
    for (dialled, expected) in [
        ("4911", "0100"),
        ("+112", "+441632960911"),
        ("9911", "no target"),
        ("+448001111", "service"),
        ("08001111", "service"),
        ("100", "service"),
        ("0611", "service to 0101"),
        ("0002", "ordinary"),
        ("0100", "ordinary"),
    ] {
        assert_eq!(target(dialled), expected, "{dialled}");
    }
    let without: Vec<String> = plan.emergency_numbers_without_target().map(Number::to_string).collect();
    assert_eq!(without, ["9911"]);
    for (dialled, reserved) in [("4911", true), ("+448001111", true), ("0002", true), ("0001", false), ("0100", false)]
    {
        assert_eq!(plan.is_reserved(&plan.canonical(dialled).unwrap()), reserved, "{dialled}");
    }
}

#[test]
fn the_lowest_free_extension() {
    let with = |document: &str, taken: &[&str]| {
        let taken: BTreeSet<Number> = taken.iter().map(|&digits| Number::Extension(digits.to_owned())).collect();
        plan(document).lowest_free_extension(&taken).map(|number| number.to_string())
    };
    for (document, taken, expected) in [
        ("{}", vec![], Some("0001")),
        ("{}", vec!["0001", "0002", "0004"], Some("0003")),
        ("{}", vec!["0002", "001"], Some("0001")),
        (r#"{"reserved_numbers": ["0001", "0003"]}"#, vec!["0002"], Some("0004")),
        (r#"{"emergency_numbers": [{"number": "0001"}], "service_numbers": ["0002"]}"#, vec![], Some("0003")),
        (r#"{"extension_length": 2}"#, vec!["01"], Some("02")),
        (r#"{"extension_length": 6}"#, vec![], Some("000001")),
    ] {
        assert_eq!(with(document, &taken).as_deref(), expected, "{document} {taken:?}");
    }
    let all: Vec<String> = (1..100).map(|number| format!("{number:02}")).collect();
    let all: Vec<&str> = all.iter().map(String::as_str).collect();
    assert_eq!(with(r#"{"extension_length": 2}"#, &all), None);
}

#[test]
fn documents() {
    let document = serde_json::json!({
        "country": "44",
        "international_prefixes": ["011", "00"],
        "trunk_prefix": "0",
        "national_lengths": [7, 9, 10],
        "extension_length": 4,
        "reserved_numbers": [],
        "emergency_numbers": [{"number": "4911", "target": null}, {"number": "9911", "target": null}],
        "service_numbers": []
    });
    assert_eq!(serde_json::to_value(britain()).unwrap(), document);
    let full = plan(
        r#"{"country": "1", "emergency_numbers": [{"number": "911", "target": "(202) 555-0100"}],
            "service_numbers": ["611", {"number": "411", "target": "0100"}]}"#,
    );
    let text = serde_json::to_string(&full).unwrap();
    assert!(text.contains(r#"{"number":"911","target":"+12025550100"}"#), "{text}");
    assert!(text.contains(r#"[{"number":"411","target":"0100"},"611"]"#), "{text}");
    assert_eq!(plan(&text), full);
}

#[test]
fn documents_that_are_refused() {
    for (document, field) in [
        (r#"{"country": "044"}"#, "country"),
        (r#"{"country": "+44"}"#, "country"),
        (r#"{"country": ""}"#, "country"),
        (r#"{"country": "GB"}"#, "country"),
        (r#"{"country": "49", "international_prefixes": ["00"], "trunk_prefix": "0"}"#, "national_lengths"),
        (r#"{"country": "49"}"#, "international_prefixes"),
        (r#"{"international_prefixes": [""]}"#, "international_prefixes"),
        (r#"{"international_prefixes": ["0a"]}"#, "international_prefixes"),
        (r#"{"trunk_prefix": "123456"}"#, "trunk_prefix"),
        (r#"{"trunk_prefix": "-"}"#, "trunk_prefix"),
        (r#"{"national_lengths": []}"#, "national_lengths"),
        (r#"{"national_lengths": [4]}"#, "national_lengths"),
        (r#"{"national_lengths": [14]}"#, "national_lengths"),
        (r#"{"extension_length": 1}"#, "extension_length"),
        (r#"{"extension_length": 7}"#, "extension_length"),
        (r#"{"reserved_numbers": ["x"]}"#, "reserved_numbers"),
        (r#"{"reserved_numbers": ["0001", "00-01"]}"#, "reserved_numbers"),
        (r#"{"reserved_numbers": ["4911"]}"#, "reserved_numbers"),
        (r#"{"service_numbers": ["4911"]}"#, "service_numbers"),
        (r#"{"service_numbers": ["+1"]}"#, "service_numbers"),
        (r#"{"emergency_numbers": [{"number": "911;x"}]}"#, "emergency_numbers"),
        (r#"{"emergency_numbers": [{"number": "911"}, {"number": "911"}]}"#, "emergency_numbers"),
        (r#"{"emergency_numbers": [{"number": "911", "target": "none"}]}"#, "emergency_numbers"),
        (r#"{"emergency_numbers": [{"number": "911", "target": "911"}]}"#, "emergency_numbers"),
        (r#"{"emergency_numbers": [{"number": "911", "target": "112"}, {"number": "112"}]}"#, "emergency_numbers"),
        (r#"{"service_numbers": [{"number": "411", "target": "4911"}]}"#, "service_numbers"),
        (r#"{"service_numbers": [{"number": "411", "target": "411"}]}"#, "service_numbers"),
        (
            r#"{"emergency_numbers": [{"number": "911", "target": "411"}], "service_numbers": ["411"]}"#,
            "emergency_numbers",
        ),
        (r#"{"service_numbers": [411]}"#, "a number, or an object with a number and its target"),
        (r#"{"emergency_numbers": [{"number": "911", "goal": "0001"}]}"#, "goal"),
        (r#"{"emergency": []}"#, "emergency"),
        (r#"{"country": "44", "country": "44"}"#, "country"),
    ] {
        let error = serde_json::from_str::<DialPlan>(document).unwrap_err().to_string();
        assert!(error.contains(field), "{document}: {error}");
    }
}

fn any_plan() -> impl Strategy<Value = DialPlan> {
    prop::sample::select(vec![britain(), north_america(), denmark()])
}

fn number_like() -> impl Strategy<Value = String> {
    prop_oneof!["[+]?[0-9]{0,18}", "[+ ]?(00|011|0|44|1|45)?[0-9()/. -]{0,20}", "[0-9+ ;,a@\r\n]{0,12}"]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4096, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_read_is_digits_and_reads_as_itself(plan in any_plan(), text in number_like()) {
        if let Ok(number) = plan.canonical(&text) {
            let digits = number.digits().to_owned();
            prop_assert!(digits.bytes().all(|byte| byte.is_ascii_digit()));
            match &number {
                Number::Extension(_) => prop_assert!((2..=6).contains(&digits.len())),
                Number::E164(_) => prop_assert!((7..=15).contains(&digits.len()) && !digits.starts_with('0')),
            }
            prop_assert_eq!(plan.canonical(&number.to_string()), Ok(number));
        }
    }

    #[test]
    fn no_bytes_do_harm(plan in any_plan(), bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        let text = String::from_utf8_lossy(&bytes);
        if let Ok(number) = plan.canonical(&text) {
            prop_assert!(text.bytes().all(|byte| b"0123456789+ -.()/".contains(&byte)), "{:?}", number);
        }
    }

    #[test]
    fn a_control_character_anywhere_is_refused(digits in "[0-9]{2,15}", place in 0_usize..16, byte in 0_u8..32) {
        let mut text = digits;
        text.insert(place.min(text.len()), char::from(byte));
        prop_assert_eq!(britain().canonical(&text), Err(NotANumber::Character(char::from(byte))));
    }
}
