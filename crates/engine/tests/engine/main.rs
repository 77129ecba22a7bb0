//! The use cases, through their public doors: each case runs on SQLite and on PostgreSQL.

#[path = "../../../storage/tests/databases/mod.rs"]
mod databases;
mod world;

mod agents;
mod allowances;
mod calls;
mod decks;
