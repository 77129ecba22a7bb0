//! Calls that come when their period is billed.

use engine::calls::rerate::{self, Request};
use engine::plans;

use super::*;

#[tokio::test]
async fn a_late_call_goes_on_the_next_invoice_once() {
    on_both(async |world| {
        let customer = world.customer("Acme").await;
        let plan = world.plan("Basic", json!({})).await;
        world.line(&customer, "0001", &plan).await;
        call(&world, "0001", "2026-03-01T10:00:00Z", 60).await;
        run_at(&world, "2026-04-01T00:00:00Z").await;
        call(&world, "0001", "2026-03-31T23:59:00Z", 60).await;
        call(&world, "0001", "2026-03-31T23:59:01Z", 59).await;
        call(&world, "0001", "2026-03-01T11:00:00Z", 61).await;
        run_at(&world, "2026-05-01T00:00:00Z").await;
        run_at(&world, "2026-06-01T00:00:00Z").await;
        let shown: Vec<Vec<String>> = invoices(&world, &customer).await.iter().map(shown).collect();
        assert_eq!(
            shown,
            [
                &[
                    "000001 2026-03-01 to 2026-04-01",
                    "usage 0001 Basic 1 calls 60 s 0.05",
                    "total 0.05 due 0.05 issued"
                ][..],
                // the call that ended at midnight of 1 April is of April
                &[
                    "000002 2026-04-01 to 2026-05-01",
                    "usage 0001 Basic 2 calls 119 s 0.10",
                    "earlier 0001 Basic 1 calls 61 s 0.10",
                    "total 0.20 due 0.20 issued"
                ],
            ]
        );
        assert!(world.faults().await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_billed_call_that_is_rated_anew_goes_on_the_next_invoice_with_the_difference() {
    on_both(async |world| {
        let customer = world.customer("Acme").await;
        let plan = world.plan("Basic", json!({})).await;
        let other = world.plan("Dear", json!({"rate": {"price_per_minute": "0.08"}})).await;
        world.line(&customer, "0001", &plan).await;
        call(&world, "0001", "2026-03-01T10:00:00Z", 60).await;
        run_at(&world, "2026-04-01T00:00:00Z").await;
        call(&world, "0001", "2026-04-02T10:00:00Z", 60).await;
        let version = plans::versions(&mut world.view().await, &other.id).await.unwrap().remove(0).id;
        let request = Request {
            from: at("2026-03-01T00:00:00Z"),
            to: at("2026-05-01T00:00:00Z"),
            customer: None,
            line: None,
            plan_version: Some(version),
            deck_version: None,
        };
        let proposed = rerate::propose(&world.engine, &world.actor, &request).await.unwrap();
        rerate::confirm(&world.engine, &world.actor, &proposed.id, false).await.unwrap();
        run_at(&world, "2026-05-01T00:00:00Z").await;
        let invoices = invoices(&world, &customer).await;
        assert_eq!(
            shown(&invoices[1]),
            [
                "000002 2026-04-01 to 2026-05-01",
                "usage 0001 Dear 1 calls 60 s 0.08",
                "earlier 0001 Corrected prices of earlier calls 1 calls 0 s 0.03",
                "total 0.11 due 0.11 issued"
            ]
        );
        let calls = billing::calls(&mut world.view().await, &invoices[0]).await.unwrap();
        let beneath = (calls[0].name.as_str(), calls[0].amount.to_string());
        assert_eq!(beneath, ("Basic", "0.05".to_owned()), "beneath the first invoice it stands as it did then");
        assert_eq!(world.balance(&customer.id).await.to_string(), "-0.16");
    })
    .await;
}
