//! Made-up documents of every kind, and how to look at them: each test that draws one leaves it in the tests' folder of the target
//! folder.

use std::fs;
use std::path::PathBuf;

use domain::money::Amount;
use domain::paper::{
    IncludedMinutes, Paper, PaperCall, PaperKind, PaperLine, PaperLineKind, PayoutSums, SettledRow, Share, ShareUnit,
    Side, Standing, StatementSums, TaxRow, Usage,
};
use domain::period::Period;
use domain::time::Instant;

/// An amount.
pub(crate) fn amount(text: &str) -> Amount {
    Amount::parse(text).unwrap()
}

/// Keeps a file to be looked at.
pub(crate) fn keep(name: &str, bytes: impl AsRef<[u8]>) {
    fs::write(PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name), bytes).unwrap();
}

/// Issued, and nothing of it paid since.
pub(crate) fn unpaid(paper: &Paper) -> Standing {
    Standing { preview: false, open: paper.due, overdue: false, closed: false }
}

fn period(from: &str, to: &str) -> Period {
    Period::new(from.parse().unwrap(), to.parse().unwrap()).unwrap()
}

/// An invoice without lines, as it is stored.
pub(crate) fn blank() -> Paper {
    let stored = serde_json::json!({
        "kind": "invoice",
        "number": "2026-004711",
        "issued_on": "2026-11-01",
        "time_zone": "Europe/Vienna",
        "language": null,
        "currency": "EUR",
        "seller": {
            "name": "Alpenruf Telekommunikation GmbH",
            "address": ["Seestraße 14", "6900 Bregenz", "Austria"],
            "tax_id": "ATU12345678",
            "registration": "Landesgericht Feldkirch, FN 123456a",
            "email": "billing@alpenruf.example",
            "phone": "+43 5574 900000",
        },
        "bank": { "name": "Bodenseebank", "iban": "AT611904300234573201", "bic": "BODEATWW" },
        "payment_note": "You can also pay by card in the customer area.",
        "buyer": {
            "name": "Schneider & Töchter OG",
            "address": ["Kirchgasse 3", "6850 Dornbirn", "Austria"],
            "tax_id": "ATU87654321",
        },
        "buyer_reference": "KD-20817",
        "period": { "from": "2026-10-01", "to": "2026-11-01" },
        "due_on": "2026-11-15",
        "corrects": null,
        "lines": [],
        "taxes": [],
        "net": "0",
        "tax": "0",
        "total": "0",
        "settled": [],
        "due": "0",
        "statement": null,
        "notes": [],
    });
    serde_json::from_value(stored).unwrap()
}

/// A line of a document.
pub(crate) fn line(kind: PaperLineKind, number: &str, name: &str, of: &str) -> PaperLine {
    PaperLine {
        kind,
        line: None,
        number: Some(number.to_owned()).filter(|number| !number.is_empty()),
        name: name.to_owned(),
        period: None,
        share: None,
        usage: None,
        included: None,
        amount: amount(of),
        tax_included: false,
        tax_rate: Some("VAT 20 %".into()),
    }
}

fn usage(calls: i64, seconds: i64, exact: &str) -> Option<Usage> {
    Some(Usage { calls, seconds, exact: amount(exact) })
}

fn days(part: i64) -> Option<Share> {
    Some(Share { part, of: 31, unit: ShareUnit::Days })
}

fn tax(name: &str, rate: &str, net: &str, tax: &str) -> TaxRow {
    TaxRow { name: name.into(), rate: rate.into(), net: amount(net), tax: amount(tax) }
}

const OFFICE: &str = "+43 5574 900123";
const MOBILE: &str = "+43 664 9001234";
const LONG: &str = "Premium and satellite destinations (Inmarsat, Iridium and Thuraya, all bands) at the conditions of the agreement of 3 March";

/// Everything that is hard on one invoice: two tax rates, a tax that is included, a credit, part months, long names, calls that
/// fill pages, a payment on account; and no address of the customer.
pub(crate) fn hard() -> (Paper, Vec<PaperCall>) {
    use PaperLineKind::{Credit, EarlierUsage, Fee, Item, Usage};
    let mut paper = blank();
    paper.buyer = Side {
        name: "Österreichische Gesellschaft für grenzüberschreitende Telekommunikationsinfrastrukturforschung und Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft".into(),
        ..Side::default()
    };
    paper.lines = vec![
        PaperLine {
            period: Some(period("2026-10-01", "2026-10-16")),
            share: days(15),
            included: Some(IncludedMinutes { used: 2240, of: 6000 }),
            ..line(Fee, OFFICE, "Office 500", "4.83")
        },
        PaperLine {
            period: Some(period("2026-10-16", "2026-11-01")),
            share: days(16),
            ..line(Fee, OFFICE, "Office unlimited, evenings and weekends free of charge", "6.71")
        },
        PaperLine { usage: usage(120, 44_160, "14.976"), ..line(Usage, OFFICE, "Austria, mobile", "14.98") },
        PaperLine { usage: usage(9, 3_121, "1124.557497"), ..line(Usage, OFFICE, LONG, "1124.56") },
        PaperLine { usage: usage(2, 538, "0.55"), ..line(EarlierUsage, OFFICE, "Germany", "0.55") },
        line(Fee, MOBILE, "Mobile M", "12.99"),
        PaperLine { usage: usage(40, 14_560, "4.992"), ..line(Usage, MOBILE, "Austria, mobile", "4.99") },
        PaperLine { tax_rate: Some("VAT 10 %".into()), ..line(Item, "", "Printed directory 2026/27", "18.00") },
        PaperLine { tax_included: true, ..line(Item, "", "Visit of a technician on 12 October", "60.00") },
        line(Credit, "", "Credit for the outage of 9 October", "-7.50"),
    ];
    paper.taxes = vec![tax("VAT 20 %", "0.20", "1212.11", "242.42"), tax("VAT 10 %", "0.10", "18.00", "1.80")];
    (paper.net, paper.tax, paper.total) = (amount("1230.11"), amount("244.22"), amount("1474.33"));
    paper.settled = vec![SettledRow {
        on: "2026-10-20".parse().unwrap(),
        kind: "payment".into(),
        name: Some("Transfer 7788".into()),
        amount: amount("200.00"),
    }];
    paper.due = amount("1274.33");
    paper.notes = vec![
        "Two invoices are unpaid. If this one is not paid either, the lines will be suspended when the next one is issued."
            .into(),
    ];
    let mut calls = calls(OFFICE, "Austria, mobile", 120);
    calls.extend(calls_of(OFFICE, LONG, 9, "124.950833", "+870 776 9001"));
    calls.extend(
        calls_of(OFFICE, "Germany", 2, "0.275", "+49 30 900182")
            .into_iter()
            .map(|call| PaperCall { earlier: true, ..call }),
    );
    calls.extend(self::calls(MOBILE, "Austria, mobile", 40));
    (paper, calls)
}

/// So many calls of some minutes each; the night of 24 October, when the hour from two to three comes twice, is among them.
pub(crate) fn calls(number: &str, name: &str, count: i64) -> Vec<PaperCall> {
    calls_of(number, name, count, "0.1248", "+43 650 9009")
}

fn calls_of(number: &str, name: &str, count: i64, price: &str, to: &str) -> Vec<PaperCall> {
    let call = |index: i64| PaperCall {
        number: number.to_owned(),
        name: name.to_owned(),
        earlier: false,
        answered_at: Instant::parse("2026-10-24T22:31:07Z").unwrap().plus_millis(index * 1_607_000).unwrap(),
        to: format!("{to}{index:03}"),
        seconds: 249 + index % 7 * 40,
        amount: amount(price),
    };
    (0..count).map(call).collect()
}

/// An invoice of two pages, as most are.
pub(crate) fn ordinary() -> (Paper, Vec<PaperCall>) {
    let mut paper = blank();
    paper.lines = vec![
        line(PaperLineKind::Fee, OFFICE, "Office 500", "9.99"),
        PaperLine {
            usage: usage(40, 14_560, "4.992"),
            ..line(PaperLineKind::Usage, OFFICE, "Austria, mobile", "4.99")
        },
    ];
    paper.taxes = vec![tax("VAT 20 %", "0.20", "14.98", "3.00")];
    (paper.net, paper.tax, paper.total, paper.due) =
        (amount("14.98"), amount("3.00"), amount("17.98"), amount("17.98"));
    (paper, calls(OFFICE, "Austria, mobile", 40))
}

/// The ordinary invoice before it is issued.
pub(crate) fn preview() -> (Paper, Vec<PaperCall>) {
    let (paper, calls) = ordinary();
    (Paper { number: None, ..paper }, calls)
}

/// A credit note.
pub(crate) fn credit_note() -> Paper {
    Paper {
        kind: PaperKind::CreditNote,
        number: Some("C-2026-000031".into()),
        due_on: None,
        corrects: Some("2026-004711".into()),
        notes: vec!["Calls to Germany were charged twice.".into()],
        lines: vec![line(PaperLineKind::Credit, OFFICE, "Germany", "0.55")],
        taxes: vec![tax("VAT 20 %", "0.20", "0.55", "0.11")],
        net: amount("0.55"),
        tax: amount("0.11"),
        total: amount("0.66"),
        due: amount("0.66"),
        ..blank()
    }
}

/// A receipt for a top-up.
pub(crate) fn receipt() -> Paper {
    Paper {
        kind: PaperKind::Receipt,
        number: Some("R-2026-001170".into()),
        period: None,
        due_on: None,
        lines: vec![PaperLine { tax_rate: None, ..line(PaperLineKind::Payment, "", "Top-up by card", "2500.00") }],
        net: amount("2500.00"),
        total: amount("2500.00"),
        ..blank()
    }
}

/// The statement of a payout to an agent.
pub(crate) fn payout() -> Paper {
    Paper {
        kind: PaperKind::Payout,
        number: Some("PO-000017".into()),
        due_on: None,
        buyer_reference: None,
        net: amount("1240.36"),
        total: amount("1240.36"),
        payout: Some(PayoutSums {
            calls: 412,
            messages: 3,
            charged: amount("2012.4375"),
            tax: amount("335.40625"),
            tenant_part: amount("335.40625"),
            agent_part: amount("1341.625"),
            corrected: amount("-2.66"),
            returned: Amount::ZERO,
            carried_over: amount("-12.005"),
            remaining: amount("86.60"),
        }),
        ..blank()
    }
}

/// A statement of a prepaid account.
pub(crate) fn statement() -> Paper {
    use PaperLineKind::{Fee, Payment, Usage};
    let untaxed = |line: PaperLine| PaperLine { tax_rate: None, ..line };
    Paper {
        kind: PaperKind::Statement,
        number: None,
        due_on: None,
        lines: vec![
            untaxed(PaperLine {
                period: Some(period("2026-10-05", "2026-10-06")),
                ..line(Payment, "", "Top-up by card", "2500.00")
            }),
            untaxed(line(Fee, MOBILE, "Prepaid S", "-5.00")),
            untaxed(PaperLine {
                usage: usage(40, 14_560, "4.992"),
                ..line(Usage, MOBILE, "Austria, mobile", "-4.992")
            }),
        ],
        statement: Some(StatementSums {
            opening: amount("3.1415"),
            credited: amount("2500.00"),
            charged: amount("9.992"),
            closing: amount("2493.1495"),
        }),
        ..blank()
    }
}
