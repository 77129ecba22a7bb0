use std::collections::HashMap;
use std::sync::Arc;

use domain::call_flow::{Acknowledges, Command, Destination, Event, Flow, Party, Placed};
use domain::dial_plan::{NotANumber, Number};
use domain::time::Instant;
use storage::lines::LineRecord;

use super::exchange::Exchange;
use super::hang_up::HangUpError;
use super::money::{Open, asked};
use super::port::{CallRef, Capability, Switch};
use super::reach::{Carrier, ReachError, Reached, reach};
use super::recovery::Way;
use super::spoken;
use crate::agents::{self, Agent, AgentError};
use crate::charging::{self, ChargingError, Refused, Reply, Request, Session};
use crate::customers::{self, Customer, CustomerError, CustomerState};
use crate::ids::new_id;
use crate::lines::phones::LookupError;
use crate::maintenance;
use crate::presence::{self, Presence};
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

impl From<ReachError> for PlaceError {
    fn from(error: ReachError) -> Self {
        match error {
            ReachError::Line(error) => error.into(),
            ReachError::Route(error) => error.into(),
            ReachError::Storage(error) => error.into(),
        }
    }
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

/// A call that is laid out: all but its money is checked.
pub(super) struct LaidOut {
    pub(super) caller: Party,
    pub(super) payer: Party,
    pub(super) destination: Destination,
    pub(super) placed: Placed,
}

impl Exchange {
    /// Places a call between a customer and an agent: what it may cost at first is held before any phone rings.
    ///
    /// # Errors
    /// There is too little money, somebody is not there, or no switch reaches both: no phone has rung.
    pub async fn place(&self, by: &Actor, new: &NewPlaced) -> Result<PlacedCall, PlaceError> {
        let key = name_of(by, new.key.as_deref(), self.engine().clock().now())?;
        let mut view = self.engine().view(by).await?;
        if let Some(known) = self.known(&mut view, new, &key).await? {
            return Ok(PlacedCall { id: known.id, repeated: true });
        }
        let plan = plan(&mut view, new).await?;
        let carrier = self.reaching(std::slice::from_ref(&plan.caller), &plan.called).ok_or(PlaceError::NoRoute)?;
        let questions = spoken::questions(&mut view, &plan.customer, &plan.agent, &plan.settings).await?;
        drop(view);
        let call = carrier.call(by.tenant, &key);
        let (customer, line) = (plan.customer.id.clone(), plan.payer.line.clone());
        let mut laid_out = plan.laid_out(&carrier);
        (laid_out.placed.asks_caller, laid_out.placed.asks_called) = questions;
        let placed = self.begin(by, (&call, carrier.switch), laid_out, ("call.place", None)).await?;
        if !placed.repeated {
            self.is_paid_by(&call, line.as_deref(), Some(&customer));
        }
        Ok(placed)
    }

    /// Has charging let a call begin that is laid out, and the first phone ring; the audit trail tells of it as this, and of its id where nothing else
    /// is named.
    pub(super) async fn begin(
        &self,
        by: &Actor,
        (call, switch): (&CallRef, Arc<dyn Switch>),
        laid_out: LaidOut,
        (action, subject): (&'static str, Option<&str>),
    ) -> Result<PlacedCall, PlaceError> {
        let LaidOut { caller, payer, destination, placed } = laid_out;
        let now = self.engine().clock().now();
        let (mut flow, first) = Flow::placed((caller, payer), destination, placed, now);
        if !switch.capabilities().contains(&Capability::RingsAtOnce) {
            flow.acknowledges = Acknowledges::InTime;
        }
        let Some(Command::Charge { charge, .. }) = first.first() else { return Err(PlaceError::NoRoute) };
        let Some(what) = asked(call, (0, None), charge) else { return Err(PlaceError::NoRoute) };
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
        self.note(by, action, subject.unwrap_or(&id)).await?;
        let event = Event::Granted { session: 0, granted: grant.granted };
        let commands = flow.take(&event, now).unwrap_or_default();
        let sessions = HashMap::from([(0, Open { id: id.clone(), beats_at: None })]);
        let mut way = Way { flow, version: 0, sessions };
        self.keeper().write_down((call, switch.name()), &way.flow, &mut way.version);
        self.engine().measures().call_begun(switch.name());
        self.drive(call, switch, way, commands);
        Ok(PlacedCall { id, repeated: false })
    }

    /// The session of the call that was placed with this key.
    pub(super) async fn session_with(&self, view: &mut View, key: &str) -> Result<Option<Session>, PlaceError> {
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
        Ok(Some(charging::get(view, &record.id).await?))
    }

    /// The call that was placed with this key.
    async fn known(&self, view: &mut View, new: &NewPlaced, key: &str) -> Result<Option<Session>, PlaceError> {
        if new.key.is_none() {
            return Ok(None);
        }
        let Some(session) = self.session_with(view, key).await? else { return Ok(None) };
        let dial_plan = tenants::get(view).await?.settings.dial_plan;
        let phone = new.phone.as_deref().map(|phone| dial_plan.canonical(phone).map(|number| number.to_string()));
        let is_of_phone = phone.is_none_or(|phone| phone.as_ref() == Ok(&session.from));
        let is_same = session.customer.as_ref() == Some(&new.customer) && session.agent.as_ref() == Some(&new.agent);
        if is_same && is_of_phone { Ok(Some(session)) } else { Err(ChargingError::from(Refused::KeyReused).into()) }
    }
}

/// The name of the call that this request makes, whatever carries it.
pub(super) fn name_of(by: &Actor, key: Option<&str>, now: Instant) -> Result<String, ChargingError> {
    Ok(match key {
        Some(key) => format!("flow_k{}", charging::fingerprint(&(&by.name, key))?),
        None => new_id("flow", now),
    })
}

impl Plan {
    /// Where the call goes, and how.
    fn laid_out(self, Carrier { home, caller, called, .. }: &Carrier) -> LaidOut {
        let number = self.agent.details.number.clone().unwrap_or_default();
        let shown = self.settings.paid_calls.shown_number.clone().unwrap_or_else(|| number.clone());
        let destination = Destination {
            agent: Some(self.agent.id.clone()),
            ways: called.ways_from(home),
            recorded: self.settings.recordings.of(true),
            ..Destination::new(number, called.party.clone())
        };
        let placed = Placed::under(shown, caller.ways_from(home));
        LaidOut { caller: caller.party.clone(), payer: self.payer, destination, placed }
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
    let caller = reached(scope, &number).await?.ok_or(PlaceError::NoRoute)?;
    let mut called = Vec::new();
    for phone in agent.details.phones.iter().filter_map(|phone| settings.dial_plan.canonical(phone).ok()) {
        called.extend(reached(scope, &phone).await?);
    }
    Ok(Plan { customer, agent, payer, caller, called, settings })
}

/// What leads to a phone of a paid call: that of a line, where it has a SIP account, else trunks, or a switch that reaches the world by itself.
async fn reached(scope: &mut impl Scope, number: &Number) -> Result<Option<Reached>, PlaceError> {
    Ok(reach(scope, number).await?.into_iter().find(|reached| !reached.is_ours()))
}
