//! The telephone as a state machine: what its user does and what the exchange says comes in, what is to be done goes out.
//! It does no input or output and has no clock: `now` is an argument, counted from any instant that stays the same.

mod blocking;
mod dialling;
mod exchange;
mod hand;
mod heard;
mod money;
mod paper;
#[cfg(test)]
mod tests;

use std::time::Duration;

use serde_json::{Value, json};

use blocking::Blocking;
use dialling::DialPlan;

pub use blocking::Change;
pub use heard::Heard;
pub use money::{Charge, Meter, clock};
pub use paper::{Line, Paper, Speaker};

/// A phone rings so long, then it refuses the call.
const RINGS_FOR: Duration = Duration::from_secs(15);
/// The bell strikes again after this pause.
const BELL_EVERY: Duration = Duration::from_secs(3);
/// A call survives so long without a connection.
const SURVIVES: Duration = Duration::from_secs(10);
/// An exchange that knows the phone again says within this time that its call goes on.
const RESUMES: Duration = Duration::from_secs(2);

/// What happens to a telephone.
#[derive(Debug, Clone, PartialEq)]
pub enum Input {
    /// The handset is lifted if it is down, and put down if it is not.
    Hook,
    /// The handset is lifted: to dial, or to answer. Nothing if it is lifted already.
    Lift,
    /// The handset is put down. Nothing if it is down already.
    PutDown,
    /// A key: a digit, `*`, `#`, or `+`. The first that is dialled lifts the handset.
    Key(char),
    /// The last digit that was dialled is taken back.
    Erase,
    /// A whole number, which the dial plan does not look at. Needs the dial tone.
    Dial(String),
    /// A typed line, for the other party, or for the recording.
    Text(String),
    /// A change of the call blocking, without the code for it.
    Block(Change, String),
    /// The exchange sends an event.
    FromExchange {
        /// The event's name.
        name: String,
        /// Its arguments.
        args: Vec<Value>,
    },
    /// The exchange answers a [`Command::Ask`], or the reason why it does not.
    Answer(Result<Value, String>),
    /// The connection with the exchange is lost, and being tried again.
    Lost,
    /// Time goes by: to be told several times a second.
    Tick,
}

/// What a telephone wants done.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// Send an event.
    Send {
        /// Its name.
        event: &'static str,
        /// Its arguments.
        args: Vec<Value>,
    },
    /// Send an event and bring the acknowledgement back as [`Input::Answer`].
    Ask {
        /// Its name.
        event: &'static str,
        /// Its arguments.
        args: Vec<Value>,
    },
    /// Strike the bell.
    Bell,
    /// End the phone, for this reason.
    Quit(String),
}

/// What a telephone is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// The handset is down, and the phone is quiet.
    OnHook,
    /// The handset is down, and the phone rings.
    Rings,
    /// The handset is up: a number can be, or is being dialled.
    Dialling,
    /// A call is being put through.
    Calling,
    /// The other phone rings.
    CalleeRings,
    /// A call was answered here; the connection comes.
    Answering,
    /// The call is up.
    Talking,
    /// The handset is up, and a call was not possible or is over.
    Over,
    /// Call blocking is open.
    Blocking,
}

#[derive(Debug)]
enum Stage {
    OnHook,
    Rings { caller: Caller, since: Duration, struck_at: Duration },
    Dialling { digits: String, dialled_at: Duration },
    Calling { number: String, rings: bool, prompted: bool },
    Answering { caller: Caller },
    Talking { party: String, since: Duration },
    Over { heard: Heard },
    Blocking(Blocking),
}

/// Who calls: as the exchange says it, which is what it wants to hear again, and as it is shown.
#[derive(Debug, Clone)]
struct Caller {
    told: Value,
    shown: String,
}

/// A telephone.
#[derive(Debug)]
pub struct Telephone {
    number: String,
    plan: DialPlan,
    stage: Stage,
    registered: bool,
    lost_at: Option<Duration>,
    /// A call was given up while the exchange could not be told.
    hang_up_owed: bool,
    /// By when the exchange is to say that the call goes on, after a lost connection.
    resumes_by: Option<Duration>,
    meter: Option<Meter>,
    charge: Option<Charge>,
    not_possible: Option<String>,
    ended: bool,
    warned: Option<u64>,
    prompted: bool,
    recording: bool,
    blocked: Option<Vec<String>>,
    questions: usize,
    /// So many questions were refused, and their answers will not come.
    refused: usize,
    refusal: Option<String>,
    paper: Paper,
}

impl Telephone {
    /// A telephone with this number, on hook, that has not heard from the exchange yet.
    pub fn new(number: &str) -> Telephone {
        Telephone {
            number: paper::printable(number),
            plan: DialPlan::default(),
            stage: Stage::OnHook,
            registered: false,
            lost_at: None,
            hang_up_owed: false,
            resumes_by: None,
            meter: None,
            charge: None,
            not_possible: None,
            ended: false,
            warned: None,
            prompted: false,
            recording: false,
            blocked: None,
            questions: 0,
            refused: 0,
            refusal: None,
            paper: Paper::default(),
        }
    }

    /// Takes what happens, and says what is to be done.
    pub fn take(&mut self, input: Input, now: Duration) -> Vec<Command> {
        match input {
            Input::Hook if self.is_off_hook() => self.put_down(),
            Input::PutDown if self.is_off_hook() => self.put_down(),
            Input::PutDown => Vec::new(),
            Input::Lift if self.is_off_hook() => Vec::new(),
            Input::Hook | Input::Lift => self.lift(now),
            Input::Key(key) => self.key(key, now),
            Input::Erase => self.erase(now),
            Input::Dial(number) => self.dial_whole(&number),
            Input::Text(text) => self.say(&text),
            Input::Block(change, number) => self.change_blocking(change, &number),
            Input::FromExchange { name, args } => self.hear(&name, &args, now),
            Input::Answer(answer) => self.answered(answer),
            Input::Lost => self.lost(now),
            Input::Tick => self.tick(now),
        }
    }

    fn lost(&mut self, now: Duration) -> Vec<Command> {
        self.registered = false;
        self.lost_at.get_or_insert(now);
        self.note("The connection with the exchange is lost. It is being tried again.");
        Vec::new()
    }

    fn tick(&mut self, now: Duration) -> Vec<Command> {
        if self.lost_at.is_some_and(|lost_at| now.saturating_sub(lost_at) >= SURVIVES) && self.has_call() {
            self.hang_up_owed = true;
            self.lose_call();
        }
        if self.resumes_by.is_some_and(|by| now >= by) {
            self.lose_call();
        }
        match &mut self.stage {
            Stage::Rings { caller, since, .. } if now.saturating_sub(*since) >= RINGS_FOR => {
                let refusal = send("call_refused", vec![caller.told.clone(), json!("timeout")]);
                let caller = caller.shown.clone();
                self.miss(&caller);
                if self.registered { vec![refusal] } else { Vec::new() }
            }
            Stage::Rings { struck_at, .. } if now.saturating_sub(*struck_at) >= BELL_EVERY => {
                *struck_at = now;
                vec![Command::Bell]
            }
            Stage::Dialling { digits, dialled_at } => {
                let number = self.plan.after_pause(digits, now.saturating_sub(*dialled_at)).map(str::to_owned);
                number.map(|number| self.make_call(number)).unwrap_or_default()
            }
            _ => Vec::new(),
        }
    }

    fn note(&mut self, text: &str) {
        self.paper.write(Speaker::Phone, text);
    }

    /// Forgets the call before: another one begins.
    fn begin_call(&mut self) {
        // Told by now, if the exchange can be told anything.
        self.hang_up_owed &= !self.registered;
        self.meter = None;
        self.charge = None;
        self.not_possible = None;
        self.ended = false;
        self.warned = None;
        self.prompted = false;
        self.recording = false;
    }

    /// A call that rang here is over before it was answered.
    fn miss(&mut self, caller: &str) {
        self.ended = true;
        self.stage = Stage::OnHook;
        self.note(&format!("A call from {caller} was not answered."));
    }

    /// The call has not survived the loss of the connection.
    fn lose_call(&mut self) {
        self.end_call(Heard::FastBusy);
        self.note("The call is over: it was lost with the connection.");
    }

    fn end_call(&mut self, heard: Heard) {
        self.ended = true;
        self.resumes_by = None;
        self.recording = false;
        self.stage = Stage::Over { heard };
    }
}

/// What a telephone shows.
impl Telephone {
    /// This phone's number.
    pub fn number(&self) -> &str {
        &self.number
    }

    /// What it is doing.
    pub fn state(&self) -> State {
        match &self.stage {
            Stage::OnHook => State::OnHook,
            Stage::Rings { .. } => State::Rings,
            Stage::Dialling { .. } => State::Dialling,
            Stage::Calling { rings: true, .. } => State::CalleeRings,
            Stage::Calling { .. } => State::Calling,
            Stage::Answering { .. } => State::Answering,
            Stage::Talking { .. } => State::Talking,
            Stage::Over { .. } => State::Over,
            Stage::Blocking(_) => State::Blocking,
        }
    }

    /// Whether the handset is up.
    pub fn is_off_hook(&self) -> bool {
        !matches!(self.stage, Stage::OnHook | Stage::Rings { .. })
    }

    /// Whether there is a call that hanging up would end.
    pub fn has_call(&self) -> bool {
        matches!(self.stage, Stage::Calling { .. } | Stage::Answering { .. } | Stage::Talking { .. })
    }

    /// Whether the exchange knows the phone at present.
    pub fn is_registered(&self) -> bool {
        self.registered
    }

    /// Whether the connection with the exchange is lost.
    pub fn is_lost(&self) -> bool {
        self.lost_at.is_some()
    }

    /// What is heard in the handset.
    pub fn heard(&self) -> Heard {
        match &self.stage {
            Stage::OnHook => Heard::Silence,
            Stage::Rings { .. } => Heard::Bell,
            Stage::Dialling { .. } if !self.registered => Heard::Silence,
            Stage::Dialling { digits, .. } if digits.is_empty() => Heard::DialTone,
            Stage::Dialling { .. } => Heard::Silence,
            Stage::Calling { prompted: true, .. } => Heard::Connection,
            Stage::Calling { rings: true, .. } => Heard::Ringing,
            Stage::Calling { .. } | Stage::Answering { .. } => Heard::Connecting,
            Stage::Talking { .. } | Stage::Blocking(_) => Heard::Connection,
            Stage::Over { heard } => *heard,
        }
    }

    /// The number on the display: the one that is dialled, or the other party's.
    pub fn display(&self) -> String {
        match &self.stage {
            Stage::OnHook | Stage::Over { .. } => String::new(),
            Stage::Rings { caller, .. } | Stage::Answering { caller } => caller.shown.clone(),
            Stage::Dialling { digits, .. } => self.plan.shown(digits),
            Stage::Calling { number, .. } => number.clone(),
            Stage::Talking { party, .. } => party.clone(),
            Stage::Blocking(blocking) => blocking.display(),
        }
    }

    /// For how many seconds the call has been up, as far as this phone knows.
    pub fn talking_seconds(&self, now: Duration) -> Option<u64> {
        match self.stage {
            Stage::Talking { since, .. } => Some(now.saturating_sub(since).as_secs()),
            _ => None,
        }
    }

    /// What the call costs that is up, or that was the last; for the payer.
    pub fn meter(&self) -> Option<&Meter> {
        self.meter.as_ref()
    }

    /// What the last call has cost; for the payer.
    pub fn charge(&self) -> Option<&Charge> {
        self.charge.as_ref()
    }

    /// The reason why the last call was not possible.
    pub fn not_possible(&self) -> Option<&str> {
        self.not_possible.as_deref()
    }

    /// Whether a call has ended, or was not possible, or was not answered here, and none has begun since.
    pub fn has_ended(&self) -> bool {
        self.ended
    }

    /// The seconds that were left when the exchange last warned, in this call.
    pub fn warned(&self) -> Option<u64> {
        self.warned
    }

    /// Whether the exchange has said something in this call.
    pub fn is_prompted(&self) -> bool {
        self.prompted
    }

    /// Whether the next line of text is a recording for the exchange.
    pub fn is_recording(&self) -> bool {
        self.recording
    }

    /// The numbers whose calls this line refuses, once the exchange has told them.
    pub fn blocked(&self) -> Option<&[String]> {
        self.blocked.as_deref()
    }

    /// Whether an answer of the exchange is still due.
    pub fn has_questions(&self) -> bool {
        self.questions > 0
    }

    /// Why the last change of the call blocking was refused.
    pub fn refusal(&self) -> Option<&str> {
        self.refusal.as_deref()
    }

    /// What was said.
    pub fn paper(&self) -> &Paper {
        &self.paper
    }
}

fn send(event: &'static str, args: Vec<Value>) -> Command {
    Command::Send { event, args }
}
