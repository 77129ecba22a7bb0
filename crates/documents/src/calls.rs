//! Calls as CSV.

use domain::money::Money;
use domain::time::Instant;

use crate::csv_row::{Cell, CsvError, written};

/// A call to be exported.
#[derive(Debug, Clone)]
pub struct CallRow {
    /// The call's id.
    pub id: String,
    /// What the call is to its switch.
    pub origin: String,
    /// `outbound`, `inbound` or `internal`.
    pub direction: String,
    /// The caller's number.
    pub from: String,
    /// The number called.
    pub to: String,
    /// The id of the customer who pays.
    pub customer: String,
    /// The customer's name.
    pub customer_name: String,
    /// The id of the payer's line.
    pub line: String,
    /// The id of the agent who was called.
    pub agent: String,
    /// When it was answered.
    pub answered_at: Option<Instant>,
    /// When it ended.
    pub ended_at: Option<Instant>,
    /// From answer to end, in milliseconds.
    pub duration_ms: Option<i64>,
    /// How it went.
    pub disposition: String,
    /// What it costs, if it has a price.
    pub price: Option<Money>,
    /// What priced it.
    pub price_source: String,
    /// Why it has no price.
    pub unrated_reason: String,
}

const COLUMNS: [&str; 17] = [
    "id",
    "origin",
    "direction",
    "from",
    "to",
    "customer",
    "customer_name",
    "line",
    "agent",
    "answered_at",
    "ended_at",
    "duration_seconds",
    "disposition",
    "amount",
    "currency",
    "price_source",
    "unrated_reason",
];

/// The line with the names of the columns.
///
/// # Errors
/// The row could not be written.
pub fn calls_csv_header() -> Result<Vec<u8>, CsvError> {
    written(std::iter::once(COLUMNS.map(Cell::Text).to_vec()))
}

/// A line for each call.
///
/// # Errors
/// A row could not be written.
pub fn calls_csv(calls: &[CallRow]) -> Result<Vec<u8>, CsvError> {
    written(calls.iter().map(CallRow::cells))
}

impl CallRow {
    /// The cells, in the order of [`COLUMNS`].
    fn cells(&self) -> Vec<Cell<'_>> {
        let instant = |at: Option<Instant>| Cell::Value(at.map(|at| at.to_string()).unwrap_or_default());
        let seconds = |millis: i64| format!("{}.{:03}", millis.div_euclid(1000), millis.rem_euclid(1000));
        let amount = self.price.map(|price| price.amount.to_text(price.currency));
        let currency = self.price.map(|price| price.currency.to_string());
        vec![
            Cell::Text(&self.id),
            Cell::Text(&self.origin),
            Cell::Text(&self.direction),
            Cell::Text(&self.from),
            Cell::Text(&self.to),
            Cell::Text(&self.customer),
            Cell::Text(&self.customer_name),
            Cell::Text(&self.line),
            Cell::Text(&self.agent),
            instant(self.answered_at),
            instant(self.ended_at),
            Cell::Value(self.duration_ms.map(seconds).unwrap_or_default()),
            Cell::Text(&self.disposition),
            Cell::Value(amount.unwrap_or_default()),
            Cell::Value(currency.unwrap_or_default()),
            Cell::Text(&self.price_source),
            Cell::Text(&self.unrated_reason),
        ]
    }
}

#[cfg(test)]
mod tests {
    use domain::money::{Amount, Currency};

    use super::*;

    #[test]
    fn a_call_is_a_line() {
        let call = CallRow {
            id: "call_1".into(),
            origin: "api:1".into(),
            direction: "outbound".into(),
            from: "0001".into(),
            to: "+15550100".into(),
            customer: "cus_1".into(),
            customer_name: "=cmd|'/C calc'!A0".into(),
            line: "lin_1".into(),
            agent: String::new(),
            answered_at: Some(Instant::from_millis(0).unwrap()),
            ended_at: Some(Instant::from_millis(61_001).unwrap()),
            duration_ms: Some(61_001),
            disposition: "answered".into(),
            price: Some(Money { amount: Amount::from_micros(100_000), currency: Currency::parse("USD").unwrap() }),
            price_source: "plan".into(),
            unrated_reason: String::new(),
        };
        let text = [calls_csv_header().unwrap(), calls_csv(&[call]).unwrap()].concat();
        let text = String::from_utf8(text).unwrap();
        let lines: Vec<&str> = text.split_terminator("\r\n").collect();
        assert_eq!(lines.len(), 2);
        assert_eq!(lines[0].split(',').count(), lines[1].split(',').count());
        assert!(lines[1].contains(r#","'+15550100","cus_1","'=cmd|'/C calc'!A0","lin_1","","1970-01-01T00:00:00Z""#));
        assert!(lines[1].ends_with(r#","61.001","answered","0.10","USD","plan","""#), "{}", lines[1]);
    }
}
