use std::collections::HashMap;
use std::time::Duration;

use domain::call_flow::{Cause, Charge, Ending, Event, Outcome};
use domain::charging::{CutOff, EndCause, Granted};
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

/// Asks charging what a call's flow wants to know, in order, and answers with events. It goes on when the flow is over, until charging has
/// closed all parts of the call.
pub(super) struct Money {
    pub(super) engine: Engine,
    pub(super) call: CallRef,
    /// The switch: the owner of the sessions.
    pub(super) owner: String,
    /// The caller's number.
    pub(super) from: String,
    /// Whether an emergency or service number is called: it goes through even if charging does not answer.
    pub(super) free: bool,
    pub(super) mail: mpsc::UnboundedSender<Mail>,
    /// The sessions of the call's parts.
    pub(super) sessions: HashMap<u8, Open>,
}

/// A session that charging has opened.
pub(super) struct Open {
    pub(super) id: String,
    /// When the next sign of life is given; none before the answer.
    pub(super) beats_at: Option<Instant>,
}

/// What the flow asks.
pub(super) struct Ask {
    pub(super) session: u8,
    pub(super) charge: Charge,
}

impl Money {
    /// Works until nobody asks any more.
    pub(super) async fn run(mut self, mut asked: mpsc::UnboundedReceiver<Ask>) {
        loop {
            let beats_at = self.sessions.values().filter_map(|open| open.beats_at).min().unwrap_or(Instant::LAST);
            tokio::select! {
                biased;
                ask = asked.recv() => match ask {
                    Some(ask) => self.ask(ask).await,
                    None => return,
                },
                () = self.engine.clock().sleep_until(beats_at) => self.beat().await,
            }
        }
    }

    async fn ask(&mut self, Ask { session, charge }: Ask) {
        let event = match charge {
            Charge::Authorize { payer, to, free } => {
                self.free = free;
                let payer = match payer.line {
                    Some(line) => Payer::Line(line),
                    None => Payer::Number(payer.number),
                };
                self.authorize(session, payer, to).await
            }
            Charge::Answer(at) => self.go_on(session, Step::Answer { answered_at: Some(at) }).await,
            Charge::Extend => self.go_on(session, Step::Extend).await,
            Charge::Settle(ending) => self.settle(session, ending).await,
        };
        self.post(Mail::event(event, self.engine.clock().now()));
    }

    async fn authorize(&mut self, session: u8, payer: Payer, to: String) -> Event {
        let new = NewSession {
            origin: origin_of(&self.call, session),
            payer,
            direction: Direction::Internal,
            from: self.from.clone(),
            to,
            agent: None,
            link: None,
            cut_off: CutOff::Movable,
        };
        let asked = Request { owner: self.owner.clone(), key: None, what: What::Authorize(new) };
        match self.engine.charge(self.call.tenant, asked).await {
            Ok(Reply::Granted(grant)) => {
                self.sessions.insert(session, Open { id: grant.session, beats_at: None });
                Event::Granted { session, granted: grant.granted }
            }
            Ok(Reply::Ended(_)) => Event::Refused { session, cause: Cause::Failed },
            Err(error) if self.free => {
                tracing::error!(%error, call = self.call.origin, "an emergency or service call goes through without charging");
                let unlimited = Granted { seconds: None, reaches_seconds: None, warn_at_seconds: Vec::new() };
                Event::Granted { session, granted: unlimited }
            }
            Err(error) => {
                tracing::info!(%error, call = self.call.origin, "a call is not let through");
                Event::Refused { session, cause: cause_of(&error) }
            }
        }
    }

    /// A step of a session that runs: what is granted after it.
    async fn go_on(&mut self, session: u8, step: Step) -> Event {
        let Some(id) = self.sessions.get(&session).map(|open| open.id.clone()) else {
            // An emergency call without a session goes on; of another there is nothing to go on.
            return if self.free { Event::Woke } else { Event::Refused { session, cause: Cause::Failed } };
        };
        match self.step(&id, step).await {
            Ok(Reply::Granted(grant)) => {
                if let Some(open) = self.sessions.get_mut(&session) {
                    open.beats_at = Some(next_beat(&grant, self.engine.clock().now()));
                }
                if session == 0 {
                    self.show_cost(&id).await;
                }
                Event::Granted { session, granted: grant.granted }
            }
            // Its sign of life was missed: it is over for charging.
            Ok(Reply::Ended(_)) => Event::Settled { session },
            Err(error) => {
                tracing::warn!(%error, call = self.call.origin, "a call cannot go on");
                Event::Refused { session, cause: cause_of(&error) }
            }
        }
    }

    /// Settles a session, whatever it takes: what a call comes to is never lost.
    async fn settle(&mut self, session: u8, ending: Ending) -> Event {
        let Some(open) = self.sessions.get_mut(&session) else { return Event::Settled { session } };
        open.beats_at = None;
        let id = open.id.clone();
        let step = Step::Settle(charging::Ending {
            answered_at: ending.answered_at,
            ended_at: EndsAt::At(ending.ended_at),
            disposition: Some(disposition(ending.outcome)),
            cause: Some(ending.cause.q850()),
        });
        loop {
            match self.step(&id, step.clone()).await {
                Ok(Reply::Ended(ended)) => {
                    if session == 0 {
                        self.show_charge(&ended, ending);
                    }
                    return Event::Settled { session };
                }
                Ok(Reply::Granted(_)) | Err(ChargingError::Refused(_)) => {
                    tracing::warn!(call = self.call.origin, "charging has closed a call otherwise than it ended");
                    return Event::Settled { session };
                }
                // The engine is being closed: the next program finds the flow.
                Err(ChargingError::Closed) => return Event::Woke,
                Err(error) => {
                    tracing::warn!(%error, call = self.call.origin, "a call's end is not written yet; it is tried again");
                    tokio::time::sleep(PAUSE).await;
                }
            }
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
            let reply = self.step(&id, Step::Beat).await;
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

    async fn step(&self, id: &str, step: Step) -> Result<Reply, ChargingError> {
        let what = What::Step { session: id.to_owned(), step };
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

/// The origin of a part of a call.
pub(super) fn origin_of(call: &CallRef, session: u8) -> String {
    match session {
        0 => call.origin.clone(),
        part => format!("{}/{part}", call.origin),
    }
}

/// Halfway to when a sign of life is expected.
fn next_beat(grant: &Grant, now: Instant) -> Instant {
    let left = grant.alive_until.millis_since(now);
    Instant::clamped(now.millis() + (left / 2).max(1000))
}

fn disposition(outcome: Outcome) -> Disposition {
    match outcome {
        Outcome::Answered => Disposition::Answered,
        Outcome::Busy => Disposition::Busy,
        Outcome::NoAnswer => Disposition::NoAnswer,
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
