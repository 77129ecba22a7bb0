//! Refusals of what phones have, and of maintenance.

use engine::lines::phones::PhoneError;
use engine::maintenance::MaintenanceError;

use super::*;

impl From<PhoneError> for Problem {
    fn from(error: PhoneError) -> Self {
        let detail = error.to_string();
        match error {
            PhoneError::Line(error) => error.into(),
            PhoneError::NotDemo(_) => Problem::new(WRONG_STATE, detail),
            PhoneError::Agent(error) => error.into(),
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
