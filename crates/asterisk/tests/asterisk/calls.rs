//! Calls between ordinary phones, charged.

use std::time::Duration;

use engine::calls::Disposition;

use crate::bench::{Bench, on_both, soon};
use crate::pbx::Phone;
use crate::world::amount;

/// The phone of 0001 calls that of 0002, until both talk.
pub(crate) async fn talk(caller: &mut Phone, called: &mut Phone) {
    caller.dial("0002").await;
    called.until("CALL_INCOMING").await;
    caller.until("CALL_RINGING").await;
    called.accept().await;
    called.until("CALL_ESTABLISHED").await;
    caller.until("CALL_ESTABLISHED").await;
    // The bridge follows the answer within milliseconds.
    tokio::time::sleep(Duration::from_millis(150)).await;
}

/// Waits until Asterisk carries nothing.
pub(crate) async fn is_free_of_channels(bench: &Bench) {
    let shown = async || bench.pbx.command("core show channels").await;
    if soon(async || shown().await.contains("0 active channels").then_some(())).await.is_none() {
        panic!("{}", shown().await);
    }
}

#[tokio::test]
async fn a_call_is_answered_and_charged_whoever_hangs_up() {
    on_both(async |bench| {
        let mut phones = bench.phones(2).await;
        for by in [0, 1] {
            let [caller, called] = phones.as_mut_slice() else { unreachable!() };
            talk(caller, called).await;
            bench.pass(7).await;
            let ends = if by == 0 { &mut *caller } else { &mut *called };
            ends.hang_up().await;
            let other = if by == 0 { called } else { caller };
            other.until("CALL_CLOSED").await;
            let call = bench.last_call().await;
            assert_eq!(call.disposition, Some(Disposition::Answered));
            assert_eq!((call.from.as_str(), call.to.as_str()), ("0001", "0002"));
            assert_eq!(call.price.unwrap().total, amount("0.07"));
            is_free_of_channels(&bench).await;
        }
        assert_eq!(bench.world.balance(&bench.customer.id).await, amount("-0.14"));
        assert_eq!(bench.world.faults().await, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn what_becomes_of_a_call_that_nobody_takes() {
    on_both(async |bench| {
        let mut phones = bench.phones(2).await;
        let [caller, called] = phones.as_mut_slice() else { unreachable!() };

        // The called phone declines.
        caller.dial("0002").await;
        called.until("CALL_INCOMING").await;
        called.hang_up().await;
        caller.until("CALL_CLOSED").await;
        assert_eq!(bench.last_call().await.disposition, Some(Disposition::Busy));

        // Nobody takes it.
        caller.dial("0002").await;
        called.until("CALL_INCOMING").await;
        caller.until("CALL_RINGING").await;
        bench.pass(20).await;
        caller.until("CALL_CLOSED").await;
        called.until("CALL_CLOSED").await;
        assert_eq!(bench.last_call().await.disposition, Some(Disposition::NoAnswer));

        // The caller gives up.
        caller.dial("0002").await;
        called.until("CALL_INCOMING").await;
        caller.until("CALL_RINGING").await;
        caller.hang_up().await;
        called.until("CALL_CLOSED").await;
        assert_eq!(bench.last_call().await.disposition, Some(Disposition::Cancelled));

        // A number that leads nowhere: nothing was authorised, and nothing is on record.
        caller.dial("0099").await;
        caller.until("CALL_CLOSED").await;
        assert_eq!(bench.last_call().await.disposition, Some(Disposition::Cancelled));

        // The phone of 0003 is not registered.
        caller.dial("0003").await;
        caller.until("CALL_CLOSED").await;
        let call = bench.last_call().await;
        assert_eq!((call.to.as_str(), call.disposition), ("0003", Some(Disposition::Failed)));
        assert_eq!(call.cause, Some(20));
        assert_eq!(bench.world.balance(&bench.customer.id).await, amount("0"));
        is_free_of_channels(&bench).await;
    })
    .await;
}
