//! Which of several PostgreSQL servers writes: a primary and its standbys, one of which is promoted when the primary fails.
//!
//! Each server is asked twice a second on a connection that stays open. Who writes is told by PostgreSQL itself; of two that would, the one
//! that was promoted last is right (its timeline is the higher one). Nobody who was left behind is ever believed again.

use std::str::FromStr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use sqlx::ConnectOptions;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPool};

use crate::Error;
use crate::transaction::within;

/// How long is waited between two looks.
const PAUSE: Duration = Duration::from_millis(500);
/// Longest wait for a server to say whether it writes.
const PATIENCE: Duration = Duration::from_secs(2);

/// The timeline on which a server writes; none on one that only follows another.
const TIMELINE: &str = "SELECT CASE WHEN NOT pg_is_in_recovery() \
     THEN ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::bigint END";

/// The servers at an address: `postgres://USER:PASSWORD@HOST:PORT,HOST:PORT/DATABASE`, or one as everywhere.
pub(crate) fn servers(address: &str) -> Result<Vec<PgConnectOptions>, Error> {
    let unknown = || Error::unknown_address(address);
    let (scheme, rest) = address.split_once("://").ok_or_else(unknown)?;
    let (authority, path) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
    let (person, hosts) = match authority.rfind('@') {
        Some(at) => authority.split_at(at + 1),
        None => ("", authority),
    };
    let options = hosts.split(',').map(|host| PgConnectOptions::from_str(&format!("{scheme}://{person}{host}{path}")));
    options.collect::<Result<_, _>>().map_err(|_| unknown())
}

/// When the server that writes became the one: connections from before lead to another.
#[derive(Debug, Clone)]
pub(crate) struct Since(Arc<Mutex<Instant>>);

impl Since {
    /// Whether a connection of this age leads to the server that writes.
    pub(crate) fn is_led_by(&self, age: Duration) -> bool {
        age <= self.0.lock().unwrap_or_else(PoisonError::into_inner).elapsed()
    }
}

/// The servers, and the one that writes.
#[derive(Debug)]
pub(crate) struct Servers {
    all: Vec<Server>,
    place: usize,
    timeline: i64,
    since: Since,
}

#[derive(Debug)]
struct Server {
    options: PgConnectOptions,
    connection: Option<PgConnection>,
}

impl Servers {
    /// Looks for the one that writes.
    pub(crate) async fn find(all: Vec<PgConnectOptions>) -> Result<Self, Error> {
        let all = all.into_iter().map(|options| Server { options, connection: None }).collect();
        let since = Since(Arc::new(Mutex::new(Instant::now())));
        let mut servers = Servers { all, place: 0, timeline: 0, since };
        match servers.best().await {
            Some((place, timeline)) => (servers.place, servers.timeline) = (place, timeline),
            None => {
                return Err(Error::Unavailable(sqlx::Error::Io(std::io::Error::other(
                    "no server that is named writes",
                ))));
            }
        }
        Ok(servers)
    }

    pub(crate) fn options(&self) -> &PgConnectOptions {
        &self.all[self.place].options
    }

    pub(crate) fn since(&self) -> Since {
        self.since.clone()
    }

    /// Has the pool lead to the server that writes, until the pool is closed.
    pub(crate) async fn lead(mut self, pool: PgPool) {
        let leading = async {
            loop {
                tokio::time::sleep(PAUSE).await;
                self.look(&pool).await;
            }
        };
        tokio::select! {
            () = leading => {}
            () = pool.close_event() => {}
        }
    }

    async fn look(&mut self, pool: &PgPool) {
        let Some((place, timeline)) = self.best().await else { return };
        self.timeline = timeline;
        if place != self.place {
            self.place = place;
            let options = self.options();
            tracing::warn!(
                host = options.get_host(),
                port = options.get_port(),
                "another PostgreSQL server writes now"
            );
            pool.set_connect_options(options.clone());
            *self.since.0.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
        }
    }

    /// Who writes on the latest timeline, and on which. Of several the one that did before.
    async fn best(&mut self) -> Option<(usize, i64)> {
        let timelines = futures::future::join_all(self.all.iter_mut().map(Server::timeline)).await;
        let writing = timelines.into_iter().enumerate().filter_map(|(place, timeline)| Some((place, timeline?)));
        writing
            .filter(|(_, timeline)| *timeline >= self.timeline)
            .max_by_key(|(place, timeline)| (*timeline, *place == self.place))
    }
}

impl Server {
    async fn timeline(&mut self) -> Option<i64> {
        let asked = async {
            let mut connection = match self.connection.take() {
                Some(connection) => connection,
                None => self.options.connect().await?,
            };
            let timeline = sqlx::query_scalar(TIMELINE).fetch_one(&mut connection).await?;
            self.connection = Some(connection);
            Ok(timeline)
        };
        // One that fails is dropped with what was asked.
        within(PATIENCE, asked).await.ok().flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_names_one_server_or_several() {
        for (address, expected) in [
            ("postgres://u:p@a:1,b:2,c/db?sslmode=disable", vec![("a", 1), ("b", 2), ("c", 5432)]),
            ("postgresql://a,b", vec![("a", 5432), ("b", 5432)]),
            ("postgres://u:p%2C@a/db", vec![("a", 5432)]),
            ("postgres://u:p,@[::1]:7/db", vec![("[::1]", 7)]),
        ] {
            let servers = servers(address).unwrap();
            let shown: Vec<_> = servers.iter().map(|options| (options.get_host(), options.get_port())).collect();
            assert_eq!(shown, expected, "{address}");
            assert!(servers.iter().all(|options| options.get_database() == servers[0].get_database()));
        }
        for address in ["postgres://a:x,b/db", "postgres:/a"] {
            assert!(matches!(servers(address), Err(Error::UnknownAddress(_))), "{address}");
        }
    }
}
