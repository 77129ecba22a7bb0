//! Call blocking: whose calls this line refuses.

use std::time::Duration;

use serde_json::{Value, json};

use super::paper::printable;
use super::{Command, Stage, Telephone};

/// No number is longer.
const LONGEST: usize = 32;
const MENU: &str = "Call blocking: 1 blocks a number, 2 unblocks one, * ends.";

/// What is done to the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// The number is blocked.
    Add,
    /// The number is blocked no more.
    Remove,
}

impl Change {
    fn word(self) -> &'static str {
        match self {
            Change::Add => "add",
            Change::Remove => "remove",
        }
    }
}

/// Where in the menu of `#70` the user is.
#[derive(Debug)]
pub(super) enum Blocking {
    Menu,
    Number { change: Change, digits: String },
}

impl Blocking {
    pub(super) fn display(&self) -> String {
        match self {
            Blocking::Menu => super::dialling::CALL_BLOCKING.to_owned(),
            Blocking::Number { change: Change::Add, digits } => format!("block {digits}"),
            Blocking::Number { change: Change::Remove, digits } => format!("unblock {digits}"),
        }
    }
}

impl Telephone {
    pub(super) fn open_blocking(&mut self) -> Vec<Command> {
        self.stage = Stage::Blocking(Blocking::Menu);
        self.note(MENU);
        self.ask_blocking(json!({"action": "list"}))
    }

    pub(super) fn blocking_key(&mut self, key: char, now: Duration) -> Vec<Command> {
        let Stage::Blocking(blocking) = &mut self.stage else { return Vec::new() };
        match (blocking, key) {
            (_, '*') => {
                self.stage = Stage::Dialling { digits: String::new(), dialled_at: now };
                Vec::new()
            }
            (Blocking::Menu, '1') => self.ask_for_number(Change::Add),
            (Blocking::Menu, '2') => self.ask_for_number(Change::Remove),
            (Blocking::Menu, _) => self.refuse(MENU),
            (Blocking::Number { change, digits }, '#') => {
                let (change, number) = (*change, std::mem::take(digits));
                self.stage = Stage::Blocking(Blocking::Menu);
                if number.is_empty() { self.refuse(MENU) } else { self.change_blocking(change, &number) }
            }
            (Blocking::Number { digits, .. }, key) => {
                if digits.len() < LONGEST {
                    digits.push(key);
                }
                Vec::new()
            }
        }
    }

    fn ask_for_number(&mut self, change: Change) -> Vec<Command> {
        self.stage = Stage::Blocking(Blocking::Number { change, digits: String::new() });
        self.refuse(match change {
            Change::Add => "Which number is to be blocked? End it with #.",
            Change::Remove => "Which number is to be unblocked? End it with #.",
        })
    }

    pub(super) fn change_blocking(&mut self, change: Change, number: &str) -> Vec<Command> {
        self.ask_blocking(json!({"action": change.word(), "number": number}))
    }

    fn ask_blocking(&mut self, what: Value) -> Vec<Command> {
        self.refusal = None;
        let commands = self.when_registered(Command::Ask { event: "call_blocking", args: vec![what] });
        if commands.is_empty() {
            self.refusal = Some("there is no connection with the exchange".to_owned());
        }
        self.questions += commands.len();
        commands
    }

    pub(super) fn answered(&mut self, answer: Result<Value, String>) -> Vec<Command> {
        if self.refused > 0 {
            // The exchange has said so already, by an error. An answer has the list as it stays.
            self.refused -= 1;
            if let Ok(told) = answer {
                self.hear_blocking(&told);
            }
            return Vec::new();
        }
        self.questions = self.questions.saturating_sub(1);
        match answer.and_then(|told| list(&told)) {
            Ok(numbers) => {
                let told = match numbers.as_slice() {
                    [] => "No number is blocked.".to_owned(),
                    numbers => format!("Blocked: {}.", numbers.join(", ")),
                };
                self.blocked = Some(numbers);
                self.note(&told);
            }
            Err(reason) => {
                self.note(&format!("Call blocking: {reason}."));
                self.refusal = Some(reason);
            }
        }
        Vec::new()
    }

    pub(super) fn hear_blocking(&mut self, told: &Value) {
        if let Ok(numbers) = list(told) {
            self.blocked = Some(numbers);
        }
    }
}

/// The blocked numbers that the exchange tells, or its reason for telling none.
fn list(told: &Value) -> Result<Vec<String>, String> {
    let numbers = told.as_array().or_else(|| told.get("numbers")?.as_array());
    match numbers {
        Some(numbers) => Ok(numbers.iter().filter_map(Value::as_str).map(printable).collect()),
        None => {
            let reason = told.get("error").unwrap_or(told).as_str();
            Err(printable(reason.unwrap_or("the exchange gives no list")))
        }
    }
}
