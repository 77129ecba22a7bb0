//! The real binary, run as a user runs it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may panic")]

#[allow(dead_code, reason = "shared with the tests of other crates")]
#[path = "../../../storage/tests/databases/mod.rs"]
mod databases;

mod configuration;
mod import;
mod quote;
mod run;
mod serve;
