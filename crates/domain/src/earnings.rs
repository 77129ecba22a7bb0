//! What agents earn: when it can be paid out, how much, and on which days.
//!
//! What was charged on a local day of the tenant can be paid out from 00:00 of the day that is so many hold days after it. What is taken
//! from an agent (a refund, a correction) counts at once.

use jiff::Span;
use serde::{Deserialize, Serialize};

use crate::money::{Amount, Currency, Overflow};
use crate::time::Date;

/// How often agents are paid.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PayoutPeriod {
    /// On Mondays.
    Weekly,
    /// On the first of the month.
    #[default]
    Monthly,
}

impl PayoutPeriod {
    /// The last payout day that is not after this day.
    #[must_use]
    pub fn due_on(self, today: Date) -> Date {
        match self {
            PayoutPeriod::Weekly => days_before(today, i64::from(today.weekday().to_monday_zero_offset())),
            PayoutPeriod::Monthly => today.first_of_month(),
        }
    }

    /// The first payout day after this day.
    #[must_use]
    pub fn next_after(self, today: Date) -> Date {
        let due_on = self.due_on(today);
        let period = match self {
            PayoutPeriod::Weekly => Span::new().days(7),
            PayoutPeriod::Monthly => Span::new().months(1),
        };
        due_on.saturating_add(period)
    }
}

/// The day from whose beginning what was charged on a day can be paid out.
#[must_use]
pub fn payable_on(charged_on: Date, hold_days: u16) -> Date {
    charged_on.saturating_add(Span::new().days(i64::from(hold_days)))
}

/// The first day whose charges are still on hold today.
#[must_use]
pub fn held_from(today: Date, hold_days: u16) -> Date {
    days_before(today, i64::from(hold_days) - 1)
}

fn days_before(day: Date, days: i64) -> Date {
    day.saturating_sub(Span::new().days(days))
}

/// What of a balance can be paid out: what is not on hold, in whole minor units; nothing, where that is below zero. The rest stays.
///
/// # Errors
/// An amount is beyond its range.
pub fn payable(balance: Amount, on_hold: Amount, currency: Currency) -> Result<Amount, Overflow> {
    let free = balance.minus(on_hold)?;
    if free.is_negative() {
        return Ok(Amount::ZERO);
    }
    let unit = currency.minor_unit().micros();
    Ok(Amount::from_micros(free.micros() - free.micros().rem_euclid(unit)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    #[test]
    fn payout_days_by_table() {
        use PayoutPeriod::{Monthly, Weekly};
        for (period, today, due_on, next) in [
            (Monthly, "2026-03-01", "2026-03-01", "2026-04-01"),
            (Monthly, "2026-03-31", "2026-03-01", "2026-04-01"),
            (Monthly, "2026-12-15", "2026-12-01", "2027-01-01"),
            (Weekly, "2026-03-02", "2026-03-02", "2026-03-09"), // a Monday
            (Weekly, "2026-03-08", "2026-03-02", "2026-03-09"),
            (Weekly, "2026-01-01", "2025-12-29", "2026-01-05"),
        ] {
            let told = (period.due_on(day(today)), period.next_after(day(today)));
            assert_eq!(told, (day(due_on), day(next)), "{period:?} {today}");
        }
    }

    #[test]
    fn what_is_held_from_a_day_on_is_payable_so_many_days_after_it() {
        for (charged_on, hold_days, payable) in [
            ("2026-03-01", 14, "2026-03-15"),
            ("2026-03-01", 0, "2026-03-01"),
            ("2026-03-01", 1, "2026-03-02"),
            ("2026-02-28", 365, "2027-02-28"),
        ] {
            let (charged_on, payable) = (day(charged_on), day(payable));
            assert_eq!(payable_on(charged_on, hold_days), payable, "{charged_on} {hold_days}");
            assert!(held_from(payable, hold_days) > charged_on, "{charged_on} {hold_days}: no longer held");
            assert!(held_from(payable.yesterday().unwrap(), hold_days) <= charged_on, "{charged_on} {hold_days}: held");
        }
    }

    #[test]
    fn payable_by_table() {
        for (balance, on_hold, code, left) in [
            ("10", "0", "USD", "10.00"),
            ("10.009999", "0", "USD", "10.00"),
            ("10", "4.5", "USD", "5.50"),
            ("4", "4.5", "USD", "0.00"),
            ("-1", "0", "USD", "0.00"),
            ("10.99", "0", "JPY", "10.00"),
            ("10.123456", "0", "KWD", "10.123"),
        ] {
            let (balance, on_hold) = (Amount::parse(balance).unwrap(), Amount::parse(on_hold).unwrap());
            let payable = payable(balance, on_hold, Currency::parse(code).unwrap()).unwrap();
            assert_eq!(payable.to_string(), left, "{balance} - {on_hold} {code}");
        }
    }
}
