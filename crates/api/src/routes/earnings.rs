//! What an agent has earned and not been paid.

use axum::extract::State;
use domain::money::Amount;
use engine::payouts::{self, Standing};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::App;
use crate::answer::Answer;
use crate::guard::{AGENT, Caller, READERS_AND_AGENT};
use crate::params::Id;
use crate::problem::{Problem, Refusals};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(get_agent_earnings))
}

/// What an agent has earned and not been paid.
#[derive(Debug, Serialize, ToSchema)]
struct EarningsDocument {
    agent: String,
    /// The next day on which payouts are made by themselves.
    next_payout_on: String,
    /// By currency.
    accounts: Vec<StandingDocument>,
}

/// How an agent's account in one currency stands.
#[derive(Debug, Serialize, ToSchema)]
struct StandingDocument {
    currency: String,
    /// What it has; below zero where more was refunded than is there.
    balance: String,
    /// What can be paid out now, in whole minor units.
    payable: String,
    /// The least payout.
    minimum: String,
    /// What is on hold, the first to become payable first.
    on_hold: Vec<OnHoldDocument>,
    /// What is on hold beside that, until it is decided whether what customers paid for it comes back.
    disputed: String,
}

/// What becomes payable on one day.
#[derive(Debug, Serialize, ToSchema)]
struct OnHoldDocument {
    /// The day, from its beginning.
    payable_on: String,
    amount: String,
}

/// Show what an agent has earned and not been paid
#[utoipa::path(get, path = "/agents/{id}/earnings", params(("id" = String, Path)),
    responses((status = 200, description = "The earnings.", body = EarningsDocument), Refusals),
    extensions(("x-roles" = json!(READERS_AND_AGENT)), ("x-owner" = json!(AGENT))))]
async fn get_agent_earnings(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id,
) -> Result<Answer<EarningsDocument>, Problem> {
    let earnings = payouts::of_agent(&mut app.engine.view(&actor).await?, &id).await?;
    Ok(Answer::ok(EarningsDocument {
        agent: id,
        next_payout_on: earnings.next_payout_on.to_string(),
        accounts: earnings.standings.into_iter().map(StandingDocument::of).collect(),
    }))
}

impl StandingDocument {
    fn of(standing: Standing) -> Self {
        let text = |amount: Amount| amount.to_text(standing.currency);
        let on_hold = standing
            .on_hold
            .iter()
            .map(|held| OnHoldDocument { payable_on: held.payable_on.to_string(), amount: text(held.amount) });
        StandingDocument {
            currency: standing.currency.to_string(),
            balance: text(standing.balance),
            payable: text(standing.payable),
            minimum: text(standing.minimum),
            on_hold: on_hold.collect(),
            disputed: standing.disputed.to_text(standing.currency),
        }
    }
}
