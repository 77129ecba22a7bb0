//! Refunds: a charge of a call is given back, whole or in part, by the reverse of its entries.

use domain::allowance::UsedGrant;
use domain::invalid::Invalid;
use domain::money::{Amount, Overflow};
use domain::split::Split;
use serde::Serialize;
use serde_json::Value;

use crate::allowances::{self, AllowanceError};
use crate::calls::price::Parts;
use crate::calls::{self, Call, CallError, Price};
use crate::customers::{self, CustomerError, Mode};
use crate::ledger::{self, EntryRecord, Kind, LedgerError};
use crate::payments::{self, Credit, CreditKind, PaymentError};
use crate::{Scope, Work, fields};

/// What was given back of a call's charge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Refund {
    /// What the customer got, with the reason. It is listed among the credits.
    pub credit: Credit,
    /// The call.
    pub call: String,
    /// What the agent, the tenant and the tax gave of it.
    #[serde(skip)]
    pub parts: Split,
    /// How much of it is promotional credit again.
    pub promotional: Amount,
    /// Free seconds that are back in their grants.
    pub allowance_seconds: i64,
    /// What was refunded of the call in all.
    pub refunded: Amount,
}

/// Why a call is not refunded. Nothing was moved.
#[derive(Debug, thiserror::Error)]
pub enum RefundError {
    /// A field makes no sense.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// There is nothing to give back.
    #[error("the call {0} has cost nothing: there is nothing to refund")]
    NothingCharged(String),
    /// All of it was given back before.
    #[error("the whole charge of the call {0} is refunded already")]
    Refunded(String),
    /// More is asked for than is left.
    #[error("{left} is left to refund of the call {call}: {asked} is more")]
    Beyond {
        /// The call.
        call: String,
        /// What was not refunded yet.
        left: Amount,
        /// What was asked for.
        asked: Amount,
    },
    /// Its price is net, and its tax stands on an invoice.
    #[error("the call {0} is charged by invoice, tax apart: correct the invoice by a credit note")]
    ByInvoice(String),
    /// The call cannot be had.
    #[error(transparent)]
    Call(#[from] CallError),
    /// The payer cannot be had.
    #[error(transparent)]
    Customer(#[from] CustomerError),
    /// The free seconds could not be given back.
    #[error(transparent)]
    Allowance(#[from] AllowanceError),
    /// What waited for the money could not be settled.
    #[error(transparent)]
    Payment(#[from] PaymentError),
    /// The ledger did not take it.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The database did not do it.
    #[error(transparent)]
    Storage(#[from] storage::Error),
}

crate::work::carries_storage!(RefundError: Allowance, Call, Customer, Ledger, Payment);

impl From<Overflow> for RefundError {
    fn from(overflow: Overflow) -> Self {
        RefundError::Ledger(overflow.into())
    }
}

/// Gives an amount of a call's charge back, or all that is left: each party gives in proportion to its part, what was paid of
/// promotional credit is promotional credit again, and when nothing of the charge is left, the seconds of grants are free again. For
/// prepaid customers, and calls to paid agents; a postpaid customer's refund settles invoices as a credit does.
///
/// # Errors
/// There is no such call, it has cost nothing, less is left of its charge, it is charged by invoice, or a field makes no sense.
pub async fn make(work: &mut Work, call: &str, asked: Option<Amount>, reason: String) -> Result<Refund, RefundError> {
    let reason = fields::required_remark("/reason", reason, 500)?;
    if asked.is_some_and(|asked| asked <= Amount::ZERO) {
        return Err(Invalid::at("/amount", "must be above zero").into());
    }
    let (call, price) = locked(work, call).await?;
    let payer = call.customer.as_deref().unwrap_or_default();
    let customer = customers::get(work, payer).await?;
    if customer.mode == Mode::Postpaid && price.source != OF_AGENT {
        return Err(RefundError::ByInvoice(call.id));
    }
    let before = refunded(work, &call.id).await?;
    let left = whole(&price)?.without(&before)?;
    let amount = checked(&call.id, left.total()?, asked)?;
    let credit = Credit {
        id: work.id("crd"),
        customer: customer.id.clone(),
        kind: CreditKind::Refund,
        amount,
        currency: price.currency,
        reason,
        created_at: work.now(),
    };
    let allowance_seconds = if amount == left.total()? { give_seconds_back(work, &price).await? } else { 0 };
    let mut refund = Refund {
        parts: left.given_back(amount)?,
        promotional: Amount::ZERO,
        allowance_seconds,
        refunded: before.total()?.plus(amount)?,
        call: call.id.clone(),
        credit,
    };
    refund.promotional = post(work, &call, &refund, left.total()?).await?;
    payments::insert_credit(work, &refund.credit).await?;
    payments::use_credit(work, &customer, &refund.credit).await?;
    work.audit("call.refund", &call.id, None, Some(&refund)).await?;
    Ok(refund)
}

/// What priced a call to a paid agent.
const OF_AGENT: &str = "agent";

/// The call and its price, locked until the work ends: two refunds of one call come one after the other.
async fn locked(work: &mut Work, id: &str) -> Result<(Call, Price), RefundError> {
    let origin = calls::get(work, id).await?.origin;
    let tenant = work.tenant();
    storage::calls::lock_by_origin(&mut work.tx, tenant, &origin).await?;
    let call = calls::get(work, id).await?;
    let price = call.price.clone().filter(|price| !price.total.is_zero());
    let price = price.ok_or_else(|| RefundError::NothingCharged(id.to_owned()))?;
    Ok((call, price))
}

/// The amount to give back, if so much is left.
fn checked(call: &str, left: Amount, asked: Option<Amount>) -> Result<Amount, RefundError> {
    if left.is_zero() {
        return Err(RefundError::Refunded(call.to_owned()));
    }
    match asked {
        Some(asked) if asked > left => Err(RefundError::Beyond { call: call.to_owned(), left, asked }),
        _ => Ok(asked.unwrap_or(left)),
    }
}

/// The parts of a price.
fn whole(price: &Price) -> Result<Split, Overflow> {
    let tenant = price.total.minus(price.tax)?.minus(price.agent_part)?;
    Ok(Split { agent: price.agent_part, tenant, tax: price.tax })
}

/// Whether any of a call's charge was given back.
pub(crate) async fn any(scope: &mut impl Scope, call: &str) -> Result<bool, storage::Error> {
    let tenant = scope.tenant();
    Ok(storage::ledger::entries_about(scope.tx(), tenant, call).await?.iter().any(is_refund))
}

/// What was given back of a call so far.
async fn refunded(scope: &mut impl Scope, call: &str) -> Result<Split, RefundError> {
    let tenant = scope.tenant();
    let entries = storage::ledger::entries_about(scope.tx(), tenant, call).await?;
    let mut parts = Split { agent: Amount::ZERO, tenant: Amount::ZERO, tax: Amount::ZERO };
    for entry in entries.iter().filter(|entry| is_refund(entry)) {
        let part = match entry.from_account.as_str() {
            "income" => &mut parts.tenant,
            "tax" => &mut parts.tax,
            _ => &mut parts.agent,
        };
        *part = part.plus(Amount::from_micros(entry.amount))?;
    }
    Ok(parts)
}

/// Whether an entry gives something of a call's charge back.
#[must_use]
pub fn is_refund(entry: &EntryRecord) -> bool {
    entry.kind == Kind::Refund.name()
}

/// Posts the reverse of the charge's entries; answers how much of it is promotional credit again. `left` was not refunded before.
async fn post(work: &mut Work, call: &Call, refund: &Refund, left: Amount) -> Result<Amount, RefundError> {
    let amount = refund.credit.amount;
    let spent = ledger::taken(work, &call.id, "", left).await?;
    let parts = Parts {
        cause: &format!("{}/refund/{}", call.id, refund.credit.id),
        kind: Kind::Refund,
        call: &call.id,
        customer: &refund.credit.customer,
        agent: call.agent.as_deref(),
        currency: refund.credit.currency,
        agent_part: refund.parts.agent.negated()?,
        tax: refund.parts.tax.negated()?,
        total: amount.negated()?,
        promotional: spent.give_back(amount)?.promotional,
    };
    let postings = parts.postings()?;
    ledger::post(work, &postings).await?;
    let promotional: Option<Amount> = postings.iter().map(|posting| posting.promotional).sum();
    Ok(promotional.ok_or(Overflow)?)
}

/// Gives the seconds that a call has used of grants back to them; answers how many.
async fn give_seconds_back(work: &mut Work, price: &Price) -> Result<i64, RefundError> {
    if price.source != OF_AGENT {
        return Ok(0);
    }
    let charge: Value = serde_json::from_str(&price.charge).unwrap_or_default();
    let used: Vec<UsedGrant> = serde_json::from_value(charge["allowances"].clone()).unwrap_or_default();
    let back: Vec<UsedGrant> = used.into_iter().map(|used| UsedGrant { seconds: -used.seconds, ..used }).collect();
    allowances::use_up(work, &back).await?;
    Ok(back.iter().map(|back| -back.seconds).sum())
}
