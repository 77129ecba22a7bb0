//! What a call needs to know of a line and its phone.

use domain::dial_plan::{DialPlan, NotCanonical, Number};
use domain::screening::PhoneRules;
use storage::lines::LineRecord;

use crate::Scope;
use crate::lines::Details;

/// A line that is not closed, and what it wants of the calls of its phone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PhoneLine {
    /// The line.
    pub line: String,
    /// Its number.
    pub number: Number,
    /// Whose line it is.
    pub customer: String,
    /// Whether it reaches emergency and service numbers only.
    pub suspended: bool,
    /// Whether its phone registers without a secret.
    pub open: bool,
    /// What it wants of its calls.
    pub rules: PhoneRules,
}

/// Why a line is not read for a call.
#[derive(Debug, thiserror::Error)]
pub enum LookupError {
    /// A number that is on file is none.
    #[error("the line {line} has a number on file that cannot be read: {fault}")]
    Unreadable {
        /// The line.
        line: String,
        /// What is wrong with it.
        fault: NotCanonical,
    },
    /// The database does not answer.
    #[error(transparent)]
    Storage(#[from] storage::Error),
}

crate::work::carries_storage!(LookupError);

/// The tenant's line with this number that is not closed. It is for whoever connects calls, who has to know of both lines: it is told
/// without regard to reach.
///
/// # Errors
/// The database does not answer.
pub async fn of_number(scope: &mut impl Scope, number: &Number) -> Result<Option<PhoneLine>, LookupError> {
    let tenant = scope.tenant();
    let records = storage::lines::by_numbers(scope.tx(), tenant, &[&number.to_string()]).await?;
    known(scope, records.into_iter().find(|record| record.closed_at.is_none())).await
}

/// Those of some phones that are lines here, in their order; as [`of_number`].
///
/// # Errors
/// The database does not answer.
pub async fn among(
    scope: &mut impl Scope,
    dial_plan: &DialPlan,
    phones: &[String],
) -> Result<Vec<PhoneLine>, LookupError> {
    let mut lines = Vec::new();
    for number in phones.iter().filter_map(|phone| dial_plan.canonical(phone).ok()) {
        lines.extend(of_number(scope, &number).await?);
    }
    Ok(lines)
}

/// The tenant's line with this id, if it is not closed; as [`of_number`].
///
/// # Errors
/// The database does not answer.
pub async fn of_id(scope: &mut impl Scope, id: &str) -> Result<Option<PhoneLine>, LookupError> {
    let tenant = scope.tenant();
    let record = storage::lines::get(scope.tx(), tenant, id).await?;
    known(scope, record.filter(|record| record.closed_at.is_none())).await
}

async fn known(scope: &mut impl Scope, record: Option<LineRecord>) -> Result<Option<PhoneLine>, LookupError> {
    let Some(record) = record else { return Ok(None) };
    let tenant = scope.tenant();
    let ids = [record.id.as_str()];
    let suspended = !storage::suspensions::suspended_among(scope.tx(), tenant, &ids).await?.is_empty();
    let phone = storage::phones::of_lines(scope.tx(), tenant, &ids).await?.pop();
    let blocked = storage::phones::blocked(scope.tx(), tenant, &record.id).await?;
    let read =
        |text: &String| Number::read(text).map_err(|fault| LookupError::Unreadable { line: record.id.clone(), fault });
    let details = Details::read(&record.details);
    let rules = PhoneRules {
        blocked: blocked.iter().map(read).collect::<Result<_, _>>()?,
        filter_in: details.filters.filter_in,
        filter_out: details.filters.filter_out,
        forwarding: details.forwarding,
        voicemail: details.voicemail,
    };
    Ok(Some(PhoneLine {
        number: read(&record.number)?,
        suspended,
        open: phone.is_some_and(|phone| phone.open == 1),
        rules,
        line: record.id,
        customer: record.customer,
    }))
}
