use domain::call_flow::{Asked, Cause, Destination, Mailbox, Party, RoutedBy, Via};
use domain::dial_plan::{self, DialPlan, Number};
use domain::screening::{Forwarding, PhoneRules, screened};

use super::group;
use super::port::Capability;
use crate::agents::{self, AgentError};
use crate::groups::{self, GroupError};
use crate::lines::phones::{self, LookupError, PhoneLine};
use crate::presence::{self, Presence};
use crate::tenants::{self, Settings, TenantError};
use crate::trunk_routes::{self, Outbound, TrunkRouteError};
use crate::{Scope, inbound_numbers, maintenance, trunks};

/// Why it is not known where a number leads.
#[derive(Debug, thiserror::Error)]
pub(super) enum RouteError {
    /// A line could not be read.
    #[error(transparent)]
    Line(#[from] LookupError),
    /// An agent could not be read.
    #[error(transparent)]
    Agent(#[from] AgentError),
    /// A group could not be read.
    #[error(transparent)]
    Group(#[from] GroupError),
    /// The tenant's settings could not be read.
    #[error(transparent)]
    Tenant(#[from] TenantError),
    /// The routes to trunks could not be read.
    #[error(transparent)]
    Route(#[from] TrunkRouteError),
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
pub(super) async fn route(
    scope: &mut impl Scope,
    asked: &Asked,
    can: &[Capability],
) -> Result<Result<Routed, Cause>, RouteError> {
    let settings = tenants::get(scope).await?.settings;
    let dial_plan = &settings.dial_plan;
    let Ok(number) = dial_plan.canonical(&asked.to) else { return Ok(Err(Cause::NoRecipient)) };
    if dial_plan.destination(&number) != dial_plan::Destination::Ordinary {
        // Whoever calls: nothing else is looked at.
        let destination = free_destination(scope, dial_plan, &number).await?;
        return Ok(destination.map(|destination| Routed { destination, customer: None }).ok_or(Cause::NoRecipient));
    }
    let Some(by) = &asked.by.line else { return from_outside(scope, &settings, asked, (number, can)).await };
    let by = phones::of_id(scope, by).await?;
    let customer = by.as_ref().map(|line| line.customer.clone());
    let Some(by) = by.filter(|by| !by.suspended) else { return Ok(Err(Cause::NotActive)) };
    let called = called(scope, dial_plan, &number).await?;
    if maintenance::get(scope).await?.is_some() {
        return Ok(Err(Cause::Maintenance));
    }
    if let Some(group) = groups::with_number(scope, &number).await? {
        let destination = group::destination(scope, (&group, &number), &asked.from, can).await?;
        return Ok(Ok(Routed { destination, customer }));
    }
    let Called { line: called, agent } = match called {
        Ok(Some(called)) => called,
        // An extension is nobody's outside.
        Ok(None) if matches!(number, Number::Extension(_)) => return Ok(Err(Cause::NoRecipient)),
        Ok(None) => return outside(scope, &settings, asked, (&by, number)).await,
        Err(cause) => return Ok(Err(cause)),
    };
    if !lets_through(dial_plan, asked, (&by.rules, &called.rules), &number) {
        return Ok(Err(Cause::Blocked));
    }
    let rings = Party { line: Some(called.line), number: called.number.to_string() };
    // Whether an agent takes calls is for the agent to say; what its line sends on would be at its line's cost.
    let forwarding = if agent.is_some() { Forwarding::default() } else { called.rules.forwarding };
    let voicemail = agent.is_none() && called.rules.voicemail.enabled;
    let recorded = settings.recordings.of(agent.is_some());
    let destination =
        Destination { agent, forwarding, voicemail, recorded, ..Destination::new(number.to_string(), rings) };
    Ok(Ok(Routed { destination, customer }))
}

/// Where a call from outside leads: to the group or the line with the number, or the one that a number from outside leads to. Extensions, and agents, whom
/// nobody would pay, cannot be called from there.
async fn from_outside(
    scope: &mut impl Scope,
    settings: &Settings,
    asked: &Asked,
    (number, can): (Number, &[Capability]),
) -> Result<Result<Routed, Cause>, RouteError> {
    let is_extension = matches!(number, Number::Extension(_));
    let group = if is_extension { None } else { groups::with_number(scope, &number).await? };
    if let Some(group) = group {
        if maintenance::get(scope).await?.is_some() {
            return Ok(Err(Cause::Maintenance));
        }
        let destination = group::destination(scope, (&group, &number), &asked.from, can).await?;
        return Ok(Ok(Routed { destination, customer: None }));
    }
    let line = if is_extension { None } else { line_of(scope, &number).await? };
    let Some(called) = line else { return Ok(Err(Cause::NoRecipient)) };
    if maintenance::get(scope).await?.is_some() {
        return Ok(Err(Cause::Maintenance));
    }
    if !lets_through(&settings.dial_plan, asked, (&PhoneRules::default(), &called.rules), &number) {
        return Ok(Err(Cause::Blocked));
    }
    let rings = Party { line: Some(called.line), number: called.number.to_string() };
    let destination = Destination {
        forwarding: called.rules.forwarding,
        voicemail: called.rules.voicemail.enabled,
        recorded: settings.recordings.of(false),
        ..Destination::new(number.to_string(), rings)
    };
    Ok(Ok(Routed { destination, customer: Some(called.customer) }))
}

/// The line with a number, or the one that a number from outside leads to.
async fn line_of(scope: &mut impl Scope, number: &Number) -> Result<Option<PhoneLine>, RouteError> {
    if let Some(line) = phones::of_number(scope, number).await? {
        return Ok(Some(line));
    }
    Ok(match inbound_numbers::leads_to(scope, number).await? {
        Some(line) => phones::of_id(scope, &line).await?,
        None => None,
    })
}

/// Whom a message is for that was left at a number: the group or the line that it leads to, which was found once.
pub(super) async fn mailbox_at(scope: &mut impl Scope, number: &str) -> Result<Option<Mailbox>, RouteError> {
    let dial_plan = tenants::get(scope).await?.settings.dial_plan;
    let Ok(number) = dial_plan.canonical(number) else { return Ok(None) };
    if let Some(group) = groups::with_number(scope, &number).await? {
        return Ok(Some(Mailbox::Group(group)));
    }
    Ok(line_of(scope, &number).await?.map(|line| Mailbox::Line(line.line)))
}

/// The ways to a number that is nobody's here.
async fn outside(
    scope: &mut impl Scope,
    settings: &Settings,
    asked: &Asked,
    (by, number): (&PhoneLine, Number),
) -> Result<Result<Routed, Cause>, RouteError> {
    let ways = ways_to(scope, &number).await?;
    if ways.is_empty() {
        return Ok(Err(Cause::NoRecipient));
    }
    if !lets_through(&settings.dial_plan, asked, (&by.rules, &PhoneRules::default()), &number) {
        return Ok(Err(Cause::Blocked));
    }
    let shown = shown_outside(scope, settings, &asked.from).await?;
    let number = number.to_string();
    let rings = Party { line: None, number: number.clone() };
    let recorded = settings.recordings.of(false);
    let destination = Destination { ways, shown, recorded, ..Destination::new(number, rings) };
    Ok(Ok(Routed { destination, customer: Some(by.customer.clone()) }))
}

/// The number that a call by a trunk shows: one of the world at which its caller can be called back, or none. A line is known by its phone, not by
/// what that says of itself: it shows its own number, or where that is an extension the oldest number from outside that leads to it, or the
/// tenant's. A call from outside that is sent on shows its caller's, as far as that shows itself.
async fn shown_outside(
    scope: &mut impl Scope,
    settings: &Settings,
    caller: &Party,
) -> Result<Option<String>, storage::Error> {
    let own = settings.dial_plan.canonical(&caller.number).ok().filter(|number| matches!(number, Number::E164(_)));
    match (own, &caller.line) {
        (Some(own), _) => Ok(Some(own.to_string())),
        (None, None) => Ok(None),
        (None, Some(line)) => {
            let leading = inbound_numbers::oldest_of_line(scope, line).await?;
            Ok(leading.or_else(|| settings.outside_number.clone()))
        }
    }
}

/// The ways by trunks to a number outside, in the order of trying.
pub(super) async fn ways_to(scope: &mut impl Scope, number: &Number) -> Result<Vec<Via>, TrunkRouteError> {
    let ways = trunk_routes::ways(scope, number).await?;
    if ways.is_empty() {
        return Ok(Vec::new());
    }
    let currency = trunk_routes::currency(scope).await?;
    let via = |Outbound { route, trunk, number_to_dial: number, buying_rate }: Outbound| {
        let trunks::Details { endpoint, asterisk: switch, most_calls, .. } = trunk.details;
        let routed_by = RoutedBy { route, buying_rate: buying_rate.map(|rate| rate.to_json(currency)) };
        Via { trunk: trunk.id, endpoint, switch, number, most_calls, routed_by: Some(Box::new(routed_by)) }
    };
    Ok(ways.into_iter().map(via).collect())
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
    Ok(Some(Destination { free: true, ..Destination::new(number.to_string(), rings) }))
}

/// The line that rings.
struct Called {
    line: PhoneLine,
    /// The paid agent whose phone it is, where one is called.
    agent: Option<String>,
}

/// The line with a number, or that a number from outside leads to; or, where it is an agent's who takes calls just now, that of the agent's
/// first phone that is a line here; none, where the number is nobody's here.
async fn called(
    scope: &mut impl Scope,
    dial_plan: &DialPlan,
    number: &Number,
) -> Result<Result<Option<Called>, Cause>, RouteError> {
    if let Some(line) = line_of(scope, number).await? {
        return Ok(Ok(Some(Called { line, agent: None })));
    }
    let Some(agent) = agents::by_number(scope, number).await? else { return Ok(Ok(None)) };
    match presence::of(scope, &[&agent.id]).await?.remove(&agent.id) {
        Some(Presence::Online) => {}
        Some(Presence::Busy) => return Ok(Err(Cause::Busy)),
        Some(Presence::Away | Presence::Offline) | None => return Ok(Err(Cause::NoRecipient)),
    }
    let first = phones::among(scope, dial_plan, &agent.details.phones).await?.into_iter().next();
    Ok(first.map(|line| Some(Called { line, agent: Some(agent.id) })).ok_or(Cause::NoRecipient))
}

/// Whether neither side's filters, nor the called line's blocking list, keep the call back. Who called first counts for the called line; from
/// outside it may hide its number.
fn lets_through(dial_plan: &DialPlan, asked: &Asked, (by, called): (&PhoneRules, &PhoneRules), to: &Number) -> bool {
    let from = dial_plan.canonical(&asked.from.number).ok();
    screened(by, called, from.as_ref(), to).is_ok()
}
