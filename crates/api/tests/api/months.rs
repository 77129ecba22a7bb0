//! Closing months, over HTTP.

use engine::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::service::{Service, on_both, sent};

/// The months, the newest first, with their states.
async fn months(service: &Service) -> Vec<String> {
    let listed = service.get("/months").await.body;
    let word = |month: &Value| format!("{} {}", month["month"].as_str().unwrap(), month["state"].as_str().unwrap());
    listed["items"].as_array().unwrap().iter().map(word).collect()
}

#[tokio::test]
async fn a_month_is_closed_when_it_is_over_and_billed() {
    on_both(async |service| {
        let (acme, line) = service.subscriber("Acme", "0001").await;
        service.made("/calls", json!({"line": line, "to": "+442079460018", "minutes": 10})).await;
        assert_eq!(months(service).await, ["2026-10 open", "2026-09 open"]);
        let close = async |month: &str| service.post("/months", json!({"month": month})).await;
        let early = close("2026-10").await;
        assert_eq!((early.status, early.problem()), (409, "wrong-state"), "{}", early.text);
        assert!(early.body["detail"].as_str().unwrap().starts_with("2026-10 has not ended"), "{}", early.text);
        service.comes("2026-11-01T00:00:00Z").await;
        let unbilled = close("2026-10").await;
        assert_eq!((unbilled.status, &unbilled.body["customer"]), (409, &json!(acme)), "{}", unbilled.text);
        service.made("/bill-runs", json!({})).await;
        let closed = close("2026-10").await;
        assert_eq!(closed.status, 201, "{}", closed.text);
        let closed = closed.body;
        assert_eq!(
            (&closed["month"], &closed["state"], &closed["from"]),
            (&json!("2026-10"), &json!("closed"), &Value::Null)
        );
        // The call of 0.50; the fee was billed on the first of November.
        assert_eq!(closed["seal"]["sums"], json!([{"currency": "USD", "entries": 1, "amount": "0.50"}]));
        assert_eq!((&closed["seal"]["entries"], &closed["seal"]["previous_hash"]), (&json!(1), &Value::Null));
        assert_eq!(closed["seal"]["hash"].as_str().map(str::len), Some(64));
        assert_eq!(months(service).await, ["2026-11 open", "2026-10 closed"]);
        assert_eq!(service.get("/months").await.body["items"][1], closed);
        for month in ["2026-10", "2026-03"] {
            let again = close(month).await;
            assert_eq!((again.status, again.problem()), (409, "wrong-state"), "{}", again.text);
        }
        // A call of October that comes now is charged now, and keeps its own times.
        let late = json!({"line": line, "to": "+442079460018", "answered_at": "2026-10-31T12:00:00Z",
            "ended_at": "2026-10-31T12:10:00Z"});
        let late = service.made("/calls", late).await;
        let call = service.get(&format!("/calls/{late}")).await.body;
        assert_eq!(call["call"]["ended_at"], "2026-10-31T12:10:00Z");
        let journal = service.get("/reports/journal?from=2026-11-01&to=2026-12-01&limit=500").await.body;
        assert!(
            journal["items"].as_array().unwrap().iter().any(|entry| entry["reference"] == json!(late)),
            "{journal}"
        );
        // So is a payment that was received then.
        let paid = json!({"customer": acme, "amount": "3.00", "method": "transfer",
            "received_at": "2026-10-31T12:00:00Z"});
        service.made("/payments", paid).await;
        let paid = service.get("/payments").await.body["items"][0].clone();
        assert_eq!(paid["received_at"], "2026-10-31T12:00:00Z");
        assert_eq!(service.get("/months").await.body["items"][1], closed);
        assert_eq!(service.post("/books/check", json!({})).await.body["faults"], json!([]));
        service.comes("2027-01-01T00:00:00Z").await;
        service.made("/bill-runs", json!({})).await;
        let skipping = close("2026-12").await;
        assert!(
            skipping.body["detail"].as_str().unwrap().ends_with("close 2026-11 before 2026-12"),
            "{}",
            skipping.text
        );
        let next = close("2026-11").await.body;
        assert_eq!(next["seal"]["previous_hash"], closed["seal"]["hash"]);
        assert_eq!(next["from"], closed["to"]);
        assert_eq!(months(service).await, ["2027-01 open", "2026-12 open", "2026-11 closed", "2026-10 closed"]);
        assert_eq!(service.post("/books/check", json!({})).await.body["faults"], json!([]));
    })
    .await;
}

#[tokio::test]
async fn who_closes_months_and_how_it_is_asked() {
    on_both(async |service| {
        service.subscriber("Acme", "0001").await;
        service.comes("2026-12-01T00:00:00Z").await;
        service.made("/bill-runs", json!({})).await;
        for (body, status) in [
            (json!({"month": "2026-13"}), 422),
            (json!({"month": "October"}), 422),
            (json!({"month": "2026-10-01"}), 422),
            (json!({}), 422),
            (json!({"month": "2026-10", "by": "me"}), 422),
        ] {
            let refused = service.post("/months", body.clone()).await;
            assert!(refused.status == status || refused.status == 400, "{body}: {}", refused.text);
        }
        let october = json!({"month": "2026-10"});
        for role in [Role::Auditor, Role::Coordinator, Role::Switch] {
            let asked = service.anonymous(Method::POST, "/months").bearer_auth(service.key(role)).json(&october);
            assert_eq!(sent(asked).await.status, 403, "{role:?}");
        }
        let as_clerk = async |key: &str, body: &Value| {
            let request = service.anonymous(Method::POST, "/months").bearer_auth(service.key(Role::Clerk));
            sent(request.header("idempotency-key", key).json(body)).await
        };
        let once = as_clerk("k1", &october).await;
        let again = as_clerk("k1", &october).await;
        assert_eq!((once.status, again.status, &once.body), (201, 201, &again.body), "{}", again.text);
        let other = as_clerk("k1", &json!({"month": "2026-11"})).await;
        assert_eq!((other.status, other.problem()), (409, "idempotency-key-reused"));
        for role in [Role::Owner, Role::Admin, Role::Clerk, Role::Auditor] {
            let asked = service.anonymous(Method::GET, "/months").bearer_auth(service.key(role));
            assert_eq!(sent(asked).await.status, 200, "{role:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn months_are_those_of_the_tenants_own_clocks() {
    on_both(async |service| {
        let tenant = service.get("/tenant").await;
        let mut settings = tenant.body["settings"].clone();
        settings["time_zone"] = json!("America/Toronto");
        let etag = tenant.header("etag").to_owned();
        let body = json!({"name": tenant.body["name"], "settings": settings});
        let set = sent(service.request(Method::PUT, "/tenant").header("if-match", etag).json(&body)).await;
        assert_eq!(set.status, 200, "{}", set.text);
        service.comes("2026-11-01T03:59:59Z").await;
        assert_eq!(service.post("/months", json!({"month": "2026-10"})).await.status, 409);
        service.comes("2026-11-01T04:00:00Z").await;
        let closed = service.post("/months", json!({"month": "2026-10"})).await;
        assert_eq!((closed.status, &closed.body["to"]), (201, &json!("2026-11-01T04:00:00Z")), "{}", closed.text);
    })
    .await;
}
