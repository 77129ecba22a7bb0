//! Which problem each refusal of the engine is: the one place where facts become statuses.

use domain::invalid::Invalid;
use domain::period::PeriodError;
use engine::StorageError;
use engine::accounts::AccountError;
use engine::agents::AgentError;
use engine::allowances::AllowanceError;
use engine::billing::BillingError;
use engine::callable::CallableError;
use engine::calls::CallError;
use engine::calls::rerate::RerateError;
use engine::customers::CustomerError;
use engine::decks::{DeckCsvErrors, DeckError};
use engine::imports::ImportError;
use engine::jobs::JobsError;
use engine::keys::KeyError;
use engine::ledger::LedgerError;
use engine::lines::LineError;
use engine::numbers::NumberTaken;
use engine::payments::PaymentError;
use engine::plans::PlanError;
use engine::prices::PriceError;
use engine::tenants::TenantError;
use engine::top_ups::TopUpError;

use super::*;

/// A record was changed since the version that the request names.
pub(super) fn changed(detail: String, current: i64) -> Problem {
    Problem::new(CHANGED, format!("{detail}; read it again and decide anew")).figure("current_version", current)
}

impl From<Invalid> for Problem {
    fn from(invalid: Invalid) -> Self {
        Problem::new(INVALID, invalid.to_string()).with(Fault::in_body(invalid))
    }
}

impl From<PeriodError> for Problem {
    fn from(error: PeriodError) -> Self {
        Problem::parameter("period", error.to_string())
    }
}

impl From<StorageError> for Problem {
    fn from(error: StorageError) -> Self {
        match error {
            StorageError::Unavailable(_) => {
                Problem::of_database(UNAVAILABLE, "the database does not answer: try again", error).retry_after(5)
            }
            StorageError::TryAgain(_) => {
                Problem::of_database(UNAVAILABLE, "the database is busy: try again", error).retry_after(1)
            }
            StorageError::Taken(_) => {
                Problem::of_database(CONTENDED, "another request has just made the same record", error)
            }
            StorageError::OutOfRange(_) => {
                Problem::of_database(INVALID, "an amount or a sum would leave the range of 64 bits", error)
            }
            StorageError::NulCharacter => Problem::new(INVALID, error.to_string()),
            _ => Problem::internal(error.to_string()),
        }
    }
}

impl From<TenantError> for Problem {
    fn from(error: TenantError) -> Self {
        let detail = error.to_string();
        match error {
            TenantError::NotFound(_) => Problem::new(NOT_FOUND, detail),
            TenantError::Taken(_) => Problem::new(NAME_TAKEN, detail),
            TenantError::Invalid(invalid) => invalid.into(),
            TenantError::NumberTaken { pointer, taken } => number_taken(taken, &pointer),
            TenantError::Changed { current } => changed(detail, current),
            TenantError::Storage(error) => error.into(),
        }
    }
}

impl From<CustomerError> for Problem {
    fn from(error: CustomerError) -> Self {
        let detail = error.to_string();
        match error {
            CustomerError::NotFound(_) => Problem::new(NOT_FOUND, detail),
            CustomerError::Invalid(invalid) => invalid.into(),
            CustomerError::ReferenceTaken(_) => Problem::new(REFERENCE_TAKEN, detail).at("/external_reference"),
            CustomerError::Changed { current } => changed(detail, current),
            CustomerError::Tenant(error) => error.into(),
            CustomerError::Storage(error) => error.into(),
        }
    }
}

/// A customer that a body names: where there is none, a field of the body is wrong, not the address.
fn named_customer(error: CustomerError) -> Problem {
    match error {
        CustomerError::NotFound(_) => Problem::new(INVALID, error.to_string()).at("/customer"),
        other => other.into(),
    }
}

/// A plan that a body names.
fn named_plan(error: PlanError) -> Problem {
    match error {
        PlanError::NotFound(_) => Problem::new(INVALID, error.to_string()).at("/plan"),
        other => other.into(),
    }
}

impl From<PlanError> for Problem {
    fn from(error: PlanError) -> Self {
        let detail = error.to_string();
        match error {
            PlanError::NotFound(_) => Problem::new(NOT_FOUND, detail),
            PlanError::Invalid(invalid) => invalid.into(),
            PlanError::NameTaken(_) => Problem::new(NAME_TAKEN, detail).at("/name"),
            PlanError::Changed { current } => changed(detail, current),
            PlanError::Storage(error) => error.into(),
        }
    }
}

impl From<LineError> for Problem {
    fn from(error: LineError) -> Self {
        let detail = error.to_string();
        match error {
            LineError::NotFound(_) => Problem::new(NOT_FOUND, detail),
            LineError::Invalid(invalid) => invalid.into(),
            LineError::NumberTaken { number, .. } => {
                Problem::new(NUMBER_TAKEN, detail).at("/number").figure("number", number)
            }
            LineError::NumberHeld(taken) => taken.into(),
            LineError::NoFreeExtension { .. } => Problem::new(NUMBER_TAKEN, detail).at("/number"),
            LineError::WrongMode { kind, mode, .. } => {
                Problem::new(WRONG_MODE, detail).at("/plan").figure("plan_kind", kind).figure("customer_mode", mode)
            }
            LineError::WrongCurrency { plan_currency, currency, .. } => Problem::new(WRONG_CURRENCY, detail)
                .at("/plan")
                .figure("plan_currency", plan_currency)
                .figure("customer_currency", currency),
            LineError::Closed(_) => Problem::new(WRONG_STATE, detail),
            LineError::MostBlocked { most } => Problem::new(WRONG_STATE, detail).figure("most", most),
            LineError::Changed { current } => changed(detail, current),
            LineError::Billing(error) => error.into(),
            LineError::Customer(error) => named_customer(error),
            LineError::Plan(error) => named_plan(error),
            LineError::Tenant(error) => error.into(),
            LineError::Storage(error) => error.into(),
        }
    }
}

impl From<PriceError> for Problem {
    fn from(error: PriceError) -> Self {
        let detail = error.to_string();
        match error {
            PriceError::NotFound(_) => Problem::new(INVALID, detail),
            PriceError::Unreadable(..) => Problem::internal(detail),
            PriceError::Storage(error) => error.into(),
        }
    }
}

impl From<DeckError> for Problem {
    fn from(error: DeckError) -> Self {
        let detail = error.to_string();
        match error {
            DeckError::NotFound(_) | DeckError::NoVersion { .. } => Problem::new(NOT_FOUND, detail),
            DeckError::Invalid(invalid) => invalid.into(),
            DeckError::NameTaken(_) => Problem::new(NAME_TAKEN, detail).at("/name"),
            DeckError::Changed { current } => changed(detail, current),
            DeckError::Price(error) => error.into(),
            DeckError::Tenant(error) => error.into(),
            DeckError::Storage(error) => error.into(),
        }
    }
}

impl From<DeckCsvErrors> for Problem {
    fn from(errors: DeckCsvErrors) -> Self {
        let problem =
            Problem::new(INVALID, "the file has faults: nothing was read of it").figure("total", errors.total);
        errors.faults.into_iter().fold(problem, |problem, fault| {
            let column = fault.column.map(|column| format!("{column}: ")).unwrap_or_default();
            problem.with(Fault::on_line(fault.line, format!("{column}{}", fault.reason)))
        })
    }
}

impl From<NumberTaken> for Problem {
    fn from(taken: NumberTaken) -> Self {
        number_taken(taken, "/number")
    }
}

fn number_taken(taken: NumberTaken, pointer: &str) -> Problem {
    let detail = taken.to_string();
    let NumberTaken { number, holder } = taken;
    let problem = Problem::new(NUMBER_TAKEN, detail).at(pointer).figure("number", number);
    problem.figure("taken_by", holder.id())
}

impl From<AgentError> for Problem {
    fn from(error: AgentError) -> Self {
        let detail = error.to_string();
        match error {
            AgentError::NotFound(_) => Problem::new(NOT_FOUND, detail),
            AgentError::Invalid(invalid) => invalid.into(),
            AgentError::NumberTaken(taken) => taken.into(),
            AgentError::Changed { current } => changed(detail, current),
            AgentError::Tenant(error) => error.into(),
            AgentError::Storage(error) => error.into(),
        }
    }
}

impl From<CallableError> for Problem {
    fn from(error: CallableError) -> Self {
        match error {
            CallableError::Customer(error) => error.into(),
            CallableError::Agent(error) => error.into(),
            CallableError::Charging(error) => error.into(),
            CallableError::Message(error) => error.into(),
            CallableError::Tenant(error) => error.into(),
            CallableError::Storage(error) => error.into(),
        }
    }
}

impl From<AllowanceError> for Problem {
    fn from(error: AllowanceError) -> Self {
        let detail = error.to_string();
        match error {
            AllowanceError::NotFound(_) => Problem::new(NOT_FOUND, detail),
            AllowanceError::Invalid(invalid) => invalid.into(),
            AllowanceError::Revoked(_) => Problem::new(WRONG_STATE, detail),
            AllowanceError::NotLeft { .. } => Problem::new(CONTENDED, detail),
            AllowanceError::Customer(error) => named_customer(error),
            AllowanceError::Storage(error) => error.into(),
        }
    }
}

impl From<LedgerError> for Problem {
    fn from(error: LedgerError) -> Self {
        let detail = error.to_string();
        match error {
            LedgerError::NotAPosting(_) => Problem::internal(detail),
            LedgerError::Outrun => Problem::new(CONTENDED, detail).retry_after(1),
            LedgerError::Overflow(_) => Problem::new(INVALID, detail),
            LedgerError::Storage(error) => error.into(),
        }
    }
}

impl From<AccountError> for Problem {
    fn from(error: AccountError) -> Self {
        match error {
            AccountError::Overflow(error) => Problem::internal(error.to_string()),
            AccountError::Storage(error) => error.into(),
        }
    }
}

impl From<PaymentError> for Problem {
    fn from(error: PaymentError) -> Self {
        let detail = error.to_string();
        match error {
            PaymentError::Invalid(invalid) => invalid.into(),
            PaymentError::WrongCurrency { currency, .. } => {
                Problem::new(WRONG_CURRENCY, detail).at("/currency").figure("customer_currency", currency.code())
            }
            PaymentError::NotPrepaid(_) => Problem::new(WRONG_MODE, detail).at("/kind"),
            PaymentError::Taken(_) => Problem::new(WRONG_STATE, detail),
            PaymentError::Closed { owed } => {
                Problem::new(WRONG_STATE, detail).at("/customer").figure("owed", owed.to_string())
            }
            PaymentError::Customer(error) => named_customer(error),
            PaymentError::Billing(error) => error.into(),
            PaymentError::Ledger(error) => error.into(),
            PaymentError::Storage(error) => error.into(),
        }
    }
}

impl From<TopUpError> for Problem {
    fn from(error: TopUpError) -> Self {
        let detail = error.to_string();
        match error {
            TopUpError::NotFound(_) => Problem::new(NOT_FOUND, detail),
            TopUpError::Invalid(invalid) => invalid.into(),
            TopUpError::MostOpen { most } => Problem::new(WRONG_STATE, detail).figure("most", most),
            TopUpError::Decided(_) => Problem::new(WRONG_STATE, detail),
            TopUpError::Changed { current } => changed(detail, current),
            TopUpError::Customer(error) => error.into(),
            TopUpError::Storage(error) => error.into(),
        }
    }
}

impl From<CallError> for Problem {
    fn from(error: CallError) -> Self {
        let detail = error.to_string();
        match error {
            CallError::NotFound(_) => Problem::new(NOT_FOUND, detail),
            CallError::Invalid(invalid) => invalid.into(),
            CallError::Contended(_) => Problem::new(CONTENDED, detail).retry_after(1),
            CallError::Tenant(error) => error.into(),
            CallError::Allowance(error) => error.into(),
            CallError::Price(error) => error.into(),
            CallError::Ledger(error) => error.into(),
            CallError::Storage(error) => error.into(),
        }
    }
}

impl From<RerateError> for Problem {
    fn from(error: RerateError) -> Self {
        let detail = error.to_string();
        match error {
            RerateError::NotFound(_) => Problem::new(NOT_FOUND, detail),
            RerateError::AlreadyConfirmed(_) => Problem::new(WRONG_STATE, detail),
            RerateError::Invalid(invalid) => invalid.into(),
            RerateError::Call(error) => error.into(),
            RerateError::Account(error) => error.into(),
            RerateError::Ledger(error) => error.into(),
            RerateError::Storage(error) => error.into(),
        }
    }
}

impl From<KeyError> for Problem {
    fn from(error: KeyError) -> Self {
        let detail = error.to_string();
        match error {
            KeyError::NotValid => Problem::new(UNKNOWN, detail),
            KeyError::NotFound(_) => Problem::new(NOT_FOUND, detail),
            KeyError::Beyond { .. } => Problem::new(FORBIDDEN, detail),
            KeyError::Invalid(invalid) => invalid.into(),
            KeyError::NoRandomness(_) => Problem::internal(detail),
            KeyError::Storage(error) => error.into(),
        }
    }
}

impl From<ImportError> for Problem {
    fn from(error: ImportError) -> Self {
        let detail = error.to_string();
        match error {
            ImportError::NotFound(_) => Problem::new(NOT_FOUND, detail),
            ImportError::PlanMissing | ImportError::PlanWithoutUse => Problem::parameter("plan", detail),
            ImportError::SystemName(_) => Problem::parameter("system", detail),
            ImportError::Zone(_) => Problem::parameter("time_zone", detail),
            ImportError::Mapping(_) => Problem::parameter("map", detail),
            ImportError::Plan(PlanError::NotFound(_)) => Problem::parameter("plan", detail),
            ImportError::TooManyRows(_) | ImportError::TooManyBytes(_) => Problem::new(TOO_LARGE, detail),
            ImportError::Table(_) | ImportError::Read(_) => Problem::new(INVALID, detail),
            ImportError::Rejects(_) => Problem::internal(detail),
            ImportError::Plan(error) => error.into(),
            ImportError::Tenant(error) => error.into(),
            ImportError::Customer(error) => error.into(),
            ImportError::Payment(error) => error.into(),
            ImportError::Line(error) => error.into(),
            ImportError::Call(error) => error.into(),
            ImportError::Storage(error) => error.into(),
        }
    }
}

impl From<JobsError> for Problem {
    fn from(error: JobsError) -> Self {
        let detail = error.to_string();
        match error {
            JobsError::NotFound(_) => Problem::new(NOT_FOUND, detail),
            JobsError::Running(_) | JobsError::Done(_) => Problem::new(WRONG_STATE, detail),
            JobsError::Storage(error) => error.into(),
        }
    }
}

impl From<BillingError> for Problem {
    fn from(error: BillingError) -> Self {
        let detail = error.to_string();
        match error {
            BillingError::NotFound(_) | BillingError::NoSuchItem(_) | BillingError::NoSuchRun(_) => {
                Problem::new(NOT_FOUND, detail)
            }
            BillingError::NoSuchLine(_) => Problem::new(INVALID, detail).at("/line"),
            BillingError::Invalid(invalid) => invalid.into(),
            BillingError::NotOpen { .. }
            | BillingError::ItemBilled
            | BillingError::NoAddress { .. }
            | BillingError::NoEinvoice { .. } => Problem::new(WRONG_STATE, detail),
            BillingError::CreditedAlready { left, .. } => {
                Problem::new(INVALID, detail).at("/lines").figure("left", left.to_string())
            }
            BillingError::Changed { current } => changed(detail, current),
            BillingError::NotBilled { .. } | BillingError::Fees { .. } | BillingError::Period(_) => {
                Problem::new(INVALID, detail)
            }
            BillingError::Overflow(_) => Problem::new(INVALID, detail),
            BillingError::Unreadable(_) => Problem::internal(detail),
            BillingError::Customer(error) => error.into(),
            BillingError::Agent(error) => error.into(),
            BillingError::Price(error) => error.into(),
            BillingError::Call(error) => error.into(),
            BillingError::Account(error) => error.into(),
            BillingError::Ledger(error) => error.into(),
            BillingError::Tenant(error) => error.into(),
            BillingError::Storage(error) => error.into(),
        }
    }
}
