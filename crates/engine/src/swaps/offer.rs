use domain::invalid::Invalid;
use domain::roster::{Holding, Hours, Span, SwapState};
use domain::time::Date;

use super::{Act, Named, Swap, SwapError, letters, records};
use crate::groups::{self, Group, GroupError};
use crate::{Scope, Work, agents};

/// A shift, or a part of one, that an agent offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSwap {
    /// The id of the group.
    pub group: String,
    /// The date of the group's zone on which it begins.
    pub date: Date,
    /// From when to when.
    pub hours: Hours,
    /// The id of the agent to whom alone it is offered; to all of the group, where it is nobody.
    pub only_for: Option<String>,
}

/// Offers a shift of an agent to others of the group, who are told of it by mail.
///
/// # Errors
/// There is no such agent or group, the agent is not on duty for all of that time, it is not ahead, a part of it is offered already, or who is to have
/// it alone is none of the group's.
pub async fn offer(work: &mut Work, agent: &str, new: NewSwap) -> Result<Swap, SwapError> {
    let agent = agents::get(work, agent).await?;
    let tenant = work.tenant();
    storage::swaps::lock(&mut work.tx, tenant).await?;
    let group = groups::get(work, &new.group).await.map_err(|error| match error {
        GroupError::NotFound(group) => GroupError::NoGroup { pointer: "/group".to_owned(), group },
        other => other,
    })?;
    let zone = group.zone(work).await.map_err(GroupError::from)?;
    let span = new.hours.on(new.date, &zone);
    if span.start <= work.now() {
        return Err(Invalid::at("/date", format!("must be ahead: this begins at {}", span.start)).into());
    }
    held(work, &group, (&agent.id, &agent.name), span).await?;
    for before in records(work, &group).await? {
        let open = before.state == SwapState::Offered.name()
            || before.state == SwapState::Taken.name() && before.change.is_none();
        let touches = before.starts_at < span.end.millis() && span.start.millis() < before.ends_at;
        if before.agent == agent.id && open && touches {
            return Err(SwapError::OfferedAlready { swap: before.id });
        }
    }
    let only_for = only_for(work, &group, &agent.id, new.only_for).await?;
    let (now, by) = (work.now(), work.actor.name.clone());
    let swap = Swap {
        id: work.id("swp"),
        group: Named { id: group.id.clone(), name: group.details.name.clone() },
        agent: Named { id: agent.id, name: agent.name },
        only_for,
        zone,
        date: new.date,
        hours: new.hours,
        span,
        state: SwapState::Offered,
        taken_by: None,
        change: None,
        acts: vec![Act { at: now, by, state: SwapState::Offered }],
        created_at: now,
    };
    storage::swaps::insert(&mut work.tx, tenant, &swap.record()).await?;
    work.audit("swap.offer", &swap.id, None, Some(&swap.state)).await?;
    letters::to_those_who_could(work, &swap, &group).await?;
    Ok(swap)
}

/// How the agent is on duty for the whole of a span.
///
/// # Errors
/// It is not, or by a part of what was added.
pub(super) async fn held(
    work: &mut Work,
    group: &Group,
    (agent, name): (&str, &str),
    span: Span,
) -> Result<Holding, SwapError> {
    let roster = groups::roster_of(work, group, span).await?;
    // What is added may last longer than what is offered of it.
    match roster.holding(agent, span) {
        None => Err(SwapError::NotOnDuty { agent: name.to_owned() }),
        Some(Holding::PartOfAdded) => {
            let whole = groups::within(work, group, agent, span).await?;
            let hours = whole.iter().find_map(|duty| duty.on_clocks.map(|(_, hours)| hours.to_string()));
            Err(SwapError::PartOfAdded { hours: hours.unwrap_or_default() })
        }
        Some(holding) => Ok(holding),
    }
}

/// The agent of the group to whom alone it is offered.
async fn only_for(
    work: &mut Work,
    group: &Group,
    agent: &str,
    only_for: Option<String>,
) -> Result<Option<Named>, SwapError> {
    let Some(id) = only_for else { return Ok(None) };
    if id == agent {
        return Err(Invalid::at("/only_for", "must be another agent").into());
    }
    match agents::known(work, &id).await? {
        Some(known) if groups::members(work, group).await?.contains(&id) => {
            Ok(Some(Named { id: known.id, name: known.name }))
        }
        _ => Err(Invalid::at("/only_for", "must be an agent with a shift in the group").into()),
    }
}
