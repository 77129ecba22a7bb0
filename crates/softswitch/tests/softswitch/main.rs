//! The built-in exchange through its door: phones that speak Socket.IO over a real socket, with a real engine behind, on SQLite and on
//! PostgreSQL.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may panic")]

mod bench;
mod client;
#[path = "../../../storage/tests/databases/mod.rs"]
#[allow(dead_code, reason = "other tests use the rest")]
mod databases;
#[path = "../../../engine/tests/scenarios/mod.rs"]
#[allow(dead_code, reason = "other switches use the rest")]
mod scenarios;
#[path = "../../../engine/tests/switch_contract/mod.rs"]
#[allow(dead_code, reason = "other switches use the rest")]
mod switch_contract;
#[path = "../../../engine/tests/engine/world.rs"]
#[allow(dead_code, reason = "other tests use the rest")]
mod world;

mod absence;
mod bad_input;
mod call_backs;
mod calls;
mod contract;
mod groups;
mod messages;
mod registering;
mod voices;
mod worked;
