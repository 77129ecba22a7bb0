//! What prices a call, and by which versions.

use domain::deck::Deck;
use domain::plan::Plan;
use domain::tax::TaxRule;
use engine::calls::{CallState, Disposition, FinishedCall};
use engine::customers::{self, Customer, CustomerUpdate};
use engine::{decks, lines, plans};
use serde_json::{Value, json};

use super::{assert_books_are_right, call, cost, record, retry};
use crate::world::{World, amount, at, currency, on_both};

const TEN: &str = "2026-03-02T10:00:00Z";

/// A minute from 0001 to this number.
fn to(origin: &str, number: &str) -> FinishedCall {
    FinishedCall { to: number.to_owned(), ..call(origin, "0001", "2026-03-01T10:00:00Z", 60) }
}

async fn deck(world: &World, entries: Value) -> decks::StoredDeck {
    let entries = Deck::read(entries.to_string().as_bytes()).unwrap();
    world.run(async |work| decks::create(work, "World".into(), currency("USD"), Some(&entries)).await).await.unwrap().0
}

async fn revise(world: &World, plan: &plans::StoredPlan, rate: &str, from: Option<&str>) {
    let version = plans::get(&mut world.view().await, &plan.id).await.unwrap().version;
    let document = json!({"name": plan.name, "kind": plan.kind, "currency": "USD", "rate": {"price_per_minute": rate}});
    let document = Plan::read(document.to_string().as_bytes()).unwrap();
    let revised = async |work: &mut _| plans::revise(work, &plan.id, document, from.map(at), version).await;
    world.run(revised).await.unwrap();
}

#[tokio::test]
async fn the_longest_prefix_of_the_deck_prices_a_call() {
    on_both(async |world: World| {
        let deck = deck(
            &world,
            json!([
                {"prefix": "44", "rate": {"price_per_minute": "0.10"}},
                {"prefix": "441632", "rate": {"price_per_minute": "0.02"}},
                {"prefix": "0002", "rate": {"price_per_minute": "0.01"}},
            ]),
        )
        .await;
        let customer = world.customer("Acme").await;
        let own = world.plan("Own", json!({"deck": deck.id})).await;
        let refuse = world.plan("Refuse", json!({"deck": deck.id, "unlisted": "refuse"})).await;
        let line = world.line(&customer, "0001", &own).await;
        world.line(&customer, "0009", &refuse).await;
        for (number, price) in [
            ("+441632960001", "0.02 deck"),
            ("01632 960001", "0.02 deck"),
            ("+442079460000", "0.10 deck"),
            ("0002", "0.01 deck"),
            ("0003", "0.05 plan"),
            ("+33123456789", "0.05 plan"),
        ] {
            assert_eq!(cost(&world, to(&format!("own:{number}"), number)).await, price, "{number}");
        }
        for (number, price) in [("+441632960001", "0.02 deck"), ("+33123456789", "unlisted_destination")] {
            let made = FinishedCall { ..call(&format!("refuse:{number}"), "0009", "2026-03-01T10:00:00Z", 60) };
            assert_eq!(cost(&world, FinishedCall { to: number.to_owned(), ..made }).await, price, "{number}");
        }
        let (recorded, _) = record(&world, to("own:+441632960001", "+441632960001")).await;
        let price = recorded.price.unwrap();
        assert!(price.deck_version.is_some() && price.plan_version.is_some() && recorded.line == Some(line.id));

        // The listing comes late: it prices calls that start from then on, and the waiting one not.
        let listed = json!([{"prefix": "33", "rate": {"price_per_minute": "0.07"}}]);
        let listed = Deck::read(listed.to_string().as_bytes()).unwrap();
        let replaced = async |work: &mut _| decks::replace(work, &deck.id, &listed, None, 1).await;
        world.run(replaced).await.unwrap();
        assert_eq!(retry(&world).await, (0, 1));
        let later = FinishedCall { to: "+33123456789".into(), ..call("later", "0009", TEN, 60) };
        assert_eq!(cost(&world, later).await, "0.07 deck");
        assert_books_are_right(&world).await;
    })
    .await;
}

#[tokio::test]
async fn emergency_and_service_numbers_are_free_and_on_record() {
    on_both(async |world: World| {
        world
            .settings(|settings| {
                settings.dial_plan = serde_json::from_value(json!({"service_numbers": ["0800"]})).unwrap();
            })
            .await;
        let deck = deck(&world, json!([{"prefix": "49", "rate": {"price_per_minute": "1"}}])).await;
        let customer = world.prepaid_customer("Acme").await;
        let plan = json!({"kind": "prepaid", "deck": deck.id, "unlisted": "refuse"});
        let plan = world.plan("Paid", plan).await;
        world.line(&customer, "0001", &plan).await;
        for number in ["4911", "9911", "+4911", "0800"] {
            let (recorded, _) = record(&world, to(number, number)).await;
            let price = recorded.price.unwrap();
            assert_eq!((price.total, price.source.as_str()), (amount("0"), "free"), "{number}");
            assert_eq!((recorded.state, recorded.duration_ms), (CallState::Rated, Some(60_000)));
        }
        assert_eq!(world.balance(&customer.id).await, amount("0"));
        assert_books_are_right(&world).await;
    })
    .await;
}

#[tokio::test]
async fn calls_that_cost_nothing() {
    on_both(async |world: World| {
        let customer = world.customer("Acme").await;
        let rate = json!({"price_per_minute": "0.05", "connect_fee": "1", "minimum_charge": "2"});
        let plan = world.plan("Basic", json!({"rate": rate})).await;
        world.line(&customer, "0001", &plan).await;
        let busy = FinishedCall { answered_at: None, disposition: Disposition::Busy, ..to("busy", "0002") };
        assert_eq!(cost(&world, busy).await, "0.00 plan");
        assert_eq!(cost(&world, call("empty", "0001", TEN, 0)).await, "0.00 plan");
        assert_eq!(cost(&world, call("short", "0001", TEN, 1)).await, "2.00 plan");
        assert_books_are_right(&world).await;
    })
    .await;
}

#[tokio::test]
async fn a_fixed_plan_covers_its_own_rate_only() {
    on_both(async |world: World| {
        let deck = deck(
            &world,
            json!([
                {"prefix": "33", "rate": {"price_per_minute": "0.50"}},
                {"prefix": "44", "rate": {"price_per_minute": "0.30"}, "included": true},
            ]),
        )
        .await;
        let customer = world.customer("Acme").await;
        let plan = world.plan("Fixed", json!({"kind": "fixed", "deck": deck.id, "monthly_fee": "29"})).await;
        world.line(&customer, "0001", &plan).await;
        for (number, price) in [("0002", "0.00 plan"), ("+441632960001", "0.00 deck"), ("+33123456789", "0.50 deck")] {
            assert_eq!(cost(&world, to(number, number)).await, price, "{number}");
        }
        assert_eq!(world.balance(&customer.id).await, amount("-0.50"));
        assert_books_are_right(&world).await;
    })
    .await;
}

#[tokio::test]
async fn a_call_has_the_prices_that_were_in_force_when_it_started() {
    on_both(async |world: World| {
        let customer = world.customer("Acme").await;
        let plan = world.plan("Basic", json!({})).await;
        world.line(&customer, "0001", &plan).await;
        assert_eq!(cost(&world, call("old", "0001", "2026-03-02T08:00:00Z", 60)).await, "0.05 plan");
        revise(&world, &plan, "0.08", None).await;
        revise(&world, &plan, "0.11", Some("2026-03-02T12:00:00Z")).await;
        assert_eq!(record(&world, call("old", "0001", TEN, 60)).await.0.price.unwrap().total, amount("0.05"));
        for (started, answered, price) in [
            ("2026-03-02T08:59:59.999Z", "2026-03-02T09:00:05Z", "0.05 plan"),
            ("2026-03-02T09:00:00Z", "2026-03-02T09:00:05Z", "0.08 plan"),
            ("2026-03-02T11:59:59.999Z", "2026-03-02T12:00:05Z", "0.08 plan"),
            ("2026-03-02T12:00:00Z", "2026-03-02T12:00:05Z", "0.11 plan"),
        ] {
            let made = FinishedCall { started_at: Some(at(started)), ..call(started, "0001", answered, 60) };
            assert_eq!(cost(&world, made).await, price, "{started}");
        }
        assert_books_are_right(&world).await;
    })
    .await;
}

#[tokio::test]
async fn a_line_that_changes_its_plan_pays_by_each_for_its_time() {
    on_both(async |world: World| {
        let customer = world.customer("Acme").await;
        let (basic, flat) = (
            world.plan("Basic", json!({})).await,
            world.plan("Flat", json!({"rate": {"price_per_minute": "0.02"}})).await,
        );
        let line = world.line(&customer, "0001", &basic).await;
        let changed = async |work: &mut _| lines::change_plan(work, &line.id, &flat.id, None, 1).await;
        world.run(changed).await.unwrap();
        for (when, price) in [
            ("2026-03-02T08:59:59.999Z", "0.05 plan"),
            ("2026-03-02T09:00:00Z", "0.02 plan"),
            ("2026-03-02T10:00:00Z", "0.02 plan"),
        ] {
            assert_eq!(cost(&world, call(when, "0001", when, 60)).await, price, "{when}");
        }
        assert_books_are_right(&world).await;
    })
    .await;
}

async fn tax_rule(world: &World, customer: &Customer, tax_rule: TaxRule) {
    let details = customers::Details { tax_rule, ..customer.details.clone() };
    let update = CustomerUpdate { details, external_reference: None, state: customer.state };
    world.run(async |work| customers::update(work, &customer.id, update, 1).await).await.unwrap();
}

#[tokio::test]
async fn tax_is_in_prepaid_prices_and_not_in_postpaid_ones() {
    on_both(async |world: World| {
        world
            .settings(|settings| {
                settings.tax_rates = serde_json::from_value(json!([
                    {"name": "VAT 20 %", "rate": "0.20", "valid_from": "2026-01-01T00:00:00Z"},
                    {"name": "VAT 25 %", "rate": "0.25", "valid_from": "2026-03-02T00:00:00Z"},
                ]))
                .unwrap();
            })
            .await;
        let paid = world.plan("Paid", json!({"kind": "prepaid", "rate": {"price_per_minute": "0.30"}})).await;
        let basic = world.plan("Basic", json!({"rate": {"price_per_minute": "0.30"}})).await;
        let customers = [
            (world.prepaid_customer("Paid").await, "0001", &paid),
            (world.prepaid_customer("Exempt").await, "0002", &paid),
            (world.customer("Postpaid").await, "0003", &basic),
        ];
        for (customer, number, plan) in &customers {
            world.line(customer, number, plan).await;
        }
        tax_rule(&world, &customers[1].0, TaxRule::Exempt { text: "Exempt under section 4".into() }).await;
        // The rate is the one in force at the answer.
        for (number, when, tax) in [
            ("0001", "2026-03-01T23:59:59Z", "0.05"),
            ("0001", "2026-03-02T00:00:00Z", "0.06"),
            ("0002", "2026-03-02T00:00:00Z", "0"),
            ("0003", "2026-03-02T00:00:00Z", "0"),
        ] {
            let price = record(&world, call(&format!("{number} {when}"), number, when, 60)).await.0.price.unwrap();
            assert_eq!(
                (price.total, price.tax, price.agent_part),
                (amount("0.30"), amount(tax), amount("0")),
                "{when}"
            );
        }
        // A call is a fact: it leaves a debt.
        assert_eq!(world.balance(&customers[0].0.id).await, amount("-0.60"));
        assert_books_are_right(&world).await;
    })
    .await;
}

#[tokio::test]
async fn an_unanswered_call_costs_nothing_also_where_nothing_would_price_it() {
    on_both(async |world: World| {
        let customer = world.customer("Acme").await;
        let plan = world.plan("Refuse", json!({"unlisted": "refuse"})).await;
        world.line(&customer, "0001", &plan).await;
        let missed = FinishedCall {
            answered_at: None,
            disposition: Disposition::NoAnswer,
            ..call("pbx:1", "0001", "2026-03-01T10:00:00Z", 20)
        };
        let (recorded, _) = world.run(async |work| engine::calls::record(work, missed).await).await.unwrap();
        let price = recorded.price.unwrap();
        assert_eq!((recorded.state, price.total, price.source.as_str()), (CallState::Rated, amount("0"), "unanswered"));
    })
    .await;
}
