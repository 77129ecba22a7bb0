//! Edits: of the version that was read, or not at all.

use reqwest::Method;
use serde_json::{Value, json};

use crate::service::{Reply, Service, on_both, sent};

async fn edit(service: &Service, path: &str, version: &str, body: &Value) -> Reply {
    let request = service.request(Method::PUT, path).json(body);
    sent(if version.is_empty() { request } else { request.header("if-match", version) }).await
}

#[tokio::test]
async fn an_edit_needs_the_version_that_it_edits() {
    on_both(async |service| {
        let customer = service.customer("Harbour Radio").await;
        let path = format!("/customers/{customer}");
        let body = json!({"organisation": "Harbour Radio Ltd", "state": "active"});
        for (version, status, problem) in [
            ("", 428, "no-if-match"),
            ("\"2\"", 412, "changed-meanwhile"),
            ("1", 412, "changed-meanwhile"),
            ("*", 412, "changed-meanwhile"),
            ("W/\"1\"", 412, "changed-meanwhile"),
            ("\"1\"", 200, ""),
            ("\"1\"", 412, "changed-meanwhile"),
        ] {
            let reply = edit(service, &path, version, &body).await;
            assert_eq!((reply.status, reply.problem()), (status, problem), "{version}: {}", reply.text);
        }
        let shown = service.get(&path).await;
        assert_eq!((shown.header("etag"), shown.body["name"].as_str().unwrap()), ("\"2\"", "Harbour Radio Ltd"));
        let late = edit(service, &path, "\"1\"", &body).await;
        assert_eq!(late.body["current_version"], 2);
        let changes = service.get(&format!("/audit?subject={customer}")).await;
        let actions: Vec<&str> =
            changes.body["items"].as_array().unwrap().iter().map(|change| change["action"].as_str().unwrap()).collect();
        assert_eq!(actions, ["customer.update", "customer.create"]);
        assert_eq!(changes.body["items"][0]["before"]["organisation"], "Harbour Radio");
        assert!(changes.body["items"][0]["actor"].as_str().unwrap().starts_with("key:key_"));
    })
    .await;
}

#[tokio::test]
async fn of_two_edits_of_one_version_one_wins() {
    on_both(async |service| {
        let customer = service.customer("Harbour Radio").await;
        let path = format!("/customers/{customer}");
        let bodies: Vec<Value> =
            (0..8).map(|number| json!({"organisation": format!("Name {number}"), "state": "active"})).collect();
        let edits = bodies.iter().map(|body| edit(service, &path, "\"1\"", body));
        let mut statuses: Vec<u16> = futures_of(edits).await.iter().map(|reply| reply.status).collect();
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 412, 412, 412, 412, 412, 412, 412]);
    })
    .await;
}

async fn futures_of<T>(futures: impl Iterator<Item = impl Future<Output = T>>) -> Vec<T> {
    futures::future::join_all(futures).await
}

#[tokio::test]
async fn agents_are_changed_as_a_whole() {
    on_both(async |service| {
        let rate = json!({"connect_fee": "0.99", "price_per_minute": "3.99"});
        let agent =
            json!({"name": "Ada", "phones": ["+442079460001"], "prices": {"USD": {"rate": rate}}, "share": 750});
        let made = service.post("/agents", agent).await;
        assert_eq!(made.status, 201, "{}", made.text);
        assert_eq!((&made.body["share"], &made.body["phones"]), (&json!(750), &json!(["+442079460001"])));
        let path = format!("/agents/{}", made.body["id"].as_str().unwrap());
        let edited =
            edit(service, &path, made.header("etag"), &json!({"name": "Ada B.", "email": "ada@example.org"})).await;
        assert_eq!((edited.status, edited.header("etag")), (200, "\"2\""), "{}", edited.text);
        assert_eq!((&edited.body["phones"], &edited.body["prices"]), (&json!([]), &json!({})));
        assert_eq!(service.get(&path).await.body, edited.body);
        for (body, status, place) in [
            (json!({"name": "A", "share": 1001}), 422, "/share"),
            (json!({"name": "A", "prices": {"XXX": {"rate": {"price_per_minute": "1"}}}}), 422, "/prices/XXX"),
            (json!({"name": "A", "prices": {"USD": {"rate": {"price": "1"}}}}), 400, "/prices/USD/rate/price"),
            (json!({"name": ""}), 422, "/name"),
        ] {
            let reply = service.post("/agents", body.clone()).await;
            assert_eq!((reply.status, reply.places()), (status, vec![place]), "{body}: {}", reply.text);
        }
        let twice = r#"{"name": "A", "prices": {"USD": {"rate": {"price_per_minute": "1"}}, "USD": {"rate": {"price_per_minute": "2"}}}}"#;
        let request = service.request(Method::POST, "/agents").header("content-type", "application/json").body(twice);
        let reply = sent(request).await;
        assert_eq!((reply.status, reply.places()), (400, vec!["/prices"]), "{}", reply.text);
    })
    .await;
}
