//! Calls back to who has called a group: an agent's phone rings first, then the number that called. Both see the group's number.

use domain::call_flow::{CallBack, Destination, Party, Placed};
use domain::dial_plan::{self, Number};
use domain::limits::LimitReached;
use domain::screening::{PhoneRules, screened};

use super::exchange::Exchange;
use super::group_words::call_back_question;
use super::place::{LaidOut, PlaceError, name_of};
use super::port::Capability;
use super::reach::{Carrier, ReachError, Reached, reach};
use crate::agents::{self, Agent, AgentError};
use crate::charging::Refused;
use crate::groups::{self, Group, GroupError, NotKnown};
use crate::lines::phones::{self, LookupError};
use crate::presence::{self, Presence};
use crate::recordings::{self, RecordingError};
use crate::tenants::{self, Settings};
use crate::{Actor, Reach, Scope, maintenance};

/// What the audit trail says of a call back; its subject is the call that it answers.
const PLACED: &str = "group_call.call_back";

/// A call back that is to be placed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCallBack {
    /// The id of the group.
    pub group: String,
    /// Who is called back.
    pub of: Unanswered,
    /// The id of the agent who calls back; who asks, where none is named.
    pub agent: Option<String>,
    /// The agent's phone that rings, in any form that the dial plan reads; the first that can, where none is named.
    pub phone: Option<String>,
    /// What the request is to who asks: the same key again is the same call.
    pub key: Option<String>,
}

/// What is answered by calling back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unanswered {
    /// The call to the group with this origin.
    Call(String),
    /// The message for the group with this id.
    Message(String),
}

/// A call back that was placed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlacedBack {
    /// Its origin.
    pub origin: String,
    /// The id of the agent who calls back.
    pub agent: String,
    /// The origin of the call that it answers.
    pub answers: String,
    /// Whether it was placed before, by a request with the same key.
    pub repeated: bool,
}

/// Why nobody is called back. No phone has rung. None tells the number that called: agents do not see those of callers.
#[derive(Debug, thiserror::Error)]
pub enum CallBackError {
    /// There is no such group, or no such call to it.
    #[error(transparent)]
    Group(#[from] GroupError),
    /// There is no such message for it.
    #[error(transparent)]
    Message(#[from] RecordingError),
    /// Nobody is named, and who asks is no agent.
    #[error("is missing: you have no agent record of your own, so name the agent who calls back")]
    NoAgent,
    /// An agent names another.
    #[error("an agent calls back by its own phones alone: leave it out")]
    AnotherAgent,
    /// The agent is not one of the group.
    #[error("the agent {0} is not one of the group: give it a shift there first, or name one who has")]
    NotOfGroup(String),
    /// The phone is not the agent's.
    #[error("{0} is none of the agent's phones: leave it out, or put it on the agent's page first")]
    NotItsPhone(String),
    /// The agent has no phone.
    #[error("the agent {0} has no phone: put one on the agent's page first")]
    NoPhone(String),
    /// Who called is not known by a number.
    #[error(transparent)]
    NotKnown(#[from] NotKnown),
    /// The group has no number that could be shown.
    #[error(
        "the group has no number that could be shown to who has called: give it one of the world, with its plus, in its settings"
    )]
    NoNumber,
    /// Emergency and service numbers are not called back.
    #[error("the number that called is an emergency or service number: those are dialled, never called back")]
    Emergency,
    /// A limit forbids it.
    #[error(transparent)]
    Limit(#[from] LimitReached),
    /// The line that called takes no calls of the group's number.
    #[error("the line that called does not want calls from the group's number: its blocking list or filter says so")]
    Blocked,
    /// No switch reaches both phones.
    #[error(
        "no switch reaches both a phone of the agent's and the number that called: a SIP account, or a trunk with a route, is missing, or the switch \
         is away; an account at Twilio reaches numbers of the world alone"
    )]
    NoRoute,
    /// It is not placed, as no other call would be.
    #[error(transparent)]
    Place(#[from] PlaceError),
}

impl From<AgentError> for CallBackError {
    fn from(error: AgentError) -> Self {
        PlaceError::from(error).into()
    }
}

impl From<ReachError> for CallBackError {
    fn from(error: ReachError) -> Self {
        PlaceError::from(error).into()
    }
}

impl From<LookupError> for CallBackError {
    fn from(error: LookupError) -> Self {
        PlaceError::from(error).into()
    }
}

impl From<storage::Error> for CallBackError {
    fn from(error: storage::Error) -> Self {
        PlaceError::from(error).into()
    }
}

/// Who calls back whom.
struct Asked {
    group: Group,
    agent: Agent,
    /// The number that called, or what stands in its place.
    caller: String,
    /// The origin of the call that is answered.
    answers: String,
}

/// Both ends of a call back.
struct Plan {
    asked: Asked,
    /// The phones of the agent, in the order of trying.
    phones: Vec<Reached>,
    number: Number,
    /// What leads to who has called.
    called: Vec<Reached>,
    settings: Settings,
}

impl Exchange {
    /// Calls somebody back who has called a group. Nobody pays for it.
    ///
    /// # Errors
    /// Who called is not known, somebody is not there, a limit forbids it, or no switch reaches both: no phone has rung.
    pub async fn call_back(&self, by: &Actor, new: &NewCallBack) -> Result<PlacedBack, CallBackError> {
        let name = name_of(by, new.key.as_deref(), self.engine().clock().now()).map_err(PlaceError::from)?;
        let mut view = self.engine().view(by).await?;
        let asked = asked(&mut view, new).await?;
        let (agent, answers) = (asked.agent.id.clone(), asked.answers.clone());
        if new.key.is_some()
            && let Some(known) = self.session_with(&mut view, &name).await?
        {
            let of = storage::group_calls::get(view.tx(), by.tenant, &known.origin).await?.map(|noted| noted.call);
            // Where it stands is written behind it: what is not written yet is not another's.
            if of.is_some_and(|of| of.answers.as_ref() != Some(&answers) || of.agent.is_some_and(|of| of != agent)) {
                return Err(PlaceError::Charging(Refused::KeyReused.into()).into());
            }
            return Ok(PlacedBack { origin: known.origin, agent, answers, repeated: true });
        }
        let plan = plan(&mut view, asked, new.phone.as_deref()).await?;
        drop(view);
        let carrier = self.reaching(&plan.phones, &plan.called).ok_or(CallBackError::NoRoute)?;
        let call = carrier.call(by.tenant, &name);
        let laid_out = plan.laid_out(&carrier, by)?;
        let placed = self.begin(by, (&call, carrier.switch), laid_out, (PLACED, Some(&answers))).await?;
        // Whoever asks next finds it among the group's calls.
        self.keeper().write(self.engine()).await;
        Ok(PlacedBack { origin: call.origin, agent, answers, repeated: placed.repeated })
    }
}

/// Who is to call back whom, if who asks may have that.
async fn asked(scope: &mut impl Scope, new: &NewCallBack) -> Result<Asked, CallBackError> {
    let group = groups::get(scope, &new.group).await?;
    let members = groups::members(scope, &group).await?;
    let is_of_group = |reach: &Reach| match reach {
        Reach::Tenant => true,
        Reach::Own { agent, .. } => agent.as_ref().is_some_and(|agent| members.contains(agent)),
    };
    if !scope.finds("group", &group.id, is_of_group) {
        return Err(GroupError::NotFound(new.group.clone()).into());
    }
    let agent = match (&scope.actor().reach, &new.agent) {
        (Reach::Own { agent: Some(own), .. }, None) => own.clone(),
        (Reach::Own { agent: Some(own), .. }, Some(named)) if own == named => own.clone(),
        (Reach::Own { .. }, _) => return Err(CallBackError::AnotherAgent),
        (Reach::Tenant, Some(named)) => named.clone(),
        (Reach::Tenant, None) => own_agent(scope).await?.ok_or(CallBackError::NoAgent)?,
    };
    let known = agents::known(scope, &agent).await?.ok_or_else(|| AgentError::NotFound(agent.clone()))?;
    if !members.contains(&agent) {
        return Err(CallBackError::NotOfGroup(agent));
    }
    let (caller, answers) = match &new.of {
        Unanswered::Call(origin) => {
            let call = groups::call(scope, origin).await?;
            if call.group != group.id {
                return Err(GroupError::NoCall(origin.replacen('/', ":", 1)).into());
            }
            (call.caller, call.answers.unwrap_or(call.origin))
        }
        Unanswered::Message(id) => {
            let message = recordings::left_for(scope, &group.id, id).await?;
            (message.from, message.origin)
        }
    };
    Ok(Asked { group, agent: known, caller, answers })
}

/// The agent record of the user who asks, if it has one.
async fn own_agent(scope: &mut impl Scope) -> Result<Option<String>, storage::Error> {
    let (tenant, name) = (scope.tenant(), scope.actor().name.clone());
    let Some(user) = name.strip_prefix("user:") else { return Ok(None) };
    Ok(storage::memberships::get(scope.tx(), tenant, user).await?.and_then(|membership| membership.agent))
}

/// Checks everything of a call back.
async fn plan(scope: &mut impl Scope, asked: Asked, phone: Option<&str>) -> Result<Plan, CallBackError> {
    let settings = tenants::get(scope).await.map_err(PlaceError::from)?.settings;
    if maintenance::get(scope).await?.is_some() {
        return Err(PlaceError::Maintenance.into());
    }
    let number = number_of(&settings, &asked.caller)?;
    lets_call(scope, &settings, &number).await?;
    let agent = asked.agent.id.as_str();
    if presence::of(scope, &[agent]).await?.get(agent) == Some(&Presence::Busy) {
        return Err(PlaceError::NotThere(Presence::Busy).into());
    }
    let wanted = match phone {
        Some(text) => {
            let unreadable = |error| PlaceError::Unreadable(text.to_owned(), error);
            Some(settings.dial_plan.canonical(text).map_err(unreadable)?)
        }
        None => None,
    };
    let own = asked.agent.details.phones.iter().filter_map(|phone| settings.dial_plan.canonical(phone).ok());
    let own: Vec<Number> = own.filter(|phone| wanted.as_ref().is_none_or(|wanted| wanted == phone)).collect();
    match wanted {
        _ if !own.is_empty() => {}
        Some(wanted) => return Err(CallBackError::NotItsPhone(wanted.to_string())),
        None => return Err(CallBackError::NoPhone(asked.agent.id)),
    }
    let mut phones = Vec::new();
    for phone in own.iter().filter(|phone| **phone != number) {
        phones.extend(reach(scope, phone).await?);
    }
    let called = reach(scope, &number).await?;
    if let Some(line) = phones::of_number(scope, &number).await? {
        let shown = asked.group.details.numbers.first().and_then(|shown| settings.dial_plan.canonical(shown).ok());
        if screened(&PhoneRules::default(), &line.rules, shown.as_ref(), &number).is_err() {
            return Err(CallBackError::Blocked);
        }
    }
    Ok(Plan { asked, phones, number, called, settings })
}

/// The number of who has called, where it is known, and may be called.
fn number_of(settings: &Settings, caller: &str) -> Result<Number, CallBackError> {
    let caller = groups::number_of(caller)?;
    let number = settings.dial_plan.canonical(caller).map_err(|_| NotKnown::Hidden)?;
    if settings.dial_plan.destination(&number) != dial_plan::Destination::Ordinary {
        return Err(CallBackError::Emergency);
    }
    Ok(number)
}

/// Whether the tenant's limits let a call go there now: nobody pays for it, so those of a line's money say nothing of it.
async fn lets_call(scope: &mut impl Scope, settings: &Settings, number: &Number) -> Result<(), CallBackError> {
    if matches!(number, Number::E164(_)) {
        settings.fraud.destinations(settings.dial_plan.country()).admit(number.digits())?;
    }
    let Some(limit) = settings.fraud.tenant_calls_at_once else { return Ok(()) };
    let tenant = scope.tenant();
    let paid = storage::charging::count_all_live(scope.tx(), tenant).await?;
    let back = storage::group_calls::count_calling_back(scope.tx(), tenant).await?;
    if paid + back >= i64::from(limit) { Err(LimitReached::TenantCallsAtOnce { limit }.into()) } else { Ok(()) }
}

impl Plan {
    /// Where the call goes, and how.
    fn laid_out(self, carrier: &Carrier, by: &Actor) -> Result<LaidOut, CallBackError> {
        let Carrier { switch, home, caller, called } = carrier;
        let Plan { asked: Asked { group, agent, answers, .. }, number, settings, .. } = self;
        let is_inside = |reached: &Reached| reached.party.line.is_some();
        let is_of_world = |shown: &&String| shown.starts_with('+');
        let numbers = &group.details.numbers;
        // Phones of lines show an extension as well.
        let inside = numbers.first().filter(|_| is_inside(caller) && is_inside(called));
        let shown = numbers.iter().find(is_of_world).or(inside).cloned();
        let shown = shown.ok_or(CallBackError::NoNumber)?;
        // A phone of ours shows whom a call is for, and is no mailbox.
        let asks = group.details.answering.screening && !switch.capabilities().contains(&Capability::Text);
        let question = asks.then(|| call_back_question(&group.details.name, &settings.locale));
        let destination =
            Destination { ways: called.ways_from(home), ..Destination::new(number.to_string(), called.party.clone()) };
        let back = CallBack {
            caller: group.name_of(&number.to_string()),
            agent: agent.id,
            answers,
            by: by.name.clone(),
            group: group.id,
        };
        let mut placed = Placed::under(shown.clone(), caller.ways_from(home));
        (placed.asks_caller, placed.calls_back) = (question, Some(Box::new(back)));
        let payer = Party { line: None, number: shown };
        Ok(LaidOut { caller: caller.party.clone(), payer, destination, placed })
    }
}
