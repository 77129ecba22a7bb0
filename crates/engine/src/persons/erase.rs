use domain::money::Amount;
use storage::persons::{self, Fate};

use super::{CallerOf, Known, Person, PersonError};
use crate::people::memberships;
use crate::{Actor, Engine, Scope, View, Work, recordings};

/// How many rows meet their fate in one transaction.
const CHUNK: i64 = 500;
/// What the audit trail says of who has erased somebody.
const ERASE: &str = "person.erase";
/// The tables of a membership, which is taken away as a whole.
const OF_MEMBERSHIP: [&str; 2] = ["memberships", "membership_customers"];
/// The table of recordings, which go with their audio.
const RECORDINGS: &str = "recordings";

/// What becomes, or would become, of what is held of somebody.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Erasure {
    /// What goes.
    pub gone: Vec<Gone>,
    /// What stays.
    pub kept: Vec<Kept>,
}

/// Rows of a table that are deleted, or in which what names somebody is overwritten.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gone {
    /// The table.
    pub table: &'static str,
    /// How many rows.
    pub rows: i64,
    /// Whether they are deleted.
    pub deleted: bool,
}

/// Rows of a table that stay as they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The table.
    pub table: &'static str,
    /// How many rows.
    pub rows: i64,
    /// Why.
    pub why: &'static str,
}

/// Something that is not over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Open {
    /// What, in a word, such as `open_lines`.
    pub what: String,
    /// How much of it: a number, or an amount.
    pub figure: String,
}

/// Erases somebody: what names it is deleted or overwritten, and what the books need stays. A dry run changes nothing. Done again, it finds
/// nothing to erase; broken off and called again, it goes on.
///
/// # Errors
/// There is no such person in the tenant, something is not over, who acts may not take the member's roles, or the database does not do it.
pub async fn erase(engine: &Engine, actor: &Actor, person: &Person, is_dry: bool) -> Result<Erasure, PersonError> {
    let mut view = engine.view(actor).await?;
    let known = person.known(&mut view).await?;
    refuse_open(&mut view, &known).await?;
    let erasure = foreseen(&mut view, &known).await?;
    let recordings = recordings_of(&mut view, &known).await?;
    drop(view);
    if let Known::Member(user) = &known {
        may_remove(engine, actor, user).await?;
    }
    if is_dry {
        return Ok(erasure);
    }
    for id in &recordings {
        recordings::forget_whole(engine, actor, id).await?;
    }
    for (table, fate) in fates(&known) {
        if !OF_MEMBERSHIP.contains(&table) || !matches!(known, Known::Member(_)) {
            while erase_some(engine, actor, &known, (table, fate)).await? {
                tokio::task::yield_now().await;
            }
        }
    }
    engine
        .run(actor, |work| {
            let known = known.clone();
            Box::pin(async move { is_erased(work, &known).await })
        })
        .await?;
    Ok(erasure)
}

/// The fates of all tables; they are the same for all names of somebody.
fn fates(known: &Known) -> Vec<(&'static str, Fate)> {
    known.subjects().first().map(|subject| persons::fates(*subject)).unwrap_or_default()
}

async fn refuse_open(view: &mut View, known: &Known) -> Result<(), PersonError> {
    let (tenant, now) = (view.tenant(), view.now().millis());
    let mut found = Vec::new();
    for subject in known.subjects() {
        for open in persons::open(view.tx(), tenant, subject, now).await? {
            let is_amount = open.what.contains("_in_") && !open.what.starts_with("calls");
            let figure = if is_amount { Amount::from_micros(open.figure).to_string() } else { open.figure.to_string() };
            found.push(Open { what: open.what, figure });
        }
    }
    if found.is_empty() { Ok(()) } else { Err(PersonError::Open(found)) }
}

/// What would become of everything.
async fn foreseen(view: &mut View, known: &Known) -> Result<Erasure, PersonError> {
    let (tenant, mut erasure) = (view.tenant(), Erasure::default());
    for (table, fate) in fates(known) {
        let mut rows = 0;
        for subject in known.subjects() {
            rows += persons::count(view.tx(), tenant, subject, (table, fate)).await?;
        }
        match fate {
            _ if rows == 0 => {}
            Fate::Nothing => {}
            Fate::Kept(why) => erasure.kept.push(Kept { table, rows, why }),
            Fate::Deleted => erasure.gone.push(Gone { table, rows, deleted: true }),
            Fate::Overwritten { .. } => erasure.gone.push(Gone { table, rows, deleted: false }),
        }
    }
    Ok(erasure)
}

/// The ids of all recordings of somebody.
async fn recordings_of(view: &mut View, known: &Known) -> Result<Vec<String>, PersonError> {
    let (tenant, mut ids) = (view.tenant(), Vec::new());
    for subject in known.subjects() {
        let Some(table) = persons::tables(subject).into_iter().find(|table| table.name == RECORDINGS) else { continue };
        let mut offset = 0;
        loop {
            let page = persons::page(view.tx(), tenant, subject, table, (offset, CHUNK)).await?;
            for row in &page {
                let row: serde_json::Value = serde_json::from_str(row)?;
                ids.extend(row["id"].as_str().map(str::to_owned));
            }
            offset += CHUNK;
            if page.is_empty() {
                break;
            }
        }
    }
    Ok(ids)
}

/// Whether who acts may take the membership away; nothing is done.
async fn may_remove(engine: &Engine, actor: &Actor, user: &str) -> Result<(), PersonError> {
    let mut work = engine.begin(actor).await?;
    Ok(memberships::remove(&mut work, user).await?)
}

/// Whether there may be more.
async fn erase_some(
    engine: &Engine,
    actor: &Actor,
    known: &Known,
    what: (&'static str, Fate),
) -> Result<bool, storage::Error> {
    engine
        .run(actor, |work| {
            let known = known.clone();
            Box::pin(async move {
                let (tenant, mut erased) = (work.tenant(), 0);
                for subject in known.subjects() {
                    erased += persons::erase(&mut work.tx, tenant, subject, what, CHUNK).await?;
                }
                Ok(erased > 0)
            })
        })
        .await
}

/// Takes a membership away, and writes down that somebody was erased: without a word of whom but the id that is left.
async fn is_erased(work: &mut Work, known: &Known) -> Result<(), PersonError> {
    match known {
        Known::Member(user) => {
            memberships::remove(work, user).await?;
            work.audit(ERASE, user, None, None::<&()>).await?;
        }
        Known::Customer(id) | Known::Agent(id) => work.audit(ERASE, id, None, None::<&()>).await?,
        Known::Caller { groups, .. } => {
            for CallerOf { name, .. } in groups {
                work.audit(ERASE, name, None, None::<&()>).await?;
            }
        }
    }
    Ok(())
}
