//! Re-rating: shown first, posted on confirmation, and once.

use domain::deck::Deck;
use domain::money::Amount;
use engine::calls::rerate::{self, Confirmed, Request, RerateError, Rerating};
use engine::calls::{self, FinishedCall};
use engine::customers::Customer;
use engine::plans::StoredPlan;
use engine::{decks, ledger, payments, plans};
use serde_json::json;

use super::{assert_books_are_right, call, record};
use crate::world::{World, amount, at, currency, on_both, overtaken};

const TEN: &str = "2026-03-01T10:00:00Z";

fn request() -> Request {
    Request {
        from: at("2026-03-01T00:00:00Z"),
        to: at("2026-03-02T00:00:00Z"),
        customer: None,
        line: None,
        plan_version: None,
        deck_version: None,
    }
}

async fn version(world: &World, plan: &StoredPlan) -> Option<String> {
    Some(plans::versions(&mut world.view().await, &plan.id).await.unwrap().remove(0).id)
}

async fn propose(world: &World, request: Request) -> Rerating {
    rerate::propose(&world.engine, &world.actor, &request).await.unwrap()
}

async fn confirm(world: &World, id: &str, debit_prepaid: bool) -> Result<Confirmed, RerateError> {
    rerate::confirm(&world.engine, &world.actor, id, debit_prepaid).await
}

/// Acme's line 0001 at 0.05 a minute, and `calls` calls of 61 seconds; a plan at `price`.
async fn calls_of_acme(world: &World, calls: usize, price: &str) -> (Customer, Request) {
    let customer = world.customer("Acme").await;
    let plan = world.plan("Basic", json!({})).await;
    let other = world.plan("Other", json!({"rate": {"price_per_minute": price}})).await;
    world.line(&customer, "0001", &plan).await;
    let rows: Vec<FinishedCall> = (0..calls).map(|number| call(&format!("pbx:{number}"), "0001", TEN, 61)).collect();
    super::batch(world, &rows).await;
    let plan_version = version(world, &other).await;
    (customer, Request { plan_version, ..request() })
}

fn paid(customer: &Customer, text: &str) -> payments::NewPayment {
    payments::NewPayment {
        customer: customer.id.clone(),
        amount: amount(text),
        currency: None,
        method: payments::Method::Cash,
        reference: None,
        received_at: None,
        invoice: None,
    }
}

#[tokio::test]
async fn a_rerating_posts_the_differences_once() {
    on_both(async |world: World| {
        let (customer, request) = calls_of_acme(&world, 3, "0.08").await;
        let rerating = propose(&world, request).await;
        let summary = &rerating.summary;
        assert_eq!(
            (summary.calls, summary.changed, summary.before, summary.after),
            (3, 3, amount("0.30"), amount("0.48"))
        );
        assert_eq!(world.balance(&customer.id).await, amount("-0.30"), "a proposal charges nothing");

        let done = confirm(&world, &rerating.id, false).await.unwrap();
        assert_eq!((done.posted, done.difference), (3, amount("0.18")));
        assert_eq!(world.balance(&customer.id).await, amount("-0.48"));
        let again = confirm(&world, &rerating.id, false).await;
        assert!(matches!(again, Err(RerateError::AlreadyConfirmed(_))));
        assert_eq!(world.balance(&customer.id).await, amount("-0.48"));
        let changes = world.changes(&rerating.id).await;
        let actions: Vec<&str> = changes.iter().map(|change| change.action.as_str()).collect();
        assert_eq!(actions, ["rerating.confirm", "rerating.propose"]);
        assert_books_are_right(&world).await;
    })
    .await;
}

#[tokio::test]
async fn what_costs_less_is_given_back() {
    on_both(async |world: World| {
        let (customer, request) = calls_of_acme(&world, 3, "0.02").await;
        let rerating = propose(&world, request.clone()).await;
        let done = confirm(&world, &rerating.id, false).await.unwrap();
        assert_eq!((done.posted, done.difference), (3, amount("-0.18")));
        assert_eq!(world.balance(&customer.id).await, amount("-0.12"));
        // Once more nothing changes; and back again at the prices of their own time.
        assert_eq!(propose(&world, request).await.summary.changed, 0);
        let back = propose(&world, super::rerating::request()).await;
        assert_eq!(confirm(&world, &back.id, false).await.unwrap().difference, amount("0.18"));
        assert_eq!(world.balance(&customer.id).await, amount("-0.30"));
        assert_books_are_right(&world).await;
    })
    .await;
}

#[tokio::test]
async fn a_prepaid_customer_is_debited_when_asked_and_for_what_is_there() {
    on_both(async |world: World| {
        world
            .settings(|settings| {
                let rate = json!([{"name": "VAT", "rate": "0.20", "valid_from": "2026-01-01T00:00:00Z"}]);
                settings.tax_rates = serde_json::from_value(rate).unwrap();
            })
            .await;
        let customer = world.prepaid_customer("Acme").await;
        let plan = world.plan("Paid", json!({"kind": "prepaid", "rate": {"price_per_minute": "0.30"}})).await;
        let dearer = world.plan("Dearer", json!({"kind": "prepaid", "rate": {"price_per_minute": "0.60"}})).await;
        world.line(&customer, "0001", &plan).await;
        for number in 0..3 {
            record(&world, call(&format!("pbx:{number}"), "0001", TEN, 60)).await;
        }
        // After the calls there is 0.70, enough for two differences of 0.30.
        world.run(async |work| payments::record(work, paid(&customer, "1.60")).await).await.unwrap();
        let request = Request { plan_version: version(&world, &dearer).await, ..request() };
        let first = propose(&world, request.clone()).await;
        let done = confirm(&world, &first.id, false).await.unwrap();
        assert_eq!((done.posted, done.kept, done.difference), (0, 3, Amount::ZERO));
        assert_eq!(world.balance(&customer.id).await, amount("0.70"));

        let second = propose(&world, request).await;
        let done = confirm(&world, &second.id, true).await.unwrap();
        assert_eq!((done.posted, done.kept, done.difference), (2, 1, amount("0.60")));
        assert_eq!(world.balance(&customer.id).await, amount("0.10"));
        assert_books_are_right(&world).await;
    })
    .await;
}

#[tokio::test]
async fn a_debit_does_not_race_what_is_spent_meanwhile() {
    on_both(async |world: World| {
        let customer = world.prepaid_customer("Acme").await;
        let plan = world.plan("Paid", json!({"kind": "prepaid", "rate": {"price_per_minute": "0.30"}})).await;
        let dearer = world.plan("Dearer", json!({"kind": "prepaid", "rate": {"price_per_minute": "0.60"}})).await;
        world.line(&customer, "0001", &plan).await;
        record(&world, call("pbx:1", "0001", TEN, 60)).await;
        world.run(async |work| payments::record(work, paid(&customer, "0.60")).await).await.unwrap();
        let rerating = propose(&world, Request { plan_version: version(&world, &dearer).await, ..request() }).await;
        let mut spends = world.work().await;
        calls::record(&mut spends, call("pbx:2", "0001", "2026-03-02T01:00:00Z", 60)).await.unwrap();
        let done = overtaken(spends, confirm(&world, &rerating.id, true)).await.unwrap();
        assert_eq!((done.posted, done.kept), (0, 1));
        assert_eq!(world.balance(&customer.id).await, amount("0"));
    })
    .await;
}

#[tokio::test]
async fn who_confirms_together_posts_once() {
    on_both(async |world: World| {
        let (customer, request) = calls_of_acme(&world, 40, "0.08").await;
        let rerating = propose(&world, request).await;
        let all = (0..6).map(|_| confirm(&world, &rerating.id, false));
        let outcomes = futures::future::join_all(all).await;
        for outcome in &outcomes {
            match outcome {
                Ok(done) => assert_eq!((done.posted, done.difference), (40, amount("2.40")), "{outcomes:?}"),
                Err(error) => assert!(matches!(error, RerateError::AlreadyConfirmed(_)), "{outcomes:?}"),
            }
        }
        assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1, "{outcomes:?}");
        assert_eq!(world.balance(&customer.id).await, amount("-6.40"));
        assert_eq!(world.changes(&rerating.id).await.len(), 2);
        assert_books_are_right(&world).await;
    })
    .await;
}

#[tokio::test]
async fn a_confirmation_that_was_broken_off_goes_on_where_it_was() {
    on_both(async |world: World| {
        let (customer, request) = calls_of_acme(&world, 1100, "0.08").await;
        let rerating = propose(&world, request).await;
        assert_eq!((rerating.summary.calls, rerating.summary.changed), (1100, 1100));
        // Given up when some pages are done, and not all.
        let broken = tokio::time::timeout(std::time::Duration::from_secs(60), async {
            let confirming = confirm(&world, &rerating.id, false);
            tokio::pin!(confirming);
            loop {
                tokio::select! {
                    biased;
                    done = &mut confirming => break Some(done),
                    () = tokio::time::sleep(std::time::Duration::from_millis(5)) => {}
                }
                if world.balance(&customer.id).await < amount("-110") {
                    break None;
                }
            }
        });
        assert!(broken.await.unwrap().is_none(), "it was broken off");
        let so_far = world.balance(&customer.id).await;
        assert!(so_far > amount("-176"), "{so_far}");
        assert!(!rerate::get(&mut world.view().await, &rerating.id).await.unwrap().confirmed);
        assert_books_are_right(&world).await;
        let done = confirm(&world, &rerating.id, false).await.unwrap();
        assert_eq!((done.posted, done.changed_since, done.difference), (1100, 0, amount("66")));
        assert_eq!(world.balance(&customer.id).await, amount("-176"));
        assert_books_are_right(&world).await;
    })
    .await;
}

#[tokio::test]
async fn a_call_that_another_rerating_changed_keeps_what_it_has() {
    on_both(async |world: World| {
        let (customer, request) = calls_of_acme(&world, 2, "0.08").await;
        let cheap = world.plan("Cheap", json!({"rate": {"price_per_minute": "0.01"}})).await;
        let first = propose(&world, request.clone()).await;
        let second = propose(&world, Request { plan_version: version(&world, &cheap).await, ..request }).await;
        confirm(&world, &second.id, false).await.unwrap();
        let done = confirm(&world, &first.id, false).await.unwrap();
        assert_eq!((done.posted, done.changed_since), (0, 2));
        assert_eq!(world.balance(&customer.id).await, amount("-0.04"));
        assert_books_are_right(&world).await;
    })
    .await;
}

#[tokio::test]
async fn requests_that_are_refused() {
    on_both(async |world: World| {
        let (_, good) = calls_of_acme(&world, 1, "0.08").await;
        for (request, pointer) in [
            (Request { to: good.from, ..good.clone() }, "/to"),
            (Request { plan_version: Some("plv_none".into()), ..good.clone() }, "/plan_version"),
            (Request { deck_version: Some("dkv_none".into()), ..good.clone() }, "/deck_version"),
        ] {
            match rerate::propose(&world.engine, &world.actor, &request).await {
                Err(RerateError::Invalid(invalid)) => assert_eq!(invalid.pointer, pointer),
                other => panic!("{request:?}: {other:?}"),
            }
        }
        let none = confirm(&world, "rer_none", false).await;
        assert!(matches!(none, Err(RerateError::NotFound(_))));
    })
    .await;
}

#[tokio::test]
async fn prices_in_another_currency_are_none() {
    on_both(async |world: World| {
        let (customer, request) = calls_of_acme(&world, 2, "0.08").await;
        let euro = world.plan("Euro", json!({"currency": "EUR", "rate": {"price_per_minute": "9"}})).await;
        let rerating = propose(&world, Request { plan_version: version(&world, &euro).await, ..request }).await;
        assert_eq!((rerating.summary.unpriced, rerating.summary.changed), (2, 0));
        assert_eq!(confirm(&world, &rerating.id, false).await.unwrap(), Confirmed::default());
        assert_eq!(world.balance(&customer.id).await, amount("-0.20"));
    })
    .await;
}

async fn deck(world: &World, name: &str, price: &str) -> decks::StoredDeck {
    let entries = entries(price);
    world.run(async |work| decks::create(work, name.into(), currency("USD"), Some(&entries)).await).await.unwrap().0
}

fn entries(price: &str) -> Deck {
    let entries = json!([{"prefix": "44", "rate": {"price_per_minute": price}}]);
    Deck::read(entries.to_string().as_bytes()).unwrap()
}

#[tokio::test]
async fn a_deck_version_prices_the_calls_of_its_deck() {
    on_both(async |world: World| {
        let (first, second) = (deck(&world, "First", "0.10").await, deck(&world, "Second", "0.20").await);
        let customer = world.customer("Acme").await;
        for (number, document) in
            [("0001", json!({"deck": first.id})), ("0002", json!({"deck": second.id})), ("0003", json!({}))]
        {
            let plan = world.plan(number, document).await;
            world.line(&customer, number, &plan).await;
            record(&world, call(number, number, TEN, 60)).await;
        }
        world.clock.move_to(at("2026-03-02T12:00:00Z"));
        let cheaper = entries("0.01");
        let (_, cheaper) =
            world.run(async |work| decks::replace(work, &first.id, &cheaper, None, 1).await).await.unwrap();
        let rerating = propose(&world, Request { deck_version: Some(cheaper.id), ..request() }).await;
        let summary = &rerating.summary;
        assert_eq!((summary.calls, summary.changed, summary.after), (3, 1, amount("0.01")));
        confirm(&world, &rerating.id, false).await.unwrap();
        assert_eq!(world.balance(&customer.id).await, amount("-0.26"));

        // Another plan brings its own deck, as it was in force when the call started.
        let plan = world.plan("Other", json!({"deck": first.id})).await;
        let of_second = Request { plan_version: version(&world, &plan).await, ..request() };
        let summary = propose(&world, of_second).await.summary;
        assert_eq!((summary.calls, summary.changed, summary.after), (3, 3, amount("0.30")));
        assert_books_are_right(&world).await;
    })
    .await;
}

#[tokio::test]
async fn calls_of_agents_and_free_ones_keep_their_prices() {
    on_both(async |world: World| {
        let (customer, request) = calls_of_acme(&world, 0, "0.08").await;
        record(&world, FinishedCall { to: "4911".into(), ..call("free", "0001", TEN, 60) }).await;
        let linked = |origin: &str| FinishedCall { link: Some("l".into()), ..call(origin, "0001", TEN, 60) };
        record(&world, linked("a")).await;
        record(&world, linked("b")).await;
        let rerating = propose(&world, request).await;
        assert_eq!((rerating.summary.calls, rerating.summary.changed), (3, 1));
        confirm(&world, &rerating.id, false).await.unwrap();
        assert_eq!(world.balance(&customer.id).await, amount("-0.08"));
        let filter = ledger::EntryFilter { customer: Some(&customer.id), ..ledger::EntryFilter::default() };
        let entries = ledger::entries(&mut world.view().await, &filter, 10).await.unwrap();
        let kinds: Vec<&str> = entries.iter().map(|entry| entry.kind.as_str()).collect();
        assert!(kinds.len() == 2 && kinds.contains(&"call") && kinds.contains(&"rerating"), "{kinds:?}");
        assert_books_are_right(&world).await;
    })
    .await;
}
