//! Call blocking: callers who do not get through to a line. Whoever the line is of keeps the list, in the web or at its phone.

use domain::dial_plan::{Destination, DialPlan, Number};
use domain::invalid::Invalid;
use domain::screening::MOST_BLOCKED;

use super::{LineError, LineState, get, has_changed};
use crate::{Scope, Work, tenants};

/// The numbers whose calls do not get through to the line, in the order of their texts.
///
/// # Errors
/// There is no such line, or the database does not answer.
pub async fn list(scope: &mut impl Scope, line: &str) -> Result<Vec<String>, LineError> {
    get(scope, line).await?;
    let tenant = scope.tenant();
    Ok(storage::phones::blocked(scope.tx(), tenant, line).await?)
}

/// Has calls of a number not get through to the line any more; one that is on the list stays. Answers the list.
///
/// # Errors
/// There is no such line, it is closed, or blocks as many numbers as it may; or the number is none, or one that is never blocked.
pub async fn add(work: &mut Work, line: &str, number: &str) -> Result<Vec<String>, LineError> {
    let held = get(work, line).await?;
    if held.state == LineState::Closed {
        return Err(LineError::Closed(held.number));
    }
    let number = blockable(&tenants::get(work).await?.settings.dial_plan, number)?.to_string();
    let tenant = work.tenant();
    // Of two that add to a full list, the second has to see what the first has added.
    storage::lines::lock(&mut work.tx, tenant, line).await?;
    if storage::phones::block(&mut work.tx, tenant, line, &number).await? {
        let list = storage::phones::blocked(&mut work.tx, tenant, line).await?;
        if list.len() > MOST_BLOCKED {
            return Err(LineError::MostBlocked { most: MOST_BLOCKED });
        }
        work.audit("line.block", line, None, Some(&number)).await?;
        has_changed(work, line, &held.customer);
        return Ok(list);
    }
    Ok(storage::phones::blocked(&mut work.tx, tenant, line).await?)
}

/// Has calls of a number get through to the line again; one that is not on the list stays off it. Answers the list.
///
/// # Errors
/// There is no such line, or the number is none.
pub async fn remove(work: &mut Work, line: &str, number: &str) -> Result<Vec<String>, LineError> {
    let held = get(work, line).await?;
    let number = canonical(&tenants::get(work).await?.settings.dial_plan, number)?.to_string();
    let tenant = work.tenant();
    if storage::phones::unblock(&mut work.tx, tenant, line, &number).await? {
        work.audit("line.unblock", line, Some(&number), None).await?;
        has_changed(work, line, &held.customer);
    }
    Ok(storage::phones::blocked(&mut work.tx, tenant, line).await?)
}

/// A number as the tenant's dial plan reads it.
fn canonical(plan: &DialPlan, number: &str) -> Result<Number, LineError> {
    Ok(plan.canonical(number).map_err(|error| Invalid::at("/number", error.to_string()))?)
}

/// A number that may be blocked: emergency and service numbers always get through.
fn blockable(plan: &DialPlan, number: &str) -> Result<Number, LineError> {
    let number = canonical(plan, number)?;
    let kind = match plan.destination(&number) {
        Destination::Emergency { .. } => "an emergency number",
        Destination::Service { .. } => "a service number",
        Destination::Ordinary => return Ok(number),
    };
    Err(Invalid::at("/number", format!("{number} is {kind}: its calls always get through")).into())
}
