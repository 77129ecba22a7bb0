//! One line a case: the rate, what there is, what happens, and what the last steps say.

use crate::oracle::micros;
use crate::world::{Payer, Prices, World, grants_of_request};
use domain::allowance::AllowanceOrder;
use domain::charging::{self, AuthorizeRefused, CutOff, Mode, Opening, Settings};
use domain::money::Amount;
use domain::time::Instant;
use serde_json::Value;

/// 1.00 for each minute begun.
const MINUTE: &str = r#""increment_seconds": 60"#;
/// 0.01 a second.
const FINE: &str = r#""price_per_minute": "0.60", "increment_seconds": 1"#;
const THIRTY_SIX: &str = r#""steps": [{"from_seconds": 0, "price": "0.12", "per_seconds": 60, "increment_seconds": 30},
       {"from_seconds": 30, "price": "0.12", "per_seconds": 60, "increment_seconds": 6}]"#;

pub(crate) fn play(cases: &[(&str, &str, &str, &str)]) {
    let mut wrong = Vec::new();
    for (rate, set_up, steps, expected) in cases {
        let mut world = World::new(rate, set_up);
        let said: Vec<String> = steps.split_whitespace().map(|word| world.step(word)).collect();
        let said = said.join(" | ");
        if !said.ends_with(expected) {
            wrong.push(format!("{rate} {set_up}: {steps}\n  expected {expected}\n  said     {said}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn calls_that_start() {
    const FEE: &str = r#""connect_fee": "0.99", "price_per_minute": "0.05""#;
    play(&[
        (MINUTE, "prepaid=5", "authorize", "held 1.00 to 60 of 300"),
        (MINUTE, "prepaid=1.99", "authorize", "held 1.00 to 60! of 60"),
        (MINUTE, "prepaid=0.99", "authorize", "0.99 is available, 1.00 is needed"),
        (FEE, "prepaid=0.50", "authorize", "0.50 is available, 1.04 is needed"),
        (FEE, "prepaid=1.04", "authorize", "held 1.04 to 60! of 60"),
        (FINE, "prepaid=0.25", "authorize", "held 0.25 to 25! of 25"),
        (FINE, "prepaid=0.009999", "authorize", "0.009999 is available, 0.01 is needed"),
        (FINE, "prepaid=-1", "authorize", "-1.00 is available, 0.01 is needed"),
        (THIRTY_SIX, "prepaid=0.10", "authorize", "held 0.096 to 48! of 48"),
        // The minimum is needed, and held.
        (r#""minimum_charge": "2""#, "prepaid=1.99", "authorize", "1.99 is available, 2.00 is needed"),
        (r#""minimum_charge": "2""#, "prepaid=2", "authorize", "held 2.00 to 60 of 120"),
        // At least one increment.
        (r#""increment_seconds": 90"#, "prepaid=2", "authorize", "held 1.50 to 90! of 90"),
        // Short calls are free, but the start must be covered.
        (r#""free_below_seconds": 61"#, "prepaid=1", "authorize", "held 0.00 to 60! of 60"),
        (r#""free_below_seconds": 61"#, "prepaid=0.99", "authorize", "0.99 is available, 1.00 is needed"),
        // The shortest talk.
        (MINUTE, "prepaid=1.99 talk=61", "authorize", "1.99 is available, 2.00 is needed"),
        (MINUTE, "prepaid=2 talk=61", "authorize", "held 1.00 to 60 of 120"),
        (MINUTE, "prepaid=5 longest=40 talk=600", "authorize", "held 1.00 to 40! of 40"),
        // A maximum that ends the call.
        (r#""maximum_charge": "2", "on_maximum": "disconnect""#, "prepaid=9", "authorize", "held 1.00 to 60 of 120"),
        (r#""maximum_charge": "2""#, "prepaid=2", "authorize", "held 1.00 to 60 of 14400"),
        // A ceiling below the money.
        (MINUTE, "prepaid=9 ceiling=3", "authorize", "held 1.00 to 60 of 180"),
        (MINUTE, "postpaid=none ceiling=1", "authorize", "held 1.00 to 60! of 60"),
        (MINUTE, "prepaid=9 ceiling=0.99", "authorize", "no more than 0.99 may be held, 1.00 is needed"),
        (MINUTE, "prepaid=0.50 ceiling=0.60", "authorize", "0.50 is available, 1.00 is needed"),
        (MINUTE, "prepaid=9 ceiling=2.50", "authorize answer@2 extend@50", "held 2.00 to 108 of 120"),
        (MINUTE, "prepaid=9 ceiling=2.50 fixed", "authorize answer@2 settle@150", "charged 2.00, overrun 28"),
        // Postpaid: the credit limit in place of the balance.
        (MINUTE, "postpaid=none", "authorize", "held 1.00 to 60 of 14400"),
        (MINUTE, "postpaid=2", "authorize", "held 1.00 to 60 of 120"),
        (MINUTE, "postpaid=0.50", "authorize", "0.50 is available, 1.00 is needed"),
        (MINUTE, "postpaid=0 tariff=fixed", "authorize", "held 0.00 to 60 of 14400"),
        // All at once where the cut-off is fixed.
        (MINUTE, "prepaid=5 fixed", "authorize answer@9 extend@50", "held 5.00 to 300! of 300"),
        (MINUTE, "postpaid=none fixed", "authorize", "held 240.00 to 14400! of 14400"),
        // An emergency or service number, whatever is owed.
        (MINUTE, "prepaid=-9 free", "authorize answer@500 extend@9000 settle@90000", "charged 0.00"),
        (MINUTE, "prepaid=-9 free", "authorize expire@500", "held 0.00, no limit | the session may still be answered"),
    ]);
}

#[test]
fn calls_that_go_on() {
    play(&[
        (FINE, "prepaid=5", "authorize answer@3 extend@53 extend@103 settle@130", "charged 1.27"),
        (THIRTY_SIX, "prepaid=5", "authorize answer@0 extend@40 settle@85", "charged 0.18"),
        // As far as the money reaches; a top-up lengthens it.
        (FINE, "prepaid=1", "authorize answer@0 extend@50 extend@60 top@70=0.50 extend@70", "held 1.30 to 130 of 150"),
        // A debt takes nothing of what is held.
        (FINE, "prepaid=1", "authorize answer@0 fact@10=-9 extend@50 settle@70", "charged 0.60, overrun 10"),
        (
            r#""price_per_minute": "0""#,
            "prepaid=0",
            "authorize answer@0 fact@10=-9 extend@50",
            "held 0.00 to 110 of 14400",
        ),
        // Repeats, and late ones.
        (FINE, "prepaid=9", "authorize answer@0 answer@0 extend@50 extend@50 extend@20", "held 1.10 to 110 of 900"),
        (FINE, "prepaid=9", "authorize extend@5 answer@9 answer@10", "the call was answered at 2026-02-03T10:00:09Z"),
        (FINE, "prepaid=9 longest=90", "authorize answer@0 extend@50 extend@80", "held 0.90 to 90! of 90"),
        // While it rings, the dearest window that it could reach; the answer shows which it was.
        (FINE, "prepaid=9 evening=1.20 at=18:55:59.999", "authorize", "held 0.60 to 60 of 570"),
        (FINE, "prepaid=9 evening=1.20 at=18:57:00", "authorize answer@9", "held 0.60 to 60 of 535"),
        (FINE, "prepaid=9 evening=1.20 at=18:57:30", "authorize answer@9", "held 0.60 to 60 of 520"),
        (FINE, "prepaid=9 evening=1.20 at=18:59:00", "authorize answer@30 extend@80", "held 1.90 to 110 of 465"),
        (FINE, "prepaid=9 evening=0.10 at=18:59:30", "authorize answer@60", "held 0.10 to 60 of 5400"),
        (FINE, "prepaid=1 evening=1.20 at=18:59:00", "authorize", "held 1.00 to 50 of 80"),
    ]);
}

#[test]
fn calls_that_end() {
    play(&[
        (MINUTE, "prepaid=5", "authorize answer@0 settle@0", "held 1.00 to 60 of 300 | charged 0.00"),
        (MINUTE, "prepaid=5", "authorize answer@5 settle@5.001", "held 1.00 to 60 of 300 | charged 1.00"),
        (FINE, "prepaid=5", "authorize answer@5 settle@9.001", "held 0.60 to 60 of 500 | charged 0.05"),
        (r#""free_below_seconds": 6"#, "prepaid=5", "authorize answer@0 settle@5.999", "charged 0.00"),
        // Without an answer, and with one that only the end tells.
        (FINE, "prepaid=5", "authorize settle@30", "held 0.60 to 60 of 500 | charged 0.00"),
        (FINE, "prepaid=5", "authorize settle@10..30", "held 0.60 to 60 of 500 | charged 0.20"),
        (FINE, "prepaid=5", "authorize late_settle@10..30", "held 0.60 to 60 of 500 | charged 0.20"),
        (FINE, "prepaid=5", "authorize release@9 release@9", "the session ended at 2026-02-03T10:00:09Z"),
        // Beyond the granted seconds.
        (FINE, "prepaid=5", "authorize answer@0 settle@85", "held 0.60 to 60 of 500 | charged 0.60, overrun 25"),
        (FINE, "postpaid=none", "authorize answer@0 settle@85", "held 0.60 to 60 of 14400 | charged 0.85, overrun 25"),
        (FINE, "postpaid=0.70", "authorize answer@0 late_settle@85", "charged 0.85, overrun 25"),
        // Once; the first truth stays.
        (
            FINE,
            "prepaid=5",
            "authorize answer@0 settle@9 settle@9 settle@12 answer@0 extend@5",
            "the session ended at 2026-02-03T10:00:09Z",
        ),
        (
            FINE,
            "prepaid=5",
            "authorize answer@9 settle@8 settle@2..20 release@10",
            "the call was answered at 2026-02-03T10:00:09Z: settle it",
        ),
        (
            FINE,
            "prepaid=5",
            "authorize settle@20..10 answer@-3 settle@-3",
            "the end is before 2026-02-03T10:00:00Z, when the call began",
        ),
    ]);
}

#[test]
fn free_seconds_are_held_by_the_second() {
    const FEE: &str = r#""connect_fee": "0.10", "price_per_minute": "0.60", "increment_seconds": 1"#;
    play(&[
        (
            FEE,
            "prepaid=0.10 agent grant=90",
            "authorize answer@0 extend@50 settle@200",
            "charged 0.10, free 90, overrun 110",
        ),
        (
            FEE,
            "prepaid=0.70 agent grant=90",
            "authorize answer@0 extend@50 extend@95 settle@85.2",
            "charged 0.10, free 86",
        ),
        (FEE, "prepaid=0.09 agent grant=90", "authorize", "0.09 is available, 0.10 is needed"),
        (FEE, "prepaid=1.10 agent grant=10 grant=20", "authorize answer@0 settle@40", "charged 0.20, free 30"),
        (FEE, "postpaid=none agent grant=90", "authorize answer@0 settle@100", "charged 0.20, free 90, overrun 40"),
        // Grants serve calls to paid agents alone, included minutes those of the plan.
        (FEE, "prepaid=1.10 grant=90", "authorize", "held 0.70 to 60 of 100"),
        (FEE, "prepaid=1.10 included=90", "authorize answer@0 extend@50 settle@100", "charged 0.20, free 90"),
        (FEE, "prepaid=1.10 agent included=90", "authorize", "held 0.70 to 60 of 100"),
        (FEE, "prepaid=1.10 agent grant=90", "authorize expire@120", "lapsed charged 0.00"),
    ]);
    let mut world = World::new(FEE, "prepaid=1.10 agent grant=10 grant=200");
    assert!(world.is_agents());
    world.step("authorize");
    let left = |world: &World| world.payer.grants.iter().map(|grant| grant.seconds).collect::<Vec<_>>();
    assert_eq!(left(&world), [0, 150]);
    world.step("settle@0..30");
    assert_eq!(left(&world), [0, 180]);
}

#[test]
fn grants_that_change_while_it_rings() {
    let world = || World::new(FINE, "prepaid=5 agent grant=30");
    // It expires while it rings: the dearest answer is one without it.
    let mut expiring = world();
    expiring.payer.grants[0].expires_at = Some(Instant::parse("2026-02-03T10:00:20Z").unwrap());
    assert_eq!(expiring.step("authorize"), "held 0.60 to 60 of 530, free 30");
    assert_eq!(expiring.step("answer@19"), "held 0.30 to 60 of 530, free 30");
    let mut expired = world();
    expired.payer.grants[0].expires_at = Some(Instant::parse("2026-02-03T10:00:20Z").unwrap());
    expired.step("authorize");
    assert_eq!(expired.step("answer@20"), "held 0.60 to 60 of 500");
    assert_eq!(expired.payer.grants[0].seconds, 30);
    // For either answer enough is held of each grant.
    let mut either = World::new(FINE, "prepaid=5 agent grant=30 grant=60");
    either.payer.grants[0].expires_at = Some(Instant::parse("2026-02-03T10:00:20Z").unwrap());
    assert_eq!(either.step("authorize"), "held 0.00 to 60 of 590, free 90");
    assert_eq!(either.payer.grants[1].seconds, 0);
    assert_eq!(either.step("answer@20"), "held 0.00 to 60 of 560, free 60");
    // What is held stays held when the grant is taken back.
    let mut revoked = world();
    revoked.step("authorize");
    revoked.payer.grants[0].revoked = true;
    assert_eq!(revoked.step("answer@5"), "held 0.30 to 60 of 530, free 30");
    assert_eq!(revoked.step("settle@45"), "charged 0.10, free 30");
    // One that was made while it rang serves it.
    let mut made = World::new(FINE, "prepaid=5 agent");
    assert_eq!(made.step("authorize"), "held 0.60 to 60 of 500");
    made.payer.grants = world().payer.grants;
    assert_eq!(made.step("answer@5"), "held 0.30 to 60 of 530, free 30");
    // Unless that would make it dearer than what is held: here the cheap increment of the start would be missed.
    const ODD: &str = r#""steps": [{"from_seconds": 0, "price": "0.06", "per_seconds": 60, "increment_seconds": 60},
                                 {"from_seconds": 10, "price": "6", "per_seconds": 60, "increment_seconds": 1}]"#;
    let mut odd = World::new(ODD, "prepaid=5 agent");
    assert_eq!(odd.step("authorize"), "held 0.06 to 60 of 109");
    odd.payer.grants = world().payer.grants;
    assert_eq!(odd.step("answer@5"), "held 0.06 to 60 of 109");
}

#[test]
fn warnings_come_before_the_end() {
    for (set_up, steps, warnings) in [
        ("prepaid=5", "authorize answer@0", &[440, 470][..]),
        ("prepaid=1", "authorize answer@0", &[40, 70]),
        ("prepaid=1", "authorize answer@0 extend@50", &[70]),
        ("prepaid=0.45", "authorize answer@0", &[15]),
        ("prepaid=0.20", "authorize answer@0", &[]),
        ("prepaid=1", "authorize answer@0 extend@50 top@60=1 extend@60", &[140, 170]),
        ("free", "authorize answer@0", &[]),
    ] {
        let mut world = World::new(FINE, set_up);
        steps.split_whitespace().for_each(|word| {
            world.step(word);
        });
        assert_eq!(world.session().granted.warn_at_seconds, warnings, "{set_up} {steps}");
    }
}

#[test]
fn promotional_credit_is_spent_first() {
    for (set_up, steps, promotional, paid) in [
        ("prepaid=5 promo=2", "authorize settle@0..50", "1.50", "5"),
        ("prepaid=5 promo=2", "authorize answer@0 extend@300 settle@300", "0", "4"),
        ("promo=2", "authorize answer@0 settle@60", "1.40", "0"),
        ("prepaid=1 promo=0.20", "authorize answer@0 lose@10 settle@50", "0", "0.70"),
    ] {
        let mut world = World::new(FINE, set_up);
        steps.split_whitespace().for_each(|word| {
            world.step(word);
        });
        let pots = world.payer.pots;
        assert_eq!(
            (pots.promotional, pots.paid),
            (crate::world::amount(promotional), crate::world::amount(paid)),
            "{steps}"
        );
    }
}

/// The worked cases of authorization: what a session says of a call that is answered at once is what the quote says.
#[test]
fn sessions_reach_as_far_as_quotes_say() {
    let document: Value = serde_json::from_str(include_str!("../data/rating-vectors.json")).unwrap();
    let settings = Settings { longest_call_seconds: 30 * 86_400, pending_seconds: 1, ..Settings::default() };
    let mut tried = 0;
    for case in document["cases"].as_array().unwrap() {
        let request = &case["request"];
        if request["kind"] != "authorize" || request["balance"].is_null() {
            continue;
        }
        let prices = Prices::of_request(request).unwrap();
        let Some(terms) = prices.terms() else { continue };
        let balance = Amount::from_micros(i64::try_from(micros(&request["balance"])).unwrap());
        let mut payer = Payer::new(balance, Some(Amount::ZERO));
        payer.grants = grants_of_request(request);
        if request["allowance_order"] == "expiring_first" {
            payer.order = AllowanceOrder::ExpiringFirst;
        }
        let opening = Opening { mode: Mode::Prepaid, cut_off: CutOff::Movable };
        let now = Instant::parse(request["call"]["answered_at"].as_str().unwrap()).unwrap();
        let reaches = match charging::authorize(opening, &payer.facts(&terms), &settings, now) {
            Ok(step) => step.session.granted.reaches_seconds.unwrap(),
            Err(AuthorizeRefused::InsufficientBalance { .. }) => 0,
            Err(refused) => panic!("{refused}"),
        };
        let said = case["answer"]["max_seconds"].as_i64();
        let expected = if case["answer"]["refused"].is_null() { said.unwrap_or(30 * 86_400) } else { 0 };
        assert_eq!(reaches, expected, "{}", case["name"]);
        tried += 1;
    }
    assert!(tried >= 15, "{tried} cases");
}
