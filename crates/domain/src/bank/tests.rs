use super::*;

fn amount(text: &str) -> Amount {
    Amount::parse(text).unwrap()
}

/// A customer such as `acme "Acme Ltd" C-1001 account: 000017 12.99, 000018 24.00`.
fn payer(text: &str) -> Payer {
    let (head, invoices) = text.split_once(':').unwrap();
    let (customer, rest) = head.split_once(' ').unwrap();
    let (name, rest) = rest.trim_start_matches('"').split_once('"').unwrap();
    let (account, references): (Vec<_>, Vec<_>) = rest.split_whitespace().partition(|word| *word == "account");
    let invoices = invoices.split(',').filter(|invoice| !invoice.trim().is_empty()).map(|invoice| {
        let (number, left) = invoice.trim().split_once(' ').unwrap();
        OpenInvoice { id: format!("inv_{number}"), number: number.to_owned(), left: amount(left) }
    });
    Payer {
        customer: customer.to_owned(),
        name: name.to_owned(),
        reference: references.first().map(|reference| (*reference).to_owned()),
        currency: Currency::parse("EUR").unwrap(),
        knows_account: !account.is_empty(),
        invoices: invoices.collect(),
    }
}

/// What becomes of `AMOUNT CURRENCY | PAYER | TEXT`, in a line: the customer and invoice, or the doubt and the candidates.
fn assigned(received: &str, payers: &[&str]) -> String {
    let parts: Vec<&str> = received.split('|').map(str::trim).collect();
    let (money, currency) = parts[0].split_once(' ').unwrap();
    let received = Received {
        amount: amount(money),
        currency: Currency::parse(currency).unwrap(),
        payer: Some(parts[1].to_owned()).filter(|payer| !payer.is_empty()),
        text: parts[2].to_owned(),
    };
    let payers: Vec<Payer> = payers.iter().map(|text| payer(text)).collect();
    let shown = |candidate: &Candidate| match &candidate.invoice {
        Some(invoice) => format!("{} {}", candidate.customer, invoice.number),
        None => candidate.customer.clone(),
    };
    match assign(&received, &payers) {
        Assignment::Sure(candidate) => shown(&candidate),
        Assignment::Doubtful(doubt, candidates) => {
            let candidates: Vec<String> = candidates.iter().map(shown).collect();
            format!("{doubt:?}: {}", candidates.join(", "))
        }
    }
}

#[test]
fn two_signs_must_point_to_one_customer() {
    let acme = r#"acme "Acme Ltd" C-1001: 000017 12.99, 000018 24.00"#;
    let bolt = r#"bolt "Bolt & Co": 000019 12.99"#;
    let both = &[acme, bolt];
    for (received, expected) in [
        // Number and amount, whatever else.
        ("12.99 EUR | Somebody Else | invoice 000017", "acme 000017"),
        ("12.99 EUR | | RE 000019 THANKS", "bolt 000019"),
        // Number and name: a part, or too much.
        ("5.00 EUR | ACME LTD | 000018", "acme 000018"),
        ("100.00 EUR | Acme Ltd. | 000018", "acme 000018"),
        // Two numbers of one customer: the first is settled first.
        ("36.99 EUR | Acme Ltd | 000017 and 000018", "acme 000017"),
        // Amount and name, without a number.
        ("24.00 EUR | ltd ACME | thanks", "acme 000018"),
        ("12.99 EUR | Bolt & Co | ", "bolt 000019"),
        // The customer's reference and its name.
        ("50.00 EUR | Acme Ltd | top-up C-1001", "acme"),
        ("50.00 EUR | Acme Ltd | top-up c1001", "acme"),
        // One sign alone.
        ("24.00 EUR | Zoe | thanks", "OneSign: acme 000018"),
        ("12.99 EUR | Zoe | thanks", "OneSign: acme 000017, bolt 000019"),
        ("99.00 EUR | Zoe | 000017", "OneSign: acme 000017"),
        ("99.00 EUR | Acme Ltd | ", "OneSign: acme"),
        ("99.00 EUR | Zoe | ", "Nobody: "),
        // One pays for the other, and is a customer too.
        ("12.99 EUR | Bolt & Co | 000017", "SeveralCustomers: acme 000017, bolt 000019"),
        ("36.99 EUR | Zoe | 000017 000019", "OneSign: acme 000017, bolt 000019"),
        // Another currency than the customer's.
        ("12.99 USD | Acme Ltd | 000017", "Currency: "),
        ("12.99 USD | Acme Ltd | ", "Nobody: "),
    ] {
        assert_eq!(assigned(received, both), expected, "{received}");
    }
}

#[test]
fn an_amount_that_fits_two_invoices() {
    let twice = &[r#"acme "Acme Ltd" account: 000017 12.99, 000018 12.99"#];
    assert_eq!(assigned("12.99 EUR | Acme Ltd | thanks", twice), "SeveralInvoices: acme 000017");
    assert_eq!(assigned("12.99 EUR | Acme Ltd | thanks, 000018", twice), "acme 000018");
    let namesakes = &[r#"one "Jo Doe": 000017 12.99"#, r#"two "Jo Doe": 000018 12.99"#];
    assert_eq!(assigned("12.99 EUR | Jo Doe | ", namesakes), "SeveralCustomers: one 000017, two 000018");
    assert_eq!(assigned("12.99 EUR | Jo Doe | 000018", namesakes), "two 000018");
}

#[test]
fn an_account_that_has_paid_before() {
    let known = &[r#"acme "Acme Ltd" account: 000017 12.99, 000018 24.00"#, r#"jo "Jo Doe":"#];
    assert_eq!(assigned("12.99 EUR | A. Director | ", known), "acme 000017");
    // The oldest first, as ever.
    assert_eq!(assigned("7.00 EUR | Acme Ltd | ", known), "acme");
    assert_eq!(assigned("7.00 EUR | A. Director | ", known), "OneSign: acme");
}

#[test]
fn numbers_in_texts() {
    for (text, number, is_named) in [
        ("INV-2026-00011", "INV-2026-00011", true),
        ("inv 2026 00011", "INV-2026-00011", true),
        ("INV202600011", "INV-2026-00011", true),
        // A bank breaks lines where it likes.
        ("payment of INV-2026-0 0011 thanks", "INV-2026-00011", true),
        ("RE2026/00011,RE2026/00012", "RE2026/00012", true),
        ("Rechnung000017", "000017", true),
        // Another number that begins or ends so.
        ("INV-2026-00011", "INV-2026-0001", false),
        ("1INV-2026-00011", "INV-2026-00011", true),
        ("1000017", "000017", false),
        ("0000170", "000017", false),
        ("", "000017", false),
        // Too short to be believed.
        ("17 of 99", "17", false),
    ] {
        assert_eq!(texts::names(text, number), is_named, "{number} in {text:?}");
    }
}

#[test]
fn names_as_banks_write_them() {
    for (name, as_paid, is_same) in [
        ("Jürgen Groß", "JUERGEN GROSS", true),
        ("Jürgen Groß", "Gross, Jurgen", true),
        ("François O'Neil", "FRANCOIS ONEIL", true),
        ("Jo Doe", "Dr. Jo Doe und Max Doe", true),
        ("Jo Doe", "Joe Doe", false),
        ("Jo Doe", "Doe", false),
        ("", "Doe", false),
        ("...", "Doe", false),
    ] {
        assert_eq!(same_name(name, as_paid), is_same, "{name} as {as_paid}");
    }
}

#[test]
fn words_that_may_be_references() {
    let found: Vec<&str> = words("top-up C-1001, (K77); my 1st").into_iter().collect();
    assert_eq!(found, ["C-1001", "top-up"]);
}
