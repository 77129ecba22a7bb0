//! Reports that come together: each call is charged once, and no charge is lost.

use domain::money::Amount;
use engine::calls::{self, CallEvent, Direction, Directory, EventKind, FinishedCall, Outcome};
use serde_json::json;

use super::{assert_books_are_right, batch, call, retry};
use crate::world::{World, amount, at, on_both, overtaken};

const TEN: &str = "2026-03-01T10:00:00Z";

/// Acme with the lines 0001 and 0002 at 0.05 a minute.
async fn acme(world: &World) -> String {
    let customer = world.customer("Acme").await;
    let plan = world.plan("Basic", json!({})).await;
    world.line(&customer, "0001", &plan).await;
    world.line(&customer, "0002", &plan).await;
    customer.id
}

fn linked(origin: &str, from: &str) -> FinishedCall {
    FinishedCall { link: Some("conversation-1".to_owned()), ..call(origin, from, TEN, 61) }
}

#[tokio::test]
async fn two_hundred_reports_of_one_call() {
    on_both(async |world: World| {
        let customer = acme(&world).await;
        let outcomes = world
            .at_once(0..200, |work, _| {
                let made = call("pbx:1", "0001", TEN, 61);
                Box::pin(async move { calls::record(work, made).await })
            })
            .await;
        let outcomes: Vec<_> = outcomes.into_iter().map(Result::unwrap).collect();
        assert_eq!(outcomes.iter().filter(|(_, new)| *new).count(), 1);
        assert!(outcomes.iter().all(|(call, _)| *call == outcomes[0].0));
        assert_eq!(world.balance(&customer).await, amount("-0.10"));
        assert_books_are_right(&world).await;
    })
    .await;
}

#[tokio::test]
async fn two_hundred_calls_of_one_customer() {
    on_both(async |world: World| {
        let customer = acme(&world).await;
        let outcomes = world
            .at_once(0..200, |work, number| {
                let made = call(&format!("pbx:{number}"), "0001", TEN, 61);
                Box::pin(async move { calls::record(work, made).await })
            })
            .await;
        assert!(outcomes.iter().all(|outcome| outcome.as_ref().is_ok_and(|(_, new)| *new)), "{outcomes:?}");
        assert_eq!(world.balance(&customer).await, amount("-20"));
        assert_books_are_right(&world).await;
    })
    .await;
}

#[tokio::test]
async fn the_events_of_one_call_from_many_sides() {
    on_both(async |world: World| {
        let customer = acme(&world).await;
        let start = EventKind::Start {
            direction: Direction::Outbound,
            from: "0001".into(),
            to: "0002".into(),
            line: None,
            account_code: None,
            agent: None,
        };
        let end = EventKind::End { disposition: None, duration_ms: None, cause: None };
        let events = [(TEN, start), (TEN, EventKind::Answer), ("2026-03-01T10:01:01Z", end)];
        let outcomes = world
            .at_once(0..90, |work, number| {
                let (when, kind) = events[number % 3].clone();
                let event = CallEvent { origin: format!("pbx:{}", number / 9), at: at(when), kind };
                Box::pin(async move { calls::report(work, &event).await })
            })
            .await;
        assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");
        assert_eq!(world.balance(&customer).await, amount("-1"));
        assert_books_are_right(&world).await;
    })
    .await;
}

#[tokio::test]
async fn an_event_that_meets_the_whole_report_finds_the_call_as_it_is() {
    on_both(async |world: World| {
        let customer = acme(&world).await;
        let mut first = world.work().await;
        calls::record(&mut first, call("pbx:1", "0001", TEN, 61)).await.unwrap();
        let event = CallEvent { origin: "pbx:1".into(), at: at(TEN), kind: EventKind::Answer };
        let second = world.run(async |work| calls::report(work, &event).await);
        let found = overtaken(first, second).await.unwrap();
        assert_eq!(found.price.unwrap().total, amount("0.10"));
        assert_eq!(world.balance(&customer).await, amount("-0.10"));
    })
    .await;
}

#[tokio::test]
async fn a_batch_with_a_call_twice_in_it() {
    on_both(async |world: World| {
        let customer = acme(&world).await;
        let longer = call("a", "0001", TEN, 600);
        let calls = [call("a", "0001", TEN, 61), call("b", "0002", TEN, 60), longer.clone(), longer];
        let outcomes = batch(&world, &calls).await;
        let total = |outcome: &Outcome| match outcome {
            Outcome::Rated { total, .. } => Some(*total),
            _ => None,
        };
        assert_eq!(
            outcomes.iter().map(total).collect::<Vec<_>>(),
            [Some(amount("0.10")), Some(amount("0.05")), None, None]
        );
        assert_eq!(batch(&world, &calls).await, vec![Outcome::Known; 4]);
        assert_eq!(world.balance(&customer).await, amount("-0.15"));
        assert_books_are_right(&world).await;
    })
    .await;
}

#[tokio::test]
async fn the_same_file_from_many_sides_is_charged_once() {
    on_both(async |world: World| {
        let customer = acme(&world).await;
        let rows: Vec<FinishedCall> = (0..50).map(|number| call(&format!("row:{number}"), "0001", TEN, 60)).collect();
        let outcomes = world
            .at_once(0..8, |work, turn| {
                let mut rows = rows.clone();
                rows.rotate_left(turn * 7);
                Box::pin(async move {
                    let directory = Directory::whole(work).await?;
                    calls::record_batch(work, &directory, &rows, None).await
                })
            })
            .await;
        let outcomes = outcomes.into_iter().flat_map(Result::unwrap);
        assert_eq!(outcomes.filter(|outcome| *outcome != Outcome::Known).count(), 50);
        assert_eq!(world.balance(&customer).await, amount("-2.50"));
        assert_books_are_right(&world).await;
    })
    .await;
}

#[tokio::test]
async fn records_of_one_conversation_that_come_together_are_charged_once() {
    on_both(async |world: World| {
        let customer = acme(&world).await;
        let mut first = world.work().await;
        calls::record(&mut first, linked("a", "0001")).await.unwrap();
        let second = world.run(async |work| calls::record(work, linked("b", "0002")).await);
        let (second, _) = overtaken(first, second).await.unwrap();
        assert_eq!(second.price.unwrap().source, "same_conversation");
        let outcomes = world
            .at_once(0..24, |work, number| {
                let made =
                    FinishedCall { link: Some("conversation-2".into()), ..linked(&format!("c:{number}"), "0001") };
                Box::pin(async move { calls::record(work, made).await })
            })
            .await;
        let charged = outcomes.into_iter().filter(|outcome| {
            let (call, _) = outcome.as_ref().unwrap();
            call.price.as_ref().is_some_and(|price| price.total > Amount::ZERO)
        });
        assert_eq!(charged.count(), 1);
        assert_eq!(world.balance(&customer).await, amount("-0.20"));
        assert_books_are_right(&world).await;
    })
    .await;
}

#[tokio::test]
async fn waiting_calls_that_many_try_again_are_charged_once() {
    on_both(async |world: World| {
        let rows: Vec<FinishedCall> = (0..20).map(|number| call(&format!("row:{number}"), "0001", TEN, 60)).collect();
        batch(&world, &rows).await;
        let customer = acme(&world).await;
        let outcomes =
            world.at_once(0..6, |work, _| Box::pin(async move { calls::retry_unrated(work, None, 100).await })).await;
        let rated: i64 = outcomes.into_iter().map(|outcome| outcome.unwrap().rated).sum();
        assert_eq!((rated, retry(&world).await), (20, (0, 0)));
        assert_eq!(world.balance(&customer).await, amount("-1"));
        assert_books_are_right(&world).await;
    })
    .await;
}
