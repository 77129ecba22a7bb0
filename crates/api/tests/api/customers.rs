//! Customers: made, shown, found, changed.

use reqwest::Method;
use serde_json::json;

use crate::service::{on_both, sent};

#[tokio::test]
async fn a_customer_is_shown_as_it_was_made() {
    on_both(async |service| {
        let made = service
            .post(
                "/customers",
                json!({"first_name": "Ada", "last_name": "Lovelace", "address": {"city": "London"}, "mode": "postpaid",
                       "email": "ada@example.org", "external_reference": "crm-1", "currency": "EUR", "credit_limit": "25.5",
                       "tax_rule": {"kind": "exempt", "text": "charity"}}),
            )
            .await;
        assert_eq!(made.status, 201, "{}", made.text);
        let id = made.body["id"].as_str().unwrap();
        assert!(id.starts_with("cus_"));
        assert_eq!((made.header("etag"), made.header("location")), ("\"1\"", format!("/api/v1/customers/{id}").as_str()));
        let shown = service.get(&format!("/customers/{id}")).await;
        assert_eq!((shown.status, &shown.body), (200, &made.body));
        assert_eq!(shown.body["name"], "Ada Lovelace");
        assert_eq!(shown.body["address"], json!({"street": null, "postal_code": null, "city": "London", "country": null}));
        assert_eq!(shown.body["created_at"], crate::service::NOW);
        let balance = service.get(&format!("/customers/{id}/balance")).await;
        assert_eq!(
            balance.body,
            json!({"customer": id, "currency": "EUR", "balance": "0.00", "promotional": "0.00", "paid": "0.00", "held": "0.00",
                   "live_calls": 0, "credit_limit": "25.50", "available": "25.50", "unpaid": "0.00", "free_seconds": 0,
                   "talk_time": null, "message_price": null})
        );
        let taken = service.post("/customers", json!({"organisation": "B", "mode": "prepaid", "external_reference": "crm-1"})).await;
        assert_eq!((taken.status, taken.problem(), taken.places()), (409, "reference-taken", vec!["/external_reference"]));
    })
    .await;
}

#[tokio::test]
async fn customers_are_found_by_name_and_reference() {
    on_both(async |service| {
        for (name, reference) in [("Harbour Radio", "crm-1"), ("Harbour Bakery", "crm-2"), ("Hill Choir", "crm-3")] {
            service
                .made("/customers", json!({"organisation": name, "mode": "prepaid", "external_reference": reference}))
                .await;
        }
        for (search, found) in [("harbour", 2), ("crm-3", 1), ("nobody", 0), ("", 3), ("%25", 0)] {
            let listed = service.get(&format!("/customers?search={search}")).await;
            assert_eq!(listed.body["items"].as_array().unwrap().len(), found, "{search}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_credit_limit_is_set_by_whoever_knows_the_customers_version() {
    on_both(async |service| {
        let postpaid = service.made("/customers", json!({"organisation": "A", "mode": "postpaid"})).await;
        let prepaid = service.made("/customers", json!({"organisation": "B", "mode": "prepaid"})).await;
        let set = |id: &str, version: &'static str, limit: serde_json::Value| {
            let path = format!("/customers/{id}/credit-limit");
            sent(service.request(Method::PUT, &path).header("if-match", version).json(&json!({"credit_limit": limit})))
        };
        let limited = set(&postpaid, "\"1\"", json!("250")).await;
        assert_eq!((limited.status, limited.header("etag")), (200, "\"2\""), "{}", limited.text);
        assert_eq!((&limited.body["credit_limit"], &limited.body["available"]), (&json!("250.00"), &json!("250.00")));
        assert_eq!(set(&postpaid, "\"1\"", json!("300")).await.status, 412);
        assert_eq!(set(&postpaid, "\"2\"", json!("-1")).await.places(), ["/credit_limit"]);
        assert_eq!(set(&prepaid, "\"1\"", json!("5")).await.places(), ["/credit_limit"]);
        let missing = service.request(Method::PUT, &format!("/customers/{postpaid}/credit-limit"));
        assert_eq!(sent(missing.header("if-match", "\"2\"").json(&json!({}))).await.status, 400);
        let unlimited = set(&postpaid, "\"2\"", json!(null)).await;
        assert_eq!((&unlimited.body["credit_limit"], &unlimited.body["available"]), (&json!(null), &json!(null)));
        let changes = service.get(&format!("/audit?subject={postpaid}")).await;
        assert_eq!(changes.body["items"][0]["action"], "customer.set_credit_limit");
    })
    .await;
}
