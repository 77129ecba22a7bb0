//! Where the person is signed in, and signing out there.

use axum::extract::State;
use axum::http::StatusCode;
use engine::people::sessions::{self, Session};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::App;
use crate::answer::Answer;
use crate::guard::{Person, SELF, SIGNED_IN};
use crate::paging::Page;
use crate::params::Id;
use crate::problem::{Problem, Refusals};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list_sessions, end_other_sessions)).routes(routes!(end_one_session))
}

/// A place where the person is signed in.
#[derive(Debug, Serialize, ToSchema)]
struct ListedSessionDocument {
    id: String,
    /// Whether it is the session that asks.
    current: bool,
    created_at: String,
    /// When it was last used, to the minute.
    seen_at: String,
    /// When it ends at the latest; sooner, where it is not used for twelve hours.
    expires_at: String,
    /// The address that it began from.
    address: String,
    /// What the browser called itself.
    browser: String,
}

/// How many sessions were ended.
#[derive(Debug, Serialize, ToSchema)]
struct EndedDocument {
    ended: u64,
}

/// List the own sessions
///
/// All that are still open, the newest first.
#[utoipa::path(get, path = "/sessions",
    responses((status = 200, description = "The sessions.", body = Page<ListedSessionDocument>), Refusals),
    extensions(("x-roles" = json!(SIGNED_IN)), ("x-owner" = json!(SELF))))]
async fn list_sessions(
    State(app): State<App>,
    Person(person): Person,
) -> Result<Answer<Page<ListedSessionDocument>>, Problem> {
    let own = sessions::own(&app.engine, &person).await?;
    let items = own.into_iter().map(|session| ListedSessionDocument::of(session, &person.session_id)).collect();
    Ok(Answer::ok(Page { items, next_cursor: None }))
}

/// End all other sessions of one's own
#[utoipa::path(delete, path = "/sessions",
    responses((status = 200, description = "They open nothing any more.", body = EndedDocument), Refusals),
    extensions(("x-roles" = json!(SIGNED_IN)), ("x-owner" = json!(SELF))))]
async fn end_other_sessions(State(app): State<App>, Person(person): Person) -> Result<Answer<EndedDocument>, Problem> {
    Ok(Answer::ok(EndedDocument { ended: sessions::revoke_others(&app.engine, &person).await? }))
}

/// End a session of one's own
#[utoipa::path(delete, path = "/sessions/{id}", params(("id" = String, Path)),
    responses((status = 204, description = "It opens nothing any more."), Refusals),
    extensions(("x-roles" = json!(SIGNED_IN)), ("x-owner" = json!(SELF))))]
async fn end_one_session(State(app): State<App>, Person(person): Person, Id(id): Id) -> Result<StatusCode, Problem> {
    sessions::revoke(&app.engine, &person, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl ListedSessionDocument {
    fn of(session: Session, current: &str) -> Self {
        ListedSessionDocument {
            current: session.id == current,
            id: session.id,
            created_at: session.created_at.to_string(),
            seen_at: session.seen_at.to_string(),
            expires_at: session.expires_at.to_string(),
            address: session.address,
            browser: session.browser,
        }
    }
}
