//! The bills of the demo.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use domain::time::{Instant as DomainInstant, Zone};
use serde_json::{Value, json};

use crate::run::Folder;
use crate::server::{Server, now};

const MONTH_MILLIS: i64 = 31 * 86_400_000;

#[tokio::test]
async fn the_demo_has_bills_of_every_kind_and_its_months_go_on() {
    let folder = Folder::new();
    let database = folder.sqlite();
    let server = Server::demo(&folder, &database, &["--test-clock"]);
    let words = |documents: &Value, field: &str| -> BTreeSet<String> {
        documents.as_array().unwrap().iter().map(|document| document[field].as_str().unwrap().to_owned()).collect()
    };
    let list = |more: &[&str]| {
        folder.json(&[&["bill", "list", "--limit", "500", "--json", "--database-url", &database], more].concat())
    };
    let invoices = list(&[]);
    let states = ["issued", "paid", "part_paid", "written_off"].map(str::to_owned);
    assert_eq!(words(&invoices, "state"), BTreeSet::from(states));
    for more in [
        ["--kind", "credit_note"],
        ["--kind", "receipt"],
        ["--kind", "statement"],
        ["--overdue", "--state=issued"],
        ["--overdue", "--state=part_paid"],
    ] {
        assert!(!list(&more).as_array().unwrap().is_empty(), "{more:?}");
    }
    assert_eq!(suspended(&server).await, BTreeSet::from(["0030 dunning".to_owned(), "0042 funds".to_owned()]));

    // Each month that begins bills six of the seven who pay later: the line of the one who never pays is suspended.
    let zone = Zone::named("America/Toronto").unwrap();
    let months = |at: DomainInstant| i32::from(zone.date(at).year()) * 12 + i32::from(zone.date(at).month());
    let begun = months(now().plus_millis(MONTH_MILLIS).unwrap()) - months(now());
    let expected = invoices.as_array().unwrap().len() + 6 * usize::try_from(begun).unwrap();
    server.move_clock(MONTH_MILLIS).await;
    let started = Instant::now();
    while list(&[]).as_array().unwrap().len() < expected {
        assert!(started.elapsed() < Duration::from_secs(60), "the scheduler bills the month");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let after = list(&[]);
    assert_eq!(after.as_array().unwrap().len(), expected);
    let check = folder.json(&["check", "--json", "--database-url", &database]);
    assert_eq!(check["faults"], json!([]));
}

/// The suspended lines, with the reasons.
async fn suspended(server: &Server) -> BTreeSet<String> {
    let (_, lines) = server.get("/api/v1/lines?limit=100").await;
    let mut suspended = BTreeSet::new();
    for line in lines["items"].as_array().unwrap().iter().filter(|line| line["state"] == "suspended") {
        let reasons = line["suspensions"].as_array().unwrap().iter().filter(|reason| reason["to"].is_null());
        let number = line["number"].as_str().unwrap();
        suspended.extend(reasons.map(|reason| format!("{number} {}", reason["reason"].as_str().unwrap())));
    }
    suspended
}
