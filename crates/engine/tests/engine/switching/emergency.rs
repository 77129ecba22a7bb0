use domain::call_flow::{Action, Cause, Leg};
use engine::billing::Reason;
use engine::{lines, maintenance};
use serde_json::json;

use super::Bench;
use super::talking::two_lines;
use crate::world::{amount, on_both};

/// Whatever keeps other calls back.
#[tokio::test]
async fn nothing_keeps_anybody_from_an_emergency_or_service_number() {
    on_both(async |world| {
        let (payer, line, desk) = two_lines(&world, "0").await;
        world
            .settings(|settings| {
                let plan = json!({
                    "emergency_numbers": [{"number": "4911", "target": "0002"}],
                    "service_numbers": [{"number": "0611", "target": "0003"}],
                });
                settings.dial_plan = serde_json::from_value(plan).unwrap();
                settings.fraud.calls_at_once = 1;
                settings.fraud.tenant_calls_at_once = Some(1);
                settings.fraud.set_ups_per_minute = 1;
            })
            .await;
        let service = world.plan("Service", json!({})).await;
        world.line(&world.customer("Service").await, "0003", &service).await;
        world.run(async |work| lines::suspend(work, &line.id, Reason::Dunning, None).await).await.unwrap();
        world.run(async |work| lines::blocking::add(work, &desk.id, "0001").await).await.unwrap();
        world.run(async |work| maintenance::begin(work, 0).await).await.unwrap();
        let bench = Bench::new(&world).await;
        let refused = bench.dials(&line, "0002");
        assert_eq!(bench.refused(&refused).await, Cause::NotActive);
        let first = bench.talks(&line, "4911").await;
        let to_the_desk = |action: &Action| matches!(action, Action::RingLeg { party, .. } if party.number == "0002");
        bench.is_done(&first, to_the_desk).await;
        let second = bench.talks(&line, "0611").await;
        bench.pass(500).await;
        assert_eq!(bench.exchange.calls(1).len(), 2, "nothing ends them");
        for call in [first, second] {
            assert!(bench.exchange.stop(&call, Cause::EndedByStaff).await.is_err());
            bench.hangs_up(&call, Leg::FIRST).await;
            let record = bench.over(&call).await;
            assert_eq!(record.price.unwrap().total, amount("0"));
        }
        assert_eq!(world.balance(&payer.id).await, amount("0"));
    })
    .await;
}
