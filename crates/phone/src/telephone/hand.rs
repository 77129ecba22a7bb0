//! What the user's hand does: the hook, the keys, the typed lines.

use std::time::Duration;

use serde_json::json;

use super::blocking::Blocking;
use super::dialling::{CALL_BLOCKING, Dialled};
use super::{Command, Heard, Speaker, Stage, Telephone, send};

/// A typed line has at most so many characters.
const LONGEST_LINE: usize = 1_000;
const NO_CONNECTION: &str = "There is no connection with the exchange at present.";

impl Telephone {
    pub(super) fn lift(&mut self, now: Duration) -> Vec<Command> {
        match &self.stage {
            Stage::Rings { .. } if !self.registered => self.refuse(NO_CONNECTION),
            Stage::Rings { caller, .. } => {
                let caller = caller.clone();
                self.stage = Stage::Answering { caller };
                vec![send("call_accepted", vec![])]
            }
            _ => {
                self.stage = Stage::Dialling { digits: String::new(), dialled_at: now };
                if !self.registered {
                    self.note(NO_CONNECTION);
                }
                Vec::new()
            }
        }
    }

    pub(super) fn put_down(&mut self) -> Vec<Command> {
        let had_call = self.has_call();
        if had_call {
            self.end_call(Heard::Silence);
        }
        self.stage = Stage::OnHook;
        if !had_call {
            return Vec::new();
        }
        if !self.registered {
            self.hang_up_owed = true;
            return Vec::new();
        }
        vec![send("hang_up", vec![])]
    }

    pub(super) fn key(&mut self, key: char, now: Duration) -> Vec<Command> {
        if !matches!(key, '0'..='9' | '*' | '#' | '+') {
            return Vec::new();
        }
        match &mut self.stage {
            Stage::OnHook => {
                let mut commands = self.lift(now);
                commands.extend(self.key(key, now));
                commands
            }
            Stage::Over { .. } => self.refuse("Put the handset down first."),
            Stage::Rings { .. } => self.refuse("Lift the handset to answer."),
            Stage::Dialling { digits, dialled_at } => {
                *dialled_at = now;
                match self.plan.key(digits, key) {
                    Dialled::NotYet => Vec::new(),
                    Dialled::Number(number) => self.make_call(number),
                    Dialled::CallBlocking => self.open_blocking(),
                    Dialled::UnknownCode => {
                        let code = std::mem::take(digits);
                        self.stage = Stage::Over { heard: Heard::Unobtainable };
                        self.refuse(&format!("There is no code {code}. Call blocking is {CALL_BLOCKING}."))
                    }
                }
            }
            Stage::Calling { prompted: false, .. } => Vec::new(),
            Stage::Calling { .. } | Stage::Answering { .. } | Stage::Talking { .. } => {
                if key == '+' {
                    Vec::new()
                } else {
                    self.when_registered(send("dtmf", vec![json!(key.to_string())]))
                }
            }
            Stage::Blocking(_) => self.blocking_key(key, now),
        }
    }

    pub(super) fn erase(&mut self, now: Duration) -> Vec<Command> {
        match &mut self.stage {
            Stage::Dialling { digits, dialled_at } => {
                *dialled_at = now;
                digits.pop();
            }
            Stage::Blocking(Blocking::Number { digits, .. }) => {
                digits.pop();
            }
            _ => {}
        }
        Vec::new()
    }

    pub(super) fn dial_whole(&mut self, number: &str) -> Vec<Command> {
        let number: String = number.chars().filter(|c| !matches!(c, ' ' | '-' | '/' | '(' | ')')).collect();
        if number.is_empty() || number.len() > 32 || !number.chars().all(|c| c.is_ascii_digit() || "*#+".contains(c)) {
            return self.refuse(&format!("{number:?} is no number: it has at most 32 digits, +, * and #."));
        }
        match self.stage {
            Stage::Dialling { .. } => self.make_call(number),
            _ => self.refuse("There is no dial tone to dial at."),
        }
    }

    pub(super) fn make_call(&mut self, number: String) -> Vec<Command> {
        self.begin_call();
        if !self.registered {
            self.stage = Stage::Over { heard: Heard::FastBusy };
            return self.refuse(NO_CONNECTION);
        }
        let command = send("make_call", vec![json!(number)]);
        self.stage = Stage::Calling { number, rings: false, prompted: false };
        vec![command]
    }

    pub(super) fn say(&mut self, text: &str) -> Vec<Command> {
        let characters = text.chars().count();
        if text.trim().is_empty() {
            return Vec::new();
        }
        if characters > LONGEST_LINE {
            return self.refuse(&format!("A line has at most {LONGEST_LINE} characters, and this has {characters}."));
        }
        if !self.registered {
            return self.refuse(&format!("Not sent: {text}. {NO_CONNECTION}"));
        }
        if self.recording {
            self.recording = false;
            self.paper.write(Speaker::Me, text);
            return vec![send("recorded", vec![json!({"text": text})])];
        }
        if !matches!(self.stage, Stage::Talking { .. }) {
            return self.refuse("There is nobody to hear that: no call is up.");
        }
        self.paper.write(Speaker::Me, text);
        vec![send("talk", vec![json!(text)])]
    }

    /// The command, if the exchange can hear it.
    pub(super) fn when_registered(&mut self, command: Command) -> Vec<Command> {
        if self.registered { vec![command] } else { self.refuse(NO_CONNECTION) }
    }

    /// Says why not; once, where several keys in a row are in vain.
    pub(super) fn refuse(&mut self, text: &str) -> Vec<Command> {
        let said = self.paper.lines().next_back();
        if !said.is_some_and(|line| line.speaker == Speaker::Phone && line.text == text) {
            self.note(text);
        }
        Vec::new()
    }
}
