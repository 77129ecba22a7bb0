use url::Url;

use super::element::Element;
use super::verbs::{Pause, Play, Say};

/// Waits for keys, while it says something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gather {
    /// What it says.
    pub prompts: Vec<Prompt>,
    /// Who is told of the keys, and says what happens next.
    pub action: Url,
    /// How many keys at most; any number, where it is 0.
    pub most: u8,
    /// How long the next key is waited for after what is said, in seconds.
    pub seconds: u32,
    /// The key that ends them.
    pub end: FinishKey,
    /// Whether no key is told, too; else the document goes on.
    pub tells_of_none: bool,
}

/// What is heard while keys are waited for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Prompt {
    /// A text.
    Say(Say),
    /// A file.
    Play(Play),
    /// Nothing.
    Pause(Pause),
}

/// The key that ends what is typed or recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FinishKey {
    /// None.
    Nothing,
    /// The star.
    Star,
    /// The hash.
    Hash,
    /// A digit; those beyond 9 are none.
    Digit(u8),
}

impl FinishKey {
    /// The key with this sign; none, where there is no such key.
    #[must_use]
    pub fn of(sign: char) -> Option<FinishKey> {
        match sign {
            '*' => Some(FinishKey::Star),
            '#' => Some(FinishKey::Hash),
            digit => digit.to_digit(10).and_then(|digit| u8::try_from(digit).ok()).map(FinishKey::Digit),
        }
    }

    pub(super) fn sign(self) -> String {
        match self {
            FinishKey::Star => "*".to_owned(),
            FinishKey::Hash => "#".to_owned(),
            FinishKey::Digit(digit @ 0..=9) => digit.to_string(),
            FinishKey::Nothing | FinishKey::Digit(_) => String::new(),
        }
    }
}

impl Gather {
    /// Waits for keys until five seconds pass without one or the hash is pressed, as Twilio does; also no key is told.
    #[must_use]
    pub fn new(action: Url) -> Gather {
        Gather { prompts: Vec::new(), action, most: 0, seconds: 5, end: FinishKey::Hash, tells_of_none: true }
    }

    pub(super) fn written(&self) -> Option<Element> {
        let element = Element::new("Gather").attribute("input", "dtmf").attribute("action", &self.action);
        let element = element.attribute("method", "POST").attribute("timeout", self.seconds);
        let element = element.attribute_if("numDigits", (self.most > 0).then_some(self.most));
        let element = element.attribute("finishOnKey", self.end.sign());
        let element = element.attribute("actionOnEmptyResult", self.tells_of_none);
        Some(element.holding(self.prompts.iter().filter_map(Prompt::written)))
    }
}

impl Prompt {
    fn written(&self) -> Option<Element> {
        match self {
            Prompt::Say(say) => say.written(),
            Prompt::Play(play) => play.written(),
            Prompt::Pause(pause) => pause.written(),
        }
    }
}
