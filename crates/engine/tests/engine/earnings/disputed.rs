//! Earnings on hold while customers dispute what they had paid.

use engine::payments::reversals::{self, NewReversal, ReversalKind, ReversalState};

use super::*;
use crate::world::on_both;

async fn top_up(world: &World, customer: &Customer, text: &str) -> String {
    let received = NewPayment {
        customer: customer.id.clone(),
        amount: amount(text),
        currency: None,
        method: Method::Transfer,
        reference: None,
        received_at: None,
        invoice: None,
    };
    world.run(async |work| payments::record(work, received).await).await.unwrap().id
}

async fn dispute(world: &World, payment: &str) -> (String, i64) {
    let reason = "not mine".to_owned();
    let new = NewReversal { payment: payment.to_owned(), kind: ReversalKind::Dispute, amount: None, reason };
    let made = world.run(async |work| reversals::reverse(work, new).await).await.unwrap();
    (made.id, made.version)
}

async fn decide(world: &World, (id, version): &(String, i64), state: ReversalState) {
    world.run(async |work| reversals::decide(work, id, state, *version).await).await.unwrap();
}

async fn disputed(world: &World, agent: &Agent) -> String {
    let earnings = paid::of_agent(&mut world.view().await, &agent.id).await.unwrap();
    earnings.standings[0].disputed.to_string()
}

#[tokio::test]
async fn what_was_earned_of_a_disputed_payment_waits_until_that_is_decided() {
    on_both(async |world: World| {
        let iris = iris(&world).await;
        let (pia, pat) = (caller(&world, "0001").await, caller(&world, "0002").await);
        terms(&world, 14, "1.00").await;
        // Before the payment: not what it paid for.
        talk(&world, &iris, "0001", 60).await;
        comes(&world, "2026-03-03T10:00:00Z");
        let payment = top_up(&world, &pia, "20").await;
        top_up(&world, &pat, "20").await;
        comes(&world, "2026-03-04T10:00:00Z");
        talk(&world, &iris, "0001", 60).await;
        talk(&world, &iris, "0002", 60).await;
        comes(&world, "2026-03-30T10:00:00Z");
        assert_eq!(standing(&world, &iris).await, "7.98 7.98");
        let first = dispute(&world, &payment).await;
        assert_eq!(
            (disputed(&world, &iris).await.as_str(), standing(&world, &iris).await.as_str()),
            ("2.66", "7.98 5.32")
        );
        // What comes later is not what is disputed.
        talk(&world, &iris, "0001", 60).await;
        comes(&world, "2026-04-20T10:00:00Z");
        assert_eq!(standing(&world, &iris).await, "10.64 7.98");
        // What was held back is held back at the next payout, too.
        pay(&world, &iris).await.unwrap();
        assert_eq!(standing(&world, &iris).await, "2.66 0.00");
        assert!(matches!(pay(&world, &iris).await, Err(PayoutError::NothingPayable { .. })));
        decide(&world, &first, ReversalState::Undone).await;
        assert_eq!(standing(&world, &iris).await, "2.66 2.66");
        pay(&world, &iris).await.unwrap();

        // What was paid out before the dispute is not taken of what others paid.
        comes(&world, "2026-05-01T10:00:00Z");
        talk(&world, &iris, "0002", 60).await;
        comes(&world, "2026-05-20T10:00:00Z");
        let second = dispute(&world, &payment).await;
        assert_eq!(standing(&world, &iris).await, "2.66 2.66");
        decide(&world, &second, ReversalState::Done).await;
        assert_books_are_right(&world).await;
    })
    .await;
}

#[tokio::test]
async fn no_more_is_held_than_is_disputed() {
    on_both(async |world: World| {
        let iris = iris(&world).await;
        let pia = caller(&world, "0001").await;
        terms(&world, 14, "1.00").await;
        let payment = top_up(&world, &pia, "5").await;
        for _ in 0..3 {
            talk(&world, &iris, "0001", 60).await;
        }
        comes(&world, "2026-03-30T10:00:00Z");
        let open = dispute(&world, &payment).await;
        assert_eq!(
            (disputed(&world, &iris).await.as_str(), standing(&world, &iris).await.as_str()),
            ("5.00", "7.98 2.98")
        );
        decide(&world, &open, ReversalState::Done).await;
        assert_eq!(standing(&world, &iris).await, "7.98 7.98");
        assert_books_are_right(&world).await;
    })
    .await;
}
