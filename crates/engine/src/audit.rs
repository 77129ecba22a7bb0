//! The audit trail: who changed what, from what to what, and who has seen what is held of people.

pub use storage::audit::ChangeRecord;

use serde::Serialize;

use crate::{Actor, Engine, Scope, View, Work};

/// For how long somebody who is noted as having seen something is not noted again, in milliseconds: an hour. A player asks for audio bit by bit,
/// and a page for what it shows again and again.
const NOTED_MILLIS: i64 = 3_600_000;
/// How many lines of the trail are looked through for that.
const LINES: i64 = 50;
/// What the trail says of who lists the calls to a group, each with its caller and its note.
pub const LISTS_CALLS: &str = "group_calls.list";

/// Something that is seen of people.
#[derive(Debug)]
pub struct Seen<'a, T> {
    /// What is done, such as `recording.listen`.
    pub action: &'static str,
    /// The id of what is seen.
    pub subject: &'a str,
    /// Of whom, where that is known.
    pub person: Option<&'a str>,
    /// What there is to say of it.
    pub about: Option<&'a T>,
}

/// A page of changes, of one subject or of all, the newest first, those before `before`.
///
/// # Errors
/// The database does not answer.
pub async fn page(
    scope: &mut impl Scope,
    subject: Option<&str>,
    before: Option<&str>,
    limit: i64,
) -> Result<Vec<ChangeRecord>, storage::Error> {
    let tenant = scope.tenant();
    storage::audit::page(scope.tx(), tenant, subject, before, limit).await
}

/// Writes down that who acts sees something, before it is shown; not again within an hour.
///
/// # Errors
/// The database does not answer.
pub async fn note_seen<T: Serialize + Sync>(
    engine: &Engine,
    actor: &Actor,
    seen: Seen<'_, T>,
) -> Result<(), storage::Error> {
    let mut view = engine.view(actor).await?;
    let is_noted = is_noted(&mut view, &seen).await?;
    drop(view);
    if is_noted {
        return Ok(());
    }
    storage::retry(async || {
        let mut work = engine.begin(actor).await?;
        note(&mut work, &seen).await?;
        work.commit().await
    })
    .await
}

/// Writes down that who acts sees something of somebody.
pub(crate) async fn note<T: Serialize + Sync>(work: &mut Work, seen: &Seen<'_, T>) -> Result<(), storage::Error> {
    let change = work.change(seen.action, seen.subject, None, seen.about);
    let record = ChangeRecord { person: seen.person.map(str::to_owned), ..change };
    storage::audit::insert(&mut work.tx, &record).await
}

/// Whether the trail says that who asks has seen it lately.
async fn is_noted<T>(view: &mut View, seen: &Seen<'_, T>) -> Result<bool, storage::Error> {
    let (tenant, since) = (view.tenant(), view.now().millis() - NOTED_MILLIS);
    let trail = storage::audit::page(view.tx(), tenant, Some(seen.subject), None, LINES).await?;
    let name = &view.actor().name;
    let is_this = |line: &ChangeRecord| line.action == seen.action && line.person.as_deref() == seen.person;
    Ok(trail.iter().any(|line| is_this(line) && line.actor == *name && line.at > since))
}
