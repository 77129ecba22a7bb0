//! Bank statements as CSV: every bank has columns of its own, which the settings name.

use ::csv::{ReaderBuilder, StringRecord, Trim};
use domain::invalid::Invalid;
use domain::money::{Amount, Currency};
use domain::time::Date;

use super::read::{Draft, Statement};
use crate::tenants::{BankCsv, DateOrder, DecimalMark};

/// How many lines may stand before the one that names the columns: the account, its holder, the balance.
const MOST_LINES_BEFORE: usize = 50;
/// The most lines that a field goes over: more are a quotation mark that is not closed.
const MOST_LINES: usize = 20;
const DELIMITERS: [u8; 4] = *b";,\t|";

/// Where the columns are.
struct Places {
    date: usize,
    amount: usize,
    payer: Option<usize>,
    account: Option<usize>,
    currency: Option<usize>,
    text: Vec<usize>,
}

/// Reads the rows below the line that names the columns.
///
/// # Errors
/// There is no such line, or a quotation mark is not closed.
pub(super) fn read(text: &str, columns: &BankCsv, currency: Currency) -> Result<Statement, Invalid> {
    // Of lines that end with both the reader counts each a record late.
    let text = text.replace("\r\n", "\n");
    let (lines_before, delimiter, places) = header(&text, columns)?;
    let below = text.split_inclusive('\n').skip(lines_before + 1).collect::<String>();
    let mut reader = ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .trim(Trim::All)
        .from_reader(below.as_bytes());
    let mut read = Statement::new("csv");
    for record in reader.records() {
        let record = record.map_err(|error| Invalid::at("", format!("is no CSV file: {error}")))?;
        let line = record.position().map_or(0, ::csv::Position::line) + lines_before as u64 + 1;
        if record.iter().any(|field| field.lines().count() > MOST_LINES) {
            return Err(Invalid::at(
                "",
                format!("has a quotation mark that is not closed, in line {line} or before it"),
            ));
        }
        if record.iter().all(str::is_empty) {
            continue;
        }
        let line = i64::try_from(line).unwrap_or(i64::MAX);
        match row(&record, &places, (columns, currency), line) {
            Ok(Some(row)) => read.rows.push(row),
            Ok(None) => read.outgoing += 1,
            Err(reason) => read.reject(line, reason),
        }
    }
    Ok(read)
}

/// Which line names the columns (how many stand before it), what stands between its fields, and where the columns are.
fn header(text: &str, columns: &BankCsv) -> Result<(usize, u8, Places), Invalid> {
    for (number, line) in text.split('\n').take(MOST_LINES_BEFORE).enumerate() {
        for delimiter in DELIMITERS {
            let mut reader = ReaderBuilder::new()
                .delimiter(delimiter)
                .has_headers(false)
                .trim(Trim::All)
                .from_reader(line.as_bytes());
            let titles = reader.records().next().and_then(Result::ok).unwrap_or_default();
            if let Some(places) = places(&titles, columns) {
                return Ok((number, delimiter, places));
            }
        }
    }
    let names: Vec<String> = columns.names().map(|name| format!("\"{name}\"")).collect();
    let detail = format!("has no line with all the columns that the settings name: {}", names.join(", "));
    Err(Invalid::at("", detail))
}

fn places(titles: &StringRecord, columns: &BankCsv) -> Option<Places> {
    let place = |name: &String| titles.iter().position(|title| title.eq_ignore_ascii_case(name.trim()));
    let optional = |name: &Option<String>| match name {
        Some(name) => place(name).map(Some),
        None => Some(None),
    };
    Some(Places {
        date: columns.date.as_ref().and_then(place)?,
        amount: columns.amount.as_ref().and_then(place)?,
        payer: optional(&columns.payer)?,
        account: optional(&columns.account)?,
        currency: optional(&columns.currency)?,
        text: columns.text.iter().map(place).collect::<Option<_>>()?,
    })
}

/// What a row tells; none of money that went out. Else why it cannot be read.
fn row(
    record: &StringRecord,
    places: &Places,
    (columns, currency): (&BankCsv, Currency),
    line: i64,
) -> Result<Option<Draft>, String> {
    let cell = |place: usize| record.get(place).unwrap_or_default();
    let optional = |place: Option<usize>| place.map(cell).filter(|cell| !cell.is_empty()).map(str::to_owned);
    // Some banks have a column for what came in and another for what went out.
    if cell(places.amount).is_empty() {
        return Ok(None);
    }
    let amount = amount(cell(places.amount), columns.decimal_mark)?;
    if amount <= Amount::ZERO {
        return Ok(None);
    }
    let booked_on = date(cell(places.date), columns.date_order)?;
    let currency = match optional(places.currency) {
        Some(code) => Currency::parse(&code).map_err(|error| error.to_string())?,
        None => currency,
    };
    let text: Vec<&str> = places.text.iter().map(|place| cell(*place)).filter(|cell| !cell.is_empty()).collect();
    Ok(Some(Draft {
        place: line,
        booked_on,
        amount,
        currency,
        payer: optional(places.payer),
        account: optional(places.account),
        text: text.join(" "),
        bank_reference: String::new(),
    }))
}

fn amount(text: &str, mark: DecimalMark) -> Result<Amount, String> {
    let (mark, between) = match mark {
        DecimalMark::Point => ('.', ','),
        DecimalMark::Comma => (',', '.'),
    };
    let plain = |c: char| if c == mark { '.' } else { c };
    let is_between = |c: &char| *c == between || *c == '\'' || *c == '’' || c.is_whitespace();
    let digits: String = text.trim_start_matches('+').chars().filter(|c| !is_between(c)).map(plain).collect();
    Amount::parse(&digits).map_err(|error| format!("the amount \"{text}\": {error}"))
}

fn date(text: &str, order: DateOrder) -> Result<Date, String> {
    let wrong = || format!("the date \"{text}\" is none in the order {}", order.name());
    let parts: Vec<i16> = text
        .split(|c: char| !c.is_ascii_digit())
        .take(3)
        .map(str::parse)
        .collect::<Result<_, _>>()
        .map_err(|_| wrong())?;
    let [first, second, third] = parts.as_slice() else { return Err(wrong()) };
    let (year, month, day) = match order {
        DateOrder::Ymd => (first, second, third),
        DateOrder::Dmy => (third, second, first),
        DateOrder::Mdy => (third, first, second),
    };
    let year = if *year < 100 { year + 2000 } else { *year };
    let small = |number: i16| i8::try_from(number).map_err(|_| wrong());
    Date::new(year, small(*month)?, small(*day)?).map_err(|_| wrong())
}
