//! How long an unpaid invoice has been due.

use jiff::Span;

use crate::time::Date;

/// How many days a column of aged debt has.
const COLUMN: i64 = 30;

/// The first days of the columns of aged debt on a day: what is due on the day itself or later is not overdue; then come those that have been due
/// for 1 to 30 days, 31 to 60, and 61 to 90. What was due before the last of them is older.
#[must_use]
pub fn aging(today: Date) -> [Date; 4] {
    [0, 1, 2, 3].map(|columns| today.saturating_sub(Span::new().days(columns * COLUMN)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_thirty_days_whatever_months_have() {
        let dates = |texts: [&str; 4]| texts.map(|text| text.parse::<Date>().unwrap());
        for (today, expected) in [
            ("2026-03-31", ["2026-03-31", "2026-03-01", "2026-01-30", "2025-12-31"]),
            ("2028-03-01", ["2028-03-01", "2028-01-31", "2028-01-01", "2027-12-02"]),
        ] {
            assert_eq!(aging(today.parse().unwrap()), dates(expected), "{today}");
        }
    }
}
