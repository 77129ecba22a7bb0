//! Automatic top-ups over HTTP. What becomes of charges is tested with the adapters of real providers.

use std::sync::Arc;

use domain::money::{Amount, Currency};
use engine::Role;
use engine::jobs::Runner;
use engine::payments::automatic::{AUTOMATIC_TOP_UPS, CardCharges, look};
use engine::payments::checkouts::{self, Notice};
use reqwest::Method;
use serde_json::{Value, json};

use crate::service::{Door, PROVIDER, Reply, Service, on_both, on_both_behind, pages, sent};

/// What is looked at is the whole database.
const ALONE: Door = Door { alone: true, ..Door::ORDINARY };

impl Service {
    /// From now on customers may have automatic top-ups, so many a day.
    pub(crate) async fn offers_automatic_top_ups(&self, most_per_day: Value) -> Reply {
        let tenant = self.get("/tenant").await;
        let mut body = json!({"name": tenant.body["name"], "settings": tenant.body["settings"]});
        body["settings"]["automatic_top_up"] = json!({"offered": true, "most_per_day": most_per_day});
        sent(self.request(Method::PUT, "/tenant").header("if-match", tenant.header("etag")).json(&body)).await
    }

    /// A customer pays so much on a page, and lets the card be kept.
    pub(crate) async fn keeps_card(&self, customer: &str, amount: &str) {
        let body = json!({"amount": amount, "keep_card": true});
        let checkout = self.made(&format!("/customers/{customer}/checkouts"), body).await;
        let paid = Notice::Paid {
            origin: format!("{PROVIDER}/{checkout}"),
            checkout,
            amount: Amount::parse(amount).unwrap(),
            currency: Currency::parse("USD").unwrap(),
            payer: Some("payer_1".to_owned()),
        };
        checkouts::told(&self.engine, self.owner.tenant, PROVIDER, paid).await.unwrap();
    }

    /// Looks once for low balances, those of all tenants, and charges; how many were to be charged.
    pub(crate) async fn looks_at_balances(&self) -> usize {
        let begun = look(&self.engine, &pages()).await.unwrap();
        let charging = Arc::new(CardCharges::new(pages()));
        Runner::new(self.engine.clone(), "test").handle(AUTOMATIC_TOP_UPS, charging, 1).run_due().await.unwrap();
        begun
    }

    async fn set(&self, customer: &str, version: &str, body: Value) -> Reply {
        let put = self.request(Method::PUT, &format!("/customers/{customer}/automatic-top-up"));
        sent(put.header("if-match", version).json(&body)).await
    }
}

async fn prepaid(service: &Service, name: &str) -> String {
    service.made("/customers", json!({"organisation": name, "mode": "prepaid"})).await
}

fn body() -> Value {
    json!({"below": "5.00", "amount": "20.00"})
}

#[tokio::test]
async fn nothing_is_offered_by_itself() {
    on_both(async |service| {
        let pia = prepaid(service, "Pia").await;
        let ways = service.get(&format!("/customers/{pia}/ways-to-pay")).await.body;
        assert_eq!((&ways["checkout"], &ways["automatic"]), (&json!(true), &json!(false)));
        let kept = service.post(&format!("/customers/{pia}/checkouts"), json!({"amount": "5", "keep_card": true})).await;
        assert_eq!((kept.status, kept.problem()), (409, "wrong-state"), "{}", kept.text);
        assert_eq!(service.set(&pia, "\"0\"", body()).await.status, 409);
        let off = json!({"customer": pia, "currency": "USD", "state": "off", "below": null, "amount": null, "failure": null,
            "has_card": false, "saved_at": null, "version": 0});
        assert_eq!(service.get(&format!("/customers/{pia}/automatic-top-up")).await.body, off);
        for often in [json!(0), json!(21)] {
            let refused = service.offers_automatic_top_ups(often).await;
            assert_eq!(refused.places(), ["/automatic_top_up/most_per_day"], "{}", refused.text);
        }
        assert_eq!(service.offers_automatic_top_ups(json!(3)).await.status, 200);
        assert_eq!(service.get(&format!("/customers/{pia}/ways-to-pay")).await.body["automatic"], true);
        let refused = service.set(&pia, "\"0\"", body()).await;
        assert!(refused.status == 409 && refused.text.contains("no card is kept"), "{}", refused.text);
        let acme = service.customer("Acme").await;
        assert_eq!(service.get(&format!("/customers/{acme}/ways-to-pay")).await.body["automatic"], false);
        let kept = service.post(&format!("/customers/{acme}/checkouts"), json!({"amount": "5", "keep_card": true})).await;
        assert_eq!(kept.status, 409, "{}", kept.text);
    })
    .await;
}

#[tokio::test]
async fn a_customer_sets_it_and_it_is_charged_and_ends() {
    on_both_behind(ALONE, async |service| {
        service.offers_automatic_top_ups(json!(3)).await;
        let pia = prepaid(service, "Pia").await;
        service.keeps_card(&pia, "1.00").await;
        let own = service.person(&[Role::Customer], &[&pia], None).await;
        let path = format!("/customers/{pia}/automatic-top-up");
        let without = sent(own.request(Method::PUT, &path).json(&body())).await;
        assert_eq!(without.status, 428, "{}", without.text);
        for (odd, place) in [
            (json!({"below": "0", "amount": "20.00"}), "/below"),
            (json!({"below": "-5", "amount": "20.00"}), "/below"),
            (json!({"below": "5.00", "amount": "0.00"}), "/amount"),
            (json!({"below": "5.00", "amount": "0.001"}), "/amount"),
        ] {
            let refused = own.put(&path, 0, odd.clone()).await;
            assert_eq!((refused.status, refused.places()), (422, vec![place]), "{odd}: {}", refused.text);
        }
        let on = own.put(&path, 0, body()).await;
        let expected = json!({"customer": pia, "currency": "USD", "state": "on", "below": "5.00", "amount": "20.00",
            "failure": null, "has_card": true, "saved_at": "2026-10-15T12:00:00Z", "version": 1});
        assert_eq!((on.status, &on.body, on.header("etag")), (200, &expected, "\"1\""), "{}", on.text);
        assert_eq!(own.put(&path, 0, body()).await.status, 412);
        assert_eq!(own.get(&path).await.body, expected);
        assert_eq!((service.looks_at_balances().await, service.looks_at_balances().await), (1, 0));
        let payments = service.get(&format!("/customers/{pia}/payments")).await.body;
        let newest = &payments["items"][0];
        assert_eq!((&newest["amount"], &newest["method"]), (&json!("20.00"), &json!("card")), "{payments}");
        let checkout = own.get(&format!("/checkouts/{}", newest["reference"].as_str().unwrap())).await.body;
        let shown = (&checkout["state"], &checkout["automatic"], &checkout["url"]);
        assert_eq!(shown, (&json!("paid"), &json!(true), &json!(null)), "{checkout}");
        let off = own.delete(&path).await;
        assert_eq!(
            (off.status, &off.body["state"], &off.body["version"]),
            (200, &json!("off"), &json!(2)),
            "{}",
            off.text
        );
        assert_eq!((&off.body["has_card"], &off.body["below"]), (&json!(true), &json!("5.00")));
        let forgotten = own.delete(&format!("/customers/{pia}/saved-card")).await;
        assert_eq!((forgotten.status, &forgotten.body["has_card"]), (200, &json!(false)), "{}", forgotten.text);
        assert_eq!(own.put(&path, 2, body()).await.status, 409);
    })
    .await;
}

#[tokio::test]
async fn it_is_for_the_customer_itself_and_for_clerks() {
    on_both(async |service| {
        service.offers_automatic_top_ups(json!(3)).await;
        let (pia, bea) = (prepaid(service, "Pia").await, prepaid(service, "Bea").await);
        service.keeps_card(&pia, "1.00").await;
        let (path, card) = (format!("/customers/{pia}/automatic-top-up"), format!("/customers/{pia}/saved-card"));
        let clerk = service.person(&[Role::Clerk], &[], None).await;
        assert_eq!(clerk.put(&path, 0, body()).await.status, 200);
        for (person, reads) in [
            (service.person(&[Role::Customer], &[&bea], None).await, 404),
            (service.person(&[Role::Auditor], &[], None).await, 200),
        ] {
            assert_eq!(person.get(&path).await.status, reads);
            let writes = if reads == 404 { 404 } else { 403 };
            assert_eq!(person.put(&path, 1, body()).await.status, writes);
            assert_eq!(person.delete(&path).await.status, writes);
            assert_eq!(person.delete(&card).await.status, writes);
        }
        for (method, path) in [(Method::GET, &path), (Method::DELETE, &path), (Method::DELETE, &card)] {
            let foreign = service.anonymous(method.clone(), path).bearer_auth(&service.foreign_key);
            assert_eq!(sent(foreign).await.status, 404, "{method} {path}");
        }
        let shown = service.get(&path).await.body;
        assert_eq!((&shown["state"], &shown["has_card"]), (&json!("on"), &json!(true)));
        assert_eq!(clerk.delete(&path).await.body["state"], "off");
    })
    .await;
}
