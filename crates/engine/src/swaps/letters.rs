use domain::roster::{SwapState, ToldShift};
use domain::time::Date;
use serde::{Deserialize, Serialize};
use storage::tickets::TicketRecord;

use super::{Swap, SwapError, get, link};
use crate::groups::{self, Group};
use crate::notices::{self, About, Notice};
use crate::people::Page;
use crate::people::letters::{self, Addressed, Letter, Occasion};
use crate::people::tickets::{self, Kind};
use crate::{Actor, Engine, Role, Scope, Work, agents, tenants};

/// How long a link says what has become of the swap, after the shift began.
const TOLD_MILLIS: i64 = 7 * 86_400_000;

/// A swap, as those whom it concerns are told of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToldSwap {
    /// The date on which it begins.
    pub date: Date,
    /// The group, and from when to when.
    pub shift: ToldShift,
    /// What the agent is called who offered it.
    pub offered_by: String,
    /// What the agent is called who took it.
    pub taken_by: String,
}

/// What has become of a swap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SwapNews {
    /// The other agent is on duty instead.
    Done,
    /// A coordinator is to approve of it.
    Asked,
    /// A coordinator has not.
    Refused,
    /// Who offered it keeps it.
    Withdrawn,
}

/// Has a link mailed to everybody who could take a swap and has an address: to all of the group who are reminded of their shifts by mail, or to the one
/// to whom alone it is offered.
pub(super) async fn to_those_who_could(work: &mut Work, swap: &Swap, group: &Group) -> Result<(), SwapError> {
    let members = match &swap.only_for {
        Some(only) => [only.id.clone()].into(),
        None => groups::members(work, group).await?,
    };
    let ids: Vec<&str> = members.iter().map(String::as_str).filter(|id| *id != swap.agent.id).collect();
    for agent in agents::some(work, &ids).await? {
        let wants = agent.details.reminders || swap.only_for.is_some();
        if !wants || agent.details.email.is_none() {
            continue;
        }
        let mut ticket = tickets::new(work, Kind::Swap);
        (ticket.tenant, ticket.document) = (Some(work.tenant()), link::document(&swap.id, &agent.id));
        ticket.expires_at = swap.span.start.millis() + TOLD_MILLIS;
        storage::tickets::insert(&mut work.tx, &ticket).await?;
        letters::send(work, &ticket.id).await?;
    }
    Ok(())
}

/// Tells agents what has become of a swap: those of them who have an address.
pub(super) async fn of_outcome(work: &mut Work, swap: &Swap, news: SwapNews, to: &[&str]) -> Result<(), SwapError> {
    let mut notices = Vec::new();
    for agent in agents::some(work, to).await? {
        let Some(address) = agent.details.email else { continue };
        let about = About::Swap { news, swap: swap.told() };
        let key = format!("swap/{}/{}/{}", swap.id, swap.state.name(), agent.id);
        notices.push((key, Notice { name: Some(agent.name), address, language: None, about }));
    }
    Ok(notices::send(work, &notices).await?)
}

/// Asks coordinators to approve of a swap.
pub(super) async fn to_coordinators(work: &mut Work, swap: &Swap) -> Result<(), SwapError> {
    let (key, about) = (format!("swap/{}/asked", swap.id), About::Swap { news: SwapNews::Asked, swap: swap.told() });
    Ok(notices::to_members(work, Role::Coordinator, &key, &about).await?)
}

/// Whom the link of a swap goes to; `None` where nobody can take it any more.
pub(crate) async fn addressed(engine: &Engine, ticket: &TicketRecord) -> Result<Option<Addressed>, storage::Error> {
    let Some(linked) = link::Target::of(ticket) else { return Ok(None) };
    let mut view = engine.view(&Actor::program(linked.tenant, "letters")).await?;
    let found = match get(&mut view, &linked.swap).await {
        Ok((swap, _)) => swap,
        Err(SwapError::Storage(error)) => return Err(error),
        Err(_) => return Ok(None),
    };
    let agent = agents::known(&mut view, &linked.agent).await.ok().flatten();
    let (Some(agent), Ok(tenant)) = (agent, tenants::get(&mut view).await) else { return Ok(None) };
    let Some(to) = agent.details.email.filter(|_| found.state == SwapState::Offered) else {
        return Ok(None);
    };
    let hours = found.span.start.millis_since(view.now()) / 3_600_000;
    let letter = Letter {
        occasion: Occasion::Swap { tenant: tenant.name.clone(), swap: found.told() },
        language: Some(tenant.settings.locale.clone()),
        name: Some(agent.name),
        link: String::new(),
        valid_hours: u32::try_from(hours).unwrap_or(0),
    };
    Ok(Some(Addressed { to, from: Some(tenant.name), page: Page::Swap, letter }))
}

impl Swap {
    fn told(&self) -> ToldSwap {
        let shift = ToldShift {
            group: self.group.id.clone(),
            name: self.group.name.clone(),
            zone: self.zone.clone(),
            start: self.span.start,
            end: self.span.end,
        };
        let taken_by = self.taken_by.as_ref().map(|taker| taker.name.clone()).unwrap_or_default();
        ToldSwap { date: self.date, shift, offered_by: self.agent.name.clone(), taken_by }
    }
}
