//! What phones are told.

use domain::call_flow::Cause;
use engine::switching::{Meter, Notice};
use serde_json::{Value, json};

/// Something that a phone is told.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Told {
    Registered {
        number: String,
    },
    DialPlan {
        extension_length: usize,
        complete: Vec<String>,
    },
    Replaced,
    Request {
        caller: String,
    },
    CalleeRinging,
    NotPossible(Reason),
    Cancelled,
    Connected,
    Ended,
    Resumed {
        with: String,
        seconds: i64,
    },
    Media(Value),
    Notice(Notice),
    Warning {
        remaining_seconds: i64,
    },
    Talk(String),
    Dtmf(String),
    Signal(Value),
    Prompt {
        text: String,
        audio: Option<String>,
    },
    Record {
        max_seconds: u32,
    },
    Blocking(Vec<String>),
    /// What a phone has said makes no sense.
    Invalid {
        event: String,
    },
    /// It says too much at once, and is dropped.
    TooMuch,
}

impl Told {
    /// The event's name and its argument, if it has one.
    pub(crate) fn event(self) -> (&'static str, Option<Value>) {
        match self {
            Told::Registered { number } => ("registered", Some(json!(number))),
            Told::DialPlan { extension_length, complete } => {
                ("dial_plan", Some(json!({"extension_length": extension_length, "complete": complete})))
            }
            Told::Replaced => ("replaced", None),
            Told::Request { caller } => ("call_request", Some(json!(caller))),
            Told::CalleeRinging => ("callee_ringing", None),
            Told::NotPossible(reason) => ("call_not_possible", Some(json!(reason.name()))),
            Told::Cancelled => ("call_cancelled", None),
            Told::Connected => ("call_connected", None),
            Told::Ended => ("call_ended", None),
            Told::Resumed { with, seconds } => ("call_resumed", Some(json!({"with": with, "seconds": seconds}))),
            Told::Media(media) => ("media", Some(media)),
            Told::Notice(Notice::Meter(meter)) => ("meter", Some(meter_document(&meter))),
            Told::Notice(Notice::Charged { cause, seconds, cost, currency }) => (
                "call_charged",
                Some(json!({
                    "reason": cause.name(),
                    "seconds": seconds,
                    "cost": cost.to_text(currency),
                    "currency": currency.code(),
                })),
            ),
            Told::Warning { remaining_seconds } => ("warning", Some(json!({"remaining_seconds": remaining_seconds}))),
            Told::Talk(text) => ("talk", Some(json!(text))),
            Told::Dtmf(digits) => ("dtmf", Some(json!(digits))),
            Told::Signal(signal) => ("signal", Some(signal)),
            Told::Prompt { text, audio } => ("prompt", Some(json!({"text": text, "audio": audio}))),
            Told::Record { max_seconds } => ("record", Some(json!({"max_seconds": max_seconds}))),
            Told::Blocking(numbers) => ("call_blocking", Some(json!(numbers))),
            Told::Invalid { event } => ("error", Some(json!(format!("invalid_{event}")))),
            Told::TooMuch => ("error", Some(json!("too_many_events"))),
        }
    }
}

fn meter_document(meter: &Meter) -> Value {
    json!({
        "seconds": meter.seconds,
        "cost": meter.cost.to_text(meter.currency),
        "currency": meter.currency.code(),
        "remaining_seconds": meter.remaining_seconds,
    })
}

/// Why a call is not possible.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reason {
    /// The phone is in a call.
    AlreadyInCall,
    /// It sets calls up faster than it may.
    TooSoon,
    /// What has ended the call.
    Ended(Cause),
}

impl Reason {
    fn name(self) -> &'static str {
        match self {
            Reason::AlreadyInCall => "already_in_call",
            Reason::TooSoon => "all_lines_busy",
            Reason::Ended(cause) => match cause {
                Cause::NotActive => "not_active",
                Cause::DialedSelf => "dialed_self",
                Cause::NoRecipient => "no_recipient",
                Cause::Busy => "busy",
                Cause::NoAnswer => "timeout",
                Cause::Lost | Cause::Unreachable => "callee_disconnected",
                Cause::InsufficientBalance => "insufficient_balance",
                Cause::Blocked => "blocked",
                Cause::NoRate => "no_rate",
                Cause::AllLinesBusy | Cause::Congestion | Cause::Maintenance => "all_lines_busy",
                Cause::HungUp
                | Cause::TakenElsewhere
                | Cause::Unconfirmed
                | Cause::CutOff
                | Cause::Suspended
                | Cause::EndedByStaff
                | Cause::Failed => "error",
            },
        }
    }
}
