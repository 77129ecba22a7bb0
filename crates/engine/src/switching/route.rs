use domain::call_flow::{Asked, Cause, Destination, Party};
use domain::dial_plan::{self, Number};
use domain::screening::{Forwarding, PhoneRules, screened};

use crate::lines::phones::{self, LookupError, PhoneLine};
use crate::tenants::{self, TenantError};
use crate::{Scope, maintenance};

/// Why it is not known where a number leads.
#[derive(Debug, thiserror::Error)]
pub(super) enum RouteError {
    /// A line could not be read.
    #[error(transparent)]
    Line(#[from] LookupError),
    /// The tenant's settings could not be read.
    #[error(transparent)]
    Tenant(#[from] TenantError),
    /// The database does not answer.
    #[error(transparent)]
    Storage(#[from] storage::Error),
}

/// Where a number leads, and whose money is in it.
pub(super) struct Routed {
    pub(super) destination: Destination,
    /// The customer who pays for this part of the call.
    pub(super) customer: Option<String>,
}

/// Finds out where a number leads that a line calls or sends calls on to: all is checked but the money. Emergency and service numbers come
/// first: nothing keeps anybody from them.
pub(super) async fn route(scope: &mut impl Scope, asked: &Asked) -> Result<Result<Routed, Cause>, RouteError> {
    let dial_plan = tenants::get(scope).await?.settings.dial_plan;
    let Ok(number) = dial_plan.canonical(&asked.to) else { return Ok(Err(Cause::NoRecipient)) };
    let by = match &asked.by.line {
        Some(line) => phones::of_id(scope, line).await?,
        None => None,
    };
    let customer = by.as_ref().map(|line| line.customer.clone());
    let (rings, free) = match dial_plan.destination(&number) {
        dial_plan::Destination::Emergency { target } | dial_plan::Destination::Service { target } => {
            let Some(target) = target else { return Ok(Err(Cause::NoRecipient)) };
            (target, true)
        }
        dial_plan::Destination::Ordinary => (&number, false),
    };
    let called = phones::of_number(scope, rings).await?;
    if free {
        let rings = Party { line: called.map(|line| line.line), number: rings.to_string() };
        let destination = Destination { number: number.to_string(), rings, free, forwarding: Forwarding::default() };
        return Ok(Ok(Routed { destination, customer }));
    }
    let (by, called) = match parties(by, called) {
        Ok(parties) => parties,
        Err(cause) => return Ok(Err(cause)),
    };
    if maintenance::get(scope).await?.is_some() {
        return Ok(Err(Cause::Maintenance));
    }
    if !lets_through(&dial_plan, asked, (&by.rules, &called.rules), &number) {
        return Ok(Err(Cause::Blocked));
    }
    let rings = Party { line: Some(called.line), number: called.number.to_string() };
    let forwarding = called.rules.forwarding;
    Ok(Ok(Routed { destination: Destination { number: number.to_string(), rings, free, forwarding }, customer }))
}

/// The line that calls, or sends calls on, and the one that is called.
fn parties(by: Option<PhoneLine>, called: Option<PhoneLine>) -> Result<(PhoneLine, PhoneLine), Cause> {
    let by = by.filter(|by| !by.suspended).ok_or(Cause::NotActive)?;
    Ok((by, called.ok_or(Cause::NoRecipient)?))
}

/// Whether neither side's filters, nor the called line's blocking list, keep the call back. Who called first counts for the called line.
fn lets_through(
    dial_plan: &dial_plan::DialPlan,
    asked: &Asked,
    (by, called): (&PhoneRules, &PhoneRules),
    to: &Number,
) -> bool {
    dial_plan.canonical(&asked.from).is_ok_and(|from| screened(by, called, &from, to).is_ok())
}
