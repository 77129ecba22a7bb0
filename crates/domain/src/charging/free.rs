use serde::{Deserialize, Serialize};

use crate::allowance::{AllowanceOrder, Allowances, Grant, UsedGrant};
use crate::rating::{PriceSource, Prospect, Terms};
use crate::time::Instant;

/// The free seconds that nobody uses or holds. They are held by the second, so that no second serves two calls.
#[derive(Debug, Clone, Copy)]
pub struct FreeSeconds<'a> {
    /// The customer's grants, in the order of granting; `seconds` are those that are neither used nor held by any call. To
    /// settle an answered call within its granted seconds none are needed.
    pub grants: &'a [Grant],
    /// The paid agent who is called; empty, if none is.
    pub agent: &'a str,
    /// The order in which grants are used.
    pub order: AllowanceOrder,
    /// What is left of the included minutes of the line's plan, in seconds.
    pub included_seconds: i64,
}

/// The free seconds that a session holds, or that its call used.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FreeTaken {
    /// Those of grants, in the order of use.
    pub grants: Vec<UsedGrant>,
    /// Those of the plan's included minutes.
    pub included_seconds: i64,
}

impl FreeTaken {
    /// All of them.
    #[must_use]
    pub fn seconds(&self) -> i64 {
        self.grants.iter().fold(self.included_seconds, |sum, grant| sum.saturating_add(grant.seconds))
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_none(&self) -> bool {
        self.grants.is_empty() && self.included_seconds == 0
    }

    /// Those of one grant.
    #[must_use]
    pub fn of(&self, grant: &str) -> i64 {
        self.grants.iter().find(|taken| taken.id == grant).map_or(0, |taken| taken.seconds)
    }

    /// The free ones among the first `seconds` of a call.
    pub(super) fn among_first(seconds: i64, prospect: &Prospect<'_>) -> FreeTaken {
        let free = prospect.free_seconds().min(seconds);
        if prospect.uses_included_minutes() {
            return FreeTaken { grants: Vec::new(), included_seconds: free };
        }
        FreeTaken { grants: prospect.allowances().used(free), included_seconds: 0 }
    }

    /// Of each source the larger one: enough for either call.
    pub(super) fn or(mut self, other: FreeTaken) -> FreeTaken {
        self.included_seconds = self.included_seconds.max(other.included_seconds);
        for grant in other.grants {
            match self.grants.iter_mut().find(|taken| taken.id == grant.id) {
                Some(taken) => taken.seconds = taken.seconds.max(grant.seconds),
                None => self.grants.push(grant),
            }
        }
        self
    }
}

/// The free seconds that one session may use, if its call is answered at an instant.
pub(super) struct Pool {
    grants: Vec<Grant>,
    order: AllowanceOrder,
    included_seconds: i64,
}

impl Pool {
    /// Those that it has taken, and those that nobody has.
    pub(super) fn with_spare(free: &FreeSeconds<'_>, taken: &FreeTaken, answered_at: Instant) -> Pool {
        let spare = |grant: &Grant| if grant.serves(free.agent, answered_at) { grant.seconds.max(0) } else { 0 };
        let included_seconds = taken.included_seconds.saturating_add(free.included_seconds.max(0));
        Pool { included_seconds, ..Pool::new(free, taken, spare) }
    }

    /// Those alone that it has taken.
    pub(super) fn taken(free: &FreeSeconds<'_>, taken: &FreeTaken) -> Pool {
        Pool::new(free, taken, |_| 0)
    }

    /// What was taken stays, also of a grant that was revoked meanwhile or is not among the facts. One that had expired when the
    /// call was answered serves it no more: see [`Allowances::for_call`].
    fn new(free: &FreeSeconds<'_>, taken: &FreeTaken, spare: impl Fn(&Grant) -> i64) -> Pool {
        let unknown = taken.grants.iter().filter(|used| free.grants.iter().all(|grant| grant.id != used.id));
        let mut grants: Vec<Grant> = unknown
            .map(|used| Grant {
                id: used.id.clone(),
                agent: None,
                granted_at: Instant::FIRST,
                expires_at: None,
                revoked: false,
                seconds: used.seconds,
            })
            .collect();
        for grant in free.grants {
            let seconds = taken.of(&grant.id).saturating_add(spare(grant));
            if seconds > 0 {
                grants.push(Grant { agent: None, revoked: false, seconds, ..grant.clone() });
            }
        }
        Pool { grants, order: free.order, included_seconds: taken.included_seconds }
    }

    /// As what serves the call.
    pub(super) fn allowances(&self, terms: &Terms<'_>, answered_at: Instant) -> Allowances<'_> {
        match terms.source() {
            PriceSource::Agent => Allowances::for_call(&self.grants, "", answered_at, self.order),
            PriceSource::Free | PriceSource::Deck { .. } | PriceSource::Plan | PriceSource::Route => {
                Allowances::included(self.included_seconds)
            }
        }
    }

    /// The call with these free seconds.
    pub(super) fn prospect<'a>(&'a self, terms: &Terms<'a>, answered_at: Instant) -> Prospect<'a> {
        Prospect::new(terms, answered_at, self.allowances(terms, answered_at))
    }
}
