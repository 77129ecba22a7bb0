//! Prepaid customers: fees in advance, receipts for top-ups, monthly statements.

use std::collections::BTreeMap;

use domain::billing::full_period;
use domain::ledger::Refused;
use domain::money::Amount;
use domain::paper::{Paper, PaperKind, PaperLine, PaperLineKind, StatementSums};
use domain::period::Period;
use domain::time::{Instant, Zone};
use storage::billing::BillingRecord;
use storage::documents::{DocumentFilter, DocumentRecord};

use super::compose::Billed;
use super::documents::number_text;
use super::files::{self, Catalogue, CustomerFile, LineFile, period_of};
use super::paper::heading;
use super::suspensions::{self, Reason};
use super::{BillingError, deliver};
use crate::customers::{self, Customer, Mode};
use crate::ledger::{self, Kind, Party, Posting, Verdict};
use crate::payments::{Method, Payment};
use crate::tenants::{self, Settings, Tenant};
use crate::{Scope, Work, accounts, jobs};

/// What the fees of a prepaid customer's lines depend on.
struct Fees<'a> {
    settings: &'a Settings,
    file: &'a CustomerFile,
    catalogue: &'a Catalogue,
}

impl Fees<'_> {
    /// What a line owes for a period by its plans and suspensions as they are known now.
    fn due(&self, settings: &Settings, line: &LineFile, row: &BillingRecord) -> Result<Amount, BillingError> {
        let period = period_of(row)?;
        let full = full_period(period, self.file.billing_day(settings, &row.line))?;
        let span = Billed { period, full, line: Some(line) };
        let fees = span.fees(settings, self.file.customer.currency, &line.subscriptions(self.catalogue))?;
        fees.iter().try_fold(Amount::ZERO, |due, fee| Ok(due.plus(fee.amount)?))
    }

    /// Takes (or gives back) what makes the fee of a period what is due. If it is guarded, nothing is taken where the balance does not
    /// cover it. Says whether it is done.
    async fn take(
        &self,
        work: &mut Work,
        row: &mut BillingRecord,
        due: Amount,
        guarded: bool,
    ) -> Result<bool, BillingError> {
        let taken = Amount::from_micros(row.fee_taken);
        if due == taken {
            return Ok(true);
        }
        let currency = self.file.customer.currency;
        let rule = &self.file.customer.details.tax_rule;
        let rate = self.settings.tax_rates.for_rule(rule, Instant::clamped(row.starts_at));
        let tax = rate.map_or(Ok(Amount::ZERO), |rate| rate.rate.within_gross(due, currency.minor_digits()))?;
        let key = |what: &str| format!("{}/fee/{}/{}/{what}", row.line, row.from_day, row.fee_moves);
        let payer = Party::Customer(self.file.customer.id.clone());
        let fee = Posting::fact((key("fee"), Kind::Fee, &row.line), payer, Party::Income, due.minus(taken)?, currency)?;
        let of_tax = tax.minus(Amount::from_micros(row.fee_tax))?;
        let of_tax = Posting::fact((key("tax"), Kind::Tax, &row.line), Party::Income, Party::Tax, of_tax, currency)?;
        let guarded = guarded && due > taken;
        let promotional = if due < taken {
            let of_period = format!("{}/fee/{}/", row.line, row.from_day);
            let spent = ledger::taken(work, &row.line, &of_period, taken).await?;
            spent.give_back(taken.minus(due)?)?.promotional.negated()?
        } else {
            Amount::ZERO
        };
        let fee: Vec<Posting> = fee.into_iter().map(|fee| Posting { guarded, promotional, ..fee }).collect();
        let verdicts = ledger::post(work, &fee).await?;
        if let [Verdict::Refused(Refused::InsufficientBalance { .. })] = verdicts[..] {
            return Ok(false);
        }
        ledger::post(work, &of_tax.into_iter().collect::<Vec<_>>()).await?;
        row.fee_taken = due.micros();
        row.fee_tax = tax.micros();
        row.fee_moves += 1;
        Ok(true)
    }

    /// Brings the fee of a running period up to date. Suspends the line if it is not covered, and lifts that if it is.
    async fn settle(&self, work: &mut Work, row: &mut BillingRecord) -> Result<(), BillingError> {
        let Some(line) = self.file.line(&row.line) else { return Ok(()) };
        let was_suspended = line.is_suspended_for(Reason::Funds.name());
        let due = self.due(self.settings, &line.covered(work.now()), row)?;
        let covered = self.take(work, row, due, true).await?;
        if covered && was_suspended {
            suspensions::lift(work, &row.line, Reason::Funds).await?;
        }
        if !covered && !was_suspended && line.record.closed_at.is_none() {
            suspensions::suspend(work, &row.line, Reason::Funds, None).await?;
        }
        Ok(())
    }

    /// Brings the fee of a period that has ended up to date, for good.
    async fn close(&self, work: &mut Work, row: &BillingRecord) -> Result<(), BillingError> {
        let Some(line) = self.file.line(&row.line) else { return Ok(()) };
        let mut row = row.clone();
        let due = self.due(self.settings, line, &row)?;
        if self.take(work, &mut row, due, true).await? {
            return Ok(());
        }
        // Nobody asks for it again. On the days on which the line was not suspended it could be used, so that their fee is a fact like
        // a finished call: it is posted whole, and the debt is to be paid before anything else. What was not covered suspends the line;
        // these days are never owed, or the debt would grow without any use.
        let mut settings = self.settings.clone();
        settings.billing.fee_while_suspended = false;
        let due = self.due(&settings, line, &row)?;
        if due > Amount::from_micros(row.fee_taken) {
            self.take(work, &mut row, due, false).await?;
        }
        Ok(())
    }
}

/// Brings a prepaid customer's fees in line with its lines' plans and suspensions; suspends lines whose fee is not covered, and lifts
/// that where it is now. For postpaid customers it does nothing.
///
/// # Errors
/// The fees cannot be computed, or the database does not do it.
pub(crate) async fn settle_fees(work: &mut Work, customer: &str) -> Result<(), BillingError> {
    let tenant = tenants::get(work).await?;
    let customer = customers::get(work, customer).await?;
    if customer.mode == Mode::Postpaid {
        return Ok(());
    }
    accounts::lock(work, &customer.id, customer.currency).await?;
    let mut files = files::load(work, &tenant, &[&customer.id]).await?;
    let catalogue = Catalogue::load(work, &tenant).await?;
    let Some(file) = files.first_mut() else { return Ok(()) };
    let mut rows = std::mem::take(&mut file.periods);
    let fees = Fees { settings: &tenant.settings, file, catalogue: &catalogue };
    for row in rows.iter_mut().filter(|row| !row.from_day.is_empty()) {
        fees.settle(work, row).await?;
    }
    storage::billing::save(&mut work.tx, tenant.tenant, &rows).await?;
    Ok(accounts::note_low(work, &tenant.settings, &[&customer.id]).await?)
}

/// Closes periods of a prepaid customer: what suspended days gave back is given back, the statement is issued, and the fees of the
/// next periods are taken.
pub(super) async fn close(
    work: &mut Work,
    tenant: &Tenant,
    file: &CustomerFile,
    periods: &[&BillingRecord],
    (next, catalogue): (&mut [BillingRecord], &Catalogue),
) -> Result<(), BillingError> {
    let fees = Fees { settings: &tenant.settings, file, catalogue };
    for row in periods {
        fees.close(work, row).await?;
    }
    statement(work, tenant, &file.customer, periods).await?;
    for row in next.iter_mut() {
        let suspended = file.line(&row.line).is_some_and(|line| line.is_suspended_for(Reason::Funds.name()));
        // A month that is over meanwhile is no reason to lift anything: there is no day left that could be paid for.
        if suspended && row.ends_at <= work.now().millis() {
            continue;
        }
        fees.settle(work, row).await?;
    }
    Ok(accounts::note_low(work, &tenant.settings, &[&file.customer.id]).await?)
}

/// The statement of what has moved until the end of these periods, if anything has. It begins where the last one ended, so that each
/// move is on one, also where the customer's lines have months of their own; the first begins with the first of the periods.
async fn statement(
    work: &mut Work,
    tenant: &Tenant,
    customer: &Customer,
    periods: &[&BillingRecord],
) -> Result<(), BillingError> {
    let number = tenant.tenant;
    let first = periods.iter().min_by_key(|row| row.starts_at);
    let (Some(first), Some(last)) = (first, periods.iter().max_by_key(|row| row.ends_at)) else { return Ok(()) };
    let filter = DocumentFilter { kind: "statement", customer: Some(&customer.id), ..DocumentFilter::default() };
    let before = storage::documents::page(&mut work.tx, number, &filter, 1).await?.into_iter().next();
    let (from_day, from) = before.map_or((first.from_day.clone(), first.starts_at), |one| (one.period_to, one.ends_at));
    let (to_day, to) = (last.to_day.clone(), last.ends_at);
    let zone = &tenant.settings.time_zone;
    let moves = storage::ledger::moves(&mut work.tx, number, &customer.id, &days(zone, from, to)?).await?;
    if moves.is_empty() {
        return Ok(());
    }
    let period = period_of(&BillingRecord { from_day, to_day, ..(*last).clone() })?;
    let closing = storage::ledger::balance_at(&mut work.tx, number, &customer.id, customer.currency.code(), to).await?;
    let closing = Amount::from_micros(closing);
    // A fee that is given back is less of a charge, not money that came in.
    let mut sums: BTreeMap<&str, Amount> = BTreeMap::new();
    let mut lines = Vec::with_capacity(moves.len());
    for moved in &moves {
        let amount = Amount::from_micros(moved.amount);
        let sum = sums.entry(&moved.kind).or_default();
        *sum = sum.plus(amount)?;
        let day = Period::of_day(zone.date(Instant::clamped(moved.from_at)))?;
        lines.push(PaperLine { period: Some(day), ..statement_line(&moved.kind, moved.count, amount) });
    }
    let (mut credited, mut charged) = (Amount::ZERO, Amount::ZERO);
    for sum in sums.into_values() {
        if sum.is_negative() { charged = charged.minus(sum)? } else { credited = credited.plus(sum)? }
    }
    let paper = Paper {
        period: Some(period),
        lines,
        net: charged,
        total: charged,
        statement: Some(StatementSums { opening: closing.plus(charged)?.minus(credited)?, credited, charged, closing }),
        ..heading(tenant, customer, PaperKind::Statement, work.now())
    };
    let document = DocumentRecord {
        period_from: period.from().to_string(),
        period_to: period.to().to_string(),
        starts_at: from,
        ends_at: to,
        ..record(work, &paper, &customer.id)
    };
    save(work, document).await
}

/// The local days of the time `[from, to)`.
fn days(zone: &Zone, from: i64, to: i64) -> Result<Vec<(i64, i64)>, BillingError> {
    let first = zone.date(Instant::clamped(from));
    let last = zone.date(Instant::clamped(to.saturating_sub(1)));
    let all = Period::new(first, Period::of_day(last)?.to())?;
    Ok(all.days(zone).map(|(start, end)| (start.millis().max(from), end.millis().min(to))).collect())
}

fn statement_line(kind: &str, count: i64, amount: Amount) -> PaperLine {
    let (line_kind, (one, several)) = match kind {
        "payment" => (PaperLineKind::Payment, ("Top-up", "top-ups")),
        "fee" => (PaperLineKind::Fee, ("Fee", "fees")),
        "call" => (PaperLineKind::Usage, ("1 call", "calls")),
        "rerating" => (PaperLineKind::EarlierUsage, ("Corrected price of a call", "corrected prices of calls")),
        "event" => (PaperLineKind::Item, ("Service", "services")),
        "message" => (PaperLineKind::Item, ("Message to an agent", "messages to agents")),
        "refund" => (PaperLineKind::Credit, ("Refund of a call", "refunds of calls")),
        "transfer" => (PaperLineKind::Payment, ("Transfer", "transfers")),
        _ => (PaperLineKind::Credit, ("Credit or adjustment", "credits and adjustments")),
    };
    let name = if count == 1 { one.to_owned() } else { format!("{count} {several}") };
    PaperLine {
        kind: line_kind,
        line: None,
        number: None,
        name,
        period: None,
        share: None,
        usage: None,
        included: None,
        amount,
        tax_included: false,
        tax_rate: None,
    }
}

/// Issues the receipt of a prepaid customer's top-up.
pub(crate) async fn receipt(work: &mut Work, customer: &Customer, payment: &Payment) -> Result<(), BillingError> {
    let tenant = tenants::get(work).await?;
    let next = storage::documents::take_numbers(&mut work.tx, tenant.tenant, "receipt", 1).await?;
    let method = match payment.method {
        Method::Cash => Some("in cash"),
        Method::Card => Some("by card"),
        Method::Transfer => Some("by bank transfer"),
        Method::Voucher => Some("by voucher"),
        Method::Other => None,
    };
    let parts = [Some("Top-up"), method, payment.reference.as_deref()];
    let name = parts.into_iter().flatten().collect::<Vec<_>>().join(", ");
    let line = PaperLine { name, ..statement_line("payment", 1, payment.amount) };
    let paper = Paper {
        number: Some(number_text(&tenant.settings.billing.prefixes.receipt, next)),
        lines: vec![line],
        net: payment.amount,
        total: payment.amount,
        ..heading(&tenant, customer, PaperKind::Receipt, work.now())
    };
    let document = record(work, &paper, &customer.id);
    save(work, document).await
}

/// The record of a document on which there is nothing to pay.
pub(super) fn record(work: &Work, paper: &Paper, customer: &str) -> DocumentRecord {
    let (kind, prefix) = match paper.kind {
        PaperKind::Invoice => ("invoice", "inv"),
        PaperKind::CreditNote => ("credit_note", "crn"),
        PaperKind::Receipt => ("receipt", "rct"),
        PaperKind::Statement => ("statement", "stm"),
        PaperKind::Payout => ("payout", "pyo"),
    };
    DocumentRecord {
        id: work.id(prefix),
        kind: kind.to_owned(),
        number: paper.number.clone(),
        customer: customer.to_owned(),
        issued_at: work.now().millis(),
        currency: paper.currency.code().to_owned(),
        net: paper.net.micros(),
        tax: paper.tax.micros(),
        total: paper.total.micros(),
        paper: serde_json::to_string(paper).unwrap_or_default(),
        state: "final".to_owned(),
        version: 1,
        ..DocumentRecord::default()
    }
}

pub(super) async fn save(work: &mut Work, document: DocumentRecord) -> Result<(), BillingError> {
    let tenant = work.tenant();
    let job = deliver::job(&document.id, work.now());
    storage::documents::insert(&mut work.tx, tenant, &[document]).await?;
    Ok(jobs::enqueue(work, &[job]).await?)
}
