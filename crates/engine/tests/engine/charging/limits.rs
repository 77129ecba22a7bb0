//! The limits of calls beside the money: as they are shipped, and as somebody has set them.

use domain::deck::Deck;
use domain::limits::LimitReached;
use domain::plan::PlanKind;
use engine::alerts::{self, Alert};
use engine::billing::Reason;
use engine::tenants::Fraud;
use engine::{customers, decks, lines};

use super::*;
use crate::world::{currency, on_both};

const DEAR: &str = "+88216123456";

/// A prepaid line with so much money, at 1.00 a minute by the second; a deck has two dear networks. The limits are those that are
/// shipped, but that calls to one of them are on.
async fn line(world: &World, balance: &str) -> (Customer, Line) {
    world
        .settings(|settings| settings.fraud = Fraud { enabled_prefixes: vec!["882".into()], ..Fraud::default() })
        .await;
    let entries = json!([
        {"prefix": "882", "rate": {"price_per_minute": "0.50", "increment_seconds": 1}},
        {"prefix": "881", "rate": {"price_per_minute": "5.00", "increment_seconds": 1}},
        {"prefix": "44", "rate": {"price_per_minute": "0.49", "increment_seconds": 1}},
    ]);
    let entries = Deck::read(entries.to_string().as_bytes()).unwrap();
    let deck = world.run(async |work| decks::create(work, "World".into(), currency("USD"), Some(&entries)).await);
    let deck = deck.await.unwrap().0.id;
    let rate = json!({"price_per_minute": "1.00", "increment_seconds": 1});
    let plan = world.plan("Prepaid", json!({"kind": "prepaid", "rate": rate, "deck": deck})).await;
    assert_eq!(plan.kind, PlanKind::Prepaid);
    let customer = world.prepaid_customer("Prepaid").await;
    top_up(world, &customer, balance).await;
    let line = world.line(&customer, "0001", &plan).await;
    (customer, line)
}

async fn called(world: &World, origin: &str, line: &Line, to: &str) -> Result<Grant, Refused> {
    authorize(world, NewSession { to: to.to_owned(), ..call(origin, line) }).await
}

/// A call that lasted so many seconds.
async fn talked(world: &World, origin: &str, line: &Line, seconds: i64) -> Grant {
    let grant = called(world, origin, line, OUTSIDE).await.unwrap();
    let answered_at = wait(world, 0);
    step(world, &grant.session, Step::Answer { answered_at: Some(answered_at) }).await.unwrap();
    for _ in 0..seconds / 60 {
        wait(world, 50);
        step(world, &grant.session, Step::Extend).await.unwrap();
    }
    let ended_at = Instant::clamped(answered_at.millis() + seconds * 1000);
    wait(world, seconds - seconds / 60 * 50);
    step(world, &grant.session, end_at(ended_at)).await.unwrap();
    grant
}

fn limit(refused: Result<Grant, Refused>) -> LimitReached {
    match refused {
        Err(Refused::Limit(reached)) => reached,
        other => panic!("{other:?}"),
    }
}

async fn all_alerts(world: &World) -> Vec<Alert> {
    alerts::page(&mut world.view().await, false, None, 100).await.unwrap()
}

#[tokio::test]
async fn a_line_has_two_calls_at_once_if_nobody_has_said_more() {
    on_both(async |world: World| {
        let (customer, line) = line(&world, "1000").await;
        let callers = (0..200).map(|caller| {
            let (world, line) = (&world, &line);
            async move { called(world, &format!("pbx:{caller}"), line, OUTSIDE).await }
        });
        let outcomes = futures::future::join_all(callers).await;
        let accepted: Vec<Grant> = outcomes.iter().filter_map(|outcome| outcome.as_ref().ok()).cloned().collect();
        assert_eq!(accepted.len(), 2);
        let busy = LimitReached::CallsAtOnce { limit: 2 };
        assert!(outcomes.into_iter().filter(Result::is_err).all(|refused| limit(refused) == busy));
        // Emergency calls are neither refused nor counted.
        for number in 0..3 {
            called(&world, &format!("pbx:emergency {number}"), &line, "4911").await.unwrap();
        }
        step(&world, &accepted[0].session, Step::Release).await.unwrap();
        called(&world, "pbx:next", &line, OUTSIDE).await.unwrap();
        assert_eq!(limit(called(&world, "pbx:another", &line, OUTSIDE).await), busy);
        let talk = charging::talk_time(&mut world.view().await, &line, OUTSIDE, None).await.unwrap();
        assert_eq!((talk.seconds, talk.refusal), (Some(0), Some(Refused::Limit(busy))));
        world.run(async |work| lines::set_calls_at_once(work, &line.id, Some(3), line.version).await).await.unwrap();
        called(&world, "pbx:another", &line, OUTSIDE).await.unwrap();
        // A second line of the customer has its own two.
        let plan = line.plans[0].plan.clone();
        let plan = engine::plans::find(&mut world.work().await, &plan).await.unwrap();
        let second = world.line(&customer, "0002", &plan).await;
        called(&world, "pbx:second", &second, OUTSIDE).await.unwrap();
        assert_eq!(all_alerts(&world).await, [], "a busy line is no fraud");
        assert_eq!(world.faults().await, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn a_line_begins_ten_calls_a_minute_for_each_that_it_may_have_at_once() {
    on_both(async |world: World| {
        let (_, line) = line(&world, "1000").await;
        for number in 0..20 {
            let grant = called(&world, &format!("pbx:{number}"), &line, OUTSIDE).await.unwrap();
            step(&world, &grant.session, Step::Release).await.unwrap();
        }
        wait(&world, 59);
        let rate = LimitReached::SetUpRate { limit: 20 };
        assert_eq!(limit(called(&world, "pbx:20", &line, OUTSIDE).await), rate);
        assert_eq!(limit(called(&world, "pbx:21", &line, OUTSIDE).await), rate);
        called(&world, "pbx:emergency", &line, "9911").await.unwrap();
        wait(&world, 1);
        called(&world, "pbx:20", &line, OUTSIDE).await.unwrap();
        let told = all_alerts(&world).await;
        assert_eq!(told.iter().map(|alert| alert.reached.as_str()).collect::<Vec<_>>(), ["set_ups_per_minute"]);
    })
    .await;
}

#[tokio::test]
async fn what_calls_cost_in_a_day_is_limited_and_suspends_until_somebody_looked() {
    on_both(async |world: World| {
        let (customer, line) = line(&world, "1000").await;
        let version = customer.version;
        let spend = Some(amount("5"));
        let set = world.run(async |work| customers::set_spend_per_day(work, &customer.id, spend, version).await);
        set.await.unwrap();
        talked(&world, "pbx:1", &line, 240).await;
        // One of what is left: two calls share it, and neither is granted more.
        let first = called(&world, "pbx:2", &line, OUTSIDE).await.unwrap();
        assert_eq!((first.granted.seconds, first.granted.must_end_at_seconds()), (Some(60), Some(60)));
        let held = |spent, held, is_spent| LimitReached::SpendPerDay {
            limit: amount("5"),
            spent: amount(spent),
            held: amount(held),
            is_spent,
        };
        assert_eq!(limit(called(&world, "pbx:3", &line, OUTSIDE).await), held("4", "1", false));
        assert_eq!(all_alerts(&world).await, [], "what is held may never be spent");
        let answered_at = Some(wait(&world, 0));
        step(&world, &first.session, Step::Answer { answered_at }).await.unwrap();
        let ended_at = wait(&world, 60);
        step(&world, &first.session, end_at(ended_at)).await.unwrap();
        assert_eq!(limit(called(&world, "pbx:3", &line, OUTSIDE).await), held("5", "0", true));
        assert!(matches!(called(&world, "pbx:4", &line, OUTSIDE).await, Err(Refused::LineSuspended(_))));
        called(&world, "pbx:emergency", &line, "4911").await.unwrap();
        let told = all_alerts(&world).await;
        let [alert] = &told[..] else { panic!("{told:?}") };
        assert_eq!((alert.reached.as_str(), alert.suspended, &alert.review), ("spend_per_day", true, &None));
        // The next day it is still suspended; when somebody has looked and lifted it, the day's money is there anew.
        wait(&world, 86_400);
        assert!(matches!(called(&world, "pbx:5", &line, OUTSIDE).await, Err(Refused::LineSuspended(_))));
        let reviewed = world.run(async |work| alerts::review(work, &alert.id, Some("a party".into())).await).await;
        assert_eq!(reviewed.unwrap().review.unwrap().by, "test");
        world.run(async |work| lines::lift(work, &line.id, Reason::Fraud).await).await.unwrap();
        let next = called(&world, "pbx:6", &line, OUTSIDE).await.unwrap();
        assert_eq!(next.granted.reaches_seconds, Some(300));
        assert_eq!(world.faults().await, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn a_call_ends_before_it_costs_more_than_a_call_may() {
    on_both(async |world: World| {
        let (_, line) = line(&world, "1000").await;
        let grant = called(&world, "pbx:1", &line, OUTSIDE).await.unwrap();
        assert_eq!(grant.granted.reaches_seconds, Some(14_400), "4 h cost 240");
        world.settings(|settings| settings.fraud.cost_per_call = [(currency("USD"), Some(amount("2")))].into()).await;
        let short = called(&world, "pbx:2", &line, OUTSIDE).await.unwrap();
        assert_eq!(short.granted.reaches_seconds, Some(120));
        step(&world, &short.session, Step::Release).await.unwrap();
        world
            .settings(|settings| settings.fraud.cost_per_call = [(currency("USD"), Some(amount("0.01")))].into())
            .await;
        let reached = limit(called(&world, "pbx:3", &line, OUTSIDE).await);
        assert_eq!(reached, LimitReached::CostPerCall { limit: amount("0.01"), required: amount("0.0167") });
        // What was frozen when the first began still holds for it.
        let answered_at = Some(wait(&world, 0));
        step(&world, &grant.session, Step::Answer { answered_at }).await.unwrap();
        wait(&world, 50);
        let Reply::Granted(longer) = step(&world, &grant.session, Step::Extend).await.unwrap() else { panic!() };
        assert_eq!(longer.granted.reaches_seconds, Some(14_400));
        assert_eq!(world.faults().await, [""; 0]);
    })
    .await;
}

/// H096 of the hostile inputs.
#[tokio::test]
async fn ten_calls_go_to_one_high_cost_prefix_in_ten_minutes() {
    on_both(async |world: World| {
        let (_, line) = line(&world, "1000").await;
        for number in 0..10 {
            let grant = called(&world, &format!("pbx:{number}"), &line, DEAR).await.unwrap();
            step(&world, &grant.session, Step::Release).await.unwrap();
        }
        let reached = LimitReached::HighCostPrefix { prefix: "882".into(), limit: 10 };
        for number in 10..50 {
            let refused = called(&world, &format!("pbx:{number}"), &line, DEAR).await;
            assert_eq!(limit(refused), reached);
        }
        // Other destinations work.
        for to in [OUTSIDE, "+441632960001", "4911"] {
            let grant = called(&world, &format!("pbx:{to}"), &line, to).await.unwrap();
            step(&world, &grant.session, Step::Release).await.unwrap();
        }
        assert_eq!(all_alerts(&world).await.len(), 1, "one alert, however often it is tried");
        wait(&world, 600);
        called(&world, "pbx:later", &line, DEAR).await.unwrap();
    })
    .await;
}

/// H045 of the hostile inputs.
#[tokio::test]
async fn calls_to_risky_prefixes_are_off_until_they_are_enabled() {
    on_both(async |world: World| {
        let (_, line) = line(&world, "1000").await;
        for (to, off) in [("+881612345678", "881"), ("+979123456789", "979"), ("+5351234567", "53")] {
            let reached = limit(called(&world, &format!("pbx:{to}"), &line, to).await);
            assert_eq!(reached, LimitReached::RiskyPrefix { prefix: off.into() }, "{to}");
        }
        world.settings(|settings| settings.fraud.enabled_prefixes.push("881".into())).await;
        called(&world, "pbx:enabled", &line, "+881612345678").await.unwrap();
        let told = all_alerts(&world).await;
        assert_eq!(told.len(), 1);
        assert_eq!((told[0].to.as_str(), told[0].suspended), ("+881612345678", false));
    })
    .await;
}
