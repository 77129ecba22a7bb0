//! Files for the bank: payouts that were made are put into one, which has the bank pay the agents.
//!
//! A payout is in one file at most. What a file says stays as it was when it was made. A file that the bank did not take is withdrawn, and its
//! payouts come into the next one.

mod make;

use std::fmt;

use domain::bic::Bic;
use domain::iban::Iban;
use domain::invalid::Invalid;
use domain::money::{Amount, Currency, Overflow, UnknownCurrency};
use domain::sepa::Lack;
use domain::time::{Date, Instant};
use serde::{Deserialize, Serialize};
use serde_json::json;
use storage::payout_files::{ListedItem, PayoutFileRecord};

pub use make::{NewPayoutFile, make};

use crate::tenants::TenantError;
use crate::{Scope, Work};

/// A file for the bank, without what is in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PayoutFile {
    /// Its id.
    pub id: String,
    /// Of what.
    pub currency: Currency,
    /// On which day the bank is to pay.
    pub execution_on: Date,
    /// Whom it is from.
    pub payer: Payer,
    /// How many payouts are in it.
    pub payouts: i64,
    /// What they come to.
    pub amount: Amount,
    /// The payouts that were not taken in.
    pub left_out: Vec<LeftOut>,
    /// When it was made.
    pub made_at: Instant,
    /// By whom, as the audit trail names them.
    pub made_by: String,
    /// When it was withdrawn, and by whom.
    pub withdrawn: Option<(Instant, String)>,
}

/// Who has the bank pay, as it was when the file was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Payer {
    /// The company's legal name.
    pub name: String,
    /// Its account; always there in a file in EUR.
    pub iban: Option<Iban>,
    /// Its bank.
    pub bic: Option<Bic>,
}

/// A payout in a file, as it was when the file was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FiledPayout {
    /// Its id.
    pub id: String,
    /// The number of its statement.
    pub number: String,
    /// Who is paid.
    pub agent: String,
    /// Whose account it is.
    pub holder: String,
    /// The account.
    pub iban: Iban,
    /// The bank.
    pub bic: Option<Bic>,
    /// How much.
    pub amount: Amount,
    /// Whether the bank has returned it since.
    pub is_bounced: bool,
}

/// A payout that was not taken into a file, and waits for the next one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeftOut {
    /// Its id.
    pub payout: String,
    /// The number of its statement.
    pub number: String,
    /// Who is to be paid.
    pub agent: String,
    /// Why.
    pub reason: LeftOutReason,
}

/// Why a payout is not taken into a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeftOutReason {
    /// It is not known where the agent is paid to.
    NoBankAccount,
    /// SEPA does not reach the agent's account.
    OutsideSepa,
    /// The agent's name has nothing that banks can read, and its account no other holder.
    NoName,
}

/// Why there is no file, or not in this form.
#[derive(Debug, thiserror::Error)]
pub enum PayoutFileError {
    /// There is no such file.
    #[error("there is no payout file {0}")]
    NotFound(String),
    /// A field makes no sense.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// No payout can be put into one.
    #[error("no payout in {currency} can be put into a file: {}", waiting(left_out))]
    NothingToPay {
        /// In what.
        currency: Currency,
        /// Those that wait.
        left_out: Vec<LeftOut>,
    },
    /// It is not known, as banks want it, whom the file is from.
    #[error("no file can be made for the bank: {}", said(.0))]
    Lacks(Vec<Lack>),
    /// SEPA knows one currency.
    #[error("SEPA credit transfers are in EUR: of a file in {currency} there is CSV (.csv)")]
    CsvOnly {
        /// That of the file.
        currency: Currency,
    },
    /// It is not for the bank any more.
    #[error("the file was withdrawn at {at}: its payouts are in another one, or wait for it")]
    Withdrawn {
        /// When.
        at: Instant,
    },
    /// A stored record cannot be read: the database was edited by hand.
    #[error("the payout file {0} cannot be read")]
    Unreadable(String),
    /// An amount is beyond its range.
    #[error(transparent)]
    Overflow(#[from] Overflow),
    /// A file has an unknown currency: the database was edited by hand.
    #[error(transparent)]
    Currency(#[from] UnknownCurrency),
    /// The tenant's settings could not be read.
    #[error(transparent)]
    Tenant(#[from] TenantError),
    /// The database did not do it.
    #[error(transparent)]
    Storage(#[from] storage::Error),
}

crate::work::carries_storage!(PayoutFileError: Tenant);

/// A file with this id.
///
/// # Errors
/// There is none, or the database does not answer.
pub async fn get(scope: &mut impl Scope, id: &str) -> Result<PayoutFile, PayoutFileError> {
    let tenant = scope.tenant();
    let record = storage::payout_files::get(scope.tx(), tenant, id).await?;
    let own = record.filter(|_| scope.finds("payout file", id, crate::Reach::is_whole));
    PayoutFile::of(own.ok_or_else(|| PayoutFileError::NotFound(id.to_owned()))?)
}

/// What is in a file, the first payout first.
///
/// # Errors
/// The database does not answer.
pub async fn payouts(scope: &mut impl Scope, file: &PayoutFile) -> Result<Vec<FiledPayout>, PayoutFileError> {
    let tenant = scope.tenant();
    let items = storage::payout_files::items(scope.tx(), tenant, &file.id).await?;
    items.into_iter().map(FiledPayout::of).collect()
}

/// A page of files, the newest first, those before `before`.
///
/// # Errors
/// The database does not answer.
pub async fn page(
    scope: &mut impl Scope,
    before: Option<&str>,
    limit: i64,
) -> Result<Vec<PayoutFile>, PayoutFileError> {
    if !scope.reach().is_whole() {
        return Ok(Vec::new());
    }
    let tenant = scope.tenant();
    let records = storage::payout_files::page(scope.tx(), tenant, before, limit).await?;
    records.into_iter().map(PayoutFile::of).collect()
}

/// Withdraws a file that the bank did not take: its payouts come into the next one. One that is withdrawn stays as it is.
///
/// # Errors
/// There is no such file, or the database does not answer.
pub async fn withdraw(work: &mut Work, id: &str) -> Result<PayoutFile, PayoutFileError> {
    let before = get(work, id).await?;
    let (tenant, now, actor) = (work.tenant(), work.now(), work.actor.name.clone());
    if !storage::payout_files::withdraw(&mut work.tx, tenant, id, (now.millis(), &actor)).await? {
        return get(work, id).await;
    }
    let after = PayoutFile { withdrawn: Some((now, actor)), ..before.clone() };
    work.audit("payout_file.withdraw", id, Some(&before.written()), Some(&after.written())).await?;
    Ok(after)
}

impl PayoutFile {
    /// What the bank knows it by: 30 letters, digits and a dash.
    #[must_use]
    pub fn message_id(&self) -> String {
        self.id.replace('_', "-").to_uppercase()
    }

    /// That the file is for the bank still.
    ///
    /// # Errors
    /// It was withdrawn.
    pub fn check_valid(&self) -> Result<(), PayoutFileError> {
        match &self.withdrawn {
            Some((at, _)) => Err(PayoutFileError::Withdrawn { at: *at }),
            None => Ok(()),
        }
    }

    /// That SEPA credit transfers can be made of it; the account that they are from.
    ///
    /// # Errors
    /// It is in another currency.
    pub fn sepa_account(&self) -> Result<&Iban, PayoutFileError> {
        let account = self.payer.iban.as_ref().filter(|_| self.currency.code() == SEPA);
        account.ok_or(PayoutFileError::CsvOnly { currency: self.currency })
    }

    fn of(record: PayoutFileRecord) -> Result<Self, PayoutFileError> {
        let unreadable = || PayoutFileError::Unreadable(record.id.clone());
        Ok(PayoutFile {
            currency: Currency::parse(&record.currency)?,
            execution_on: record.execution_on.parse().map_err(|_| unreadable())?,
            payer: serde_json::from_str(&record.payer).map_err(|_| unreadable())?,
            left_out: serde_json::from_str(&record.left_out).map_err(|_| unreadable())?,
            payouts: record.payouts,
            amount: Amount::from_micros(record.amount),
            made_at: Instant::clamped(record.made_at),
            withdrawn: record.withdrawn_at.map(Instant::clamped).zip(record.withdrawn_by),
            made_by: record.made_by,
            id: record.id,
        })
    }

    /// What the audit trail says of it: no account.
    fn written(&self) -> serde_json::Value {
        json!({
            "message_id": self.message_id(),
            "currency": self.currency,
            "execution_on": self.execution_on,
            "payouts": self.payouts,
            "amount": self.amount.to_text(self.currency),
            "withdrawn_at": self.withdrawn.as_ref().map(|(at, _)| at),
        })
    }
}

/// The one currency of SEPA.
const SEPA: &str = "EUR";

impl FiledPayout {
    fn of(listed: ListedItem) -> Result<Self, PayoutFileError> {
        let item = listed.item;
        let unreadable = || PayoutFileError::Unreadable(item.file.clone());
        Ok(FiledPayout {
            iban: Iban::parse(&item.iban).map_err(|_| unreadable())?,
            bic: item.bic.as_deref().map(Bic::parse).transpose().map_err(|_| unreadable())?,
            id: item.payout,
            number: item.number,
            agent: item.agent,
            holder: item.holder,
            amount: Amount::from_micros(item.amount),
            is_bounced: listed.bounced_at.is_some(),
        })
    }
}

impl fmt::Display for LeftOutReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            LeftOutReason::NoBankAccount => "its agent has no bank account",
            LeftOutReason::OutsideSepa => "SEPA does not reach its agent's account",
            LeftOutReason::NoName => "its agent's name has no letter that banks can read",
        })
    }
}

/// What waits all the same: the first few.
fn waiting(left_out: &[LeftOut]) -> String {
    if left_out.is_empty() {
        return "all that were made are in files, or came back".to_owned();
    }
    let named = left_out.iter().take(5).map(|left| format!("{}: {}", left.number, left.reason));
    let named = named.collect::<Vec<_>>().join("; ");
    let more = left_out.len().saturating_sub(5);
    if more == 0 { named } else { format!("{named}; and {more} more") }
}

fn said(lacks: &[Lack]) -> String {
    lacks.iter().map(Lack::to_string).collect::<Vec<_>>().join("; ")
}
