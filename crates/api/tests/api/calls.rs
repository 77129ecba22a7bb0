//! Finished calls.

use engine::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::service::{NOW, on_both, sent};

fn with(fields: Value) -> Value {
    let mut call = json!({"line": "0001", "to": "+442079460018"});
    call.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    call
}

#[tokio::test]
async fn the_ways_to_say_when_a_call_was() {
    on_both(async |service| {
        service.caller().await;
        for (times, answered_at, ended_at, duration, total) in [
            (json!({"minutes": 2}), "2026-10-15T11:58:00Z", NOW, "120", "0.10"),
            (json!({"minutes": "1.5"}), "2026-10-15T11:58:30Z", NOW, "90", "0.10"),
            (json!({"minutes": 0.5}), "2026-10-15T11:59:30Z", NOW, "30", "0.05"),
            (
                json!({"answered_at": "2026-10-03T09:00:00Z", "ended_at": "2026-10-03T11:03:12.5+02:00"}),
                "2026-10-03T09:00:00Z",
                "2026-10-03T09:03:12.500Z",
                "192.500",
                "0.20",
            ),
            (
                json!({"ended_at": "2026-10-03T09:03:00Z", "duration_seconds": "61.001"}),
                "2026-10-03T09:01:58.999Z",
                "2026-10-03T09:03:00Z",
                "61.001",
                "0.10",
            ),
            (
                json!({"ended_at": "2026-10-03T09:03:00Z", "duration_seconds": 0}),
                "2026-10-03T09:03:00Z",
                "2026-10-03T09:03:00Z",
                "0",
                "0.00",
            ),
        ] {
            let call = service.post("/calls", with(times.clone())).await;
            assert_eq!(call.status, 201, "{times}: {}", call.text);
            let shown = ["answered_at", "ended_at", "duration_seconds"].map(|field| call.body[field].as_str().unwrap());
            assert_eq!(shown, [answered_at, ended_at, duration], "{times}");
            assert_eq!(call.body["price"]["total"], total, "{times}");
            assert_eq!((&call.body["disposition"], &call.body["state"]), (&json!("answered"), &json!("rated")));
        }
        let busy = service
            .post("/calls", with(json!({"ended_at": "2026-10-03T09:03:00Z", "disposition": "busy", "cause": 17})))
            .await;
        assert_eq!((busy.status, &busy.body["price"]["total"]), (201, &json!("0.00")), "{}", busy.text);
        assert_eq!((&busy.body["duration_seconds"], &busy.body["cause"]), (&Value::Null, &json!(17)));
    })
    .await;
}

#[tokio::test]
async fn calls_that_cannot_be_believed() {
    on_both(async |service| {
        let (customer, _) = service.caller().await;
        let ended = "2026-10-03T09:03:00Z";
        for (fields, status, place) in [
            (json!({}), 422, "/ended_at"),
            (json!({"answered_at": ended}), 422, "/ended_at"),
            (json!({"duration_seconds": 61}), 422, "/ended_at"),
            (json!({"ended_at": ended}), 422, "/answered_at"),
            (json!({"ended_at": ended, "disposition": "answered"}), 422, "/answered_at"),
            (json!({"minutes": 1, "disposition": "busy"}), 422, "/disposition"),
            (json!({"minutes": 1, "ended_at": ended}), 422, "/minutes"),
            (json!({"answered_at": ended, "ended_at": ended, "duration_seconds": 0}), 422, "/duration_seconds"),
            (json!({"answered_at": ended, "ended_at": "2026-10-03T09:02:59.999Z"}), 422, "/ended_at"),
            (json!({"started_at": "2026-10-03T09:04:00Z", "ended_at": ended, "duration_seconds": 1}), 422, "/ended_at"),
            (json!({"minutes": -1}), 422, "/minutes"),
            (json!({"minutes": "-0.5"}), 422, "/minutes"),
            (json!({"minutes": 1441}), 422, "/duration_seconds"),
            (json!({"minutes": i64::MAX}), 422, "/minutes"),
            (json!({"minutes": "99999999999999999999"}), 422, "/minutes"),
            (json!({"ended_at": "1970-01-01T00:00:01Z", "duration_seconds": 2}), 422, "/duration_seconds"),
            (json!({"minutes": "NaN"}), 400, "/minutes"),
            (json!({"minutes": 1.5e308}), 400, "/minutes"),
            (json!({"minutes": "1e3"}), 400, "/minutes"),
            (json!({"minutes": true}), 400, "/minutes"),
            (json!({"minutes": [1]}), 400, "/minutes"),
            (json!({"minutes": ""}), 400, "/minutes"),
            (json!({"ended_at": "2026-10-25T02:30:00", "duration_seconds": 1}), 400, "/ended_at"),
            (json!({"ended_at": 1790000000, "duration_seconds": 1}), 400, "/ended_at"),
            (json!({"minutes": 1, "to": null}), 422, "/to"),
            (json!({"minutes": 1, "to": ""}), 422, "/to"),
            (json!({"minutes": 1, "to": "hello"}), 422, "/to"),
            (json!({"minutes": 1, "line": "0002"}), 422, "/line"),
            (json!({"minutes": 1, "line": "lin_none"}), 422, "/line"),
            (json!({"minutes": 1, "line": null, "account_code": "nobody"}), 422, "/account_code"),
            (json!({"minutes": 1, "line": null, "from": "0002"}), 422, "/from"),
            (json!({"minutes": 1, "line": null}), 422, "/line"),
            (json!({"minutes": 1, "agent": "agt_none"}), 422, "/agent"),
            (json!({"minutes": 1, "origin": ""}), 422, "/origin"),
            (json!({"minutes": 1, "origin": "a\nb"}), 422, "/origin"),
            (json!({"minutes": 1, "from": "0001\r\nX: y"}), 422, "/from"),
            (json!({"minutes": 1, "price": "0.00"}), 400, "/price"),
            (json!({"minutes": 1, "direction": "sideways"}), 400, "/direction"),
            (json!({"minutes": 1, "cause": 65536}), 400, "/cause"),
        ] {
            let reply = service.post("/calls", with(fields.clone())).await;
            assert_eq!((reply.status, reply.places()), (status, vec![place]), "{fields}: {}", reply.text);
        }
        assert_eq!(service.get("/calls").await.body["items"], json!([]));
        assert_eq!(service.get("/unrated").await.body["items"], json!([]));
        let balance = service.get(&format!("/customers/{customer}/balance")).await;
        assert_eq!(balance.body["balance"], "0.00");
    })
    .await;
}

#[tokio::test]
async fn an_origin_is_one_call() {
    on_both(async |service| {
        let (customer, line) = service.caller().await;
        let call = json!({"line": line, "to": "+442079460018", "minutes": 2, "origin": "bridge:1"});
        let first = service.post("/calls", call.clone()).await;
        let again = service.post("/calls", call).await;
        assert_eq!((first.status, again.status), (201, 200));
        assert_eq!(first.body, again.body);
        let location = first.header("location").trim_start_matches("/api/v1").to_owned();
        assert_eq!(service.get(&location).await.body["call"], first.body);
        // Without an origin each request is a call.
        for _ in 0..2 {
            assert_eq!(service.post("/calls", json!({"line": line, "to": "0009", "minutes": 1})).await.status, 201);
        }
        let balance = service.get(&format!("/customers/{customer}/balance")).await;
        assert_eq!(balance.body["balance"], "-0.20");
        let switch = service.anonymous(Method::POST, "/calls").bearer_auth(service.key(Role::Switch));
        let reported = sent(switch.json(&json!({"from": "0001", "to": "0009", "minutes": 1}))).await;
        assert_eq!((reported.status, &reported.body["customer"]), (201, &json!(customer)), "{}", reported.text);
    })
    .await;
}

#[tokio::test]
async fn a_fact_takes_a_prepaid_balance_below_zero() {
    on_both(async |service| {
        let plan =
            json!({"name": "Prepaid", "kind": "prepaid", "currency": "USD", "rate": {"price_per_minute": "1.00"}});
        service.made("/plans", plan).await;
        let customer = service.made("/customers", json!({"organisation": "Kiosk", "mode": "prepaid"})).await;
        let line = service.line(&customer, "0001", "Prepaid").await;
        service.made("/payments", json!({"customer": customer, "amount": "5.00", "method": "cash"})).await;
        service.made("/calls", json!({"line": line, "to": "+442079460018", "minutes": 7})).await;
        let balance = service.get(&format!("/customers/{customer}/balance")).await;
        assert_eq!((&balance.body["balance"], &balance.body["available"]), (&json!("-2.00"), &json!("-2.00")));
    })
    .await;
}

#[tokio::test]
async fn whoever_names_the_line_by_its_number_need_not_name_the_caller() {
    on_both(async |service| {
        service.caller().await;
        for (direction, from) in [("outbound", "0001"), ("inbound", "")] {
            let call = json!({"line": "0001", "to": "+442079460018", "minutes": 1, "direction": direction});
            let recorded = service.post("/calls", call).await;
            assert_eq!((recorded.status, &recorded.body["from"]), (201, &json!(from)), "{}", recorded.text);
        }
    })
    .await;
}
