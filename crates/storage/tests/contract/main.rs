//! What every database has to do alike: each case runs on SQLite and on PostgreSQL.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "../databases/mod.rs"]
mod databases;
mod records;

mod agents;
mod allowances;
mod audit;
mod backups;
mod books;
mod calendars;
mod calls;
mod carried;
mod contention;
mod customers;
mod decks;
mod earnings;
mod faults;
mod group_calls;
mod idempotency;
mod imports;
mod included;
mod jobs;
mod keys;
mod ledger;
mod lines;
mod months;
mod opening;
mod outages;
mod payments;
mod payout_files;
mod persons;
mod planner;
mod plans;
mod queue;
mod recorder;
mod recordings;
mod reminders;
mod reratings;
mod rosters;
mod sms;
mod stretches;
mod swaps;
mod telephony;
mod tenants;
mod texts;
mod vouchers;
mod webhooks;
