//! Fresh databases: a SQLite file beside the results, and databases on the private PostgreSQL server that `make bench` starts.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::Context;
use sqlx::postgres::PgConnection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteSynchronous};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Decode, Postgres, Row, Sqlite, Type};
use storage::{Engine, Store};

use crate::figures::Result;

const SERVER: &str = "TOLLGATE_BENCH_POSTGRES_URL";

/// A database with the schema in it.
pub(crate) struct Database {
    pub(crate) store: Store,
    place: Place,
}

/// A database that nobody is connected to: it can be copied.
pub(crate) struct Kept(Place);

enum Place {
    /// Goes with the folder.
    File { path: PathBuf, _folder: tempfile::TempDir },
    /// A database of this name on the server.
    Server { name: String, address: String },
}

/// The engines that are measured.
pub(crate) const ENGINES: [Engine; 2] = [Engine::Sqlite, Engine::Postgres];

/// The engine's name in the names of figures.
pub(crate) fn name(engine: Engine) -> &'static str {
    match engine {
        Engine::Sqlite => "sqlite",
        Engine::Postgres => "postgres",
    }
}

impl Place {
    /// A place for a new database; a SQLite file lies in a folder of its own in this one.
    fn new(engine: Engine, folder: &Path) -> Result<Place> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        match engine {
            Engine::Sqlite => {
                let folder = tempfile::tempdir_in(folder)?;
                Ok(Place::File { path: folder.path().join("tollgate.db"), _folder: folder })
            }
            Engine::Postgres => {
                let name = format!("bench_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
                let address = address_of(&name)?;
                Ok(Place::Server { name, address })
            }
        }
    }

    async fn open(self) -> Result<Database> {
        let store = match &self {
            Place::File { path, .. } => Store::open(&sqlite_address(path)).await?,
            Place::Server { address, .. } => Store::open(address).await?,
        };
        Ok(Database { store, place: self })
    }

    async fn remove(self) -> Result<()> {
        if let Place::Server { name, .. } = &self {
            run(&mut connect(&server()?).await?, &format!("DROP DATABASE {name} WITH (FORCE)")).await?;
        }
        Ok(())
    }
}

impl Database {
    /// A new database with the schema in it; a SQLite file lies in a folder of its own in this one.
    pub(crate) async fn fresh(engine: Engine, folder: &Path) -> Result<Database> {
        let place = Place::new(engine, folder)?;
        if let Place::Server { name, .. } = &place {
            let create = format!("CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'");
            run(&mut connect(&server()?).await?, &create).await?;
        }
        let database = place.open().await?;
        database.store.migrate().await?;
        Ok(database)
    }

    /// The path of a SQLite file.
    pub(crate) fn file(&self) -> Option<&Path> {
        match &self.place {
            Place::File { path, .. } => Some(path),
            Place::Server { .. } => None,
        }
    }

    /// The address of a database on the server; empty for a file.
    pub(crate) fn address(&self) -> &str {
        match &self.place {
            Place::File { .. } => "",
            Place::Server { address, .. } => address,
        }
    }

    /// The one value that a query answers.
    pub(crate) async fn value<T>(&self, query: &str) -> Result<T>
    where
        T: for<'r> Decode<'r, Sqlite> + Type<Sqlite> + for<'r> Decode<'r, Postgres> + Type<Postgres> + Send + Unpin,
    {
        let query = AssertSqlSafe(query.to_owned());
        Ok(match self.file() {
            Some(file) => sqlx::query_scalar(query).fetch_one(&mut open(file).await?).await?,
            None => sqlx::query_scalar(query).fetch_one(&mut connect(self.address()).await?).await?,
        })
    }

    /// Runs statements that answer nothing.
    pub(crate) async fn run(&self, statements: &str) -> Result<()> {
        match self.file() {
            Some(file) => {
                let mut connection = open(file).await?;
                sqlx::raw_sql(AssertSqlSafe(statements.to_owned())).execute(&mut connection).await?;
                Ok(connection.close().await?)
            }
            None => run(&mut connect(self.address()).await?, statements).await,
        }
    }

    /// Writes out what the database has put off, so that nothing measured afterwards pays for it.
    pub(crate) async fn checkpoint(&self) -> Result<()> {
        self.run(if self.file().is_some() { "PRAGMA wal_checkpoint(TRUNCATE)" } else { "CHECKPOINT" }).await
    }

    /// Puts the database into the state of one that has been in use for long, and closes it.
    pub(crate) async fn keep(self) -> Result<Kept> {
        match self.store.engine() {
            Engine::Sqlite => self.store.analyze().await?,
            Engine::Postgres => self.run("VACUUM ANALYZE").await?,
        }
        self.checkpoint().await?;
        self.store.close().await;
        Ok(Kept(self.place))
    }

    /// Closes the database and removes it.
    pub(crate) async fn remove(self) -> Result<()> {
        self.store.close().await;
        self.place.remove().await
    }
}

impl Kept {
    /// Another database with the same rows.
    pub(crate) async fn copy(&self, folder: &Path) -> Result<Database> {
        let place = match &self.0 {
            Place::File { path, .. } => {
                let place = Place::new(Engine::Sqlite, folder)?;
                if let Place::File { path: copy, .. } = &place {
                    std::fs::copy(path, copy)?;
                    std::fs::File::open(copy)?.sync_all()?;
                }
                place
            }
            Place::Server { name: kept, .. } => {
                let place = Place::new(Engine::Postgres, folder)?;
                if let Place::Server { name, .. } = &place {
                    let create = format!("CREATE DATABASE {name} TEMPLATE {kept}");
                    run(&mut connect(&server()?).await?, &create).await?;
                }
                place
            }
        };
        let database = place.open().await?;
        database.checkpoint().await?;
        Ok(database)
    }

    /// The database again.
    pub(crate) async fn open(self) -> Result<Database> {
        self.0.open().await
    }

    /// The address for whoever opens it.
    pub(crate) fn address(&self) -> String {
        match &self.0 {
            Place::File { path, .. } => sqlite_address(path),
            Place::Server { address, .. } => address.clone(),
        }
    }

    /// Removes the database.
    pub(crate) async fn remove(self) -> Result<()> {
        self.0.remove().await
    }
}

fn sqlite_address(path: &Path) -> String {
    format!("sqlite://{}", path.display())
}

/// The private server's address.
fn server() -> Result<String> {
    std::env::var(SERVER)
        .with_context(|| format!("{SERVER} names the PostgreSQL server: `make bench` starts one and sets it"))
}

fn address_of(database: &str) -> Result<String> {
    let server = server()?;
    let (base, _) = server.rsplit_once('/').context("the server's address ends in a database")?;
    Ok(format!("{base}/{database}"))
}

/// A connection of plain SQL to PostgreSQL.
pub(crate) async fn connect(address: &str) -> Result<PgConnection> {
    Ok(PgConnection::connect(address).await?)
}

/// A connection of plain SQL to SQLite, with the settings of the storage crate's writer.
pub(crate) async fn open(file: &Path) -> Result<SqliteConnection> {
    let options = SqliteConnectOptions::new()
        .filename(file)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .pragma("cache_size", "-65536")
        .pragma("temp_store", "memory")
        .pragma("wal_autocheckpoint", "4000");
    Ok(options.connect().await?)
}

/// Runs a statement on PostgreSQL.
pub(crate) async fn run(server: &mut PgConnection, statement: &str) -> Result<()> {
    sqlx::raw_sql(AssertSqlSafe(statement.to_owned())).execute(server).await?;
    Ok(())
}

/// What decides how fast the engine writes, on one line.
pub(crate) async fn settings(engine: Engine, folder: &Path) -> Result<String> {
    let database = Database::fresh(engine, folder).await?;
    let names: &[&str] = match engine {
        Engine::Sqlite => &["journal_mode", "synchronous", "cache_size", "wal_autocheckpoint", "page_size"],
        Engine::Postgres => &[
            "server_version",
            "fsync",
            "synchronous_commit",
            "full_page_writes",
            "wal_level",
            "shared_buffers",
            "max_wal_size",
            "wal_sync_method",
        ],
    };
    let mut settings = Vec::new();
    match database.file() {
        Some(file) => {
            let mut connection = open(file).await?;
            let version: String = sqlx::query_scalar("SELECT sqlite_version()").fetch_one(&mut connection).await?;
            settings.push(format!("SQLite {version}"));
            for name in names {
                let query = AssertSqlSafe(format!("PRAGMA {name}"));
                let row = sqlx::raw_sql(query).fetch_one(&mut connection).await?;
                let value =
                    row.try_get::<String, _>(0).or_else(|_| row.try_get::<i64, _>(0).map(|value| value.to_string()))?;
                settings.push(format!("{name} {value}"));
            }
        }
        None => {
            let mut connection = connect(database.address()).await?;
            for name in names {
                let query = sqlx::query_scalar("SELECT current_setting($1)").bind(name);
                let value: String = query.fetch_one(&mut connection).await?;
                settings.push(format!("{name} {value}"));
            }
        }
    }
    database.remove().await?;
    Ok(settings.join(", "))
}
