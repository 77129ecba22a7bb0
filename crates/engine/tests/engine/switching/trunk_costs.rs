//! What calls by trunks cost the tenant.

use domain::call_flow::{Action, Cause, Event, Leg};
use domain::rate::Rate;
use domain::trunks::Dialling;
use engine::calls::{self, Call, CarriedBy};
use engine::charging::{Step, Watch};
use engine::switching::{CallRef, NewPlaced};
use engine::trunks::Trunk;
use engine::{Actor, Clock, Reach, customers, trunk_routes};
use serde_json::{Value, json};

use super::agents::agent;
use super::groups::ORDINARY;
use super::talking::two_lines;
use super::{Bench, within};
use crate::charging::{authorize, call, prepaid, step};
use crate::telephony::{trunk, trunk_details};
use crate::world::{World, amount, on_both};

const OUTSIDE: &str = "+442079460018";

/// A connect fee of 0.02, then half minutes at 0.012 a minute, and after the first minute six seconds each at 0.006 a minute.
fn stepped() -> Value {
    json!({
        "connect_fee": "0.02",
        "steps": [
            {"from_seconds": 0, "price": "0.012", "per_seconds": 60, "increment_seconds": 30},
            {"from_seconds": 60, "price": "0.006", "per_seconds": 60, "increment_seconds": 6},
        ],
        "rounding": {"decimals": 4, "mode": "half_up"},
    })
}

/// A trunk, and a route of it at this place.
pub(super) async fn leads(
    world: &World,
    (name, prefix): (&str, &str),
    position: u32,
    rate: Option<Value>,
) -> (Trunk, String) {
    let trunk = trunk(world, trunk_details(name)).await.unwrap();
    let buying_rate = rate.map(|rate| Rate::read(rate.to_string().as_bytes()).unwrap());
    let dialling = Dialling::new(prefix, 0, "").unwrap();
    let details = trunk_routes::Details { dialling, trunk: trunk.id.clone(), position, buying_rate };
    let route = world.run(async |work| trunk_routes::create(work, details).await).await.unwrap();
    (trunk, route.id)
}

async fn carried_by(world: &World, call: &Call) -> CarriedBy {
    calls::carried_by(&mut world.view().await, call).await.unwrap().unwrap()
}

/// The trunks' names, the routes, the seconds, and what each costs.
fn told(carried: &CarriedBy) -> Vec<(&str, &str, i64, Option<String>)> {
    let legs = carried.legs.iter();
    let leg = legs.map(|leg| {
        let cost = leg.cost.map(|cost| cost.to_text(leg.currency));
        (leg.trunk_name.as_deref().unwrap_or(""), leg.route.as_deref().unwrap_or(""), leg.seconds, cost)
    });
    leg.collect()
}

impl Bench<'_> {
    /// A line calls the number outside, which is answered on the trunk that the leg is for; two seconds later the caller is ready.
    async fn talks_outside(&self, call: &CallRef, leg: Leg) {
        self.is_done(call, |action| matches!(action, Action::RingLeg { leg: rung, .. } if *rung == leg)).await;
        for event in [Event::LegRinging(leg), Event::LegAnswered(leg)] {
            self.exchange.event(call, event).await.unwrap();
        }
        self.pass(2).await;
        self.exchange.event(call, Event::LegAnswered(Leg::FIRST)).await.unwrap();
        self.answered(call).await;
    }

    async fn has_no_room(&self, call: &CallRef, leg: Leg) {
        self.is_done(call, |action| matches!(action, Action::RingLeg { leg: rung, .. } if *rung == leg)).await;
        self.exchange.event(call, Event::LegEnded { leg, cause: Cause::Congestion, at: None }).await.unwrap();
    }
}

#[tokio::test]
async fn a_call_costs_what_the_trunk_that_carried_it_does() {
    on_both(async |world| {
        let (payer, line, _) = two_lines(&world, "5").await;
        leads(&world, ("full", "44"), 1, Some(json!({"price_per_minute": "9.00"}))).await;
        let (second, route) = leads(&world, ("second", "44"), 2, Some(stepped())).await;
        let bench = Bench::new(&world).await;
        let call = bench.dials(&line, OUTSIDE);
        bench.has_no_room(&call, Leg(1)).await;
        bench.talks_outside(&call, Leg(2)).await;
        bench.pass(90).await;
        // What the route says meanwhile is for calls to come.
        world.run(async |work| trunk_routes::delete(work, &route).await).await.unwrap();
        bench.hangs_up(&call, Leg::FIRST).await;
        let call = bench.over(&call).await;
        assert_eq!((call.duration_ms, call.price.as_ref().unwrap().total), (Some(90_000), amount("0.90")));
        assert_eq!(world.balance(&payer.id).await, amount("4.10"), "the customer pays what it pays without");
        // 92 seconds from the carrier's answer: 0.02, 2 x 30 s at 0.012 a minute are 0.012, and for the 32 s that are left
        // 6 x 6 s at 0.006 a minute are 0.0036.
        let carried = carried_by(&world, &call).await;
        assert_eq!(told(&carried), [("Trunk second", route.as_str(), 92, Some("0.0356".to_owned()))]);
        assert_eq!((&carried.legs[0].trunk, carried.margin), (&second.id, Some(amount("0.8644"))));
        let charge: Value = serde_json::from_str(carried.legs[0].charge.as_ref().unwrap()).unwrap();
        let increments: Vec<&Value> =
            charge["segments"].as_array().unwrap().iter().map(|segment| &segment["increments"]).collect();
        assert_eq!(increments, [2, 6]);
        assert_eq!((&charge["source"]["kind"], &charge["total"]), (&json!("route"), &json!("0.0356")));
        // A customer learns nothing of it.
        let own = Reach::Own { customers: vec![payer.id.clone()], agent: None };
        let reader = Actor { reach: own, ..world.actor.clone() };
        let mut view = world.engine.view(&reader).await.unwrap();
        assert_eq!(calls::carried_by(&mut view, &call).await.unwrap(), None);
        assert_eq!(world.faults().await, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn without_a_rate_there_is_no_cost_and_without_an_answer_no_leg() {
    on_both(async |world| {
        let (_, line, _) = two_lines(&world, "5").await;
        let (_, route) = leads(&world, ("world", ""), 1, None).await;
        let bench = Bench::new(&world).await;
        let answered = bench.dials(&line, OUTSIDE);
        bench.talks_outside(&answered, Leg(1)).await;
        bench.pass(3).await;
        bench.hangs_up(&answered, Leg(1)).await;
        let carried = carried_by(&world, &bench.over(&answered).await).await;
        assert_eq!((told(&carried), carried.margin), (vec![("Trunk world", route.as_str(), 5, None)], None));
        let unanswered = bench.dials(&line, OUTSIDE);
        bench.has_no_room(&unanswered, Leg(1)).await;
        assert_eq!(carried_by(&world, &bench.over(&unanswered).await).await, CarriedBy::default());
        let within_the_house = bench.talks(&line, "0002").await;
        bench.hangs_up(&within_the_house, Leg(1)).await;
        assert_eq!(carried_by(&world, &bench.over(&within_the_house).await).await, CarriedBy::default());
        // Who answered there was not taken up by the caller: nothing is charged, but the carrier has its answer.
        let unconfirmed = bench.dials(&line, OUTSIDE);
        bench.is_done(&unconfirmed, |action| matches!(action, Action::RingLeg { .. })).await;
        bench.exchange.event(&unconfirmed, Event::LegAnswered(Leg(1))).await.unwrap();
        bench.pass(6).await;
        let call = bench.over(&unconfirmed).await;
        assert_eq!(call.answered_at, None);
        assert_eq!(told(&carried_by(&world, &call).await), [("Trunk world", route.as_str(), 5, None)]);
        assert_eq!(world.faults().await, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn a_restart_in_the_middle_of_a_call_loses_none_of_it() {
    on_both(async |world| {
        let (_, line, _) = two_lines(&world, "5").await;
        let (_, route) = leads(&world, ("world", "44"), 1, Some(stepped())).await;
        let first = Bench::new(&world).await;
        let call = first.dials(&line, OUTSIDE);
        first.talks_outside(&call, Leg(1)).await;
        first.pass(30).await;
        first.exchange.close().await;
        drop(first);
        let next = Bench::new(&world).await;
        let recovered = next.exchange.recover("recorder", world.clock.now()).await.unwrap();
        assert_eq!(recovered.len(), 1);
        next.exchange.back(&recovered[0], vec![Leg::FIRST, Leg(1)]);
        next.pass(60).await;
        next.hangs_up(&call, Leg::FIRST).await;
        let record = next.over(&call).await;
        assert_eq!(record.duration_ms, Some(90_000));
        let told_of = carried_by(&world, &record).await;
        assert_eq!(told(&told_of), [("Trunk world", route.as_str(), 92, Some("0.0356".to_owned()))]);
        assert_eq!(world.faults().await, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn of_a_call_that_is_placed_each_leg_is_bought() {
    on_both(async |world| {
        let (payer, ..) = two_lines(&world, "10").await;
        let iris = agent(&world, json!({"phones": ["+493090182000"]})).await;
        let (_, to_customer) = leads(&world, ("britain", "44"), 1, Some(stepped())).await;
        let own_rate = json!({"price_per_minute": "0.03", "increment_seconds": 60});
        let (_, to_agent) = leads(&world, ("germany", "49"), 1, Some(own_rate)).await;
        let version = customers::get(&mut world.view().await, &payer.id).await.unwrap().version;
        let noted = async |work: &mut _| customers::set_verified_phone(work, &payer.id, Some(OUTSIDE), version).await;
        world.run(noted).await.unwrap();
        world.settings(|settings| settings.paid_calls.press_1 = false).await;
        let bench = Bench::with(&world, ORDINARY).await;
        let new = NewPlaced { customer: payer.id.clone(), agent: iris.id.clone(), phone: None, key: None };
        bench.exchange.place(&world.actor, &new).await.unwrap();
        let call = bench.exchange.calls(world.actor.tenant).pop().unwrap();
        bench.exchange.event(&call, Event::LegRinging(Leg::FIRST)).await.unwrap();
        bench.exchange.event(&call, Event::LegAnswered(Leg::FIRST)).await.unwrap();
        bench.exchange.event(&call, Event::LegRinging(Leg(1))).await.unwrap();
        bench.pass(15).await;
        bench.exchange.event(&call, Event::LegAnswered(Leg(1))).await.unwrap();
        bench.answered(&call).await;
        bench.pass(60).await;
        bench.hangs_up(&call, Leg::FIRST).await;
        let record = bench.over(&call).await;
        // The connect fee of 0.99 and a minute at 3.00; the agent has 80 percent of it.
        let price = record.price.as_ref().unwrap();
        assert_eq!((price.total, price.agent_part), (amount("3.99"), amount("3.192")));
        // The customer's leg lasts 75 seconds: 0.02, 2 x 30 s are 0.012, and 3 x 6 s are 0.0018. The agent's is a minute at 0.03.
        let carried = carried_by(&world, &record).await;
        let customers_leg = ("Trunk britain", to_customer.as_str(), 75, Some("0.0338".to_owned()));
        let agents_leg = ("Trunk germany", to_agent.as_str(), 60, Some("0.03".to_owned()));
        assert_eq!(told(&carried), [customers_leg, agents_leg]);
        // 3.99 - 3.192 - 0.0338 - 0.03
        assert_eq!(carried.margin, Some(amount("0.7342")));
        assert_eq!(world.faults().await, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn a_call_that_is_lost_is_on_record_with_its_trunk_and_corrected_with_its_end() {
    on_both(async |world: World| {
        let (_, line) = prepaid(&world, "5", json!({"price_per_minute": "0.60", "increment_seconds": 1})).await;
        let (trunk, route) = leads(&world, ("world", "44"), 1, None).await;
        let mut watch = Watch::new(&world.engine);
        let opened = authorize(&world, call("pbx:lost", &line)).await.unwrap();
        let answered_at = crate::charging::wait(&world, 10);
        let carried = json!({
            "leg": 1,
            "trunk": trunk.id,
            "routed_by": {"route": route, "buying_rate": stepped()},
            "answered_at": answered_at,
        });
        let carries = Step::Carry(serde_json::from_value(carried).unwrap());
        for told in [carries.clone(), Step::Answer { answered_at: Some(answered_at) }, carries] {
            step(&world, &opened.session, told).await.unwrap();
        }
        crate::charging::wait(&world, 20);
        step(&world, &opened.session, Step::Beat).await.unwrap();
        crate::charging::wait(&world, 120);
        watch.look().await.unwrap();
        crate::charging::wait(&world, 120);
        watch.look().await.unwrap();
        let shown = async || {
            let record = calls::get(&mut world.view().await, &opened.session).await.unwrap();
            carried_by(&world, &record).await
        };
        // The connect fee and one half minute.
        assert_eq!(told(&shown().await), [("Trunk world", route.as_str(), 20, Some("0.026".to_owned()))]);
        let ended_at = domain::time::Instant::clamped(answered_at.millis() + 31_000);
        step(&world, &opened.session, crate::charging::end_at(ended_at)).await.unwrap();
        assert_eq!(told(&shown().await), [("Trunk world", route.as_str(), 31, Some("0.032".to_owned()))]);
        within(async || world.faults().await.is_empty()).await;
    })
    .await;
}
