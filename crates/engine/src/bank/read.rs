//! What a bank's file tells, whatever its format.

use std::collections::HashMap;

use domain::card;
use domain::invalid::Invalid;
use domain::money::{Amount, Currency};
use domain::time::Date;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{camt, csv};
use crate::imports::Encoding;
use crate::tenants::Settings;

/// The most rows of a file.
const MOST_ROWS: usize = 20_000;
/// How many characters are kept of what a payer wrote: ISO 20022 has up to 140 in each of several parts.
const LONGEST_TEXT: usize = 500;
const LONGEST_NAME: usize = 140;
/// An IBAN has 34 characters at most (ISO 13616), what other countries have may be longer by a little.
const LONGEST_ACCOUNT: usize = 40;
/// How many rows that cannot be read are told; all of them are counted.
const MOST_REJECTS: usize = 100;

/// A file that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Statement {
    pub(super) format: &'static str,
    pub(super) rows: Vec<Draft>,
    /// Rows of money that went out.
    pub(super) outgoing: i64,
    /// Rows that are not booked yet: they come again when they are.
    pub(super) unbooked: i64,
    pub(super) rejects: Vec<RowReject>,
}

/// A row of a file that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowReject {
    /// Where it stands in the file, from 1: the line of a CSV file, the entry of a statement.
    pub position: i64,
    /// Why.
    pub reason: String,
}

/// A row of money that came in, as the file has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Draft {
    pub(super) place: i64,
    pub(super) booked_on: Date,
    pub(super) amount: Amount,
    pub(super) currency: Currency,
    pub(super) payer: Option<String>,
    pub(super) account: Option<String>,
    pub(super) text: String,
    /// What the bank calls it: it tells rows apart, and is not kept.
    pub(super) bank_reference: String,
}

/// Reads a file of whichever format.
///
/// # Errors
/// It is neither a camt.053 nor a CSV file with the columns of the settings, or has too many rows.
pub(super) fn read(bytes: &[u8], settings: &Settings) -> Result<Statement, Invalid> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let is_xml = bytes.trim_ascii_start().starts_with(b"<");
    let text = match Encoding::Utf8.decode(bytes) {
        Some(text) => text,
        None if is_xml => return Err(Invalid::at("", "is XML, but not in UTF-8")),
        None => Encoding::Latin1.decode(bytes).unwrap_or_default(),
    };
    if text.trim().is_empty() {
        return Err(Invalid::at("", "is empty"));
    }
    let statement = if is_xml {
        camt::read(text.trim_start())?
    } else if settings.bank_csv.is_set() {
        csv::read(&text, &settings.bank_csv, settings.currency)?
    } else {
        let detail = "is no camt.053; for CSV files, say first in the settings (bank_csv) which column holds what";
        return Err(Invalid::at("", detail));
    };
    if statement.rows.len() > MOST_ROWS {
        return Err(Invalid::at("", format!("has more than {MOST_ROWS} rows of money that came in")));
    }
    Ok(statement)
}

impl Statement {
    pub(super) fn new(format: &'static str) -> Statement {
        Statement { format, rows: Vec::new(), outgoing: 0, unbooked: 0, rejects: Vec::new() }
    }

    pub(super) fn reject(&mut self, position: i64, reason: impl Into<String>) {
        if self.rejects.len() < MOST_REJECTS {
            self.rejects.push(RowReject { position, reason: reason.into() });
        }
    }

    /// The rows as they are kept, each with what tells it from all others: a digest of what the file has of it, and its ordinal among rows
    /// that are equal in all of that.
    pub(super) fn told_apart(self) -> Vec<(String, Draft)> {
        let mut seen: HashMap<String, u32> = HashMap::new();
        let rows = self.rows.into_iter().map(|row| {
            let digest = row.digest();
            let ordinal = seen.entry(digest.clone()).and_modify(|count| *count += 1).or_insert(1);
            (format!("{digest}/{ordinal}"), row.tidied())
        });
        rows.collect()
    }
}

impl Draft {
    fn digest(&self) -> String {
        let (amount, currency) = (self.amount.micros(), self.currency.code());
        let own = (&self.payer, &self.account, &self.text, &self.bank_reference);
        let told = serde_json::json!([self.booked_on.to_string(), amount, currency, own.0, own.1, own.2, own.3]);
        format!("{:x}", Sha256::digest(told.to_string()))
    }

    /// As it is kept: in one line, no longer than is needed, without the numbers of payment cards.
    fn tidied(self) -> Draft {
        let text = |text: String, longest: usize| {
            let one_line = text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
            let joined = card::masked(&one_line.collect::<Vec<_>>().join(" "));
            joined.chars().take(longest).collect::<String>()
        };
        let payer = self.payer.map(|payer| text(payer, LONGEST_NAME)).filter(|payer| !payer.is_empty());
        let account = self.account.map(|account| {
            let bare = account.chars().filter(char::is_ascii_alphanumeric).take(LONGEST_ACCOUNT);
            bare.collect::<String>().to_uppercase()
        });
        Draft {
            payer,
            account: account.filter(|account| !account.is_empty()),
            text: text(self.text, LONGEST_TEXT),
            ..self
        }
    }
}
