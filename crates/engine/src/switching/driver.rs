use std::sync::Arc;

use domain::call_flow::{Action, Asked, Cause, Command, Event, Flow, Leg, OutOfOrder, Party, Recorded, Stage, Words};
use domain::time::Instant;
use tokio::sync::{mpsc, oneshot};

use super::exchange::Exchange;
use super::group;
use super::money::Ask;
use super::port::{CallRef, Capability, Meter, Notice, Switch};
use super::recorder::Message;
use super::route::{Routed, route};
use super::unknown;
use crate::Actor;
use crate::charging::LiveCost;

const SECOND: i64 = 1000;

/// What a call's task is told.
pub(super) enum Mail {
    /// Something has happened to the call.
    Event {
        event: Box<Event>,
        at: Instant,
        /// Where somebody waits to hear whether it made sense.
        answer: Option<oneshot::Sender<Result<(), OutOfOrder>>>,
    },
    /// What the call costs from second to second.
    Cost(Box<LiveCost>),
    /// What it came to.
    Charged(Notice),
    /// Something that both parties are to know while they talk.
    Announcement(String),
    /// Another program drives the call.
    Abandoned,
}

impl Mail {
    pub(super) fn event(event: Event, at: Instant) -> Mail {
        Mail::Event { event: Box::new(event), at, answer: None }
    }
}

/// The task of one call: takes its events in order, has its commands carried out, wakes it, and shows its payer what it costs.
pub(super) struct Driver {
    pub(super) exchange: Exchange,
    pub(super) call: CallRef,
    pub(super) switch: Arc<dyn Switch>,
    pub(super) flow: Flow,
    pub(super) version: i64,
    pub(super) mail: mpsc::UnboundedReceiver<Mail>,
    pub(super) post: mpsc::UnboundedSender<Mail>,
    pub(super) money: mpsc::UnboundedSender<Ask>,
    pub(super) cost: Option<Box<LiveCost>>,
    /// The last second that was shown.
    pub(super) shown: i64,
}

impl Driver {
    /// Drives the call from its first commands until charging has closed it.
    pub(super) async fn run(mut self, first: Vec<Command>) {
        self.carry_out(first).await;
        while !self.flow.is_done() {
            let wakes_at = self.flow.wakes_at().into_iter().chain(self.shows_at()).min().unwrap_or(Instant::LAST);
            let clock = self.exchange.engine().clock().clone();
            tokio::select! {
                biased;
                mail = self.mail.recv() => match mail {
                    None | Some(Mail::Abandoned) => return,
                    Some(mail) => self.read(mail).await,
                },
                () = clock.sleep_until(wakes_at) => self.wake(clock.now()).await,
            }
        }
        if let Some(ending) = self.flow.ending() {
            self.exchange.engine().measures().call_ended(self.switch.name(), ending);
        }
        self.exchange.forget(&self.call);
    }

    async fn read(&mut self, mail: Mail) {
        match mail {
            Mail::Event { event, at, answer } => {
                let taken = self.take(&event, at).await;
                if let Some(answer) = answer {
                    // Who asked may have gone.
                    let _ = answer.send(taken);
                }
            }
            Mail::Cost(cost) => self.cost = Some(cost),
            Mail::Charged(notice) => self.switch.tell(&self.call, Leg::FIRST, &notice),
            Mail::Announcement(text) => {
                let legs = self.flow.talking().into_iter().flatten();
                let actions: Vec<Action> = legs.map(|leg| Action::Announce { leg, text: text.clone() }).collect();
                self.perform(&actions).await;
            }
            Mail::Abandoned => {}
        }
    }

    async fn wake(&mut self, now: Instant) {
        self.show(now);
        if self.flow.wakes_at().is_some_and(|at| at <= now) {
            let _ = self.take(&Event::Woke, now).await;
        }
    }

    async fn take(&mut self, event: &Event, at: Instant) -> Result<(), OutOfOrder> {
        let before = self.flow.clone();
        let commands = self.flow.take(event, at)?;
        if matches!(event, Event::SwitchBack { .. }) && self.flow.talking().is_some() {
            let _ = self.money.send(Ask::Alive);
        }
        if matches!(event, Event::SwitchLost { .. }) {
            let _ = self.money.send(Ask::Silent);
        }
        let keeper = self.exchange.keeper();
        keeper.keep((&self.call, self.switch.name()), (&before, &self.flow), &mut self.version);
        self.carry_out(commands).await;
        Ok(())
    }

    async fn carry_out(&mut self, commands: Vec<Command>) {
        let mut actions = Vec::new();
        for command in commands {
            match command {
                Command::Perform(action) => actions.push(self.with_sounds(action)),
                Command::Route(asked) => self.route(asked),
                Command::WhoIsOnDuty { group, from } => self.who_is_on_duty(group, from),
                Command::Keep { of, from, to, seconds, reference } => {
                    let message = Message { of, from, to, seconds, reference };
                    self.exchange.keep_message(&self.call, message, self.exchange.engine().clock().now());
                }
                Command::Charge { session, charge } => {
                    // Charging ends with the call's task, not before.
                    let _ = self.money.send(Ask::Charge(session, charge));
                }
            }
        }
        if !actions.is_empty() {
            self.perform(&actions).await;
        }
    }

    /// The action with the addresses of what is to be heard.
    fn with_sounds(&self, action: Action) -> Action {
        match action {
            Action::Prompt { leg, words } => {
                let audio = self.exchange.played(words.audio.as_deref());
                Action::Prompt { leg, words: Words { audio, ..words } }
            }
            Action::Queue { leg, music } => Action::Queue { leg, music: self.exchange.played(music.as_deref()) },
            other => other,
        }
    }

    async fn perform(&self, actions: &[Action]) {
        self.switch.perform(&self.call, actions).await;
    }

    /// Finds out where a number leads, and answers with an event.
    fn route(&self, asked: Asked) {
        let (exchange, call, post) = (self.exchange.clone(), self.call.clone(), self.post.clone());
        let can = self.switch.capabilities();
        let records = can.contains(&Capability::Recording);
        tokio::spawn(async move {
            let found = async {
                let mut view = exchange.engine().view(&Actor::program(call.tenant, "exchange")).await?;
                exchange.help().look(&mut view).await?;
                route(&mut view, &asked, can).await
            };
            let routed = match found.await {
                Ok(Ok(Routed { mut destination, customer })) => {
                    if !records {
                        (destination.voicemail, destination.recorded) = (false, Recorded::No);
                    }
                    exchange.is_paid_by(&call, asked.by.line.as_deref(), customer.as_deref());
                    Ok(destination)
                }
                Ok(Err(cause)) => {
                    if cause == Cause::NoRecipient && asked.by.line.is_none() {
                        tracing::warn!(call = call.origin, "somebody outside has called a number that leads nowhere");
                        if let Err(error) = unknown::tell(exchange.engine(), call.tenant, &asked.to).await {
                            tracing::warn!(%error, call = call.origin, "nobody is told of it");
                        }
                    }
                    Err(cause)
                }
                Err(error) => {
                    tracing::warn!(%error, call = call.origin, "it could not be found out where a number leads");
                    // Calls for help go where they went when it was last known.
                    exchange.help().destination(call.tenant, &asked.to).ok_or(Cause::Failed)
                }
            };
            let now = exchange.engine().clock().now();
            let _ = post.send(Mail::event(Event::Routed(routed), now));
        });
    }

    /// Finds out who of a group is on duty now, and answers with an event.
    fn who_is_on_duty(&self, id: String, from: Party) {
        let (exchange, call, post, can) =
            (self.exchange.clone(), self.call.clone(), self.post.clone(), self.switch.capabilities());
        tokio::spawn(async move {
            let found = async {
                let mut view = exchange.engine().view(&Actor::program(call.tenant, "exchange")).await?;
                group::found(&mut view, &id, &from, can).await
            };
            let group = found.await.inspect_err(|error| {
                tracing::warn!(%error, call = call.origin, "it could not be found out who of a group is on duty");
            });
            let now = exchange.engine().clock().now();
            let _ = post.send(Mail::event(Event::OnDuty(group.ok().map(Box::new)), now));
        });
    }

    /// When the payer is shown the next second.
    fn shows_at(&self) -> Option<Instant> {
        let Stage::Talking { answered_at, .. } = self.flow.stage else { return None };
        let shows = self.cost.is_some() && self.switch.capabilities().contains(&Capability::Text);
        shows.then(|| Instant::clamped(answered_at.millis() + (self.shown + 1) * SECOND))
    }

    /// Shows the payer how the call stands: computed, without the database.
    fn show(&mut self, now: Instant) {
        let Some(answered_at) = self.flow.answered_at().filter(|_| self.shows_at().is_some_and(|at| at <= now)) else {
            return;
        };
        let Some(cost) = &self.cost else { return };
        let seconds = now.millis_since(answered_at).div_euclid(SECOND);
        self.shown = seconds;
        let reaches = self.flow.parts.iter().filter_map(|part| part.granted.as_ref()?.reaches_seconds).min();
        match cost.at(Instant::clamped(answered_at.millis() + seconds * SECOND)) {
            Ok(amount) => {
                let remaining_seconds = reaches.map(|reaches| (reaches - seconds).max(0));
                let meter = Meter { seconds, cost: amount, currency: cost.currency(), remaining_seconds };
                self.switch.tell(&self.call, Leg::FIRST, &Notice::Meter(meter));
            }
            Err(error) => tracing::warn!(%error, call = self.call.origin, "a call's cost cannot be shown"),
        }
    }
}
