use std::collections::BTreeMap;

use domain::money::{Amount, Currency};
use serde::Serialize;

use crate::calls::{Disposition, FinishedCall, Outcome};

/// How many lines with an ambiguous time a summary names.
const NAMED_LINES: usize = 10;

/// What an import came to: every row is either rated, a duplicate, unrated or rejected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// The rows of the file.
    pub rows: u64,
    /// Those that were recorded and have a price; that of an unanswered call is 0.
    pub rated: u64,
    /// Those that were on record before, or twice in the file.
    pub duplicates: u64,
    /// Those that were recorded and wait for a price.
    pub unrated: u64,
    /// Those that could not be used.
    pub rejected: u64,
    /// How many of the recorded rows are answered calls.
    pub answered: u64,
    /// How long these lasted, each rounded up to a second.
    pub seconds: i64,
    /// What the recorded rows cost; `None` where there are several currencies.
    pub amount: Option<String>,
    /// Of what; `None` where there are several currencies.
    pub currency: Option<Currency>,
    /// What they cost, by currency.
    pub amounts: BTreeMap<String, String>,
    /// The recorded rows by the switch's account code; those without one under the empty text.
    pub accounts: BTreeMap<String, AccountSummary>,
    /// Why rows have no price, and how many.
    pub unrated_reasons: BTreeMap<String, u64>,
    /// Rows whose local time the clocks showed twice.
    pub ambiguous: Ambiguous,
    /// How many customers were made.
    pub created_customers: u64,
    /// Payers who could not be made customers; their calls wait for a price.
    pub refused_customers: Vec<RefusedCustomer>,
    /// The id of the import.
    pub import: String,
}

/// The recorded rows of one account code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AccountSummary {
    /// How many.
    pub rows: u64,
    /// How many of them are answered calls.
    pub answered: u64,
    /// How long these lasted, each rounded up to a second.
    pub seconds: i64,
    /// What they cost; `None` where there are several currencies.
    pub amount: Option<String>,
}

/// Rows whose local time the clocks showed twice: the first of the two was taken.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Ambiguous {
    /// How many.
    pub rows: u64,
    /// The lines of the first ones.
    pub lines: Vec<u64>,
}

/// A payer who could not be made a customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RefusedCustomer {
    /// The account code or number.
    pub external_reference: String,
    /// Why not.
    pub reason: String,
}

/// Counts what becomes of rows.
#[derive(Debug, Clone, Default)]
pub(super) struct Tally {
    pub(super) rejected: u64,
    duplicates: u64,
    unrated: BTreeMap<String, u64>,
    recorded: Sums,
    pub(super) ambiguous: Ambiguous,
}

/// Sums of recorded calls.
#[derive(Debug, Clone, Default)]
pub(super) struct Sums {
    rows: u64,
    answered: u64,
    seconds: i64,
    /// In millionths.
    amounts: BTreeMap<Currency, i128>,
}

impl Tally {
    /// Counts a call that was handed over.
    pub(super) fn add(&mut self, call: &FinishedCall, outcome: &Outcome) {
        match outcome {
            Outcome::Known => self.duplicates += 1,
            Outcome::Unrated { reason, .. } => *self.unrated.entry(reason.to_string()).or_default() += 1,
            Outcome::Rated { .. } => {}
        }
        self.recorded.add(call, outcome);
    }

    /// How many rows were counted.
    pub(super) fn rows(&self) -> u64 {
        self.recorded.rows + self.duplicates + self.rejected
    }

    /// The summary so far; amounts of nothing are in the tenant's currency.
    pub(super) fn summary(&self, import: &str, tenant_currency: Currency) -> Summary {
        let unrated = self.unrated.values().sum();
        let recorded = &self.recorded;
        Summary {
            rows: self.rows(),
            rated: recorded.rows - unrated,
            duplicates: self.duplicates,
            unrated,
            rejected: self.rejected,
            answered: recorded.answered,
            seconds: recorded.seconds,
            amount: recorded.amount(tenant_currency),
            currency: recorded.currency(tenant_currency),
            amounts: recorded.amounts(),
            accounts: BTreeMap::new(),
            unrated_reasons: self.unrated.clone(),
            ambiguous: self.ambiguous.clone(),
            created_customers: 0,
            refused_customers: Vec::new(),
            import: import.to_owned(),
        }
    }
}

impl Sums {
    /// Adds a call, if it was recorded now.
    pub(super) fn add(&mut self, call: &FinishedCall, outcome: &Outcome) {
        if *outcome == Outcome::Known {
            return;
        }
        self.rows += 1;
        if let (Disposition::Answered, Some(answered_at)) = (call.disposition, call.answered_at) {
            let millis = call.ended_at.millis_since(answered_at);
            self.answered += 1;
            self.seconds = self.seconds.saturating_add(millis.saturating_add(999).div_euclid(1000));
        }
        if let Outcome::Rated { currency, total, .. } = outcome {
            *self.amounts.entry(*currency).or_default() += i128::from(total.micros());
        }
    }

    pub(super) fn summary(&self, tenant_currency: Currency) -> AccountSummary {
        AccountSummary {
            rows: self.rows,
            answered: self.answered,
            seconds: self.seconds,
            amount: self.amount(tenant_currency),
        }
    }

    fn currency(&self, tenant_currency: Currency) -> Option<Currency> {
        match self.amounts.len() {
            0 => Some(tenant_currency),
            1 => self.amounts.keys().next().copied(),
            _ => None,
        }
    }

    fn amount(&self, tenant_currency: Currency) -> Option<String> {
        let currency = self.currency(tenant_currency)?;
        text(self.amounts.get(&currency).copied().unwrap_or(0), currency)
    }

    fn amounts(&self) -> BTreeMap<String, String> {
        let texts = self.amounts.iter().filter_map(|(currency, micros)| Some((*currency, text(*micros, *currency)?)));
        texts.map(|(currency, text)| (currency.code().to_owned(), text)).collect()
    }
}

/// The amount in words; `None` beyond the range of an amount.
fn text(micros: i128, currency: Currency) -> Option<String> {
    i64::try_from(micros).ok().map(|micros| Amount::from_micros(micros).to_text(currency))
}

impl Ambiguous {
    /// Counts a row.
    pub(super) fn add(&mut self, line: u64) {
        self.rows += 1;
        if self.lines.len() < NAMED_LINES {
            self.lines.push(line);
        }
    }
}
