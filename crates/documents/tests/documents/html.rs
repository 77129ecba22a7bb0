use documents::Templates;
use domain::money::Amount;
use domain::paper::{Paper, PaperLineKind, Standing};

use crate::papers;

#[test]
fn an_invoice_shows_everything() {
    let (paper, calls) = papers::hard();
    let page = Templates::built_in().html(&paper, &calls, &papers::unpaid(&paper)).unwrap();
    papers::keep("hard.html", &page);
    for words in [
        "<title>Invoice 2026-004711, Alpenruf Telekommunikation GmbH</title>",
        "<dt>Due on</dt><dd>15 November 2026</dd>",
        r#"<th colspan="5" scope="rowgroup">Line +43 5574 900123</th>"#,
        "<small>1 – 15 October 2026, 15 of 31 days, included minutes: 37:20 of 100:00 used</small>",
        r#"<td class="figure">120</td><td class="figure">12:16:00</td><td class="tax">VAT 20%</td>"#,
        r#"<td class="figure">1,124.56</td>"#,
        "VAT 20% <small>incl. tax</small>",
        "<dt>VAT 10% on 18.00</dt><dd>1.80</dd>",
        "<dt>Amount due</dt><dd>EUR 1,274.33</dd>",
        "<dt>IBAN</dt><dd>AT61 1904 3002 3457 3201</dd>",
        "<p>You can also pay by card in the customer area.</p>",
        "<td>2026-10-25 00:31:07</td><td>+43 650 9009000</td>",
        r#"Subtotal, 9 calls</th><td class="figure">0:52:01</td><td class="figure">1,124.557497</td>"#,
    ] {
        assert!(page.contains(words), "{words} is missing in:\n{page}");
    }
    for words in ["<script", "http://", "https://", "<link"] {
        assert!(!page.contains(words), "{words} should not be there");
    }
}

#[test]
fn one_call_is_one_call() {
    let (paper, mut calls) = papers::hard();
    calls.truncate(1);
    let page = Templates::built_in().html(&paper, &calls, &papers::unpaid(&paper)).unwrap();
    assert!(page.contains("Subtotal, 1 call</th>"), "{page}");
}

#[test]
fn what_people_wrote_is_escaped() {
    const NASTY: &str = r#"<img src=x onerror=alert(1)>"'&</style>"#;
    let (mut paper, mut calls) = papers::hard();
    let side = &mut paper.seller;
    for text in [&mut side.name, &mut side.address[0], &mut paper.buyer.name, &mut paper.lines[0].name] {
        *text = NASTY.into();
    }
    let nasty = || Some(NASTY.to_owned());
    (side.tax_id, side.registration, side.email, side.phone) = (nasty(), nasty(), nasty(), nasty());
    (paper.bank.holder, paper.bank.name, paper.bank.iban, paper.bank.bic) = (nasty(), nasty(), nasty(), nasty());
    (paper.number, paper.buyer_reference, paper.payment_note) = (nasty(), nasty(), nasty());
    paper.notes = vec![NASTY.into()];
    paper.settled[0].kind = NASTY.into();
    paper.settled[0].name = nasty();
    paper.taxes[0].name = NASTY.into();
    paper.lines.push(papers::line(PaperLineKind::Item, NASTY, NASTY, "1.00"));
    paper.lines[1].tax_rate = nasty();
    (calls[0].number, calls[0].name, calls[0].to) = (NASTY.into(), NASTY.into(), NASTY.into());
    let page = Templates::built_in().html(&paper, &calls, &papers::unpaid(&paper)).unwrap();
    assert!(!page.contains("<img") && page.matches("</style>").count() == 1, "{page}");
    assert!(page.matches("img src=x onerror=alert(1)").count() >= 20);
}

#[test]
fn how_it_stands_is_marked() {
    let (paper, _) = papers::ordinary();
    let (open, part) = (paper.due, papers::amount("7.98"));
    let standing = |open, overdue, closed| Standing { preview: false, open, overdue, closed };
    for (paper, standing, mark) in [
        (paper.clone(), standing(open, false, false), Some(r#"plain" role="status">Still to be paid: EUR 17.98<"#)),
        (
            paper.clone(),
            standing(part, true, false),
            Some(r#"late" role="status">Overdue. Still to be paid: EUR 7.98<"#),
        ),
        (paper.clone(), standing(Amount::ZERO, false, false), Some(r#"good" role="status">Paid<"#)),
        (paper.clone(), standing(part, false, true), Some(r#"plain" role="status">Nothing is to be paid any more<"#)),
        (papers::preview().0, standing(open, false, false), Some(r#"plain" role="status">This is a preview"#)),
        (papers::receipt(), standing(Amount::ZERO, false, false), Some(r#"good" role="status">Paid<"#)),
        (papers::credit_note(), standing(Amount::ZERO, false, false), None),
        (papers::statement(), standing(Amount::ZERO, false, false), None),
    ] {
        let page = Templates::built_in().html(&paper, &[], &standing).unwrap();
        match mark {
            Some(mark) => assert!(page.contains(mark), "{mark} is missing in:\n{page}"),
            None => assert!(!page.contains("role=\"status\""), "{page}"),
        }
    }
}

/// None of the words of the other language is left on it.
#[test]
fn a_document_is_in_the_language_of_its_customer() {
    let (mut paper, calls) = papers::ordinary();
    let page = |paper: &Paper| Templates::built_in().html(paper, &calls, &papers::unpaid(paper)).unwrap();
    let english = page(&paper);
    paper.language = Some("de".to_owned());
    let german = page(&paper);
    papers::keep("german.html", &german);
    for (in_english, in_german) in [
        ("lang=\"en\"", "lang=\"de\""),
        ("Invoice", "Rechnung"),
        ("Due on", "Fällig am"),
        ("31 October 2026", "31. Oktober 2026"),
        ("monthly fee", "Grundgebühr"),
        ("Amount due", "Zu zahlen"),
        ("How to pay", "So zahlen Sie"),
        ("17.98", "17,98"),
    ] {
        assert!(english.contains(in_english) && !english.contains(in_german), "{in_english}");
        assert!(german.contains(in_german) && !german.contains(in_english), "{in_german}");
    }
}
