//! Calls from outside, over a trunk.

use std::time::Duration;

use engine::calls::{Direction, Disposition};
use engine::{inbound_numbers, trunks};

use crate::bench::{Bench, on_both};
use crate::world::amount;

pub(crate) const NUMBER: &str = "+442079460018";

/// The trunk of the kit, by which callers from outside come in.
pub(crate) async fn trunk(bench: &Bench) {
    bench.pbx.far_ends().await;
    let details = trunks::Details {
        name: "The carrier".to_owned(),
        endpoint: "trunk".to_owned(),
        asterisk: None,
        enabled: true,
        most_calls: None,
    };
    bench.world.run(async |work| trunks::create(work, details).await).await.unwrap();
}

/// The trunk of the kit, and a number that leads to the line 0001.
pub(crate) async fn connected(bench: &Bench) {
    trunk(bench).await;
    let line = bench.line("0001").await;
    let details = inbound_numbers::Details { number: NUMBER.to_owned(), line };
    bench.world.run(async |work| inbound_numbers::create(work, details).await).await.unwrap();
}

#[tokio::test]
async fn a_call_from_outside_reaches_the_line_and_costs_nobody_anything() {
    on_both(async |bench| {
        connected(&bench).await;
        let mut phones = bench.phones(1).await;
        let called = &mut phones[0];
        let caller = bench.pbx.call_in("uac_wait", "442079460018");
        let incoming = called.until("CALL_INCOMING").await;
        assert!(
            incoming["peeruri"].as_str().unwrap().contains("441632960"),
            "the caller's number is shown: {incoming}"
        );
        called.accept().await;
        called.until("CALL_ESTABLISHED").await;
        tokio::time::sleep(Duration::from_millis(200)).await;
        bench.pass(61).await;
        called.hang_up().await;
        assert!(caller.went_as_planned().await);
        let call = bench.last_call().await;
        assert_eq!((call.direction, call.disposition), (Direction::Inbound, Some(Disposition::Answered)));
        assert_eq!((call.to.as_str(), call.duration_ms), (NUMBER, Some(61_000)));
        let price = call.price.unwrap();
        assert_eq!((price.total, price.source.as_str()), (amount("0"), "free"));
        assert_eq!(call.line.as_ref(), Some(&bench.line("0001").await), "it is the called line's call");
        assert_eq!(bench.world.balance(&bench.customer.id).await, amount("0"));
        assert_eq!(bench.world.faults().await, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn who_calls_a_number_that_leads_nowhere_an_extension_or_by_a_trunk_that_is_off_is_told_so() {
    on_both(async |bench| {
        connected(&bench).await;
        for number in ["442079460099", "0001"] {
            assert!(bench.pbx.call_in("uac_fail", number).went_as_planned().await, "{number}");
        }
        let trunk = trunks::page(&mut bench.world.view().await, None, 1).await.unwrap().pop().unwrap();
        let off = trunks::Details { enabled: false, ..trunk.details.clone() };
        bench.world.run(async |work| trunks::update(work, &trunk.id, off.clone(), trunk.version).await).await.unwrap();
        assert!(bench.pbx.call_in("uac_fail", "442079460018").went_as_planned().await);
        bench.is_quiet().await;
        assert_eq!(bench.newest_call().await, None, "nothing was authorised, and nothing is on record");
    })
    .await;
}
