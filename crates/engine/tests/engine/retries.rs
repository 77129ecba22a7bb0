//! Whatever error a use case answers, the database's is found in it: [`engine::Engine::run`] begins again where another
//! transaction was in the way, and only then.

use engine::accounts::AccountError;
use engine::agents::AgentError;
use engine::allowances::AllowanceError;
use engine::calls::CallError;
use engine::calls::rerate::RerateError;
use engine::customers::CustomerError;
use engine::decks::DeckError;
use engine::imports::ImportError;
use engine::jobs::JobsError;
use engine::keys::KeyError;
use engine::ledger::LedgerError;
use engine::lines::LineError;
use engine::payments::PaymentError;
use engine::plans::PlanError;
use engine::prices::PriceError;
use engine::tenants::TenantError;
use storage::{Error, FromStorage};

fn told<E: From<Error> + FromStorage, F: FromStorage>(carried_in: fn(E) -> F) -> bool {
    carried_in(Error::StatementFailed.into()).storage_error().is_some()
}

#[test]
fn an_error_of_the_database_is_told_through_all_levels() {
    let itself = [
        told::<AccountError, _>(|error| error),
        told::<AgentError, _>(|error| error),
        told::<AllowanceError, _>(|error| error),
        told::<CallError, _>(|error| error),
        told::<CustomerError, _>(|error| error),
        told::<DeckError, _>(|error| error),
        told::<ImportError, _>(|error| error),
        told::<JobsError, _>(|error| error),
        told::<KeyError, _>(|error| error),
        told::<LedgerError, _>(|error| error),
        told::<LineError, _>(|error| error),
        told::<PaymentError, _>(|error| error),
        told::<PlanError, _>(|error| error),
        told::<PriceError, _>(|error| error),
        told::<RerateError, _>(|error| error),
        told::<TenantError, _>(|error| error),
    ];
    assert!(itself.iter().all(|told| *told), "{itself:?}");
    for (carried, told) in [
        ("allowance in call", told(CallError::Allowance)),
        ("ledger in call", told(CallError::Ledger)),
        ("price in call", told(CallError::Price)),
        ("tenant in call", told(CallError::Tenant)),
        ("account in rerate", told(RerateError::Account)),
        ("call in rerate", told(RerateError::Call)),
        ("ledger in rerate", told(RerateError::Ledger)),
        ("customer in allowance", told(AllowanceError::Customer)),
        ("tenant in customer", told(CustomerError::Tenant)),
        ("price in deck", told(DeckError::Price)),
        ("tenant in deck", told(DeckError::Tenant)),
        ("call in import", told(ImportError::Call)),
        ("line in import", told(ImportError::Line)),
        ("plan in import", told(ImportError::Plan)),
        ("tenant in import", told(ImportError::Tenant)),
        ("customer in line", told(LineError::Customer)),
        ("plan in line", told(LineError::Plan)),
        ("tenant in line", told(LineError::Tenant)),
        ("customer in payment", told(PaymentError::Customer)),
        ("ledger in payment", told(PaymentError::Ledger)),
        ("tenant in customer in line", told(|error| LineError::Customer(CustomerError::Tenant(error)))),
        ("tenant in line in import", told(|error| ImportError::Line(LineError::Tenant(error)))),
        ("price in call in rerate", told(|error| RerateError::Call(CallError::Price(error)))),
    ] {
        assert!(told, "{carried}");
    }
    assert!(LineError::NotFound("lin_1".into()).storage_error().is_none());
}
