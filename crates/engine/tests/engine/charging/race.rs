//! Many programs on one PostgreSQL: 64 engines, each with a combiner of its own, on one account and the same sessions.

use std::collections::BTreeMap;
use std::sync::Arc;

use engine::{Actor, Engine, books};
use serde_json::json;
use storage::Store;
use storage::faults::{Faults, Guard};

use super::*;
use crate::databases;

const ENGINES: usize = 64;
const CALLERS: usize = 1_000;
/// For how many of the callers the balance is enough.
const ENOUGH: usize = 500;

/// What became of a race without some guards, as somebody sees who looks at it from outside: empty, if all is as it has to be.
async fn race(missing: &[Guard]) -> Vec<String> {
    let address = databases::fresh_postgres().await;
    let store = Store::open(&address).await.unwrap();
    store.migrate().await.unwrap();
    let world = World::founded(store.clone()).await;
    let (customer, line) = prepaid(&world, "500", json!({"price_per_minute": "1.00"})).await;
    let mut engines = Vec::new();
    for _ in 0..ENGINES {
        let store = Store::open(&address).await.unwrap().with_faults(Faults::new(missing)).await.unwrap();
        engines.push(Engine::new(store, Arc::new(world.clock.clone())));
    }
    let (sessions, mut faults) = all_call_at_once(&engines, &line).await;
    faults.extend(looked_at(&world, &customer).await);
    faults.extend(talk_and_end(&world, &engines, &customer, &sessions).await);
    faults.extend(late_ends(&world, &engines).await);
    for engine in &engines {
        engine.store().close().await;
    }
    store.close().await;
    databases::drop_postgres(&address).await;
    faults
}

/// Everybody calls at once: the sessions, and what is wrong with their number.
async fn all_call_at_once(engines: &[Engine], line: &Line) -> (Vec<String>, Vec<String>) {
    let calls = (0..CALLERS).map(|caller| {
        let what = What::Authorize(call(&format!("pbx:{caller}"), line));
        charge(&engines[caller % ENGINES], what)
    });
    let (mut sessions, mut words) = (Vec::new(), BTreeMap::new());
    for reply in futures::future::join_all(calls).await {
        let word = match reply {
            Ok(Reply::Granted(grant)) => {
                sessions.push(grant.session);
                "accepted".to_owned()
            }
            Err(ChargingError::Refused(Refused::InsufficientBalance { .. })) => "refused".to_owned(),
            other => format!("{other:?}"),
        };
        *words.entry(word).or_insert(0) += 1;
    }
    let right = words == BTreeMap::from([("accepted".to_owned(), ENOUGH), ("refused".to_owned(), CALLERS - ENOUGH)]);
    let wrong = (!right).then(|| format!("of {CALLERS} callers on a balance for {ENOUGH}: {words:?}"));
    (sessions, wrong.into_iter().collect())
}

/// Half of them are given up; the others are answered, and their money is asked for again, each by four engines at once.
async fn talk_and_end(world: &World, engines: &[Engine], customer: &Customer, sessions: &[String]) -> Vec<String> {
    let (given_up, answered) = sessions.split_at(sessions.len() / 2);
    let answered_at = Some(wait(world, 1));
    let mut faults = by_four(engines, given_up, &Step::Release).await;
    faults.extend(by_four(engines, answered, &Step::Answer { answered_at }).await);
    let now = wait(world, 50);
    faults.extend(by_four(engines, answered, &Step::Extend).await);
    faults.extend(looked_at(world, customer).await);
    faults.extend(by_four(engines, answered, &end_at(now)).await);
    faults.extend(looked_at(world, customer).await);
    let left = Amount::from_micros((500 - i64::try_from(answered.len()).unwrap()) * 1_000_000);
    let (balance, held) = account(world, customer).await;
    if (balance, held) != (left, Amount::ZERO) {
        faults.push(format!("{balance} is left with {held} set aside; it should be {left} and nothing"));
    }
    faults
}

/// Forty calls are lost, and forty others hold nearly all that is left when the true ends of the first come, from all engines at once:
/// they are charged for as far as there is money, and no further.
async fn late_ends(world: &World, engines: &[Engine]) -> Vec<String> {
    let customer = world.prepaid_customer("Late").await;
    top_up(world, &customer, "45").await;
    let rate = json!({"price_per_minute": "1.00", "increment_seconds": 1});
    let plan = world.plan("Late", json!({"kind": "prepaid", "rate": rate})).await;
    let line = world.line(&customer, "0009", &plan).await;
    let first = open_forty(engines, &line, "first").await;
    let answered_at = wait(world, 1);
    let mut faults = by_one(engines, &first, &Step::Answer { answered_at: Some(answered_at) }).await;
    wait(world, 1);
    faults.extend(by_one(engines, &first, &Step::Beat).await);
    wait(world, 120);
    faults.extend(by_one(engines, &first, &Step::Tend).await);
    open_forty(engines, &line, "second").await;
    let ended_at = Instant::clamped(answered_at.millis() + 60_000);
    faults.extend(by_one(engines, &first, &end_at(ended_at)).await);
    faults.extend(looked_at(world, &customer).await);
    faults
}

async fn open_forty(engines: &[Engine], line: &Line, name: &str) -> Vec<String> {
    let calls = (0..40).map(|caller| {
        let what = What::Authorize(call(&format!("{name}:{caller}"), line));
        charge(&engines[caller % ENGINES], what)
    });
    let replies = futures::future::join_all(calls).await;
    let session = |reply: Result<Reply, ChargingError>| match reply {
        Ok(Reply::Granted(grant)) => Some(grant.session),
        _ => None,
    };
    replies.into_iter().filter_map(session).collect()
}

/// The same step of each of these sessions at once, each by another engine: the errors.
async fn by_one(engines: &[Engine], sessions: &[String], step: &Step) -> Vec<String> {
    let each = sessions.iter().enumerate().map(|(number, session)| {
        let what = What::Step { session: session.clone(), step: step.clone() };
        charge(&engines[number % ENGINES], what)
    });
    let replies = futures::future::join_all(each).await;
    replies.into_iter().filter_map(Result::err).map(|error| error.to_string()).collect()
}

async fn charge(engine: &Engine, what: What) -> Result<Reply, ChargingError> {
    engine.charge(1, Request { owner: PBX.to_owned(), key: None, what }).await
}

/// The same step of each of these sessions, by four engines at once: the errors.
async fn by_four(engines: &[Engine], sessions: &[String], step: &Step) -> Vec<String> {
    let each = sessions.iter().enumerate().flat_map(|(number, session)| {
        (0..4).map(move |turn| {
            let what = What::Step { session: session.clone(), step: step.clone() };
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
    assert_eq!(race(&[]).await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_the_lock_of_accounts_the_race_is_lost() {
    assert_ne!(race(&[Guard::Lock]).await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_the_guard_of_what_is_saved_the_race_is_lost() {
    assert_ne!(race(&[Guard::Version]).await, [""; 0]);
}

/// As long as accounts are locked, nobody grants what is no longer there. The guard on what they hold is for the day on which
/// somebody does.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_lock_and_guard_of_accounts_more_is_granted_than_there_is() {
    let too_many = |faults: Vec<String>| faults.iter().any(|fault| fault.contains("callers on a balance for"));
    assert!(too_many(race(&[Guard::Lock, Guard::Available]).await));
}
