use serde::{Deserialize, Serialize};

/// Something that a party hears or reads.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// What to show or say.
    pub text: String,
    /// What to play instead of saying it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audio: Option<String>,
    /// The language of the text (BCP 47), for a switch that speaks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Whose voice speaks, as the switch calls it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub voice: Option<String>,
}

impl Words {
    /// A text, and what to play instead.
    #[must_use]
    pub fn new(text: impl Into<String>, audio: Option<String>) -> Words {
        Words { text: text.into(), audio, ..Words::default() }
    }
}
