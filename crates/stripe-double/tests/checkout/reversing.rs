//! What was paid goes back.

use crate::desk::{Desk, on_both};

fn row(kind: &str, state: &str) -> (String, String) {
    (kind.to_owned(), state.to_owned())
}

#[tokio::test]
async fn a_refund_takes_the_money_back_once_also_when_it_is_told_first() {
    on_both(async |desk: &Desk| {
        for last_first in [false, true] {
            let pia = desk.world.prepaid_customer(if last_first { "Pia" } else { "Pat" }).await;
            let (_, page) = desk.page(&pia, "20").await;
            desk.double.hold_back();
            let charge = desk.double.pay(&page).await.unwrap();
            desk.double.refund(&charge, 500).await.unwrap();
            desk.double.let_go(last_first).await;
            assert_eq!(desk.balance(&pia).await, "15.00", "the last first: {last_first}");
            assert_eq!(desk.reversals(&pia).await, [row("repayment", "done")]);
            let event = desk.double.paid_event(&page).unwrap();
            assert_eq!(desk.double.send(&event, None).await.status, 200);
            desk.double.refund(&charge, 1500).await.unwrap();
            assert_eq!(desk.balance(&pia).await, "0.00");
            assert_eq!(desk.payments(&pia).await[0].returned.to_string(), "20.00");
        }
        desk.all_taken();
    })
    .await;
}

#[tokio::test]
async fn a_dispute_holds_the_money_until_it_is_decided_in_whatever_order_that_is_told() {
    on_both(async |desk: &Desk| {
        for (name, decided, last_first, balance, state) in [
            ("Ann", Some("won"), false, "20.00", "undone"),
            ("Bea", Some("won"), true, "20.00", "undone"),
            ("Cat", Some("lost"), false, "0.00", "done"),
            ("Dot", Some("lost"), true, "0.00", "done"),
            ("Eve", None, false, "0.00", "open"),
        ] {
            let customer = desk.world.prepaid_customer(name).await;
            let (_, page) = desk.page(&customer, "20").await;
            let charge = desk.double.pay(&page).await.unwrap();
            desk.double.hold_back();
            desk.double.dispute(&charge, "needs_response").await.unwrap();
            if let Some(decided) = decided {
                desk.double.dispute(&charge, decided).await.unwrap();
            }
            desk.double.let_go(last_first).await;
            assert_eq!(desk.balance(&customer).await, balance, "{name}");
            assert_eq!(desk.reversals(&customer).await, [row("dispute", state)], "{name}");
        }
        desk.all_taken();
    })
    .await;
}

#[tokio::test]
async fn everything_told_backwards_comes_to_the_same() {
    on_both(async |desk: &Desk| {
        let pia = desk.world.prepaid_customer("Pia").await;
        let (_, page) = desk.page(&pia, "20").await;
        desk.double.hold_back();
        let charge = desk.double.pay(&page).await.unwrap();
        desk.double.refund(&charge, 250).await.unwrap();
        desk.double.dispute(&charge, "needs_response").await.unwrap();
        desk.double.dispute(&charge, "lost").await.unwrap();
        desk.double.let_go(true).await;
        // A dispute of the whole beside a refund: the customer owes what came back twice.
        assert_eq!(desk.balance(&pia).await, "-2.50");
        assert_eq!(desk.reversals(&pia).await.len(), 2);
        desk.all_taken();
    })
    .await;
}
