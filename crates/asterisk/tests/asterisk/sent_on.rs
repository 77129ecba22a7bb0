//! Calls that a line sends on to a number outside: each part is charged to who makes it.

use std::time::Duration;

use engine::calls::{self, Disposition};
use engine::lines::{self, ForwardingTo};

use crate::bench::{Bench, on_both};
use crate::trunks::route;
use crate::world::amount;

pub(crate) async fn sends_on(bench: &Bench, number: &str, to: ForwardingTo) -> String {
    let all = lines::of_customer(&mut bench.world.view().await, &bench.customer.id).await.unwrap();
    let line = all.into_iter().find(|line| line.number == number).unwrap();
    let set = async |work: &mut _| lines::set_forwarding(work, &line.id, to, line.version).await;
    bench.world.run(set).await.unwrap();
    line.id
}

#[tokio::test]
async fn who_sends_a_call_on_pays_for_the_way_from_there() {
    on_both(async |bench| {
        bench.pbx.far_ends().await;
        route(&bench.world, "44", &["answer"]).await;
        let to = Some("+442079460018".to_owned());
        let always = ForwardingTo { always: to.clone(), ..ForwardingTo::default() };
        let busy = ForwardingTo { busy: to, ..ForwardingTo::default() };
        let mut phones = bench.phones(2).await;
        let [caller, other] = phones.as_mut_slice() else { unreachable!() };
        for (way, is_rung) in [(always, false), (busy, true)] {
            let sender = sends_on(&bench, "0002", way).await;
            caller.dial("0002").await;
            if is_rung {
                other.until("CALL_INCOMING").await;
                other.hang_up().await;
            }
            caller.until("CALL_ESTABLISHED").await;
            tokio::time::sleep(Duration::from_millis(200)).await;
            assert!(bench.pbx.command("core show channels concise").await.contains("PJSIP/answer-"));
            bench.pass(12).await;
            caller.hang_up().await;
            bench.is_quiet().await;
            assert!(!other.has_rung().await);
            let made = calls::history(&mut bench.world.view().await, &calls::Filter::default(), None, 2).await.unwrap();
            assert_eq!(made.len(), 2);
            for call in made {
                let is_own = call.to == "0002";
                assert_eq!(is_own, call.line.as_ref() != Some(&sender), "{call:?}");
                assert!(is_own || call.to == "+442079460018", "{call:?}");
                assert_eq!(call.disposition, Some(Disposition::Answered));
                assert_eq!(call.price.unwrap().total, amount("0.12"));
            }
        }
        assert_eq!(bench.world.faults().await, [""; 0]);
    })
    .await;
}
