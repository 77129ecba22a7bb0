//! A group that two people answer day and night, on whatever switch.

use std::time::Duration;

use domain::roster::Days;
use domain::time::Instant;
use engine::groups::{self, Answering, Details, Group, GroupCall, NewShift};
use engine::{Clock, agents};

use crate::world::World;

/// Its number.
pub(crate) const NUMBER: &str = "0700";

/// Makes it, with Ann at 0002 and Bob at 0003.
pub(crate) async fn group(world: &World, answering: Answering) -> Group {
    let numbers = vec![NUMBER.to_owned()];
    let details = Details { name: "Night line".to_owned(), numbers, answering, ..Details::default() };
    let group = world.run(async |work| groups::create(work, details).await).await.unwrap();
    for (name, phone) in [("Ann", "0002"), ("Bob", "0003")] {
        let details = agents::Details { phones: vec![phone.to_owned()], ..agents::Details::default() };
        let agent = world.run(async |work| agents::create(work, name.to_owned(), details).await).await.unwrap();
        let shift = NewShift {
            agent: agent.id,
            days: Days::new(&[0, 1, 2, 3, 4, 5, 6]).unwrap(),
            hours: "00:00-00:00".parse().unwrap(),
            zone: None,
            every_weeks: 1,
            from: None,
            until: None,
            priority: 1,
        };
        world.run(async |work| groups::add_shift(work, &group.id, shift).await).await.unwrap();
    }
    group
}

/// Its last call, once that is over.
pub(crate) async fn last_call(world: &World, group: &Group) -> GroupCall {
    for _ in 0..1000 {
        let span = (Instant::FIRST, Instant::LAST);
        let calls = groups::calls(&mut world.view().await, &group.id, span, None, 1).await.unwrap();
        if let Some(call) = calls.into_iter().find(|call| call.ended_at.is_some()) {
            return call;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the call does not end");
}

/// The ids of Ann and Bob.
pub(crate) async fn ann_and_bob(world: &World, group: &Group) -> [String; 2] {
    let mut view = world.view().await;
    let on_duty = groups::on_duty(&mut view, &group.id, world.clock.now()).await.unwrap();
    <[String; 2]>::try_from(on_duty.agents.into_iter().map(|duty| duty.agent).collect::<Vec<_>>()).unwrap()
}

/// The call that an agent has, once that is on record.
pub(crate) async fn running(world: &World, agent: &str) -> GroupCall {
    for _ in 0..1000 {
        let found = groups::calls_of_agent(&mut world.view().await, agent, 1).await.unwrap();
        if let Some(call) = found.into_iter().find(|call| call.ended_at.is_none()) {
            return call;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("it is not written down who has the call");
}

/// What came of ringing each.
pub(crate) fn results(call: &GroupCall) -> Vec<&str> {
    call.attempts.iter().map(|attempt| attempt.result.name()).collect()
}
