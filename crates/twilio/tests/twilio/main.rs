//! Twilio's language, against its rules and against the libraries that Twilio gives to its customers.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may panic")]

mod documents;
mod fuzzed;
mod peers;
mod signatures;
mod webhooks;
