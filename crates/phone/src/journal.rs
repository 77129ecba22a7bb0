//! What a phone sends and hears, told as it happens: as JSON lines, or as text.

use std::io::Write;

use serde_json::{Value, json};

use crate::telephone::{Paper, Speaker};

/// How a phone tells what happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// Not at all: there is a screen.
    Silent,
    /// What was said, a line each.
    Text,
    /// Every event, a JSON object each.
    Json,
}

/// Tells what happens on standard output. A reader that has gone away is not an error.
pub(crate) struct Journal {
    style: Style,
    told: usize,
}

impl Journal {
    pub(crate) fn new(style: Style) -> Journal {
        Journal { style, told: 0 }
    }

    /// An event of the exchange.
    pub(crate) fn heard(&self, event: &str, args: &[Value]) {
        self.event(json!({"from": "exchange", "event": event, "args": args}));
    }

    /// An event of the phone.
    pub(crate) fn sent(&self, event: &str, args: &[Value]) {
        self.event(json!({"from": "phone", "event": event, "args": args}));
    }

    /// The exchange's answer to an event of the phone.
    pub(crate) fn answered(&self, event: &str, answer: &Result<Value, String>) {
        self.event(match answer {
            Ok(value) => json!({"from": "exchange", "event": event, "answer": value}),
            Err(reason) => json!({"from": "exchange", "event": event, "no_answer": reason}),
        });
    }

    /// What happens to the connection, or with the phone itself.
    pub(crate) fn happened(&self, event: &str, reason: Option<&str>) {
        let mut happened = json!({"from": "phone", "event": event});
        if let Some(reason) = reason {
            happened["reason"] = reason.into();
        }
        self.event(happened);
    }

    /// What has been written on the paper since the last time.
    pub(crate) fn said(&mut self, paper: &Paper) {
        if self.style == Style::Text {
            for (_, line) in paper.since(self.told) {
                write(&match &line.speaker {
                    Speaker::Me => format!("me: {}", line.text),
                    Speaker::Party(number) => format!("{number}: {}", line.text),
                    Speaker::Exchange => format!("exchange: {}", line.text),
                    Speaker::Phone => format!("- {}", line.text),
                });
            }
        }
        self.told = paper.written();
    }

    fn event(&self, event: Value) {
        if self.style != Style::Json {
            return;
        }
        let mut line = json!({"at": format!("{:.3}", jiff::Timestamp::now())});
        if let (Some(line), Value::Object(event)) = (line.as_object_mut(), event) {
            line.extend(event);
        }
        write(&line.to_string());
    }
}

fn write(line: &str) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}
