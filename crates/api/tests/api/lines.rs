//! Lines: opened, given another plan, closed.

use reqwest::Method;
use serde_json::json;

use crate::service::{on_both, sent};

#[tokio::test]
async fn lines_that_cannot_be_opened() {
    on_both(async |service| {
        let (customer, _) = service.caller().await;
        let prepaid =
            json!({"name": "Prepaid", "kind": "prepaid", "currency": "USD", "rate": {"price_per_minute": "0.05"}});
        service.made("/plans", prepaid).await;
        let euro = json!({"name": "Euro", "currency": "EUR", "rate": {"price_per_minute": "0.05"}, "monthly_fee": "0"});
        service.made("/plans", euro).await;
        for (line, status, problem, place) in [
            (json!({"customer": customer, "number": "0001", "plan": "Basic"}), 409, "number-taken", "/number"),
            (json!({"customer": customer, "number": "0002", "plan": "Prepaid"}), 409, "wrong-mode", "/plan"),
            (json!({"customer": customer, "number": "0002", "plan": "Euro"}), 409, "wrong-currency", "/plan"),
            (json!({"customer": customer, "number": "0002", "plan": "None"}), 422, "invalid", "/plan"),
            (json!({"customer": "cus_none", "number": "0002", "plan": "Basic"}), 422, "invalid", "/customer"),
            (json!({"customer": customer, "number": "abc", "plan": "Basic"}), 422, "invalid", "/number"),
            (
                json!({"customer": customer, "number": "0002", "plan": "Basic", "opened_at": "2026-10-16T00:00:00Z"}),
                422,
                "invalid",
                "/opened_at",
            ),
            (
                json!({"customer": customer, "number": "0002", "plan": "Basic", "opened_at": "2026-10-01"}),
                400,
                "unreadable",
                "/opened_at",
            ),
            (json!({"customer": customer, "plan": "Basic"}), 400, "unreadable", ""),
        ] {
            let reply = service.post("/lines", line.clone()).await;
            assert_eq!((reply.status, reply.problem()), (status, problem), "{line}: {}", reply.text);
            assert_eq!(reply.places(), [place], "{line}");
        }
        let listed = service.get(&format!("/customers/{customer}/lines")).await;
        assert_eq!(listed.body["items"].as_array().unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_line_lives() {
    on_both(async |service| {
        let (customer, first) = service.caller().await;
        let free = service.post("/lines", json!({"customer": customer, "number": "####", "plan": "Basic"})).await;
        assert_eq!((free.status, &free.body["number"]), (201, &json!("0002")), "{}", free.text);
        let found = service.get("/lines?number=0002").await;
        assert_eq!(found.body["items"].as_array().unwrap().len(), 1);
        let other = service.plan("Evenings", "0.02").await;
        let path = format!("/lines/{first}/plan");
        let change = |version: &'static str, body: serde_json::Value| {
            sent(service.request(Method::POST, &path).header("if-match", version).json(&body))
        };
        let past = json!({"plan": "Evenings", "from": "2026-10-01T00:00:00Z"});
        assert_eq!(change("\"1\"", past).await.places(), ["/from"]);
        let foretold = service.get(&format!("{path}/preview?plan=Evenings&from=2026-10-20T00:00:00Z")).await;
        assert_eq!((foretold.status, &foretold.body["currency"]), (200, &json!("USD")), "{}", foretold.text);
        assert_eq!(foretold.body["before"], json!({"parts": [], "total": "0.00"}), "a plan without a fee");
        let foretold = service.get(&format!("{path}/preview?plan=Evenings&from=2026-10-01T00:00:00Z")).await;
        assert_eq!((foretold.status, foretold.places()), (422, vec!["/from"]), "{}", foretold.text);
        let changed = change("\"1\"", json!({"plan": other})).await;
        assert_eq!((changed.status, changed.header("etag")), (200, "\"2\""), "{}", changed.text);
        assert_eq!(changed.body["plans"][1]["plan"], json!(other));
        assert_eq!(change("\"1\"", json!({"plan": other})).await.status, 412);
        let close = |version: &'static str| {
            sent(service.request(Method::POST, &format!("/lines/{first}/close")).header("if-match", version))
        };
        let closed = close("\"2\"").await;
        assert_eq!((closed.status, &closed.body["state"]), (200, &json!("closed")), "{}", closed.text);
        assert_eq!((close("\"3\"").await.status, close("\"2\"").await.status), (409, 412));
        let resting = service.post("/lines", json!({"customer": customer, "number": "0001", "plan": "Basic"})).await;
        assert_eq!((resting.status, resting.problem()), (409, "number-taken"));
    })
    .await;
}
