//! True ends that come when the invoice has been issued.

use engine::charging::{EndsAt, Watch};
use serde_json::json;

use super::*;
use crate::billing::{invoices, run_at};
use crate::world::{at, on_both};

/// A postpaid customer's call at 0.60 a minute, answered ten minutes before April, whose switch falls silent after a minute and tells
/// its true end when March is billed: the totals of the invoices.
async fn corrected_after_the_bill_run(world: &World, ends_at: &str) -> Vec<String> {
    let customer = world.customer("Postpaid").await;
    let plan = world.plan("Postpaid", json!({"rate": {"price_per_minute": "0.60"}})).await;
    let line = world.line(&customer, "0001", &plan).await;
    world.clock.move_to(at("2026-03-31T23:50:00Z"));
    let mut watch = Watch::new(&world.engine);
    let session = authorize(world, call("pbx:1", &line)).await.unwrap().session;
    step(world, &session, Step::Answer { answered_at: None }).await.unwrap();
    wait(world, 60);
    step(world, &session, Step::Beat).await.unwrap();
    wait(world, 200);
    assert_eq!(watch.look().await.unwrap(), 1);
    for day in ["2026-04-02", "2026-05-02", "2026-06-02"] {
        run_at(world, &format!("{day}T00:00:00Z")).await;
        let ending = Ending { answered_at: None, ended_at: EndsAt::At(at(ends_at)), disposition: None, cause: None };
        step(world, &session, Step::Settle(ending)).await.unwrap();
        assert_eq!(world.faults().await, [""; 0], "{ends_at} on {day}");
    }
    invoices(world, &customer).await.iter().map(|invoice| invoice.paper.total.to_string()).collect()
}

#[tokio::test]
async fn a_billed_call_is_billed_the_difference_to_its_true_end() {
    // When it truly ended, and what is on the invoices.
    for (ends_at, totals) in [
        ("2026-03-31T23:50:30Z", &["0.60"][..]),
        ("2026-03-31T23:54:00Z", &["0.60", "1.80"]),
        ("2026-04-01T00:10:00Z", &["0.60", "11.40"]),
    ] {
        on_both(async |world: World| {
            assert_eq!(corrected_after_the_bill_run(&world, ends_at).await, totals, "{ends_at}")
        })
        .await;
    }
}
