//! Refusals of reports.

use engine::reports::ReportError;

use super::*;

impl From<ReportError> for Problem {
    fn from(error: ReportError) -> Self {
        let detail = error.to_string();
        match error {
            ReportError::NoTime { .. } | ReportError::NoMonths { .. } => Problem::new(UNREADABLE, detail),
            ReportError::Billing(error) => error.into(),
            ReportError::Overflow(_) | ReportError::Currency(_) => Problem::internal(detail),
            ReportError::Tenant(error) => error.into(),
            ReportError::Customer(error) => error.into(),
            ReportError::Storage(error) => error.into(),
        }
    }
}
