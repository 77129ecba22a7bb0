//! Refusals of swaps.

use engine::swaps::SwapError;
use serde_json::json;

use super::*;

impl From<SwapError> for Problem {
    fn from(error: SwapError) -> Self {
        let detail = error.to_string();
        match error {
            SwapError::NotFound(_) => Problem::new(NOT_FOUND, detail),
            SwapError::NotOpen { state } => Problem::new(WRONG_STATE, detail).figure("state", json!(state)),
            SwapError::OfferedAlready { swap } => Problem::new(WRONG_STATE, detail).figure("swap", json!(swap)),
            SwapError::NotOnDuty { .. }
            | SwapError::OwnOffer { .. }
            | SwapError::OnDutyThen { .. }
            | SwapError::Blackout { .. } => Problem::new(WRONG_STATE, detail),
            SwapError::PartOfAdded { .. } => Problem::new(INVALID, detail).at("/hours"),
            SwapError::NotValid => Problem::new(LINK_ENDED, detail),
            SwapError::Invalid(invalid) => invalid.into(),
            SwapError::Group(error) => error.into(),
            SwapError::Agent(error) => error.into(),
            SwapError::Storage(error) => error.into(),
        }
    }
}
