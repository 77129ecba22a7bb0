//! Data for the benchmarks: the same in every run.

mod calls;
mod prefixes;
mod random;
mod records;

pub(crate) use calls::{TestCall, calls, talk_millis};
pub(crate) use prefixes::{Prefixes, deck_csv};
pub(crate) use random::Random;
pub(crate) use records::{Payers, Range, RecordSums, account_code, cdr_csv, line_number};
