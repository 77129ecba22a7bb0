//! One call at a time against the naive second opinion, over random rates, windows, clock changes and grants.

use crate::oracle::{self, Opinion};
use crate::requests;
use crate::world::{Payer, Prices, grants_of_request};
use domain::allowance::AllowanceOrder;
use domain::charging::{self, CutOff, Ending, Mode, Opening, Settings};
use domain::money::Amount;
use domain::time::Instant;
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::Value;

/// The second opinion on a call that is answered at an instant and lasts so many milliseconds.
fn opinion(request: &Value, answered_at: Instant, millis: i64) -> Opinion {
    let mut request = request.clone();
    request["call"]["answered_at"] = answered_at.to_string().into();
    oracle::call(&request, millis)
}

fn total(request: &Value, answered_at: Instant, seconds: i64) -> Amount {
    match opinion(request, answered_at, seconds * 1000) {
        Opinion::Refused(reason) => panic!("{reason}"),
        Opinion::Charged { total, .. } => Amount::from_micros(i64::try_from(total).unwrap()),
    }
}

fn payer(request: &Value, balance: i64) -> Payer {
    let mut payer = Payer::new(Amount::from_micros(balance), Some(Amount::ZERO));
    payer.grants = grants_of_request(request);
    if request["allowance_order"] == "expiring_first" {
        payer.order = AllowanceOrder::ExpiringFirst;
    }
    payer
}

#[derive(Debug, Clone)]
struct Course {
    balance: i64,
    fixed: bool,
    /// How long it rings and talks, in milliseconds.
    rings: i64,
    talks: i64,
    /// Seconds between extensions, and what is topped up before each.
    extensions: Vec<(i64, i64)>,
}

fn course() -> impl Strategy<Value = Course> {
    let balance = prop_oneof![0..30_000_000_i64, 0..2_000_000_i64, Just(1_000_000_000)];
    let top_up = prop_oneof![2 => Just(0), 1 => 1..3_000_000_i64];
    let rings = prop_oneof![0..120_i64.saturating_mul(1000), Just(0), Just(119_999)];
    (balance, any::<bool>(), rings, 0..400_000_i64, vec((1..60_i64, top_up), 0..6))
        .prop_map(|(balance, fixed, rings, talks, extensions)| Course { balance, fixed, rings, talks, extensions })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    /// What is held is what settling would charge at the last granted second; the dearest of all answers while it rings. What is
    /// charged in the end is what the call costs, as though it had never been cut into slices; it was held, and it was there.
    #[test]
    fn a_call_is_held_for_and_charged_as_the_second_opinion_says(request in requests::request(), course in course()) {
        let Some(prices) = Prices::of_request(&request) else { return Ok(()) };
        let Some(terms) = prices.terms() else { return Ok(()) };
        let settings = Settings { longest_call_seconds: 300, ..Settings::default() };
        let answered_at = Instant::parse(request["call"]["answered_at"].as_str().unwrap()).unwrap();
        let opened_at = answered_at.plus_millis(-course.rings).unwrap();
        let mut payer = payer(&request, course.balance);
        let cut_off = if course.fixed { CutOff::Fixed } else { CutOff::Movable };
        let opening = Opening { mode: Mode::Prepaid, cut_off };
        let Ok(step) = charging::authorize(opening, &payer.facts(&terms), &settings, opened_at) else { return Ok(()) };
        payer.take(&step.effect);
        let seconds = step.session.granted.seconds.unwrap();
        let ringing = step.session.held;
        let offsets = (0..120_000).step_by(10_000).chain([119_999, course.rings]);
        for offset in offsets {
            let cost = total(&request, opened_at.plus_millis(offset).unwrap(), seconds);
            prop_assert!(cost <= ringing, "answered after {} ms: {} of {}", offset, cost, ringing);
        }

        let step = charging::answer(&step.session, answered_at, &payer.facts(&terms), &settings, answered_at).unwrap();
        payer.take(&step.effect);
        let mut session = step.session;
        prop_assert!(session.held <= ringing);
        prop_assert_eq!(session.granted.seconds, Some(seconds));
        let mut elapsed = 0;
        for (pause, top_up) in &course.extensions {
            prop_assert_eq!(session.held, total(&request, answered_at, session.granted.seconds.unwrap()));
            elapsed += pause;
            payer.top_up(*top_up);
            let before = session.granted.seconds;
            let now = answered_at.plus_millis(elapsed * 1000).unwrap();
            let step = charging::extend(&session, &payer.facts(&terms), &settings, now).unwrap();
            payer.take(&step.effect);
            session = step.session;
            prop_assert!(session.granted.seconds >= before);
            if !course.fixed && session.granted.must_end_at_seconds().is_none() {
                prop_assert!(session.granted.seconds >= Some(elapsed + 60));
            }
        }
        let granted = session.granted.seconds.unwrap();
        prop_assert_eq!(session.held, total(&request, answered_at, granted));

        let ended_at = answered_at.plus_millis(course.talks).unwrap();
        let ending = Ending { answered_at: None, ended_at };
        let settled = charging::settle(&session, ending, &payer.facts(&terms), ended_at).unwrap();
        // Nothing but the session tells how a granted call is charged: not the grants that there are by now.
        let without_grants = Payer { grants: Vec::new(), account: payer.account, pots: payer.pots, order: payer.order, ..Payer::new(Amount::ZERO, None) };
        prop_assert_eq!(charging::settle(&session, ending, &without_grants.facts(&terms), ended_at), Ok(settled.clone()));
        let free_before: i64 = payer.grants.iter().map(|grant| grant.seconds).sum();
        payer.take(&settled.effect);
        let charge = &settled.charge;
        match opinion(&request, answered_at, course.talks.min(granted * 1000)) {
            Opinion::Refused(reason) => prop_assert!(false, "{}", reason),
            Opinion::Charged { total, connect_fee, increments, grants } => {
                prop_assert_eq!(i128::from(charge.total.micros()), total);
                prop_assert_eq!(i128::from(charge.connect_fee.micros()), connect_fee);
                prop_assert_eq!(charge.billed_seconds, increments.iter().map(|increment| increment.seconds).sum::<i64>());
                let used = charge.allowances_used.iter().map(|used| (used.id.clone(), used.seconds));
                prop_assert_eq!(used.collect::<Vec<_>>(), if request["agent"].is_object() { grants } else { vec![] });
            }
        }
        prop_assert!(charge.total <= session.held);
        prop_assert!(payer.account.held.is_zero() && !payer.account.balance.is_negative());
        let free_after: i64 = payer.grants.iter().map(|grant| grant.seconds).sum();
        prop_assert_eq!(free_after - free_before, session.free_held.seconds() - settled.charge.allowance_seconds);
    }

    /// A call that is extended as far as it goes ends where the second opinion finds the end by trying every second.
    #[test]
    fn a_call_ends_when_the_money_does(request in requests::request(), balance in 0..6_000_000_i64) {
        const LONGEST: i64 = 600;
        let Some(prices) = Prices::of_request(&request) else { return Ok(()) };
        let Some(terms) = prices.terms() else { return Ok(()) };
        let settings = Settings { longest_call_seconds: LONGEST, ..Settings::default() };
        let now = Instant::parse(request["call"]["answered_at"].as_str().unwrap()).unwrap();
        let mut payer = payer(&request, balance);
        let opening = Opening { mode: Mode::Prepaid, cut_off: CutOff::Movable };
        let mut request = request.clone();
        request["balance"] = format!("{}.{:06}", balance / 1_000_000, balance % 1_000_000).into();
        let limit = oracle::authorize(&request, LONGEST);
        let Ok(step) = charging::authorize(opening, &payer.facts(&terms), &settings, now) else { return Ok(()) };
        payer.take(&step.effect);
        let step = charging::answer(&step.session, now, &payer.facts(&terms), &settings, now).unwrap();
        payer.take(&step.effect);
        let mut session = step.session;
        for slice in 1..=20 {
            let later = now.plus_millis(slice * 50_000).unwrap();
            let step = charging::extend(&session, &payer.facts(&terms), &settings, later).unwrap();
            payer.take(&step.effect);
            session = step.session;
        }
        prop_assert_eq!(Ok(session.granted.must_end_at_seconds()), limit.map(|end| end.or(Some(LONGEST))), "{}", request);
    }
}
