//! Files of a bank: the money that came in becomes payments, each once, by whichever file it is told of.
//!
//! A file is kept as a whole at first, its rows waiting. Then each row is looked at for itself: where two things point to the same customer
//! ([`domain::bank`]), the money is taken; anything else waits for somebody who decides. A crash leaves rows waiting, and loses none.

mod camt;
mod csv;
mod decide;
#[cfg(any(test, fuzzing))]
pub(crate) mod fuzzed;
mod import;
mod payers;
mod read;

use domain::bank::{Candidate, Doubt};
use domain::invalid::Invalid;
use domain::money::{Amount, Currency, UnknownCurrency};
use domain::time::Instant;
use serde::{Deserialize, Serialize};
use storage::bank::{CountedFile, RowFilter, RowRecord};

pub use self::decide::{set_aside, take};
pub use self::import::import;
pub use self::read::RowReject;
use crate::Scope;
use crate::payments::PaymentError;
use crate::tenants::TenantError;

/// A file of a bank that was imported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BankFile {
    /// Its id.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// `camt.053` or `csv`.
    pub format: String,
    /// How many rows of money that came in it has.
    pub received: i64,
    /// How many of them were on record before.
    pub known: i64,
    /// How many are payments.
    pub taken: i64,
    /// How many wait for somebody to look at them.
    pub waiting: i64,
    /// How many somebody has set aside.
    pub set_aside: i64,
    /// How many rows of money that went out were passed over.
    pub outgoing: i64,
    /// How many rows were passed over that are not booked yet.
    pub unbooked: i64,
    /// Rows that cannot be read, the first 100.
    pub rejects: Vec<RowReject>,
    /// When it was imported.
    pub imported_at: Instant,
    /// By whom, as the audit trail names them.
    pub imported_by: String,
}

/// Money that came in, as a file tells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BankRow {
    /// Its id.
    pub id: String,
    /// The file with which it came first.
    pub file: String,
    /// Where it stands there, from 1: the line of a CSV file, the entry of a statement.
    pub position: i64,
    /// The local day on which it was booked, such as `2026-10-05`.
    pub booked_on: String,
    /// How much.
    pub amount: Amount,
    /// Of what.
    pub currency: Currency,
    /// Who paid, as their bank calls them.
    pub payer: Option<String>,
    /// The account that it came from.
    pub account: Option<String>,
    /// What the payer wrote.
    pub text: String,
    /// How it stands.
    pub state: RowState,
    /// Why it had to be looked at.
    pub doubt: Option<RowDoubt>,
    /// Whose it is.
    pub customer: Option<String>,
    /// The payment that came of it.
    pub payment: Option<String>,
    /// Why it is set aside.
    pub note: Option<String>,
    /// When it was decided.
    pub decided_at: Option<Instant>,
    /// By whom, as the audit trail names them.
    pub decided_by: Option<String>,
    /// Counts the changes.
    pub version: i64,
}

/// How a row stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RowState {
    /// Somebody has to look at it.
    Waiting,
    /// It is a payment.
    Taken,
    /// It is none, somebody has said.
    SetAside,
}

/// Why a row had to be looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RowDoubt {
    /// Nothing points to anybody.
    Nobody,
    /// No more than one thing points to anybody.
    OneSign,
    /// Two customers are pointed to.
    SeveralCustomers,
    /// The amount is what is left of two invoices of the customer, and the payer named neither.
    SeveralInvoices,
    /// The customer's account is in another currency.
    Currency,
    /// The customer is closed and owes less, or the invoice was paid meanwhile.
    Refused,
}

/// Why a file is not imported, or a row not shown or decided.
#[derive(Debug, thiserror::Error)]
pub enum BankError {
    /// There is no such file.
    #[error("there is no bank file {0}")]
    NoFile(String),
    /// There is no such row.
    #[error("there is no row {0} of a bank file")]
    NoRow(String),
    /// The file cannot be read, or a field makes no sense.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// It is decided already.
    #[error("the row is decided: it is the payment {payment}, which would have to go back first")]
    Taken {
        /// The payment.
        payment: String,
    },
    /// A stored record cannot be read: the database was edited by hand.
    #[error("the record {0} of a bank file cannot be read")]
    Unreadable(String),
    /// A record has an unknown currency: the database was edited by hand.
    #[error(transparent)]
    Currency(#[from] UnknownCurrency),
    /// The payment is not taken.
    #[error(transparent)]
    Payment(#[from] PaymentError),
    /// The tenant's settings could not be read.
    #[error(transparent)]
    Tenant(#[from] TenantError),
    /// The database did not do it.
    #[error(transparent)]
    Storage(#[from] storage::Error),
}

crate::work::carries_storage!(BankError: Payment, Tenant);

/// A file.
///
/// # Errors
/// There is none, or the database does not answer.
pub async fn file(scope: &mut impl Scope, id: &str) -> Result<BankFile, BankError> {
    let tenant = scope.tenant();
    let record = storage::bank::file(scope.tx(), tenant, id).await?;
    let own = record.filter(|_| scope.finds("bank_file", id, crate::Reach::is_whole));
    BankFile::of(own.ok_or_else(|| BankError::NoFile(id.to_owned()))?)
}

/// A page of files, the newest first, those before `before`.
///
/// # Errors
/// The database does not answer.
pub async fn files(scope: &mut impl Scope, before: Option<&str>, limit: i64) -> Result<Vec<BankFile>, BankError> {
    if !scope.reach().is_whole() {
        return Ok(Vec::new());
    }
    let tenant = scope.tenant();
    storage::bank::files(scope.tx(), tenant, before, limit).await?.into_iter().map(BankFile::of).collect()
}

/// A row.
///
/// # Errors
/// There is none, or the database does not answer.
pub async fn row(scope: &mut impl Scope, id: &str) -> Result<BankRow, BankError> {
    let tenant = scope.tenant();
    let record = storage::bank::row(scope.tx(), tenant, id).await?;
    let own = record.filter(|_| scope.finds("bank_row", id, crate::Reach::is_whole));
    BankRow::of(own.ok_or_else(|| BankError::NoRow(id.to_owned()))?)
}

/// A page of rows, of one file or of all, in one state or in any; the oldest first, those after `after`. With each the customers to whom
/// something points now, while it waits.
///
/// # Errors
/// The database does not answer.
pub async fn rows(
    scope: &mut impl Scope,
    (file, state): (Option<&str>, Option<RowState>),
    after: Option<&str>,
    limit: i64,
) -> Result<Vec<(BankRow, Vec<Candidate>)>, BankError> {
    if !scope.reach().is_whole() {
        return Ok(Vec::new());
    }
    let tenant = scope.tenant();
    let filter = RowFilter { file, state: state.map(RowState::name), after };
    let records = storage::bank::rows(scope.tx(), tenant, &filter, limit).await?;
    let rows = records.into_iter().map(BankRow::of).collect::<Result<Vec<_>, _>>()?;
    payers::with_candidates(scope, rows).await
}

impl BankFile {
    fn of(record: CountedFile) -> Result<BankFile, BankError> {
        let CountedFile { file, taken, waiting, set_aside } = record;
        Ok(BankFile {
            rejects: serde_json::from_str(&file.rejects).map_err(|_| BankError::Unreadable(file.id.clone()))?,
            known: file.received - taken - waiting - set_aside,
            id: file.id,
            name: file.name,
            format: file.format,
            received: file.received,
            outgoing: file.outgoing,
            unbooked: file.unbooked,
            imported_at: Instant::clamped(file.imported_at),
            imported_by: file.imported_by,
            taken,
            waiting,
            set_aside,
        })
    }
}

impl BankRow {
    fn of(record: RowRecord) -> Result<BankRow, BankError> {
        let unreadable = || BankError::Unreadable(record.id.clone());
        let state = [RowState::Waiting, RowState::Taken, RowState::SetAside];
        let state = state.into_iter().find(|state| state.name() == record.state).ok_or_else(unreadable)?;
        let doubt = match &record.doubt {
            Some(name) => Some(RowDoubt::named(name).ok_or_else(unreadable)?),
            None => None,
        };
        Ok(BankRow {
            id: record.id,
            file: record.file,
            position: record.position,
            booked_on: record.booked_on,
            amount: Amount::from_micros(record.amount),
            currency: Currency::parse(&record.currency)?,
            payer: record.payer,
            account: record.account,
            text: record.text,
            state,
            doubt,
            customer: record.customer,
            payment: record.payment,
            note: record.note,
            decided_at: record.decided_at.map(Instant::clamped),
            decided_by: record.decided_by,
            version: record.version,
        })
    }
}

impl RowState {
    /// As it is stored.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            RowState::Waiting => "waiting",
            RowState::Taken => "taken",
            RowState::SetAside => "set_aside",
        }
    }
}

impl RowDoubt {
    const ALL: [RowDoubt; 6] = [
        RowDoubt::Nobody,
        RowDoubt::OneSign,
        RowDoubt::SeveralCustomers,
        RowDoubt::SeveralInvoices,
        RowDoubt::Currency,
        RowDoubt::Refused,
    ];

    /// As it is stored.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            RowDoubt::Nobody => "nobody",
            RowDoubt::OneSign => "one_sign",
            RowDoubt::SeveralCustomers => "several_customers",
            RowDoubt::SeveralInvoices => "several_invoices",
            RowDoubt::Currency => "currency",
            RowDoubt::Refused => "refused",
        }
    }

    fn named(name: &str) -> Option<RowDoubt> {
        Self::ALL.into_iter().find(|doubt| doubt.name() == name)
    }
}

impl From<Doubt> for RowDoubt {
    fn from(doubt: Doubt) -> Self {
        match doubt {
            Doubt::Nobody => RowDoubt::Nobody,
            Doubt::OneSign => RowDoubt::OneSign,
            Doubt::SeveralCustomers => RowDoubt::SeveralCustomers,
            Doubt::SeveralInvoices => RowDoubt::SeveralInvoices,
            Doubt::Currency => RowDoubt::Currency,
        }
    }
}
