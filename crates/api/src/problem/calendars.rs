//! Refusals of calendars.

use engine::calendars::CalendarError;

use super::*;

impl From<CalendarError> for Problem {
    fn from(error: CalendarError) -> Self {
        let detail = error.to_string();
        match error {
            CalendarError::NotFound | CalendarError::None(_) => Problem::new(NOT_FOUND, detail),
            CalendarError::Invalid(invalid) => invalid.into(),
            CalendarError::Machine(error) => error.into(),
            CalendarError::Group(error) => error.into(),
            CalendarError::Agent(error) => error.into(),
            CalendarError::Storage(error) => error.into(),
        }
    }
}
