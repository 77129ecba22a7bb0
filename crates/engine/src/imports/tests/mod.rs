//! The readers, by tables: a file, and what becomes of each of its rows.

mod any_bytes;
mod asterisk_rows;
mod json_rows;
mod mapped_rows;

use std::io::Cursor;

use domain::money::Currency;
use domain::time::Zone;

use super::row::{Reject, Row};
use super::rows::Rows;
use super::{CustomerBy, Format, ImportError, Mapping, Options};
use crate::calls::Payer;
use crate::tenants::Settings;

pub(super) fn asterisk() -> Options {
    Options::of(Format::AsteriskCsv { customer_by: CustomerBy::AccountCode })
}

pub(super) fn csv(mapping: &str) -> Options {
    Options::of(Format::Csv { mapping: Mapping::parse(mapping.split(' ')).unwrap() })
}

/// The rows of a file, read by a tenant in Berlin.
pub(super) fn rows(options: &Options, file: &[u8]) -> Result<Vec<Result<Row, Reject>>, ImportError> {
    let settings = Settings::new(Currency::parse("EUR").unwrap(), Zone::named("Europe/Berlin").unwrap());
    let mut rows = Rows::of(Cursor::new(file.to_vec()), options, &settings)?;
    let mut read = Vec::new();
    while let Some(row) = rows.next()? {
        read.push(row);
    }
    Ok(read)
}

/// Each row in a line: where it stands, who pays, when the talk began (in UTC), how long it lasted, how it went; or why it cannot
/// be used.
pub(super) fn told(options: &Options, file: &[u8]) -> Vec<String> {
    let tell = |row: Result<Row, Reject>| match row {
        Err(reject) => format!("{}! {}", reject.line, reject.reason),
        Ok(row) => {
            let call = &row.call;
            let payer = match &call.payer {
                Payer::Account(code) => format!("account {code}"),
                Payer::Number(number) => format!("number {number}"),
                Payer::Line(id) => format!("line {id}"),
            };
            let talk = call.answered_at.map_or(format!("ends {}", call.ended_at), |answered_at| {
                format!("{answered_at} {} ms", call.ended_at.millis_since(answered_at))
            });
            let (from, to, how) = (&call.from, &call.to, call.disposition.name());
            let twice = if row.ambiguous { ", ambiguous" } else { "" };
            format!("{}: {payer}, {from} to {to}, {talk}, {how}{twice}", row.line)
        }
    };
    rows(options, file).unwrap().into_iter().map(tell).collect()
}

pub(super) fn origins(options: &Options, file: &[u8]) -> Vec<String> {
    rows(options, file).unwrap().into_iter().map(|row| row.unwrap().call.origin).collect()
}
