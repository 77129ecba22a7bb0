//! Numbers from outside: what the world calls, and the line that it leads to. The numbers of lines and agents and these are one set.

use domain::dial_plan::Number;
use domain::invalid::Invalid;
use domain::time::Instant;
use serde::Serialize;
use storage::inbound_numbers::InboundNumberRecord;

use crate::lines::{self, LineError, LineState};
use crate::numbers::{self, NumberTaken};
use crate::tenants::{self, TenantError};
use crate::{Scope, Work};

/// A number from outside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct InboundNumber {
    /// Its id.
    pub id: String,
    /// The number: E.164 with its plus.
    pub number: String,
    /// The line that it leads to.
    pub line: String,
    /// When it was made.
    pub created_at: Instant,
    /// Counts the changes.
    pub version: i64,
}

/// What can be set of a number from outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Details {
    /// The number, in any form that the dial plan reads.
    pub number: String,
    /// The line that it leads to.
    pub line: String,
}

/// Why a number from outside is not made, shown, changed or deleted.
#[derive(Debug, thiserror::Error)]
pub enum InboundNumberError {
    /// There is no such number.
    #[error("there is no number from outside {0}")]
    NotFound(String),
    /// A field makes no sense.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// Somebody has the number.
    #[error(transparent)]
    NumberTaken(#[from] NumberTaken),
    /// Somebody else changed the number meanwhile.
    #[error("the number from outside was changed meanwhile: it is at version {current}")]
    Changed {
        /// The version now.
        current: i64,
    },
    /// The line cannot be had.
    #[error(transparent)]
    Line(#[from] LineError),
    /// The tenant's settings could not be read.
    #[error(transparent)]
    Tenant(#[from] TenantError),
    /// The database did not do it.
    #[error(transparent)]
    Storage(#[from] storage::Error),
}

crate::work::carries_storage!(InboundNumberError: Line, Tenant);

/// Has a number from outside lead to a line.
///
/// # Errors
/// The number is none of the world's, or taken; there is no such line, or it is closed.
pub async fn create(work: &mut Work, details: Details) -> Result<InboundNumber, InboundNumberError> {
    let details = checked(work, details).await?;
    let (id, created_at) = (work.id("inb"), work.now());
    let inbound = InboundNumber { id, number: details.number, line: details.line, created_at, version: 1 };
    free(work, &inbound.number).await?;
    let record = inbound.record(work.tenant());
    storage::inbound_numbers::insert(&mut work.tx, &record).await?;
    work.audit("inbound_number.create", &inbound.id, None, Some(&inbound)).await?;
    Ok(inbound)
}

/// Replaces a number from outside and where it leads, if it is at this version.
///
/// # Errors
/// There is none, the number is none of the world's or taken, there is no such line, it is closed, or somebody else has changed the
/// number from outside meanwhile.
pub async fn update(
    work: &mut Work,
    id: &str,
    details: Details,
    version: i64,
) -> Result<InboundNumber, InboundNumberError> {
    let before = get(work, id).await?;
    if before.version != version {
        return Err(InboundNumberError::Changed { current: before.version });
    }
    let Details { number, line } = checked(work, details).await?;
    let after = InboundNumber { number, line, version: version + 1, ..before.clone() };
    if after.number != before.number {
        free(work, &after.number).await?;
    }
    let record = after.record(work.tenant());
    if !storage::inbound_numbers::update(&mut work.tx, &record).await? {
        return Err(InboundNumberError::Changed { current: version + 1 });
    }
    work.audit("inbound_number.update", id, Some(&before), Some(&after)).await?;
    Ok(after)
}

/// Deletes a number from outside: it leads nowhere any more.
///
/// # Errors
/// There is none.
pub async fn delete(work: &mut Work, id: &str) -> Result<(), InboundNumberError> {
    let before = get(work, id).await?;
    let tenant = work.tenant();
    if !storage::inbound_numbers::delete(&mut work.tx, tenant, id).await? {
        return Err(InboundNumberError::NotFound(id.to_owned()));
    }
    work.audit("inbound_number.delete", id, Some(&before), None).await?;
    Ok(())
}

/// One number from outside.
///
/// # Errors
/// There is none, or the database does not answer.
pub async fn get(scope: &mut impl Scope, id: &str) -> Result<InboundNumber, InboundNumberError> {
    let tenant = scope.tenant();
    let record = storage::inbound_numbers::get(scope.tx(), tenant, id).await?;
    record.map(InboundNumber::of).ok_or_else(|| InboundNumberError::NotFound(id.to_owned()))
}

/// A page of numbers from outside in the order of their making, those after `after`.
///
/// # Errors
/// The database does not answer.
pub async fn page(
    scope: &mut impl Scope,
    after: Option<&str>,
    limit: i64,
) -> Result<Vec<InboundNumber>, InboundNumberError> {
    let tenant = scope.tenant();
    let records = storage::inbound_numbers::page(scope.tx(), tenant, after, limit).await?;
    Ok(records.into_iter().map(InboundNumber::of).collect())
}

/// The line that a number from outside leads to; `None` if it is none of the tenant's, or its line is closed.
///
/// # Errors
/// The database does not answer.
pub async fn leads_to(scope: &mut impl Scope, number: &Number) -> Result<Option<String>, storage::Error> {
    let tenant = scope.tenant();
    let inbound = storage::inbound_numbers::by_number(scope.tx(), tenant, &number.to_string()).await?;
    let Some(inbound) = inbound else { return Ok(None) };
    let line = storage::lines::get(scope.tx(), tenant, &inbound.line).await?;
    Ok(line.filter(|line| line.closed_at.is_none()).map(|line| line.id))
}

/// The number from outside that has led to a line for the longest time; `None` if none does.
///
/// # Errors
/// The database does not answer.
pub async fn oldest_of_line(scope: &mut impl Scope, line: &str) -> Result<Option<String>, storage::Error> {
    let tenant = scope.tenant();
    let oldest = storage::inbound_numbers::oldest_of_line(scope.tx(), tenant, line).await?;
    Ok(oldest.map(|oldest| oldest.number))
}

/// A number that a trunk tells, in canonical form: trunks leave the plus out, or write numbers as one dials them. What is no number is nothing.
///
/// # Errors
/// The tenant's settings cannot be read.
pub async fn told_by_trunk(scope: &mut impl Scope, text: &str) -> Result<String, TenantError> {
    let plan = tenants::get(scope).await?.settings.dial_plan;
    let is_known = |text: &str| plan.canonical(text).ok().filter(|number| !matches!(number, Number::Extension(_)));
    let number = is_known(text).or_else(|| is_known(&format!("+{text}")));
    Ok(number.map_or_else(String::new, |number| number.to_string()))
}

/// The details with the number in canonical form, if they make sense.
async fn checked(work: &mut Work, details: Details) -> Result<Details, InboundNumberError> {
    let plan = tenants::get(work).await?.settings.dial_plan;
    let number = plan.canonical(&details.number).map_err(|error| Invalid::at("/number", error.to_string()))?;
    if plan.is_reserved(&number) {
        return Err(Invalid::at("/number", format!("{number} is reserved by the dial plan")).into());
    }
    if matches!(number, Number::Extension(_)) {
        let detail =
            format!("{number} is an extension, which nobody outside can call: give a number such as +441632960001");
        return Err(Invalid::at("/number", detail).into());
    }
    let line = lines::get(work, &details.line).await?;
    if line.state == LineState::Closed {
        return Err(Invalid::at("/line", "is closed").into());
    }
    Ok(Details { number: number.to_string(), line: line.id })
}

/// Whether nobody has the number, and nobody else is given it until the work ends.
async fn free(work: &mut Work, number: &str) -> Result<(), InboundNumberError> {
    match numbers::holder(work, number).await? {
        Some(holder) => Err(NumberTaken { number: number.to_owned(), holder }.into()),
        None => Ok(()),
    }
}

impl InboundNumber {
    fn of(record: InboundNumberRecord) -> Self {
        InboundNumber {
            id: record.id,
            number: record.number,
            line: record.line,
            created_at: Instant::clamped(record.created_at),
            version: record.version,
        }
    }

    fn record(&self, tenant: i64) -> InboundNumberRecord {
        InboundNumberRecord {
            tenant,
            id: self.id.clone(),
            number: self.number.clone(),
            line: self.line.clone(),
            created_at: self.created_at.millis(),
            version: self.version,
        }
    }
}
