//! Maintenance mode, over HTTP.

use engine::Role;
use reqwest::Method;
use serde_json::json;

use crate::service::{on_both, sent};

#[tokio::test]
async fn a_maintenance_begins_and_ends() {
    on_both(async |service| {
        let by = |role: Role, method: Method| service.anonymous(method, "/maintenance").bearer_auth(service.key(role));
        let off = json!({"active": false, "calls_end_at": null});
        assert_eq!(service.get("/maintenance").await.told(), off);
        service.comes("2026-10-20T09:00:00Z").await;
        let begun = sent(by(Role::Admin, Method::PUT).json(&json!({"minutes": 10}))).await;
        let on = json!({"active": true, "calls_end_at": "2026-10-20T09:10:00Z"});
        assert_eq!((begun.status, &begun.body), (200, &on), "{}", begun.text);
        for role in [Role::Owner, Role::Admin, Role::Clerk, Role::Auditor] {
            assert_eq!(sent(by(role, Method::GET)).await.told(), on, "{role:?}");
        }
        for (body, status, place) in [
            (json!({"minutes": 61}), 422, "/minutes"),
            (json!({"minutes": -1}), 400, "/minutes"),
            (json!({"minutes": 4_294_967_296_u64}), 400, "/minutes"),
            (json!({"minutes": "10"}), 400, "/minutes"),
            (json!({"minutes": 1.5}), 400, "/minutes"),
            (json!({}), 400, ""),
            (json!({"minutes": 1, "hours": 1}), 400, "/hours"),
        ] {
            let reply = sent(by(Role::Owner, Method::PUT).json(&body)).await;
            assert_eq!((reply.status, reply.places()), (status, vec![place]), "{body}: {}", reply.text);
        }
        for role in [Role::Clerk, Role::Auditor, Role::Coordinator, Role::Switch] {
            for method in [Method::PUT, Method::DELETE] {
                let refused = sent(by(role, method).json(&json!({"minutes": 0}))).await;
                assert_eq!((refused.status, refused.problem()), (403, "wrong-role"), "{role:?}");
            }
        }
        let foreign = service.anonymous(Method::GET, "/maintenance").bearer_auth(&service.foreign_key);
        assert_eq!(sent(foreign).await.told(), off, "each tenant has its own");
        assert_eq!(service.get("/maintenance").await.told(), on);
        for _ in 0..2 {
            let ended = sent(by(Role::Admin, Method::DELETE)).await;
            assert_eq!((ended.status, &ended.body), (200, &off), "{}", ended.text);
        }
        assert_eq!(service.get("/maintenance").await.told(), off);
    })
    .await;
}
