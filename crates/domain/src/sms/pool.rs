//! Which number of a pool somebody gets.

use crate::time::Instant;

/// For how long nothing must have gone by a number before another conversation may have it, in milliseconds: 7 days.
const SILENT_MILLIS: i64 = 7 * 86_400_000;

/// A number of a pool that somebody holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// The number.
    pub number: String,
    /// When a message went by it last.
    pub used_at: Instant,
}

/// Which number of a pool may be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next<'a> {
    /// This one, which nobody holds.
    Free(&'a str),
    /// This one, whose holder has been silent the longest.
    Silent(&'a str),
    /// None: all are in use.
    Exhausted,
}

/// The number of a pool that the next one gets: the first that nobody holds, else the one that has been silent the longest, and for seven days at least.
/// What is held of numbers that are in the pool no more counts for nothing.
#[must_use]
pub fn next<'a>(pool: &'a [String], held: &[Held], now: Instant) -> Next<'a> {
    let used_at = |number: &String| held.iter().find(|held| held.number == *number).map(|held| held.used_at);
    if let Some(free) = pool.iter().find(|number| used_at(number).is_none()) {
        return Next::Free(free);
    }
    let silent_since = |at: &Instant| at.millis() <= now.millis().saturating_sub(SILENT_MILLIS);
    let silent = pool.iter().filter_map(|number| Some((used_at(number).filter(silent_since)?, number)));
    silent.min_by_key(|(at, _)| *at).map_or(Next::Exhausted, |(_, number)| Next::Silent(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_gets_which_number_by_table() {
        let pool = ["+1", "+2"].map(str::to_owned);
        let now = Instant::parse("2026-03-09T12:00:00Z").unwrap();
        for (held, expected) in [
            (vec![], Next::Free("+1")),
            (vec![("+1", "2026-03-09T11:00:00Z")], Next::Free("+2")),
            (vec![("+2", "2026-01-01T00:00:00Z")], Next::Free("+1")),
            (vec![("+1", "2026-03-02T12:00:00.001Z"), ("+2", "2026-03-09T12:00:00Z")], Next::Exhausted),
            (vec![("+1", "2026-03-02T12:00:00Z"), ("+2", "2026-03-09T12:00:00Z")], Next::Silent("+1")),
            (vec![("+1", "2026-03-02T12:00:00Z"), ("+2", "2026-03-01T12:00:00Z")], Next::Silent("+2")),
            // One that was taken out of the pool.
            (vec![("+9", "2026-01-01T00:00:00Z"), ("+1", "2026-03-09T12:00:00Z")], Next::Free("+2")),
        ] {
            let told: Vec<Held> = held
                .iter()
                .map(|(number, at)| Held { number: (*number).to_owned(), used_at: Instant::parse(at).unwrap() })
                .collect();
            assert_eq!(next(&pool, &told, now), expected, "{held:?}");
        }
        assert_eq!(next(&[], &[], now), Next::Exhausted);
    }
}
