//! The messages that callers left for groups.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use engine::Scope;
use engine::groups::{self, CalledBack, GroupError};
use engine::recordings::{self, Inbox, Recording};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::audio;
use super::call_backs::CalledBackDocument;
use super::group_calls::id_of;
use crate::App;
use crate::answer::Answer;
use crate::body::Body;
use crate::guard::{COORDINATORS, Caller, TENANT};
use crate::paging::{Page, Wanted};
use crate::params::{self, Id, Params};
use crate::problem::{Problem, Refusals};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_group_messages))
        .routes(routes!(get_group_message, delete_group_message))
        .routes(routes!(set_group_message_done))
        .routes(routes!(get_group_message_audio))
}

/// A message for a group.
#[derive(Debug, Serialize, ToSchema)]
struct GroupMessageDocument {
    id: String,
    group: Option<String>,
    /// The call that it was left in.
    call: String,
    /// The caller's number, or what stands in its place where the group does not keep numbers.
    caller: String,
    /// The number that was called.
    to: String,
    started_at: String,
    seconds: i64,
    /// The media type of its audio; `text/plain; charset=utf-8` of one that was typed.
    media_type: String,
    /// The size of its audio.
    size_bytes: i64,
    /// What was understood of it; only where one message is shown.
    transcript: Option<String>,
    /// The last call by which the caller was called back because of it.
    called_back: Option<CalledBackDocument>,
    /// When somebody was done with it; null, while nobody is.
    done_at: Option<String>,
    /// From when on it is deleted by itself.
    delete_at: String,
}

/// Whether somebody is done with a message.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"done": true}))]
struct MessageDone {
    done: bool,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct MessageList {
    /// `true`: only those that somebody is done with; `false`: only the others.
    #[param(value_type = Option<bool>)]
    done: Option<String>,
    /// 1 to 500, 50 where it is not given.
    #[param(value_type = Option<i64>)]
    limit: Option<String>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List a group's messages
///
/// The newest first.
#[utoipa::path(get, path = "/groups/{id}/messages", params(("id" = String, Path), MessageList),
    responses((status = 200, description = "A page.", body = Page<GroupMessageDocument>), Refusals),
    extensions(("x-roles" = json!(COORDINATORS)), ("x-owner" = json!(TENANT))))]
async fn list_group_messages(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id,
    Params(list): Params<MessageList>,
) -> Result<Answer<Page<GroupMessageDocument>>, Problem> {
    let wanted = Wanted::read(list.limit.as_ref(), list.cursor.as_ref())?;
    let done = list.done.as_ref().map(|done| params::flag("done", Some(done))).transpose()?;
    let mut view = app.engine.view(&actor).await?;
    let group = groups::get(&mut view, &id).await?.id;
    let rows = recordings::of_group(&mut view, &group, done, wanted.key(), wanted.rows()).await?;
    let origins: Vec<&str> = rows.iter().map(|row| row.origin.as_str()).collect();
    let back = groups::called_back(&mut view, &origins).await?;
    Ok(Answer::ok(wanted.page(
        rows,
        |row| row.id.clone(),
        |row| {
            let back = back.get(&row.origin).cloned();
            GroupMessageDocument::of(row, None, back)
        },
    )))
}

/// Show a group's message
///
/// Who sees it is written in the audit trail.
#[utoipa::path(get, path = "/group-messages/{id}", params(("id" = String, Path)),
    responses((status = 200, description = "The message.", body = GroupMessageDocument), Refusals),
    extensions(("x-roles" = json!(COORDINATORS)), ("x-owner" = json!(TENANT))))]
async fn get_group_message(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id,
) -> Result<Answer<GroupMessageDocument>, Problem> {
    let (message, transcript) = recordings::read(&app.engine, &actor, &id).await?;
    let back = called_back(&mut app.engine.view(&actor).await?, &message).await?;
    Ok(Answer::ok(GroupMessageDocument::of(message, transcript, back)))
}

/// Say whether somebody is done with a group's message
///
/// It is kept as long as it would be anyway.
#[utoipa::path(put, path = "/group-messages/{id}/done", request_body = MessageDone, params(("id" = String, Path)),
    responses((status = 200, description = "So it is.", body = GroupMessageDocument), Refusals),
    extensions(("x-roles" = json!(COORDINATORS)), ("x-owner" = json!(TENANT))))]
async fn set_group_message_done(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    Body(MessageDone { done }): Body<MessageDone>,
) -> Result<Response, Problem> {
    app.once(&caller, None, move |work| {
        let id = id.clone();
        Box::pin(async move {
            let message = recordings::mark_done(work, (Inbox::OfGroups, &id), done).await?;
            let transcript = recordings::transcript(work, &message).await?;
            let back = called_back(work, &message).await?;
            Ok(Answer::ok(GroupMessageDocument::of(message, transcript, back)))
        })
    })
    .await
}

/// Delete a group's message
///
/// For good, with its audio and what was understood of it.
#[utoipa::path(delete, path = "/group-messages/{id}", params(("id" = String, Path)),
    responses((status = 204, description = "It is gone."), Refusals),
    extensions(("x-roles" = json!(COORDINATORS)), ("x-owner" = json!(TENANT))))]
async fn delete_group_message(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id,
) -> Result<StatusCode, Problem> {
    recordings::delete(&app.engine, &actor, (Inbox::OfGroups, &id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Hear a group's message
///
/// All of its audio, or the range of it that the header `Range` asks for. Who hears it is written in the audit trail.
#[utoipa::path(get, path = "/group-messages/{id}/audio",
    params(("id" = String, Path), ("Range" = Option<String>, Header, description = "Such as `bytes=0-1023`.")),
    responses((status = 200, description = "The audio.", content_type = "audio/*", body = Vec<u8>),
        (status = 206, description = "The range of it.", content_type = "audio/*", body = Vec<u8>), Refusals),
    extensions(("x-roles" = json!(COORDINATORS)), ("x-owner" = json!(TENANT))))]
async fn get_group_message_audio(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    audio::answer(recordings::listen(&app.engine, &actor, (Inbox::OfGroups, &id)).await?, &headers).await
}

/// By which call who has left a message was called back.
async fn called_back(scope: &mut impl Scope, message: &Recording) -> Result<Option<CalledBack>, GroupError> {
    Ok(groups::called_back(scope, &[&message.origin]).await?.remove(&message.origin))
}

impl GroupMessageDocument {
    fn of(message: Recording, transcript: Option<String>, back: Option<CalledBack>) -> Self {
        GroupMessageDocument {
            called_back: back.map(CalledBackDocument::of),
            id: message.id,
            group: message.group,
            call: id_of(&message.origin),
            caller: message.from,
            to: message.to,
            started_at: message.started_at.to_string(),
            seconds: message.seconds,
            media_type: message.media_type,
            size_bytes: message.size_bytes,
            transcript,
            done_at: message.done_at.map(|at| at.to_string()),
            delete_at: message.delete_at.to_string(),
        }
    }
}
