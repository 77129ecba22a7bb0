//! No phone moves a call out of our hands: what is charged is what was agreed upon.

use domain::call_flow::Cause;
use engine::switching::{NewPlaced, Progress};

use super::{Paid, agent, nobody_presses_1};
use crate::bench::on_both;
use crate::calls::is_free_of_channels;
use crate::trunks::route;
use crate::world::amount;

#[tokio::test]
async fn a_transfer_is_refused() {
    on_both(async |mut bench| {
        let paid = Paid::with(&mut bench, "10").await;
        let mut phones = bench.phones(3).await;
        let [customer, called, third] = phones.as_mut_slice() else { unreachable!() };
        for by in [0, 1] {
            let id = paid.talk(&bench, customer, called).await;
            bench.pass(10).await;
            let (one, other) = if by == 0 { (&mut *customer, &mut *called) } else { (&mut *called, &mut *customer) };
            one.transfer("0003").await;
            let refused = one.until("TRANSFER_FAILED").await;
            assert!(refused["param"].as_str().is_some_and(|param| param.starts_with("603")), "{refused}");
            // This make of phone hangs up then; who is left is led nowhere else.
            other.until("CALL_CLOSED").await;
            bench.comes_to(&id, Progress::Over).await;
            let call = bench.last_call().await;
            assert_eq!((call.duration_ms, call.price.unwrap().total), (Some(10_000), amount("1.49")));
            is_free_of_channels(&bench).await;
            assert!(!third.has_rung().await);
        }
        assert_eq!(bench.world.balance(&paid.customer.id).await, amount("7.02"));
        assert_eq!(bench.world.faults().await, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn a_phone_that_sends_its_calls_on_takes_none() {
    on_both(async |mut bench| {
        let paid = Paid::with(&mut bench, "10").await;
        nobody_presses_1(&bench).await;
        bench.pbx.far_ends().await;
        route(&bench.world, "44", &["moved"]).await;
        let moved = agent(&bench, "7002", "+442079460001").await;
        let mut phones = bench.phones(3).await;
        let [customer, _, third] = phones.as_mut_slice() else { unreachable!() };
        bench.pbx.command("pjsip set logger on").await;
        let new = NewPlaced { agent: moved, ..paid.call(None) };
        let id = bench.exchange.place(&paid.actor(&bench), &new).await.unwrap().id;
        customer.until("CALL_INCOMING").await;
        customer.accept().await;
        customer.until("CALL_ESTABLISHED").await;
        bench.pbx.logs("SIP/2.0 302 Moved").await;
        customer.until("CALL_CLOSED").await;
        paid.was_for_nothing(&bench, &id, Cause::NoAnswer).await;
        assert!(!third.has_rung().await, "Asterisk follows to no other phone");
    })
    .await;
}
