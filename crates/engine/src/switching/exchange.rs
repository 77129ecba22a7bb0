use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use domain::call_flow::{Acknowledges, Cause, Command, Event, Flow, Leg, OutOfOrder, Party, Recorded, Stage};
use domain::time::Instant;
use tokio::sync::{Notify, mpsc, oneshot};

use super::driver::{Driver, Mail};
use super::help::Help;
use super::keeper::Keeper;
use super::money::Money;
use super::port::{CallRef, Capability, Switch};
use super::recovery::{TakeUpError, TakenUp, Way, take_up};
use crate::ids::new_id;
use crate::people::PublicUrl;
use crate::{Actor, Engine, Scope, sounds};

/// Where calls come together: it drives the flow of each call that a switch carries, between the switch and charging.
#[derive(Clone)]
pub struct Exchange(Arc<Inner>);

struct Inner {
    engine: Engine,
    keeper: Keeper,
    switches: Mutex<HashMap<&'static str, Arc<dyn Switch>>>,
    calls: Mutex<HashMap<CallRef, Live>>,
    help: Help,
    /// Told when a tenant's maintenance has begun, changed or ended.
    maintained: Notify,
    /// The switches that this program is, and as whom.
    roles: Mutex<Vec<(&'static str, String)>>,
    /// Where switches reach this program.
    reached_at: OnceLock<PublicUrl>,
}

/// A call that is on its way.
struct Live {
    post: mpsc::UnboundedSender<Mail>,
    /// The lines and customers that pay for it.
    payers: BTreeSet<String>,
}

/// A call that ran when the last program ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recovered {
    /// The call.
    pub call: CallRef,
    /// Who talked.
    pub legs: Vec<(Leg, Party)>,
    /// Since when they talked.
    pub answered_at: Instant,
    /// When it was last proved alive.
    pub seen_at: Instant,
    /// Whether its voices may go through a relay alone.
    pub relayed: bool,
    /// Whether what is spoken is recorded.
    pub recorded: Recorded,
}

/// Why an event is not taken. Nothing has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EventError {
    /// It makes no sense where the call is.
    #[error(transparent)]
    OutOfOrder(#[from] OutOfOrder),
    /// There is no such call, or it is over.
    #[error("there is no such call, or it is over")]
    NoSuchCall,
}

impl Exchange {
    /// An exchange without any switch.
    #[must_use]
    pub fn new(engine: &Engine) -> Exchange {
        Exchange(Arc::new(Inner {
            engine: engine.clone(),
            keeper: Keeper::default(),
            switches: Mutex::default(),
            calls: Mutex::default(),
            help: Help::default(),
            maintained: Notify::new(),
            roles: Mutex::default(),
            reached_at: OnceLock::new(),
        }))
    }

    /// Has a switch carry calls from now on.
    pub fn attach(&self, switch: Arc<dyn Switch>) {
        self.0.switches.lock().unwrap_or_else(PoisonError::into_inner).insert(switch.name(), switch);
    }

    /// Has switches fetch sounds there; where nobody has said where that is, words are said in their place.
    pub fn is_reached_at(&self, url: &PublicUrl) {
        // Who says it first is believed.
        let _ = self.0.reached_at.set(url.clone());
    }

    /// What a switch is to play: a sound of ours by the address at which it is fetched.
    pub(super) fn played(&self, audio: Option<&str>) -> Option<String> {
        match audio {
            Some(ours) if sounds::ours(ours).is_some() => sounds::address(self.0.reached_at.get()?.as_str(), ours),
            audio => audio.map(str::to_owned),
        }
    }

    /// The engine.
    #[must_use]
    pub fn engine(&self) -> &Engine {
        &self.0.engine
    }

    pub(super) fn keeper(&self) -> &Keeper {
        &self.0.keeper
    }

    /// A name for a call that comes in at a switch.
    #[must_use]
    pub fn new_call(&self, switch: &str, tenant: i64) -> CallRef {
        let id = new_id("flow", self.engine().clock().now());
        CallRef { tenant, origin: format!("{switch}/{id}") }
    }

    /// A call comes in. What is to be done comes as actions to its switch.
    pub fn incoming(&self, call: &CallRef, caller: Party, dialled: String) {
        let Some(switch) = self.switch_of(call) else { return };
        let (mut flow, first) = Flow::incoming(caller, dialled, self.engine().clock().now());
        if !switch.capabilities().contains(&Capability::RingsAtOnce) {
            flow.acknowledges = Acknowledges::InTime;
        }
        self.engine().measures().call_begun(switch.name());
        self.drive(call, switch, Way { flow, version: 0, sessions: HashMap::new() }, first);
    }

    /// Something has happened to a call: waits until it is taken.
    ///
    /// # Errors
    /// It makes no sense where the call is, or the call is over.
    pub async fn event(&self, call: &CallRef, event: Event) -> Result<(), EventError> {
        let (answer, answered) = oneshot::channel();
        let at = self.engine().clock().now();
        if !self.send(call, Mail::Event { event: Box::new(event), at, answer: Some(answer) }) {
            return Err(EventError::NoSuchCall);
        }
        Ok(answered.await.map_err(|_| EventError::NoSuchCall)??)
    }

    /// Something has happened to a call: whether it makes sense is not asked.
    pub fn post(&self, call: &CallRef, event: Event) {
        self.send(call, Mail::event(event, self.engine().clock().now()));
    }

    /// Which legs of a recovered call are there again.
    pub fn back(&self, recovered: &Recovered, legs: Vec<Leg>) {
        self.post(&recovered.call, Event::SwitchBack { legs, seen_at: recovered.seen_at });
    }

    /// The calls that a tenant's switches carry now.
    #[must_use]
    pub fn calls(&self, tenant: i64) -> Vec<CallRef> {
        self.live().keys().filter(|call| call.tenant == tenant).cloned().collect()
    }

    /// How many calls each switch of this program carries now, and whether it is that switch: by the switches' names.
    #[must_use]
    pub fn carried(&self) -> Vec<(&'static str, usize, bool)> {
        let live = self.live();
        let of = |name: &str| live.keys().filter(|call| call.origin.split('/').next() == Some(name)).count();
        self.switches().iter().map(|switch| (switch.name(), of(switch.name()), self.holds(switch.name()))).collect()
    }

    /// Whether this program is that switch.
    #[must_use]
    pub fn holds(&self, switch: &str) -> bool {
        self.roles().iter().any(|(role, _)| *role == switch)
    }

    /// Ends a call from outside.
    ///
    /// # Errors
    /// It goes to an emergency or service number, which makes no sense to end, or there is no such call.
    pub async fn stop(&self, call: &CallRef, cause: Cause) -> Result<(), EventError> {
        self.event(call, Event::Stopped(cause)).await
    }

    /// An agent cannot take the call that rings for it: whether there is one, which goes on to somebody else.
    pub async fn pass_on(&self, tenant: i64, agent: &str) -> bool {
        let calls = self.calls(tenant);
        let told = calls.iter().map(|call| self.event(call, Event::PassedOn { agent: agent.to_owned() }));
        futures::future::join_all(told).await.iter().any(Result::is_ok)
    }

    /// Tells every call that a line or customer pays for.
    pub(super) fn post_to_payers_of(&self, tenant: i64, payer: &str, event: &Event) {
        let now = self.engine().clock().now();
        for (call, live) in &*self.live() {
            if call.tenant == tenant && live.payers.contains(payer) {
                let _ = live.post.send(Mail::event(event.clone(), now));
            }
        }
    }

    /// Whether a line or customer pays for any call.
    pub(super) fn pays(&self, tenant: i64, payer: &str) -> bool {
        self.live().iter().any(|(call, live)| call.tenant == tenant && live.payers.contains(payer))
    }

    /// Notes who pays for a part of a call.
    pub(super) fn is_paid_by(&self, call: &CallRef, line: Option<&str>, customer: Option<&str>) {
        if let Some(live) = self.live().get_mut(call) {
            live.payers.extend([line, customer].into_iter().flatten().map(str::to_owned));
        }
    }

    /// Has the tasks of all calls of a switch end as they are: another program drives these calls.
    pub(super) fn abandon(&self, switch: &str) {
        self.live().retain(|call, live| {
            let is_of_switch = call.origin.split_once('/').is_some_and(|(of, _)| of == switch);
            if is_of_switch {
                let _ = live.post.send(Mail::Abandoned);
            }
            !is_of_switch
        });
    }

    /// Tells both parties of a tenant's calls something while they talk.
    pub(super) fn announce(&self, tenant: i64, text: &str) {
        for live in self.live().iter().filter(|(call, _)| call.tenant == tenant).map(|(_, live)| live) {
            let _ = live.post.send(Mail::Announcement(text.to_owned()));
        }
    }

    pub(super) fn forget(&self, call: &CallRef) {
        self.live().remove(call);
    }

    fn send(&self, call: &CallRef, mail: Mail) -> bool {
        self.live().get(call).is_some_and(|live| live.post.send(mail).is_ok())
    }

    fn live(&self) -> MutexGuard<'_, HashMap<CallRef, Live>> {
        self.0.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The switches, by their names.
    pub(super) fn switches(&self) -> Vec<Arc<dyn Switch>> {
        let mut switches: Vec<_> =
            self.0.switches.lock().unwrap_or_else(PoisonError::into_inner).values().cloned().collect();
        switches.sort_by_key(|switch| switch.name());
        switches
    }

    pub(super) fn switch_of(&self, call: &CallRef) -> Option<Arc<dyn Switch>> {
        let (name, _) = call.origin.split_once('/')?;
        self.0.switches.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
    }

    /// Starts the task of a call.
    pub(super) fn drive(&self, call: &CallRef, switch: Arc<dyn Switch>, way: Way, first: Vec<Command>) {
        let (post, mail) = mpsc::unbounded_channel();
        let (money, asked) = mpsc::unbounded_channel();
        let payers = way.flow.parts.iter().filter_map(|part| part.payer.line.clone()).collect();
        self.live().insert(call.clone(), Live { post: post.clone(), payers });
        let worker = Money {
            engine: self.engine().clone(),
            call: call.clone(),
            owner: switch.name().to_owned(),
            free: way.flow.is_free(),
            mail: post.clone(),
            sessions: way.sessions,
        };
        tokio::spawn(worker.run(asked));
        let driver = Driver {
            exchange: self.clone(),
            call: call.clone(),
            switch,
            flow: way.flow,
            version: way.version,
            mail,
            post,
            money,
            cost: None,
            shown: 0,
        };
        tokio::spawn(driver.run(first));
    }

    /// After a start: takes the calls up again that a switch carried when the last program ended, which was last there at `seen_at`
    /// ([`Exchange::become_switch`]). Those that talked are answered: their switch says which of their legs are there again
    /// ([`Exchange::back`]). The others end here.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn recover(&self, switch: &str, seen_at: Instant) -> Result<Vec<Recovered>, storage::Error> {
        let program = Actor::program(0, "exchange");
        let found = {
            let mut view = self.engine().view(&program).await?;
            storage::flows::running(view.tx(), switch).await?
        };
        let mut recovered = Vec::new();
        for (tenant, record) in found {
            let call = CallRef { tenant, origin: record.origin.clone() };
            let Some(switch) = self.switch_of(&call) else { continue };
            let TakenUp { mut way, first, seen_at, customers } = {
                let mut view = self.engine().view(&Actor::program(call.tenant, "exchange")).await?;
                match take_up(&mut view, &call, &record, seen_at).await {
                    Ok(taken_up) => taken_up,
                    Err(TakeUpError::Storage(error)) => return Err(error),
                    Err(error) => {
                        tracing::error!(%error, call = call.origin, "a call is not taken up: its money is settled at its last sign of life");
                        continue;
                    }
                }
            };
            let talked = match (&way.flow.stage, way.flow.called()) {
                (Stage::Talking { answered_at, .. }, Some((leg, party))) => {
                    Some((vec![(Leg::FIRST, way.flow.caller.clone()), (leg, party.clone())], *answered_at))
                }
                _ => None,
            };
            let (relayed, recorded) = (way.flow.is_relayed(), way.flow.recorded());
            self.keeper().write_down((&call, switch.name()), &way.flow, &mut way.version);
            self.drive(&call, switch, way, first);
            for customer in &customers {
                self.is_paid_by(&call, None, Some(customer));
            }
            match talked {
                Some((legs, answered_at)) => {
                    recovered.push(Recovered { call, legs, answered_at, seen_at, relayed, recorded })
                }
                None => self.post(&call, Event::SwitchBack { legs: Vec::new(), seen_at }),
            }
        }
        // Should this program die too, the next one knows since when nothing is known of them.
        self.keeper().write(self.engine()).await;
        Ok(recovered)
    }

    pub(super) fn help(&self) -> &Help {
        &self.0.help
    }

    pub(super) fn maintained(&self) -> &Notify {
        &self.0.maintained
    }

    pub(super) fn roles(&self) -> MutexGuard<'_, Vec<(&'static str, String)>> {
        self.0.roles.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes down where all calls stand and gives the switches up, for a program that ends in good order: the next one takes the calls up, and this one
    /// does nothing more for them.
    pub async fn close(&self) {
        let switches: Vec<&str> = self.roles().iter().map(|(switch, _)| *switch).collect();
        switches.into_iter().for_each(|switch| self.abandon(switch));
        self.0.keeper.write(self.engine()).await;
        self.give_roles_up().await;
    }
}
