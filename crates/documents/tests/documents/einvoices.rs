//! Electronic invoices, checked by the official rules and read again by libraries that know nothing of us.

use std::process::Command;

use documents::Templates;
use domain::country::Country;
use domain::einvoice::Lack;
use domain::money::Currency;
use domain::paper::{Paper, PaperCall, PaperLine, PaperLineKind, PostalAddress};
use domain::tax::TaxRule;
use serde_json::{Value, json};

use crate::papers::{self, amount, line};

/// What the others say of each file.
fn looked_at(files: &[(&str, Vec<u8>)]) -> Value {
    let python = std::env::var("TOLLGATE_TEST_PYTHON")
        .expect("TOLLGATE_TEST_PYTHON names a Python that has factur-x and saxonche: `make test` sets one up");
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/peers/einvoices.py");
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        std::fs::write(folder.path().join(name), bytes).unwrap();
        papers::keep(&format!("einvoice-{name}"), bytes);
    }
    let said = Command::new(python).arg(script).arg(folder.path()).output().unwrap();
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
    serde_json::from_slice(&said.stdout).unwrap()
}

/// With the countries that electronic invoices need.
fn posted(mut paper: Paper) -> Paper {
    let post = |town: &str| PostalAddress {
        street: Some("Seestraße 14 <&>".to_owned()),
        postal_code: Some("6900".to_owned()),
        city: Some(town.to_owned()),
        country: Country::parse("AT").unwrap(),
    };
    (paper.seller.post, paper.buyer.post) = (Some(post("Bregenz")), Some(post("Dornbirn")));
    paper
}

/// One line of 100.00 without tax.
fn untaxed(rule: TaxRule) -> Paper {
    let sum = amount("100.00");
    let lines = vec![PaperLine { tax_rate: None, ..line(PaperLineKind::Fee, "", "Office", "100.00") }];
    let notes = rule.text().map(str::to_owned).into_iter().collect();
    posted(Paper { lines, net: sum, total: sum, due: sum, tax_rule: rule, notes, ..papers::blank() })
}

/// A name, a paper with its calls, and the categories of tax on it.
type Case = (&'static str, (Paper, Vec<PaperCall>), Value);

/// Papers of every kind of tax.
fn spread() -> Vec<Case> {
    let text = |text: &str| text.to_owned();
    let (hard, hard_calls) = papers::hard();
    let (ordinary, ordinary_calls) = papers::ordinary();
    let mut yen = posted(ordinary.clone());
    yen.currency = Currency::parse("JPY").unwrap();
    yen.lines = vec![line(PaperLineKind::Fee, "", "Office", "1499")];
    (yen.taxes[0].net, yen.taxes[0].tax) = (amount("1499"), amount("300"));
    (yen.net, yen.tax, yen.total, yen.due) = (amount("1499"), amount("300"), amount("1799"), amount("1799"));
    let mut unregistered = untaxed(TaxRule::Standard);
    unregistered.seller.tax_id = None;
    let paid = Paper { due: amount("0"), ..posted(ordinary.clone()) };
    vec![
        ("hard", (posted(hard), hard_calls), json!(["S", "S"])),
        ("ordinary", (posted(ordinary), ordinary_calls), json!(["S"])),
        ("paid", (paid, vec![]), json!(["S"])),
        ("note", (posted(papers::credit_note()), vec![]), json!(["S"])),
        ("exempt", (untaxed(TaxRule::Exempt { text: text("§ 6 UStG") }), vec![]), json!(["E"])),
        ("reverse", (untaxed(TaxRule::ReverseCharge { text: text("Reverse charge") }), vec![]), json!(["AE"])),
        ("none", (untaxed(TaxRule::Standard), vec![]), json!(["E"])),
        ("unregistered", (unregistered, vec![]), json!(["O"])),
        ("yen", (yen, vec![]), json!(["S"])),
    ]
}

#[test]
fn each_keeps_the_official_rules_in_both_syntaxes() {
    let (templates, spread) = (Templates::built_in(), spread());
    let mut files = Vec::new();
    let names: Vec<[String; 2]> =
        spread.iter().map(|(name, ..)| ["xml", "pdf"].map(|ending| format!("{name}.{ending}"))).collect();
    for ([xml, pdf], (_, (paper, calls), _)) in names.iter().zip(&spread) {
        files.push((xml.as_str(), Templates::ubl(paper).unwrap()));
        files.push((pdf.as_str(), templates.factur_x(paper, calls).unwrap()));
    }
    let said = looked_at(&files);
    for (both, (_, (paper, _), categories)) in names.iter().zip(&spread) {
        for name in both {
            let found = &said[name];
            assert_eq!(found["wrong"], json!([]), "{name}");
            assert_eq!(found["categories"], *categories, "{name}");
            assert_eq!(found["number"], json!([paper.number]), "{name}");
            for (term, of) in [("net", paper.net), ("tax", paper.tax), ("total", paper.total), ("due", paper.due)] {
                let shown = found[term][0].as_str().unwrap();
                assert_eq!(domain::money::Amount::parse(shown).unwrap(), of, "{name}: {term}");
            }
        }
    }
    let hard = &said["hard.xml"];
    assert_eq!(
        hard["lines"],
        json!(["4.83", "6.71", "14.98", "1124.56", "0.55", "12.99", "4.99", "18.00", "50.00", "-7.50"])
    );
    assert_eq!((&hard["paid"], &hard["type"]), (&json!(["200.00"]), &json!(["380"])));
    for name in ["note.xml", "note.pdf"] {
        let note = &said[name];
        assert_eq!((&note["type"], &note["corrects"]), (&json!(["381"]), &json!(["2026-004711"])), "{name}");
    }
    assert_eq!(said["exempt.xml"]["reasons"], json!(["§ 6 UStG"]));
}

#[test]
fn what_lacks_something_is_drawn_without_it() {
    let templates = Templates::built_in();
    let (paper, calls) = papers::ordinary();
    assert_eq!(Templates::ubl(&paper), Err(vec![Lack::SellerCountry, Lack::BuyerCountry]));
    let plain = templates.pdf(&paper, &calls).unwrap();
    assert!(templates.factur_x(&paper, &calls).unwrap() == plain);
    // What only the rules of the standard refuse is told in their words.
    let nameless = posted(Paper { buyer: domain::paper::Side::default(), ..paper });
    let lacks = Templates::ubl(&nameless).unwrap_err();
    assert!(matches!(&lacks[..], [Lack::Rule(rule)] if rule.contains("BR-07")), "{lacks:?}");
}

#[test]
fn the_same_paper_gives_the_same_bytes_and_still_shows_itself() {
    let (paper, calls) = papers::ordinary();
    let paper = posted(paper);
    let drawn = Templates::built_in().factur_x(&paper, &calls).unwrap();
    assert!(drawn == Templates::built_in().factur_x(&paper, &calls).unwrap());
    assert!(crate::pdf::text(&drawn).contains("Number 2026-004711"));
}
