//! Which problem each refusal about what agents earn is.

use engine::figures::FiguresError;
use engine::payouts::PayoutError;
use engine::ratings::RatingError;

use super::*;

impl From<PayoutError> for Problem {
    fn from(error: PayoutError) -> Self {
        let detail = error.to_string();
        match error {
            PayoutError::NotFound(_) => Problem::new(NOT_FOUND, detail),
            PayoutError::Invalid(invalid) => invalid.into(),
            PayoutError::NothingPayable { balance, on_hold, currency } => Problem::new(WRONG_STATE, detail)
                .figure("balance", balance.to_text(currency))
                .figure("on_hold", on_hold.to_text(currency)),
            PayoutError::BelowMinimum { payable, minimum, currency } => Problem::new(WRONG_STATE, detail)
                .figure("payable", payable.to_text(currency))
                .figure("minimum", minimum.to_text(currency)),
            PayoutError::Bounced { .. } => Problem::new(WRONG_STATE, detail),
            PayoutError::Unreadable(_)
            | PayoutError::Overflow(_)
            | PayoutError::Currency(_)
            | PayoutError::Period(_) => Problem::internal(detail),
            PayoutError::Agent(error) => error.into(),
            PayoutError::Account(error) => error.into(),
            PayoutError::Billing(error) => error.into(),
            PayoutError::Ledger(error) => error.into(),
            PayoutError::Tenant(error) => error.into(),
            PayoutError::Storage(error) => error.into(),
        }
    }
}

impl From<RatingError> for Problem {
    fn from(error: RatingError) -> Self {
        let detail = error.to_string();
        match error {
            RatingError::Invalid(invalid) => invalid.into(),
            RatingError::NoAgent(_) | RatingError::NotAnswered(_) => Problem::new(WRONG_STATE, detail),
            RatingError::TooLate { until, .. } => Problem::new(WRONG_STATE, detail).figure("until", until.to_string()),
            RatingError::Call(error) => error.into(),
            RatingError::Storage(error) => error.into(),
        }
    }
}

impl From<FiguresError> for Problem {
    fn from(error: FiguresError) -> Self {
        match error {
            FiguresError::Agent(error) => error.into(),
            FiguresError::Tenant(error) => error.into(),
            FiguresError::Currency(error) => Problem::internal(error.to_string()),
            FiguresError::Storage(error) => error.into(),
        }
    }
}
