use domain::call_flow::{Action, Cause, Event, Leg};
use engine::billing::Reason;
use engine::calls::Disposition;
use engine::lines;
use serde_json::json;

use super::Bench;
use super::talking::two_lines;
use crate::world::on_both;

#[tokio::test]
async fn each_refusal_has_its_reason() {
    on_both(async |world| {
        let (_, line, called) = two_lines(&world, "0").await;
        let unpriced = world.plan("Nothing", json!({"rate": null, "unlisted": "refuse"})).await;
        let customer = world.customer("Poor").await;
        let without = world.line(&customer, "0003", &unpriced).await;
        let plan = world.plan("Deaf", json!({})).await;
        let deaf = world.line(&customer, "0004", &plan).await;
        world.run(async |work| lines::blocking::add(work, &deaf.id, "0002").await).await.unwrap();
        let suspended = world.line(&customer, "0005", &plan).await;
        world.run(async |work| lines::suspend(work, &suspended.id, Reason::Manual, None).await).await.unwrap();
        let bench = Bench::new(&world).await;
        for (caller, number, cause) in [
            (&called, "0002", Cause::DialedSelf),
            (&called, "0099", Cause::NoRecipient),
            (&called, "+14165550100", Cause::NoRecipient),
            (&called, "no number", Cause::NoRecipient),
            (&called, "", Cause::NoRecipient),
            (&line, "0002", Cause::InsufficientBalance),
            (&without, "0002", Cause::NoRate),
            (&called, "0004", Cause::Blocked),
            (&suspended, "0002", Cause::NotActive),
        ] {
            let call = bench.dials(caller, number);
            assert_eq!(bench.refused(&call).await, cause, "{} {number}", caller.number);
            assert!(bench.record(&call).await.is_none(), "{number}");
        }
        world.settings(|settings| settings.fraud.calls_at_once = 1).await;
        bench.talks(&called, "0005").await;
        let second = bench.dials(&called, "0004");
        assert_eq!(bench.refused(&second).await, Cause::Blocked);
        let second = bench.dials(&called, "0001");
        assert_eq!(bench.refused(&second).await, Cause::AllLinesBusy);
    })
    .await;
}

#[tokio::test]
async fn what_does_not_come_about_costs_nothing_and_is_on_record() {
    on_both(async |world| {
        let (payer, line, _) = two_lines(&world, "5").await;
        let bench = Bench::new(&world).await;
        let ended = |leg, cause| Event::LegEnded { leg, cause, at: None };
        let rings = Event::LegRinging(Leg(1));
        let accepted = Event::LegAnswered(Leg(1));
        for (events, seconds, disposition) in [
            (vec![ended(Leg(1), Cause::Busy)], 0, Disposition::Busy),
            (vec![rings.clone(), ended(Leg(1), Cause::NoAnswer)], 0, Disposition::NoAnswer),
            (vec![rings.clone()], 20, Disposition::NoAnswer),
            (vec![rings.clone(), ended(Leg::FIRST, Cause::HungUp)], 0, Disposition::Cancelled),
            (vec![rings.clone(), ended(Leg::FIRST, Cause::Lost)], 0, Disposition::Cancelled),
            (vec![rings.clone(), ended(Leg(1), Cause::Lost)], 0, Disposition::NoAnswer),
            (vec![rings.clone(), accepted.clone()], 5, Disposition::Failed),
            (vec![], 5, Disposition::NoAnswer),
        ] {
            let call = bench.dials(&line, "0002");
            bench.is_done(&call, |action| matches!(action, Action::RingLeg { .. })).await;
            for event in &events {
                bench.exchange.event(&call, event.clone()).await.unwrap();
            }
            bench.pass(seconds).await;
            let record = bench.over(&call).await;
            assert_eq!(record.disposition, Some(disposition), "{events:?}");
            assert!(record.answered_at.is_none(), "{events:?}");
        }
        assert_eq!(world.balance(&payer.id).await, crate::world::amount("5"));
        assert_eq!(world.faults().await, [""; 0]);
    })
    .await;
}
