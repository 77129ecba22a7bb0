//! What fuzzing feeds, a function for each kind of file: it panics where a reader does, or where what was read is not as it must be. No part of
//! the program; `fuzz/` calls it, and the tests run its seeds.

pub use crate::bank::fuzzed::bank_files;
pub use crate::calendars::fuzzed::calendar_files;
pub use crate::imports::fuzzed::call_files;

#[cfg(test)]
#[path = "../../../fuzz/seeds.rs"]
mod seeds;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_seed_is_read_without_harm() {
        for (target, run) in
            [("call_files", call_files as fn(&[u8])), ("bank_files", bank_files), ("calendar_files", calendar_files)]
        {
            seeds::of(target).iter().for_each(|seed| run(seed));
        }
    }
}
