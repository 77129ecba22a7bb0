//! Five times as many calls as can be charged: those that run are ended in time all the same, and new ones are turned away at once.

use std::io::Write;
use std::time::{Duration, Instant as WallClock};

use serde_json::json;
use tokio::task::JoinSet;
use tokio::time::interval;

use super::*;
use crate::world::on_both;

/// How many times what can be charged is asked for.
const TIMES: f64 = 5.0;
/// For how long it is measured what can be charged, and for how long more is asked for.
const MEASURED: Duration = Duration::from_millis(500);
const OVERLOADED: Duration = Duration::from_secs(1);
const TICK: Duration = Duration::from_millis(5);
/// How many ask at once where it is measured what can be charged.
const IN_FLIGHT: usize = 512;
/// Within what a switch has to have its answer.
const DEADLINE: Duration = Duration::from_secs(5);
/// Within what a call is turned away.
const AT_ONCE: Duration = Duration::from_millis(500);

type Answered = (Result<Reply, ChargingError>, Duration);

/// Asks, and tells how long the answer took.
async fn asked(engine: engine::Engine, tenant: i64, what: What) -> Answered {
    let begun = WallClock::now();
    let reply = engine.charge(tenant, Request { owner: PBX.to_owned(), key: None, what }).await;
    (reply, begun.elapsed())
}

/// Lets calls begin as fast as it goes: their sessions.
async fn let_through(world: &World, line: &Line) -> Vec<String> {
    let end = WallClock::now() + MEASURED;
    let callers = (0..IN_FLIGHT).map(|caller| async move {
        let mut sessions = Vec::new();
        while WallClock::now() < end {
            let new = call(&format!("pbx:{caller}:{}", sessions.len()), line);
            sessions.push(authorize(world, new).await.unwrap().session);
        }
        sessions
    });
    futures::future::join_all(callers).await.concat()
}

#[tokio::test]
async fn at_five_times_what_can_be_charged_running_calls_are_ended_and_new_ones_turned_away() {
    on_both(async |world: World| {
        let (_, line) = prepaid(&world, "100000000", json!({"price_per_minute": "1.00"})).await;
        let running = let_through(&world, &line).await;
        let a_second = running.len() as f64 / MEASURED.as_secs_f64();
        let (answered_at, ended_at) = (Some(wait(&world, 1)), EndsAt::At(wait(&world, 59)));
        let ending = Ending { answered_at, ended_at, disposition: None, cause: None };

        let (mut new_calls, mut ends) = (JoinSet::new(), JoinSet::new());
        let mut running = running.into_iter();
        let ticks = OVERLOADED.div_duration_f64(TICK);
        let (each_tick, ends_each_tick) = (TIMES * a_second * TICK.as_secs_f64(), running.len() as f64 / ticks);
        let (mut tick, mut begun, mut passed) = (interval(TICK), 0.0, 0.0);
        let end = WallClock::now() + OVERLOADED;
        while WallClock::now() < end {
            tick.tick().await;
            passed += 1.0;
            while begun < passed * each_tick {
                begun += 1.0;
                let what = What::Authorize(call(&format!("more:{begun}"), &line));
                new_calls.spawn(asked(world.engine.clone(), world.actor.tenant, what));
            }
            while (ends.len() as f64) < passed * ends_each_tick {
                let Some(session) = running.next() else { break };
                let what = What::Step { session, step: Step::Settle(ending.clone()) };
                ends.spawn(asked(world.engine.clone(), world.actor.tenant, what));
            }
        }
        let mut turned_away = Vec::new();
        let mut let_through = 0;
        for (reply, took) in new_calls.join_all().await {
            assert!(took < DEADLINE, "{took:?}: {reply:?}");
            match reply {
                Ok(Reply::Granted(_)) => let_through += 1,
                Err(ChargingError::Busy) => turned_away.push(took),
                other => panic!("{other:?}"),
            }
        }
        let slowest = turned_away.iter().max().copied().unwrap_or_default();
        assert!(!turned_away.is_empty() && slowest < AT_ONCE, "{} turned away, {slowest:?}", turned_away.len());
        let ends = ends.join_all().await;
        for (reply, took) in &ends {
            assert!(matches!(reply, Ok(Reply::Ended(_))) && *took < DEADLINE, "{took:?}: {reply:?}");
        }
        let told = format!(
            "overload: {a_second:.0} calls a second can begin; at {TIMES} times that {let_through} began, {} were turned away within {slowest:.1?}, \
             {} that ran were ended within {:.1?}\n",
            turned_away.len(),
            ends.len(),
            ends.iter().map(|(_, took)| *took).max().unwrap_or_default()
        );
        // Also where what tests print is not shown.
        std::io::stderr().write_all(told.as_bytes()).unwrap();
        assert_eq!(world.faults().await, [""; 0]);
    })
    .await;
}
