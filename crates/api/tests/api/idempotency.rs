//! The same key, the same request: the same answer, and one effect.

use engine::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::service::{Reply, Service, on_both, sent};

async fn pay(service: &Service, key: &str, body: &Value) -> Reply {
    sent(service.request(Method::POST, "/payments").header("idempotency-key", key).json(body)).await
}

async fn balance(service: &Service, customer: &str) -> String {
    service.get(&format!("/customers/{customer}/balance")).await.body["balance"].as_str().unwrap().to_owned()
}

/// H043 of the hostile inputs.
#[tokio::test]
async fn a_repeated_request_has_one_effect_and_one_answer() {
    on_both(async |service| {
        let customer = service.customer("Harbour Radio").await;
        let twenty = json!({"customer": customer, "amount": "20.00", "method": "cash"});
        let first = pay(service, "k1", &twenty).await;
        assert_eq!((first.status, first.header("idempotency-replayed")), (201, ""), "{}", first.text);
        let again = pay(service, "k1", &twenty).await;
        assert_eq!((again.status, again.header("idempotency-replayed")), (201, "true"));
        assert_eq!(again.text, first.text);
        let other = json!({"customer": customer, "amount": "21.00", "method": "cash"});
        let reused = pay(service, "k1", &other).await;
        assert_eq!((reused.status, reused.problem()), (409, "idempotency-key-reused"));
        let elsewhere = service.request(Method::POST, "/credits").header("idempotency-key", "k1");
        assert_eq!(
            sent(elsewhere.json(&json!({"customer": customer, "kind": "credit", "amount": "1", "reason": "x"})))
                .await
                .status,
            409
        );
        assert_eq!(balance(service, &customer).await, "20.00");
        assert_eq!(pay(service, "k2", &twenty).await.status, 201);
        assert_eq!(service.post("/payments", twenty.clone()).await.status, 201);
        assert_eq!(balance(service, &customer).await, "60.00");
        // Another sender's keys are another space.
        let clerk = service.anonymous(Method::POST, "/payments").bearer_auth(service.key(Role::Clerk));
        let theirs = sent(clerk.header("idempotency-key", "k1").json(&twenty)).await;
        assert_eq!((theirs.status, theirs.header("idempotency-replayed")), (201, ""));
        assert_eq!(balance(service, &customer).await, "80.00");
    })
    .await;
}

#[tokio::test]
async fn a_refusal_leaves_the_key_free() {
    on_both(async |service| {
        let customer = service.customer("Harbour Radio").await;
        let negative = json!({"customer": customer, "amount": "-5.00", "method": "cash"});
        assert_eq!(pay(service, "k1", &negative).await.status, 422);
        let five = json!({"customer": customer, "amount": "5.00", "method": "cash"});
        assert_eq!(pay(service, "k1", &five).await.status, 201);
        assert_eq!(balance(service, &customer).await, "5.00");
        for key in ["", "a b", &"x".repeat(256), "\u{e4}"] {
            let reply = pay(service, key, &five).await;
            assert_eq!((reply.status, reply.places()), (400, vec!["Idempotency-Key"]), "{key}");
        }
        assert_eq!(pay(service, &"x".repeat(255), &five).await.status, 201);
    })
    .await;
}

#[tokio::test]
async fn fifty_at_once_have_one_effect() {
    on_both(async |service| {
        let (customer, line) = service.caller().await;
        let call = json!({"line": line, "to": "+442079460018", "minutes": "2", "origin": "bridge:1"});
        let requests = (0..50)
            .map(|_| sent(service.request(Method::POST, "/calls").header("idempotency-key", "call-1").json(&call)));
        let replies = futures::future::join_all(requests).await;
        let replayed = replies.iter().filter(|reply| reply.header("idempotency-replayed") == "true").count();
        assert_eq!(replayed, 49);
        for reply in &replies {
            assert_eq!((reply.status, &reply.text), (201, &replies[0].text));
        }
        assert_eq!(balance(service, &customer).await, "-0.10");
    })
    .await;
}

#[tokio::test]
async fn a_confirmed_rerating_is_confirmed_once() {
    on_both(async |service| {
        let (customer, line) = service.caller().await;
        service.made("/calls", json!({"line": line, "to": "0009", "minutes": 10})).await;
        assert_eq!(balance(service, &customer).await, "-0.50");
        let dear = service.plan("Dear", "0.07").await;
        let version = service.get(&format!("/plans/{dear}")).await.body["in_force"]["id"].clone();
        let month = json!({"from": "2026-10-01T00:00:00Z", "to": "2026-11-01T00:00:00Z", "plan_version": version});
        let proposed = service.post("/reratings", month).await;
        assert_eq!((proposed.status, &proposed.body["changed"]), (201, &json!(1)), "{}", proposed.text);
        let id = proposed.body["id"].as_str().unwrap();
        let changed = service.get(&format!("/reratings/{id}/calls")).await;
        assert_eq!(
            (&changed.body["items"][0]["before"], &changed.body["items"][0]["after"]),
            (&json!("0.50"), &json!("0.70"))
        );
        assert_eq!(balance(service, &customer).await, "-0.50");
        let confirm = || service.request(Method::POST, &format!("/reratings/{id}/confirm")).json(&json!({}));
        let first = sent(confirm().header("idempotency-key", "k1")).await;
        assert_eq!((first.status, &first.body["difference"]), (200, &json!("0.20")), "{}", first.text);
        let again = sent(confirm().header("idempotency-key", "k1")).await;
        assert_eq!((again.status, again.text.as_str()), (200, first.text.as_str()));
        assert_eq!(again.header("idempotency-replayed"), "true");
        let third = sent(confirm()).await;
        assert_eq!((third.status, third.problem()), (409, "wrong-state"));
        assert_eq!(balance(service, &customer).await, "-0.70");
        assert_eq!(service.get(&format!("/reratings/{id}")).await.body["confirmed"], true);
    })
    .await;
}
