//! What a real Asterisk said of one channel: its part of a capture.

use std::collections::{HashMap, VecDeque};
use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};

/// The part of one channel in a capture. What follows a request is played when the request is made.
pub(crate) struct Tape {
    channel: String,
    lines: VecDeque<Line>,
}

enum Line {
    Asked(Duration, Ask, Answer),
    Said(Duration, Value),
}

/// A request about a channel, as far as events follow from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ask {
    Subscribe,
    Make,
    Dial,
    /// To make a channel and dial it at once, as the program did that drove the captured calls.
    Originate,
    Ring,
    Answer,
    End,
}

#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Value,
}

/// An event, and how long after the request it comes.
pub(crate) type Said = (Duration, Value);

impl Ask {
    /// What is asked of which channel.
    pub(crate) fn read(method: &str, path: &str, query: &HashMap<String, String>) -> Option<(Ask, String)> {
        let path: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        let named = || query.get("channelId").cloned();
        Some(match (method, path.as_slice()) {
            ("POST", ["applications", _, "subscription"]) => {
                (Ask::Subscribe, query.get("eventSource")?.strip_prefix("channel:")?.to_owned())
            }
            ("POST", ["channels"]) => (Ask::Originate, named()?),
            ("POST", ["channels", "create"]) => (Ask::Make, named()?),
            ("POST", ["channels", channel]) => (Ask::Originate, (*channel).to_owned()),
            ("POST", ["channels", channel, "dial"]) => (Ask::Dial, (*channel).to_owned()),
            ("POST", ["channels", channel, "ring"]) => (Ask::Ring, (*channel).to_owned()),
            ("POST", ["channels", channel, "answer"]) => (Ask::Answer, (*channel).to_owned()),
            ("DELETE", ["channels", channel]) => (Ask::End, (*channel).to_owned()),
            _ => return None,
        })
    }
}

impl Tape {
    /// The part of a channel in a capture.
    pub(crate) fn of(capture: &str, channel: &str) -> Tape {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/captures").join(format!("{capture}.jsonl"));
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let lines = text.lines().filter_map(|line| Line::read(&serde_json::from_str(line).unwrap(), channel));
        let mut lines: Vec<Line> = lines.collect();
        // A line stands where its answer came; what followed from the request may stand before it.
        lines.sort_by_key(Line::at);
        assert!(!lines.is_empty(), "{capture} has no channel {channel}");
        Tape { channel: channel.to_owned(), lines: lines.into_iter().flat_map(Line::asked_as_we_do).collect() }
            .ready_to_dial()
    }

    /// Some dialled before the channel was ready. Whoever waits until it is, is told first that it is.
    fn ready_to_dial(mut self) -> Tape {
        let made = self.lines.iter().position(|line| matches!(line, Line::Asked(_, Ask::Make, _)));
        let ready =
            self.lines.iter().position(|line| matches!(line, Line::Said(_, said) if said["type"] == "StasisStart"));
        if let (Some(made), Some(ready)) = (made, ready)
            && let Some(Line::Said(_, said)) = self.lines.remove(ready)
        {
            let at = self.lines[made].at();
            self.lines.insert(made + 1, Line::Said(at, said));
        }
        self
    }

    /// A call that comes in from this endpoint to this number, by a channel of another name.
    pub(crate) fn arrives(mut self, channel: &str, endpoint: &str, dialled: &str) -> Tape {
        self.is_called(channel);
        for line in &mut self.lines {
            let Line::Said(_, said) = line else { continue };
            if let Some(count) = said["channel"]["name"].as_str().and_then(|name| name.rsplit_once('-')) {
                said["channel"]["name"] = json!(format!("PJSIP/{endpoint}-{}", count.1));
            }
            if said["type"] == "StasisStart" {
                said["args"] = json!(["out", dialled]);
            }
        }
        self
    }

    /// The channel has this name from now on.
    pub(crate) fn is_called(&mut self, channel: &str) {
        let before = std::mem::replace(&mut self.channel, channel.to_owned());
        for line in &mut self.lines {
            let (Line::Asked(_, _, Answer { body: value, .. }) | Line::Said(_, value)) = line;
            rename(value, &before, channel);
        }
    }

    /// What is said before anything is asked.
    pub(crate) fn begin(&mut self) -> Vec<Said> {
        let begins = self.lines.front().map_or(Duration::ZERO, Line::at);
        self.said_after(begins)
    }

    /// The answer to a request, and what is said after it; none, where the capture has no such request from here on. What it has before it
    /// is passed over.
    pub(crate) fn ask(&mut self, asked: Ask) -> Option<(Answer, Vec<Said>)> {
        let place = self.lines.iter().position(|line| matches!(line, Line::Asked(_, ask, _) if *ask == asked))?;
        let Some(Line::Asked(at, _, answer)) = self.lines.drain(..=place).next_back() else { return None };
        Some((answer, self.said_after(at)))
    }

    fn said_after(&mut self, at: Duration) -> Vec<Said> {
        let mut said = Vec::new();
        while let Some(Line::Said(then, event)) = self.lines.pop_front_if(|line| matches!(line, Line::Said(..))) {
            said.push((then.saturating_sub(at), event));
        }
        said
    }
}

impl Line {
    /// A line of a capture, if it is about this channel and anything follows from it.
    fn read(line: &Value, channel: &str) -> Option<Line> {
        let at = Duration::from_secs_f64(line["t"].as_f64()?);
        let body = line["body"].clone();
        if line["kind"] == "rest" {
            let query = serde_json::from_value(line["query"].clone()).unwrap_or_default();
            let (ask, asked) = Ask::read(line["method"].as_str()?, line["path"].as_str()?, &query)?;
            let status = u16::try_from(line["status"].as_u64()?).ok()?;
            (asked == channel).then_some(Line::Asked(at, ask, Answer { status, body }))
        } else {
            let of = ["channel", "peer"].iter().find_map(|key| body[key]["id"].as_str())?;
            (of.split(';').next() == Some(channel)).then_some(Line::Said(at, body))
        }
    }

    /// A channel that was dialled as it was made is made first, says that it is ready, and is dialled then.
    fn asked_as_we_do(self) -> Vec<Line> {
        match self {
            Line::Asked(at, Ask::Originate, answer) if answer.status == 200 => {
                let ready = json!({"type": "StasisStart", "args": ["leg"], "channel": answer.body});
                let dialled = Answer { status: 204, body: Value::Null };
                vec![Line::Asked(at, Ask::Make, answer), Line::Said(at, ready), Line::Asked(at, Ask::Dial, dialled)]
            }
            Line::Asked(at, Ask::Originate, answer) => vec![Line::Asked(at, Ask::Make, answer)],
            line => vec![line],
        }
    }

    fn at(&self) -> Duration {
        match self {
            Line::Asked(at, ..) | Line::Said(at, _) => *at,
        }
    }
}

/// Puts the name of a channel in place of another, also in that of its other half.
fn rename(value: &mut Value, from: &str, to: &str) {
    match value {
        Value::String(text) if text == from => to.clone_into(text),
        Value::String(text) if text.strip_prefix(from) == Some(";2") => *text = format!("{to};2"),
        Value::Array(all) => all.iter_mut().for_each(|value| rename(value, from, to)),
        Value::Object(fields) => fields.values_mut().for_each(|value| rename(value, from, to)),
        _ => {}
    }
}
