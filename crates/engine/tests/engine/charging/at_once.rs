use std::collections::HashMap;

use serde_json::json;

use super::*;
use crate::world::on_both;

/// H042 of the hostile inputs.
#[tokio::test]
async fn ten_thousand_callers_on_a_balance_for_five_thousand() {
    on_both(async |world: World| {
        let (customer, line) = prepaid(&world, "5000", json!({"price_per_minute": "1.00"})).await;
        let callers = (0..10_000).map(|caller| {
            let (world, line) = (&world, &line);
            async move { authorize(world, call(&format!("pbx:{caller}"), line)).await }
        });
        let mut outcomes: HashMap<&str, usize> = HashMap::new();
        for outcome in futures::future::join_all(callers).await {
            let word = match outcome {
                Ok(_) => "accepted",
                Err(Refused::InsufficientBalance { .. }) => "refused",
                Err(other) => panic!("{other}"),
            };
            *outcomes.entry(word).or_default() += 1;
        }
        assert_eq!(outcomes, HashMap::from([("accepted", 5000), ("refused", 5000)]));
        assert_eq!(account(&world, &customer).await, money("5000", "5000"));
        assert_eq!(world.faults().await, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn when_too_many_new_calls_wait_one_to_an_emergency_number_goes_through() {
    on_both(async |world: World| {
        let (_, line) = prepaid(&world, "5000", json!({"price_per_minute": "1.00"})).await;
        let callers = (0..3000).map(|caller| {
            let to = if caller == 2999 { "4911" } else { OUTSIDE };
            let what = What::Authorize(NewSession { to: to.to_owned(), ..call(&format!("pbx:{caller}"), &line) });
            let request = Request { owner: PBX.to_owned(), key: None, what };
            world.engine.charge(world.actor.tenant, request)
        });
        let mut replies = futures::future::join_all(callers).await;
        assert!(replies.pop().is_some_and(|emergency| emergency.is_ok()));
        let turned_away = replies.iter().filter(|reply| matches!(reply, Err(ChargingError::Busy))).count();
        assert!(turned_away > 0, "all others were let through: this shows nothing");
    })
    .await;
}
