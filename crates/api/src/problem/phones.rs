//! Refusals of what phones have, of ending calls, and of maintenance.

use engine::lines::phones::{LookupError, PhoneError};
use engine::maintenance::MaintenanceError;
use engine::switching::HangUpError;

use super::*;

impl From<PhoneError> for Problem {
    fn from(error: PhoneError) -> Self {
        let detail = error.to_string();
        match error {
            PhoneError::Line(error) => error.into(),
            PhoneError::NotDemo(_) => Problem::new(WRONG_STATE, detail),
            PhoneError::Agent(error) => error.into(),
            PhoneError::Lookup(LookupError::Unreadable { .. }) => Problem::internal(detail),
            PhoneError::Lookup(LookupError::Storage(error)) => error.into(),
            PhoneError::Tenant(error) => error.into(),
            PhoneError::NoRandomness(_) => Problem::internal(detail),
            PhoneError::Storage(error) => error.into(),
        }
    }
}

impl From<MaintenanceError> for Problem {
    fn from(error: MaintenanceError) -> Self {
        match error {
            MaintenanceError::Invalid(invalid) => invalid.into(),
            MaintenanceError::Storage(error) => error.into(),
        }
    }
}

impl From<HangUpError> for Problem {
    fn from(error: HangUpError) -> Self {
        let detail = error.to_string();
        match error {
            HangUpError::Call(error) => error.into(),
            HangUpError::Over(_) | HangUpError::NotHere { .. } | HangUpError::Free(_) => {
                Problem::new(WRONG_STATE, detail)
            }
            HangUpError::Storage(error) => error.into(),
        }
    }
}
