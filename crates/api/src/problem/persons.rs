//! Refusals of what is held of somebody.

use engine::persons::PersonError;
use serde_json::{Value, json};

use super::*;

impl From<PersonError> for Problem {
    fn from(error: PersonError) -> Self {
        let detail = error.to_string();
        match error {
            PersonError::Open(open) => {
                let open: Vec<Value> =
                    open.iter().map(|open| json!({"what": open.what, "figure": open.figure})).collect();
                Problem::new(WRONG_STATE, detail).figure("open", open)
            }
            PersonError::Customer(error) => error.into(),
            PersonError::Agent(error) => error.into(),
            PersonError::Member(error) => error.into(),
            PersonError::Group(error) => error.into(),
            PersonError::Tenant(error) => error.into(),
            PersonError::Invalid(invalid) => invalid.into(),
            PersonError::Unwritable(error) => Problem::internal(error.to_string()),
            PersonError::Storage(error) => error.into(),
        }
    }
}
