//! Which numbers a line may call and be called by, where its calls go, and whether callers leave messages.

use axum::extract::State;
use axum::response::Response;
use domain::screening::{Filters, Voicemail};
use engine::lines::{self, ForwardingTo};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::lines::LineDocument;
use crate::App;
use crate::answer::Answer;
use crate::body::Body;
use crate::guard::{CUSTOMER, Caller, PAYERS};
use crate::params::Id;
use crate::problem::{Problem, Refusals};
use crate::version::IfMatch;

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(set_line_filters))
        .routes(routes!(set_line_forwarding))
        .routes(routes!(set_line_voicemail))
}

/// Which numbers a line may call and be called by: of each list the first rule that fits decides, and where none does, they may.
///
/// A pattern is about numbers in canonical form (`0001`, `+441632960001`): digits, with `?` for any one digit, behind a `+` for numbers
/// of the world; a `*` at the end stands for whatever follows. `*` alone is every number.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"in": [{"deny": "+4416329600*"}], "out": [{"allow": "+44*"}, {"deny": "+*"}]}))]
pub(crate) struct LineFilters {
    /// Whose calls come in, 100 rules at most.
    #[schema(required = false, max_items = 100)]
    r#in: Vec<FilterRule>,
    /// Which numbers are called, 100 rules at most.
    #[schema(required = false, max_items = 100)]
    out: Vec<FilterRule>,
}

/// A rule of a filter.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[expect(dead_code, reason = "it is the schema of the domain's rules")]
enum FilterRule {
    /// Calls with a number of this pattern are let through.
    Allow(String),
    /// They are not.
    Deny(String),
}

/// Where a line's calls go that its phone does not take; null for nowhere.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"always": null, "busy": "0002", "no_answer": "+441632960001"}))]
pub(crate) struct LineForwarding {
    /// All of them; its phone does not ring.
    pub(crate) always: Option<String>,
    /// Those that come while it has another.
    pub(crate) busy: Option<String>,
    /// Those that it does not answer in time, or that come while it is not registered.
    pub(crate) no_answer: Option<String>,
}

/// Whether callers may leave messages for a line.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"enabled": true}))]
pub(crate) struct LineVoicemail {
    /// They may, where nobody takes their call and it is not forwarded.
    pub(crate) enabled: bool,
}

/// Set which numbers a line may call and be called by
///
/// Emergency and service numbers are outside of it.
#[utoipa::path(put, path = "/lines/{id}/filters", request_body = LineFilters,
    params(("id" = String, Path), ("If-Match" = String, Header)),
    responses((status = 200, description = "They hold for the next call.", body = LineDocument), Refusals),
    extensions(("x-roles" = json!(PAYERS)), ("x-owner" = json!(CUSTOMER))))]
async fn set_line_filters(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    IfMatch(version): IfMatch,
    Body(filters): Body<Filters>,
) -> Result<Response, Problem> {
    let reach = caller.0.reach.clone();
    app.once(&caller, None, move |work| {
        let (id, filters, reach) = (id.clone(), filters.clone(), reach.clone());
        Box::pin(async move {
            let line = lines::set_filters(work, &id, filters, version).await?;
            let version = line.version;
            Ok(Answer::ok(LineDocument::seen(line, &reach)).version(version))
        })
    })
    .await
}

/// Set where a line's calls go that its phone does not take
///
/// The numbers may be written in any form that the dial plan reads; a field that is not given is null.
#[utoipa::path(put, path = "/lines/{id}/forwarding", request_body = LineForwarding,
    params(("id" = String, Path), ("If-Match" = String, Header)),
    responses((status = 200, description = "It holds for the next call.", body = LineDocument), Refusals),
    extensions(("x-roles" = json!(PAYERS)), ("x-owner" = json!(CUSTOMER))))]
async fn set_line_forwarding(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    IfMatch(version): IfMatch,
    Body(to): Body<LineForwarding>,
) -> Result<Response, Problem> {
    let reach = caller.0.reach.clone();
    let to = ForwardingTo { always: to.always, busy: to.busy, no_answer: to.no_answer };
    app.once(&caller, None, move |work| {
        let (id, to, reach) = (id.clone(), to.clone(), reach.clone());
        Box::pin(async move {
            let line = lines::set_forwarding(work, &id, to, version).await?;
            let version = line.version;
            Ok(Answer::ok(LineDocument::seen(line, &reach)).version(version))
        })
    })
    .await
}

/// Set whether callers may leave messages for a line
///
/// What they leave is among the recordings.
#[utoipa::path(put, path = "/lines/{id}/voicemail", request_body = LineVoicemail,
    params(("id" = String, Path), ("If-Match" = String, Header)),
    responses((status = 200, description = "It holds for the next call.", body = LineDocument), Refusals),
    extensions(("x-roles" = json!(PAYERS)), ("x-owner" = json!(CUSTOMER))))]
async fn set_line_voicemail(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    IfMatch(version): IfMatch,
    Body(LineVoicemail { enabled }): Body<LineVoicemail>,
) -> Result<Response, Problem> {
    let reach = caller.0.reach.clone();
    app.once(&caller, None, move |work| {
        let (id, reach) = (id.clone(), reach.clone());
        Box::pin(async move {
            let line = lines::set_voicemail(work, &id, Voicemail { enabled }, version).await?;
            let version = line.version;
            Ok(Answer::ok(LineDocument::seen(line, &reach)).version(version))
        })
    })
    .await
}
