//! The adapter and a real Asterisk, which `scripts/setup.sh asterisk` fetches; where there is none, each test says that it is skipped.
//! Those in `replay` need none.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may panic")]

mod bench;
#[path = "../../../storage/tests/databases/mod.rs"]
#[allow(dead_code, reason = "other tests use the rest")]
mod databases;
mod pbx;
#[path = "../../../engine/tests/scenarios/mod.rs"]
#[allow(dead_code, reason = "other switches use the rest")]
mod scenarios;
#[path = "../../../engine/tests/switch_contract/mod.rs"]
#[allow(dead_code, reason = "other switches use the rest")]
mod switch_contract;
#[path = "../../../engine/tests/engine/world.rs"]
#[allow(dead_code, reason = "other tests use the rest")]
mod world;

mod calls;
mod contract;
mod early_media;
mod examine;
mod groups;
mod inbound;
mod paid;
mod recordings;
mod records;
mod replay;
mod restarts;
mod sent_on;
mod several;
mod shown_outside;
mod smoke;
mod trunks;
mod worked;
