//! Scripts: a phone without hands, one command a line.

mod parse;
mod run;

use std::time::Duration;

use thiserror::Error;

use crate::telephone::Change;

pub(crate) use run::run;

/// A script that can be run.
#[derive(Debug, PartialEq, Eq)]
pub struct Script {
    steps: Vec<Step>,
}

/// A line of a script that makes no sense.
#[derive(Debug, Error, PartialEq, Eq)]
#[error("line {line}: {reason}")]
pub struct BadScript {
    /// Which line, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub reason: String,
}

/// A command that could not be carried out, or that waited in vain.
#[derive(Debug, Error, PartialEq, Eq)]
#[error("line {line}: {command}: {reason}")]
pub struct Failure {
    /// Which line, from 1.
    pub line: usize,
    /// What stands there.
    pub command: String,
    /// Why it failed.
    pub reason: String,
}

#[derive(Debug, PartialEq, Eq)]
struct Step {
    line: usize,
    text: String,
    action: Action,
}

#[derive(Debug, PartialEq, Eq)]
enum Action {
    Lift,
    PutDown,
    Answer,
    Dial(String),
    Press(String),
    Tones(String),
    Say(String),
    Block(Change, String),
    Sleep(Duration),
    Wait(Condition, Duration),
    Expect(String, Duration),
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Condition {
    Registered,
    Lost,
    Replaced,
    OnHook,
    DialTone,
    Ringing,
    Connected,
    Busy,
    FastBusy,
    Unobtainable,
    NotPossible(Option<String>),
    Prompt,
    Record,
    Warning,
    Ended,
    Charged,
}

impl Script {
    /// Reads a script: a command a line, empty lines, and remarks that begin with `#` and a space.
    pub fn parse(text: &str) -> Result<Script, BadScript> {
        parse::script(text)
    }
}
