//! Every word that stands on a document or in a mail, in English and German. Another language is another [`Labels`] and another arm of each
//! sentence.

mod balances;
mod labels;
pub(crate) mod letters;
pub(crate) mod notices;
pub(crate) mod payouts;
pub(crate) mod people;
mod shifts;

use domain::paper::{PaperKind, Usage};

use crate::figures::Figures;
pub(crate) use labels::Labels;
use labels::{ENGLISH, GERMAN};

/// A language that documents and mails are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Language {
    English,
    German,
}

use Language::{English, German};

impl Language {
    /// That of a tag (BCP 47); English where it is another, or none.
    pub(crate) fn of(tag: Option<&str>) -> Language {
        let tag = tag.unwrap_or_default().to_ascii_lowercase();
        if tag.split(['-', '_']).next() == Some("de") { German } else { English }
    }

    /// Its tag, for readers that speak it aloud and for hyphens.
    pub(crate) fn tag(self) -> &'static str {
        match self {
            English => "en",
            German => "de",
        }
    }

    /// The words that are the same on each document.
    pub(crate) fn labels(self) -> &'static Labels {
        match self {
            English => &ENGLISH,
            German => &GERMAN,
        }
    }

    /// What becomes of a credit note.
    pub(crate) fn credited(self, invoice: &str) -> String {
        match self {
            English => format!("Settles invoice {invoice}; what is over is credited."),
            German => format!("Wird mit Rechnung {invoice} verrechnet; was übrig ist, wird gutgeschrieben."),
        }
    }

    /// Why there is no tax, where the law wants no other words.
    pub(crate) fn untaxed(self) -> &'static str {
        match self {
            English => "No tax is charged",
            German => "Ohne Steuer",
        }
    }

    /// How much was called.
    pub(crate) fn called(self, figures: &Figures, usage: Usage) -> String {
        let (calls, duration) = (figures.count(usage.calls), figures.duration(usage.seconds));
        match self {
            English => format!("Calls: {calls}, duration: {duration}"),
            German => format!("Gespräche: {calls}, Dauer: {duration}"),
        }
    }

    /// What a document is called.
    pub(crate) fn title(self, kind: PaperKind, preview: bool) -> &'static str {
        match (kind, self) {
            (PaperKind::Invoice, _) if preview => self.labels().preview,
            (PaperKind::Invoice, English) => "Invoice",
            (PaperKind::Invoice, German) => "Rechnung",
            (PaperKind::CreditNote, English) => "Credit note",
            // Since 2013 "Gutschrift" is what a buyer bills itself with (section 14 UStG).
            (PaperKind::CreditNote, German) => "Stornorechnung",
            (PaperKind::Receipt, English) => "Receipt",
            (PaperKind::Receipt, German) => "Quittung",
            (PaperKind::Statement, English) => "Statement",
            (PaperKind::Statement, German) => "Kontoauszug",
            (PaperKind::Payout, English) => "Payout",
            (PaperKind::Payout, German) => "Auszahlung",
        }
    }

    /// What a payment or credit that settled something is called.
    pub(crate) fn settled_by(self, kind: &str) -> &str {
        match (kind, self) {
            ("payment", English) => "Payment",
            ("payment", German) => "Zahlung",
            ("credit", English) => "Credit",
            ("credit", German) => "Guthaben",
            ("credit_note", _) => self.title(PaperKind::CreditNote, false),
            (other, _) => other,
        }
    }

    /// The name of a month, 1 to 12.
    pub(crate) fn month(self, month: i8) -> &'static str {
        const ENGLISH: [&str; 12] = [
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ];
        const GERMAN: [&str; 12] = [
            "Januar",
            "Februar",
            "März",
            "April",
            "Mai",
            "Juni",
            "Juli",
            "August",
            "September",
            "Oktober",
            "November",
            "Dezember",
        ];
        let months = match self {
            English => ENGLISH,
            German => GERMAN,
        };
        usize::try_from(month - 1).ok().and_then(|index| months.get(index).copied()).unwrap_or_default()
    }

    /// So many of all days.
    pub(crate) fn part_of_days(self, part: &str, of: &str) -> String {
        match self {
            English => format!("{part} of {of} days"),
            German => format!("{part} von {of} Tagen"),
        }
    }

    /// So many of all seconds.
    pub(crate) fn part_of_seconds(self, part: &str, of: &str) -> String {
        match self {
            English => format!("{part} of {of} seconds"),
            German => format!("{part} von {of} Sekunden"),
        }
    }

    /// How many of the included minutes were used.
    pub(crate) fn included(self, used: &str, of: &str) -> String {
        match self {
            English => format!("included minutes: {used} of {of} used"),
            German => format!("Inklusivminuten: {used} von {of} verbraucht"),
        }
    }

    /// The name of a tax rate: English writes no space before the per cent sign.
    pub(crate) fn tax_rate(self, name: &str) -> String {
        match self {
            English => name.replace(" %", "%"),
            German => name.to_owned(),
        }
    }

    /// So many calls.
    pub(crate) fn counted_calls(self, count: &str) -> String {
        match self {
            English => format!("{count} {}", if count == "1" { "call" } else { "calls" }),
            German => format!("{count} {}", if count == "1" { "Anruf" } else { "Anrufe" }),
        }
    }

    /// A tax rate and what is taxed at it.
    pub(crate) fn tax_on(self, rate: &str, net: &str) -> String {
        match self {
            English => format!("{rate} on {net}"),
            German => format!("{rate} auf {net}"),
        }
    }

    /// A plan's fee on an invoice.
    pub(crate) fn fee(self, plan: &str) -> String {
        match self {
            English => format!("{plan}, monthly fee"),
            German => format!("{plan}, Grundgebühr"),
        }
    }

    /// Calls on an invoice, by what prices them.
    pub(crate) fn calls(self, name: &str) -> String {
        format!("{}: {name}", self.labels().calls)
    }
}
