use domain::rating::Talk;
use domain::time::{Instant, InstantError};

use super::{Prefixes, Random};

/// A call to be rated.
pub(crate) struct TestCall {
    pub(crate) from: String,
    /// The digits called.
    pub(crate) to: String,
    pub(crate) started_at: Instant,
    pub(crate) talk: Talk,
}

/// 2026-10-01T00:00:00Z.
const MONTH_BEGINS: i64 = 1_790_812_800_000;
const MONTH_MILLIS: u64 = 31 * 86_400_000;

/// So many answered calls of a month, one after the other, to numbers that begin with the prefixes.
pub(crate) fn calls(count: usize, prefixes: &Prefixes) -> Result<Vec<TestCall>, InstantError> {
    let mut random = Random::seeded(4);
    let mut starts: Vec<u64> = (0..count).map(|_| random.below(MONTH_MILLIS)).collect();
    starts.sort_unstable();
    let call = |start: u64| {
        let started_at = Instant::from_millis(MONTH_BEGINS + i64::try_from(start).unwrap_or(0))?;
        let answered_at = started_at.plus_millis(signed(random.below(20_000)))?;
        Ok(TestCall {
            from: format!("+1416555{}", random.digits(4)),
            to: prefixes.number(&mut random),
            started_at,
            talk: Talk { answered_at, millis: signed(talk_millis(&mut random)) },
        })
    };
    starts.into_iter().map(call).collect()
}

/// How long people talk: most for a minute or two, some for an hour.
pub(crate) fn talk_millis(random: &mut Random) -> u64 {
    let longest = *random.pick(&[60_000, 120_000, 120_000, 300_000, 600_000, 3_600_000]);
    1 + random.below(longest)
}

fn signed(millis: u64) -> i64 {
    i64::try_from(millis).unwrap_or(0)
}
