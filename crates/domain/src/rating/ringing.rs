use super::Terms;
use crate::time::Instant;

/// The instants from `from` on and before `until` at which a call would have to be answered, so that every price of its first
/// `seconds` that an answer in between could give is given by one of them.
///
/// Windows change at whole seconds, and increments begin whole seconds after the answer: answers within one second of the clock
/// are charged alike. So the first instant and the whole seconds after it are all that matter, and the first one alone where no
/// window changes within reach.
pub(crate) fn answers_in_reach(terms: &Terms<'_>, from: Instant, until: Instant, seconds: i64) -> Vec<Instant> {
    let mut answers = vec![from];
    if changes(terms, from, Instant::clamped(until.millis().saturating_add(seconds.saturating_mul(1000)))) {
        let whole = (from.seconds() + 1..).map(|second| Instant::clamped(second * 1000));
        answers.extend(whole.take_while(|at| *at < until));
    }
    answers
}

/// Whether another discount period may be in force before the end.
fn changes(terms: &Terms<'_>, from: Instant, end: Instant) -> bool {
    let Some(schedule) = terms.schedule else { return false };
    let position = |at| {
        let in_force = schedule.at(at);
        (in_force.period.map(|(position, _)| position), in_force.until.saturating_mul(1000))
    };
    let (first, mut until) = position(from);
    while until < end.millis() {
        let (period, next) = position(Instant::clamped(until));
        if period != first {
            return true;
        }
        until = next;
    }
    false
}
