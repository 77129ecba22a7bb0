use domain::money::{Amount, Currency};
use domain::period::{Period, PeriodError};
use domain::time::{Instant, Zone};
use storage::calls::{CallFilter, TotalsRecord};

use super::{Call, CallError};
use crate::Scope;
use crate::actor::{Limited, Reach};

/// Which finished calls are asked for. Their time is that of their end, as it is for billing periods.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Those that this customer pays.
    pub customer: Option<String>,
    /// Those of this line.
    pub line: Option<String>,
    /// Those that this agent answered.
    pub agent: Option<String>,
    /// Those of this disposition.
    pub disposition: Option<super::Disposition>,
    /// Ended at or after.
    pub from: Option<Instant>,
    /// Ended before.
    pub to: Option<Instant>,
}

/// A span of time with its name: `[from, to)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// What it is called, such as `2026-10`.
    pub name: String,
    /// From when.
    pub from: Instant,
    /// Until when.
    pub to: Instant,
}

/// The sums of the calls of a span.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Totals {
    /// How many calls there are.
    pub calls: i64,
    /// How many of them were answered.
    pub answered: i64,
    /// How long they lasted, each rounded up to a second.
    pub seconds: i64,
    /// What they cost, by currency.
    pub amounts: Vec<(Currency, Amount)>,
}

/// One call.
///
/// # Errors
/// There is none, or the database does not answer.
pub async fn get(scope: &mut impl Scope, id: &str) -> Result<Call, CallError> {
    let tenant = scope.tenant();
    let record = storage::calls::get(scope.tx(), tenant, id).await?;
    let paid_by =
        |reach: &Reach, payer: Option<&String>| reach.is_whole() || payer.is_some_and(|id| reach.customer(id));
    let own = record.filter(|record| scope.finds("call", id, |reach| paid_by(reach, record.customer.as_ref())));
    Call::of(own.ok_or_else(|| CallError::NotFound(id.to_owned()))?)
}

/// One call, for its agent as well.
///
/// # Errors
/// There is none, or the database does not answer.
pub(crate) async fn of_party(scope: &mut impl Scope, id: &str) -> Result<Call, CallError> {
    let found = get(scope, id).await;
    if !matches!(found, Err(CallError::NotFound(_))) {
        return found;
    }
    let tenant = scope.tenant();
    let record = storage::calls::get(scope.tx(), tenant, id).await?;
    let is_agents = |agent: Option<&String>| agent.is_some_and(|agent| scope.reach().agent(agent));
    match record.filter(|record| is_agents(record.agent.as_ref())) {
        // Who pays is not for the agent to know.
        Some(record) => Ok(Call { customer: None, line: None, ..Call::of(record)? }),
        None => found,
    }
}

/// A page of finished calls, the newest first, those before `before` (the end and the id of the last one seen).
///
/// # Errors
/// The database does not answer.
pub async fn history(
    scope: &mut impl Scope,
    filter: &Filter,
    before: Option<(Instant, &str)>,
    limit: i64,
) -> Result<Vec<Call>, CallError> {
    let (tenant, limited) = (scope.tenant(), scope.reach().limited(filter.customer.as_deref()));
    let before = before.map(|(at, id)| (at.millis(), id));
    let filter = CallFilter { before, ..filter.stored(&limited) };
    let records = storage::calls::history(scope.tx(), tenant, &filter, limit).await?;
    records.into_iter().map(Call::of).collect()
}

/// A page of the finished calls that an agent was called in, the newest first, whoever paid them; the filter's own agent does not
/// count. The agent does not learn who called: of the caller's number only the ends are told.
///
/// # Errors
/// The database does not answer.
pub async fn of_agent(
    scope: &mut impl Scope,
    agent: &str,
    filter: &Filter,
    before: Option<(Instant, &str)>,
    limit: i64,
) -> Result<Vec<Call>, CallError> {
    if !scope.reach().agent(agent) {
        return Ok(Vec::new());
    }
    let (tenant, hidden) = (scope.tenant(), !scope.reach().is_whole());
    let before = before.map(|(at, id)| (at.millis(), id));
    let Filter { disposition, from, to, .. } = *filter;
    let filter = Filter { agent: Some(agent.to_owned()), disposition, from, to, ..Filter::default() };
    let everybody = Reach::Tenant.limited(None);
    let filter = CallFilter { before, ..filter.stored(&everybody) };
    let records = storage::calls::history(scope.tx(), tenant, &filter, limit).await?;
    let calls = records.into_iter().map(Call::of);
    if hidden { calls.map(|call| Ok(call?.without_caller())).collect() } else { calls.collect() }
}

/// The sums of the calls of each span.
///
/// # Errors
/// The database does not answer.
pub async fn totals(scope: &mut impl Scope, filter: &Filter, spans: &[Span]) -> Result<Vec<Totals>, CallError> {
    let (tenant, limited) = (scope.tenant(), scope.reach().limited(filter.customer.as_deref()));
    let wanted: Vec<(i64, i64)> = spans.iter().map(|span| (span.from.millis(), span.to.millis())).collect();
    let rows = storage::calls::totals(scope.tx(), tenant, &filter.stored(&limited), &wanted).await?;
    let of_span = |number| rows.iter().filter(move |row| usize::try_from(row.span) == Ok(number));
    Ok((0..spans.len()).map(|number| Totals::of(of_span(number))).collect())
}

/// The calendar months in which a customer's calls ended, the first first.
///
/// # Errors
/// The database does not answer.
pub async fn months(scope: &mut impl Scope, customer: &str, zone: &Zone) -> Result<Vec<Span>, CallError> {
    if !scope.reach().customer(customer) {
        return Ok(Vec::new());
    }
    let tenant = scope.tenant();
    let (first, last) = storage::calls::first_and_last(scope.tx(), tenant, customer).await?;
    let (Some(first), Some(last)) = (first, last) else { return Ok(Vec::new()) };
    let mut months = Vec::new();
    let mut month = zone.date(Instant::clamped(first)).first_of_month();
    let last = zone.date(Instant::clamped(last));
    while month <= last {
        months.extend(Span::month(&month.strftime("%Y-%m").to_string(), zone));
        month = month.last_of_month().tomorrow().unwrap_or(domain::time::Date::MAX);
    }
    Ok(months)
}

impl Span {
    /// The calendar month such as `2026-10`.
    ///
    /// # Errors
    /// There is no such month.
    pub fn month(name: &str, zone: &Zone) -> Result<Span, PeriodError> {
        let (from, to) = Period::month(name)?.instants(zone);
        Ok(Span { name: name.to_owned(), from, to })
    }
}

impl Filter {
    fn stored<'a>(&'a self, limited: &'a Limited) -> CallFilter<'a> {
        CallFilter {
            customer: limited.customer.as_deref(),
            among: limited.among.as_deref(),
            line: self.line.as_deref(),
            agent: self.agent.as_deref(),
            disposition: self.disposition.map(super::Disposition::name),
            from: self.from.map(Instant::millis),
            to: self.to.map(Instant::millis),
            before: None,
        }
    }
}

impl Totals {
    fn of<'a>(rows: impl Iterator<Item = &'a TotalsRecord>) -> Totals {
        let mut totals = Totals { calls: 0, answered: 0, seconds: 0, amounts: Vec::new() };
        for row in rows {
            totals.calls += row.calls;
            totals.answered += row.answered;
            totals.seconds += row.seconds;
            if let Some(currency) = row.currency.as_deref().and_then(|code| Currency::parse(code).ok()) {
                totals.amounts.push((currency, Amount::from_micros(row.amount)));
            }
        }
        totals
    }
}
