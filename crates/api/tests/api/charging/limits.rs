//! Limits against fraud, alerts, and allowances for many, over HTTP.

use engine::Role;
use reqwest::Method;
use serde_json::json;

use super::*;
use crate::service::on_both;

/// H045 of the hostile inputs.
#[tokio::test]
async fn a_refusal_says_which_limit_is_reached() {
    on_both(async |service| {
        let (customer, line) = service.talker("500", "0001").await;
        let first = service.session_of("pbx:1", &line).await;
        service.session_of("pbx:2", &line).await;
        let busy = service.authorize("pbx:3", &line).await;
        assert_eq!((busy.status, &busy.body["type"]), (403, &json!("/problems/limit-reached")), "{}", busy.text);
        assert_eq!(busy.body["limit"], "calls_at_once");
        let talk = service.get(&format!("/lines/{line}/talk-time?to=%2B14165550100")).await;
        assert_eq!((&talk.body["seconds"], &talk.body["refusal"]["reason"]), (&json!(0), &json!("calls_at_once")));
        service.lines_may(&line, 3).await;
        service.session_of("pbx:3", &line).await;
        service.release(&first).await;
        let risky = json!({"origin": "pbx:4", "line": line, "to": "+979123456789"});
        let off = service.switch(Method::POST, "/sessions", None, risky).await;
        assert_eq!((off.status, &off.body["limit"]), (403, &json!("risky_prefix")), "{}", off.text);
        let alerts = service.get("/alerts?open=true").await;
        let alert = &alerts.body["items"][0];
        assert_eq!(alerts.status, 200, "{}", alerts.text);
        assert_eq!((&alert["limit"], &alert["customer"]), (&json!("risky_prefix"), &json!(customer)));
        let path = format!("/alerts/{}/review", alert["id"].as_str().unwrap());
        let reviewed = sent(service.request(Method::PUT, &path).json(&json!({"note": "a slip"}))).await;
        assert_eq!((reviewed.status, &reviewed.body["note"]), (200, &json!("a slip")), "{}", reviewed.text);
        assert_eq!(sent(service.request(Method::PUT, &path)).await.status, 409);
        assert_eq!(service.get("/alerts?open=true").await.body["items"], json!([]));
        assert_eq!(service.faults().await, json!([]));
    })
    .await;
}

#[tokio::test]
async fn who_spends_too_much_in_a_day_is_suspended_until_an_owner_or_admin_lifts_it() {
    on_both(async |service| {
        let (customer, line) = service.talker("500", "0001").await;
        let limits = service.request(Method::PUT, &format!("/customers/{customer}/limits")).header("if-match", "\"1\"");
        let limits = sent(limits.json(&json!({"spend_per_day": "0.50"}))).await;
        assert_eq!((limits.status, &limits.body["spend_per_day"]), (200, &json!("0.50")), "{}", limits.text);
        // An edit of the address leaves the limit.
        let edit = service.request(Method::PUT, &format!("/customers/{customer}")).header("if-match", "\"2\"");
        let edit = sent(edit.json(&json!({"organisation": "Talker", "state": "active"}))).await;
        assert_eq!(edit.body["spend_per_day"], "0.50", "{}", edit.text);
        let first = service.session_of("pbx:1", &line).await;
        let refused = service.authorize("pbx:2", &line).await;
        assert_eq!((refused.status, &refused.body["limit"]), (403, &json!("spend_per_day")), "{}", refused.text);
        let answered = service.step(&first, "answer", json!({})).await;
        assert_eq!(answered.status, 200, "{}", answered.text);
        service.comes("2026-10-15T12:00:50Z").await;
        assert_eq!(service.step(&first, "settle", json!({})).await.status, 200);
        let refused = service.authorize("pbx:2", &line).await;
        assert_eq!((refused.status, &refused.body["limit"]), (403, &json!("spend_per_day")), "{}", refused.text);
        assert_eq!(service.authorize("pbx:3", &line).await.status, 409, "it is suspended");
        let path = format!("/lines/{line}/suspensions/fraud");
        let lift =
            async |role: Role| sent(service.anonymous(Method::DELETE, &path).bearer_auth(service.key(role))).await;
        assert_eq!(lift(Role::Clerk).await.status, 403);
        let lifted = lift(Role::Admin).await;
        assert_eq!((lifted.status, &lifted.body["state"]), (200, &json!("active")), "{}", lifted.text);
    })
    .await;
}

#[tokio::test]
async fn bad_limits_by_table() {
    on_both(async |service| {
        let (customer, line) = service.talker("0", "0001").await;
        for (path, version, body, status, place) in [
            (format!("/lines/{line}/limits"), "\"1\"", json!({"calls_at_once": 0}), 422, "/calls_at_once"),
            (format!("/lines/{line}/limits"), "\"1\"", json!({"calls_at_once": 10_001}), 422, "/calls_at_once"),
            (format!("/lines/{line}/limits"), "\"9\"", json!({"calls_at_once": 5}), 412, ""),
            (format!("/customers/{customer}/limits"), "\"1\"", json!({"spend_per_day": "-1"}), 422, "/spend_per_day"),
            (format!("/customers/{customer}/limits"), "\"1\"", json!({"spend_per_day": "1e3"}), 400, "/spend_per_day"),
        ] {
            let request = service.request(Method::PUT, &path).header("if-match", version);
            let reply = sent(request.json(&body)).await;
            assert_eq!(reply.status, status, "{path} {body}: {}", reply.text);
            if !place.is_empty() {
                assert_eq!(reply.places(), [place], "{path} {body}: {}", reply.text);
            }
        }
    })
    .await;
}

#[tokio::test]
async fn h098_an_agent_is_not_reached_at_a_risky_number() {
    on_both(async |service| {
        let agent = json!({"name": "Iris", "phones": ["+441632960001", "+979123456789"]});
        let reply = service.post("/agents", agent).await;
        assert_eq!((reply.status, reply.places()), (422, vec!["/phones/1"]), "{}", reply.text);
        service.made("/agents", json!({"name": "Iris", "phones": ["+441632960001", "0002"]})).await;
    })
    .await;
}

#[tokio::test]
async fn an_allowance_for_many_is_asked_for_once() {
    on_both(async |service| {
        let (customer, _) = service.talker("0", "0001").await;
        for (body, status, place) in [
            (json!({"seconds": 60, "reason": "x"}), 422, "/customers"),
            (json!({"customers": [customer], "everyone": true, "seconds": 60, "reason": "x"}), 422, "/customers"),
            (json!({"customers": [customer, "cus_none"], "seconds": 60, "reason": "x"}), 422, "/customers/1"),
            (json!({"customers": [], "seconds": 60, "reason": "x"}), 422, "/customers"),
            (json!({"everyone": true, "seconds": 0, "reason": "x"}), 422, "/seconds"),
            (json!({"everyone": true, "seconds": 60, "reason": "x", "agent": "agt_none"}), 422, "/agent"),
        ] {
            let reply = service.post("/allowances/bulk", body.clone()).await;
            assert_eq!((reply.status, reply.places()), (status, vec![place]), "{body}: {}", reply.text);
        }
        let body = json!({"everyone": true, "seconds": 300, "reason": "ten years of us"});
        let ask = async || {
            let request = service.request(Method::POST, "/allowances/bulk").header("idempotency-key", "party");
            sent(request.json(&body)).await
        };
        let (first, again) = (ask().await, ask().await);
        assert_eq!((first.status, &first.body), (202, &again.body), "{}", first.text);
    })
    .await;
}
