use crate::fees::Subscription;
use crate::money::Amount;
use crate::period::{BillingDay, Period, PeriodError};
use crate::time::Instant;

/// The period that a full fee pays for, where `period` is billed: itself, or the full one that ends with it. `billing_day` is the
/// present one; a period from before its last change is measured by its own dates.
///
/// # Errors
/// The period is out of range.
pub fn full_period(period: Period, billing_day: BillingDay) -> Result<Period, PeriodError> {
    let last = period.to().yesterday().map_err(|_| PeriodError::OutOfRange(period.to()))?;
    let ends_with = |day: BillingDay| Period::containing(last, day);
    let full = ends_with(billing_day)?;
    if full.to() == period.to() {
        return Ok(full);
    }
    let by_start = ends_with(BillingDay::anniversary_of(period.from()))?;
    if by_start == period { Ok(period) } else { ends_with(BillingDay::anniversary_of(period.to())) }
}

/// What a line has subscribed to: the plans that it has had, each from an instant on until the next, each with the fees of its
/// versions, each from an instant on until the next. The first version holds for any time before. Neighbours with the same name
/// and fee are one.
///
/// `plans` are `(from, plan)`, in order; `versions` answers a plan's `(effective_at, name, fee)`, in order.
pub fn subscriptions<'a, 'v>(
    plans: &'a [(Instant, String)],
    closed_at: Option<Instant>,
    versions: impl Fn(&'a str) -> &'v [(Instant, String, Amount)],
) -> Vec<Subscription> {
    let mut subscriptions: Vec<Subscription> = Vec::with_capacity(plans.len());
    for (place, (from, plan)) in plans.iter().enumerate() {
        let until = plans.get(place + 1).map(|(next, _)| *next);
        let until = [until, closed_at].into_iter().flatten().min();
        let versions = versions(plan);
        for (place, (effective_at, name, fee)) in versions.iter().enumerate() {
            let begins = if place == 0 { *from } else { (*effective_at).max(*from) };
            let next = versions.get(place + 1).map(|(next, ..)| (*next).max(*from));
            let ends = [next, until].into_iter().flatten().min();
            if ends.is_some_and(|ends| ends <= begins) {
                continue;
            }
            match subscriptions.last_mut() {
                Some(last) if last.to == Some(begins) && last.name == *name && last.monthly_fee == *fee => {
                    last.to = ends
                }
                _ => subscriptions.push(Subscription { name: name.clone(), monthly_fee: *fee, from: begins, to: ends }),
            }
        }
    }
    subscriptions
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Date;

    #[test]
    fn full_periods_by_table() {
        let date = |text: &str| text.parse::<Date>().unwrap();
        for (from, to, day, expected) in [
            ("2026-01-01", "2026-02-01", 1, "2026-01-01 to 2026-02-01"),
            ("2026-01-15", "2026-02-01", 1, "2026-01-01 to 2026-02-01"),
            ("2026-02-10", "2026-02-28", 31, "2026-01-31 to 2026-02-28"),
            ("2026-01-30", "2026-02-28", 28, "2026-01-28 to 2026-02-28"),
            // the billing day is 15 by now; the period was begun with 1
            ("2026-01-01", "2026-02-01", 15, "2026-01-01 to 2026-02-01"),
            ("2026-01-20", "2026-02-01", 15, "2026-01-01 to 2026-02-01"),
            // the short period of the change
            ("2026-02-01", "2026-02-15", 15, "2026-01-15 to 2026-02-15"),
        ] {
            let period = Period::new(date(from), date(to)).unwrap();
            let full = full_period(period, BillingDay::new(day).unwrap()).unwrap();
            assert_eq!(full.to_string(), expected, "{period} with billing day {day}");
        }
    }

    #[test]
    fn subscriptions_by_table() {
        let at = |day: u8| Instant::parse(&format!("2026-01-{day:02}T00:00:00Z")).unwrap();
        let versions = |plan: &str| -> Vec<(Instant, String, Amount)> {
            let version = |from: u8, fee: i64| (at(from), plan.to_owned(), Amount::from_micros(fee));
            match plan {
                "A" => vec![version(5, 10), version(10, 20)],
                "B" => vec![version(1, 30)],
                _ => vec![version(20, 40)],
            }
        };
        let known = [("A", versions("A")), ("B", versions("B")), ("C", versions("C"))];
        for (plans, closed, expected) in [
            (&[(1, "B")][..], None, "B 30 1-"),
            (&[(1, "B")], Some(9), "B 30 1-9"),
            // the first version holds before it is in force
            (&[(1, "C")], None, "C 40 1-"),
            (&[(2, "A")], None, "A 10 2-10, A 20 10-"),
            (&[(12, "A")], None, "A 20 12-"),
            (&[(2, "A"), (8, "B")], Some(15), "A 10 2-8, B 30 8-15"),
            (&[(2, "B"), (8, "B")], None, "B 30 2-"),
            (&[(2, "B"), (8, "A"), (8, "C")], None, "B 30 2-8, C 40 8-"),
            (&[(2, "B"), (20, "A")], Some(10), "B 30 2-10"),
        ] {
            let plans: Vec<(Instant, String)> =
                plans.iter().map(|(from, plan)| (at(*from), (*plan).to_owned())).collect();
            let found = subscriptions(&plans, closed.map(at), |plan| {
                known.iter().find(|(name, _)| *name == plan).map_or(&[][..], |(_, versions)| versions)
            });
            let day = |at: Instant| at.to_string()[8..10].trim_start_matches('0').to_owned();
            let shown: Vec<String> = found
                .iter()
                .map(|s| {
                    let to = s.to.map(day).unwrap_or_default();
                    format!("{} {} {}-{to}", s.name, s.monthly_fee.micros(), day(s.from))
                })
                .collect();
            assert_eq!(shown.join(", "), expected, "{plans:?}");
        }
    }
}
