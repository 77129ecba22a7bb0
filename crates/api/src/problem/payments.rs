//! Refusals of checkouts, and of payments that go back.

use engine::payments::automatic::AutomaticError;
use engine::payments::checkouts::{CheckoutError, ProviderFailure};
use engine::payments::reversals::ReversalError;

use super::refusals::changed;
use super::*;

impl From<CheckoutError> for Problem {
    fn from(error: CheckoutError) -> Self {
        let detail = error.to_string();
        match error {
            CheckoutError::NotFound(_) => Problem::new(NOT_FOUND, detail),
            CheckoutError::NoProvider => Problem::new(WRONG_STATE, detail),
            CheckoutError::Provider(ProviderFailure::Away) => Problem::new(UNAVAILABLE, detail).retry_after(30),
            CheckoutError::Provider(ProviderFailure::Refused(_)) => Problem::new(INVALID, detail).at("/amount"),
            CheckoutError::TooMany { .. } => Problem::new(TOO_MANY, detail).retry_after(600),
            CheckoutError::Automatic(error) => error.into(),
            CheckoutError::Invalid(invalid) => invalid.into(),
            CheckoutError::Customer(error) => error.into(),
            CheckoutError::Payment(error) => error.into(),
            CheckoutError::Reversal(error) => error.into(),
            CheckoutError::Billing(error) => error.into(),
            CheckoutError::Tenant(error) => error.into(),
            CheckoutError::Storage(error) => error.into(),
        }
    }
}

impl From<AutomaticError> for Problem {
    fn from(error: AutomaticError) -> Self {
        let detail = error.to_string();
        match error {
            AutomaticError::NotOffered
            | AutomaticError::NotPrepaid(_)
            | AutomaticError::Closed(_)
            | AutomaticError::NoCard => Problem::new(WRONG_STATE, detail),
            AutomaticError::Changed { current } => changed(detail, current),
            AutomaticError::Invalid(invalid) => invalid.into(),
            AutomaticError::Customer(error) => error.into(),
            AutomaticError::Tenant(error) => error.into(),
            AutomaticError::Storage(error) => error.into(),
        }
    }
}

impl From<ReversalError> for Problem {
    fn from(error: ReversalError) -> Self {
        let detail = error.to_string();
        match error {
            ReversalError::NoPayment(_) | ReversalError::NotFound(_) => Problem::new(NOT_FOUND, detail),
            ReversalError::Invalid(invalid) => invalid.into(),
            ReversalError::Beyond { left, .. } => {
                Problem::new(WRONG_STATE, detail).at("/amount").figure("left", left.to_string())
            }
            ReversalError::Spent { available, .. } => {
                Problem::new(WRONG_STATE, detail).at("/amount").figure("available", available.to_string())
            }
            ReversalError::AtProvider(_) | ReversalError::Decided(_) => Problem::new(WRONG_STATE, detail),
            ReversalError::Changed { current } => changed(detail, current),
            ReversalError::Customer(error) => error.into(),
            ReversalError::Payment(error) => error.into(),
            ReversalError::Billing(error) => error.into(),
            ReversalError::Account(error) => error.into(),
            ReversalError::Ledger(error) => error.into(),
            ReversalError::Storage(error) => error.into(),
        }
    }
}
