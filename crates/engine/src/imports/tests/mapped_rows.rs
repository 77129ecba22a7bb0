use super::{csv, origins, rows, told};
use crate::imports::{ImportError, MappingError, Options};

const HEADER: &str = "id,caller,called,customer,begin,answer,end,seconds,result\n";

fn named() -> Options {
    csv(
        "origin=id from=caller to=called account=customer started_at=begin answered_at=answer ended_at=end duration_seconds=seconds disposition=result",
    )
}

#[test]
fn rows_by_table() {
    for (row, expected) in [
        (
            "a1,0017,0018,acme,,2026-11-20T08:19:37Z,2026-11-20T08:19:40.5Z,,",
            "2: account acme, 0017 to 0018, 2026-11-20T08:19:37Z 3500 ms, answered",
        ),
        (
            "a1,0017,0018,acme,,2026-11-20 09:19:37,,3.5,",
            "2: account acme, 0017 to 0018, 2026-11-20T08:19:37Z 3500 ms, answered",
        ),
        (
            "a1,0017,0018,acme,,,1795166380.5,3.5,ANSWERED",
            "2: account acme, 0017 to 0018, 2026-11-20T09:19:37Z 3500 ms, answered",
        ),
        (
            "a1,0017,0018,acme,1795166377.2,0.000000,1795166380.5,0.000000,BUSY",
            "2: account acme, 0017 to 0018, ends 2026-11-20T09:19:40.500Z, busy",
        ),
        (
            "a1,0017,0018,acme,1795166377,,1795166380,,refused",
            "2: account acme, 0017 to 0018, ends 2026-11-20T09:19:40Z, refused",
        ),
        ("a1,0017,0018,,1795166377,,1795166380,,", "2: account , 0017 to 0018, ends 2026-11-20T09:19:40Z, no_answer"),
        (
            "a1,0017,0018,acme,1795166377,,,-1,",
            "2! duration_seconds: \"-1\" is not a duration in seconds: write a plain decimal, not negative, such as 85.2",
        ),
        (
            "a1,0017,0018,acme,1795166377,,,1e3,",
            "2! duration_seconds: \"1e3\" is not a duration in seconds: write a plain decimal, not negative, such as 85.2",
        ),
        ("a1,0017,0018,acme,1795166377,,,99999999999,", "2! duration_seconds: the call lasts longer than 366 days"),
        ("a1,0017,0018,acme,,1795166380,1795166377,,", "2! /ended_at: is before the answer of the call"),
        ("a1,0017,0018,acme,1795166381,,1795166380,,busy", "2! /ended_at: is before the start of the call"),
        ("a1,0017,0018,acme,,1795166377,1795166390,2,", "2! answer, end and duration contradict each other"),
        (
            "a1,0017,0018,acme,,1795166377,1795166390,,busy",
            "2! /disposition: an answered call has an instant of answer, and only an answered one",
        ),
        (
            "a1,0017,0018,acme,,,,,",
            "2! the row does not say when the call ended: it needs the end, or a beginning and a duration",
        ),
        (
            "a1,0017,0018,acme,yesterday,,,5,",
            "2! started_at: \"yesterday\" is not a time such as \"2026-11-20 09:19:36\"",
        ),
        ("a1,0017,0018,acme,1795166377,,,5,lost", "2! disposition: \"lost\" is none that is known"),
        ("a1,0017,0018,acme,1795166377,,,5", "2! the row has 8 columns in place of 9"),
        ("a1,0017,0018,acme,1795166377,,,5,,", "2! the row has 10 columns in place of 9"),
    ] {
        assert_eq!(told(&named(), format!("{HEADER}{row}\n").as_bytes()), [expected], "{row}");
    }
}

#[test]
fn columns_by_number_need_no_header() {
    let options = csv("from=2 to=3 ended_at=4 duration_seconds=5");
    let file = "x,0017,\"00\n18\",1795166380,3\ny,0017,0018,1795166380,3\n";
    let read = told(&options, file.as_bytes());
    assert_eq!(read[0], "1! /to: must be one line of 80 characters at most");
    assert_eq!(read[1], "3: number 0017, 0017 to 0018, 2026-11-20T09:19:37Z 3000 ms, answered");
}

#[test]
fn who_pays() {
    for (mapping, row, payer) in [
        ("account=1 line=2 from=3 to=4 ended_at=5", "acme,0017,0018,0019,1795166380", "account acme"),
        ("account=1 line=2 from=3 to=4 ended_at=5", ",0017,0018,0019,1795166380", "number 0017"),
        ("account=1 line=2 from=3 to=4 ended_at=5", ",,0018,0019,1795166380", "account "),
        ("line=2 from=3 to=4 ended_at=5", "acme,,0018,0019,1795166380", "number "),
        ("from=3 to=4 ended_at=5", "acme,0017,0018,0019,1795166380", "number 0018"),
    ] {
        let read = told(&csv(mapping), format!("{row}\n").as_bytes());
        assert!(read[0].starts_with(&format!("1: {payer}, ")), "{mapping}: {read:?}");
    }
}

#[test]
fn rows_without_an_origin_are_known_by_their_hash() {
    let file = format!("{HEADER},1,2,acme,1795166377,,,5,\na7,1,2,acme,1795166377,,,5,\n,1,2,acme,1795166377,,,5,\n");
    let options = Options { system: "west".to_owned(), ..named() };
    let read = origins(&options, file.as_bytes());
    assert!(read[0].starts_with("csv:west:") && read[0].ends_with(":1"), "{read:?}");
    assert_eq!(read[2], format!("{}2", read[0].strip_suffix('1').unwrap()));
    assert_eq!(read[1], "a7");
}

#[test]
fn a_header_that_does_not_fit_stops_the_import() {
    let refused = |file: &str| match rows(&named(), file.as_bytes()) {
        Err(ImportError::Mapping(error)) => error,
        other => panic!("{other:?}"),
    };
    assert!(matches!(refused(""), MappingError::NoHeader(_)));
    assert!(matches!(refused("\"id\n"), MappingError::NoHeader(_)));
    assert!(matches!(refused("id,caller\n"), MappingError::NoColumn { .. }));
    assert_eq!(refused(&format!("id,{HEADER}")), MappingError::ColumnTwice("id".to_owned()));
}
