//! Settlements and payouts over months.

use domain::earnings::PayoutPeriod;
use engine::payouts::{self, PayoutError};

use super::*;
use crate::world::on_both;

#[tokio::test]
async fn months_of_earnings() {
    on_both(async |world: World| {
        let iris = iris(&world).await;
        caller(&world, "0001").await;
        terms(&world, 14, "10.00").await;
        assert_eq!(standing(&world, &iris).await, "nothing");

        // The first month: what is not on hold does not reach the minimum.
        talk(&world, &iris, "0001", 60).await;
        comes(&world, "2026-03-15T23:59:59Z");
        assert_eq!(standing(&world, &iris).await, "2.66 0.00, 2.66 from 2026-03-16");
        comes(&world, "2026-03-16T00:00:00Z");
        assert_eq!(standing(&world, &iris).await, "2.66 2.66");
        comes(&world, "2026-03-20T12:00:00Z");
        talk(&world, &iris, "0001", 60).await;
        comes(&world, "2026-04-01T00:00:00Z");
        assert_eq!(settle(&world).await, Settled { accounts: 1, ..Settled::default() });
        assert!(matches!(pay(&world, &iris).await, Err(PayoutError::BelowMinimum { payable, .. }) if payable == amount("2.66")));

        // The second: it does; but not before the day, and once.
        let mut calls = Vec::new();
        for day in ["2026-04-02", "2026-04-03", "2026-04-05"] {
            comes(&world, &format!("{day}T10:00:00Z"));
            calls.push(talk(&world, &iris, "0001", 60).await);
        }
        comes(&world, "2026-04-30T00:00:01Z");
        assert_eq!(settle(&world).await, Settled::default());
        comes(&world, "2026-05-01T00:00:01Z");
        let settled = settle(&world).await;
        assert_eq!((settled.accounts, settled.payouts.len()), (1, 1));
        assert_eq!(settle(&world).await, Settled::default());
        let first = payouts::find(&mut world.view().await, "PO-000001").await.unwrap();
        assert_eq!(sums(&first), "0.00 13.30 0.00 0.00; 13.30 0.00");
        assert_eq!(first.id, settled.payouts[0]);
        assert_eq!(standing(&world, &iris).await, "0.00 0.00");
        assert_books_are_right(&world).await;

        // The third: a refund after the payout is carried over.
        comes(&world, "2026-05-03T10:00:00Z");
        refund(&world, &calls[0]).await;
        assert_eq!(standing(&world, &iris).await, "-2.66 0.00");
        comes(&world, "2026-06-01T00:00:01Z");
        assert_eq!(settle(&world).await.payouts.len(), 0);
        comes(&world, "2026-06-05T10:00:00Z");
        for _ in 0..6 {
            talk(&world, &iris, "0001", 60).await;
        }
        comes(&world, "2026-07-01T00:00:01Z");
        assert_eq!(settle(&world).await.payouts.len(), 1);
        let second = payouts::find(&mut world.view().await, "PO-000002").await.unwrap();
        assert_eq!(sums(&second), "0.00 15.96 -2.66 0.00; 13.30 0.00");

        // The bank returns it, and it is paid at once.
        let bounce = async || world.run(async |work| payouts::bounce(work, "PO-000002", Some("closed".into())).await).await;
        assert_eq!(bounce().await.unwrap().reason.as_deref(), Some("closed"));
        assert!(matches!(bounce().await, Err(PayoutError::Bounced { number }) if number == "PO-000002"));
        assert_eq!(standing(&world, &iris).await, "13.30 13.30");
        assert_books_are_right(&world).await;
        comes(&world, "2026-07-03T00:00:00Z");
        assert_eq!(settle(&world).await, Settled::default(), "the day is settled");
        let third = pay(&world, &iris).await.unwrap();
        assert_eq!((third.number(), &*sums(&third)), ("PO-000003", "0.00 0.00 0.00 13.30; 13.30 0.00"));
        assert!(matches!(pay(&world, &iris).await, Err(PayoutError::NothingPayable { .. })));

        // Months without a run are settled by one payout.
        for month in ["2026-08", "2026-09", "2026-10"] {
            comes(&world, &format!("{month}-10T10:00:00Z"));
            for _ in 0..2 {
                talk(&world, &iris, "0001", 60).await;
            }
        }
        comes(&world, "2026-11-20T10:00:00Z");
        assert_eq!(settle(&world).await.payouts.len(), 1);
        assert_eq!(world.balance(&iris.id).await, Amount::ZERO);
        let all = payouts::page(&mut world.view().await, Some(&iris.id), None, 10).await.unwrap();
        let numbers: Vec<&str> = all.iter().map(Payout::number).collect();
        assert_eq!(numbers, ["PO-000004", "PO-000003", "PO-000002", "PO-000001"]);
        assert_books_are_right(&world).await;
    })
    .await;
}

#[tokio::test]
async fn a_missed_day_pays_what_was_payable_on_it() {
    on_both(async |world: World| {
        let iris = iris(&world).await;
        caller(&world, "0001").await;
        world.settings(|settings| settings.earnings.period = PayoutPeriod::Weekly).await;
        talk(&world, &iris, "0001", 60).await;
        comes(&world, "2026-03-05T10:00:00Z");
        talk(&world, &iris, "0001", 60).await;
        // Monday the 16th is settled on the 20th, when the second call is no longer on hold, either.
        comes(&world, "2026-03-20T10:00:00Z");
        assert_eq!(standing(&world, &iris).await, "5.32 5.32");
        assert_eq!(settle(&world).await.payouts.len(), 1);
        assert_eq!(standing(&world, &iris).await, "2.66 2.66");
        let next = payouts::of_agent(&mut world.view().await, &iris.id).await.unwrap().next_payout_on;
        assert_eq!(next.to_string(), "2026-03-23");
        comes(&world, "2026-03-23T00:00:00Z");
        assert_eq!(settle(&world).await.payouts.len(), 1);
        assert_books_are_right(&world).await;
    })
    .await;
}

#[tokio::test]
async fn what_is_taken_counts_at_once() {
    on_both(async |world: World| {
        let iris = iris(&world).await;
        caller(&world, "0001").await;
        let early = talk(&world, &iris, "0001", 60).await;
        comes(&world, "2026-03-10T10:00:00Z");
        talk(&world, &iris, "0001", 60).await;
        let held = talk(&world, &iris, "0001", 60).await;
        comes(&world, "2026-03-16T10:00:00Z");
        assert_eq!(standing(&world, &iris).await, "7.98 2.66, 5.32 from 2026-03-24");
        // Of a call on hold it takes what is on hold.
        refund(&world, &held).await;
        assert_eq!(standing(&world, &iris).await, "5.32 2.66, 2.66 from 2026-03-24");
        refund(&world, &early).await;
        assert_eq!(standing(&world, &iris).await, "2.66 0.00, 2.66 from 2026-03-24");
        let payable = pay(&world, &iris).await;
        assert!(matches!(payable, Err(PayoutError::NothingPayable { on_hold, .. }) if on_hold == amount("2.66")));
        terms(&world, 0, "0").await;
        assert_eq!(standing(&world, &iris).await, "2.66 2.66");
        let payout = pay(&world, &iris).await.unwrap();
        assert_eq!(sums(&payout), "0.00 7.98 -5.32 0.00; 2.66 0.00");
        assert_books_are_right(&world).await;
    })
    .await;
}

#[tokio::test]
async fn a_hundredth_of_a_cent_stays() {
    on_both(async |world: World| {
        let iris = iris(&world).await;
        caller(&world, "0001").await;
        terms(&world, 0, "0").await;
        talk(&world, &iris, "0001", 61).await;
        assert_eq!(standing(&world, &iris).await, "2.6934 2.69");
        assert_eq!(sums(&pay(&world, &iris).await.unwrap()), "0.00 2.6934 0.00 0.00; 2.69 0.0034");
        world.clock.move_to(at("2026-03-02T10:00:00Z"));
        talk(&world, &iris, "0001", 60).await;
        assert_eq!(sums(&pay(&world, &iris).await.unwrap()), "0.0034 2.66 0.00 0.00; 2.66 0.0034");
        assert_books_are_right(&world).await;
    })
    .await;
}

#[tokio::test]
async fn several_at_once_pay_once() {
    on_both(async |world: World| {
        let iris = iris(&world).await;
        caller(&world, "0001").await;
        terms(&world, 0, "0").await;
        talk(&world, &iris, "0001", 60).await;
        let paid = world
            .at_once(vec![iris.id.clone(); 12], |work, agent| {
                Box::pin(async move { payouts::pay(work, &agent, None).await })
            })
            .await;
        let made: Vec<_> = paid.iter().filter_map(|paid| paid.as_ref().ok()).collect();
        assert_eq!(made.len(), 1);
        assert!(paid.iter().all(|paid| matches!(paid, Ok(_) | Err(PayoutError::NothingPayable { .. }))));
        let id = made[0].id.clone();
        let bounced = world
            .at_once(vec![id; 12], |work, id| Box::pin(async move { payouts::bounce(work, &id, None).await }))
            .await;
        assert_eq!(bounced.iter().filter(|bounced| bounced.is_ok()).count(), 1);
        talk(&world, &iris, "0001", 60).await;
        // Two nodes settle the same day.
        comes(&world, "2026-04-01T00:00:00Z");
        let (one, other) = tokio::join!(settle(&world), settle(&world));
        assert_eq!(one.payouts.len() + other.payouts.len(), 1);
        assert_eq!(one.failures.len() + other.failures.len(), 0, "{one:?} {other:?}");
        assert_eq!(world.balance(&iris.id).await, Amount::ZERO);
        assert_books_are_right(&world).await;
    })
    .await;
}

#[tokio::test]
async fn agents_see_their_own() {
    on_both(async |world: World| {
        let iris = iris(&world).await;
        let other = agent(&world, "Omar", json!({})).await;
        caller(&world, "0001").await;
        terms(&world, 0, "0").await;
        talk(&world, &iris, "0001", 60).await;
        let payout = pay(&world, &iris).await.unwrap();
        for (of, sees) in [(&iris, true), (&other, false)] {
            let reach = Reach::Own { customers: Vec::new(), agent: Some(of.id.clone()) };
            let actor = Actor { name: "test".into(), roles: Role::Agent.into(), reach, ..world.actor.clone() };
            let mut view = world.engine.view(&actor).await.unwrap();
            assert_eq!(payouts::find(&mut view, &payout.id).await.is_ok(), sees);
            assert_eq!(payouts::of_agent(&mut view, &iris.id).await.is_ok(), sees);
            assert_eq!(payouts::page(&mut view, None, None, 10).await.unwrap().len(), usize::from(sees));
            assert_eq!(payouts::page(&mut view, Some(&iris.id), None, 10).await.unwrap().len(), usize::from(sees));
        }
        let changes = world.changes(&payout.id).await;
        assert_eq!(changes.iter().map(|change| change.action.as_str()).collect::<Vec<_>>(), ["payout.make"]);
    })
    .await;
}
