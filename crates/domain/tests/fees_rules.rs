//! The rules of fees and pro-rating as tables, a line a case.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use domain::fees::{FeeInput, Fees, FeesError, Proration, Subscription, Suspension, prorate};
use domain::money::{Amount, Currency};
use domain::period::{BillingDay, Period};
use domain::time::{Date, Instant, Zone};

fn at(text: &str) -> Instant {
    Instant::parse(text).unwrap()
}

fn amount(text: &str) -> Amount {
    Amount::parse(text).unwrap()
}

/// Reads `from..to`, either side an instant, an empty `to` meaning that it goes on.
fn span(text: &str) -> (Instant, Option<Instant>) {
    let (from, to) = text.split_once("..").unwrap();
    (at(from), (!to.is_empty()).then(|| at(to)))
}

/// Reads `fee from..to`, several parted by commas; the names are A, B, C.
fn subscriptions(text: &str) -> Vec<Subscription> {
    let read = |(place, line): (usize, &str)| {
        let (fee, times) = line.trim().split_once(' ').unwrap();
        let (from, to) = span(times);
        Subscription { name: ["A", "B", "C"][place].to_owned(), monthly_fee: amount(fee), from, to }
    };
    text.split(',').enumerate().map(read).collect()
}

fn suspensions(text: &str) -> Vec<Suspension> {
    let read = |line: &str| {
        let (from, to) = span(line.trim());
        Suspension { from, to }
    };
    text.split(',').filter(|line| !line.is_empty()).map(read).collect()
}

/// The lines as `A 15/31 4.83`, parted by commas.
fn shown(fees: &Fees) -> String {
    let line = |line: &domain::fees::FeeLine| format!("{} {}/{} {}", line.name, line.share, line.of, line.amount);
    fees.lines.iter().map(line).collect::<Vec<_>>().join(", ")
}

struct Case {
    what: &'static str,
    zone: &'static str,
    month: &'static str,
    subscriptions: &'static str,
    suspensions: &'static str,
    expected: &'static str,
}

impl Case {
    fn fees(&self, proration: Proration, fee_while_suspended: bool) -> Result<Fees, FeesError> {
        let period = Period::month(self.month).unwrap();
        prorate(&FeeInput {
            zone: &Zone::named(self.zone).unwrap(),
            currency: Currency::parse("USD").unwrap(),
            proration,
            period,
            full_period: period,
            subscriptions: &subscriptions(self.subscriptions),
            suspensions: &suspensions(self.suspensions),
            fee_while_suspended,
        })
    }
}

macro_rules! cases {
    ($([$what:literal, $zone:literal, $month:literal, $subscriptions:literal, $suspensions:literal, $expected:literal]),+ $(,)?) => {
        [$(Case { what: $what, zone: $zone, month: $month, subscriptions: $subscriptions, suspensions: $suspensions, expected: $expected }),+]
    };
}

#[test]
#[rustfmt::skip]
fn by_the_day() {
    for case in cases![
        ["one plan", "UTC", "2026-01", "12.99 2025-01-01T00:00:00Z..", "", "A 31/31 12.99"],
        ["the day of a change belongs to the new plan", "UTC", "2026-01", "9.99 2025-01-01T00:00:00Z..2026-01-16T09:00:00Z, 12.99 2026-01-16T09:00:00Z..", "", "A 15/31 4.83, B 16/31 6.71"],
        ["a change at midnight", "UTC", "2026-01", "9.99 2025-01-01T00:00:00Z..2026-01-16T00:00:00Z, 12.99 2026-01-16T00:00:00Z..", "", "A 15/31 4.83, B 16/31 6.71"],
        ["a millisecond before midnight", "UTC", "2026-01", "9.99 2025-01-01T00:00:00Z..2026-01-15T23:59:59.999Z, 12.99 2026-01-15T23:59:59.999Z..", "", "A 14/31 4.51, B 17/31 7.13"],
        ["the last change of a day wins", "UTC", "2026-01", "31 2025-01-01T00:00:00Z..2026-01-16T09:00:00Z, 62 2026-01-16T09:00:00Z..2026-01-16T10:00:00Z, 93 2026-01-16T10:00:00Z..", "", "A 15/31 15.00, C 16/31 48.00"],
        ["the day of closing", "UTC", "2026-01", "31 2025-01-01T00:00:00Z..2026-01-16T09:00:00Z", "", "A 15/31 15.00"],
        ["closing at midnight", "UTC", "2026-01", "31 2025-01-01T00:00:00Z..2026-01-16T00:00:00Z", "", "A 15/31 15.00"],
        ["closed and opened again on one day", "UTC", "2026-01", "31 2025-01-01T00:00:00Z..2026-01-16T09:00:00Z, 31 2026-01-16T19:00:00Z..", "", "A 15/31 15.00, B 16/31 16.00"],
        ["opened and closed on one day", "UTC", "2026-01", "31 2026-01-16T09:00:00Z..2026-01-16T17:00:00Z", "", ""],
        ["over before the period", "UTC", "2026-01", "31 2025-01-16T09:00:00Z..2026-01-01T00:00:00Z", "", ""],
        ["begun after the period", "UTC", "2026-01", "31 2026-02-01T00:00:00Z..", "", ""],
        ["a subscription of no time", "UTC", "2026-01", "31 2025-01-01T00:00:00Z.., 5 2026-01-05T00:00:00Z..2026-01-05T00:00:00Z", "", "A 31/31 31.00"],
        ["no fee, but a line", "UTC", "2026-01", "0 2025-01-01T00:00:00Z..", "", "A 31/31 0.00"],
        ["in any order", "UTC", "2026-01", "12.99 2026-01-16T09:00:00Z.., 9.99 2025-01-01T00:00:00Z..2026-01-16T09:00:00Z", "", "B 15/31 4.83, A 16/31 6.71"],
        ["equal remainders", "UTC", "2026-04", "10 2025-01-01T00:00:00Z..2026-04-11T00:00:00Z, 10 2026-04-11T00:00:00Z..2026-04-21T00:00:00Z, 10 2026-04-21T00:00:00Z..", "", "A 10/30 3.34, B 10/30 3.33, C 10/30 3.33"],
        ["rounded half up as a whole", "UTC", "2026-04", "0.15 2026-04-01T00:00:00Z..2026-04-02T00:00:00Z", "", "A 1/30 0.01"],
        ["below half a cent", "UTC", "2026-04", "0.14 2026-04-01T00:00:00Z..2026-04-02T00:00:00Z", "", "A 1/30 0.00"],
        ["local days in the west", "America/Toronto", "2026-01", "31 2025-01-01T00:00:00Z..2026-01-16T04:59:59Z", "", "A 14/31 14.00"],
        ["local midnight in the west", "America/Toronto", "2026-01", "31 2025-01-01T00:00:00Z..2026-01-16T05:00:00Z", "", "A 15/31 15.00"],
        ["local days in the east", "Asia/Kolkata", "2026-01", "31 2025-01-01T00:00:00Z..2026-01-15T18:30:00Z", "", "A 15/31 15.00"],
        ["midnight after a clock change", "Europe/London", "2026-03", "31 2025-01-01T00:00:00Z..2026-03-29T23:00:00Z", "", "A 29/31 29.00"],
        ["a half hour's clock change", "Australia/Lord_Howe", "2025-10", "31 2025-01-01T00:00:00Z..2025-10-05T13:00:00Z", "", "A 5/31 5.00"],
        ["the day that Samoa skipped", "Pacific/Apia", "2011-12", "30 2011-01-01T00:00:00Z..", "", "A 30/30 30.00"],
        ["a change at the day that Samoa skipped", "Pacific/Apia", "2011-12", "30 2011-01-01T00:00:00Z..2011-12-30T10:00:00Z, 60 2011-12-30T10:00:00Z..", "", "A 29/30 29.00, B 1/30 2.00"],
        ["a second of suspension", "UTC", "2026-01", "31 2025-01-01T00:00:00Z..", "2026-01-10T23:59:59Z..2026-01-11T00:00:00Z", "A 30/31 30.00"],
        ["suspended over midnight", "UTC", "2026-01", "31 2025-01-01T00:00:00Z..", "2026-01-10T23:59:59Z..2026-01-11T00:00:00.001Z", "A 29/31 29.00"],
        ["suspended for no time", "UTC", "2026-01", "31 2025-01-01T00:00:00Z..", "2026-01-10T12:00:00Z..2026-01-10T12:00:00Z", "A 31/31 31.00"],
        ["suspended for good", "UTC", "2026-01", "31 2025-01-01T00:00:00Z..", "2026-01-10T12:00:00Z..", "A 9/31 9.00"],
        ["suspensions that overlap", "UTC", "2026-01", "31 2025-01-01T00:00:00Z..", "2026-01-05T00:00:00Z..2026-01-10T00:00:00Z, 2026-01-06T00:00:00Z..2026-01-07T00:00:00Z, 2026-01-09T12:00:00Z..2026-01-10T12:00:00Z", "A 25/31 25.00"],
        ["the day of closing after a suspension", "UTC", "2026-01", "31 2025-01-01T00:00:00Z..2026-01-03T12:00:00Z", "2026-01-01T00:00:00Z..2026-01-03T00:00:00Z", ""],
    ] {
        assert_eq!(shown(&case.fees(Proration::Day, false).unwrap()), case.expected, "{}", case.what);
    }
}

#[test]
#[rustfmt::skip]
fn by_the_second() {
    for case in cases![
        ["one plan", "UTC", "2026-01", "12.99 2025-01-01T00:00:00Z..", "", "A 2678400000/2678400000 12.99"],
        ["a clock change is real time", "Europe/London", "2026-03", "31 2025-01-01T00:00:00Z..2026-03-30T23:00:00Z, 31 2026-03-30T23:00:00Z..", "", "A 2588400000/2674800000 30.00, B 86400000/2674800000 1.00"],
        ["milliseconds count", "UTC", "2026-01", "2678400 2025-01-01T00:00:00Z..2026-01-01T00:00:00.500Z", "", "A 500/2678400000 0.50"],
        ["the suspended time alone", "UTC", "2026-01", "31 2025-01-01T00:00:00Z..", "2026-01-10T12:00:00Z..2026-01-11T00:00:00Z, 2026-01-10T18:00:00Z..2026-01-11T12:00:00Z", "A 2592000000/2678400000 30.00"],
        ["suspended over a change", "UTC", "2026-01", "31 2025-01-01T00:00:00Z..2026-01-11T00:00:00Z, 31 2026-01-11T00:00:00Z..", "2026-01-10T00:00:00Z..2026-01-12T00:00:00Z", "A 777600000/2678400000 9.00, B 1728000000/2678400000 20.00"],
        ["suspended before and after", "UTC", "2026-01", "31 2025-01-01T00:00:00Z..", "2025-01-10T00:00:00Z..2026-01-02T00:00:00Z, 2026-01-31T00:00:00Z..", "A 2505600000/2678400000 29.00"],
        ["outside the period", "UTC", "2026-01", "31 2025-01-01T00:00:00Z..2025-12-01T00:00:00Z, 31 2026-02-01T00:00:00Z..", "2025-06-01T00:00:00Z..", ""],
    ] {
        assert_eq!(shown(&case.fees(Proration::Second, false).unwrap()), case.expected, "{}", case.what);
    }
}

#[test]
#[rustfmt::skip]
fn suspended_time_carries_the_fee_where_the_tenant_says_so() {
    let [case] = cases![["", "UTC", "2026-01", "31 2025-01-01T00:00:00Z..", "2026-01-10T12:00:00Z..", "A 31/31 31.00"]];
    assert_eq!(shown(&case.fees(Proration::Day, true).unwrap()), case.expected);
    assert_eq!(case.fees(Proration::Second, true).unwrap().total, amount("31.00"));
}

#[test]
#[rustfmt::skip]
fn impossible_input() {
    for case in cases![
        ["overlap", "UTC", "2026-01", "1 2025-01-01T00:00:00Z..2026-01-16T09:00:00.001Z, 2 2026-01-16T09:00:00Z..", "", "subscription 1 starts at 2026-01-16T09:00:00Z, while subscription 0 still holds: end that one first"],
        ["overlap with one that goes on", "UTC", "2026-01", "1 2026-01-16T00:00:00Z.., 2 2025-01-01T00:00:00Z..", "", "subscription 0 starts at 2026-01-16T00:00:00Z, while subscription 1 still holds: end that one first"],
        ["overlap outside the period", "UTC", "2026-01", "1 2024-01-01T00:00:00Z..2025-01-01T00:00:00Z, 2 2024-06-01T00:00:00Z..2025-01-01T00:00:00Z", "", "subscription 1 starts at 2024-06-01T00:00:00Z, while subscription 0 still holds: end that one first"],
        ["negative", "UTC", "2026-01", "-1 2024-01-01T00:00:00Z..", "", "the fee of subscription 0 is negative: -1.00"],
        ["backwards", "UTC", "2026-01", "1 2024-01-01T00:00:00Z..2023-01-01T00:00:00Z", "", "subscription 0 ends at 2023-01-01T00:00:00Z, before it starts at 2024-01-01T00:00:00Z"],
        ["suspended backwards", "UTC", "2026-01", "1 2024-01-01T00:00:00Z..", "2026-01-02T00:00:00Z..2026-01-01T00:00:00Z", "suspension 0 ends at 2026-01-01T00:00:00Z, before it starts at 2026-01-02T00:00:00Z"],
        ["too much", "UTC", "2026-01", "9223372036854.775807 2024-01-01T00:00:00Z..", "", "the amount is too large to be computed exactly"],
    ] {
        assert_eq!(case.fees(Proration::Day, true).unwrap_err().to_string(), case.expected, "{}", case.what);
    }
    let zone = Zone::named("Pacific/Apia").unwrap();
    let skipped = Period::new(Date::constant(2011, 12, 30), Date::constant(2011, 12, 31)).unwrap();
    for proration in [Proration::Day, Proration::Second] {
        let input = FeeInput {
            zone: &zone,
            currency: Currency::parse("USD").unwrap(),
            proration,
            period: skipped,
            full_period: skipped,
            subscriptions: &[],
            suspensions: &[],
            fee_while_suspended: false,
        };
        assert_eq!(prorate(&input), Err(FeesError::NoDay(skipped)));
    }
}

#[test]
fn a_short_period_pays_its_part_of_the_full_one() {
    // The billing day moves from the 1st to the 15th: 14 days of the 31 from 15 January to 15 February.
    let billing_day = BillingDay::new(15).unwrap();
    let period = Period::month("2026-01").unwrap().next(billing_day).unwrap();
    let fees = prorate(&FeeInput {
        zone: &Zone::named("Europe/London").unwrap(),
        currency: Currency::parse("GBP").unwrap(),
        proration: Proration::Day,
        period,
        full_period: Period::containing(period.from(), billing_day).unwrap(),
        subscriptions: &subscriptions("31 2025-01-01T00:00:00Z.."),
        suspensions: &[],
        fee_while_suspended: false,
    });
    assert_eq!(shown(&fees.unwrap()), "A 14/31 14.00");
}
