//! A group, as a call finds it: who is on duty now, and what its callers hear.

use serde::{Deserialize, Serialize};

use super::{Party, Via, Words};

/// A group whose number is called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// Its id.
    pub id: String,
    /// The number that those who are rung see: never the caller's.
    pub shown: String,
    /// The caller's number, or what stands in its place from here on, where the group does not keep numbers.
    pub caller: String,
    /// In which order they are rung.
    pub strategy: Strategy,
    /// How long a phone rings, in seconds.
    pub ring_seconds: u32,
    /// Who is on duty and can be rung, in the order of ringing.
    pub members: Vec<Member>,
    /// Whether somebody on duty is left out for being in another call.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub some_are_busy: bool,
    /// What its callers and those who are rung hear.
    pub says: Says,
    /// The languages between which callers choose; none, where there is nothing to choose.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub languages: Vec<Choice>,
    /// How long callers wait where all who are on duty are busy, in seconds; not at all, where there is no queue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queue: Option<Waits>,
    /// What follows where nobody is on duty.
    pub nobody: Vec<Fallback>,
    /// What follows where nobody answers.
    pub no_answer: Vec<Fallback>,
    /// Whether messages are to be understood, where the switch can do that.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub transcribes: bool,
    /// Whether it takes no calls of this caller.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub refuses: bool,
}

/// In which order those on duty are rung.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Strategy {
    /// One after another, in the roster's order.
    #[default]
    Sequential,
    /// All at once: the first to accept has the call.
    Simultaneous,
    /// One after another, by lot.
    Random,
    /// One after another: whose last answered call is the longest ago is the first.
    LongestIdle,
}

/// Somebody on duty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Member {
    /// The id of the agent.
    pub agent: String,
    /// The languages spoken (BCP 47).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub languages: Vec<String>,
    /// What rings, in the order of trying: the next, where one leads nowhere.
    pub phones: Vec<Phone>,
}

/// A phone, and the way to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Phone {
    /// Who is at it.
    pub party: Party,
    /// The way to a number outside; none to a line, or where the switch reaches the world by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub via: Option<Via>,
    /// Whether who takes it up is asked to press 1: a mailbox does not.
    pub asks: bool,
}

/// What is said in a group's calls.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Says {
    /// To callers, first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub greeting: Option<Words>,
    /// To callers who are to choose a language.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub menu: Option<Words>,
    /// To callers who are sent on.
    pub connecting: Words,
    /// To callers who wait.
    pub waiting: Words,
    /// To callers before the tone of the voicemail.
    pub voicemail: Words,
    /// To callers for whom nobody is there at all.
    pub unavailable: Words,
    /// To who is rung: whom the call is for, and what to press.
    pub question: Words,
    /// To who was rung, where another has taken the call.
    pub taken: Words,
}

/// A language that callers can choose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// The key.
    pub key: char,
    /// The language (BCP 47).
    pub language: String,
    /// To callers who have chosen it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub greeting: Option<Words>,
}

/// How callers wait for somebody who is busy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Waits {
    /// For how long at most, in seconds.
    pub seconds: u32,
    /// What they hear meanwhile; the switch's own music, where none is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub music: Option<String>,
}

/// What follows where nobody takes a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind", deny_unknown_fields)]
pub enum Fallback {
    /// Another group is called.
    Group {
        /// Its id.
        group: String,
    },
    /// A fixed number is called.
    Number {
        /// What rings, in the order of trying.
        phones: Vec<Phone>,
    },
    /// The caller leaves a message.
    Voicemail,
    /// The caller hears something, and the call ends.
    Message {
        /// What.
        words: Words,
    },
}

impl Member {
    /// Whether it speaks a language, or a kind of it: `en` is spoken by who speaks `en-GB`.
    pub(super) fn speaks(&self, language: &str) -> bool {
        let kind = |tag: &str| tag.split('-').next().unwrap_or_default().to_ascii_lowercase();
        self.languages.iter().any(|spoken| kind(spoken) == kind(language))
    }
}
