//! Charging calls while they run: tables of cases, all orders of events, and properties against a naive second opinion.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may panic")]

mod corrections;
mod many;
#[path = "../oracle/mod.rs"]
mod oracle;
mod orders;
mod properties;
#[path = "../oracle/requests.rs"]
mod requests;
mod tables;
mod talk_time;
mod world;
