//! What an accountant asks for: the trial balance, revenue and tax by month, usage by destination, the journal, who owes for how long, and what is
//! owed to whom. All of it is counted from the rows at the moment of asking.

mod destinations;
mod journal;
mod revenue;

use domain::billing::aging;
use domain::money::{Amount, Currency, Overflow, UnknownCurrency};
use domain::time::{Date, Instant};
use storage::reports::{DebtRecord, MovedRecord, OwedRecord};

pub use self::destinations::{Destination, destinations};
pub use self::journal::{about, journal};
pub use self::revenue::{Revenue, revenue};
use crate::billing::BillingError;
use crate::tenants::{self, TenantError};
use crate::{Scope, customers};

/// An account of the trial balance. As accountants have it, an amount moves from the account that is debited to the one that is credited;
/// a balance in debit is above zero, one in credit below.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// `customers` and `agents`, each all together, or one of the tenant's own, such as `cash` or `income`.
    pub account: String,
    /// Its currency.
    pub currency: Currency,
    /// The balance at the beginning.
    pub opening: Amount,
    /// What was debited.
    pub debit: Amount,
    /// What was credited.
    pub credit: Amount,
    /// The balance at the end.
    pub closing: Amount,
}

/// What has moved on all accounts in a time. In each currency the openings, and so the closings, sum to zero, and what was debited is what was
/// credited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrialBalance {
    /// The first instant.
    pub from: Instant,
    /// The first instant after it.
    pub to: Instant,
    /// The accounts, by currency and name.
    pub accounts: Vec<Account>,
}

/// What a customer has to pay of invoices in a currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Debt {
    /// The customer.
    pub customer: String,
    /// Its name.
    pub name: String,
    /// Of what.
    pub currency: Currency,
    /// What is not due yet.
    pub not_due: Amount,
    /// What has been due for 1 to 30 days, 31 to 60, 61 to 90, and longer.
    pub overdue: [Amount; 4],
    /// In all.
    pub total: Amount,
}

/// What those of a kind have on their accounts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owed {
    /// `prepaid` or `postpaid` customers, or `agents`.
    pub whose: String,
    /// Of what.
    pub currency: Currency,
    /// How many accounts are not at zero.
    pub accounts: i64,
    /// The sum of the balances above zero: owed to them.
    pub has: Amount,
    /// How much of that is promotional credit, which is never paid out.
    pub promotional: Amount,
    /// The sum of the balances below zero, as an amount above it: owed by them.
    pub owes: Amount,
}

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// The time is none.
    #[error("the first day, {from}, is not before the day after the last, {to}")]
    NoTime {
        /// The first day.
        from: Date,
        /// The day after the last.
        to: Date,
    },
    /// The months are none.
    #[error("the first month, {from}, is after the last, {to}")]
    NoMonths {
        /// The first one.
        from: String,
        /// The last one.
        to: String,
    },
    /// What something is called on invoices cannot be had.
    #[error(transparent)]
    Billing(#[from] BillingError),
    /// A sum is beyond its range.
    #[error(transparent)]
    Overflow(#[from] Overflow),
    /// A record has an unknown currency: the database was edited by hand.
    #[error(transparent)]
    Currency(#[from] UnknownCurrency),
    /// The tenant's settings could not be read.
    #[error(transparent)]
    Tenant(#[from] TenantError),
    /// A customer cannot be had.
    #[error(transparent)]
    Customer(#[from] customers::CustomerError),
    /// The database did not answer.
    #[error(transparent)]
    Storage(#[from] storage::Error),
}

crate::work::carries_storage!(ReportError: Billing, Customer, Tenant);

/// The trial balance of the local days `[from, to)`: to the first of this month, and from the first of the month before, where they are not
/// given.
///
/// # Errors
/// `from` is not before `to`, a sum is beyond its range, or the database does not answer.
pub async fn trial_balance(
    scope: &mut impl Scope,
    from: Option<Date>,
    to: Option<Date>,
) -> Result<TrialBalance, ReportError> {
    let (begins, ends) = days(scope, from, to).await?;
    let tenant = scope.tenant();
    let moved = storage::reports::moved(scope.tx(), tenant, (begins.millis(), ends.millis())).await?;
    let accounts = moved.into_iter().map(Account::of).collect::<Result<_, _>>()?;
    Ok(TrialBalance { from: begins, to: ends, accounts })
}

/// The instants `[from, to)` of local days: up to the first of this month, and from the first of the month before, where they are not given.
///
/// # Errors
/// `from` is not before `to`, or the database does not answer.
pub async fn days(
    scope: &mut impl Scope,
    from: Option<Date>,
    to: Option<Date>,
) -> Result<(Instant, Instant), ReportError> {
    let zone = tenants::get(scope).await?.settings.time_zone;
    let to = to.unwrap_or_else(|| zone.date(scope.now()).first_of_month());
    let from = from.unwrap_or_else(|| to.yesterday().unwrap_or(to).first_of_month());
    if from >= to {
        return Err(ReportError::NoTime { from, to });
    }
    Ok((zone.start_of_day(from), zone.start_of_day(to)))
}

/// What customers have to pay of invoices today, by how long it has been due.
///
/// # Errors
/// A sum is beyond its range, or the database does not answer.
pub async fn aged_debt(scope: &mut impl Scope) -> Result<Vec<Debt>, ReportError> {
    let zone = tenants::get(scope).await?.settings.time_zone;
    let [today, first, second, third] = aging(zone.date(scope.now())).map(|day| zone.start_of_day(day).millis());
    let tenant = scope.tenant();
    let records = storage::reports::debts(scope.tx(), tenant, today, [first, second, third]).await?;
    let mut debts = Vec::with_capacity(records.len());
    for record in records {
        let name = customers::get(scope, &record.customer).await?.details.name();
        debts.push(Debt::of(record, name)?);
    }
    Ok(debts)
}

/// What customers and agents have on their accounts, and what they owe: what is prepaid and not used, and what agents have earned and not
/// been paid, are debts of the tenant's.
///
/// # Errors
/// The database does not answer.
pub async fn liabilities(scope: &mut impl Scope) -> Result<Vec<Owed>, ReportError> {
    let tenant = scope.tenant();
    storage::reports::owed(scope.tx(), tenant).await?.into_iter().map(Owed::of).collect()
}

impl Account {
    fn of(record: MovedRecord) -> Result<Self, ReportError> {
        let amount = Amount::from_micros;
        let (opening, debit, credit) = (amount(record.opening), amount(record.debit), amount(record.credit));
        Ok(Account {
            currency: Currency::parse(&record.currency)?,
            closing: opening.plus(debit)?.minus(credit)?,
            account: record.account,
            opening,
            debit,
            credit,
        })
    }
}

impl Debt {
    fn of(record: DebtRecord, name: String) -> Result<Self, ReportError> {
        let overdue = [record.first, record.second, record.third, record.older].map(Amount::from_micros);
        let not_due = Amount::from_micros(record.not_due);
        Ok(Debt {
            currency: Currency::parse(&record.currency)?,
            total: overdue.iter().try_fold(not_due, |sum, amount| sum.plus(*amount))?,
            customer: record.customer,
            name,
            not_due,
            overdue,
        })
    }
}

impl Owed {
    fn of(record: OwedRecord) -> Result<Self, ReportError> {
        Ok(Owed {
            currency: Currency::parse(&record.currency)?,
            whose: record.whose,
            accounts: record.accounts,
            has: Amount::from_micros(record.has),
            promotional: Amount::from_micros(record.promotional),
            owes: Amount::from_micros(record.owes),
        })
    }
}
