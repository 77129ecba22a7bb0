//! Promotional credit, transfers and refunds.

use engine::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::service::{Reply, Service, on_both, sent};

/// A prepaid customer with so much on the account, and a line of this number at a cent a second.
async fn prepaid(service: &Service, number: &str, paid: &str) -> String {
    let plan = json!({"name": number, "kind": "prepaid", "currency": "USD",
        "rate": {"price_per_minute": "0.60", "increment_seconds": 1}});
    let plan = service.made("/plans", plan).await;
    let customer = service.made("/customers", json!({"organisation": number, "mode": "prepaid"})).await;
    service.made("/lines", json!({"customer": customer, "number": number, "plan": plan})).await;
    if paid != "0" {
        service.made("/payments", json!({"customer": customer, "amount": paid, "method": "card"})).await;
    }
    customer
}

async fn give(service: &Service, customer: &str, amount: &str) -> Reply {
    let credit = json!({"customer": customer, "kind": "promotional", "amount": amount, "reason": "welcome"});
    service.post("/credits", credit).await
}

/// Balance, promotional credit and paid money.
async fn pots(service: &Service, customer: &str) -> Vec<String> {
    let shown = service.get(&format!("/customers/{customer}/balance")).await.body;
    ["balance", "promotional", "paid"].map(|field| shown[field].as_str().unwrap().to_owned()).to_vec()
}

async fn books_are_right(service: &Service) {
    let checked = sent(service.request(Method::POST, "/books/check")).await;
    assert_eq!(checked.body["faults"], json!([]), "{}", checked.text);
}

#[tokio::test]
async fn a_balance_shows_its_pots() {
    on_both(async |service| {
        let ida = prepaid(service, "0001", "5.00").await;
        let given = give(service, &ida, "2.00").await;
        assert_eq!((given.status, &given.body["kind"]), (201, &json!("promotional")), "{}", given.text);
        assert_eq!(pots(service, &ida).await, ["7.00", "2.00", "5.00"]);
        let acme = service.customer("Acme").await;
        let refused = give(service, &acme, "2.00").await;
        assert_eq!((refused.status, refused.problem(), refused.places()), (409, "wrong-mode", vec!["/kind"]));
        assert_eq!(give(service, &ida, "-1.00").await.places(), ["/amount"]);
        let line = service.get("/lines?number=0001").await.body["items"][0]["id"].as_str().unwrap().to_owned();
        service.made("/calls", json!({"line": line, "to": "+442079460018", "minutes": 5})).await;
        assert_eq!(pots(service, &ida).await, ["4.00", "0.00", "4.00"]);
        let ledger = service.get(&format!("/customers/{ida}/ledger")).await;
        let promotional = |kind: &str| {
            let entries = ledger.body["items"].as_array().unwrap();
            entries.iter().find(|entry| entry["kind"] == kind).unwrap()["promotional"].clone()
        };
        assert_eq!(
            ["call", "promotional", "payment"].map(promotional),
            ["2.00", "2.00", "0.00"].map(|text| json!(text))
        );
        books_are_right(service).await;
    })
    .await;
}

#[tokio::test]
async fn transfers_by_table() {
    on_both(async |service| {
        let (ida, bob) = (prepaid(service, "0001", "5.00").await, prepaid(service, "0002", "0").await);
        let acme = service.customer("Acme").await;
        give(service, &ida, "2.00").await;
        let body = |to: &str, amount: Value| json!({"to": to, "amount": amount, "reason": "a birthday"});
        let euros = json!({"to": bob, "amount": "1", "currency": "EUR", "reason": "x"});
        for (from, body, status, problem, places) in [
            (&ida, body(&bob, json!("5.01")), 402, "insufficient-balance", vec!["/amount"]),
            (&ida, body(&bob, json!("0")), 422, "invalid", vec!["/amount"]),
            (&ida, body(&bob, json!("-1.00")), 422, "invalid", vec!["/amount"]),
            (&ida, body(&bob, json!(1)), 400, "unreadable", vec!["/amount"]),
            (&ida, body(&ida, json!("1")), 422, "invalid", vec!["/to"]),
            (&ida, body("cus_none", json!("1")), 422, "invalid", vec!["/to"]),
            (&ida, body(&acme, json!("1")), 409, "wrong-mode", vec![]),
            (&acme, body(&ida, json!("1")), 409, "wrong-mode", vec![]),
            (&ida, euros, 409, "wrong-currency", vec!["/currency"]),
            (&ida, json!({"to": bob, "amount": "1", "reason": " "}), 422, "invalid", vec!["/reason"]),
            (&"cus_none".to_owned(), body(&bob, json!("1")), 404, "not-found", vec![]),
        ] {
            let reply = service.post(&format!("/customers/{from}/transfers"), body.clone()).await;
            assert_eq!(
                (reply.status, reply.problem(), reply.places()),
                (status, problem, places),
                "{body}: {}",
                reply.text
            );
            if status == 402 {
                assert_eq!((&reply.body["available"], &reply.body["required"]), (&json!("5.00"), &json!("5.01")));
            }
        }
        let path = format!("/customers/{ida}/transfers");
        let once = || service.request(Method::POST, &path).header("idempotency-key", "gift-1");
        for replayed in ["", "true"] {
            let made = sent(once().json(&body(&bob, json!("4.00")))).await;
            assert_eq!((made.status, &made.body["amount"]), (201, &json!("4.00")), "{}", made.text);
            assert_eq!(made.header("idempotency-replayed"), replayed);
        }
        let other = sent(once().json(&body(&bob, json!("1.00")))).await;
        assert_eq!((other.status, other.problem()), (409, "idempotency-key-reused"));
        assert_eq!(pots(service, &ida).await, ["3.00", "2.00", "1.00"]);
        assert_eq!(pots(service, &bob).await, ["4.00", "0.00", "4.00"]);
        // Neither of the two learns who the other is.
        let own = service.person(&[Role::Customer], &[&bob], None).await;
        let ledger = own.get(&format!("/customers/{bob}/ledger")).await;
        let entry = &ledger.body["items"][0];
        assert_eq!((&entry["kind"], &entry["from"]), (&json!("transfer"), &json!("tenant")), "{}", ledger.text);
        assert!(!ledger.text.contains(&ida));
        books_are_right(service).await;
    })
    .await;
}

#[tokio::test]
async fn refunds_by_table() {
    on_both(async |service| {
        let ida = prepaid(service, "0001", "5.00").await;
        give(service, &ida, "2.00").await;
        let line = service.get("/lines?number=0001").await.body["items"][0]["id"].as_str().unwrap().to_owned();
        let call = service.made("/calls", json!({"line": line, "to": "+442079460018", "minutes": 5})).await;
        let (_, postpaid) = service.subscriber("Acme", "0002").await;
        let invoiced = service.made("/calls", json!({"line": postpaid, "to": "+442079460018", "minutes": 5})).await;
        let reason = "bad line";
        for (call, body, status, problem, places) in [
            (&call, json!({"amount": "3.01", "reason": reason}), 409, "wrong-state", vec!["/amount"]),
            (&call, json!({"amount": "0", "reason": reason}), 422, "invalid", vec!["/amount"]),
            (&call, json!({"amount": -1, "reason": reason}), 422, "invalid", vec!["/amount"]),
            (&call, json!({"amount": "1"}), 400, "unreadable", vec![]),
            (&call, json!({"reason": ""}), 422, "invalid", vec!["/reason"]),
            (&invoiced, json!({"reason": reason}), 409, "wrong-state", vec![]),
            (&"call_none".to_owned(), json!({"reason": reason}), 404, "not-found", vec![]),
        ] {
            let reply = service.post(&format!("/calls/{call}/refunds"), body.clone()).await;
            assert_eq!((reply.status, reply.problem()), (status, problem), "{body}: {}", reply.text);
            assert!(status == 400 || reply.places() == places, "{body}: {}", reply.text);
        }
        let path = format!("/calls/{call}/refunds");
        let part = service.post(&path, json!({"amount": "0.50", "reason": reason})).await;
        assert_eq!((part.status, &part.body["promotional"]), (201, &json!("0.00")), "{}", part.text);
        let beyond = service.post(&path, json!({"amount": "2.51", "reason": reason})).await;
        assert_eq!((beyond.status, &beyond.body["left"]), (409, &json!("2.50")), "{}", beyond.text);
        let shown = service.get(&format!("/calls/{call}")).await;
        assert_eq!((&shown.body["refunded"], &shown.body["call"]["price"]["total"]), (&json!("0.50"), &json!("3.00")));
        let once = || service.request(Method::POST, &path).header("idempotency-key", "rest");
        for replayed in ["", "true"] {
            let rest = sent(once().json(&json!({"amount": null, "reason": reason}))).await;
            assert_eq!(rest.header("idempotency-replayed"), replayed, "{}", rest.text);
            let told = ["amount", "promotional", "refunded"].map(|field| rest.body[field].clone());
            assert_eq!(told, ["2.50", "2.00", "3.00"].map(|text| json!(text)));
        }
        let again = service.post(&path, json!({"reason": reason})).await;
        assert_eq!((again.status, again.problem()), (409, "wrong-state"));
        assert_eq!(pots(service, &ida).await, ["7.00", "2.00", "5.00"]);
        // The customer sees each refund as one entry, and what was refunded.
        let own = service.person(&[Role::Customer], &[&ida], None).await;
        let seen = own.get(&format!("/calls/{call}")).await;
        assert_eq!(seen.body["refunded"], "3.00", "{}", seen.text);
        let entries = seen.body["entries"].as_array().unwrap();
        let amounts: Vec<&str> = entries.iter().map(|entry| entry["amount"].as_str().unwrap()).collect();
        assert_eq!(amounts, ["3.00", "0.50", "2.50"]);
        let credits = service.get(&format!("/credits?customer={ida}")).await;
        let kinds: Vec<&str> =
            credits.body["items"].as_array().unwrap().iter().map(|item| item["kind"].as_str().unwrap()).collect();
        assert_eq!(kinds, ["refund", "refund", "promotional"]);
        books_are_right(service).await;
    })
    .await;
}
