//! Recordings: messages that callers left, and calls that were recorded.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use engine::Reach;
use engine::recordings::{self, Filter, Inbox, Recording, RecordingKind};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::audio;
use crate::App;
use crate::answer::Answer;
use crate::body::Body;
use crate::guard::{CUSTOMER, Caller, PAYERS};
use crate::paging::{Page, Wanted};
use crate::params::{self, Id, Params};
use crate::problem::{Problem, Refusals};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_recordings))
        .routes(routes!(get_recording, delete_recording))
        .routes(routes!(set_recording_done))
        .merge(audio::routes())
}

/// A recording.
#[derive(Debug, Serialize, ToSchema)]
struct RecordingDocument {
    id: String,
    /// `voicemail` for a message that a caller left, `call` for what was spoken in a call.
    #[schema(value_type = String, pattern = "^(voicemail|call)$")]
    kind: RecordingKind,
    /// The line that the message is for, or that the call is of.
    line: Option<String>,
    /// Whose line that is.
    customer: Option<String>,
    /// The origin of its call. Not for customers.
    origin: Option<String>,
    /// The caller's number.
    from: String,
    /// The number that was called.
    to: String,
    started_at: String,
    seconds: i64,
    /// The media type of its audio.
    media_type: String,
    /// The size of its audio.
    size_bytes: i64,
    /// When somebody was done with it; null, while nobody is.
    done_at: Option<String>,
    /// From when on it is deleted by itself.
    delete_at: String,
}

/// Whether somebody is done with a recording.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"done": true}))]
struct Done {
    done: bool,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct RecordingList {
    /// Only those of lines of this customer.
    customer: Option<String>,
    /// Only those of this line.
    line: Option<String>,
    /// Only `voicemail`, or only `call`.
    kind: Option<String>,
    /// `true`: only those that somebody is done with; `false`: only the others.
    #[param(value_type = Option<bool>)]
    done: Option<String>,
    /// 1 to 500, 50 where it is not given.
    #[param(value_type = Option<i64>)]
    limit: Option<String>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List recordings
///
/// The newest first. Customers find the messages that were left for their lines, the staff recorded calls too.
#[utoipa::path(get, path = "/recordings", params(RecordingList),
    responses((status = 200, description = "A page.", body = Page<RecordingDocument>), Refusals),
    extensions(("x-roles" = json!(PAYERS)), ("x-owner" = json!(CUSTOMER))))]
async fn list_recordings(
    State(app): State<App>,
    Caller(actor): Caller,
    Params(list): Params<RecordingList>,
) -> Result<Answer<Page<RecordingDocument>>, Problem> {
    let wanted = Wanted::read(list.limit.as_ref(), list.cursor.as_ref())?;
    let filter = Filter {
        customer: list.customer.as_deref(),
        line: list.line.as_deref(),
        kind: params::word("kind", list.kind.as_ref())?,
        done: list.done.as_ref().map(|done| params::flag("done", Some(done))).transpose()?,
    };
    let mut view = app.engine.view(&actor).await?;
    let rows = recordings::page(&mut view, filter, wanted.key(), wanted.rows()).await?;
    Ok(Answer::ok(wanted.page(rows, |row| row.id.clone(), |row| RecordingDocument::seen(row, &actor.reach))))
}

/// Show a recording
#[utoipa::path(get, path = "/recordings/{id}", params(("id" = String, Path)),
    responses((status = 200, description = "The recording.", body = RecordingDocument), Refusals),
    extensions(("x-roles" = json!(PAYERS)), ("x-owner" = json!(CUSTOMER))))]
async fn get_recording(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id,
) -> Result<Answer<RecordingDocument>, Problem> {
    let recording = recordings::get(&mut app.engine.view(&actor).await?, Inbox::OfLines, &id).await?;
    Ok(Answer::ok(RecordingDocument::seen(recording, &actor.reach)))
}

/// Say whether somebody is done with a recording
///
/// It is kept as long as it would be anyway.
#[utoipa::path(put, path = "/recordings/{id}/done", request_body = Done, params(("id" = String, Path)),
    responses((status = 200, description = "So it is.", body = RecordingDocument), Refusals),
    extensions(("x-roles" = json!(PAYERS)), ("x-owner" = json!(CUSTOMER))))]
async fn set_recording_done(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    Body(Done { done }): Body<Done>,
) -> Result<Response, Problem> {
    let reach = caller.0.reach.clone();
    app.once(&caller, None, move |work| {
        let (id, reach) = (id.clone(), reach.clone());
        Box::pin(async move {
            let recording = recordings::mark_done(work, (Inbox::OfLines, &id), done).await?;
            Ok(Answer::ok(RecordingDocument::seen(recording, &reach)))
        })
    })
    .await
}

/// Delete a recording
///
/// For good, with its audio.
#[utoipa::path(delete, path = "/recordings/{id}", params(("id" = String, Path)),
    responses((status = 204, description = "It is gone."), Refusals),
    extensions(("x-roles" = json!(PAYERS)), ("x-owner" = json!(CUSTOMER))))]
async fn delete_recording(State(app): State<App>, Caller(actor): Caller, Id(id): Id) -> Result<StatusCode, Problem> {
    recordings::delete(&app.engine, &actor, (Inbox::OfLines, &id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl RecordingDocument {
    /// The recording as it is told to whoever has this reach: to customers without what is between the tenant and its switches.
    fn seen(recording: Recording, reach: &Reach) -> Self {
        RecordingDocument {
            id: recording.id,
            kind: recording.kind,
            line: recording.line,
            customer: recording.customer,
            origin: Some(recording.origin).filter(|_| reach.is_whole()),
            from: recording.from,
            to: recording.to,
            started_at: recording.started_at.to_string(),
            seconds: recording.seconds,
            media_type: recording.media_type,
            size_bytes: recording.size_bytes,
            done_at: recording.done_at.map(|at| at.to_string()),
            delete_at: recording.delete_at.to_string(),
        }
    }
}
