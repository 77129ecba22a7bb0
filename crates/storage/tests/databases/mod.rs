//! Fresh databases for tests: one SQLite file, one PostgreSQL database each.

use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::{AssertSqlSafe, Connection};
use storage::Store;

/// Runs a case on a fresh database of each engine.
pub(crate) async fn on_both(case: impl AsyncFn(Store)) {
    on_both_at(async |store, _address: String| case(store).await).await;
}

/// The same for a case that needs the address too.
pub(crate) async fn on_both_at(case: impl AsyncFn(Store, String)) {
    let folder = tempfile::tempdir().unwrap();
    let sqlite = format!("sqlite://{}/tollgate.db", folder.path().display());
    let postgres = fresh_postgres().await;
    for address in [&sqlite, &postgres] {
        let store = Store::open(address).await.unwrap();
        store.migrate().await.unwrap();
        case(store.clone(), address.clone()).await;
        store.close().await;
    }
    drop_postgres(&postgres).await;
}

/// The address of a new, empty PostgreSQL database on the test server.
pub(crate) async fn fresh_postgres() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let name = format!("test_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
    let server = server();
    execute(&server, &format!("CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")).await;
    let (base, _) = server.rsplit_once('/').expect("the server's address ends in a database");
    format!("{base}/{name}")
}

/// Removes a database that [`fresh_postgres`] made. That of a test that fails stays, to be looked at.
pub(crate) async fn drop_postgres(address: &str) {
    let (_, name) = address.rsplit_once('/').unwrap();
    execute(&server(), &format!("DROP DATABASE {name} WITH (FORCE)")).await;
}

/// Runs a statement past the crate's doors.
pub(crate) async fn execute(address: &str, statement: &str) {
    let statement = sqlx::raw_sql(AssertSqlSafe(statement.to_owned()));
    if address.starts_with("sqlite://") {
        let mut connection = sqlx::SqliteConnection::connect(address).await.unwrap();
        statement.execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    } else {
        let mut connection = sqlx::PgConnection::connect(address).await.unwrap();
        statement.execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    }
}

/// The address of the server for tests, with a database that all tests share.
pub(crate) fn server() -> String {
    std::env::var("TOLLGATE_TEST_POSTGRES_URL")
        .expect("TOLLGATE_TEST_POSTGRES_URL names the PostgreSQL server for tests: `make test` starts one and sets it")
}
