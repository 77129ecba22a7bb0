//! Credits, promotional credit, adjustments: what changes a customer's account by hand.

use domain::invalid::Invalid;
use domain::money::{Amount, Currency};
use domain::time::Instant;
use serde::{Deserialize, Serialize};
use storage::allocations::Fund;
use storage::payments::{CreditRecord, MoneyFilter};
use storage::unbilled::UnbilledRecord;

use super::{PaymentError, currency_of, payable, payer, use_fund};
use crate::customers::{Customer, Mode};
use crate::ledger::{self, Kind, LedgerError, Party, Posting};
use crate::{Scope, Work, fields};

/// A credit or an adjustment, with its reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Credit {
    /// Its id.
    pub id: String,
    /// Whose account it changes.
    pub customer: String,
    /// What kind of credit it is.
    pub kind: CreditKind,
    /// What is added to the balance; below zero only for an adjustment or an opening balance.
    pub amount: Amount,
    /// Of what.
    pub currency: Currency,
    /// Why.
    pub reason: String,
    /// When it was recorded.
    pub created_at: Instant,
}

/// What changes a customer's account by hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CreditKind {
    /// In the customer's favour.
    Credit,
    /// A correction, either way.
    Adjustment,
    /// The balance from before Tollgate, either way.
    OpeningBalance,
    /// In a prepaid customer's favour: it is spent first, and never paid out.
    Promotional,
    /// What was given back of a call's charge; see [`crate::refunds`].
    Refund,
}

/// A credit or an adjustment to be recorded.
#[derive(Debug, Clone)]
pub struct NewCredit {
    /// Whose account it changes.
    pub customer: String,
    /// What kind of credit it is; not a refund.
    pub kind: CreditKind,
    /// What is added to the balance.
    pub amount: Amount,
    /// Of what; the customer's currency where none is given.
    pub currency: Option<Currency>,
    /// Why.
    pub reason: String,
}

/// Records a credit, promotional credit, an adjustment or an opening balance: it is on the customer's account at once. In the favour of a
/// postpaid customer it settles invoices as a payment does; against it, it goes on the next invoice.
///
/// # Errors
/// The amount is zero, is finer than its currency, has the wrong sign or currency, the reason is missing, there is no such customer, or
/// the customer of promotional credit is postpaid.
pub async fn credit(work: &mut Work, new: NewCredit) -> Result<Credit, PaymentError> {
    let customer = payer(work, &new.customer, new.currency).await?;
    new.check(&customer)?;
    let credit = Credit {
        id: work.id("crd"),
        customer: customer.id.clone(),
        kind: new.kind,
        amount: new.amount,
        currency: customer.currency,
        reason: fields::required_remark("/reason", new.reason, 500)?,
        created_at: work.now(),
    };
    insert_credit(work, &credit).await?;
    let own = if new.kind == CreditKind::OpeningBalance { Party::Opening } else { Party::Credits };
    let theirs = Party::Customer(customer.id.clone());
    let taken = credit.amount.is_negative();
    let posting = Posting {
        key: format!("{}/credit", credit.id),
        kind: credit.kind.kind(),
        from: if taken { theirs.clone() } else { own.clone() },
        to: if taken { own } else { theirs },
        amount: if taken { credit.amount.negated().map_err(LedgerError::from)? } else { credit.amount },
        currency: credit.currency,
        reference: credit.id.clone(),
        guarded: false,
        promotional: if new.kind == CreditKind::Promotional { credit.amount } else { Amount::ZERO },
    };
    let amount = posting.amount;
    ledger::post(work, &[posting]).await?;
    if taken && customer.mode == Mode::Postpaid {
        bill_debit(work, &credit, amount).await?;
    } else {
        use_credit(work, &customer, &credit).await?;
    }
    work.audit("credit.record", &credit.id, None, Some(&credit)).await?;
    Ok(credit)
}

impl NewCredit {
    fn check(&self, customer: &Customer) -> Result<(), PaymentError> {
        let favour = matches!(self.kind, CreditKind::Credit | CreditKind::Promotional);
        if self.amount.is_zero() {
            return Err(Invalid::at("/amount", "must not be zero").into());
        }
        if favour && self.amount.is_negative() {
            return Err(Invalid::at("/amount", "must be above zero: use an adjustment to take something").into());
        }
        if self.kind == CreditKind::Refund {
            return Err(Invalid::at("/kind", "must not be a refund: a refund names a call").into());
        }
        if self.kind == CreditKind::Promotional && customer.mode == Mode::Postpaid {
            return Err(PaymentError::NotPrepaid(customer.id.clone()));
        }
        // A prepaid balance is as fine as the calls that it pays for; an adjustment may have to meet it exactly.
        if favour || customer.mode == Mode::Postpaid {
            payable(self.amount, customer.currency)?;
        }
        Ok(())
    }
}

/// Puts a credit on record.
pub(crate) async fn insert_credit(work: &mut Work, credit: &Credit) -> Result<(), storage::Error> {
    let record = CreditRecord {
        tenant: work.tenant(),
        id: credit.id.clone(),
        customer: credit.customer.clone(),
        kind: credit.kind.kind().name().to_owned(),
        currency: credit.currency.code().to_owned(),
        amount: credit.amount.micros(),
        reason: credit.reason.clone(),
        created_at: credit.created_at.millis(),
        unspent: 0,
    };
    storage::payments::insert_credit(&mut work.tx, &record).await
}

/// Lets a credit that is on record and on the account settle what is unpaid, and keeps what is left for the next invoice.
pub(crate) async fn use_credit(work: &mut Work, customer: &Customer, credit: &Credit) -> Result<(), PaymentError> {
    let fund = Fund {
        source: credit.id.clone(),
        kind: "credit".to_owned(),
        customer: customer.id.clone(),
        unspent: credit.amount.micros(),
        came_at: credit.created_at.millis(),
        name: Some(credit.reason.clone()),
    };
    use_fund(work, customer, &fund, None).await.map(|_| ())
}

/// Puts what is taken from a postpaid customer on the next invoice.
async fn bill_debit(work: &mut Work, credit: &Credit, amount: Amount) -> Result<(), PaymentError> {
    let debit = UnbilledRecord {
        id: credit.id.clone(),
        kind: "debit".to_owned(),
        customer: credit.customer.clone(),
        line: None,
        call: None,
        amount: Some(amount.micros()),
        tax: None,
        name: Some(credit.reason.clone()),
        created_at: credit.created_at.millis(),
        document: None,
    };
    let tenant = work.tenant();
    storage::unbilled::insert(&mut work.tx, tenant, &[debit]).await?;
    Ok(())
}

/// A page of credits and adjustments, of one customer or of all, the newest first, those before `before`.
///
/// # Errors
/// The database does not answer.
pub async fn credits(
    scope: &mut impl Scope,
    customer: Option<&str>,
    before: Option<&str>,
    limit: i64,
) -> Result<Vec<Credit>, PaymentError> {
    let (tenant, limited) = (scope.tenant(), scope.reach().limited(customer));
    let filter = MoneyFilter { customer: limited.customer.as_deref(), among: limited.among.as_deref(), before };
    let records = storage::payments::credits(scope.tx(), tenant, &filter, limit).await?;
    records.into_iter().map(credit_of).collect()
}

fn credit_of(record: CreditRecord) -> Result<Credit, PaymentError> {
    Ok(Credit {
        id: record.id,
        customer: record.customer,
        kind: match record.kind.as_str() {
            "credit" => CreditKind::Credit,
            "opening_balance" => CreditKind::OpeningBalance,
            "promotional" => CreditKind::Promotional,
            "refund" => CreditKind::Refund,
            _ => CreditKind::Adjustment,
        },
        amount: Amount::from_micros(record.amount),
        currency: currency_of(&record.currency)?,
        reason: record.reason,
        created_at: Instant::clamped(record.created_at),
    })
}

impl CreditKind {
    fn kind(self) -> Kind {
        match self {
            CreditKind::Credit => Kind::Credit,
            CreditKind::Adjustment => Kind::Adjustment,
            CreditKind::OpeningBalance => Kind::OpeningBalance,
            CreditKind::Promotional => Kind::Promotional,
            CreditKind::Refund => Kind::Refund,
        }
    }
}
