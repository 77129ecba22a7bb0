//! Bank statements as ISO 20022 has them: camt.053, of any version.

use domain::invalid::Invalid;
use domain::money::{Amount, Currency};
use domain::time::Date;
use roxmltree::{Document, Node, ParsingOptions};

use super::read::{Draft, Statement};

/// The most elements of a statement: some twenty belong to each row.
const MOST_NODES: u32 = 2_000_000;

/// Reads a statement.
///
/// # Errors
/// It is no XML, or no camt.053.
pub(super) fn read(text: &str) -> Result<Statement, Invalid> {
    let options = ParsingOptions { nodes_limit: MOST_NODES, ..ParsingOptions::default() };
    let document = Document::parse_with_options(text, options)
        .map_err(|error| Invalid::at("", format!("is no XML that can be read: {error}")))?;
    let message = document.root_element().first_element_child();
    let name = message.map_or_else(|| document.root_element().tag_name().name(), |message| message.tag_name().name());
    let Some(message) = message.filter(|_| name == "BkToCstmrStmt") else {
        let kind = match name {
            "BkToCstmrAcctRpt" => "a report of the running day (camt.052): send the statement of the whole day",
            "BkToCstmrDbtCdtNtfctn" => "a list of single bookings (camt.054): send the statement that they belong to",
            other => other,
        };
        return Err(Invalid::at("", format!("is no bank statement (camt.053), but {kind}")));
    };
    let mut read = Statement::new("camt.053");
    for statement in children(message, "Stmt") {
        let own = child(statement, "Acct").and_then(account);
        for (place, entry) in (1..).zip(children(statement, "Ntry")) {
            booked(&mut read, entry, (place, own.as_deref()));
        }
    }
    Ok(read)
}

/// Adds what an entry of a statement tells.
fn booked(read: &mut Statement, entry: Node<'_, '_>, (place, own): (i64, Option<&str>)) {
    // A code of its own from version 4 on, the text of the element before.
    let status = child(entry, "Sts").map(|status| text_of(status, "Cd").unwrap_or_else(|| text(status)));
    if status.is_some_and(|status| status != "BOOK") {
        read.unbooked += 1;
        return;
    }
    match text_of(entry, "CdtDbtInd").as_deref() {
        Some("CRDT") => {}
        Some("DBIT") => {
            read.outgoing += 1;
            return;
        }
        _ => return read.reject(place, "does not say whether money came in or went out"),
    }
    let booked_on = child(entry, "BookgDt").or(child(entry, "ValDt")).and_then(date);
    let Some(booked_on) = booked_on else { return read.reject(place, "has no day on which it was booked") };
    let Some((amount, currency)) = child(entry, "Amt").and_then(money) else {
        return read.reject(place, "has no amount above zero with its currency");
    };
    let note = text_of(entry, "AddtlNtryInf").unwrap_or_default();
    let bank_reference = text_of(entry, "AcctSvcrRef").unwrap_or_default();
    let draft = Draft {
        place,
        booked_on,
        amount,
        currency,
        payer: None,
        account: None,
        text: note,
        bank_reference: format!("{}/{bank_reference}", own.unwrap_or_default()),
    };
    let parts: Vec<Node<'_, '_>> =
        children(entry, "NtryDtls").flat_map(|details| children(details, "TxDtls")).collect();
    match parts.as_slice() {
        [] => read.rows.push(draft),
        [only] => read.rows.push(part(&draft, *only, amount)),
        several => match amounts(several, amount, currency) {
            Some(amounts) => {
                read.rows.extend(several.iter().zip(amounts).map(|(details, amount)| part(&draft, *details, amount)));
            }
            None => read.rows.push(draft),
        },
    }
}

/// The amounts of the parts of an entry, if each has one in its currency and they make it up.
fn amounts(parts: &[Node<'_, '_>], whole: Amount, currency: Currency) -> Option<Vec<Amount>> {
    let of = |part: &Node<'_, '_>| {
        let own = child(*part, "Amt");
        let detailed =
            || child(*part, "AmtDtls").and_then(|details| child(details, "TxAmt")).and_then(|tx| child(tx, "Amt"));
        own.or_else(detailed).and_then(money).filter(|(_, of)| *of == currency).map(|(amount, _)| amount)
    };
    let amounts: Vec<Amount> = parts.iter().map(of).collect::<Option<_>>()?;
    let sum = amounts.iter().try_fold(Amount::ZERO, |sum, amount| sum.plus(*amount)).ok()?;
    (sum == whole).then_some(amounts)
}

/// A part of an entry: a payment of a batch, or the only one.
fn part(entry: &Draft, details: Node<'_, '_>, amount: Amount) -> Draft {
    let parties = child(details, "RltdPties");
    let party = |role: &str| parties.and_then(|parties| child(parties, role));
    // The name stands one level deeper from version 8 on.
    let name = |party: Node<'_, '_>| text_of(party, "Nm").or_else(|| text_of(child(party, "Pty")?, "Nm"));
    let remittance = child(details, "RmtInf");
    let free = remittance.into_iter().flat_map(|information| children(information, "Ustrd").map(text));
    let structured = remittance
        .into_iter()
        .flat_map(|information| children(information, "Strd"))
        .filter_map(|strd| text_of(child(strd, "CdtrRefInf")?, "Ref"));
    let told: Vec<String> = free.chain(structured).collect();
    let told = if told.is_empty() { text_of(details, "AddtlTxInf").into_iter().collect() } else { told };
    let references = child(details, "Refs");
    let reference = |name: &str| references.and_then(|references| text_of(references, name)).unwrap_or_default();
    let of_payer = Some(reference("EndToEndId")).filter(|id| !id.is_empty() && id != "NOTPROVIDED");
    let written = told.into_iter().chain(of_payer).collect::<Vec<_>>().join(" ");
    Draft {
        amount,
        payer: party("UltmtDbtr").and_then(name).or_else(|| party("Dbtr").and_then(name)),
        account: party("DbtrAcct").and_then(account),
        text: if written.is_empty() { entry.text.clone() } else { written },
        bank_reference: format!("{}/{}/{}", entry.bank_reference, reference("AcctSvcrRef"), reference("TxId")),
        ..entry.clone()
    }
}

/// The number of an account: an IBAN, or what another country has.
fn account(holder: Node<'_, '_>) -> Option<String> {
    let id = child(holder, "Id")?;
    text_of(id, "IBAN").or_else(|| text_of(child(id, "Othr")?, "Id"))
}

fn money(node: Node<'_, '_>) -> Option<(Amount, Currency)> {
    let amount = Amount::parse(&text(node)).ok().filter(|amount| *amount > Amount::ZERO)?;
    Some((amount, Currency::parse(node.attribute("Ccy")?).ok()?))
}

fn date(node: Node<'_, '_>) -> Option<Date> {
    let text = text_of(node, "Dt").or_else(|| text_of(node, "DtTm"))?;
    text.get(..10)?.parse().ok()
}

fn text_of(node: Node<'_, '_>, name: &str) -> Option<String> {
    child(node, name).map(text).filter(|text| !text.is_empty())
}

fn text(node: Node<'_, '_>) -> String {
    node.text().unwrap_or_default().trim().to_owned()
}

fn child<'a, 'i>(node: Node<'a, 'i>, name: &str) -> Option<Node<'a, 'i>> {
    children(node, name).next()
}

/// The elements of a name, whatever the version in their namespace.
fn children<'a, 'i, 'n>(node: Node<'a, 'i>, name: &'n str) -> impl Iterator<Item = Node<'a, 'i>> + use<'a, 'i, 'n> {
    node.children().filter(move |child| child.is_element() && child.tag_name().name() == name)
}
