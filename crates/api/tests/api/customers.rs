//! Customers: made, shown, found, changed.

use serde_json::json;

use crate::service::on_both;

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
            json!({"customer": id, "currency": "EUR", "balance": "0.00", "held": "0.00", "credit_limit": "25.50",
                   "available": "25.50"})
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
