use domain::roster::SwapState;

use super::take::{done, possible};
use super::{Swap, SwapError, get, letters};
use crate::{Scope, Work, agents, reminders};

/// Approves of a swap that was taken, or refuses it. Who is refused is on duty as before.
///
/// # Errors
/// There is none, it does not wait for this, or it cannot be any more, since the roster has changed.
pub async fn decide(work: &mut Work, id: &str, approves: bool) -> Result<Swap, SwapError> {
    let tenant = work.tenant();
    storage::swaps::lock(&mut work.tx, tenant).await?;
    let (mut swap, group) = get(work, id).await?;
    let taker = match swap.taken_by.clone() {
        Some(taker) if swap.awaits_approval() => taker,
        _ => return Err(SwapError::NotOpen { state: swap.state }),
    };
    let before = reminders::before(work, swap.date).await?;
    let (state, news) = if approves {
        let agent = agents::get(work, &taker.id).await?;
        let holding = possible(work, &swap, &group, &agent).await?;
        swap.change = Some(done(work, &swap, &taker, holding).await?);
        (SwapState::Approved, letters::SwapNews::Done)
    } else {
        (SwapState::Refused, letters::SwapNews::Refused)
    };
    let decided = swap.advance(work, state, if approves { "swap.approve" } else { "swap.refuse" }).await?;
    let both = [decided.agent.id.as_str(), taker.id.as_str()];
    letters::of_outcome(work, &decided, news, &both).await?;
    before.now_known_to(work, &both).await?;
    Ok(decided)
}

/// Has the agent who offered it keep it.
///
/// # Errors
/// There is no such agent, it has offered nothing under that id, or it is not open any more.
pub async fn withdraw(work: &mut Work, id: &str, agent: &str) -> Result<Swap, SwapError> {
    let agent = agents::get(work, agent).await?.id;
    let tenant = work.tenant();
    storage::swaps::lock(&mut work.tx, tenant).await?;
    let (swap, _) = get(work, id).await?;
    if swap.agent.id != agent {
        return Err(SwapError::NotFound(id.to_owned()));
    }
    if !swap.is_open() {
        return Err(SwapError::NotOpen { state: swap.state });
    }
    let withdrawn = swap.advance(work, SwapState::Withdrawn, "swap.withdraw").await?;
    if let Some(taker) = &withdrawn.taken_by {
        letters::of_outcome(work, &withdrawn, letters::SwapNews::Withdrawn, &[&taker.id]).await?;
    }
    Ok(withdrawn)
}
