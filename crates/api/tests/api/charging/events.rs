//! Services charged once.

use engine::Role;
use reqwest::Method;
use serde_json::{Value, json};

use super::purse;
use crate::service::{Reply, Service, on_both, sent};

async fn charge(service: &Service, body: &Value) -> Reply {
    service.switch(Method::POST, "/events", None, body.clone()).await
}

fn with(body: &Value, more: Value) -> Value {
    let mut body = body.clone();
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    body
}

/// Taxes 20 % from the year's beginning on.
async fn tax(service: &Service) {
    let rates = json!([{"name": "VAT", "rate": "0.20", "valid_from": "2026-01-01T00:00:00Z"}]);
    let settings = json!({"currency": "USD", "time_zone": "UTC", "tax_rates": rates});
    let put = service.request(Method::PUT, "/tenant").header("if-match", "\"1\"");
    let put = sent(put.json(&json!({"name": "Helpline", "settings": settings}))).await;
    assert_eq!(put.status, 200, "{}", put.text);
}

#[tokio::test]
async fn a_prepaid_customer_pays_at_once_and_one_request_once() {
    on_both(async |service| {
        tax(service).await;
        let (customer, line) = service.talker("1.00", "0001").await;
        let event = json!({"origin": "sms:1", "line": "0001", "amount": "0.60", "description": "Ring tone"});
        let first = charge(service, &event).await;
        assert_eq!((first.status, first.header("idempotency-replayed")), (201, ""), "{}", first.text);
        let fields = ["customer", "line", "amount", "tax", "currency"].map(|field| first.body[field].clone());
        assert_eq!(fields, [json!(customer), json!(line), json!("0.60"), json!("0.10"), json!("USD")]);
        let again = charge(service, &event).await;
        assert_eq!((again.status, &again.text, again.header("idempotency-replayed")), (201, &first.text, "true"));
        let other = charge(service, &with(&event, json!({"amount": "0.10"}))).await;
        assert_eq!((other.status, other.problem()), (409, "idempotency-key-reused"));
        let stranger = sent(service.request(Method::POST, "/charging/events").json(&event)).await;
        assert_eq!((stranger.status, stranger.problem()), (409, "origin-taken"));

        let refused = charge(service, &with(&event, json!({"origin": "sms:2"}))).await;
        assert_eq!((refused.status, refused.problem()), (402, "insufficient-balance"));
        let figures = ["available", "required", "currency"].map(|figure| refused.body[figure].clone());
        assert_eq!(figures, [json!("0.40"), json!("0.60"), json!("USD")]);
        // What was refused has left its origin free, and what calls hold is not there.
        let id = service.session_of("pbx:1", &line).await;
        assert_eq!(service.purse(&customer).await, purse("0.40", "0.40"));
        assert_eq!(charge(service, &with(&event, json!({"origin": "sms:2", "amount": "0.01"}))).await.status, 402);
        service.release(&id).await;
        assert_eq!(charge(service, &with(&event, json!({"origin": "sms:2", "amount": "0.40"}))).await.status, 201);
        assert_eq!(service.purse(&customer).await, purse("0.00", "0.00"));
        let ledger = service.get(&format!("/customers/{customer}/ledger")).await;
        let entries = ledger.body["items"].as_array().unwrap();
        assert_eq!(entries.iter().filter(|entry| entry["kind"] == "event").count(), 2, "{}", ledger.text);
        assert_eq!(service.faults().await, json!([]));
    })
    .await;
}

#[tokio::test]
async fn twenty_at_once_are_charged_once_and_what_is_not_there_is_not_taken() {
    on_both(async |service| {
        let (customer, _) = service.talker("1.00", "0001").await;
        let event = json!({"origin": "sms:1", "customer": customer, "amount": "0.30", "description": "Ring tone"});
        let same = futures::future::join_all((0..20).map(|_| charge(service, &event))).await;
        let news = same.iter().filter(|reply| reply.header("idempotency-replayed").is_empty()).count();
        assert!(same.iter().all(|reply| reply.status == 201 && reply.text == same[0].text), "{}", same[0].text);
        assert_eq!((news, service.purse(&customer).await), (1, purse("0.70", "0.00")));
        let others: Vec<Value> = (0..20).map(|at| with(&event, json!({"origin": format!("sms:b{at}")}))).collect();
        let replies = futures::future::join_all(others.iter().map(|event| charge(service, event))).await;
        let of = |status: u16| replies.iter().filter(|reply| reply.status == status).count();
        assert_eq!((of(201), of(402)), (2, 18));
        assert_eq!(service.purse(&customer).await, purse("0.10", "0.00"));
        assert_eq!(service.faults().await, json!([]));
    })
    .await;
}

#[tokio::test]
async fn a_postpaid_customer_finds_it_on_the_next_invoice_within_the_credit_limit() {
    on_both(async |service| {
        tax(service).await;
        let (customer, line) = service.caller().await;
        let path = format!("/customers/{customer}/credit-limit");
        let limit =
            service.request(Method::PUT, &path).header("if-match", "\"1\"").json(&json!({"credit_limit": "5.00"}));
        let limit = sent(limit).await;
        assert_eq!(limit.status, 200, "{}", limit.text);
        let event = json!({"origin": "dir:1", "line": line, "amount": "3.00", "description": "Directory entry"});
        let charged = charge(service, &event).await;
        assert_eq!((charged.status, &charged.body["tax"]), (201, &json!("0.00")), "{}", charged.text);
        let refused = charge(service, &with(&event, json!({"origin": "dir:2"}))).await;
        assert_eq!((refused.status, &refused.body["available"]), (402, &json!("2.00")), "{}", refused.text);
        assert_eq!(service.purse(&customer).await, purse("-3.00", "0.00"));
        assert_eq!(service.faults().await, json!([]));

        service.comes("2026-11-01T00:00:00Z").await;
        let invoice = service.invoiced(&customer).await;
        let invoice = service.get(&format!("/invoices/{invoice}")).await.body;
        let lines = invoice["lines"].as_array().unwrap();
        let of_event = lines.iter().find(|line| line["name"] == "Directory entry").unwrap();
        assert_eq!(
            (&of_event["kind"], &of_event["amount"], &of_event["number"]),
            (&json!("item"), &json!("3.00"), &json!("0001"))
        );
        assert_eq!(
            (&invoice["net"], &invoice["tax"], &invoice["total"]),
            (&json!("3.00"), &json!("0.60"), &json!("3.60"))
        );
        assert_eq!(service.purse(&customer).await, purse("-3.60", "0.00"));
        assert_eq!(service.faults().await, json!([]));
        // It is on that invoice alone.
        service.comes("2026-12-01T00:00:00Z").await;
        let next = service.get(&format!("/customers/{customer}/invoices/preview")).await;
        assert!(!next.text.contains("Directory entry"), "{}", next.text);
    })
    .await;
}

#[tokio::test]
async fn events_that_are_not_charged() {
    on_both(async |service| {
        let (customer, line) = service.talker("5.00", "0001").await;
        let (_, closed) = service.talker("5.00", "0003").await;
        let (_, suspended) = service.talker("5.00", "0004").await;
        let close = service.request(Method::POST, &format!("/lines/{closed}/close")).header("if-match", "\"1\"");
        assert_eq!(sent(close).await.status, 200);
        let put = service.request(Method::PUT, &format!("/lines/{suspended}/suspensions/manual")).json(&json!({}));
        assert_eq!(sent(put).await.status, 200);
        let foreign = service.anonymous(Method::POST, "/customers").bearer_auth(&service.foreign_key);
        let foreign =
            sent(foreign.json(&json!({"organisation": "Elsewhere", "mode": "postpaid"}))).await.body["id"].clone();
        let event = json!({"origin": "sms:1", "amount": "1.00", "description": "Ring tone"});
        let of = |more: Value| with(&with(&event, json!({"line": line})), more);
        for (body, status, problem, place) in [
            (event.clone(), 422, "invalid", "/line"),
            (of(json!({"customer": customer})), 422, "invalid", "/customer"),
            (with(&event, json!({"customer": "cus_none"})), 422, "invalid", "/customer"),
            (with(&event, json!({"customer": foreign})), 422, "invalid", "/customer"),
            (of(json!({"line": "lin_none"})), 422, "invalid", "/line"),
            (of(json!({"line": "4711"})), 422, "invalid", "/line"),
            (of(json!({"line": "reception"})), 422, "invalid", "/line"),
            (of(json!({"line": closed})), 409, "wrong-state", ""),
            (of(json!({"line": suspended})), 409, "wrong-state", ""),
            (of(json!({"amount": "0"})), 422, "invalid", "/amount"),
            (of(json!({"amount": "-1.00"})), 422, "invalid", "/amount"),
            (of(json!({"amount": -1})), 422, "invalid", "/amount"),
            (of(json!({"amount": 1})), 400, "unreadable", "/amount"),
            (of(json!({"amount": "0.0000001"})), 422, "invalid", "/amount"),
            (of(json!({"amount": "99999999999999"})), 422, "invalid", "/amount"),
            (of(json!({"currency": "EUR"})), 409, "wrong-currency", "/currency"),
            (of(json!({"currency": "dollars"})), 422, "invalid", "/currency"),
            (of(json!({"origin": ""})), 422, "invalid", "/origin"),
            (of(json!({"origin": "a\u{7}"})), 422, "invalid", "/origin"),
            (of(json!({"description": " "})), 422, "invalid", "/description"),
            (of(json!({"description": "x".repeat(201)})), 422, "invalid", "/description"),
            (of(json!({"quantity": 2})), 400, "unreadable", "/quantity"),
            (of(json!({"amount": "9000000000000"})), 402, "insufficient-balance", ""),
        ] {
            let reply = charge(service, &body).await;
            assert_eq!((reply.status, reply.problem()), (status, problem), "{body}: {}", reply.text);
            assert_eq!(reply.places().first().copied().unwrap_or_default(), place, "{body}: {}", reply.text);
        }
        let nameless = json!({"line": line, "amount": "1.00", "description": "Ring tone"});
        assert_eq!(charge(service, &nameless).await.places(), ["/origin"]);
        let clerk = service.anonymous(Method::POST, "/charging/events").bearer_auth(service.key(Role::Clerk));
        assert_eq!(sent(clerk.json(&of(json!({})))).await.status, 403);
        let ledger = service.get(&format!("/customers/{customer}/ledger")).await;
        let kinds: Vec<&Value> = ledger.body["items"].as_array().unwrap().iter().map(|entry| &entry["kind"]).collect();
        assert_eq!(kinds, ["payment"]);
        assert_eq!(service.purse(&customer).await, purse("5.00", "0.00"));
        assert_eq!(service.faults().await, json!([]));
        assert_eq!(charge(service, &of(json!({}))).await.status, 201, "and the origin is free");
    })
    .await;
}
