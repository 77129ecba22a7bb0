use documents::Templates;
use domain::money::{Amount, Currency};
use domain::paper::{Paper, PaperCall, PaperLineKind};

use crate::papers;

/// The text of a PDF, its words divided by single blanks.
pub(crate) fn text(pdf: &[u8]) -> String {
    let text = pdf_extract::extract_text_from_mem(pdf).unwrap();
    // What is too long for its place may break between any two letters.
    text.replace('\u{200b}', "").split_whitespace().collect::<Vec<_>>().join(" ")
}

fn drawn(name: &str, (paper, calls): (Paper, Vec<PaperCall>)) -> String {
    let pdf = Templates::built_in().pdf(&paper, &calls).unwrap();
    papers::keep(&format!("{name}.pdf"), &pdf);
    text(&pdf)
}

#[track_caller]
fn assert_shows(text: &str, expected: &[&str]) {
    for words in expected {
        assert!(text.contains(words), "\"{words}\" is missing in:\n{text}");
    }
}

#[test]
fn an_invoice_shows_everything() {
    let text = drawn("hard", papers::hard());
    assert_shows(
        &text,
        &[
            "Alpenruf Telekommunikation GmbH",
            "Seestraße 14, 6900 Bregenz, Austria",
            "Tax number ATU12345678",
            "Registered Landesgericht Feldkirch, FN 123456a",
            "billing@alpenruf.example",
            "Österreichische Gesellschaft",
            "Invoice",
            "Number 2026-004711",
            "Date 1 November 2026",
            "Period 1 – 31 October 2026",
            "Due on 15 November 2026",
            "Your reference KD-20817",
            "Line +43 5574 900123",
            "1 – 15 October 2026, 15 of 31 days, included minutes: 37:20 of 100:00 used VAT 20% 4.83",
            "Austria, mobile 120 12:16:00 VAT 20% 14.98",
            "9 0:52:01 VAT 20% 1,124.56",
            "calls of earlier periods",
            "Subtotal 1,151.63",
            "incl. tax",
            "Credit for the outage of 9 October VAT 20% \u{2212}7.50",
            "Net 1,230.11",
            "VAT 20% on 1,212.11 242.42",
            "VAT 10% on 18.00 1.80",
            "Tax 244.22",
            "Total EUR 1,474.33",
            "Payment, 20 October 2026, Transfer 7788 \u{2212}200.00",
            "Amount due EUR 1,274.33",
            "IBAN AT61 1904 3002 3457 3201",
            "Account holder Alpenruf Telekommunikation GmbH",
            "BIC BODEATWW",
            "Reference 2026-004711",
            "You can also pay by card in the customer area.",
            "the lines will be suspended",
            "Answered: Europe/Vienna. Price: EUR.",
            "2026-10-25 00:31:07 +43 650 9009000 0:04:09 0.1248",
            "2026-10-25 02:45:02 +02:00 +43 650 9009005",
            "2026-10-25 02:11:49 +01:00",
            "Subtotal, 120 calls 12:16:00 14.9760",
            "Subtotal, 9 calls 0:52:01 1,124.557497",
            "Invoice 2026-004711 Page 1 of 5",
            "Invoice 2026-004711 Page 5 of 5",
        ],
    );
    // The head of the first group stands again on each page that the group goes on.
    assert_eq!(text.matches("+43 5574 900123 Austria, mobile Answered Number called Duration Price").count(), 3);
}

#[test]
fn the_other_kinds_show_what_they_are() {
    let without_calls = |paper| (paper, Vec::new());
    for (name, document, shown, absent) in [
        (
            "preview",
            papers::preview(),
            vec!["Preview", "This is a preview of the running period", "Total EUR 17.98"],
            vec!["Invoice", "Number 2026", "How to pay", "Due on", "Amount due"],
        ),
        (
            "credit-note",
            without_calls(papers::credit_note()),
            vec!["Credit note", "Number C-2026-000031", "Corrects invoice 2026-004711", "Total credited EUR 0.66"],
            vec!["How to pay", "Amount due", "Paid"],
        ),
        (
            "receipt",
            without_calls(papers::receipt()),
            vec!["Receipt", "Number R-2026-001170", "Top-up by card 2,500.00", "Total EUR 2,500.00", "Paid"],
            vec!["How to pay", "Amount due", "Due on", "Period"],
        ),
        (
            "statement",
            without_calls(papers::statement()),
            vec![
                "Statement",
                "1 October 2026 3.1415 Top-up by card 5 October 2026 2,500.00",
                "Opening balance, 1 October 2026 3.1415",
                "Paid in and credited 2,500.00",
                "Charged 9.992",
                "Closing balance, 31 October 2026 EUR 2,493.1495",
            ],
            vec!["How to pay", "Amount due", "Total", "Number", "Paid "],
        ),
        (
            "payout",
            without_calls(papers::payout()),
            vec![
                "Payout",
                "Number PO-000017",
                "Period 1 – 31 October 2026",
                "Charged for 412 calls and 3 messages 2,012.4375",
                "Tax in the charges \u{2212}335.40625",
                "Your part 1,341.625",
                "Carried over from before \u{2212}12.005",
                "Your part of refunds and corrections \u{2212}2.66",
                "Stays on your account: not payable yet \u{2212}86.60",
                "Paid out EUR 1,240.36",
            ],
            vec!["How to pay", "Amount due", "Total", "Payouts that came back"],
        ),
    ] {
        let text = drawn(name, document);
        assert_shows(&text, &shown);
        for words in absent {
            let paid_in = text.replace("Paid in", "");
            assert!(!paid_in.contains(words), "\"{words}\" should not be in {name}:\n{text}");
        }
    }
}

#[test]
fn an_invoice_with_nothing_to_pay_is_paid() {
    let (mut paper, calls) = papers::ordinary();
    paper.due = Amount::ZERO;
    let text = drawn("paid", (paper, calls));
    assert_shows(&text, &["Amount due EUR 0.00 Paid"]);
    assert!(!text.contains("How to pay"));
}

#[test]
fn what_people_wrote_stays_text() {
    const NASTY: &str = r#"#panic("x") $x^2$ *b* _i_ @ref <img src=x onerror=alert(1)> \ // /* = - " [c] `d`"#;
    let (mut paper, mut calls) = papers::ordinary();
    paper.buyer.name = NASTY.into();
    paper.notes = vec![NASTY.into()];
    paper.seller.address = vec![NASTY.into()];
    paper.lines.push(papers::line(PaperLineKind::Item, NASTY, NASTY, "1.00"));
    calls[0].name = NASTY.into();
    calls[0].to = NASTY.into();
    let text = drawn("nasty", (paper, calls));
    assert!(text.matches(NASTY).count() >= 6, "{text}");
}

#[test]
fn the_same_document_gives_the_same_bytes() {
    let templates = Templates::built_in();
    let (paper, calls) = papers::hard();
    let first = templates.pdf(&paper, &calls).unwrap();
    let (other, other_calls) = papers::ordinary();
    let others = templates.pdf(&other, &other_calls).unwrap();
    assert!(templates.pdf(&paper, &calls).unwrap() == first, "once more");
    assert!(Templates::built_in().pdf(&paper, &calls).unwrap() == first, "from other templates");
    assert!(templates.clone().pdf(&other, &other_calls).unwrap() == others, "after another");
    assert_ne!(first, others);
}

#[test]
fn it_is_tagged_and_dated_by_its_issue() {
    let (paper, calls) = papers::ordinary();
    let pdf = Templates::built_in().pdf(&paper, &calls).unwrap();
    let holds = |words: &[u8]| pdf.windows(words.len()).any(|window| window == words);
    assert!(holds(b"/StructTreeRoot") && holds(b"D:20261101000000"));
}

#[test]
fn a_document_of_which_little_is_known_is_drawn() {
    let (seller, buyer, bank) = Default::default();
    let paper = Paper {
        seller,
        buyer,
        bank,
        currency: Currency::parse("JPY").unwrap(),
        payment_note: None,
        buyer_reference: None,
        period: None,
        due_on: None,
        lines: vec![papers::line(PaperLineKind::Item, "", "", "1234567")],
        total: papers::amount("1234567"),
        due: papers::amount("1234567"),
        ..papers::blank()
    };
    let text = drawn("little", (paper, Vec::new()));
    assert_shows(&text, &["Amount (JPY)", "1,234,567", "Amount due JPY 1,234,567"]);
    assert!(!text.contains("How to pay"), "{text}");
}

#[test]
fn much_to_say_goes_on_on_the_next_page() {
    let (mut paper, _) = papers::ordinary();
    let number = paper.lines[0].number.clone().unwrap();
    paper.lines = (1..=90).map(|n| papers::line(PaperLineKind::Item, &number, &format!("Item {n}"), "1.00")).collect();
    paper.notes = (1..=60).map(|n| format!("Note {n}: {}", "words that the law wants ".repeat(6))).collect();
    let text = drawn("much", (paper, Vec::new()));
    assert_shows(&text, &["Item 90", "Amount due EUR 17.98", "Note 60: words", "Page 5 of 5"]);
}
