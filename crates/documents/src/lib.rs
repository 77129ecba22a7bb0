//! Data to bytes: what leaves Tollgate as a file or a mail for people and spreadsheets.

mod calls;
mod csv_row;
mod einvoice;
mod figures;
mod html;
mod icalendar;
mod mail;
mod notices;
mod payout_file;
mod pdf;
mod people;
mod render_error;
mod renderer;
mod reports;
mod samples;
mod sheet;
mod templates;
mod texts;

pub use calls::{CallRow, calls_csv, calls_csv_header};
pub use csv_row::CsvError;
pub use icalendar::icalendar;
pub use mail::{MailBody, MailKind, mail};
pub use payout_file::{payout_file_csv, payout_file_xml};
pub use render_error::{Fault, RenderError};
pub use reports::{
    aged_debt_csv, destinations_csv, journal_csv, journal_csv_header, liabilities_csv, revenue_csv, trial_balance_csv,
};
pub use templates::{TemplateError, Templates};
