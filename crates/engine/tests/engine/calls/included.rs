//! Included minutes: used in the order of posting, once each, and within their period.

use domain::deck::Deck;
use domain::period::BillingDay;
use domain::plan::Plan;
use domain::time::Instant;
use engine::calls::rerate::{self, Request};
use engine::calls::{self, Call, CallEvent, Direction, Directory, EventKind, FinishedCall, Outcome};
use engine::lines::{self, Line, NewLine};
use engine::plans::{self, StoredPlan};
use engine::tenants::InvoicePer;
use engine::{agents, decks};
use futures::future::BoxFuture;
use serde_json::{Value, json};
use storage::included::IncludedRecord;

use super::{assert_books_are_right, batch, call, record, retry};
use crate::world::{World, at, currency, on_both};

const TEN: &str = "2026-03-01T10:00:00Z";

/// A plan that includes so many minutes; 0.60 a minute, by the second.
async fn plan(world: &World, name: &str, minutes: u32) -> StoredPlan {
    let rate = json!({"price_per_minute": "0.60", "increment_seconds": 1});
    world.plan(name, json!({"included_minutes": minutes, "rate": rate})).await
}

/// Acme's line 0001, with so many minutes a month.
async fn acme(world: &World, minutes: u32) -> Line {
    let customer = world.customer("Acme").await;
    let plan = plan(world, "Basic", minutes).await;
    world.line(&customer, "0001", &plan).await
}

/// What a call costs, and how many of its seconds were included.
fn gist(call: &Call) -> String {
    let price = call.price.as_ref().unwrap();
    let charge: Value = serde_json::from_str(&price.charge).unwrap();
    assert_eq!(charge["included_seconds"], price.allowance_seconds, "{charge}");
    format!("{} {}", price.total, price.allowance_seconds)
}

/// Records a call: what it costs, and how many of its seconds were included.
async fn cost(world: &World, call: FinishedCall) -> String {
    gist(&record(world, call).await.0)
}

/// A call of 0001 to nobody in particular.
fn from_line(origin: &str, answered_at: &str, seconds: i64) -> FinishedCall {
    call(origin, "0001", answered_at, seconds)
}

/// What is counted as used by a line in the period that begins on a day.
async fn counted(world: &World, line: &Line, period_from: &str) -> i64 {
    let none = IncludedRecord {
        line: line.id.clone(),
        period_from: at(&format!("{period_from}T00:00:00Z")).millis(),
        used: 0,
    };
    let mut tx = world.engine.store().write().await.unwrap();
    storage::included::add(&mut tx, 1, &[none]).await.unwrap()[0].used
}

fn totals(outcomes: &[Outcome]) -> Vec<String> {
    let total = |outcome: &Outcome| match outcome {
        Outcome::Rated { total, .. } => total.to_string(),
        Outcome::Unrated { reason, .. } => reason.to_string(),
        Outcome::Known => "known".to_owned(),
    };
    outcomes.iter().map(total).collect()
}

#[tokio::test]
async fn minutes_are_used_in_the_order_of_posting() {
    on_both(async |world: World| {
        let line = acme(&world, 5).await;
        // The later call is told first.
        assert_eq!(cost(&world, from_line("a", "2026-03-20T10:00:00Z", 100)).await, "0.00 100");
        assert_eq!(cost(&world, from_line("b", TEN, 199)).await, "0.00 199");
        let (split, _) = record(&world, from_line("c", TEN, 61)).await;
        assert_eq!(gist(&split), "0.60 1");
        let charge: Value = serde_json::from_str(&split.price.unwrap().charge).unwrap();
        assert_eq!(charge["segments"][0]["starts_at"], "2026-03-01T10:00:01Z");
        assert_eq!(cost(&world, from_line("d", TEN, 60)).await, "0.60 0");
        assert_eq!(counted(&world, &line, "2026-03-01").await, 300);
        // In a batch it is the place in the batch; April has its own.
        let april = "2026-04-02T10:00:00Z";
        let calls =
            [("z", 200), ("y", 60), ("x", 60), ("w", 10)].map(|(origin, length)| from_line(origin, april, length));
        assert_eq!(totals(&batch(&world, &calls).await), ["0.00", "0.00", "0.20", "0.10"]);
        assert_eq!(counted(&world, &line, "2026-04-01").await, 300);
        assert_books_are_right(&world).await;
    })
    .await;
}

#[tokio::test]
async fn a_call_uses_the_minutes_of_the_period_in_which_it_ends() {
    on_both(async |world: World| {
        let line = acme(&world, 1).await;
        assert_eq!(cost(&world, from_line("a", "2026-03-31T23:59:00Z", 60)).await, "0.00 60");
        assert_eq!(cost(&world, from_line("b", "2026-03-31T23:59:00Z", 59)).await, "0.00 59");
        assert_eq!(cost(&world, from_line("c", "2026-04-01T00:00:00Z", 1)).await, "0.01 0");
        assert_eq!(counted(&world, &line, "2026-03-01").await, 59);
        assert_eq!(counted(&world, &line, "2026-04-01").await, 60);
        assert_books_are_right(&world).await;
    })
    .await;
}

#[tokio::test]
async fn periods_begin_on_the_billing_day_in_the_tenants_zone() {
    on_both(async |world: World| {
        // What is set; the first instant of the period of a call on 10 March; what is in it and what is not.
        type Set = fn(&mut engine::tenants::Settings);
        let cases: [(&str, Set, Option<u8>, [&str; 2]); 4] = [
            ("the first", |_| {}, None, ["2026-03-01T00:00:00Z", "2026-02-28T23:59:59Z"]),
            (
                "the tenant's",
                |settings| settings.billing.billing_day = BillingDay::new(5).unwrap(),
                None,
                ["2026-03-05T00:00:00Z", "2026-03-04T23:59:59Z"],
            ),
            (
                "the customer's",
                |settings| settings.billing.billing_day = BillingDay::new(5).unwrap(),
                Some(7),
                ["2026-03-07T00:00:00Z", "2026-03-06T23:59:59Z"],
            ),
            (
                "the line's",
                |settings| {
                    settings.billing.invoice_per = InvoicePer::Line;
                    settings.billing.from_opening_day = true;
                    settings.time_zone = domain::time::Zone::named("America/Toronto").unwrap();
                },
                Some(7),
                // Opened on 31 December by the clock of Toronto; February has 28 days.
                ["2026-02-28T05:00:00Z", "2026-02-28T04:59:59Z"],
            ),
        ];
        for (number, (what, set, customers, [first, before])) in cases.into_iter().enumerate() {
            world.settings(set).await;
            let customer = world.customer(what).await;
            let details = engine::customers::Details {
                billing_day: customers.map(|day| BillingDay::new(day).unwrap()),
                ..customer.details.clone()
            };
            let update = engine::customers::CustomerUpdate { details, external_reference: None, state: customer.state };
            world.run(async |work| engine::customers::update(work, &customer.id, update, 1).await).await.unwrap();
            let plan = plan(&world, what, 1).await;
            let line = format!("000{}", number + 1);
            world.line(&customer, &line, &plan).await;
            let ends = |origin: &str, end: &str| {
                let answered_at = at(end).plus_millis(-1000).unwrap();
                call(&format!("{what}:{origin}"), &line, &answered_at.to_string(), 1)
            };
            assert_eq!(cost(&world, call(&format!("{what}:all"), &line, "2026-03-10T10:00:00Z", 61)).await, "0.01 60");
            assert_eq!(cost(&world, ends("first", first)).await, "0.01 0", "{what}");
            assert_eq!(cost(&world, ends("before", before)).await, "0.00 1", "{what}");
        }
        assert_books_are_right(&world).await;
    })
    .await;
}

#[tokio::test]
async fn a_line_has_its_share_of_the_minutes_for_its_share_of_the_period() {
    on_both(async |world: World| {
        let customer = world.customer("Acme").await;
        let (small, large) = (plan(&world, "Small", 28).await, plan(&world, "Large", 62).await);
        let open = |number: &str, opened_at: &str| NewLine {
            customer: customer.id.clone(),
            number: number.to_owned(),
            plan: small.id.clone(),
            opened_at: Some(at(opened_at)),
        };
        // From the 16th on: 13 of 28 days.
        world.run(async |work| lines::open(work, open("0001", "2026-02-16T15:00:00Z")).await).await.unwrap();
        assert_eq!(cost(&world, from_line("a", "2026-02-20T10:00:00Z", 1000)).await, "2.20 780");
        // Another plan from 16 March on: 15 days of 28 minutes, 16 of 62. What was used before counts.
        let line = world.run(async |work| lines::open(work, open("0002", "2026-02-01T00:00:00Z")).await).await.unwrap();
        assert_eq!(cost(&world, call("b", "0002", TEN, 1680)).await, "0.00 1680");
        let change = Some(at("2026-03-16T09:00:00Z"));
        let changed = world.run(async |work| lines::change_plan(work, &line.id, &large.id, change, 1).await);
        let line = changed.await.unwrap();
        // 28 * 60 * 15 / 31 + 62 * 60 * 16 / 31 = 812.9 + 1920
        assert_eq!(cost(&world, call("c", "0002", TEN, 1054)).await, "0.01 1053");
        // Closed on the 10th: fewer than it has used already, and none is taken back.
        world.clock.move_to(at("2026-03-10T12:00:00Z"));
        world.run(async |work| lines::close(work, &line.id, line.version).await).await.unwrap();
        assert_eq!(cost(&world, call("d", "0002", TEN, 1)).await, "0.01 0");
        assert_eq!(counted(&world, &line, "2026-03-01").await, 2733);
        assert_books_are_right(&world).await;
    })
    .await;
}

#[tokio::test]
async fn a_new_version_of_the_plan_counts_from_its_day_on() {
    on_both(async |world: World| {
        let customer = world.customer("Acme").await;
        let basic = world.plan("Basic", json!({})).await;
        world.line(&customer, "0001", &basic).await;
        assert_eq!(cost(&world, from_line("a", TEN, 60)).await, "0.05 0");
        let mut document =
            plans::versions(&mut world.view().await, &basic.id).await.unwrap().remove(0).document.to_json();
        document["included_minutes"] = json!(31);
        let document = Plan::read(document.to_string().as_bytes()).unwrap();
        let from = Some(at("2026-03-30T00:00:00Z"));
        world.run(async |work| plans::revise(work, &basic.id, document, from, 1).await).await.unwrap();
        // Two days of 31.
        assert_eq!(cost(&world, from_line("b", TEN, 121)).await, "0.05 120");
        assert_books_are_right(&world).await;
    })
    .await;
}

#[tokio::test]
async fn what_has_a_price_of_its_own_uses_no_minutes() {
    on_both(async |world: World| {
        let entries = json!([
            {"prefix": "33", "rate": {"price_per_minute": "0.50"}},
            {"prefix": "44", "rate": {"price_per_minute": "0.30"}, "included": true},
        ]);
        let entries = Deck::read(entries.to_string().as_bytes()).unwrap();
        let made = world.run(async |work| decks::create(work, "World".into(), currency("USD"), Some(&entries)).await);
        let deck = made.await.unwrap().0.id;
        let prices = json!({"prices": {"USD": {"rate": {"price_per_minute": "3.00"}}}});
        let details =
            domain::invalid::parse::<agents::DetailsDocument>(prices.to_string().as_bytes()).unwrap().check().unwrap();
        let iris = world.run(async |work| agents::create(work, "Iris".into(), details).await).await.unwrap();
        let customer = world.customer("Acme").await;
        for (number, kind) in [("0001", "postpaid"), ("0009", "fixed")] {
            let plan = json!({"kind": kind, "deck": deck, "included_minutes": 5, "rate": {"price_per_minute": "0.60"}});
            let plan = world.plan(kind, plan).await;
            world.line(&customer, number, &plan).await;
        }
        for (from, to, agent, expected) in [
            ("0001", "0002", None, "0.00 60"),
            ("0001", "+441632960001", None, "0.00 60"),
            ("0001", "+33123456789", None, "0.50 0"),
            ("0001", "0002", Some(&iris.id), "3.00 0"),
            ("0001", "4911", None, "0.00 0"),
            ("0009", "0002", None, "0.00 0"),
            ("0009", "+441632960001", None, "0.00 0"),
            ("0009", "+33123456789", None, "0.50 0"),
        ] {
            let origin = format!("{from}:{to}:{agent:?}");
            let made = FinishedCall { to: to.into(), agent: agent.cloned(), ..call(&origin, from, TEN, 60) };
            assert_eq!(cost(&world, made).await, expected, "{origin}");
        }
        assert_books_are_right(&world).await;
    })
    .await;
}

#[tokio::test]
async fn a_duplicate_uses_nothing_twice() {
    on_both(async |world: World| {
        let line = acme(&world, 5).await;
        for _ in 0..3 {
            assert_eq!(cost(&world, from_line("a", TEN, 100)).await, "0.00 100");
        }
        // Known ones and doubles leave the minutes to the others.
        let rows = ["a", "b", "b", "a", "c"].map(|origin| from_line(origin, TEN, 100));
        assert_eq!(totals(&batch(&world, &rows).await), ["known", "0.00", "known", "known", "0.00"]);
        assert_eq!(totals(&batch(&world, &rows).await), vec!["known"; 5]);
        // Another record of a conversation is not charged, and uses none.
        let linked = |origin: &str, seconds| FinishedCall {
            link: Some("l".into()),
            ..from_line(origin, "2026-04-01T10:00:00Z", seconds)
        };
        batch(&world, &[linked("d", 100), linked("e", 200)]).await;
        assert_eq!(
            (counted(&world, &line, "2026-03-01").await, counted(&world, &line, "2026-04-01").await),
            (300, 100)
        );
        assert_books_are_right(&world).await;
    })
    .await;
}

#[tokio::test]
async fn a_call_that_was_told_by_events_and_one_that_waited_for_its_price() {
    on_both(async |world: World| {
        let report = async |origin: &str, when: &str, kind: EventKind| {
            let event = CallEvent { origin: origin.to_owned(), at: at(when), kind };
            world.run(async |work| calls::report(work, &event).await).await.unwrap()
        };
        let start = || EventKind::Start {
            direction: Direction::Outbound,
            from: "0001".into(),
            to: "0002".into(),
            line: None,
            account_code: None,
            agent: None,
        };
        // A call of January is told before anybody has the line.
        record(&world, from_line("late", "2026-01-10T10:00:00Z", 100)).await;
        let line = acme(&world, 1).await;
        assert_eq!(cost(&world, from_line("a", TEN, 20)).await, "0.00 20");
        report("b", TEN, start()).await;
        report("b", TEN, EventKind::Answer).await;
        let end = EventKind::End { disposition: None, duration_ms: None, cause: None };
        assert_eq!(gist(&report("b", "2026-03-01T10:00:30Z", end).await), "0.00 30");
        // One that has begun is ended by its whole report, after the others of the batch.
        report("c", TEN, start()).await;
        let outcomes = batch(&world, &[from_line("c", TEN, 15), from_line("d", TEN, 5)]).await;
        assert_eq!(totals(&outcomes), ["0.10", "0.00"]);
        assert_eq!(retry(&world).await, (1, 0));
        assert_eq!((counted(&world, &line, "2026-03-01").await, counted(&world, &line, "2026-01-01").await), (60, 60));
        assert_books_are_right(&world).await;
    })
    .await;
}

#[tokio::test]
async fn a_rerating_keeps_the_minutes_that_a_call_used() {
    on_both(async |world: World| {
        let line = acme(&world, 1).await;
        let version = async |name: &str, document: Value| {
            let plan = world.plan(name, document).await;
            Some(plans::versions(&mut world.view().await, &plan.id).await.unwrap().remove(0).id)
        };
        // Twice as dear, and with many minutes; one that covers the call; one under which it is too short to cost anything.
        let rate = json!({"price_per_minute": "1.20", "increment_seconds": 1});
        let dear = version("Dear", json!({"rate": rate, "included_minutes": 100})).await;
        let fixed = version("Fixed", json!({"kind": "fixed"})).await;
        let brief = json!({"price_per_minute": "1.20", "increment_seconds": 1, "free_below_seconds": 50});
        let brief = version("Brief", json!({"rate": brief})).await;
        let calls = [("a", 40), ("b", 40), ("c", 40)].map(|(origin, length)| from_line(origin, TEN, length));
        let outcomes = batch(&world, &calls).await;
        assert_eq!(totals(&outcomes), ["0.00", "0.20", "0.40"]);
        for (plan_version, free, prices) in [
            (dear, false, ["0.00 40", "0.40 20", "0.80 0"]),
            (fixed, false, ["0.00 40", "0.00 20", "0.00 0"]),
            (brief, false, ["0.00 40", "0.00 20", "0.00 0"]),
            (None, false, ["0.00 40", "0.20 20", "0.40 0"]),
            // The number has become a free one.
            (None, true, ["0.00 40", "0.00 20", "0.00 0"]),
        ] {
            let service_numbers = if free { vec!["+441632960001"] } else { vec![] };
            let dial_plan = serde_json::from_value(json!({"service_numbers": service_numbers})).unwrap();
            world.settings(|settings| settings.dial_plan = dial_plan).await;
            let (from, to) = (at("2026-03-01T00:00:00Z"), at("2026-03-02T00:00:00Z"));
            let request = Request { from, to, customer: None, line: None, plan_version, deck_version: None };
            let rerating = rerate::propose(&world.engine, &world.actor, &request).await.unwrap();
            rerate::confirm(&world.engine, &world.actor, &rerating.id, false).await.unwrap();
            for (outcome, price) in outcomes.iter().zip(prices) {
                let Outcome::Rated { id, .. } = outcome else { panic!("{outcome:?}") };
                let call = calls::get(&mut world.view().await, id).await.unwrap();
                let found = call.price.unwrap();
                assert_eq!(format!("{} {}", found.total, found.allowance_seconds), price, "{request:?}");
            }
            assert_eq!(counted(&world, &line, "2026-03-01").await, 60);
            assert_books_are_right(&world).await;
        }
    })
    .await;
}

#[tokio::test]
async fn many_recorders_at_once_use_exactly_the_minutes() {
    on_both(async |world: World| {
        let line = acme(&world, 5).await;
        let outcomes = world
            .at_once(0..64, |work, number| {
                let made = from_line(&format!("pbx:{number}"), TEN, 7);
                Box::pin(async move { calls::record(work, made).await })
            })
            .await;
        let free = outcomes.iter().map(|outcome| outcome.as_ref().unwrap().0.price.as_ref().unwrap().allowance_seconds);
        assert_eq!(free.sum::<i64>(), 300);
        assert_eq!(counted(&world, &line, "2026-03-01").await, 300);
        assert_books_are_right(&world).await;
    })
    .await;
}

fn record_rows(
    work: &mut engine::Work,
    rows: Vec<FinishedCall>,
) -> BoxFuture<'_, Result<Vec<Outcome>, calls::CallError>> {
    Box::pin(async move {
        let directory = Directory::whole(work).await?;
        calls::record_batch(work, &directory, &rows, None).await
    })
}

#[tokio::test]
async fn batches_that_cross_use_exactly_the_minutes_of_each_line() {
    on_both(async |world: World| {
        let customer = world.customer("Acme").await;
        let plan = plan(&world, "Basic", 5).await;
        let mut lines = Vec::new();
        for number in ["0001", "0002", "0003"] {
            lines.push(world.line(&customer, number, &plan).await);
        }
        // Each side has calls of all lines, in another order, and half of them are also another side's.
        let side = |side: usize| {
            let row = |number: usize| {
                let line = format!("000{}", (number + side) % 3 + 1);
                call(&format!("{}:{line}", (side / 2) * 100 + number), &line, TEN, 9)
            };
            (0..30).map(row).collect::<Vec<_>>()
        };
        let outcomes = world.at_once((0..16).map(side), record_rows).await;
        let new = outcomes.into_iter().flat_map(Result::unwrap).filter(|outcome| *outcome != Outcome::Known);
        assert!(new.count() > 240);
        for line in &lines {
            assert_eq!(counted(&world, line, "2026-03-01").await, 300);
        }
        assert_books_are_right(&world).await;
    })
    .await;
}

#[tokio::test]
async fn a_count_that_is_not_what_the_calls_used_is_a_fault() {
    on_both(async |world: World| {
        let line = acme(&world, 5).await;
        cost(&world, from_line("a", TEN, 100)).await;
        assert_books_are_right(&world).await;
        let more = IncludedRecord { line: line.id.clone(), period_from: Instant::FIRST.millis(), used: 1 };
        let mut tx = world.engine.store().write().await.unwrap();
        storage::included::add(&mut tx, 1, &[more]).await.unwrap();
        tx.commit().await.unwrap();
        let fault =
            format!("line {}: 101 s of its included minutes are counted as used, its calls used 100 s", line.id);
        assert_eq!(world.faults().await, [fault]);
    })
    .await;
}
