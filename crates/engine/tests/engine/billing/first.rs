use storage::billing::BillingRecord;

use super::*;

#[tokio::test]
async fn a_month_of_a_line_becomes_an_invoice_once() {
    on_both(async |world| {
        let customer = world.customer("Acme").await;
        let plan = world.plan("Basic", json!({"monthly_fee": "9.99"})).await;
        world.line(&customer, "0001", &plan).await;
        call(&world, "0001", "2026-03-01T10:00:00Z", 61).await;
        let run = run_at(&world, "2026-04-01T00:00:00Z").await;
        assert_eq!((run.issued, run.failed), (3, 0), "January, February and March: {run:?}");
        let invoices = invoices(&world, &customer).await;
        let shown: Vec<Vec<String>> = invoices.iter().map(shown).collect();
        assert_eq!(shown[0][0], "000001 2026-01-01 to 2026-02-01");
        assert_eq!(
            shown[2],
            [
                "000003 2026-03-01 to 2026-04-01",
                "fee 0001 Basic 9.99",
                "usage 0001 Basic 1 calls 61 s 0.10",
                "total 10.09 due 10.09 issued"
            ]
        );
        assert_eq!(world.balance(&customer.id).await.to_string(), "-30.07");
        assert_eq!(run_at(&world, "2026-04-01T00:00:00Z").await.issued, 0, "a second run changes nothing");
        assert!(world.faults().await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_line_from_before_there_were_periods_begins_its_first() {
    on_both(async |world| {
        let plan = world.plan("Basic", json!({"monthly_fee": "9.99"})).await;
        let customer = world.customer("Acme").await;
        let line = world.line(&customer, "0001", &plan).await;
        for (opened_at, issued) in [("2026-03-02T09:00:00Z", 0), ("2026-01-20T09:00:00Z", 2)] {
            let opened_at = at(opened_at).millis();
            let unset = BillingRecord {
                line: line.id.clone(),
                customer: customer.id.clone(),
                from_day: String::new(),
                to_day: String::new(),
                starts_at: opened_at,
                ends_at: opened_at,
                fee_taken: 0,
                fee_tax: 0,
                fee_moves: 0,
                failure: None,
                retry_at: None,
            };
            let mut tx = world.engine.store().write().await.unwrap();
            storage::billing::save(&mut tx, 1, &[unset]).await.unwrap();
            tx.commit().await.unwrap();
            let run = run_at(&world, "2026-03-02T09:00:00Z").await;
            assert_eq!((run.issued, run.failed), (issued, 0), "opened at {opened_at}");
        }
    })
    .await;
}
