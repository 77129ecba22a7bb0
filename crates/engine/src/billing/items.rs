//! One-off and recurring items.

use domain::invalid::Invalid;
use domain::money::Amount;
use domain::period::Period;
use domain::time::Instant;
use serde::{Deserialize, Serialize};
use storage::billing::BillingRecord;
use storage::items::ItemRecord;

use super::BillingError;
use super::files::record_of;
use crate::customers::{self, Mode};
use crate::{Scope, Work, accounts, fields, tenants};

/// What is charged once, or each period, beside fees and calls.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Item {
    /// Its id.
    pub id: String,
    /// Who pays.
    pub customer: String,
    /// For which line, if for one.
    pub line: Option<String>,
    /// Whether it is charged once.
    pub kind: ItemKind,
    /// What the invoice calls it.
    pub name: String,
    /// The net amount, once or for a full period; below zero for a discount.
    pub amount: Amount,
    /// From when on; of a one-off item, when.
    pub from: Instant,
    /// Until when a recurring item is charged.
    pub to: Option<Instant>,
    /// The invoice that a one-off item is on.
    pub invoice: Option<String>,
    /// Counts the changes.
    pub version: i64,
}

/// How often an item is charged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ItemKind {
    /// Once.
    OneOff,
    /// Each period, pro-rated as fees are.
    Recurring,
}

/// An item to be made.
#[derive(Debug, Clone)]
pub struct NewItem {
    /// Who pays.
    pub customer: String,
    /// For which line, if for one.
    pub line: Option<String>,
    /// Whether it is charged once.
    pub kind: ItemKind,
    /// What the invoice calls it.
    pub name: String,
    /// The net amount; below zero for a discount.
    pub amount: Amount,
    /// From when on; now, where none is given.
    pub from: Option<Instant>,
}

/// Makes an item. It is on the invoice of the period in which it lies.
///
/// # Errors
/// A field makes no sense, the customer is prepaid, or there is no such customer or line of it.
pub async fn create(work: &mut Work, new: NewItem) -> Result<Item, BillingError> {
    let customer = customers::get(work, &new.customer).await?;
    if customer.mode == Mode::Prepaid {
        return Err(Invalid::at("/customer", "is prepaid: it has no invoices. Use an adjustment").into());
    }
    if new.amount.is_zero() {
        return Err(Invalid::at("/amount", "must not be zero").into());
    }
    let tenant = work.tenant();
    // No bill run may be between the look at what is billed and the item.
    accounts::lock(work, &customer.id, customer.currency).await?;
    let settings = tenants::get(work).await?.settings;
    let from = new.from.unwrap_or(work.now());
    let mut rows = storage::billing::of_customers(&mut work.tx, tenant, &[&customer.id]).await?;
    match &new.line {
        Some(line) => {
            let owned = storage::lines::get(&mut work.tx, tenant, line).await?;
            let open = owned.filter(|line| line.customer == customer.id && line.closed_at.is_none());
            open.ok_or_else(|| BillingError::NoSuchLine(line.clone()))?;
        }
        // What is for no line has a running period of its own, in step with the others.
        None if !rows.iter().any(|row| row.line == customer.id) => {
            let row = match rows.iter().max_by_key(|row| row.starts_at) {
                Some(running) => BillingRecord { line: customer.id.clone(), ..running.clone() },
                None => {
                    let zone = &settings.time_zone;
                    let day = customer.details.billing_day.unwrap_or(settings.billing.billing_day);
                    let period = Period::starting(zone.date(work.now()), day)?;
                    record_of(&customer.id, &customer.id, period, zone.start_of_day(period.from()), zone)
                }
            };
            storage::billing::save(&mut work.tx, tenant, std::slice::from_ref(&row)).await?;
            rows.push(row);
        }
        None => {}
    }
    let wanted = new.line.as_deref().unwrap_or(&customer.id);
    let billed_until = rows.iter().find(|row| row.line == wanted).map_or(0, |row| row.starts_at);
    if from.millis() < billed_until {
        let billed_until = settings.time_zone.date(Instant::clamped(billed_until));
        return Err(
            Invalid::at("/from", format!("must not be before {billed_until}: what was before is billed")).into()
        );
    }
    let item = Item {
        id: work.id("itm"),
        customer: customer.id,
        line: new.line,
        kind: new.kind,
        name: fields::required("/name", new.name, 200)?,
        amount: new.amount,
        from,
        to: None,
        invoice: None,
        version: 1,
    };
    let record = item.record(work.now());
    storage::items::insert(&mut work.tx, tenant, &record).await?;
    work.audit("item.create", &item.id, None, Some(&item)).await?;
    Ok(item)
}

/// Ends a recurring item now, or takes back a one-off item that is on no invoice yet, if it is at this version.
///
/// # Errors
/// There is none, it has ended, it is on an invoice, or it was changed meanwhile.
pub async fn end(work: &mut Work, id: &str, version: i64) -> Result<Item, BillingError> {
    let of = get(work, id).await?;
    let customer = customers::get(work, &of.customer).await?;
    accounts::lock(work, &customer.id, customer.currency).await?;
    // As it is now that no bill run can take it.
    let before = get(work, id).await?;
    if before.version != version {
        return Err(BillingError::Changed { current: before.version });
    }
    if before.invoice.is_some() {
        return Err(BillingError::ItemBilled);
    }
    let to = match before.kind {
        ItemKind::OneOff => before.from,
        ItemKind::Recurring => before.to.unwrap_or(work.now()).min(work.now()).max(before.from),
    };
    let after = Item { to: Some(to), version: version + 1, ..before.clone() };
    let tenant = work.tenant();
    if !storage::items::end(&mut work.tx, tenant, id, to.millis(), after.version).await? {
        return Err(BillingError::Changed { current: version + 1 });
    }
    work.audit("item.end", id, Some(&before), Some(&after)).await?;
    Ok(after)
}

/// The item.
///
/// # Errors
/// There is none, or the database does not answer.
pub async fn get(scope: &mut impl Scope, id: &str) -> Result<Item, BillingError> {
    let tenant = scope.tenant();
    let record = storage::items::get(scope.tx(), tenant, id).await?;
    let own = record.filter(|record| scope.finds("item", id, |reach| reach.customer(&record.customer)));
    Ok(Item::of(own.ok_or_else(|| BillingError::NoSuchItem(id.to_owned()))?))
}

/// A customer's items, the oldest first.
///
/// # Errors
/// The database does not answer.
pub async fn of_customer(scope: &mut impl Scope, customer: &str) -> Result<Vec<Item>, BillingError> {
    if !scope.reach().customer(customer) {
        return Ok(Vec::new());
    }
    let tenant = scope.tenant();
    let records = storage::items::of_customers(scope.tx(), tenant, &[customer]).await?;
    Ok(records.into_iter().map(Item::of).collect())
}

impl Item {
    fn of(record: ItemRecord) -> Self {
        Item {
            id: record.id,
            customer: record.customer,
            line: record.line,
            kind: if record.kind == "recurring" { ItemKind::Recurring } else { ItemKind::OneOff },
            name: record.name,
            amount: Amount::from_micros(record.amount),
            from: Instant::clamped(record.from_at),
            to: record.to_at.map(Instant::clamped),
            invoice: record.document,
            version: record.version,
        }
    }

    fn record(&self, now: Instant) -> ItemRecord {
        ItemRecord {
            id: self.id.clone(),
            customer: self.customer.clone(),
            line: self.line.clone(),
            kind: if self.kind == ItemKind::Recurring { "recurring" } else { "one_off" }.to_owned(),
            name: self.name.clone(),
            amount: self.amount.micros(),
            from_at: self.from.millis(),
            to_at: self.to.map(Instant::millis),
            document: self.invoice.clone(),
            created_at: now.millis(),
            version: self.version,
        }
    }
}
