//! Refusals to close a month.

use engine::months::MonthError;

use super::*;

impl From<MonthError> for Problem {
    fn from(error: MonthError) -> Self {
        let detail = error.to_string();
        match error {
            MonthError::NoMonth(_) => Problem::new(INVALID, detail).at("/month"),
            MonthError::NotClosable(_) => Problem::new(WRONG_STATE, detail).at("/month"),
            MonthError::NotBilled { month, customer } => {
                Problem::new(WRONG_STATE, detail).figure("month", month).figure("customer", customer)
            }
            MonthError::Overflow(_) | MonthError::Currency(_) | MonthError::Unreadable(_) => Problem::internal(detail),
            MonthError::Tenant(error) => error.into(),
            MonthError::Storage(error) => error.into(),
        }
    }
}
