//! Calls that are told piece by piece.

use domain::money::Amount;
use engine::books;
use engine::calls::{
    self, CallError, CallEvent, CallState, Direction, Disposition, EventKind, Filter, Outcome, Payer, Span,
};
use serde_json::json;

use super::{assert_books_are_right, batch, call, cost, record, retry};
use crate::world::{World, amount, at, on_both};

fn start(from: &str) -> EventKind {
    EventKind::Start {
        direction: Direction::Outbound,
        from: from.to_owned(),
        to: "+441632960001".to_owned(),
        line: None,
        account_code: None,
        agent: None,
    }
}

const END: EventKind = EventKind::End { disposition: None, duration_ms: None, cause: Some(16) };

async fn report(world: &World, origin: &str, when: &str, kind: EventKind) -> Result<calls::Call, CallError> {
    let event = CallEvent { origin: origin.to_owned(), at: at(when), kind };
    world.run(async |work| calls::report(work, &event).await).await
}

/// A customer with the line 0001 at 0.05 a minute.
async fn acme(world: &World) -> String {
    let customer = world.customer("Acme").await;
    let plan = world.plan("Basic", json!({})).await;
    world.line(&customer, "0001", &plan).await;
    customer.id
}

/// All orders of the indices below `n`.
pub(super) fn orders(n: usize) -> Vec<Vec<usize>> {
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
async fn events_in_any_order_and_twice_give_one_ledger() {
    on_both(async |world: World| {
        let customer = acme(&world).await;
        let events = [
            ("2026-03-01T10:00:00Z", start("0001")),
            ("2026-03-01T10:00:09Z", EventKind::Answer),
            ("2026-03-01T10:02:10Z", END),
        ];
        for (number, order) in orders(3).into_iter().enumerate() {
            for index in order.iter().chain(&order) {
                let (when, kind) = events[*index].clone();
                report(&world, &format!("pbx:{number}"), when, kind).await.unwrap();
            }
            let expected = Amount::from_micros(-150_000 * i64::try_from(number + 1).unwrap());
            assert_eq!(world.balance(&customer).await, expected, "{order:?}");
        }
        assert_books_are_right(&world).await;
        let page = calls::history(&mut world.view().await, &Filter::default(), None, 100).await.unwrap();
        assert_eq!(page.len(), 6);
        assert!(page.iter().all(|call| call.state == CallState::Rated && call.duration_ms == Some(121_000)));
    })
    .await;
}

#[tokio::test]
async fn ends_by_table() {
    on_both(async |world: World| {
        acme(&world).await;
        let end = |disposition, duration_ms| EventKind::End { disposition, duration_ms, cause: None };
        let answered = Some(Disposition::Answered);
        // Whether an answer was reported; the end; state, disposition, duration and cost.
        for (number, (answer, end, expected)) in [
            (true, end(None, None), "Rated answered 61000 0.10"),
            (true, end(answered, None), "Rated answered 61000 0.10"),
            // What the switch measured counts back from the end.
            (true, end(None, Some(60_000)), "Rated answered 60000 0.05"),
            (false, end(answered, Some(0)), "Rated answered 0 0.00"),
            (false, end(Some(Disposition::Busy), None), "Rated busy - 0.00"),
            (true, end(Some(Disposition::Cancelled), None), "Rated cancelled - 0.00"),
            (false, end(answered, None), "Open answered - -"),
            (false, end(None, None), "Open - - -"),
        ]
        .into_iter()
        .enumerate()
        {
            let origin = format!("pbx:{number}");
            report(&world, &origin, "2026-03-01T10:00:00Z", start("0001")).await.unwrap();
            if answer {
                report(&world, &origin, "2026-03-01T10:00:09Z", EventKind::Answer).await.unwrap();
            }
            let call = report(&world, &origin, "2026-03-01T10:01:10Z", end).await.unwrap();
            let or_none = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
            let shown = format!(
                "{:?} {} {} {}",
                call.state,
                or_none(call.disposition.map(|disposition| disposition.name().to_owned())),
                or_none(call.duration_ms.map(|millis| millis.to_string())),
                or_none(call.price.map(|price| price.total.to_string())),
            );
            assert_eq!(shown, expected);
        }
        assert_books_are_right(&world).await;
    })
    .await;
}

#[tokio::test]
async fn events_that_make_no_sense_are_refused() {
    on_both(async |world: World| {
        acme(&world).await;
        let end = |disposition, duration_ms| EventKind::End { disposition, duration_ms, cause: None };
        let long = "1".repeat(201);
        for (origin, kind, pointer) in [
            ("", EventKind::Answer, "/origin"),
            (long.as_str(), EventKind::Answer, "/origin"),
            ("a\u{0}b", EventKind::Answer, "/origin"),
            ("pbx:1", start(&long), "/from"),
            ("pbx:1", start("1\r\n2"), "/from"),
            ("pbx:1", end(None, Some(-1)), "/duration_seconds"),
            ("pbx:1", end(Some(Disposition::Busy), Some(1)), "/duration_seconds"),
        ] {
            match report(&world, origin, "2026-03-01T10:00:00Z", kind.clone()).await {
                Err(CallError::Invalid(invalid)) => assert_eq!(invalid.pointer, pointer),
                other => panic!("{origin} {kind:?}: {other:?}"),
            }
        }
        report(&world, "pbx:1", "2026-03-01T10:00:00Z", start("0001")).await.unwrap();
        for (when, end, pointer) in [
            ("2026-03-01T09:59:59Z", end(Some(Disposition::Busy), None), "/ended_at"),
            ("2026-03-01T10:00:00Z", end(None, Some(86_400_001)), "/duration_seconds"),
            ("2026-03-01T10:00:00Z", end(None, Some(i64::MAX)), "/duration_seconds"),
        ] {
            match report(&world, "pbx:1", when, end.clone()).await {
                Err(CallError::Invalid(invalid)) => assert_eq!(invalid.pointer, pointer),
                other => panic!("{end:?}: {other:?}"),
            }
        }
        let call = report(&world, "pbx:1", "2026-03-01T10:01:00Z", end(None, Some(60_000))).await.unwrap();
        assert_eq!(call.price.unwrap().total, amount("0.05"));
        let report = books::check(&mut world.view().await).await.unwrap();
        assert_eq!((report.calls, report.faults), (1, vec![]));
    })
    .await;
}

#[tokio::test]
async fn a_call_whose_end_came_first_is_not_in_the_history_yet() {
    on_both(async |world: World| {
        acme(&world).await;
        report(&world, "pbx:1", "2026-03-01T10:02:10Z", END).await.unwrap();
        report(&world, "pbx:1", "2026-03-01T10:00:09Z", EventKind::Answer).await.unwrap();
        let march = [Span::month("2026-03", &domain::time::Zone::utc()).unwrap()];
        for finished in [0, 1] {
            let mut view = world.view().await;
            let page = calls::history(&mut view, &Filter::default(), None, 10).await.unwrap();
            let totals = calls::totals(&mut view, &Filter::default(), &march).await.unwrap();
            assert_eq!((page.len(), totals[0].calls), (finished, i64::try_from(finished).unwrap()));
            drop(view);
            report(&world, "pbx:1", "2026-03-01T10:00:00Z", start("0001")).await.unwrap();
        }
    })
    .await;
}

#[tokio::test]
async fn the_whole_report_ends_a_call_whose_end_was_lost() {
    on_both(async |world: World| {
        let customer = acme(&world).await;
        for number in 0..3 {
            let origin = format!("pbx:{number}");
            report(&world, &origin, "2026-03-01T10:00:00Z", start("0001")).await.unwrap();
        }
        let whole = |origin: &str| call(origin, "0001", "2026-03-01T10:00:09Z", 121);
        assert_eq!(cost(&world, whole("pbx:0")).await, "0.15 plan");
        let outcomes = batch(&world, &[whole("pbx:1"), whole("pbx:0"), whole("pbx:1"), whole("pbx:3")]).await;
        let rated: Vec<bool> = outcomes.iter().map(|outcome| matches!(outcome, Outcome::Rated { .. })).collect();
        assert_eq!(rated, [true, false, false, true]);
        // Late events change nothing.
        report(&world, "pbx:0", "2026-03-01T11:00:00Z", END).await.unwrap();
        assert_eq!(world.balance(&customer).await, amount("-0.45"));
        let nobody = calls::FinishedCall { payer: Payer::Number("0002".into()), ..whole("pbx:2") };
        assert_eq!(cost(&world, nobody).await, "unknown_payer");
        assert_eq!(retry(&world).await, (0, 1));
        let (known, new) = record(&world, whole("pbx:2")).await;
        assert_eq!((known.state, new), (CallState::Unrated, false));
        assert_books_are_right(&world).await;
    })
    .await;
}
