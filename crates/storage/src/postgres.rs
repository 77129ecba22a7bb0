//! How PostgreSQL is reached.

use std::time::Duration;

use sqlx::postgres::{PgPool, PgPoolOptions};
use sqlx::{ConnectOptions, Connection, Postgres, Transaction};

use crate::Error;
use crate::primary::{self, Servers};
use crate::transaction::within;

/// Longest wait for a connection in which a transaction has begun, and for a commit: whoever asked is to know within five seconds that the database
/// is away, on a machine that has much else to do, too. A commit may wait for a standby, about which `statement_timeout` does not care.
pub(crate) const PATIENCE: Duration = Duration::from_secs(4);
/// What of that is always left for the commit, however long its transaction has waited before.
pub(crate) const COMMIT_PATIENCE: Duration = Duration::from_secs(2);
/// Longest wait for a server that is asked whether it is there.
const SOON: Duration = Duration::from_secs(1);
const CONNECTIONS: u32 = 20;

/// A server that only follows another refuses it.
pub(crate) const BEGIN_WRITING: &str = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE";
pub(crate) const BEGIN_READING: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

/// What each session is told. The server ends what hangs, and by the last four it finds out soon that this program is gone:
/// until then the program's locks stand.
const SESSION: [(&str, &str); 10] = [
    ("statement_timeout", "30s"),
    // Whoever holds a lock for longer waits in all likelihood for a standby that is away.
    ("lock_timeout", "2s"),
    ("idle_in_transaction_session_timeout", "60s"),
    // Pages are read from an index in their order. Without statistics PostgreSQL expects so few rows that it would rather
    // collect all there are, and sort them.
    ("enable_bitmapscan", "off"),
    // What is read lies together in time, mostly in memory, and on a disk without an arm.
    ("random_page_cost", "1.1"),
    // Compiling pays for minutes of work, and is chosen by the same estimates that a fresh database misleads.
    ("jit", "off"),
    ("tcp_user_timeout", "10s"),
    ("tcp_keepalives_idle", "10"),
    ("tcp_keepalives_interval", "5"),
    ("tcp_keepalives_count", "3"),
];

/// The pool of connections: to the one server, or to the one of several that writes.
pub(crate) async fn open(address: &str) -> Result<PgPool, Error> {
    let mut servers = primary::servers(address)?;
    for options in &mut servers {
        *options = options.clone().application_name("tollgate").statement_cache_capacity(300).options(SESSION);
    }
    let pool =
        PgPoolOptions::new().max_connections(CONNECTIONS).acquire_timeout(PATIENCE).after_release(|connection, _| {
            // A connection that nobody answers any more is given up; the pool itself would wait for it for ever.
            Box::pin(async { within(PATIENCE, connection.ping()).await.map(|()| true) })
        });
    if let [only] = &mut servers[..] {
        // The pool tries for as long as its patience lasts and then cannot tell why it failed: the first connection is made
        // without it.
        within(PATIENCE, only.connect()).await?.close().await?;
        return Ok(pool.connect_lazy_with(only.clone()));
    }
    let servers = Servers::find(servers).await?;
    let (options, since) = (servers.options().clone(), servers.since());
    let pool = pool.before_acquire(move |_, known| {
        let is_led = since.is_led_by(known.age);
        Box::pin(async move { Ok(is_led) })
    });
    let pool = pool.connect_lazy_with(options);
    tokio::spawn(servers.lead(pool.clone()));
    Ok(pool)
}

/// Whether the server takes another connection soon.
pub(crate) async fn answers(pool: &PgPool) -> bool {
    let options = pool.connect_options();
    within(SOON, async { options.connect().await?.close().await }).await.is_ok()
}

/// Begins a transaction.
pub(crate) async fn begin(pool: &PgPool, how: &'static str) -> Result<Transaction<'static, Postgres>, sqlx::Error> {
    within(PATIENCE, pool.begin_with(how)).await
}
