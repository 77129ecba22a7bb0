//! Whether the phones of agents are theirs.

use axum::extract::State;
use axum::response::Response;
use engine::phone_checks::{self, PhoneCheck};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::App;
use crate::answer::Answer;
use crate::body::{Body, Posted};
use crate::guard::{AGENT, AGENTS, Caller, DESK};
use crate::params::Id;
use crate::problem::{Problem, Refusals};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list_phone_checks, ask_phone))
}

/// A phone of an agent outside, and whether it is known to be the agent's.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"number": "+441632960011", "asked_at": "2026-11-02T17:00:00Z", "confirmed_at": null}))]
struct PhoneCheckDocument {
    number: String,
    /// When it was asked last; null, if it never was.
    asked_at: Option<String>,
    /// When it has answered that it is.
    confirmed_at: Option<String>,
}

/// The phones of an agent outside.
#[derive(Debug, Serialize, ToSchema)]
struct PhoneChecksDocument {
    /// The first one first. Those with a line here need not be asked.
    items: Vec<PhoneCheckDocument>,
}

/// Which phone is asked.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"number": "+441632960011"}))]
struct PhoneCheckBody {
    /// A phone of the agent's, a number of the world.
    number: String,
}

/// List whether an agent's phones are known to be its own
#[utoipa::path(get, path = "/agents/{id}/phone-checks", params(("id" = String, Path)),
    responses((status = 200, description = "The phones.", body = PhoneChecksDocument), Refusals),
    extensions(("x-roles" = json!(AGENTS)), ("x-owner" = json!(AGENT))))]
async fn list_phone_checks(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(agent): Id,
) -> Result<Answer<PhoneChecksDocument>, Problem> {
    let found = phone_checks::of_agent(&mut app.engine.view(&actor).await?, &agent).await?;
    Ok(Answer::ok(PhoneChecksDocument { items: found.into_iter().map(PhoneCheckDocument::of).collect() }))
}

/// Ask a phone whether it is the agent's
///
/// By a short message; the answer YES, sent from that phone within a week, confirms it. It is asked every ten minutes at most, and no more once it has
/// answered. Groups can be set to ring confirmed phones alone (`answering.only_confirmed_phones`).
#[utoipa::path(post, path = "/agents/{id}/phone-checks", request_body = PhoneCheckBody,
    params(("id" = String, Path), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, description = "It is asked.", body = PhoneCheckDocument), Refusals),
    extensions(("x-roles" = json!(DESK)), ("x-owner" = json!(AGENT))))]
async fn ask_phone(
    State(app): State<App>,
    caller: Caller,
    Id(agent): Id,
    Posted { claim, body: Body(body) }: Posted<Body<PhoneCheckBody>>,
) -> Result<Response, Problem> {
    app.once(&caller, claim, move |work| {
        let (agent, number) = (agent.clone(), body.number.clone());
        Box::pin(async move {
            let check = phone_checks::ask(work, &agent, &number).await?;
            Ok(Answer::created(format!("/api/v1/agents/{agent}/phone-checks"), PhoneCheckDocument::of(check)))
        })
    })
    .await
}

impl PhoneCheckDocument {
    fn of(check: PhoneCheck) -> Self {
        PhoneCheckDocument {
            number: check.number,
            asked_at: check.asked_at.map(|at| at.to_string()),
            confirmed_at: check.confirmed_at.map(|at| at.to_string()),
        }
    }
}
