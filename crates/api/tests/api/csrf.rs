//! What pages of other sites can have a browser do here: nothing.

use engine::Role;
use reqwest::{Method, RequestBuilder};
use serde_json::json;

use crate::operations::Operation;
use crate::person::{PASSWORD, form};
use crate::service::{Service, on_both, sent};

fn customer(request: RequestBuilder) -> RequestBuilder {
    request.json(&json!({"organisation": "Harbour Radio", "mode": "postpaid"}))
}

async fn customers(service: &Service) -> usize {
    service.get("/customers").await.body["items"].as_array().unwrap().len()
}

#[tokio::test]
async fn h014_a_session_changes_something_for_our_own_pages_alone() {
    on_both(async |service| {
        let person = service.person(&[Role::Owner], &[], None).await;
        let own = service.base.clone();
        let other_port = format!("http://127.0.0.1:{}", service.address.port() - 1);
        let mut made = 0;
        for (fetch_site, origin, of_session, of_key) in [
            (Some("cross-site"), Some("https://evil.example"), 403, 403),
            (Some("cross-site"), None, 403, 403),
            (Some("cross-site"), Some(own.as_str()), 403, 403),
            (Some("same-site"), None, 403, 403),
            (Some("something"), None, 403, 403),
            (None, Some("https://evil.example"), 403, 403),
            (None, Some("null"), 403, 403),
            (None, Some(other_port.as_str()), 403, 403),
            (None, Some("file://"), 403, 403),
            (None, None, 403, 201),
            (None, Some(own.as_str()), 201, 201),
            (Some("same-origin"), Some(own.as_str()), 201, 201),
            (Some("none"), None, 201, 201),
        ] {
            let told = |request: RequestBuilder| {
                let site = fetch_site.into_iter().map(|value| ("sec-fetch-site", value));
                let headers = site.chain(origin.into_iter().map(|value| ("origin", value)));
                customer(headers.fold(request, |request, (name, value)| request.header(name, value)))
            };
            let by_session = service.anonymous(Method::POST, "/customers").header("cookie", &person.cookie);
            let by_key = service.request(Method::POST, "/customers");
            for (request, expected) in [(by_session, of_session), (by_key, of_key)] {
                let reply = sent(told(request)).await;
                assert_eq!(reply.status, expected, "{fetch_site:?} {origin:?}: {}", reply.text);
                assert!(expected != 403 || reply.problem() == "cross-site", "{}", reply.text);
                made += usize::from(expected == 201);
            }
        }
        assert_eq!(customers(service).await, made, "nothing is written for others");
    })
    .await;
}

#[tokio::test]
async fn h014_no_operation_that_changes_something_is_reached_from_another_site() {
    on_both(async |service| {
        let person = service.person(&[Role::Owner], &[], None).await;
        let mut walked = 0;
        for operation in Operation::all(service).await.iter().filter(|operation| operation.method != Method::GET) {
            let told = format!("{} {}", operation.method, operation.path);
            let theirs = operation.harmless(service).header("cookie", &person.cookie);
            let reply = sent(theirs.header("sec-fetch-site", "cross-site")).await;
            assert_eq!((reply.status, reply.problem()), (403, "cross-site"), "{told}");
            if !operation.is_for("anyone") {
                let silent = sent(operation.harmless(service).header("cookie", &person.cookie)).await;
                assert_eq!((silent.status, silent.problem()), (403, "cross-site"), "{told}");
            }
            walked += 1;
        }
        assert!(walked > 60, "{walked} operations");
        assert_eq!(person.get("/me").await.status, 200, "nobody signed the person out");
    })
    .await;
}

#[tokio::test]
async fn h014_nobody_is_signed_in_by_another_site() {
    on_both(async |service| {
        let person = service.person(&[Role::Owner], &[], None).await;
        let fields = [("sign_in", person.sign_in.as_str()), ("password", PASSWORD)];
        let credentials = json!({"sign_in": person.sign_in, "password": PASSWORD});
        let pages = [
            form(service.bare(Method::POST, "/sign-in"), &fields),
            service.anonymous(Method::POST, "/session").json(&credentials),
        ];
        for request in pages {
            let reply = sent(request.header("origin", "https://evil.example")).await;
            assert_eq!((reply.status, reply.problem(), reply.header("set-cookie")), (403, "cross-site", ""));
        }
        // What a form of another site can send without being asked first is no request of ours, wherever it came from.
        for media_type in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"] {
            let request = person.request(Method::POST, "/customers").header("content-type", media_type);
            let reply = sent(request.body(r#"{"organisation": "Harbour Radio", "mode": "postpaid"}"#)).await;
            assert_eq!(reply.status, 415, "{media_type}");
        }
        let preflight = service.anonymous(Method::OPTIONS, "/customers").header("origin", "https://evil.example");
        let preflight = sent(preflight.header("access-control-request-method", "POST")).await;
        assert_eq!((preflight.status, preflight.header("access-control-allow-origin")), (405, ""));
    })
    .await;
}

#[tokio::test]
async fn h016_nothing_is_changed_by_get() {
    on_both(async |service| {
        let person = service.person(&[Role::Owner], &[], None).await;
        let id = service.customer("Harbour Radio").await;
        let operations = Operation::all(service).await;
        let mut walked = 0;
        for operation in operations.iter().filter(|operation| operation.method != Method::GET) {
            if operations.iter().any(|other| other.method == Method::GET && other.path == operation.path) {
                continue;
            }
            let path = operation.harmless(service).build().unwrap().url().path().to_owned();
            for method in [Method::GET, Method::HEAD] {
                let reply = sent(person.bare(method.clone(), &path)).await;
                assert!([404, 405].contains(&reply.status), "{method} {path}: {}", reply.status);
            }
            walked += 1;
        }
        assert!(walked > 30, "{walked} addresses");
        for method in ["DELETE", "PUT", "POST"] {
            let path = format!("/customers/{id}");
            let overriding = person.request(Method::GET, &path).header("x-http-method-override", method);
            let before = service.get(&path).await;
            assert_eq!(sent(overriding).await.body, before.body, "{method}");
            assert_eq!(person.get(&format!("/customers?_method={method}")).await.status, 400, "{method}");
        }
        assert_eq!(person.get("/session").await.status, 200);
    })
    .await;
}
