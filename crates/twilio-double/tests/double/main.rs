//! The double, driven by our own client, by those of others, and by people on their phones.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may panic")]

mod callbacks;
mod charged;
mod client;
mod desk;
mod faults;
mod group;
mod libraries;
mod texts;
