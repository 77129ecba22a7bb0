//! Refusals of sounds.

use engine::sounds::SoundError;
use serde_json::json;

use super::*;

impl From<SoundError> for Problem {
    fn from(error: SoundError) -> Self {
        let detail = error.to_string();
        match error {
            SoundError::NotFound(_) => Problem::new(NOT_FOUND, detail),
            SoundError::NotPlayed => Problem::new(UNREADABLE, detail),
            SoundError::InUse { group } => Problem::new(WRONG_STATE, detail).figure("group", json!(group)),
            SoundError::Invalid(invalid) => invalid.into(),
            SoundError::Group(error) => error.into(),
            SoundError::Storage(error) => error.into(),
        }
    }
}
