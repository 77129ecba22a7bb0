//! Bad input: a clear answer, and the first truth stays.

use engine::Role;
use reqwest::Method;
use serde_json::{Value, json};

use super::{OUTSIDE, purse};
use crate::service::{Service, on_both, sent};

/// What of a balance and of the calls on record nothing bad may change.
async fn state(service: &Service, customer: &str) -> (Value, Value) {
    (
        service.get(&format!("/customers/{customer}/balance")).await.body,
        service.get("/charging/sessions").await.body["items"].clone(),
    )
}

/// H041 of the hostile inputs.
#[tokio::test]
async fn calls_that_are_not_let_through() {
    on_both(async |service| {
        let (customer, line) = service.talker("0.50", "0001").await;
        let (poor, penniless) = service.talker("0", "0002").await;
        let (gone, closed) = service.talker("5.00", "0003").await;
        let (_, suspended) = service.talker("5.00", "0004").await;
        let close = service.request(Method::POST, &format!("/lines/{closed}/close")).header("if-match", "\"1\"");
        assert_eq!(sent(close).await.status, 200);
        let put = service.request(Method::PUT, &format!("/lines/{suspended}/suspensions/manual")).json(&json!({}));
        assert_eq!(sent(put).await.status, 200);
        let agent = service.made("/agents", json!({"name": "Ada"})).await;
        service.authorize("pbx:taken", &line).await;
        let before = [state(service, &customer).await, state(service, &poor).await, state(service, &gone).await];
        let with = |more: Value| {
            let mut body = json!({"origin": "pbx:new", "line": line, "to": OUTSIDE});
            body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            body
        };
        for (body, status, problem, place) in [
            (json!({"line": line, "to": OUTSIDE}), 422, "invalid", "/origin"),
            (with(json!({"origin": ""})), 422, "invalid", "/origin"),
            (with(json!({"origin": "a\nb"})), 422, "invalid", "/origin"),
            (json!({"origin": "pbx:new", "line": line}), 422, "invalid", "/to"),
            (json!({"origin": "pbx:new", "to": OUTSIDE}), 422, "invalid", "/line"),
            (with(json!({"to": "reception"})), 422, "invalid", "/to"),
            (with(json!({"seconds": 60})), 400, "unreadable", "/seconds"),
            (with(json!({"cut_off": "never"})), 400, "unreadable", "/cut_off"),
            (with(json!({"line": 1})), 400, "unreadable", "/line"),
            (with(json!({"line": "lin_none"})), 422, "invalid", "/line"),
            (with(json!({"line": "4711"})), 422, "invalid", "/line"),
            (json!({"origin": "pbx:new", "account_code": "nobody", "to": OUTSIDE}), 422, "invalid", "/account_code"),
            (json!({"origin": "pbx:new", "from": "4711", "to": OUTSIDE}), 422, "invalid", "/from"),
            (with(json!({"line": closed})), 409, "wrong-state", ""),
            (with(json!({"line": suspended})), 409, "wrong-state", ""),
            (with(json!({"line": penniless})), 402, "insufficient-balance", ""),
            (with(json!({"agent": "agt_none"})), 422, "unrated", ""),
            (with(json!({"agent": agent})), 422, "unrated", ""),
            (with(json!({"origin": "pbx:taken"})), 201, "", ""),
            (with(json!({"origin": "pbx:taken", "to": "0009"})), 409, "idempotency-key-reused", ""),
        ] {
            let reply = service.switch(Method::POST, "/sessions", None, body.clone()).await;
            assert_eq!((reply.status, reply.problem()), (status, problem), "{body}: {}", reply.text);
            assert_eq!(reply.places().first().copied().unwrap_or_default(), place, "{body}: {}", reply.text);
        }
        let poor_again = service.authorize("pbx:new", &penniless).await.body;
        let figures = ["available", "required", "currency"].map(|figure| poor_again[figure].clone());
        assert_eq!(figures, [json!("0.00"), json!("0.01"), json!("USD")]);
        let taken = service.post("/charging/sessions", with(json!({"origin": "pbx:taken"}))).await;
        assert_eq!((taken.status, taken.problem()), (409, "origin-taken"), "another key's: {}", taken.text);
        let after = [state(service, &customer).await, state(service, &poor).await, state(service, &gone).await];
        assert_eq!(after, before);
        assert_eq!(service.faults().await, json!([]));
    })
    .await;
}

#[tokio::test]
async fn steps_of_a_session_that_make_no_sense() {
    on_both(async |service| {
        let (customer, line) = service.talker("5.00", "0001").await;
        service.lines_may(&line, 10).await;
        service.comes("2026-10-15T12:00:10Z").await;
        let ringing = service.session_of("pbx:ringing", &line).await;
        let running = service.session_of("pbx:running", &line).await;
        service.comes("2026-10-15T12:01:00Z").await;
        let answered = json!({"answered_at": "2026-10-15T12:00:30Z"});
        assert_eq!(service.step(&running, "answer", answered).await.status, 200);
        let over = service.session_of("pbx:over", &line).await;
        let end = json!({"answered_at": "2026-10-15T12:01:00Z", "duration_seconds": 0});
        assert_eq!(service.step(&over, "settle", end).await.status, 200);
        let before = state(service, &customer).await;
        for (session, step, body, status, problem, place) in [
            ("call_none", "answer", json!({}), 404, "not-found", ""),
            ("call_none", "extend", json!({}), 404, "not-found", ""),
            ("call_none", "heartbeat", json!({}), 404, "not-found", ""),
            ("call_none", "settle", json!({}), 404, "not-found", ""),
            (&ringing, "answer", json!({"answered_at": "2026-10-15T12:01:02.001Z"}), 422, "invalid", "/answered_at"),
            (&ringing, "answer", json!({"answered_at": "2026-10-15T12:00:07.999Z"}), 422, "invalid", "/answered_at"),
            (&ringing, "answer", json!({"answered_at": "yesterday"}), 400, "unreadable", "/answered_at"),
            (&ringing, "answer", json!({"at": "2026-10-15T12:00:30Z"}), 400, "unreadable", "/at"),
            (&ringing, "extend", json!({}), 409, "wrong-state", ""),
            (&ringing, "extend", json!({"seconds": 60}), 400, "unreadable", "/seconds"),
            (&ringing, "settle", json!({"duration_seconds": 5}), 422, "invalid", "/duration_seconds"),
            (&ringing, "settle", json!({"disposition": "answered"}), 422, "invalid", "/disposition"),
            (&running, "answer", json!({"answered_at": "2026-10-15T12:00:31Z"}), 409, "wrong-state", ""),
            (&running, "settle", json!({"duration_seconds": -1}), 422, "invalid", "/duration_seconds"),
            (&running, "settle", json!({"duration_seconds": "1e3"}), 400, "unreadable", "/duration_seconds"),
            (&running, "settle", json!({"duration_seconds": "32.001"}), 422, "invalid", "/duration_seconds"),
            (&running, "settle", json!({"ended_at": "2026-10-15T12:01:02.001Z"}), 422, "invalid", "/ended_at"),
            (&running, "settle", json!({"ended_at": "2026-10-15T12:00:29.999Z"}), 422, "invalid", "/ended_at"),
            (
                &running,
                "settle",
                json!({"ended_at": "2026-10-15T12:00:40Z", "duration_seconds": 10}),
                422,
                "invalid",
                "/duration_seconds",
            ),
            (&running, "settle", json!({"answered_at": "2026-10-15T12:00:40Z"}), 409, "wrong-state", ""),
            (&running, "settle", json!({"disposition": "busy"}), 422, "invalid", "/disposition"),
            (&running, "settle", json!({"cause": -1}), 400, "unreadable", "/cause"),
            (&over, "answer", json!({}), 409, "wrong-state", ""),
            (&over, "extend", json!({}), 409, "wrong-state", ""),
            (&over, "heartbeat", json!({}), 409, "wrong-state", ""),
            (&over, "settle", json!({}), 409, "wrong-state", ""),
        ] {
            let reply = service.step(session, step, body.clone()).await;
            assert_eq!((reply.status, reply.problem()), (status, problem), "{step} {body}: {}", reply.text);
            assert_eq!(reply.places().first().copied().unwrap_or_default(), place, "{step} {body}: {}", reply.text);
        }
        let again = service.step(&over, "settle", json!({})).await.body;
        let figures = ["ended_at", "charged"].map(|figure| again[figure].clone());
        assert_eq!(figures, [json!("2026-10-15T12:01:00Z"), json!("0.00")]);
        for (session, status) in [("call_none", 404), (&running, 409), (&over, 409)] {
            assert_eq!(service.release(session).await.status, status, "release");
        }
        // A session of another key is not there, and neither is one of another tenant.
        for key in [service.key(Role::Owner), &service.foreign_key] {
            for step in ["answer", "extend", "heartbeat", "settle"] {
                let path = format!("/charging/sessions/{running}/{step}");
                let theirs = sent(service.anonymous(Method::POST, &path).bearer_auth(key).json(&json!({}))).await;
                assert_eq!((theirs.status, theirs.problem()), (404, "not-found"), "{step}");
            }
        }
        assert_eq!(state(service, &customer).await, before);
        assert_eq!(service.faults().await, json!([]));
    })
    .await;
}

#[tokio::test]
async fn settlements_that_are_late_long_or_twice_are_taken_once() {
    on_both(async |service| {
        let (customer, line) = service.talker("5.00", "0001").await;
        let answered = json!({"answered_at": "2026-10-15T12:00:00Z"});
        // A day late, and longer than granted: of a prepaid call the granted seconds are charged.
        let late = service.session_of("pbx:late", &line).await;
        service.step(&late, "answer", answered.clone()).await;
        service.comes("2026-10-16T12:00:00Z").await;
        let settled = service.step(&late, "settle", json!({"duration_seconds": 100})).await;
        assert_eq!((settled.status, &settled.body["charged"]), (200, &json!("0.60")), "{}", settled.text);
        assert_eq!(settled.body["overrun_seconds"], 40);
        // Its extension comes after it.
        assert_eq!(service.step(&late, "extend", json!({})).await.status, 409);
        // Two at once, of which one is the first.
        let raced = service.session_of("pbx:raced", &line).await;
        service.step(&raced, "answer", json!({})).await;
        service.comes("2026-10-16T12:01:00Z").await;
        let ends = [json!({"duration_seconds": 10}), json!({"duration_seconds": 20})];
        let both = futures::future::join_all(ends.map(|end| service.step(&raced, "settle", end))).await;
        let mut statuses: Vec<u16> = both.iter().map(|reply| reply.status).collect();
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409]);
        let first = both.iter().find(|reply| reply.status == 200).unwrap();
        let charged = first.body["charged"].as_str().unwrap();
        let left = if charged == "0.10" { "4.30" } else { "4.20" };
        assert_eq!(service.purse(&customer).await, purse(left, "0.00"));
        assert_eq!(service.faults().await, json!([]));
    })
    .await;
}
