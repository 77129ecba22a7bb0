//! Checkouts on both databases: the engine, our adapter for Stripe, its webhook over HTTP, and Stripe's double.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may panic")]

mod automatic;
#[path = "../../../storage/tests/databases/mod.rs"]
#[allow(dead_code, reason = "shared with other tests")]
mod databases;
mod desk;
mod libraries;
mod paying;
mod reversing;
mod signing;
#[path = "../../../engine/tests/engine/world.rs"]
#[allow(dead_code, reason = "shared with other tests")]
mod world;
