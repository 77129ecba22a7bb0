//! One-off and recurring items.

use reqwest::Method;
use serde_json::json;

use crate::service::{on_both, sent};

#[tokio::test]
async fn items_by_table() {
    on_both(async |service| {
        let (customer, line) = service.subscriber("Harbour Radio", "0001").await;
        let prepaid = service.made("/customers", json!({"organisation": "Ada", "mode": "prepaid"})).await;
        let item = |kind: &str, amount: &str| json!({"kind": kind, "name": "Set-up", "amount": amount});
        for (whose, body, status, places) in [
            (&customer, item("one_off", "5.00"), 201, vec![]),
            (&customer, item("recurring", "-1.00"), 201, vec![]),
            (&customer, item("recurring", "0"), 422, vec!["/amount"]),
            (&customer, item("recurring", "1e3"), 400, vec!["/amount"]),
            (&customer, item("weekly", "1"), 400, vec!["/kind"]),
            (&customer, json!({"kind": "one_off", "name": " ", "amount": "1"}), 422, vec!["/name"]),
            (&customer, json!({"kind": "one_off", "name": "x", "amount": "1", "line": line}), 201, vec![]),
            (&customer, json!({"kind": "one_off", "name": "x", "amount": "1", "line": "lin_none"}), 422, vec!["/line"]),
            (&customer, json!({"kind": "one_off", "name": "x", "amount": "1", "from": "today"}), 400, vec!["/from"]),
            (&prepaid, item("one_off", "5.00"), 422, vec!["/customer"]),
        ] {
            let reply = service.post(&format!("/customers/{whose}/items"), body.clone()).await;
            assert_eq!((reply.status, reply.places()), (status, places), "{body}: {}", reply.text);
        }
        let listed = service.get(&format!("/customers/{customer}/items")).await;
        assert_eq!(listed.body["items"].as_array().unwrap().len(), 3);
        assert_eq!(service.get("/customers/cus_none/items").await.status, 404);
    })
    .await;
}

#[tokio::test]
async fn an_item_is_billed_or_ended() {
    on_both(async |service| {
        let (customer, _) = service.subscriber("Harbour Radio", "0001").await;
        let make = async |kind: &str| {
            let item = json!({"kind": kind, "name": kind, "amount": "31.00", "from": "2026-10-16T00:00:00Z"});
            service.made(&format!("/customers/{customer}/items"), item).await
        };
        let (once, monthly, regretted) = (make("one_off").await, make("recurring").await, make("one_off").await);
        let end = |item: &str, version: &'static str| {
            sent(service.request(Method::POST, &format!("/items/{item}/end")).header("if-match", version))
        };
        assert_eq!(service.post(&format!("/items/{regretted}/end"), json!({})).await.status, 428);
        assert_eq!(end(&regretted, "\"2\"").await.status, 412);
        let ended = end(&regretted, "\"1\"").await;
        assert_eq!((ended.status, ended.header("etag")), (200, "\"2\""), "{}", ended.text);
        assert_eq!(service.get(&format!("/items/{regretted}")).await.body, ended.body);

        service.comes("2026-11-01T00:00:00Z").await;
        let invoice = service.invoiced(&customer).await;
        let invoice_shown = service.get(&format!("/invoices/{invoice}")).await;
        let lines = invoice_shown.body["lines"].as_array().unwrap();
        let items: Vec<_> =
            lines.iter().filter(|line| line["kind"] == "item").map(|line| (&line["name"], &line["amount"])).collect();
        // The recurring one is charged for 16 of 31 days.
        assert_eq!(
            items,
            [(&json!("one_off"), &json!("31.00")), (&json!("recurring"), &json!("16.00"))],
            "{}",
            invoice_shown.text
        );
        let shown = service.get(&format!("/items/{once}")).await;
        assert_eq!(shown.body["invoice"], json!(invoice));
        let version: &'static str = shown.header("etag").to_owned().leak();
        assert_eq!(end(&once, version).await.status, 409);
        let ended = end(&monthly, "\"1\"").await;
        assert_eq!((ended.status, &ended.body["to"]), (200, &json!("2026-11-01T00:00:00Z")), "{}", ended.text);
    })
    .await;
}
