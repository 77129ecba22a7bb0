use domain::call_flow::{Asked, Cause, Destination, Party};
use domain::dial_plan::{self, DialPlan, Number};
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
    if dial_plan.destination(&number) != dial_plan::Destination::Ordinary {
        // Whoever calls: nothing else is looked at.
        let destination = free_destination(scope, &dial_plan, &number).await?;
        return Ok(destination.map(|destination| Routed { destination, customer: None }).ok_or(Cause::NoRecipient));
    }
    let by = match &asked.by.line {
        Some(line) => phones::of_id(scope, line).await?,
        None => None,
    };
    let customer = by.as_ref().map(|line| line.customer.clone());
    let called = phones::of_number(scope, &number).await?;
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
    let destination = Destination { number: number.to_string(), rings, free: false, forwarding };
    Ok(Ok(Routed { destination, customer }))
}

/// Where an emergency or service number leads; nowhere, if it has no target.
pub(super) async fn free_destination(
    scope: &mut impl Scope,
    dial_plan: &DialPlan,
    number: &Number,
) -> Result<Option<Destination>, RouteError> {
    let target = match dial_plan.destination(number) {
        dial_plan::Destination::Emergency { target } | dial_plan::Destination::Service { target } => target,
        dial_plan::Destination::Ordinary => None,
    };
    let Some(target) = target else { return Ok(None) };
    let line = phones::of_number(scope, target).await?.map(|line| line.line);
    let rings = Party { line, number: target.to_string() };
    Ok(Some(Destination { number: number.to_string(), rings, free: true, forwarding: Forwarding::default() }))
}

/// The line that calls, or sends calls on, and the one that is called.
fn parties(by: Option<PhoneLine>, called: Option<PhoneLine>) -> Result<(PhoneLine, PhoneLine), Cause> {
    let by = by.filter(|by| !by.suspended).ok_or(Cause::NotActive)?;
    Ok((by, called.ok_or(Cause::NoRecipient)?))
}

/// Whether neither side's filters, nor the called line's blocking list, keep the call back. Who called first counts for the called line.
fn lets_through(dial_plan: &DialPlan, asked: &Asked, (by, called): (&PhoneRules, &PhoneRules), to: &Number) -> bool {
    dial_plan.canonical(&asked.from).is_ok_and(|from| screened(by, called, &from, to).is_ok())
}
