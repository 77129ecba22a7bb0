//! Hostile inputs of the classes that these routes know, by their ids: the stated status, and nothing done.

use engine::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::service::{Reply, Service, on_both, sent};

/// The calls and the entries that there are.
async fn books(service: &Service) -> Value {
    let report = service.post("/books/check", json!({})).await;
    assert_eq!(report.body["faults"], json!([]));
    json!([report.body["calls"], report.body["entries"]])
}

async fn json_text(service: &Service, path: &str, text: &str) -> Reply {
    let request = service.request(Method::POST, path).header("content-type", "application/json");
    sent(request.body(text.to_owned())).await
}

#[tokio::test]
async fn charge_and_plan_by_table() {
    on_both(async |service| {
        service.caller().await;
        let before = books(service).await;
        for (id, path, body, stated) in [
            ("H036", "/call-events", r#"{"call_id": "c1", "event": "end", "duration_seconds": -60}"#, 422),
            ("H036", "/calls", r#"{"line": "0001", "to": "+15550100", "minutes": -60}"#, 422),
            ("H037", "/call-events", r#"{"call_id": "c1", "event": "end", "duration_seconds": 9223372036854775807}"#, 422),
            ("H037", "/calls", r#"{"line": "0001", "to": "+15550100", "minutes": 9223372036854775807}"#, 422),
            ("H038", "/call-events", r#"{"call_id": "c1", "event": "end", "duration_seconds": 1.5e308}"#, 400),
            ("H038", "/call-events", r#"{"call_id": "c1", "event": "end", "duration_seconds": 1.5e308, "minutes": "NaN"}"#, 400),
            ("H038", "/calls", r#"{"line": "0001", "to": "+15550100", "minutes": "NaN"}"#, 400),
            ("H038", "/calls", r#"{"line": "0001", "to": "+15550100", "minutes": 1.5e308}"#, 400),
            ("H038", "/calls", r#"{"line": "0001", "to": "+15550100", "minutes": NaN}"#, 400),
            ("H038", "/calls", r#"{"line": "0001", "to": "+15550100", "minutes": Infinity}"#, 400),
            ("H040", "/call-events", r#"{"call_id": "c1", "event": "start", "to": "0009", "at": "2026-10-25T02:30:00 Europe/Berlin"}"#, 400),
            ("H040", "/calls", r#"{"line": "0001", "to": "+15550100", "minutes": 1, "started_at": "2026-10-25T02:30:00"}"#, 400),
            ("H046", "/calls", r#"{"line": "0001", "minutes": 1, "to": "+15550100;phone-context=evil,,,9011"}"#, 422),
            ("H046", "/calls", r#"{"line": "0001", "minutes": 1, "to": "sip:evil@example.org"}"#, 422),
            ("H048", "/calls", r#"{"line": "0001", "minutes": 1, "to": "+15550100\r\nVariable: CHANNEL(hangup)=x\r\nApplication: System"}"#, 422),
            ("H048", "/call-events", r#"{"call_id": "c1", "event": "start", "to": "+15550100\r\nApplication: System\r\nData: rm"}"#, 422),
            ("H049", "/calls", r#"{"line": "0001", "to": "+15550100", "minutes": 1, "rate_per_min": 0}"#, 400),
            ("H059", "/payments", r#"{"customer": "cus_0", "method": "card", "amount": -5000}"#, 422),
            ("H060", "/payments", r#"{"customer": "cus_0", "method": "card", "amount": "1e3"}"#, 400),
            ("H060", "/payments", r#"{"customer": "cus_0", "method": "card", "amount": 0.1}"#, 400),
            ("H060", "/payments", r#"{"customer": "cus_0", "method": "card", "amount": "\u0661\u0660"}"#, 400),
            (
                "H100",
                "/plans",
                r#"{"name": "Two", "currency": "USD", "monthly_fee": "0", "rate": {"price_per_minute": "0.05"}, "discount_periods": [
                    {"day": "mon", "start": "08:00", "end": "10:00", "price_per_minute": "0.02"},
                    {"day": "mon", "start": "09:00", "end": "11:00", "price_per_minute": "0.03"}]}"#,
                422,
            ),
            ("H101", "/plans", r#"{"name": "Fine", "currency": "USD", "monthly_fee": "0", "rate": {"price_per_minute": "0.0200000000000000001"}}"#, 422),
        ] {
            let reply = json_text(service, path, body).await;
            assert_eq!(reply.status, stated, "{id} {body}: {}", reply.text);
            assert!(!reply.places().is_empty(), "{id}: {}", reply.text);
        }
        assert_eq!(books(service).await, before, "nothing is written");
        let single_over_every = r#"{"name": "One", "currency": "USD", "monthly_fee": "0", "rate": {"price_per_minute": "0.05"}, "discount_periods": [
            {"day": "mon", "start": "08:00", "end": "10:00", "price_per_minute": "0.02"},
            {"day": "every", "start": "09:00", "end": "11:00", "price_per_minute": "0.03"}]}"#;
        assert_eq!(json_text(service, "/plans", single_over_every).await.status, 201, "H100");
        // H100: both periods are named.
        let both = json_text(service, "/plans", r#"{"name": "Two", "currency": "USD", "monthly_fee": "0", "rate": {"price_per_minute": "0.05"},
            "discount_periods": [{"day": "mon", "start": "08:00", "end": "10:00", "price_per_minute": "0.02"},
                                 {"day": "mon", "start": "09:00", "end": "11:00", "price_per_minute": "0.03"}]}"#).await;
        let detail = both.body["detail"].as_str().unwrap();
        assert!(detail.contains("08:00") && detail.contains("09:00"), "{detail}");
    })
    .await;
}

/// How many customers and payments there are, beside the books.
async fn rows(service: &Service) -> Value {
    let count = async |path: &str| service.get(path).await.body["items"].as_array().map(Vec::len);
    let counts = (count("/customers").await, count("/payments").await, count("/credits").await);
    json!([books(service).await, counts.0, counts.1, counts.2])
}

#[tokio::test]
async fn h061_no_field_takes_the_number_of_a_card() {
    on_both(async |service| {
        let (customer, line) = service.caller().await;
        let agent = service.made("/agents", json!({"name": "Ada"})).await;
        let call = service.made("/calls", json!({"line": line, "to": "+15550100", "minutes": 1})).await;
        let person = service.person(&[Role::Customer], &[&customer], None).await;
        let before = rows(service).await;
        for card in
            ["4242424242424242", "4242 4242 4242 4242", "my card: 5555-5555-5555-4444.", "378282246310005 thanks"]
        {
            for (path, body, place) in [
                ("/customers".to_owned(), json!({"organisation": card, "mode": "prepaid"}), "/organisation"),
                (
                    "/customers".to_owned(),
                    json!({"first_name": card, "last_name": "B", "mode": "prepaid"}),
                    "/first_name",
                ),
                (
                    "/payments".to_owned(),
                    json!({"customer": customer, "amount": "1", "method": "cash", "reference": card}),
                    "/reference",
                ),
                (
                    "/credits".to_owned(),
                    json!({"customer": customer, "amount": "1", "kind": "credit", "reason": card}),
                    "/reason",
                ),
                (format!("/customers/{customer}/top-up-requests"), json!({"amount": "5.00", "note": card}), "/note"),
                (format!("/calls/{call}/refunds"), json!({"reason": card}), "/reason"),
                ("/agents".to_owned(), json!({"name": "Bo", "about": card}), "/about"),
            ] {
                let reply = service.post(&path, body).await;
                assert_eq!((reply.status, reply.places()), (422, vec![place]), "{path} {card}: {}", reply.text);
                assert!(!reply.text.contains(card), "{path}: the number is not told back: {}", reply.text);
            }
            let written = person.post("/messages", json!({"customer": customer, "agent": agent, "text": card})).await;
            assert_eq!((written.status, written.places()), (422, vec!["/text"]), "{card}: {}", written.text);
        }
        assert_eq!(rows(service).await, before, "nothing is written");
    })
    .await;
}

#[tokio::test]
async fn h048_no_byte_of_a_number_is_anything_else() {
    on_both(async |service| {
        let (_, line) = service.caller().await;
        let bytes: Vec<u8> = (0..=255).collect();
        let mut taken = Vec::new();
        for some in bytes.chunks(32) {
            let asked = some.iter().map(|byte| {
                let to = format!("+1555010{}9", char::from(*byte));
                service.post("/calls", json!({"line": line, "to": to, "minutes": 1}))
            });
            for (byte, reply) in some.iter().zip(futures::future::join_all(asked).await) {
                if reply.status == 201 {
                    let to = reply.body["to"].as_str().unwrap();
                    let is_e164 =
                        to.strip_prefix('+').is_some_and(|digits| digits.bytes().all(|digit| digit.is_ascii_digit()));
                    assert!(is_e164, "{byte}: {to:?}");
                    taken.push(char::from(*byte));
                } else {
                    assert_eq!(reply.status, 422, "{byte}: {}", reply.text);
                }
            }
        }
        // Digits, and what people write between them.
        assert!(taken.iter().all(|c| c.is_ascii_digit() || " -./()\u{a0}".contains(*c)), "{taken:?}");
        assert!(taken.len() >= 10, "{taken:?}");
        assert_eq!(books(service).await[0], json!(taken.len()), "of the others nothing is written");
    })
    .await;
}

#[tokio::test]
async fn h033_an_end_that_is_repeated_charges_once() {
    on_both(async |service| {
        let (customer, _) = service.caller().await;
        let report = |event: &Value| {
            let switch = service.anonymous(Method::POST, "/call-events").bearer_auth(service.key(Role::Switch));
            sent(switch.json(event))
        };
        report(&json!({"call_id": "c1", "event": "start", "from": "0001", "to": "+15550100"})).await;
        let end = json!({"call_id": "c1", "event": "end", "duration_seconds": 61});
        let mut answers = Vec::new();
        for _ in 0..4 {
            answers.extend(futures::future::join_all((0..50).map(|_| report(&end))).await);
        }
        let first = &answers[0];
        for answer in &answers {
            assert_eq!((answer.status, &answer.body["price"]), (200, &first.body["price"]), "{}", answer.text);
        }
        assert_eq!(first.body["price"]["total"], "0.10");
        let balance = service.get(&format!("/customers/{customer}/balance")).await;
        assert_eq!(balance.body["balance"], "-0.10");
    })
    .await;
}

#[tokio::test]
async fn export_shows_names_and_runs_none() {
    on_both(async |service| {
        let plan = service.plan("Basic", "0.05").await;
        let names = [
            ("H083", "=cmd|'/C calc'!A0", "\"'=cmd|'/C calc'!A0\""),
            ("H084", "+1+1", "\"'+1+1\""),
            ("H086", "@SUM(1)", "\"'@SUM(1)\""),
            // The tab is cut off with the blanks around a name before it is stored.
            ("H087", "\t=1", "\"'=1\""),
            ("H089", "=HYPERLINK(\"http://evil\")", "\"'=HYPERLINK(\"\"http://evil\"\")\""),
        ];
        for (number, (_, name, _)) in names.iter().enumerate() {
            let customer = service.customer(name).await;
            let line = service.line(&customer, &format!("010{number}"), &plan).await;
            service.made("/calls", json!({"line": line, "to": "+15550100", "minutes": 1})).await;
        }
        let csv = sent(service.request(Method::GET, "/calls.csv")).await;
        for (id, _, cell) in names {
            assert!(csv.text.contains(&format!(",{cell},")), "{id}: {}", csv.text);
        }
        assert_eq!(csv.text.matches("\"'+15550100\"").count(), names.len());
        for line in csv.text.split_terminator("\r\n") {
            let cells = line.trim_matches('"').split("\",\"");
            let dangerous = |cell: &str| cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
            assert_eq!(cells.filter(|cell| dangerous(cell)).count(), 0, "{line}");
        }
    })
    .await;
}

#[tokio::test]
async fn http_by_table() {
    on_both(async |service| {
        let deep = "[".repeat(100_000);
        for path in ["/customers", "/plans", "/calls", "/call-events", "/quotes", "/payments", "/agents", "/keys"] {
            for text in [deep.clone(), format!("{{\"a\": {deep}"), format!("{}{}", deep, "]".repeat(100_000))] {
                let reply = json_text(service, path, &text).await;
                assert!([400, 413].contains(&reply.status), "H109 {path}: {} {}", reply.status, reply.text);
            }
        }
        for (id, method, path, stated) in [
            ("H114", "TRACE", "/", vec![404, 405, 401]),
            ("H114", "TRACE", "/api/v1/customers", vec![404, 405, 401]),
            ("H114", "PUT", "/.env", vec![404, 405, 401]),
            ("H114", "GET", "/.git/config", vec![404, 405, 401]),
            ("H114", "GET", "/metrics", vec![404, 405, 401]),
            ("H114", "GET", "/docs/../.git/config", vec![404, 405, 401]),
            ("H114", "GET", "/docs/%2e%2e%2f.env", vec![404, 405, 401]),
        ] {
            let reply = sent(service.bare(method.parse().unwrap(), path)).await;
            assert!(stated.contains(&reply.status), "{id} {method} {path}: {}", reply.status);
        }
        // H112: where a request says that it comes from changes nothing.
        let forwarded = |request: reqwest::RequestBuilder| request.header("x-forwarded-for", "127.0.0.1");
        assert_eq!(sent(forwarded(service.bare(Method::GET, "/health"))).await.status, 200, "H112");
        assert_eq!(sent(forwarded(service.anonymous(Method::GET, "/customers"))).await.status, 401, "H112");
    })
    .await;
}
