//! The words of a payout's statement.

use super::Language::{self, English, German};

/// The words of a payout's statement that are the same on each one.
pub(crate) struct Payout {
    pub(crate) earned: &'static str,
    pub(crate) account: &'static str,
    pub(crate) tax: &'static str,
    pub(crate) your_part: &'static str,
    pub(crate) carried_over: &'static str,
    pub(crate) corrected: &'static str,
    pub(crate) returned: &'static str,
    pub(crate) remaining: &'static str,
    pub(crate) paid_out: &'static str,
}

static ENGLISH: Payout = Payout {
    earned: "Your calls and messages",
    account: "Your account",
    tax: "Tax in the charges",
    your_part: "Your part",
    carried_over: "Carried over from before",
    corrected: "Your part of refunds and corrections",
    returned: "Payouts that came back",
    remaining: "Stays on your account: not payable yet",
    paid_out: "Paid out",
};

static GERMAN: Payout = Payout {
    earned: "Ihre Anrufe und Nachrichten",
    account: "Ihr Konto",
    tax: "Steuer in den Entgelten",
    your_part: "Ihr Anteil",
    carried_over: "Übertrag",
    corrected: "Ihr Anteil an Erstattungen und Berichtigungen",
    returned: "Zurückgekommene Auszahlungen",
    remaining: "Bleibt auf Ihrem Konto: noch nicht auszahlbar",
    paid_out: "Ausgezahlt",
};

impl Language {
    /// The words of a payout's statement.
    pub(crate) fn payout(self) -> &'static Payout {
        match self {
            English => &ENGLISH,
            German => &GERMAN,
        }
    }

    /// What customers were charged for.
    pub(crate) fn payout_charges(self, calls: &str, messages: i64) -> String {
        match (self, messages) {
            (English, 0) => format!("Charged for {calls}"),
            (English, 1) => format!("Charged for {calls} and 1 message"),
            (English, several) => format!("Charged for {calls} and {several} messages"),
            (German, 0) => format!("Berechnet für {calls}"),
            (German, 1) => format!("Berechnet für {calls} und 1 Nachricht"),
            (German, several) => format!("Berechnet für {calls} und {several} Nachrichten"),
        }
    }

    /// The seller's part of the charges.
    pub(crate) fn part_of(self, seller: &str) -> String {
        match self {
            English => format!("Part of {seller}"),
            German => format!("Anteil von {seller}"),
        }
    }
}
