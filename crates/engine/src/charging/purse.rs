use std::collections::{BTreeMap, HashMap};

use domain::allowance::Grant;
use domain::charging::{Effect, FreeSource};
use domain::ledger::{self, Account};
use domain::limits::Traffic;
use domain::money::{Amount, Currency, Overflow};
use domain::time::{Date, Instant};
use storage::included::IncludedChange;
use storage::ledger::{AccountChange, AccountRecord};

use super::stored::Included;
use super::{ChargingError, Refused};
use crate::accounts::of_record;

/// What payers have, locked, as it will be after the steps that were decided so far.
#[derive(Default)]
pub(super) struct Purses {
    accounts: HashMap<(String, Currency), Purse>,
    /// By customer, with the seconds that nobody uses or holds.
    grants: HashMap<String, Vec<Grant>>,
    /// By grant: what is held and used more.
    grant_changes: BTreeMap<String, (i64, i64)>,
    /// By line and first instant of the period: what is used or held.
    included: HashMap<(String, i64), i64>,
    included_changes: BTreeMap<(String, i64), (i64, i64)>,
}

/// An account.
struct Purse {
    account: Account,
    promotional: Amount,
    /// What is held more than when it was locked.
    held: Amount,
    /// The payer's calls of late.
    traffic: Traffic,
    traffic_changed: bool,
}

impl Purse {
    fn new(account: Account, promotional: Amount, traffic: Traffic) -> Purse {
        Purse { account, promotional, held: Amount::ZERO, traffic, traffic_changed: false }
    }
}

/// Whose purse it is.
#[derive(Clone, Copy)]
pub(super) struct Payer<'a> {
    /// The customer; nobody pays for an emergency call from an unknown line.
    pub(super) customer: &'a str,
    pub(super) currency: Currency,
    pub(super) line: &'a str,
    pub(super) included: Option<Included>,
}

impl Purses {
    /// Adds an account as its row has it. Traffic that cannot be read, as a later program may have written it, counts as none: no
    /// call is kept from its payer for that.
    pub(super) fn add_account(&mut self, record: &AccountRecord, currency: Currency) {
        let traffic = record.traffic.as_deref().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
        let purse = Purse::new(of_record(record, currency), Amount::from_micros(record.promotional), traffic);
        self.accounts.insert((record.account.clone(), currency), purse);
    }

    pub(super) fn add_grants(&mut self, grants: HashMap<String, Vec<Grant>>) {
        self.grants.extend(grants);
    }

    pub(super) fn add_included(&mut self, line: &str, period_from: i64, taken: i64) {
        self.included.insert((line.to_owned(), period_from), taken);
    }

    /// The payer's account, and how much of its balance is promotional credit.
    pub(super) fn account(&self, payer: &Payer<'_>) -> (Account, Amount) {
        match self.accounts.get(&(payer.customer.to_owned(), payer.currency)) {
            Some(purse) => (purse.account, purse.promotional),
            None => (Account::empty(payer.currency), Amount::ZERO),
        }
    }

    /// The payer's calls of late.
    pub(super) fn traffic(&self, payer: &Payer<'_>) -> Option<&Traffic> {
        self.accounts.get(&(payer.customer.to_owned(), payer.currency)).map(|purse| &purse.traffic)
    }

    /// The same, to count what happens.
    pub(super) fn count(&mut self, payer: &Payer<'_>) -> &mut Traffic {
        let purse = self.purse(payer);
        purse.traffic_changed = true;
        &mut purse.traffic
    }

    fn purse(&mut self, payer: &Payer<'_>) -> &mut Purse {
        let empty = || Purse::new(Account::empty(payer.currency), Amount::ZERO, Traffic::default());
        self.accounts.entry((payer.customer.to_owned(), payer.currency)).or_insert_with(empty)
    }

    pub(super) fn grants(&self, customer: &str) -> &[Grant] {
        self.grants.get(customer).map_or(&[], Vec::as_slice)
    }

    /// What is left of the payer's included minutes, in seconds.
    pub(super) fn included_left(&self, payer: &Payer<'_>) -> i64 {
        let Some(Included { period_from, seconds }) = payer.included else { return 0 };
        let taken = self.included.get(&(payer.line.to_owned(), period_from)).copied().unwrap_or(0);
        (seconds - taken).max(0)
    }

    /// Does what a step does to the payer.
    ///
    /// # Errors
    /// The account is not as the session says, since somebody else has changed both meanwhile; or an amount is beyond its range.
    pub(super) fn apply(&mut self, payer: &Payer<'_>, effect: &Effect) -> Result<(), ChargingError> {
        if *effect == Effect::default() {
            return Ok(());
        }
        let purse = self.purse(payer);
        let account = effect.on(purse.account).map_err(|refused| match refused {
            ledger::Refused::Overflow(overflow) => ChargingError::Refused(overflow.into()),
            // It was decided on this very account: what does not fit is the session, read before the account was locked.
            _ => ChargingError::Contended,
        })?;
        let promotional = purse.promotional.minus(effect.charge.promotional).map_err(Refused::from)?;
        let held = purse.held.plus(effect.hold).map_err(Refused::from)?;
        (purse.account, purse.promotional, purse.held) = (account, promotional, held);
        for change in &effect.free {
            match &change.source {
                FreeSource::Grant(id) => {
                    let mut grants = self.grants.get_mut(payer.customer).into_iter().flatten();
                    if let Some(grant) = grants.find(|grant| grant.id == *id) {
                        grant.seconds -= change.held + change.used;
                    }
                    let (held, used) = self.grant_changes.entry(id.clone()).or_default();
                    (*held, *used) = (*held + change.held, *used + change.used);
                }
                FreeSource::Included => {
                    let Some(included) = payer.included else { continue };
                    let key = (payer.line.to_owned(), included.period_from);
                    *self.included.entry(key.clone()).or_default() += change.held + change.used;
                    let (held, used) = self.included_changes.entry(key).or_default();
                    (*held, *used) = (*held + change.held, *used + change.used);
                }
            }
        }
        Ok(())
    }

    /// Counts what a session has charged today, and that its call is over, if this ends it.
    pub(super) fn ended(
        &mut self,
        payer: &Payer<'_>,
        effect: &Effect,
        ends: bool,
        (today, now): (Date, Instant),
    ) -> Result<(), Overflow> {
        let charged = effect.charge.total()?;
        if ends {
            self.count(payer).ended(payer.line, now);
        }
        if !charged.is_zero() {
            self.count(payer).spent(today, charged)?;
        }
        Ok(())
    }

    /// What changes of accounts but by entries: what they hold, and their calls of late.
    pub(super) fn holds(&self) -> Vec<AccountChange> {
        let changed = self.accounts.iter().filter(|(_, purse)| !purse.held.is_zero() || purse.traffic_changed);
        let change = |((account, currency), purse): (&(String, Currency), &Purse)| AccountChange {
            account: account.clone(),
            currency: currency.code().to_owned(),
            held: purse.held.micros(),
            traffic: purse.traffic_changed.then(|| serde_json::to_string(&purse.traffic).ok()).flatten(),
            ..AccountChange::default()
        };
        changed.map(change).collect()
    }

    /// By grant: what is held and used more.
    pub(super) fn grant_changes(&self) -> impl Iterator<Item = (&str, i64, i64)> {
        let changes = self.grant_changes.iter().filter(|(_, changed)| **changed != (0, 0));
        changes.map(|(id, (held, used))| (id.as_str(), *held, *used))
    }

    /// What changes of included minutes.
    pub(super) fn included_changes(&self) -> Vec<IncludedChange> {
        let changes = self.included_changes.iter().filter(|(_, changed)| **changed != (0, 0));
        let change = |((line, period_from), (held, used)): (&(String, i64), &(i64, i64))| IncludedChange {
            line: line.clone(),
            period_from: *period_from,
            held: *held,
            used: *used,
        };
        changes.map(change).collect()
    }
}
