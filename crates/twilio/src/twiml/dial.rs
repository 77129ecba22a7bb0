use url::Url;

use super::element::Element;

/// How many numbers ring at once.
const MOST_NUMBERS: usize = 10;

/// Puts a call through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dial {
    /// To whom.
    pub to: Joined,
    /// Who is told how it went, and says what happens next.
    pub action: Url,
    /// For how long numbers ring, in seconds.
    pub seconds: Option<u32>,
    /// For how long they talk at most, in seconds.
    pub talk_seconds: Option<u32>,
    /// The number that is shown; the caller's, where none is named.
    pub caller: Option<String>,
    /// Whether the call counts as answered only when somebody takes it.
    pub answers_on_bridge: bool,
    /// Whether the star ends it for the caller, who stays.
    pub ends_on_star: bool,
    /// Whether what they say is recorded.
    pub recording: Option<TalkRecording>,
}

/// Whom a call is put through to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Joined {
    /// Numbers, which ring at once: the first that picks up stops the others.
    Numbers(Numbers),
    /// A conference.
    Conference(Box<Conference>),
    /// Whoever waits longest in a queue.
    Queue {
        /// Its name.
        name: String,
        /// What whoever waits there hears before they talk.
        heard: Option<Url>,
    },
}

/// How what is said is recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TalkRecording {
    /// Whether each party is on a channel of its own.
    pub is_dual: bool,
    /// Who is told when it can be fetched, or that there is none.
    pub told: Url,
}

/// Some numbers: one at least, and [ten](NumberCount) at most.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Numbers(Vec<Number>);

/// So many numbers cannot ring at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{given} numbers cannot ring at once: there are 1 to {MOST_NUMBERS}")]
pub struct NumberCount {
    /// How many there are.
    pub given: usize,
}

/// A number that rings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Number {
    /// It.
    pub number: String,
    /// What it hears when it picks up, before it is put through: a [`super::ScreeningResponse`].
    pub screening: Option<Url>,
    /// Who is told what becomes of its call, and of what.
    pub told: Option<(Url, Vec<CallEvent>)>,
}

/// What is told of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallEvent {
    /// It is dialled.
    Initiated,
    /// It rings.
    Ringing,
    /// Somebody, or something, picked up.
    Answered,
    /// It is over, however it went.
    Completed,
}

/// A room in which calls hear each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conference {
    /// Its name: whoever names the same is in the same.
    pub name: String,
    /// What this one is called in it, so that it is found again.
    pub label: Option<String>,
    /// Whether it begins with this one.
    pub starts: bool,
    /// Whether it ends with this one.
    pub ends: bool,
    /// Whether this one is only heard when it is let.
    pub is_muted: bool,
    /// What is heard until it begins; Twilio's music, where nothing is named.
    pub waiting: Option<Url>,
    /// When there is a beep.
    pub beep: ConferenceBeep,
    /// Who is told what happens in it, and of what.
    pub told: Option<(Url, Vec<ConferenceEvent>)>,
    /// Who is told where it is recorded.
    pub recording: Option<Url>,
}

/// When there is a beep in a conference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConferenceBeep {
    /// Never.
    Never,
    /// When somebody comes or goes.
    Always,
    /// When somebody comes.
    OnEnter,
    /// When somebody goes.
    OnExit,
}

/// What is told of a conference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConferenceEvent {
    /// It begins.
    Start,
    /// It is over.
    End,
    /// Somebody comes.
    Join,
    /// Somebody goes.
    Leave,
    /// An announcement was heard to its end, or not at all.
    Announcement,
}

impl Numbers {
    /// # Errors
    /// There is none, or there are too many.
    pub fn new(numbers: Vec<Number>) -> Result<Numbers, NumberCount> {
        match numbers.len() {
            1..=MOST_NUMBERS => Ok(Numbers(numbers)),
            given => Err(NumberCount { given }),
        }
    }
}

impl From<Number> for Numbers {
    fn from(number: Number) -> Numbers {
        Numbers(vec![number])
    }
}

impl Number {
    /// A number that is put through as soon as it picks up.
    #[must_use]
    pub fn new(number: impl Into<String>) -> Number {
        Number { number: number.into(), screening: None, told: None }
    }

    fn to_element(&self) -> Element {
        let element = Element::new("Number").saying(&self.number).attribute_if("url", self.screening.as_ref());
        let element = element.attribute_if("method", self.screening.as_ref().map(|_| "POST"));
        told(element, self.told.as_ref(), CallEvent::name)
    }
}

impl Conference {
    /// A room that begins with its second party, for whom there is no beep.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Conference {
        Conference {
            name: name.into(),
            label: None,
            starts: true,
            ends: false,
            is_muted: false,
            waiting: None,
            beep: ConferenceBeep::Never,
            told: None,
            recording: None,
        }
    }

    fn to_element(&self) -> Element {
        let element = Element::new("Conference").saying(&self.name);
        let element = element.attribute("startConferenceOnEnter", self.starts);
        let element = element.attribute("endConferenceOnExit", self.ends).attribute("beep", self.beep.name());
        let element = element.attribute_if("participantLabel", self.label.as_ref());
        let element = element.attribute_if("muted", self.is_muted.then_some(true));
        let element = element.attribute_if("waitUrl", self.waiting.as_ref());
        let element = element.attribute_if("waitMethod", self.waiting.as_ref().map(|_| "POST"));
        let element = told(element, self.told.as_ref(), ConferenceEvent::name);
        let Some(recording) = &self.recording else { return element };
        let element = element.attribute("record", "record-from-start").attribute("recordingStatusCallback", recording);
        element.attribute("recordingStatusCallbackMethod", "POST")
    }
}

impl Dial {
    /// Puts a call through for as long as it takes.
    #[must_use]
    pub fn new(to: Joined, action: Url) -> Dial {
        Dial {
            to,
            action,
            seconds: None,
            talk_seconds: None,
            caller: None,
            answers_on_bridge: false,
            ends_on_star: false,
            recording: None,
        }
    }

    pub(super) fn written(&self) -> Option<Element> {
        let element = Element::new("Dial").attribute("action", &self.action).attribute("method", "POST");
        let element = element.attribute_if("timeout", self.seconds).attribute_if("timeLimit", self.talk_seconds);
        let element = element.attribute_if("callerId", self.caller.as_ref());
        let element = element.attribute_if("answerOnBridge", self.answers_on_bridge.then_some(true));
        let element = element.attribute_if("hangupOnStar", self.ends_on_star.then_some(true));
        let element = match &self.recording {
            None => element,
            Some(TalkRecording { is_dual, told }) => {
                let recorded = if *is_dual { "record-from-answer-dual" } else { "record-from-answer" };
                let element = element.attribute("record", recorded).attribute("recordingStatusCallback", told);
                element.attribute("recordingStatusCallbackMethod", "POST").attribute(RECORDED, "completed absent")
            }
        };
        Some(element.holding(self.to.to_elements()))
    }
}

const RECORDED: &str = "recordingStatusCallbackEvent";

impl Joined {
    fn to_elements(&self) -> Vec<Element> {
        match self {
            Joined::Numbers(Numbers(numbers)) => numbers.iter().map(Number::to_element).collect(),
            Joined::Conference(conference) => vec![conference.to_element()],
            Joined::Queue { name, heard } => {
                let queue = Element::new("Queue").saying(name).attribute_if("url", heard.as_ref());
                vec![queue.attribute_if("method", heard.as_ref().map(|_| "POST"))]
            }
        }
    }
}

/// Whom to tell of what; of nothing nobody is told.
fn told<E: Copy>(element: Element, told: Option<&(Url, Vec<E>)>, name: fn(E) -> &'static str) -> Element {
    let Some((url, events)) = told.filter(|(_, events)| !events.is_empty()) else { return element };
    let events: Vec<&str> = events.iter().copied().map(name).collect();
    let element = element.attribute("statusCallback", url).attribute("statusCallbackMethod", "POST");
    element.attribute("statusCallbackEvent", events.join(" "))
}

impl CallEvent {
    /// Its name at Twilio.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            CallEvent::Initiated => "initiated",
            CallEvent::Ringing => "ringing",
            CallEvent::Answered => "answered",
            CallEvent::Completed => "completed",
        }
    }
}

impl ConferenceEvent {
    fn name(self) -> &'static str {
        match self {
            ConferenceEvent::Start => "start",
            ConferenceEvent::End => "end",
            ConferenceEvent::Join => "join",
            ConferenceEvent::Leave => "leave",
            ConferenceEvent::Announcement => "announcement",
        }
    }
}

impl ConferenceBeep {
    fn name(self) -> &'static str {
        match self {
            ConferenceBeep::Never => "false",
            ConferenceBeep::Always => "true",
            ConferenceBeep::OnEnter => "onEnter",
            ConferenceBeep::OnExit => "onExit",
        }
    }
}
