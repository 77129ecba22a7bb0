//! Lines suspended by hand.

use reqwest::Method;
use serde_json::{Value, json};

use crate::service::{Reply, Service, on_both, sent};

async fn suspensions(service: &Service, method: Method, line: &str, reason: &str, body: Option<Value>) -> Reply {
    let request = service.request(method, &format!("/lines/{line}/suspensions/{reason}"));
    sent(match body {
        Some(body) => request.json(&body),
        None => request,
    })
    .await
}

#[tokio::test]
async fn a_line_is_suspended_as_long_as_there_is_a_reason() {
    on_both(async |service| {
        let (_, line) = service.caller().await;
        let note = Some(json!({"note": "lost handset"}));
        for (method, reason, body, state, reasons) in [
            (Method::PUT, "manual", note, "suspended", vec!["manual"]),
            (Method::PUT, "fraud", None, "suspended", vec!["manual", "fraud"]),
            (Method::PUT, "manual", None, "suspended", vec!["manual", "fraud"]),
            (Method::DELETE, "manual", None, "suspended", vec!["fraud"]),
            (Method::DELETE, "dunning", None, "suspended", vec!["fraud"]),
            (Method::DELETE, "fraud", None, "active", vec![]),
            (Method::DELETE, "fraud", None, "active", vec![]),
        ] {
            let told = format!("{method} {reason}");
            let reply = suspensions(service, method, &line, reason, body).await;
            assert_eq!((reply.status, &reply.body["state"]), (200, &json!(state)), "{told}: {}", reply.text);
            let shown = service.get(&format!("/lines/{line}")).await;
            assert_eq!(shown.body, reply.body, "{told}");
            let listed = service.get("/lines?suspended=true").await.body["items"].as_array().unwrap().len();
            assert_eq!(listed, usize::from(state == "suspended"), "{told}");
            let running = shown.body["suspensions"].as_array().unwrap().iter().filter(|one| one["to"].is_null());
            assert!(running.map(|one| one["reason"].as_str().unwrap()).eq(reasons), "{told}: {}", shown.text);
        }
        let past = &service.get(&format!("/lines/{line}")).await.body["suspensions"][0];
        assert_eq!((&past["note"], &past["to"]), (&json!("lost handset"), &json!(crate::service::NOW)));
    })
    .await;
}

#[tokio::test]
async fn refused_suspensions_by_table() {
    on_both(async |service| {
        let (_, line) = service.caller().await;
        for (line, reason, body, status) in [
            (&*line, "dunning", None, 422),
            (&line, "funds", None, 422),
            (&line, "spite", None, 404),
            (&line, "manual", Some(json!({"note": "two\nlines"})), 422),
            (&line, "manual", Some(json!({"reason": "x"})), 400),
            ("lin_none", "manual", None, 404),
        ] {
            let reply = suspensions(service, Method::PUT, line, reason, body).await;
            assert_eq!(reply.status, status, "{line} {reason}: {}", reply.text);
        }
        assert_eq!(service.get(&format!("/lines/{line}")).await.body["state"], "active");
        let closed = service.request(Method::POST, &format!("/lines/{line}/close")).header("if-match", "\"1\"");
        assert_eq!(sent(closed).await.status, 200);
        assert_eq!(suspensions(service, Method::PUT, &line, "manual", None).await.status, 409);
    })
    .await;
}
