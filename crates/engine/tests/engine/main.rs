//! The use cases, through their public doors: each case runs on SQLite and on PostgreSQL.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may panic")]

#[path = "../../../storage/tests/databases/mod.rs"]
mod databases;
#[path = "../switch_contract/mod.rs"]
mod switch_contract;
mod world;

mod agent_numbers;
mod agents;
mod alerts;
mod allowances;
mod billing;
mod blocks;
mod books;
mod calls;
mod charging;
mod customers;
mod decks;
mod earnings;
mod idempotency;
mod imports;
mod jobs;
mod keys;
mod ledger;
mod lines;
mod maintenance;
mod messages;
mod months;
mod nodes;
mod payments;
mod people;
mod phones;
mod plans;
mod pots;
mod presence;
mod reach;
mod recordings;
mod reminders;
mod retries;
mod swaps;
mod switching;
mod telephony;
mod tenancy;
mod tenants;
mod vouchers;
mod webhooks;
