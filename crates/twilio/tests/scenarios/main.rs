//! The worked scenarios of groups, played through the real webhooks: signed as Twilio signs, with what it would post.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may panic")]

mod bad_input;
mod call_backs;
mod conversations;
#[path = "../../../storage/tests/databases/mod.rs"]
#[allow(dead_code, reason = "other tests use the rest")]
mod databases;
mod expected;
#[path = "../twilio/peers.rs"]
#[allow(dead_code, reason = "other tests use the rest")]
mod peers;
mod playing;
mod provider;
#[path = "../../../engine/tests/scenarios/mod.rs"]
#[allow(dead_code, reason = "other switches use the rest")]
mod scenarios;
mod texts;
#[path = "../../../engine/tests/engine/world.rs"]
#[allow(dead_code, reason = "other tests use the rest")]
mod world;

use serde_json::json;

use playing::Playing;
use scenarios::Plan;
use world::on_both;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_scenario_goes_as_it_is_worked_out() {
    let plan = Plan::without(|_| None);
    let mut failures = Vec::new();
    let documents = std::sync::Mutex::new(Vec::new());
    for case in &plan.cases {
        let failed = std::sync::Mutex::new(Vec::new());
        on_both(async |world| {
            let mut playing = Playing::new(world, case).await;
            for step in case.steps.iter().map(|step| &step.step) {
                for fault in playing.plays(step).await {
                    failed.lock().unwrap().push(format!("{}: {step}: {fault}", case.name()));
                }
            }
            documents.lock().unwrap().append(&mut playing.documents);
        })
        .await;
        failures.extend(failed.into_inner().unwrap());
    }
    assert_eq!(failures, Vec::<String>::new());
    assert_eq!(plan.size(), (36, 64));
    let documents = documents.into_inner().unwrap();
    let checked = peers::python("check_twiml.py", &json!(documents));
    let good = format!("{} documents are good\n", documents.len());
    assert_eq!(String::from_utf8_lossy(&checked.stdout), good, "{checked:?}");
}
