//! Many programs on one PostgreSQL: 64 engines, each with a combiner of its own, on one account and the same sessions.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use engine::{Actor, Engine, books};
use serde_json::json;
use storage::Store;

use super::*;
use crate::databases;

const ENGINES: usize = 64;
const CALLERS: usize = 1_000;
/// For how many of the callers the balance is enough.
const ENOUGH: usize = 500;

/// What became of a race, as somebody sees who looks at it from outside: empty, if all is as it has to be.
async fn race() -> Vec<String> {
    let address = databases::fresh_postgres().await;
    let store = Store::open(&address).await.unwrap();
    store.migrate().await.unwrap();
    let world = World::founded(store.clone()).await;
    let (customer, line) = prepaid(&world, "500", json!({"price_per_minute": "1.00"})).await;
    let mut engines = Vec::new();
    for _ in 0..ENGINES {
        let store = Store::open(&address).await.unwrap();
        engines.push(Engine::new(store, Arc::new(world.clock.clone())));
    }
    let mut faults = Vec::new();

    // Everybody calls at once.
    let calls = (0..CALLERS).map(|caller| {
        let what = What::Authorize(call(&format!("pbx:{caller}"), &line));
        charge(&engines[caller % ENGINES], what)
    });
    let (mut sessions, mut words) = (BTreeSet::new(), BTreeMap::new());
    for reply in futures::future::join_all(calls).await {
        let word = match reply {
            Ok(Reply::Granted(grant)) => {
                sessions.insert(grant.session);
                "accepted".to_owned()
            }
            Err(ChargingError::Refused(Refused::InsufficientBalance { .. })) => "refused".to_owned(),
            other => format!("{other:?}"),
        };
        *words.entry(word).or_insert(0) += 1;
    }
    if words != BTreeMap::from([("accepted".to_owned(), ENOUGH), ("refused".to_owned(), CALLERS - ENOUGH)]) {
        faults.push(format!("of {CALLERS} callers on a balance for {ENOUGH}: {words:?}"));
    }
    faults.extend(looked_at(&world, &customer).await);

    // Half of them are given up; the others are answered, and their money is asked for again, by four engines at once.
    let answered_at = wait(&world, 1);
    let sessions: Vec<&String> = sessions.iter().collect();
    let (given_up, answered) = sessions.split_at(sessions.len() / 2);
    faults.extend(by_four(&engines, given_up, &Step::Release).await);
    faults.extend(by_four(&engines, answered, &Step::Answer { answered_at: Some(answered_at) }).await);
    let now = wait(&world, 50);
    faults.extend(by_four(&engines, answered, &Step::Extend).await);
    faults.extend(looked_at(&world, &customer).await);
    faults.extend(by_four(&engines, answered, &end_at(now)).await);
    faults.extend(looked_at(&world, &customer).await);

    let left = Amount::from_micros((500 - i64::try_from(answered.len()).unwrap()) * 1_000_000);
    let (balance, held) = account(&world, &customer).await;
    if (balance, held) != (left, Amount::ZERO) {
        faults.push(format!("{balance} is left, of which {held} is held; it should be {left} and nothing"));
    }
    for engine in &engines {
        engine.store().close().await;
    }
    store.close().await;
    databases::drop_postgres(&address).await;
    faults
}

async fn charge(engine: &Engine, what: What) -> Result<Reply, ChargingError> {
    engine.charge(1, Request { owner: PBX.to_owned(), key: None, what }).await
}

/// The same step of each of these sessions, by four engines at once: the errors.
async fn by_four(engines: &[Engine], sessions: &[&String], step: &Step) -> Vec<String> {
    let each = sessions.iter().enumerate().flat_map(|(number, session)| {
        (0..4).map(move |turn| {
            let what = What::Step { session: (*session).clone(), step: step.clone() };
            charge(&engines[(number + turn * 16) % ENGINES], what)
        })
    });
    let replies = futures::future::join_all(each).await;
    replies.into_iter().filter_map(Result::err).map(|error| error.to_string()).collect()
}

/// What does not add up: in the books, or since more is held than there is.
async fn looked_at(world: &World, customer: &Customer) -> Vec<String> {
    let mut view = world.engine.view(&Actor::program(1, "test")).await.unwrap();
    let mut faults = books::check(&mut view).await.unwrap().faults;
    let (balance, held) = account(world, customer).await;
    if held > balance {
        faults.push(format!("{held} is held of {balance}"));
    }
    faults
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sixty_four_engines_on_one_balance_and_the_same_sessions() {
    assert_eq!(race().await, [""; 0]);
}
