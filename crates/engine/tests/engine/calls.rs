//! Finished calls: recorded once, priced, charged; whatever the order in which they are reported.

use domain::money::Amount;
use engine::calls::{
    self, CallError, CallEvent, CallState, Direction, Disposition, EventKind, Filter, FinishedCall, Payer, Span, rerate,
};
use engine::{accounts, books};
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

async fn balance(world: &World, owner: &str) -> Amount {
    accounts::get(&mut world.view().await, owner, currency("USD")).await.unwrap().balance
}

async fn assert_books_are_right(world: &World) {
    let report = books::check(&mut world.view().await).await.unwrap();
    assert_eq!(report.faults, Vec::<String>::new());
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
        assert_eq!(balance(&world, &customer.id).await, amount("-0.10"));
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
        assert_eq!(balance(&world, &customer.id).await, amount("-0.10"));
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

/// All orders of the indices below `n`.
fn orders(n: usize) -> Vec<Vec<usize>> {
    if n == 0 {
        return vec![Vec::new()];
    }
    let longer = |order: Vec<usize>| {
        (0..=order.len()).map(move |place| {
            let mut order = order.clone();
            order.insert(place, n - 1);
            order
        })
    };
    orders(n - 1).into_iter().flat_map(longer).collect()
}

#[tokio::test]
async fn events_of_a_call_in_any_order_and_twice_give_one_ledger() {
    on_both(async |world: World| {
        let customer = world.customer("Acme").await;
        let plan = world.plan("Basic", json!({})).await;
        world.line(&customer, "0001", &plan).await;
        let start = EventKind::Start {
            direction: Direction::Outbound,
            from: "0001".to_owned(),
            to: "+441632960001".to_owned(),
            line: None,
            account_code: None,
            agent: None,
        };
        let end = EventKind::End { disposition: None, duration_ms: None, cause: Some(16) };
        let events = [
            ("2026-03-01T10:00:00Z", start),
            ("2026-03-01T10:00:09Z", EventKind::Answer),
            ("2026-03-01T10:02:10Z", end),
        ];
        for (number, order) in orders(3).into_iter().enumerate() {
            for index in order.iter().chain(&order) {
                let (when, kind) = events[*index].clone();
                let event = CallEvent { origin: format!("pbx:{number}"), at: at(when), kind };
                world.run(async |work| calls::report(work, &event).await).await.unwrap();
            }
            let expected = Amount::from_micros(-150_000 * i64::try_from(number + 1).unwrap());
            assert_eq!(balance(&world, &customer.id).await, expected, "{order:?}");
        }
        assert_books_are_right(&world).await;
        let page = calls::history(&mut world.view().await, &Filter::default(), None, 100).await.unwrap();
        assert_eq!(page.len(), 6);
        assert!(page.iter().all(|call| call.state == CallState::Rated && call.duration_ms == Some(121_000)));
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
        assert_eq!(balance(&world, &customer.id).await, amount("-0.10"));
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

#[tokio::test]
async fn a_rerating_posts_the_differences_once() {
    on_both(async |world: World| {
        let customer = world.customer("Acme").await;
        let plan = world.plan("Basic", json!({})).await;
        let dearer = world.plan("Dearer", json!({"rate": {"price_per_minute": "0.08"}})).await;
        world.line(&customer, "0001", &plan).await;
        for number in 0..3 {
            let one = call(&format!("pbx:{number}"), "0001", "2026-03-01T10:00:00Z", 61);
            world.run(async |work| calls::record(work, one).await).await.unwrap();
        }
        let version = engine::plans::versions(&mut world.view().await, &dearer.id).await.unwrap()[0].id.clone();
        let request = rerate::Request {
            from: at("2026-03-01T00:00:00Z"),
            to: at("2026-03-02T00:00:00Z"),
            customer: None,
            line: None,
            plan_version: Some(version),
            deck_version: None,
        };
        let rerating = rerate::propose(&world.engine, &world.actor, &request).await.unwrap();
        let summary = &rerating.summary;
        assert_eq!(
            (summary.calls, summary.changed, summary.before, summary.after),
            (3, 3, amount("0.30"), amount("0.48"))
        );
        assert_eq!(balance(&world, &customer.id).await, amount("-0.30"), "a proposal charges nothing");

        let done = rerate::confirm(&world.engine, &world.actor, &rerating.id, false).await.unwrap();
        assert_eq!((done.posted, done.difference), (3, amount("0.18")));
        assert_eq!(balance(&world, &customer.id).await, amount("-0.48"));
        let again = rerate::confirm(&world.engine, &world.actor, &rerating.id, false).await;
        assert!(matches!(again, Err(rerate::RerateError::AlreadyConfirmed(_))));
        assert_eq!(balance(&world, &customer.id).await, amount("-0.48"));
        assert_books_are_right(&world).await;
    })
    .await;
}
