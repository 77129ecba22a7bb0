//! `tollgate quote`: JSON lines in, JSON lines out.

use serde_json::{Value, json};

use crate::run::Folder;

fn request(id: &str, seconds: i64) -> Value {
    json!({
        "id": id, "kind": "call", "time_zone": "UTC",
        "plan": {"currency": "USD", "rate": {"price_per_minute": "0.05"}},
        "call": {"to": "0002", "answered_at": "2026-02-03T04:05:06Z", "duration_seconds": seconds},
    })
}

fn answers(out: &str) -> Vec<Value> {
    out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn answers_come_in_the_order_of_the_requests_and_a_bad_one_stops_nothing() {
    let folder = Folder::new();
    let lines = [
        request("1", 61).to_string(),
        "{not json".to_owned(),
        String::new(),
        r#"{"id": "2", "id": "3", "kind": "call"}"#.to_owned(),
        request("4", -1).to_string(),
        request("5", 60).to_string(),
    ];
    let said = folder.run_with_input(&["quote"], &lines.join("\n"));
    assert_eq!(said.code, Some(0), "{}", said.err);
    let answers = answers(&said.out);
    let shown: Vec<_> = answers.iter().map(|a| (a["total"].as_str(), a["error"]["reason"].as_str())).collect();
    let invalid = (None, Some("invalid_request"));
    assert_eq!(shown, [(Some("0.10"), None), invalid, invalid, invalid, (Some("0.05"), None)]);
    assert_eq!(answers[3]["id"], "4");
}

#[test]
fn a_file_is_read_like_standard_input_and_no_database_is_made() {
    let folder = Folder::new();
    folder.write("calls.jsonl", format!("{}\r\n{}", request("1", 1), request("2", 61)));
    let said = folder.run(&["quote", "calls.jsonl"]);
    assert_eq!(answers(&said.out).iter().map(|a| a["total"].clone()).collect::<Vec<_>>(), ["0.05", "0.10"]);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);

    let missing = folder.run(&["quote", "nothing.jsonl"]);
    assert_eq!(missing.code, Some(1));
    assert!(missing.err.contains("cannot read nothing.jsonl"), "{}", missing.err);
}

#[test]
fn the_worked_cases_come_out_right() {
    let cases: Value = serde_json::from_str(include_str!("../../../domain/tests/data/rating-vectors.json")).unwrap();
    let cases = cases["cases"].as_array().unwrap();
    let lines: Vec<String> = cases.iter().map(|case| case["request"].to_string()).collect();
    let said = Folder::new().run_with_input(&["quote"], &lines.join("\n"));
    let answers = answers(&said.out);
    assert_eq!(answers.len(), cases.len());
    for (case, answer) in cases.iter().zip(&answers) {
        // Binding as texts too, where the case writes them as we do; the domain's own test compares them as numbers.
        let expected = &case["answer"];
        assert_eq!(expected["error"]["reason"], answer["error"]["reason"], "{}", case["name"]);
        assert_eq!(expected["total"], answer["total"], "{}", case["name"]);
        assert_eq!(expected["refused"]["reason"], answer["refused"]["reason"], "{}", case["name"]);
    }
}
