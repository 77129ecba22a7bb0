//! Accounts: what customers and agents have.

use std::collections::HashMap;

use domain::charging::Pots;
use domain::ledger::Account;
use domain::money::{Amount, Currency, Overflow};
use serde_json::json;
use storage::ledger::AccountRecord;

use crate::customers::Customer;
use crate::tenants::Settings;
use crate::webhooks::{self, HookEvent, HookKind};
use crate::{Scope, Work, notices};

/// What somebody has, and how much of it is promotional credit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// The account.
    pub account: Account,
    /// How much of its balance is promotional credit, which is spent first and never paid out.
    pub promotional: Amount,
}

impl Standing {
    /// Nothing.
    #[must_use]
    pub fn empty(currency: Currency) -> Self {
        Standing { account: Account::empty(currency), promotional: Amount::ZERO }
    }

    /// The balance by origin.
    ///
    /// # Errors
    /// An amount is beyond its range.
    pub fn pots(&self) -> Result<Pots, Overflow> {
        Pots::of(self.account.balance, self.promotional)
    }

    /// How much may leave the account for somebody else's: paid money that no call in progress needs.
    ///
    /// # Errors
    /// An amount is beyond its range.
    pub fn payable(&self) -> Result<Amount, Overflow> {
        self.pots()?.payable(self.account.held)
    }

    pub(crate) fn of(record: &AccountRecord, currency: Currency) -> Self {
        Standing { account: of_record(record, currency), promotional: Amount::from_micros(record.promotional) }
    }
}

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
    Ok(standing(scope, owner, currency).await?.account)
}

/// The same, and how much of it is promotional credit.
///
/// # Errors
/// The database does not answer.
pub async fn standing(scope: &mut impl Scope, owner: &str, currency: Currency) -> Result<Standing, AccountError> {
    if !scope.reach().owner(owner) {
        return Ok(Standing::empty(currency));
    }
    let tenant = scope.tenant();
    let record = storage::ledger::account(scope.tx(), tenant, owner, currency.code()).await?;
    Ok(record.map_or(Standing::empty(currency), |record| Standing::of(&record, currency)))
}

/// What these customers have, each in its own currency; nothing, where no money has moved or they are somebody else's.
///
/// # Errors
/// The database does not answer.
pub async fn balances(scope: &mut impl Scope, customers: &[Customer]) -> Result<Vec<Amount>, AccountError> {
    let own: Vec<&str> = customers.iter().map(|one| one.id.as_str()).filter(|id| scope.reach().owner(id)).collect();
    let tenant = scope.tenant();
    let found = storage::ledger::balances(scope.tx(), tenant, &own).await?;
    let found: HashMap<_, _> =
        found.iter().map(|(owner, currency, balance)| ((owner.as_str(), currency.as_str()), *balance)).collect();
    let of = |one: &Customer| found.get(&(one.id.as_str(), one.currency.code())).copied().unwrap_or(0);
    Ok(customers.iter().map(|one| Amount::from_micros(of(one))).collect())
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

/// Has the prepaid ones among these customers told, and webhooks too, whose balances have fallen below the tenant's limit since money
/// last came in: each once. Their accounts are locked already: money was just taken from them.
///
/// # Errors
/// The database does not answer.
pub(crate) async fn note_low(work: &mut Work, settings: &Settings, customers: &[&str]) -> Result<(), storage::Error> {
    let tenant = work.tenant();
    for (currency, limit) in &settings.low_balance {
        let code = currency.code();
        let low = storage::low_balances::note(&mut work.tx, tenant, (code, limit.micros()), customers).await?;
        let event = |(customer, balance): &(String, i64)| HookEvent {
            kind: HookKind::BalanceLow,
            id: work.id("low"),
            data: json!({
                "customer": customer,
                "currency": code,
                "balance": Amount::from_micros(*balance).to_text(*currency),
                "limit": limit.to_text(*currency),
            }),
        };
        webhooks::raise(work, &low.iter().map(event).collect::<Vec<_>>()).await?;
        notices::low_balance(work, &low, *currency).await?;
    }
    Ok(())
}
