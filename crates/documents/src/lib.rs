//! Data to bytes: what leaves Tollgate as a file for people and spreadsheets.

mod calls;
mod csv_row;

pub use calls::{CallRow, calls_csv, calls_csv_header};
pub use csv_row::CsvError;
