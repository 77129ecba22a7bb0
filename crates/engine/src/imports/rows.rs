use std::collections::HashMap;
use std::io::{self, Read};

use super::asterisk::Asterisk;
use super::lines::{Line, LineEnd, Lines};
use super::mapped::Mapped;
use super::mapping::MappingError;
use super::options::{Format, Options};
use super::records::{Fields, LineBreaks, Record, Records};
use super::row::{Reject, Row, RowError};
use super::times::Times;
use super::{ImportError, jsonl};
use crate::calls::FinishedCall;
use crate::tenants::Settings;

/// The rows of a file of calls, of any format.
pub(super) struct Rows {
    reader: Reader,
    /// How often a row without an id of its own was seen, by its hash.
    seen: HashMap<String, u32>,
    /// The longest call that is believed.
    longest_call_seconds: u32,
}

enum Reader {
    Asterisk(Records, Asterisk),
    Csv(Records, Mapped),
    JsonLines(Lines, Options),
}

/// A call as a format's reader leaves it: still without its origin.
pub(super) struct Draft {
    pub(super) call: FinishedCall,
    pub(super) origin: Origin,
    pub(super) sequence: Option<u64>,
    pub(super) ambiguous: bool,
}

/// What a call is known by.
pub(super) enum Origin {
    /// An origin of its own.
    Own(String),
    /// A hash of its row: the ordinal among equal rows is to be added.
    Counted(String),
}

impl Rows {
    /// The rows of a file.
    ///
    /// # Errors
    /// The file cannot be read, or the mapping does not fit it.
    pub(super) fn of(
        file: impl Read + Send + 'static,
        options: &Options,
        settings: &Settings,
    ) -> Result<Rows, ImportError> {
        let lines = Lines::of(file)?;
        let times = Times { zone: options.zone(settings)? };
        let reader = match &options.format {
            Format::AsteriskCsv { customer_by } => {
                let records = Records::of(lines, options.encoding, LineBreaks::Never);
                let system = options.system.clone();
                let asterisk = Asterisk { system, customer_by: *customer_by, times, columns: 0 };
                Reader::Asterisk(records, asterisk)
            }
            Format::Csv { mapping } => {
                let mut records = Records::of(lines, options.encoding, LineBreaks::Quoted);
                let header = if mapping.needs_header() { Some(header(&mut records)?) } else { None };
                let header = header.as_ref().map(|header| &header.fields);
                let mapped = Mapped {
                    places: mapping.places(header)?,
                    system: options.system.clone(),
                    times,
                    columns: header.map(Fields::len),
                };
                Reader::Csv(records, mapped)
            }
            Format::JsonLines => Reader::JsonLines(lines, options.clone()),
        };
        Ok(Rows { reader, seen: HashMap::new(), longest_call_seconds: settings.longest_call_seconds })
    }

    /// How many bytes of the file have been read.
    pub(super) fn bytes_read(&self) -> u64 {
        match &self.reader {
            Reader::Asterisk(records, _) | Reader::Csv(records, _) => records.bytes_read(),
            Reader::JsonLines(lines, _) => lines.bytes_read(),
        }
    }

    /// The next row, or why the next one cannot be used.
    ///
    /// # Errors
    /// The file cannot be read.
    pub(super) fn next(&mut self) -> io::Result<Option<Result<Row, Reject>>> {
        let Some((line, raw, draft)) = self.reader.next()? else { return Ok(None) };
        let row = draft.and_then(|draft| self.finished(line, draft));
        Ok(Some(row.map_err(|error| Reject::new(line, &error, &raw))))
    }

    /// Gives a call its origin, and checks whether it can be believed.
    fn finished(&mut self, line: u64, draft: Draft) -> Result<Row, RowError> {
        let mut call = draft.call;
        call.origin = match draft.origin {
            Origin::Own(origin) => origin,
            Origin::Counted(hash) => {
                let ordinal = self.seen.entry(hash.clone()).or_default();
                *ordinal += 1;
                format!("{hash}:{ordinal}")
            }
        };
        call.check(self.longest_call_seconds)?;
        Ok(Row { line, call, sequence: draft.sequence, ambiguous: draft.ambiguous })
    }
}

/// A line's number, the row as it stands there, and what it says.
type Told = (u64, Vec<u8>, Result<Draft, RowError>);

impl Reader {
    fn next(&mut self) -> io::Result<Option<Told>> {
        match self {
            Reader::Asterisk(records, asterisk) => next_record(records, |record| asterisk.read(record)),
            Reader::Csv(records, mapped) => {
                records.columns = mapped.columns;
                next_record(records, |record| mapped.read(record))
            }
            Reader::JsonLines(lines, options) => next_json(lines, options),
        }
    }
}

fn next_record(
    records: &mut Records,
    read: impl FnOnce(&Record) -> Result<Draft, RowError>,
) -> io::Result<Option<Told>> {
    Ok(match records.next()? {
        None => None,
        Some((line, raw, Err(error))) => Some((line, raw, Err(error))),
        Some((line, raw, Ok(record))) => {
            let draft = read(&record);
            Some((line, raw, draft))
        }
    })
}

fn next_json(lines: &mut Lines, options: &Options) -> io::Result<Option<Told>> {
    loop {
        let Some(Line { number, bytes, end }) = lines.next()? else { return Ok(None) };
        if bytes.trim_ascii().is_empty() && matches!(end, LineEnd::Ended | LineEnd::FileEnded) {
            continue;
        }
        let draft = match end {
            LineEnd::TooLong => Err(RowError::TooLong),
            LineEnd::Damaged(error) => Err(RowError::Damaged(error)),
            LineEnd::Ended | LineEnd::FileEnded => match options.encoding.decode(&bytes) {
                Some(text) => jsonl::read(text.trim(), &options.system),
                None => Err(RowError::NotUtf8),
            },
        };
        return Ok(Some((number, bytes, draft)));
    }
}

/// The header line of a CSV file.
fn header(records: &mut Records) -> Result<Record, ImportError> {
    let no_header = |reason: String| MappingError::NoHeader(reason);
    match records.next()? {
        None => Err(no_header("the file is empty".to_owned()).into()),
        Some((_, _, Err(error))) => Err(no_header(error.to_string()).into()),
        Some((_, _, Ok(header))) => Ok(header),
    }
}
