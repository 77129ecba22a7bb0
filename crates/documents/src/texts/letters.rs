//! The sentences of mails.

use domain::money::Amount;
use domain::paper::{Paper, PaperKind, Standing};

use super::Language::{self, English, German};
use crate::figures::{Figures, plain};

/// The salutation.
pub(crate) fn greeting(language: Language, buyer: &str) -> String {
    match language {
        English if buyer.is_empty() => "Dear customer,".to_owned(),
        English => format!("Dear {buyer},"),
        German if buyer.is_empty() => "Guten Tag,".to_owned(),
        German => format!("Guten Tag {buyer},"),
    }
}

/// What stands above the seller's name.
pub(crate) fn regards(language: Language) -> &'static str {
    match language {
        English => "Kind regards",
        German => "Freundliche Grüße",
    }
}

/// The subject of the mail that a document comes with.
pub(crate) fn document_subject(paper: &Paper) -> String {
    let (name, seller) = (named(paper), plain(&paper.seller.name));
    match language(paper) {
        English => format!("{name} from {seller}"),
        German => format!("{name} von {seller}"),
    }
}

/// What the mail says that a document comes with.
pub(crate) fn document(paper: &Paper, standing: &Standing) -> Vec<String> {
    match language(paper) {
        English => document_in_english(paper, standing),
        German => document_in_german(paper, standing),
    }
}

fn document_in_english(paper: &Paper, standing: &Standing) -> Vec<String> {
    let figures = Figures::of(paper);
    let (name, issued, total) = (in_sentence(paper), figures.date(paper.issued_on), figures.money(paper.total));
    let days = paper.period.map(|days| format!(" for {}", figures.period(days))).unwrap_or_default();
    match paper.kind {
        PaperKind::Invoice if standing.preview || paper.number.is_none() => vec![
            format!("Attached is what your invoice{days} looks like so far."),
            English.labels().preview_note.to_owned(),
        ],
        PaperKind::Invoice => {
            vec![format!("Attached is your {name}{days}. It comes to {total}."), to_pay(paper, standing)]
        }
        PaperKind::CreditNote => {
            let of =
                paper.corrects.as_deref().map(|number| format!(" of invoice {}", plain(number))).unwrap_or_default();
            vec![format!("Attached is your {name} of {issued}: it takes back {total}{of}.")]
        }
        PaperKind::Receipt => {
            vec![format!("Thank you: we received {total} on {issued}. Attached is your {name}.")]
        }
        PaperKind::Statement => vec![format!("Attached is the statement of your account{days}.")],
        PaperKind::Payout => {
            vec![format!("We are paying you {total}. Attached is the statement of your {name}{days}.")]
        }
    }
}

fn document_in_german(paper: &Paper, standing: &Standing) -> Vec<String> {
    let figures = Figures::of(paper);
    let (name, issued, total) = (named(paper), figures.date(paper.issued_on), figures.money(paper.total));
    let days = paper.period.map(|days| format!(" für {}", figures.period(days))).unwrap_or_default();
    match paper.kind {
        PaperKind::Invoice if standing.preview || paper.number.is_none() => vec![
            format!("Im Anhang sehen Sie Ihre Rechnung{days}, wie sie bis jetzt aussieht."),
            German.labels().preview_note.to_owned(),
        ],
        PaperKind::Invoice => {
            vec![format!("Im Anhang erhalten Sie Ihre {name}{days} über {total}."), to_pay(paper, standing)]
        }
        PaperKind::CreditNote => {
            let of = paper.corrects.as_deref().map(|number| format!(" der Rechnung {}", plain(number)));
            let of = of.unwrap_or_default();
            vec![format!("Im Anhang erhalten Sie Ihre {name} vom {issued}: Sie nimmt {total}{of} zurück.")]
        }
        PaperKind::Receipt => {
            vec![format!("Vielen Dank: Wir haben am {issued} {total} erhalten. Im Anhang finden Sie Ihre {name}.")]
        }
        PaperKind::Statement => vec![format!("Im Anhang erhalten Sie Ihren Kontoauszug{days}.")],
        PaperKind::Payout => {
            vec![format!("Wir zahlen Ihnen {total} aus. Im Anhang finden Sie die Abrechnung Ihrer {name}{days}.")]
        }
    }
}

/// The subject of a reminder; `days` are below zero before the invoice is due.
pub(crate) fn reminder_subject(paper: &Paper, days: i32) -> String {
    let (name, seller) = (in_sentence(paper), plain(&paper.seller.name));
    match (language(paper), days) {
        (English, ..0) => format!("Reminder: {name} from {seller} is due {}", away(days)),
        (English, 0) => format!("Reminder: {name} from {seller} is due today"),
        (English, 1..) => format!("Overdue: {name} from {seller}"),
        (German, ..0) => format!("Erinnerung: {name} von {seller} ist {} fällig", away_in_german(days)),
        (German, 0) => format!("Erinnerung: {name} von {seller} ist heute fällig"),
        (German, 1..) => format!("Überfällig: {name} von {seller}"),
    }
}

/// What a reminder says.
pub(crate) fn reminder(paper: &Paper, standing: &Standing, days: i32) -> Vec<String> {
    let figures = Figures::of(paper);
    let (name, issued, open) = (named(paper), figures.date(paper.issued_on), figures.money(standing.open));
    let due = paper.due_on.map(|due| figures.date(due));
    let on = |word: &str| due.map(|due| format!(", {word} {due}")).unwrap_or_default();
    match language(paper) {
        English => {
            let first = match days {
                ..0 => format!("{name} of {issued} is due {}{}.", away(days), on("on")),
                0 => format!("{name} of {issued} is due today."),
                1.. => format!("{name} of {issued} was due {}{}.", away(days), on("on")),
            };
            let second = "If you have paid in the meantime, please take no notice of this mail. The invoice is attached once more.";
            vec![format!("{first} {open} is still to be paid."), second.to_owned()]
        }
        German => {
            let first = match days {
                ..0 => format!("Die {name} vom {issued} ist {}{} fällig.", away_in_german(days), on("am")),
                0 => format!("Die {name} vom {issued} ist heute fällig."),
                1.. => format!("Die {name} vom {issued} war {}{} fällig.", away_in_german(days), on("am")),
            };
            let second = "Falls Sie inzwischen gezahlt haben, ist diese Nachricht gegenstandslos. Die Rechnung liegt noch einmal bei.";
            vec![format!("{first} Es sind noch {open} zu zahlen."), second.to_owned()]
        }
    }
}

/// How to reach the seller.
pub(crate) fn questions(paper: &Paper) -> Option<String> {
    let (email, phone) = (paper.seller.email.as_deref().map(plain), paper.seller.phone.as_deref().map(plain));
    match (language(paper), email, phone) {
        (_, None, None) => None,
        (English, Some(email), Some(phone)) => Some(format!("Questions? Write to {email} or call {phone}.")),
        (English, Some(email), None) => Some(format!("Questions? Write to {email}.")),
        (English, None, Some(phone)) => Some(format!("Questions? Call {phone}.")),
        (German, Some(email), Some(phone)) => {
            Some(format!("Fragen? Schreiben Sie an {email} oder rufen Sie {phone} an."))
        }
        (German, Some(email), None) => Some(format!("Fragen? Schreiben Sie an {email}.")),
        (German, None, Some(phone)) => Some(format!("Fragen? Rufen Sie {phone} an.")),
    }
}

/// What is to be done about an invoice.
fn to_pay(paper: &Paper, standing: &Standing) -> String {
    let figures = Figures::of(paper);
    let open = figures.money(standing.open);
    let is_nothing = standing.closed || standing.open <= Amount::ZERO;
    match (language(paper), paper.due_on.map(|due| figures.date(due))) {
        (English, _) if is_nothing => "Nothing is to be paid.".to_owned(),
        (German, _) if is_nothing => "Es ist nichts zu zahlen.".to_owned(),
        (English, Some(due)) if standing.overdue => format!("It was due on {due}: {open} is still to be paid."),
        (German, Some(due)) if standing.overdue => {
            format!("Sie war am {due} fällig: Es sind noch {open} zu zahlen.")
        }
        (English, Some(due)) => format!("Please pay {open} by {due}."),
        (German, Some(due)) => format!("Bitte zahlen Sie {open} bis zum {due}."),
        (English, None) => format!("Please pay {open}."),
        (German, None) => format!("Bitte zahlen Sie {open}."),
    }
}

fn language(paper: &Paper) -> Language {
    Language::of(paper.language.as_deref())
}

/// Title and number.
fn named(paper: &Paper) -> String {
    let title = language(paper).title(paper.kind, paper.number.is_none());
    paper.number.as_deref().map_or_else(|| title.to_owned(), |number| format!("{title} {}", plain(number)))
}

/// The same in the middle of a sentence: German writes nouns with a capital there, too.
fn in_sentence(paper: &Paper) -> String {
    let name = named(paper);
    if language(paper) == German {
        return name;
    }
    let mut letters = name.chars();
    letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
}

/// How far a day is: `in 3 days`, `7 days ago`.
fn away(days: i32) -> String {
    let count = days.unsigned_abs();
    let count = if count == 1 { "1 day".to_owned() } else { format!("{count} days") };
    if days < 0 { format!("in {count}") } else { format!("{count} ago") }
}

/// The same in German: `in 3 Tagen`, `vor 7 Tagen`.
fn away_in_german(days: i32) -> String {
    let count = days.unsigned_abs();
    let count = if count == 1 { "1 Tag".to_owned() } else { format!("{count} Tagen") };
    if days < 0 { format!("in {count}") } else { format!("vor {count}") }
}
