//! Which problem each refusal to charge a call while it runs is.

use domain::charging::{AnswerRefused, CloseRefused, ExtendRefused, SettleRefused};
use domain::money::Overflow;
use domain::time::Instant;
use engine::charging::{ChargingError, Refused};
use engine::ledger::LedgerError;

use super::*;

impl From<ChargingError> for Problem {
    fn from(error: ChargingError) -> Self {
        let detail = error.to_string();
        match error {
            ChargingError::Refused(refused) => refused.into(),
            ChargingError::Busy | ChargingError::Contended | ChargingError::Ledger(LedgerError::Outrun) => {
                Problem::new(UNAVAILABLE, detail).retry_after(1)
            }
            ChargingError::Closed | ChargingError::Unavailable => Problem::new(UNAVAILABLE, detail).retry_after(5),
            ChargingError::Unreadable(..) => Problem::internal(detail),
            ChargingError::Call(error) => error.into(),
            ChargingError::Customer(error) => error.into(),
            ChargingError::Tenant(error) => error.into(),
            ChargingError::Price(error) => error.into(),
            ChargingError::Ledger(error) => error.into(),
            ChargingError::Storage(error) => error.into(),
        }
    }
}

impl From<Refused> for Problem {
    fn from(refused: Refused) -> Self {
        let detail = refused.to_string();
        match refused {
            Refused::NotFound(_) => Problem::new(NOT_FOUND, detail),
            Refused::KeyReused => {
                Problem::new(KEY_REUSED, "the origin or Idempotency-Key was used for another request: take a new one")
            }
            Refused::OriginTaken(_) => Problem::new(ORIGIN_TAKEN, detail).at("/origin"),
            Refused::Invalid(invalid) => invalid.into(),
            Refused::UnknownLine => Problem::new(INVALID, detail).at("/line"),
            Refused::LineClosed(line) => {
                Problem::new(WRONG_STATE, detail).figure("line", line).figure("state", "closed")
            }
            Refused::LineSuspended(line) => {
                Problem::new(WRONG_STATE, detail).figure("line", line).figure("state", "suspended")
            }
            Refused::Blocked { agent } => Problem::new(BLOCKED, detail).figure("agent", agent),
            Refused::Unrated { reason, number } => {
                Problem::new(UNRATED, detail).figure("reason", reason.to_string()).figure("number", number)
            }
            Refused::InsufficientBalance { available, required, currency } => {
                Problem::new(INSUFFICIENT_BALANCE, detail)
                    .figure("available", available.to_text(currency))
                    .figure("required", required.to_text(currency))
                    .figure("currency", currency.code())
            }
            Refused::Limit(reached) => Problem::new(LIMIT_REACHED, detail).figure("limit", reached.name()),
            Refused::WrongCurrency { currency, .. } => {
                Problem::new(WRONG_CURRENCY, detail).at("/currency").figure("customer_currency", currency.code())
            }
            Refused::Answer(refused) => of_answer(refused, detail),
            Refused::Extend(refused) => of_extension(refused, detail),
            Refused::Settle(refused) => of_settlement(refused, detail),
            Refused::Close(refused) => of_release(refused, detail),
            Refused::Overflow(overflow) => overflow.into(),
        }
    }
}

impl From<Overflow> for Problem {
    fn from(overflow: Overflow) -> Self {
        Problem::new(INVALID, overflow.to_string())
    }
}

/// What the session has come to does not allow it; the figure says when it did.
fn too_late(detail: String, what: &str, at: Instant) -> Problem {
    Problem::new(WRONG_STATE, detail).figure(what, at.to_string())
}

/// An instant of the body cannot be.
fn impossible(detail: String, field: &str, (what, at): (&str, Instant)) -> Problem {
    Problem::new(INVALID, detail).at(field).figure(what, at.to_string())
}

fn of_answer(refused: AnswerRefused, detail: String) -> Problem {
    match refused {
        AnswerRefused::AlreadyAnswered { answered_at } => too_late(detail, "answered_at", answered_at),
        AnswerRefused::Ended { ended_at } => too_late(detail, "ended_at", ended_at),
        AnswerRefused::Lapsed { lapsed_at } => too_late(detail, "lapsed_at", lapsed_at),
        AnswerRefused::BeforeOpening { opened_at } => impossible(detail, "/answered_at", ("opened_at", opened_at)),
        AnswerRefused::InFuture { now } => impossible(detail, "/answered_at", ("now", now)),
        AnswerRefused::Overflow(overflow) => overflow.into(),
    }
}

fn of_extension(refused: ExtendRefused, detail: String) -> Problem {
    match refused {
        ExtendRefused::NotAnswered => Problem::new(WRONG_STATE, detail),
        ExtendRefused::Ended { ended_at } => too_late(detail, "ended_at", ended_at),
        ExtendRefused::Overflow(overflow) => overflow.into(),
    }
}

fn of_settlement(refused: SettleRefused, detail: String) -> Problem {
    match refused {
        SettleRefused::AlreadyEnded { ended_at, charged } => {
            too_late(detail, "ended_at", ended_at).figure("charged", charged.to_string())
        }
        SettleRefused::EndsBeforeItBegan { began_at } => impossible(detail, "/ended_at", ("began_at", began_at)),
        SettleRefused::InFuture { now } => impossible(detail, "/ended_at", ("now", now)),
        SettleRefused::AlreadyAnswered { answered_at } => too_late(detail, "answered_at", answered_at),
        SettleRefused::BeforeOpening { opened_at } => impossible(detail, "/answered_at", ("opened_at", opened_at)),
        SettleRefused::Overflow(overflow) => overflow.into(),
    }
}

fn of_release(refused: CloseRefused, detail: String) -> Problem {
    match refused {
        CloseRefused::NotDue { .. } => Problem::new(WRONG_STATE, detail),
        CloseRefused::Answered { answered_at } => too_late(detail, "answered_at", answered_at),
        CloseRefused::Ended { ended_at } => too_late(detail, "ended_at", ended_at),
        CloseRefused::Overflow(overflow) => overflow.into(),
    }
}
