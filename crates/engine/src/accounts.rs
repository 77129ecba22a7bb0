//! Accounts: what customers and agents have.

use domain::ledger::Account;
use domain::money::{Amount, Currency, Overflow};
use storage::ledger::AccountRecord;

use crate::{Scope, Work};

/// Why an account is not shown.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// An amount is beyond its range.
    #[error(transparent)]
    Overflow(#[from] Overflow),
    /// The database did not answer.
    #[error(transparent)]
    Storage(#[from] storage::Error),
}

crate::work::carries_storage!(AccountError);

/// The account of a customer or an agent; empty, where no money has moved on it or it is somebody else's.
///
/// # Errors
/// The database does not answer.
pub async fn get(scope: &mut impl Scope, owner: &str, currency: Currency) -> Result<Account, AccountError> {
    if !scope.reach().owner(owner) {
        return Ok(Account::empty(currency));
    }
    let tenant = scope.tenant();
    let record = storage::ledger::account(scope.tx(), tenant, owner, currency.code()).await?;
    Ok(record.map_or(Account::empty(currency), |record| of_record(&record, currency)))
}

/// The same, locked until the work ends: nobody else changes it before.
pub(crate) async fn lock(work: &mut Work, owner: &str, currency: Currency) -> Result<Account, AccountError> {
    let tenant = work.tenant();
    let records = storage::ledger::lock_accounts(&mut work.tx, tenant, &[(owner, currency.code())]).await?;
    Ok(records.first().map_or(Account::empty(currency), |record| of_record(record, currency)))
}

pub(crate) fn of_record(record: &AccountRecord, currency: Currency) -> Account {
    Account {
        currency,
        balance: Amount::from_micros(record.balance),
        held: Amount::from_micros(record.held),
        credit_limit: record.credit_limit.map(Amount::from_micros),
    }
}
