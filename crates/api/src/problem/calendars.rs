//! Refusals of calendars, and of files of agents.

use engine::agent_imports::AgentImportError;
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

impl From<AgentImportError> for Problem {
    fn from(error: AgentImportError) -> Self {
        match error {
            AgentImportError::Invalid(invalid) => invalid.into(),
            AgentImportError::Agent(error) => error.into(),
            AgentImportError::Invitation(error) => error.into(),
            AgentImportError::Tenant(error) => error.into(),
            AgentImportError::Storage(error) => error.into(),
        }
    }
}
