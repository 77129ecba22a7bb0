//! The small verbs.

use url::Url;

use super::element::Element;
use super::text::{LONGEST_MESSAGE, LONGEST_SAY, clean, cut};

/// Speaks a text, as far as [`LONGEST_SAY`] goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Say {
    /// What is said.
    pub text: String,
    /// Whose voice says it, such as `Polly.Amy`; the account's, where none is named.
    pub voice: Option<String>,
    /// The language, such as `en-GB`.
    pub language: Option<String>,
}

impl Say {
    /// Says it as the account is set.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Say {
        Say { text: text.into(), voice: None, language: None }
    }

    pub(super) fn written(&self) -> Option<Element> {
        let text = clean(&self.text);
        let said = cut(text.trim(), LONGEST_SAY);
        let element = Element::new("Say").saying(said);
        let element =
            element.attribute_if("voice", self.voice.as_ref()).attribute_if("language", self.language.as_ref());
        (!said.is_empty()).then_some(element)
    }
}

/// Plays a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Play {
    /// Where it is.
    pub url: Url,
    /// How often; until the call ends, where it is 0.
    pub times: u32,
}

impl Play {
    /// Plays it once.
    #[must_use]
    pub fn new(url: Url) -> Play {
        Play { url, times: 1 }
    }

    pub(super) fn written(&self) -> Option<Element> {
        let times = (self.times != 1).then_some(self.times);
        Some(Element::new("Play").attribute_if("loop", times).saying(self.url.as_str()))
    }
}

/// Waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pause {
    /// For how long, in seconds: one at least.
    pub seconds: u32,
}

impl Pause {
    pub(super) fn written(&self) -> Option<Element> {
        Some(Element::new("Pause").attribute("length", self.seconds.max(1)))
    }
}

/// Goes on with another document, and forgets the rest of this one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redirect {
    /// Where it is asked for.
    pub url: Url,
}

impl Redirect {
    pub(super) fn written(&self) -> Option<Element> {
        Some(Element::new("Redirect").attribute("method", "POST").saying(self.url.as_str()))
    }
}

/// Refuses a call that is not answered yet, free of charge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reject {
    /// What the caller hears.
    pub reason: RejectReason,
}

/// What the caller of a refused call hears.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RejectReason {
    /// That the number is not in service.
    Rejected,
    /// A busy tone.
    Busy,
}

impl Reject {
    pub(super) fn written(&self) -> Option<Element> {
        let reason = match self.reason {
            RejectReason::Rejected => "rejected",
            RejectReason::Busy => "busy",
        };
        Some(Element::new("Reject").attribute("reason", reason))
    }
}

/// Ends the call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hangup;

impl Hangup {
    pub(super) fn written(&self) -> Option<Element> {
        Some(Element::new("Hangup"))
    }
}

/// Waits no longer: the call goes on after its [`Enqueue`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Leave;

impl Leave {
    pub(super) fn written(&self) -> Option<Element> {
        Some(Element::new("Leave"))
    }
}

/// Lets a call wait until it is fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enqueue {
    /// The queue, made if there is none of that name.
    pub queue: String,
    /// What it hears meanwhile; Twilio's music, where nothing is named.
    pub waiting: Option<Url>,
    /// What is asked for when it waits no longer.
    pub action: Url,
}

impl Enqueue {
    pub(super) fn written(&self) -> Option<Element> {
        let element = Element::new("Enqueue").saying(&self.queue).attribute("action", &self.action);
        let element = element.attribute("method", "POST").attribute_if("waitUrl", self.waiting.as_ref());
        Some(element.attribute_if("waitUrlMethod", self.waiting.as_ref().map(|_| "POST")))
    }
}

/// Writes a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// What it says.
    pub text: MessageText,
    /// To whom; to whoever wrote, where nobody is named.
    pub to: Option<String>,
    /// Who is told what becomes of it.
    pub action: Option<Url>,
}

/// A text that a message holds whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageText(String);

/// A text that is too long for a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the text has {characters} characters, and may have {LONGEST_MESSAGE}")]
pub struct TooLong {
    /// How long it is.
    pub characters: usize,
}

impl MessageText {
    /// # Errors
    /// The text is longer than [`LONGEST_MESSAGE`]: what is left out of a message would be lost.
    pub fn new(text: &str) -> Result<MessageText, TooLong> {
        let text = clean(text);
        let characters = text.chars().count();
        if characters > LONGEST_MESSAGE {
            return Err(TooLong { characters });
        }
        Ok(MessageText(text))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Message {
    /// An answer to whoever wrote.
    #[must_use]
    pub fn new(text: MessageText) -> Message {
        Message { text, to: None, action: None }
    }

    pub(super) fn written(&self) -> Option<Element> {
        let text = self.text.as_str();
        let element = Element::new("Message").saying(text).attribute_if("to", self.to.as_ref());
        let element = element.attribute_if("action", self.action.as_ref());
        (!text.trim().is_empty()).then_some(element)
    }
}
