use domain::sms::SmsState;

use super::send::told;
use crate::{Scope, Work};

/// What a carrier tells of a short message that it has taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// The id of the message: ours.
    pub id: String,
    /// What the carrier calls it.
    pub carrier_id: Option<String>,
    /// How far it is.
    pub state: SmsState,
    /// Why it does not arrive, by the carrier's list of errors.
    pub code: Option<u32>,
    /// The same in words.
    pub reason: Option<String>,
}

/// Keeps what a carrier tells of a short message; whether that was news. What comes late, twice, in another order, or of a message that nobody knows,
/// changes nothing.
///
/// # Errors
/// The database does not do it.
pub async fn delivered(work: &mut Work, delivery: &Delivery) -> Result<bool, storage::Error> {
    let tenant = work.tenant();
    let Some(record) = storage::sms::lock(&mut work.tx, tenant, &delivery.id).await? else { return Ok(false) };
    // Another message of the carrier's, under the id of ours, is none of ours.
    let is_other = |known: &String| delivery.carrier_id.as_ref().is_some_and(|told| told != known);
    if record.carrier_id.as_ref().is_some_and(is_other) {
        return Ok(false);
    }
    let before = SmsState::named(&record.state).unwrap_or(SmsState::Waiting);
    let state = before.after(delivery.state);
    if state == before {
        return Ok(false);
    }
    let why = (delivery.code, delivery.reason.as_deref());
    told(work, record, (state, delivery.carrier_id.as_deref()), why).await?;
    Ok(true)
}
