use url::Url;

use super::element::Element;
use super::gather::FinishKey;

/// Takes a message. It cannot be without an action: Twilio would ask for the same document again, and record for ever.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Who says what happens next.
    pub action: Url,
    /// How long the message may be, in seconds.
    pub seconds: u32,
    /// The silence that ends it, in seconds.
    pub silence_seconds: u32,
    /// The key that ends it.
    pub end: FinishKey,
    /// Whether it begins with a beep.
    pub beeps: bool,
    /// Whether silence at its beginning and end is cut off.
    pub is_trimmed: bool,
    /// Who is told when it can be fetched, or that there is none.
    pub told: Option<Url>,
    /// Whether it is written down.
    pub transcript: Transcript,
}

/// Whether a message is written down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Transcript {
    /// It is not.
    No,
    /// It is, and somebody is told.
    ToldTo(Url),
}

impl Record {
    /// Takes a message of two minutes at most after a beep. A star ends it, a silence does not.
    #[must_use]
    pub fn new(action: Url) -> Record {
        Record {
            action,
            seconds: 120,
            silence_seconds: 120,
            end: FinishKey::Star,
            beeps: true,
            is_trimmed: false,
            told: None,
            transcript: Transcript::No,
        }
    }

    pub(super) fn written(&self) -> Option<Element> {
        let element = Element::new("Record").attribute("action", &self.action).attribute("method", "POST");
        let element = element.attribute("maxLength", self.seconds.max(1)).attribute("timeout", self.silence_seconds);
        let element = element.attribute("finishOnKey", self.end.sign()).attribute("playBeep", self.beeps);
        let element = element.attribute("trim", if self.is_trimmed { "trim-silence" } else { "do-not-trim" });
        let told = self.told.as_ref();
        let element = element.attribute_if("recordingStatusCallback", told);
        let element = element.attribute_if("recordingStatusCallbackMethod", told.map(|_| "POST"));
        let element = element.attribute_if("recordingStatusCallbackEvent", told.map(|_| "completed absent"));
        let Transcript::ToldTo(url) = &self.transcript else { return Some(element) };
        Some(element.attribute("transcribe", true).attribute("transcribeCallback", url))
    }
}
