//! Why a channel ended, by what Asterisk says of it.

use domain::call_flow::Cause;

use crate::channels::Step;
use crate::names;

/// Why a leg ended. The causes 0 and 127 say nothing by themselves, and older Asterisks say 16 or 0 where newer ones say 19: what counts is whether
/// the leg was ever up, or came in.
pub(crate) fn of_end(q850: u16, channel: &str, step: Step) -> Cause {
    if !names::is_ours(channel) || step == Step::Up {
        return Cause::HungUp;
    }
    match q850 {
        17 | 21 => Cause::Busy,
        1 | 3 | 28 => Cause::NoRecipient,
        18 | 20 | 22 | 27 => Cause::Unreachable,
        34 | 38 | 41 | 42 | 44 | 58 => Cause::Congestion,
        _ => Cause::NoAnswer,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cause_counts_together_with_how_far_the_leg_was() {
        for (q850, is_ours, step, expected) in [
            (16, true, Step::Up, Cause::HungUp),
            (17, true, Step::Rings, Cause::Busy),
            (21, true, Step::Rings, Cause::Busy),
            (19, true, Step::Rings, Cause::NoAnswer),
            (0, true, Step::Rings, Cause::NoAnswer),
            (1, true, Step::Waits, Cause::NoRecipient),
            (18, true, Step::Waits, Cause::Unreachable),
            (34, true, Step::Waits, Cause::Congestion),
            (127, false, Step::Waits, Cause::HungUp),
            (0, false, Step::Up, Cause::HungUp),
        ] {
            let channel = if is_ours { "tollgate-1795166377.45-1" } else { "1795166377.45" };
            assert_eq!(of_end(q850, channel, step), expected, "{q850} of {channel} at {step:?}");
        }
    }
}
