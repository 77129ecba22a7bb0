//! The worked scenarios of groups, played through the real webhooks: signed as Twilio signs, with what it would post.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may panic")]

mod bad_input;
#[path = "../../../storage/tests/databases/mod.rs"]
#[allow(dead_code, reason = "other tests use the rest")]
mod databases;
mod expected;
#[path = "../twilio/peers.rs"]
#[allow(dead_code, reason = "other tests use the rest")]
mod peers;
mod playing;
mod provider;
mod roster;
#[path = "../../../engine/tests/engine/world.rs"]
#[allow(dead_code, reason = "other tests use the rest")]
mod world;

use serde_json::{Value, json};

use playing::Playing;
use world::on_both;

const SCENARIOS: &str = include_str!("../../../domain/tests/data/routing-scenarios.json");

fn all<'a>(record: &'a Value, field: &str) -> &'a [Value] {
    record[field].as_array().map_or(&[], Vec::as_slice)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_scenario_goes_as_it_is_worked_out() {
    let document: Value = serde_json::from_str(SCENARIOS).unwrap();
    let (mut cases, mut steps, mut failures) = (0, 0, Vec::new());
    let documents = std::sync::Mutex::new(Vec::new());
    for scenario in all(&document, "scenarios") {
        for case in all(scenario, "cases") {
            // Who is on duty, and who is reminded, is played by the tests of rosters and reminders.
            let played: Vec<&Value> = all(case, "steps").iter().filter(|step| step["event"] != "reminders").collect();
            if played.is_empty() {
                continue;
            }
            cases += 1;
            steps += played.len();
            let failed = std::sync::Mutex::new(Vec::new());
            on_both(async |world| {
                let mut playing = Playing::new(world, scenario, case).await;
                for step in &played {
                    for fault in playing.plays(step).await {
                        failed.lock().unwrap().push(format!("{} at {}: {step}: {fault}", scenario["id"], case["at"]));
                    }
                }
                documents.lock().unwrap().append(&mut playing.documents);
            })
            .await;
            failures.extend(failed.into_inner().unwrap());
        }
    }
    assert_eq!(failures, Vec::<String>::new());
    assert_eq!((cases, steps), (35, 62));
    let documents = documents.into_inner().unwrap();
    let checked = peers::python("check_twiml.py", &json!(documents));
    let good = format!("{} documents are good\n", documents.len());
    assert_eq!(String::from_utf8_lossy(&checked.stdout), good, "{checked:?}");
}
