//! Plans and their versions.

use reqwest::Method;
use serde_json::json;

use crate::service::{on_both, sent};

#[tokio::test]
async fn plans_that_make_no_sense() {
    on_both(async |service| {
        let plan = |more: serde_json::Value| {
            let mut plan =
                json!({"name": "P", "currency": "USD", "monthly_fee": "0", "rate": {"price_per_minute": "0.05"}});
            plan.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            plan
        };
        for (more, place) in [
            (json!({"rate": {"price_per_minute": "0.0500000"}}), "/rate/price_per_minute"),
            (json!({"rate": {"price_per_minute": 0.05}}), "/rate/price_per_minute"),
            (json!({"rate": {"price_per_minute": "-0.05"}}), "/rate/price_per_minute"),
            (json!({"kind": "barter"}), "/kind"),
            (json!({"currency": "XXX"}), "/currency"),
            (json!({"colour": "red"}), "/colour"),
            (json!({"deck": "dck_none"}), "/deck"),
            (json!({"time_zone": "Mars/Base"}), "/time_zone"),
            (json!({"name": ""}), "/name"),
        ] {
            let reply = service.post("/plans", plan(more.clone())).await;
            assert_eq!((reply.status, reply.places()), (422, vec![place]), "{more}: {}", reply.text);
        }
        assert_eq!(service.get("/plans").await.body["items"], json!([]));
        let torn =
            service.request(Method::POST, "/plans").header("content-type", "application/json").body("{\"name\": ");
        assert_eq!(sent(torn).await.status, 400);
    })
    .await;
}

#[tokio::test]
async fn a_plan_has_versions() {
    on_both(async |service| {
        let id = service.plan("Basic", "0.05").await;
        let path = format!("/plans/{id}");
        let taken = service
            .post(
                "/plans",
                json!({"name": "Basic", "currency": "USD", "rate": {"price_per_minute": "1"}, "monthly_fee": "0"}),
            )
            .await;
        assert_eq!((taken.status, taken.problem(), taken.places()), (409, "name-taken", vec!["/name"]));
        let shown = service.get(&path).await;
        assert_eq!((shown.status, shown.header("etag")), (200, "\"1\""));
        assert_eq!(shown.body["in_force"]["document"]["monthly_fee"], "0.00");
        let revised =
            json!({"name": "Basic", "currency": "USD", "rate": {"price_per_minute": "0.06"}, "monthly_fee": "9.99"});
        let revise = |query: &str, version: &'static str| {
            sent(service.request(Method::PUT, &format!("{path}{query}")).header("if-match", version).json(&revised))
        };
        assert_eq!(revise("?effective_at=2026-10-01T00:00:00Z", "\"1\"").await.places(), ["/effective_at"]);
        assert_eq!(revise("?effective_at=soon", "\"1\"").await.places(), ["effective_at"]);
        let later = revise("?effective_at=2026-11-01T00:00:00Z", "\"1\"").await;
        assert_eq!((later.status, later.header("etag")), (200, "\"2\""), "{}", later.text);
        assert_eq!(revise("", "\"1\"").await.status, 412);
        let now = service.get(&path).await;
        assert_eq!(now.body["in_force"]["number"], 1, "the new version is not in force yet");
        let versions = service.get(&format!("{path}/versions")).await;
        assert_eq!(later.body["in_force"]["number"], 1, "nor in the answer to its making");
        assert_eq!(versions.body["items"][1]["document"]["rate"]["price_per_minute"], "0.06");
        assert_eq!(versions.body["items"].as_array().unwrap().len(), 2);
    })
    .await;
}
