//! What lines have for their phones, over HTTP.

use std::net::{IpAddr, Ipv4Addr};

use engine::Role;
use engine::lines::phones::{Registering, register};
use reqwest::Method;
use serde_json::{Value, json};

use crate::service::{Service, on_both, sent};

/// Whether a phone registers with this from another machine.
async fn registers(service: &Service, number: &str, token: &Value) -> bool {
    let peer = IpAddr::V4(Ipv4Addr::new(203, 0, 113, 7));
    let asked = Registering { number: Some(number), token: token.as_str(), peer };
    register(&service.engine, &asked).await.is_ok()
}

#[tokio::test]
async fn the_secret_of_a_phone_is_answered_once() {
    on_both(async |service| {
        let (customer, line) = service.caller().await;
        let path = format!("/lines/{line}/phone-secret");
        let made = sent(service.request(Method::POST, &path)).await;
        assert_eq!((made.status, made.header("cache-control")), (201, "no-store"), "{}", made.text);
        let secret = made.body["secret"].clone();
        assert!(secret.as_str().unwrap().starts_with("tph_") && registers(service, "0001", &secret).await);
        let shown = service.get(&format!("/lines/{line}")).await;
        let phone = &shown.body["phone"];
        assert!(phone["secret_made_at"].is_string() && phone["open"] == json!(false), "{}", shown.text);
        let trail = service.get(&format!("/audit?subject={line}")).await;
        for (told, text) in [("line", &shown.text), ("trail", &trail.text)] {
            assert!(!text.contains(secret.as_str().unwrap()) && !text.contains("hash"), "{told}: {text}");
        }
        // Whose line it is makes the next one, and takes it away.
        let own = service.person(&[Role::Customer], &[&customer], None).await;
        let next = own.post(&path, json!({})).await;
        assert_eq!((next.status, registers(service, "0001", &secret).await), (201, false), "{}", next.text);
        assert!(registers(service, "0001", &next.body["secret"]).await);
        for _ in 0..2 {
            assert_eq!(sent(own.request(Method::DELETE, &path)).await.status, 204);
        }
        assert!(!registers(service, "0001", &next.body["secret"]).await);
        assert_eq!(own.get(&format!("/lines/{line}")).await.body["phone"]["secret_made_at"], json!(null));
        let odd = service.post(&path, json!({"secret": "0000"})).await;
        assert_eq!((odd.status, odd.places()), (400, vec!["/secret"]), "nobody chooses a secret: {}", odd.text);
        let close = service.request(Method::POST, &format!("/lines/{line}/close")).header("if-match", "\"1\"");
        assert_eq!(sent(close).await.status, 200);
        let closed = service.post(&path, json!({})).await;
        assert_eq!((closed.status, closed.problem()), (409, "wrong-state"), "{}", closed.text);
    })
    .await;
}

#[tokio::test]
async fn a_token_is_for_who_has_the_line() {
    on_both(async |service| {
        let (customer, line) = service.caller().await;
        let path = format!("/lines/{line}/phone-token");
        service.comes("2026-10-20T09:00:00Z").await;
        let agent = service.made("/agents", json!({"name": "Iris", "phones": ["0001"]})).await;
        let other = service.made("/agents", json!({"name": "Vera", "phones": ["0002"]})).await;
        let adviser = service.person(&[Role::Agent], &[], Some(&agent)).await;
        let own = service.person(&[Role::Customer], &[&customer], None).await;
        let lines = adviser.get(&format!("/agents/{agent}/phones")).await;
        assert_eq!(lines.body, json!({"items": [{"line": line, "number": "0001"}]}), "{}", lines.text);
        for made in [own.post(&path, json!({})).await, adviser.post(&path, json!({})).await] {
            assert_eq!((made.status, &made.body["expires_at"]), (201, &json!("2026-10-20T09:10:00Z")), "{}", made.text);
            assert!(registers(service, "0001", &made.body["token"]).await);
        }
        for role in [Role::Admin, Role::Clerk] {
            let made = sent(service.anonymous(Method::POST, &path).bearer_auth(service.key(role))).await;
            assert_eq!(made.status, 201, "{role:?}: {}", made.text);
        }
        let stranger = service.person(&[Role::Customer], &[&service.customer("Somebody else").await], None).await;
        let colleague = service.person(&[Role::Agent], &[], Some(&other)).await;
        for refused in [stranger.post(&path, json!({})).await, colleague.post(&path, json!({})).await] {
            assert_eq!((refused.status, refused.problem()), (404, "not-found"), "{}", refused.text);
        }
        let made = own.post(&path, json!({})).await;
        service.comes("2026-10-20T09:10:00Z").await;
        assert!(!registers(service, "0001", &made.body["token"]).await, "ten minutes are over");
    })
    .await;
}

#[tokio::test]
async fn callers_are_blocked_and_let_through() {
    on_both(async |service| {
        let (customer, line) = service.caller().await;
        let own = service.person(&[Role::Customer], &[&customer], None).await;
        let path = format!("/lines/{line}/blocking");
        for (method, number, then) in [
            (Method::PUT, "0007", json!(["0007"])),
            (Method::PUT, "0007", json!(["0007"])),
            (Method::PUT, "+441632960009", json!(["+441632960009", "0007"])),
            (Method::PUT, "%2B44%201632%20960009", json!(["+441632960009", "0007"])),
            (Method::DELETE, "01632960009", json!(["0007"])),
            (Method::DELETE, "01632960009", json!(["0007"])),
        ] {
            let reply = sent(own.request(method.clone(), &format!("{path}/{number}"))).await;
            assert_eq!(
                (reply.status, &reply.body),
                (200, &json!({"numbers": then})),
                "{method} {number}: {}",
                reply.text
            );
        }
        assert_eq!(service.get(&path).await.told(), json!({"numbers": ["0007"]}));
        assert_eq!(service.get(&format!("/lines/{line}")).await.body["blocked_numbers"], json!(1));
        for number in ["9911", "4911", "abc", "1", "0007%00", "%FF", "1111111111111111111111111111111111111111111"] {
            let reply = sent(service.request(Method::PUT, &format!("{path}/{number}"))).await;
            let expected = if number == "%FF" { 404 } else { 422 };
            assert_eq!(reply.status, expected, "{number}: {}", reply.text);
        }
        let emergency = sent(service.request(Method::PUT, &format!("{path}/9911"))).await;
        assert!(emergency.text.contains("9911 is an emergency number"), "{}", emergency.text);
        let foreign = service.anonymous(Method::GET, &path).bearer_auth(&service.foreign_key);
        assert_eq!(sent(foreign).await.status, 404);
        assert_eq!(service.get(&path).await.told(), json!({"numbers": ["0007"]}));
    })
    .await;
}

#[tokio::test]
async fn a_line_has_filters_and_forwarding() {
    on_both(async |service| {
        let (customer, line) = service.caller().await;
        let own = service.person(&[Role::Customer], &[&customer], None).await;
        let put = |what: &str, version: &'static str, body: &Value| {
            own.request(Method::PUT, &format!("/lines/{line}/{what}")).header("if-match", version).json(body)
        };
        let plain = service.get(&format!("/lines/{line}")).await;
        assert_eq!(plain.body["filters"], json!({"in": [], "out": []}));
        assert_eq!(plain.body["forwarding"], json!({"always": null, "busy": null, "no_answer": null}));
        let filters = json!({"in": [{"deny": "+4416329600*"}], "out": [{"allow": "00??"}, {"deny": "*"}]});
        let filtered = sent(put("filters", "\"1\"", &filters)).await;
        assert_eq!((filtered.status, filtered.header("etag")), (200, "\"2\""), "{}", filtered.text);
        assert_eq!(filtered.body["filters"], filters);
        let forwarded = sent(put("forwarding", "\"2\"", &json!({"busy": "00 02", "no_answer": "01632 960001"}))).await;
        let told = json!({"always": null, "busy": "0002", "no_answer": "+441632960001"});
        assert_eq!((forwarded.status, &forwarded.body["forwarding"]), (200, &told), "{}", forwarded.text);
        assert_eq!(forwarded.body["filters"], filters);
        let many = json!({"out": vec![json!({"deny": "0"}); 101]});
        for (what, version, body, status, place) in [
            ("filters", "\"2\"", json!({}), 412, ""),
            ("filters", "\"3\"", many, 400, "/out"),
            ("filters", "\"3\"", json!({"in": [{"deny": "0*1"}]}), 400, "/in/0/deny"),
            ("filters", "\"3\"", json!({"in": [{"deny": "0001"}, {"allow": "00\u{0}"}]}), 400, "/in/1/allow"),
            ("filters", "\"3\"", json!({"in": [{"refuse": "0001"}]}), 400, "/in/0"),
            ("filters", "\"3\"", json!({"in": [{"allow": 1}]}), 400, "/in/0/allow"),
            ("filters", "\"3\"", json!({"both": []}), 400, "/both"),
            ("forwarding", "\"2\"", json!({}), 412, ""),
            ("forwarding", "\"3\"", json!({"always": "0001"}), 422, "/always"),
            ("forwarding", "\"3\"", json!({"busy": "9911"}), 422, "/busy"),
            ("forwarding", "\"3\"", json!({"no_answer": "abc"}), 422, "/no_answer"),
            ("forwarding", "\"3\"", json!({"no_answer": "0002\u{0}"}), 422, "/no_answer"),
            ("forwarding", "\"3\"", json!({"never": "0002"}), 400, "/never"),
        ] {
            let reply = sent(put(what, version, &body)).await;
            assert_eq!(reply.status, status, "{what} {body}: {}", reply.text);
            if status != 412 {
                assert_eq!(reply.places(), [place], "{what} {body}: {}", reply.text);
            }
        }
        let missing = own.request(Method::PUT, &format!("/lines/{line}/filters")).json(&json!({}));
        assert_eq!(sent(missing).await.problem(), "no-if-match");
        let cleared = sent(put("forwarding", "\"3\"", &json!({}))).await;
        assert_eq!(cleared.body["forwarding"], plain.body["forwarding"]);
        assert_eq!((cleared.header("etag"), &cleared.body["filters"]), ("\"4\"", &filters));
    })
    .await;
}
