//! A refund names a charge and posts the reverse of its entries, whole or in part.

use domain::money::Amount;
use engine::agents::Agent;
use engine::allowances::{self, NewAllowance};
use engine::calls::Call;
use engine::calls::rerate::{self, Request};
use engine::customers::Customer;
use engine::ledger;
use engine::payments::{self, CreditKind};
use engine::plans;
use engine::refunds::{self, Refund, RefundError};
use serde_json::json;

use super::{assert_books_are_right, credit, iris, pay, pots, prepaid, record, talk};
use crate::world::{World, amount, at, on_both};

async fn refund(world: &World, call: &Call, text: &str) -> Result<Refund, RefundError> {
    let asked = (text != "all").then(|| amount(text));
    world.run(async |work| refunds::make(work, &call.id, asked, "bad line".to_owned()).await).await
}

pub(super) async fn grant(world: &World, customer: &Customer, seconds: i64) {
    let (customer, reason) = (customer.id.clone(), "a gift".to_owned());
    let new = NewAllowance { customer, agent: None, seconds, expires_at: None, reason };
    world.run(async |work| allowances::grant(work, new).await).await.unwrap();
}

/// What is used of the customer's grants.
pub(super) async fn used(world: &World, customer: &Customer) -> i64 {
    let grants = allowances::of_customer(&mut world.view().await, &customer.id).await.unwrap();
    grants.iter().map(|grant| grant.used_seconds).sum()
}

#[tokio::test]
async fn refunds_by_table() {
    on_both(async |world: World| {
        let iris = iris(&world).await;
        // Promotional credit before a call of 60 s, of which Iris has 2.66 of 3.99, tax 0.665; what is refunded, one after the other;
        // what the agent, the tenant and the tax give of it; then the pots (10.00 were paid in) and what Iris has.
        let cases: [(&str, &[[&str; 3]]); 6] = [
            ("0", &[["all", "2.66 0.665 0.665", "0.00 10.00, 0.00"]]),
            (
                "0",
                &[
                    ["1.995", "1.33 0.3325 0.3325", "0.00 8.005, 1.33"],
                    ["all", "1.33 0.3325 0.3325", "0.00 10.00, 0.00"],
                ],
            ),
            ("2", &[["all", "2.66 0.665 0.665", "2.00 10.00, 0.00"]]),
            ("2", &[["1.99", "1.326667 0.331666 0.331667", "0.00 10.00, 1.333333"], ["1", "", "1.00 10.00, 0.666666"]]),
            ("5", &[["all", "2.66 0.665 0.665", "5.00 10.00, 0.00"]]),
            ("0", &[["0.000001", "0.000001 0.00 0.00", "0.00 6.010001, 2.659999"], ["all", "", "0.00 10.00, 0.00"]]),
        ];
        for (number, (gift, steps)) in cases.into_iter().enumerate() {
            let number = format!("{number:04}");
            let ida = prepaid(&world, &number).await;
            let before = world.balance(&iris.id).await;
            pay(&world, &ida, "10").await;
            if gift != "0" {
                credit(&world, &ida, CreditKind::Promotional, gift).await.unwrap();
            }
            let call = record(&world, talk(&format!("pbx:{number}"), &number, Some(&iris), 60)).await;
            for [asked, parts, after] in steps {
                let refund = refund(&world, &call, asked).await.unwrap();
                let given = refund.parts;
                let told = format!("{} {} {}", given.agent, given.tenant, given.tax);
                assert!(parts.is_empty() || told == *parts, "{gift} {asked}: {told}");
                let iris = world.balance(&iris.id).await.minus(before).unwrap();
                assert_eq!(format!("{}, {iris}", pots(&world, &ida).await), *after, "{gift} {asked}");
            }
            assert_books_are_right(&world).await;
        }
    })
    .await;
}

#[tokio::test]
async fn what_is_not_refunded() {
    on_both(async |world: World| {
        let ida = prepaid(&world, "0001").await;
        let acme = world.customer("Acme").await;
        let plan = world.plan("Postpaid", json!({})).await;
        world.line(&acme, "0002", &plan).await;
        pay(&world, &ida, "10").await;
        let call = record(&world, talk("pbx:1", "0001", None, 100)).await;
        let invoiced = record(&world, talk("pbx:2", "0002", None, 60)).await;
        let free = record(&world, talk("pbx:3", "0001", None, 0)).await;
        let unrated = record(&world, talk("pbx:4", "0003", None, 60)).await;
        let other = Call { id: "call_none".to_owned(), ..call.clone() };
        for (call, asked, reason) in [
            (&call, "0", "/amount: must be above zero"),
            (&call, "-1", "/amount: must be above zero"),
            (&call, "1.000001", "1.00 is left to refund of the call"),
            (&invoiced, "all", "correct the invoice by a credit note"),
            (&free, "all", "has cost nothing"),
            (&unrated, "all", "has cost nothing"),
            (&other, "all", "there is no call call_none"),
        ] {
            let refused = refund(&world, call, asked).await.unwrap_err().to_string();
            assert!(refused.contains(reason), "{asked}: {refused}");
        }
        let no_reason = world.run(async |work| refunds::make(work, &call.id, None, " ".into()).await).await;
        assert!(no_reason.unwrap_err().to_string().contains("/reason"));
        let neighbour = world.neighbour().await;
        let foreign = neighbour.run(async |work| refunds::make(work, &call.id, None, "mine".into()).await).await;
        assert!(foreign.unwrap_err().to_string().contains("there is no call"));
        assert_eq!(pots(&world, &ida).await, "0.00 9.00");

        refund(&world, &call, "0.40").await.unwrap();
        let refused = refund(&world, &call, "0.61").await.unwrap_err();
        assert!(matches!(&refused, RefundError::Beyond { left, .. } if *left == amount("0.60")), "{refused}");
        let rest = refund(&world, &call, "all").await.unwrap();
        assert_eq!((rest.credit.amount, rest.refunded), (amount("0.60"), amount("1")));
        let refused = refund(&world, &call, "all").await.unwrap_err();
        assert!(matches!(refused, RefundError::Refunded(_)), "{refused}");
        let entries = ledger::caused_by(&mut world.view().await, &call.id).await.unwrap();
        let kinds: Vec<&str> = entries.iter().map(|entry| entry.kind.as_str()).collect();
        assert_eq!(kinds, ["call", "refund", "refund"]);
        assert_eq!(world.changes(&call.id).await[0].action, "call.refund");
        let listed = payments::credits(&mut world.view().await, Some(&ida.id), None, 10).await.unwrap();
        let told: Vec<_> = listed.iter().map(|credit| (credit.kind, credit.reason.as_str())).collect();
        assert_eq!(told, [(CreditKind::Refund, "bad line"); 2]);
        assert_books_are_right(&world).await;
    })
    .await;
}

#[tokio::test]
async fn seconds_of_grants_come_back_with_the_last_of_the_money() {
    on_both(async |world: World| {
        let iris = iris(&world).await;
        let ida = prepaid(&world, "0001").await;
        world.clock.move_to(at("2026-03-02T10:00:00Z"));
        grant(&world, &ida, 30).await;
        grant(&world, &ida, 20).await;
        world.clock.move_to(at("2026-03-02T13:00:00Z"));
        pay(&world, &ida, "10").await;
        let noon = crate::calls::call("pbx:1", "0001", "2026-03-02T12:00:00Z", 40);
        let call = record(&world, engine::calls::FinishedCall { agent: Some(iris.id.clone()), ..noon }).await;
        assert_eq!((pots(&world, &ida).await.as_str(), used(&world, &ida).await), ("0.00 9.01", 40));
        let part = refund(&world, &call, "0.90").await.unwrap();
        assert_eq!((part.allowance_seconds, used(&world, &ida).await), (0, 40));
        let rest = refund(&world, &call, "all").await.unwrap();
        assert_eq!((rest.allowance_seconds, used(&world, &ida).await), (40, 0));
        assert_eq!(pots(&world, &ida).await, "0.00 10.00");
        assert_books_are_right(&world).await;
    })
    .await;
}

#[tokio::test]
async fn a_postpaid_customers_refund_of_an_agents_call_waits_for_the_next_invoice() {
    on_both(async |world: World| {
        let iris: Agent = iris(&world).await;
        let acme = world.customer("Acme").await;
        let plan = world.plan("Postpaid", json!({})).await;
        world.line(&acme, "0001", &plan).await;
        let call = record(&world, talk("pbx:1", "0001", Some(&iris), 60)).await;
        refund(&world, &call, "3").await.unwrap();
        assert_eq!((pots(&world, &acme).await.as_str(), world.balance(&iris.id).await), ("0.00 -0.99", amount("0.66")));
        let waiting = {
            let mut tx = world.engine.store().read().await.unwrap();
            storage::payments::credits(&mut tx, 1, &storage::payments::MoneyFilter::default(), 10).await.unwrap()
        };
        assert_eq!((waiting.len(), waiting[0].unspent, waiting[0].amount), (1, 3_000_000, 3_000_000));
        assert_books_are_right(&world).await;
    })
    .await;
}

#[tokio::test]
async fn refunds_at_once_give_no_more_than_was_charged() {
    on_both(async |world: World| {
        let iris = iris(&world).await;
        let ida = prepaid(&world, "0001").await;
        pay(&world, &ida, "10").await;
        let call = record(&world, talk("pbx:1", "0001", Some(&iris), 60)).await;
        let made = world
            .at_once(0..12, |work, _| {
                let id = call.id.clone();
                Box::pin(async move { refunds::make(work, &id, Some(amount("0.50")), "bad line".into()).await })
            })
            .await;
        assert_eq!(made.iter().filter(|made| made.is_ok()).count(), 7);
        let rest = world
            .at_once(0..8, |work, _| {
                let id = call.id.clone();
                Box::pin(async move { refunds::make(work, &id, None, "bad line".into()).await })
            })
            .await;
        let given: Vec<Amount> = rest.into_iter().filter_map(Result::ok).map(|refund| refund.credit.amount).collect();
        assert_eq!(given, [amount("0.49")]);
        assert_eq!((pots(&world, &ida).await.as_str(), world.balance(&iris.id).await), ("0.00 10.00", amount("0")));
        assert_books_are_right(&world).await;
    })
    .await;
}

#[tokio::test]
async fn a_call_that_was_refunded_keeps_its_price() {
    on_both(async |world: World| {
        let ida = prepaid(&world, "0001").await;
        pay(&world, &ida, "10").await;
        let calls = [
            record(&world, talk("pbx:1", "0001", None, 100)).await,
            record(&world, talk("pbx:2", "0001", None, 100)).await,
        ];
        let rate = json!({"price_per_minute": "0.30", "increment_seconds": 1});
        let plan = world.plan("Cheaper", json!({"kind": "prepaid", "rate": rate})).await;
        let version = plans::versions(&mut world.view().await, &plan.id).await.unwrap().remove(0).id;
        let request = Request {
            from: at("2026-03-01T00:00:00Z"),
            to: at("2026-03-02T00:00:00Z"),
            customer: None,
            line: None,
            plan_version: Some(version),
            deck_version: None,
        };
        let before = rerate::propose(&world.engine, &world.actor, &request).await.unwrap();
        assert_eq!(before.summary.changed, 2);
        refund(&world, &calls[0], "all").await.unwrap();
        let after = rerate::propose(&world.engine, &world.actor, &request).await.unwrap();
        assert_eq!(after.summary.changed, 1);
        let done = rerate::confirm(&world.engine, &world.actor, &before.id, false).await.unwrap();
        assert_eq!((done.posted, done.changed_since), (1, 1));
        assert_eq!(pots(&world, &ida).await, "0.00 9.50");
        assert_books_are_right(&world).await;
    })
    .await;
}
