//! Allowances: grants of free seconds for calls to paid agents, and what a plan's included minutes have left for its own calls.

use crate::time::Instant;

/// Free seconds granted to a customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// The grant's id.
    pub id: String,
    /// The agent whom it is for; any, where there is none.
    pub agent: Option<String>,
    /// When it was made.
    pub granted_at: Instant,
    /// From when on it serves no new call.
    pub expires_at: Option<Instant>,
    /// Whether it was taken back.
    pub revoked: bool,
    /// The seconds left.
    pub seconds: i64,
}

/// The order in which grants are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AllowanceOrder {
    /// The one granted first.
    #[default]
    OldestFirst,
    /// The one that expires first; those that never do are last.
    ExpiringFirst,
}

/// Seconds of one grant that a call used.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UsedGrant {
    /// The grant's id.
    pub id: String,
    /// How many of its seconds.
    pub seconds: i64,
}

/// The free seconds that serve one call: grants, for a call to a paid agent, or included minutes, for one that the plan prices.
#[derive(Debug, Clone, Default)]
pub struct Allowances<'a> {
    /// In the order in which the call uses them.
    grants: Vec<&'a Grant>,
    included_seconds: i64,
}

impl Grant {
    /// Whether it serves calls answered at this instant, if it has seconds left: made by then, not expired at that very instant, not
    /// revoked.
    #[must_use]
    pub fn is_valid(&self, answered_at: Instant) -> bool {
        !self.revoked
            && self.granted_at <= answered_at
            && self.expires_at.is_none_or(|expires_at| expires_at > answered_at)
    }

    /// Whether it serves a call to the agent answered at this instant, if it has seconds left.
    pub(crate) fn serves(&self, agent: &str, answered_at: Instant) -> bool {
        self.agent.as_deref().is_none_or(|only| only == agent) && self.is_valid(answered_at)
    }
}

impl<'a> Allowances<'a> {
    /// No free seconds.
    #[must_use]
    pub fn none() -> Self {
        Allowances::default()
    }

    /// What is left of the included minutes of the line's plan, in seconds; none, if it is below zero.
    #[must_use]
    pub fn included(seconds: i64) -> Self {
        Allowances { grants: Vec::new(), included_seconds: seconds.max(0) }
    }

    /// Of `grants`, in the order of granting, those that serve a call to the agent answered at this instant: made by then, not
    /// expired at that very instant, not revoked, not empty.
    #[must_use]
    pub fn for_call(grants: &'a [Grant], agent: &str, answered_at: Instant, order: AllowanceOrder) -> Self {
        let mut serving: Vec<&Grant> =
            grants.iter().filter(|grant| grant.seconds > 0 && grant.serves(agent, answered_at)).collect();
        match order {
            AllowanceOrder::OldestFirst => serving.sort_by_key(|grant| grant.granted_at),
            AllowanceOrder::ExpiringFirst => {
                serving.sort_by_key(|grant| (grant.expires_at.unwrap_or(Instant::LAST), grant.granted_at));
            }
        }
        Allowances { grants: serving, included_seconds: 0 }
    }

    /// The free seconds of all grants.
    #[must_use]
    pub fn seconds(&self) -> i64 {
        self.grants.iter().fold(0, |sum, grant| sum.saturating_add(grant.seconds))
    }

    /// The seconds of included minutes.
    #[must_use]
    pub fn included_seconds(&self) -> i64 {
        self.included_seconds
    }

    /// How `seconds` are taken from the grants, in order; less, where they have less.
    #[must_use]
    pub fn used(&self, seconds: i64) -> Vec<UsedGrant> {
        let mut left = seconds;
        let mut used = Vec::new();
        for grant in &self.grants {
            if left <= 0 {
                break;
            }
            let taken = grant.seconds.min(left);
            left -= taken;
            used.push(UsedGrant { id: grant.id.clone(), seconds: taken });
        }
        used
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Instant {
        Instant::from_millis(second * 1000).unwrap()
    }

    /// `id agent granted expires seconds`, in seconds since 1970; `-` is none, a trailing `!` revoked.
    fn grants(lines: &[&str]) -> Vec<Grant> {
        let grant = |line: &&str| {
            let fields: Vec<&str> = line.trim_end_matches('!').split(' ').collect();
            Grant {
                id: fields[0].to_owned(),
                agent: (fields[1] != "-").then(|| fields[1].to_owned()),
                granted_at: at(fields[2].parse().unwrap()),
                expires_at: fields[3].parse().ok().map(at),
                revoked: line.ends_with('!'),
                seconds: fields[4].parse().unwrap(),
            }
        };
        lines.iter().map(grant).collect()
    }

    #[test]
    fn grants_by_table() {
        use AllowanceOrder::{ExpiringFirst, OldestFirst};
        // A call to a1, answered at second 100, that needs 50 s.
        for (order, lines, used) in [
            (OldestFirst, &["g1 a1 20 - 30", "g2 a1 10 - 30"][..], "g2:30 g1:20"),
            (OldestFirst, &["g1 a1 10 - 30", "g2 - 10 - 30"], "g1:30 g2:20"),
            (OldestFirst, &["g1 a2 10 - 30", "g2 - 20 - 60"], "g2:50"),
            (OldestFirst, &["g1 a1 100 - 9", "g2 a1 101 - 9"], "g1:9"),
            (OldestFirst, &["g1 a1 10 100 9", "g2 a1 10 101 9"], "g2:9"),
            (OldestFirst, &["g1 a1 10 - 0", "g2 a1 11 - 9!"], ""),
            (ExpiringFirst, &["g1 a1 10 - 30", "g2 a1 20 300 10", "g3 a1 30 200 10"], "g3:10 g2:10 g1:30"),
            (ExpiringFirst, &["g1 a1 20 200 30", "g2 a1 10 200 30"], "g2:30 g1:20"),
        ] {
            let grants = grants(lines);
            let taken = Allowances::for_call(&grants, "a1", at(100), order).used(50);
            let shown: Vec<String> = taken.iter().map(|used| format!("{}:{}", used.id, used.seconds)).collect();
            assert_eq!(shown.join(" "), used, "{lines:?}");
        }
    }
}
