//! Refusals of what phones have, of ending calls, and of maintenance.

use engine::charging::{ChargingError, Refused};
use engine::lines::phones::{LookupError, PhoneError};
use engine::maintenance::MaintenanceError;
use engine::phone_checks::PhoneCheckError;
use engine::switching::{CallBackError, HangUpError, PlaceError, StatusError, TransferError};

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

impl From<PhoneCheckError> for Problem {
    fn from(error: PhoneCheckError) -> Self {
        let detail = error.to_string();
        match error {
            PhoneCheckError::Agent(error) => error.into(),
            PhoneCheckError::Invalid(invalid) => invalid.into(),
            PhoneCheckError::NoSms => Problem::new(WRONG_STATE, detail).figure("reason", "no_sms"),
            PhoneCheckError::Confirmed(_) => Problem::new(WRONG_STATE, detail).figure("reason", "confirmed"),
            PhoneCheckError::TooSoon { .. } => Problem::new(WRONG_STATE, detail).figure("reason", "too_soon"),
            PhoneCheckError::Sms(error) => error.into(),
            PhoneCheckError::Tenant(error) => error.into(),
            PhoneCheckError::Storage(error) => error.into(),
        }
    }
}

impl From<TransferError> for Problem {
    fn from(error: TransferError) -> Self {
        let detail = error.to_string();
        match error {
            TransferError::Group(error) => error.into(),
            TransferError::Agent(error) => error.into(),
            TransferError::SameAgent => Problem::new(INVALID, detail).at("/agent"),
            TransferError::Over(_) => Problem::new(WRONG_STATE, detail).figure("reason", "over"),
            TransferError::NotThere { presence, .. } => Problem::new(WRONG_STATE, detail)
                .figure("reason", "agent_not_there")
                .figure("presence", presence.name()),
            TransferError::NoPhone(_) => Problem::new(WRONG_STATE, detail).figure("reason", "no_phone"),
            TransferError::NotHere(_) => Problem::new(WRONG_STATE, detail).figure("reason", "not_here"),
            TransferError::Unreadable(_) => Problem::internal(detail),
            TransferError::Storage(error) => error.into(),
        }
    }
}

impl From<CallBackError> for Problem {
    fn from(error: CallBackError) -> Self {
        let detail = error.to_string();
        let reason = |reason: &str| Problem::new(WRONG_STATE, detail.clone()).figure("reason", reason);
        match error {
            CallBackError::Group(error) => error.into(),
            CallBackError::Message(error) => error.into(),
            CallBackError::NoAgent | CallBackError::AnotherAgent | CallBackError::NotOfGroup(_) => {
                Problem::new(INVALID, detail).at("/agent")
            }
            CallBackError::NotItsPhone(_) => Problem::new(INVALID, detail).at("/phone"),
            CallBackError::NoPhone(_) => reason("no_phone"),
            CallBackError::NotKnown(_) => reason("caller_not_known"),
            CallBackError::NoNumber => reason("no_number"),
            CallBackError::Emergency => reason("emergency"),
            CallBackError::Limit(error) => ChargingError::from(Refused::Limit(error)).into(),
            CallBackError::Blocked => reason("blocked"),
            CallBackError::NoRoute => reason("no_route"),
            CallBackError::Place(error) => error.into(),
        }
    }
}

impl From<PlaceError> for Problem {
    fn from(error: PlaceError) -> Self {
        let detail = error.to_string();
        match error {
            PlaceError::Customer(error) => error.into(),
            PlaceError::Agent(error) => error.into(),
            PlaceError::Unreadable(..) => Problem::new(INVALID, detail).at("/phone"),
            PlaceError::NoLine => Problem::new(WRONG_STATE, detail).figure("reason", "no_line"),
            PlaceError::NotVerified(_) => Problem::new(INVALID, detail).at("/phone"),
            PlaceError::NotThere(presence) => Problem::new(WRONG_STATE, detail)
                .figure("reason", "agent_not_there")
                .figure("presence", presence.name()),
            PlaceError::Maintenance => Problem::new(WRONG_STATE, detail).figure("reason", "maintenance"),
            PlaceError::NoRoute => Problem::new(WRONG_STATE, detail).figure("reason", "no_route"),
            PlaceError::Charging(error) => error.into(),
            PlaceError::Line(LookupError::Unreadable { .. }) => Problem::internal(detail),
            PlaceError::Line(LookupError::Storage(error)) => error.into(),
            PlaceError::Tenant(error) => error.into(),
            PlaceError::Route(error) => error.into(),
            PlaceError::Note(error) => error.into(),
            PlaceError::Storage(error) => error.into(),
        }
    }
}

impl From<StatusError> for Problem {
    fn from(error: StatusError) -> Self {
        match error {
            StatusError::Call(error) => error.into(),
            StatusError::Record(error) => error.into(),
            StatusError::Tenant(error) => error.into(),
            StatusError::Unreadable(error) => Problem::internal(error.to_string()),
            StatusError::Storage(error) => error.into(),
        }
    }
}
