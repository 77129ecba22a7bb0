//! How long a call could last, asked before it is made. Nothing is held for it.

use axum::extract::State;
use domain::money::Currency;
use engine::accounts::AccountError;
use engine::charging::{self, CallPrice, Refused, TalkTime};
use engine::lines;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::App;
use crate::answer::Answer;
use crate::guard::{CUSTOMER, CUSTOMERS, Caller};
use crate::params::{Id, Params};
use crate::problem::{Problem, Refusals};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(get_line_talk_time))
}

/// How long a call could last that begins now.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"seconds": 720, "missing": "0.00", "refusal": null, "price": {"source": "plan", "currency": "USD",
    "connect_fee": "0.00", "free_seconds": 0,
    "steps": [{"from_seconds": 0, "price": "0.05", "per_seconds": 60, "increment_seconds": 60}]}}))]
pub(super) struct TalkTimeDocument {
    /// As much as a switch would be granted that cannot move the end of a call. 0 where the call would be refused; null where nothing
    /// limits it within the tenant's longest call.
    seconds: Option<i64>,
    /// How much more has to be there for the call to start; 0.00 where it is not the money that it lacks.
    missing: String,
    /// Null where it would be refused for something else than the money.
    price: Option<CallPriceDocument>,
    /// Null where it would not be refused.
    refusal: Option<TalkTimeRefusal>,
}

/// What a call costs that is answered now, until a discount period begins or ends.
#[derive(Debug, Serialize, ToSchema)]
struct CallPriceDocument {
    /// `agent`, `deck`, `plan` or `free`.
    #[schema(pattern = "^(agent|deck|plan|free)$")]
    source: String,
    currency: String,
    /// Charged once.
    connect_fee: String,
    /// None where nothing is charged: for an emergency or service number, and where the plan's fee covers the call.
    steps: Vec<StepDocument>,
    /// The free seconds that would serve it: of allowances, or of the plan's included minutes.
    free_seconds: i64,
}

/// A price, from a second of the call on.
#[derive(Debug, Serialize, ToSchema)]
struct StepDocument {
    from_seconds: i64,
    /// What `per_seconds` seconds cost.
    price: String,
    per_seconds: i64,
    /// Increments begun are charged whole.
    increment_seconds: i64,
}

/// Why a call would be refused.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct TalkTimeRefusal {
    /// `line_closed`, `line_suspended`, `blocked`, `no_plan`, `unknown_agent`, `agent_without_price`, `unlisted_destination`, `unrated`,
    /// `insufficient_balance` or `overflow`; or the limit that is reached: `calls_at_once`, `tenant_calls_at_once`,
    /// `set_ups_per_minute`, `high_cost_calls`, `spend_per_day`, `cost_per_call` or `risky_prefix`.
    reason: String,
    /// The same in words.
    detail: String,
    /// Where the balance is insufficient: what there is, with any credit limit and without what is held.
    #[serde(skip_serializing_if = "Option::is_none")]
    available: Option<String>,
    /// Where the balance is insufficient: what the start of the call needs.
    #[serde(skip_serializing_if = "Option::is_none")]
    required: Option<String>,
}

/// Who is to be called.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Called {
    /// The number, as it would be dialled. Not needed for an agent.
    to: Option<String>,
    /// The id of a paid agent.
    agent: Option<String>,
}

/// Tell how long a call from a line could last now
///
/// What an authorization would check is checked, and nothing is held.
#[utoipa::path(get, path = "/lines/{id}/talk-time", params(("id" = String, Path), Called),
    responses((status = 200, description = "How long, at which price; or why not.", body = TalkTimeDocument), Refusals),
    extensions(("x-roles" = json!(CUSTOMERS)), ("x-owner" = json!(CUSTOMER))))]
async fn get_line_talk_time(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id,
    Params(called): Params<Called>,
) -> Result<Answer<TalkTimeDocument>, Problem> {
    let mut view = app.engine.view(&actor).await?;
    let line = lines::get(&mut view, &id).await?;
    let to = called.to.unwrap_or_default();
    let talk = charging::talk_time(&mut view, &line, &to, called.agent.as_deref()).await?;
    if let Some(Refused::Invalid(invalid)) = &talk.refusal {
        return Err(Problem::parameter("to", invalid.detail.clone()));
    }
    Ok(Answer::ok(TalkTimeDocument::of(talk)?))
}

impl TalkTimeDocument {
    pub(super) fn of(talk: TalkTime) -> Result<Self, Problem> {
        let currency = talk.currency;
        Ok(TalkTimeDocument {
            missing: talk.missing().map_err(AccountError::from)?.to_text(currency),
            seconds: talk.seconds,
            price: talk.price.map(|price| CallPriceDocument::of(price, currency)),
            refusal: talk.refusal.map(TalkTimeRefusal::of),
        })
    }
}

impl CallPriceDocument {
    fn of(price: CallPrice, currency: Currency) -> Self {
        let step = |step: domain::rate::Step| StepDocument {
            from_seconds: step.from_seconds,
            price: step.price.to_text(currency),
            per_seconds: step.per_seconds,
            increment_seconds: step.increment_seconds,
        };
        CallPriceDocument {
            source: price.source.to_json()["kind"].as_str().unwrap_or_default().to_owned(),
            currency: currency.to_string(),
            connect_fee: price.connect_fee.to_text(currency),
            steps: price.steps.into_iter().map(step).collect(),
            free_seconds: price.free_seconds,
        }
    }
}

impl TalkTimeRefusal {
    pub(super) fn of(refused: Refused) -> Self {
        let detail = refused.to_string();
        let (mut available, mut required) = (None, None);
        let reason = match refused {
            Refused::LineClosed(_) => "line_closed".to_owned(),
            Refused::LineSuspended(_) => "line_suspended".to_owned(),
            Refused::Blocked { .. } => "blocked".to_owned(),
            Refused::Limit(reached) => reached.name().to_owned(),
            Refused::Unrated { reason, .. } => reason.to_string(),
            Refused::InsufficientBalance { available: there, required: needed, currency } => {
                (available, required) = (Some(there.to_text(currency)), Some(needed.to_text(currency)));
                "insufficient_balance".to_owned()
            }
            Refused::Overflow(_) => "overflow".to_owned(),
            // The others are told to requests about a session.
            _ => "refused".to_owned(),
        };
        TalkTimeRefusal { reason, detail, available, required }
    }
}
