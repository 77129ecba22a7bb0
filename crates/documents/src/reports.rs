//! Reports as CSV.

use domain::money::{Amount, Currency};
use domain::time::Instant;
use engine::ledger::EntryRecord;
use engine::reports::{Debt, Destination, Owed, Revenue, TrialBalance, about};

use crate::csv_row::{Cell, CsvError, written};

/// A line for each account, with its balances and what has moved.
///
/// # Errors
/// A row could not be written.
pub fn trial_balance_csv(balance: &TrialBalance) -> Result<Vec<u8>, CsvError> {
    let rows = balance.accounts.iter().map(|row| {
        let amounts = [row.opening, row.debit, row.credit, row.closing];
        cells([&row.account, row.currency.code()], (&amounts, row.currency))
    });
    table(&["account", "currency", "opening", "debit", "credit", "closing"], rows)
}

/// A line for each customer who has to pay something.
///
/// # Errors
/// A row could not be written.
pub fn aged_debt_csv(debts: &[Debt]) -> Result<Vec<u8>, CsvError> {
    let rows = debts.iter().map(|debt| {
        let [first, second, third, older] = debt.overdue;
        let amounts = [debt.not_due, first, second, third, older, debt.total];
        cells([&debt.customer, &debt.name, debt.currency.code()], (&amounts, debt.currency))
    });
    table(&["customer", "name", "currency", "not_due", "1_to_30", "31_to_60", "61_to_90", "older", "total"], rows)
}

/// A line for each kind of accounts.
///
/// # Errors
/// A row could not be written.
pub fn liabilities_csv(owed: &[Owed]) -> Result<Vec<u8>, CsvError> {
    let rows = owed.iter().map(|row| {
        let amounts = [row.has, row.promotional, row.owes];
        let mut cells = cells([row.whose.as_str(), row.currency.code()], (&amounts, row.currency));
        cells.insert(2, Cell::Value(row.accounts.to_string()));
        cells
    });
    table(&["whose", "currency", "accounts", "has", "promotional", "owes"], rows)
}

/// A line for each month, currency and kind of service.
///
/// # Errors
/// A row could not be written.
pub fn revenue_csv(rows: &[Revenue]) -> Result<Vec<u8>, CsvError> {
    let rows = rows.iter().map(|row| {
        let amounts = [row.net, row.tax];
        cells([&row.month, row.currency.code(), row.kind], (&amounts, row.currency))
    });
    table(&["month", "currency", "kind", "net", "tax"], rows)
}

/// A line for each destination and currency.
///
/// # Errors
/// A row could not be written.
pub fn destinations_csv(rows: &[Destination]) -> Result<Vec<u8>, CsvError> {
    let rows = rows.iter().map(|row| {
        let sums = &row.sums;
        let amounts = [sums.charged, sums.tax, sums.agents, sums.cost, sums.margin];
        let mut cells = cells([&row.destination, &row.price_source, row.currency.code()], (&amounts, row.currency));
        let counts = [sums.calls, sums.seconds, sums.unknown].map(|count| Cell::Value(count.to_string()));
        cells.splice(3..3, counts);
        cells
    });
    let columns = [
        "destination",
        "price_source",
        "currency",
        "calls",
        "seconds",
        "unknown_cost_calls",
        "charged",
        "tax",
        "agents",
        "cost",
        "margin",
    ];
    table(&columns, rows)
}

const JOURNAL: [&str; 11] =
    ["posted_at", "key", "kind", "from", "to", "amount", "currency", "about", "reference", "customer", "agent"];

/// The first line of the journal.
///
/// # Errors
/// It could not be written.
pub fn journal_csv_header() -> Result<Vec<u8>, CsvError> {
    table(&JOURNAL, std::iter::empty())
}

/// A line for each entry.
///
/// # Errors
/// A row could not be written.
pub fn journal_csv(entries: &[EntryRecord]) -> Result<Vec<u8>, CsvError> {
    written(entries.iter().map(|entry| {
        let amount = Amount::from_micros(entry.amount);
        let amount = Currency::parse(&entry.currency).map_or_else(|_| amount.to_string(), |of| amount.to_text(of));
        let at = Instant::clamped(entry.posted_at).to_string();
        let or_nothing = |id: &'_ Option<String>| Cell::Value(id.clone().unwrap_or_default());
        let mut cells = vec![Cell::Value(at)];
        cells.extend([&entry.key, &entry.kind, &entry.from_account, &entry.to_account].map(|text| Cell::Text(text)));
        cells.extend([Cell::Value(amount), Cell::Text(&entry.currency), Cell::Text(about(&entry.reference))]);
        cells.extend([Cell::Text(&entry.reference), or_nothing(&entry.customer), or_nothing(&entry.agent)]);
        cells
    }))
}

fn table<'a>(columns: &[&'static str], rows: impl Iterator<Item = Vec<Cell<'a>>>) -> Result<Vec<u8>, CsvError> {
    written(std::iter::once(columns.iter().map(|column| Cell::Text(column)).collect()).chain(rows))
}

/// Texts, then amounts.
fn cells<'a, const N: usize>(texts: [&'a str; N], (amounts, currency): (&[Amount], Currency)) -> Vec<Cell<'a>> {
    let amounts = amounts.iter().map(|amount| Cell::Value(amount.to_text(currency)));
    texts.into_iter().map(Cell::Text).chain(amounts).collect()
}
