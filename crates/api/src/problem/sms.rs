//! Refusals of short messages.

use engine::sms::SmsError;

use super::*;

impl From<SmsError> for Problem {
    fn from(error: SmsError) -> Self {
        let detail = error.to_string();
        match error {
            SmsError::NotFound(_) => Problem::new(NOT_FOUND, detail),
            SmsError::Unreadable(_) => Problem::internal(detail),
            SmsError::Storage(error) => error.into(),
        }
    }
}
