//! Calls to groups: what is on record of each, and what was noted of it.

use axum::extract::State;
use axum::response::Response;
use domain::time::Instant;
use engine::audit::{self, LISTS_CALLS, Seen};
use engine::groups::{self, CallNote, CalledBack, GroupCall};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::call_backs::CalledBackDocument;
use crate::App;
use crate::answer::Answer;
use crate::body::Body;
use crate::guard::{COORDINATORS, Caller, ROSTER_READERS, TENANT};
use crate::paging::{Page, Wanted, key_in_time};
use crate::params::{self, Id, Params};
use crate::problem::{Problem, Refusals};
use crate::version::IfMatch;

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_group_calls))
        .routes(routes!(get_group_call))
        .routes(routes!(note_group_call))
}

/// A call to a group.
#[derive(Debug, Serialize, ToSchema)]
struct GroupCallDocument {
    id: String,
    group: String,
    /// The caller's number, or what stands in its place where the group does not keep numbers; empty, once the time is over for which it is kept
    /// who called.
    caller: String,
    called_at: String,
    answered_at: Option<String>,
    /// Null, as long as it runs.
    ended_at: Option<String>,
    /// `running`, `answered`, `message` (the caller left one), `missed`, or `blocked`.
    #[schema(pattern = "^(running|answered|message|missed|blocked)$")]
    result: &'static str,
    /// The agent who has taken it, or who calls back.
    agent: Option<String>,
    /// Who was rung, the first first.
    attempts: Vec<RungDocument>,
    /// The language that the caller chose.
    language: Option<String>,
    /// The id of the call that it answers, where by it somebody is called back: then `caller` is who is called, and `agent` who calls.
    answers: Option<String>,
    /// Who had it placed, where it is such a call: as the audit trail names them.
    placed_by: Option<String>,
    /// The last call by which the caller was called back because of this one.
    called_back: Option<CalledBackDocument>,
    note: Option<String>,
    outcome: Option<String>,
    /// Counts how often something was noted: what `If-Match` is to say when something is noted.
    version: i64,
}

/// Somebody was rung.
#[derive(Debug, Serialize, ToSchema)]
struct RungDocument {
    agent: String,
    at: String,
    /// `rung` (still), `accepted`, `no_answer`, `busy`, `unreachable`, `declined`, `unconfirmed` (somebody answered and pressed nothing: a mailbox),
    /// `withdrawn` (another has taken the call, or the caller was gone), or `transferred` (they took the call, and passed it on).
    #[schema(pattern = "^(rung|accepted|no_answer|busy|unreachable|declined|unconfirmed|withdrawn|transferred)$")]
    result: &'static str,
    /// Why a phone of theirs could not be rung, as whoever carries calls says.
    reason: Option<String>,
}

/// What somebody notes of a call.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"note": "Wants to be called back on Friday.", "outcome": "follow-up"}))]
pub(super) struct CallNoteBody {
    /// Any text, 4,000 characters at most.
    pub(super) note: Option<String>,
    /// What came of it, in a word of your own.
    pub(super) outcome: Option<String>,
}

/// From when to when.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct CallList {
    /// Those that came from this instant on.
    from: Option<String>,
    /// Those that came before this instant.
    until: Option<String>,
    /// 1 to 500, 50 where it is not given.
    #[param(value_type = Option<i64>)]
    limit: Option<String>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List a group's calls
///
/// The newest first. Who lists them is written in the audit trail.
#[utoipa::path(get, path = "/groups/{id}/calls", params(("id" = String, Path), CallList),
    responses((status = 200, description = "A page.", body = Page<GroupCallDocument>), Refusals),
    extensions(("x-roles" = json!(ROSTER_READERS)), ("x-owner" = json!(TENANT))))]
async fn list_group_calls(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id,
    Params(list): Params<CallList>,
) -> Result<Answer<Page<GroupCallDocument>>, Problem> {
    let wanted = Wanted::read(list.limit.as_ref(), list.cursor.as_ref())?;
    let from = params::instant("from", list.from.as_ref())?.unwrap_or(Instant::FIRST);
    let until = params::instant("until", list.until.as_ref())?.unwrap_or(Instant::LAST);
    let before = wanted.key_in_time()?.map(|(at, origin)| (Instant::clamped(at), origin));
    let mut view = app.engine.view(&actor).await?;
    let rows = groups::calls(&mut view, &id, (from, until), before, wanted.rows()).await?;
    let origins: Vec<&str> = rows.iter().map(|call| call.origin.as_str()).collect();
    let back = groups::called_back(&mut view, &origins).await?;
    drop(view);
    let seen = Seen { action: LISTS_CALLS, subject: &id, person: None, about: None::<&()> };
    audit::note_seen(&app.engine, &actor, seen).await?;
    let key = |row: &GroupCall| key_in_time(row.called_at.millis(), &row.origin);
    Ok(Answer::ok(wanted.page(rows, key, |call| {
        let back = back.get(&call.origin).cloned();
        GroupCallDocument::of(call, back)
    })))
}

/// Show a group's call
///
/// Who sees it is written in the audit trail.
#[utoipa::path(get, path = "/group-calls/{id}", params(("id" = String, Path)),
    responses((status = 200, description = "The call.", body = GroupCallDocument), Refusals),
    extensions(("x-roles" = json!(ROSTER_READERS)), ("x-owner" = json!(TENANT))))]
async fn get_group_call(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id,
) -> Result<Answer<GroupCallDocument>, Problem> {
    let mut view = app.engine.view(&actor).await?;
    let call = groups::call(&mut view, &origin(&id)).await?;
    let back = groups::called_back(&mut view, &[&call.origin]).await?.remove(&call.origin);
    let person = groups::person_of(&mut view, &call.group, &call.caller).await?;
    drop(view);
    let seen = Seen { action: "group_call.view", subject: &call.origin, person: person.as_deref(), about: None::<&()> };
    audit::note_seen(&app.engine, &actor, seen).await?;
    let version = call.notes;
    Ok(Answer::ok(GroupCallDocument::of(call, back)).version(version))
}

/// Note something of a group's call
///
/// In the place of what was noted before.
#[utoipa::path(put, path = "/group-calls/{id}/note", request_body = CallNoteBody,
    params(("id" = String, Path), ("If-Match" = String, Header)),
    responses((status = 200, description = "It is noted.", body = GroupCallDocument), Refusals),
    extensions(("x-roles" = json!(COORDINATORS)), ("x-owner" = json!(TENANT))))]
async fn note_group_call(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    IfMatch(version): IfMatch,
    Body(CallNoteBody { note, outcome }): Body<CallNoteBody>,
) -> Result<Response, Problem> {
    app.once(&caller, None, move |work| {
        let (origin, note) = (origin(&id), CallNote { note: note.clone(), outcome: outcome.clone() });
        Box::pin(async move {
            let call = groups::note_call(work, &origin, note, version).await?;
            let back = groups::called_back(work, &[&call.origin]).await?.remove(&call.origin);
            let version = call.notes;
            Ok(Answer::ok(GroupCallDocument::of(call, back)).version(version))
        })
    })
    .await
}

/// The origin of a call, which has a slash where its id, which stands in addresses, has a colon.
pub(super) fn origin(id: &str) -> String {
    id.replacen(':', "/", 1)
}

/// The id of the call with an origin.
pub(super) fn id_of(origin: &str) -> String {
    origin.replacen('/', ":", 1)
}

impl GroupCallDocument {
    fn of(call: GroupCall, back: Option<CalledBack>) -> Self {
        let attempt = |attempt: &domain::call_flow::Attempt| RungDocument {
            agent: attempt.agent.clone(),
            at: attempt.at.to_string(),
            result: attempt.result.name(),
            reason: attempt.reason.clone(),
        };
        let told = |at: Option<Instant>| at.map(|at| at.to_string());
        GroupCallDocument {
            id: call.id(),
            group: call.group,
            caller: call.caller,
            called_at: call.called_at.to_string(),
            answered_at: told(call.answered_at),
            ended_at: told(call.ended_at),
            result: call.result.name(),
            agent: call.agent,
            attempts: call.attempts.iter().map(attempt).collect(),
            language: call.language,
            answers: call.answers.as_deref().map(id_of),
            placed_by: call.placed_by,
            called_back: back.map(CalledBackDocument::of),
            note: call.note,
            outcome: call.outcome,
            version: call.notes,
        }
    }
}
