//! `post`: the one way to move money.
//!
//! Where a posting is guarded, or takes from somebody who has promotional credit, one load of the accounts concerned (locked in the
//! order of their ids); one pure decision for each posting in order; one set-based save. A posting is known by its key: what was posted
//! before is not posted again.

mod decide;

use std::collections::{BTreeMap, HashSet};

use domain::charging::Spend;
use domain::ledger::Refused;
use domain::money::{Amount, Currency, Overflow};
use domain::time::Instant;
use storage::ledger::AccountChange;
pub use storage::ledger::{EntryFilter, EntryRecord};

use self::decide::{Decision, decide};
use crate::{Scope, Work};

/// One end of a posting.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Party {
    /// A customer's account, by its id.
    Customer(String),
    /// An agent's account, by its id.
    Agent(String),
    /// The tenant's income.
    Income,
    /// Tax that the tenant owes.
    Tax,
    /// Money that came in.
    Cash,
    /// Credits and adjustments.
    Credits,
    /// Balances from before Tollgate.
    Opening,
    /// What rounding to whole minor units adds and takes.
    Rounding,
    /// What was given up.
    WriteOffs,
    /// What is on its way from one customer to another: nothing, when it has come.
    Transfers,
    /// What a bank or a provider has withdrawn while it is disputed: nothing, when that is decided.
    Disputed,
    /// What vouchers were worth that customers have redeemed.
    Vouchers,
}

/// What kind of posting it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A call's charge.
    Call,
    /// The difference that a re-rating makes to a call's charge.
    Rerating,
    /// A payment.
    Payment,
    /// A credit.
    Credit,
    /// An adjustment.
    Adjustment,
    /// A balance from before Tollgate.
    OpeningBalance,
    /// A fee or an item.
    Fee,
    /// Tax on what is net.
    Tax,
    /// What rounding adds or takes.
    Rounding,
    /// A credit note.
    CreditNote,
    /// A debt that is given up.
    WriteOff,
    /// Promotional credit.
    Promotional,
    /// What goes from one customer to another.
    Transfer,
    /// What is given back of a call's charge.
    Refund,
    /// A service that is charged once.
    Event,
    /// A message to an agent.
    Message,
    /// A payment that the bank returned.
    Bounce,
    /// A payment that was paid back.
    Repayment,
    /// A payment that is disputed, and what is decided of it.
    Dispute,
    /// What is paid out to an agent, and where the bank returns it, its way back.
    Payout,
}

/// An amount that moves from one account to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posting {
    /// What causes it: the id of its record, `/`, and which of the record's postings it is.
    pub key: String,
    /// What kind it is.
    pub kind: Kind,
    /// Where the money comes from.
    pub from: Party,
    /// Where it goes.
    pub to: Party,
    /// How much; always above zero.
    pub amount: Amount,
    /// Of what.
    pub currency: Currency,
    /// The record that it is about: a call, a payment, a credit.
    pub reference: String,
    /// Whether it is refused where the giver has too little. A fact is posted whatever is there.
    pub guarded: bool,
    /// How much of the amount moves promotional credit of the customer. What takes from a customer and does not say so takes such
    /// credit first.
    pub promotional: Amount,
}

/// What became of a posting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is posted.
    Posted,
    /// It was posted before; nothing was done.
    Known,
    /// It was refused; nothing was done.
    Refused(Refused),
}

/// Why nothing of a batch was posted.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// A posting is no posting.
    #[error("the posting {0} does not move an amount above zero from one account to another")]
    NotAPosting(String),
    /// An account has no longer what was decided to be taken from it.
    #[error("the account was changed by others meanwhile: try again")]
    Outrun,
    /// A sum is beyond its range.
    #[error(transparent)]
    Overflow(#[from] Overflow),
    /// The database did not do it.
    #[error(transparent)]
    Storage(#[from] storage::Error),
}

crate::work::carries_storage!(LedgerError);

/// Posts a batch, in order, and answers each posting with its own verdict. A refusal does not touch its neighbours.
///
/// # Errors
/// Nothing is posted: a posting is none, a sum is beyond its range, or the database did not do it.
pub async fn post(work: &mut Work, postings: &[Posting]) -> Result<Vec<Verdict>, LedgerError> {
    if let Some(wrong) = postings.iter().find(|posting| posting.amount <= Amount::ZERO || posting.from == posting.to) {
        return Err(LedgerError::NotAPosting(wrong.key.clone()));
    }
    let decisions = decide(work, postings).await?;
    let granted: Vec<&Posting> = decisions.iter().filter_map(Decision::posting).collect();
    let new = save(work, &granted, Vec::new()).await?;
    let verdict = |decision: &Decision<'_>| match decision {
        Decision::Post(posting) if new.contains(&posting.key) => Verdict::Posted,
        Decision::Post(_) => Verdict::Known,
        Decision::Leave(verdict) => *verdict,
    };
    Ok(decisions.iter().map(verdict).collect())
}

/// Writes the entries of postings that were decided, and what they and these holds change of accounts; answers the keys of those
/// that were not posted before.
///
/// # Errors
/// Nothing is saved: a hold would take more than there is, since somebody else was quicker; a sum is beyond its range; or the
/// database did not do it.
pub(crate) async fn save(
    work: &mut Work,
    postings: &[&Posting],
    holds: Vec<AccountChange>,
) -> Result<HashSet<String>, LedgerError> {
    let entries: Vec<EntryRecord> = postings.iter().map(|posting| posting.entry(work.now())).collect();
    let tenant = work.tenant();
    let new: HashSet<String> =
        storage::ledger::insert_entries(&mut work.tx, tenant, &entries).await?.into_iter().collect();
    let posted = || postings.iter().copied().filter(|posting| new.contains(&posting.key));
    let mut changes = account_changes(posted())?;
    for posting in posted() {
        for (party, came_in) in [(&posting.from, false), (&posting.to, true)] {
            match party {
                Party::Customer(customer) => work.has_moved(customer, came_in),
                Party::Agent(agent) => work.has_earned(agent),
                _ => {}
            }
        }
    }
    holds.iter().for_each(|hold| work.has_moved(&hold.account, false));
    changes.extend(holds);
    match storage::ledger::change_accounts(&mut work.tx, tenant, &changes).await {
        Err(storage::Error::OutOfRange(_)) => Err(Overflow.into()),
        Ok(false) => Err(LedgerError::Outrun),
        changed => Ok(changed.map(|_| new)?),
    }
}

/// What a record (such as a call) has taken from its customer's pots by the entries whose keys begin so, where that is so much in all.
pub(crate) async fn taken(
    scope: &mut impl Scope,
    reference: &str,
    keys_from: &str,
    total: Amount,
) -> Result<Spend, LedgerError> {
    let tenant = scope.tenant();
    let promotional = storage::ledger::promotional_about(scope.tx(), tenant, reference, keys_from).await?;
    let promotional = Amount::from_micros(promotional);
    Ok(Spend { promotional, paid: total.minus(promotional)? })
}

/// What the postings change, an account a row, in the order of accounts.
fn account_changes<'a>(postings: impl Iterator<Item = &'a Posting>) -> Result<Vec<AccountChange>, Overflow> {
    let mut sums: BTreeMap<(&str, &str), (Amount, Amount)> = BTreeMap::new();
    for posting in postings {
        let currency = posting.currency.code();
        for (party, back) in [(&posting.from, true), (&posting.to, false)] {
            let signed = |amount: Amount| if back { amount.negated() } else { Ok(amount) };
            if let Some(owner) = party.owner() {
                let (sum, promotional) = sums.entry((owner, currency)).or_default();
                *sum = sum.plus(signed(posting.amount)?)?;
                if matches!(party, Party::Customer(_)) {
                    *promotional = promotional.plus(signed(posting.promotional)?)?;
                }
            }
        }
    }
    let change = |((owner, currency), (amount, promotional)): ((&str, &str), (Amount, Amount))| AccountChange {
        account: owner.to_owned(),
        currency: currency.to_owned(),
        amount: amount.micros(),
        promotional: promotional.micros(),
        ..AccountChange::default()
    };
    Ok(sums.into_iter().map(change).collect())
}

/// A page of a customer's or an agent's entries, the newest first; see [`as_owned`] for how they see their own.
///
/// # Errors
/// The database does not answer.
pub async fn entries(
    scope: &mut impl Scope,
    filter: &EntryFilter<'_>,
    limit: i64,
) -> Result<Vec<EntryRecord>, storage::Error> {
    let tenant = scope.tenant();
    if scope.reach().is_whole() {
        return storage::ledger::entries(scope.tx(), tenant, filter, limit).await;
    }
    let Some(owner) = filter.agent.or(filter.customer).filter(|owner| scope.reach().owner(owner)) else {
        return Ok(Vec::new());
    };
    let parts = storage::ledger::entries(scope.tx(), tenant, filter, limit.saturating_mul(MOST_PARTS)).await?;
    let mut entries = as_owned(owner, parts);
    entries.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok(entries)
}

/// How many entries of an account one cause makes at most: the agent's part of a charge, the tax, and the rest.
const MOST_PARTS: i64 = 3;

/// An account's entries as its owner sees them: what a cause took from it or brought to it is one entry, with the tenant at the other
/// end. How a charge is split is nobody's business but the tenant's. An entry has the key of the last of its parts.
fn as_owned(owner: &str, parts: Vec<EntryRecord>) -> Vec<EntryRecord> {
    let cause = |entry: &EntryRecord| {
        let key = entry.key.rsplit_once('/').map_or(entry.key.as_str(), |(cause, _)| cause).to_owned();
        (key, entry.posted_at, entry.kind.clone(), entry.currency.clone())
    };
    let one = |parts: &[EntryRecord]| {
        let last = parts.last()?;
        let moved = |entry: &EntryRecord| if entry.to_account == owner { entry.amount } else { -entry.amount };
        let sum = parts.iter().map(moved).fold(0_i64, i64::saturating_add);
        let promotional = |entry: &EntryRecord| if moved(entry) < 0 { -entry.promotional } else { entry.promotional };
        let promotional = parts.iter().map(promotional).fold(0_i64, i64::saturating_add);
        let ends = if sum < 0 { [owner, "tenant"] } else { ["tenant", owner] };
        let [from_account, to_account] = ends.map(str::to_owned);
        Some(EntryRecord {
            from_account,
            to_account,
            amount: sum.saturating_abs(),
            promotional: promotional.saturating_abs(),
            customer: None,
            agent: None,
            ..last.clone()
        })
    };
    parts.chunk_by(|a, b| cause(a) == cause(b)).filter_map(one).collect()
}

/// The entries that a record (a call, a payment, a credit) caused by itself, in the order of their keys; its customer sees them as one.
///
/// # Errors
/// The database does not answer.
pub async fn caused_by(scope: &mut impl Scope, record: &str) -> Result<Vec<EntryRecord>, storage::Error> {
    let tenant = scope.tenant();
    let entries = storage::ledger::entries_about(scope.tx(), tenant, record).await?;
    let Some(own) = scope.reach().customers() else { return Ok(entries) };
    let of = |customer: &String| {
        let theirs = entries.iter().filter(|entry| entry.customer.as_ref() == Some(customer));
        as_owned(customer, theirs.cloned().collect())
    };
    Ok(own.iter().flat_map(of).collect())
}

impl Party {
    /// The customer or agent whose account it is; the tenant's own accounts have no row of their own.
    fn owner(&self) -> Option<&str> {
        match self {
            Party::Customer(id) | Party::Agent(id) => Some(id),
            _ => None,
        }
    }

    fn name(&self) -> &str {
        match self {
            Party::Customer(id) | Party::Agent(id) => id,
            Party::Income => "income",
            Party::Tax => "tax",
            Party::Cash => "cash",
            Party::Credits => "credits",
            Party::Opening => "opening",
            Party::Rounding => "rounding",
            Party::WriteOffs => "write_offs",
            Party::Transfers => "transfers",
            Party::Disputed => "disputed",
            Party::Vouchers => "vouchers",
        }
    }
}

impl Kind {
    const ALL: [Kind; 20] = [
        Kind::Call,
        Kind::Rerating,
        Kind::Payment,
        Kind::Credit,
        Kind::Adjustment,
        Kind::OpeningBalance,
        Kind::Fee,
        Kind::Tax,
        Kind::Rounding,
        Kind::CreditNote,
        Kind::WriteOff,
        Kind::Promotional,
        Kind::Transfer,
        Kind::Refund,
        Kind::Event,
        Kind::Message,
        Kind::Bounce,
        Kind::Repayment,
        Kind::Dispute,
        Kind::Payout,
    ];

    /// The kind of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// The kind's name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Kind::Call => "call",
            Kind::Rerating => "rerating",
            Kind::Payment => "payment",
            Kind::Credit => "credit",
            Kind::Adjustment => "adjustment",
            Kind::OpeningBalance => "opening_balance",
            Kind::Fee => "fee",
            Kind::Tax => "tax",
            Kind::Rounding => "rounding",
            Kind::CreditNote => "credit_note",
            Kind::WriteOff => "write_off",
            Kind::Promotional => "promotional",
            Kind::Transfer => "transfer",
            Kind::Refund => "refund",
            Kind::Event => "event",
            Kind::Message => "message",
            Kind::Bounce => "bounce",
            Kind::Repayment => "repayment",
            Kind::Dispute => "dispute",
            Kind::Payout => "payout",
        }
    }
}

impl Posting {
    /// A fact that takes an amount from the one party to the other; the other way, where it is below zero; `None` for nothing.
    pub(crate) fn fact(
        (key, kind, reference): (String, Kind, &str),
        from: Party,
        to: Party,
        amount: Amount,
        currency: Currency,
    ) -> Result<Option<Posting>, Overflow> {
        if amount.is_zero() {
            return Ok(None);
        }
        let back = amount.is_negative();
        let (from, to) = if back { (to, from) } else { (from, to) };
        let amount = if back { amount.negated()? } else { amount };
        let reference = reference.to_owned();
        Ok(Some(Posting {
            key,
            kind,
            from,
            to,
            amount,
            currency,
            reference,
            guarded: false,
            promotional: Amount::ZERO,
        }))
    }

    fn entry(&self, now: Instant) -> EntryRecord {
        let customer = [&self.from, &self.to].into_iter().find_map(|party| match party {
            Party::Customer(id) => Some(id.clone()),
            _ => None,
        });
        let agent = [&self.from, &self.to].into_iter().find_map(|party| match party {
            Party::Agent(id) => Some(id.clone()),
            _ => None,
        });
        EntryRecord {
            key: self.key.clone(),
            posted_at: now.millis(),
            kind: self.kind.name().to_owned(),
            from_account: self.from.name().to_owned(),
            to_account: self.to.name().to_owned(),
            currency: self.currency.code().to_owned(),
            amount: self.amount.micros(),
            reference: self.reference.clone(),
            customer,
            agent,
            promotional: self.promotional.micros(),
        }
    }
}
