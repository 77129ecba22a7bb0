//! The flow of a call, without I/O: a state, an event and an instant become a state and commands.
//!
//! An adapter of a switch turns what its provider says into events, and actions into what its provider understands; charging
//! answers with events too. So a call goes the same way through every switch, and every way can be tested as a table.
//!
//! The words speak of legs, never of caller and callee: leg 0 came in, the others were rung; of a call that we place all were. What a call with two parties does is
//! here; groups, screening and voicemail are more stages of the same machine.
//!
//! Timers are no commands: [`Flow::wakes_at`] follows from the state, so that after a restart they are there again with it.

mod carried;
mod end;
mod group;
mod hunt;
mod message;
mod part;
mod placed;
mod setup;
mod talk;
mod vocabulary;
mod words;

use serde::{Deserialize, Serialize};

pub use carried::{Carried, RoutedBy};
pub use group::{Choice, Fallback, Group, Member, Phone, Says, Strategy, Waits};
pub use hunt::{Attempt, AttemptResult, Hunt, Hunting};
pub use message::Leaving;
pub use part::Part;
pub use placed::{CallBack, Placed};
pub use vocabulary::{
    Action, Asked, Bound, Cause, Charge, Command, Destination, Ending, Event, Leg, Mailbox, Outcome, Party, Recorded,
    Transfer, Via,
};
pub use words::Words;

use crate::charging::{self, Session};
use crate::time::Instant;
use part::after;

/// The form in which flows are stored.
const SCHEMA: u32 = 1;
/// How long a phone has to say that it rings, in milliseconds: one that is silent is not there.
const AT_ONCE_MILLIS: i64 = 1500;
/// The same for one that a network leads to, which takes its time.
const IN_TIME_MILLIS: i64 = 20_000;
/// How long a phone rings, in seconds. Phones give up by themselves after 15; this is for those that do not.
const RING_SECONDS: u32 = 20;
/// How long a number outside rings, in seconds: whoever answers there gives up before, or has a mailbox.
const OUTSIDE_SECONDS: u32 = 90;
/// How long a caller has to be ready to talk once its call is answered, in seconds.
const CONFIRM_SECONDS: i64 = 5;
/// How long it takes until an emergency call rings again that was not taken, in seconds.
const TRY_AGAIN_SECONDS: i64 = 3;
/// How often an emergency call is tried whose target has no phone.
const TRIES_WITHOUT_PHONE: u32 = 10;
/// How many parts a call has at most: how often it is sent on, and one more.
pub const MOST_PARTS: usize = 5;

/// A call on its way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Flow {
    schema: u32,
    /// Who calls.
    pub caller: Party,
    /// The number, as it was dialled.
    pub dialled: String,
    /// Its charged parts, the caller's own first.
    pub parts: Vec<Part>,
    /// How far it is.
    pub stage: Stage,
    /// How soon its switch's phones say that they ring.
    #[serde(default, skip_serializing_if = "Acknowledges::is_usual")]
    pub acknowledges: Acknowledges,
    /// What it has beside others, where we place it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub placed: Option<Placed>,
    /// Its way through a group, if one is called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hunt: Option<Box<Hunt>>,
    /// How many legs it has had.
    legs: u8,
    /// How often an emergency call was not taken.
    #[serde(default)]
    tries: u32,
    /// That somebody wanted it to end before it was known where it leads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    stopped: Option<Cause>,
    /// Until when it was proved alive, where its legs are not there again after a restart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    absent_since: Option<Instant>,
    /// What has happened, the first first.
    pub history: Vec<Moment>,
}

/// How far a call is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Stage {
    /// It is looked up where a number leads.
    Routing,
    /// Charging is asked for the last part.
    Authorizing,
    /// The phone of who calls rings, or is to: we place the call.
    Calling {
        /// Whether it has said so.
        rung: bool,
        /// Until when it has time for what is next.
        until: Instant,
    },
    /// Who took a phone up is asked to press 1.
    Asking {
        /// Its leg.
        leg: Leg,
        /// Until when there is time for it.
        until: Instant,
    },
    /// A phone rings, or is to.
    Ringing {
        /// Its leg.
        leg: Leg,
        /// Whether it has said so.
        rung: bool,
        /// Whether it is heard already, by a trunk.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        heard: bool,
        /// Until when it has time for what is next.
        until: Instant,
    },
    /// An emergency call was not taken: it rings again in a moment.
    Waiting {
        /// When.
        until: Instant,
    },
    /// Somebody of a group is looked for: the caller is there, and hears what is done.
    Hunting {
        /// How far that is.
        step: Hunting,
        /// Until when there is time for what is next.
        until: Instant,
    },
    /// It was answered; the caller gets ready to talk.
    Accepted {
        /// The leg that answered.
        leg: Leg,
        /// Until when the caller has time.
        until: Instant,
    },
    /// Both talk.
    Talking {
        /// The leg that answered.
        leg: Leg,
        /// Since when: what is charged begins here.
        answered_at: Instant,
    },
    /// Nobody has taken it: who calls leaves a message. It is charged no more.
    Leaving {
        /// How far that is.
        step: Leaving,
        /// How the call has ended for the one who was called.
        ending: Ending,
        /// Until when there is time for what is next.
        until: Instant,
    },
    /// It is over.
    Over(Ending),
}

/// How soon a called phone says that it rings.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Acknowledges {
    /// By itself, within a moment.
    #[default]
    AtOnce,
    /// When the network that leads to it has found it: that may take seconds.
    InTime,
}

/// Something that happened to a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Moment {
    /// When.
    pub at: Instant,
    /// What.
    pub what: Happened,
}

/// What happens to a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Happened {
    /// A number was dialled.
    Dialled,
    /// It may begin.
    Authorized,
    /// The phone of who calls rings: we place the call.
    Called,
    /// Who calls is there: the called phone can ring.
    Ready,
    /// A phone rings.
    Ringing,
    /// It was not taken, and goes on to another number.
    Forwarded,
    /// Who has taken it passes it on to somebody else.
    Transferred,
    /// The called phone was taken up.
    Accepted,
    /// Nobody has taken it: the caller leaves a message.
    Message,
    /// The caller has left one.
    MessageLeft,
    /// Both are ready to talk.
    Answered,
    /// The payer has more, and the call may last longer.
    Lengthened,
    /// The payer was warned.
    Warned,
    /// It is over.
    Ended(Cause),
}

/// What was said makes no sense where the call is. Nothing has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it makes no sense where the call is")]
pub struct OutOfOrder;

type Taken = Result<Vec<Command>, OutOfOrder>;

impl Flow {
    /// A call that comes in, and what is to be done first.
    #[must_use]
    pub fn incoming(caller: Party, dialled: String, now: Instant) -> (Flow, Vec<Command>) {
        let route = Command::Route(Asked { by: caller.clone(), from: caller.clone(), to: dialled.clone() });
        let mut flow = Flow {
            schema: SCHEMA,
            caller,
            dialled,
            parts: Vec::new(),
            stage: Stage::Routing,
            acknowledges: Acknowledges::default(),
            placed: None,
            hunt: None,
            legs: 1,
            tries: 0,
            stopped: None,
            absent_since: None,
            history: Vec::new(),
        };
        flow.note(Happened::Dialled, now);
        (flow, vec![route])
    }

    /// Takes an event, and tells what is to be done.
    ///
    /// # Errors
    /// It makes no sense where the call is; then nothing has changed.
    pub fn take(&mut self, event: &Event, now: Instant) -> Taken {
        match (&self.stage, event) {
            (_, Event::LegRefused { leg, reason }) => self.leg_refused(*leg, reason, now),
            (_, Event::PassedOn { agent }) => self.passed_on(agent, now),
            (Stage::Over(_), _) => self.when_over(event),
            (Stage::Leaving { step, until, .. }, _) => self.when_leaving(event, (*step, *until), now),
            (_, Event::Settled { session }) => {
                // Charging has given a part up by itself: it went without a sign of life for too long.
                self.parts.get_mut(usize::from(*session)).ok_or(OutOfOrder)?.settled = true;
                Ok(if self.is_free() { Vec::new() } else { self.end(None, Cause::Lost, now) })
            }
            // Whatever charging says, an emergency call goes on.
            (Stage::Authorizing, Event::Refused { session, .. }) if self.is_free() => {
                self.parts.get_mut(usize::from(*session)).ok_or(OutOfOrder)?.settled = true;
                Ok(self.ring(now))
            }
            (_, Event::Refused { .. }) if self.is_free() => Ok(Vec::new()),
            (_, Event::Stopped(_)) if self.is_free() => Err(OutOfOrder),
            (Stage::Routing, Event::Stopped(cause)) if self.parts.is_empty() => {
                // It may be an emergency call: that is known in a moment.
                self.stopped = Some(*cause);
                Ok(Vec::new())
            }
            (_, Event::Stopped(cause)) => Ok(self.end(None, *cause, now)),
            (_, Event::Suspended { line }) => Ok(self.suspended(line, now)),
            (Stage::Asking { leg, until }, Event::PromptEnded(_)) => Ok(self.ask_again((*leg, *until), now)),
            (Stage::Hunting { step, until }, Event::PromptEnded(_)) => self.when_hunting(event, (*step, *until), now),
            // It has heard that another has taken the call.
            (_, Event::PromptEnded(leg)) if self.is_left_over(*leg) => {
                let end = Action::EndLeg { leg: *leg, cause: Cause::TakenElsewhere };
                Ok(vec![Command::Perform(end)])
            }
            // Nobody waits for these: a switch that tells them late, or twice, does no harm.
            (_, Event::PromptEnded(_) | Event::Recorded { .. }) => Ok(Vec::new()),
            (_, Event::Transferred { to }) => self.transferred(to, now),
            (Stage::Talking { leg, .. }, _) => self.when_talking(event, *leg, now),
            (_, Event::SwitchLost { .. } | Event::SwitchBack { .. }) => Ok(self.end(None, Cause::Failed, now)),
            (_, Event::ToppedUp) => Ok(Vec::new()),
            (Stage::Calling { .. }, _) => self.when_calling(event, now),
            (Stage::Hunting { step, until }, _) => self.when_hunting(event, (*step, *until), now),
            (_, Event::LegEnded { leg: Leg::FIRST, at, .. }) => {
                Ok(self.end(Some(Leg::FIRST), Cause::HungUp, at.unwrap_or(now)))
            }
            (Stage::Routing, _) => self.when_routing(event, now),
            (Stage::Authorizing, _) => self.when_authorizing(event, now),
            (Stage::Ringing { leg, .. }, _) => self.when_ringing(event, *leg, now),
            (Stage::Asking { leg, until }, _) => self.when_asking(event, (*leg, *until), now),
            (Stage::Waiting { until }, _) => self.when_waiting(event, *until, now),
            (Stage::Accepted { leg, until }, _) => self.when_accepted(event, (*leg, *until), now),
        }
    }

    /// When the flow is to be woken; never, where it waits for others alone.
    #[must_use]
    pub fn wakes_at(&self) -> Option<Instant> {
        match &self.stage {
            Stage::Calling { until, .. }
            | Stage::Asking { until, .. }
            | Stage::Ringing { until, .. }
            | Stage::Waiting { until }
            | Stage::Leaving { until, .. }
            | Stage::Accepted { until, .. } => Some(*until),
            Stage::Hunting { until, .. } => {
                let legs = self.hunt.as_ref().and_then(|hunt| hunt.wakes_at());
                [Some(*until), legs, self.money_wakes_at()].into_iter().flatten().min()
            }
            // Before its legs are there again, nothing is due.
            Stage::Talking { .. } if self.absent_since.is_some() => None,
            Stage::Talking { .. } => self.money_wakes_at(),
            Stage::Routing | Stage::Authorizing | Stage::Over(_) => None,
        }
    }

    /// Whether an emergency or service number is called: the call is never refused, charged or cut.
    #[must_use]
    pub fn is_free(&self) -> bool {
        self.parts.first().is_some_and(|part| part.destination.free)
    }

    /// Whether its voices may go through a relay alone: a paid agent is called, or a group, or neither party is to know where the other is.
    #[must_use]
    pub fn is_relayed(&self) -> bool {
        self.hunt.is_some() || self.placed.is_some() || self.parts.iter().any(|part| part.destination.agent.is_some())
    }

    /// Whether what is spoken is recorded.
    #[must_use]
    pub fn recorded(&self) -> Recorded {
        self.parts.last().map_or(Recorded::No, |part| part.destination.recorded)
    }

    /// Whether it is over, and charging has closed all of it.
    #[must_use]
    pub fn is_done(&self) -> bool {
        matches!(self.stage, Stage::Over(_)) && self.parts.iter().all(|part| part.settled)
    }

    /// How it ended, if it has.
    #[must_use]
    pub fn ending(&self) -> Option<&Ending> {
        match &self.stage {
            Stage::Over(ending) => Some(ending),
            _ => None,
        }
    }

    /// Whether the caller has left a message.
    #[must_use]
    pub fn has_left_message(&self) -> bool {
        self.history.iter().any(|moment| moment.what == Happened::MessageLeft)
    }

    /// Since when it is answered, and charged, if it is.
    #[must_use]
    pub fn answered_at(&self) -> Option<Instant> {
        match &self.stage {
            Stage::Talking { answered_at, .. } => Some(*answered_at),
            // Whoever answered has passed it on.
            Stage::Hunting { .. } => self.hunt.as_ref()?.answered_at,
            Stage::Over(ending) => ending.answered_at,
            _ => None,
        }
    }

    /// When something is due for its money.
    fn money_wakes_at(&self) -> Option<Instant> {
        let answered_at = self.answered_at()?;
        self.parts.iter().filter_map(|part| part.wakes_at(answered_at)).min()
    }

    /// The party that rings or talks at the other end, and its leg.
    #[must_use]
    pub fn called(&self) -> Option<(Leg, &Party)> {
        let leg = match &self.stage {
            Stage::Ringing { leg, .. } | Stage::Accepted { leg, .. } | Stage::Talking { leg, .. } => leg,
            Stage::Asking { leg, .. } if *leg != Leg::FIRST => leg,
            _ => return None,
        };
        match self.hunt.as_ref() {
            Some(hunt) => hunt.rung(*leg).map(|rung| (*leg, &rung.phone.party)),
            None => self.parts.last().map(|part| (*leg, &part.destination.rings)),
        }
    }

    /// Takes the call up again after a restart: what charging has on record is newer than what was written down of its way. `seen_at` is when
    /// the last program was last there, and the call last proved alive, if an earlier restart does not say otherwise: that is answered.
    pub fn recovered(&mut self, sessions: &[Option<&Session>], seen_at: Instant) -> Instant {
        for (part, session) in self.parts.iter_mut().zip(sessions) {
            part.extending = false;
            let Some(session) = session else { continue };
            part.granted = Some(session.granted.clone());
            part.settled = matches!(session.stage, charging::Stage::Ended(_));
        }
        let answered_at = sessions.first().copied().flatten().and_then(Session::answered_at);
        if let (Some((leg, _)), Some(answered_at)) = (self.called(), answered_at) {
            self.stage = Stage::Talking { leg, answered_at };
        }
        // Where charging has closed a part it knew better than what was written down last.
        let ended = sessions.iter().flatten().filter_map(|session| match &session.stage {
            charging::Stage::Ended(end) => Some(end.ended_at),
            _ => None,
        });
        let proved_at = ended.fold(self.absent_since.unwrap_or(seen_at), Instant::min);
        self.absent_since = Some(proved_at);
        proved_at
    }

    /// Until when it was proved alive, where its legs are not there again after a restart.
    #[must_use]
    pub fn absent_since(&self) -> Option<Instant> {
        self.absent_since
    }

    /// The legs that talk.
    #[must_use]
    pub fn talking(&self) -> Option<[Leg; 2]> {
        match &self.stage {
            Stage::Talking { leg, .. } => Some([Leg::FIRST, *leg]),
            _ => None,
        }
    }

    /// Whether a leg was rung beside the one that has taken the call.
    fn is_left_over(&self, leg: Leg) -> bool {
        let is_known = |hunt: &Hunt| hunt.rung(leg).is_some();
        leg != Leg::FIRST && self.hunt.as_ref().is_some_and(|hunt| !is_known(hunt))
    }

    fn acknowledge_millis(&self) -> i64 {
        match self.acknowledges {
            Acknowledges::AtOnce => AT_ONCE_MILLIS,
            Acknowledges::InTime => IN_TIME_MILLIS,
        }
    }

    fn note(&mut self, what: Happened, at: Instant) {
        self.history.push(Moment { at, what });
    }

    fn charge(session: usize, charge: Charge) -> Command {
        Command::Charge { session: u8::try_from(session).unwrap_or(u8::MAX), charge }
    }
}

impl Acknowledges {
    fn is_usual(&self) -> bool {
        *self == Acknowledges::default()
    }
}

#[cfg(test)]
mod tests;
