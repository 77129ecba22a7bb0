use super::{Options, origins, told};
use crate::imports::Format;

#[test]
fn objects_by_table() {
    for (object, expected) in [
        (
            r#"{"origin":"x1","line":"0017","to":"0018","answered_at":"2026-11-20T08:19:37Z","duration_seconds":85.2}"#,
            "1: number 0017,  to 0018, 2026-11-20T08:19:37Z 85200 ms, answered",
        ),
        (
            r#"{"line":"lin_1","to":"0018","ended_at":"2026-11-20T08:19:37Z","duration_seconds":"0.2"}"#,
            "1: line lin_1,  to 0018, 2026-11-20T08:19:36.800Z 200 ms, answered",
        ),
        (
            r#"{"account_code":"acme","from":"0017","to":"0018","started_at":"2026-11-20T08:19:37Z","disposition":"busy"}"#,
            "1: account acme, 0017 to 0018, ends 2026-11-20T08:19:37Z, busy",
        ),
        (
            r#"{"from":"0017","to":"0018","started_at":"2026-11-20T08:19:37Z"}"#,
            "1: number 0017, 0017 to 0018, ends 2026-11-20T08:19:37Z, no_answer",
        ),
        (
            r#"{"to":"0018"}"#,
            "1! the row does not say when the call ended: it needs the end, or a beginning and a duration",
        ),
        (r#"{"to":"0018","to":"0019"}"#, "1! the document: duplicate field `to`"),
        (
            r#"{"to":"0018","duration_seconds":-1}"#,
            "1! /duration_seconds: \"-1\" is not a duration in seconds: write a plain decimal, not negative, such as 85.2",
        ),
        (
            r#"{"to":"0018","duration_seconds":null}"#,
            "1! the row does not say when the call ended: it needs the end, or a beginning and a duration",
        ),
        (
            r#"{"to":"0018","ended_at":"2026-11-20 08:19:37"}"#,
            "1! /ended_at: \"2026-11-20 08:19:37\" is not an instant: write it with its offset, such as \"2026-02-03T04:05:06Z\"",
        ),
    ] {
        let read = told(&Options::of(Format::JsonLines), object.as_bytes());
        assert!(read.len() == 1 && read[0].starts_with(expected), "{object}: {read:?}");
    }
    for (object, pointer) in [
        (r#"{"to":"0018","minutes":3}"#, "/minutes"),
        (r#"{"to":5}"#, "/to"),
        (r#"{"disposition":"lost"}"#, "/disposition"),
        (r#"{"to":"0018""#, ""),
        ("[]", ""),
        ("nonsense", ""),
    ] {
        let read = told(&Options::of(Format::JsonLines), object.as_bytes());
        let place = if pointer.is_empty() { "1! the document" } else { &format!("1! {pointer}: ") };
        assert!(read[0].starts_with(place), "{object}: {read:?}");
    }
}

#[test]
fn lines_and_origins() {
    let call = r#"{"from":"1","to":"0018","started_at":"2026-11-20T08:19:37Z"}"#;
    let file = format!("\u{feff}{call}\r\n\n{call}\n {call}\n{}", call.replace("{", r#"{"origin":"x1","#));
    let read = origins(&Options::of(Format::JsonLines), file.as_bytes());
    assert!(read[0].starts_with("jsonl::") && read[0].ends_with(":1"), "{read:?}");
    assert_eq!(
        read[1..3],
        [format!("{}2", read[0].strip_suffix('1').unwrap()), format!("{}3", read[0].strip_suffix('1').unwrap())]
    );
    assert_eq!(read[3], "x1");
}
