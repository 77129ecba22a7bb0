//! Ends that are told after the session ended without them.

use crate::tables::play;

const FINE: &str = r#""price_per_minute": "0.60", "increment_seconds": 1"#;

#[test]
fn lost_and_lapsed_sessions_are_corrected() {
    for (set_up, steps, expected) in [
        // Never beyond the last proof of life; then the difference, once.
        ("prepaid=5", "lose@40 settle@55 settle@55", "the session ended at 2026-02-03T10:00:55Z, for 0.55"),
        ("prepaid=5", "lose@40 settle@30", "lost charged 0.40 | charged 0.30"),
        ("prepaid=5", "lose@40 settle@85", "lost charged 0.40 | charged 0.60, overrun 25"),
        ("prepaid=5", "lose@-1 settle@9", "lost charged 0.00 | charged 0.09"),
        ("prepaid=5", "lose@40 lose@50", "lost charged 0.40 | the session ended at 2026-02-03T10:00:40Z, for 0.40"),
        ("prepaid=5", "lose@40 extend@41", "lost charged 0.40 | the session ended at 2026-02-03T10:00:40Z"),
        // At most what is available.
        ("prepaid=5", "lose@40 fact@50=-4.55 settle@55", "balance 0.05 | charged 0.45, uncollected 0.10"),
        ("prepaid=5", "lose@40 fact@50=-9 settle@55", "balance -4.40 | charged 0.40, uncollected 0.15"),
    ] {
        let steps = format!("authorize answer@0 {steps}");
        play(&[(FINE, set_up, &steps, expected)]);
    }
    play(&[
        (FINE, "prepaid=5", "authorize expire@119", "held 0.60 to 60 of 500 | the session may still be answered"),
        (FINE, "prepaid=5", "authorize expire@120 answer@9", "the session ended at 2026-02-03T10:02:00Z"),
        (FINE, "prepaid=5", "authorize answer@120", "the session lapsed at 2026-02-03T10:02:00Z"),
        (
            FINE,
            "prepaid=5",
            "authorize expire@120 settle@119..150 settle@119..150",
            "the session ended at 2026-02-03T10:02:30Z, for 0.31",
        ),
        (FINE, "prepaid=5", "authorize expire@120 settle@150", "the session ended at 2026-02-03T10:02:00Z, for 0.00"),
        // Nothing was granted to an answer that comes too late.
        (FINE, "prepaid=5", "authorize settle@120..150", "held 0.60 to 60 of 500 | charged 0.00, overrun 30"),
        (FINE, "postpaid=none", "authorize expire@130 settle@120..150", "charged 0.30, overrun 30"),
        (FINE, "prepaid=5", "authorize lose@50 settle@10..30", "lost charged 0.00 | charged 0.20"),
        (FINE, "prepaid=5", "authorize release@9 settle@5..30", "the session ended at 2026-02-03T10:00:09Z, for 0.00"),
        // Free seconds too.
        (FINE, "prepaid=1 agent grant=50", "authorize answer@0 lose@40 settle@55", "charged 0.05, free 50"),
        (
            r#""price_per_minute": "0.60", "increment_seconds": 1, "free_below_seconds": 10"#,
            "prepaid=1 agent grant=50",
            "authorize answer@0 lose@5 settle@55",
            "charged 0.05, free 50",
        ),
    ]);
}
