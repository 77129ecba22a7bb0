//! `tollgate backup` and `tollgate restore`.

use std::ffi::OsString;
use std::fs::{File, OpenOptions};
use std::io::{self, BufReader, BufWriter, Read};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context;
use engine::archive::{self, Progress, Restored, Summary};
use engine::{Clock, Engine, SystemClock};
use indicatif::{ProgressBar, ProgressStyle};
use storage::Store;

use super::{complain, expect_database, say, say_json};
use crate::cli::{BackupArgs, RestoreArgs};
use crate::config::Config;

/// `tollgate backup`.
pub(crate) async fn back_up(config: &Config, args: &BackupArgs) -> anyhow::Result<ExitCode> {
    let began = Instant::now();
    let streamed = is_stream(&args.file);
    let progress = Shown::new(if args.verify { "read" } else { "written" })?;
    let summary = if args.verify {
        archive::verify(source(&args.file)?, |done| progress.show(done))?
    } else {
        expect_database(config)?;
        let store = Store::open(&config.database_url).await.context("cannot open the database")?;
        let outcome = if streamed {
            let written = archive::write(&store, SystemClock.now(), io::stdout(), |done| progress.show(done)).await;
            written.map(|(summary, _)| summary).map_err(anyhow::Error::from)
        } else {
            to_file(&store, &args.file, &progress).await
        };
        store.close().await;
        outcome?
    };
    progress.clear();
    let told = format!(
        "{} of {} tables, {} tenants, schema {}, as of {}{}",
        rows(&summary, began),
        summary.rows.len(),
        summary.head.tenants.len(),
        summary.head.schema,
        summary.head.made_at,
        if args.verify { ": the archive is whole" } else { "" }
    );
    // The archive itself is on standard output there.
    match (args.json, streamed && !args.verify) {
        (true, false) => say_json(&summary)?,
        (false, false) => say(&told),
        (true, true) => complain(&serde_json::to_string(&summary)?),
        (false, true) => complain(&told),
    }
    Ok(ExitCode::SUCCESS)
}

/// `tollgate restore`.
pub(crate) async fn restore(config: &Config, args: &RestoreArgs) -> anyhow::Result<ExitCode> {
    let began = Instant::now();
    let packed = source(&args.file)?;
    let made = NewFile::of(&config.database_url);
    let progress = Shown::new("restored")?;
    let outcome = fill(&config.database_url, packed, &progress).await;
    progress.clear();
    let restored = match outcome {
        Ok(restored) => restored,
        Err(error) => {
            made.remove();
            return Err(error);
        }
    };
    if args.json {
        say_json(&restored)?;
    } else {
        show(&restored, began);
    }
    let right = restored.books.values().all(|books| books.faults.is_empty());
    Ok(if right { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn fill(address: &str, packed: impl Read, progress: &Shown) -> anyhow::Result<Restored> {
    let store = Store::open(address).await.context("cannot open the database")?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let engine = Engine::new(store.clone(), clock);
    let outcome = archive::restore(&engine, packed, |done| progress.show(done)).await;
    store.close().await;
    Ok(outcome?)
}

fn show(restored: &Restored, began: Instant) {
    let summary = &restored.archive;
    say(&format!("{} of {} tables, as of {}", rows(summary, began), summary.rows.len(), summary.head.made_at));
    if summary.head.schema != restored.schema {
        say(&format!("The schema was brought from {} up to {}.", summary.head.schema, restored.schema));
    }
    for (tenant, books) in &restored.books {
        let verdict = if books.faults.is_empty() { "the books are right" } else { "THE BOOKS ARE WRONG" };
        say(&format!("tenant {tenant}: {} calls, {} entries, {verdict}", books.calls, books.entries));
        books.faults.iter().for_each(|fault| say(&format!("FAULT: {fault}")));
    }
}

/// How many rows there were, and how fast.
fn rows(summary: &Summary, began: Instant) -> String {
    let (rows, millis) = (u128::from(summary.all_rows()), began.elapsed().as_millis().max(1));
    format!("{rows} rows in {}.{} s ({} a second)", millis / 1000, millis % 1000 / 100, rows * 1000 / millis)
}

fn is_stream(file: &Path) -> bool {
    file == Path::new("-")
}

/// Standard input, or the file.
fn source(file: &Path) -> anyhow::Result<Box<dyn Read>> {
    if is_stream(file) {
        return Ok(Box::new(io::stdin().lock()));
    }
    let opened = File::open(file).with_context(|| format!("cannot read {}", file.display()))?;
    Ok(Box::new(BufReader::with_capacity(1 << 18, opened)))
}

/// Writes the archive beside its place, for its owner's eyes alone, and puts it there when it is on the disk: whoever finds it finds all of it.
async fn to_file(store: &Store, file: &Path, progress: &Shown) -> anyhow::Result<Summary> {
    let part = with_ending(file, ".part");
    let written = write_part(store, &part, progress).await;
    let summary = match written {
        Ok(summary) => summary,
        Err(error) => {
            // What failed is told; what it left is of no use, and may be what fills the disk.
            let _ = std::fs::remove_file(&part);
            return Err(error);
        }
    };
    std::fs::rename(&part, file).with_context(|| format!("cannot write {}", file.display()))?;
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)
        .and_then(|folder| folder.sync_all())
        .with_context(|| format!("cannot write to the disk what {} holds", folder.display()))?;
    Ok(summary)
}

async fn write_part(store: &Store, part: &Path, progress: &Shown) -> anyhow::Result<Summary> {
    let cannot = || format!("cannot write {}", part.display());
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let out = BufWriter::with_capacity(1 << 18, options.open(part).with_context(cannot)?);
    let (summary, out) = archive::write(store, SystemClock.now(), out, |done| progress.show(done)).await?;
    let out = out.into_inner().map_err(io::IntoInnerError::into_error).with_context(cannot)?;
    out.sync_all().with_context(cannot)?;
    Ok(summary)
}

fn with_ending(file: &Path, ending: &str) -> PathBuf {
    let mut name: OsString = file.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

/// A SQLite file that was not there before: a restore that fails takes it away again.
struct NewFile(Option<PathBuf>);

impl NewFile {
    fn of(address: &str) -> NewFile {
        let file = address.strip_prefix("sqlite://").map(PathBuf::from);
        NewFile(file.filter(|file| !file.exists()))
    }

    fn remove(&self) {
        for ending in ["", "-wal", "-shm"] {
            if let Some(file) = &self.0 {
                // Some are not there; and why nothing was restored is what has to be told.
                let _ = std::fs::remove_file(with_ending(file, ending));
            }
        }
    }
}

/// How far it is, on a terminal, by standard error.
struct Shown {
    bar: ProgressBar,
    done: &'static str,
}

impl Shown {
    fn new(done: &'static str) -> anyhow::Result<Shown> {
        let bar = ProgressBar::new_spinner();
        bar.set_style(ProgressStyle::with_template("{spinner} {elapsed} {msg}")?);
        bar.enable_steady_tick(Duration::from_millis(200));
        Ok(Shown { bar, done })
    }

    fn show(&self, progress: Progress) {
        self.bar.set_message(format!("{} rows {}, now {}", progress.rows, self.done, progress.table));
    }

    fn clear(&self) {
        self.bar.finish_and_clear();
    }
}
