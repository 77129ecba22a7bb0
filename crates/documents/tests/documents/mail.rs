use documents::{MailBody, MailKind, RenderError, mail};
use domain::money::Amount;
use domain::paper::{Paper, Standing};

use crate::papers;

const REMINDER: MailKind = MailKind::Reminder { days: 7 };

fn written(kind: MailKind, paper: &Paper, standing: &Standing) -> MailBody {
    let mail = mail(kind, paper, standing).unwrap();
    papers::keep("mail.html", &mail.html);
    mail
}

#[test]
fn an_invoice_comes_with_a_letter() {
    let (mut paper, _) = papers::ordinary();
    paper.notes = vec!["Two invoices are unpaid.".into()];
    let mail = written(MailKind::Document, &paper, &papers::unpaid(&paper));
    assert_eq!(mail.subject, "Invoice 2026-004711 from Alpenruf Telekommunikation GmbH");
    assert_eq!(
        mail.text,
        "Dear Schneider & Töchter OG,

Attached is your invoice 2026-004711 for 1 – 31 October 2026. It comes to EUR 17.98.

Please pay EUR 17.98 by 15 November 2026.

Two invoices are unpaid.

Number: 2026-004711
Date: 1 November 2026
Period: 1 – 31 October 2026
Due on: 15 November 2026
Your reference: KD-20817
Total: EUR 17.98
Still to be paid: EUR 17.98

How to pay
Amount: EUR 17.98
Account holder: Alpenruf Telekommunikation GmbH
IBAN: AT61 1904 3002 3457 3201
BIC: BODEATWW
Bank: Bodenseebank
Reference: 2026-004711
You can also pay by card in the customer area.

Questions? Write to billing@alpenruf.example or call +43 5574 900000.

Kind regards
Alpenruf Telekommunikation GmbH
Seestraße 14
6900 Bregenz
Austria
"
    );
}

#[test]
fn a_customer_whose_language_is_german_is_written_to_in_german() {
    let (mut paper, _) = papers::ordinary();
    paper.language = Some("de-AT".to_owned());
    let mail = written(MailKind::Document, &paper, &papers::unpaid(&paper));
    assert_eq!(mail.subject, "Rechnung 2026-004711 von Alpenruf Telekommunikation GmbH");
    assert_eq!(
        mail.text,
        "Guten Tag Schneider & Töchter OG,

Im Anhang erhalten Sie Ihre Rechnung 2026-004711 für 1. – 31. Oktober 2026 über 17,98 EUR.

Bitte zahlen Sie 17,98 EUR bis zum 15. November 2026.

Nummer: 2026-004711
Datum: 1. November 2026
Zeitraum: 1. – 31. Oktober 2026
Fällig am: 15. November 2026
Ihr Zeichen: KD-20817
Gesamtbetrag: 17,98 EUR
Noch zu zahlen: 17,98 EUR

So zahlen Sie
Betrag: 17,98 EUR
Kontoinhaber: Alpenruf Telekommunikation GmbH
IBAN: AT61 1904 3002 3457 3201
BIC: BODEATWW
Bank: Bodenseebank
Verwendungszweck: 2026-004711
You can also pay by card in the customer area.

Fragen? Schreiben Sie an billing@alpenruf.example oder rufen Sie +43 5574 900000 an.

Freundliche Grüße
Alpenruf Telekommunikation GmbH
Seestraße 14
6900 Bregenz
Austria
"
    );
    for (days, subject) in [
        (-3, "Erinnerung: Rechnung 2026-004711 von Alpenruf Telekommunikation GmbH ist in 3 Tagen fällig"),
        (0, "Erinnerung: Rechnung 2026-004711 von Alpenruf Telekommunikation GmbH ist heute fällig"),
        (7, "Überfällig: Rechnung 2026-004711 von Alpenruf Telekommunikation GmbH"),
    ] {
        let mail = written(MailKind::Reminder { days }, &paper, &papers::unpaid(&paper));
        assert_eq!(mail.subject, subject);
        assert!(mail.text.contains("17,98 EUR") && mail.text.contains("vom 1. November 2026"), "{}", mail.text);
    }
}

/// What is said in text is said in HTML too.
#[test]
fn both_forms_say_the_same() {
    let (paper, _) = papers::hard();
    let mail = written(REMINDER, &paper, &papers::unpaid(&paper));
    for line in mail.text.lines().filter(|line| !line.is_empty()) {
        let (label, value) = line.split_once(": ").unwrap_or(("", line));
        assert!(mail.html.contains(label) && mail.html.contains(value), "{line} is missing in:\n{}", mail.html);
    }
}

#[test]
fn each_kind_says_what_it_is() {
    let (invoice, _) = papers::ordinary();
    let standing =
        |open: &str, overdue, closed| Standing { preview: false, open: papers::amount(open), overdue, closed };
    let unpaid = standing("17.98", false, false);
    let settled = standing("0", false, false);
    for (paper, standing, subject, sentence) in [
        (&invoice, unpaid, "Invoice 2026-004711 from", "Please pay EUR 17.98 by 15 November 2026."),
        (
            &invoice,
            standing("7.98", true, false),
            "Invoice",
            "It was due on 15 November 2026: EUR 7.98 is still to be paid.",
        ),
        (&invoice, settled, "Invoice", "Nothing is to be paid."),
        (&invoice, standing("17.98", true, true), "Invoice", "Nothing is to be paid."),
        (&papers::preview().0, unpaid, "Preview from", "This is a preview of the running period"),
        (
            &papers::credit_note(),
            settled,
            "Credit note C-2026-000031 from",
            "Attached is your credit note C-2026-000031 of 1 November 2026: it takes back EUR 0.66 of invoice 2026-004711.",
        ),
        (
            &papers::receipt(),
            settled,
            "Receipt R-2026-001170 from",
            "Thank you: we received EUR 2,500.00 on 1 November 2026. Attached is your receipt R-2026-001170.",
        ),
        (
            &papers::statement(),
            settled,
            "Statement from",
            "Attached is the statement of your account for 1 – 31 October 2026.",
        ),
        (
            &papers::payout(),
            settled,
            "Payout PO-000017 from",
            "We are paying you EUR 1,240.36. Attached is the statement of your payout PO-000017 for 1 – 31 October 2026.",
        ),
        (&papers::statement(), settled, "Statement from", "Closing balance, 31 October 2026: EUR 2,493.1495"),
    ] {
        let mail = written(MailKind::Document, paper, &standing);
        assert!(mail.subject.starts_with(subject), "{}", mail.subject);
        assert!(mail.text.contains(sentence), "{sentence} is missing in:\n{}", mail.text);
        let pays = standing == unpaid && paper.number.is_some() || sentence.contains("still to be paid");
        assert_eq!(mail.text.contains("IBAN"), pays, "{}", mail.text);
    }
}

#[test]
fn reminders_by_table() {
    let (paper, _) = papers::ordinary();
    let seller = "Alpenruf Telekommunikation GmbH";
    for (days, subject, sentence) in [
        (
            -3,
            format!("Reminder: invoice 2026-004711 from {seller} is due in 3 days"),
            "is due in 3 days, on 15 November 2026.",
        ),
        (
            -1,
            format!("Reminder: invoice 2026-004711 from {seller} is due in 1 day"),
            "is due in 1 day, on 15 November 2026.",
        ),
        (0, format!("Reminder: invoice 2026-004711 from {seller} is due today"), "is due today."),
        (7, format!("Overdue: invoice 2026-004711 from {seller}"), "was due 7 days ago, on 15 November 2026."),
    ] {
        let standing = Standing { open: papers::amount("7.98"), overdue: days > 0, ..papers::unpaid(&paper) };
        let mail = written(MailKind::Reminder { days }, &paper, &standing);
        assert_eq!(mail.subject, subject);
        let sentence = format!("Invoice 2026-004711 of 1 November 2026 {sentence} EUR 7.98 is still to be paid.");
        for words in [sentence.as_str(), "Amount: EUR 7.98", "Total: EUR 17.98", "IBAN: AT61 1904 3002 3457 3201"] {
            assert!(mail.text.contains(words), "{words} is missing in:\n{}", mail.text);
        }
    }
}

#[test]
fn nobody_is_reminded_of_what_is_not_to_be_paid() {
    let (paper, _) = papers::ordinary();
    let unpaid = papers::unpaid(&paper);
    for (paper, standing) in [
        (&paper, Standing { open: Amount::ZERO, ..unpaid }),
        (&paper, Standing { closed: true, ..unpaid }),
        (&papers::preview().0, unpaid),
        (&papers::receipt(), unpaid),
    ] {
        assert!(matches!(mail(REMINDER, paper, &standing), Err(RenderError::NothingToPay { .. })));
    }
}

#[test]
fn what_people_wrote_is_text_of_one_line() {
    let (mut paper, _) = papers::ordinary();
    paper.seller.name = "A\r\nBcc: all@b.example\r\n\r\n<script>alert(1)</script>".into();
    paper.buyer.name = "<img src=x onerror=alert(1)>\nYou owe nothing".into();
    paper.notes = vec!["<b>\u{2028}bold".into()];
    let mail = written(MailKind::Document, &paper, &papers::unpaid(&paper));
    assert_eq!(mail.subject, "Invoice 2026-004711 from A Bcc: all@b.example <script>alert(1)</script>");
    assert!(mail.text.starts_with("Dear <img src=x onerror=alert(1)> You owe nothing,\n\n"), "{}", mail.text);
    for markup in ["<img", "<script", "<b>"] {
        assert!(!mail.html.contains(markup), "{}", mail.html);
    }
}
