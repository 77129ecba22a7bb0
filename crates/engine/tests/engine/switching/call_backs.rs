//! Calls back to who has called a group: by trunks, and what keeps somebody from being called back.

use domain::call_flow::{Action, Cause, Event, Leg};
use domain::limits::LimitReached;
use domain::roster::Days;
use engine::calls::{self, Direction};
use engine::groups::{self, Answering, CallResult, Callers, Group, NewShift, NotKnown};
use engine::maintenance;
use engine::switching::{CallBackError, CallRef, NewCallBack, PlaceError, PlacedBack, Unanswered};
use engine::{Actor, Reach, Role, agents};
use serde_json::json;
use storage::group_calls::GroupCallRecord;

use super::groups::{NUMBER, ORDINARY, group};
use super::trunk_costs::leads;
use super::{Bench, within};
use crate::world::{World, on_both};

const CALLER: &str = "+441632960555";
const PHONE: &str = "+493090182000";

fn shown() -> Answering {
    Answering { callers: Callers::Shown, ..Answering::default() }
}

/// An agent with a phone outside, on duty in a group or in none.
async fn agent(world: &World, name: &str, of: Option<&Group>) -> String {
    let details = agents::Details { phones: vec![PHONE.to_owned()], ..agents::Details::default() };
    let agent = world.run(async |work| agents::create(work, name.to_owned(), details).await).await.unwrap().id;
    if let Some(group) = of {
        let shift = NewShift {
            agent: agent.clone(),
            days: Days::new(&[0]).unwrap(),
            hours: "08:00-09:00".parse().unwrap(),
            zone: None,
            every_weeks: 1,
            from: None,
            until: None,
            priority: 1,
        };
        world.run(async |work| groups::add_shift(work, &group.id, shift).await).await.unwrap();
    }
    agent
}

/// A call to the group of this caller that nobody has answered.
async fn missed(world: &World, group: &Group, caller: &str) -> String {
    let origin = format!("recorder/missed-{caller}");
    let record = GroupCallRecord {
        origin: origin.clone(),
        agent_group: group.id.clone(),
        caller: caller.to_owned(),
        called_at: 1,
        answered_at: None,
        ended_at: Some(2),
        result: "missed".to_owned(),
        agent: None,
        attempts: "[]".to_owned(),
        language: None,
        answers: None,
        placed_by: None,
        version: 1,
    };
    let mut tx = world.engine.store().write().await.unwrap();
    storage::group_calls::save(&mut tx, 1, &[record]).await.unwrap();
    tx.commit().await.unwrap();
    origin
}

fn new(group: &Group, call: &str, agent: Option<&str>) -> NewCallBack {
    let of = Unanswered::Call(call.to_owned());
    NewCallBack { group: group.id.clone(), of, agent: agent.map(str::to_owned), phone: None, key: None }
}

/// Somebody in this role, of this agent.
fn as_agent(world: &World, agent: &str) -> Actor {
    let reach = Reach::Own { customers: Vec::new(), agent: Some(agent.to_owned()) };
    Actor { name: "user:usr_ann".to_owned(), roles: Role::Agent.into(), reach, ..world.actor.clone() }
}

#[tokio::test]
async fn both_are_rung_by_trunks_under_the_groups_number_and_nobody_pays() {
    on_both(async |world| {
        let group = group(&world, shown()).await;
        let ann = agent(&world, "Ann", Some(&group)).await;
        leads(&world, ("britain", "44"), 1, None).await;
        let own_rate = json!({"price_per_minute": "0.03", "increment_seconds": 60});
        leads(&world, ("germany", "49"), 1, Some(own_rate)).await;
        let call = missed(&world, &group, CALLER).await;
        let bench = Bench::with(&world, ORDINARY).await;
        // An agent has its own phones ring.
        let by = as_agent(&world, &ann);
        let PlacedBack { origin, answers, .. } = bench.exchange.call_back(&by, &new(&group, &call, None)).await.unwrap();
        assert_eq!(answers, call);
        let back = CallRef { tenant: 1, origin };
        assert_eq!(bench.rings(&back, 0).await, (PHONE.to_owned(), NUMBER.to_owned()));
        let running = groups::call(&mut world.view().await, &back.origin).await.unwrap();
        assert_eq!((running.result, running.agent.as_deref()), (CallResult::Running, Some(ann.as_str())));
        for event in [Event::LegRinging(Leg::FIRST), Event::LegAnswered(Leg::FIRST)] {
            bench.exchange.event(&back, event).await.unwrap();
        }
        let asked = |action: &Action| {
            matches!(action, Action::Prompt { leg: Leg::FIRST, words } if words.text.contains("call back for Night line"))
        };
        bench.is_done(&back, asked).await;
        bench.exchange.event(&back, Event::Digits { leg: Leg::FIRST, digits: "1".to_owned() }).await.unwrap();
        assert_eq!(bench.rings(&back, 1).await, (CALLER.to_owned(), NUMBER.to_owned()));
        for event in [Event::LegRinging(Leg(1)), Event::LegAnswered(Leg(1))] {
            bench.exchange.event(&back, event).await.unwrap();
        }
        bench.is_done(&back, |action| matches!(action, Action::Bridge(..))).await;
        bench.answered(&back).await;
        bench.pass(60).await;
        bench.hangs_up(&back, Leg(1)).await;
        let record = bench.over(&back).await;
        assert_eq!((record.direction, record.from.as_str(), record.to.as_str()), (Direction::Outbound, NUMBER, CALLER));
        assert_eq!((record.customer.as_deref(), record.agent.as_deref()), (None, None));
        let carried = calls::carried_by(&mut world.view().await, &record).await.unwrap().unwrap();
        let costs: Vec<_> = carried.legs.iter().map(|leg| leg.cost.map(|cost| cost.to_text(leg.currency))).collect();
        assert_eq!(costs.len(), 2, "what both legs cost is written: {costs:?}");
        assert!(costs.contains(&Some("0.06".to_owned())) || costs.contains(&Some("0.03".to_owned())), "{costs:?}");
        within(async || groups::call(&mut world.view().await, &back.origin).await.unwrap().ended_at.is_some()).await;
        let done = groups::call(&mut world.view().await, &back.origin).await.unwrap();
        assert_eq!((done.result, done.placed_by.as_deref()), (CallResult::Answered, Some("user:usr_ann")));
        assert_eq!(world.changes(&call).await[0].action, "group_call.call_back");
        assert_eq!(world.faults().await, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn who_cannot_be_called_back_is_not_and_it_is_said_why() {
    on_both(async |world| {
        world
            .settings(|settings| {
                let plan = json!({"emergency_numbers": [{"number": "4911", "target": "0001"}]});
                settings.dial_plan = serde_json::from_value(plan).unwrap();
                settings.fraud.risky_prefixes = vec!["881".to_owned()];
            })
            .await;
        let group = group(&world, shown()).await;
        let ann = agent(&world, "Ann", Some(&group)).await;
        let eve = agent(&world, "Eve", None).await;
        let bench = Bench::with(&world, ORDINARY).await;
        let refused = async |caller: &str, agent: &str| {
            let call = missed(&world, &group, caller).await;
            bench.exchange.call_back(&world.actor, &new(&group, &call, Some(agent))).await.unwrap_err()
        };
        for (caller, expected) in [
            ("", NotKnown::Forgotten),
            ("anonymous", NotKnown::Hidden),
            ("not a number", NotKnown::Hidden),
            ("caller-abcd1234", NotKnown::Named),
        ] {
            let error = refused(caller, &ann).await;
            assert!(matches!(error, CallBackError::NotKnown(why) if why == expected), "{caller}: {error:?}");
        }
        assert!(matches!(refused("4911", &ann).await, CallBackError::Emergency));
        let risky = refused("+8811234567", &ann).await;
        assert!(matches!(risky, CallBackError::Limit(LimitReached::RiskyPrefix { .. })), "{risky:?}");
        assert!(matches!(refused(CALLER, &eve).await, CallBackError::NotOfGroup(_)));
        assert!(matches!(refused(CALLER, &ann).await, CallBackError::NoRoute), "there is no trunk");
        leads(&world, ("world", ""), 1, None).await;
        let call = missed(&world, &group, CALLER).await;
        let by = async |actor: &Actor, new: NewCallBack| bench.exchange.call_back(actor, &new).await.unwrap_err();
        assert!(matches!(by(&world.actor, new(&group, &call, None)).await, CallBackError::NoAgent));
        let other = by(&as_agent(&world, &ann), new(&group, &call, Some(&eve))).await;
        assert!(matches!(other, CallBackError::AnotherAgent));
        let stranger = by(&as_agent(&world, &eve), new(&group, &call, None)).await;
        assert!(matches!(stranger, CallBackError::Group(_)), "as if there were no such group: {stranger:?}");
        let phone = NewCallBack { phone: Some("0099".to_owned()), ..new(&group, &call, Some(&ann)) };
        assert!(matches!(by(&world.actor, phone).await, CallBackError::NotItsPhone(_)));
        let none = NewCallBack { of: Unanswered::Message("rec_1".to_owned()), ..new(&group, &call, Some(&ann)) };
        assert!(matches!(by(&world.actor, none).await, CallBackError::Message(_)));
        world.settings(|settings| settings.fraud.tenant_calls_at_once = Some(1)).await;
        let first = bench.exchange.call_back(&world.actor, &new(&group, &call, Some(&ann))).await.unwrap();
        let busy = by(&world.actor, new(&group, &call, Some(&ann))).await;
        assert!(matches!(busy, CallBackError::Limit(LimitReached::TenantCallsAtOnce { limit: 1 })), "{busy:?}");
        world.settings(|settings| settings.fraud.tenant_calls_at_once = None).await;
        let busy = by(&world.actor, new(&group, &call, Some(&ann))).await;
        assert!(matches!(busy, CallBackError::Place(PlaceError::NotThere(_))), "{busy:?}");
        let first = CallRef { tenant: 1, origin: first.origin };
        bench.exchange.stop(&first, Cause::EndedByStaff).await.unwrap();
        within(async || groups::call(&mut world.view().await, &first.origin).await.unwrap().ended_at.is_some()).await;
        let details = groups::Details { numbers: vec!["0700".to_owned()], ..group.details.clone() };
        world.run(async |work| groups::update(work, &group.id, details.clone(), 1).await).await.unwrap();
        assert!(matches!(by(&world.actor, new(&group, &call, Some(&ann))).await, CallBackError::NoNumber));
        world.run(async |work| maintenance::begin(work, 10).await).await.unwrap();
        let maintained = by(&world.actor, new(&group, &call, Some(&ann))).await;
        assert!(matches!(maintained, CallBackError::Place(PlaceError::Maintenance)));
    })
    .await;
}
