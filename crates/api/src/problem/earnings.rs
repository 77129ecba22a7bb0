//! Which problem each refusal about what agents earn is.

use engine::figures::FiguresError;
use engine::payouts::PayoutError;
use engine::payouts::files::PayoutFileError;
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

impl From<PayoutFileError> for Problem {
    fn from(error: PayoutFileError) -> Self {
        let detail = error.to_string();
        match error {
            PayoutFileError::NotFound(_) => Problem::new(NOT_FOUND, detail),
            PayoutFileError::Invalid(invalid) => invalid.into(),
            PayoutFileError::NothingToPay { left_out, .. } => {
                Problem::new(WRONG_STATE, detail).figure("left_out", serde_json::json!(left_out))
            }
            PayoutFileError::Withdrawn { at } => {
                Problem::new(WRONG_STATE, detail).figure("withdrawn_at", at.to_string())
            }
            PayoutFileError::Lacks(_) | PayoutFileError::CsvOnly { .. } => Problem::new(WRONG_STATE, detail),
            PayoutFileError::Unreadable(_) | PayoutFileError::Overflow(_) | PayoutFileError::Currency(_) => {
                Problem::internal(detail)
            }
            PayoutFileError::Tenant(error) => error.into(),
            PayoutFileError::Storage(error) => error.into(),
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
