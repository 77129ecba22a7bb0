//! Voucher codes.

use engine::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::service::{Reply, Service, on_both, sent};

/// A batch's id and its codes.
async fn batch(service: &Service, count: i64) -> (String, Vec<String>) {
    let made = service.post("/voucher-batches", json!({"name": "Kiosks", "amount": "10.00", "count": count})).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let codes = serde_json::from_value(made.body["codes"].clone()).unwrap();
    (made.body["batch"]["id"].as_str().unwrap().to_owned(), codes)
}

async fn balance(service: &Service, customer: &str) -> Value {
    service.get(&format!("/customers/{customer}/balance")).await.body["balance"].clone()
}

/// The problem, its reason and its place.
fn refusal(reply: &Reply) -> (u16, &str, &Value, Vec<&str>) {
    (reply.status, reply.problem(), &reply.body["reason"], reply.places())
}

#[tokio::test]
async fn clerks_make_batches_and_see_no_code_again() {
    on_both(async |service| {
        let clerk = service.person(&[Role::Clerk], &[], None).await;
        let new = json!({"name": "Kiosks", "amount": "10.00", "count": 3, "expires_at": "2027-01-01T00:00:00Z"});
        let made = clerk.post("/voucher-batches", new.clone()).await;
        assert_eq!(made.status, 201, "{}", made.text);
        let codes: Vec<String> = serde_json::from_value(made.body["codes"].clone()).unwrap();
        assert!(codes.len() == 3 && codes.iter().all(|code| code.len() == 19), "{codes:?}");
        let id = made.body["batch"]["id"].as_str().unwrap().to_owned();
        assert_eq!(made.header("location"), format!("/api/v1/voucher-batches/{id}"));
        let expected = json!({"id": id, "name": "Kiosks", "amount": "10.00", "currency": "USD", "count": 3, "redeemed": 0,
            "expires_at": "2027-01-01T00:00:00Z", "created_at": "2026-10-15T12:00:00Z",
            "created_by": format!("user:{}", clerk.user), "revoked_at": null});
        assert_eq!(made.body["batch"], expected);
        let (later, _) = batch(service, 1).await;
        let path = format!("/voucher-batches/{id}");
        let (shown, all) = (service.get(&path).await, service.get("/voucher-batches").await);
        assert_eq!((&shown.body, &all.body["items"][1]), (&expected, &expected));
        assert_eq!(all.body["items"][0]["id"], json!(later), "the newest first");
        let cursor = service.get("/voucher-batches?limit=1").await.body["next_cursor"].as_str().unwrap().to_owned();
        assert_eq!(service.get(&format!("/voucher-batches?cursor={cursor}")).await.body["items"], json!([expected]));

        let customer = service.made("/customers", json!({"organisation": "Talker", "mode": "prepaid"})).await;
        let paid = service.made(&format!("/customers/{customer}/vouchers"), json!({"code": codes[1]})).await;
        let first = service.get(&format!("{path}/vouchers?limit=2")).await;
        let ending = |n: usize| codes[n].rsplit('-').next().unwrap();
        assert_eq!(
            first.body["items"],
            json!([
                {"position": 1, "ending": ending(0), "redeemed_by": null, "redeemed_at": null, "payment": null},
                {"position": 2, "ending": ending(1), "redeemed_by": customer, "redeemed_at": "2026-10-15T12:00:00Z",
                    "payment": paid}
            ])
        );
        let cursor = first.body["next_cursor"].as_str().unwrap();
        let rest = service.get(&format!("{path}/vouchers?cursor={cursor}")).await;
        assert_eq!((&rest.body["items"][0]["position"], &rest.body["next_cursor"]), (&json!(3), &Value::Null));
        let audit = service.get(&format!("/audit?subject={id}")).await;
        for told in [&shown.text, &all.text, &first.text, &rest.text, &audit.text] {
            assert!(!codes.iter().any(|code| told.contains(code) || told.contains(&code.replace('-', ""))), "{told}");
        }
        for (field, value, status) in [
            ("name", json!(""), 422),
            ("amount", json!("0.00"), 422),
            ("amount", json!(10), 400),
            ("amount", json!("0.001"), 422),
            ("currency", json!("XXX"), 422),
            ("count", json!(0), 422),
            ("count", json!(1001), 422),
            ("count", json!("3"), 400),
            ("expires_at", json!("2026-10-15T12:00:00Z"), 422),
        ] {
            let mut body = new.clone();
            body[field] = value.clone();
            let refused = clerk.post("/voucher-batches", body).await;
            let place = format!("/{field}");
            assert_eq!((refused.status, refused.places()), (status, vec![&*place]), "{value}: {}", refused.text);
        }
    })
    .await;
}

#[tokio::test]
async fn a_customer_redeems_a_code_once() {
    on_both(async |service| {
        let customer = service.made("/customers", json!({"organisation": "Talker", "mode": "prepaid"})).await;
        let other = service.made("/customers", json!({"organisation": "Other", "mode": "prepaid"})).await;
        let own = service.person(&[Role::Customer], &[&customer], None).await;
        let (id, codes) = batch(service, 3).await;
        let path = format!("/customers/{customer}/vouchers");
        let foreign = own.post(&format!("/customers/{other}/vouchers"), json!({"code": codes[0]})).await;
        assert_eq!((foreign.status, foreign.problem()), (404, "not-found"));
        let keyed = async || {
            let request = service.anonymous(Method::POST, &path).header("idempotency-key", "k1");
            sent(own.with(request).json(&json!({"code": codes[0].to_lowercase()}))).await
        };
        let paid = keyed().await;
        let payment = paid.body["id"].as_str().unwrap();
        let expected = json!({"id": payment, "customer": customer, "amount": "10.00", "currency": "USD", "method": "voucher",
            "reference": codes[0].rsplit('-').next().unwrap(), "received_at": "2026-10-15T12:00:00Z", "settles": [],
            "unspent": "0.00", "returned": "0.00"});
        assert_eq!((paid.status, &paid.body), (201, &expected), "{}", paid.text);
        let again = keyed().await;
        assert_eq!((again.status, &again.body, again.header("idempotency-replayed")), (201, &expected, "true"));
        assert_eq!(balance(service, &customer).await, "10.00");
        assert_eq!(own.get("/payments").await.body["items"], json!([expected]));

        let redeem = async |code: &str| own.post(&path, json!({"code": code})).await;
        let at_code = vec!["/code"];
        let used = redeem(&codes[0]).await;
        assert_eq!(refusal(&used), (422, "voucher-refused", &json!("used"), at_code.clone()), "{}", used.text);
        service.made(&format!("/customers/{other}/vouchers"), json!({"code": codes[1]})).await;
        let (theirs, unknown) = (redeem(&codes[1]).await, redeem("0123-4567-89AB-CDEZ").await);
        let mistyped = redeem("0123-4567-89AB-CDE").await;
        assert_eq!(refusal(&mistyped), (422, "voucher-refused", &json!("mistyped"), at_code.clone()));
        assert_eq!(refusal(&theirs), (422, "voucher-refused", &json!("unknown"), at_code.clone()));
        let nameless = |reply: &Reply| {
            let mut body = reply.body.clone();
            body["request_id"] = Value::Null;
            body
        };
        assert_eq!(nameless(&theirs), nameless(&unknown), "whether somebody has had a code is nobody's business");
        let receipt = service.get(&format!("/receipts?customer={customer}")).await;
        assert_eq!(receipt.body["items"].as_array().unwrap().len(), 1, "{}", receipt.text);

        let clerk = service.person(&[Role::Clerk], &[], None).await;
        let revoked = clerk.post(&format!("/voucher-batches/{id}/revoke"), json!({})).await;
        assert_eq!((revoked.status, &revoked.body["redeemed"]), (200, &json!(2)), "{}", revoked.text);
        let again = clerk.post(&format!("/voucher-batches/{id}/revoke"), json!({})).await;
        assert_eq!((again.status, again.problem()), (409, "wrong-state"));
        let dead = redeem(&codes[2]).await;
        assert_eq!(refusal(&dead), (422, "voucher-refused", &json!("revoked"), at_code));
        let by_hand = json!({"customer": customer, "amount": "10.00", "method": "voucher"});
        let by_hand = service.post("/payments", by_hand).await;
        assert_eq!((by_hand.status, by_hand.places()), (422, vec!["/method"]), "{}", by_hand.text);
        assert_eq!(balance(service, &customer).await, "10.00");
        assert_eq!(service.faults().await, json!([]));
    })
    .await;
}

#[tokio::test]
async fn ten_wrong_codes_of_a_customer_are_the_last_for_a_while_whoever_tries() {
    on_both(async |service| {
        let customer = service.made("/customers", json!({"organisation": "Talker", "mode": "prepaid"})).await;
        let own = service.person(&[Role::Customer], &[&customer], None).await;
        let partner = service.person(&[Role::Customer], &[&customer], None).await;
        let clerk = service.person(&[Role::Clerk], &[], None).await;
        let (_, codes) = batch(service, 1).await;
        let path = format!("/customers/{customer}/vouchers");
        for n in 0..10 {
            // A key of its own for each, or the same for all: what is refused is tried anew.
            let who = [&own, &partner, &clerk][n % 3];
            let request = service.anonymous(Method::POST, &path).header("idempotency-key", format!("k{}", n / 6));
            let code = if n % 2 == 0 { "0123-4567-89AB-CDEZ" } else { "no code" };
            let wrong = sent(who.with(request).json(&json!({"code": code}))).await;
            assert_eq!((wrong.status, wrong.problem()), (422, "voucher-refused"), "{n}: {}", wrong.text);
        }
        service.comes("2026-10-15T12:05:00Z").await;
        for who in [&own, &partner, &clerk] {
            for code in [codes[0].as_str(), "no code"] {
                let refused = who.post(&path, json!({"code": code})).await;
                assert_eq!((refused.status, refused.problem()), (429, "too-many-attempts"), "{}", refused.text);
                assert_eq!((refused.header("retry-after"), refused.places()), ("600", vec!["/code"]));
            }
        }
        assert_eq!(balance(service, &customer).await, "0.00");
        service.comes("2026-10-15T12:15:00Z").await;
        let redeemed = own.post(&path, json!({"code": codes[0]})).await;
        assert_eq!(redeemed.status, 201, "{}", redeemed.text);
        assert_eq!(balance(service, &customer).await, "10.00");
    })
    .await;
}
