use domain::roster::{Change, Holding, SwapState};

use super::offer::held;
use super::{Named, Swap, SwapError, get, letters};
use crate::agents::Agent;
use crate::groups::{self, Group, NewOverride, Swapping};
use crate::{Scope, Work, agents, reminders};

/// Has an agent take what another has offered: it is on duty instead, or will be when a coordinator approves, as the group wants it. Of two who
/// take one has it.
///
/// # Errors
/// There is no such agent, it is offered nothing under that id, it is not open any more, the agent is on duty then or takes no shift, or the one who
/// offered it is not on duty any more.
pub async fn take(work: &mut Work, id: &str, agent: &str) -> Result<Swap, SwapError> {
    let agent = agents::get(work, agent).await?;
    let tenant = work.tenant();
    storage::swaps::lock(&mut work.tx, tenant).await?;
    let (swap, group) = get(work, id).await?;
    if swap.agent.id == agent.id {
        return Err(SwapError::OwnOffer { agent: agent.name });
    }
    let for_others = swap.only_for.as_ref().is_some_and(|only| only.id != agent.id);
    if for_others || !groups::members(work, &group).await?.contains(&agent.id) {
        return Err(SwapError::NotFound(id.to_owned()));
    }
    if swap.state != SwapState::Offered {
        return Err(SwapError::NotOpen { state: swap.state });
    }
    let holding = possible(work, &swap, &group, &agent).await?;
    let taker = Named { id: agent.id, name: agent.name };
    let mut swap = Swap { taken_by: Some(taker.clone()), ..swap };
    if group.details.swaps == Swapping::Approved {
        let taken = swap.advance(work, SwapState::Taken, "swap.take").await?;
        letters::to_coordinators(work, &taken).await?;
        return Ok(taken);
    }
    let before = reminders::before(work, swap.date).await?;
    swap.change = Some(done(work, &swap, &taker, holding).await?);
    let taken = swap.advance(work, SwapState::Taken, "swap.take").await?;
    letters::of_outcome(work, &taken, letters::SwapNews::Done, &[&taken.agent.id]).await?;
    before.now_known_to(work, &[&taken.agent.id]).await?;
    Ok(taken)
}

/// How the one who offered it is on duty, if another can be instead.
pub(super) async fn possible(work: &mut Work, swap: &Swap, group: &Group, taker: &Agent) -> Result<Holding, SwapError> {
    let holding = held(work, group, (&swap.agent.id, &swap.agent.name), swap.span).await?;
    let roster = groups::roster_of(work, group, swap.span).await?;
    if roster.has_on_duty(&taker.id, swap.span) {
        return Err(SwapError::OnDutyThen { agent: taker.name.clone() });
    }
    if taker.details.blackouts.iter().any(|blackout| blackout.has(swap.date)) {
        return Err(SwapError::Blackout { agent: taker.name.clone(), date: swap.date });
    }
    Ok(holding)
}

/// Has the taker on duty instead. Answers the id of the override that does.
pub(super) async fn done(work: &mut Work, swap: &Swap, taker: &Named, holding: Holding) -> Result<String, SwapError> {
    let change = match holding {
        // Whoever was added is in nobody's place: the other is added instead.
        Holding::Added { by, priority } => {
            groups::delete_override(work, &by).await?;
            Change::Add { agent: taker.id.clone(), priority }
        }
        Holding::Shifts | Holding::PartOfAdded => {
            Change::Replace { agent: swap.agent.id.clone(), by: taker.id.clone() }
        }
    };
    let new = NewOverride { date: swap.date, hours: swap.hours, change };
    Ok(groups::add_override(work, &swap.group.id, new).await?.id)
}
