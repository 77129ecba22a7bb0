use domain::invalid::Invalid;
use serde::{Deserialize, Serialize};

use crate::fields;

/// Which column of the bank's CSV files holds what. None are read while the first two are not named.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct BankCsv {
    /// The day on which money was booked.
    pub date: Option<String>,
    /// How much came in; what went out is below zero there, or empty.
    pub amount: Option<String>,
    /// Who paid.
    pub payer: Option<String>,
    /// The account that it came from.
    pub account: Option<String>,
    /// Its currency; the tenant's, where there is no such column.
    pub currency: Option<String>,
    /// What the payer wrote: one column or several.
    pub text: Vec<String>,
    /// In which order days, months and years stand.
    pub date_order: DateOrder,
    /// What stands before the decimals.
    pub decimal_mark: DecimalMark,
}

/// In which order days (`d`), months (`m`) and years (`y`) stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DateOrder {
    /// Such as 2026-10-05.
    #[default]
    Ymd,
    /// Such as 05.10.2026.
    Dmy,
    /// Such as 10/05/2026.
    Mdy,
}

/// What stands before the decimals of an amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DecimalMark {
    /// Such as 1,234.56.
    #[default]
    Point,
    /// Such as 1.234,56.
    Comma,
}

impl DateOrder {
    /// As it is set.
    pub(crate) fn name(self) -> &'static str {
        match self {
            DateOrder::Ymd => "ymd",
            DateOrder::Dmy => "dmy",
            DateOrder::Mdy => "mdy",
        }
    }
}

impl BankCsv {
    /// Whether files can be read by it.
    pub(crate) fn is_set(&self) -> bool {
        self.date.is_some() && self.amount.is_some()
    }

    /// All columns that a file must have.
    pub(crate) fn names(&self) -> impl Iterator<Item = &String> {
        let single = [&self.date, &self.amount, &self.payer, &self.account, &self.currency];
        single.into_iter().flatten().chain(&self.text)
    }

    pub(super) fn checked(self) -> Result<Self, Invalid> {
        const LONGEST: usize = 100;
        if self.text.len() > 10 {
            return Err(Invalid::at("/bank_csv/text", "must be 10 columns at most"));
        }
        let text = self.text.into_iter().enumerate();
        let text = text.map(|(place, name)| fields::required(&format!("/bank_csv/text/{place}"), name, LONGEST));
        let checked = BankCsv {
            date: fields::optional("/bank_csv/date", self.date, LONGEST)?,
            amount: fields::optional("/bank_csv/amount", self.amount, LONGEST)?,
            payer: fields::optional("/bank_csv/payer", self.payer, LONGEST)?,
            account: fields::optional("/bank_csv/account", self.account, LONGEST)?,
            currency: fields::optional("/bank_csv/currency", self.currency, LONGEST)?,
            text: text.collect::<Result<_, _>>()?,
            ..self
        };
        for (at, needed) in [("/bank_csv/date", &checked.date), ("/bank_csv/amount", &checked.amount)] {
            if needed.is_none() && checked.names().next().is_some() {
                return Err(Invalid::at(at, "must name a column, too: no file is read without it"));
            }
        }
        Ok(checked)
    }
}
