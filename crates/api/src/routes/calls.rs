//! Calls on record: shown, listed, exported.

use std::collections::HashMap;

use axum::extract::State;
use domain::money::Amount;
use domain::time::Instant;
use engine::calls::{self, Call, CallState, Direction, Disposition, Filter};
use engine::ledger::EntryRecord;
use engine::ratings::{self, Rating};
use engine::{Reach, View, agents, customers, ledger, lines, recordings, refunds};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::carried::{CarriedDocument, carried};
use super::ledger::EntryDocument;
use super::ratings::RatingDocument;
use crate::App;
use crate::answer::Answer;
use crate::guard::{AGENT, CUSTOMER, CUSTOMERS, Caller, READERS_AND_AGENT};
use crate::paging::{Page, Wanted, key_in_time};
use crate::params::{self, Id, Params};
use crate::problem::{Problem, Refusals};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_calls, super::placed_calls::make_call))
        .routes(routes!(get_call))
        .routes(routes!(list_customer_calls))
        .routes(routes!(list_line_calls))
        .routes(routes!(list_agent_calls))
}

/// A call.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CallDocument {
    id: String,
    /// The switch and what the call is to it. What has the same origin is the same call. Not for customers and agents.
    origin: Option<String>,
    /// `open`, `rated`, or `unrated` while it waits for a price.
    #[schema(value_type = String, pattern = "^(open|rated|unrated)$")]
    state: CallState,
    #[schema(value_type = String, pattern = "^(outbound|inbound|internal)$")]
    direction: Direction,
    from: String,
    to: String,
    /// Who pays.
    customer: Option<String>,
    line: Option<String>,
    agent: Option<String>,
    account_code: Option<String>,
    started_at: Option<String>,
    answered_at: Option<String>,
    ended_at: Option<String>,
    /// From answer to end, as a decimal.
    duration_seconds: Option<String>,
    /// `answered`, `busy`, `no_answer`, `refused`, `cancelled` or `failed`.
    #[schema(value_type = Option<String>)]
    disposition: Option<Disposition>,
    /// The cause of its end by ITU-T Q.850.
    cause: Option<i64>,
    /// What it costs, once it is rated.
    price: Option<PriceDocument>,
    /// Why it has no price, if it waits for one. Not for customers and agents.
    unrated_reason: Option<String>,
    /// The import that brought it. Not for customers and agents.
    import: Option<String>,
    /// What its customer says of it, where it was rated.
    rating: Option<RatingDocument>,
    /// The ids of what was recorded of it, as far as whoever asks may hear it.
    recordings: Vec<String>,
    recorded_at: String,
    version: i64,
}

/// What a call costs.
#[derive(Debug, Serialize, ToSchema)]
struct PriceDocument {
    currency: String,
    total: String,
    /// The tax in it.
    tax: String,
    /// The agent's part of it. Not for customers.
    agent_part: Option<String>,
    /// Seconds that allowances paid for.
    allowance_seconds: i64,
    /// `agent`, `deck`, `plan` or `free`; or why nothing had to price it: `same_conversation` where another record of it is
    /// charged, `unanswered` where no price was to be had either.
    source: String,
    plan_version: Option<String>,
    deck_version: Option<String>,
}

/// A call with what explains its price.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ExplainedCall {
    call: CallDocument,
    /// How the price came about, segment by segment.
    charge: Option<Value>,
    /// How much of the price was refunded, where it has one.
    refunded: Option<String>,
    /// The entries that charged and refunded it. Differences of a re-rating are in the customer's ledger.
    entries: Vec<EntryDocument>,
    /// The legs that trunks carried, once it has ended: those that were answered. Not for customers.
    carried_by: Option<Vec<CarriedDocument>>,
    /// What is left of the price, without tax and the agent's part, when the trunks are paid; where all costs are known, in the currency of the
    /// price. Refunds do not count. Not for customers.
    margin: Option<String>,
}

/// Which calls are asked for.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct CallList {
    /// Only those that this customer pays.
    customer: Option<String>,
    /// Only those of this line.
    line: Option<String>,
    /// Only those that this agent was called in.
    agent: Option<String>,
    /// Only those that went so: `answered`, `busy`, `no_answer`, `refused`, `cancelled` or `failed`.
    disposition: Option<String>,
    /// Ended at or after.
    from: Option<String>,
    /// Ended before.
    to: Option<String>,
    /// 1 to 500, 50 where it is not given.
    #[param(value_type = Option<i64>)]
    limit: Option<String>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

/// Which calls are exported.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct CallFilter {
    /// Only those that this customer pays.
    customer: Option<String>,
    /// Only those of this line.
    line: Option<String>,
    /// Only those that this agent was called in.
    agent: Option<String>,
    /// Only those that went so: `answered`, `busy`, `no_answer`, `refused`, `cancelled` or `failed`.
    disposition: Option<String>,
    /// Ended at or after.
    from: Option<String>,
    /// Ended before.
    to: Option<String>,
}

/// Which calls of one customer or line are asked for.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct OwnCallList {
    /// Only those that went so: `answered`, `busy`, `no_answer`, `refused`, `cancelled` or `failed`.
    disposition: Option<String>,
    /// Ended at or after.
    from: Option<String>,
    /// Ended before.
    to: Option<String>,
    /// 1 to 500, 50 where it is not given.
    #[param(value_type = Option<i64>)]
    limit: Option<String>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List finished calls
///
/// The newest first.
#[utoipa::path(get, path = "/calls", params(CallList),
    responses((status = 200, description = "A page.", body = Page<CallDocument>), Refusals),
    extensions(("x-roles" = json!(CUSTOMERS)), ("x-owner" = json!(CUSTOMER))))]
async fn list_calls(
    State(app): State<App>,
    caller: Caller,
    Params(list): Params<CallList>,
) -> Result<Answer<Page<CallDocument>>, Problem> {
    page(&app, &caller, list).await
}

/// List a customer's finished calls
///
/// The newest first.
#[utoipa::path(get, path = "/customers/{id}/calls", params(("id" = String, Path), OwnCallList),
    responses((status = 200, description = "A page.", body = Page<CallDocument>), Refusals),
    extensions(("x-roles" = json!(CUSTOMERS)), ("x-owner" = json!(CUSTOMER))))]
async fn list_customer_calls(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    Params(list): Params<OwnCallList>,
) -> Result<Answer<Page<CallDocument>>, Problem> {
    customers::get(&mut app.engine.view(&caller.0).await?, &id).await?;
    page(&app, &caller, CallList { customer: Some(id), ..list.into() }).await
}

/// List a line's finished calls
///
/// The newest first.
#[utoipa::path(get, path = "/lines/{id}/calls", params(("id" = String, Path), OwnCallList),
    responses((status = 200, description = "A page.", body = Page<CallDocument>), Refusals),
    extensions(("x-roles" = json!(CUSTOMERS)), ("x-owner" = json!(CUSTOMER))))]
async fn list_line_calls(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    Params(list): Params<OwnCallList>,
) -> Result<Answer<Page<CallDocument>>, Problem> {
    lines::get(&mut app.engine.view(&caller.0).await?, &id).await?;
    page(&app, &caller, CallList { line: Some(id), ..list.into() }).await
}

async fn page(app: &App, caller: &Caller, list: CallList) -> Result<Answer<Page<CallDocument>>, Problem> {
    let wanted = Wanted::read(list.limit.as_ref(), list.cursor.as_ref())?;
    let before = wanted.key_in_time()?.map(|(at, id)| (Instant::clamped(at), id));
    let filter = list.filter().read()?;
    let mut view = app.engine.view(&caller.0).await?;
    let rows = calls::history(&mut view, &filter, before, wanted.rows()).await?;
    let beside = Beside::of(&mut view, &rows).await?;
    Ok(Answer::ok(wanted.page(rows, key, |row| beside.shown(CallDocument::seen(row, &caller.0.reach)))))
}

/// List the finished calls to an agent
///
/// The newest first. The agent does not learn who called, or who pays: of the caller's number it gets the ends, such as `+4420…18`.
#[utoipa::path(get, path = "/agents/{id}/calls", params(("id" = String, Path), OwnCallList),
    responses((status = 200, description = "A page.", body = Page<CallDocument>), Refusals),
    extensions(("x-roles" = json!(READERS_AND_AGENT)), ("x-owner" = json!(AGENT))))]
async fn list_agent_calls(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id,
    Params(list): Params<OwnCallList>,
) -> Result<Answer<Page<CallDocument>>, Problem> {
    let wanted = Wanted::read(list.limit.as_ref(), list.cursor.as_ref())?;
    let before = wanted.key_in_time()?.map(|(at, id)| (Instant::clamped(at), id));
    let filter = CallList::from(list).filter().read()?;
    let mut view = app.engine.view(&actor).await?;
    agents::get(&mut view, &id).await?;
    let rows = calls::of_agent(&mut view, &id, &filter, before, wanted.rows()).await?;
    let beside = Beside::of(&mut view, &rows).await?;
    Ok(Answer::ok(wanted.page(rows, key, |row| beside.shown(CallDocument::seen_by_agent(row, &actor.reach)))))
}

fn key(call: &Call) -> String {
    key_in_time(call.ended_at.unwrap_or(call.recorded_at).millis(), &call.id)
}

/// Show a call, with what explains its price
#[utoipa::path(get, path = "/calls/{id}", params(("id" = String, Path)),
    responses((status = 200, description = "The call.", body = ExplainedCall), Refusals),
    extensions(("x-roles" = json!(CUSTOMERS)), ("x-owner" = json!(CUSTOMER))))]
async fn get_call(State(app): State<App>, Caller(actor): Caller, Id(id): Id) -> Result<Answer<ExplainedCall>, Problem> {
    let mut view = app.engine.view(&actor).await?;
    let call = calls::get(&mut view, &id).await?;
    let entries = ledger::caused_by(&mut view, &id).await?;
    let beside = Beside::of(&mut view, std::slice::from_ref(&call)).await?;
    let (carried_by, margin) = carried(&mut view, &call).await?;
    let mut explained = ExplainedCall::seen(call, entries, &actor.reach);
    explained.call = beside.shown(explained.call);
    (explained.carried_by, explained.margin) = (carried_by, margin);
    Ok(Answer::ok(explained))
}

/// What is shown with some calls: their ratings, and what was recorded of them.
struct Beside {
    ratings: Vec<Rating>,
    recordings: HashMap<String, Vec<String>>,
}

impl Beside {
    async fn of(view: &mut View, calls: &[Call]) -> Result<Self, Problem> {
        let to_agents = calls.iter().filter(|call| call.agent.is_some()).map(|call| call.id.as_str());
        Ok(Beside {
            ratings: ratings::of_calls(view, &to_agents.collect::<Vec<_>>()).await?,
            recordings: recordings::of_calls(view, calls).await?,
        })
    }

    fn shown(&self, document: CallDocument) -> CallDocument {
        let rating = self.ratings.iter().find(|rating| rating.call == document.id).cloned();
        let recordings = self.recordings.get(&document.id).cloned().unwrap_or_default();
        CallDocument { rating: rating.map(RatingDocument::of), recordings, ..document }
    }
}

impl From<OwnCallList> for CallList {
    fn from(list: OwnCallList) -> Self {
        let OwnCallList { disposition, from, to, limit, cursor } = list;
        CallList { disposition, from, to, limit, cursor, ..CallList::default() }
    }
}

impl CallList {
    fn filter(self) -> CallFilter {
        let CallList { customer, line, agent, disposition, from, to, .. } = self;
        CallFilter { customer, line, agent, disposition, from, to }
    }
}

impl CallFilter {
    pub(crate) fn read(self) -> Result<Filter, Problem> {
        Ok(Filter {
            disposition: params::word("disposition", self.disposition.as_ref())?,
            from: params::instant("from", self.from.as_ref())?,
            to: params::instant("to", self.to.as_ref())?,
            customer: self.customer,
            line: self.line,
            agent: self.agent,
        })
    }
}

impl ExplainedCall {
    /// The call as it is told to whoever has this reach: to customers without how its price was split.
    pub(super) fn seen(call: Call, entries: Vec<EntryRecord>, reach: &Reach) -> Self {
        let charge = call.price.as_ref().and_then(|price| serde_json::from_str(&price.charge).ok());
        let charge = charge.map(|mut charge: Value| {
            if let Some(members) = charge.as_object_mut().filter(|_| !reach.is_whole()) {
                members.remove("split");
            }
            charge
        });
        let refunds = entries.iter().filter(|entry| refunds::is_refund(entry));
        let refunded = Amount::from_micros(refunds.map(|entry| entry.amount).sum());
        let refunded = call.price.as_ref().map(|price| refunded.to_text(price.currency));
        let entries = entries.into_iter().map(|entry| EntryDocument::seen(entry, reach)).collect();
        let call = CallDocument::seen(call, reach);
        ExplainedCall { call, charge, refunded, entries, carried_by: None, margin: None }
    }
}

impl CallDocument {
    /// The call as it is told to whoever has this reach: to customers without the agent's part of the price, and without what is
    /// between the tenant and its switches.
    pub(super) fn seen(call: Call, reach: &Reach) -> Self {
        let document = CallDocument::seen_by_agent(call, reach);
        let price = document
            .price
            .map(|price| PriceDocument { agent_part: price.agent_part.filter(|_| reach.is_whole()), ..price });
        CallDocument { price, ..document }
    }

    /// The same, as it is told to the agent who was called.
    pub(super) fn seen_by_agent(call: Call, reach: &Reach) -> Self {
        let document = CallDocument::of(call);
        if reach.is_whole() {
            return document;
        }
        CallDocument { origin: None, unrated_reason: None, import: None, ..document }
    }

    pub(crate) fn of(call: Call) -> Self {
        let text = |at: Option<Instant>| at.map(|at| at.to_string());
        CallDocument {
            duration_seconds: call.duration_ms.map(seconds),
            price: call.price.as_ref().map(PriceDocument::of),
            id: call.id,
            origin: Some(call.origin),
            state: call.state,
            direction: call.direction,
            from: call.from,
            to: call.to,
            customer: call.customer,
            line: call.line,
            agent: call.agent,
            account_code: call.account_code,
            started_at: text(call.started_at),
            answered_at: text(call.answered_at),
            ended_at: text(call.ended_at),
            disposition: call.disposition,
            cause: call.cause,
            unrated_reason: call.unrated_reason,
            import: call.import,
            rating: None,
            recordings: Vec::new(),
            recorded_at: call.recorded_at.to_string(),
            version: call.version,
        }
    }
}

/// Milliseconds as seconds, with decimals only where there are any.
fn seconds(millis: i64) -> String {
    let (whole, rest) = (millis.div_euclid(1000), millis.rem_euclid(1000));
    if rest == 0 { whole.to_string() } else { format!("{whole}.{rest:03}") }
}

impl PriceDocument {
    fn of(price: &calls::Price) -> Self {
        let text = |amount: Amount| amount.to_text(price.currency);
        PriceDocument {
            currency: price.currency.to_string(),
            total: text(price.total),
            tax: text(price.tax),
            agent_part: Some(text(price.agent_part)),
            allowance_seconds: price.allowance_seconds,
            source: price.source.clone(),
            plan_version: price.plan_version.clone(),
            deck_version: price.deck_version.clone(),
        }
    }
}
