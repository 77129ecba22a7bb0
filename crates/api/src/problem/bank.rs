//! Which problem each refusal about files of a bank is.

use engine::bank::BankError;

use super::*;

impl From<BankError> for Problem {
    fn from(error: BankError) -> Self {
        let detail = error.to_string();
        match error {
            BankError::NoFile(_) | BankError::NoRow(_) => Problem::new(NOT_FOUND, detail),
            BankError::Invalid(invalid) => invalid.into(),
            BankError::Taken { payment } => Problem::new(WRONG_STATE, detail).figure("payment", payment.as_str()),
            BankError::Unreadable(_) | BankError::Currency(_) => Problem::internal(detail),
            BankError::Payment(error) => error.into(),
            BankError::Tenant(error) => error.into(),
            BankError::Storage(error) => error.into(),
        }
    }
}
