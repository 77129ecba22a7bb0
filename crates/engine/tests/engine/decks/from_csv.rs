use domain::rate::Rate;
use engine::decks::{DeckCsvErrors, read_csv};

use crate::world::currency;

/// `line column: reason` of each fault.
fn shown(errors: &DeckCsvErrors) -> Vec<String> {
    let shown = |fault: &engine::decks::DeckCsvFault| {
        format!("{} {}: {}", fault.line, fault.column.unwrap_or("-"), fault.reason)
    };
    errors.faults.iter().map(shown).collect()
}

#[test]
fn a_file_may_be_written_in_several_ways() {
    let plain = "prefix,destination,price_per_minute,increment_seconds,connect_fee,included\n\
                 44,United Kingdom,0.03,1,0.10,yes\n447,,0.05,,,\n";
    let expected = read_csv(plain.as_bytes()).unwrap();
    let entry = |number: &str| expected.entry_for(number).unwrap();
    assert_eq!(entry("441632960001").destination.as_deref(), Some("United Kingdom"));
    assert_eq!((entry("441632960001").included, entry("447700900001").included), (true, false));
    for (number, rate) in [
        ("441632960001", r#"{"price_per_minute": "0.03", "increment_seconds": 1, "connect_fee": "0.10"}"#),
        ("447700900001", r#"{"price_per_minute": "0.05"}"#),
    ] {
        assert_eq!(*entry(number).rate, Rate::read(rate.as_bytes()).unwrap());
    }
    for (case, file) in [
        ("semicolons", plain.replace(',', ";")),
        ("CRLF", plain.replace('\n', "\r\n")),
        ("BOM", format!("\u{feff}{plain}")),
        ("no last line end", plain.trim_end().to_owned()),
        ("empty lines", plain.replace('\n', "\n\n")),
        ("plus", plain.replace("\n44", "\n+44")),
        ("blanks", plain.replace(',', " , ")),
        ("quotes", plain.replace("United Kingdom", "\"United Kingdom\"")),
        ("names in capitals", plain.replace("prefix", "Prefix")),
        ("true", plain.replace("yes", "true")),
        (
            "another order, a rate as JSON",
            "rate;included;prefix;price_per_minute;destination\n\
             \"{\"\"price_per_minute\"\": \"\"0.03\"\", \"\"increment_seconds\"\": 1, \"\"connect_fee\"\": \"\"0.10\"\"}\";1;44;;United Kingdom\n\
             ;0;447;0.05;\n"
                .to_owned(),
        ),
    ] {
        assert_eq!(read_csv(file.as_bytes()).as_ref(), Ok(&expected), "{case}");
    }
}

#[test]
fn every_fault_is_told_with_its_line() {
    let file = "prefix,destination,price_per_minute,increment_seconds,connect_fee,included\r\n\
                44,United Kingdom,0.03,1,0.10,yes\r\n\
                \r\n\
                4x,Nowhere,0.0000001,0,-1,maybe\r\n\
                33,\"Fran\nce\",0.03,,,\r\n\
                49,Germany,,,,\r\n\
                44,United Kingdom,0.03,,,\r\n\
                1,\"0,05\",0\r\n\
                7,Russia,\"0,05\",86401,,\r\n\
                ,,1,,,\r\n";
    let errors = read_csv(file.as_bytes()).unwrap_err();
    assert_eq!(
        shown(&errors),
        [
            "4 prefix: \"4x\" is not a prefix: write 1 to 15 digits, without +",
            "4 included: \"maybe\" is neither true nor false",
            "4 price_per_minute: \"0.0000001\" has more than 6 decimals",
            "4 increment_seconds: \"0\" is not a whole number from 1 to 86400",
            "4 connect_fee: -1.00 is negative: a price or fee is 0 or more",
            "5 destination: must be one line without control characters",
            "7 price_per_minute: is missing",
            "8 prefix: prefix 44 stands in line 2 and in line 8",
            "9 -: has 3 columns, the first line has 6",
            "10 price_per_minute: \"0,05\" is not an amount: write a plain decimal such as \"12.99\"",
            "10 increment_seconds: \"86401\" is not a whole number from 1 to 86400",
            "11 prefix: \"\" is not a prefix: write 1 to 15 digits, without +",
        ]
    );
}

#[test]
fn files_that_are_refused_as_a_whole() {
    for (file, fault) in [
        (&b""[..], "1 -: is empty: the first line names the columns"),
        (b"\n\n", "1 -: is empty: the first line names the columns"),
        (
            b"prefix,price\n44,1\n",
            "1 -: there is no column \"price\": the columns are prefix, destination, price_per_minute, increment_seconds, \
             connect_fee, included, rate",
        ),
        (b"prefix,prefix,price_per_minute\n", "1 -: the column prefix is there twice"),
        (b"destination,price_per_minute\n", "1 -: the column prefix is missing"),
        (b"prefix,destination\n", "1 -: the column price_per_minute (or rate) is missing"),
        (
            b"prefix,destination,price_per_minute\n33,France,1\n241,Cura\xe7ao,1\n",
            "3 -: is not UTF-8: save the file as \"CSV UTF-8\"",
        ),
        (b"\xff\xfep\0r\0e\0", "1 -: is not UTF-8: save the file as \"CSV UTF-8\""),
        (
            b"prefix,price_per_minute\n44,\"1\n45,1\n",
            "2 price_per_minute: \"1\n45,1\" is not an amount: write a plain decimal such as \"12.99\"",
        ),
        (b"prefix,rate\n44,{}\n", "2 rate: the document: a rate needs steps or price_per_minute"),
        (b"prefix,rate,connect_fee\n44,{},1\n", "2 connect_fee: stands beside a rate: give one of them"),
    ] {
        let errors = read_csv(file).unwrap_err();
        assert_eq!((shown(&errors), errors.total), (vec![fault.to_owned()], 1), "{}", String::from_utf8_lossy(file));
    }
}

#[test]
fn of_many_faults_the_first_hundred_are_told() {
    let file = format!("prefix,price_per_minute\n{}", "x,1\n".repeat(250));
    let errors = read_csv(file.as_bytes()).unwrap_err();
    assert_eq!((errors.faults.len(), errors.total, errors.faults[99].line), (100, 250, 101));
    assert!(errors.to_string().starts_with("the file has 250 faults; the first: line 2, prefix: \"x\""), "{errors}");
}

#[test]
fn a_price_keeps_its_six_decimals() {
    let deck = read_csv(b"prefix,price_per_minute\n44,0.000001\n").unwrap();
    let rate = deck.entries()[0].rate.to_json(currency("USD"));
    assert_eq!(rate["price_per_minute"], "0.000001");
}
