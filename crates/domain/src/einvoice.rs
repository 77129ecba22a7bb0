//! What an electronic invoice under EN 16931 says of a paper: for each line what it comes to without tax and in which category of tax
//! it is, and the sums by category. The terms (BT, BG) and rules (BR) that are named are those of EN 16931-1.

use std::fmt;

use crate::country::vat_number;
use crate::money::{Amount, Overflow};
use crate::paper::{Paper, PaperKind, PaperLine};
use crate::tax::{TaxRule, TaxShare};

/// The amounts of an electronic invoice: they agree with each other and with the paper to the minor unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Einvoice {
    /// What each of the paper's lines comes to, in their order.
    pub lines: Vec<NetLine>,
    /// The tax, a row for each category and rate.
    pub taxes: Vec<CategoryRow>,
    /// What was paid already (BT-113).
    pub paid: Amount,
    /// What is still to be paid (BT-115).
    pub due: Amount,
}

/// A line without its tax.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NetLine {
    /// The amount without tax.
    pub net: Amount,
    /// How it is taxed.
    pub taxed: Taxed,
}

/// In which category and at which rate something is taxed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Taxed {
    /// The category.
    pub category: Category,
    /// The share of the net; none where there is no tax.
    pub share: TaxShare,
}

/// A category of tax.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Category {
    /// Taxed at a rate above zero.
    Standard,
    /// Taxed at a rate of zero.
    Zero,
    /// Not taxed, for a reason that is told.
    Exempt,
    /// Taxed by the customer.
    ReverseCharge,
    /// No tax has to do with it: whoever sells has no number at a tax office.
    NotSubject,
}

/// The tax of a category at a rate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CategoryRow {
    /// Which.
    pub taxed: Taxed,
    /// What is taxed.
    pub net: Amount,
    /// The tax.
    pub tax: Amount,
    /// The text of the law that says why there is none, where the paper has one.
    pub reason: Option<String>,
}

/// Why there is no electronic invoice of a paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lack {
    /// It is no invoice and no credit note, or is not issued.
    NotIssued,
    /// Nothing is on it (BR-16).
    Lines,
    /// The seller's country (BR-09).
    SellerCountry,
    /// The customer's country (BR-11).
    BuyerCountry,
    /// The seller's number at the tax office, where there is tax or a reason for none (BR-S-02, BR-E-02, BR-AE-02).
    SellerTaxId,
    /// What the seller is known by: a number for value added tax, or a registration (BR-CO-26).
    SellerIdentity,
    /// The customer's number for value added tax, where the customer owes the tax (BR-AE-02).
    BuyerVatNumber,
    /// Amounts have two decimals at most (BR-DEC).
    Decimals,
    /// Its amounts do not make up its sums.
    Sums,
    /// Something else that the standard demands, in its words.
    Rule(String),
}

impl Category {
    /// The code of the category (UNTDID 5305).
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Category::Standard => "S",
            Category::Zero => "Z",
            Category::Exempt => "E",
            Category::ReverseCharge => "AE",
            Category::NotSubject => "O",
        }
    }
}

impl Einvoice {
    /// What an electronic invoice says of a paper.
    ///
    /// # Errors
    /// Everything that the paper lacks.
    pub fn of(paper: &Paper) -> Result<Einvoice, Vec<Lack>> {
        let einvoice = sums(paper).map_err(|lack| vec![lack])?;
        let lacks = einvoice.lacks(paper);
        if lacks.is_empty() { Ok(einvoice) } else { Err(lacks) }
    }

    fn lacks(&self, paper: &Paper) -> Vec<Lack> {
        let (seller, buyer) = (&paper.seller, &paper.buyer);
        let uses = |category: Category| self.taxes.iter().any(|row| row.taxed.category == category);
        let has_vat_number = |tax_id: &Option<String>| tax_id.as_deref().and_then(vat_number).is_some();
        let is_subject = self.taxes.iter().any(|row| row.taxed.category != Category::NotSubject);
        let lacks_tax_id = is_subject && seller.tax_id.is_none();
        let is_unknown = !has_vat_number(&seller.tax_id) && seller.registration.is_none();
        [
            (self.lines.is_empty(), Lack::Lines),
            (seller.post.is_none(), Lack::SellerCountry),
            (buyer.post.is_none(), Lack::BuyerCountry),
            (lacks_tax_id, Lack::SellerTaxId),
            (is_unknown && !lacks_tax_id, Lack::SellerIdentity),
            (uses(Category::ReverseCharge) && !has_vat_number(&buyer.tax_id), Lack::BuyerVatNumber),
            (paper.currency.minor_digits() > 2, Lack::Decimals),
        ]
        .into_iter()
        .filter_map(|(lacks, what)| lacks.then_some(what))
        .collect()
    }
}

fn sums(paper: &Paper) -> Result<Einvoice, Lack> {
    let due = match paper.kind {
        PaperKind::Invoice => paper.due,
        // What is given back is given back as a whole.
        PaperKind::CreditNote => paper.total,
        PaperKind::Receipt | PaperKind::Statement | PaperKind::Payout => return Err(Lack::NotIssued),
    };
    if paper.number.is_none() {
        return Err(Lack::NotIssued);
    }
    let of_none = not_taxed(paper);
    let mut lines = Vec::with_capacity(paper.lines.len());
    for line in &paper.lines {
        lines.push(net_line(paper, line, of_none)?);
    }
    for name in names(paper) {
        level(paper, name, &mut lines)?;
    }
    let mut taxes: Vec<CategoryRow> = Vec::new();
    for line in &lines {
        add(&mut taxes, line.taxed, (line.net, Amount::ZERO))?;
    }
    for row in &paper.taxes {
        let taxed = taxed_at(&row.rate)?;
        add(&mut taxes, taxed, (Amount::ZERO, row.tax))?;
    }
    let reason = paper.tax_rule.text().map(str::to_owned);
    for row in taxes.iter_mut().filter(|row| row.taxed == of_none) {
        row.reason.clone_from(&reason);
    }
    let sum = |of: fn(&CategoryRow) -> Amount| taxes.iter().try_fold(Amount::ZERO, |sum, row| sum.plus(of(row)));
    if (sum(|row| row.net)?, sum(|row| row.tax)?) != (paper.net, paper.tax) || paper.net.plus(paper.tax)? != paper.total
    {
        return Err(Lack::Sums);
    }
    Ok(Einvoice { lines, taxes, paid: paper.total.minus(due)?, due })
}

/// How what has no tax is taxed. A paper on which something is "not subject" has nothing else on it (BR-O-11).
fn not_taxed(paper: &Paper) -> Taxed {
    let category = match paper.tax_rule {
        TaxRule::ReverseCharge { .. } => Category::ReverseCharge,
        TaxRule::Exempt { .. } => Category::Exempt,
        TaxRule::Standard if paper.taxes.is_empty() && paper.seller.tax_id.is_none() => Category::NotSubject,
        TaxRule::Standard => Category::Exempt,
    };
    Taxed { category, share: TaxShare::ZERO }
}

fn taxed_at(rate: &str) -> Result<Taxed, Lack> {
    let share = TaxShare::parse(rate).map_err(|_| Lack::Sums)?;
    let category = if share == TaxShare::ZERO { Category::Zero } else { Category::Standard };
    Ok(Taxed { category, share })
}

/// A line without the tax in it, each for itself.
fn net_line(paper: &Paper, line: &PaperLine, of_none: Taxed) -> Result<NetLine, Lack> {
    let Some(name) = &line.tax_rate else { return Ok(NetLine { net: line.amount, taxed: of_none }) };
    let row = paper.taxes.iter().find(|row| row.name == *name).ok_or(Lack::Sums)?;
    let taxed = taxed_at(&row.rate)?;
    let included = match line.tax_included {
        true => taxed.share.within_gross(line.amount, paper.currency.minor_digits())?,
        false => Amount::ZERO,
    };
    Ok(NetLine { net: line.amount.minus(included)?, taxed })
}

/// The names of the paper's rates, each once.
fn names(paper: &Paper) -> Vec<&str> {
    let mut names: Vec<&str> = paper.taxes.iter().map(|row| row.name.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// Has the lines of a rate make up what the paper says is taxed at it. The tax in the lines was rounded once, as a sum: what that differs
/// from the lines' own goes to the largest of them.
fn level(paper: &Paper, name: &str, lines: &mut [NetLine]) -> Result<(), Lack> {
    let mut rest = Amount::ZERO;
    for row in paper.taxes.iter().filter(|row| row.name == name) {
        rest = rest.plus(row.net)?;
    }
    let mut largest: Option<(Amount, usize)> = None;
    for (place, line) in paper.lines.iter().enumerate().filter(|(_, line)| line.tax_rate.as_deref() == Some(name)) {
        rest = rest.minus(lines[place].net)?;
        let size = line.amount.magnitude()?;
        if line.tax_included && largest.is_none_or(|(known, _)| size > known) {
            largest = Some((size, place));
        }
    }
    match largest {
        _ if rest.is_zero() => Ok(()),
        Some((_, place)) => {
            lines[place].net = lines[place].net.plus(rest)?;
            Ok(())
        }
        None => Err(Lack::Sums),
    }
}

fn add(rows: &mut Vec<CategoryRow>, taxed: Taxed, (net, tax): (Amount, Amount)) -> Result<(), Overflow> {
    let known = rows.iter_mut().find(|row| row.taxed == taxed);
    match known {
        Some(row) => (row.net, row.tax) = (row.net.plus(net)?, row.tax.plus(tax)?),
        None => rows.push(CategoryRow { taxed, net, tax, reason: None }),
    }
    Ok(())
}

impl From<Overflow> for Lack {
    fn from(_: Overflow) -> Self {
        Lack::Sums
    }
}

/// What lacks, and where it is set.
impl fmt::Display for Lack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Lack::NotIssued => "it is not an invoice or credit note that was issued",
            Lack::Lines => "it has no lines",
            Lack::SellerCountry => "it has no country of yours: set seller.address.country_code in the settings",
            Lack::BuyerCountry => "it has no country of the customer: set the customer's address.country_code",
            Lack::SellerTaxId => "it has no tax number of yours: set seller.tax_id in the settings",
            Lack::SellerIdentity => {
                "it has neither a number for value added tax of yours, with the country before it, nor a registration: \
                 set seller.tax_id or seller.registration in the settings"
            }
            Lack::BuyerVatNumber => {
                "the customer owes the tax, and has no number for value added tax, with the country before it: \
                 set the customer's tax_id"
            }
            Lack::Decimals => "its currency has more than two decimals",
            Lack::Sums => "its lines do not make up its sums",
            Lack::Rule(text) => text,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::country::Country;
    use crate::paper::PostalAddress;

    fn amount(text: &str) -> Amount {
        Amount::parse(text).unwrap()
    }

    /// An invoice of lines `(amount, rate's name, whether it is in the amount)` and rows `(name, share, net, tax)`.
    fn paper(lines: &[(&str, Option<&str>, bool)], rows: &[(&str, &str, &str, &str)]) -> Paper {
        let line = |(of, rate, included): &(&str, Option<&str>, bool)| {
            serde_json::json!({"kind": "item", "line": null, "number": null, "name": "x", "period": null, "share": null,
                "usage": null, "amount": of, "tax_included": included, "tax_rate": rate})
        };
        let row = |(name, rate, net, tax): &(&str, &str, &str, &str)| serde_json::json!({"name": name, "rate": rate, "net": net, "tax": tax});
        let stored = serde_json::json!({
            "kind": "invoice", "number": "1", "issued_on": "2026-11-01", "time_zone": "UTC", "language": null, "currency": "EUR",
            "seller": {"name": "S", "tax_id": "ATU12345678"}, "bank": {}, "payment_note": null, "buyer": {"name": "B"},
            "buyer_reference": null, "period": null, "due_on": "2026-11-15", "corrects": null,
            "lines": lines.iter().map(line).collect::<Vec<_>>(), "taxes": rows.iter().map(row).collect::<Vec<_>>(),
            "net": "0", "tax": "0", "total": "0", "settled": [], "due": "0", "statement": null, "notes": [],
        });
        let mut paper: Paper = serde_json::from_value(stored).unwrap();
        let post =
            || PostalAddress { street: None, postal_code: None, city: None, country: Country::parse("AT").unwrap() };
        (paper.seller.post, paper.buyer.post) = (Some(post()), Some(post()));
        let untaxed = paper.lines.iter().filter(|line| line.tax_rate.is_none()).map(|line| line.amount);
        paper.net = paper.taxes.iter().map(|row| row.net).chain(untaxed).sum::<Option<Amount>>().unwrap();
        paper.tax = paper.taxes.iter().map(|row| row.tax).sum::<Option<Amount>>().unwrap();
        paper.total = paper.net.plus(paper.tax).unwrap();
        paper.due = paper.total;
        paper
    }

    fn shown(einvoice: &Einvoice) -> String {
        let lines: Vec<String> = einvoice.lines.iter().map(|line| line.net.to_string()).collect();
        let row =
            |row: &CategoryRow| format!("{} {}: {} {}", row.taxed.category.code(), row.taxed.share, row.net, row.tax);
        let rows: Vec<String> = einvoice.taxes.iter().map(row).collect();
        format!("{}; {}", lines.join(" "), rows.join(", "))
    }

    #[test]
    fn lines_without_tax_make_up_the_sums() {
        let (a, b) = (Some("20"), Some("10"));
        for (lines, rows, expected) in [
            (vec![("10", a, false)], vec![("20", "0.2", "10", "2")], "10.00; S 0.20: 10.00 2.00"),
            (
                vec![("10", a, false), ("-4", b, false)],
                vec![("20", "0.2", "10", "2"), ("10", "0.1", "-4", "-0.4")],
                "10.00 -4.00; S 0.20: 10.00 2.00, S 0.10: -4.00 -0.40",
            ),
            // with the tax in them: 1.20 is 1.00, and 0.17 is 0.14
            (
                vec![("1.20", a, true), ("0.17", a, true), ("10", a, false)],
                vec![("20", "0.2", "11.14", "2.23")],
                "1.00 0.14 10.00; S 0.20: 11.14 2.23",
            ),
            // three of 0.99 have 0.165 each in them, which is 0.495 together: the cent goes to the first
            (
                vec![("0.99", a, true), ("0.99", a, true), ("0.99", a, true)],
                vec![("20", "0.2", "2.47", "0.50")],
                "0.83 0.82 0.82; S 0.20: 2.47 0.50",
            ),
            (vec![("5", Some("0"), false)], vec![("0", "0", "5", "0")], "5.00; Z 0.00: 5.00 0.00"),
            // what has no tax stands beside what has
            (
                vec![("10", a, false), ("3", None, false)],
                vec![("20", "0.2", "10", "2")],
                "10.00 3.00; S 0.20: 10.00 2.00, E 0.00: 3.00 0.00",
            ),
            // two names of one rate are one
            (
                vec![("10", a, false), ("5", b, false)],
                vec![("20", "0.2", "10", "2"), ("10", "0.2", "5", "1")],
                "10.00 5.00; S 0.20: 15.00 3.00",
            ),
        ] {
            assert_eq!(shown(&Einvoice::of(&paper(&lines, &rows)).unwrap()), expected);
        }
    }

    #[test]
    fn a_customers_rule_is_the_category_of_what_has_no_tax() {
        let text = || "the law says so".to_owned();
        for (rule, tax_id, category, reason) in [
            (TaxRule::Standard, Some("ATU12345678"), Category::Exempt, None),
            (TaxRule::Standard, None, Category::NotSubject, None),
            (TaxRule::Exempt { text: text() }, Some("12/345"), Category::Exempt, Some(text())),
            (TaxRule::ReverseCharge { text: text() }, Some("ATU12345678"), Category::ReverseCharge, Some(text())),
        ] {
            let mut paper = paper(&[("7", None, false)], &[]);
            (paper.tax_rule, paper.seller.tax_id) = (rule, tax_id.map(str::to_owned));
            paper.seller.registration = Some("FN 1".to_owned());
            paper.buyer.tax_id = Some("DE123456789".to_owned());
            let einvoice = Einvoice::of(&paper).unwrap();
            assert_eq!((einvoice.taxes[0].taxed.category, einvoice.taxes[0].reason.clone()), (category, reason));
        }
    }

    #[test]
    fn what_lacks_is_told_at_once() {
        let lacks = |change: fn(&mut Paper)| {
            let mut paper = paper(&[("10", Some("20"), false)], &[("20", "0.2", "10", "2")]);
            change(&mut paper);
            Einvoice::of(&paper).map(|einvoice| einvoice.due).unwrap_err()
        };
        assert_eq!(lacks(|paper| paper.number = None), [Lack::NotIssued]);
        assert_eq!(lacks(|paper| paper.kind = PaperKind::Receipt), [Lack::NotIssued]);
        assert_eq!(
            lacks(|paper| (paper.seller.post, paper.buyer.post) = (None, None)),
            [Lack::SellerCountry, Lack::BuyerCountry]
        );
        assert_eq!(lacks(|paper| paper.seller.tax_id = None), [Lack::SellerTaxId]);
        assert_eq!(lacks(|paper| paper.seller.tax_id = Some("12/345".to_owned())), [Lack::SellerIdentity]);
        assert_eq!(lacks(|paper| paper.currency = crate::money::Currency::parse("KWD").unwrap()), [Lack::Decimals]);
        assert_eq!(lacks(|paper| paper.net = amount("9.99")), [Lack::Sums]);
        assert_eq!(lacks(|paper| paper.taxes.clear()), [Lack::Sums]);
        let mut empty = paper(&[], &[]);
        empty.buyer.tax_id = None;
        assert_eq!(Einvoice::of(&empty), Err(vec![Lack::Lines]));
        let mut reversed = paper(&[("7", None, false)], &[]);
        reversed.tax_rule = TaxRule::ReverseCharge { text: "r".to_owned() };
        assert_eq!(Einvoice::of(&reversed), Err(vec![Lack::BuyerVatNumber]));
    }

    #[test]
    fn what_was_settled_is_paid_and_a_credit_note_is_given_back_as_a_whole() {
        let mut paper = paper(&[("10", Some("20"), false)], &[("20", "0.2", "10", "2")]);
        paper.due = amount("4.50");
        let sums =
            |paper: &Paper| Einvoice::of(paper).map(|einvoice| (einvoice.paid.to_string(), einvoice.due.to_string()));
        assert_eq!(sums(&paper).unwrap(), ("7.50".to_owned(), "4.50".to_owned()));
        paper.kind = PaperKind::CreditNote;
        assert_eq!(sums(&paper).unwrap(), ("0.00".to_owned(), "12.00".to_owned()));
    }
}
