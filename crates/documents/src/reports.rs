//! Reports as CSV.

use domain::money::{Amount, Currency};
use engine::reports::{Debt, Owed, TrialBalance};

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

fn table<'a>(columns: &[&'static str], rows: impl Iterator<Item = Vec<Cell<'a>>>) -> Result<Vec<u8>, CsvError> {
    written(std::iter::once(columns.iter().map(|column| Cell::Text(column)).collect()).chain(rows))
}

/// Texts, then amounts.
fn cells<'a, const N: usize>(texts: [&'a str; N], (amounts, currency): (&[Amount], Currency)) -> Vec<Cell<'a>> {
    let amounts = amounts.iter().map(|amount| Cell::Value(amount.to_text(currency)));
    texts.into_iter().map(Cell::Text).chain(amounts).collect()
}
