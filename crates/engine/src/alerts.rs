//! Alerts: limits against fraud that a customer has reached, each told once a day.

use std::collections::{BTreeMap, HashSet};

use domain::invalid::Invalid;
use domain::limits::LimitReached;
use domain::time::Instant;
use serde::Serialize;
use serde_json::json;
use storage::alerts::AlertRecord;
use storage::suspensions::SuspensionRecord;

use crate::billing::{self, Reason};
use crate::notices::{self, About, Notice};
use crate::tenants::Tenant;
use crate::webhooks::{self, HookEvent, HookKind};
use crate::{Scope, Work, fields};

/// A limit that a customer has reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Alert {
    /// Its id.
    pub id: String,
    /// Whose call was refused.
    pub customer: String,
    /// From which line.
    pub line: String,
    /// The limit's name.
    pub reached: String,
    /// What was reached, in words.
    pub detail: String,
    /// The number called.
    pub to: String,
    /// Whether the customer's lines were suspended for it.
    pub suspended: bool,
    /// When it was reached first on its day.
    pub raised_at: Instant,
    /// When and by whom it was looked at, and what was found.
    pub review: Option<Review>,
}

/// That somebody has looked at an alert.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Review {
    /// When.
    pub at: Instant,
    /// Who.
    pub by: String,
    /// What was found.
    pub note: Option<String>,
}

/// A limit that was reached just now.
#[derive(Debug, Clone)]
pub(crate) struct NewAlert {
    customer: String,
    line: String,
    to: String,
    reached: LimitReached,
}

/// Why an alert is not shown or reviewed.
#[derive(Debug, thiserror::Error)]
pub enum AlertError {
    /// There is no such alert.
    #[error("there is no alert {0}")]
    NotFound(String),
    /// Somebody has looked at it before.
    #[error("the alert {0} was reviewed before")]
    Reviewed(String),
    /// The note makes no sense.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// The database did not do it.
    #[error(transparent)]
    Storage(#[from] storage::Error),
}

crate::work::carries_storage!(AlertError);

impl NewAlert {
    /// What is to be told of a refused call: nothing, where a line is only busy, or what is held alone leaves too little.
    pub(crate) fn of(customer: &str, line: &str, to: &str, reached: &LimitReached) -> Option<NewAlert> {
        match reached {
            LimitReached::CallsAtOnce { .. }
            | LimitReached::TenantCallsAtOnce { .. }
            | LimitReached::SpendPerDay { is_spent: false, .. } => None,
            LimitReached::SetUpRate { .. }
            | LimitReached::HighCostPrefix { .. }
            | LimitReached::SpendPerDay { .. }
            | LimitReached::CostPerCall { .. }
            | LimitReached::RiskyPrefix { .. } => Some(NewAlert {
                customer: customer.to_owned(),
                line: line.to_owned(),
                to: to.to_owned(),
                reached: reached.clone(),
            }),
        }
    }

    fn suspends(&self, tenant: &Tenant) -> bool {
        matches!(self.reached, LimitReached::SpendPerDay { .. }) && tenant.settings.fraud.suspend_at_spend_per_day
    }
}

/// Writes down what is told for the first time on its day, suspends the lines of who has spent too much, and has those told who run
/// the lines.
///
/// # Errors
/// The database does not do it.
pub(crate) async fn raise(work: &mut Work, tenant: &Tenant, alerts: &[NewAlert]) -> Result<(), storage::Error> {
    let now = work.now();
    let day = tenant.settings.time_zone.date(now);
    let mut records: BTreeMap<String, (AlertRecord, &NewAlert)> = BTreeMap::new();
    for alert in alerts {
        let key = format!("{}/{}/{day}", alert.customer, alert.reached.name());
        let record = AlertRecord {
            id: work.id("alt"),
            key: key.clone(),
            customer: alert.customer.clone(),
            line: alert.line.clone(),
            reached: alert.reached.name().to_owned(),
            detail: alert.reached.to_string(),
            to_number: alert.to.chars().filter(|c| !c.is_control()).take(80).collect(),
            suspended: i64::from(alert.suspends(tenant)),
            raised_at: now.millis(),
            reviewed_at: None,
            reviewed_by: None,
            note: None,
        };
        records.entry(key).or_insert((record, alert));
    }
    let rows: Vec<AlertRecord> = records.values().map(|(record, _)| record.clone()).collect();
    let number = work.tenant();
    let new: HashSet<String> = storage::alerts::insert_new(&mut work.tx, number, &rows).await?.into_iter().collect();
    for (record, alert) in records.into_values().filter(|(record, _)| new.contains(&record.key)) {
        if alert.suspends(tenant) {
            suspend(work, &record).await?;
        }
        tell(work, tenant, record).await?;
    }
    Ok(())
}

/// Suspends all lines of the customer for `fraud`.
async fn suspend(work: &mut Work, alert: &AlertRecord) -> Result<(), storage::Error> {
    let (tenant, now) = (work.tenant(), work.now());
    let lines = storage::lines::of_customer(&mut work.tx, tenant, &alert.customer).await?;
    let open: Vec<&str> = lines.iter().filter(|line| line.closed_at.is_none()).map(|line| line.id.as_str()).collect();
    let known = storage::suspensions::of_lines(&mut work.tx, tenant, &open).await?;
    let is_suspended = |line: &str| {
        known.iter().any(|row| row.line == line && row.reason == Reason::Fraud.name() && row.to_at.is_none())
    };
    let suspension = |line: &&str| SuspensionRecord {
        id: work.id("sus"),
        line: (*line).to_owned(),
        reason: Reason::Fraud.name().to_owned(),
        note: Some(alert.detail.clone()),
        from_at: now.millis(),
        to_at: None,
    };
    let records: Vec<SuspensionRecord> = open.iter().filter(|line| !is_suspended(line)).map(suspension).collect();
    storage::suspensions::insert(&mut work.tx, tenant, &records).await?;
    for record in &records {
        work.audit("line.suspend", &record.line, None, Some(record)).await?;
    }
    billing::told::suspended(work, &records).await
}

/// Mails the alert to those whom the tenant has named, else to its owners, and tells its webhooks.
async fn tell(work: &mut Work, tenant: &Tenant, record: AlertRecord) -> Result<(), storage::Error> {
    let number = work.tenant();
    let customer = storage::customers::some(&mut work.tx, number, &[&record.customer]).await?.pop();
    let customer = customer.and_then(|record| crate::customers::Customer::of(record).ok());
    let line = storage::lines::get(&mut work.tx, number, &record.line).await?;
    let about = About::FraudAlert {
        customer: customer.map_or(record.customer.clone(), |customer| customer.details.name()),
        line: line.map_or(record.line.clone(), |line| line.number),
        detail: record.detail.clone(),
        suspended: record.suspended == 1,
    };
    let addresses = &tenant.settings.fraud.alert_to;
    if addresses.is_empty() {
        notices::to_owners(work, &record.id, &about).await?;
    } else {
        let notice = |address: &String| {
            let notice = Notice { name: None, address: address.clone(), language: None, about: about.clone() };
            (record.id.clone(), notice)
        };
        notices::send(work, &addresses.iter().map(notice).collect::<Vec<_>>()).await?;
    }
    let data = json!({
        "alert": record.id, "customer": record.customer, "line": record.line, "limit": record.reached,
        "detail": record.detail, "suspended": record.suspended == 1,
    });
    webhooks::raise(work, &[HookEvent { kind: HookKind::FraudAlert, id: record.id, data }]).await
}

/// A page of alerts, the newest first, those before `before`; `open` for those alone that nobody has looked at.
///
/// # Errors
/// The database does not answer.
pub async fn page(
    scope: &mut impl Scope,
    open: bool,
    before: Option<&str>,
    limit: i64,
) -> Result<Vec<Alert>, AlertError> {
    if !scope.reach().is_whole() {
        return Ok(Vec::new());
    }
    let tenant = scope.tenant();
    Ok(storage::alerts::page(scope.tx(), tenant, open, before, limit).await?.into_iter().map(Alert::of).collect())
}

/// Notes that somebody has looked at an alert, and what was found. The suspension that it brought is lifted from each line by hand.
///
/// # Errors
/// There is none, it was reviewed before, or the note makes no sense.
pub async fn review(work: &mut Work, id: &str, note: Option<String>) -> Result<Alert, AlertError> {
    let note = fields::remark("/note", note, 500)?;
    let (tenant, now) = (work.tenant(), work.now());
    let whole = work.reach().is_whole();
    let before = storage::alerts::get(&mut work.tx, tenant, id).await?.filter(|_| whole);
    let before = before.ok_or_else(|| AlertError::NotFound(id.to_owned()))?;
    let by = Some(work.actor().name.clone());
    let after = AlertRecord { reviewed_at: Some(now.millis()), reviewed_by: by, note, ..before };
    if !storage::alerts::review(&mut work.tx, tenant, &after).await? {
        return Err(AlertError::Reviewed(id.to_owned()));
    }
    let alert = Alert::of(after);
    work.audit("alert.review", id, None, Some(&alert.review)).await?;
    Ok(alert)
}

impl Alert {
    fn of(record: AlertRecord) -> Alert {
        let AlertRecord { reviewed_at, reviewed_by, note, .. } = record;
        let review =
            reviewed_at.map(|at| Review { at: Instant::clamped(at), by: reviewed_by.unwrap_or_default(), note });
        Alert {
            id: record.id,
            customer: record.customer,
            line: record.line,
            reached: record.reached,
            detail: record.detail,
            to: record.to_number,
            suspended: record.suspended == 1,
            raised_at: Instant::clamped(record.raised_at),
            review,
        }
    }
}
