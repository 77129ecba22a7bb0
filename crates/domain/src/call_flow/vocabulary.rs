use serde::{Deserialize, Serialize};

use super::{Carried, Group, Member, RoutedBy, Words};
use crate::charging::Granted;
use crate::screening::Forwarding;
use crate::time::Instant;

/// One party's part in a call, by the order of its coming: 0 is the leg that came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Leg(pub u8);

impl Leg {
    /// The leg that came in: the caller's.
    pub const FIRST: Leg = Leg(0);
}

/// Who is at the end of a leg: the phone of a line, or a number that only another switch reaches.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Party {
    /// The id of the line; none for a number that is no line's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<String>,
    /// The number, in canonical form.
    pub number: String,
}

/// Where a call to a number goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Destination {
    /// The number called, in canonical form: what is charged.
    pub number: String,
    /// The paid agent who is called under it: at its rate, and with voices that somebody can cut off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<String>,
    /// Who rings: the line with the number, that of an agent's phone, or the target of an emergency number.
    pub rings: Party,
    /// The group that is called: its people are rung.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<Box<Group>>,
    /// Whether it is an emergency or service number: never refused, charged or cut.
    pub free: bool,
    /// Where its line sends calls on.
    #[serde(default, skip_serializing_if = "Forwarding::is_none")]
    pub forwarding: Forwarding,
    /// The ways to a number outside, in the order of trying; none to a line.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ways: Vec<Via>,
    /// The number that is shown outside: none, where nothing is to be shown there, and to a line, which sees its caller's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shown: Option<String>,
    /// Whether callers leave a message for its line where nobody takes their call.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub voicemail: bool,
    /// Whether what is spoken is recorded.
    #[serde(default, skip_serializing_if = "Recorded::is_not")]
    pub recorded: Recorded,
}

impl Destination {
    /// A number, who rings under it, and nothing else.
    #[must_use]
    pub fn new(number: String, rings: Party) -> Destination {
        Destination {
            number,
            agent: None,
            rings,
            group: None,
            free: false,
            forwarding: Forwarding::default(),
            ways: Vec::new(),
            shown: None,
            voicemail: false,
            recorded: Recorded::No,
        }
    }
}

/// Whether what is spoken in a call is recorded.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Recorded {
    /// It is not.
    #[default]
    No,
    /// It is.
    Silently,
    /// It is, and those who talk hear so before.
    Announced,
}

impl Recorded {
    fn is_not(&self) -> bool {
        *self == Recorded::No
    }
}

/// A way to a number outside.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Via {
    /// The id of the trunk.
    pub trunk: String,
    /// Its endpoint at the switch.
    pub endpoint: String,
    /// The name of the switch that has it, where there are several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub switch: Option<String>,
    /// What is dialled on it.
    pub number: String,
    /// How many calls it takes at once; none for any number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub most_calls: Option<u32>,
    /// The route that leads there; none of calls that were routed before it was noted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub routed_by: Option<Box<RoutedBy>>,
}

/// Why a leg, or the call, ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// A party hung up.
    HungUp,
    /// The called party is in another call.
    Busy,
    /// The called party does not answer.
    NoAnswer,
    /// Nobody can be reached under the number.
    NoRecipient,
    /// The called phone cannot be reached: it is not registered, or does not say anything.
    Unreachable,
    /// The way to the called party has no room.
    Congestion,
    /// A leg is gone without a word.
    Lost,
    /// The caller did not take the answered call up in time.
    Unconfirmed,
    /// The caller's line is suspended.
    NotActive,
    /// The caller dialled its own number.
    DialedSelf,
    /// A blocking list, a filter or a limit of destinations forbids the call.
    Blocked,
    /// There are as many calls as may be.
    AllLinesBusy,
    /// There is too little money for the call.
    InsufficientBalance,
    /// Nothing prices the call.
    NoRate,
    /// The authorised time is over.
    CutOff,
    /// The line that pays was suspended.
    Suspended,
    /// The exchange is being maintained.
    Maintenance,
    /// Somebody of the tenant ended it.
    EndedByStaff,
    /// Another has taken the call.
    TakenElsewhere,
    /// Something failed.
    Failed,
}

/// What becomes of a finished call: its disposition, as far as the flow tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Somebody answered.
    Answered,
    /// The called party was busy.
    Busy,
    /// Nobody answered.
    NoAnswer,
    /// The called party does not want it.
    Refused,
    /// The caller gave up.
    Cancelled,
    /// It could not be put through.
    Failed,
}

/// What happens to a call. `session` counts the call's charged parts, the caller's own first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// Where the number leads that was asked for.
    Routed(Result<Destination, Cause>),
    /// Who of the group is on duty that was asked for; none, where it is not there any more, or that could not be found out.
    OnDuty(Option<Box<Group>>),
    /// Charging has granted so much, first or anew.
    Granted {
        /// Which part.
        session: u8,
        /// How long the call may last.
        granted: Granted,
    },
    /// Charging lets it not begin, or not go on.
    Refused {
        /// Which part.
        session: u8,
        /// Why.
        cause: Cause,
    },
    /// Charging has closed a part.
    Settled {
        /// Which part.
        session: u8,
    },
    /// A leg rings.
    LegRinging(Leg),
    /// A leg that a trunk carries is to be heard before it is answered: an announcement, or a ring tone of the network's own.
    LegHeard(Leg),
    /// A leg was answered; the first leg: it is ready to talk.
    LegAnswered(Leg),
    /// A leg is over.
    LegEnded {
        /// Which.
        leg: Leg,
        /// Why.
        cause: Cause,
        /// When it was last there, where that is not now.
        at: Option<Instant>,
    },
    /// Whoever carries a leg refuses to: it is over.
    LegRefused {
        /// Which.
        leg: Leg,
        /// Why, in the carrier's words, without a whole number of somebody.
        reason: String,
    },
    /// An agent says, otherwise than by the phone that rings for it, that it cannot take the call. Makes sense only while it is rung for a group.
    PassedOn {
        /// The id of the agent.
        agent: String,
    },
    /// A party wrote something.
    Text {
        /// Who.
        leg: Leg,
        /// What.
        text: String,
    },
    /// A party pressed keys.
    Digits {
        /// Who.
        leg: Leg,
        /// Which.
        digits: String,
    },
    /// Who has taken a group's call passes it on to somebody else: the caller stays.
    Transferred {
        /// To whom.
        to: Transfer,
    },
    /// A prompt was heard to its end.
    PromptEnded(Leg),
    /// A message was left.
    Recorded {
        /// By whom.
        leg: Leg,
        /// How long it is; 0 for one that was typed.
        seconds: u32,
        /// Where the switch keeps it, or the text that was typed.
        reference: String,
    },
    /// An instant has come that the flow asked for.
    Woke,
    /// The payer may have more money.
    ToppedUp,
    /// A line was suspended.
    Suspended {
        /// Which.
        line: String,
    },
    /// Somebody ends the call from outside.
    Stopped(Cause),
    /// The switch is gone, and nothing is known of the legs.
    SwitchLost {
        /// When the call was last proved alive.
        seen_at: Instant,
    },
    /// The switch is there again, with these legs.
    SwitchBack {
        /// Those that it still has.
        legs: Vec<Leg>,
        /// When the call was last proved alive.
        seen_at: Instant,
    },
}

/// To whom a group's call is passed on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Transfer {
    /// The others of the group with this id who are on duty.
    Group(String),
    /// Somebody whose phones ring.
    Agent(Box<Member>),
}

/// What is to be done. Commands are carried out in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Find out where a number leads.
    Route(Asked),
    /// Find out who of a group is on duty now.
    WhoIsOnDuty {
        /// The id of the group.
        group: String,
        /// Who calls.
        from: Party,
    },
    /// A charged part of the call.
    Charge {
        /// Which.
        session: u8,
        /// What.
        charge: Charge,
    },
    /// The switch does something.
    Perform(Action),
    /// A message that a caller has left is to be kept.
    Keep {
        /// Whom it is for.
        of: Mailbox,
        /// The caller's number.
        from: String,
        /// The number called.
        to: String,
        /// How long it is.
        seconds: u32,
        /// Where the switch has it, or the text that was typed.
        reference: String,
    },
}

/// Whom a message is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mailbox {
    /// The line with this id.
    Line(String),
    /// The group with this id.
    Group(String),
}

/// A number that somebody calls, or that a line sends calls on to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Whose part of the call this is: the caller, or the line that sends it on.
    pub by: Party,
    /// Who called first.
    pub from: Party,
    /// The number, as it was dialled or set.
    pub to: String,
}

/// What charging is asked for a part of the call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Charge {
    /// May the call begin?
    Authorize {
        /// Who pays.
        payer: Party,
        /// The caller's number, or what stands in its place.
        from: String,
        /// The number called.
        to: String,
        /// The paid agent who is called under it.
        agent: Option<String>,
        /// Whether it is an emergency or service number: it goes through even if charging does not answer.
        free: bool,
        /// Which way it goes.
        bound: Bound,
    },
    /// A leg was answered that a trunk carries: what that costs the tenant is written with the call.
    Carry(Carried),
    /// It was answered.
    Answer(Instant),
    /// It is to go on.
    Extend,
    /// It is over.
    Settle(Ending),
}

/// Which way a part of a call goes, as it is on record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bound {
    /// From one of ours to another.
    Inside,
    /// To a number outside.
    Out,
    /// From outside: nothing is charged, and it is on record with the line that it leads to.
    In,
    /// Back to who has called a group: nothing is charged.
    Back,
}

/// The end of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ending {
    /// When it was answered, if it was.
    pub answered_at: Option<Instant>,
    /// When it ended.
    pub ended_at: Instant,
    /// How it went.
    pub outcome: Outcome,
    /// Why it ended.
    pub cause: Cause,
}

/// What a switch does with a leg. The words are complete, so that groups and voicemail need no others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Have a party's phone ring. If it is taken by another call the leg ends as busy; of two calls one gets it.
    RingLeg {
        /// The new leg.
        leg: Leg,
        /// Who rings.
        party: Party,
        /// For how long, in seconds: then the leg ends unanswered.
        seconds: u32,
        /// The number that is shown; empty, where none is to be.
        caller: String,
        /// Whether the voices of the call may go through a relay alone, which ends them with the call.
        relayed: bool,
        /// The way to a number outside; none to a line.
        via: Option<Via>,
    },
    /// Let a leg that came in hear that the called phone rings.
    RingBack(Leg),
    /// Let a leg that came in, the first, hear one that is not answered yet, and is not to hear it.
    LetHear(Leg, Leg),
    /// Tell a leg that came in that the call is answered; it says when it is ready to talk.
    AnswerLeg(Leg),
    /// Play or show something.
    Prompt {
        /// To whom.
        leg: Leg,
        /// What.
        words: Words,
    },
    /// Take digits.
    CollectDigits {
        /// From whom.
        leg: Leg,
        /// How many at most.
        most: u8,
        /// For how long at most, in seconds.
        seconds: u32,
        /// The key that ends them.
        end: Option<char>,
    },
    /// Take a message.
    Record {
        /// From whom.
        leg: Leg,
        /// How long at most, in seconds.
        seconds: u32,
        /// The silence that ends it, in seconds, where the switch counts silence.
        silence_seconds: u32,
        /// The key that ends it.
        end: Option<char>,
        /// Whether it is to be understood, where the switch can do that.
        transcribed: bool,
    },
    /// Let two legs talk.
    Bridge(Leg, Leg),
    /// Let two legs talk no more: what follows is for each of them alone.
    Part(Leg, Leg),
    /// Record what those say who talk, until the end of the call.
    RecordTalk {
        /// Whether they hear so before.
        announced: bool,
    },
    /// Tell a leg something while it talks.
    Announce {
        /// To whom.
        leg: Leg,
        /// What.
        text: String,
    },
    /// Let a leg wait.
    Queue {
        /// Who.
        leg: Leg,
        /// What it hears meanwhile.
        music: Option<String>,
    },
    /// Warn the payer that the call ends in so many seconds.
    Warn {
        /// The payer's leg.
        leg: Leg,
        /// How many seconds are left.
        remaining_seconds: i64,
    },
    /// End a leg at this instant, if nothing else is said until then; without an instant, no more.
    EndLegAt {
        /// Which.
        leg: Leg,
        /// When.
        at: Option<Instant>,
    },
    /// End a leg.
    EndLeg {
        /// Which.
        leg: Leg,
        /// Why.
        cause: Cause,
    },
    /// Hand over what was written.
    Text {
        /// To whom.
        leg: Leg,
        /// What.
        text: String,
    },
    /// Hand over keys.
    Digits {
        /// To whom.
        leg: Leg,
        /// Which.
        digits: String,
    },
}

impl Cause {
    /// The cause by ITU-T Q.850, table 1.
    #[must_use]
    pub fn q850(self) -> u16 {
        match self {
            Cause::HungUp | Cause::CutOff | Cause::Maintenance | Cause::EndedByStaff | Cause::Suspended => 16,
            Cause::Busy => 17,
            Cause::NoAnswer => 19,
            Cause::NoRecipient | Cause::DialedSelf => 1,
            Cause::Unreachable => 20,
            Cause::Lost => 27,
            Cause::Unconfirmed => 102,
            Cause::NotActive | Cause::Blocked | Cause::InsufficientBalance => 21,
            Cause::NoRate => 57,
            Cause::TakenElsewhere => 26,
            Cause::AllLinesBusy | Cause::Congestion => 34,
            Cause::Failed => 41,
        }
    }

    /// The cause's name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Cause::HungUp => "hung_up",
            Cause::Busy => "busy",
            Cause::NoAnswer => "no_answer",
            Cause::NoRecipient => "no_recipient",
            Cause::Unreachable => "unreachable",
            Cause::Congestion => "congestion",
            Cause::Lost => "lost",
            Cause::Unconfirmed => "unconfirmed",
            Cause::NotActive => "not_active",
            Cause::DialedSelf => "dialed_self",
            Cause::Blocked => "blocked",
            Cause::AllLinesBusy => "all_lines_busy",
            Cause::InsufficientBalance => "insufficient_balance",
            Cause::NoRate => "no_rate",
            Cause::CutOff => "cut_off",
            Cause::Suspended => "suspended",
            Cause::Maintenance => "maintenance",
            Cause::EndedByStaff => "ended_by_staff",
            Cause::TakenElsewhere => "taken_elsewhere",
            Cause::Failed => "failed",
        }
    }
}
