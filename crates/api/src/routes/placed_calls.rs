//! Calls that Tollgate places between a customer and a paid agent, and how a call stands.

use axum::extract::State;
use axum::response::Response;
use domain::invalid::Invalid;
use domain::time::Instant;
use engine::customers;
use engine::switching::{NewPlaced, Status};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::calls::CallDocument;
use super::customers::CustomerDocument;
use super::finished_calls::{self, FinishedCallDocument};
use crate::App;
use crate::answer::Answer;
use crate::body::{Body, Posted, Text};
use crate::guard::{CLERKS, CUSTOMER, Caller, PARTIES, PARTY, PAYERS, TENANT};
use crate::params::Id;
use crate::problem::{FORBIDDEN, Problem, Refusals};
use crate::version::IfMatch;

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(call_status)).routes(routes!(set_verified_phone))
}

/// Who may post calls: those who report finished ones, and those who pay for the ones that are placed.
const CALLERS: &[&str] = &["owner", "admin", "clerk", "switch", "customer"];

/// A call that is over, or one that is to be placed: that one names its `customer`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(untagged)]
#[allow(dead_code, clippy::large_enum_variant, reason = "it describes the two; each is read by itself")]
enum NewCallDocument {
    Placed(PlacedCallDocument),
    Finished(FinishedCallDocument),
}

/// How a placed call stands, or the finished one on record.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
#[allow(dead_code, clippy::large_enum_variant, reason = "it describes the two; each is written by itself")]
enum MadeCallDocument {
    Placed(StatusDocument),
    Finished(CallDocument),
}

/// A call to be placed: the customer's phone rings, then the agent's.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"customer": "cus_01jf5x2m8v3k9q7w4z6y1c0b2d", "agent": "agt_01jf5x2m8v3k9q7w4z6y1c0b2d"}))]
struct PlacedCallDocument {
    /// The id of the customer, who pays.
    customer: String,
    /// The id of the agent.
    agent: String,
    /// The customer's phone that rings: the number of one of its lines, or its verified phone. Where none is named its verified phone rings, else
    /// that of its oldest line.
    phone: Option<String>,
}

/// How a call stands.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct StatusDocument {
    /// The call's id.
    id: String,
    /// How far it is.
    #[schema(pattern = "^(authorized|calling_customer|asking_customer|ringing|asking_agent|talking|over)$")]
    state: &'static str,
    answered_at: Option<String>,
    /// The seconds since the answer, begun ones counted whole.
    seconds: i64,
    /// Of these, those that free minutes have paid for.
    free_seconds: i64,
    /// Of these, those that money pays for.
    paid_seconds: i64,
    /// The minutes that money pays for, begun ones counted whole.
    paid_minutes: i64,
    /// What it costs if it ends now, or has cost. Not for agents.
    cost: Option<String>,
    /// What the agent has of that. For the agent and the tenant.
    earned: Option<String>,
    currency: String,
    /// How long it may still last; null is without a limit. Not for agents.
    remaining_seconds: Option<i64>,
    /// Why it ended: `hung_up`, `busy`, `no_answer`, `cut_off` and the like.
    cause: Option<&'static str>,
    /// The instant of which this is told.
    at: String,
}

/// The phone of a customer.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"phone": "+442079460018"}))]
struct VerifiedPhone {
    /// The number, in any form that the dial plan reads; null for none.
    phone: Option<String>,
}

/// Place a call, or record a finished one
///
/// **With `customer` and `agent`** a call is placed: what it may cost at first is held, then the customer's phone rings for 30 seconds, then
/// the agent's. Each party presses 1 (`paid_calls.press_1` of the tenant) after it has heard the price; it is charged from the moment when
/// both talk, and cut off at the authorised second. Neither sees the other's number. 402 tells what is there and what is needed. How
/// it stands tells `GET /calls/{id}/status`; `POST /calls/{id}/hang-up` ends it.
///
/// **Without `customer`** it is a finished call: recorded, rated and charged at once, and a fact: it may take a prepaid balance below zero. A call
/// that nothing prices is recorded too, and waits for a price (`unrated`). An origin that is on record already is answered as it is there.
#[utoipa::path(post, path = "/calls", request_body = NewCallDocument,
    params(("Idempotency-Key" = Option<String>, Header)),
    responses(
        (status = 201, description = "It is placed, or recorded.", body = MadeCallDocument),
        (status = 200, description = "It was placed, or on record, before.", body = MadeCallDocument),
        Refusals),
    extensions(("x-roles" = json!(CALLERS)), ("x-owner" = json!(CUSTOMER))))]
pub(super) async fn make_call(
    State(app): State<App>,
    caller: Caller,
    Posted { claim, body }: Posted<Text>,
) -> Result<Response, Problem> {
    #[derive(Deserialize)]
    struct Told {
        customer: Option<serde::de::IgnoredAny>,
    }
    let is_placed = serde_json::from_slice::<Told>(&body.0).is_ok_and(|told| told.customer.is_some());
    if !is_placed {
        if !caller.0.reach.is_whole() {
            let detail = "is missing: a customer places calls, finished ones are reported by the tenant";
            return Err(Invalid::at("/customer", detail).into());
        }
        return finished_calls::record_call(app, caller, claim, body.read()?).await;
    }
    if !caller.0.roles.names().iter().any(|role| PAYERS.contains(role)) {
        return Err(Problem::new(FORBIDDEN, format!("a call is placed by {}", PAYERS.join(" or "))));
    }
    let PlacedCallDocument { customer, agent, phone } = body.read()?;
    let new = NewPlaced { customer, agent, phone, key: claim.map(|claim| claim.key) };
    let placed = app.exchange.place(&caller.0, &new).await?;
    let location = format!("/api/v1/calls/{}/status", placed.id);
    let status = StatusDocument::load(&app, &caller, &placed.id).await?;
    let answer = if placed.repeated { Answer::ok(status) } else { Answer::created(location, status) };
    let text = answer.text()?;
    Ok(answer.replayed(placed.repeated).written(text))
}

/// Show how a call stands
///
/// For its payer, its agent and the tenant: the time since its answer, the seconds that were free, what is paid for, and what it costs so far and brings the agent.
#[utoipa::path(get, path = "/calls/{id}/status", params(("id" = String, Path)),
    responses((status = 200, description = "How it stands.", body = StatusDocument), Refusals),
    extensions(("x-roles" = json!(PARTIES)), ("x-owner" = json!(PARTY))))]
async fn call_status(State(app): State<App>, caller: Caller, Id(id): Id) -> Result<Answer<StatusDocument>, Problem> {
    StatusDocument::load(&app, &caller, &id).await.map(Answer::ok)
}

/// Set a customer's verified phone
///
/// Somebody of the tenant has seen that it is the customer's: calls that are placed for the customer may ring it.
#[utoipa::path(put, path = "/customers/{id}/verified-phone", request_body = VerifiedPhone,
    params(("id" = String, Path), ("If-Match" = String, Header)),
    responses((status = 200, description = "It rings from now on.", body = CustomerDocument), Refusals),
    extensions(("x-roles" = json!(CLERKS)), ("x-owner" = json!(TENANT))))]
async fn set_verified_phone(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    IfMatch(version): IfMatch,
    Body(VerifiedPhone { phone }): Body<VerifiedPhone>,
) -> Result<Response, Problem> {
    app.once(&caller, None, move |work| {
        let (id, phone) = (id.clone(), phone.clone());
        Box::pin(async move {
            let customer = customers::set_verified_phone(work, &id, phone.as_deref(), version).await?;
            Ok(Answer::ok(CustomerDocument::of(&customer)).version(customer.version))
        })
    })
    .await
}

impl StatusDocument {
    async fn load(app: &App, Caller(reader): &Caller, id: &str) -> Result<StatusDocument, Problem> {
        let mut view = app.engine.view(reader).await?;
        let status = Status::load(&mut view, id).await?;
        let now: Instant = engine::Scope::now(&view);
        // An agent does not learn what the payer has.
        let is_payers = status.is_seen_with_money;
        let currency = status.currency;
        Ok(StatusDocument {
            state: status.stage.name(),
            answered_at: status.answered_at.map(|at| at.to_string()),
            seconds: status.seconds,
            free_seconds: status.free_seconds,
            paid_seconds: status.paid_seconds(),
            paid_minutes: status.paid_minutes(),
            cost: is_payers.then(|| status.cost.to_text(currency)),
            earned: status.earned.map(|earned| earned.to_text(currency)),
            currency: currency.to_string(),
            remaining_seconds: status.remaining_seconds.filter(|_| is_payers),
            cause: status.cause.map(domain::call_flow::Cause::name),
            id: status.id,
            at: now.to_string(),
        })
    }
}

impl Text {
    /// Reads a document whose fields are known.
    fn read<T: serde::de::DeserializeOwned>(&self) -> Result<T, Problem> {
        domain::invalid::parse(&self.0).map_err(|invalid: Invalid| Problem::unreadable(invalid))
    }
}
