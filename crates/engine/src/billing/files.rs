//! Everything that the bills of some customers depend on, read at once.

use std::collections::HashMap;
use std::sync::Arc;

use domain::deck::Deck;
use domain::fees::{Subscription, Suspension};
use domain::money::Amount;
use domain::period::{BillingDay, Period};
use domain::plan::PlanKind;
use domain::time::{Instant, Zone};
use storage::allocations::Fund;
use storage::billing::BillingRecord;
use storage::customers::CustomerRecord;
use storage::documents::OpenInvoice;
use storage::items::ItemRecord;
use storage::lines::LineRecord;
use storage::suspensions::SuspensionRecord;
use storage::unbilled::UnbilledRecord;
use storage::usage::{Span, UsageRecord};

use super::{BillingError, Reason, billing_day};
use crate::customers::Customer;
use crate::tenants::{Settings, Tenant};
use crate::{Scope, agents, prices};

/// What the bills of one customer depend on.
#[derive(Debug)]
pub(super) struct CustomerFile {
    pub(super) customer: Customer,
    /// Its running periods, the one that ends first first.
    pub(super) periods: Vec<BillingRecord>,
    pub(super) lines: Vec<LineFile>,
    /// From a line's id to its place among the lines.
    places: HashMap<String, usize>,
    pub(super) items: Vec<ItemRecord>,
    /// What waits for an invoice but late calls.
    pub(super) waiting: Vec<UnbilledRecord>,
    /// The sums of late calls that wait for one, and of what re-rating changed of billed ones.
    pub(super) late: Vec<UsageRecord>,
    pub(super) open: Vec<OpenInvoice>,
    pub(super) funds: Vec<Fund>,
}

/// What the bills of one line depend on.
#[derive(Debug, Clone)]
pub(super) struct LineFile {
    pub(super) record: LineRecord,
    /// The plans that it has had, the first first.
    pub(super) plans: Vec<(Instant, String)>,
    pub(super) suspensions: Vec<SuspensionRecord>,
}

/// The plans and destinations that fees and usage are named by.
#[derive(Debug, Default)]
pub(crate) struct Catalogue {
    /// From plan to its versions: `(effective_at, name, fee)`, in order.
    versions: HashMap<String, Vec<(Instant, String, Amount)>>,
    /// From plan to its versions' ids, as `versions`, without fees.
    ids: HashMap<String, Vec<(Instant, String, Amount)>>,
    /// From plan version to its included minutes, where it has some.
    included: HashMap<String, u32>,
    /// From plan version to the plan's name and kind.
    names: HashMap<String, (String, PlanKind)>,
    decks: HashMap<String, Arc<Deck>>,
    agents: HashMap<String, String>,
}

/// The files of these customers, in the order of their ids.
pub(super) async fn load(
    scope: &mut impl Scope,
    tenant: &Tenant,
    customers: &[&str],
) -> Result<Vec<CustomerFile>, BillingError> {
    let records = storage::customers::some(scope.tx(), tenant.tenant, customers).await?;
    of(scope, tenant, records).await
}

/// The files of these customers, in the order in which they are given.
pub(super) async fn of(
    scope: &mut impl Scope,
    tenant: &Tenant,
    records: Vec<CustomerRecord>,
) -> Result<Vec<CustomerFile>, BillingError> {
    let number = tenant.tenant;
    let boundaries = tax_boundaries(&tenant.settings);
    let tx = scope.tx();
    let ids: Vec<String> = records.iter().map(|record| record.id.clone()).collect();
    let customers: &[&str] = &ids.iter().map(String::as_str).collect::<Vec<_>>();
    let lines = storage::lines::of_customers(tx, number, customers).await?;
    let ids: Vec<&str> = lines.iter().map(|line| line.id.as_str()).collect();
    let mut plans: HashMap<String, Vec<(Instant, String)>> = HashMap::new();
    for plan in storage::lines::plans_of_lines(tx, number, &ids).await? {
        plans.entry(plan.line).or_default().push((Instant::clamped(plan.from_at), plan.plan));
    }
    let suspensions = storage::suspensions::of_lines(tx, number, &ids).await?;
    let mut suspensions = grouped(suspensions, |suspension| suspension.line.clone());
    let mut periods = grouped(storage::billing::of_customers(tx, number, customers).await?, |row| row.customer.clone());
    let mut items = grouped(storage::items::of_customers(tx, number, customers).await?, |item| item.customer.clone());
    let mut waiting = grouped(storage::unbilled::waiting(tx, number, customers).await?, |row| row.customer.clone());
    let late = storage::usage::late(tx, number, customers, &boundaries).await?;
    let mut late = grouped(late, |sum| sum.line.clone());
    let mut open = grouped(storage::documents::open_invoices(tx, number, customers).await?, |row| row.customer.clone());
    let mut funds = grouped(storage::allocations::funds(tx, number, customers).await?, |fund| fund.customer.clone());
    let mut lines = grouped(lines, |line| line.customer.clone());
    let mut files = Vec::with_capacity(records.len());
    for record in records {
        let customer = Customer::of(record)?;
        let lines: Vec<LineFile> = take(&mut lines, &customer.id)
            .into_iter()
            .map(|record| LineFile {
                plans: take(&mut plans, &record.id),
                suspensions: take(&mut suspensions, &record.id),
                record,
            })
            .collect();
        let mut waiting = take(&mut waiting, &customer.id);
        waiting.retain(|row| row.kind != LATE_CALL);
        files.push(CustomerFile {
            periods: take(&mut periods, &customer.id),
            items: take(&mut items, &customer.id),
            late: lines.iter().flat_map(|line| take(&mut late, &line.record.id)).collect(),
            waiting,
            open: take(&mut open, &customer.id),
            funds: take(&mut funds, &customer.id),
            customer,
            places: lines.iter().enumerate().map(|(place, line)| (line.record.id.clone(), place)).collect(),
            lines,
        });
    }
    Ok(files)
}

const LATE_CALL: &str = "late_call";

fn grouped<T>(rows: Vec<T>, key: impl Fn(&T) -> String) -> HashMap<String, Vec<T>> {
    let mut groups: HashMap<String, Vec<T>> = HashMap::new();
    for row in rows {
        groups.entry(key(&row)).or_default().push(row);
    }
    groups
}

fn take<T>(groups: &mut HashMap<String, Vec<T>>, key: &str) -> Vec<T> {
    groups.remove(key).unwrap_or_default()
}

/// The instants at which tax rates change, ascending.
pub(super) fn tax_boundaries(settings: &Settings) -> Vec<i64> {
    settings.tax_rates.versions().iter().map(|rate| rate.valid_from.millis()).collect()
}

/// The sums of the calls of some running periods.
pub(super) async fn usage(
    scope: &mut impl Scope,
    tenant: &Tenant,
    periods: &[&BillingRecord],
) -> Result<HashMap<String, Vec<UsageRecord>>, BillingError> {
    let spans: Vec<Span<'_>> = periods
        .iter()
        .filter(|period| period.line != period.customer)
        .map(|period| Span { line: &period.line, from: period.starts_at, to: period.ends_at })
        .collect();
    let sums = storage::usage::sums(scope.tx(), tenant.tenant, &spans, &tax_boundaries(&tenant.settings)).await?;
    Ok(grouped(sums, |sum| sum.line.clone()))
}

impl CustomerFile {
    pub(super) fn line(&self, id: &str) -> Option<&LineFile> {
        self.lines.get(*self.places.get(id)?)
    }

    /// The billing day of one of its lines, or (by the customer's own id) of what it has beside them.
    pub(super) fn billing_day(&self, settings: &Settings, line: &str) -> BillingDay {
        let of_customer = self.customer.details.billing_day;
        match self.line(line) {
            Some(line) => billing_day(settings, of_customer, Instant::clamped(line.record.opened_at)),
            None => of_customer.unwrap_or(settings.billing.billing_day),
        }
    }
}

impl LineFile {
    /// What it has subscribed to.
    pub(super) fn subscriptions(&self, catalogue: &Catalogue) -> Vec<Subscription> {
        let closed_at = self.record.closed_at.map(Instant::clamped);
        domain::billing::subscriptions(&self.plans, closed_at, |plan| {
            catalogue.versions.get(plan).map_or(&[][..], Vec::as_slice)
        })
    }

    /// What it has subscribed to by plan version, and the included minutes of each; nothing where none has any.
    pub(super) fn included(&self, catalogue: &Catalogue) -> Option<(Vec<Subscription>, Vec<u32>)> {
        if catalogue.included.is_empty() {
            return None;
        }
        let closed_at = self.record.closed_at.map(Instant::clamped);
        let subscriptions = domain::billing::subscriptions(&self.plans, closed_at, |plan| {
            catalogue.ids.get(plan).map_or(&[][..], Vec::as_slice)
        });
        let minutes = |one: &Subscription| catalogue.included.get(&one.name).copied().unwrap_or(0);
        let minutes: Vec<u32> = subscriptions.iter().map(minutes).collect();
        minutes.iter().any(|minutes| *minutes > 0).then_some((subscriptions, minutes))
    }

    /// When it was suspended.
    pub(super) fn suspended(&self) -> Vec<Suspension> {
        let span = |row: &SuspensionRecord| Suspension {
            from: Instant::clamped(row.from_at),
            to: row.to_at.map(Instant::clamped),
        };
        self.suspensions.iter().map(span).collect()
    }

    /// The line, were its suspension for want of funds over at an instant: what its fee comes to once that is covered.
    pub(super) fn covered(&self, now: Instant) -> LineFile {
        let mut line = self.clone();
        for suspension in &mut line.suspensions {
            if suspension.reason == Reason::Funds.name() && suspension.to_at.is_none() {
                suspension.to_at = Some(now.millis());
            }
        }
        line
    }

    pub(super) fn is_suspended_for(&self, reason: &str) -> bool {
        self.suspensions.iter().any(|row| row.reason == reason && row.to_at.is_none())
    }
}

impl Catalogue {
    /// All plans of the tenant.
    pub(crate) async fn load(scope: &mut impl Scope, tenant: &Tenant) -> Result<Catalogue, BillingError> {
        let mut catalogue = Catalogue::default();
        for (plan, effective_at, version) in storage::plans::effective_versions(scope.tx(), tenant.tenant).await? {
            let priced = prices::plan(scope, tenant, &version).await?;
            let name = priced.plan.name.clone();
            let fee = priced.plan.monthly_fee;
            let effective_at = Instant::clamped(effective_at);
            catalogue.ids.entry(plan.clone()).or_default().push((effective_at, version.clone(), Amount::ZERO));
            catalogue.versions.entry(plan).or_default().push((effective_at, name.clone(), fee));
            if priced.plan.included_minutes > 0 {
                catalogue.included.insert(version.clone(), priced.plan.included_minutes);
            }
            catalogue.names.insert(version, (name, priced.plan.kind));
        }
        // A version that is in force as early as a later one never holds; and versions are in the order of coming into force.
        for versions in catalogue.versions.values_mut().chain(catalogue.ids.values_mut()) {
            versions.sort_by_key(|(effective_at, ..)| *effective_at);
        }
        Ok(catalogue)
    }

    /// Makes the names of these sums known.
    pub(crate) async fn learn(&mut self, scope: &mut impl Scope, sums: &[Named<'_>]) -> Result<(), BillingError> {
        for (deck, agent) in sums.iter().copied() {
            if let Some(version) = deck.filter(|version| !self.decks.contains_key(*version)) {
                let deck = prices::deck(scope, version).await?;
                self.decks.insert(version.clone(), deck);
            }
            if let Some(id) = agent.filter(|id| !self.agents.contains_key(*id)) {
                let name = agents::known_name(scope, id).await?;
                self.agents.insert(id.clone(), name.unwrap_or_else(|| id.clone()));
            }
        }
        Ok(())
    }

    /// What calls with this price source are called on documents.
    pub(crate) fn usage_name(&self, source: &str, (plan, deck, prefix, agent): SourceParts<'_>) -> String {
        let plan = || plan.and_then(|version| self.names.get(version)).map_or("Calls", |(name, _)| name.as_str());
        match source {
            "agent" => agent.and_then(|id| self.agents.get(id)).map_or("Agent", String::as_str).to_owned(),
            "free" => "Free numbers".to_owned(),
            "rerated" => "Corrected prices of earlier calls".to_owned(),
            "deck" => self.destination(deck, prefix).unwrap_or_else(|| plan().to_owned()),
            _ => plan().to_owned(),
        }
    }

    fn destination(&self, deck: Option<&str>, prefix: Option<&str>) -> Option<String> {
        let prefix = prefix?;
        let named = || self.decks.get(deck?)?.entry_for(prefix)?.destination.clone();
        Some(named().unwrap_or_else(|| format!("+{prefix}")))
    }
}

/// Deck version and agent of a price source.
pub(crate) type Named<'a> = (Option<&'a String>, Option<&'a String>);

/// Plan version, deck version, prefix and agent of a price source.
pub(crate) type SourceParts<'a> = (Option<&'a str>, Option<&'a str>, Option<&'a str>, Option<&'a str>);

/// The period of a record.
pub(super) fn period_of(row: &BillingRecord) -> Result<Period, BillingError> {
    let day = |text: &str| text.parse().map_err(|_| BillingError::Unreadable(row.line.clone()));
    Ok(Period::new(day(&row.from_day)?, day(&row.to_day)?)?)
}

/// The record of a line's running period. It begins when the one before has ended, whatever the clocks have done since.
pub(super) fn record_of(line: &str, customer: &str, period: Period, starts_at: Instant, zone: &Zone) -> BillingRecord {
    BillingRecord {
        line: line.to_owned(),
        customer: customer.to_owned(),
        from_day: period.from().to_string(),
        to_day: period.to().to_string(),
        starts_at: starts_at.millis(),
        ends_at: zone.start_of_day(period.to()).millis(),
        fee_taken: 0,
        fee_tax: 0,
        fee_moves: 0,
        failure: None,
        retry_at: None,
    }
}
