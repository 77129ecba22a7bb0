//! Calls reported piece by piece.

use serde_json::{Value, json};

use crate::service::{Service, on_both};

fn events(origin: &str) -> [Value; 3] {
    [
        json!({"origin": origin, "event": "start", "at": "2026-10-03T09:00:00Z", "from": "0001", "to": "+442079460018"}),
        json!({"origin": origin, "event": "answer", "at": "2026-10-03T09:00:10.25Z"}),
        json!({"origin": origin, "event": "end", "at": "2026-10-03T09:03:11.5Z", "cause": 16}),
    ]
}

/// What does not depend on the order in which the events came.
fn outcome(call: &Value) -> Value {
    let fields = [
        "state",
        "customer",
        "line",
        "started_at",
        "answered_at",
        "ended_at",
        "duration_seconds",
        "disposition",
        "price",
    ];
    fields.iter().map(|field| ((*field).to_owned(), call[*field].clone())).collect()
}

async fn report(service: &Service, event: &Value) -> Value {
    let reply = service.post("/call-events", event.clone()).await;
    assert_eq!(reply.status, 200, "{event}: {}", reply.text);
    reply.body
}

/// H034 of the hostile inputs.
#[tokio::test]
async fn all_orders_and_repeats_give_one_charge() {
    on_both(async |service| {
        let (customer, _) = service.caller().await;
        let mut outcomes = Vec::new();
        for (number, order) in
            [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]].into_iter().enumerate()
        {
            let events = events(&format!("pbx:{number}"));
            for (position, index) in order.into_iter().enumerate() {
                let call = report(service, &events[index]).await;
                assert_eq!(call["state"], if position == 2 { "rated" } else { "open" }, "{order:?}");
                // A repeat changes nothing.
                assert_eq!(outcome(&report(service, &events[index]).await), outcome(&call), "{order:?}");
            }
            outcomes.push(outcome(&report(service, &events[0]).await));
        }
        assert!(outcomes.iter().all(|other| *other == outcomes[0]), "{outcomes:#?}");
        assert_eq!(
            (&outcomes[0]["price"]["total"], &outcomes[0]["duration_seconds"]),
            (&json!("0.20"), &json!("181.250"))
        );
        let balance = service.get(&format!("/customers/{customer}/balance")).await;
        assert_eq!(balance.body["balance"], "-1.20");
        assert_eq!(service.post("/books/check", json!({})).await.body["faults"], json!([]));
    })
    .await;
}

#[tokio::test]
async fn events_that_make_no_sense() {
    on_both(async |service| {
        service.caller().await;
        for (event, status, place) in [
            (json!({"event": "end"}), 422, "/origin"),
            (json!({"event": "end", "origin": ""}), 422, "/origin"),
            (json!({"event": "end", "origin": "a", "call_id": "a"}), 422, "/call_id"),
            (json!({"event": "ring", "origin": "a"}), 400, "/event"),
            (json!({"event": "end", "origin": "a", "minutes": "1"}), 400, "/minutes"),
            (json!({"event": "end", "origin": "a", "duration_seconds": -60}), 422, "/duration_seconds"),
            (json!({"event": "end", "origin": "a", "duration_seconds": 86_401}), 422, "/duration_seconds"),
            (json!({"event": "end", "origin": "a", "duration_seconds": i64::MAX}), 422, "/duration_seconds"),
            (json!({"event": "end", "origin": "a", "duration_seconds": 1.5e308}), 400, "/duration_seconds"),
            (
                json!({"event": "end", "origin": "a", "duration_seconds": 5, "disposition": "busy"}),
                422,
                "/duration_seconds",
            ),
            (json!({"event": "end", "origin": "a", "to": "0009"}), 422, "/to"),
            (json!({"event": "answer", "origin": "a", "cause": 16}), 422, "/cause"),
            (json!({"event": "answer", "origin": "a", "at": "2026-10-25T02:30:00"}), 400, "/at"),
            (json!({"event": "start", "origin": "a", "from": "0001"}), 422, "/to"),
            (json!({"event": "start", "origin": "a", "from": "0001", "to": "0009\r\nApplication: System"}), 422, "/to"),
        ] {
            let reply = service.post("/call-events", event.clone()).await;
            assert_eq!((reply.status, reply.places()), (status, vec![place]), "{event}: {}", reply.text);
        }
    })
    .await;
}

#[tokio::test]
async fn a_call_of_a_stranger_waits_for_its_payer() {
    on_both(async |service| {
        let plan = service.plan("Basic", "0.05").await;
        for event in events("pbx:1") {
            report(service, &event).await;
        }
        let waiting = service.get("/unrated").await;
        assert_eq!(waiting.body["items"][0]["unrated_reason"], "unknown_payer", "{}", waiting.text);
        let customer = service.customer("Harbour Radio").await;
        service.line(&customer, "0001", &plan).await;
        assert_eq!(service.post("/unrated/retry", json!({})).await.body["rated"], 1);
        let balance = service.get(&format!("/customers/{customer}/balance")).await;
        assert_eq!(balance.body["balance"], "-0.20");
    })
    .await;
}
