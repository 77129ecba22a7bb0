//! Webhooks: made, changed, given another secret, tried, and their log.

use engine::Role;
use reqwest::Method;
use serde_json::json;

use crate::service::{Service, on_both, sent};

const URL: &str = "https://hooks.example.org/tollgate";

#[tokio::test]
async fn a_webhook_shows_its_secret_when_it_is_made_and_when_it_has_another() {
    on_both(async |service: &Service| {
        let body = json!({"url": URL, "kinds": ["call.ended", "balance.low"], "description": "our books"});
        let made = service.post("/webhooks", body).await;
        assert_eq!(made.status, 201, "{}", made.text);
        let (id, secret) = (made.body["id"].as_str().unwrap(), made.body["secret"].as_str().unwrap());
        assert!(secret.starts_with("whsec_") && secret.len() == 50, "{secret}");
        let path = format!("/webhooks/{id}");
        let rotated = service.post(&format!("{path}/rotate"), json!({})).await;
        assert_ne!(rotated.body["secret"], made.body["secret"]);
        assert_eq!(rotated.body["old_secret_until"], "2026-10-16T12:00:00Z");
        for (path, count) in [("/webhooks", 1), (path.as_str(), 0), ("/audit", 0)] {
            let reply = service.get(path).await;
            assert_eq!(reply.status, 200, "{path}: {}", reply.text);
            assert!(!reply.text.contains("whsec_"), "{path} shows a secret");
            assert!(count == 0 || reply.body["items"].as_array().unwrap().len() == count);
        }
        let edit = json!({"url": URL, "kinds": ["ping"], "enabled": false});
        let put = |version: &str, body: &serde_json::Value| {
            service.request(Method::PUT, &path).header("if-match", version).json(body)
        };
        let wrong = sent(put("\"2\"", &edit)).await;
        assert_eq!((wrong.status, wrong.places()), (422, vec!["/kinds/0"]), "{}", wrong.text);
        let edit = json!({"url": URL, "kinds": ["invoice.issued"], "enabled": false});
        let stale = sent(put("\"1\"", &edit)).await;
        assert_eq!((stale.status, stale.problem()), (412, "changed-meanwhile"));
        let changed = sent(put("\"2\"", &edit)).await;
        assert_eq!((changed.status, &changed.body["enabled"]), (200, &json!(false)), "{}", changed.text);
        assert_eq!((&changed.body["kinds"], &changed.body["version"]), (&json!(["invoice.issued"]), &json!(3)));
        let gone = sent(service.request(Method::DELETE, &path)).await;
        assert_eq!((gone.status, service.get(&path).await.status), (204, 404));
    })
    .await;
}

#[tokio::test]
async fn addresses_and_kinds_that_are_none_are_refused_at_their_places() {
    on_both(async |service: &Service| {
        for (place, body) in [
            ("/url", json!({"url": "http://hooks.example.org/", "kinds": ["call.ended"]})),
            ("/kinds", json!({"url": URL, "kinds": []})),
            ("/kinds/1", json!({"url": URL, "kinds": ["call.ended", "call.began"]})),
            ("/description", json!({"url": URL, "kinds": ["call.ended"], "description": "a\u{7}"})),
        ] {
            let reply = service.post("/webhooks", body).await;
            assert_eq!((reply.status, reply.places()), (422, vec![place]), "{}", reply.text);
        }
        assert_eq!(service.get("/webhooks").await.body["items"], json!([]));
    })
    .await;
}

#[tokio::test]
async fn what_is_sent_is_listed_page_by_page_and_sent_again_by_hand() {
    on_both(async |service: &Service| {
        let id = service.made("/webhooks", json!({"url": URL, "kinds": ["call.ended"]})).await;
        let path = format!("/webhooks/{id}");
        let key = |request: reqwest::RequestBuilder| request.header("idempotency-key", "one");
        let test = || key(service.request(Method::POST, &format!("{path}/test")));
        let (first, again) = (sent(test()).await, sent(test()).await);
        assert_eq!((first.status, &first.body["kind"]), (200, &json!("ping")), "{}", first.text);
        assert_eq!(first.body, again.body, "one key, one try");
        service.caller().await;
        service.made("/calls", json!({"line": "0001", "to": "+442079460018", "minutes": 2})).await;
        let page = service.get(&format!("{path}/deliveries?limit=1")).await;
        let newest = &page.body["items"][0];
        assert_eq!((&newest["kind"], &newest["state"]), (&json!("call.ended"), &json!("pending")), "{}", page.text);
        assert_eq!(newest["body"]["data"]["price"]["total"], "0.10");
        assert_eq!(newest["attempts"], json!([]));
        let cursor = page.body["next_cursor"].as_str().unwrap();
        let rest = service.get(&format!("{path}/deliveries?limit=1&cursor={cursor}")).await;
        assert_eq!(rest.body["items"], json!([first.body]), "{}", rest.text);
        let redeliver = format!("{path}/deliveries/{}/redeliver", newest["id"].as_str().unwrap());
        let pending = service.post(&redeliver, json!({})).await;
        assert_eq!((pending.status, pending.problem()), (409, "wrong-state"), "{}", pending.text);
        let none = service.post(&format!("{path}/deliveries/dlv_none/redeliver"), json!({})).await;
        assert_eq!(none.status, 404);
        let clerk = service.anonymous(Method::GET, &path).bearer_auth(service.key(Role::Clerk));
        assert_eq!(sent(clerk).await.status, 403);
    })
    .await;
}
