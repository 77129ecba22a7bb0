//! Who pays for a call.

use domain::time::Instant;
use engine::calls::{self, CallState, Direction, FinishedCall, Payer};
use engine::customers::{self, Customer, CustomerUpdate};
use engine::lines::{self, Line};
use serde_json::json;

use super::{assert_books_are_right, batch, call, cost, record, retry};
use crate::world::{World, amount, at, on_both};

async fn reference(world: &World, customer: &Customer, reference: &str) {
    let external_reference = Some(reference.to_owned());
    let update = CustomerUpdate { details: customer.details.clone(), external_reference, state: customer.state };
    world.run(async |work| customers::update(work, &customer.id, update, customer.version).await).await.unwrap();
}

async fn close(world: &World, line: &Line) {
    world.run(async |work| lines::close(work, &line.id, line.version).await).await.unwrap();
}

fn paid_by(origin: &str, from: &str, payer: Payer) -> FinishedCall {
    FinishedCall { payer, ..call(origin, from, "2026-03-01T10:00:00Z", 60) }
}

#[tokio::test]
async fn payers_by_table() {
    on_both(async |world: World| {
        let plan = world.plan("Basic", json!({})).await;
        let (acme, birch) = (world.customer("Acme").await, world.customer("Birch").await);
        reference(&world, &acme, "acme").await;
        // A reference that is another customer's number: the reference counts.
        reference(&world, &birch, "0001").await;
        let first = world.line(&acme, "0001", &plan).await;
        let second = world.line(&acme, "0002", &plan).await;
        let third = world.line(&birch, "0003", &plan).await;
        let abroad = world.line(&birch, "+441632960007", &plan).await;
        let account = |code: &str| Payer::Account(code.to_owned());
        let number = |number: &str| Payer::Number(number.to_owned());
        for (position, (from, payer, line)) in [
            ("0001", number("0001"), Some(&first)),
            ("0001", number("0002"), Some(&second)),
            ("anonymous", number("01632 960007"), Some(&abroad)),
            ("0001", Payer::Line(third.id.clone()), Some(&third)),
            ("0002", account("acme"), Some(&second)),
            ("0003", account("acme"), Some(&first)),
            ("", account("acme"), Some(&first)),
            ("0002", account("0001"), Some(&third)),
            ("0001", account("0002"), Some(&second)),
            ("0001", account("nobody"), None),
            ("0001", account(""), None),
            ("0001", number("0004"), None),
            ("0001", number("sip:alice"), None),
            ("0001", Payer::Line("lin_none".to_owned()), None),
        ]
        .into_iter()
        .enumerate()
        {
            let alone = record(&world, paid_by(&format!("alone:{position}"), from, payer.clone())).await.0;
            assert_eq!(alone.line, line.map(|line| line.id.clone()), "{from} {payer:?}");
            assert_eq!(alone.customer, line.map(|line| line.customer.clone()));
            // The same among others.
            let together = paid_by(&format!("together:{position}"), from, payer);
            batch(&world, std::slice::from_ref(&together)).await;
            assert_eq!(record(&world, together).await.0.line, alone.line);
        }
        assert_eq!(world.balance(&acme.id).await, amount("-0.60"));
        assert_eq!(world.balance(&birch.id).await, amount("-0.30"));
        assert_books_are_right(&world).await;
    })
    .await;
}

#[tokio::test]
async fn a_late_call_belongs_to_the_holder_at_its_answer() {
    on_both(async |world: World| {
        let plan = world.plan("Basic", json!({})).await;
        let (acme, birch) = (world.customer("Acme").await, world.customer("Birch").await);
        let first = world.line(&acme, "0001", &plan).await;
        close(&world, &first).await;
        world.clock.move_to(at("2026-06-01T00:00:00Z"));
        let new = lines::NewLine {
            customer: birch.id.clone(),
            number: "0001".into(),
            plan: plan.id.clone(),
            opened_at: None,
        };
        let second = world.run(async |work| lines::open(work, new).await).await.unwrap();
        for (when, holder) in [
            ("2025-12-31T23:59:59Z", None),
            ("2026-01-01T00:00:00Z", Some(&first)),
            ("2026-03-02T08:59:59.999Z", Some(&first)),
            ("2026-03-02T09:00:00Z", None),
            ("2026-05-31T23:59:59.999Z", None),
            ("2026-06-01T00:00:00Z", Some(&second)),
        ] {
            let recorded = record(&world, call(when, "0001", when, 60)).await.0;
            assert_eq!(recorded.line, holder.map(|line| line.id.clone()), "{when}");
        }
        assert_eq!((world.balance(&acme.id).await, world.balance(&birch.id).await), (amount("-0.10"), amount("-0.05")));
        assert_books_are_right(&world).await;
    })
    .await;
}

#[tokio::test]
async fn of_a_customers_lines_the_one_that_was_opened_first_is_the_oldest() {
    on_both(async |world: World| {
        let plan = world.plan("Basic", json!({})).await;
        let acme = world.customer("Acme").await;
        reference(&world, &acme, "acme").await;
        world.line(&acme, "0001", &plan).await;
        // Entered later, and open for longer.
        let opened_at = Some(at("2025-06-01T00:00:00Z"));
        let new = lines::NewLine { customer: acme.id.clone(), number: "0002".into(), plan: plan.id, opened_at };
        let oldest = world.run(async |work| lines::open(work, new).await).await.unwrap();
        let made = |origin: &str| paid_by(origin, "0009", Payer::Account("acme".into()));
        assert_eq!(record(&world, made("alone")).await.0.line, Some(oldest.id.clone()));
        batch(&world, &[made("together")]).await;
        assert_eq!(record(&world, made("together")).await.0.line, Some(oldest.id));
    })
    .await;
}

#[tokio::test]
async fn a_call_that_waits_for_its_payer_keeps_the_payer() {
    on_both(async |world: World| {
        let plan = world.plan("Basic", json!({})).await;
        let acme = world.customer("Acme").await;
        world.line(&acme, "0001", &plan).await;
        // All of them name a payer who is not the caller's line.
        for (origin, payer) in [
            ("line", Payer::Line("lin_none".into())),
            ("account", Payer::Account("birch".into())),
            ("number", Payer::Number("0002".into())),
        ] {
            let inbound = FinishedCall { direction: Direction::Inbound, ..paid_by(origin, "0001", payer) };
            assert_eq!(cost(&world, inbound).await, "unknown_payer");
        }
        assert_eq!(retry(&world).await, (0, 3));
        assert_eq!(world.balance(&acme.id).await, amount("0"));
        let birch = world.customer("Birch").await;
        world.line(&birch, "0002", &plan).await;
        assert_eq!(retry(&world).await, (1, 2));
        reference(&world, &birch, "birch").await;
        assert_eq!(retry(&world).await, (1, 1));
        assert_eq!((world.balance(&acme.id).await, world.balance(&birch.id).await), (amount("0"), amount("-0.10")));
        assert_books_are_right(&world).await;
    })
    .await;
}

#[tokio::test]
async fn a_call_that_waits_says_why_now() {
    on_both(async |world: World| {
        let refuse = world.plan("Refuse", json!({"unlisted": "refuse"})).await;
        assert_eq!(cost(&world, call("pbx:1", "0001", "2026-03-01T10:00:00Z", 60)).await, "unknown_payer");
        let acme = world.customer("Acme").await;
        let line = world.line(&acme, "0001", &refuse).await;
        assert_eq!(retry(&world).await, (0, 1));
        let waiting = calls::unrated(&mut world.view().await, None, 10).await.unwrap().remove(0);
        assert_eq!(waiting.unrated_reason.as_deref(), Some("unlisted_destination"));
        assert_eq!((waiting.state, waiting.line), (CallState::Unrated, Some(line.id)));
    })
    .await;
}

#[tokio::test]
async fn numbers_that_cannot_be_read_are_kept_as_they_are() {
    on_both(async |world: World| {
        let plan = world.plan("Basic", json!({})).await;
        let acme = world.customer("Acme").await;
        world.line(&acme, "0001", &plan).await;
        for (number, (from, to, kept)) in [
            ("anonymous", "sip:bob@example.org", ("anonymous", "sip:bob@example.org")),
            ("", "*97", ("", "*97")),
            (" unknown ", "0002", ("unknown", "0002")),
            ("0001", "Zoë", ("0001", "Zoë")),
        ]
        .into_iter()
        .enumerate()
        {
            let made = paid_by(&format!("pbx:{number}"), from, Payer::Number("0001".into()));
            let recorded = record(&world, FinishedCall { to: to.to_owned(), ..made }).await.0;
            assert_eq!((recorded.from.as_str(), recorded.to.as_str()), kept);
            assert_eq!(recorded.price.unwrap().total, amount("0.05"));
        }
        let first = Instant::FIRST;
        let ancient = FinishedCall {
            answered_at: Some(first),
            ended_at: first,
            ..paid_by("old", "0001", Payer::Number("0001".into()))
        };
        assert_eq!(cost(&world, ancient).await, "unknown_payer");
    })
    .await;
}
