//! Bills: periods, invoices, what settles them, and what follows when nobody pays.
//!
//! A line has a running period. When it has ended, the bill run composes what goes on the invoice (fees, items, calls, what waited),
//! issues it under the next number, settles it by what was paid ahead, and begins the next period: all in one transaction in which
//! the customer's account is locked, so that no call can be posted to a period while it is billed. A call that comes later for a
//! period that is billed waits for the next invoice.

mod compose;
mod corrections;
mod deliver;
mod documents;
mod error;
mod failures;
mod files;
mod issue;
mod listing;
mod paper;
mod payout;
mod periods;
mod prepaid;
mod preview;
mod reminders;
mod run;
mod running_fees;
mod scheduled;
mod settle;
mod suspensions;
pub(crate) mod told;

pub use corrections::{NewCreditNote, credit_note, write_off};
pub use deliver::{DELIVER, Delivery, Letter, LetterText, Renderer, pdf, send_again, ubl};
pub use documents::{AllocationRecord, Document, DocumentState, find, get, page, settlements, unpaid};
pub use error::BillingError;
pub use failures::{Unbilled, failures};
pub(crate) use files::Catalogue;
pub use listing::calls;
pub(crate) use payout::payout_statement;
pub use periods::billing_day;
pub(crate) use periods::{begin, end};
pub(crate) use prepaid::{receipt, settle_fees};
pub use preview::{Preview, preview};
pub use reminders::remind;
pub use run::{BillRun, RunFailure, RunSummary, run, run_customer};
pub(crate) use running_fees::running_fees;
pub use running_fees::{RunningFee, RunningFees};
pub use scheduled::DailyBilling;
pub(crate) use settle::{settle_by, unsettle};
pub use storage::documents::DocumentFilter;
pub(crate) use suspensions::of_lines as suspensions;
pub use suspensions::{Reason, Suspended, lift, suspend};

pub mod items;

/// Bill runs.
pub mod runs {
    pub use super::run::{get, page};
}
