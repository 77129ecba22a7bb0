//! Which problem each refusal about an alert is.

use engine::alerts::AlertError;

use super::*;

impl From<AlertError> for Problem {
    fn from(error: AlertError) -> Self {
        let detail = error.to_string();
        match error {
            AlertError::NotFound(_) => Problem::new(NOT_FOUND, detail),
            AlertError::Reviewed(_) => Problem::new(WRONG_STATE, detail),
            AlertError::Invalid(invalid) => invalid.into(),
            AlertError::Storage(error) => error.into(),
        }
    }
}
