//! Quotes over HTTP answer as the rules do.

use reqwest::Method;
use serde_json::{Value, json};

use crate::service::{Reply, Service, on_both, sent};

const VECTORS: &str = include_str!("../../../domain/tests/data/rating-vectors.json");

async fn lines(service: &Service, text: String) -> Reply {
    let request = service.request(Method::POST, "/quotes").header("content-type", "application/x-ndjson");
    sent(request.body(text)).await
}

#[tokio::test]
async fn worked_cases_one_by_one_as_an_array_and_as_lines() {
    let document: Value = serde_json::from_str(VECTORS).unwrap();
    let cases = document["cases"].as_array().unwrap();
    let requests: Vec<Value> = cases.iter().map(|case| case["request"].clone()).collect();
    on_both(async |service| {
        let answers = service.post("/quotes", json!(requests)).await;
        assert_eq!(answers.status, 200, "{}", answers.text);
        let answers = answers.body.as_array().unwrap();
        assert_eq!(answers.len(), cases.len());
        for (case, answer) in cases.iter().zip(answers) {
            let told = format!("{}: {answer}", case["name"]);
            assert_eq!(answer["id"], case["request"]["id"], "{told}");
            assert_eq!(answer["error"]["reason"], case["answer"]["error"]["reason"], "{told}");
            if let Some(total) = case["answer"]["total"].as_str() {
                let amount = |text: &str| domain::money::Amount::parse(text).unwrap();
                assert_eq!(amount(answer["total"].as_str().unwrap()), amount(total), "{told}");
            }
        }
        let text: String = requests.iter().map(|request| format!("{request}\n")).collect();
        let told = lines(service, text).await;
        assert_eq!((told.status, told.header("content-type")), (200, "application/x-ndjson"));
        let told: Vec<Value> = told.text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(&told, answers);
        for (request, answer) in requests.iter().zip(answers).step_by(7) {
            let one = service.post("/quotes", request.clone()).await;
            if answer.get("error").is_none() {
                assert_eq!((one.status, &one.body), (200, answer));
            } else {
                assert_eq!((one.status, one.problem()), (422, "invalid"), "{}", one.text);
                assert_eq!((&one.body["error"], &one.body["id"]), (&answer["error"], &answer["id"]));
            }
        }
    })
    .await;
}

#[tokio::test]
async fn one_that_cannot_be_answered_does_not_touch_its_neighbours() {
    on_both(async |service| {
        let fees = json!({"id": "f", "kind": "fees", "time_zone": "UTC", "currency": "USD", "period": {"from": "2026-01-01", "to": "2026-02-01"},
            "subscriptions": [{"name": "A", "monthly_fee": "9.99", "from": "2025-06-01T00:00:00Z", "to": null}]});
        let answers = lines(service, format!("{fees}\n\n{{\"id\": 2, \"kind\": \"call\"\n{{\"id\": 3, \"kind\": \"?\"}}\n{fees}")).await;
        let answers: Vec<Value> = answers.text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(answers.len(), 4);
        assert_eq!((&answers[0]["total"], &answers[3]["total"]), (&json!("9.99"), &json!("9.99")));
        assert_eq!(answers[1]["error"]["reason"], "invalid_request");
        assert_eq!((&answers[2]["id"], &answers[2]["error"]["pointer"]), (&json!(3), &json!("/kind")));
        let single = service.post("/quotes", json!({"id": 3, "kind": "?"})).await;
        assert_eq!((single.status, single.places(), &single.body["id"]), (422, vec!["/kind"], &json!(3)));
        let month = json!({"id": "f", "kind": "fees", "time_zone": "UTC", "currency": "USD", "period": {"from": "2026-13-01", "to": "2026-02-01"},
            "subscriptions": []});
        assert_eq!(service.post("/quotes", month).await.places(), ["/period/from"]);
        for (content_type, body, status) in
            [("application/json", "{", 400), ("application/json", "[1, 2", 400), ("text/csv", "a,b", 415)]
        {
            let request = service.request(Method::POST, "/quotes").header("content-type", content_type).body(body);
            assert_eq!(sent(request).await.status, status, "{body}");
        }
    })
    .await;
}
