//! What the programs on one database tell each other at once: hints, never facts. Only PostgreSQL carries them (`LISTEN` and `NOTIFY`);
//! the file of a SQLite database has one server.

use sqlx::postgres::{PgListener, PgPoolOptions};

use crate::postgres::PATIENCE;
use crate::transaction::{STATEMENT_PATIENCE, within};
use crate::{Error, Store};

const CHANNEL: &str = "tollgate";
/// The longest text that is carried, in bytes: PostgreSQL takes less than 8000.
pub const LONGEST: usize = 7900;

/// Hears what the programs on the database tell, this one among them.
#[derive(Debug)]
pub struct Listener(PgListener);

impl Listener {
    /// The next text.
    ///
    /// # Errors
    /// The connection is lost, and with it what was told meanwhile. (One that is cut off without a word only falls silent.)
    pub async fn next(&mut self) -> Result<String, Error> {
        match self.0.try_recv().await? {
            Some(told) => Ok(told.payload().to_owned()),
            None => Err(Error::Unavailable(sqlx::Error::Io(std::io::ErrorKind::ConnectionReset.into()))),
        }
    }
}

impl Store {
    /// Begins to listen, on a connection of its own; none on SQLite.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn listen(&self) -> Result<Option<Listener>, Error> {
        let Some(pool) = self.postgres() else { return Ok(None) };
        // A connection that was cut off is given back to its pool when the network says so, which takes its time.
        let own = PgPoolOptions::new().max_connections(1).acquire_timeout(PATIENCE);
        let own = own.connect_lazy_with(pool.connect_options().as_ref().clone());
        let listening = async {
            let mut listener = PgListener::connect_with(&own).await?;
            listener.eager_reconnect(false);
            listener.listen(CHANNEL).await?;
            Ok(listener)
        };
        Ok(Some(Listener(within(PATIENCE, listening).await?)))
    }

    /// Tells all who listen these texts, of [`LONGEST`] bytes at most; nobody on SQLite.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn signal(&self, texts: &[String]) -> Result<(), Error> {
        let Some(pool) = self.postgres() else { return Ok(()) };
        let told = sqlx::query("SELECT pg_notify($1, text) FROM unnest($2) AS told(text)").bind(CHANNEL).bind(texts);
        within(STATEMENT_PATIENCE, told.execute(pool)).await?;
        Ok(())
    }
}
