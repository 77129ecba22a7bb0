//! Calls out through trunks.

use std::time::Duration;

use domain::rate::Rate;
use domain::trunks::Dialling;
use engine::calls::{self, Call, Direction, Disposition};
use engine::{trunk_routes, trunks};

use crate::bench::{Bench, on_both, soon};
use crate::pbx::Phone;
use crate::world::{World, amount};

/// Numbers that begin with these digits go by these trunks, in this order; each is dialled without its country code, after a 0. A trunk takes one call
/// at once, and costs 0.10 a minute at the first place, 0.20 at the second and so on.
pub(crate) async fn route(world: &World, prefix: &str, endpoints: &[&str]) {
    for (position, endpoint) in (0..).zip(endpoints) {
        let known = trunks::page(&mut world.view().await, None, 100).await.unwrap();
        let trunk = match known.into_iter().find(|trunk| trunk.details.endpoint == *endpoint) {
            Some(trunk) => trunk,
            None => {
                let details = trunks::Details {
                    name: format!("The carrier {endpoint}"),
                    endpoint: (*endpoint).to_owned(),
                    asterisk: None,
                    enabled: true,
                    most_calls: Some(1),
                };
                world.run(async |work| trunks::create(work, details).await).await.unwrap()
            }
        };
        let dialling = Dialling::new(prefix, 2, "0").unwrap();
        let rate = format!(r#"{{"price_per_minute": "0.{}0", "increment_seconds": 1}}"#, position + 1);
        let buying_rate = Rate::read(rate.as_bytes()).unwrap();
        let details = trunk_routes::Details { dialling, trunk: trunk.id, position, buying_rate: Some(buying_rate) };
        world.run(async |work| trunk_routes::create(work, details).await).await.unwrap();
    }
}

/// Calls a number until the call is over by itself: its record.
pub(crate) async fn fails(bench: &Bench, caller: &mut Phone, number: &str) -> Call {
    caller.dial(number).await;
    caller.until("CALL_CLOSED").await;
    let is_it = |call: &Call| call.to == number && call.disposition.is_some();
    soon(async || bench.newest_call().await.filter(is_it)).await.expect("the call is on record")
}

#[tokio::test]
async fn a_call_goes_out_and_is_charged() {
    on_both(async |bench| {
        bench.pbx.far_ends().await;
        route(&bench.world, "44", &["answer"]).await;
        let mut phones = bench.phones(2).await;
        let [caller, other] = phones.as_mut_slice() else { unreachable!() };
        caller.dial("+442079460018").await;
        caller.until("CALL_ESTABLISHED").await;
        tokio::time::sleep(Duration::from_millis(200)).await;
        assert!(bench.pbx.command("core show channels concise").await.contains("PJSIP/answer-"));
        // There is room for one call; whoever comes second is told so.
        let call = fails(&bench, other, "+442079460019").await;
        assert_eq!((call.disposition, call.cause), (Some(Disposition::Failed), Some(34)));
        bench.pass(12).await;
        caller.hang_up().await;
        let call = bench.last_call().await;
        assert_eq!((call.direction, call.disposition), (Direction::Outbound, Some(Disposition::Answered)));
        assert_eq!(call.price.as_ref().unwrap().total, amount("0.12"));
        let carried = calls::carried_by(&mut bench.world.view().await, &call).await.unwrap().unwrap();
        assert_eq!((carried.legs.len(), carried.margin), (1, Some(amount("0.10"))));
        let leg = &carried.legs[0];
        assert_eq!((leg.trunk_name.as_deref(), leg.seconds), (Some("The carrier answer"), 12));
        assert_eq!(leg.cost, Some(amount("0.02")));
        assert_eq!(bench.world.faults().await, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn what_a_trunk_says_is_told_apart_and_another_is_tried_where_that_helps() {
    on_both(async |bench| {
        bench.pbx.far_ends().await;
        route(&bench.world, "442079460001", &["busy", "answer"]).await;
        route(&bench.world, "442079460002", &["notfound", "answer"]).await;
        route(&bench.world, "442079460003", &["congest"]).await;
        route(&bench.world, "442079460004", &["congest", "dead", "shorttalk"]).await;
        let mut phones = bench.phones(1).await;
        let caller = &mut phones[0];
        // Who is busy, or is not there, is so by every way.
        let call = fails(&bench, caller, "+442079460001").await;
        assert_eq!((call.disposition, call.cause), (Some(Disposition::Busy), Some(17)));
        let call = fails(&bench, caller, "+442079460002").await;
        assert_eq!((call.disposition, call.cause), (Some(Disposition::Failed), Some(1)));
        let call = fails(&bench, caller, "+442079460003").await;
        assert_eq!((call.disposition, call.cause), (Some(Disposition::Failed), Some(34)));
        // No route leads there.
        caller.dial("+4930901820").await;
        caller.until("CALL_CLOSED").await;
        // The first has no room, the second is not there, the third answers, and hangs up by itself.
        let call = fails(&bench, caller, "+442079460004").await;
        assert_eq!((call.disposition, call.cause), (Some(Disposition::Answered), Some(16)));
        let begun = call.price.unwrap().total;
        assert!(begun == amount("0.00"), "the clock stood still: {begun:?}");
        assert_eq!(bench.world.faults().await, [""; 0]);
    })
    .await;
}
