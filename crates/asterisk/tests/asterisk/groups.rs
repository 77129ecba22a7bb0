//! Calls to groups whose people have ordinary phones, beside the worked scenarios.

use std::time::Duration;

use domain::call_flow::Strategy;
use engine::Actor;
use engine::groups::{Answering, CallResult, Callers};
use engine::switching::{NewCallBack, TransferTo, Unanswered};

use crate::bench::{Bench, on_both};
use crate::pbx::Phone;
use crate::scenarios::help_line::{NUMBER, ann_and_bob, group, last_call, results, running};

async fn rings(phone: &mut Phone) {
    phone.until("CALL_INCOMING").await;
}

async fn is_taken_up(phone: &mut Phone) {
    rings(phone).await;
    phone.accept().await;
    phone.until("CALL_ESTABLISHED").await;
    tokio::time::sleep(Duration::from_millis(300)).await;
}

/// A phone has heard the other's tone in its last call.
fn hears(bench: &Bench, phone: &Phone, other: &Phone) {
    let heard = phone.heard(bench.pbx.run_folder());
    assert!(heard.abs_diff(other.tone()) < 20, "{heard} Hz, and not {}", other.tone());
}

#[tokio::test]
async fn who_is_late_hears_that_the_call_is_taken() {
    on_both(async |bench| {
        let answering = Answering { strategy: Strategy::Simultaneous, ..Answering::default() };
        let group = group(&bench.world, answering).await;
        let mut phones = bench.phones(3).await;
        let [caller, ann, bob] = phones.as_mut_slice() else { unreachable!() };
        caller.dial(NUMBER).await;
        is_taken_up(ann).await;
        is_taken_up(bob).await;
        bob.send_digits("1").await;
        bench.pbx.logs("Playing 'vm-goodbye").await;
        ann.until("CALL_CLOSED").await;
        caller.hang_up().await;
        bob.until("CALL_CLOSED").await;
        assert_eq!(results(&last_call(&bench.world, &group).await), ["withdrawn", "accepted"]);
        bench.is_quiet().await;
        crate::calls::is_free_of_channels(&bench).await;
    })
    .await;
}

#[tokio::test]
async fn while_all_are_busy_the_caller_hears_music_and_is_put_through_when_one_is_free() {
    on_both(async |bench| {
        let answering = Answering { queue_seconds: Some(120), screening: false, ..Answering::default() };
        let group = group(&bench.world, answering).await;
        let mut phones = bench.phones(3).await;
        let [caller, ann, bob] = phones.as_mut_slice() else { unreachable!() };
        ann.dial("0003").await;
        bob.until("CALL_INCOMING").await;
        bob.accept().await;
        bob.until("CALL_ESTABLISHED").await;
        caller.dial(NUMBER).await;
        caller.until("CALL_ESTABLISHED").await;
        bench.pbx.logs("Started music on hold").await;
        ann.hang_up().await;
        bob.until("CALL_CLOSED").await;
        bench.pass(11).await;
        rings(ann).await;
        ann.accept().await;
        ann.until("CALL_ESTABLISHED").await;
        bench.pbx.logs("Stopped music on hold").await;
        tokio::time::sleep(Duration::from_millis(1500)).await;
        caller.hang_up().await;
        ann.until("CALL_CLOSED").await;
        hears(&bench, ann, caller);
        let call = last_call(&bench.world, &group).await;
        assert_eq!((call.result, results(&call)), (CallResult::Answered, vec!["busy", "busy", "accepted"]));
    })
    .await;
}

#[tokio::test]
async fn a_call_is_passed_on_and_the_caller_stays() {
    on_both(async |bench| {
        let group = group(&bench.world, Answering { screening: false, ..Answering::default() }).await;
        let [ann_id, bob_id] = ann_and_bob(&bench.world, &group).await;
        let mut phones = bench.phones(3).await;
        let [caller, ann, bob] = phones.as_mut_slice() else { unreachable!() };
        caller.dial(NUMBER).await;
        is_taken_up(ann).await;
        let call = running(&bench.world, &ann_id).await;
        let (by, to) = (Actor::program(1, "desk"), TransferTo::Agent(bob_id.clone()));
        bench.exchange.transfer(&by, &ann_id, &call.origin, &to).await.unwrap();
        ann.until("CALL_CLOSED").await;
        is_taken_up(bob).await;
        tokio::time::sleep(Duration::from_millis(1500)).await;
        caller.hang_up().await;
        bob.until("CALL_CLOSED").await;
        hears(&bench, bob, caller);
        let call = last_call(&bench.world, &group).await;
        assert_eq!((call.result, results(&call)), (CallResult::Answered, vec!["transferred", "accepted"]));
        bench.is_quiet().await;
        crate::calls::is_free_of_channels(&bench).await;
    })
    .await;
}

#[tokio::test]
async fn who_has_called_in_vain_is_called_back_and_both_talk() {
    on_both(async |bench| {
        let group = group(&bench.world, Answering { callers: Callers::Shown, ..Answering::default() }).await;
        let [ann_id, _] = ann_and_bob(&bench.world, &group).await;
        let mut phones = bench.phones(2).await;
        let [caller, ann] = phones.as_mut_slice() else { unreachable!() };
        caller.dial(NUMBER).await;
        rings(ann).await;
        caller.hang_up().await;
        ann.until("CALL_CLOSED").await;
        let missed = last_call(&bench.world, &group).await;
        bench.is_quiet().await;
        bench.pass(1).await;
        let new = NewCallBack {
            group: group.id.clone(),
            of: Unanswered::Call(missed.origin.clone()),
            agent: Some(ann_id),
            phone: None,
            key: None,
        };
        let placed = bench.exchange.call_back(&bench.world.actor, &new).await.unwrap();
        is_taken_up(ann).await;
        ann.send_digits("1").await;
        is_taken_up(caller).await;
        tokio::time::sleep(Duration::from_millis(1500)).await;
        caller.hang_up().await;
        ann.until("CALL_CLOSED").await;
        hears(&bench, ann, caller);
        let back = last_call(&bench.world, &group).await;
        assert_eq!((back.origin, back.answers), (placed.origin, Some(missed.origin)));
        assert_eq!(back.result, CallResult::Answered);
        bench.is_quiet().await;
        crate::calls::is_free_of_channels(&bench).await;
    })
    .await;
}
