//! Money, dates and durations as a reader sees them.

use domain::money::{Amount, Currency};
use domain::paper::Paper;
use domain::period::Period;
use domain::time::{Date, Instant, Resolved, Zone};

use crate::texts::Language;

/// How a reader sees figures: in a language, and the amounts in a currency.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Figures {
    pub(crate) language: Language,
    pub(crate) currency: Currency,
}

impl Figures {
    /// Those of a document.
    pub(crate) fn of(paper: &Paper) -> Figures {
        Figures { language: Language::of(paper.language.as_deref()), currency: paper.currency }
    }

    /// An amount with thousands separated, and with the currency's minor digits at least; below zero with a minus sign, not a hyphen.
    pub(crate) fn amount(self, of: Amount) -> String {
        self.separated(&of.to_text(self.currency)).replace('-', "\u{2212}")
    }

    /// An amount with the code of its currency, which stay together.
    pub(crate) fn money(self, of: Amount) -> String {
        let (amount, currency) = (self.amount(of), self.currency);
        match self.language {
            Language::English => format!("{currency} {amount}"),
            Language::German => format!("{amount}\u{a0}{currency}"),
        }
    }

    /// An amount with so many decimals, or more where it needs them: in a column, the points stand beneath each other.
    pub(crate) fn aligned(self, of: Amount, decimals: usize) -> String {
        let mut text = self.amount(of);
        let missing = decimals.saturating_sub(decimals_of(&of.to_text(self.currency)));
        if missing > 0 && missing == decimals {
            text.push(self.point());
        }
        text.extend(std::iter::repeat_n('0', missing));
        text
    }

    /// A count with thousands separated.
    pub(crate) fn count(self, of: i64) -> String {
        self.separated(&of.to_string())
    }

    /// A duration as `h:mm:ss`.
    pub(crate) fn duration(self, seconds: i64) -> String {
        format!("{}:{:02}:{:02}", self.count(seconds / 3600), seconds / 60 % 60, seconds % 60)
    }

    /// A duration as `m:ss`.
    pub(crate) fn minutes(self, seconds: i64) -> String {
        format!("{}:{:02}", self.count(seconds / 60), seconds % 60)
    }

    /// A date such as `1 February 2026`.
    pub(crate) fn date(self, of: Date) -> String {
        date(self.language, of)
    }

    /// The days of a period, the last one included: `1 – 31 January 2026`.
    pub(crate) fn period(self, of: Period) -> String {
        let (from, last) = (of.from(), of.to().yesterday().unwrap_or(of.to()));
        let month = self.language.month(from.month());
        match (from.year() == last.year(), from.month() == last.month(), from.day() == last.day()) {
            (true, true, true) => self.date(from),
            (true, true, false) => format!("{} – {}", self.day(from), self.date(last)),
            (true, false, _) => format!("{} {month} – {}", self.day(from), self.date(last)),
            (false, ..) => format!("{} – {}", self.date(from), self.date(last)),
        }
    }

    fn day(self, of: Date) -> String {
        day(self.language, of)
    }

    /// What stands before the decimals.
    fn point(self) -> char {
        match self.language {
            Language::English => '.',
            Language::German => ',',
        }
    }

    /// Separates every three digits of the whole part.
    fn separated(self, number: &str) -> String {
        let separator = match self.language {
            Language::English => ',',
            Language::German => '.',
        };
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        let mut text = String::with_capacity(number.len() + number.len() / 3);
        for (index, digit) in whole.char_indices() {
            let left = whole.len() - index;
            if left.is_multiple_of(3) && text.ends_with(|c: char| c.is_ascii_digit()) {
                text.push(separator);
            }
            text.push(digit);
        }
        if !fraction.is_empty() {
            text.push(self.point());
            text.push_str(fraction);
        }
        text
    }
}

/// A date such as `1 February 2026`.
pub(crate) fn date(language: Language, of: Date) -> String {
    format!("{} {} {}", day(language, of), language.month(of.month()), of.year())
}

fn day(language: Language, of: Date) -> String {
    match language {
        Language::English => of.day().to_string(),
        Language::German => format!("{}.", of.day()),
    }
}

/// How many decimals the amount with the most of them needs.
pub(crate) fn decimals(amounts: impl Iterator<Item = Amount>, currency: Currency) -> usize {
    amounts.map(|of| decimals_of(&of.to_text(currency))).max().unwrap_or(0)
}

fn decimals_of(text: &str) -> usize {
    text.split_once('.').map_or(0, |(_, fraction)| fraction.len())
}

/// What the zone's wall clocks show: `2026-02-03 04:05:06`, with the offset where they show it twice.
pub(crate) fn wall_clock(at: Instant, zone: &Zone) -> String {
    let clock = zone.wall_clock(at);
    let (hour, minute, second) = (clock.second / 3600, clock.second / 60 % 60, clock.second % 60);
    let text = format!("{} {hour:02}:{minute:02}:{second:02}", clock.date());
    let local = clock.date().at(0, 0, 0, 0).checked_add(std::time::Duration::from_secs(clock.second.unsigned_abs()));
    match local.map(|local| zone.resolve(local)) {
        Ok(Resolved::Twice(..)) => {
            let offset = (clock.day * 86_400 + clock.second - at.seconds()) / 60;
            let sign = if offset < 0 { '-' } else { '+' };
            format!("{text} {sign}{:02}:{:02}", offset.abs() / 60, offset.abs() % 60)
        }
        _ => text,
    }
}

/// The number of an account, in groups of four where it is an IBAN.
pub(crate) fn account(number: &str) -> String {
    let bare: Vec<char> = number.chars().filter(|c| !c.is_whitespace()).collect();
    let is_iban = (15..=34).contains(&bare.len())
        && bare.iter().all(char::is_ascii_alphanumeric)
        && bare[..2].iter().all(char::is_ascii_alphabetic)
        && bare[2..4].iter().all(char::is_ascii_digit);
    if !is_iban {
        return plain(number);
    }
    bare.chunks(4).map(|group| group.iter().collect::<String>().to_uppercase()).collect::<Vec<_>>().join(" ")
}

/// A text of one line that reads in the order in which it is written: no line breaks or other control characters, and nothing that
/// turns the direction of what follows.
pub(crate) fn plain(text: &str) -> String {
    let turns = |c: char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let kept = text.chars().filter(|c| !turns(*c)).map(|c| if c.is_control() { ' ' } else { c });
    kept.collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figures(language: Language, code: &str) -> Figures {
        Figures { language, currency: Currency::parse(code).unwrap() }
    }

    #[test]
    fn amounts_by_table() {
        for (text, code, shown) in [
            ("0", "EUR", "0.00"),
            ("999.99", "EUR", "999.99"),
            ("1000", "EUR", "1,000.00"),
            ("-123456", "EUR", "\u{2212}123,456.00"),
            ("-1234567.5", "EUR", "\u{2212}1,234,567.50"),
            ("0.0375", "EUR", "0.0375"),
            ("1234567", "JPY", "1,234,567"),
            ("1234.5678", "KWD", "1,234.5678"),
            ("9223372036854.775807", "USD", "9,223,372,036,854.775807"),
        ] {
            let amount = Amount::parse(text).unwrap();
            assert_eq!(figures(Language::English, code).amount(amount), shown, "{text} {code}");
        }
    }

    #[test]
    fn points_stand_beneath_each_other() {
        for (amounts, code, shown) in [
            (vec!["1", "0.0375", "1234.5"], "EUR", vec!["1.0000", "0.0375", "1,234.5000"]),
            (vec!["12", "0.5"], "JPY", vec!["12.0", "0.5"]),
            (vec!["12", "3"], "JPY", vec!["12", "3"]),
            (vec![], "EUR", vec![]),
        ] {
            let amounts: Vec<Amount> = amounts.into_iter().map(|text| Amount::parse(text).unwrap()).collect();
            let figures = figures(Language::English, code);
            let decimals = decimals(amounts.iter().copied(), figures.currency);
            let aligned: Vec<_> = amounts.iter().map(|of| figures.aligned(*of, decimals)).collect();
            assert_eq!(aligned, shown);
        }
    }

    #[test]
    fn durations_and_periods_by_table() {
        for (seconds, shown) in [(0, "0:00:00"), (59, "0:00:59"), (3_661, "1:01:01"), (36_000_000, "10,000:00:00")] {
            assert_eq!(figures(Language::English, "EUR").duration(seconds), shown);
        }
        for (from, to, english, german) in [
            ("2026-01-01", "2026-02-01", "1 – 31 January 2026", "1. – 31. Januar 2026"),
            ("2026-01-05", "2026-01-06", "5 January 2026", "5. Januar 2026"),
            ("2026-01-15", "2026-02-15", "15 January – 14 February 2026", "15. Januar – 14. Februar 2026"),
            ("2026-12-15", "2027-01-15", "15 December 2026 – 14 January 2027", "15. Dezember 2026 – 14. Januar 2027"),
        ] {
            let period = Period::new(from.parse().unwrap(), to.parse().unwrap()).unwrap();
            assert_eq!(figures(Language::English, "EUR").period(period), english);
            assert_eq!(figures(Language::German, "EUR").period(period), german);
        }
    }

    #[test]
    fn german_figures() {
        let german = figures(Language::German, "EUR");
        let amount = |text: &str| Amount::parse(text).unwrap();
        assert_eq!(german.amount(amount("-1234567.5")), "\u{2212}1.234.567,50");
        assert_eq!(german.money(amount("1234")), "1.234,00\u{a0}EUR");
        assert_eq!(german.aligned(amount("1"), 4), "1,0000");
        assert_eq!(german.duration(36_000_000), "10.000:00:00");
    }

    #[test]
    fn an_hour_that_comes_twice_has_its_offset() {
        let zone = Zone::named("Europe/London").unwrap();
        for (at, shown) in [
            ("2026-10-25T00:30:00Z", "2026-10-25 01:30:00 +01:00"),
            ("2026-10-25T01:30:00Z", "2026-10-25 01:30:00 +00:00"),
            ("2026-10-25T02:30:00Z", "2026-10-25 02:30:00"),
            ("2026-07-01T23:30:09Z", "2026-07-02 00:30:09"),
        ] {
            assert_eq!(wall_clock(Instant::parse(at).unwrap(), &zone), shown);
        }
    }

    #[test]
    fn account_numbers_and_plain_texts() {
        for (number, shown) in [
            ("GB33BUKB20201555555555", "GB33 BUKB 2020 1555 5555 55"),
            ("gb33 bukb 2020 1555 5555 55", "GB33 BUKB 2020 1555 5555 55"),
            ("12-34-56 12345678", "12-34-56 12345678"),
        ] {
            assert_eq!(account(number), shown);
        }
        assert_eq!(plain("Jane\r\nBcc: x\t\u{202e}Doe "), "Jane Bcc: x Doe");
    }
}
