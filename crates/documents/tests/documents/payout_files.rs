//! Files for banks, checked by the schema that a library brings which knows nothing of us.

use std::process::Command;

use documents::{payout_file_csv, payout_file_xml};
use domain::bic::Bic;
use domain::iban::Iban;
use domain::money::Currency;
use domain::time::Instant;
use engine::payouts::files::{FiledPayout, Payer, PayoutFile, PayoutFileError};
use serde_json::{Value, json};

use crate::papers::{amount, keep};

/// What the others say of each file.
fn looked_at(files: &[(&str, Vec<u8>)]) -> Value {
    let python = std::env::var("TOLLGATE_TEST_PYTHON")
        .expect("TOLLGATE_TEST_PYTHON names a Python that has sepaxml: `make test` sets one up");
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/peers/payout_files.py");
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        std::fs::write(folder.path().join(name), bytes).unwrap();
        keep(&format!("payouts-{name}"), bytes);
    }
    let said = Command::new(python).arg(script).arg(folder.path()).output().unwrap();
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
    serde_json::from_slice(&said.stdout).unwrap()
}

const OURS: &str = "AT611904300234573201";
const THEIRS: [&str; 3] = ["DE89370400440532013000", "MT84MALT011000012345MTLCAST001S", "NO9386011117947"];

fn file(currency: &str, payouts: &[FiledPayout]) -> PayoutFile {
    PayoutFile {
        id: "pof_01kb8jwzr00000000000000001".to_owned(),
        currency: Currency::parse(currency).unwrap(),
        execution_on: "2026-11-30".parse().unwrap(),
        payer: Payer {
            name: "Harbour Telephone \"Söhne\" & Co".to_owned(),
            iban: Some(Iban::parse(OURS).unwrap()),
            bic: Some(Bic::parse("BKAUATWW").unwrap()),
        },
        payouts: i64::try_from(payouts.len()).unwrap(),
        amount: payouts.iter().map(|payout| payout.amount).sum::<Option<_>>().unwrap(),
        left_out: Vec::new(),
        made_at: Instant::parse("2026-11-27T23:58:27.301Z").unwrap(),
        made_by: "user:usr_1".to_owned(),
        withdrawn: None,
    }
}

/// A payout to each of some names.
fn payouts(names: &[&str]) -> Vec<FiledPayout> {
    let one = |(place, name): (usize, &&str)| FiledPayout {
        id: format!("pyo_01kb8jwzr000000000000000{place:02}"),
        number: format!("PO-{:06}", place + 1),
        agent: "agt_1".to_owned(),
        holder: (*name).to_owned(),
        iban: Iban::parse(THEIRS[place % 3]).unwrap(),
        bic: (place % 2 == 1).then(|| Bic::parse("MALTMTMTXXX").unwrap()),
        amount: amount(["11.18", "0.01", "1234567.50"][place % 3]),
        is_bounced: false,
    };
    names.iter().enumerate().map(one).collect()
}

#[test]
fn a_file_fits_the_schema_and_says_what_is_to_be_paid() {
    let paid = payouts(&["Ada Lovelace", "Béla Bartók", "Iris"]);
    let whole = file("EUR", &paid);
    let mut bankless = whole.clone();
    bankless.payer.bic = None;
    let xml = payout_file_xml(&whole, &paid).unwrap();
    assert_eq!(payout_file_xml(&whole, &paid).unwrap(), xml, "the same bytes");
    let said = looked_at(&[("whole.xml", xml), ("bankless.xml", payout_file_xml(&bankless, &paid).unwrap())]);
    assert_eq!(
        said["whole.xml"],
        json!({
            "wrong": [],
            "message": ["POF-01KB8JWZR00000000000000001"],
            "made_at": ["2026-11-27T23:58:27.301Z"],
            "counts": ["3", "3"],
            "sums": ["1234578.69", "1234578.69"],
            "date": ["2026-11-30"],
            "payer": ["Harbour Telephone Soehne + Co"],
            "from": [OURS],
            "bank": ["BKAUATWW"],
            "references": ["PO-000001", "PO-000002", "PO-000003"],
            "amounts": [["EUR", "11.18"], ["EUR", "0.01"], ["EUR", "1234567.50"]],
            "names": ["Ada Lovelace", "Bela Bartok", "Iris"],
            "to": THEIRS,
            "banks": ["MALTMTMTXXX"],
            "for": ["PO-000001", "PO-000002", "PO-000003"],
        })
    );
    assert_eq!((&said["bankless.xml"]["wrong"], &said["bankless.xml"]["bank"]), (&json!([]), &json!([])));
}

#[test]
fn whatever_somebody_is_called_the_file_fits_the_schema() {
    let long = "Łukasz Żółć ".repeat(17);
    let names =
        ["O'Neill & <b>\"Söhne\"</b>", "]]><!-- 😀 Ünal --></Nm>", &long, "Ольга Петрова", "\u{202e}a\u{0}b\u{ffff}c"];
    let mut paid = payouts(&names);
    // Numbers that banks would not take as references.
    paid[0].number = "9".repeat(40);
    paid[1].number = "//PO".to_owned();
    let xml = payout_file_xml(&file("EUR", &paid), &paid).unwrap();
    let said = looked_at(&[("hostile.xml", xml)]);
    let said = &said["hostile.xml"];
    assert_eq!(said["wrong"], json!([]));
    let read: Vec<&str> = said["names"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
    assert_eq!(read[0], "O'Neill + b Soehne /b");
    assert_eq!((read[2].len(), &read[2][..24]), (70, "Lukasz Zolc Lukasz Zolc "));
    assert_eq!(read[3], "Olga Petrova");
    for name in read {
        let is_taken = |c: char| c.is_ascii_alphanumeric() || " /-?:().,'+".contains(c);
        assert!(name.chars().all(is_taken) && (1..=70).contains(&name.len()), "{name}");
    }
    let references = json!([
        "pyo-01kb8jwzr00000000000000000",
        "pyo-01kb8jwzr00000000000000001",
        "PO-000003",
        "PO-000004",
        "PO-000005"
    ]);
    assert_eq!((&said["references"], &said["for"]), (&references, &references));
}

#[test]
fn rows_are_for_any_currency_and_run_nothing() {
    let paid = payouts(&["=cmd|'/C calc'!A0", "Söhne \"&\" Co"]);
    let yen = file("JPY", &payouts(&["Ada"]));
    let refused = payout_file_xml(&yen, &paid).unwrap_err();
    assert!(matches!(refused, PayoutFileError::CsvOnly { .. }) && refused.to_string().contains(".csv"), "{refused}");
    let rows = payout_file_csv(&file("GBP", &paid), &paid).unwrap();
    let rows = String::from_utf8(rows).unwrap();
    let lines: Vec<&str> = rows.split_terminator("\r\n").collect();
    assert_eq!(lines[0], r#""file","execution_on","payout","agent","holder","iban","bic","amount","currency""#);
    let message = r#""POF-01KB8JWZR00000000000000001","2026-11-30""#;
    let first = format!(r#"{message},"PO-000001","agt_1","'=cmd|'/C calc'!A0","{}","","11.18","GBP""#, THEIRS[0]);
    let second =
        format!(r#"{message},"PO-000002","agt_1","Söhne ""&"" Co","{}","MALTMTMTXXX","0.01","GBP""#, THEIRS[1]);
    assert_eq!(lines[1..], [first, second]);
}
