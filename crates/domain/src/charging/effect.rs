use std::collections::BTreeMap;

use super::{FreeTaken, Pots, Session, Spend};
use crate::ledger::{Account, Change, Refused};
use crate::money::{Amount, Overflow};

/// What a step changes for the payer. Steps that change nothing have an empty one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Effect {
    /// How much more is held; below zero, how much is released.
    pub hold: Amount,
    /// What is charged, by pot; below zero, what is given back.
    pub charge: Spend,
    /// What changes for free seconds, each source once.
    pub free: Vec<FreeChange>,
}

/// What changes for the free seconds of one source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FreeChange {
    /// Whose seconds.
    pub source: FreeSource,
    /// How many more are held; below zero, how many are released.
    pub held: i64,
    /// How many more are used; below zero, how many are given back.
    pub used: i64,
}

/// Where free seconds come from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum FreeSource {
    /// The included minutes of the line's plan.
    Included,
    /// A grant, by its id.
    Grant(String),
}

impl Effect {
    /// What it takes to hold what the session after holds.
    pub(super) fn of_hold(before: &Session, after: &Session) -> Result<Effect, Overflow> {
        let free = FreeChanges::default().held(&before.free_held, -1).held(&after.free_held, 1);
        Ok(Effect { hold: after.held.minus(before.held)?, charge: Spend::NONE, free: free.list() })
    }

    /// As well as that, a charge, and free seconds that are used in place of those used so far.
    pub(super) fn charged(self, charge: Spend, used: &FreeTaken, instead_of: &FreeTaken) -> Effect {
        let mut changes = FreeChanges::default().used(instead_of, -1).used(used, 1);
        for change in self.free {
            changes.0.entry(change.source).or_default().0 += change.held;
        }
        Effect { charge, free: changes.list(), ..self }
    }

    /// The account after it: what is released is free for what is held or charged. A charge is a fact; a hold is guarded.
    ///
    /// # Errors
    /// There is too little for the hold, or an amount is beyond its range; the account is unchanged.
    pub fn on(&self, account: Account) -> Result<Account, Refused> {
        let charged = self.charge.total()?;
        let account =
            if self.hold.is_negative() { account.after(Change::Release(self.hold.negated()?))? } else { account };
        let account = account.after(Change::Fact(charged.negated()?))?;
        if self.hold > Amount::ZERO { account.after(Change::Hold(self.hold)) } else { Ok(account) }
    }

    /// The pots after it.
    ///
    /// # Errors
    /// An amount is beyond its range.
    pub fn on_pots(&self, pots: Pots) -> Result<Pots, Overflow> {
        pots.after(self.charge)
    }
}

/// Seconds held and used, by source.
#[derive(Default)]
struct FreeChanges(BTreeMap<FreeSource, (i64, i64)>);

impl FreeChanges {
    fn held(mut self, taken: &FreeTaken, times: i64) -> Self {
        for (source, seconds) in by_source(taken) {
            self.0.entry(source).or_default().0 += times * seconds;
        }
        self
    }

    fn used(mut self, taken: &FreeTaken, times: i64) -> Self {
        for (source, seconds) in by_source(taken) {
            self.0.entry(source).or_default().1 += times * seconds;
        }
        self
    }

    fn list(self) -> Vec<FreeChange> {
        let changes = self.0.into_iter().filter(|(_, changed)| *changed != (0, 0));
        changes.map(|(source, (held, used))| FreeChange { source, held, used }).collect()
    }
}

fn by_source(taken: &FreeTaken) -> impl Iterator<Item = (FreeSource, i64)> {
    let grants = taken.grants.iter().map(|grant| (FreeSource::Grant(grant.id.clone()), grant.seconds));
    grants.chain([(FreeSource::Included, taken.included_seconds)])
}
