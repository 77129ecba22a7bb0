//! The use cases, through their public doors: each case runs on SQLite and on PostgreSQL.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may panic")]

#[path = "../../../storage/tests/databases/mod.rs"]
mod databases;
mod world;

mod agents;
mod allowances;
mod calls;
mod decks;
mod imports;
