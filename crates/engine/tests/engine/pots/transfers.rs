//! Paid money goes from one prepaid customer to another.

use engine::customers::{self, Customer, Details, Mode, NewCustomer};
use engine::ledger::{self, EntryFilter};
use engine::payments::CreditKind;
use engine::transfers::{self, NewTransfer, Transfer, TransferError};
use storage::ledger::AccountChange;

use super::{assert_books_are_right, credit, pay, pots, prepaid};
use crate::world::{World, amount, currency, on_both};

fn transfer(from: &Customer, to: &Customer, text: &str) -> NewTransfer {
    let (customer, to, reason) = (from.id.clone(), to.id.clone(), "a birthday".to_owned());
    NewTransfer { customer, to, amount: amount(text), currency: None, reason }
}

async fn make(world: &World, new: NewTransfer) -> Result<Transfer, TransferError> {
    world.run(async |work| transfers::make(work, new).await).await
}

/// Sets an amount aside, as a call in progress does; or no longer, if it is below zero.
async fn hold(world: &World, customer: &Customer, text: &str) {
    let mut tx = world.engine.store().write().await.unwrap();
    let change = AccountChange {
        account: customer.id.clone(),
        currency: "USD".into(),
        held: amount(text).micros(),
        ..AccountChange::default()
    };
    assert!(storage::ledger::change_accounts(&mut tx, 1, &[change]).await.unwrap());
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn what_may_be_transferred_by_table() {
    on_both(async |world: World| {
        // Paid, promotional, held; what is asked for; what the two have then, or why not.
        let cases = [
            ("5 0 0", "5", "0.00 0.00, 0.00 5.00"),
            ("5 2 0", "5", "2.00 0.00, 0.00 5.00"),
            (
                "5 2 0",
                "5.01",
                "5.00 of paid money can be transferred, without promotional credit and what is held: 5.01",
            ),
            ("5 2 3", "4", "2.00 1.00, 0.00 4.00"),
            ("5 2 3", "4.01", "4.00 of paid money"),
            ("5 2 1", "5", "2.00 0.00, 0.00 5.00"),
            ("0 2 0", "0.01", "0.00 of paid money"),
            ("5 0 0", "0.000001", "0.00 4.999999, 0.00 0.000001"),
            ("5 0 0", "0", "/amount: must be above zero"),
            ("5 0 0", "-1", "/amount: must be above zero"),
        ];
        for (number, (has, asked, expected)) in cases.into_iter().enumerate() {
            let from = prepaid(&world, &format!("{number:02}01")).await;
            let to = prepaid(&world, &format!("{number:02}02")).await;
            let amounts: Vec<&str> = has.split(' ').collect();
            if amounts[0] != "0" {
                pay(&world, &from, amounts[0]).await;
            }
            if amounts[1] != "0" {
                credit(&world, &from, CreditKind::Promotional, amounts[1]).await.unwrap();
            }
            hold(&world, &from, amounts[2]).await;
            let before = format!("{}, {}", pots(&world, &from).await, pots(&world, &to).await);
            let outcome = make(&world, transfer(&from, &to, asked)).await;
            let after = format!("{}, {}", pots(&world, &from).await, pots(&world, &to).await);
            match outcome {
                Ok(_) => assert_eq!(after, expected, "{has}: {asked}"),
                Err(refused) => {
                    assert!(refused.to_string().contains(expected), "{has}: {asked}: {refused}");
                    assert_eq!(after, before);
                }
            }
            hold(&world, &from, &format!("-{}", amounts[2])).await;
        }
        assert_books_are_right(&world).await;
    })
    .await;
}

#[tokio::test]
async fn who_may_not_give_or_get() {
    on_both(async |world: World| {
        let (ida, bob) = (prepaid(&world, "0001").await, prepaid(&world, "0002").await);
        let acme = world.customer("Acme").await;
        let stranger = prepaid(&world.neighbour().await, "0001").await;
        let euros = {
            let details = Details { organisation: Some("Euro".to_owned()), ..Details::default() };
            let euro = Some(currency("EUR"));
            let new = NewCustomer {
                details,
                external_reference: None,
                mode: Mode::Prepaid,
                currency: euro,
                credit_limit: None,
            };
            world.run(async |work| customers::create(work, new).await).await.unwrap()
        };
        pay(&world, &ida, "5").await;
        let good = transfer(&ida, &bob, "1");
        for (new, reason) in [
            (transfer(&ida, &ida, "1"), "/to: must be another customer"),
            (transfer(&ida, &acme, "1"), "is postpaid"),
            (transfer(&acme, &ida, "1"), "is postpaid"),
            (transfer(&ida, &stranger, "1"), "there is no customer"),
            (transfer(&stranger, &ida, "1"), "there is no customer"),
            (transfer(&ida, &euros, "1"), "is in EUR, the customer's in USD"),
            (NewTransfer { currency: Some(currency("EUR")), ..good.clone() }, "the amount is in EUR"),
            (NewTransfer { reason: " ".into(), ..good.clone() }, "/reason"),
            (NewTransfer { to: "cus_none".into(), ..good.clone() }, "there is no customer cus_none"),
        ] {
            let refused = make(&world, new.clone()).await.unwrap_err().to_string();
            assert!(refused.contains(reason), "{new:?}: {refused}");
        }
        assert_eq!((pots(&world, &ida).await.as_str(), pots(&world, &bob).await.as_str()), ("0.00 5.00", "0.00 0.00"));
        let made = make(&world, NewTransfer { currency: Some(currency("USD")), ..good }).await.unwrap();
        assert_eq!(world.changes(&made.id).await[0].action, "transfer.make");
        // Each of the two has an entry of its own.
        for (customer, ends) in [(&ida, [ida.id.as_str(), "transfers"]), (&bob, ["transfers", bob.id.as_str()])] {
            let filter = EntryFilter { customer: Some(&customer.id), ..EntryFilter::default() };
            let entry = ledger::entries(&mut world.view().await, &filter, 1).await.unwrap().remove(0);
            assert_eq!((entry.kind.as_str(), entry.reference), ("transfer", made.id.clone()));
            assert_eq!([entry.from_account.as_str(), entry.to_account.as_str()], ends);
        }
        assert_books_are_right(&world).await;
    })
    .await;
}

#[tokio::test]
async fn transfers_at_once_give_what_is_there_and_cross_without_a_deadlock() {
    on_both(async |world: World| {
        let (ida, bob) = (prepaid(&world, "0001").await, prepaid(&world, "0002").await);
        credit(&world, &ida, CreditKind::Promotional, "5").await.unwrap();
        pay(&world, &ida, "10").await;
        let made = world
            .at_once(0..24, |work, _| {
                let new = transfer(&ida, &bob, "1");
                Box::pin(async move { transfers::make(work, new).await })
            })
            .await;
        assert_eq!(made.iter().filter(|made| made.is_ok()).count(), 10);
        assert_eq!(pots(&world, &ida).await, "5.00 0.00");
        pay(&world, &ida, "30").await;
        let crossed = world
            .at_once(0..20, |work, number| {
                let new = if number % 2 == 0 { transfer(&ida, &bob, "1") } else { transfer(&bob, &ida, "1") };
                Box::pin(async move { transfers::make(work, new).await })
            })
            .await;
        assert!(crossed.iter().all(Result::is_ok), "{crossed:?}");
        assert_eq!(
            (pots(&world, &ida).await.as_str(), pots(&world, &bob).await.as_str()),
            ("5.00 30.00", "0.00 10.00")
        );
        assert_books_are_right(&world).await;
    })
    .await;
}
