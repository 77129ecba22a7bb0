//! Payments that go back, and checkouts, over HTTP.

use reqwest::Method;
use serde_json::{Value, json};

use crate::service::{Service, on_both, sent};

/// A postpaid customer who has paid so much; the customer and the payment.
async fn paid(service: &Service, amount: &str) -> (String, String) {
    let customer = service.customer("Acme").await;
    let body = json!({"customer": customer, "amount": amount, "method": "transfer"});
    let payment = service.post("/payments", body).await.body;
    (customer, payment["id"].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn a_payment_goes_back_once_under_one_key() {
    on_both(async |service| {
        let (customer, payment) = paid(service, "20.00").await;
        let path = format!("/payments/{payment}/reversals");
        let body = json!({"kind": "bounce", "amount": "5.00", "reason": "no funds"});
        let bounce = || service.request(Method::POST, &path).header("idempotency-key", "b-1").json(&body);
        let made = sent(bounce()).await;
        assert_eq!((made.status, &made.body["state"], &made.body["amount"]), (201, &json!("done"), &json!("5.00")));
        assert_eq!(sent(bounce()).await.body, made.body);
        for (body, status, detail) in [
            (json!({"kind": "bounce", "amount": "15.01", "reason": "x"}), 409, "15.00 is left"),
            (json!({"kind": "bounce", "amount": "0", "reason": "x"}), 422, "/amount"),
            (json!({"kind": "bounce", "amount": "0.001", "reason": "x"}), 422, "/amount"),
            (json!({"kind": "bounce", "reason": " "}), 422, "/reason"),
            (json!({"kind": "theft", "reason": "x"}), 400, "kind"),
        ] {
            let refused = service.post(&path, body.clone()).await;
            assert_eq!(refused.status, status, "{body}: {}", refused.text);
            assert!(refused.text.contains(detail), "{body}: {}", refused.text);
        }
        assert_eq!(service.post("/payments/pay_none/reversals", body.clone()).await.status, 404);
        let listed = service.get(&format!("/reversals?customer={customer}")).await.body;
        assert_eq!(listed["items"], json!([made.body]));
        let payments = service.get(&format!("/customers/{customer}/payments")).await.body;
        assert_eq!(
            (&payments["items"][0]["returned"], &payments["items"][0]["unspent"]),
            (&json!("5.00"), &json!("15.00"))
        );
        let balance = service.get(&format!("/customers/{customer}/balance")).await.body;
        assert_eq!(balance["balance"], "15.00");
    })
    .await;
}

#[tokio::test]
async fn a_dispute_is_decided_once_by_who_has_seen_it() {
    on_both(async |service| {
        let (customer, payment) = paid(service, "20.00").await;
        let path = format!("/payments/{payment}/reversals");
        let open = service.post(&path, json!({"kind": "dispute", "reason": "not mine"})).await.body;
        let listed = service.get("/reversals?state=open").await.body;
        assert_eq!(listed["items"], json!([open]));
        let at = format!("/reversals/{}", open["id"].as_str().unwrap());
        let decide = async |version: &str, body: Value| {
            sent(service.request(Method::PUT, &at).header("if-match", version).json(&body)).await
        };
        assert_eq!(decide("\"7\"", json!({"state": "undone"})).await.status, 412);
        assert_eq!(decide("\"1\"", json!({"state": "open"})).await.status, 422);
        let won = decide("\"1\"", json!({"state": "undone"})).await;
        assert_eq!(
            (won.status, &won.body["state"], &won.body["version"]),
            (200, &json!("undone"), &json!(2)),
            "{}",
            won.text
        );
        assert_eq!(decide("\"2\"", json!({"state": "done"})).await.status, 409);
        let balance = service.get(&format!("/customers/{customer}/balance")).await.body;
        assert_eq!(balance["balance"], "20.00");
    })
    .await;
}

#[tokio::test]
async fn a_customer_pays_on_the_page_of_the_provider() {
    on_both(async |service| {
        let customer = service.customer("Acme").await;
        let ways = service.get(&format!("/customers/{customer}/ways-to-pay")).await.body;
        assert_eq!((&ways["checkout"], &ways["amounts"]), (&json!(true), &json!([])));
        let path = format!("/customers/{customer}/checkouts");
        let made = service.post(&path, json!({"amount": "20.00"})).await;
        assert_eq!((made.status, &made.body["state"]), (201, &json!("open")), "{}", made.text);
        assert!(made.body["url"].as_str().unwrap().starts_with("https://pay.example/"), "{}", made.text);
        let shown = service.get(&format!("/checkouts/{}", made.body["id"].as_str().unwrap())).await.body;
        assert_eq!(shown, made.body);
        for (body, status) in [
            (json!({"amount": "0"}), 422),
            (json!({"amount": "1.001"}), 422),
            (json!({"amount": "1.00", "invoice": "000099"}), 422),
            // The provider is away, and refuses.
            (json!({"amount": "503.00"}), 503),
            (json!({"amount": "422.00"}), 422),
        ] {
            let refused = service.post(&path, body.clone()).await;
            assert_eq!(refused.status, status, "{body}: {}", refused.text);
        }
        assert_eq!(service.post("/customers/cus_none/checkouts", json!({"amount": "20.00"})).await.status, 404);
        assert_eq!(service.get("/checkouts/chk_none").await.status, 404);
    })
    .await;
}
