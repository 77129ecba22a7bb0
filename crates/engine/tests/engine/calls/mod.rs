//! Finished calls: recorded once, priced, charged; whatever the order in which they are reported.

mod agents;
mod at_once;
mod events;
mod included;
mod payers;
mod prices;
mod rerating;

use engine::books;
use engine::calls::{
    self, Call, CallError, CallState, Direction, Directory, Disposition, Filter, FinishedCall, Outcome, Payer, Span,
};
use serde_json::json;

use crate::world::{World, amount, at, currency, on_both};

pub(crate) fn call(origin: &str, from: &str, answered_at: &str, seconds: i64) -> FinishedCall {
    let answered_at = at(answered_at);
    FinishedCall {
        origin: origin.to_owned(),
        payer: Payer::Number(from.to_owned()),
        direction: Direction::Outbound,
        from: from.to_owned(),
        to: "+441632960001".to_owned(),
        agent: None,
        account_code: None,
        link: None,
        started_at: None,
        answered_at: Some(answered_at),
        ended_at: answered_at.plus_millis(seconds * 1000).unwrap(),
        disposition: Disposition::Answered,
        cause: None,
    }
}

/// Records a call: as it is on record, and whether it is new.
async fn record(world: &World, call: FinishedCall) -> (Call, bool) {
    world.run(async |work| calls::record(work, call).await).await.unwrap()
}

/// Records a call that is new: what it costs and by what source, or why it has no price.
async fn cost(world: &World, call: FinishedCall) -> String {
    let (recorded, new) = record(world, call).await;
    assert!(new);
    match (recorded.price, recorded.unrated_reason) {
        (Some(price), None) => format!("{} {}", price.total, price.source),
        (None, Some(reason)) => reason,
        other => panic!("{other:?}"),
    }
}

/// Records a batch by all that the tenant has.
async fn batch(world: &World, batch: &[FinishedCall]) -> Vec<Outcome> {
    let recorded = world.run(async |work| {
        let directory = Directory::whole(work).await?;
        calls::record_batch(work, &directory, batch, None).await
    });
    recorded.await.unwrap()
}

/// Tries again what waits for a price: how many have one now, and how many not.
async fn retry(world: &World) -> (i64, i64) {
    let retried = world.run(async |work| calls::retry_unrated(work, None, 100).await).await.unwrap();
    (retried.rated, retried.unrated)
}

async fn assert_books_are_right(world: &World) {
    assert_eq!(world.faults().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_call_is_priced_charged_and_explained() {
    on_both(async |world: World| {
        let customer = world.customer("Acme").await;
        let plan = world.plan("Basic", json!({})).await;
        let line = world.line(&customer, "0001", &plan).await;
        let (recorded, new) = world
            .run(async |work| calls::record(work, call("pbx:1", "0001", "2026-03-01T10:00:00Z", 61)).await)
            .await
            .unwrap();
        assert!(new);
        let price = recorded.price.unwrap();
        assert_eq!((price.total, price.source.as_str()), (amount("0.10"), "plan"));
        assert_eq!((recorded.customer, recorded.line), (Some(customer.id.clone()), Some(line.id)));
        let charge: serde_json::Value = serde_json::from_str(&price.charge).unwrap();
        assert_eq!(charge["segments"][0]["increments"], 2);
        assert_eq!(world.balance(&customer.id).await, amount("-0.10"));
        assert_books_are_right(&world).await;
    })
    .await;
}

#[tokio::test]
async fn a_call_reported_again_is_charged_once() {
    on_both(async |world: World| {
        let customer = world.customer("Acme").await;
        let plan = world.plan("Basic", json!({})).await;
        world.line(&customer, "0001", &plan).await;
        for round in 0..3 {
            // The first truth stays, also if the repeat says something else.
            let again = call("pbx:1", "0001", "2026-03-01T10:00:00Z", 61 + round * 600);
            let (recorded, new) = world.run(async |work| calls::record(work, again).await).await.unwrap();
            assert_eq!((new, recorded.price.unwrap().total), (round == 0, amount("0.10")));
        }
        assert_eq!(world.balance(&customer.id).await, amount("-0.10"));
        assert_books_are_right(&world).await;
    })
    .await;
}

#[tokio::test]
async fn a_call_that_makes_no_sense_is_refused_whole() {
    on_both(async |world: World| {
        let customer = world.customer("Acme").await;
        let plan = world.plan("Basic", json!({})).await;
        world.line(&customer, "0001", &plan).await;
        let good = call("pbx:1", "0001", "2026-03-01T10:00:00Z", 61);
        for (bad, pointer) in [
            (FinishedCall { ended_at: at("2026-03-01T09:59:59Z"), ..good.clone() }, "/ended_at"),
            (FinishedCall { ended_at: at("2026-03-02T10:00:00.001Z"), ..good.clone() }, "/duration_seconds"),
            (FinishedCall { started_at: Some(at("2026-03-01T10:30:00Z")), ..good.clone() }, "/ended_at"),
            (FinishedCall { disposition: Disposition::Busy, ..good.clone() }, "/disposition"),
            (FinishedCall { answered_at: None, ..good.clone() }, "/disposition"),
            (FinishedCall { origin: String::new(), ..good.clone() }, "/origin"),
            (FinishedCall { to: "0001\r\nVariable: x".to_owned(), ..good.clone() }, "/to"),
            (FinishedCall { from: "1".repeat(81), ..good.clone() }, "/from"),
        ] {
            let refused = world.run(async |work| calls::record(work, bad.clone()).await).await;
            match refused {
                Err(CallError::Invalid(invalid)) => assert_eq!(invalid.pointer, pointer, "{bad:?}"),
                other => panic!("{bad:?}: {other:?}"),
            }
        }
        let report = books::check(&mut world.view().await).await.unwrap();
        assert_eq!((report.calls, report.entries), (0, 0));
    })
    .await;
}

#[tokio::test]
async fn a_call_without_a_price_waits_and_is_charged_when_its_price_comes() {
    on_both(async |world: World| {
        let (recorded, _) = world
            .run(async |work| calls::record(work, call("pbx:1", "0001", "2026-03-01T10:00:00Z", 61)).await)
            .await
            .unwrap();
        assert_eq!((recorded.state, recorded.unrated_reason.as_deref()), (CallState::Unrated, Some("unknown_payer")));
        let retried = world.run(async |work| calls::retry_unrated(work, None, 10).await).await.unwrap();
        assert_eq!((retried.rated, retried.unrated), (0, 1));

        let customer = world.customer("Acme").await;
        let plan = world.plan("Basic", json!({})).await;
        world.line(&customer, "0001", &plan).await;
        let retried = world.run(async |work| calls::retry_unrated(work, None, 10).await).await.unwrap();
        assert_eq!((retried.rated, retried.unrated), (1, 0));
        assert_eq!(world.balance(&customer.id).await, amount("-0.10"));
        assert_eq!(calls::unrated(&mut world.view().await, None, 10).await.unwrap(), []);
        assert_books_are_right(&world).await;
    })
    .await;
}

#[tokio::test]
async fn records_of_one_conversation_are_charged_once_a_payer() {
    on_both(async |world: World| {
        let plan = world.plan("Basic", json!({})).await;
        for (name, number) in [("Acme", "0001"), ("Birch", "0002")] {
            let customer = world.customer(name).await;
            world.line(&customer, number, &plan).await;
        }
        let linked = |origin: &str, from: &str| FinishedCall {
            link: Some("conversation-1".to_owned()),
            ..call(origin, from, "2026-03-01T10:00:00Z", 61)
        };
        let batch = [linked("a", "0001"), linked("b", "0001"), linked("c", "0002")];
        let mut totals = Vec::new();
        for calls in [&batch[..], &[linked("d", "0002")]] {
            let outcomes = world
                .run(async |work| {
                    let directory = calls::Directory::whole(work).await?;
                    calls::record_batch(work, &directory, calls, None).await
                })
                .await
                .unwrap();
            totals.extend(outcomes.into_iter().map(|outcome| match outcome {
                calls::Outcome::Rated { total, .. } => total.to_string(),
                other => format!("{other:?}"),
            }));
        }
        assert_eq!(totals, ["0.10", "0.00", "0.10", "0.00"]);
        assert_books_are_right(&world).await;
    })
    .await;
}

#[tokio::test]
async fn sums_of_a_month_are_those_of_its_calls() {
    on_both(async |world: World| {
        let customer = world.customer("Acme").await;
        let plan = world.plan("Basic", json!({})).await;
        world.line(&customer, "0001", &plan).await;
        for (origin, when, seconds) in [
            ("a", "2026-01-31T23:59:30Z", 60), // ends in February, whole
            ("b", "2026-02-10T10:00:00Z", 61),
            ("c", "2026-02-28T23:59:59Z", 1), // ends as March begins
        ] {
            world.run(async |work| calls::record(work, call(origin, "0001", when, seconds)).await).await.unwrap();
        }
        let filter = Filter { customer: Some(customer.id.clone()), ..Filter::default() };
        let mut view = world.view().await;
        let zone = domain::time::Zone::utc();
        let months = calls::months(&mut view, &customer.id, &zone).await.unwrap();
        assert_eq!(months.iter().map(|month| month.name.as_str()).collect::<Vec<_>>(), ["2026-02", "2026-03"]);
        let january = Span::month("2026-01", &zone).unwrap();
        let spans: Vec<Span> = std::iter::once(january).chain(months).collect();
        let totals = calls::totals(&mut view, &filter, &spans).await.unwrap();
        let sums: Vec<_> = totals.iter().map(|t| (t.calls, t.seconds, t.amounts.clone())).collect();
        let usd = currency("USD");
        assert_eq!(sums, [(0, 0, vec![]), (2, 121, vec![(usd, amount("0.15"))]), (1, 1, vec![(usd, amount("0.05"))])]);
    })
    .await;
}
