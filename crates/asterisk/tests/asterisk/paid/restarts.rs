//! Placed calls outlive Tollgate, and not Asterisk.

use std::time::Duration;

use domain::call_flow::Cause;
use engine::calls::Disposition;
use engine::switching::Progress;

use super::{Paid, rings, rings_and_is_taken_up, rings_and_says_yes};
use crate::bench::on_both;
use crate::world::amount;

#[tokio::test]
async fn it_goes_on_when_tollgate_starts_again_and_ends_when_the_money_does() {
    on_both(async |mut bench| {
        // Thirty seconds.
        let paid = Paid::with(&mut bench, "2.49").await;
        let mut phones = bench.phones(2).await;
        let [customer, called] = phones.as_mut_slice() else { unreachable!() };
        let id = paid.talk(&bench, customer, called).await;
        bench.pass(10).await;
        bench
            .restarts(async |pbx| {
                assert!(pbx.command("core show channels").await.contains("2 active channels"));
            })
            .await;
        tokio::time::sleep(Duration::from_millis(500)).await;
        bench.pass(10).await;
        let status = bench.status(&id).await;
        assert_eq!((status.stage, status.seconds, status.cost), (Progress::Talking, 20, amount("1.99")));
        assert!(bench.pbx.command("core show channels").await.contains("2 active channels"));
        // The same request is still the same call, and money that comes in still lengthens it.
        paid.pays_in(&bench, "0.50").await;
        tokio::time::sleep(Duration::from_millis(200)).await;
        assert_eq!(bench.status(&id).await.remaining_seconds, Some(20));
        bench.pass(20).await;
        customer.until("CALL_CLOSED").await;
        called.until("CALL_CLOSED").await;
        let call = bench.last_call().await;
        assert_eq!(bench.cause(&id).await, Cause::CutOff);
        assert_eq!((call.id.as_str(), call.duration_ms), (id.as_str(), Some(40_000)));
        assert_eq!(call.price.unwrap().total, amount("2.99"));
        assert_eq!(bench.world.faults().await, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn one_that_ended_meanwhile_is_charged_to_the_last_proof_of_life() {
    on_both(async |mut bench| {
        let paid = Paid::with(&mut bench, "10").await;
        let mut phones = bench.phones(2).await;
        let [customer, called] = phones.as_mut_slice() else { unreachable!() };
        let id = paid.talk(&bench, customer, called).await;
        bench.pass(10).await;
        bench
            .restarts(async |_| {
                called.hang_up().await;
                tokio::time::sleep(Duration::from_millis(300)).await;
            })
            .await;
        // Who is left alone is let go.
        customer.until("CALL_CLOSED").await;
        bench.comes_to(&id, Progress::Over).await;
        let call = bench.last_call().await;
        assert_eq!((call.disposition, call.duration_ms), (Some(Disposition::Answered), Some(10_000)));
        assert_eq!(call.price.unwrap().total, amount("1.49"));
        assert_eq!(bench.world.balance(&paid.agent).await, amount("1.192"));
        assert_eq!(bench.world.faults().await, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn one_in_which_nobody_talks_yet_ends_with_tollgate() {
    on_both(async |mut bench| {
        let paid = Paid::with(&mut bench, "10").await;
        let mut phones = bench.phones(2).await;
        let [customer, called] = phones.as_mut_slice() else { unreachable!() };
        for stage in [Progress::CallingCustomer, Progress::AskingCustomer, Progress::Ringing, Progress::AskingAgent] {
            let id = paid.place(&bench).await;
            match stage {
                Progress::CallingCustomer => rings(customer).await,
                Progress::AskingCustomer => rings_and_is_taken_up(customer).await,
                Progress::Ringing => {
                    rings_and_says_yes(customer).await;
                    rings(called).await;
                }
                _ => {
                    rings_and_says_yes(customer).await;
                    rings_and_is_taken_up(called).await;
                }
            }
            bench.comes_to(&id, stage).await;
            bench.restarts(async |_| ()).await;
            customer.until("CALL_CLOSED").await;
            if matches!(stage, Progress::Ringing | Progress::AskingAgent) {
                called.until("CALL_CLOSED").await;
            }
            paid.was_for_nothing(&bench, &id, Cause::Failed).await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_killed_asterisk_ends_it_and_it_is_charged_to_the_last_proof_of_life() {
    on_both(async |mut bench| {
        let paid = Paid::with(&mut bench, "10").await;
        let mut phones = bench.phones(2).await;
        let [customer, called] = phones.as_mut_slice() else { unreachable!() };
        paid.talk(&bench, customer, called).await;
        bench.pass(10).await;
        bench.pbx.kill().await;
        bench.loses_its_switch().await;
        bench.pass(9).await;
        bench.pbx.restart().await;
        let call = bench.last_call().await;
        assert_eq!((call.disposition, call.duration_ms), (Some(Disposition::Answered), Some(10_000)));
        assert_eq!(call.price.unwrap().total, amount("1.49"));
        assert_eq!(bench.world.faults().await, [""; 0]);
        drop(phones);

        // It carries others when it is back.
        let mut phones = bench.phones(2).await;
        let [customer, called] = phones.as_mut_slice() else { unreachable!() };
        let id = paid.talk(&bench, customer, called).await;
        bench.pass(5).await;
        bench.exchange.hang_up(&paid.actor(&bench), &id).await.unwrap();
        bench.comes_to(&id, Progress::Over).await;
        assert_eq!(bench.world.balance(&paid.customer.id).await, amount("7.27"));
    })
    .await;
}
