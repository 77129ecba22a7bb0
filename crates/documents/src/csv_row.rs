//! Rows of CSV (RFC 4180) that a spreadsheet shows and never runs.

use std::borrow::Cow;

use csv::{QuoteStyle, Terminator, Writer, WriterBuilder};

/// A row could not be written.
#[derive(Debug, thiserror::Error)]
#[error("a row of the export could not be written: {0}")]
pub struct CsvError(#[from] csv::Error);

/// A cell of a row.
#[derive(Debug, Clone)]
pub(crate) enum Cell<'a> {
    /// What people or switches wrote.
    Text(&'a str),
    /// What the program itself wrote: an amount, an instant, a count.
    Value(String),
}

/// What begins a formula, here or there: the wide forms do in some languages' spreadsheets.
const FORMULA: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'];

impl<'a> Cell<'a> {
    /// The text of the cell. One that a spreadsheet would take for a formula, or for a number (as a phone number with its plus),
    /// gets an apostrophe in front, which says: this is text.
    fn shown(&'a self) -> Cow<'a, str> {
        match self {
            Cell::Text(text) if text.starts_with(FORMULA) => Cow::Owned(format!("'{text}")),
            Cell::Text(text) => Cow::Borrowed(text),
            Cell::Value(value) => Cow::Borrowed(value),
        }
    }
}

/// Writes rows: every cell in quotes, every line ended by CR LF.
pub(crate) fn written<'a>(rows: impl Iterator<Item = Vec<Cell<'a>>>) -> Result<Vec<u8>, CsvError> {
    let mut writer: Writer<Vec<u8>> =
        WriterBuilder::new().quote_style(QuoteStyle::Always).terminator(Terminator::CRLF).from_writer(Vec::new());
    for row in rows {
        writer.write_record(row.iter().map(|cell| cell.shown().into_owned()))?;
    }
    writer.into_inner().map_err(|error| CsvError(csv::Error::from(error.into_error())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_by_table() {
        for (text, cell) in [
            ("plain", r#""plain""#),
            ("=cmd|'/C calc'!A0", r#""'=cmd|'/C calc'!A0""#),
            ("+1+1", r#""'+1+1""#),
            ("-2+3", r#""'-2+3""#),
            ("@SUM(1)", r#""'@SUM(1)""#),
            ("\t=1", "\"'\t=1\""),
            ("\r=1", "\"'\r=1\""),
            ("\u{ff1d}1", "\"'\u{ff1d}1\""),
            ("=HYPERLINK(\"http://evil\")", r#""'=HYPERLINK(""http://evil"")""#),
            ("+15550100", r#""'+15550100""#),
            ("a=b, c", r#""a=b, c""#),
            ("", r#""""#),
        ] {
            let row = written(std::iter::once(vec![Cell::Text(text)])).unwrap();
            assert_eq!(String::from_utf8(row).unwrap(), format!("{cell}\r\n"), "{text}");
        }
    }

    #[test]
    fn amounts_below_zero_stay_numbers() {
        let row = written(std::iter::once(vec![Cell::Value("-1.50".to_owned())])).unwrap();
        assert_eq!(row, b"\"-1.50\"\r\n");
    }
}
