//! `tollgate bill`.

mod run;
mod table;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, bail};
use domain::paper::{PaperKind, PaperLine};
use engine::billing::{self, BillingError, Document, DocumentFilter, DocumentState, Preview, Renderer};
use engine::customers::{self, Customer, CustomerError, Mode};
use engine::{Actor, Engine, Scope, View, tenants};
use serde_json::{Value, json};

use super::{complain, engine_and_actor, say, say_json};
use crate::cli::{BillCommand, BillListArgs};
use crate::config::Config;
use table::table;

pub(crate) async fn run(config: &Config, command: &BillCommand) -> anyhow::Result<ExitCode> {
    match command {
        BillCommand::Run { customer, json } => {
            let (engine, actor) = engine_and_actor(config).await?;
            match customer {
                None => run::all(&engine, &actor, *json).await,
                Some(customer) => run::one(&engine, &actor, customer, *json).await,
            }
        }
        BillCommand::Preview { customer, json } => {
            let (engine, actor) = engine_and_actor(config).await?;
            preview(&engine, &actor, customer, *json).await
        }
        BillCommand::List(args) => {
            let (engine, actor) = engine_and_actor(config).await?;
            list(&engine, &actor, args).await
        }
        BillCommand::Pdf { document, output } => pdf(config, document, output.as_deref()).await,
    }
}

/// How many customers are shown of those that a text may mean.
const MOST_CANDIDATES: usize = 10;

/// The customer with this id or external reference, or else the only one whose name, e-mail or reference has the text in it.
async fn customer_of(view: &mut View, named: &str) -> anyhow::Result<Customer> {
    let tenant = view.tenant();
    if let Some(record) = storage::customers::by_reference(view.tx(), tenant, named).await? {
        return Ok(customers::get(view, &record.id).await?);
    }
    match customers::get(view, named).await {
        Err(CustomerError::NotFound(_)) => {}
        found => return Ok(found?),
    }
    let mut found = customers::page(view, Some(named), None, 100).await?;
    let exact = |customer: &Customer| customer.details.name().to_lowercase() == named.to_lowercase();
    if found.iter().filter(|customer| exact(customer)).count() == 1 {
        found.retain(exact);
    }
    match found.len() {
        0 => bail!("there is no customer {named}: give a name, an id or an external reference"),
        1 => Ok(found.remove(0)),
        _ => bail!("{named} may be one of these customers, name one by its id:\n{}", candidates(&found)),
    }
}

fn candidates(found: &[Customer]) -> String {
    let row = |customer: &Customer| {
        let reference = customer.external_reference.as_ref().map(|reference| format!(" ({reference})"));
        format!("  {}  {}{}", customer.id, customer.details.name(), reference.unwrap_or_default())
    };
    let more = (found.len() > MOST_CANDIDATES).then(|| "  and others".to_owned());
    found.iter().take(MOST_CANDIDATES).map(row).chain(more).collect::<Vec<_>>().join("\n")
}

async fn preview(engine: &Engine, actor: &Actor, named: &str, as_json: bool) -> anyhow::Result<ExitCode> {
    let mut view = engine.view(actor).await?;
    let customer = customer_of(&mut view, named).await?;
    let previews = billing::preview(&mut view, &customer.id).await?;
    if as_json {
        say_json(&previews.iter().map(|bill| json!({"line": bill.line, "bill": bill.paper})).collect::<Vec<_>>())?;
    } else if previews.is_empty() {
        let why = match customer.mode {
            Mode::Prepaid => "is prepaid: it pays from its balance, and has statements",
            Mode::Postpaid => {
                "has no line whose period runs: what there was is billed, see tollgate bill list --customer"
            }
        };
        say(&format!("{} {why}.", customer.details.name()));
    } else {
        previews.iter().for_each(|bill| show_preview(&customer, bill));
    }
    Ok(ExitCode::SUCCESS)
}

fn show_preview(customer: &Customer, bill: &Preview) {
    let paper = &bill.paper;
    let period = paper.period.map(|period| format!(", {} up to {}", period.from(), period.to()));
    say(&format!("Next invoice of {}{}:", customer.details.name(), period.unwrap_or_default()));
    let text = |amount: domain::money::Amount| amount.to_text(paper.currency);
    let sum = |name: &str, amount: String| vec![String::new(), name.to_owned(), String::new(), amount];
    let mut rows: Vec<Vec<String>> = paper
        .lines
        .iter()
        .map(|line| vec![line.number.clone().unwrap_or_default(), line.name.clone(), extent(line), text(line.amount)])
        .collect();
    rows.push(sum("Net", text(paper.net)));
    rows.extend(paper.taxes.iter().map(|row| sum(&row.name, text(row.tax))));
    rows.push(sum("Total", format!("{} {}", paper.currency, text(paper.total))));
    table(&rows, &[3]).iter().for_each(|row| say(&format!("  {row}")));
}

/// How much a line of a bill is for: a part of the period, or so many calls.
fn extent(line: &PaperLine) -> String {
    let count = |number: i64, one: &str| format!("{number} {one}{}", if number == 1 { "" } else { "s" });
    let calls = line.usage.map(|usage| format!("{}, {}", count(usage.calls, "call"), count(usage.seconds, "second")));
    let share = line.share.map(|share| {
        let unit = if share.unit == domain::paper::ShareUnit::Days { "days" } else { "seconds" };
        format!("{} of {} {unit}", share.part, share.of)
    });
    calls.or(share).unwrap_or_default()
}

async fn list(engine: &Engine, actor: &Actor, args: &BillListArgs) -> anyhow::Result<ExitCode> {
    let mut view = engine.view(actor).await?;
    let customer = match &args.customer {
        Some(named) => Some(customer_of(&mut view, named).await?.id),
        None => None,
    };
    let overdue_at = match args.overdue {
        true => {
            let zone = tenants::get(&mut view).await?.settings.time_zone;
            Some(zone.start_of_day(zone.date(view.now())).millis())
        }
        false => None,
    };
    let filter = DocumentFilter {
        kind: args.kind.name(),
        customer: customer.as_deref(),
        state: args.state.map(|state| DocumentState::from(state).name()),
        overdue_at,
        ..DocumentFilter::default()
    };
    let mut documents = billing::page(&mut view, &filter, args.limit + 1).await?;
    let shown = usize::try_from(args.limit)?;
    let more = documents.len() > shown;
    documents.truncate(shown);
    show(&mut view, &documents, args.json)?;
    if more {
        complain(&format!("these are the newest {shown}; there are more: see --limit"));
    }
    Ok(ExitCode::SUCCESS)
}

/// Documents as a table, or as JSON.
fn show(view: &mut View, documents: &[Document], as_json: bool) -> anyhow::Result<()> {
    let now = view.now();
    if as_json {
        return say_json(&documents.iter().map(|document| shown(document, now)).collect::<Vec<_>>());
    }
    let heads = ["NUMBER", "ISSUED", "CUSTOMER", "PERIOD", "TOTAL", "OPEN", "DUE", "STATE"];
    let mut rows = vec![heads.map(str::to_owned).to_vec()];
    rows.extend(documents.iter().map(|document| {
        let paper = &document.paper;
        let overdue = if document.is_overdue(now) { ", overdue" } else { "" };
        vec![
            paper.number.clone().unwrap_or_else(|| document.id.clone()),
            paper.issued_on.to_string(),
            paper.buyer.name.clone(),
            paper.period.map(|period| format!("{} up to {}", period.from(), period.to())).unwrap_or_default(),
            format!("{} {}", paper.currency, paper.total.to_text(paper.currency)),
            document.open().to_text(paper.currency),
            paper.due_on.map(|due_on| due_on.to_string()).unwrap_or_default(),
            format!("{}{overdue}", state(document)),
        ]
    }));
    table(&rows, &[4, 5]).iter().for_each(|row| say(row));
    Ok(())
}

/// How a document stands, for a reader.
fn state(document: &Document) -> String {
    match document.paper.kind {
        PaperKind::Invoice => document.state.name().replace('_', " "),
        PaperKind::Receipt => "paid".to_owned(),
        PaperKind::CreditNote | PaperKind::Statement | PaperKind::Payout => "issued".to_owned(),
    }
}

fn shown(document: &Document, now: domain::time::Instant) -> Value {
    let paper = &document.paper;
    json!({
        "id": document.id,
        "kind": paper.kind,
        "number": paper.number,
        "customer": document.customer,
        "line": document.line,
        "period": paper.period.map(|period| json!({"from": period.from(), "to": period.to()})),
        "issued_at": document.issued_at,
        "due_on": paper.due_on,
        "currency": paper.currency,
        "net": paper.net.to_text(paper.currency),
        "tax": paper.tax.to_text(paper.currency),
        "total": paper.total.to_text(paper.currency),
        "settled": document.settled.to_text(paper.currency),
        "settlements": paper.settled,
        "written_off": document.written_off().to_text(paper.currency),
        "open": document.open().to_text(paper.currency),
        "state": document.state.name(),
        "overdue": document.is_overdue(now),
    })
}

async fn pdf(config: &Config, named: &str, output: Option<&Path>) -> anyhow::Result<ExitCode> {
    let renderer: Arc<dyn Renderer> = Arc::new(config.templates()?);
    let (engine, actor) = engine_and_actor(config).await?;
    let document = match billing::find(&mut engine.view(&actor).await?, named).await {
        Err(BillingError::NotFound(_)) => bail!("there is no document {named}: see tollgate bill list"),
        found => found?,
    };
    let drawn = billing::pdf(&engine, &actor, &renderer, &document.id).await?;
    let bytes = drawn.map_err(anyhow::Error::msg).with_context(|| format!("{named} cannot be drawn"))?;
    if output == Some(Path::new("-")) {
        std::io::stdout().lock().write_all(&bytes)?;
        return Ok(ExitCode::SUCCESS);
    }
    let file = output.map_or_else(|| PathBuf::from(document.file_name("pdf")), Path::to_owned);
    std::fs::write(&file, &bytes).with_context(|| format!("cannot write {}", file.display()))?;
    say(&format!("{} ({} bytes)", file.display(), bytes.len()));
    Ok(ExitCode::SUCCESS)
}
