//! Charging calls while they run: sessions, and the combiner that carries their money.
//!
//! A session is its call's row: the row is the key (its origin), the hold, the answers given, and in the end the CDR. Every request
//! goes through the combiner ([`Charging::ask`]), which takes what has gathered while its last transaction was committed, decides in
//! order by the rules of `domain::charging`, and writes all of it at once.

mod authorize;
mod batch;
mod carried;
mod combiner;
mod decide;
mod entry;
mod error;
mod events;
mod limits;
mod live_cost;
mod load;
mod purse;
mod save;
mod stored;
mod talk_time;
mod told;
mod view;
mod watch;

use domain::call_flow::Carried;
use domain::charging::{CutOff, End, Granted};
use domain::invalid::Invalid;
use domain::money::{Amount, Currency};
use domain::time::Instant;
use serde::Serialize;

use crate::calls::{Direction, Disposition, Payer};

pub use combiner::Charging;
pub(crate) use decide::fingerprint;
pub use error::{ChargingError, Refused};
pub use events::{ChargedEvent, EventPayer, NewEvent};
pub use live_cost::LiveCost;
pub use stored::{Done, Event};
pub use talk_time::{CallPrice, TalkTime, live_calls, talk_time, talk_time_to};
pub use view::{LiveFilter, Session, get, live};
pub use watch::{Watch, lengthen, lengthen_calls};

/// What is asked of the combiner, and by whom.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Request {
    /// Whose switch asks: the name of its key. A session is there for its owner alone.
    pub owner: String,
    /// The request's key. The same request with it gets the same answer. An authorization's key is its origin.
    pub key: Option<String>,
    /// What is asked.
    pub what: What,
}

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum What {
    /// Opens a session.
    Authorize(NewSession),
    /// A step of a session.
    Step {
        /// The session: the id of its call.
        session: String,
        /// The step.
        step: Step,
    },
}

/// A call that is to be let through.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Hash)]
pub struct NewSession {
    /// The switch and what the call is to it: the key of the request. What has the same origin is the same call.
    pub origin: String,
    /// Who pays.
    pub payer: Payer,
    /// Which way it goes.
    pub direction: Direction,
    /// The caller's number as the switch has it; may be empty.
    pub from: String,
    /// The number called, as it was dialled.
    pub to: String,
    /// The id of the paid agent who is called.
    pub agent: Option<String>,
    /// What the switch's records of one conversation have in common.
    pub link: Option<String>,
    /// Whether the switch can move the end of the call once it runs.
    pub cut_off: CutOff,
    /// Whether nothing is charged: the call comes from outside to the line, whose record it is, or goes back to who has called a group.
    pub unpaid: bool,
}

/// What happens to a session.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Step {
    /// Its call was answered.
    Answer {
        /// When; now, where the switch does not tell.
        answered_at: Option<Instant>,
    },
    /// A leg of its call was answered that a trunk carries: what that costs the tenant is written when the call ends.
    Carry(Carried),
    /// The call is to go on beyond what is granted.
    Extend,
    /// Its call has ended.
    Settle(Ending),
    /// It is given up before its call was answered.
    Release,
    /// The switch still carries it.
    Beat,
    /// Time has passed: it lapses, or is lost, if that is due. Asked by [`Watch`] alone.
    Tend,
    /// Its payer has more money: what is granted is raised, where that was the limit.
    Lengthen,
}

/// The end of a call.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Ending {
    /// When it was answered, where the switch tells it again.
    pub answered_at: Option<Instant>,
    /// When it ended.
    pub ended_at: EndsAt,
    /// How it went.
    pub disposition: Option<Disposition>,
    /// The cause of its end by ITU-T Q.850.
    pub cause: Option<u16>,
}

/// When a call ended, as its switch tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EndsAt {
    /// It does not tell: now.
    Now,
    /// At an instant.
    At(Instant),
    /// So many milliseconds after its answer.
    After(i64),
}

/// What a switch is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// The session goes on.
    Granted(Grant),
    /// It is over.
    Ended(Ended),
}

/// What is granted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// The session: the id of its call.
    pub session: String,
    /// How long the call may last.
    pub granted: Granted,
    /// What is held for that.
    pub held: Amount,
    /// Of what.
    pub currency: Currency,
    /// Until when a sign of life is expected: an answer before it is answered, a step or a heartbeat afterwards.
    pub alive_until: Instant,
    /// Whether it is the answer to an earlier request.
    pub repeated: bool,
}

/// How a session ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    /// The session: the id of its call.
    pub session: String,
    /// How, and what it came to.
    pub end: End,
    /// Of what.
    pub currency: Currency,
    /// Whether it is the answer to an earlier request.
    pub repeated: bool,
}

impl Request {
    /// A request of the program itself, for a session of whomever.
    fn own(session: &str, step: Step) -> Request {
        Request { owner: String::new(), key: None, what: What::Step { session: session.to_owned(), step } }
    }

    /// Refuses what no database takes, before it can harm the requests that it would share a transaction with.
    fn check(&self) -> Result<(), Refused> {
        const NUL: char = '\0';
        match &self.what {
            What::Step { session, .. } if session.contains(NUL) => Err(Refused::NotFound(session.replace(NUL, ""))),
            What::Step { .. } => Ok(()),
            What::Authorize(new) => {
                let (Payer::Line(payer) | Payer::Number(payer) | Payer::Account(payer)) = &new.payer;
                let agent = new.agent.as_deref().unwrap_or_default();
                let texts = [("/origin", new.origin.as_str()), ("/line", payer), ("/agent", agent)];
                match texts.iter().find(|(_, text)| text.contains(NUL)) {
                    Some((pointer, _)) => Err(Invalid::at(*pointer, "must not contain the character U+0000").into()),
                    None => Ok(()),
                }
            }
        }
    }

    /// Whether it is a sign of life.
    fn is_beat(&self) -> bool {
        matches!(self.what, What::Step { step: Step::Beat | Step::Extend, .. })
    }

    /// Whether it may be refused while there is too much to do: a new call may; what is said of one that runs never is.
    fn is_new_call(&self) -> bool {
        matches!(self.what, What::Authorize(_))
    }
}
