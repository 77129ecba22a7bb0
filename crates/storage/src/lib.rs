//! The one door to the database: embedded SQLite, or PostgreSQL, behind one seam.
//!
//! Records are plain values: amounts in millionths, instants in milliseconds since 1970 (UTC), documents as JSON text. Every
//! function takes the transaction it runs in; nothing outside this crate sees SQL, a pool or a row.

mod batch;
mod error;
mod migrate;
mod postgres;
mod retry;
mod sqlite;
mod store;
mod transaction;

pub mod agents;
pub mod alerts;
pub mod allocations;
pub mod allowances;
pub mod audit;
pub mod bill_runs;
pub mod billing;
pub mod blocks;
pub mod books;
pub mod calendars;
pub mod calls;
pub mod carried;
pub mod charging;
pub mod conversation_numbers;
pub mod conversations;
pub mod customers;
pub mod decks;
pub mod documents;
pub mod earnings;
pub mod events;
#[doc(hidden)]
pub mod faults;
pub mod figures;
pub mod flows;
pub mod group_calls;
pub mod groups;
pub mod idempotency;
pub mod imports;
pub mod inbound_numbers;
pub mod included;
pub mod incoming_sms;
pub mod items;
pub mod jobs;
pub mod keys;
pub mod ledger;
pub mod lines;
pub mod low_balances;
pub mod maintenance;
pub mod memberships;
pub mod messages;
pub mod overview;
pub mod payments;
pub mod payouts;
pub mod persons;
pub mod phone_checks;
pub mod phones;
pub mod plans;
pub mod presences;
pub mod ratings;
pub mod recordings;
pub mod reminders;
pub mod reratings;
pub mod rosters;
pub mod sessions;
pub mod sip_accounts;
pub mod sms;
pub mod sms_stops;
pub mod sounds;
pub mod suspensions;
pub mod swaps;
pub mod tenants;
pub mod tickets;
pub mod top_ups;
pub mod transcripts;
pub mod trunk_routes;
pub mod trunks;
pub mod unbilled;
pub mod usage;
pub mod users;
pub mod webhooks;

pub use error::Error;
pub use retry::{FromStorage, retry};
pub use store::{Engine, Store};
pub use transaction::{ReadTx, Tx, WriteTx};
