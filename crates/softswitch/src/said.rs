//! What phones say.

use domain::call_flow::Cause;
use serde::de::{Deserialize, Deserializer, SeqAccess, Visitor};
use serde_json::Value;

/// The event about the numbers whose calls a line does not want: the one that is answered.
pub(crate) const BLOCKING: &str = "call_blocking";
/// The longest number that is read, in bytes: longer than any that leads somewhere.
const LONGEST_NUMBER: usize = 64;
/// The longest text, in characters.
const LONGEST_TEXT: usize = 2000;
/// The most keys at once.
const MOST_DIGITS: usize = 32;
/// The longest part of the WebRTC handshake, in bytes of JSON.
const LONGEST_SIGNAL: usize = 16 * 1024;
/// The most arguments that are read of an event; what follows is passed over.
const MOST_ARGUMENTS: usize = 4;

/// Something that a phone says.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Said {
    /// It dials.
    MakeCall { number: String },
    /// It rings for this caller.
    Acknowledged { caller: String },
    /// It takes the call, or is ready to talk.
    Accepted,
    /// It does not take the call of this caller.
    Refused { caller: String, cause: Cause },
    /// It hangs up.
    HungUp,
    /// Its user writes.
    Talk { text: String },
    /// Its user presses keys.
    Dtmf { digits: String },
    /// A part of the WebRTC handshake.
    Signal(Value),
    /// About the numbers whose calls it does not want.
    Blocking(Blocking),
    /// The message that it was asked for.
    Recorded(Message),
}

/// What is to be done about the numbers whose calls a line does not want.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Blocking {
    List,
    Add(String),
    Remove(String),
}

/// A message that was left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Message {
    Text(String),
    Audio(String),
}

/// An event whose arguments are not what they should be, or that makes no sense now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Invalid;

impl Said {
    /// Reads an event and its arguments; `None` for an event that no phone has to say.
    pub(crate) fn read(event: &str, arguments: &[Value]) -> Option<Result<Said, Invalid>> {
        let first = arguments.first().unwrap_or(&Value::Null);
        let number = || text(first, LONGEST_NUMBER).filter(|number| number.len() <= LONGEST_NUMBER);
        let said = match event {
            "make_call" => number().map(|number| Said::MakeCall { number }),
            "call_acknowledged" => number().map(|caller| Said::Acknowledged { caller }),
            "call_accepted" => Some(Said::Accepted),
            "call_refused" => {
                number().zip(refusal(arguments.get(1))).map(|(caller, cause)| Said::Refused { caller, cause })
            }
            "hang_up" => Some(Said::HungUp),
            "talk" => text(first, LONGEST_TEXT).map(|text| Said::Talk { text }),
            "dtmf" => digits(first).map(|digits| Said::Dtmf { digits }),
            "signal" => signal(first).map(Said::Signal),
            BLOCKING => blocking(first).map(Said::Blocking),
            "recorded" => message(first).map(Said::Recorded),
            _ => return None,
        };
        Some(said.ok_or(Invalid))
    }
}

fn text(value: &Value, longest: usize) -> Option<String> {
    let text = value.as_str().filter(|text| !text.is_empty() && text.chars().nth(longest).is_none())?;
    Some(text.to_owned())
}

fn refusal(value: Option<&Value>) -> Option<Cause> {
    match value?.as_str()? {
        "busy" => Some(Cause::Busy),
        "timeout" => Some(Cause::NoAnswer),
        _ => None,
    }
}

fn digits(value: &Value) -> Option<String> {
    let is_key = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'*' | b'#' | b'A'..=b'D');
    text(value, MOST_DIGITS).filter(|digits| digits.bytes().all(is_key))
}

/// A description or a candidate: what is in it is between the two browsers.
fn signal(value: &Value) -> Option<Value> {
    let fields = value.as_object().filter(|fields| fields.len() == 1)?;
    let fits = match (fields.get("description"), fields.get("candidate")) {
        (Some(description), None) => description.is_object(),
        // Without a candidate it says that there are no more.
        (None, Some(candidate)) => candidate.is_object() || candidate.is_null(),
        _ => false,
    };
    (fits && value.to_string().len() <= LONGEST_SIGNAL).then(|| value.clone())
}

fn blocking(value: &Value) -> Option<Blocking> {
    let number = || text(value.get("number")?, LONGEST_NUMBER);
    match value.get("action")?.as_str()? {
        "list" => Some(Blocking::List),
        "add" => number().map(Blocking::Add),
        "remove" => number().map(Blocking::Remove),
        _ => None,
    }
}

/// A message: typed, or its sound as a `data:audio/...` URL (RFC 2397). How long the sound may be follows from how much the socket takes.
fn message(value: &Value) -> Option<Message> {
    let fields = value.as_object().filter(|fields| fields.len() == 1)?;
    if let Some(typed) = fields.get("text") {
        return text(typed, LONGEST_TEXT).map(Message::Text);
    }
    let audio = fields.get("audio")?.as_str().filter(|audio| audio.starts_with("data:audio/"))?;
    Some(Message::Audio(audio.to_owned()))
}

/// All arguments of an event, however many there are.
#[derive(Debug, Default)]
pub(crate) struct Arguments(pub(crate) Vec<Value>);

impl<'de> Deserialize<'de> for Arguments {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct All;
        impl<'de> Visitor<'de> for All {
            type Value = Arguments;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("the arguments of an event")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut values: A) -> Result<Arguments, A::Error> {
                let mut arguments = Vec::new();
                while arguments.len() < MOST_ARGUMENTS {
                    match values.next_element()? {
                        Some(value) => arguments.push(value),
                        None => break,
                    }
                }
                while values.next_element::<serde::de::IgnoredAny>()?.is_some() {}
                Ok(Arguments(arguments))
            }
        }
        // A tuple is how the library tells all arguments from the first.
        deserializer.deserialize_tuple(MOST_ARGUMENTS, All)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_phones_say_by_table() {
        let number = |number: &str| Some(Ok(Said::MakeCall { number: number.to_owned() }));
        let wrong = Some(Err(Invalid));
        for (event, arguments, expected) in [
            ("make_call", json!(["0002"]), number("0002")),
            ("make_call", json!(["0002", "and more"]), number("0002")),
            ("make_call", json!([2]), wrong.clone()),
            ("make_call", json!([]), wrong.clone()),
            ("make_call", json!([""]), wrong.clone()),
            ("make_call", json!([null]), wrong.clone()),
            ("make_call", json!(["9".repeat(64)]), number(&"9".repeat(64))),
            ("make_call", json!(["9".repeat(65)]), wrong.clone()),
            ("make_call", json!([["0002"]]), wrong.clone()),
            ("call_accepted", json!([]), Some(Ok(Said::Accepted))),
            ("call_accepted", json!([null]), Some(Ok(Said::Accepted))),
            (
                "call_refused",
                json!(["0001", "busy"]),
                Some(Ok(Said::Refused { caller: "0001".into(), cause: Cause::Busy })),
            ),
            (
                "call_refused",
                json!(["0001", "timeout"]),
                Some(Ok(Said::Refused { caller: "0001".into(), cause: Cause::NoAnswer })),
            ),
            ("call_refused", json!(["0001", "no_rate"]), wrong.clone()),
            ("call_refused", json!(["0001"]), wrong.clone()),
            ("talk", json!(["ö".repeat(2000)]), Some(Ok(Said::Talk { text: "ö".repeat(2000) }))),
            ("talk", json!(["x".repeat(2001)]), wrong.clone()),
            ("dtmf", json!(["12*#A"]), Some(Ok(Said::Dtmf { digits: "12*#A".into() }))),
            ("dtmf", json!(["1-2"]), wrong.clone()),
            ("dtmf", json!(["1".repeat(33)]), wrong.clone()),
            ("dtmf", json!([1]), wrong.clone()),
            (
                "signal",
                json!([{"description": {"type": "offer"}}]),
                Some(Ok(Said::Signal(json!({"description": {"type": "offer"}})))),
            ),
            ("signal", json!([{"candidate": null}]), Some(Ok(Said::Signal(json!({"candidate": null}))))),
            ("signal", json!([{"description": "offer"}]), wrong.clone()),
            ("signal", json!([{"description": {}, "candidate": {}}]), wrong.clone()),
            ("signal", json!([{"to": "0003", "candidate": {}}]), wrong.clone()),
            ("signal", json!([{"candidate": {"a": "x".repeat(16 * 1024)}}]), wrong.clone()),
            ("signal", json!(["offer"]), wrong.clone()),
            ("call_blocking", json!([{"action": "list"}]), Some(Ok(Said::Blocking(Blocking::List)))),
            (
                "call_blocking",
                json!([{"action": "add", "number": "0002"}]),
                Some(Ok(Said::Blocking(Blocking::Add("0002".into())))),
            ),
            ("call_blocking", json!([{"action": "add"}]), wrong.clone()),
            ("call_blocking", json!([{"action": "clear"}]), wrong.clone()),
            ("call_blocking", json!(["list"]), wrong.clone()),
            ("recorded", json!([{"text": "Hello"}]), Some(Ok(Said::Recorded(Message::Text("Hello".into()))))),
            ("recorded", json!([{"audio": "https://evil.example/a.ogg"}]), wrong.clone()),
            ("recorded", json!([{}]), wrong.clone()),
            ("frobnicate", json!([1, 2]), None),
            ("", json!([]), None),
        ] {
            let arguments = arguments.as_array().map(Vec::as_slice).unwrap_or_default();
            assert_eq!(Said::read(event, arguments), expected, "{event} {arguments:?}");
        }
    }
}
