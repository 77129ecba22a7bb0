//! Requests that cannot be read or make no sense.

use reqwest::Method;
use serde_json::json;

use crate::service::{on_both, sent};

#[tokio::test]
async fn bodies_by_table() {
    on_both(async |service| {
        let deep = "[".repeat(100_000);
        let long = format!("{{\"organisation\": \"{}\"}}", "x".repeat(1 << 20));
        let json = "application/json";
        for (content_type, body, status, problem, places) in [
            (json, "{\"organisation\": \"A\", \"mode\": \"postpaid\"}", 201, "", vec![]),
            ("application/json; charset=utf-8", "{\"organisation\": \"B\", \"mode\": \"postpaid\"}", 201, "", vec![]),
            ("text/plain", "{}", 415, "wrong-content-type", vec!["Content-Type"]),
            ("", "{}", 415, "wrong-content-type", vec!["Content-Type"]),
            (json, "", 400, "unreadable", vec![""]),
            (json, "{", 400, "unreadable", vec![""]),
            (json, "[]", 400, "unreadable", vec![""]),
            (json, "null", 400, "unreadable", vec![""]),
            (json, &deep, 400, "unreadable", vec![""]),
            (json, &long, 413, "too-large", vec![]),
            (json, "{\"organisation\": \"A\", \"mode\": \"postpaid\"} {}", 400, "unreadable", vec![""]),
            (json, "{\"organisation\": \"A\", \"organisation\": \"B\", \"mode\": \"postpaid\"}", 400, "unreadable", vec![""]),
            (json, "{\"organisation\": \"A\", \"mode\": \"postpaid\", \"vip\": true}", 400, "unreadable", vec!["/vip"]),
            (json, "{\"organisation\": 1, \"mode\": \"postpaid\"}", 400, "unreadable", vec!["/organisation"]),
            (json, "{\"organisation\": \"A\", \"mode\": \"often\"}", 400, "unreadable", vec!["/mode"]),
            (json, "{\"organisation\": \"A\"}", 400, "unreadable", vec![""]),
            (json, "{\"organisation\": \"A\", \"mode\": \"postpaid\", \"address\": {\"zip\": 1}}", 400, "unreadable", vec!["/address/zip"]),
            (json, "{\"mode\": \"postpaid\"}", 422, "invalid", vec!["/organisation"]),
            (json, "{\"organisation\": \"A\\nB\", \"mode\": \"postpaid\"}", 422, "invalid", vec!["/organisation"]),
            (json, "{\"organisation\": \"A\", \"mode\": \"postpaid\", \"email\": \"a@example.org\\r\\nBcc: x@example.org\"}", 422, "invalid", vec!["/email"]),
            (json, "{\"organisation\": \"A\", \"mode\": \"postpaid\", \"currency\": \"XXX\"}", 422, "invalid", vec!["/currency"]),
            (json, "{\"organisation\": \"A\", \"mode\": \"postpaid\", \"credit_limit\": \"1.0000001\"}", 422, "invalid", vec!["/credit_limit"]),
            (json, "{\"organisation\": \"A\", \"mode\": \"postpaid\", \"credit_limit\": \"1e3\"}", 400, "unreadable", vec!["/credit_limit"]),
            (json, "{\"organisation\": \"A\", \"mode\": \"prepaid\", \"credit_limit\": \"5\"}", 422, "invalid", vec!["/credit_limit"]),
        ] {
            let request = service.request(Method::POST, "/customers").body(body.to_owned());
            let request = if content_type.is_empty() { request } else { request.header("content-type", content_type) };
            let reply = sent(request).await;
            let told = format!("{body:.120}: {}", reply.text);
            assert_eq!((reply.status, reply.problem()), (status, problem), "{told}");
            assert_eq!(reply.places(), places, "{told}");
            if status >= 400 {
                assert_eq!(reply.header("content-type"), "application/problem+json", "{told}");
                assert_eq!(reply.body["status"], status, "{told}");
                assert!(reply.body["title"].is_string() && reply.body["detail"].is_string(), "{told}");
            }
        }
        let listed = service.get("/customers").await;
        assert_eq!(listed.body["items"].as_array().unwrap().len(), 2, "nothing is half done");
    })
    .await;
}

#[tokio::test]
async fn queries_by_table() {
    on_both(async |service| {
        let (customer, _) = service.caller().await;
        for (path, status, places) in [
            ("/customers?limit=0", 422, vec!["limit"]),
            ("/customers?limit=501", 422, vec!["limit"]),
            ("/customers?limit=x", 422, vec!["limit"]),
            ("/customers?cursor=x", 422, vec!["cursor"]),
            ("/customers?limit=1&limit=2", 400, vec![]),
            ("/customers?sort=name", 400, vec![]),
            ("/customers?search=%00", 422, vec![]),
            ("/calls?from=yesterday", 422, vec!["from"]),
            ("/calls?from=2026-10-25T02:30:00", 422, vec!["from"]),
            ("/calls?disposition=lost", 422, vec!["disposition"]),
            ("/customers/{customer}/usage?period=2026-13", 422, vec!["period"]),
            ("/customers/{customer}/usage?period=oktober", 422, vec!["period"]),
            ("/customers/{customer}/usage?period=2026-10&by=month", 422, vec![]),
            ("/customers/{customer}/usage?by=day", 422, vec!["by"]),
            ("/ledger", 422, vec![]),
        ] {
            let reply = service.get(&path.replace("{customer}", &customer)).await;
            // A database that keeps any character finds nothing under U+0000.
            let status = if path.contains("%00") && reply.status == 200 { 200 } else { status };
            assert_eq!(reply.status, status, "{path}: {}", reply.text);
            assert_eq!(reply.places(), places, "{path}");
        }
    })
    .await;
}

#[tokio::test]
async fn addresses_and_methods_that_are_not_there() {
    on_both(async |service| {
        for (method, path, status) in [
            ("GET", "/nowhere", 404),
            ("GET", "/api/v1/nowhere", 404),
            ("GET", "/api/v2/customers", 404),
            ("DELETE", "/api/v1/customers", 405),
            ("OPTIONS", "/api/v1/customers", 405),
            ("PATCH", "/api/v1/customers/cus_1", 405),
            ("POST", "/health", 405),
        ] {
            let reply = sent(service.bare(method.parse::<Method>().unwrap(), path)).await;
            assert_eq!(reply.status, status, "{method} {path}");
            assert_eq!(reply.header("content-type"), "application/problem+json", "{method} {path}");
            assert_eq!(reply.header("allow").is_empty(), status != 405, "{method} {path}");
        }
        let head = sent(service.request(Method::HEAD, "/customers")).await;
        assert_eq!((head.status, head.text.as_str()), (200, ""));
        let missing = service.get("/customers/cus_none").await;
        assert_eq!((missing.status, missing.problem()), (404, "not-found"));
        let unknown = service.post("/payments", json!({"customer": "cus_none", "amount": "1", "method": "cash"})).await;
        assert_eq!((unknown.status, unknown.places()), (422, vec!["/customer"]));
    })
    .await;
}

#[tokio::test]
async fn a_database_that_is_gone_is_told_soon() {
    on_both(async |service| {
        service.engine.store().close().await;
        let health = sent(service.bare(Method::GET, "/health")).await;
        let customers = service.get("/customers").await;
        let paid = service.post("/payments", json!({"customer": "cus_1", "amount": "1", "method": "cash"})).await;
        for reply in [health, customers, paid] {
            assert_eq!((reply.status, reply.problem()), (503, "unavailable"), "{}", reply.text);
            assert_eq!(reply.header("retry-after"), "5");
            assert!(!reply.text.contains("pool"), "{}", reply.text);
        }
    })
    .await;
}
