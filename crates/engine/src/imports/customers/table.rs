use std::io::Read;

use domain::country::Country;
use domain::money::{Amount, Currency};
use domain::time::{Date, Instant};

use crate::customers::{Address, Details, Mode};
use crate::imports::ImportError;
use crate::imports::encoding::Encoding;
use crate::imports::lines::Lines;
use crate::imports::records::{Fields, LineBreaks, Records};
use crate::imports::row::{Reject, RowError};
use crate::imports::times::Times;
use crate::tenants::Settings;

/// The most rows of a file: they are written in one transaction.
const MOST_ROWS: usize = 20_000;

/// The columns that there may be. The first is needed.
const COLUMNS: [&str; 18] = [
    "external_reference",
    "organisation",
    "first_name",
    "last_name",
    "email",
    "phone",
    "street",
    "postal_code",
    "city",
    "country",
    "country_code",
    "mode",
    "currency",
    "credit_limit",
    "number",
    "plan",
    "opened_at",
    "opening_balance",
];

/// Columns of the line; all others are of the customer.
const LINE_COLUMNS: [&str; 3] = ["number", "plan", "opened_at"];

/// Why a file is no table of customers.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TableError {
    /// There is no header line, or it cannot be read.
    #[error("the first line is no header line: {0}")]
    NoHeader(String),
    /// A column is not known.
    #[error("the column \"{0}\" is not known: there are {columns}", columns = COLUMNS.join(", "))]
    UnknownColumn(String),
    /// A column stands there twice.
    #[error("the column \"{0}\" stands there twice")]
    ColumnTwice(String),
    /// The customers have no reference, so that the file could not be run again without harm.
    #[error("the column \"external_reference\" is missing")]
    NoReference,
    /// The file has too many rows for one transaction.
    #[error("the file has more than {MOST_ROWS} rows: divide it")]
    TooManyRows,
}

/// A row: a customer, and usually a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) line_number: u64,
    pub(super) external_reference: String,
    pub(super) details: Details,
    pub(super) mode: Mode,
    pub(super) currency: Option<Currency>,
    pub(super) credit_limit: Option<Amount>,
    pub(super) opening_balance: Option<Amount>,
    pub(super) line: Option<LineOfRow>,
    /// As it stands in the file.
    raw: Vec<u8>,
    /// The customer's columns, by name.
    texts: Vec<(&'static str, String)>,
}

/// The line of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct LineOfRow {
    pub(super) number: String,
    pub(super) plan: String,
    pub(super) opened_at: Option<Instant>,
}

/// Reads the rows of a file.
pub(super) fn read(
    file: impl Read + Send + 'static,
    settings: &Settings,
) -> Result<Vec<Result<Row, Reject>>, ImportError> {
    let mut records = Records::of(Lines::of(file)?, Encoding::Utf8, LineBreaks::Quoted);
    let columns = match records.next()? {
        Some((_, _, Ok(header))) => header_of(&header.fields)?,
        Some((_, _, Err(error))) => return Err(TableError::NoHeader(error.to_string()).into()),
        None => return Err(TableError::NoHeader("the file is empty".to_owned()).into()),
    };
    records.columns = Some(columns.len());
    let times = Times { zone: settings.time_zone.clone() };
    let mut rows = Vec::new();
    while let Some((line, raw, record)) = records.next()? {
        if rows.len() == MOST_ROWS {
            return Err(TableError::TooManyRows.into());
        }
        let row = record.map_err(|error| error.to_string());
        let row = row.and_then(|record| Cells { columns: &columns, fields: &record.fields }.row(&times));
        rows.push(match row {
            Ok(row) => Ok(Row { line_number: line, raw, ..row }),
            Err(reason) => Err(Reject::new(line, &reason, &raw)),
        });
    }
    Ok(rows)
}

fn header_of(header: &Fields) -> Result<Vec<&'static str>, TableError> {
    let mut columns = Vec::with_capacity(header.len());
    for title in header.iter().map(str::trim) {
        let known = COLUMNS.iter().find(|column| column.eq_ignore_ascii_case(title));
        let column = *known.ok_or_else(|| TableError::UnknownColumn(title.chars().take(80).collect()))?;
        if columns.contains(&column) {
            return Err(TableError::ColumnTwice(column.to_owned()));
        }
        columns.push(column);
    }
    if columns.contains(&COLUMNS[0]) { Ok(columns) } else { Err(TableError::NoReference) }
}

/// The cells of a row.
struct Cells<'a> {
    columns: &'a [&'static str],
    fields: &'a Fields,
}

impl Cells<'_> {
    fn text(&self, column: &str) -> Option<String> {
        let place = self.columns.iter().position(|known| *known == column)?;
        Some(self.fields.get(place).trim().to_owned()).filter(|text| !text.is_empty())
    }

    /// What a column says, read by a function.
    fn read<T, E: ToString>(&self, column: &str, read: impl FnOnce(&str) -> Result<T, E>) -> Result<Option<T>, String> {
        let text = self.text(column);
        text.map(|text| read(&text).map_err(|error| format!("{column}: {}", error.to_string()))).transpose()
    }

    fn row(&self, times: &Times) -> Result<Row, String> {
        if self.fields.len() != self.columns.len() {
            let expected = self.columns.len().to_string().into();
            return Err(RowError::Columns { found: self.fields.len(), expected }.to_string());
        }
        let external_reference = self.text(COLUMNS[0]).ok_or("external_reference: must not be empty")?;
        let details = Details {
            first_name: self.text("first_name"),
            last_name: self.text("last_name"),
            organisation: self.text("organisation"),
            address: Address {
                street: self.text("street"),
                postal_code: self.text("postal_code"),
                city: self.text("city"),
                country: self.text("country"),
                country_code: self.read("country_code", Country::parse)?,
            },
            email: self.text("email"),
            phone: self.text("phone"),
            ..Details::default()
        };
        let of_customer = self.columns.iter().filter(|column| !LINE_COLUMNS.contains(column));
        Ok(Row {
            line_number: 0,
            external_reference,
            details,
            mode: self.read("mode", mode)?.unwrap_or(Mode::Postpaid),
            currency: self.read("currency", Currency::parse)?,
            credit_limit: self.read("credit_limit", Amount::parse)?,
            opening_balance: self.read("opening_balance", Amount::parse)?,
            line: self.line(times)?,
            raw: Vec::new(),
            texts: of_customer.map(|column| (*column, self.text(column).unwrap_or_default())).collect(),
        })
    }

    fn line(&self, times: &Times) -> Result<Option<LineOfRow>, String> {
        let opened_at = self.read("opened_at", |text| opened_at(text, times))?;
        match (self.text("number"), self.text("plan")) {
            (Some(number), Some(plan)) => Ok(Some(LineOfRow { number, plan, opened_at })),
            (None, None) if opened_at.is_none() => Ok(None),
            (Some(_), None) => Err("plan: a line needs a plan".to_owned()),
            (None, _) => Err("number: a line needs a number, or #### for a free extension".to_owned()),
        }
    }
}

fn mode(text: &str) -> Result<Mode, String> {
    [Mode::Prepaid, Mode::Postpaid]
        .into_iter()
        .find(|mode| mode.name() == text)
        .ok_or_else(|| format!("\"{text:.40}\" is neither prepaid nor postpaid"))
}

/// A day, from its beginning in the tenant's zone on, or a time of any form.
fn opened_at(text: &str, times: &Times) -> Result<Instant, String> {
    if let (10, Ok(day)) = (text.len(), text.parse::<Date>()) {
        return Ok(times.zone.start_of_day(day));
    }
    match times.any(text, None) {
        Ok(Some(time)) => Ok(time.at),
        Ok(None) => Err("must be a day such as 2026-01-31, or a time".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

impl Row {
    /// The row as one that cannot be used.
    pub(super) fn rejected(&self, reason: &str) -> Reject {
        Reject::new(self.line_number, &reason, &self.raw)
    }

    /// The column in which this row says something else of its customer than the customer's first row; it may say nothing.
    pub(super) fn contradicts(&self, first: &Row) -> Option<&'static str> {
        let pairs = self.texts.iter().zip(&first.texts);
        let differs = |((_, own), (_, theirs)): &(&(&str, String), &(&str, String))| !own.is_empty() && own != theirs;
        pairs.filter(differs).map(|((column, _), _)| *column).next()
    }
}
