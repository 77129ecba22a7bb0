use domain::money::Amount;
use engine::customers::Customer;
use engine::ledger::{self, LedgerError};
use engine::payments::{self, Credit, CreditKind, Method, NewCredit, NewPayment, Payment, PaymentError};
use storage::ledger::EntryFilter;

use crate::world::{BEGIN, World, amount, at, currency, on_both};

fn payment(customer: &Customer, text: &str) -> NewPayment {
    NewPayment {
        customer: customer.id.clone(),
        amount: amount(text),
        currency: None,
        method: Method::Transfer,
        reference: Some("INV 7".into()),
        received_at: None,
        invoice: None,
    }
}

fn credit(customer: &Customer, kind: CreditKind, text: &str) -> NewCredit {
    NewCredit { customer: customer.id.clone(), kind, amount: amount(text), currency: None, reason: "goodwill".into() }
}

async fn pay(world: &World, new: NewPayment) -> Result<Payment, PaymentError> {
    world.run(async |work| payments::record(work, new).await).await
}

async fn give(world: &World, new: NewCredit) -> Result<Credit, PaymentError> {
    world.run(async |work| payments::credit(work, new).await).await
}

#[tokio::test]
async fn what_comes_in_is_on_the_account_at_once() {
    on_both(async |world: World| {
        let acme = world.customer("Acme").await;
        let paid = pay(&world, payment(&acme, "12.34")).await.unwrap();
        assert_eq!((paid.currency, paid.received_at), (currency("USD"), at(BEGIN)));
        let mut credits = Vec::new();
        for (kind, text, balance) in [
            (CreditKind::Credit, "0.66", "13.00"),
            (CreditKind::Adjustment, "-20", "-7.00"),
            (CreditKind::Adjustment, "2", "-5.00"),
            (CreditKind::OpeningBalance, "-0.01", "-5.01"),
        ] {
            credits.insert(0, give(&world, credit(&acme, kind, text)).await.unwrap());
            assert_eq!(world.balance(&acme.id).await, amount(balance), "{kind:?} {text}");
        }
        let mut view = world.view().await;
        let listed = payments::page(&mut view, Some(&acme.id), None, 10).await.unwrap();
        assert_eq!(listed, std::slice::from_ref(&paid));
        assert_eq!(payments::credits(&mut view, None, None, 10).await.unwrap(), credits);
        let filter = EntryFilter { customer: Some(&acme.id), ..EntryFilter::default() };
        let entries = ledger::entries(&mut view, &filter, 10).await.unwrap();
        let moved = |kind: &str| {
            let of_kind = entries.iter().filter(|entry| entry.kind == kind);
            of_kind.map(|entry| format!("{} > {}", entry.from_account, entry.to_account)).collect::<Vec<_>>()
        };
        let id = &acme.id;
        assert_eq!(moved("payment"), [format!("cash > {id}")]);
        assert_eq!(moved("credit"), [format!("credits > {id}")]);
        assert_eq!(moved("opening_balance"), [format!("{id} > opening")]);
        let adjusted = moved("adjustment");
        assert!(adjusted.contains(&format!("credits > {id}")) && adjusted.contains(&format!("{id} > credits")));
        drop(view);
        assert_eq!(world.changes(&paid.id).await[0].action, "payment.record");
        assert!(world.changes(&credits[0].id).await[0].after.as_deref().unwrap().contains("goodwill"));
        assert_eq!(world.faults().await, Vec::<String>::new());
    })
    .await;
}

#[tokio::test]
async fn amounts_that_are_refused() {
    on_both(async |world: World| {
        let acme = world.customer("Acme").await;
        let good = payment(&acme, "1");
        let euro = Some(currency("EUR"));
        let late = Some(at("2026-03-02T09:00:00.001Z"));
        for (new, reason) in [
            (NewPayment { amount: Amount::ZERO, ..good.clone() }, "/amount"),
            (NewPayment { amount: amount("-1"), ..good.clone() }, "/amount"),
            (NewPayment { amount: amount("1.005"), ..good.clone() }, "at most 2 decimals: write it like \"12.00\""),
            (NewPayment { currency: euro, ..good.clone() }, "in EUR, the customer's account in USD"),
            (NewPayment { received_at: late, ..good.clone() }, "/received_at"),
            (NewPayment { reference: Some("a\nb".into()), ..good.clone() }, "/reference"),
            (NewPayment { reference: Some("4242 4242 4242 4242".into()), ..good.clone() }, "number of a payment card"),
            (NewPayment { customer: "cus_none".into(), ..good.clone() }, "there is no customer"),
        ] {
            let refused = pay(&world, new).await.unwrap_err().to_string();
            assert!(refused.contains(reason), "{refused}");
        }
        let good = credit(&acme, CreditKind::Credit, "1");
        for (new, reason) in [
            (NewCredit { amount: Amount::ZERO, ..good.clone() }, "/amount"),
            (NewCredit { amount: amount("-1"), ..good.clone() }, "/amount"),
            (NewCredit { amount: amount("1.005"), ..good.clone() }, "1.005 is no sum of USD"),
            (
                NewCredit { kind: CreditKind::Adjustment, amount: amount("-1.005"), ..good.clone() },
                "at most 2 decimals",
            ),
            (NewCredit { reason: " ".into(), ..good.clone() }, "/reason"),
            (NewCredit { reason: "card 5555-5555-5555-4444".into(), ..good.clone() }, "number of a payment card"),
            (NewCredit { currency: euro, ..good.clone() }, "in EUR"),
            (NewCredit { customer: "cus_none".into(), ..good.clone() }, "there is no customer"),
        ] {
            let refused = give(&world, new).await.unwrap_err().to_string();
            assert!(refused.contains(reason), "{refused}");
        }
        assert_eq!(payments::page(&mut world.view().await, None, None, 10).await.unwrap(), []);
        assert_eq!(world.balance(&acme.id).await, Amount::ZERO);
    })
    .await;
}

#[tokio::test]
async fn only_what_a_prepaid_balance_has_is_finer_than_a_cent() {
    on_both(async |world: World| {
        let ida = world.prepaid_customer("Ida").await;
        give(&world, credit(&ida, CreditKind::OpeningBalance, "1.0375")).await.unwrap();
        give(&world, credit(&ida, CreditKind::Adjustment, "-0.0375")).await.unwrap();
        assert_eq!(world.balance(&ida.id).await, amount("1"));
        for refused in [
            pay(&world, payment(&ida, "0.0375")).await.map(|_| ()),
            give(&world, credit(&ida, CreditKind::Credit, "0.0375")).await.map(|_| ()),
        ] {
            assert!(refused.unwrap_err().to_string().contains("at most 2 decimals"));
        }
        assert_eq!(world.balance(&ida.id).await, amount("1"));
    })
    .await;
}

/// The largest number of whole cents.
fn most_cents() -> Amount {
    Amount::from_micros(i64::MAX - i64::MAX % 10_000)
}

#[tokio::test]
async fn a_balance_out_of_range_is_refused_whole() {
    on_both(async |world: World| {
        let acme = world.customer("Acme").await;
        let most = NewPayment { amount: most_cents(), ..payment(&acme, "1") };
        pay(&world, most.clone()).await.unwrap();
        let refused = pay(&world, most).await;
        assert!(matches!(refused, Err(PaymentError::Ledger(LedgerError::Overflow(_)))), "{refused:?}");
        assert_eq!(world.balance(&acme.id).await, most_cents());
        assert_eq!(payments::page(&mut world.view().await, None, None, 10).await.unwrap().len(), 1);
        let more = give(&world, credit(&acme, CreditKind::Adjustment, "0.01")).await;
        assert!(matches!(more, Err(PaymentError::Ledger(LedgerError::Overflow(_)))), "{more:?}");
        assert_eq!(world.faults().await, Vec::<String>::new());
    })
    .await;
}

#[tokio::test]
async fn no_payment_of_many_is_lost() {
    on_both(async |world: World| {
        let acme = world.customer("Acme").await;
        let outcomes = world
            .at_once(1..=40, |work, cents| {
                let new = payment(&acme, &format!("0.{cents:02}"));
                Box::pin(async move { payments::record(work, new).await })
            })
            .await;
        assert!(outcomes.iter().all(Result::is_ok));
        assert_eq!(world.balance(&acme.id).await, amount("8.20"));
        assert_eq!(world.faults().await, Vec::<String>::new());
    })
    .await;
}
