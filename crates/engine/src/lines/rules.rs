//! What a line wants of the calls of its phone.

use domain::dial_plan::{Destination, DialPlan, Number};
use domain::invalid::Invalid;
use domain::screening::{Filters, Forwarding, Voicemail};

use super::{Line, LineError, open_line, save};
use crate::{Work, tenants};

/// Where a line's calls are to go that its phone does not take, in any form that the dial plan reads.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ForwardingTo {
    /// All of them.
    pub always: Option<String>,
    /// Those that come while it has another.
    pub busy: Option<String>,
    /// Those that it does not answer in time, or that come while it is not registered.
    pub no_answer: Option<String>,
}

/// Sets which numbers a line may call and be called by. They hold for the next call.
///
/// # Errors
/// The line is closed or was changed meanwhile.
pub async fn set_filters(work: &mut Work, id: &str, filters: Filters, version: i64) -> Result<Line, LineError> {
    let before = open_line(work, id, version).await?;
    let after = Line { filters, version: version + 1, ..before.clone() };
    save(work, "line.filter", &before, after).await
}

/// Sets where a line's calls go that its phone does not take.
///
/// # Errors
/// A number is none, is the line's own, or an emergency number; or the line is closed or was changed meanwhile.
pub async fn set_forwarding(work: &mut Work, id: &str, to: ForwardingTo, version: i64) -> Result<Line, LineError> {
    let before = open_line(work, id, version).await?;
    let plan = tenants::get(work).await?.settings.dial_plan;
    let number = |pointer: &str, to: Option<String>| {
        to.map(|to| elsewhere(&plan, &before.number, &to).map_err(|detail| Invalid::at(pointer, detail))).transpose()
    };
    let forwarding = Forwarding {
        always: number("/always", to.always)?,
        busy: number("/busy", to.busy)?,
        no_answer: number("/no_answer", to.no_answer)?,
    };
    let after = Line { forwarding, version: version + 1, ..before.clone() };
    save(work, "line.forward", &before, after).await
}

/// Sets whether callers may leave messages for a line. It holds for the next call.
///
/// # Errors
/// The line is closed or was changed meanwhile.
pub async fn set_voicemail(work: &mut Work, id: &str, voicemail: Voicemail, version: i64) -> Result<Line, LineError> {
    let before = open_line(work, id, version).await?;
    let after = Line { voicemail, version: version + 1, ..before.clone() };
    save(work, "line.voicemail", &before, after).await
}

/// A number that calls to `own` may be sent on to. An emergency service is not to hear from somebody who dialled a friend.
fn elsewhere(plan: &DialPlan, own: &str, to: &str) -> Result<Number, String> {
    let number = plan.canonical(to).map_err(|error| error.to_string())?;
    if number.to_string() == own {
        return Err("is the line's own number: its calls would go round in a circle".to_owned());
    }
    match plan.destination(&number) {
        Destination::Emergency { .. } => Err(format!("{number} is an emergency number: no calls are sent on to it")),
        _ => Ok(number),
    }
}
