//! SQLite's one writer and its readers.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use storage::{Error, Store, ledger};

use crate::records::change;

async fn fresh() -> (tempfile::TempDir, String, Store) {
    let folder = tempfile::tempdir().unwrap();
    let address = format!("sqlite://{}/tollgate.db", folder.path().display());
    let store = Store::open(&address).await.unwrap();
    store.migrate().await.unwrap();
    (folder, address, store)
}

#[tokio::test]
async fn readers_go_on_while_one_writes() {
    let (_folder, _, store) = fresh().await;
    let mut writer = store.write().await.unwrap();
    ledger::change_accounts(&mut writer, 1, &[change("cus_1", 1)]).await.unwrap();
    let readers = (0..8).map(|_| async {
        let mut tx = store.read().await.unwrap();
        ledger::account(&mut tx, 1, "cus_1", "USD").await.unwrap()
    });
    let seen = tokio::time::timeout(Duration::from_secs(3), futures::future::join_all(readers)).await;
    assert_eq!(seen.expect("nobody waits"), vec![None; 8], "nor sees what is not committed");
    writer.commit().await.unwrap();
}

#[tokio::test]
async fn two_hundred_writers_at_once_all_get_through_in_their_order() {
    let (_folder, _, store) = fresh().await;
    let first = store.write().await.unwrap();
    let order = Arc::new(Mutex::new(Vec::new()));
    let mut writers = Vec::new();
    for n in 0..200 {
        let (writer, order) = (store.clone(), order.clone());
        writers.push(tokio::spawn(async move {
            let mut tx = writer.write().await?;
            order.lock().unwrap().push(n);
            ledger::change_accounts(&mut tx, 1, &[change("cus_1", 1)]).await?;
            tx.commit().await
        }));
        // One that gives up leaves the queue without harm.
        let gives_up = tokio::time::timeout(Duration::from_micros(100), store.write()).await;
        assert!(gives_up.is_err(), "the first still writes");
    }
    drop(first);
    for writer in writers {
        writer.await.unwrap().unwrap();
    }
    assert_eq!(*order.lock().unwrap(), (0..200).collect::<Vec<_>>());
    let mut tx = store.read().await.unwrap();
    assert_eq!(ledger::account(&mut tx, 1, "cus_1", "USD").await.unwrap().unwrap().balance, 200);
}

#[tokio::test]
async fn a_long_write_makes_others_wait_and_another_process_try_again() {
    let (_folder, address, store) = fresh().await;
    let other_process = Store::open(&address).await.unwrap();
    let mut long = store.write().await.unwrap();
    ledger::change_accounts(&mut long, 1, &[change("cus_1", 1)]).await.unwrap();
    let began = Instant::now();
    let outside = async {
        let refused = other_process.write().await.map(drop);
        assert!(matches!(refused, Err(Error::TryAgain(_))), "{refused:?}");
        assert!(began.elapsed() >= Duration::from_secs(4), "it has waited before: {:?}", began.elapsed());
        long.commit().await.unwrap();
    };
    let inside = async {
        let mut tx = store.write().await.expect("its turn comes, however late");
        ledger::change_accounts(&mut tx, 1, &[change("cus_1", 1)]).await.unwrap();
        tx.commit().await.unwrap();
    };
    tokio::join!(outside, inside);
    assert!(other_process.write().await.is_ok());
}
