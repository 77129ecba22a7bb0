use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{HIGH_COST_WINDOW, LimitReached, Limits, MINUTE};
use crate::money::{Amount, Overflow};
use crate::time::{Date, Instant};

/// What the calls of one customer have come to of late: what its limits are judged by. What is too old to matter is forgotten.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Traffic {
    /// By line.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    lines: BTreeMap<String, OfLine>,
    /// By high-cost prefix: when calls to it began, in milliseconds.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    high_cost: BTreeMap<String, Vec<i64>>,
    /// What calls have cost on the last day on which they cost anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    spent: Option<(Date, Amount)>,
}

/// The calls of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct OfLine {
    live: u32,
    /// When the minute began in which set-ups are counted.
    since: i64,
    set_ups: u32,
}

impl OfLine {
    fn set_ups_at(&self, now: Instant) -> u32 {
        let elapsed = now.millis().saturating_sub(self.since);
        // A clock that was set back does not keep the line from calling.
        if (0..MINUTE).contains(&elapsed) { self.set_ups } else { 0 }
    }
}

impl Traffic {
    /// Whether the line may begin another call now, to a high-cost prefix if one is given.
    ///
    /// # Errors
    /// A limit is reached.
    pub fn admit(
        &self,
        line: &str,
        high_cost: Option<&str>,
        limits: &Limits,
        now: Instant,
    ) -> Result<(), LimitReached> {
        let of_line = self.lines.get(line).copied().unwrap_or_default();
        if of_line.live >= limits.calls_at_once {
            return Err(LimitReached::CallsAtOnce { limit: limits.calls_at_once });
        }
        if of_line.set_ups_at(now) >= limits.set_ups_per_minute {
            return Err(LimitReached::SetUpRate { limit: limits.set_ups_per_minute });
        }
        if let Some(prefix) = high_cost
            && self.high_cost_calls(prefix, now) >= limits.high_cost_calls
        {
            return Err(LimitReached::HighCostPrefix { prefix: prefix.to_owned(), limit: limits.high_cost_calls });
        }
        Ok(())
    }

    fn high_cost_calls(&self, prefix: &str, now: Instant) -> u32 {
        let recent = self.high_cost.get(prefix).into_iter().flatten().filter(|at| is_recent(**at, now));
        u32::try_from(recent.count()).unwrap_or(u32::MAX)
    }

    /// Counts a call that begins now.
    pub fn begun(&mut self, line: &str, high_cost: Option<&str>, now: Instant) {
        self.forget(now);
        let of_line = self.lines.entry(line.to_owned()).or_default();
        if of_line.set_ups_at(now) == 0 {
            (of_line.since, of_line.set_ups) = (now.millis(), 0);
        }
        of_line.set_ups = of_line.set_ups.saturating_add(1);
        of_line.live = of_line.live.saturating_add(1);
        if let Some(prefix) = high_cost {
            self.high_cost.entry(prefix.to_owned()).or_default().push(now.millis());
        }
    }

    /// Counts a call that is over.
    pub fn ended(&mut self, line: &str, now: Instant) {
        if let Some(of_line) = self.lines.get_mut(line) {
            of_line.live = of_line.live.saturating_sub(1);
        }
        self.forget(now);
    }

    /// Counts what calls have cost today; below zero, what was given back of it.
    ///
    /// # Errors
    /// The sum is beyond the range.
    pub fn spent(&mut self, today: Date, amount: Amount) -> Result<(), Overflow> {
        let spent = self.spent_on(today).plus(amount)?.max(Amount::ZERO);
        let day = self.spent.map_or(today, |(day, _)| day.max(today));
        self.spent = (!spent.is_zero()).then_some((day, spent));
        Ok(())
    }

    /// What calls have cost on this day; for a clock that is behind, on the last day.
    #[must_use]
    pub fn spent_on(&self, day: Date) -> Amount {
        self.spent.filter(|(of, _)| *of >= day).map_or(Amount::ZERO, |(_, spent)| spent)
    }

    /// The lines that have calls, with how many.
    pub fn live(&self) -> impl Iterator<Item = (&str, u32)> {
        self.lines.iter().filter(|(_, of_line)| of_line.live > 0).map(|(line, of_line)| (line.as_str(), of_line.live))
    }

    /// Drops what no limit looks at any more.
    fn forget(&mut self, now: Instant) {
        self.lines.retain(|_, of_line| of_line.live > 0 || of_line.set_ups_at(now) > 0);
        self.high_cost.retain(|_, begun| {
            begun.retain(|at| is_recent(*at, now));
            !begun.is_empty()
        });
    }
}

fn is_recent(at: i64, now: Instant) -> bool {
    (0..HIGH_COST_WINDOW).contains(&now.millis().saturating_sub(at))
}

#[cfg(test)]
mod tests {
    use super::super::Caps;
    use super::*;

    const LIMITS: Limits = Limits {
        calls_at_once: 2,
        set_ups_per_minute: 4,
        high_cost_calls: 3,
        caps: Caps { spend_per_day: None, cost_per_call: None },
    };

    fn at(second: i64) -> Instant {
        Instant::from_millis(second * 1000).unwrap()
    }

    #[test]
    fn calls_by_table() {
        // second, line, begins (to a prefix) or ends; what becomes of it
        let mut traffic = Traffic::default();
        for (second, line, what, outcome) in [
            (0, "a", "begins", ""),
            (0, "a", "begins", ""),
            (1, "a", "begins", "calls_at_once"),
            (1, "b", "begins", ""),
            (2, "a", "ends", ""),
            (3, "a", "begins", ""),
            (4, "a", "ends", ""),
            (5, "a", "begins", ""),
            (6, "a", "ends", ""),
            (59, "a", "begins", "set_ups_per_minute"),
            (60, "a", "begins", ""),
            (61, "a", "ends", ""),
            (62, "b", "979", ""),
            (63, "b", "ends", ""),
            (64, "a", "979", ""),
            (65, "a", "ends", ""),
            (66, "b", "979", ""),
            (67, "b", "ends", ""),
            (68, "a", "979", "high_cost_calls"),
            (68, "a", "870", ""),
            (69, "a", "ends", ""),
            (661, "a", "979", "high_cost_calls"),
            (662, "a", "979", ""),
        ] {
            let shown = match what {
                "ends" => {
                    traffic.ended(line, at(second));
                    ""
                }
                prefix => {
                    let high_cost = (prefix != "begins").then_some(prefix);
                    match traffic.admit(line, high_cost, &LIMITS, at(second)) {
                        Ok(()) => {
                            traffic.begun(line, high_cost, at(second));
                            ""
                        }
                        Err(reached) => reached.name(),
                    }
                }
            };
            assert_eq!(shown, outcome, "{second} {line} {what}");
        }
        let text = serde_json::to_string(&traffic).unwrap();
        assert_eq!(serde_json::from_str::<Traffic>(&text).unwrap(), traffic);
    }

    #[test]
    fn what_is_quiet_is_forgotten() {
        let mut traffic = Traffic::default();
        traffic.begun("a", Some("979"), at(0));
        assert_eq!(traffic.live().collect::<Vec<_>>(), [("a", 1)]);
        traffic.ended("a", at(600));
        assert_eq!(traffic, Traffic::default());
    }

    #[test]
    fn a_day_counts_what_it_spends() {
        let amount = |text| Amount::parse(text).unwrap();
        let (monday, tuesday) = (Date::constant(2026, 3, 2), Date::constant(2026, 3, 3));
        let mut traffic = Traffic::default();
        traffic.spent(monday, amount("1.50")).unwrap();
        traffic.spent(monday, amount("0.50")).unwrap();
        assert_eq!((traffic.spent_on(monday), traffic.spent_on(tuesday)), (amount("2"), Amount::ZERO));
        traffic.spent(monday, amount("-0.25")).unwrap();
        assert_eq!(traffic.spent_on(monday), amount("1.75"));
        traffic.spent(tuesday, amount("3")).unwrap();
        assert_eq!((traffic.spent_on(monday), traffic.spent_on(tuesday)), (amount("3"), amount("3")));
        traffic.spent(monday, amount("1")).unwrap();
        assert_eq!(traffic.spent_on(tuesday), amount("4"), "of a program whose clock is behind");
    }

    #[test]
    fn money_by_table() {
        let amount = |text| Amount::parse(text).unwrap();
        // a day's and a call's limit; spent today; held by others; the ceiling; what a start that needs 2 passes, if any
        for (day, call, spent, held, ceiling, reached) in [
            (None, None, "9", "9", None, ""),
            (Some("10"), None, "3", "4", Some("3"), ""),
            (Some("10"), None, "5", "4", Some("1"), "spend_per_day"),
            (Some("10"), Some("2"), "3", "4", Some("2"), ""),
            (Some("10"), Some("1.99"), "0", "0", Some("1.99"), "cost_per_call"),
            (None, Some("1.99"), "0", "0", Some("1.99"), "cost_per_call"),
            (Some("10"), Some("5"), "8", "4", Some("0"), "spend_per_day"),
        ] {
            let caps = Caps { spend_per_day: day.map(amount), cost_per_call: call.map(amount) };
            let (spent, held, required) = (amount(spent), amount(held), amount("2"));
            assert_eq!(caps.ceiling(spent, held), Ok(ceiling.map(amount)), "{caps:?}");
            if ceiling.is_some_and(|ceiling| amount(ceiling) < required) {
                assert_eq!(caps.reached(required, spent, held).unwrap().name(), reached, "{caps:?}");
            } else {
                assert_eq!("", reached, "{caps:?}");
            }
        }
    }
}
