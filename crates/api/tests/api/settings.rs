//! The tenant's settings and the test clock.

use reqwest::Method;
use serde_json::{Value, json};

use crate::service::{NOW, on_both, sent};

#[tokio::test]
async fn settings_are_replaced_as_a_whole() {
    on_both(async |service| {
        let shown = service.get("/tenant").await;
        assert_eq!((shown.status, shown.header("etag")), (200, "\"1\""));
        assert_eq!(shown.body["settings"]["currency"], "USD");
        let recordings =
            json!({"voicemail_days": 30, "recording_days": 30, "record_calls": "none", "announce_recording": true});
        assert_eq!(shown.body["settings"]["recordings"], recordings);
        let edit = |settings: Value, version: &'static str| {
            let body = json!({"name": "Helpline", "settings": settings});
            sent(service.request(Method::PUT, "/tenant").header("if-match", version).json(&body))
        };
        for (settings, place) in [
            (json!({"currency": "EUR", "time_zone": "UTC"}), "/currency"),
            (json!({"currency": "USD", "time_zone": "Mars/Base"}), "/settings/time_zone"),
            (json!({"currency": "USD", "time_zone": "UTC", "holidays": ["2026-02-30"]}), "/settings/holidays/0"),
            (json!({"currency": "USD", "time_zone": "UTC", "longest_call_seconds": 0}), "/longest_call_seconds"),
            (json!({"currency": "USD", "time_zone": "UTC", "colour": "red"}), "/settings/colour"),
            (
                json!({"currency": "USD", "time_zone": "UTC", "charging": {"slice_seconds": 0}}),
                "/charging/slice_seconds",
            ),
            (
                json!({"currency": "USD", "time_zone": "UTC", "recordings": {"voicemail_days": 0}}),
                "/recordings/voicemail_days",
            ),
            (
                json!({"currency": "USD", "time_zone": "UTC", "retention": {"group_call_days": 0}}),
                "/retention/group_call_days",
            ),
            (json!({"currency": "USD", "time_zone": "UTC", "retention": {"call_days": 61}}), "/retention/call_days"),
            (
                json!({"currency": "USD", "time_zone": "UTC", "recordings": {"record_calls": "some"}}),
                "/settings/recordings/record_calls",
            ),
            (json!({"currency": "USD", "time_zone": "UTC", "charging": {"slice": 60}}), "/settings/charging/slice"),
        ] {
            let reply = edit(settings.clone(), "\"1\"").await;
            assert_eq!((reply.status, reply.places()), (422, vec![place]), "{settings}: {}", reply.text);
        }
        let settings = json!({"currency": "USD", "time_zone": "Europe/London", "holidays": ["2026-12-25"]});
        let edited = edit(settings.clone(), "\"1\"").await;
        assert_eq!((edited.status, edited.header("etag")), (200, "\"2\""), "{}", edited.text);
        assert_eq!(edit(settings, "\"1\"").await.status, 412);
        assert_eq!(service.get("/tenant").await.body, edited.body);
    })
    .await;
}

#[tokio::test]
async fn the_test_clock_moves_forward_only() {
    on_both(async |service| {
        assert_eq!(service.get("/test/clock").await.body["now"], NOW);
        for (to, shows) in [("2026-10-16T00:00:00Z", "2026-10-16T00:00:00Z"), (NOW, "2026-10-16T00:00:00Z")] {
            assert_eq!(service.post("/test/clock", json!({"now": to})).await.body["now"], shows);
        }
        assert_eq!(service.post("/test/clock", json!({"now": "later"})).await.status, 400);
        let made = service.post("/customers", json!({"organisation": "A", "mode": "prepaid"})).await;
        assert_eq!(made.body["created_at"], "2026-10-16T00:00:00Z");
    })
    .await;
}
