//! A PostgreSQL that is not there, goes away, or does not answer.

use std::str::FromStr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use sqlx::postgres::PgConnectOptions;
use storage::{Error, Store, ledger, retry};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::task::JoinHandle;

use crate::databases::{drop_postgres, execute, fresh_postgres};
use crate::records::change;

/// The most that a caller waits for a database that is gone.
const SOON: Duration = Duration::from_millis(6500);

/// A door to the server that can be shut: all connections through it are cut, and no new one is let in.
struct Door {
    address: String,
    open: JoinHandle<()>,
}

impl Door {
    async fn to(database: &str) -> Door {
        let server = PgConnectOptions::from_str(database).unwrap();
        let (host, port) = (server.get_host().to_owned(), server.get_port());
        let socket = server.get_socket().map(|folder| folder.join(format!(".s.PGSQL.{port}")));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!(
            "postgres://{}@127.0.0.1:{}/{}",
            server.get_username(),
            listener.local_addr().unwrap().port(),
            server.get_database().unwrap()
        );
        let open = tokio::spawn(async move {
            let mut through = tokio::task::JoinSet::new();
            while let Ok((mut inside, _)) = listener.accept().await {
                match &socket {
                    Some(socket) => {
                        let mut outside = UnixStream::connect(socket).await.unwrap();
                        through.spawn(async move { tokio::io::copy_bidirectional(&mut inside, &mut outside).await })
                    }
                    None => {
                        let mut outside = TcpStream::connect((host.as_str(), port)).await.unwrap();
                        through.spawn(async move { tokio::io::copy_bidirectional(&mut inside, &mut outside).await })
                    }
                };
            }
        });
        Door { address, open }
    }
}

async fn add(store: &Store, amount: i64) -> Result<(), Error> {
    let mut tx = store.write().await?;
    ledger::change_accounts(&mut tx, 1, &[change("cus_1", amount)]).await?;
    tx.commit().await
}

async fn balance(store: &Store) -> i64 {
    let mut tx = store.read().await.unwrap();
    ledger::account(&mut tx, 1, "cus_1", "USD").await.unwrap().unwrap().balance
}

#[tokio::test]
async fn a_server_that_is_not_there_is_told_at_once() {
    let port = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    let began = Instant::now();
    let refused = Store::open(&format!("postgres://nobody@127.0.0.1:{port}/nowhere")).await.unwrap_err();
    assert!(matches!(refused, Error::Unavailable(_)), "{refused:?}");
    assert!(refused.to_string().contains("refused"), "{refused}");
    assert!(began.elapsed() < SOON);
}

#[tokio::test]
async fn a_server_that_says_nothing_is_not_waited_for_for_ever() {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("postgres://nobody@127.0.0.1:{}/nowhere", silent.local_addr().unwrap().port());
    let began = Instant::now();
    let refused = Store::open(&address).await.unwrap_err();
    assert!(matches!(refused, Error::Unavailable(_)), "{refused:?}");
    assert!(began.elapsed() < SOON);
}

#[tokio::test]
async fn a_database_that_is_not_there_is_named() {
    let address = fresh_postgres().await;
    drop_postgres(&address).await;
    let refused = Store::open(&address).await.unwrap_err();
    let (_, name) = address.rsplit_once('/').unwrap();
    assert!(matches!(refused, Error::Refused(_)) && refused.to_string().contains(name), "{refused:?}");
}

#[tokio::test]
async fn what_a_lost_connection_had_not_committed_may_be_tried_again() {
    let database = fresh_postgres().await;
    let store = Store::open(&database).await.unwrap();
    store.migrate().await.unwrap();
    let lost = AtomicBool::new(false);
    retry(async || {
        let mut tx = store.write().await?;
        ledger::change_accounts(&mut tx, 1, &[change("cus_1", 5)]).await?;
        if !lost.swap(true, Ordering::Relaxed) {
            let others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                WHERE datname = current_database() AND pid <> pg_backend_pid()";
            execute(&database, others).await;
        }
        ledger::change_accounts(&mut tx, 1, &[change("cus_1", 5)]).await?;
        tx.commit().await
    })
    .await
    .unwrap();
    assert_eq!((lost.into_inner(), balance(&store).await), (true, 10));
    store.close().await;
    drop_postgres(&database).await;
}

#[tokio::test]
async fn a_server_that_goes_away_is_unavailable_until_it_is_back() {
    let database = fresh_postgres().await;
    let door = Door::to(&database).await;
    let store = Store::open(&door.address).await.unwrap();
    store.migrate().await.unwrap();
    add(&store, 1).await.unwrap();
    let mut tx = store.write().await.unwrap();
    ledger::change_accounts(&mut tx, 1, &[change("cus_1", 1)]).await.unwrap();
    door.open.abort();
    let broken_off = ledger::change_accounts(&mut tx, 1, &[change("cus_1", 1)]).await;
    assert!(matches!(broken_off, Err(Error::TryAgain(_))), "{broken_off:?}");
    assert!(matches!(tx.commit().await, Err(Error::StatementFailed)));
    let began = Instant::now();
    let gone = retry(async || add(&store, 1).await).await;
    assert!(matches!(gone, Err(Error::Unavailable(_))), "{gone:?}");
    assert!(began.elapsed() < SOON, "{:?}", began.elapsed());
    let back = Store::open(&database).await.unwrap();
    assert_eq!(balance(&back).await, 1, "what was not committed is undone");
    back.close().await;
    drop_postgres(&database).await;
}

#[tokio::test]
async fn a_lock_is_not_waited_for_for_ever() {
    let database = fresh_postgres().await;
    let store = Store::open(&database).await.unwrap();
    store.migrate().await.unwrap();
    let mut holder = store.write().await.unwrap();
    ledger::change_accounts(&mut holder, 1, &[change("cus_1", 1)]).await.unwrap();
    let began = Instant::now();
    let waited = add(&store, 1).await;
    assert!(matches!(waited, Err(Error::TryAgain(_))), "{waited:?}");
    let waited = began.elapsed();
    assert!(waited >= Duration::from_millis(1900) && waited < Duration::from_secs(4), "{waited:?}");
    // Nor again and again.
    let began = Instant::now();
    let waited = retry(async || add(&store, 1).await).await;
    assert!(matches!(waited, Err(Error::TryAgain(_))), "{waited:?}");
    assert!(began.elapsed() < Duration::from_secs(4), "{:?}", began.elapsed());
    drop(holder);
    add(&store, 1).await.unwrap();
    store.close().await;
    drop_postgres(&database).await;
}
