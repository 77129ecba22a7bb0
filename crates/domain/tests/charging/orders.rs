//! All orders and repeats of up to six events of a call: one ledger.

use crate::world::World;

const EVENTS: [&str; 5] = ["late_answer@0", "extend@50", "extend@100", "late_settle@0..130.5", "settle@0"];

/// What a call at 0.01 a second comes to: told by hand, event by event.
fn cents(events: &[&str], charges_overrun: bool) -> Option<i64> {
    let (mut granted, mut answered, mut over) = (60, false, None);
    for event in events {
        match *event {
            _ if over.is_some() => {}
            "late_answer@0" => answered = true,
            "extend@50" if answered => granted = granted.max(110),
            "extend@100" if answered => granted = granted.max(160),
            "late_settle@0..130.5" => over = Some(if charges_overrun { 131 } else { granted.min(131) }),
            "settle@0" => over = Some(0),
            _ => {}
        }
    }
    over
}

#[test]
fn every_order_of_six_events_gives_the_same_ledger_or_is_refused() {
    let mut sequences = vec![Vec::new()];
    let mut from = 0;
    for _ in 0..6 {
        let to = sequences.len();
        for sequence in from..to {
            for event in EVENTS {
                let mut longer: Vec<&str> = sequences[sequence].clone();
                longer.push(event);
                sequences.push(longer);
            }
        }
        from = to;
    }
    assert_eq!(sequences.len(), (0..=6).map(|length| 5_usize.pow(length)).sum::<usize>());
    const RATE: &str = r#""price_per_minute": "0.60", "increment_seconds": 1"#;
    for (set_up, charges_overrun) in [("prepaid=5", false), ("postpaid=none", true)] {
        for events in &sequences {
            let mut world = World::new(RATE, set_up);
            world.step("authorize");
            let before = world.payer.account.balance;
            for event in events {
                world.step(event);
            }
            let spent = before.minus(world.payer.account.balance).unwrap().micros();
            let expected = cents(events, charges_overrun);
            assert_eq!(spent, expected.unwrap_or(0) * 10_000, "{set_up} {events:?}");
            assert_eq!(world.payer.account.held.is_zero(), expected.is_some(), "{set_up} {events:?}");
        }
    }
}
