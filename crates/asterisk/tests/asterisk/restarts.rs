//! Calls outlive Tollgate, and not Asterisk: each is charged for the time in which it was proved to be there.

use std::time::{Duration, Instant};

use engine::calls::Disposition;
use serde_json::json;

use crate::bench::{account_at, on_both};
use crate::calls::talk;
use crate::world::amount;

#[tokio::test]
async fn a_call_goes_on_when_tollgate_starts_again() {
    on_both(async |mut bench| {
        let mut phones = bench.phones(2).await;
        let [caller, called] = phones.as_mut_slice() else { unreachable!() };
        talk(caller, called).await;
        bench.pass(5).await;
        bench
            .restarts(async |pbx| {
                assert!(pbx.command("core show channels").await.contains("2 active channels"));
            })
            .await;
        bench.pass(5).await;
        // Both are told nothing, and hear each other.
        assert!(bench.pbx.command("core show channels").await.contains("2 active channels"));
        called.hang_up().await;
        caller.until("CALL_CLOSED").await;
        let call = bench.last_call().await;
        assert_eq!(call.disposition, Some(Disposition::Answered));
        assert_eq!(call.price.unwrap().total, amount("0.10"));
        assert_eq!(bench.world.faults().await, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn a_call_that_ended_meanwhile_is_charged_to_the_last_proof_of_life() {
    on_both(async |mut bench| {
        let mut phones = bench.phones(2).await;
        let [caller, called] = phones.as_mut_slice() else { unreachable!() };
        talk(caller, called).await;
        bench.pass(5).await;
        bench.restarts(async |_| caller.hang_up().await).await;
        called.until("CALL_CLOSED").await;
        let call = bench.last_call().await;
        assert_eq!(call.price.unwrap().total, amount("0.05"));
        assert_eq!(bench.world.faults().await, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn a_killed_asterisk_ends_its_calls_and_carries_others_when_it_is_back() {
    on_both(async |bench| {
        let mut phones = bench.phones(2).await;
        let [caller, called] = phones.as_mut_slice() else { unreachable!() };
        talk(caller, called).await;
        bench.pass(5).await;
        bench.pbx.kill().await;
        tokio::time::sleep(Duration::from_millis(200)).await;
        bench.pass(9).await;
        bench.pbx.restart().await;
        let call = bench.last_call().await;
        assert_eq!(call.disposition, Some(Disposition::Answered));
        assert_eq!(call.price.unwrap().total, amount("0.05"));
        assert_eq!(bench.world.faults().await, [""; 0]);
        drop(phones);

        let mut phones = bench.phones(2).await;
        let [caller, called] = phones.as_mut_slice() else { unreachable!() };
        talk(caller, called).await;
        bench.pass(3).await;
        caller.hang_up().await;
        assert_eq!(bench.last_call().await.price.unwrap().total, amount("0.03"));
    })
    .await;
}

#[tokio::test]
async fn a_call_goes_on_when_the_socket_breaks() {
    on_both(async |bench| {
        let mut phones = bench.phones(2).await;
        let [caller, called] = phones.as_mut_slice() else { unreachable!() };
        talk(caller, called).await;
        bench.pass(5).await;
        bench.pbx.command("ari shutdown websocket sessions").await;
        bench.pbx.logs("Creating Stasis app 'tollgate'").await;
        // It is made anew half a second later.
        tokio::time::sleep(Duration::from_millis(1500)).await;
        for _ in 0..70 {
            bench.pass(1).await;
        }
        // More was granted since, and who hangs up is heard.
        assert!(bench.pbx.command("core show channels").await.contains("2 active channels"));
        caller.hang_up().await;
        called.until("CALL_CLOSED").await;
        let call = bench.last_call().await;
        assert_eq!(call.price.unwrap().total, amount("0.75"));
        assert_eq!(bench.world.faults().await, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn channels_of_others_are_left_alone() {
    on_both(async |mut bench| {
        let other = "channel originate Local/answer@local-parties extension 600@from-phone";
        bench.pbx.command(other).await;
        tokio::time::sleep(Duration::from_millis(300)).await;
        let before = bench.pbx.command("core show channels concise").await.lines().count();
        assert!(before > 1);
        bench.restarts(async |_| ()).await;
        tokio::time::sleep(Duration::from_millis(500)).await;
        assert_eq!(bench.pbx.command("core show channels concise").await.lines().count(), before);
    })
    .await;
}

#[tokio::test]
async fn an_account_that_was_made_while_asterisk_refused_us_is_known_to_it_later() {
    on_both(async |bench| {
        let plan = bench.world.plan("Later", json!({})).await;
        let line = bench.world.line(&bench.customer, "0009", &plan).await;
        bench.pbx.knows_us(false).await;
        let account = account_at(&bench.world, &line.id, None).await;
        let knows = format!("pjsip show endpoint {}", account.username);
        // Written, and Asterisk not told.
        let written = async || std::fs::read_to_string(bench.pbx.accounts_file()).unwrap().contains(&account.username);
        while !written().await {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
        assert!(bench.pbx.command(&knows).await.contains("Unable to find object"));
        bench.pbx.knows_us(true).await;
        let end = Instant::now() + Duration::from_secs(15);
        while bench.pbx.command(&knows).await.contains("Unable to find object") {
            assert!(Instant::now() < end, "nobody tells Asterisk");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    })
    .await;
}
