//! What payments and credits settle, and what that lifts.

use domain::billing::settle;
use domain::money::Amount;
use domain::time::Instant;
use storage::allocations::{AllocationRecord, Fund};
use storage::documents::{DocumentRecord, OpenInvoice, StandingRecord};
use storage::payments::CreditRecord;

use super::issue::{Left, allocation, state_of};
use super::reminders::first_reminder;
use super::{BillingError, suspensions};
use crate::{Scope, Work, tenants};

/// Settles by one fund of a customer (a payment, a credit, a credit note) what is unpaid: the invoice that it names first, then the
/// oldest first. The customer's account must be locked. Answers what is left of the fund; who keeps it is the caller's affair.
pub(crate) async fn settle_by(work: &mut Work, fund: &Fund, named: Option<&str>) -> Result<Amount, BillingError> {
    let tenant = work.tenant();
    let mut open = storage::documents::open_invoices(&mut work.tx, tenant, &[&fund.customer]).await?;
    // A stable sort: the one that is named comes first, the others stay in their order.
    open.sort_by_key(|invoice| named != Some(invoice.id.as_str()));
    let owed: Vec<Amount> = open.iter().map(Left::left).collect::<Result<_, _>>()?;
    let mut left = Amount::from_micros(fund.unspent);
    let (mut allocations, mut paid) = (Vec::new(), Vec::new());
    for settled in settle(&[left], &owed)? {
        let invoice = &mut open[settled.claim];
        invoice.settled += settled.amount.micros();
        allocations.push(allocation(work, fund, invoice, settled.amount));
        let standing = invoice.standing();
        if standing.state == "paid" {
            paid.push(invoice.clone());
        }
        storage::documents::stand(&mut work.tx, tenant, &[standing]).await?;
    }
    for allocation in &allocations {
        left = left.minus(Amount::from_micros(allocation.amount))?;
    }
    storage::allocations::insert(&mut work.tx, tenant, &allocations).await?;
    lift_dunning(work, &paid).await?;
    Ok(left)
}

/// What was taken back from invoices.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Unsettled {
    /// From all of them.
    pub(crate) in_all: Amount,
    /// From those that are to be paid again by that: the others were credited or written off.
    pub(crate) reopened: Amount,
}

/// Takes so much back from what a fund (its id and kind) settles: of these invoices, the first first, with how much it settles of each. The
/// customer's account must be locked.
pub(crate) async fn unsettle(
    work: &mut Work,
    (source, kind): (&str, &str),
    settled: &[(String, Amount)],
    amount: Amount,
) -> Result<Unsettled, BillingError> {
    let tenant = tenants::get(work).await?;
    let mut sums = Unsettled { in_all: Amount::ZERO, reopened: Amount::ZERO };
    for (document, of_it) in settled {
        let taken = amount.minus(sums.in_all)?.min(*of_it);
        if taken.is_zero() {
            break;
        }
        let Some(invoice) = storage::documents::lock(&mut work.tx, tenant.tenant, document).await? else { continue };
        let settled = invoice.settled - taken.micros();
        let reopens = matches!(invoice.state.as_str(), "issued" | "part_paid" | "paid");
        let due_on = invoice.due_at.map(|at| tenant.settings.time_zone.date(Instant::clamped(at)));
        let standing = StandingRecord {
            id: invoice.id.clone(),
            settled,
            remind_at: due_on.filter(|_| reopens).and_then(|due_on| first_reminder(&tenant, due_on, work.now())),
            state: if reopens { state_of(invoice.total, settled).to_owned() } else { invoice.state },
        };
        storage::documents::stand(&mut work.tx, tenant.tenant, &[standing]).await?;
        let allocation = AllocationRecord {
            id: work.id("all"),
            source: source.to_owned(),
            kind: kind.to_owned(),
            document: invoice.id,
            customer: invoice.customer,
            amount: taken.negated()?.micros(),
            created_at: work.now().millis(),
        };
        storage::allocations::insert(&mut work.tx, tenant.tenant, &[allocation]).await?;
        sums.in_all = sums.in_all.plus(taken)?;
        if reopens {
            sums.reopened = sums.reopened.plus(taken)?;
        }
    }
    Ok(sums)
}

/// Paying one of the unpaid invoices in full lifts the suspension that they led to.
async fn lift_dunning(work: &mut Work, paid: &[OpenInvoice]) -> Result<(), BillingError> {
    for invoice in paid {
        let tenant = work.tenant();
        let lines = storage::lines::of_customer(&mut work.tx, tenant, &invoice.customer).await?;
        for line in lines.iter().filter(|line| invoice.line.is_empty() || invoice.line == line.id) {
            suspensions::lift(work, &line.id, suspensions::Reason::Dunning).await?;
        }
    }
    Ok(())
}

/// What a document owes to the customer is a credit, for unpaid invoices and the next ones to use. It is on the account already.
pub(super) fn owed(work: &Work, document: &DocumentRecord, owed: Amount, reason: String) -> CreditRecord {
    CreditRecord {
        tenant: work.tenant(),
        id: work.id("crd"),
        customer: document.customer.clone(),
        kind: document.kind.clone(),
        currency: document.currency.clone(),
        amount: owed.micros(),
        reason,
        unspent: owed.micros(),
        created_at: work.now().millis(),
    }
}
