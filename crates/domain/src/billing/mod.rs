//! Bills: what stands on an invoice, what settles it, when its customer is reminded and suspended.

mod aging;
mod bill;
mod dunning;
mod settle;
mod spans;

pub use aging::aging;
pub use bill::{Bill, DraftLine, Taxed, bill};
pub use dunning::{Dunning, Reminder, Reminders, Unpaid, due_on, dunning};
pub use settle::{Settled, settle};
pub use spans::{full_period, subscriptions};
