//! How long a call could last, told without opening a session.

use crate::requests;
use crate::tables::play;
use crate::world::{Payer, Prices, grants_of_request};
use domain::allowance::{AllowanceOrder, Allowances};
use domain::charging::{self, AuthorizeRefused, CutOff, Mode, Opening, Settings};
use domain::money::Amount;
use domain::rating::{self, Authorization, Talk};
use domain::time::Instant;
use proptest::prelude::*;

#[test]
fn what_could_last_by_table() {
    const FINE: &str = r#""price_per_minute": "0.60", "increment_seconds": 1"#;
    const FEE: &str = r#""connect_fee": "0.99", "price_per_minute": "0.05""#;
    play(&[
        (FINE, "prepaid=5", "talk@0", "500 s, 0 free, 0.00 + 0.60/60 by 1"),
        (FINE, "prepaid=0", "talk@0", "0.00 is available, 0.01 is needed, 0 free, 0.00 + 0.60/60 by 1"),
        (FINE, "prepaid=144", "talk@0", "no limit, 0 free, 0.00 + 0.60/60 by 1"),
        (FINE, "prepaid=143.99", "talk@0", "14399 s, 0 free, 0.00 + 0.60/60 by 1"),
        (FINE, "postpaid=none", "talk@0", "no limit, 0 free, 0.00 + 0.60/60 by 1"),
        (FINE, "postpaid=1", "talk@0", "100 s, 0 free, 0.00 + 0.60/60 by 1"),
        (FINE, "prepaid=5 talk=501", "talk@0", "5.00 is available, 5.01 is needed, 0 free, 0.00 + 0.60/60 by 1"),
        (FINE, "prepaid=-9 free", "talk@0", "no limit, 0 free, no price"),
        (FINE, "postpaid=none tariff=fixed included=9", "talk@0", "no limit, 0 free, no price"),
        // What other calls hold is not there.
        (FINE, "prepaid=5", "authorize talk@0", "440 s, 0 free, 0.00 + 0.60/60 by 1"),
        // Free seconds.
        (FEE, "prepaid=1 agent grant=90 grant=30", "talk@0", "120 s, 120 free, 0.99 + 0.05/60 by 60"),
        (
            FEE,
            "prepaid=0.98 agent grant=90",
            "talk@0",
            "0.98 is available, 0.99 is needed, 90 free, 0.99 + 0.05/60 by 60",
        ),
        (FEE, "prepaid=1.04 agent grant=90 included=600", "talk@0", "150 s, 90 free, 0.99 + 0.05/60 by 60"),
        (FEE, "prepaid=1.04 grant=90 included=600", "talk@0", "660 s, 600 free, 0.99 + 0.05/60 by 60"),
        // The window in force has the price; who rings into a dearer one can talk less.
        (FINE, "prepaid=6 evening=1.20 at=18:00:00", "talk@0", "600 s, 0 free, 0.00 + 0.60/60 by 1"),
        (FINE, "prepaid=6 evening=1.20 at=18:58:30", "talk@0", "300 s, 0 free, 0.00 + 0.60/60 by 1"),
        (FINE, "prepaid=6 evening=1.20 at=19:00:00", "talk@0", "300 s, 0 free, 0.00 + 1.20/60 by 1"),
    ]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    /// It is what a fixed cut-off is granted; where nothing changes while the call runs, what a movable one reaches and what a quote says, too.
    #[test]
    fn it_is_what_is_granted(request in requests::request(), balance in prop_oneof![0..30_000_000_i64, 0..2_000_000_i64]) {
        let Some(prices) = Prices::of_request(&request) else { return Ok(()) };
        let Some(terms) = prices.terms() else { return Ok(()) };
        let now = Instant::parse(request["call"]["answered_at"].as_str().unwrap()).unwrap();
        let mut payer = Payer::new(Amount::from_micros(balance), Some(Amount::ZERO));
        payer.grants = grants_of_request(&request);
        if request["allowance_order"] == "expiring_first" {
            payer.order = AllowanceOrder::ExpiringFirst;
        }
        let settings = Settings { longest_call_seconds: 300, ..Settings::default() };
        let facts = payer.facts(&terms);
        let talk_time = charging::talk_time(&facts, &settings, now);
        let granted = |cut_off| charging::authorize(Opening { mode: Mode::Postpaid, cut_off }, &facts, &settings, now);
        let fixed = granted(CutOff::Fixed).map(|step| step.session.granted.seconds);
        prop_assert_eq!(talk_time.map(|seconds| Some(seconds.unwrap_or(300))), fixed);

        let allowances = Allowances::for_call(&payer.grants, &payer.agent, now, payer.order);
        prop_assert_eq!(charging::free_seconds(&facts, now), rating::rate_call(&terms, Talk { answered_at: now, millis: 1 << 32 }, &allowances)
            .unwrap().allowance_seconds);
        // A grant that begins or ends while the call runs is a change, too.
        let lasts = payer.grants.iter().all(|grant| grant.granted_at <= now && grant.expires_at.is_none());
        if request["plan"]["discount_periods"].as_array().is_none_or(Vec::is_empty) && lasts {
            let movable = granted(CutOff::Movable).map(|step| step.session.granted.reaches_seconds);
            prop_assert_eq!(talk_time.map(|seconds| Some(seconds.unwrap_or(300))), movable);
            let quoted = match rating::authorize(&terms, now, &allowances, Some(payer.account.balance)).unwrap() {
                Authorization::Granted { max_seconds } => Ok(max_seconds.filter(|seconds| *seconds < 300)),
                Authorization::InsufficientBalance { available, required } => {
                    Err(AuthorizeRefused::InsufficientBalance { available, required })
                }
            };
            prop_assert_eq!(talk_time, quoted);
        }
    }

    /// The price that is told is the one that the first increment is charged at.
    #[test]
    fn the_price_is_what_is_charged(request in requests::request()) {
        let Some(prices) = Prices::of_request(&request) else { return Ok(()) };
        let Some(terms) = prices.terms() else { return Ok(()) };
        let answered_at = Instant::parse(request["call"]["answered_at"].as_str().unwrap()).unwrap();
        // A day is longer than any call that costs nothing for being short.
        let charge = rating::rate_call(&terms, Talk { answered_at, millis: 86_400_000 }, &Allowances::none()).unwrap();
        let told = terms.price_at(answered_at);
        let told = told.map(|price| (price.connect_fee, price.steps[0].price, price.steps[0].per_seconds));
        let first = charge.segments.first().map(|segment| (charge.connect_fee, segment.price, segment.per_seconds));
        prop_assert_eq!(told, first);
    }
}
