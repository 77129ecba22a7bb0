//! A row as a line of text.

use std::borrow::Cow;
use std::fmt;
use std::io::Write;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::de::{self, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use sqlx::{ColumnIndex, Decode, Row};

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Whole numbers of 64 bits.
    Number,
    /// Texts.
    Text,
    /// Bytes, written as Base64.
    Bytes,
}

/// A line that is no row of its table.
#[derive(Debug, thiserror::Error)]
#[error("a row of the table {table} cannot be read: {fault}")]
pub struct Misshapen {
    /// Whose row it should be.
    pub table: String,
    /// What is wrong with it.
    pub fault: serde_json::Error,
}

/// What stands in a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Cell<'a> {
    Null,
    Number(i64),
    Text(Cow<'a, str>),
    Bytes(Vec<u8>),
}

/// Writes a row behind what is there.
pub(super) fn write<'r, R>(row: &'r R, kinds: &[Kind], line: &mut Vec<u8>) -> Result<(), sqlx::Error>
where
    R: Row,
    usize: ColumnIndex<R>,
    Option<i64>: Decode<'r, R::Database>,
    Option<&'r str>: Decode<'r, R::Database>,
    Option<&'r [u8]>: Decode<'r, R::Database>,
{
    for (at, kind) in kinds.iter().enumerate() {
        line.push(if at == 0 { b'[' } else { b',' });
        let written = match kind {
            Kind::Number => row.try_get_unchecked::<Option<i64>, _>(at)?.map(|number| write!(line, "{number}")),
            Kind::Text => row
                .try_get_unchecked::<Option<&str>, _>(at)?
                .map(|text| serde_json::to_writer(&mut *line, text).map_err(std::io::Error::from)),
            Kind::Bytes => row
                .try_get_unchecked::<Option<&[u8]>, _>(at)?
                .map(|bytes| write!(line, "\"{}\"", BASE64_STANDARD.encode(bytes))),
        };
        match written {
            Some(outcome) => outcome?,
            None => line.extend_from_slice(b"null"),
        }
    }
    line.extend_from_slice(b"]\n");
    Ok(())
}

/// Reads a row of columns of these kinds.
pub(super) fn read<'a>(line: &'a [u8], kinds: &[Kind]) -> Result<Vec<Cell<'a>>, serde_json::Error> {
    let mut reader = serde_json::Deserializer::from_slice(line);
    let cells = reader.deserialize_seq(Cells(kinds))?;
    reader.end()?;
    Ok(cells)
}

struct Cells<'k>(&'k [Kind]);

impl<'de> Visitor<'de> for Cells<'_> {
    type Value = Vec<Cell<'de>>;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "an array of {} fields", self.0.len())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut fields: A) -> Result<Self::Value, A::Error> {
        let mut cells = Vec::with_capacity(self.0.len());
        for (at, kind) in self.0.iter().enumerate() {
            let missing = || de::Error::invalid_length(at, &self);
            let cell = match kind {
                Kind::Number => {
                    fields.next_element::<Option<i64>>()?.ok_or_else(missing)?.map_or(Cell::Null, Cell::Number)
                }
                Kind::Text => fields
                    .next_element::<Option<Text>>()?
                    .ok_or_else(missing)?
                    .map_or(Cell::Null, |text| Cell::Text(text.0)),
                Kind::Bytes => match fields.next_element::<Option<Text>>()?.ok_or_else(missing)? {
                    Some(text) => Cell::Bytes(BASE64_STANDARD.decode(text.0.as_bytes()).map_err(de::Error::custom)?),
                    None => Cell::Null,
                },
            };
            cells.push(cell);
        }
        match fields.next_element::<de::IgnoredAny>()? {
            Some(_) => Err(de::Error::invalid_length(self.0.len() + 1, &self)),
            None => Ok(cells),
        }
    }
}

/// A text that is borrowed where it can be.
#[derive(Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

/// Writes the fields as a line of PostgreSQL's COPY in its text format.
pub(super) fn copy(cells: &[Cell], out: &mut Vec<u8>) -> std::io::Result<()> {
    for (at, cell) in cells.iter().enumerate() {
        if at > 0 {
            out.push(b'\t');
        }
        match cell {
            Cell::Null => out.extend_from_slice(br"\N"),
            Cell::Number(number) => write!(out, "{number}")?,
            Cell::Text(text) => escape(text, out),
            Cell::Bytes(bytes) => {
                out.extend_from_slice(br"\\x");
                for byte in bytes {
                    write!(out, "{byte:02x}")?;
                }
            }
        }
    }
    out.push(b'\n');
    Ok(())
}

fn escape(text: &str, out: &mut Vec<u8>) {
    for byte in text.bytes() {
        match byte {
            b'\\' => out.extend_from_slice(br"\\"),
            b'\n' => out.extend_from_slice(br"\n"),
            b'\r' => out.extend_from_slice(br"\r"),
            b'\t' => out.extend_from_slice(br"\t"),
            other => out.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_read_by_the_kinds_of_its_columns() {
        let kinds = [Kind::Number, Kind::Text, Kind::Bytes];
        let line = br#"[-7,"a\tb\\N\n\"\u0001","AP8="]"#;
        let cells = read(line, &kinds).unwrap();
        assert_eq!(cells, [Cell::Number(-7), Cell::Text("a\tb\\N\n\"\u{1}".into()), Cell::Bytes(vec![0, 255])]);
        let mut copied = Vec::new();
        copy(&cells, &mut copied).unwrap();
        assert_eq!(String::from_utf8(copied).unwrap(), "-7\ta\\tb\\\\N\\n\"\u{1}\t\\\\x00ff\n");
        copied = Vec::new();
        copy(&read(b"[null,null,null]", &kinds).unwrap(), &mut copied).unwrap();
        assert_eq!(copied, b"\\N\t\\N\t\\N\n");
        for refused in [
            "[1,\"a\"]",
            "[1,\"a\",null,2]",
            "[\"1\",\"a\",null]",
            "[1,2,null]",
            "[1,\"a\",\"%\"]",
            "[1,\"a\",null] 1",
            "[1.5,\"a\",null]",
        ] {
            assert!(read(refused.as_bytes(), &kinds).is_err(), "{refused}");
        }
    }
}
