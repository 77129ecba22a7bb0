use domain::call_flow::{Action, Cause, Event, Leg};
use engine::billing::Reason;
use engine::calls::Disposition;
use engine::customers::Customer;
use engine::lines::{self, Line};
use engine::maintenance;
use engine::switching::{EventError, Notice};
use serde_json::json;

use super::{Bench, within};
use crate::charging::{prepaid, top_up};
use crate::world::{World, amount, on_both};

/// A prepaid line 0001 at 0.60 a minute by the second, and a postpaid line 0002.
pub(super) async fn two_lines(world: &World, balance: &str) -> (Customer, Line, Line) {
    let rate = json!({"price_per_minute": "0.60", "increment_seconds": 1});
    let (payer, line) = prepaid(world, balance, rate).await;
    let customer = world.customer("Called").await;
    let plan = world.plan("Called", json!({})).await;
    let called = world.line(&customer, "0002", &plan).await;
    (payer, line, called)
}

#[tokio::test]
async fn a_call_is_charged_from_answer_to_end() {
    on_both(async |world| {
        let (payer, line, _) = two_lines(&world, "5").await;
        let bench = Bench::new(&world).await;
        let call = bench.talks(&line, "0002").await;
        bench.pass(90).await;
        let written = Event::Text { leg: Leg(1), text: "hello".to_owned() };
        bench.exchange.event(&call, written).await.unwrap();
        bench
            .is_done(&call, |action| matches!(action, Action::Text { leg: Leg::FIRST, text } if text == "hello"))
            .await;
        bench.hangs_up(&call, Leg(1)).await;
        bench.is_done(&call, |action| *action == Action::EndLeg { leg: Leg::FIRST, cause: Cause::HungUp }).await;
        let record = bench.over(&call).await;
        assert_eq!((record.disposition, record.cause), (Some(Disposition::Answered), Some(16)));
        assert_eq!(record.duration_ms, Some(90_000));
        assert_eq!(record.price.unwrap().total, amount("0.90"));
        assert_eq!(world.balance(&payer.id).await, amount("4.10"));
        let meter = bench.meter();
        let seconds: Vec<i64> = meter.iter().map(|(seconds, ..)| *seconds).collect();
        assert_eq!(seconds, (1..=90).collect::<Vec<_>>(), "each second is shown once");
        assert_eq!(meter[29], (30, amount("0.30").to_string(), Some(470)));
        let charged =
            Notice::Charged { cause: Cause::HungUp, seconds: 90, cost: amount("0.90"), currency: payer.currency };
        within(async || bench.switch.told.lock().unwrap().contains(&(call.clone(), charged.clone()))).await;
        let late = bench.exchange.event(&call, Event::LegAnswered(Leg(1))).await;
        assert_eq!(late, Err(EventError::NoSuchCall));
        assert_eq!(world.faults().await, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn the_call_ends_at_the_authorised_second_and_a_top_up_lengthens_it() {
    on_both(async |world| {
        let (payer, line, _) = two_lines(&world, "1").await;
        let bench = Bench::new(&world).await;
        let lengthening = tokio::spawn(engine::charging::lengthen_calls(world.engine.clone()));
        let call = bench.talks(&line, "0002").await;
        bench.pass(80).await;
        assert_eq!(bench.warnings(), [60, 30]);
        top_up(&world, &payer, "0.50").await;
        bench.lengthened(&call, 150).await;
        bench.pass(69).await;
        assert_eq!(bench.exchange.calls(1).len(), 1, "the money reaches for 150 seconds now");
        bench.pass(3).await;
        let record = bench.over(&call).await;
        assert_eq!(record.duration_ms, Some(150_000));
        assert_eq!(world.balance(&payer.id).await, amount("0"));
        assert_eq!(bench.refused(&call).await, Cause::CutOff);
        lengthening.abort();
        assert_eq!(world.faults().await, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn a_suspension_ends_the_call_and_charges_it() {
    on_both(async |world| {
        let (payer, line, called) = two_lines(&world, "5").await;
        let bench = Bench::new(&world).await;
        let call = bench.talks(&line, "0002").await;
        bench.pass(10).await;
        // That of who is called does not.
        world.run(async |work| lines::suspend(work, &called.id, Reason::Manual, None).await).await.unwrap();
        bench.pass(10).await;
        world.run(async |work| lines::suspend(work, &line.id, Reason::Manual, None).await).await.unwrap();
        assert_eq!(bench.refused(&call).await, Cause::Suspended);
        assert_eq!(bench.over(&call).await.price.unwrap().total, amount("0.20"));
        assert_eq!(world.balance(&payer.id).await, amount("4.80"));
    })
    .await;
}

#[tokio::test]
async fn maintenance_ends_calls_after_its_countdown() {
    on_both(async |world| {
        let (_, line, called) = two_lines(&world, "5").await;
        let bench = Bench::new(&world).await;
        let call = bench.talks(&line, "0002").await;
        world.run(async |work| maintenance::begin(work, 2).await).await.unwrap();
        let announced = |text: &'static str| {
            move |action: &Action| matches!(action, Action::Announce { text: said, .. } if said.contains(text))
        };
        bench.is_done(&call, announced("2 minutes")).await;
        let refused = bench.dials(&called, "0001");
        assert_eq!(bench.refused(&refused).await, Cause::Maintenance);
        bench.pass(60).await;
        bench.is_done(&call, announced("one minute")).await;
        bench.pass(58).await;
        assert_eq!(bench.exchange.calls(1), std::slice::from_ref(&call));
        // To the second, and no further: whoever is late ends it at this one, too.
        bench.pass(2).await;
        assert_eq!(bench.refused(&call).await, Cause::Maintenance);
        assert_eq!(bench.over(&call).await.duration_ms, Some(120_000));
    })
    .await;
}

#[tokio::test]
async fn maintenance_that_is_called_off_ends_nothing() {
    on_both(async |world| {
        let (_, line, _) = two_lines(&world, "5").await;
        let bench = Bench::new(&world).await;
        let call = bench.talks(&line, "0002").await;
        world.run(async |work| maintenance::begin(work, 1).await).await.unwrap();
        bench.pass(30).await;
        world.run(async |work| maintenance::end(work).await).await.unwrap();
        bench.pass(40).await;
        assert_eq!(bench.exchange.calls(1), [call]);
    })
    .await;
}

#[tokio::test]
async fn what_is_sent_on_is_charged_to_the_line_that_sends_it_on() {
    on_both(async |world| {
        let (payer, line, called) = two_lines(&world, "5").await;
        let plan = world.plan("Third", json!({})).await;
        let third = world.line(&world.customer("Third").await, "0003", &plan).await;
        let to = lines::ForwardingTo { busy: Some("0003".to_owned()), ..lines::ForwardingTo::default() };
        world.run(async |work| lines::set_forwarding(work, &called.id, to, called.version).await).await.unwrap();
        let bench = Bench::new(&world).await;
        let call = bench.dials(&line, "0002");
        bench.is_done(&call, |action| matches!(action, Action::RingLeg { leg: Leg(1), .. })).await;
        bench.exchange.post(&call, Event::LegEnded { leg: Leg(1), cause: Cause::Busy, at: None });
        let rings = |action: &Action| {
            matches!(action, Action::RingLeg { leg: Leg(2), party, caller, .. }
                if party.line.as_ref() == Some(&third.id) && caller == "0001")
        };
        bench.is_done(&call, rings).await;
        for event in [Event::LegRinging(Leg(2)), Event::LegAnswered(Leg(2)), Event::LegAnswered(Leg::FIRST)] {
            bench.exchange.event(&call, event).await.unwrap();
        }
        bench.answered(&call).await;
        bench.pass(60).await;
        bench.hangs_up(&call, Leg::FIRST).await;
        assert_eq!(bench.over(&call).await.price.unwrap().total, amount("0.60"));
        let onward = bench.record_of(&format!("{}/1", call.origin)).await.unwrap();
        assert_eq!((onward.from.as_str(), onward.to.as_str()), ("0001", "0003"));
        assert_eq!((onward.line.as_ref(), onward.duration_ms), (Some(&called.id), Some(60_000)));
        assert_eq!(onward.price.unwrap().total, amount("0.05"));
        assert_eq!(world.balance(&payer.id).await, amount("4.40"));
    })
    .await;
}
