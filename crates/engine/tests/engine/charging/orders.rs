//! All orders and repeats of up to six events of a call, through the combiner and the database: one ledger.

use std::collections::BTreeSet;

use domain::time::Instant;
use engine::customers::Customer;
use engine::ledger;
use serde_json::json;

use super::*;
use crate::world::on_both;

/// The events of a call, as its switch and the engine's own watch send them.
const EVENTS: [&str; 6] = ["authorize", "answer", "extend", "heartbeat", "watch", "settle"];

/// Every order of all six events, and every sequence of up to six in which those that make a call (authorize, answer, extend, settle)
/// all occur, some of them twice or more.
fn sequences() -> BTreeSet<Vec<&'static str>> {
    let mut sequences: Vec<Vec<&'static str>> = vec![Vec::new()];
    let mut all = BTreeSet::new();
    for _ in 0..6 {
        sequences = sequences.iter().flat_map(longer).collect();
        let whole = |sequence: &&Vec<&str>| {
            let kinds: BTreeSet<&str> = sequence.iter().copied().collect();
            let call = ["authorize", "answer", "extend", "settle"].iter().all(|event| kinds.contains(event));
            call && (kinds.len() == 4 || kinds.len() == 6)
        };
        all.extend(sequences.iter().filter(whole).cloned());
    }
    all
}

#[allow(clippy::ptr_arg, reason = "it is mapped over a list of lists")]
fn longer(sequence: &Vec<&'static str>) -> [Vec<&'static str>; 6] {
    EVENTS.map(|event| [&sequence[..], &[event]].concat())
}

/// A call, and when it is talked.
struct Talk {
    new: NewSession,
    begins: Instant,
    ends: Instant,
}

/// Sends an event; says whether it was taken. One that comes before the session is known is not, and is sent again later.
async fn send(world: &World, event: &str, talk: &Talk, known: &mut Option<String>) -> bool {
    if event == "authorize" {
        *known = Some(authorize(world, talk.new.clone()).await.unwrap().session);
        return true;
    }
    let Some(id) = known.clone() else { return false };
    let what = match event {
        "answer" => Step::Answer { answered_at: Some(talk.begins) },
        "extend" => Step::Extend,
        "heartbeat" => Step::Beat,
        "watch" => Step::Tend,
        _ => {
            let answered_at = Some(talk.begins);
            Step::Settle(Ending { answered_at, ended_at: EndsAt::At(talk.ends), disposition: None, cause: None })
        }
    };
    // What is too late or too early is refused, and changes nothing.
    verdict(ask(world, Some(event), What::Step { session: id, step: what }).await).is_ok()
}

/// The ledger of a call: its entries without what tells one call from another.
async fn entries(world: &World, call: &str) -> Vec<(String, String, String, i64)> {
    let entries = ledger::caused_by(&mut world.view().await, call).await.unwrap();
    let shown = entries.into_iter().map(|entry| {
        let part = entry.key.replace(call, "");
        (part, entry.kind, entry.to_account, entry.amount)
    });
    shown.collect()
}

async fn play(world: &World, customer: &Customer, line: &Line) {
    let sequences = sequences();
    assert_eq!(sequences.len(), 720 + 24 + 240 + 1560);
    let begins = wait(world, 0);
    let ends = Instant::clamped(begins.millis() + 45_000);
    let begun = sequences.iter().enumerate().map(|(number, events)| async move {
        let talk = Talk { new: call(&format!("{}:{number}", customer.id), line), begins, ends };
        let mut known = None;
        // What comes before the session is opened finds none.
        let opened = events.iter().position(|event| *event == "authorize").unwrap();
        for event in &events[..=opened] {
            send(world, event, &talk, &mut known).await;
        }
        (talk, known, &events[opened + 1..])
    });
    let begun = futures::future::join_all(begun).await;
    world.clock.move_to(ends);
    let calls = begun.into_iter().map(|(talk, mut known, events)| async move {
        for event in events {
            send(world, event, &talk, &mut known).await;
        }
        // Who got no answer, or was too early, sends again.
        for event in ["authorize", "settle"] {
            assert!(send(world, event, &talk, &mut known).await, "{events:?}: {event}");
        }
        known.unwrap()
    });
    let mut ledgers = BTreeSet::new();
    for id in futures::future::join_all(calls).await {
        ledgers.insert(entries(world, &id).await);
    }
    let whole = [("/income".to_owned(), "call".to_owned(), "income".to_owned(), 450_000)];
    assert_eq!(ledgers, BTreeSet::from([whole.to_vec()]));
    let charged = amount("0.45").micros() * i64::try_from(sequences.len()).unwrap();
    assert_eq!(account(world, customer).await.1, amount("0"));
    assert_eq!(account(world, customer).await.0, Amount::from_micros(amount("2000").micros() - charged));
}

#[tokio::test]
async fn one_ledger_in_whatever_order_and_however_often_events_come() {
    on_both(async |world: World| {
        let rate = json!({"price_per_minute": "0.60", "increment_seconds": 1});
        let (customer, line) = prepaid(&world, "2000", rate.clone()).await;
        let postpaid = world.customer("Postpaid").await;
        top_up(&world, &postpaid, "2000").await;
        let plan = world.plan("Postpaid", json!({"rate": rate})).await;
        let other = world.line(&postpaid, "0002", &plan).await;
        play(&world, &customer, &line).await;
        play(&world, &postpaid, &other).await;
        assert_eq!(world.faults().await, [""; 0]);
    })
    .await;
}
