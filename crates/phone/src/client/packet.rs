//! The text frames of Engine.IO 4 with the packets of Socket.IO 4 inside, for the default namespace.

use std::time::Duration;

use serde_json::Value;

/// The answer to a ping.
pub(super) const PONG: &str = "3";
/// Leaves the namespace: the last packet of a client.
pub(super) const LEAVE: &str = "41";
/// A server that names longer pauses than this is not believed: a dead connection would never be noticed.
const LONGEST_SILENCE: Duration = Duration::from_secs(600);

/// A packet from the server.
#[derive(Debug, PartialEq)]
pub(super) enum Packet {
    /// The transport is open.
    Open(Opened),
    /// Must be answered by [`PONG`].
    Ping,
    /// The server ends the transport.
    End,
    /// The namespace is joined.
    Joined,
    /// The server ends our stay in the namespace.
    Left,
    /// The namespace refuses us.
    Refused {
        message: String,
    },
    Event {
        name: String,
        args: Vec<Value>,
    },
    /// The answer to the event that was sent with this id.
    Answer {
        id: u64,
        value: Value,
    },
}

/// What the server says of the transport as it opens.
#[derive(Debug, PartialEq)]
pub(super) struct Opened {
    /// Nothing heard for so long: the connection is dead.
    pub(super) silence: Duration,
    /// The longest packet that the server takes, in bytes.
    pub(super) longest: usize,
}

/// Reads a frame. Nothing for one that makes no sense, or that a client has no use for.
pub(super) fn read(frame: &str) -> Option<Packet> {
    let mut chars = frame.chars();
    match (chars.next()?, chars.as_str()) {
        ('0', rest) => opened(rest).map(Packet::Open),
        ('1', "") => Some(Packet::End),
        ('2', "") => Some(Packet::Ping),
        ('4', rest) => message(rest),
        _ => None,
    }
}

fn opened(rest: &str) -> Option<Opened> {
    let told: Value = serde_json::from_str(rest).ok()?;
    let millis = |name: &str| Some(Duration::from_millis(told.get(name)?.as_u64()?));
    let silence = millis("pingInterval")?.saturating_add(millis("pingTimeout")?).min(LONGEST_SILENCE);
    let longest = told.get("maxPayload").and_then(Value::as_u64).and_then(|bytes| usize::try_from(bytes).ok());
    Some(Opened { silence, longest: longest.unwrap_or(usize::MAX) })
}

fn message(packet: &str) -> Option<Packet> {
    let mut chars = packet.chars();
    let kind = chars.next()?;
    let mut rest = chars.as_str();
    if matches!(kind, '5' | '6') {
        // Bytes follow in frames of their own; here stands how many. What they are for stays a placeholder.
        rest = rest.split_once('-')?.1;
    }
    if rest.starts_with('/') {
        return None;
    }
    match kind {
        '0' => Some(Packet::Joined),
        '1' => Some(Packet::Left),
        '2' | '5' => event(after_id(rest).1),
        '3' | '6' => {
            let (id, json) = after_id(rest);
            Some(Packet::Answer { id: id?, value: answer(json)? })
        }
        '4' => {
            let told: Value = serde_json::from_str(rest).unwrap_or_default();
            let message = told.get("message").and_then(Value::as_str).or(told.as_str());
            Some(Packet::Refused { message: message.unwrap_or("no reason given").to_owned() })
        }
        _ => None,
    }
}

fn after_id(rest: &str) -> (Option<u64>, &str) {
    let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (id, json) = rest.split_at(digits);
    (id.parse().ok(), json)
}

fn event(json: &str) -> Option<Packet> {
    let mut args: Vec<Value> = serde_json::from_str(json).ok()?;
    if args.is_empty() {
        return None;
    }
    match args.remove(0) {
        Value::String(name) => Some(Packet::Event { name, args }),
        _ => None,
    }
}

/// One value as itself, none as null, several as a list.
fn answer(json: &str) -> Option<Value> {
    let mut args: Vec<Value> = serde_json::from_str(json).ok()?;
    Some(match args.len() {
        0 => Value::Null,
        1 => args.remove(0),
        _ => Value::Array(args),
    })
}

/// The packet that joins the namespace.
pub(super) fn join(auth: &Value) -> String {
    format!("40{auth}")
}

/// The packet of an event; with an id where an answer is expected.
pub(super) fn write(id: Option<u64>, event: &str, args: &[Value]) -> String {
    let list: Vec<Value> = std::iter::once(Value::from(event)).chain(args.iter().cloned()).collect();
    let id = id.map(|id| id.to_string()).unwrap_or_default();
    format!("42{id}{}", Value::Array(list))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn frames_by_table() {
        let event = |name: &str, args: Vec<Value>| Some(Packet::Event { name: name.to_owned(), args });
        let opened = |seconds, longest| Some(Packet::Open(Opened { silence: Duration::from_secs(seconds), longest }));
        let refused = |message: &str| Some(Packet::Refused { message: message.to_owned() });
        for (frame, expected) in [
            ("2", Some(Packet::Ping)),
            ("1", Some(Packet::End)),
            ("40{\"sid\":\"x\"}", Some(Packet::Joined)),
            ("41", Some(Packet::Left)),
            ("44{\"message\":\"Invalid phone secret\"}", refused("Invalid phone secret")),
            ("44\"no\"", refused("no")),
            ("44{", refused("no reason given")),
            ("42[\"talk\",\"hello\"]", event("talk", vec![json!("hello")])),
            ("42[\"call_ended\"]", event("call_ended", vec![])),
            ("4217[\"talk\",1]", event("talk", vec![json!(1)])),
            (
                "451-[\"prompt\",{\"_placeholder\":true,\"num\":0}]",
                event("prompt", vec![json!({"_placeholder": true, "num": 0})]),
            ),
            ("437[[\"0003\"]]", Some(Packet::Answer { id: 7, value: json!(["0003"]) })),
            ("437[]", Some(Packet::Answer { id: 7, value: Value::Null })),
            ("43[1]", None),
            ("0{\"pingInterval\":25000,\"pingTimeout\":20000,\"maxPayload\":1000}", opened(45, 1000)),
            ("0{\"pingInterval\":18446744073709551615,\"pingTimeout\":1}", opened(600, usize::MAX)),
            ("0{}", None),
            ("42[]", None),
            ("42[1]", None),
            ("42{\"a\":1}", None),
            ("42/admin,[\"talk\"]", None),
            ("4", None),
            ("49", None),
            ("é", None),
            ("", None),
            ("hello", None),
            (&format!("42{}", "[".repeat(100_000)), None),
        ] {
            assert_eq!(read(frame), expected, "{frame:.60}");
        }
    }

    #[test]
    fn packets_are_written_as_they_are_read() {
        assert_eq!(join(&json!({"phoneNumber": "0001"})), "40{\"phoneNumber\":\"0001\"}");
        assert_eq!(write(None, "hang_up", &[]), "42[\"hang_up\"]");
        assert_eq!(
            write(Some(3), "call_blocking", &[json!({"action": "list"})]),
            "423[\"call_blocking\",{\"action\":\"list\"}]"
        );
    }
}
