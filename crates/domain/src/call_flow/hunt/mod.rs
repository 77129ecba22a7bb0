//! Calls to a group: the caller is greeted, those on duty are rung until one accepts, and where nobody does, what the group has for that follows.
//! Never silence, never a dead end: at the last the caller is told that nobody is there.

mod caller;
mod fallback;
mod ring;
mod transfer;

use serde::{Deserialize, Serialize};

use super::group::{Fallback, Group, Member, Phone};
use super::{Action, Cause, Command, Event, Flow, Happened, Leg, OutOfOrder, Stage, Taken, Words, after};
use crate::time::Instant;

/// How long the switch has to take the caller in, and how long it is looked up who is on duty, in seconds.
const AT_ONCE_SECONDS: i64 = 10;
/// The longest that a prompt takes, in seconds: of a switch that never says that it was heard, nobody waits longer.
const PROMPT_SECONDS: i64 = 60;
/// How long callers have to choose a language, in seconds.
const CHOOSING_SECONDS: u32 = 10;
/// How long somebody who is rung has to press 1, in seconds.
const ASKING_SECONDS: u32 = 15;
/// How often it is looked again who is free, for callers who wait, in seconds.
const LOOKING_AGAIN_SECONDS: i64 = 10;
/// The key that says yes.
const YES: char = '1';
/// How much is kept of why a phone could not be rung, in characters.
const LONGEST_REASON: usize = 500;
/// How many attempts are noted of a call: one that waits for long in a queue rings the same people again and again.
const MOST_ATTEMPTS: usize = 100;

/// A call's way through a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hunt {
    /// The group, as it was when it was looked up last.
    pub group: Group,
    /// The ids of the groups that the call has been to, the one that was called first.
    pub groups: Vec<String>,
    /// Who was rung, and what came of it.
    pub attempts: Vec<Attempt>,
    /// The language that the caller has chosen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Who is still to be rung in this pass, the first first.
    next: Vec<Turn>,
    /// The legs that ring, or are asked.
    legs: Vec<Rung>,
    /// What follows where nobody takes it, the first first: what is left of the groups that it has been to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    rest: Vec<Fallback>,
    /// Whether it is on its way to what follows, and not with the people of a group.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    falls_back: bool,
    /// Until when the caller waits at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    waits_until: Option<Instant>,
    /// Since when it is answered, where whoever answered has passed it on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) answered_at: Option<Instant>,
    /// Whether somebody in this pass would have come, had they not been busy.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    was_busy: bool,
}

/// Somebody who is to be rung: an agent, or nobody in particular at a fixed number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Turn {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    agent: Option<String>,
    /// What rings, in the order of trying.
    phones: Vec<Phone>,
}

/// A leg that rings, or is asked to press 1, or has taken the call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Rung {
    pub(super) leg: Leg,
    pub(super) phone: Phone,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    agent: Option<String>,
    /// What rings next, where this leads nowhere.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    others: Vec<Phone>,
    step: RungStep,
    /// Until when it has time for what is next.
    until: Instant,
}

/// How far a rung leg is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum RungStep {
    Offered,
    Rings,
    Asked,
    Talks,
}

/// How far the way of a call through a group is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hunting {
    /// The caller is taken in.
    Answered,
    /// The caller chooses a language.
    Choosing,
    /// The caller is greeted.
    Greeted,
    /// Those on duty are rung.
    Ringing,
    /// All are busy: the caller waits.
    Waiting,
    /// It is looked up who is on duty now, there or in another group.
    Asking,
    /// The caller hears that nobody is there.
    Told,
}

/// Somebody was rung.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attempt {
    /// The id of the agent.
    pub agent: String,
    /// When.
    pub at: Instant,
    /// What came of it.
    pub result: AttemptResult,
    /// Why a phone of theirs could not be rung, in the words of whoever refused that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// What comes of ringing somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AttemptResult {
    /// It rings, or is asked.
    Rung,
    /// The call was taken.
    Accepted,
    /// Nobody answered.
    NoAnswer,
    /// The phone was busy, or its network says so of a call that was refused.
    Busy,
    /// The phone could not be reached.
    Unreachable,
    /// Who was rung, or answered, wanted it to go on.
    Declined,
    /// Somebody answered, and pressed nothing: a mailbox.
    Unconfirmed,
    /// Another has taken the call, or the caller was gone.
    Withdrawn,
    /// The call was taken, and passed on to somebody else.
    Transferred,
}

impl AttemptResult {
    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            AttemptResult::Rung => "rung",
            AttemptResult::Accepted => "accepted",
            AttemptResult::NoAnswer => "no_answer",
            AttemptResult::Busy => "busy",
            AttemptResult::Unreachable => "unreachable",
            AttemptResult::Declined => "declined",
            AttemptResult::Unconfirmed => "unconfirmed",
            AttemptResult::Withdrawn => "withdrawn",
            AttemptResult::Transferred => "transferred",
        }
    }
}

impl Hunt {
    fn new(group: Group) -> Hunt {
        Hunt {
            groups: vec![group.id.clone()],
            group,
            attempts: Vec::new(),
            language: None,
            next: Vec::new(),
            legs: Vec::new(),
            rest: Vec::new(),
            falls_back: false,
            waits_until: None,
            answered_at: None,
            was_busy: false,
        }
    }

    /// The agent who has taken the call.
    #[must_use]
    pub fn taken_by(&self) -> Option<&str> {
        self.talks()?.agent.as_deref()
    }

    /// The leg that talks.
    pub(super) fn talks(&self) -> Option<&Rung> {
        self.legs.iter().find(|rung| rung.step == RungStep::Talks)
    }

    /// The legs that there are beside the caller's.
    pub(super) fn legs(&self) -> impl Iterator<Item = Leg> + '_ {
        self.legs.iter().map(|rung| rung.leg)
    }

    pub(super) fn rung(&self, leg: Leg) -> Option<&Rung> {
        self.legs.iter().find(|rung| rung.leg == leg)
    }

    /// The agent who passed the call on last.
    #[must_use]
    pub fn passed_on_by(&self) -> Option<&str> {
        let passed_on = |attempt: &&Attempt| attempt.result == AttemptResult::Transferred;
        Some(self.attempts.iter().rev().find(passed_on)?.agent.as_str())
    }

    /// When the next of the legs has had its time.
    pub(super) fn wakes_at(&self) -> Option<Instant> {
        self.legs.iter().map(|rung| rung.until).min()
    }

    /// Notes that nothing more comes of those who are still rung.
    pub(super) fn withdraw(&mut self) {
        for attempt in self.attempts.iter_mut().filter(|attempt| attempt.result == AttemptResult::Rung) {
            attempt.result = AttemptResult::Withdrawn;
        }
    }

    fn came_of(&mut self, agent: Option<&str>, result: AttemptResult) {
        let of_agent = |attempt: &&mut Attempt| Some(attempt.agent.as_str()) == agent;
        if let Some(attempt) = self.attempts.iter_mut().rev().find(of_agent) {
            attempt.result = result;
        }
    }
}

impl Flow {
    /// The call is a group's: takes the caller in, if the group takes calls of it.
    pub(super) fn hunt(&mut self, group: Group, now: Instant) -> Vec<Command> {
        let refuses = group.refuses;
        self.hunt = Some(Box::new(Hunt::new(group)));
        if refuses {
            return self.end(None, Cause::Blocked, now);
        }
        self.hunts(Hunting::Answered, after(now, AT_ONCE_SECONDS));
        vec![Command::Perform(Action::AnswerLeg(Leg::FIRST))]
    }

    fn hunts(&mut self, step: Hunting, until: Instant) {
        self.stage = Stage::Hunting { step, until };
    }

    pub(super) fn when_hunting(&mut self, event: &Event, (step, until): (Hunting, Instant), now: Instant) -> Taken {
        match (event, step) {
            (Event::LegEnded { leg: Leg::FIRST, at, .. }, _) => {
                Ok(self.end(Some(Leg::FIRST), Cause::HungUp, at.unwrap_or(now)))
            }
            (Event::Granted { session, granted }, _) => self.granted_again(*session, granted, now),
            (Event::Refused { session, cause }, _) => Ok(self.not_extended(*session, *cause, now)),
            (Event::Woke, _) if self.money_wakes_at().is_some_and(|at| now >= at) => Ok(self.money_is_due(now)),
            (Event::LegAnswered(Leg::FIRST), Hunting::Answered) => Ok(self.greet(now)),
            (Event::PromptEnded(Leg::FIRST), Hunting::Greeted) => Ok(self.begin(now)),
            (Event::Digits { leg: Leg::FIRST, digits }, Hunting::Choosing) => Ok(self.chosen(digits, now)),
            (Event::PromptEnded(Leg::FIRST), Hunting::Waiting) => Ok(self.hears_music()),
            (Event::PromptEnded(Leg::FIRST), Hunting::Told) => Ok(self.end(None, Cause::NoAnswer, now)),
            (Event::OnDuty(group), Hunting::Asking) => Ok(self.found(group.as_deref(), now)),
            // The caller hears no question in these.
            (Event::PromptEnded(Leg::FIRST) | Event::Digits { leg: Leg::FIRST, .. } | Event::OnDuty(_), _) => {
                Ok(Vec::new())
            }
            (Event::Woke, step) if now >= until => Ok(self.had_its_time(step, now)),
            (Event::LegEnded { .. } | Event::Woke, step) if step != Hunting::Ringing => Ok(Vec::new()),
            (_, Hunting::Ringing) => self.when_rung(event, now),
            _ => Err(OutOfOrder),
        }
    }

    /// What the switch, or the caller, was given time for has not happened.
    fn had_its_time(&mut self, step: Hunting, now: Instant) -> Vec<Command> {
        match step {
            Hunting::Answered => self.end(None, Cause::Unconfirmed, now),
            Hunting::Choosing => self.chosen("", now),
            Hunting::Greeted => self.begin(now),
            Hunting::Ringing => self.rang(now),
            Hunting::Waiting => self.look_again(now),
            Hunting::Asking => self.found(None, now),
            Hunting::Told => self.end(None, Cause::NoAnswer, now),
        }
    }

    fn says_to_caller(words: Words) -> Command {
        Command::Perform(Action::Prompt { leg: Leg::FIRST, words })
    }
}

/// Who is to be rung, of the group's people on duty: those who speak the caller's language, where there are any, and nobody who has passed the
/// call on.
fn turns(hunt: &Hunt) -> Vec<Turn> {
    let Hunt { group, language, attempts, .. } = hunt;
    let has_passed_on = |member: &Member| {
        let passed_on = |attempt: &Attempt| attempt.result == AttemptResult::Transferred;
        attempts.iter().any(|attempt| attempt.agent == member.agent && passed_on(attempt))
    };
    let reached = || group.members.iter().filter(|member| !member.phones.is_empty() && !has_passed_on(member));
    let language = language.as_deref();
    let speaking: Vec<_> =
        language.map(|language| reached().filter(|member| member.speaks(language)).collect()).unwrap_or_default();
    let members: Vec<_> = if speaking.is_empty() { reached().collect() } else { speaking };
    members
        .into_iter()
        .map(|member| Turn { agent: Some(member.agent.clone()), phones: member.phones.clone() })
        .collect()
}

/// The first phone, and those after it.
fn first(mut phones: Vec<Phone>) -> Option<(Phone, Vec<Phone>)> {
    if phones.is_empty() {
        return None;
    }
    let others = phones.split_off(1);
    phones.pop().map(|phone| (phone, others))
}
