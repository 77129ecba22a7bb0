//! Requests for top-ups.

use engine::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::service::{on_both, sent};

#[tokio::test]
async fn a_customer_asks_and_the_staff_answer() {
    on_both(async |service| {
        let customer = service.made("/customers", json!({"organisation": "Talker", "mode": "prepaid"})).await;
        let other = service.made("/customers", json!({"organisation": "Other", "mode": "prepaid"})).await;
        let own = service.person(&[Role::Customer], &[&customer], None).await;
        let path = format!("/customers/{customer}/top-up-requests");
        for (body, status, place) in [
            (json!({"amount": "0"}), 422, "/amount"),
            (json!({"amount": "-1.00"}), 422, "/amount"),
            (json!({"amount": "1.005"}), 422, "/amount"),
            (json!({"amount": "x"}), 400, "/amount"),
            (json!({"amount": "1.00", "note": "x".repeat(501)}), 422, "/note"),
        ] {
            let refused = own.post(&path, body).await;
            assert_eq!((refused.status, refused.places()), (status, vec![place]), "{}", refused.text);
        }
        let asked = own.post(&path, json!({"amount": "20.00", "note": "by bank transfer"})).await;
        let id = asked.body["id"].as_str().unwrap().to_owned();
        let expected = json!({"id": id, "customer": customer, "amount": "20.00", "currency": "USD", "note": "by bank transfer",
            "state": "open", "payment": null, "created_at": "2026-10-15T12:00:00Z", "decided_at": null, "version": 1});
        assert_eq!((asked.status, &asked.body), (201, &expected), "{}", asked.text);
        assert_eq!(own.get(&path).await.body["items"], json!([expected]));
        assert_eq!(own.get(&format!("/customers/{other}/top-up-requests")).await.status, 404);
        assert_eq!(service.get(&format!("/customers/{customer}/balance")).await.body["balance"], "0.00");

        let answered = async |id: &str, version: i64, body: Value| {
            let request = service.anonymous(Method::PUT, &format!("/top-up-requests/{id}"));
            let request = request.bearer_auth(service.key(Role::Clerk)).header("if-match", format!("\"{version}\""));
            sent(request.json(&body)).await
        };
        let pay = async |customer: &str| {
            service.made("/payments", json!({"customer": customer, "amount": "20.00", "method": "transfer"})).await
        };
        let (payment, foreign) = (pay(&customer).await, pay(&other).await);
        for (version, body, status, problem) in [
            (2, json!({"state": "done"}), 412, "changed-meanwhile"),
            (1, json!({"state": "open"}), 422, "invalid"),
            (1, json!({"state": "lost"}), 400, "unreadable"),
            (1, json!({"state": "done", "payment": foreign}), 422, "invalid"),
            (1, json!({"state": "done", "payment": "pay_none"}), 422, "invalid"),
            (1, json!({"state": "declined", "payment": payment}), 422, "invalid"),
        ] {
            let refused = answered(&id, version, body.clone()).await;
            assert_eq!((refused.status, refused.problem()), (status, problem), "{body}: {}", refused.text);
        }
        let done = answered(&id, 1, json!({"state": "done", "payment": payment})).await;
        assert_eq!(
            [&done.body["state"], &done.body["payment"], &done.body["version"]],
            [&json!("done"), &json!(payment), &json!(2)],
            "{}",
            done.text
        );
        let again = answered(&id, 2, json!({"state": "declined"})).await;
        assert_eq!((again.status, again.problem()), (409, "wrong-state"), "{}", again.text);
        assert_eq!(answered("tup_none", 1, json!({"state": "done"})).await.status, 404);
    })
    .await;
}

#[tokio::test]
async fn requests_are_listed_by_their_state_and_some_at_most_are_open() {
    on_both(async |service| {
        let customer = service.made("/customers", json!({"organisation": "Talker", "mode": "prepaid"})).await;
        let path = format!("/customers/{customer}/top-up-requests");
        let [id, second] = [
            service.made(&path, json!({"amount": "20.00"})).await,
            service.made(&path, json!({"amount": "5.00"})).await,
        ];
        let request = service.request(Method::PUT, &format!("/top-up-requests/{id}")).header("if-match", "\"1\"");
        assert_eq!(sent(request.json(&json!({"state": "done"}))).await.status, 200);
        let listed = async |query: &str| {
            let listed = service.get(&format!("/top-up-requests{query}")).await;
            let items = listed.body["items"].as_array().unwrap_or_else(|| panic!("{query}: {}", listed.text)).clone();
            items.into_iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(listed("").await, [second.clone(), id.clone()], "the newest first");
        assert_eq!([listed("?state=open").await, listed("?state=done").await], [[second.clone()], [id.clone()]]);
        assert!(listed("?state=declined").await.is_empty());
        let page = service.get("/top-up-requests?limit=1").await;
        let cursor = page.body["next_cursor"].as_str().unwrap();
        assert_eq!(listed(&format!("?limit=1&cursor={cursor}")).await, [id]);
        assert_eq!(service.get("/top-up-requests?state=lost").await.status, 422);

        // Nine more than the one that is open.
        for n in 0..10 {
            let asked = service.post(&path, json!({"amount": "1.00"})).await;
            assert_eq!(asked.status, if n < 9 { 201 } else { 409 }, "{n}: {}", asked.text);
        }
    })
    .await;
}
