//! Files by which a bank pays agents: SEPA credit transfers (pain.001.001.09 of ISO 20022), and CSV for banks that read other things.

use std::io;

use domain::bic::Bic;
use domain::iban::Iban;
use domain::money::Currency;
use domain::sepa;
use engine::payouts::files::{FiledPayout, PayoutFile, PayoutFileError};
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};

use crate::csv_row::{Cell, CsvError, written};

/// The name of the message's schema.
const SCHEMA: &str = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09";
/// What stands for a bank that is not named: its accounts' numbers say it.
const NO_BANK: &str = "NOTPROVIDED";

type Xml = Writer<Vec<u8>>;

/// A file as SEPA credit transfers, in one payment. The same bytes for the same file.
///
/// # Errors
/// It is in another currency than EUR.
pub fn payout_file_xml(file: &PayoutFile, payouts: &[FiledPayout]) -> Result<Vec<u8>, PayoutFileError> {
    let account = file.sepa_account()?;
    let mut xml = Writer::new_with_indent(Vec::new(), b' ', 2);
    // Nothing that is written to memory fails.
    message(&mut xml, (file, account), payouts).map_err(|_| PayoutFileError::Unreadable(file.id.clone()))?;
    let mut bytes = xml.into_inner();
    bytes.push(b'\n');
    Ok(bytes)
}

/// A line for each payout of a file, in any currency.
///
/// # Errors
/// A row could not be written.
pub fn payout_file_csv(file: &PayoutFile, payouts: &[FiledPayout]) -> Result<Vec<u8>, CsvError> {
    const COLUMNS: [&str; 9] =
        ["file", "execution_on", "payout", "agent", "holder", "iban", "bic", "amount", "currency"];
    let message_id = file.message_id();
    let rows = payouts.iter().map(|payout| {
        vec![
            Cell::Text(&message_id),
            Cell::Value(file.execution_on.to_string()),
            Cell::Text(&payout.number),
            Cell::Text(&payout.agent),
            Cell::Text(&payout.holder),
            Cell::Text(payout.iban.as_str()),
            Cell::Text(payout.bic.as_ref().map_or("", Bic::as_str)),
            Cell::Value(payout.amount.to_text(file.currency)),
            Cell::Text(file.currency.code()),
        ]
    });
    written(std::iter::once(COLUMNS.map(Cell::Text).to_vec()).chain(rows))
}

fn message(xml: &mut Xml, of: (&PayoutFile, &Iban), payouts: &[FiledPayout]) -> io::Result<()> {
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let document = xml.create_element("Document").with_attribute(("xmlns", SCHEMA));
    document.write_inner_content(|xml| {
        inside(xml, "CstmrCdtTrfInitn", |xml| {
            inside(xml, "GrpHdr", |xml| header(xml, of.0))?;
            inside(xml, "PmtInf", |xml| {
                payment(xml, of)?;
                payouts
                    .iter()
                    .try_for_each(|payout| inside(xml, "CdtTrfTxInf", |xml| transfer(xml, of.0.currency, payout)))
            })
        })
    })?;
    Ok(())
}

/// Who sends the message, and what it comes to.
fn header(xml: &mut Xml, file: &PayoutFile) -> io::Result<()> {
    text(xml, "MsgId", &file.message_id())?;
    text(xml, "CreDtTm", &file.made_at.to_string())?;
    sums(xml, file)?;
    inside(xml, "InitgPty", |xml| text(xml, "Nm", &sepa::name(&file.payer.name)))
}

/// Who pays, from where and when.
fn payment(xml: &mut Xml, (file, account): (&PayoutFile, &Iban)) -> io::Result<()> {
    text(xml, "PmtInfId", &file.message_id())?;
    text(xml, "PmtMtd", "TRF")?;
    sums(xml, file)?;
    inside(xml, "PmtTpInf", |xml| inside(xml, "SvcLvl", |xml| text(xml, "Cd", "SEPA")))?;
    inside(xml, "ReqdExctnDt", |xml| text(xml, "Dt", &file.execution_on.to_string()))?;
    inside(xml, "Dbtr", |xml| text(xml, "Nm", &sepa::name(&file.payer.name)))?;
    account_of(xml, "DbtrAcct", account)?;
    inside(xml, "DbtrAgt", |xml| match &file.payer.bic {
        Some(bic) => bank(xml, bic),
        None => inside(xml, "FinInstnId", |xml| inside(xml, "Othr", |xml| text(xml, "Id", NO_BANK))),
    })?;
    text(xml, "ChrgBr", "SLEV")
}

/// Who is paid what, and for what.
fn transfer(xml: &mut Xml, currency: Currency, payout: &FiledPayout) -> io::Result<()> {
    let reference = sepa::reference(&payout.number).map_or_else(|| payout.id.replace('_', "-"), str::to_owned);
    inside(xml, "PmtId", |xml| text(xml, "EndToEndId", &reference))?;
    inside(xml, "Amt", |xml| {
        let amount = xml.create_element("InstdAmt").with_attribute(("Ccy", currency.code()));
        amount.write_text_content(BytesText::new(&payout.amount.to_text(currency))).map(|_| ())
    })?;
    if let Some(bic) = &payout.bic {
        inside(xml, "CdtrAgt", |xml| bank(xml, bic))?;
    }
    inside(xml, "Cdtr", |xml| text(xml, "Nm", &sepa::name(&payout.holder)))?;
    account_of(xml, "CdtrAcct", &payout.iban)?;
    inside(xml, "RmtInf", |xml| text(xml, "Ustrd", &reference))
}

fn sums(xml: &mut Xml, file: &PayoutFile) -> io::Result<()> {
    text(xml, "NbOfTxs", &file.payouts.to_string())?;
    text(xml, "CtrlSum", &file.amount.to_text(file.currency))
}

fn account_of(xml: &mut Xml, name: &str, account: &Iban) -> io::Result<()> {
    inside(xml, name, |xml| inside(xml, "Id", |xml| text(xml, "IBAN", account.as_str())))
}

fn bank(xml: &mut Xml, bic: &Bic) -> io::Result<()> {
    inside(xml, "FinInstnId", |xml| text(xml, "BICFI", bic.as_str()))
}

fn inside(xml: &mut Xml, name: &str, content: impl FnOnce(&mut Xml) -> io::Result<()>) -> io::Result<()> {
    xml.create_element(name).write_inner_content(content).map(|_| ())
}

fn text(xml: &mut Xml, name: &str, content: &str) -> io::Result<()> {
    xml.create_element(name).write_text_content(BytesText::new(content)).map(|_| ())
}
