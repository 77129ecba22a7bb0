//! Why lines are suspended: a set of reasons, each with its time. A line is active when none is left.

use std::collections::HashMap;

use domain::invalid::Invalid;
use domain::time::Instant;
use serde::{Deserialize, Serialize};
use storage::suspensions::SuspensionRecord;

use super::{BillingError, told};
use crate::{Scope, Work, fields};

/// Why a line is suspended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// Invoices are unpaid.
    Dunning,
    /// A prepaid fee was not covered.
    Funds,
    /// It looks like fraud.
    Fraud,
    /// Somebody wanted it.
    Manual,
}

/// A time in which a line is or was suspended for a reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Suspended {
    /// Why.
    pub reason: Reason,
    /// What else is to be said.
    pub note: Option<String>,
    /// From when on.
    pub from: Instant,
    /// Until when; `None` while it lasts.
    pub to: Option<Instant>,
}

impl Reason {
    /// Every reason, with its name.
    pub const ALL: [(Reason, &'static str); 4] =
        [(Reason::Dunning, "dunning"), (Reason::Funds, "funds"), (Reason::Fraud, "fraud"), (Reason::Manual, "manual")];

    /// The reason's name.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(reason, _)| *reason == self).map_or("", |(_, name)| name)
    }

    /// The reason of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Reason> {
        Self::ALL.iter().find(|(_, known)| *known == name).map(|(reason, _)| *reason)
    }
}

/// Suspends a line. A reason that it is suspended for already stays as it is.
///
/// # Errors
/// The note makes no sense, or the database does not do it.
pub async fn suspend(work: &mut Work, line: &str, reason: Reason, note: Option<String>) -> Result<(), BillingError> {
    let note = fields::remark("/note", note, 500)?;
    let known = of_lines(work, &[line]).await?.remove(line).unwrap_or_default();
    if known.iter().any(|suspension| suspension.reason == reason && suspension.to.is_none()) {
        return Ok(());
    }
    let record = SuspensionRecord {
        id: work.id("sus"),
        line: line.to_owned(),
        reason: reason.name().to_owned(),
        note,
        from_at: work.now().millis(),
        to_at: None,
    };
    let tenant = work.tenant();
    storage::suspensions::insert(&mut work.tx, tenant, std::slice::from_ref(&record)).await?;
    work.audit("line.suspend", line, None, Some(&record)).await?;
    Ok(told::suspended(work, &[record]).await?)
}

/// Takes a reason from a line; says whether it was there.
///
/// # Errors
/// The database does not do it.
pub async fn lift(work: &mut Work, line: &str, reason: Reason) -> Result<bool, BillingError> {
    let (tenant, now) = (work.tenant(), work.now().millis());
    let lifted = storage::suspensions::lift(&mut work.tx, tenant, line, reason.name(), now).await?;
    if lifted {
        work.audit("line.lift_suspension", line, Some(&reason), None).await?;
        told::lifted(work, line, reason.name()).await?;
    }
    Ok(lifted)
}

/// All suspensions of these lines, past ones too, by line, the first first.
///
/// # Errors
/// The database does not answer.
pub(crate) async fn of_lines(
    scope: &mut impl Scope,
    lines: &[&str],
) -> Result<HashMap<String, Vec<Suspended>>, BillingError> {
    let tenant = scope.tenant();
    let mut by_line: HashMap<String, Vec<Suspended>> = HashMap::new();
    for record in storage::suspensions::of_lines(scope.tx(), tenant, lines).await? {
        by_line.entry(record.line.clone()).or_default().push(suspended(record)?);
    }
    Ok(by_line)
}

fn suspended(record: SuspensionRecord) -> Result<Suspended, BillingError> {
    let reason = Reason::named(&record.reason).ok_or_else(|| Invalid::at("/reason", "is not a reason"))?;
    Ok(Suspended {
        reason,
        note: record.note,
        from: Instant::clamped(record.from_at),
        to: record.to_at.map(Instant::clamped),
    })
}
