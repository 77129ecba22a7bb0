use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::sync::Arc;

use domain::money::Currency;
use serde::Serialize;
use storage::imports::ImportRecord;

use super::ImportError;
use super::carried::{Carried, Sorted};
use super::conversations::Conversations;
use super::options::Options;
use super::row::Reject;
use super::rows::Rows;
use super::strangers::{Made, Strangers};
use super::summary::{Summary, Sums, Tally};
use crate::calls::{self, Directory, FinishedCall, Outcome};
use crate::tenants::{self, Settings};
use crate::{Actor, Engine, Scope, Work, plans};

/// How many rows are recorded in one transaction: no transaction is to keep others waiting for long.
const CHUNK_ROWS: usize = 1000;
/// How many rows are brought into the order of their payers before they are recorded: a chunk is about few payers then, and changes
/// few pages of the indexes by payer. (Of those by time it changes more; a larger window would do no better.)
const WINDOW_ROWS: usize = 20 * CHUNK_ROWS;

/// A file that can be read from its beginning more than once.
pub struct Source<'a> {
    /// Its name, as it is listed.
    pub name: &'a str,
    /// Opens it at its beginning.
    pub open: &'a (dyn Fn() -> io::Result<Box<dyn Read + Send>> + Send + Sync),
}

/// Where an import tells what it does.
pub struct Output<'a> {
    /// Takes the rows that cannot be used, as CSV: `line,reason,row`.
    pub rejects: &'a mut (dyn Write + Send),
    /// Is told now and then how far the import has come.
    pub progress: &'a mut (dyn FnMut(Progress) + Send),
}

/// How far an import has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Which part of the work.
    pub phase: Phase,
    /// How many rows have been dealt with.
    pub rows: u64,
    /// How many bytes of the file have been read.
    pub bytes: u64,
}

/// A part of an import.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// The file is looked through; nothing is recorded yet.
    Survey,
    /// Its calls are recorded.
    Record,
}

/// Imports a file of calls. A fault in a row makes it a reject; everything else that is wrong stops the import before a call is
/// recorded, unless the file or the database fails in the midst of it: then the import is run again, and goes on where it was.
///
/// # Errors
/// The options make no sense, the file cannot be read, or the database did not do it.
pub async fn run(
    engine: &Engine,
    actor: &Actor,
    options: &Options,
    source: &Source<'_>,
    output: &mut Output<'_>,
) -> Result<Summary, ImportError> {
    options.check()?;
    let mut view = engine.view(actor).await?;
    let settings = tenants::get(&mut view).await?.settings;
    let plan = match &options.plan {
        Some(plan) => Some(plans::find(&mut view, plan).await?),
        None => None,
    };
    let directory = if plan.is_some() { Some(Directory::whole(&mut view).await?) } else { None };
    drop(view);

    let carried = Carried::look(engine, actor, options).await?;
    let open = || Rows::of((source.open)()?, options, &settings);
    let strangers = directory.as_ref().map(|directory| Lookout { directory, settings: &settings, carried: &carried });
    let survey = survey(open()?, strangers.as_ref(), output.progress).await?;
    drop(directory);
    let rows = open()?;

    let mut import = Import::begin(engine, actor, options, source, &settings).await?;
    if let Some(plan) = &plan {
        import.made = survey.strangers.welcome(engine, actor, plan).await?;
    }
    import.record(rows, (survey.conversations, &carried), output).await?;
    import.finish().await
}

/// What a first look through the file tells.
#[derive(Default)]
struct Survey {
    conversations: Conversations,
    strangers: Strangers,
}

/// By what strangers are told.
struct Lookout<'a> {
    directory: &'a Directory,
    settings: &'a Settings,
    carried: &'a Carried<'a>,
}

async fn survey(
    mut rows: Rows,
    lookout: Option<&Lookout<'_>>,
    progress: &mut (dyn FnMut(Progress) + Send),
) -> Result<Survey, ImportError> {
    let mut survey = Survey::default();
    let (mut count, mut unknown) = (0, Vec::new());
    while let Some(row) = rows.next()? {
        if let Ok(row) = row {
            survey.conversations.count(&row);
            if lookout.is_some_and(|lookout| !lookout.directory.knows_payer(&row.call)) {
                unknown.push(row.call);
            }
        }
        count += 1;
        if count % CHUNK_ROWS as u64 == 0 {
            survey.note(std::mem::take(&mut unknown), lookout).await?;
            progress(Progress { phase: Phase::Survey, rows: count, bytes: rows.bytes_read() });
        }
    }
    survey.note(unknown, lookout).await?;
    Ok(survey)
}

impl Survey {
    /// Notes the payers of calls whom nobody knows. Whoever called by Tollgate alone is no stranger.
    async fn note(&mut self, unknown: Vec<FinishedCall>, lookout: Option<&Lookout<'_>>) -> Result<(), ImportError> {
        let Some(Lookout { settings, carried, .. }) = lookout else { return Ok(()) };
        for call in carried.sort(unknown).await?.others {
            self.strangers.note(&call, settings);
        }
        Ok(())
    }
}

/// An import under way.
struct Import<'a> {
    engine: &'a Engine,
    actor: &'a Actor,
    record: ImportRecord,
    currency: Currency,
    tally: Tally,
    accounts: BTreeMap<String, Sums>,
    made: Made,
}

/// What is written down of an import's beginning.
#[derive(Serialize)]
struct Begun<'a> {
    kind: &'a str,
    name: &'a str,
}

impl<'a> Import<'a> {
    async fn begin(
        engine: &'a Engine,
        actor: &'a Actor,
        options: &Options,
        source: &Source<'_>,
        settings: &Settings,
    ) -> Result<Import<'a>, ImportError> {
        let (kind, name) = (options.format.kind(), source.name.to_owned());
        let record = engine
            .run(actor, move |work| {
                let name = name.clone();
                Box::pin(async move { begin(work, kind, name).await })
            })
            .await?;
        Ok(Import {
            engine,
            actor,
            record,
            currency: settings.currency,
            tally: Tally::default(),
            accounts: BTreeMap::new(),
            made: Made::default(),
        })
    }

    /// Records the rows, chunk by chunk; of a file that cannot be read to its end, those before.
    async fn record(
        &mut self,
        mut rows: Rows,
        (mut conversations, carried): (Conversations, &Carried<'_>),
        output: &mut Output<'_>,
    ) -> Result<(), ImportError> {
        let directory = Directory::whole(&mut self.engine.view(self.actor).await?).await?;
        let directory = Arc::new(directory);
        let mut rejects = csv::Writer::from_writer(&mut *output.rejects);
        let mut end = None;
        while end.is_none() {
            let mut calls = Vec::with_capacity(WINDOW_ROWS);
            for _ in 0..WINDOW_ROWS {
                match rows.next() {
                    Ok(None) => end = Some(Ok(())),
                    Err(error) => end = Some(Err(error)),
                    Ok(Some(Err(reject))) => self.reject(&reject, &mut rejects)?,
                    Ok(Some(Ok(row))) => {
                        if row.ambiguous {
                            self.tally.ambiguous.add(row.line);
                        }
                        conversations.put(row);
                    }
                }
                calls.extend(std::iter::from_fn(|| conversations.next()).map(|row| row.call));
                if end.is_some() {
                    break;
                }
            }
            let mut calls = self.fresh(calls, carried).await?;
            // Stable: the calls of a payer stay in the order of the file. Records of one conversation stay so altogether, since one
            // customer may pay for it through several lines.
            if calls.iter().all(|call| call.link.is_none()) {
                calls.sort_by(|a, b| a.payer.cmp(&b.payer));
            }
            for chunk in calls.chunks(CHUNK_ROWS) {
                self.save(chunk.to_vec(), &directory).await?;
                let progress = Progress { phase: Phase::Record, rows: self.tally.rows(), bytes: rows.bytes_read() };
                (output.progress)(progress);
            }
        }
        rejects.flush().map_err(ImportError::Rejects)?;
        Ok(end.unwrap_or(Ok(()))?)
    }

    /// The calls that were not charged live; the others are counted.
    async fn fresh(
        &mut self,
        calls: Vec<FinishedCall>,
        carried: &Carried<'_>,
    ) -> Result<Vec<FinishedCall>, ImportError> {
        let Sorted { others, carried } = carried.sort(calls).await?;
        carried.iter().for_each(|call| self.tally.add(call, &Outcome::Known));
        Ok(others)
    }

    fn reject<W: Write>(&mut self, reject: &Reject, rejects: &mut csv::Writer<W>) -> Result<(), ImportError> {
        let as_io = |error: csv::Error| ImportError::Rejects(io::Error::other(error));
        if self.tally.rejected == 0 {
            rejects.write_record(["line", "reason", "row"]).map_err(as_io)?;
        }
        self.tally.rejected += 1;
        rejects.write_record([&reject.line.to_string(), &reject.reason, &reject.row]).map_err(as_io)
    }

    /// Records a chunk, and with it how far the import has come: one transaction.
    async fn save(&mut self, calls: Vec<FinishedCall>, directory: &Arc<Directory>) -> Result<(), ImportError> {
        if calls.is_empty() {
            return Ok(());
        }
        let calls = Arc::new(calls);
        let before = Arc::new((self.tally.clone(), self.record.clone()));
        let (chunk, directory, currency) = (calls.clone(), directory.clone(), self.currency);
        let recorded = self.engine.run(self.actor, move |work| {
            let (chunk, directory, before) = (chunk.clone(), directory.clone(), before.clone());
            Box::pin(async move {
                let (mut tally, mut record) = (before.0.clone(), before.1.clone());
                let outcomes = calls::record_batch(work, &directory, &chunk, Some(&record.id)).await?;
                chunk.iter().zip(&outcomes).for_each(|(call, outcome)| tally.add(call, outcome));
                record.summary = json(&tally.summary(&record.id, currency));
                storage::imports::save(&mut work.tx, &record).await?;
                Ok::<_, ImportError>((outcomes, tally))
            })
        });
        let (outcomes, tally) = recorded.await?;
        for (call, outcome) in calls.iter().zip(&outcomes) {
            if *outcome != Outcome::Known {
                let code = call.account_code.clone().unwrap_or_default();
                self.accounts.entry(code).or_default().add(call, outcome);
            }
        }
        self.tally = tally;
        Ok(())
    }

    /// Writes down what the import came to.
    async fn finish(self) -> Result<Summary, ImportError> {
        let mut summary = self.tally.summary(&self.record.id, self.currency);
        summary.accounts =
            self.accounts.iter().map(|(code, sums)| (code.clone(), sums.summary(self.currency))).collect();
        summary.created_customers = self.made.customers;
        summary.refused_customers = self.made.refused;
        let (record, written) = (self.record, summary.clone());
        let saved = self.engine.run(self.actor, move |work| {
            let (record, written) = (record.clone(), written.clone());
            Box::pin(async move { finish(work, record, &written).await })
        });
        saved.await?;
        Ok(summary)
    }
}

/// Writes an import down that begins.
pub(super) async fn begin(work: &mut Work, kind: &str, name: String) -> Result<ImportRecord, storage::Error> {
    let record = ImportRecord {
        tenant: work.tenant(),
        id: work.id("imp"),
        kind: kind.to_owned(),
        name,
        state: "running".to_owned(),
        summary: "{}".to_owned(),
        started_at: work.now().millis(),
        finished_at: None,
    };
    storage::imports::save(&mut work.tx, &record).await?;
    work.audit("import.begin", &record.id, None, Some(&Begun { kind, name: &record.name })).await?;
    Ok(record)
}

/// Writes down what an import came to.
pub(super) async fn finish<S: Serialize>(
    work: &mut Work,
    record: ImportRecord,
    summary: &S,
) -> Result<(), storage::Error> {
    let record = ImportRecord {
        state: "finished".to_owned(),
        summary: json(summary),
        finished_at: Some(work.now().millis()),
        ..record
    };
    storage::imports::save(&mut work.tx, &record).await
}

fn json<S: Serialize>(summary: &S) -> String {
    serde_json::to_string(summary).unwrap_or_default()
}
