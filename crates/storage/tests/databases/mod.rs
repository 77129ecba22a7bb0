//! Fresh databases for tests: one SQLite file, one PostgreSQL database each.

use std::sync::atomic::{AtomicU32, Ordering};

use storage::Store;

/// Runs a case on a fresh database of each engine.
pub(crate) async fn on_both(case: impl AsyncFn(Store)) {
    let folder = tempfile::tempdir().unwrap();
    let sqlite = Store::open(&format!("sqlite://{}/tollgate.db", folder.path().display())).await.unwrap();
    sqlite.migrate().await.unwrap();
    case(sqlite).await;

    let postgres = Store::open(&fresh_postgres().await).await.unwrap();
    postgres.migrate().await.unwrap();
    case(postgres).await;
}

/// The address of a new, empty PostgreSQL database on the test server.
pub(crate) async fn fresh_postgres() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let server = std::env::var("TOLLGATE_TEST_POSTGRES_URL")
        .expect("TOLLGATE_TEST_POSTGRES_URL names the PostgreSQL server for tests: `make test` starts one and sets it");
    let name = format!("test_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
    let (base, _) = server.rsplit_once('/').expect("the server's address ends in a database");
    let admin = sqlx::PgPool::connect(&server).await.unwrap();
    let create = format!("CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'");
    sqlx::query(sqlx::AssertSqlSafe(create)).execute(&admin).await.unwrap();
    admin.close().await;
    format!("{base}/{name}")
}
