//! Payments, credits and the ledger.

use serde_json::json;

use crate::service::on_both;

#[tokio::test]
async fn amounts_by_table() {
    on_both(async |service| {
        let customer = service.customer("Harbour Radio").await;
        for (amount, status, places) in [
            (json!("20"), 201, vec![]),
            (json!("0.01"), 201, vec![]),
            (json!("1.005"), 422, vec!["/amount"]),
            (json!("0"), 422, vec!["/amount"]),
            (json!("-50.00"), 422, vec!["/amount"]),
            (json!("1.0000000"), 422, vec!["/amount"]),
            (json!("99999999999999999999"), 422, vec!["/amount"]),
            (json!("1e3"), 400, vec!["/amount"]),
            (json!(0.1), 400, vec!["/amount"]),
            (json!(-5000), 422, vec!["/amount"]),
            (json!("\u{661}\u{660}"), 400, vec!["/amount"]),
            (json!("NaN"), 400, vec!["/amount"]),
            (json!(null), 400, vec!["/amount"]),
        ] {
            let reply =
                service.post("/payments", json!({"customer": customer, "amount": amount, "method": "card"})).await;
            assert_eq!((reply.status, reply.places()), (status, places), "{amount}: {}", reply.text);
        }
        let huge = json!({"customer": customer, "amount": "9223372036854.77", "method": "card"});
        let beyond = service.post("/payments", huge).await;
        assert_eq!((beyond.status, beyond.problem()), (422, "invalid"), "{}", beyond.text);
        let balance = service.get(&format!("/customers/{customer}/balance")).await;
        assert_eq!(balance.body["balance"], "20.01");
    })
    .await;
}

#[tokio::test]
async fn what_is_paid_and_credited_stands_in_the_ledger() {
    on_both(async |service| {
        let customer = service.customer("Harbour Radio").await;
        let euro = service
            .post("/payments", json!({"customer": customer, "amount": "5", "currency": "EUR", "method": "cash"}))
            .await;
        assert_eq!((euro.status, euro.problem(), euro.places()), (409, "wrong-currency", vec!["/currency"]));
        assert_eq!(euro.body["customer_currency"], "USD");
        let later =
            json!({"customer": customer, "amount": "5", "method": "cash", "received_at": "2026-10-16T00:00:00Z"});
        assert_eq!(service.post("/payments", later).await.places(), ["/received_at"]);
        let paid = service
            .post(
                "/payments",
                json!({"customer": customer, "amount": "20.00", "method": "transfer", "reference": "r-1"}),
            )
            .await;
        assert_eq!((paid.status, &paid.body["reference"]), (201, &json!("r-1")));
        for (body, status, place) in [
            (json!({"customer": customer, "kind": "credit", "amount": "5.00", "reason": "bad line"}), 201, ""),
            (json!({"customer": customer, "kind": "adjustment", "amount": "-2.50", "reason": "typo"}), 201, ""),
            (json!({"customer": customer, "kind": "credit", "amount": "-1", "reason": "x"}), 422, "/amount"),
            (json!({"customer": customer, "kind": "credit", "amount": "1", "reason": " "}), 422, "/reason"),
            (json!({"customer": customer, "kind": "opening_balance", "amount": "1", "reason": "x"}), 400, "/kind"),
        ] {
            let reply = service.post("/credits", body.clone()).await;
            assert_eq!(reply.status, status, "{body}: {}", reply.text);
            assert!(status == 201 || reply.places() == [place], "{body}");
        }
        let shown = |body: &serde_json::Value, field: &str| -> Vec<String> {
            body["items"].as_array().unwrap().iter().map(|item| item[field].as_str().unwrap().to_owned()).collect()
        };
        let ledger = service.get(&format!("/customers/{customer}/ledger")).await;
        assert_eq!(shown(&ledger.body, "kind").len(), 3);
        assert_eq!(ledger.body, service.get(&format!("/ledger?customer={customer}")).await.body);
        let adjusted =
            ledger.body["items"].as_array().unwrap().iter().find(|entry| entry["kind"] == "adjustment").unwrap();
        assert_eq!((&adjusted["amount"], &adjusted["from"]), (&json!("2.50"), &json!(customer)));
        assert_eq!(shown(&service.get(&format!("/customers/{customer}/payments")).await.body, "amount"), ["20.00"]);
        assert_eq!(
            shown(&service.get(&format!("/credits?customer={customer}")).await.body, "amount"),
            ["-2.50", "5.00"]
        );
        let nothing = service.get("/payments?customer=cus_none").await;
        assert_eq!(nothing.body["items"], json!([]));
        let balance = service.get(&format!("/customers/{customer}/balance")).await;
        assert_eq!(balance.body["balance"], "22.50");
    })
    .await;
}

#[tokio::test]
async fn allowances_are_granted_and_revoked() {
    on_both(async |service| {
        let customer = service.customer("Harbour Radio").await;
        let grant = |body| service.post("/allowances", body);
        let granted = grant(json!({"customer": customer, "seconds": 600, "reason": "welcome"})).await;
        assert_eq!((granted.status, &granted.body["granted_seconds"]), (201, &json!(600)), "{}", granted.text);
        for (body, place) in [
            (json!({"customer": customer, "seconds": 0, "reason": "x"}), "/seconds"),
            (json!({"customer": customer, "seconds": 1, "reason": ""}), "/reason"),
            (json!({"customer": customer, "seconds": 1, "reason": "x", "agent": "agt_none"}), "/agent"),
            (json!({"customer": "cus_none", "seconds": 1, "reason": "x"}), "/customer"),
            (
                json!({"customer": customer, "seconds": 1, "reason": "x", "expires_at": "2026-10-15T12:00:00Z"}),
                "/expires_at",
            ),
        ] {
            let reply = grant(body.clone()).await;
            assert_eq!((reply.status, reply.places()), (422, vec![place]), "{body}: {}", reply.text);
        }
        let path = format!("/allowances/{}", granted.body["id"].as_str().unwrap());
        let revoked = sent_empty(service, &format!("{path}/revoke")).await;
        assert_eq!(
            (revoked.status, &revoked.body["revoked_at"]),
            (200, &json!(crate::service::NOW)),
            "{}",
            revoked.text
        );
        assert_eq!(sent_empty(service, &format!("{path}/revoke")).await.status, 409);
        assert_eq!(service.get(&path).await.body, revoked.body);
        let listed = service.get(&format!("/customers/{customer}/allowances")).await;
        assert_eq!(listed.body["items"].as_array().unwrap().len(), 1);
    })
    .await;
}

async fn sent_empty(service: &crate::service::Service, path: &str) -> crate::service::Reply {
    crate::service::sent(service.request(reqwest::Method::POST, path)).await
}
