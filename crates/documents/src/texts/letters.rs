//! The sentences of mails.

use domain::money::Amount;
use domain::paper::{Paper, PaperKind, Standing};

use super::{ENGLISH, title};
use crate::figures::{date, money, period, plain};

/// The salutation.
pub(crate) fn greeting(buyer: &str) -> String {
    if buyer.is_empty() { "Dear customer,".to_owned() } else { format!("Dear {buyer},") }
}

/// What stands above the seller's name.
pub(crate) const REGARDS: &str = "Kind regards";

/// The subject of the mail that a document comes with.
pub(crate) fn document_subject(paper: &Paper) -> String {
    format!("{} from {}", named(paper), plain(&paper.seller.name))
}

/// What the mail says that a document comes with.
pub(crate) fn document(paper: &Paper, standing: &Standing) -> Vec<String> {
    let (name, issued) = (named(paper), date(paper.issued_on));
    let days = paper.period.map(|days| format!(" for {}", period(days))).unwrap_or_default();
    let total = money(paper.total, paper.currency);
    match paper.kind {
        PaperKind::Invoice if standing.preview || paper.number.is_none() => {
            vec![format!("Attached is what your invoice{days} looks like so far."), ENGLISH.preview_note.to_owned()]
        }
        PaperKind::Invoice => {
            vec![
                format!("Attached is your {}{days}. It comes to {total}.", in_sentence(&name)),
                to_pay(paper, standing),
            ]
        }
        PaperKind::CreditNote => {
            let of =
                paper.corrects.as_deref().map(|number| format!(" of invoice {}", plain(number))).unwrap_or_default();
            vec![format!("Attached is your {} of {issued}: it takes back {total}{of}.", in_sentence(&name))]
        }
        PaperKind::Receipt => {
            vec![format!("Thank you: we received {total} on {issued}. Attached is your {}.", in_sentence(&name))]
        }
        PaperKind::Statement => vec![format!("Attached is the statement of your account{days}.")],
        PaperKind::Payout => {
            vec![format!("We are paying you {total}. Attached is the statement of your {}{days}.", in_sentence(&name))]
        }
    }
}

/// The subject of a reminder; `days` are below zero before the invoice is due.
pub(crate) fn reminder_subject(paper: &Paper, days: i32) -> String {
    let (name, seller) = (in_sentence(&named(paper)), plain(&paper.seller.name));
    match days {
        ..0 => format!("Reminder: {name} from {seller} is due {}", away(days)),
        0 => format!("Reminder: {name} from {seller} is due today"),
        1.. => format!("Overdue: {name} from {seller}"),
    }
}

/// What a reminder says.
pub(crate) fn reminder(paper: &Paper, standing: &Standing, days: i32) -> Vec<String> {
    let (name, issued) = (named(paper), date(paper.issued_on));
    let open = money(standing.open, paper.currency);
    let on = paper.due_on.map(|due| format!(", on {}", date(due))).unwrap_or_default();
    let first = match days {
        ..0 => format!("{name} of {issued} is due {}{on}.", away(days)),
        0 => format!("{name} of {issued} is due today."),
        1.. => format!("{name} of {issued} was due {}{on}.", away(days)),
    };
    vec![
        format!("{first} {open} is still to be paid."),
        "If you have paid in the meantime, please take no notice of this mail. The invoice is attached once more."
            .to_owned(),
    ]
}

/// How to reach the seller.
pub(crate) fn questions(paper: &Paper) -> Option<String> {
    match (paper.seller.email.as_deref().map(plain), paper.seller.phone.as_deref().map(plain)) {
        (Some(email), Some(phone)) => Some(format!("Questions? Write to {email} or call {phone}.")),
        (Some(email), None) => Some(format!("Questions? Write to {email}.")),
        (None, Some(phone)) => Some(format!("Questions? Call {phone}.")),
        (None, None) => None,
    }
}

/// What is to be done about an invoice.
fn to_pay(paper: &Paper, standing: &Standing) -> String {
    let open = money(standing.open, paper.currency);
    if standing.closed || standing.open <= Amount::ZERO {
        return "Nothing is to be paid.".to_owned();
    }
    match paper.due_on.map(date) {
        Some(due) if standing.overdue => format!("It was due on {due}: {open} is still to be paid."),
        Some(due) => format!("Please pay {open} by {due}."),
        None => format!("Please pay {open}."),
    }
}

/// Title and number.
fn named(paper: &Paper) -> String {
    let title = title(paper.kind, paper.number.is_none());
    paper.number.as_deref().map_or_else(|| title.to_owned(), |number| format!("{title} {}", plain(number)))
}

/// A title in the middle of a sentence.
fn in_sentence(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
}

/// How far a day is: `in 3 days`, `7 days ago`.
fn away(days: i32) -> String {
    let count = days.unsigned_abs();
    let count = if count == 1 { "1 day".to_owned() } else { format!("{count} days") };
    if days < 0 { format!("in {count}") } else { format!("{count} ago") }
}
