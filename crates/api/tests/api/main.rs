//! The API over real HTTP, on SQLite and on PostgreSQL.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may panic")]

#[allow(dead_code, reason = "of what other crates' tests need, these take the databases alone")]
#[path = "../../../storage/tests/databases/mod.rs"]
mod databases;
mod operations;
mod person;
mod recordings;
mod records;
mod reminders;
mod service;

mod agent_imports;
mod automatic_top_ups;
mod bank;
mod billing;
mod books;
mod calendars;
mod callable;
mod calls;
mod carried;
mod charging;
mod connections;
mod csrf;
mod customers;
mod decks;
mod document;
mod earnings;
mod edits;
mod einvoices;
mod events;
mod export;
mod groups;
mod guard;
mod history;
mod hostile;
mod idempotency;
mod imports;
mod invoices;
mod items;
mod jobs;
mod lines;
mod links;
mod live;
mod maintenance;
mod members;
mod messages;
mod money;
mod months;
mod overview;
mod pages;
mod paging;
mod payout_files;
mod phones;
mod plans;
mod pots;
mod presence;
mod privacy;
mod problems;
mod quotes;
mod reports;
mod reversals;
mod rosters;
mod sessions;
mod settings;
mod sign_in;
mod sms;
mod sounds;
mod suspensions;
mod swaps;
mod talk_time;
mod telephony;
mod top_ups;
mod vouchers;
mod walk;
mod webhooks;
