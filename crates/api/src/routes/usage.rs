//! How much was called, and what it costs so far.

use axum::extract::State;
use domain::money::{Amount, Currency};
use engine::calls::{self, Filter, Span, Totals};
use engine::customers::{self, Customer};
use engine::{Scope, View, lines, tenants};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::App;
use crate::answer::Answer;
use crate::guard::{CUSTOMER, CUSTOMERS, Caller};
use crate::params::{Id, Params};
use crate::problem::{INVALID, Problem, Refusals};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(get_customer_usage)).routes(routes!(get_line_usage))
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct UsageQuery {
    /// A calendar month such as `2026-10`: the present one, where neither this nor `by` is given.
    period: Option<String>,
    /// `month`: every month in which a call ended, the first first.
    by: Option<String>,
}

/// The sums of the calls that ended in a calendar month of the tenant's zone.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"period": "2026-10", "from": "2026-10-01T00:00:00Z", "to": "2026-11-01T00:00:00Z", "calls": 12,
    "answered": 9, "seconds": 1234, "amount": "1.05", "currency": "USD"}))]
struct UsageDocument {
    /// The month.
    period: String,
    /// Its first instant.
    from: String,
    /// The first instant of the next.
    to: String,
    /// How many calls there are.
    calls: i64,
    /// How many of them were answered.
    answered: i64,
    /// How long they lasted, each rounded up to a second.
    seconds: i64,
    /// What they cost.
    amount: String,
    currency: String,
}

/// The sums of several months.
#[derive(Debug, Serialize, ToSchema)]
struct UsageByMonth {
    /// A month each, the first first.
    items: Vec<UsageDocument>,
}

/// One month, or one item a month.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
enum Usage {
    Month(UsageDocument),
    Months(UsageByMonth),
}

/// Show what a customer's calls sum to
#[utoipa::path(get, path = "/customers/{id}/usage", params(("id" = String, Path), UsageQuery),
    responses((status = 200, description = "The sums so far.", body = Usage), Refusals),
    extensions(("x-roles" = json!(CUSTOMERS)), ("x-owner" = json!(CUSTOMER))))]
async fn get_customer_usage(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id,
    Params(query): Params<UsageQuery>,
) -> Result<Answer<Usage>, Problem> {
    let mut view = app.engine.view(&actor).await?;
    let customer = customers::get(&mut view, &id).await?;
    let filter = Filter { customer: Some(id), ..Filter::default() };
    usage(&mut view, &query, &customer, &filter).await
}

/// Show what a line's calls sum to
#[utoipa::path(get, path = "/lines/{id}/usage", params(("id" = String, Path), UsageQuery),
    responses((status = 200, description = "The sums so far.", body = Usage), Refusals),
    extensions(("x-roles" = json!(CUSTOMERS)), ("x-owner" = json!(CUSTOMER))))]
async fn get_line_usage(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id,
    Params(query): Params<UsageQuery>,
) -> Result<Answer<Usage>, Problem> {
    let mut view = app.engine.view(&actor).await?;
    let line = lines::get(&mut view, &id).await?;
    let customer = customers::get(&mut view, &line.customer).await?;
    let filter = Filter { customer: Some(line.customer), line: Some(id), ..Filter::default() };
    usage(&mut view, &query, &customer, &filter).await
}

async fn usage(
    view: &mut View,
    query: &UsageQuery,
    customer: &Customer,
    filter: &Filter,
) -> Result<Answer<Usage>, Problem> {
    let zone = tenants::get(view).await?.settings.time_zone;
    let spans = match (&query.period, query.by.as_deref()) {
        (Some(_), Some(_)) => return Err(Problem::new(INVALID, "ask for one period, or for by=month, not for both")),
        (Some(period), None) => vec![Span::month(period, &zone)?],
        (None, None) => vec![Span::month(&zone.date(view.now()).strftime("%Y-%m").to_string(), &zone)?],
        (None, Some("month")) => calls::months(view, &customer.id, &zone).await?,
        (None, Some(_)) => return Err(Problem::parameter("by", "must be month")),
    };
    let totals = calls::totals(view, filter, &spans).await?;
    let document = |(span, totals): (Span, Totals)| UsageDocument::of(span, &totals, customer.currency);
    let mut months: Vec<UsageDocument> = spans.into_iter().zip(totals).map(document).collect();
    Ok(Answer::ok(match (query.by.as_ref(), months.pop()) {
        (None, Some(month)) => Usage::Month(month),
        (_, last) => {
            months.extend(last);
            Usage::Months(UsageByMonth { items: months })
        }
    }))
}

impl UsageDocument {
    /// A customer's calls all have the currency of its account.
    fn of(span: Span, totals: &Totals, currency: Currency) -> Self {
        let amount = totals.amounts.iter().find(|(of, _)| *of == currency).map_or(Amount::ZERO, |(_, amount)| *amount);
        UsageDocument {
            period: span.name,
            from: span.from.to_string(),
            to: span.to.to_string(),
            calls: totals.calls,
            answered: totals.answered,
            seconds: totals.seconds,
            amount: amount.to_text(currency),
            currency: currency.to_string(),
        }
    }
}
