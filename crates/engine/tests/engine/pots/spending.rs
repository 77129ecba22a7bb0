//! Whatever takes from a prepaid customer spends promotional credit first.

use domain::money::Amount;
use engine::calls::rerate::{self, Request};
use engine::calls::{self, Directory};
use engine::ledger::{self, EntryFilter, EntryRecord};
use engine::payments::{CreditKind, PaymentError};
use engine::plans::StoredPlan;
use engine::{lines, plans};
use serde_json::json;

use super::{TEN, assert_books_are_right, credit, iris, pay, pots, prepaid, record, talk};
use crate::world::{World, amount, at, on_both, overtaken};

async fn entries(world: &World, customer: &str) -> Vec<EntryRecord> {
    let filter = EntryFilter { customer: Some(customer), ..EntryFilter::default() };
    ledger::entries(&mut world.view().await, &filter, 100).await.unwrap()
}

#[tokio::test]
async fn pots_by_table() {
    on_both(async |world: World| {
        let ida = prepaid(&world, "0001").await;
        let steps = [
            ("pay 5", "0.00 5.00"),
            ("promotional 2", "2.00 5.00"),
            ("call 100", "1.00 5.00"),
            ("call 150", "0.00 4.50"),
            ("promotional 1", "1.00 4.50"),
            ("adjustment -1.50", "0.00 4.00"),
            ("adjustment 0.25", "0.00 4.25"),
            ("credit 0.75", "0.00 5.00"),
            ("call 1000", "0.00 -5.00"),
            ("promotional 3", "3.00 -5.00"),
            ("call 200", "1.00 -5.00"),
            ("call 200", "0.00 -6.00"),
            ("pay 6", "0.00 0.00"),
            ("opening_balance -1", "0.00 -1.00"),
        ];
        for (number, (step, after)) in steps.into_iter().enumerate() {
            let (what, how_much) = step.split_once(' ').unwrap();
            let kind = match what {
                "promotional" => CreditKind::Promotional,
                "adjustment" => CreditKind::Adjustment,
                "opening_balance" => CreditKind::OpeningBalance,
                _ => CreditKind::Credit,
            };
            match what {
                "pay" => pay(&world, &ida, how_much).await,
                "call" => {
                    let call = talk(&format!("pbx:{number}"), "0001", None, how_much.parse().unwrap());
                    record(&world, call).await;
                }
                _ => drop(credit(&world, &ida, kind, how_much).await.unwrap()),
            }
            assert_eq!(pots(&world, &ida).await, after, "{number} {step}");
        }
        let moved: Vec<(String, Amount)> = entries(&world, &ida.id)
            .await
            .iter()
            .filter(|entry| entry.promotional > 0)
            .map(|entry| (entry.kind.clone(), Amount::from_micros(entry.promotional)))
            .collect();
        let of = |kind: &str| {
            let mut amounts: Vec<_> =
                moved.iter().filter(|moved| moved.0 == kind).map(|moved| moved.1.to_string()).collect();
            amounts.sort();
            amounts.join(" ")
        };
        assert_eq!(
            (of("promotional"), of("call"), of("adjustment")),
            ("1.00 2.00 3.00".to_owned(), "1.00 1.00 1.00 2.00".to_owned(), "1.00".to_owned())
        );
        assert_books_are_right(&world).await;
    })
    .await;
}

#[tokio::test]
async fn promotional_credit_is_for_prepaid_customers_and_above_zero() {
    on_both(async |world: World| {
        let ida = prepaid(&world, "0001").await;
        let acme = world.customer("Acme").await;
        for (customer, text, reason) in [
            (&ida, "0", "/amount"),
            (&ida, "-1", "/amount"),
            (&ida, "0.005", "/amount"),
            (&acme, "1", "is postpaid: give a credit"),
        ] {
            let refused: PaymentError = credit(&world, customer, CreditKind::Promotional, text).await.unwrap_err();
            assert!(refused.to_string().contains(reason), "{refused}");
        }
        assert!(credit(&world, &ida, CreditKind::Refund, "1").await.unwrap_err().to_string().contains("/kind"));
        assert_eq!((pots(&world, &ida).await.as_str(), pots(&world, &acme).await.as_str()), ("0.00 0.00", "0.00 0.00"));
        let given = credit(&world, &ida, CreditKind::Promotional, "1").await.unwrap();
        assert_eq!(given.kind, CreditKind::Promotional);
        assert_eq!(world.changes(&given.id).await[0].action, "credit.record");
        assert_books_are_right(&world).await;
    })
    .await;
}

#[tokio::test]
async fn a_batch_spends_in_its_order_and_the_parts_of_a_charge_share() {
    on_both(async |world: World| {
        let ida = prepaid(&world, "0001").await;
        let bob = prepaid(&world, "0002").await;
        let iris = iris(&world).await;
        credit(&world, &ida, CreditKind::Promotional, "3").await.unwrap();
        let batch = [
            talk("pbx:1", "0001", None, 100),
            talk("pbx:2", "0002", None, 100),
            talk("pbx:3", "0001", Some(&iris), 60),
            talk("pbx:4", "0001", None, 50),
        ];
        let recorded = world.run(async |work| {
            let directory = Directory::whole(work).await?;
            calls::record_batch(work, &directory, &batch, None).await
        });
        recorded.await.unwrap();
        // 1.00, 3.99 (2.66 to Iris, 0.665 of tax, 0.665 of income) and 0.50, of which 3.00 are promotional.
        assert_eq!(pots(&world, &ida).await, "0.00 -2.49");
        assert_eq!(pots(&world, &bob).await, "0.00 -1.00");
        let entries = entries(&world, &ida.id).await;
        let promotional: i64 = entries.iter().filter(|entry| entry.kind == "call").map(|entry| entry.promotional).sum();
        assert_eq!(promotional, 3_000_000);
        assert_eq!(world.balance(&iris.id).await, amount("2.66"));
        // Once more: nothing of it is new.
        let again = world.run(async |work| {
            let directory = Directory::whole(work).await?;
            calls::record_batch(work, &directory, &batch, None).await
        });
        again.await.unwrap();
        assert_eq!(pots(&world, &ida).await, "0.00 -2.49");
        assert_books_are_right(&world).await;
    })
    .await;
}

#[tokio::test]
async fn a_call_that_waited_for_another_finds_what_that_left() {
    on_both(async |world: World| {
        let ida = prepaid(&world, "0001").await;
        credit(&world, &ida, CreditKind::Promotional, "1.50").await.unwrap();
        let mut first = world.work().await;
        calls::record(&mut first, talk("pbx:1", "0001", None, 100)).await.unwrap();
        overtaken(first, record(&world, talk("pbx:2", "0001", None, 100))).await;
        assert_eq!(pots(&world, &ida).await, "0.00 -0.50");
        assert_books_are_right(&world).await;
    })
    .await;
}

#[tokio::test]
async fn calls_at_once_spend_what_there_is_once() {
    on_both(async |world: World| {
        let ida = prepaid(&world, "0001").await;
        let iris = iris(&world).await;
        credit(&world, &ida, CreditKind::Promotional, "7.77").await.unwrap();
        pay(&world, &ida, "50").await;
        let recorded = world
            .at_once(0..24, |work, number| {
                let agent = (number % 3 == 0).then_some(&iris);
                let call = talk(&format!("pbx:{number}"), "0001", agent, 20);
                Box::pin(async move { calls::record(work, call).await })
            })
            .await;
        assert!(recorded.iter().all(Result::is_ok));
        // 16 calls at 0.20, 8 at 1.99.
        assert_eq!(pots(&world, &ida).await, "0.00 38.65");
        assert_books_are_right(&world).await;
    })
    .await;
}

#[tokio::test]
async fn a_fee_that_falls_gives_promotional_credit_back_last() {
    on_both(async |world: World| {
        let ida = world.prepaid_customer("Ida").await;
        let plan = world.plan("Talk", json!({"kind": "prepaid", "monthly_fee": "31.00"})).await;
        credit(&world, &ida, CreditKind::Promotional, "20").await.unwrap();
        pay(&world, &ida, "20").await;
        // From the second of March on: 30/31 of the fee.
        let new = lines::NewLine { customer: ida.id.clone(), number: "0001".into(), plan: plan.id, opened_at: None };
        let line = world.run(async |work| lines::open(work, new).await).await.unwrap();
        assert_eq!(pots(&world, &ida).await, "0.00 10.00");
        // Closed on the 12th it costs 10.00: the 10.00 of paid money come back, and half of the promotional credit.
        world.clock.move_to(at("2026-03-12T09:00:00Z"));
        world.run(async |work| lines::close(work, &line.id, line.version).await).await.unwrap();
        assert_eq!(pots(&world, &ida).await, "10.00 20.00");
        assert_books_are_right(&world).await;
    })
    .await;
}

async fn version(world: &World, plan: &StoredPlan) -> String {
    plans::versions(&mut world.view().await, &plan.id).await.unwrap().remove(0).id
}

/// Gives the calls of the first of March the prices of a plan.
async fn rerated(world: &World, price: &str) {
    let rate = json!({"price_per_minute": price, "increment_seconds": 1});
    let plan = world.plan(price, json!({"kind": "prepaid", "rate": rate})).await;
    let request = Request {
        from: at("2026-03-01T00:00:00Z"),
        to: at("2026-03-02T00:00:00Z"),
        customer: None,
        line: None,
        plan_version: Some(version(world, &plan).await),
        deck_version: None,
    };
    let proposed = rerate::propose(&world.engine, &world.actor, &request).await.unwrap();
    rerate::confirm(&world.engine, &world.actor, &proposed.id, true).await.unwrap();
}

#[tokio::test]
async fn a_price_that_falls_gives_promotional_credit_back_last() {
    on_both(async |world: World| {
        let ida = prepaid(&world, "0001").await;
        credit(&world, &ida, CreditKind::Promotional, "0.60").await.unwrap();
        pay(&world, &ida, "5").await;
        let call = record(&world, talk("pbx:1", "0001", None, 100)).await;
        assert_eq!(call.answered_at, Some(at(TEN)));
        assert_eq!(pots(&world, &ida).await, "0.00 4.60");
        for (price, after) in [
            ("0.48", "0.00 4.80"),
            ("0.30", "0.10 5.00"),
            // Dearer again: what is promotional is spent first.
            ("0.90", "0.00 4.10"),
            ("0.03", "0.55 5.00"),
        ] {
            rerated(&world, price).await;
            assert_eq!(pots(&world, &ida).await, after, "{price}");
        }
        assert_books_are_right(&world).await;
    })
    .await;
}
