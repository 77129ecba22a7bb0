use std::io::{self, BufReader, Read, Write};

use axum::extract::State;
use engine::imports::{
    self, CustomerBy, Encoding, Format, ImportError, ImportRun, Mapping, Most, Options, Output, Reject, Source,
};
use engine::{Actor, Engine};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::App;
use crate::answer::Answer;
use crate::body::Upload;
use crate::guard::{CLERKS, Caller, READERS, TENANT};
use crate::paging::{Page, PageParams};
use crate::params::{Id, Params, flag};
use crate::problem::{Problem, Refusals};

/// How many rejected rows an answer shows.
const SHOWN: usize = 100;
/// How much of the rejected rows is kept to show them, in bytes.
const KEPT: usize = 1 << 20;
/// The most of a file that is taken over HTTP; whoever has more of it runs the command `tollgate import`.
const MOST: Most = Most { rows: 1_000_000, bytes: 1 << 30 };

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(import_file, list_imports)).routes(routes!(get_import))
}

/// How the file is read.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ImportQuery {
    /// `asterisk_csv` (what Asterisk's `cdr_csv` writes), `csv` (with `map`), `jsonl`, or `customers_csv` (customers, their lines and
    /// opening balances).
    format: Option<String>,
    /// The file's name, as it is listed.
    name: Option<String>,
    /// Of `asterisk_csv`: by which column the payer is known, `accountcode` or `src`.
    customer_by: Option<String>,
    /// Of `csv`: which column holds what, such as `to=dst,answered_at=start,duration_seconds=5`.
    map: Option<String>,
    /// Of calls: what the switch is called in the origins of its calls, for a tenant with several.
    system: Option<String>,
    /// Of calls: `utf-8` or `latin-1`.
    encoding: Option<String>,
    /// Of calls: the zone of local times; the tenant's, where it is not given.
    time_zone: Option<String>,
    /// Of calls: whether payers who are not known become customers with a line.
    #[param(value_type = Option<bool>)]
    create_missing: Option<String>,
    /// Of calls, with `create_missing`: the name or id of the plan of these lines.
    plan: Option<String>,
    /// Of `customers_csv`: whether to tell only what it would come to.
    #[param(value_type = Option<bool>)]
    dry_run: Option<String>,
}

/// What an import came to.
#[derive(Debug, Serialize, ToSchema)]
struct ImportAnswer {
    /// The figures: of calls `rows`, `rated`, `duplicates`, `unrated`, `rejected`, `answered`, `seconds`, `amount` and more.
    #[schema(value_type = Object)]
    summary: Value,
    /// The first 100 rows that could not be used.
    rejects: Vec<RejectDocument>,
}

/// A row that could not be used.
#[derive(Debug, Serialize, ToSchema)]
struct RejectDocument {
    /// The line that it begins on; the first is 1.
    line: u64,
    reason: String,
    row: String,
}

/// An import that was begun.
#[derive(Debug, Serialize, ToSchema)]
struct ImportDocument {
    id: String,
    kind: String,
    name: String,
    #[schema(value_type = Object)]
    summary: Value,
    started_at: String,
    /// Null for one that was broken off, or goes on.
    finished_at: Option<String>,
}

/// Which import is wanted.
enum Wanted {
    Calls(Box<Options>),
    Customers { dry_run: bool },
}

/// Import a file
///
/// The body is the file, plain or compressed by gzip. A row of a file of calls that cannot be used is rejected, and the rest goes on;
/// a file of customers is written as a whole or not at all. Sent again, a file changes nothing: what is on record is passed over.
/// A file of more than a million lines, or of more than 1 GiB when it is unpacked, is refused before anything of it is recorded.
#[utoipa::path(post, path = "/imports", params(ImportQuery),
    request_body(content((String = "text/csv"), (String = "application/x-ndjson"), ("application/gzip",))),
    responses(
        (status = 201, description = "It is done; the summary says what it came to.", body = ImportAnswer),
        (status = 200, description = "It was a dry run, or has rejects of which none may be: nothing is written.", body = ImportAnswer),
        Refusals),
    extensions(("x-roles" = json!(CLERKS)), ("x-owner" = json!(TENANT))))]
async fn import_file(
    State(app): State<App>,
    Caller(actor): Caller,
    Params(query): Params<ImportQuery>,
    file: Upload,
) -> Result<Answer<ImportAnswer>, Problem> {
    let wanted = query.wanted()?;
    let name = query.name.unwrap_or_else(|| "upload".to_owned());
    let engine = app.engine.clone();
    let runtime = tokio::runtime::Handle::current();
    // Reading a file is work without a pause: other requests are not to wait for it.
    let done = tokio::task::spawn_blocking(move || runtime.block_on(run(&engine, &actor, &wanted, &name, file))).await;
    let done = done.map_err(|error| Problem::internal(error.to_string()))??;
    Ok(match done.summary["import"].as_str() {
        Some(id) => Answer::created(format!("/api/v1/imports/{id}"), done),
        None => Answer::ok(done),
    })
}

async fn run(
    engine: &Engine,
    actor: &Actor,
    wanted: &Wanted,
    name: &str,
    file: Upload,
) -> Result<ImportAnswer, ImportError> {
    let open = move || Ok(Box::new(BufReader::new(file.open()?)) as Box<dyn Read + Send>);
    let source = Source { name, open: &open };
    imports::fits(&source, MOST)?;
    match wanted {
        Wanted::Calls(options) => {
            let mut first = FirstBytes(Vec::new());
            let mut output = Output { rejects: &mut first, progress: &mut |_| {} };
            let summary = imports::run(engine, actor, options, &source, &mut output).await?;
            Ok(ImportAnswer { summary: json!(summary), rejects: first.rejects() })
        }
        Wanted::Customers { dry_run } => {
            let mut summary = imports::customers::run(engine, actor, &source, *dry_run).await?;
            summary.rejects.truncate(SHOWN);
            let rejects = std::mem::take(&mut summary.rejects).into_iter().map(RejectDocument::of).collect();
            Ok(ImportAnswer { summary: json!(summary), rejects })
        }
    }
}

/// List imports
///
/// The newest first.
#[utoipa::path(get, path = "/imports", params(PageParams),
    responses((status = 200, description = "A page.", body = Page<ImportDocument>), Refusals),
    extensions(("x-roles" = json!(READERS)), ("x-owner" = json!(TENANT))))]
async fn list_imports(
    State(app): State<App>,
    Caller(actor): Caller,
    Params(list): Params<PageParams>,
) -> Result<Answer<Page<ImportDocument>>, Problem> {
    let wanted = list.wanted()?;
    let rows = imports::page(&mut app.engine.view(&actor).await?, wanted.key(), wanted.rows()).await?;
    Ok(Answer::ok(wanted.page(rows, |row| row.id.clone(), ImportDocument::of)))
}

/// Show an import
#[utoipa::path(get, path = "/imports/{id}", params(("id" = String, Path)),
    responses((status = 200, description = "The import.", body = ImportDocument), Refusals),
    extensions(("x-roles" = json!(READERS)), ("x-owner" = json!(TENANT))))]
async fn get_import(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id,
) -> Result<Answer<ImportDocument>, Problem> {
    let import = imports::get(&mut app.engine.view(&actor).await?, &id).await?;
    Ok(Answer::ok(ImportDocument::of(import)))
}

impl ImportQuery {
    fn wanted(&self) -> Result<Wanted, Problem> {
        let format = match self.format.as_deref() {
            Some("customers_csv") => {
                refuse(&[("customer_by", &self.customer_by), ("map", &self.map), ("system", &self.system)])?;
                refuse(&[("encoding", &self.encoding), ("time_zone", &self.time_zone), ("plan", &self.plan)])?;
                refuse(&[("create_missing", &self.create_missing)])?;
                return Ok(Wanted::Customers { dry_run: flag("dry_run", self.dry_run.as_ref())? });
            }
            Some("asterisk_csv") => {
                refuse(&[("map", &self.map)])?;
                Format::AsteriskCsv { customer_by: self.customer_by()? }
            }
            Some("csv") => {
                refuse(&[("customer_by", &self.customer_by)])?;
                let parts = self.map.as_deref().unwrap_or_default().split(',');
                Format::Csv { mapping: Mapping::parse(parts).map_err(|error| Problem::from(ImportError::from(error)))? }
            }
            Some("jsonl") => {
                refuse(&[("customer_by", &self.customer_by), ("map", &self.map)])?;
                Format::JsonLines
            }
            _ => return Err(Problem::parameter("format", "must be asterisk_csv, csv, jsonl or customers_csv")),
        };
        refuse(&[("dry_run", &self.dry_run)])?;
        let mut options = Options::of(format);
        options.system = self.system.clone().unwrap_or_default();
        if let Some(name) = &self.encoding {
            let unknown = |error: imports::UnknownEncoding| Problem::parameter("encoding", error.to_string());
            options.encoding = name.parse::<Encoding>().map_err(unknown)?;
        }
        options.time_zone.clone_from(&self.time_zone);
        options.create_missing = flag("create_missing", self.create_missing.as_ref())?;
        options.plan.clone_from(&self.plan);
        Ok(Wanted::Calls(Box::new(options)))
    }

    fn customer_by(&self) -> Result<CustomerBy, Problem> {
        match self.customer_by.as_deref() {
            Some("accountcode") => Ok(CustomerBy::AccountCode),
            Some("src") => Ok(CustomerBy::Source),
            _ => Err(Problem::parameter("customer_by", "must be accountcode or src")),
        }
    }
}

/// Refuses parameters that this format does not know: what they say would be lost.
fn refuse(parameters: &[(&'static str, &Option<String>)]) -> Result<(), Problem> {
    match parameters.iter().find(|(_, given)| given.is_some()) {
        Some((name, _)) => Err(Problem::parameter(name, "does not belong to this format")),
        None => Ok(()),
    }
}

/// Keeps the beginning of what is written to it.
struct FirstBytes(Vec<u8>);

impl Write for FirstBytes {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let room = KEPT.saturating_sub(self.0.len());
        self.0.extend_from_slice(&bytes[..bytes.len().min(room)]);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl FirstBytes {
    /// The first rejects of the CSV that was written.
    fn rejects(&self) -> Vec<RejectDocument> {
        let mut rows = csv::Reader::from_reader(self.0.as_slice());
        let rejects = rows.deserialize::<(u64, String, String)>().map_while(Result::ok);
        rejects.take(SHOWN).map(|(line, reason, row)| RejectDocument { line, reason, row }).collect()
    }
}

impl RejectDocument {
    fn of(reject: Reject) -> Self {
        RejectDocument { line: reject.line, reason: reject.reason, row: reject.row }
    }
}

impl ImportDocument {
    fn of(import: ImportRun) -> Self {
        ImportDocument {
            id: import.id,
            kind: import.kind,
            name: import.name,
            summary: import.summary,
            started_at: import.started_at.to_string(),
            finished_at: import.finished_at.map(|finished_at| finished_at.to_string()),
        }
    }
}
