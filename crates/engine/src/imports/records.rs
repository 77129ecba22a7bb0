use std::collections::VecDeque;
use std::io;

use super::encoding::Encoding;
use super::lines::{LONGEST_LINE, Line, LineEnd, Lines};
use super::row::RowError;

/// The most lines that a record of a CSV file goes over.
const MOST_LINES: usize = 50;

/// The records of a CSV file (RFC 4180). The library `csv` reads anything as some record: a quotation mark that is never closed
/// takes the rest of the file into one field. Here such a row is a reject, and the next line is read as if nothing had been.
pub(super) struct Records {
    lines: Lines,
    /// Lines that were looked at already.
    ahead: VecDeque<Line>,
    encoding: Encoding,
    line_breaks: LineBreaks,
    /// How many columns the records have, once that is known.
    pub(super) columns: Option<usize>,
}

/// Whether fields may have line breaks in them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LineBreaks {
    /// Every line is a record.
    Never,
    /// Within quotation marks.
    Quoted,
}

/// What stands in the file: the line that it begins on, its bytes, and the record, or why it is none.
pub(super) type Found = (u64, Vec<u8>, Result<Record, RowError>);

/// A record of a CSV file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Record {
    pub(super) fields: Fields,
    /// Whether its last line has a line end.
    pub(super) ended: bool,
}

/// The fields of a record, one after the other in one text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Fields {
    text: String,
    ends: Vec<usize>,
    /// Whether the last field stands in quotation marks.
    pub(super) last_quoted: bool,
}

impl Records {
    pub(super) fn of(lines: Lines, encoding: Encoding, line_breaks: LineBreaks) -> Records {
        Records { lines, ahead: VecDeque::new(), encoding, line_breaks, columns: None }
    }

    pub(super) fn bytes_read(&self) -> u64 {
        self.lines.bytes_read()
    }

    /// The next record, or why the next line is none. Empty lines are passed over.
    ///
    /// # Errors
    /// The file cannot be read.
    pub(super) fn next(&mut self) -> io::Result<Option<Found>> {
        loop {
            let Some(line) = self.next_line()? else { return Ok(None) };
            if line.bytes.is_empty() && matches!(line.end, LineEnd::Ended) {
                continue;
            }
            return self.read(line).map(Some);
        }
    }

    fn next_line(&mut self) -> io::Result<Option<Line>> {
        match self.ahead.pop_front() {
            Some(line) => Ok(Some(line)),
            None => self.lines.next(),
        }
    }

    fn read(&mut self, mut line: Line) -> io::Result<Found> {
        let mut fields = self.split(&line);
        if fields == Err(RowError::OpenQuote)
            && self.line_breaks == LineBreaks::Quoted
            && let Some((whole, read)) = self.read_on(&line)?
        {
            (line, fields) = (whole, Ok(read));
        }
        let ended = line.end == LineEnd::Ended;
        Ok((line.number, line.bytes, fields.map(|fields| Record { fields, ended })))
    }

    /// Reads a record that goes on over the next lines. It is taken for one only if it closes soon, and has as many columns as the
    /// others; else the first line alone is at fault.
    fn read_on(&mut self, first: &Line) -> io::Result<Option<(Line, Fields)>> {
        let mut whole = first.clone();
        for count in 0..MOST_LINES {
            if self.ahead.len() <= count {
                self.ahead.extend(self.lines.next()?);
            }
            let Some(next) = self.ahead.get(count) else { break };
            whole.bytes.push(b'\n');
            whole.bytes.extend_from_slice(&next.bytes);
            whole.end = next.end.clone();
            if whole.bytes.len() > LONGEST_LINE {
                break;
            }
            match self.split(&whole) {
                Err(RowError::OpenQuote) => {}
                Ok(fields) if self.columns.is_none_or(|columns| columns == fields.len()) => {
                    self.ahead.drain(..=count);
                    return Ok(Some((whole, fields)));
                }
                _ => break,
            }
        }
        Ok(None)
    }

    fn split(&self, line: &Line) -> Result<Fields, RowError> {
        match &line.end {
            LineEnd::TooLong => return Err(RowError::TooLong),
            LineEnd::Damaged(error) => return Err(RowError::Damaged(error.clone())),
            LineEnd::Ended | LineEnd::FileEnded => {}
        }
        let text = self.encoding.decode(&line.bytes).ok_or(RowError::NotUtf8)?;
        Fields::split(&text)
    }
}

impl Fields {
    /// The fields of a record: separated by commas; those in quotation marks have two of them for one.
    pub(super) fn split(record: &str) -> Result<Fields, RowError> {
        let mut fields = Fields { text: String::with_capacity(record.len()), ..Fields::default() };
        let mut rest = record;
        loop {
            let (quoted, after) = match rest.strip_prefix('"') {
                Some(inside) => (true, fields.take_quoted(inside)?),
                None => {
                    let (field, after) = rest.split_at(rest.find(',').unwrap_or(rest.len()));
                    fields.text.push_str(field);
                    (false, after)
                }
            };
            fields.ends.push(fields.text.len());
            fields.last_quoted = quoted;
            if after.is_empty() {
                return Ok(fields);
            }
            rest = after.strip_prefix(',').ok_or(RowError::TextBehindQuote { column: fields.ends.len() })?;
        }
    }

    /// Takes a field up to its closing quotation mark, and answers what stands behind that.
    fn take_quoted<'a>(&mut self, inside: &'a str) -> Result<&'a str, RowError> {
        let mut rest = inside;
        loop {
            let (part, after) = rest.split_once('"').ok_or(RowError::OpenQuote)?;
            self.text.push_str(part);
            match after.strip_prefix('"') {
                Some(more) => {
                    self.text.push('"');
                    rest = more;
                }
                None => return Ok(after),
            }
        }
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// The field at this place, from 0 on; empty, where there is none.
    pub(super) fn get(&self, place: usize) -> &str {
        let start = if place == 0 { 0 } else { self.ends.get(place - 1).copied().unwrap_or(0) };
        self.ends.get(place).and_then(|end| self.text.get(start..*end)).unwrap_or_default()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|place| self.get(place))
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn split(record: &str) -> Result<Vec<String>, RowError> {
        Fields::split(record).map(|fields| fields.iter().map(str::to_owned).collect())
    }

    #[test]
    fn fields_by_table() {
        for (record, fields) in [
            ("", vec![""]),
            ("a,b", vec!["a", "b"]),
            ("a,,", vec!["a", "", ""]),
            (r#""a","b,c""#, vec!["a", "b,c"]),
            (r#""","""",x"#, vec!["", "\"", "x"]),
            (r#""""Smith, Jo"" <0017>",0"#, vec![r#""Smith, Jo" <0017>"#, "0"]),
            (r#"""""" <0017>""#, vec![r#""" <0017>"#]),
            (r#"a "b" c,d"#, vec![r#"a "b" c"#, "d"]),
        ] {
            assert_eq!(split(record).unwrap(), fields, "{record}");
        }
        for (record, error) in [
            (r#"a,"b"#, RowError::OpenQuote),
            (r#"a,"b"""#, RowError::OpenQuote),
            (r#"a,"b"c,d"#, RowError::TextBehindQuote { column: 2 }),
            (r#"a,"b" ,d"#, RowError::TextBehindQuote { column: 2 }),
        ] {
            assert_eq!(split(record), Err(error), "{record}");
        }
    }

    /// The lines that records begin on and their fields; of rejects, the line and the reason's first words.
    fn records(file: &str, line_breaks: LineBreaks, columns: usize) -> Vec<String> {
        let lines = Lines::of(Cursor::new(file.as_bytes().to_vec())).unwrap();
        let mut records = Records::of(lines, Encoding::Utf8, line_breaks);
        records.columns = Some(columns);
        let mut read = Vec::new();
        while let Some((line, _, record)) = records.next().unwrap() {
            read.push(match record {
                Ok(record) => format!("{line}: {}", record.fields.iter().collect::<Vec<_>>().join("|")),
                Err(error) => format!("{line}! {error}"),
            });
        }
        read
    }

    #[test]
    fn an_open_quotation_mark_costs_one_line() {
        let open = "2! a quotation mark is opened and not closed";
        for (file, expected) in [
            ("a,b\n\"c,d\ne,f\n", vec!["1: a|b", open, "3: e|f"]),
            ("a,b\n\"c,d\n\"e\",f\n", vec!["1: a|b", open, "3: e|f"]),
            ("a,b\n\"c,d\n\"e\",\"f\"\n\"g\",\"h\"\n", vec!["1: a|b", open, "3: e|f", "4: g|h"]),
        ] {
            assert_eq!(records(file, LineBreaks::Never, 2), expected, "{file}");
            assert_eq!(records(file, LineBreaks::Quoted, 2), expected, "{file}");
        }
        let long = format!("a,b\n\"c,d\n{}", "e,f\n".repeat(200));
        assert_eq!(records(&long, LineBreaks::Quoted, 2)[..2], ["1: a|b", open]);
        assert_eq!(records(&long, LineBreaks::Quoted, 2).len(), 202);
    }

    #[test]
    fn a_line_break_within_quotation_marks() {
        let file = "a,b\n\"c\nd\ne\",f\r\n\ng,h";
        assert_eq!(records(file, LineBreaks::Quoted, 2), ["1: a|b", "2: c\nd\ne|f", "6: g|h"]);
    }
}
