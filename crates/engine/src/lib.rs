//! Tollgate's use cases: load, decide by the rules of `domain`, save; one transaction each.
//!
//! A use case takes the [`Work`] it is part of (a transaction, who does it, and when) and answers a value or a refusal, which is
//! a value too: one enum a noun, one variant a reason. Nothing here knows of HTTP, of SQL, or of a provider.

mod actor;
mod changes;
mod clock;
mod fields;
mod ids;
mod measures;
mod network;
mod nodes;
mod secrets;
mod tries;
mod work;

pub mod accounts;
pub mod agent_imports;
pub mod agents;
pub mod alerts;
pub mod allowances;
pub mod archive;
pub mod audit;
pub mod bank;
pub mod billing;
pub mod blocks;
pub mod books;
pub mod calendars;
pub mod callable;
pub mod calls;
pub mod charging;

pub mod customers;
pub mod decks;

pub mod figures;
#[cfg(any(test, fuzzing))]
pub mod fuzzed;
pub mod groups;
pub mod idempotency;
pub mod imports;
pub mod inbound_numbers;
pub mod jobs;
pub mod keys;
pub mod ledger;
pub mod lines;
pub mod mailer;
pub mod maintenance;
pub mod messages;
pub mod months;
pub mod names;
pub mod notices;
pub mod numbers;
pub mod overview;
pub mod payments;
pub mod payouts;
pub mod people;
pub mod persons;
pub mod phone_checks;
pub mod plans;
pub mod presence;
pub mod prices;
pub mod ratings;
pub mod recordings;
pub mod refunds;
pub mod reminders;
pub mod reports;
pub mod sip_accounts;
pub mod sms;
pub mod sounds;
pub mod swaps;
pub mod switching;
pub mod tenants;
pub mod top_ups;
pub mod transfers;
pub mod trunk_routes;
pub mod trunks;
pub mod vouchers;
pub mod webhooks;

pub use actor::{Actor, Reach, Role, Roles};
pub use changes::{Change, ChangeKind, Hints, Unheard};
pub use clock::{Clock, SystemClock, TestClock};
pub use measures::Measures;
pub use storage::{Error as StorageError, FromStorage};
pub use work::{Engine, Scope, View, Work};
