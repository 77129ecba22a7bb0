//! What must hold of every bill, whatever is on it: checked after each table and at the end of each section.

mod calls;

use std::collections::{BTreeMap, BTreeSet};

use domain::fees::Proration;
use domain::money::{Amount, Currency};
use domain::paper::{PaperLine, PaperLineKind};
use domain::period::{BillingDay, Period};
use domain::time::Instant;
use engine::billing::{self, BillingError, Document, DocumentState, Preview};
use engine::customers::{Customer, Mode};
use engine::tenants::Settings;
use engine::{Scope, accounts, customers, lines, plans, tenants};

use super::stage::Stage;
use super::tables::{KINDS, documents};

/// Checks everything.
pub(super) async fn assert_bills_are_right(stage: &Stage) {
    assert_eq!(stage.world.faults().await, Vec::<String>::new());
    let settings = tenants::get(&mut stage.world.view().await).await.unwrap().settings;
    for (_, kind) in KINDS.iter().filter(|(_, kind)| *kind != "statement") {
        assert_numbers_have_no_gap(&documents(stage, kind).await, kind);
    }
    let invoices = documents(stage, "invoice").await;
    let mut scopes = BTreeSet::new();
    for invoice in &invoices {
        assert_sums(invoice, &settings);
        let scope = (invoice.customer.clone(), invoice.line.clone(), invoice.period().map(|period| period.to_string()));
        assert!(scopes.insert(scope), "{:?} is a second invoice for its period", invoice.paper.number);
        assert_fees(stage, invoice, &settings).await;
    }
    calls::assert_billed_once(stage, &invoices).await;
    for customer in stage.customers.values().filter(|customer| customer.mode == Mode::Postpaid) {
        assert_balance(stage, customer, &invoices).await;
    }
    assert_statements_continue(stage).await;
}

fn assert_numbers_have_no_gap(documents: &[Document], kind: &str) {
    let numbers: Vec<String> = documents.iter().filter_map(|document| document.paper.number.clone()).collect();
    let prefix = match kind {
        "credit_note" => "C",
        "receipt" => "R",
        _ => "",
    };
    let expected: Vec<String> = (1..=documents.len()).map(|number| format!("{prefix}{number:06}")).collect();
    assert_eq!(numbers, expected, "the numbers of {kind}s");
}

/// `amount * numerator / denominator`, half up to the currency's minor unit.
fn half_up(amount: i128, denominator: i128, currency: Currency) -> Amount {
    let unit = i128::from(currency.minor_unit().micros()) * denominator;
    let whole = (2 * amount + unit).div_euclid(2 * unit) * i128::from(currency.minor_unit().micros());
    Amount::from_micros(i64::try_from(whole).unwrap())
}

fn sum(amounts: impl Iterator<Item = Amount>) -> Amount {
    amounts.sum::<Option<Amount>>().unwrap()
}

/// The total is the sum of the lines and of the tax that is not in them; the tax is that of each rate on its net, once.
fn assert_sums(invoice: &Document, settings: &Settings) {
    let paper = &invoice.paper;
    let number = paper.number.clone().unwrap_or_default();
    let is_minor = |amount: Amount| amount.micros() % paper.currency.minor_unit().micros() == 0;
    assert!(paper.lines.iter().all(|line| is_minor(line.amount)) && is_minor(paper.tax), "{number}: whole minor units");
    let lines =
        |included: bool| sum(paper.lines.iter().filter(|line| line.tax_included == included).map(|line| line.amount));
    let mut beside = Amount::ZERO;
    for row in &paper.taxes {
        let of_rate = |line: &&PaperLine| line.tax_rate.as_ref() == Some(&row.name) && !line.tax_included;
        let net = sum(paper.lines.iter().filter(of_rate).map(|line| line.amount));
        let rate = Amount::parse(&row.rate).unwrap().micros();
        let tax = half_up(i128::from(net.micros()) * i128::from(rate), 1_000_000, paper.currency);
        assert!(settings.tax_rates.versions().iter().any(|version| version.name == row.name), "{number}");
        beside = beside.plus(tax).unwrap();
    }
    let total = lines(false).plus(lines(true)).unwrap().plus(beside).unwrap();
    assert_eq!((total, paper.total), (paper.total, paper.net.plus(paper.tax).unwrap()), "{number}: the total");
    assert_eq!(paper.tax, sum(paper.taxes.iter().map(|row| row.tax)), "{number}: the tax");
    let open = matches!(invoice.state, DocumentState::Issued | DocumentState::PartPaid);
    assert_eq!(invoice.open(), if open { paper.total.minus(invoice.settled).unwrap() } else { Amount::ZERO });
    for line in &paper.lines {
        if let Some(usage) = line.usage {
            assert_eq!(line.amount, half_up(i128::from(usage.exact.micros()), 1, paper.currency), "{number}: {line:?}");
        }
    }
}

/// Fees by looking at each day of the period: whose it was at its last instant, and whether any of it was suspended.
async fn assert_fees(stage: &Stage, invoice: &Document, settings: &Settings) {
    if settings.billing.proration != Proration::Day || settings.billing.fee_while_suspended {
        return;
    }
    let period = invoice.period().unwrap();
    let customer = &customers::get(&mut stage.world.view().await, &invoice.customer).await.unwrap();
    for line in lines::of_customer(&mut stage.world.view().await, &customer.id).await.unwrap() {
        if invoice.line.as_ref().is_some_and(|of| *of != line.id) {
            continue;
        }
        let charged = || {
            invoice
                .paper
                .lines
                .iter()
                .filter(|row| row.kind == PaperLineKind::Fee && row.line.as_deref() == Some(line.id.as_str()))
        };
        let mut versions = BTreeMap::new();
        for subscription in &line.plans {
            let of_plan = plans::versions(&mut stage.world.view().await, &subscription.plan).await.unwrap();
            versions.insert(subscription.plan.clone(), of_plan);
        }
        let mut days: BTreeMap<String, i64> = BTreeMap::new();
        let mut exact = 0_i128;
        for (begins, ends) in period.days(&stage.zone) {
            let last = Instant::clamped(ends.millis() - 1);
            let closed = line.closed_at.is_some_and(|closed_at| closed_at <= last);
            let suspended =
                line.suspensions.iter().any(|s| s.to.is_none_or(|to| to > begins && to > s.from) && s.from <= last);
            let Some(held) = line.plans.iter().rfind(|held| held.from <= last) else { continue };
            if closed || suspended {
                continue;
            }
            let version = plans::in_force(&versions[&held.plan], |version| version.effective_at, last).unwrap();
            *days.entry(version.document.name.clone()).or_default() += 1;
            exact += i128::from(version.document.monthly_fee.micros());
        }
        let of = full_days(stage, invoice, customer, settings, line.opened_at);
        let fees = sum(charged().map(|row| row.amount));
        assert_eq!(
            fees,
            half_up(exact, of, invoice.currency()),
            "{:?}: the fees of {}: {days:?} of {of}",
            invoice.paper.number,
            line.number
        );
        for row in charged().filter_map(|row| Some((row, row.share?))) {
            assert_eq!((i128::from(row.1.of), true), (of, days[&row.0.name] >= row.1.part), "{row:?}");
        }
    }
}

/// The days of the full period that ends with that of an invoice, or was cut short by the closing of the last line: such an invoice
/// is issued before its last day is over.
fn full_days(stage: &Stage, invoice: &Document, customer: &Customer, settings: &Settings, opened_at: Instant) -> i128 {
    let period = invoice.period().unwrap();
    let cut_short = invoice.issued_at < stage.zone.start_of_day(period.to());
    let last = period.to().yesterday().unwrap();
    let own = settings.billing.from_opening_day.then(|| BillingDay::anniversary_of(stage.zone.date(opened_at)));
    let day = own.or(customer.details.billing_day).unwrap_or(settings.billing.billing_day);
    let full = Period::containing(last, day).unwrap();
    let full = if full.to() == period.to() || cut_short {
        full
    } else {
        Period::containing(last, BillingDay::anniversary_of(period.to())).unwrap()
    };
    i128::try_from(full.days(&stage.zone).count()).unwrap()
}

/// What a customer would be billed now; nothing, for one who cannot be billed.
async fn previews(stage: &Stage, customer: &Customer) -> Vec<Preview> {
    match billing::preview(&mut stage.world.view().await, &customer.id).await {
        Err(BillingError::Overflow(_)) => Vec::new(),
        previews => previews.unwrap(),
    }
}

/// A customer has what it paid ahead, less what is unpaid, less what is not billed yet.
async fn assert_balance(stage: &Stage, customer: &Customer, invoices: &[Document]) {
    let mut view = stage.world.view().await;
    let ids = [customer.id.as_str()];
    let funds = storage::allocations::funds(view.tx(), 1, &ids).await.unwrap();
    let waiting = storage::unbilled::waiting(view.tx(), 1, &ids).await.unwrap();
    let ahead: i64 = funds.iter().map(|fund| fund.unspent).sum();
    let open: i64 =
        invoices.iter().filter(|invoice| invoice.customer == customer.id).map(|invoice| invoice.open().micros()).sum();
    let debits: i64 = waiting.iter().filter(|row| row.kind == "debit").filter_map(|row| row.amount).sum();
    let previews = previews(stage, customer).await;
    let usage = previews.iter().flat_map(|preview| &preview.paper.lines).filter_map(|line| line.usage);
    let usage: i64 = usage.map(|usage| usage.exact.micros()).sum();
    let balance = accounts::get(&mut view, &customer.id, customer.currency).await.unwrap().balance;
    assert_eq!(
        balance,
        Amount::from_micros(ahead - open - debits - usage),
        "{:?}: {ahead} ahead, {open} open, {debits} in debits, {usage} in calls",
        customer.details.organisation
    );
}

/// A statement begins with what the one before ended with.
async fn assert_statements_continue(stage: &Stage) {
    let mut last: BTreeMap<String, Amount> = BTreeMap::new();
    let mut statements = documents(stage, "statement").await;
    statements.sort_by_key(|statement| (statement.issued_at, statement.period().map(|period| period.from())));
    for statement in statements {
        let sums = statement.paper.statement.unwrap();
        let moved = sums.opening.plus(sums.credited).unwrap().minus(sums.charged).unwrap();
        assert_eq!(moved, sums.closing, "{statement:?}");
        if let Some(before) = last.insert(statement.customer.clone(), sums.closing) {
            assert_eq!(before, sums.opening, "a statement begins with what the one before ended with");
        }
    }
}
