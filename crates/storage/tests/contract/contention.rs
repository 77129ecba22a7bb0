//! Transactions that meet.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use storage::calls::CallRecord;
use storage::{Engine, Error, Store, calls, ledger, retry};

use crate::databases::on_both;
use crate::records::{call, change};

const A_WHILE: Duration = Duration::from_millis(150);

async fn balance(store: &Store, account: &str) -> i64 {
    let mut tx = store.read().await.unwrap();
    ledger::account(&mut tx, 1, account, "USD").await.unwrap().map_or(0, |account| account.balance)
}

#[tokio::test]
async fn a_locked_account_is_not_read_for_writing_before_its_lock_ends() {
    on_both(async |store: Store| {
        let mut tx = store.write().await.unwrap();
        ledger::change_accounts(&mut tx, 1, &[change("cus_1", 10), change("cus_2", 10)]).await.unwrap();
        calls::insert_new(&mut tx, 1, &[call("call_1", 1)]).await.unwrap();
        tx.commit().await.unwrap();

        let mut tx = store.write().await.unwrap();
        ledger::lock_accounts(&mut tx, 1, &[("cus_1", "USD")]).await.unwrap();
        calls::lock_by_origin(&mut tx, 1, "test:call_1").await.unwrap();
        let other = store.clone();
        let account = tokio::spawn(async move {
            let mut tx = other.write().await.unwrap();
            ledger::lock_accounts(&mut tx, 1, &[("cus_1", "USD"), ("cus_2", "USD")]).await.unwrap()[0].balance
        });
        let other = store.clone();
        let total = tokio::spawn(async move {
            let mut tx = other.write().await.unwrap();
            calls::lock_by_origin(&mut tx, 1, "test:call_1").await.unwrap().unwrap().total
        });
        tokio::time::sleep(A_WHILE).await;
        assert!(!account.is_finished() && !total.is_finished(), "both wait");
        assert_eq!(balance(&store, "cus_1").await, 10, "one that only reads does not");
        ledger::change_accounts(&mut tx, 1, &[change("cus_1", -4)]).await.unwrap();
        calls::replace(&mut tx, 1, &CallRecord { total: Some(7), version: 2, ..call("call_1", 1) }).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!((account.await.unwrap(), total.await.unwrap()), (6, Some(7)), "what the first has left");
    })
    .await;
}

#[tokio::test]
async fn forty_writers_to_the_same_accounts_lose_nothing_and_never_wait_in_a_circle() {
    on_both(async |store: Store| {
        let writers = (0..40_usize).map(|n| {
            let store = store.clone();
            tokio::spawn(async move {
                let mut changes: Vec<_> = (0..200).map(|account| change(&format!("cus_{account}"), account)).collect();
                changes.rotate_left(n * 5);
                let mut tx = store.write().await.unwrap();
                ledger::change_accounts(&mut tx, 1, &changes).await.unwrap();
                tx.commit().await.unwrap();
            })
        });
        for writer in writers.collect::<Vec<_>>() {
            writer.await.unwrap();
        }
        for account in 0..200 {
            assert_eq!(balance(&store, &format!("cus_{account}")).await, 40 * account, "{account}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_transaction_that_a_deadlock_broke_off_succeeds_when_it_is_tried_again() {
    on_both(async |store: Store| {
        // Each changes one account, waits until the other has changed its own, and then wants the other's.
        let meeting = tokio::sync::Barrier::new(2);
        let attempts = AtomicU32::new(0);
        let cross = async |first: &'static str, second: &'static str| {
            let met = AtomicBool::new(false);
            retry(async || {
                attempts.fetch_add(1, Ordering::Relaxed);
                let mut tx = store.write().await?;
                ledger::change_accounts(&mut tx, 1, &[change(first, 1)]).await?;
                if !met.swap(true, Ordering::Relaxed) && store.engine() == Engine::Postgres {
                    meeting.wait().await;
                }
                ledger::change_accounts(&mut tx, 1, &[change(second, 1)]).await?;
                tx.commit().await
            })
            .await
        };
        let (one, two) = tokio::join!(cross("cus_1", "cus_2"), cross("cus_2", "cus_1"));
        one.and(two).unwrap();
        assert_eq!((balance(&store, "cus_1").await, balance(&store, "cus_2").await), (2, 2));
        // SQLite's one writer cannot meet another.
        let expected = if store.engine() == Engine::Postgres { 3 } else { 2 };
        assert_eq!(attempts.into_inner(), expected);
    })
    .await;
}

#[tokio::test]
async fn a_transaction_is_tried_five_times_at_most_and_only_where_that_may_help() {
    let again = || Error::TryAgain(sqlx::Error::PoolTimedOut);
    for (fails, error, attempts, succeeds) in [
        (0, again as fn() -> Error, 1, true),
        (4, again, 5, true),
        (9, again, 5, false),
        (1, || Error::Unavailable(sqlx::Error::PoolTimedOut), 1, false),
        (1, || Error::StatementFailed, 1, false),
    ] {
        let mut made = 0;
        let outcome = retry(|| {
            made += 1;
            let outcome = if made > fails { Ok(()) } else { Err(error()) };
            async { outcome }
        })
        .await;
        assert_eq!((made, outcome.is_ok()), (attempts, succeeds), "{:?} {fails} times", error());
    }
}

#[tokio::test]
async fn the_same_calls_from_two_sides_are_written_once() {
    on_both(async |store: Store| {
        let side = |prefix: &str, reversed: bool| {
            let mut calls: Vec<_> =
                (0..200).map(|n| CallRecord { id: format!("{prefix}_{n}"), ..call(&format!("call_{n}"), n) }).collect();
            if reversed {
                calls.reverse();
            }
            calls
        };
        let write = async |batch: Vec<CallRecord>| {
            retry(async || {
                let mut tx = store.write().await?;
                let mut new = 0;
                for some in batch.chunks(20) {
                    new += calls::insert_new(&mut tx, 1, some).await?.len();
                    tokio::task::yield_now().await;
                }
                tx.commit().await.map(|()| new)
            })
            .await
        };
        let (one, two) = tokio::join!(write(side("a", false)), write(side("b", true)));
        assert_eq!(one.unwrap() + two.unwrap(), 200);
    })
    .await;
}

#[tokio::test]
async fn a_reader_sees_one_state_from_its_first_question_on() {
    on_both(async |store: Store| {
        let change_by = async |amount| {
            let mut tx = store.write().await.unwrap();
            ledger::change_accounts(&mut tx, 1, &[change("cus_1", amount)]).await.unwrap();
            tx.commit().await.unwrap();
        };
        change_by(1).await;
        let mut reader = store.read().await.unwrap();
        let before = ledger::account(&mut reader, 1, "cus_1", "USD").await.unwrap();
        change_by(1).await;
        assert_eq!(ledger::account(&mut reader, 1, "cus_1", "USD").await.unwrap(), before);
        assert_eq!(balance(&store, "cus_1").await, 2);
    })
    .await;
}

#[tokio::test]
async fn what_is_dropped_or_broken_off_is_not_there_and_blocks_nobody() {
    on_both(async |store: Store| {
        let mut tx = store.write().await.unwrap();
        ledger::change_accounts(&mut tx, 1, &[change("cus_1", 1)]).await.unwrap();
        drop(tx);
        for patience in (0..20).map(Duration::from_micros).map(|step| step * 200) {
            let broken_off = async {
                let mut tx = store.write().await.unwrap();
                loop {
                    ledger::change_accounts(&mut tx, 1, &[change("cus_1", 1)]).await.unwrap();
                }
            };
            let outcome: Result<(), _> = tokio::time::timeout(patience, broken_off).await;
            assert!(outcome.is_err());
        }
        let mut tx = store.write().await.unwrap();
        ledger::change_accounts(&mut tx, 1, &[change("cus_1", 5)]).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(balance(&store, "cus_1").await, 5);
    })
    .await;
}

#[tokio::test]
async fn a_transaction_with_a_statement_that_nobody_waited_for_is_not_committed() {
    on_both(async |store: Store| {
        loop {
            let mut tx = store.write().await.unwrap();
            let statement = [change("cus_1", 1)];
            let outcome = tokio::time::timeout(Duration::ZERO, ledger::change_accounts(&mut tx, 1, &statement)).await;
            if outcome.is_err() {
                assert!(matches!(tx.commit().await, Err(Error::StatementFailed)));
                break;
            }
        }
        assert_eq!(balance(&store, "cus_1").await, 0);
    })
    .await;
}
