//! Calls that are ended: by who talks, or from the web app.

use domain::call_flow::Cause;
use engine::calls::Disposition;
use engine::switching::{HangUpError, Progress};

use super::{Paid, rings, rings_and_is_taken_up, rings_and_says_yes};
use crate::bench::on_both;
use crate::calls::is_free_of_channels;
use crate::world::amount;

#[tokio::test]
async fn it_can_be_hung_up_before_both_talk() {
    on_both(async |mut bench| {
        let paid = Paid::with(&mut bench, "10").await;
        let mut phones = bench.phones(2).await;
        let [customer, called] = phones.as_mut_slice() else { unreachable!() };
        let staff = bench.world.actor.clone();
        for (by, cause) in
            [(paid.actor(&bench), Cause::HungUp), (paid.as_agent(&bench), Cause::HungUp), (staff, Cause::EndedByStaff)]
        {
            for stage in [Progress::CallingCustomer, Progress::AskingCustomer, Progress::Ringing, Progress::AskingAgent]
            {
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
                bench.exchange.hang_up(&by, &id).await.unwrap();
                customer.until("CALL_CLOSED").await;
                if matches!(stage, Progress::Ringing | Progress::AskingAgent) {
                    called.until("CALL_CLOSED").await;
                }
                paid.was_for_nothing(&bench, &id, cause).await;
                let again = bench.exchange.hang_up(&by, &id).await;
                assert!(matches!(again, Err(HangUpError::Over(_))), "{again:?}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn who_talks_is_charged_until_somebody_hangs_up() {
    on_both(async |mut bench| {
        let paid = Paid::with(&mut bench, "20").await;
        let mut phones = bench.phones(2).await;
        let [customer, called] = phones.as_mut_slice() else { unreachable!() };
        let staff = bench.world.actor.clone();
        let actors = [Some(paid.actor(&bench)), Some(paid.as_agent(&bench)), Some(staff), None, None];
        for (number, by) in (0i64..).zip(&actors) {
            let id = paid.talk(&bench, customer, called).await;
            bench.pass(10).await;
            match by {
                Some(by) => bench.exchange.hang_up(by, &id).await.unwrap(),
                None if number == 3 => customer.hang_up().await,
                None => called.hang_up().await,
            }
            bench.comes_to(&id, Progress::Over).await;
            let call = bench.last_call().await;
            assert_eq!((call.id.as_str(), call.disposition), (id.as_str(), Some(Disposition::Answered)));
            assert_eq!((call.duration_ms, call.price.unwrap().total), (Some(10_000), amount("1.49")));
            is_free_of_channels(&bench).await;
            // Who has hung up by itself is told nothing.
            for phone in [&mut *customer, &mut *called] {
                phone.until("CALL_CLOSED").await;
            }
        }
        assert_eq!(bench.world.balance(&paid.customer.id).await, amount("12.55"));
        // Four fifths of each.
        assert_eq!(bench.world.balance(&paid.agent).await, amount("5.96"));
        assert_eq!(bench.world.faults().await, [""; 0]);
    })
    .await;
}
