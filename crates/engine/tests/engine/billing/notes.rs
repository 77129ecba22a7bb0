use domain::money::Amount;
use engine::billing::NewCreditNote;
use storage::documents::DocumentRecord;

use super::*;

#[tokio::test]
async fn an_invoice_has_no_more_credit_notes_than_are_read() {
    on_both(async |world| {
        let customer = world.customer("Acme").await;
        let plan = world.plan("Basic", json!({"monthly_fee": "20.00"})).await;
        world.line(&customer, "0001", &plan).await;
        run_at(&world, "2026-02-01T00:00:00Z").await;
        let invoice = invoices(&world, &customer).await.remove(0).id;
        let penny = || NewCreditNote {
            invoice: invoice.clone(),
            lines: vec![(0, Some(Amount::parse("0.01").unwrap()))],
            reason: "A mistake".to_owned(),
        };
        let first = world.run(async |work| billing::credit_note(work, penny()).await).await.unwrap();
        let mut tx = world.engine.store().write().await.unwrap();
        let record = storage::documents::get(&mut tx, 1, &first.id).await.unwrap().unwrap();
        let more: Vec<DocumentRecord> = (2..1000)
            .map(|number| DocumentRecord {
                id: format!("{}-{number}", record.id),
                number: Some(format!("D{number:06}")),
                ..record.clone()
            })
            .collect();
        storage::documents::insert(&mut tx, 1, &more).await.unwrap();
        tx.commit().await.unwrap();
        world.run(async |work| billing::credit_note(work, penny()).await).await.unwrap();
        let refused = world.run(async |work| billing::credit_note(work, penny()).await).await.unwrap_err();
        assert!(refused.to_string().contains("has 1000 credit notes, and can have no more"), "{refused}");
    })
    .await;
}
