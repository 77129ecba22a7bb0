//! Fees and pro-rating against an oracle that looks at the calendar on the wall every quarter of an hour, and at a stop-watch.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use domain::fees::{FeeInput, FeeLine, Fees, Proration, Subscription, Suspension, prorate};
use domain::money::{Amount, Currency};
use domain::period::{BillingDay, Period};
use domain::time::{Date, Instant, Zone};
use proptest::prelude::*;

const ZONES: [&str; 6] =
    ["America/Toronto", "Europe/London", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Kolkata", "UTC"];
const HOUR: i64 = 3_600_000;

/// A line's subscriptions and suspensions around a period.
#[derive(Debug)]
struct World {
    zone: Zone,
    currency: Currency,
    period: Period,
    subscriptions: Vec<Subscription>,
    suspensions: Vec<Suspension>,
}

fn currency() -> impl Strategy<Value = Currency> {
    prop::sample::select(vec!["USD", "JPY", "KWD", "CLF"]).prop_map(|code| Currency::parse(code).unwrap())
}

/// A date from 2010 to 2030, one in three in the winter in which Samoa skipped a day.
fn date() -> impl Strategy<Value = Date> {
    prop_oneof![
        2 => (2010_i16..2030, 1_i8..=12, 1_i8..=28).prop_map(|(y, m, d)| Date::constant(y, m, d)),
        1 => (1_i8..=28).prop_map(|d| Date::constant(2011, 12, d)),
    ]
}

/// Offsets into a period: any millisecond, a whole hour, or half of one, so that midnights are met often.
fn offset() -> impl Strategy<Value = i64> {
    prop_oneof![
        -2 * 24 * HOUR..33 * 24 * HOUR,
        (-48_i64..800).prop_map(|h| h * HOUR),
        (-96_i64..1600).prop_map(|h| h * HOUR / 2)
    ]
}

/// Worlds with up to nine subscriptions: all at one fee or not, with gaps between them or not.
fn world(one_fee: bool, gaps: bool) -> impl Strategy<Value = World> {
    let fees = prop::collection::vec(0_i64..100_000_000, 8);
    let changes = prop::collection::vec((offset(), prop::bool::weighted(0.8)), 0..8);
    let suspended = prop::collection::vec((offset(), 0_i64..100 * HOUR), 0..4);
    let place = (prop::sample::select(ZONES.to_vec()), currency(), date(), 1_u8..=31);
    (place, fees, changes, suspended).prop_map(move |((zone, currency, date, day), fees, mut changes, suspended)| {
        let zone = Zone::named(zone).unwrap();
        let period = Period::containing(date, BillingDay::new(day).unwrap()).unwrap();
        let (start, _) = period.instants(&zone);
        let instant = |offset: i64| start.plus_millis(offset).unwrap();
        changes.sort_unstable();
        let mut starts = vec![start.plus_millis(-30 * 24 * HOUR).unwrap()];
        starts.extend(changes.iter().map(|(offset, _)| instant(*offset)));
        let fee = |place: usize| Amount::from_micros(if one_fee { fees[0] } else { fees[place % fees.len()] });
        let mut subscriptions = Vec::new();
        for (place, from) in starts.iter().enumerate() {
            let held = !gaps || place == 0 || changes[place - 1].1;
            if held {
                let to = starts.get(place + 1).copied();
                subscriptions.push(Subscription { name: place.to_string(), monthly_fee: fee(place), from: *from, to });
            }
        }
        let suspension =
            |&(offset, length): &(i64, i64)| Suspension { from: instant(offset), to: Some(instant(offset + length)) };
        World { zone, currency, period, subscriptions, suspensions: suspended.iter().map(suspension).collect() }
    })
}

impl World {
    fn fees(&self, proration: Proration, suspended: bool) -> Fees {
        prorate(&FeeInput {
            zone: &self.zone,
            currency: self.currency,
            proration,
            period: self.period,
            full_period: self.period,
            subscriptions: &self.subscriptions,
            suspensions: &self.suspensions,
            fee_while_suspended: !suspended,
        })
        .unwrap()
    }
}

/// Days by looking at the calendar of the zone every quarter of an hour: slow, and knows nothing of midnights or offsets.
fn naive_days(world: &World) -> (Vec<i64>, i64) {
    let moments = naive_calendar(world);
    let mut shares = vec![0; world.subscriptions.len()];
    for quarters in &moments {
        let (first, last) = (quarters[0], quarters[quarters.len() - 1] + 900_000 - 1);
        let covers =
            |from: Instant, to: Option<Instant>, at: i64| from.millis() <= at && to.is_none_or(|to| at < to.millis());
        let suspended = world.suspensions.iter().any(|suspension| {
            suspension.from < suspension.to.unwrap()
                && suspension.from.millis() <= last
                && suspension.to.unwrap().millis() > first
        });
        let owner = world.subscriptions.iter().position(|s| covers(s.from, s.to, last));
        if let (Some(owner), false) = (owner, suspended) {
            shares[owner] += 1;
        }
    }
    (shares, moments.len() as i64)
}

/// The quarters of an hour of each date of the period, by date.
fn naive_calendar(world: &World) -> Vec<Vec<i64>> {
    let zone = jiff::tz::TimeZone::get(world.zone.name()).unwrap();
    let mut days: std::collections::BTreeMap<Date, Vec<i64>> = std::collections::BTreeMap::new();
    let begins = world.period.from().to_zoned(jiff::tz::TimeZone::UTC).unwrap().timestamp().as_millisecond();
    for quarter in (begins - 48 * HOUR..begins + 34 * 24 * HOUR).step_by(900_000) {
        let date = jiff::Timestamp::from_millisecond(quarter).unwrap().to_zoned(zone.clone()).date();
        if world.period.from() <= date && date < world.period.to() {
            days.entry(date).or_default().push(quarter);
        }
    }
    days.into_values().collect()
}

/// Real time by counting: each quarter of an hour is cut at every instant that matters.
fn naive_millis(world: &World) -> (Vec<i64>, i64) {
    let quarters: Vec<i64> = naive_calendar(world).into_iter().flatten().collect();
    let (start, end) = (quarters[0], quarters[quarters.len() - 1] + 900_000);
    let mut cuts = vec![start, end];
    cuts.extend(world.subscriptions.iter().flat_map(|s| [Some(s.from), s.to]).flatten().map(Instant::millis));
    cuts.extend(world.suspensions.iter().flat_map(|s| [Some(s.from), s.to]).flatten().map(Instant::millis));
    cuts.retain(|cut| (start..=end).contains(cut));
    cuts.sort_unstable();
    let mut shares = vec![0; world.subscriptions.len()];
    for piece in cuts.windows(2) {
        let inside = |from: Instant, to: Option<Instant>| {
            from.millis() <= piece[0] && to.is_none_or(|to| to.millis() > piece[0])
        };
        let suspended = world.suspensions.iter().any(|s| inside(s.from, s.to));
        if let (Some(owner), false) = (world.subscriptions.iter().position(|s| inside(s.from, s.to)), suspended) {
            shares[owner] += piece[1] - piece[0];
        }
    }
    (shares, end - start)
}

/// Every part within one unit of the exact part, the sum exact, and nothing that a swap of units would make fairer.
fn assert_shared_out(world: &World, fees: &Fees, naive: &(Vec<i64>, i64)) {
    let (shares, of) = naive;
    let expected: Vec<(usize, i64)> = shares.iter().copied().enumerate().filter(|(_, share)| *share > 0).collect();
    let found: Vec<(usize, i64)> = fees.lines.iter().map(|line| (line.subscription, line.share)).collect();
    assert_eq!(found, expected);
    assert!(fees.lines.iter().all(|line| line.of == *of));
    let unit = i128::from(world.currency.minor_unit().micros()) * i128::from(*of);
    let exact = |line: &FeeLine| {
        i128::from(world.subscriptions[line.subscription].monthly_fee.micros()) * i128::from(line.share)
    };
    let sum: i128 = fees.lines.iter().map(exact).sum();
    let whole = (2 * sum + unit).div_euclid(2 * unit) * unit;
    assert_eq!(i128::from(fees.total.micros()) * i128::from(*of), whole);
    assert_eq!(fees.lines.iter().map(|line| line.amount).sum::<Option<Amount>>(), Some(fees.total));
    let gains: Vec<i128> =
        fees.lines.iter().map(|line| i128::from(line.amount.micros()) * i128::from(*of) - exact(line)).collect();
    for (place, gain) in gains.iter().enumerate() {
        assert!(gain.abs() < unit, "{gains:?}");
        for (other, lost) in gains.iter().enumerate() {
            // Who gained a unit had lost more than who did not, or as much and is earlier.
            if *gain > 0 && *lost < 0 {
                assert!((unit - gain, other) > (-lost, place), "{gains:?}");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn days_agree_with_a_calendar_on_the_wall(world in world(false, true)) {
        assert_shared_out(&world, &world.fees(Proration::Day, true), &naive_days(&world));
    }

    #[test]
    fn seconds_agree_with_a_stop_watch(world in world(false, true)) {
        assert_shared_out(&world, &world.fees(Proration::Second, true), &naive_millis(&world));
    }

    #[test]
    fn the_same_fee_without_a_gap_costs_the_full_fee(world in world(true, false), by_second: bool) {
        let proration = if by_second { Proration::Second } else { Proration::Day };
        let unit = world.currency.minor_unit().micros();
        let full = (2 * world.subscriptions[0].monthly_fee.micros() + unit) / (2 * unit) * unit;
        prop_assert_eq!(world.fees(proration, false).total.micros(), full);
    }
}

#[test]
fn every_day_of_whole_years_counts_once() {
    for (zone, year) in ZONES.iter().flat_map(|zone| [2011, 2023, 2024].map(|year| (Zone::named(zone).unwrap(), year)))
    {
        let days: i64 = (1..=12).map(|month| days_of_a_month_with_a_change(&zone, &format!("{year}-{month:02}"))).sum();
        let skipped = i64::from(zone.name() == "Pacific/Apia" && year == 2011);
        assert_eq!(days, if year % 4 == 0 { 366 } else { 365 } - skipped, "{zone} {year}");
    }
}

/// Checks the fees of a month in which a plan is changed to itself on the 11th; answers how many days were paid for.
fn days_of_a_month_with_a_change(zone: &Zone, month: &str) -> i64 {
    let period = Period::month(month).unwrap();
    let change = period.instants(zone).0.plus_millis(10 * 24 * HOUR + 1).unwrap();
    let plan = |from: Instant, to: Option<Instant>| Subscription {
        name: "A".to_owned(),
        monthly_fee: Amount::from_micros(9_990_000),
        from,
        to,
    };
    let world = World {
        zone: zone.clone(),
        currency: Currency::parse("EUR").unwrap(),
        period,
        subscriptions: vec![plan(Instant::FIRST, Some(change)), plan(change, None)],
        suspensions: vec![],
    };
    let fees = world.fees(Proration::Day, true);
    assert_eq!(fees.total.to_string(), "9.99", "{zone} {month}");
    assert_shared_out(&world, &fees, &naive_days(&world));
    fees.lines.iter().map(|line| line.share).sum()
}
