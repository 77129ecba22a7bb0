//! Which problem each refusal of a message or a block is.

use engine::blocks::BlockError;
use engine::messages::{MessageError, Refused};

use super::*;

impl From<MessageError> for Problem {
    fn from(error: MessageError) -> Self {
        let detail = error.to_string();
        match error {
            MessageError::NotFound(_) | MessageError::NoSuchConversation(_) => Problem::new(NOT_FOUND, detail),
            MessageError::Invalid(invalid) => invalid.into(),
            MessageError::Refused(refused) => refused.into(),
            MessageError::NotTheirs(_) => Problem::new(WRONG_STATE, detail),
            MessageError::OriginTaken(_) => Problem::new(ORIGIN_TAKEN, detail).at("/origin"),
            MessageError::Unreadable(_) => Problem::internal(detail),
            MessageError::Overflow(overflow) => overflow.into(),
            MessageError::Customer(error) => error.into(),
            MessageError::Agent(error) => error.into(),
            MessageError::Tenant(error) => error.into(),
            MessageError::Ledger(error) => error.into(),
            MessageError::Sms(error) => error.into(),
            MessageError::Storage(error) => error.into(),
        }
    }
}

impl From<Refused> for Problem {
    fn from(refused: Refused) -> Self {
        let (detail, reason) = (refused.to_string(), refused.reason());
        match refused {
            Refused::CustomerClosed(_) => Problem::new(WRONG_STATE, detail).figure("state", "closed"),
            Refused::Suspended(_) => Problem::new(WRONG_STATE, detail).figure("state", "suspended"),
            Refused::Blocked => Problem::new(BLOCKED, detail),
            Refused::NoPrice { currency, .. } => {
                Problem::new(INVALID, detail).at("/agent").figure("reason", reason).figure("currency", currency.code())
            }
            Refused::InsufficientBalance { available, required, currency } => {
                Problem::new(INSUFFICIENT_BALANCE, detail)
                    .figure("available", available.to_text(currency))
                    .figure("required", required.to_text(currency))
                    .figure("currency", currency.code())
            }
        }
    }
}

impl From<BlockError> for Problem {
    fn from(error: BlockError) -> Self {
        let detail = error.to_string();
        match error {
            BlockError::NotFound { .. } => Problem::new(NOT_FOUND, detail),
            BlockError::Invalid(invalid) => invalid.into(),
            BlockError::Customer(error) => error.into(),
            BlockError::Agent(error) => error.into(),
            BlockError::Storage(error) => error.into(),
        }
    }
}
