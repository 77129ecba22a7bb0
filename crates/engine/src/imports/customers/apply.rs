use domain::money::Amount;

use super::table::{LineOfRow, Row};
use crate::customers::{self, NewCustomer};
use crate::imports::ImportError;
use crate::imports::refusal::or_reason;
use crate::imports::row::Reject;
use crate::lines::{self, ANY_EXTENSION, Line, LineState, NewLine};
use crate::payments::{self, CreditKind, NewCredit};
use crate::tenants::{self, Settings};
use crate::{Scope, Work};

/// What has been done of a file.
#[derive(Debug, Default)]
pub(super) struct Done {
    pub(super) customers: u64,
    pub(super) lines: u64,
    pub(super) opening_balances: u64,
    pub(super) duplicates: u64,
    pub(super) rejects: Vec<Reject>,
}

/// The customer that rows are about.
struct Found {
    id: String,
    /// Whether this import made it.
    new: bool,
    /// The open lines that it had before.
    lines: Vec<Line>,
}

impl Done {
    /// Makes the customer of these rows, unless it is there, and the lines that are not there.
    pub(super) async fn add(&mut self, work: &mut Work, rows: &[&Row]) -> Result<(), ImportError> {
        let Some(first) = rows.first() else { return Ok(()) };
        let customer = match customer(work, first).await? {
            Ok(customer) => customer,
            Err(reason) => {
                self.rejects.extend(rows.iter().map(|row| row.rejected(&reason)));
                return Ok(());
            }
        };
        self.customers += u64::from(customer.new);
        match opening_balance(work, &customer, first).await? {
            Ok(posted) => self.opening_balances += u64::from(posted),
            Err(reason) => self.rejects.push(first.rejected(&reason)),
        }
        let settings = tenants::get(work).await?.settings;
        for row in rows {
            if let Some(column) = row.contradicts(first) {
                let reason = format!("{column}: differs from line {}, of the same customer", first.line_number);
                self.rejects.push(row.rejected(&reason));
                continue;
            }
            self.add_line(work, &customer, row, &settings).await?;
        }
        Ok(())
    }

    async fn add_line(
        &mut self,
        work: &mut Work,
        customer: &Found,
        row: &Row,
        settings: &Settings,
    ) -> Result<(), ImportError> {
        let Some(line) = row.line.as_ref().filter(|line| !customer.has(line, settings)) else {
            self.duplicates += u64::from(!customer.new);
            return Ok(());
        };
        let new = NewLine {
            customer: customer.id.clone(),
            number: line.number.clone(),
            plan: line.plan.clone(),
            opened_at: line.opened_at,
        };
        match or_reason(lines::open(work, new).await)? {
            Ok(_) => self.lines += 1,
            Err(reason) => self.rejects.push(row.rejected(&reason)),
        }
        Ok(())
    }
}

impl Found {
    /// Whether the customer had the line before. Which free extension a row once got is not in the file: one that asks for any
    /// is content with a line that is there.
    fn has(&self, line: &LineOfRow, settings: &Settings) -> bool {
        if line.number == ANY_EXTENSION {
            return !self.lines.is_empty();
        }
        let wanted = settings.dial_plan.canonical(&line.number).map(|number| number.to_string());
        wanted.is_ok_and(|wanted| self.lines.iter().any(|line| line.number == wanted))
    }
}

/// The customer of this row: that of its reference, or a new one.
async fn customer(work: &mut Work, row: &Row) -> Result<Result<Found, String>, ImportError> {
    let tenant = work.tenant();
    if let Some(known) = storage::customers::by_reference(&mut work.tx, tenant, &row.external_reference).await? {
        let mut lines = lines::of_customer(work, &known.id).await?;
        lines.retain(|line| line.state == LineState::Active);
        return Ok(Ok(Found { id: known.id, new: false, lines }));
    }
    let new = NewCustomer {
        details: row.details.clone(),
        external_reference: Some(row.external_reference.clone()),
        mode: row.mode,
        currency: row.currency,
        credit_limit: row.credit_limit,
    };
    let made = or_reason(customers::create(work, new).await)?;
    Ok(made.map(|customer| Found { id: customer.id, new: true, lines: Vec::new() }))
}

/// Posts the opening balance of a new customer; says whether there is one. One that is on record is not posted again.
async fn opening_balance(work: &mut Work, customer: &Found, row: &Row) -> Result<Result<bool, String>, ImportError> {
    let Some(amount) = row.opening_balance.filter(|amount| *amount != Amount::ZERO) else { return Ok(Ok(false)) };
    if !customer.new {
        let credits = payments::credits(work, Some(&customer.id), None, i64::MAX).await?;
        let known = credits.iter().any(|credit| credit.kind == CreditKind::OpeningBalance && credit.amount == amount);
        let reason =
            || "opening_balance: the customer is on record without it, and it is posted to new ones only".to_owned();
        return Ok(if known { Ok(false) } else { Err(reason()) });
    }
    let new = NewCredit {
        customer: customer.id.clone(),
        kind: CreditKind::OpeningBalance,
        amount,
        currency: None,
        reason: "balance from before Tollgate".to_owned(),
    };
    Ok(or_reason(payments::credit(work, new).await)?.map(|_| true))
}
