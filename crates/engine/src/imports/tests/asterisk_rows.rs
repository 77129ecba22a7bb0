use super::{asterisk, origins, rows, told};
use crate::imports::{CustomerBy, Encoding, Format, Options};

/// A row of 18 columns; what a case changes of it stands in `replace`.
const ROW: &str = r#""acme","0017","+441632960383","out","""Smith, Jo"" <0017>","Local/1;2","Local/2;1","Dial","x,30","2026-11-20 09:19:36","2026-11-20 09:19:37","2026-11-20 09:19:40",4,2,"ANSWERED","DOCUMENTATION","pbx-1795166377.55","L00013""#;

const READ: &str = "1: account acme, 0017 to +441632960383, 2026-11-20T08:19:37Z 2000 ms, answered";

fn changed(replace: &[(&str, &str)]) -> String {
    let row = replace.iter().fold(ROW.to_owned(), |row, (from, to)| {
        assert!(row.contains(from), "{from}");
        row.replacen(from, to, 1)
    });
    row + "\n"
}

#[test]
fn one_fault_a_row() {
    for (replace, expected) in [
        (&[][..], READ),
        (&[("4,2,", "4,0,")], "1: account acme, 0017 to +441632960383, 2026-11-20T08:19:37Z 0 ms, answered"),
        (&[("\"acme\"", "\" acme \"")], READ),
        (&[("\"acme\"", "")], "1: account , 0017 to +441632960383, 2026-11-20T08:19:37Z 2000 ms, answered"),
        (
            &[("\"2026-11-20 09:19:37\"", ""), ("4,2,", "4,0,"), ("ANSWERED", "NO ANSWER")],
            "1: account acme, 0017 to +441632960383, ends 2026-11-20T08:19:40Z, no_answer",
        ),
        (
            &[("4,2,", "4,0,"), ("ANSWERED", "CONGESTION")],
            "1: account acme, 0017 to +441632960383, ends 2026-11-20T08:19:40Z, failed",
        ),
        (&[("ANSWERED", "BUSY")], "1! the call was not answered, but the row has 2 s of talk"),
        (&[("ANSWERED", "UNKNOWN")], "1! disposition: \"UNKNOWN\" is none that is known"),
        (&[("\"2026-11-20 09:19:37\"", "")], "1! the call was answered, but the row does not say when"),
        (&[(":40", ":35")], "1! the call ends before it starts"),
        (&[(":37", ":35")], "1! the call is answered before it starts"),
        (&[("4,2,", "4,-2,")], "1! billsec: \"-2\" is not a whole number"),
        (&[("4,2,", "4,,")], "1! billsec: \"\" is not a whole number"),
        (&[("4,2,", "x,2,")], "1! duration: \"x\" is not a whole number"),
        (&[("4,2,", "4,2.5,")], "1! billsec: \"2.5\" is not a whole number"),
        (&[("4,2,", "4,99999999999999999999,")], "1! billsec: \"99999999999999999999\" is not a whole number"),
        (&[("4,2,", "4,99999999,")], "1! billsec: the call lasts longer than 366 days"),
        (
            &[("4,2,", "4,86401,")],
            "1! /duration_seconds: is longer than the longest call of 86400 s (setting longest_call_seconds)",
        ),
        // Of 17 columns the last is the unique id or the user field: all behind the missing one have slipped.
        (&[("4,2,", "4,")], "1! billsec: \"ANSWERED\" is not a whole number"),
        (&[(",\"L00013\"", ",\"L00013\",\"x\"")], "1! the row has 19 columns in place of 16, 17, 18 or 21"),
        (
            &[("2026-11-20 09:19:36", "2026-02-30 09:19:36")],
            "1! start: \"2026-02-30 09:19:36\" is not a time such as \"2026-11-20 09:19:36\"",
        ),
        (&[("2026-11-20 09:19:40", "")], "1! end: \"\" is not a time such as \"2026-11-20 09:19:36\""),
        (&[("\"L00013\"", "\"L00013")], "1! a quotation mark is opened and not closed"),
        (&[("\"out\"", "\"o\"ut\"")], "1! there is text behind a closing quotation mark, in column 4"),
        (&[("acme", "ac\0me")], "1! /account_code: must be one line of 80 characters at most"),
        (&[("+441632960383", "+44163\x07")], "1! /to: must be one line of 80 characters at most"),
    ] {
        assert_eq!(told(&asterisk(), changed(replace).as_bytes()), [expected], "{replace:?}");
    }
}

#[test]
fn every_known_number_of_columns_and_its_origin() {
    let sixteen = ROW.split(",\"pbx-").next().unwrap();
    let file = format!(
        "{sixteen}\n{sixteen}\n{sixteen},\"pbx-1795166377.55\"\n{sixteen},\"L00013\"\n{ROW}\n{ROW},\"peer\",\"pbx-1795166377.54\",57\n"
    );
    let options = Options { system: "north".to_owned(), ..asterisk() };
    let read = origins(&options, file.as_bytes());
    let (hash, ordinal) = read[0].rsplit_once(':').unwrap();
    assert_eq!((hash.len(), &hash[..16], ordinal), (32, "asterisk:north::", "1"));
    assert_eq!(read[1], format!("{hash}:2"), "equal rows are told apart by their ordinal");
    assert!(read[2].starts_with("asterisk:north:pbx-1795166377.55:"), "{}", read[2]);
    assert!(read[3].starts_with("asterisk:north::") && read[3].ends_with(":1"), "{}", read[3]);
    assert!(read[4].starts_with("asterisk:north:pbx-1795166377.55:") && read[4] != read[2], "{}", read[4]);
    assert_eq!(read[5], "asterisk:north:pbx-1795166377.55:57");

    let last = rows(&options, file.as_bytes()).unwrap().pop().unwrap().unwrap();
    assert_eq!((last.call.link.as_deref(), last.sequence), (Some("pbx-1795166377.54"), Some(57)));
}

#[test]
fn the_form_of_the_file_does_not_change_what_a_call_is_known_by() {
    let plain = changed(&[("Smith", "Åsa Öberg")]);
    let known_by = origins(&asterisk(), plain.as_bytes());
    let latin_1: Vec<u8> = plain.chars().map(|character| u8::try_from(u32::from(character)).unwrap()).collect();
    let marked = format!("\u{feff}{}\r\n", plain.trim_end());
    assert_eq!(origins(&asterisk(), marked.as_bytes()), known_by);
    let options = Options { encoding: Encoding::Latin1, ..asterisk() };
    assert_eq!(origins(&options, &latin_1), known_by);
    let refused = "1! the line is not UTF-8: if the whole file is Latin-1, import it with --encoding latin-1";
    assert_eq!(told(&asterisk(), &latin_1), [refused]);
}

#[test]
fn a_bad_row_costs_nothing_but_itself() {
    let file = format!("{ROW}\n\n\"acme\n{ROW}\nshort,row\n{}\n{ROW}\n", "x".repeat(70_000));
    let read = told(&asterisk(), file.as_bytes());
    let read: Vec<&str> = read.iter().map(|line| line.split(", ").next().unwrap()).collect();
    let expected = [
        "1: account acme",
        "3! a quotation mark is opened and not closed",
        "4: account acme",
        "5! the row has 2 columns in place of 16",
        "6! the line is longer than 65536 bytes",
        "7: account acme",
    ];
    assert_eq!(read, expected);
}

#[test]
fn a_file_that_is_cut_off_in_its_last_row() {
    let sixteen = ROW.split(",\"pbx-").next().unwrap();
    let long = format!("{ROW},\"peer\",\"pbx-1795166377.54\",5");
    let cut_off = "2! the file ends within this row";
    for (last, expected) in [
        (ROW, "2: account acme"),
        // Half of the columns, or half of the number 57.
        (sixteen, cut_off),
        (long.as_str(), cut_off),
        (&ROW[..ROW.len() - 3], "2! a quotation mark is opened and not closed"),
        (&ROW[..100], "2! a quotation mark is opened and not closed"),
        (&ROW[..13], "2! the row has 2 columns in place of 16"),
    ] {
        let read = told(&asterisk(), format!("{ROW}\n{last}").as_bytes());
        assert!(read.len() == 2 && read[1].starts_with(expected), "{last}: {read:?}");
    }
}

#[test]
fn hours_that_the_clocks_showed_twice_or_never() {
    let night = |day: &str, start: &str, answer: &str, end: &str| {
        changed(&[
            ("2026-11-20 09:19:36", &format!("{day} {start}")),
            ("2026-11-20 09:19:37", &format!("{day} {answer}")),
            ("2026-11-20 09:19:40", &format!("{day} {end}")),
        ])
    };
    for (file, expected) in [
        (night("2026-10-25", "02:30:00", "02:30:01", "02:30:03"), "2026-10-25T00:30:01Z 2000 ms, answered, ambiguous"),
        (night("2026-10-25", "02:59:50", "02:00:10", "02:00:12"), "2026-10-25T01:00:10Z 2000 ms, answered, ambiguous"),
        (night("2026-10-25", "03:00:00", "03:00:01", "03:00:03"), "2026-10-25T02:00:01Z 2000 ms, answered"),
        (
            night("2026-03-29", "02:30:00", "02:30:01", "02:30:03"),
            "1! start: the clocks of Europe/Berlin never showed \"2026-03-29 02:30:00\": they were put forward over it",
        ),
    ] {
        let read = told(&asterisk(), file.as_bytes());
        assert!(read[0].ends_with(expected), "{read:?}");
    }
    let utc = Options { time_zone: Some("UTC".to_owned()), ..asterisk() };
    let read = told(&utc, night("2026-03-29", "02:30:00", "02:30:01", "02:30:03").as_bytes());
    assert!(read[0].contains("2026-03-29T02:30:01Z 2000 ms"), "{read:?}");
}

#[test]
fn the_payer_by_the_callers_number() {
    let options = Options::of(Format::AsteriskCsv { customer_by: CustomerBy::Source });
    let read = told(&options, changed(&[]).as_bytes());
    assert!(read[0].starts_with("1: number 0017, 0017 to +441632960383"), "{read:?}");
    let account = rows(&options, changed(&[]).as_bytes()).unwrap().pop().unwrap().unwrap().call.account_code;
    assert_eq!(account.as_deref(), Some("acme"));
}
