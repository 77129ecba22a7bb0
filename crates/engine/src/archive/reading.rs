//! An archive, read through.

use std::collections::BTreeMap;
use std::io::{self, Read};

use serde::Deserialize;
use storage::backup::{self, Table};

use super::packing::Unpacker;
use super::{ArchiveError, End, FORMAT, Head, Mark, Progress, Summary};

/// Bytes of rows that are handed on at once.
const BATCH: usize = 1 << 20;

/// An archive whose head was read.
pub(super) struct Archive<R: Read> {
    pub(super) head: Head,
    text: Unpacker<R>,
    /// The rows of each table so far.
    rows: BTreeMap<String, u64>,
    all: u64,
}

/// What comes next in an archive.
pub(super) enum Part {
    /// Some rows of the table that was named last.
    Rows,
    /// Another table begins.
    Table(Table),
    /// That was all, and it is whole.
    End(Summary),
}

/// What every format of an archive says first.
#[derive(Deserialize)]
struct Format {
    tollgate_archive: u32,
    program: String,
}

impl<R: Read> Archive<R> {
    /// Reads the head.
    pub(super) fn open(packed: R) -> Result<Self, ArchiveError> {
        let mut text = Unpacker::of(packed);
        let line = match text.next() {
            Ok(line) => line.ok_or(ArchiveError::CutOff)?,
            Err(error) if matches!(error.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData) => {
                return Err(ArchiveError::NotAnArchive("it is not packed by gzip".to_owned()));
            }
            Err(error) => return Err(fault(error)),
        };
        let unread =
            |fault: serde_json::Error| ArchiveError::NotAnArchive(format!("its first line is not one: {fault}"));
        let format: Format = serde_json::from_slice(line).map_err(unread)?;
        let later = |what, found, known| ArchiveError::Later { program: format.program.clone(), what, found, known };
        if format.tollgate_archive > FORMAT {
            return Err(later("format", format.tollgate_archive.into(), FORMAT.into()));
        }
        let head: Head = serde_json::from_slice(line).map_err(unread)?;
        if head.schema > backup::known() {
            return Err(later("schema", head.schema, backup::known()));
        }
        text.count();
        Ok(Archive { head, text, rows: BTreeMap::new(), all: 0 })
    }

    /// The next part; its rows are put behind what is in `rows`.
    pub(super) fn next(&mut self, table: Option<&str>, rows: &mut Vec<u8>) -> Result<Part, ArchiveError> {
        loop {
            if rows.len() >= BATCH {
                return Ok(Part::Rows);
            }
            let line = self.text.next().map_err(fault)?.ok_or(ArchiveError::CutOff)?;
            if let (Some(table), true) = (table, line.starts_with(b"[")) {
                rows.extend_from_slice(line);
                self.text.count();
                self.all += 1;
                *self.rows.get_mut(table).ok_or(ArchiveError::CutOff)? += 1;
                continue;
            }
            let mark = serde_json::from_slice(line)
                .map_err(|fault| ArchiveError::Damaged(format!("a line cannot be read: {fault}")))?;
            match mark {
                Mark::Table(table) => {
                    self.text.count();
                    if self.rows.insert(table.name.clone(), 0).is_some() {
                        return Err(ArchiveError::Damaged(format!("the table {} is in it twice", table.name)));
                    }
                    return Ok(Part::Table(table));
                }
                Mark::End(end) => return self.end(end).map(Part::End),
            }
        }
    }

    fn end(&mut self, end: End) -> Result<Summary, ArchiveError> {
        let sha256 = self.text.hash();
        if end.sha256 != sha256 {
            return Err(ArchiveError::Damaged("its SHA-256 is another than it says".to_owned()));
        }
        if end.rows != self.rows {
            return Err(ArchiveError::Damaged("it has other numbers of rows than it says".to_owned()));
        }
        if !self.text.is_at_end().map_err(fault)? {
            return Err(ArchiveError::Damaged("something follows its end".to_owned()));
        }
        Ok(Summary { head: self.head.clone(), rows: std::mem::take(&mut self.rows), sha256 })
    }

    /// How far it is, in a table.
    pub(super) fn progress<'a>(&self, table: &'a str) -> Progress<'a> {
        Progress { table, rows: self.all }
    }
}

/// What went wrong with the file, or with what is packed in it.
fn fault(error: io::Error) -> ArchiveError {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => ArchiveError::CutOff,
        io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData => ArchiveError::Damaged(error.to_string()),
        _ => ArchiveError::Io(error),
    }
}

/// Reads an archive through without a database: whether it is whole, unchanged, and every row one of its table.
///
/// # Errors
/// It is not, or of a later program, or cannot be read.
pub fn verify(packed: impl Read, mut progress: impl FnMut(Progress)) -> Result<Summary, ArchiveError> {
    let mut archive = Archive::open(packed)?;
    let (mut table, mut rows): (Option<Table>, _) = (None, Vec::new());
    loop {
        let part = archive.next(table.as_ref().map(|table| table.name.as_str()), &mut rows)?;
        if let Some(table) = &table {
            backup::check(table, &rows)?;
            progress(archive.progress(&table.name));
        }
        rows.clear();
        match part {
            Part::Rows => {}
            Part::Table(next) => table = Some(next),
            Part::End(summary) => return Ok(summary),
        }
    }
}
