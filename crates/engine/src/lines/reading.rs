//! Lines as they are shown.

use std::collections::HashMap;

use domain::time::Instant;
use storage::lines::{LineFilter, LineRecord};

use super::{Details, Line, LineError, LineState, Phone, Subscription};
use crate::Scope;
use crate::billing::{self, Suspended};

/// The line.
///
/// # Errors
/// There is none, or the database does not answer.
pub async fn get(scope: &mut impl Scope, id: &str) -> Result<Line, LineError> {
    let tenant = scope.tenant();
    let record = storage::lines::get(scope.tx(), tenant, id).await?;
    let own = record.filter(|record| scope.finds("line", id, |reach| reach.customer(&record.customer)));
    let record = own.ok_or_else(|| LineError::NotFound(id.to_owned()))?;
    shown(scope, vec![record]).await?.pop().ok_or_else(|| LineError::NotFound(id.to_owned()))
}

/// A customer's lines, the oldest first.
///
/// # Errors
/// The database does not answer.
pub async fn of_customer(scope: &mut impl Scope, customer: &str) -> Result<Vec<Line>, LineError> {
    if !scope.reach().customer(customer) {
        return Ok(Vec::new());
    }
    let tenant = scope.tenant();
    let records = storage::lines::of_customer(scope.tx(), tenant, customer).await?;
    shown(scope, records).await
}

/// A page of the lines that the filter lets through, in the order of their opening.
///
/// # Errors
/// The database does not answer.
pub async fn page(scope: &mut impl Scope, filter: LineFilter<'_>, limit: i64) -> Result<Vec<Line>, LineError> {
    let (tenant, reach) = (scope.tenant(), scope.reach().clone());
    let filter = LineFilter { among: reach.customers(), ..filter };
    let records = storage::lines::page(scope.tx(), tenant, &filter, limit).await?;
    shown(scope, records).await
}

/// The lines with all that belongs to them.
async fn shown(scope: &mut impl Scope, records: Vec<LineRecord>) -> Result<Vec<Line>, LineError> {
    let tenant = scope.tenant();
    let ids: Vec<&str> = records.iter().map(|record| record.id.as_str()).collect();
    let mut plans: HashMap<String, Vec<Subscription>> = HashMap::new();
    for row in storage::lines::plans_of_lines(scope.tx(), tenant, &ids).await? {
        let subscription = Subscription { plan: row.plan, from: Instant::clamped(row.from_at) };
        plans.entry(row.line).or_default().push(subscription);
    }
    let phones = storage::phones::of_lines(scope.tx(), tenant, &ids).await?;
    let mut phones: HashMap<String, _> = phones.into_iter().map(|row| (row.line.clone(), row)).collect();
    let mut suspensions = billing::suspensions(scope, &ids).await?;
    let line = |record: LineRecord| {
        let suspensions = suspensions.remove(&record.id).unwrap_or_default();
        let phone = phones.remove(&record.id);
        let details = Details::read(&record.details);
        Line {
            plans: plans.remove(&record.id).unwrap_or_default(),
            state: state(record.closed_at, &suspensions),
            id: record.id,
            number: record.number,
            customer: record.customer,
            opened_at: Instant::clamped(record.opened_at),
            closed_at: record.closed_at.map(Instant::clamped),
            suspensions,
            calls_at_once: details.calls_at_once,
            blocked_numbers: phone.as_ref().map_or(0, |phone| phone.blocked),
            phone: phone.map(|phone| Phone::of(&phone)).unwrap_or_default(),
            filters: details.filters,
            forwarding: details.forwarding,
            voicemail: details.voicemail,
            version: record.version,
        }
    };
    Ok(records.into_iter().map(line).collect())
}

fn state(closed_at: Option<i64>, suspensions: &[Suspended]) -> LineState {
    match closed_at {
        Some(_) => LineState::Closed,
        None if suspensions.iter().any(|suspension| suspension.to.is_none()) => LineState::Suspended,
        None => LineState::Active,
    }
}
