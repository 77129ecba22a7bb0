use domain::money::Amount;
use domain::time::Instant;
use serde::Serialize;
use serde_json::{Map, Value, json};
use storage::persons::{self, Subject, Table};

use super::{CallerOf, Known, Person, PersonError};
use crate::audit::{self, Seen};
use crate::{Actor, Engine, Scope, View, Work, tenants};

/// How many rows are read at a time.
const ROWS: i64 = 1000;
/// What the audit trail says of who has exported what is held of somebody.
const EXPORT: &str = "person.export";

/// What the audit trail says beside of who exports what is held of a caller: never a number.
#[derive(Serialize)]
struct InGroup<'a> {
    group: &'a str,
}

/// All that is held of somebody, as one document of JSON, and writes down who has asked for it.
///
/// It is what stood in the database at one instant. Instants are written in UTC, amounts as decimals; secrets are left out.
///
/// # Errors
/// There is no such person in the tenant, a number is none, or the database does not answer.
pub async fn export(engine: &Engine, actor: &Actor, person: &Person) -> Result<Vec<u8>, PersonError> {
    let known = engine
        .run(actor, |work| {
            let person = person.clone();
            Box::pin(async move {
                let known = person.known(work).await?;
                note(work, &known).await?;
                Ok::<_, PersonError>(known)
            })
        })
        .await?;
    let mut view = engine.view(actor).await?;
    let (tenant, now) = (tenants::get(&mut view).await?.name, view.now());
    let head = json!({"person": shown(person, &known), "held_by": tenant, "at": now.to_string()});
    let mut text = serde_json::to_vec(&head)?;
    // The document is written bit by bit: of a customer there may be very many calls.
    text.pop();
    text.extend_from_slice(b",\"held\":{");
    let mut looked_through = Vec::new();
    for table in known.subjects().first().map(|subject| persons::tables(*subject)).unwrap_or_default() {
        let comma = if looked_through.is_empty() { "" } else { "," };
        text.extend_from_slice(format!("{comma}\"{}\":[", table.name).as_bytes());
        let mut is_first = true;
        for subject in known.subjects() {
            rows(&mut view, (subject, table), &mut is_first, &mut text).await?;
        }
        text.push(b']');
        looked_through.push(table.name);
    }
    text.extend_from_slice(b"},\"not_shown\":");
    serde_json::to_writer(&mut text, &not_shown())?;
    text.push(b'}');
    Ok(text)
}

/// Writes down who has asked: of a caller under each of its names.
async fn note(work: &mut Work, known: &Known) -> Result<(), storage::Error> {
    match known {
        Known::Customer(id) | Known::Agent(id) | Known::Member(id) => noted(work, id, None).await,
        Known::Caller { groups, .. } => {
            for CallerOf { group, name, .. } in groups {
                noted(work, name, Some(&InGroup { group })).await?;
            }
            Ok(())
        }
    }
}

async fn noted(work: &mut Work, name: &str, about: Option<&InGroup<'_>>) -> Result<(), storage::Error> {
    audit::note(work, &Seen { action: EXPORT, subject: name, person: Some(name), about }).await
}

/// Who it is, as far as that is no row.
fn shown(person: &Person, known: &Known) -> Value {
    let kind = person.kind();
    match known {
        Known::Customer(id) | Known::Agent(id) | Known::Member(id) => json!({"kind": kind, "id": id}),
        Known::Caller { number, groups } => {
            let of = |caller: &CallerOf| json!({"group": caller.group, "name": caller.name, "is_blocked": caller.is_blocked});
            json!({"kind": kind, "number": number, "groups": groups.iter().map(of).collect::<Vec<_>>()})
        }
    }
}

fn not_shown() -> Value {
    json!([
        {"what": "audio", "why": "it is heard by the ids of the recordings"},
        {"what": "the pictures of documents (PDF)", "why": "they are fetched by the ids of the documents"},
        {"what": "passwords, second factors, keys and the secrets of links, phones and sessions",
            "why": "they are no facts about anybody, and most are not kept but as digests"},
    ])
}

async fn rows(
    view: &mut View,
    (subject, table): (Subject<'_>, Table),
    is_first: &mut bool,
    text: &mut Vec<u8>,
) -> Result<(), PersonError> {
    let (tenant, mut offset) = (view.tenant(), 0);
    loop {
        let page = persons::page(view.tx(), tenant, subject, table, (offset, ROWS)).await?;
        for row in &page {
            if !std::mem::take(is_first) {
                text.push(b',');
            }
            let row: Map<String, Value> = serde_json::from_str(row)?;
            let fields = row.into_iter().map(|(column, value)| {
                let value = readable(table, &column, value);
                (column, value)
            });
            serde_json::to_writer(&mut *text, &fields.collect::<Map<_, _>>())?;
        }
        let rows = i64::try_from(page.len()).unwrap_or(i64::MAX);
        if rows < ROWS {
            return Ok(());
        }
        offset = offset.saturating_add(rows);
    }
}

/// A field as people and other programs read it.
fn readable(table: Table, column: &str, value: Value) -> Value {
    match &value {
        Value::Number(number) => match number.as_i64() {
            Some(millis) if column.ends_with("_at") || column == "at" => Instant::clamped(millis).to_string().into(),
            Some(micros) if table.amounts.contains(&column) => Amount::from_micros(micros).to_string().into(),
            _ => value,
        },
        Value::String(text) if table.documents.contains(&column) => match serde_json::from_str(text) {
            Ok(document @ (Value::Object(_) | Value::Array(_))) => document,
            _ => value,
        },
        _ => value,
    }
}
