//! A file is made: of all payouts that wait for one.

use std::collections::HashSet;

use domain::bic::Bic;
use domain::iban::Iban;
use domain::invalid::Invalid;
use domain::money::{Amount, Currency, Overflow};
use domain::sepa::{self, Lack};
use domain::time::Date;
use serde_json::json;
use storage::payout_files::{PayoutFileItem, PayoutFileRecord, WaitingRecord};

use super::{LeftOut, LeftOutReason, Payer, PayoutFile, PayoutFileError, SEPA};
use crate::agents::BankAccount;
use crate::tenants::{self, Tenant};
use crate::{Scope, Work};

/// A file that is to be made.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewPayoutFile {
    /// Of which payouts; the tenant's currency, where none is given.
    pub currency: Option<Currency>,
    /// On which day the bank is to pay; the next working day, where none is given.
    pub execution_on: Option<Date>,
}

/// Puts all payouts in a currency that were not returned and are in no file into one. Those that cannot be paid by the bank are left out,
/// and named.
///
/// # Errors
/// The day is over, it is not known as banks want it whom the file is from, or no payout can be put into it.
pub async fn make(work: &mut Work, new: NewPayoutFile) -> Result<PayoutFile, PayoutFileError> {
    let tenant = tenants::get(work).await?;
    let today = tenant.settings.time_zone.date(work.now());
    let execution_on = new.execution_on.unwrap_or_else(|| sepa::next_working_day(today));
    if execution_on < today {
        return Err(Invalid::at("/execution_on", format!("must not be before today, {today}")).into());
    }
    let currency = new.currency.unwrap_or(tenant.settings.currency);
    let payer = payer(&tenant, currency)?;
    let id = work.id("pof");
    let waiting = storage::payout_files::waiting(&mut work.tx, tenant.tenant, currency.code()).await?;
    let (mut items, mut left_out) = (Vec::new(), Vec::new());
    for record in waiting {
        match item(&id, currency, &record)? {
            Ok(item) => items.push(item),
            Err(reason) => {
                left_out.push(LeftOut { payout: record.id, number: record.number, agent: record.agent, reason });
            }
        }
    }
    // Who makes another file at the same time may have been faster, and so may the bank that returned one.
    let wanted: Vec<&str> = items.iter().map(|item| item.payout.as_str()).collect();
    let taken = storage::payout_files::take(&mut work.tx, tenant.tenant, &id, &wanted).await?;
    let taken: HashSet<String> = taken.into_iter().collect();
    items.retain(|item| taken.contains(&item.payout));
    if items.is_empty() {
        return Err(PayoutFileError::NothingToPay { currency, left_out });
    }
    let file = PayoutFile {
        currency,
        execution_on,
        payer,
        payouts: i64::try_from(items.len()).map_err(|_| Overflow)?,
        amount: items.iter().try_fold(Amount::ZERO, |sum, item| sum.plus(Amount::from_micros(item.amount)))?,
        left_out,
        made_at: work.now(),
        made_by: work.actor.name.clone(),
        withdrawn: None,
        id,
    };
    storage::payout_files::insert(&mut work.tx, tenant.tenant, &file.record(), &items).await?;
    work.audit("payout_file.make", &file.id, None, Some(&file.written())).await?;
    Ok(file)
}

/// Whom a file is from, as the settings say now. Of what SEPA does not pay the bank wants to know nothing.
fn payer(tenant: &Tenant, currency: Currency) -> Result<Payer, PayoutFileError> {
    let seller = &tenant.settings.seller;
    let name = seller.legal_name.clone().unwrap_or_else(|| tenant.name.clone());
    let given = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty());
    let iban = given(&seller.bank.iban).map(|iban| Iban::parse(&iban).map_err(|_| Lack::WrongIban)).transpose();
    let bic = given(&seller.bank.bic).map(|bic| Bic::parse(&bic).map_err(|_| Lack::WrongBic)).transpose();
    if currency.code() != SEPA {
        return Ok(Payer { name, iban: iban.unwrap_or_default(), bic: bic.unwrap_or_default() });
    }
    let account = iban.as_ref().map_err(|lack| *lack).and_then(|iban| iban.ok_or(Lack::Iban));
    let lacks = [account.err(), bic.as_ref().err().copied(), sepa::name(&name).is_empty().then_some(Lack::Name)];
    let lacks: Vec<Lack> = lacks.into_iter().flatten().collect();
    match (iban, bic) {
        (Ok(iban), Ok(bic)) if lacks.is_empty() => Ok(Payer { name, iban, bic }),
        _ => Err(PayoutFileError::Lacks(lacks)),
    }
}

/// What a file says of a payout, or why it is left out.
fn item(
    file: &str,
    currency: Currency,
    record: &WaitingRecord,
) -> Result<Result<PayoutFileItem, LeftOutReason>, PayoutFileError> {
    let Some(bank) = record.bank.as_deref() else { return Ok(Err(LeftOutReason::NoBankAccount)) };
    let account = BankAccount::read(bank).map_err(|_| PayoutFileError::Unreadable(record.agent.clone()))?;
    let holder = account.holder.unwrap_or_else(|| record.name.clone());
    let is_sepa = currency.code() == SEPA;
    if is_sepa && !sepa::reaches(&account.iban) {
        return Ok(Err(LeftOutReason::OutsideSepa));
    }
    if is_sepa && sepa::name(&holder).is_empty() {
        return Ok(Err(LeftOutReason::NoName));
    }
    Ok(Ok(PayoutFileItem {
        file: file.to_owned(),
        payout: record.id.clone(),
        number: record.number.clone(),
        agent: record.agent.clone(),
        holder,
        iban: account.iban.into(),
        bic: account.bic.map(String::from),
        amount: record.amount,
    }))
}

impl PayoutFile {
    fn record(&self) -> PayoutFileRecord {
        PayoutFileRecord {
            id: self.id.clone(),
            currency: self.currency.code().to_owned(),
            execution_on: self.execution_on.to_string(),
            payer: json!(self.payer).to_string(),
            payouts: self.payouts,
            amount: self.amount.micros(),
            left_out: json!(self.left_out).to_string(),
            made_at: self.made_at.millis(),
            made_by: self.made_by.clone(),
            withdrawn_at: None,
            withdrawn_by: None,
        }
    }
}
