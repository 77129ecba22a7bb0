use super::free::Pool;
use super::{AuthorizeRefused, CutOff, Facts, FreeTaken, Mode, Opening, Settings, authorize};
use crate::time::Instant;

/// How long a call could last that is authorized now, in seconds after its answer: what would be granted to a switch that cannot
/// move the end of a call, whenever it is answered. `None` where nothing limits it within the tenant's longest call.
///
/// # Errors
/// As [`authorize`].
pub fn talk_time(facts: &Facts<'_>, settings: &Settings, now: Instant) -> Result<Option<i64>, AuthorizeRefused> {
    // How the payer pays decides nothing before the end of a call.
    let opening = Opening { mode: Mode::Prepaid, cut_off: CutOff::Fixed };
    let granted = authorize(opening, facts, settings, now)?.session.granted;
    Ok(granted.seconds.filter(|seconds| *seconds < settings.longest_call_seconds.max(1)))
}

/// The free seconds that would serve a call which is answered now: grants or included minutes, whichever are for it.
#[must_use]
pub fn free_seconds(facts: &Facts<'_>, now: Instant) -> i64 {
    Pool::with_spare(&facts.free, &FreeTaken::default(), now).prospect(&facts.terms, now).free_seconds()
}
