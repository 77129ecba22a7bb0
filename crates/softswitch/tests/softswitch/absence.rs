use engine::calls::Disposition;
use serde_json::{Value, json};

use crate::bench::on_both;
use crate::client::Client;
use crate::world::amount;

#[derive(Debug, Clone, Copy, PartialEq)]
enum State {
    Rung,
    Ringing,
    Accepted,
}

/// A socket that dies before both talk ends the call at once, and nobody pays.
#[tokio::test]
async fn a_phone_that_dies_before_the_call_is_up_ends_it() {
    on_both(async |bench| {
        for state in [State::Rung, State::Ringing, State::Accepted] {
            for caller_dies in [true, false] {
                let (mut caller, mut called) = (bench.phone(0).await, bench.phone(1).await);
                caller.says("make_call", json!("0002"));
                called.hears(json!(["call_request", "0001"])).await;
                if state != State::Rung {
                    called.says("call_acknowledged", json!("0001"));
                    caller.hears(json!("callee_ringing")).await;
                }
                if state == State::Accepted {
                    called.says("call_accepted", Value::Null);
                    called.told("media").await;
                    caller.told("media").await;
                    caller.hears(json!("call_connected")).await;
                }
                if caller_dies {
                    caller.dies().await;
                    let told = if state == State::Accepted { "call_ended" } else { "call_cancelled" };
                    called.hears(json!(told)).await;
                    called.says("call_accepted", Value::Null);
                    called.hears(json!(["error", "invalid_call_accepted"])).await;
                } else {
                    called.dies().await;
                    let told = match state {
                        State::Accepted => json!("call_ended"),
                        _ => json!(["call_not_possible", "callee_disconnected"]),
                    };
                    caller.hears(told).await;
                }
                bench.pass(1).await;
                assert_eq!(bench.last_call().await.unwrap().answered_at, None, "{state:?}");
            }
        }
        bench.nobody_paid().await;
    })
    .await;
}

#[tokio::test]
async fn a_phone_that_comes_back_in_time_is_in_its_call_again() {
    on_both(async |bench| {
        let (mut caller, called) = bench.talking().await;
        bench.pass(3).await;
        called.dies().await;
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        bench.pass(9).await;
        let mut called = bench.phone(1).await;
        called.told("media").await;
        called.hears(json!(["call_resumed", {"with": "0001", "seconds": 12}])).await;
        caller.told("media").await;
        bench.pass(10).await;
        caller.says("talk", json!("There you are"));
        called.hears(json!(["talk", "There you are"])).await;
        called.says("hang_up", Value::Null);
        caller.told("call_ended").await;
        let charged = caller.told("call_charged").await;
        assert_eq!(charged, json!({"reason": "hung_up", "seconds": 22, "cost": "0.22", "currency": "USD"}));
    })
    .await;
}

#[tokio::test]
async fn whoever_does_not_come_back_is_charged_to_the_last_sign_of_life() {
    on_both(async |bench| {
        for caller_dies in [true, false] {
            let (caller, called) = bench.talking().await;
            bench.pass(7).await;
            let mut stays = if caller_dies {
                caller.dies().await;
                called
            } else {
                called.dies().await;
                caller
            };
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
            bench.pass(10).await;
            stays.told("call_ended").await;
            let record = bench.last_call().await.unwrap();
            assert_eq!(record.disposition, Some(Disposition::Answered));
            assert_eq!(record.price.unwrap().total, amount("0.07"));
            stays.dies().await;
        }
        assert_eq!(bench.world.faults().await, [""; 0]);
    })
    .await;
}

/// A socket that is open, and answers no ping, is missed within nine seconds of the real clock.
#[tokio::test]
async fn a_phone_that_answers_no_ping_is_dead() {
    on_both(async |bench| {
        let (mut caller, mut called) = (bench.phone(0).await, bench.phone(1).await);
        called.plays_dead();
        let began = std::time::Instant::now();
        bench.rings(&mut caller, &mut called).await;
        caller.hears(json!(["call_not_possible", "callee_disconnected"])).await;
        assert!(began.elapsed() < std::time::Duration::from_secs(11), "{:?}", began.elapsed());
    })
    .await;
}

#[tokio::test]
async fn a_call_outlives_a_restart_if_both_come_back() {
    on_both(async |mut bench| {
        let (caller, called) = bench.talking().await;
        bench.pass(5).await;
        bench.restarts().await;
        drop((caller, called));
        let reconnect = async |line: usize| {
            let mut phone = Client::connect(&bench.address, bench.auth(line)).await.unwrap();
            for event in ["registered", "dial_plan", "media"] {
                phone.told(event).await;
            }
            (phone.told("call_resumed").await, phone)
        };
        let (resumed, mut caller) = reconnect(0).await;
        assert_eq!(resumed, json!({"with": "0002", "seconds": 5}));
        let (_, mut called) = reconnect(1).await;
        caller.told("media").await;
        bench.pass(5).await;
        called.says("talk", json!("Here again"));
        assert_eq!(caller.told("talk").await, "Here again");
        caller.says("hang_up", Value::Null);
        called.told("call_ended").await;
        let record = bench.last_call().await.unwrap();
        assert_eq!(record.price.unwrap().total, amount("0.10"));
    })
    .await;
}

#[tokio::test]
async fn a_call_ends_after_a_restart_if_one_stays_away() {
    on_both(async |mut bench| {
        let (caller, called) = bench.talking().await;
        bench.pass(5).await;
        bench.restarts().await;
        drop((caller, called));
        let mut caller = Client::connect(&bench.address, bench.auth(0)).await.unwrap();
        bench.pass(10).await;
        caller.waits_for("call_ended").await;
        let record = bench.last_call().await.unwrap();
        assert_eq!(record.disposition, Some(Disposition::Answered));
        assert_eq!(record.price.unwrap().total, amount("0.05"));
    })
    .await;
}
