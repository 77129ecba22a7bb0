//! Imports of files: finished calls from a switch's records; customers, lines and opening balances from another system.
//!
//! A file of calls is read row by row: a row that cannot be used is a [`Reject`] with its line and its reason, and the rest goes
//! on. Rows are recorded in chunks, one transaction each. Every call has an origin that follows from the file alone, so that an
//! import that was broken off is simply run again: what is on record already is passed over.

mod asterisk;
mod carried;
mod conversations;
pub mod customers;
mod encoding;
mod facts;
#[cfg(any(test, fuzzing))]
pub(crate) mod fuzzed;
mod jsonl;
mod lines;
mod listed;
mod mapped;
mod mapping;
mod options;
mod records;
mod refusal;
mod row;
mod rows;
mod run;
mod strangers;
mod summary;
mod times;

#[cfg(test)]
mod tests;

use std::io;

pub use asterisk::{CustomerBy, live_origin};
pub use encoding::{Encoding, UnknownEncoding};
pub use lines::{Most, fits};
pub use listed::{ImportRun, get, page};
pub use mapping::{Mapping, MappingError};
pub use options::{Format, Options};
pub use row::Reject;
pub use run::{Output, Phase, Progress, Source, run};
pub use summary::{AccountSummary, Ambiguous, RefusedCustomer, Summary};

use domain::time::UnknownZone;

use crate::calls::CallError;
use crate::customers::CustomerError;
use crate::lines::LineError;
use crate::payments::PaymentError;
use crate::plans::PlanError;
use crate::tenants::TenantError;

/// Why an import is not begun, or was broken off.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// There is no such import.
    #[error("there is no import {0}")]
    NotFound(String),
    /// Lines are to be made without a plan.
    #[error("customers and lines are to be made (--create-missing), but the plan of the lines is not given (--plan)")]
    PlanMissing,
    /// A plan is given, but no lines are to be made.
    #[error("a plan is given (--plan), but no customers and lines are to be made (--create-missing)")]
    PlanWithoutUse,
    /// The switch's name cannot be part of an origin.
    #[error("\"{0}\" is no name of a switch: it has 60 characters at most, and neither a colon nor control characters")]
    SystemName(String),
    /// There is no such zone.
    #[error(transparent)]
    Zone(#[from] UnknownZone),
    /// The mapping does not fit.
    #[error(transparent)]
    Mapping(#[from] MappingError),
    /// The file is no table of customers.
    #[error(transparent)]
    Table(#[from] customers::TableError),
    /// The plan cannot be had.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// The tenant's settings could not be read.
    #[error(transparent)]
    Tenant(#[from] TenantError),
    /// A customer could not be made.
    #[error(transparent)]
    Customer(#[from] CustomerError),
    /// An opening balance could not be posted.
    #[error(transparent)]
    Payment(#[from] PaymentError),
    /// A line could not be opened.
    #[error(transparent)]
    Line(#[from] LineError),
    /// The calls could not be recorded.
    #[error(transparent)]
    Call(#[from] CallError),
    /// The file has more lines than are taken.
    #[error("the file has more than {0} lines: send it in parts")]
    TooManyRows(u64),
    /// The file has more bytes, once it is unpacked, than are taken.
    #[error("the file has more than {0} bytes when it is unpacked: send it in parts")]
    TooManyBytes(u64),
    /// The file cannot be read.
    #[error("the file cannot be read: {0}")]
    Read(#[from] io::Error),
    /// The rejects cannot be written.
    #[error("the rejects cannot be written: {0}")]
    Rejects(io::Error),
    /// The database did not do it.
    #[error(transparent)]
    Storage(#[from] storage::Error),
}

impl storage::FromStorage for ImportError {
    fn storage_error(&self) -> Option<&storage::Error> {
        match self {
            Self::Storage(error) => Some(error),
            Self::Call(error) => error.storage_error(),
            Self::Customer(error) => error.storage_error(),
            Self::Payment(error) => error.storage_error(),
            Self::Line(error) => error.storage_error(),
            Self::Plan(error) => error.storage_error(),
            Self::Tenant(error) => error.storage_error(),
            _ => None,
        }
    }
}
