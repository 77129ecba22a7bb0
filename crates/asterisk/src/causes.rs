//! Why a channel ended, by what Asterisk says of it.

use domain::call_flow::{Cause, Leg};

use crate::channels::Step;

/// Why a leg ended. The causes 0 and 127 say nothing by themselves, and older Asterisks say 16 or 0 where newer ones say 19: what counts is whether
/// the leg was ever up.
pub(crate) fn of_end(q850: u16, leg: Leg, step: Step) -> Cause {
    if leg == Leg::FIRST || step == Step::Up {
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
        for (q850, leg, step, expected) in [
            (16, 1, Step::Up, Cause::HungUp),
            (17, 1, Step::Rings, Cause::Busy),
            (21, 1, Step::Rings, Cause::Busy),
            (19, 1, Step::Rings, Cause::NoAnswer),
            (0, 1, Step::Rings, Cause::NoAnswer),
            (1, 1, Step::Waits, Cause::NoRecipient),
            (18, 1, Step::Waits, Cause::Unreachable),
            (34, 1, Step::Waits, Cause::Congestion),
            (127, 0, Step::Waits, Cause::HungUp),
            (0, 0, Step::Up, Cause::HungUp),
        ] {
            assert_eq!(of_end(q850, Leg(leg), step), expected, "{q850} of {leg:?} at {step:?}");
        }
    }
}
