//! What an agent has done and earned, live.

use std::collections::BTreeMap;

use axum::extract::State;
use engine::figures::{self, Figures, Sums};
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
    OpenApiRouter::new().routes(routes!(get_agent_figures))
}

/// An agent's figures, as they are at the moment of asking.
#[derive(Debug, Serialize, ToSchema)]
struct FiguresDocument {
    agent: String,
    /// The zone of its days: the agent's own, else the tenant's.
    time_zone: String,
    /// Since 00:00.
    today: SumsDocument,
    /// Since Monday.
    week: SumsDocument,
    /// Since the first of the month.
    month: SumsDocument,
    /// Since the beginning.
    all: SumsDocument,
}

/// The sums of a time that goes on.
#[derive(Debug, Serialize, ToSchema)]
struct SumsDocument {
    from: String,
    /// Answered calls that ended in it.
    calls: i64,
    /// How long they lasted, each rounded up to a second.
    talk_seconds: i64,
    /// Messages from customers that were charged.
    messages: i64,
    /// By currency: the agent's part of charges, less what refunds and corrections took; payouts do not count.
    earnings: BTreeMap<String, String>,
    /// The mean of the ratings that were given in it, with one decimal; null without ratings.
    rating: Option<String>,
    /// How many ratings.
    ratings: i64,
    /// Customers with two answered calls or more in all, of which the last ended in it.
    returning_customers: i64,
}

/// Show an agent's figures
///
/// The days are those of the agent's zone. `GET /api/v1/live` tells (`figures`, `call`) when to ask again.
#[utoipa::path(get, path = "/agents/{id}/figures", params(("id" = String, Path)),
    responses((status = 200, description = "The figures.", body = FiguresDocument), Refusals),
    extensions(("x-roles" = json!(READERS_AND_AGENT)), ("x-owner" = json!(AGENT))))]
async fn get_agent_figures(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id,
) -> Result<Answer<FiguresDocument>, Problem> {
    let Figures { time_zone, today, week, month, all } =
        figures::of_agent(&mut app.engine.view(&actor).await?, &id).await?;
    Ok(Answer::ok(FiguresDocument {
        agent: id,
        time_zone: time_zone.to_string(),
        today: SumsDocument::of(today),
        week: SumsDocument::of(week),
        month: SumsDocument::of(month),
        all: SumsDocument::of(all),
    }))
}

impl SumsDocument {
    fn of(sums: Sums) -> Self {
        let earnings = sums.earnings.into_iter();
        SumsDocument {
            from: sums.from.to_string(),
            calls: sums.calls,
            talk_seconds: sums.talk_seconds,
            messages: sums.messages,
            earnings: earnings.map(|(currency, amount)| (currency.to_string(), amount.to_text(currency))).collect(),
            rating: sums.rating.map(|rating| rating.to_string()),
            ratings: sums.ratings,
            returning_customers: sums.returning_customers,
        }
    }
}
