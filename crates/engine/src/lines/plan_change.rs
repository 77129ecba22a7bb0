//! Another plan for a line, and what that does to its fee.

use domain::invalid::Invalid;
use domain::time::Instant;

use super::{Line, LineError, LineState, Subscription, fitting_plan, get, open_line, save, save_plan};
use crate::billing::{self, RunningFees};
use crate::{Scope, Work};

/// Gives a line another plan from an instant on: now, where none is given.
///
/// # Errors
/// The plan does not fit the customer, the instant is in the past, or the line is closed or was changed meanwhile.
pub async fn change_plan(
    work: &mut Work,
    id: &str,
    plan: &str,
    from: Option<Instant>,
    version: i64,
) -> Result<Line, LineError> {
    let before = open_line(work, id, version).await?;
    let (subscription, after) = with_plan(work, &before, plan, from).await?;
    save_plan(work, id, &subscription).await?;
    let after = save(work, "line.change_plan", &before, after).await?;
    billing::settle_fees(work, &after.customer).await?;
    get(work, id).await
}

/// What [`change_plan`] would do to the fee of the running period, were it done now. Nothing is changed.
///
/// # Errors
/// The plan does not fit the customer, the instant is in the past, or the line is closed.
pub async fn preview_plan_change(
    scope: &mut impl Scope,
    id: &str,
    plan: &str,
    from: Option<Instant>,
) -> Result<RunningFees, LineError> {
    let line = get(scope, id).await?;
    if line.state == LineState::Closed {
        return Err(LineError::Closed(line.number));
    }
    let (_, changed) = with_plan(scope, &line, plan, from).await?;
    Ok(billing::running_fees(scope, &line, &changed).await?)
}

/// The line with another plan.
async fn with_plan(
    scope: &mut impl Scope,
    line: &Line,
    plan: &str,
    from: Option<Instant>,
) -> Result<(Subscription, Line), LineError> {
    let plan = fitting_plan(scope, &line.customer, plan).await?;
    let from = from.unwrap_or(scope.now());
    if from < scope.now() {
        let detail = "must not be in the past: calls keep their prices; re-rate them where they should change";
        return Err(Invalid::at("/from", detail).into());
    }
    if line.plans.last().is_some_and(|last| last.from > from) {
        return Err(Invalid::at("/from", "a later change of plan is set already").into());
    }
    let subscription = Subscription { plan: plan.id, from };
    let mut after = Line { version: line.version + 1, ..line.clone() };
    after.plans.retain(|known| known.from != from);
    after.plans.push(subscription.clone());
    Ok((subscription, after))
}
