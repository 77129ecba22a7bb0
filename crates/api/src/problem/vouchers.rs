//! Which problem each refusal about vouchers is.

use engine::vouchers::{Refusal, VoucherError};

use super::people::too_many;
use super::*;

impl From<VoucherError> for Problem {
    fn from(error: VoucherError) -> Self {
        let detail = error.to_string();
        match error {
            VoucherError::NotFound(_) => Problem::new(NOT_FOUND, detail),
            VoucherError::Invalid(invalid) => invalid.into(),
            VoucherError::Revoked(_) => Problem::new(WRONG_STATE, detail),
            VoucherError::Customer(error) => error.into(),
            VoucherError::Tenant(error) => error.into(),
            VoucherError::Payment(error) => error.into(),
            VoucherError::Machine(error) => error.into(),
            VoucherError::Storage(error) => error.into(),
        }
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let detail = refusal.to_string();
        let reason = |name: &str, detail: String| Problem::new(VOUCHER, detail).at("/code").figure("reason", name);
        match refusal {
            Refusal::Mistyped => reason("mistyped", detail),
            Refusal::Unknown => reason("unknown", detail),
            Refusal::Used { at } => reason("used", detail).figure("redeemed_at", at.to_string()),
            Refusal::Expired { at } => reason("expired", detail).figure("expires_at", at.to_string()),
            Refusal::Revoked => reason("revoked", detail),
            Refusal::WrongCurrency { given, currency } => Problem::new(WRONG_CURRENCY, detail)
                .at("/code")
                .figure("voucher_currency", given.code())
                .figure("customer_currency", currency.code()),
            Refusal::Closed(_) => Problem::new(WRONG_STATE, detail),
            Refusal::TooMany { retry_after_seconds } => too_many(detail, retry_after_seconds).at("/code"),
        }
    }
}
