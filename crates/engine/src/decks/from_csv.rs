//! Decks from CSV files: everything that is wrong is told at once, and nothing is read of a file that has a fault.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use csv::{Reader, ReaderBuilder, StringRecord};
use domain::deck::{Deck, DeckEntry, Prefix};
use domain::money::Amount;
use domain::rate::{LONGEST_INCREMENT_SECONDS, Rate};
use serde::Serialize;

use crate::fields;

/// Why a file is not a deck.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DeckCsvErrors {
    /// The first faults, by line, at most [`MOST_FAULTS`].
    pub faults: Vec<DeckCsvFault>,
    /// How many faults there are.
    pub total: usize,
}

/// A fault in a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DeckCsvFault {
    /// The line, from 1 for the header.
    pub line: u64,
    /// The column, where it is one column's.
    pub column: Option<&'static str>,
    /// What is wrong, in words.
    pub reason: String,
}

/// How many faults of a file are told.
pub const MOST_FAULTS: usize = 100;

/// Reads a deck from CSV: UTF-8, with commas or semicolons. The first line names the columns, in any order: `prefix` and
/// `price_per_minute` (or `rate`, a whole rate as JSON), and perhaps `destination`, `increment_seconds` (60, where none is given),
/// `connect_fee` and `included`.
///
/// # Errors
/// The file's faults, each with its line.
pub fn read_csv(file: &[u8]) -> Result<Deck, DeckCsvErrors> {
    let mut faults = DeckCsvErrors { faults: Vec::new(), total: 0 };
    let entries = utf8(file)
        .map_err(|fault| faults.add(fault))
        .and_then(|text| read_rows(text, &mut faults).map_err(|fault| faults.add(fault)));
    match entries.map(Deck::new) {
        Ok(Ok(deck)) if faults.total == 0 => Ok(deck),
        Ok(Err(invalid)) if faults.total == 0 => {
            faults.add(fault(1, None, invalid.to_string()));
            Err(faults)
        }
        _ => Err(faults),
    }
}

/// The columns of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    Prefix,
    Destination,
    PricePerMinute,
    IncrementSeconds,
    ConnectFee,
    Included,
    Rate,
}

const COLUMNS: [(Column, &str); 7] = [
    (Column::Prefix, "prefix"),
    (Column::Destination, "destination"),
    (Column::PricePerMinute, "price_per_minute"),
    (Column::IncrementSeconds, "increment_seconds"),
    (Column::ConnectFee, "connect_fee"),
    (Column::Included, "included"),
    (Column::Rate, "rate"),
];

/// Where in a row the columns are.
struct Header {
    width: usize,
    positions: [Option<usize>; COLUMNS.len()],
}

/// A row with what it is read by.
struct Row<'a> {
    line: u64,
    header: &'a Header,
    record: &'a StringRecord,
    faults: &'a mut DeckCsvErrors,
}

/// Rates by price, increment and connect fee: a deck has far fewer of them than prefixes.
type Rates = HashMap<(Amount, i64, Amount), Arc<Rate>>;

fn utf8(file: &[u8]) -> Result<&str, DeckCsvFault> {
    let text = std::str::from_utf8(file).map_err(|error| {
        let line = 1 + newlines(&file[..error.valid_up_to()]);
        fault(line, None, "is not UTF-8: save the file as \"CSV UTF-8\"".to_owned())
    })?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
}

fn read_rows(text: &str, faults: &mut DeckCsvErrors) -> Result<Vec<DeckEntry>, DeckCsvFault> {
    let mut rows = Rows::of(text);
    let header = match rows.next()? {
        Some((line, record)) => Header::read(line, record)?,
        None => return Err(fault(1, None, "is empty: the first line names the columns".to_owned())),
    };
    let (mut entries, mut rates, mut lines) = (Vec::new(), Rates::new(), HashMap::new());
    while let Some((line, record)) = rows.next()? {
        let mut row = Row { line, header: &header, record, faults: &mut *faults };
        entries.extend(row.entry(&mut rates, &mut lines));
    }
    Ok(entries)
}

impl Header {
    fn read(line: u64, record: &StringRecord) -> Result<Header, DeckCsvFault> {
        let refused = |reason: String| Err(fault(line, None, reason));
        let mut header = Header { width: record.len(), positions: [None; COLUMNS.len()] };
        for (position, name) in record.iter().map(str::trim).enumerate() {
            let Some((column, _)) = COLUMNS.iter().find(|(_, known)| known.eq_ignore_ascii_case(name)) else {
                let known: Vec<&str> = COLUMNS.iter().map(|(_, name)| *name).collect();
                return refused(format!("there is no column \"{name:.40}\": the columns are {}", known.join(", ")));
            };
            if header.positions[*column as usize].replace(position).is_some() {
                return refused(format!("the column {name} is there twice"));
            }
        }
        match header.positions {
            [None, ..] => refused("the column prefix is missing".to_owned()),
            [_, _, None, _, _, _, None] => refused("the column price_per_minute (or rate) is missing".to_owned()),
            _ => Ok(header),
        }
    }
}

impl Row<'_> {
    /// The entry, if nothing in the row is wrong.
    fn entry(&mut self, rates: &mut Rates, lines: &mut HashMap<Prefix, u64>) -> Option<DeckEntry> {
        if self.record.len() != self.header.width {
            let reason = format!("has {} columns, the first line has {}", self.record.len(), self.header.width);
            self.faults.add(fault(self.line, None, reason));
            return None;
        }
        let prefix = self.read(Column::Prefix, |text| {
            Prefix::parse(text.strip_prefix('+').unwrap_or(text)).map_err(|error| error.to_string())
        });
        if let Some(prefix) = prefix
            && let Some(other) = lines.insert(prefix, self.line)
        {
            let reason = format!("prefix {prefix} stands in line {other} and in line {}", self.line);
            self.faults.add(fault(self.line, Some(Column::Prefix), reason));
        }
        let destination = self.read(Column::Destination, |text| {
            fields::optional("", Some(text.to_owned()), 200).map_err(|invalid| invalid.detail)
        });
        let included = self.read(Column::Included, |text| match text {
            "true" | "yes" | "1" => Ok(true),
            "" | "false" | "no" | "0" => Ok(false),
            _ => Err(format!("\"{text:.40}\" is neither true nor false")),
        });
        let rate = self.rate(rates);
        Some(DeckEntry { prefix: prefix?, rate: rate?, included: included?, destination: destination? })
    }

    fn rate(&mut self, rates: &mut Rates) -> Option<Arc<Rate>> {
        if self.text(Column::Rate).is_empty() {
            return self.plain_rate(rates);
        }
        for column in [Column::PricePerMinute, Column::IncrementSeconds, Column::ConnectFee] {
            self.read(column, |text| match text {
                "" => Ok(()),
                _ => Err("stands beside a rate: give one of them".to_owned()),
            })?;
        }
        self.read(Column::Rate, |text| Rate::read(text.as_bytes()).map(Arc::new).map_err(|invalid| invalid.to_string()))
    }

    fn plain_rate(&mut self, rates: &mut Rates) -> Option<Arc<Rate>> {
        let price = self.read(Column::PricePerMinute, amount);
        let increment = self.read(Column::IncrementSeconds, increment);
        let connect_fee = self.read(Column::ConnectFee, |text| match text {
            "" => Ok(Amount::ZERO),
            _ => amount(text),
        });
        let key = (price?, increment?, connect_fee?);
        if let Some(known) = rates.get(&key) {
            return Some(known.clone());
        }
        let rate = Arc::new(self.read(Column::PricePerMinute, |_| plain_rate(key))?);
        rates.insert(key, rate.clone());
        Some(rate)
    }

    fn text(&self, column: Column) -> &str {
        let position = self.header.positions[column as usize];
        position.and_then(|position| self.record.get(position)).unwrap_or_default().trim()
    }

    fn read<T>(&mut self, column: Column, read: impl FnOnce(&str) -> Result<T, String>) -> Option<T> {
        match read(self.text(column)) {
            Ok(value) => Some(value),
            Err(reason) => {
                self.faults.add(fault(self.line, Some(column), reason));
                None
            }
        }
    }
}

fn amount(text: &str) -> Result<Amount, String> {
    if text.is_empty() {
        return Err("is missing".to_owned());
    }
    match Amount::parse(text).map_err(|error| error.to_string())? {
        amount if amount.is_negative() => Err(format!("{amount} is negative: a price or fee is 0 or more")),
        amount => Ok(amount),
    }
}

fn increment(text: &str) -> Result<i64, String> {
    match text.parse() {
        _ if text.is_empty() => Ok(60),
        Ok(seconds) if (1..=LONGEST_INCREMENT_SECONDS).contains(&seconds) => Ok(seconds),
        _ => Err(format!("\"{text:.40}\" is not a whole number from 1 to {LONGEST_INCREMENT_SECONDS}")),
    }
}

fn plain_rate((price, increment_seconds, connect_fee): (Amount, i64, Amount)) -> Result<Rate, String> {
    let document = serde_json::json!({
        "price_per_minute": price, "increment_seconds": increment_seconds, "connect_fee": connect_fee,
    });
    Rate::read(document.to_string().as_bytes()).map_err(|invalid| invalid.to_string())
}

/// The rows of a file with their lines. The reader's own count is that of the line where it stopped reading, which is off after
/// CRLF and empty lines.
struct Rows<'a> {
    text: &'a [u8],
    reader: Reader<&'a [u8]>,
    record: StringRecord,
    counted_bytes: usize,
    line: u64,
}

impl<'a> Rows<'a> {
    fn of(text: &'a str) -> Self {
        let first = text.lines().next().unwrap_or_default();
        let count = |separator| first.matches(separator).count();
        let delimiter = if count(';') > count(',') { b';' } else { b',' };
        Rows {
            text: text.as_bytes(),
            reader: ReaderBuilder::new()
                .has_headers(false)
                .flexible(true)
                .delimiter(delimiter)
                .from_reader(text.as_bytes()),
            record: StringRecord::new(),
            counted_bytes: 0,
            line: 1,
        }
    }

    fn next(&mut self) -> Result<Option<(u64, &StringRecord)>, DeckCsvFault> {
        let begin = usize::try_from(self.reader.position().byte()).unwrap_or(self.text.len());
        let found = self.reader.read_record(&mut self.record);
        let blank = self.text[begin..].iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        self.line += newlines(&self.text[self.counted_bytes..begin + blank]);
        self.counted_bytes = begin + blank;
        match found {
            Ok(found) => Ok(found.then_some((self.line, &self.record))),
            Err(error) => Err(fault(self.line, None, error.to_string())),
        }
    }
}

fn newlines(text: &[u8]) -> u64 {
    text.iter().map(|byte| u64::from(*byte == b'\n')).sum()
}

fn fault(line: u64, column: Option<Column>, reason: String) -> DeckCsvFault {
    let name = |column| COLUMNS.iter().find(|(known, _)| *known == column).map(|(_, name)| *name);
    DeckCsvFault { line, column: column.and_then(name), reason }
}

impl DeckCsvErrors {
    fn add(&mut self, fault: DeckCsvFault) {
        self.total += 1;
        if self.faults.len() < MOST_FAULTS {
            self.faults.push(fault);
        }
    }
}

impl std::error::Error for DeckCsvErrors {}

impl fmt::Display for DeckCsvErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the file has {} faults", self.total)?;
        match self.faults.first() {
            Some(first) => write!(f, "; the first: {first}"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for DeckCsvFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}", self.line)?;
        if let Some(column) = self.column {
            write!(f, ", {column}")?;
        }
        write!(f, ": {}", self.reason)
    }
}
