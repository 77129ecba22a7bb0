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
