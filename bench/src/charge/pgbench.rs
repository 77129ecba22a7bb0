//! The reference on PostgreSQL: `pgbench`, PostgreSQL's own benchmark, on the same server.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, ensure};
use storage::Engine;

use crate::databases::Database;
use crate::figures::Result;
use crate::timing::Pace;

/// How many clients, on how many threads, with prepared statements.
const LOAD: [&str; 6] = ["-M", "prepared", "-c", "32", "-j", "2"];
/// How many hundred thousand accounts pgbench has.
const SCALE: &str = "20";
/// What is on the one row's balance: more than is ever taken from it.
const BALANCE: i64 = 1_000_000_000_000;

/// Transactions of pgbench in a database of its own.
pub(crate) struct Pgbench {
    program: PathBuf,
    database: Database,
    /// What the clients do, where it is not pgbench's own.
    script: Option<tempfile::NamedTempFile>,
}

impl Pgbench {
    /// Its own transactions without the rows that all would wait for (`-N`): one update, one select and one insert each.
    pub(crate) async fn simple_update(folder: &Path) -> Result<Pgbench> {
        let pgbench = Pgbench::open(folder, None).await?;
        pgbench.run(&["-i", "-q", "-s", SCALE])?;
        pgbench.database.checkpoint().await?;
        Ok(pgbench)
    }

    /// One update a transaction, all of one row, guarded so that its balance does not fall below zero.
    pub(crate) async fn one_row(folder: &Path) -> Result<Pgbench> {
        let mut script = tempfile::NamedTempFile::new_in(folder)?;
        writeln!(script, "UPDATE one_row SET balance = balance - 1 WHERE id = 1 AND balance >= 1;")?;
        let pgbench = Pgbench::open(folder, Some(script)).await?;
        let table = "CREATE TABLE one_row (id BIGINT PRIMARY KEY, balance BIGINT NOT NULL)";
        pgbench.database.run(&format!("{table}; INSERT INTO one_row VALUES (1, {BALANCE})")).await?;
        Ok(pgbench)
    }

    async fn open(folder: &Path, script: Option<tempfile::NamedTempFile>) -> Result<Pgbench> {
        let database = Database::fresh(Engine::Postgres, folder).await?;
        // The one that came with the server, which need not be on the path.
        let programs: String = database.value("SELECT setting FROM pg_config WHERE name = 'BINDIR'").await?;
        let program = Path::new(&programs).join("pgbench");
        let program = if program.exists() { program } else { PathBuf::from("pgbench") };
        Ok(Pgbench { program, database, script })
    }

    /// The transactions of so long, which is cut to whole seconds. Warming up is another round.
    pub(crate) fn round(&self, time: Duration) -> Result<Pace> {
        let seconds = time.as_secs().max(1).to_string();
        let path = self.script.as_ref().map(|script| script.path().display().to_string());
        let script = path.as_ref().map_or(vec!["-N"], |path| vec!["-n", "-f", path.as_str()]);
        let said = self.run(&[&LOAD, script.as_slice(), &["-T", &seconds]].concat())?;
        let told = |label: &str| {
            let number = said.lines().rev().find_map(|line| line.strip_prefix(label)?.split_whitespace().next());
            number.with_context(|| format!("pgbench does not tell \"{label}\":\n{said}"))
        };
        let count: u32 = told("number of transactions actually processed: ")?.parse()?;
        let a_second: f64 = told("tps = ")?.parse()?;
        Ok(Pace::new(usize::try_from(count)?, Duration::from_secs(count.into()).div_f64(a_second)))
    }

    fn run(&self, arguments: &[&str]) -> Result<String> {
        let mut command = Command::new(&self.program);
        let output = command.args(arguments).arg(self.database.address()).output();
        let output = output.with_context(|| format!("{} could not be run", self.program.display()))?;
        ensure!(output.status.success(), "pgbench failed:\n{}", String::from_utf8_lossy(&output.stderr));
        Ok(String::from_utf8(output.stdout)?)
    }

    pub(crate) async fn remove(self) -> Result<()> {
        self.database.remove().await
    }
}
