//! What fuzzing feeds with files of banks.

use std::collections::HashSet;

use domain::card::looks_like_card;
use domain::money::{Amount, Currency};
use domain::time::Zone;

use super::read::read;
use crate::tenants::{BankCsv, DateOrder, DecimalMark, Settings};

/// Reads a file as a statement: what comes in is above zero, each row is told apart, and nobody's card is kept.
pub fn bank_files(data: &[u8]) {
    let (Ok(currency), Ok(zone)) = (Currency::parse("EUR"), Zone::named("Europe/Berlin")) else { return };
    let mut settings = Settings::new(currency, zone);
    for (date_order, decimal_mark) in [(DateOrder::Ymd, DecimalMark::Point), (DateOrder::Dmy, DecimalMark::Comma)] {
        let column = |name: &str| Some(name.to_owned());
        settings.bank_csv = BankCsv {
            date: column("date"),
            amount: column("amount"),
            payer: column("payer"),
            account: column("account"),
            currency: column("currency"),
            text: vec!["text".to_owned(), "more".to_owned()],
            date_order,
            decimal_mark,
        };
        let Ok(statement) = read(data, &settings) else { continue };
        assert!(statement.outgoing >= 0 && statement.unbooked >= 0 && statement.rejects.len() <= 100);
        let mut keys = HashSet::new();
        for (key, row) in statement.told_apart() {
            assert!(row.amount > Amount::ZERO && row.place > 0, "{row:?}");
            assert!(!looks_like_card(&row.text), "{row:?}");
            assert!(row.text.chars().count() <= 500 && !row.text.contains(char::is_control), "{row:?}");
            assert!(keys.insert(key), "two rows are one: {row:?}");
        }
    }
}
