use std::collections::HashMap;
use std::sync::Arc;

use domain::call_flow::{Acknowledges, Command, Destination, Event, Flow, Party, Placed, Via};
use domain::dial_plan::{NotANumber, Number};
use storage::lines::LineRecord;

use super::exchange::Exchange;
use super::hang_up::HangUpError;
use super::money::{Open, asked};
use super::port::{CallRef, Capability, Switch};
use super::recovery::Way;
use super::route::ways_to;
use super::spoken;
use crate::agents::{self, Agent, AgentError};
use crate::charging::{self, ChargingError, Refused, Reply, Request, Session};
use crate::customers::{self, Customer, CustomerError, CustomerState};
use crate::ids::new_id;
use crate::lines::phones::{self, LookupError};
use crate::maintenance;
use crate::presence::{self, Presence};
use crate::sip_accounts;
use crate::tenants::{self, Settings, TenantError};
use crate::trunk_routes::TrunkRouteError;
use crate::{Actor, Scope, View};

/// A call that is to be placed: the customer's phone rings first, then the agent's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPlaced {
    /// The id of the customer, who pays.
    pub customer: String,
    /// The id of the agent.
    pub agent: String,
    /// The customer's phone that rings, in any form that the dial plan reads: the number of one of its lines, or its verified phone, which rings
    /// where none is named.
    pub phone: Option<String>,
    /// What the request is to who asks: the same key again is the same call.
    pub key: Option<String>,
}

/// A call that was placed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlacedCall {
    /// Its id.
    pub id: String,
    /// Whether it was placed before, by a request with the same key.
    pub repeated: bool,
}

/// Why a call is not placed. No phone has rung.
#[derive(Debug, thiserror::Error)]
pub enum PlaceError {
    /// There is no such customer.
    #[error(transparent)]
    Customer(#[from] CustomerError),
    /// There is no such agent.
    #[error(transparent)]
    Agent(#[from] AgentError),
    /// The phone is no number.
    #[error("the phone {0:?} cannot be read: {1}")]
    Unreadable(String, NotANumber),
    /// The customer has no open line, which would pay.
    #[error("the customer has no open line: a line with a plan is what calls are charged to")]
    NoLine,
    /// The phone is not known to be the customer's.
    #[error("{0} is neither the number of one of the customer's lines nor its verified phone")]
    NotVerified(String),
    /// The agent takes no calls just now.
    #[error("the agent is {}", .0.name())]
    NotThere(Presence),
    /// No new calls are let through.
    #[error("the exchange is being maintained: no new calls are let through")]
    Maintenance,
    /// No switch reaches both phones.
    #[error(
        "no switch reaches both the customer's phone and the agent's: a SIP account, or a trunk with a route, is missing, or the switch is away; \
         an account at Twilio reaches numbers of the world alone"
    )]
    NoRoute,
    /// It may not begin: there is too little money, for one.
    #[error(transparent)]
    Charging(#[from] ChargingError),
    /// A line could not be read.
    #[error(transparent)]
    Line(#[from] LookupError),
    /// The tenant's settings could not be read.
    #[error(transparent)]
    Tenant(#[from] TenantError),
    /// The routes to trunks could not be read.
    #[error(transparent)]
    Route(#[from] TrunkRouteError),
    /// That it was placed could not be noted.
    #[error(transparent)]
    Note(#[from] HangUpError),
    /// The database does not answer.
    #[error(transparent)]
    Storage(#[from] storage::Error),
}

/// A phone, and what leads to it.
struct Reached {
    party: Party,
    /// The ways to one outside; none to a line's.
    ways: Vec<Via>,
    /// The part of the switch at which a line's phone registers, where that is one of several.
    home: Option<String>,
}

/// Both ends of a call, and what it is to be.
struct Plan {
    customer: Customer,
    agent: Agent,
    payer: Party,
    caller: Reached,
    /// The agent's phones, the first one first.
    called: Vec<Reached>,
    settings: Settings,
}

/// What carries a call that is placed: a part of a switch, and which of the agent's phones it rings.
struct Carried {
    switch: Arc<dyn Switch>,
    home: String,
    phone: usize,
}

impl Exchange {
    /// Places a call between a customer and an agent: what it may cost at first is held before any phone rings.
    ///
    /// # Errors
    /// There is too little money, somebody is not there, or no switch reaches both: no phone has rung.
    pub async fn place(&self, by: &Actor, new: &NewPlaced) -> Result<PlacedCall, PlaceError> {
        let key = match &new.key {
            Some(key) => format!("flow_k{}", charging::fingerprint(&(&by.name, key))?),
            None => new_id("flow", self.engine().clock().now()),
        };
        let mut view = self.engine().view(by).await?;
        if let Some(known) = self.known(&mut view, new, &key).await? {
            return Ok(PlacedCall { id: known.id, repeated: true });
        }
        let plan = plan(&mut view, new).await?;
        let Carried { switch, home, phone } = self.carried_by(&plan).ok_or(PlaceError::NoRoute)?;
        let questions = spoken::questions(&mut view, &plan.customer, &plan.agent, &plan.settings).await?;
        drop(view);
        let call = CallRef { tenant: by.tenant, origin: format!("{}/{home}:{key}", switch.name()) };
        let (customer, caller, now) =
            (plan.customer.id.clone(), plan.caller.party.clone(), self.engine().clock().now());
        let payer = plan.payer.clone();
        let (destination, mut placed) = plan.laid_out(&home, phone).ok_or(PlaceError::NoRoute)?;
        (placed.asks_caller, placed.asks_called) = questions;
        let (mut flow, first) = Flow::placed((caller.clone(), payer.clone()), destination, placed, now);
        if !switch.capabilities().contains(&Capability::RingsAtOnce) {
            flow.acknowledges = Acknowledges::InTime;
        }
        let Some(Command::Charge { charge, .. }) = first.first() else { return Err(PlaceError::NoRoute) };
        let Some(what) = asked(&call, (0, None), charge) else { return Err(PlaceError::NoRoute) };
        let request = Request { owner: switch.name().to_owned(), key: None, what };
        let grant = match self.engine().charge(by.tenant, request).await? {
            Reply::Granted(grant) => grant,
            Reply::Ended(ended) => return Ok(PlacedCall { id: ended.session, repeated: true }),
        };
        let id = grant.session.clone();
        if grant.repeated {
            return Ok(PlacedCall { id, repeated: true });
        }
        // Where that cannot be written no phone rings, and what is held lapses.
        self.note(by, "call.place", &id).await?;
        let event = Event::Granted { session: 0, granted: grant.granted };
        let commands = flow.take(&event, now).unwrap_or_default();
        let sessions = HashMap::from([(0, Open { id: id.clone(), beats_at: None })]);
        let mut way = Way { flow, version: 0, sessions };
        self.keeper().write_down((&call, switch.name()), &way.flow, &mut way.version);
        self.drive(&call, switch, way, commands);
        self.is_paid_by(&call, payer.line.as_deref(), Some(&customer));
        Ok(PlacedCall { id, repeated: false })
    }

    /// The call that was placed with this key.
    async fn known(&self, view: &mut View, new: &NewPlaced, key: &str) -> Result<Option<Session>, PlaceError> {
        if new.key.is_none() {
            return Ok(None);
        }
        let homes = self.switches().into_iter().flat_map(|switch| {
            let name = switch.name();
            switch.places().into_iter().map(move |home| format!("{name}/{home}:{key}"))
        });
        let origins: Vec<String> = homes.collect();
        let origins: Vec<&str> = origins.iter().map(String::as_str).collect();
        let tenant = view.tenant();
        let Some(record) = storage::charging::by_origins(view.tx(), tenant, &origins).await?.pop() else {
            return Ok(None);
        };
        let id = record.id.clone();
        let session = charging::get(view, &id).await?;
        let dial_plan = tenants::get(view).await?.settings.dial_plan;
        let phone = new.phone.as_deref().map(|phone| dial_plan.canonical(phone).map(|number| number.to_string()));
        let is_of_phone = phone.is_none_or(|phone| phone.as_ref() == Ok(&session.from));
        let is_same = session.customer.as_ref() == Some(&new.customer) && session.agent.as_ref() == Some(&new.agent);
        if is_same && is_of_phone { Ok(Some(session)) } else { Err(ChargingError::from(Refused::KeyReused).into()) }
    }

    /// The switch, and the part of it, that reaches both: the customer, and the first of the agent's phones that one reaches.
    fn carried_by(&self, plan: &Plan) -> Option<Carried> {
        let parts = || {
            let switches = self.switches().into_iter();
            switches.flat_map(|switch| switch.places().into_iter().map(move |home| (switch.clone(), home)))
        };
        plan.called.iter().enumerate().find_map(|(phone, called)| {
            let (switch, home) =
                parts().find(|(switch, home)| plan.caller.is_at(&**switch, home) && called.is_at(&**switch, home))?;
            Some(Carried { switch, home, phone })
        })
    }
}

impl Plan {
    /// Where the call goes, and how, from this part of a switch to this phone of the agent's.
    fn laid_out(mut self, home: &str, phone: usize) -> Option<(Destination, Placed)> {
        let called = (phone < self.called.len()).then(|| self.called.swap_remove(phone))?;
        let number = self.agent.details.number.clone().unwrap_or_default();
        let shown = self.settings.paid_calls.shown_number.clone().unwrap_or_else(|| number.clone());
        let destination = Destination {
            agent: Some(self.agent.id.clone()),
            ways: called.ways_from(home),
            recorded: self.settings.recordings.of(true),
            ..Destination::new(number, called.party)
        };
        Some((destination, Placed::under(shown, self.caller.ways_from(home))))
    }
}

impl Reached {
    /// Whether this part of a switch reaches it.
    fn is_at(&self, switch: &dyn Switch, home: &str) -> bool {
        let reaches_world = switch.capabilities().contains(&Capability::World);
        match &self.party.line {
            Some(_) => !reaches_world && self.home.as_deref().is_none_or(|own| own == home),
            None => reaches_world || !self.ways_from(home).is_empty(),
        }
    }

    fn ways_from(&self, home: &str) -> Vec<Via> {
        self.ways.iter().filter(|via| via.switch.as_deref().is_none_or(|own| own == home)).cloned().collect()
    }
}

/// Checks everything of a call but its money.
async fn plan(scope: &mut impl Scope, new: &NewPlaced) -> Result<Plan, PlaceError> {
    let customer = customers::get(scope, &new.customer).await?;
    if customer.state == CustomerState::Closed {
        return Err(PlaceError::NoLine);
    }
    let none = || AgentError::NotFound(new.agent.clone());
    let agent = agents::known(scope, &new.agent).await?.ok_or_else(none)?;
    let settings = tenants::get(scope).await?.settings;
    if maintenance::get(scope).await?.is_some() {
        return Err(PlaceError::Maintenance);
    }
    let canonical =
        |text: &str| settings.dial_plan.canonical(text).map_err(|error| PlaceError::Unreadable(text.to_owned(), error));
    let tenant = scope.tenant();
    let lines = storage::lines::of_customer(scope.tx(), tenant, &customer.id).await?;
    let mut lines: Vec<LineRecord> = lines.into_iter().filter(|line| line.closed_at.is_none()).collect();
    lines.sort_by(|a, b| (a.opened_at, &a.id).cmp(&(b.opened_at, &b.id)));
    let oldest = lines.first().ok_or(PlaceError::NoLine)?;
    let wanted = new.phone.as_deref().or(customer.details.verified_phone.as_deref()).unwrap_or(&oldest.number);
    let number = canonical(wanted)?;
    let own = lines.iter().find(|line| line.number == number.to_string());
    if own.is_none() && customer.details.verified_phone.as_deref() != Some(&number.to_string()) {
        return Err(PlaceError::NotVerified(number.to_string()));
    }
    let payer = own.unwrap_or(oldest);
    let payer = Party { line: Some(payer.id.clone()), number: payer.number.clone() };
    match presence::of(scope, &[&agent.id]).await?.remove(&agent.id).unwrap_or(Presence::Offline) {
        Presence::Online => {}
        other => return Err(PlaceError::NotThere(other)),
    }
    let caller = reach(scope, &number).await?.ok_or(PlaceError::NoRoute)?;
    let mut called = Vec::new();
    for phone in agent.details.phones.iter().filter_map(|phone| settings.dial_plan.canonical(phone).ok()) {
        called.extend(reach(scope, &phone).await?);
    }
    Ok(Plan { customer, agent, payer, caller, called, settings })
}

/// What leads to a phone: that of a line, where it has a SIP account, else trunks, or a switch that reaches the world by itself.
async fn reach(scope: &mut impl Scope, number: &Number) -> Result<Option<Reached>, PlaceError> {
    let text = number.to_string();
    if let Some(line) = phones::of_number(scope, number).await?
        && let Some(account) = sip_accounts::of_line(scope, &line.line).await?
    {
        let party = Party { line: Some(line.line), number: text };
        return Ok(Some(Reached { party, ways: Vec::new(), home: account.asterisk }));
    }
    if matches!(number, Number::Extension(_)) {
        return Ok(None);
    }
    let ways = ways_to(scope, number).await?;
    let party = Party { line: None, number: text };
    Ok(Some(Reached { party, ways, home: None }))
}
