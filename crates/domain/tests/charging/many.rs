//! Many calls at once on one balance and its grants.

use crate::requests;
use crate::world::{Payer, Prices, World, grants_of_request};
use domain::allowance::Grant;
use domain::charging::{self, CutOff, Ending, Mode, Opening, Session, Settings, Stage};
use domain::money::Amount;
use domain::time::Instant;
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::json;

#[test]
fn ten_thousand_callers_get_exactly_what_the_balance_buys() {
    let request = json!({"time_zone": "UTC", "call": {"to": "0002"},
                         "plan": {"currency": "USD", "rate": {"price_per_minute": "1"}}});
    let prices = Prices::of_request(&request).unwrap();
    let terms = prices.terms().unwrap();
    let mut payer = Payer::new(Amount::from_micros(5_000_000_000), Some(Amount::ZERO));
    let opening = Opening { mode: Mode::Prepaid, cut_off: CutOff::Movable };
    let mut accepted = 0;
    for caller in 0..10_000 {
        let now = Instant::clamped(1_770_000_000_000 + caller);
        if let Ok(step) = charging::authorize(opening, &payer.facts(&terms), &Settings::default(), now) {
            payer.take(&step.effect);
            accepted += 1;
        }
    }
    assert_eq!((accepted, payer.account.held), (5_000, payer.account.balance));
}

#[test]
fn a_free_second_that_comes_back_serves_a_call_that_is_free_so_far() {
    const RATE: &str = r#""price_per_minute": "0.60", "increment_seconds": 1"#;
    let mut world = World::new(RATE, "prepaid=1 agent grant=60");
    world.step("authorize");
    assert_eq!(world.step("answer@0"), "held 0.00 to 60 of 160, free 60");
    world.payer.grants[0].seconds = 40;
    assert_eq!(world.step("extend@30"), "held 0.00 to 90 of 200, free 90");
    world.payer.grants[0].seconds = 0;
    assert_eq!(world.step("extend@60"), "held 0.30 to 120 of 190, free 90");
    // Once paid seconds are granted, none can follow.
    world.payer.grants[0].seconds = 40;
    assert_eq!(world.step("extend@70"), "held 0.40 to 130 of 190, free 90");
    assert_eq!(world.step("settle@130"), "charged 0.40, free 90");
    for (steps, settle, charged) in [
        (&["authorize", "answer@0"][..], "settle@100", "charged 0.70, free 30, overrun 40"),
        // The end tells the answer: what is free by then serves the call from its start.
        (&["authorize"], "settle@0..100", "charged 0.30, free 70, overrun 40"),
    ] {
        let mut overrun = World::new(RATE, "postpaid=none agent grant=30");
        for step in steps {
            assert_eq!(overrun.step(step), "held 0.30 to 60 of 14400, free 30");
        }
        overrun.payer.grants[0].seconds = 40;
        assert_eq!(overrun.step(settle), charged);
    }
}

#[derive(Debug, Clone)]
enum Event {
    Authorize { fixed: bool },
    Answer,
    Extend,
    Settle,
    Lose,
    Release,
    Expire,
    TopUp(i64),
    Grant(i64),
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        4 => any::<bool>().prop_map(|fixed| Event::Authorize { fixed }),
        6 => Just(Event::Answer),
        8 => Just(Event::Extend),
        5 => Just(Event::Settle),
        2 => Just(Event::Lose),
        1 => Just(Event::Release),
        1 => Just(Event::Expire),
        1 => (1..2_000_000_i64).prop_map(Event::TopUp),
        1 => (1..90_i64).prop_map(Event::Grant),
    ]
}

/// What happens to one of the sessions; nothing, if it is refused.
fn happen(event: &Event, session: &Session, payer: &mut Payer, prices: &Prices, now: Instant) -> Option<Session> {
    let terms = prices.terms().unwrap();
    let settings = Settings::default();
    let facts = payer.facts(&terms);
    let ending = Ending { answered_at: None, ended_at: now };
    let (after, effect) = match event {
        Event::Answer => charging::answer(session, now, &facts, &settings, now).ok().map(|s| (s.session, s.effect)),
        Event::Extend => charging::extend(session, &facts, &settings, now).ok().map(|s| (s.session, s.effect)),
        Event::Release => charging::release(session, now).ok().map(|s| (s.session, s.effect)),
        Event::Expire => charging::expire(session, now).ok().map(|s| (s.session, s.effect)),
        Event::Settle => charging::settle(session, ending, &facts, now).ok().map(|s| (s.session, s.effect)),
        Event::Lose => {
            let last_proof = now.plus_millis(-9_000).unwrap();
            charging::lose(session, last_proof, &facts, now).ok().map(|s| (s.session, s.effect))
        }
        Event::Authorize { .. } | Event::TopUp(_) | Event::Grant(_) => None,
    }?;
    payer.take(&effect);
    Some(after)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever happens to many calls of one payer, in whatever order: together they never hold more than there is, a prepaid
    /// balance is never overdrawn, each free second serves one call, and when all are over nothing is held.
    #[test]
    fn calls_share_what_there_is(
        request in requests::request(),
        balance in 0..20_000_000_i64,
        events in vec((event(), 0..6_usize, 0..30_000_i64), 1..60),
    ) {
        let Some(prices) = Prices::of_request(&request) else { return Ok(()) };
        if prices.terms().is_none() {
            return Ok(());
        }
        let mut now = Instant::parse(request["call"]["answered_at"].as_str().unwrap()).unwrap();
        let mut payer = Payer::new(Amount::from_micros(balance), Some(Amount::ZERO));
        payer.grants = grants_of_request(&request);
        let mut granted: i64 = payer.grants.iter().map(|grant| grant.seconds).sum();
        let (mut put_in, mut sessions) = (balance, Vec::<Session>::new());
        let closing = (0..events.len()).map(|call| (Event::Settle, call, 0));
        for (event, which, millis) in events.clone().into_iter().chain(closing) {
            now = now.plus_millis(millis).unwrap();
            match event {
                Event::TopUp(micros) => {
                    payer.top_up(micros);
                    put_in += micros;
                }
                Event::Grant(seconds) => {
                    granted += seconds;
                    let id = format!("new{}", payer.grants.len());
                    payer.grants.push(Grant { id, agent: None, granted_at: now, expires_at: None, revoked: false, seconds });
                }
                Event::Authorize { fixed } => {
                    let cut_off = if fixed { CutOff::Fixed } else { CutOff::Movable };
                    let opening = Opening { mode: Mode::Prepaid, cut_off };
                    let terms = prices.terms().unwrap();
                    let opened = charging::authorize(opening, &payer.facts(&terms), &Settings::default(), now);
                    if let Ok(step) = opened {
                        payer.take(&step.effect);
                        sessions.push(step.session);
                    }
                }
                event => {
                    if let Some(session) = sessions.get_mut(which)
                        && let Some(after) = happen(&event, session, &mut payer, &prices, now)
                    {
                        *session = after;
                    }
                }
            }
            let held: i64 = sessions.iter().map(|session| session.held.micros()).sum();
            prop_assert_eq!(payer.account.held.micros(), held);
            prop_assert!(held <= payer.account.balance.micros());
            let taken: i64 = sessions.iter().map(|session| session.free_held.seconds() + used(session)).sum();
            let left: i64 = payer.grants.iter().map(|grant| grant.seconds).sum();
            prop_assert_eq!(taken + left, granted);
        }
        let ends = sessions.iter().filter_map(|session| match &session.stage {
            Stage::Ended(end) => Some(end.charged.total().unwrap().micros()),
            Stage::Pending | Stage::Answered { .. } => None,
        });
        let charged: Vec<i64> = ends.collect();
        prop_assert_eq!(charged.len(), sessions.len());
        prop_assert!(payer.account.held.is_zero());
        prop_assert_eq!(payer.account.balance.micros(), put_in - charged.iter().sum::<i64>());
    }
}

fn used(session: &Session) -> i64 {
    match &session.stage {
        Stage::Ended(end) => end.free_used.seconds(),
        Stage::Pending | Stage::Answered { .. } => 0,
    }
}
