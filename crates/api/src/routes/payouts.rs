//! Payouts to agents, with their statements.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use domain::money::Amount;
use domain::paper::{PaperKind, PayoutSums};
use engine::Reach;
use engine::payouts::{self, Payout};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::issued::{self, Form};
use super::paper_lines::PeriodDocument;
use crate::App;
use crate::answer::Answer;
use crate::body::{Body, OrNothing, Posted};
use crate::fields;
use crate::guard::{AGENT, CLERKS, Caller, READERS_AND_AGENT, TENANT};
use crate::paging::{Page, Wanted};
use crate::params::{Id, Params};
use crate::problem::{Problem, Refusals};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_payouts))
        .routes(routes!(get_payout))
        .routes(routes!(pay_agent))
        .routes(routes!(bounce_payout))
}

/// What is to be paid out.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"currency": "USD"}))]
struct NewPayoutDocument {
    /// The tenant's, where none is given.
    currency: Option<String>,
}

/// Why a payout came back.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "account closed"}))]
struct BounceDocument {
    reason: Option<String>,
}

/// What was paid out to an agent. Carried over, the agent's part, what was corrected and what was returned make up the amount and what
/// remains.
#[derive(Debug, Serialize, ToSchema)]
struct PayoutDocument {
    id: String,
    /// The number of its statement.
    number: String,
    agent: String,
    /// `paid`, or `bounced` where the bank returned it.
    #[schema(pattern = "^(paid|bounced)$")]
    state: &'static str,
    currency: String,
    amount: String,
    made_at: String,
    bounced_at: Option<String>,
    bounce_reason: Option<String>,
    /// The file for the bank that it is in; null for agents.
    file: Option<String>,
    /// From the day of the payout before, or the first charge, to that of this one.
    period: Option<PeriodDocument>,
    /// How it came about.
    statement: Option<PayoutSumsDocument>,
}

/// How a payout came about.
#[derive(Debug, Serialize, ToSchema)]
struct PayoutSumsDocument {
    /// How many calls were charged.
    calls: i64,
    /// How many messages were charged.
    messages: i64,
    /// What customers paid for them.
    charged: String,
    /// The tax in it.
    tax: String,
    /// The tenant's part of the rest.
    tenant_part: String,
    agent_part: String,
    /// Refunds and corrections: below zero, where they took from the agent.
    corrected: String,
    /// Payouts that came back.
    returned: String,
    /// What was on the account after the payout before.
    carried_over: String,
    /// What stays on the account: what is on hold, and what is less than a minor unit.
    remaining: String,
}

/// Which payouts are asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct PayoutList {
    /// Only this agent's.
    agent: Option<String>,
    /// 1 to 500, 50 where it is not given.
    #[param(value_type = Option<i64>)]
    limit: Option<String>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List payouts
///
/// The newest first.
#[utoipa::path(get, path = "/payouts", params(PayoutList),
    responses((status = 200, description = "A page.", body = Page<PayoutDocument>), Refusals),
    extensions(("x-roles" = json!(READERS_AND_AGENT)), ("x-owner" = json!(AGENT))))]
async fn list_payouts(
    State(app): State<App>,
    Caller(actor): Caller,
    Params(list): Params<PayoutList>,
) -> Result<Answer<Page<PayoutDocument>>, Problem> {
    let wanted = Wanted::read(list.limit.as_ref(), list.cursor.as_ref())?;
    let mut view = app.engine.view(&actor).await?;
    let rows = payouts::page(&mut view, list.agent.as_deref(), wanted.key(), wanted.rows()).await?;
    Ok(Answer::ok(wanted.page(rows, |row| row.id.clone(), |row| PayoutDocument::seen(row, &actor.reach))))
}

/// Show a payout
///
/// With `.pdf` or `.html` behind the id its statement is a file or a page.
#[utoipa::path(get, path = "/payouts/{id}", params(("id" = String, Path, description = "Its id or number.")),
    responses((status = 200, description = "The payout.", content((PayoutDocument = "application/json"),
        (String = "application/pdf"), (String = "text/html"))), Refusals),
    extensions(("x-roles" = json!(READERS_AND_AGENT)), ("x-owner" = json!(AGENT))))]
async fn get_payout(State(app): State<App>, Caller(actor): Caller, Id(id): Id) -> Result<Response, Problem> {
    if let (id, Form::Json) = Form::of(&id)? {
        let payout = payouts::find(&mut app.engine.view(&actor).await?, id).await?;
        return Ok(Answer::ok(PayoutDocument::seen(payout, &actor.reach)).into_response());
    }
    issued::show(&app, &actor, PaperKind::Payout, &id).await
}

/// Pay an agent now
///
/// All that can be paid out in a currency: what is not on hold, in whole minor units. It is refused below the tenant's minimum.
#[utoipa::path(post, path = "/agents/{id}/payouts", request_body = Option<NewPayoutDocument>,
    params(("id" = String, Path), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, description = "It is paid out.", body = PayoutDocument), Refusals),
    extensions(("x-roles" = json!(CLERKS)), ("x-owner" = json!(TENANT))))]
async fn pay_agent(
    State(app): State<App>,
    caller: Caller,
    Id(agent): Id,
    Posted { claim, body: OrNothing(new) }: Posted<OrNothing<Body<NewPayoutDocument>>>,
) -> Result<Response, Problem> {
    let new = new.map(|Body(new)| new).unwrap_or_default();
    let currency = fields::currency("/currency", new.currency.as_ref())?;
    app.once(&caller, claim, move |work| {
        let agent = agent.clone();
        Box::pin(async move {
            let payout = payouts::pay(work, &agent, currency).await?;
            Ok(Answer::created(format!("/api/v1/payouts/{}", payout.id), PayoutDocument::of(payout)))
        })
    })
    .await
}

/// Take a payout back that the bank returned
///
/// Its amount is on the agent's account again, and can be paid out at once.
#[utoipa::path(post, path = "/payouts/{id}/bounce", request_body = Option<BounceDocument>,
    params(("id" = String, Path), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 200, description = "It is taken back.", body = PayoutDocument), Refusals),
    extensions(("x-roles" = json!(CLERKS)), ("x-owner" = json!(TENANT))))]
async fn bounce_payout(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    Posted { claim, body: OrNothing(bounce) }: Posted<OrNothing<Body<BounceDocument>>>,
) -> Result<Response, Problem> {
    let reason = bounce.and_then(|Body(bounce)| bounce.reason);
    app.once(&caller, claim, move |work| {
        let (id, reason) = (id.clone(), reason.clone());
        Box::pin(async move { Ok(Answer::ok(PayoutDocument::of(payouts::bounce(work, &id, reason).await?))) })
    })
    .await
}

impl PayoutDocument {
    /// A payout as it is told to whoever has this reach: to agents without the file.
    fn seen(payout: Payout, reach: &Reach) -> Self {
        let document = PayoutDocument::of(payout);
        PayoutDocument { file: document.file.filter(|_| reach.is_whole()), ..document }
    }

    fn of(payout: Payout) -> Self {
        let text = |amount: Amount| amount.to_text(payout.currency);
        PayoutDocument {
            number: payout.number().to_owned(),
            state: if payout.bounced_at.is_some() { "bounced" } else { "paid" },
            currency: payout.currency.to_string(),
            amount: text(payout.amount),
            made_at: payout.made_at.to_string(),
            bounced_at: payout.bounced_at.map(|at| at.to_string()),
            period: payout.paper.period.map(PeriodDocument::of),
            statement: payout.paper.payout.map(|sums| PayoutSumsDocument::of(sums, text)),
            id: payout.id,
            agent: payout.agent,
            bounce_reason: payout.reason,
            file: payout.file,
        }
    }
}

impl PayoutSumsDocument {
    fn of(sums: PayoutSums, text: impl Fn(Amount) -> String) -> Self {
        PayoutSumsDocument {
            calls: sums.calls,
            messages: sums.messages,
            charged: text(sums.charged),
            tax: text(sums.tax),
            tenant_part: text(sums.tenant_part),
            agent_part: text(sums.agent_part),
            corrected: text(sums.corrected),
            returned: text(sums.returned),
            carried_over: text(sums.carried_over),
            remaining: text(sums.remaining),
        }
    }
}
