//! Refusals of groups and their rosters.

use engine::groups::GroupError;

use super::refusals::changed;
use super::*;

impl From<GroupError> for Problem {
    fn from(error: GroupError) -> Self {
        let detail = error.to_string();
        match error {
            GroupError::NotFound(_) | GroupError::NoShift(_) | GroupError::NoOverride(_) | GroupError::NoCall(_) => {
                Problem::new(NOT_FOUND, detail)
            }
            GroupError::NoAgent { pointer, .. } => Problem::new(INVALID, detail).at(pointer),
            GroupError::NoGroup { pointer, .. } => Problem::new(INVALID, detail).at(&pointer),
            GroupError::Invalid(invalid) => invalid.into(),
            GroupError::NumberTaken(taken) => Problem::from(taken).at("/numbers"),
            GroupError::NoRandomness(error) => Problem::internal(error.to_string()),
            GroupError::Changed { current } => changed(detail, current),
            GroupError::Unreadable { .. } => Problem::internal(detail),
            GroupError::Agent(error) => error.into(),
            GroupError::Tenant(error) => error.into(),
            GroupError::Storage(error) => error.into(),
        }
    }
}
