//! Which problem each refusal of a transfer or a refund is.

use domain::money::Amount;
use engine::customers::CustomerError;
use engine::refunds::RefundError;
use engine::transfers::TransferError;

use super::*;

impl From<TransferError> for Problem {
    fn from(error: TransferError) -> Self {
        let detail = error.to_string();
        match error {
            TransferError::Invalid(invalid) => invalid.into(),
            TransferError::Customer(error) => error.into(),
            // It is named by the body: not the address is wrong, but a field.
            TransferError::Receiver(CustomerError::NotFound(_)) => Problem::new(INVALID, detail).at("/to"),
            TransferError::Receiver(error) => error.into(),
            TransferError::NotPrepaid(_) => Problem::new(WRONG_MODE, detail),
            TransferError::WrongCurrency { currency, .. } => {
                Problem::new(WRONG_CURRENCY, detail).at("/currency").figure("customer_currency", currency.code())
            }
            TransferError::OtherCurrency { theirs, currency, .. } => Problem::new(WRONG_CURRENCY, detail)
                .at("/to")
                .figure("customer_currency", currency.code())
                .figure("receiver_currency", theirs.code()),
            TransferError::InsufficientBalance { available, required } => too_little(detail, available, required),
            TransferError::Billing(error) => error.into(),
            TransferError::Ledger(error) => error.into(),
            TransferError::Storage(error) => error.into(),
        }
    }
}

impl From<RefundError> for Problem {
    fn from(error: RefundError) -> Self {
        let detail = error.to_string();
        match error {
            RefundError::Invalid(invalid) => invalid.into(),
            RefundError::NothingCharged(_) | RefundError::Refunded(_) | RefundError::ByInvoice(_) => {
                Problem::new(WRONG_STATE, detail)
            }
            RefundError::Beyond { left, .. } => {
                Problem::new(WRONG_STATE, detail).at("/amount").figure("left", left.to_string())
            }
            RefundError::Call(error) => error.into(),
            RefundError::Customer(error) => error.into(),
            RefundError::Allowance(error) => error.into(),
            RefundError::Payment(error) => error.into(),
            RefundError::Ledger(error) => error.into(),
            RefundError::Storage(error) => error.into(),
        }
    }
}

fn too_little(detail: String, available: Amount, required: Amount) -> Problem {
    Problem::new(INSUFFICIENT_BALANCE, detail)
        .at("/amount")
        .figure("available", available.to_string())
        .figure("required", required.to_string())
}
