//! Charges and payouts that get in each other's way: each charge is on one statement, whatever instants they have.

use std::sync::Arc;

use engine::{Engine, TestClock};

use super::*;
use crate::world::{on_both, overtaken};

/// The same world for somebody who began so many milliseconds earlier (below zero) or later.
fn begun(world: &World, later: i64) -> World {
    let clock = TestClock::at(Instant::from_millis(world.clock.now().millis() + later).unwrap());
    World {
        engine: Engine::new(world.engine.store().clone(), Arc::new(clock.clone())),
        clock,
        actor: world.actor.clone(),
    }
}

/// Pays, and a charge that began so much later than the payout waits for it.
async fn pay_before_charge(world: &World, agent: &Agent, later: i64) -> Payout {
    let mut paying = world.work().await;
    let payout = paid::pay(&mut paying, &agent.id, None).await.unwrap();
    overtaken(paying, talk(&begun(world, later), agent, "0001", 61)).await;
    payout
}

/// Charges, and a payout that the charge began so much later than waits for it.
async fn charge_before_pay(world: &World, agent: &Agent, later: i64) -> Payout {
    let other = begun(world, later);
    let mut charging = other.work().await;
    calls::record(&mut charging, over(&other, agent, "0001", 61)).await.unwrap();
    overtaken(charging, pay(world, agent)).await.unwrap()
}

#[tokio::test]
async fn each_charge_is_on_the_statement_of_the_payout_that_found_it_on_the_account() {
    on_both(async |world: World| {
        iris(&world).await;
        caller(&world, "0001").await;
        terms(&world, 0, "0").await;
        // How many milliseconds the charge began later than the payout, and whether it was there first.
        for (later, is_first) in [(-1000, false), (0, false), (1000, false), (-1000, true), (0, true), (1000, true)] {
            let case = format!("{later} ms later, first: {is_first}");
            let agent = agent(&world, &case, json!({})).await;
            talk(&world, &agent, "0001", 61).await;
            let first = match is_first {
                true => charge_before_pay(&world, &agent, later).await,
                false => pay_before_charge(&world, &agent, later).await,
            };
            world.clock.move_to(Instant::from_millis(world.clock.now().millis() + 3_600_000).unwrap());
            talk(&world, &agent, "0001", 61).await;
            let second = pay(&world, &agent).await.unwrap();
            // The bank returns it in the millisecond in which it was paid out.
            world.run(async |work| paid::bounce(work, &second.id, None).await).await.unwrap();
            let third = pay(&world, &agent).await.unwrap();
            let told = [&first, &second, &third].map(|payout| {
                let came = sums(payout);
                (payout.paper.payout.unwrap().calls, came)
            });
            let expected = match is_first {
                true => [
                    (2, "0.00 5.3868 0.00 0.00; 5.38 0.0068"),
                    (1, "0.0068 2.6934 0.00 0.00; 2.70 0.0002"),
                    (0, "0.0002 0.00 0.00 2.70; 2.70 0.0002"),
                ],
                false => [
                    (1, "0.00 2.6934 0.00 0.00; 2.69 0.0034"),
                    (2, "0.0034 5.3868 0.00 0.00; 5.39 0.0002"),
                    (0, "0.0002 0.00 0.00 5.39; 5.39 0.0002"),
                ],
            };
            assert_eq!(told, expected.map(|(calls, came)| (calls, came.to_owned())), "{case}");
            assert_each_carries_over(&[third, second, first]);
        }
        assert_books_are_right(&world).await;
    })
    .await;
}
