//! What is decided of each posting before it is saved.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use domain::ledger::{Change, Refused};
use domain::money::{Amount, Currency, Overflow};

use super::{Kind, LedgerError, Party, Posting, Verdict};
use crate::accounts::Standing;
use crate::{Scope, Work};

/// What is decided of a posting.
pub(super) enum Decision<'a> {
    /// It is to be posted, and how much of it is promotional credit is known.
    Post(Cow<'a, Posting>),
    /// It is not.
    Leave(Verdict),
}

impl Decision<'_> {
    pub(super) fn posting(&self) -> Option<&Posting> {
        match self {
            Decision::Post(posting) => Some(posting),
            Decision::Leave(_) => None,
        }
    }
}

/// The accounts that postings concern (none, where nothing of them decides), and the keys of what is posted already.
#[derive(Default)]
struct Loaded<'a> {
    accounts: HashMap<(&'a str, Currency), Standing>,
    known: HashSet<&'a str>,
}

/// Decides each posting on the accounts as they will be after the postings before it.
pub(super) async fn decide<'a>(work: &mut Work, postings: &'a [Posting]) -> Result<Vec<Decision<'a>>, LedgerError> {
    // Facts are posted whatever is there; which of them are known is seen when their entries are written.
    let needed = postings.iter().any(|posting| posting.guarded) || spends_promotional(work, postings).await?;
    let mut loaded = if needed { load(work, postings).await? } else { Loaded::default() };
    Ok(postings.iter().map(|posting| loaded.decide(posting)).collect::<Result<_, _>>()?)
}

/// Whether any of those who pay has promotional credit, which is to be spent first. Nearly always nobody has: one look without a lock
/// tells. To whoever is given some at this moment, it is given after this.
async fn spends_promotional(work: &mut Work, postings: &[Posting]) -> Result<bool, LedgerError> {
    let payers: HashSet<(&str, &str)> = postings.iter().filter_map(payer).collect();
    if payers.is_empty() {
        return Ok(false);
    }
    let payers: Vec<(&str, &str)> = payers.into_iter().collect();
    let tenant = work.tenant();
    Ok(storage::ledger::count_promotional(&mut work.tx, tenant, &payers).await? > 0)
}

/// The customer who pays, with the currency, where promotional credit may be spent.
fn payer(posting: &Posting) -> Option<(&str, &str)> {
    match &posting.from {
        Party::Customer(id) if posting.kind.spends_promotional() => Some((id, posting.currency.code())),
        _ => None,
    }
}

/// Locks all the accounts concerned, in the order of their ids, so that two works that cross never wait for each other. What was
/// posted on them before is on record when they are locked.
async fn load<'a>(work: &mut Work, postings: &'a [Posting]) -> Result<Loaded<'a>, LedgerError> {
    let owned = |posting: &'a Posting| {
        let owners = [posting.from.owner(), posting.to.owner()];
        owners.into_iter().flatten().map(|owner| (owner, posting.currency))
    };
    let mut accounts: HashMap<_, _> =
        postings.iter().flat_map(owned).map(|key| (key, Standing::empty(key.1))).collect();
    let wanted: Vec<(&str, &str)> = accounts.keys().map(|(owner, currency)| (*owner, currency.code())).collect();
    let tenant = work.tenant();
    let records = storage::ledger::lock_accounts(&mut work.tx, tenant, &wanted).await?;
    let records: HashMap<_, _> =
        records.iter().map(|record| ((record.account.as_str(), record.currency.as_str()), record)).collect();
    for ((owner, currency), standing) in &mut accounts {
        if let Some(record) = records.get(&(*owner, currency.code())) {
            *standing = Standing::of(record, *currency);
        }
    }
    let keys: Vec<&str> = postings.iter().map(|posting| posting.key.as_str()).collect();
    let known = storage::ledger::known_keys(&mut work.tx, tenant, &keys).await?;
    let known: HashSet<String> = known.into_iter().collect();
    Ok(Loaded { accounts, known: keys.into_iter().filter(|key| known.contains(*key)).collect() })
}

impl<'a> Loaded<'a> {
    fn decide(&mut self, posting: &'a Posting) -> Result<Decision<'a>, Overflow> {
        if self.known.contains(posting.key.as_str()) {
            return Ok(Decision::Leave(Verdict::Known));
        }
        let mut decided = Cow::Borrowed(posting);
        if let Some(standing) = self.account(&posting.from, posting.currency) {
            match standing.after(posting)? {
                Ok((after, promotional)) => {
                    *standing = after;
                    if promotional != posting.promotional {
                        decided.to_mut().promotional = promotional;
                    }
                }
                Err(refused) => return Ok(Decision::Leave(Verdict::Refused(refused))),
            }
        }
        if let Some(standing) = self.account(&posting.to, posting.currency) {
            standing.account.balance = standing.account.balance.plus(posting.amount)?;
            if matches!(posting.to, Party::Customer(_)) {
                standing.promotional = standing.promotional.plus(decided.promotional)?;
            }
        }
        self.known.insert(&posting.key);
        Ok(Decision::Post(decided))
    }

    fn account(&mut self, party: &'a Party, currency: Currency) -> Option<&mut Standing> {
        self.accounts.get_mut(&(party.owner()?, currency))
    }
}

impl Standing {
    /// The account of who pays after this posting, and how much of it is promotional credit; or why it is refused.
    fn after(&self, posting: &Posting) -> Result<Result<(Standing, Amount), Refused>, Overflow> {
        let spends = posting.kind.spends_promotional();
        if posting.guarded && !spends {
            let (available, required) = (self.payable()?, posting.amount);
            if available < required {
                return Ok(Err(Refused::InsufficientBalance { available, required }));
            }
        }
        let change =
            if posting.guarded { Change::Withdraw(posting.amount) } else { Change::Fact(posting.amount.negated()?) };
        let account = match self.account.after(change) {
            Ok(account) => account,
            Err(Refused::Overflow(overflow)) if !posting.guarded => return Err(overflow),
            Err(refused) => return Ok(Err(refused)),
        };
        let promotional = if spends && posting.promotional.is_zero() {
            self.pots()?.spend(posting.amount)?.promotional
        } else {
            posting.promotional
        };
        let after = Standing { account, promotional: self.promotional.minus(promotional)? };
        Ok(Ok((after, promotional)))
    }
}

impl Kind {
    /// Whether what takes from a customer takes promotional credit first. What goes to somebody else, or back to the bank, takes none.
    fn spends_promotional(self) -> bool {
        !matches!(self, Kind::Transfer | Kind::Bounce | Kind::Repayment | Kind::Dispute)
    }
}
