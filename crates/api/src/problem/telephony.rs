//! Refusals of SIP accounts, trunks, routes, numbers from outside, and recordings.

use engine::inbound_numbers::InboundNumberError;
use engine::lines::LineError;
use engine::recordings::RecordingError;
use engine::sip_accounts::SipAccountError;
use engine::trunk_routes::TrunkRouteError;
use engine::trunks::TrunkError;

use super::refusals::changed;
use super::*;

impl From<SipAccountError> for Problem {
    fn from(error: SipAccountError) -> Self {
        let detail = error.to_string();
        match error {
            SipAccountError::None(_) => Problem::new(NOT_FOUND, detail),
            SipAccountError::Line(error) => error.into(),
            SipAccountError::NoRandomness(_) => Problem::internal(detail),
            SipAccountError::Storage(error) => error.into(),
        }
    }
}

impl From<RecordingError> for Problem {
    fn from(error: RecordingError) -> Self {
        let detail = error.to_string();
        match error {
            RecordingError::NotFound(_) | RecordingError::NoLine(_) | RecordingError::NoGroup(_) => {
                Problem::new(NOT_FOUND, detail)
            }
            RecordingError::Invalid(invalid) => invalid.into(),
            RecordingError::Tenant(error) => error.into(),
            RecordingError::Storage(error) => error.into(),
        }
    }
}

impl From<TrunkError> for Problem {
    fn from(error: TrunkError) -> Self {
        let detail = error.to_string();
        match error {
            TrunkError::NotFound(_) => Problem::new(NOT_FOUND, detail),
            TrunkError::Invalid(invalid) => invalid.into(),
            TrunkError::EndpointTaken { endpoint, trunk } => {
                Problem::new(ENDPOINT_TAKEN, detail).at("/endpoint").figure("endpoint", endpoint).figure("trunk", trunk)
            }
            TrunkError::InUse { routes } => Problem::new(WRONG_STATE, detail).figure("routes", routes),
            TrunkError::Changed { current } => changed(detail, current),
            TrunkError::Storage(error) => error.into(),
        }
    }
}

impl From<TrunkRouteError> for Problem {
    fn from(error: TrunkRouteError) -> Self {
        let detail = error.to_string();
        match error {
            TrunkRouteError::NotFound(_) => Problem::new(NOT_FOUND, detail),
            TrunkRouteError::Invalid(invalid) => invalid.into(),
            TrunkRouteError::NoSuchTrunk(_) => Problem::new(INVALID, detail).at("/trunk"),
            TrunkRouteError::PrefixTaken { prefix, route } => {
                Problem::new(PREFIX_TAKEN, detail).at("/prefix").figure("prefix", prefix).figure("route", route)
            }
            TrunkRouteError::Changed { current } => changed(detail, current),
            TrunkRouteError::Tenant(error) => error.into(),
            TrunkRouteError::Storage(error) => error.into(),
        }
    }
}

impl From<InboundNumberError> for Problem {
    fn from(error: InboundNumberError) -> Self {
        let detail = error.to_string();
        match error {
            InboundNumberError::NotFound(_) => Problem::new(NOT_FOUND, detail),
            InboundNumberError::Invalid(invalid) => invalid.into(),
            InboundNumberError::NumberTaken(taken) => taken.into(),
            InboundNumberError::Changed { current } => changed(detail, current),
            // It is named by the body: not the address is wrong, but a field.
            InboundNumberError::Line(LineError::NotFound(_)) => Problem::new(INVALID, detail).at("/line"),
            InboundNumberError::Line(error) => error.into(),
            InboundNumberError::Tenant(error) => error.into(),
            InboundNumberError::Storage(error) => error.into(),
        }
    }
}
