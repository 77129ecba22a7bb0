use std::collections::HashMap;
use std::time::Duration;

use domain::call_flow::{Bound, Cause, Charge, Ending, Event, Outcome};
use domain::charging::{CutOff, EndCause, Granted, SettleRefused};
use domain::limits::LimitReached;
use domain::time::Instant;
use tokio::sync::mpsc;

use super::driver::Mail;
use super::port::{CallRef, Notice};
use crate::calls::{Direction, Disposition, Payer};
use crate::charging::{
    self, ChargingError, Ended, EndsAt, Grant, LiveCost, NewSession, Refused, Reply, Request, Step, What,
};
use crate::{Actor, Engine};

/// How long is waited before charging is asked again that did not answer.
const PAUSE: Duration = Duration::from_millis(500);
/// How often it is asked again for a call that runs.
const TRIES: usize = 10;

/// Asks charging what a call's flow wants to know, in order, and answers with events. It goes on when the flow is over, until charging has
/// closed all parts of the call.
pub(super) struct Money {
    pub(super) engine: Engine,
    pub(super) call: CallRef,
    /// The switch: the owner of the sessions.
    pub(super) owner: String,
    /// Whether an emergency or service number is called: it goes through even if charging does not answer.
    pub(super) free: bool,
    pub(super) mail: mpsc::UnboundedSender<Mail>,
    /// The sessions of the call's parts.
    pub(super) sessions: HashMap<u8, Open>,
}

/// A session that charging has opened.
#[derive(Debug, Clone)]
pub struct Open {
    /// The id of its call.
    pub id: String,
    /// When the next sign of life is given; none before the answer.
    pub beats_at: Option<Instant>,
}

/// What the flow asks.
pub(super) enum Ask {
    /// Something about a part of the call.
    Charge(u8, Charge),
    /// That signs of life are given: the call's legs are there again.
    Alive,
    /// That none is given: nothing is known of the call's legs.
    Silent,
}

impl Money {
    /// Works until nobody asks any more.
    pub(super) async fn run(mut self, mut asked: mpsc::UnboundedReceiver<Ask>) {
        loop {
            let beats_at = self.sessions.values().filter_map(|open| open.beats_at).min().unwrap_or(Instant::LAST);
            tokio::select! {
                biased;
                ask = asked.recv() => match ask {
                    Some(Ask::Charge(session, charge)) => self.ask(session, charge).await,
                    Some(Ask::Silent) => self.sessions.values_mut().for_each(|open| open.beats_at = None),
                    Some(Ask::Alive) => {
                        let now = self.engine.clock().now();
                        self.sessions.values_mut().for_each(|open| open.beats_at = Some(now));
                    }
                    None => return,
                },
                () = self.engine.clock().sleep_until(beats_at) => self.beat().await,
            }
        }
    }

    async fn ask(&mut self, session: u8, charge: Charge) {
        if let Charge::Authorize { free, .. } = charge {
            self.free = free;
        }
        let open = self.sessions.get(&session).map(|open| open.id.as_str());
        let event = match (asked(&self.call, (session, open), &charge), charge) {
            (Some(what), Charge::Settle(ending)) => self.settle(session, what, ending).await,
            (Some(what), charge) => self.go_on(session, what, &charge).await,
            (None, charge) => unasked(session, &charge, self.free),
        };
        self.post(Mail::event(event, self.engine.clock().now()));
    }

    /// A call that is to begin, or to go on: what is granted then.
    async fn go_on(&mut self, session: u8, what: What, charge: &Charge) -> Event {
        let answer = self.insist(what, charge).await;
        match &answer {
            Ok(Reply::Granted(grant)) => {
                let talks = !is_before_the_answer(charge);
                let beats_at = talks.then(|| next_beat(grant, self.engine.clock().now()));
                self.sessions.insert(session, Open { id: grant.session.clone(), beats_at });
                if session == 0 && talks {
                    self.show_cost(&grant.session).await;
                }
            }
            Ok(Reply::Ended(_)) => {}
            Err(error) if self.free => {
                tracing::error!(%error, call = self.call.origin, "an emergency or service call goes on without charging");
            }
            Err(error) => tracing::info!(%error, call = self.call.origin, "a call is not let through, or cannot go on"),
        }
        answered(session, charge, &answer, self.free)
    }

    /// Asks charging, of a call that runs again and again where others are in the way: what is granted lasts for a while.
    async fn insist(&self, what: What, charge: &Charge) -> Result<Reply, ChargingError> {
        for _ in 0..TRIES {
            match self.charge(what.clone()).await {
                Err(ChargingError::Refused(refused)) => return Err(refused.into()),
                Err(error)
                    if !matches!(charge, Charge::Authorize { .. }) && !matches!(error, ChargingError::Closed) =>
                {
                    tracing::warn!(%error, call = self.call.origin, "charging does not answer for a call that runs; it is asked again");
                    tokio::time::sleep(PAUSE).await;
                }
                answer => return answer,
            }
        }
        self.charge(what).await
    }

    /// Settles a session, whatever it takes: what a call comes to is never lost.
    async fn settle(&mut self, session: u8, what: What, ending: Ending) -> Event {
        if let Some(open) = self.sessions.get_mut(&session) {
            open.beats_at = None;
        }
        loop {
            let answer = self.charge(what.clone()).await;
            match &answer {
                Ok(Reply::Ended(ended)) if session == 0 => self.show_charge(ended, ending),
                Ok(Reply::Ended(_)) | Err(ChargingError::Closed) => {}
                // The clock was set back: the end is still to come.
                Err(ChargingError::Refused(Refused::Settle(SettleRefused::InFuture { .. }))) => {
                    tokio::time::sleep(PAUSE).await;
                    continue;
                }
                Ok(Reply::Granted(_)) | Err(ChargingError::Refused(_)) => {
                    tracing::warn!(call = self.call.origin, "charging has closed a call otherwise than it ended");
                }
                Err(error) => {
                    tracing::warn!(%error, call = self.call.origin, "a call's end is not written yet; it is tried again");
                    tokio::time::sleep(PAUSE).await;
                    continue;
                }
            }
            return answered(session, &Charge::Settle(ending), &answer, self.free);
        }
    }

    /// Gives signs of life for the sessions that need one.
    async fn beat(&mut self) {
        let now = self.engine.clock().now();
        let due: Vec<(u8, String)> = self
            .sessions
            .iter()
            .filter(|(_, open)| open.beats_at.is_some_and(|at| at <= now))
            .map(|(session, open)| (*session, open.id.clone()))
            .collect();
        for (session, id) in due {
            let reply = self.charge(What::Step { session: id, step: Step::Beat }).await;
            let Some(open) = self.sessions.get_mut(&session) else { continue };
            match reply {
                Ok(Reply::Granted(grant)) => open.beats_at = Some(next_beat(&grant, now)),
                Ok(Reply::Ended(ended)) => {
                    open.beats_at = None;
                    if ended.end.cause == EndCause::Lost || ended.end.cause == EndCause::Settled {
                        self.post(Mail::event(Event::Settled { session }, now));
                    }
                }
                Err(_) => open.beats_at = Some(Instant::clamped(now.millis() + 5000)),
            }
        }
    }

    async fn charge(&self, what: What) -> Result<Reply, ChargingError> {
        self.engine.charge(self.call.tenant, Request { owner: self.owner.clone(), key: None, what }).await
    }

    /// Loads what the call costs from second to second.
    async fn show_cost(&self, session: &str) {
        let loaded = async {
            let mut view = self.engine.view(&Actor::program(self.call.tenant, "exchange")).await?;
            LiveCost::load(&mut view, session).await
        };
        match loaded.await {
            Ok(Some(cost)) => self.post(Mail::Cost(Box::new(cost))),
            Ok(None) => {}
            Err(error) => tracing::warn!(%error, call = self.call.origin, "a call's cost cannot be shown"),
        }
    }

    fn show_charge(&self, ended: &Ended, ending: Ending) {
        let (Some(answered_at), Ok(cost)) = (ended.end.answered_at, ended.end.charged.total()) else { return };
        let millis = ended.end.ended_at.millis_since(answered_at);
        let seconds = millis.saturating_add(999).div_euclid(1000);
        self.post(Mail::Charged(Notice::Charged { cause: ending.cause, seconds, cost, currency: ended.currency }));
    }

    fn post(&self, mail: Mail) {
        // The call's task may have ended: then nobody wants to know.
        let _ = self.mail.send(mail);
    }
}

/// What charging is asked by the flow of a call, for a part of it and its session, if it has one; none, where there is nothing to ask for.
#[must_use]
pub fn asked(call: &CallRef, (part, session): (u8, Option<&str>), charge: &Charge) -> Option<What> {
    let step = match charge {
        Charge::Authorize { payer, from, to, agent, bound, .. } => {
            let payer = match &payer.line {
                Some(line) => Payer::Line(line.clone()),
                None => Payer::Number(payer.number.clone()),
            };
            return Some(What::Authorize(NewSession {
                origin: origin_of(call, part),
                payer,
                direction: match bound {
                    Bound::Out | Bound::Back => Direction::Outbound,
                    Bound::In => Direction::Inbound,
                    Bound::Inside => Direction::Internal,
                },
                from: from.clone(),
                to: to.clone(),
                agent: agent.clone(),
                link: None,
                cut_off: CutOff::Movable,
                unpaid: matches!(bound, Bound::In | Bound::Back),
            }));
        }
        Charge::Carry(carried) => Step::Carry(carried.clone()),
        Charge::Answer(at) => Step::Answer { answered_at: Some(*at) },
        Charge::Extend => Step::Extend,
        Charge::Settle(ending) => Step::Settle(charging::Ending {
            answered_at: ending.answered_at,
            ended_at: EndsAt::At(ending.ended_at),
            disposition: Some(disposition(ending.outcome)),
            cause: Some(ending.cause.q850()),
        }),
    };
    Some(What::Step { session: session?.to_owned(), step })
}

/// What the flow of a call is told where there is no session to ask charging for: one to an emergency or service number goes on without;
/// of another there is nothing to go on.
#[must_use]
pub fn unasked(part: u8, charge: &Charge, free: bool) -> Event {
    match charge {
        Charge::Settle(_) => Event::Settled { session: part },
        Charge::Carry(_) => Event::Woke,
        _ if free => Event::Woke,
        _ => Event::Refused { session: part, cause: Cause::Failed },
    }
}

/// What the flow of a call is told of charging's answer for a part of it. `free`: an emergency or service number is called, and goes through
/// whatever charging answers.
#[must_use]
pub fn answered(part: u8, charge: &Charge, answer: &Result<Reply, ChargingError>, free: bool) -> Event {
    let begins = matches!(charge, Charge::Authorize { .. });
    match (charge, answer) {
        // The engine is being closed: the next program finds the flow.
        (Charge::Settle(_), Err(ChargingError::Closed)) => Event::Woke,
        (Charge::Settle(_), _) => Event::Settled { session: part },
        // What a call costs the tenant is nothing that the call depends on.
        (Charge::Carry(_), _) => Event::Woke,
        (_, Ok(Reply::Granted(grant))) => Event::Granted { session: part, granted: grant.granted.clone() },
        (_, Err(_)) if begins && free => {
            let granted = Granted { seconds: None, reaches_seconds: None, warn_at_seconds: Vec::new() };
            Event::Granted { session: part, granted }
        }
        (_, Err(_)) if free => Event::Woke,
        (_, Ok(Reply::Ended(_))) if begins => Event::Refused { session: part, cause: Cause::Failed },
        // Its sign of life was missed: it is over for charging.
        (_, Ok(Reply::Ended(_))) => Event::Settled { session: part },
        (_, Err(error)) => Event::Refused { session: part, cause: cause_of(error) },
    }
}

/// Whether charging is asked that before both talk: no sign of life is given yet, and there is no cost to be shown.
#[must_use]
pub fn is_before_the_answer(charge: &Charge) -> bool {
    matches!(charge, Charge::Authorize { .. } | Charge::Carry(_))
}

/// The origin of a part of a call.
#[must_use]
pub fn origin_of(call: &CallRef, session: u8) -> String {
    match session {
        0 => call.origin.clone(),
        part => format!("{}/{part}", call.origin),
    }
}

/// When the next sign of life is given: halfway to when it is expected.
#[must_use]
pub fn next_beat(grant: &Grant, now: Instant) -> Instant {
    let left = grant.alive_until.millis_since(now);
    Instant::clamped(now.millis() + (left / 2).max(1000))
}

fn disposition(outcome: Outcome) -> Disposition {
    match outcome {
        Outcome::Answered => Disposition::Answered,
        Outcome::Busy => Disposition::Busy,
        Outcome::NoAnswer => Disposition::NoAnswer,
        Outcome::Refused => Disposition::Refused,
        Outcome::Cancelled => Disposition::Cancelled,
        Outcome::Failed => Disposition::Failed,
    }
}

/// What a caller is told of a refusal.
fn cause_of(error: &ChargingError) -> Cause {
    match error {
        ChargingError::Busy => Cause::AllLinesBusy,
        ChargingError::Refused(refused) => match refused {
            Refused::InsufficientBalance { .. } => Cause::InsufficientBalance,
            Refused::LineSuspended(_) | Refused::LineClosed(_) | Refused::UnknownLine => Cause::NotActive,
            Refused::Unrated { .. } => Cause::NoRate,
            Refused::Blocked { .. } => Cause::Blocked,
            Refused::Limit(
                LimitReached::CallsAtOnce { .. }
                | LimitReached::TenantCallsAtOnce { .. }
                | LimitReached::SetUpRate { .. }
                | LimitReached::HighCostPrefix { .. },
            ) => Cause::AllLinesBusy,
            Refused::Limit(_) => Cause::Blocked,
            _ => Cause::Failed,
        },
        _ => Cause::Failed,
    }
}
