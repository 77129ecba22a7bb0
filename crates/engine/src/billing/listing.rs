//! The calls beneath an invoice.

use std::collections::{BTreeMap, HashMap};

use domain::money::Amount;
use domain::paper::{PaperCall, PaperKind, PaperLine, PaperLineKind};
use domain::time::{Instant, Zone};
use storage::usage::{ListedCall, Span};

use super::BillingError;
use super::documents::Document;
use super::files::{Catalogue, Named};
use crate::Scope;
use crate::calls::Price;
use crate::tenants;

/// The calls on a document, by line and name, the first answered first; none but on invoices.
///
/// # Errors
/// The database does not answer.
pub async fn calls(scope: &mut impl Scope, document: &Document) -> Result<Vec<PaperCall>, BillingError> {
    if document.paper.kind != PaperKind::Invoice {
        return Ok(Vec::new());
    }
    let (from, to) = document.calls_from;
    let zone = &document.paper.time_zone;
    let lines = begins(&document.paper.lines, zone, from);
    let mut listing = Listing::load(scope, &document.customer, Some(&document.id)).await?;
    let late: Vec<String> = listing.late.keys().cloned().collect();
    listing.take(scope, (&lines, to), &late).await
}

/// From when on each line's calls are on a bill: from the first day of its own period, if it says one, else from where the bill begins.
pub(super) fn begins(bill: &[PaperLine], zone: &Zone, from: i64) -> Vec<(String, i64)> {
    let usage = bill.iter().filter(|line| line.kind == PaperLineKind::Usage);
    let begin = |line: &PaperLine| {
        let begins = line.period.map_or(from, |period| zone.start_of_day(period.from()).millis().max(from));
        Some((line.line.clone()?, begins))
    };
    let mut lines: Vec<(String, i64)> = usage.filter_map(begin).collect();
    lines.sort_unstable();
    lines.dedup();
    lines
}

/// What lists of a customer's calls need, read once for all of them.
pub(super) struct Listing {
    tenant: i64,
    catalogue: Catalogue,
    /// From line to number.
    numbers: HashMap<String, String>,
    /// From line to its late calls that are not on a list yet.
    late: BTreeMap<String, Vec<ListedCall>>,
}

impl Listing {
    /// With the late calls that are on a document; without one, with those that wait for it.
    pub(super) async fn load(
        scope: &mut impl Scope,
        customer: &str,
        document: Option<&str>,
    ) -> Result<Self, BillingError> {
        let tenant = tenants::get(scope).await?;
        let catalogue = Catalogue::load(scope, &tenant).await?;
        let known = storage::lines::of_customer(scope.tx(), tenant.tenant, customer).await?;
        let mut late: BTreeMap<String, Vec<ListedCall>> = BTreeMap::new();
        for call in storage::usage::late_calls(scope.tx(), tenant.tenant, customer, document).await? {
            late.entry(call.line.clone()).or_default().push(call);
        }
        let numbers = known.into_iter().map(|line| (line.id, line.number)).collect();
        Ok(Listing { tenant: tenant.tenant, catalogue, numbers, late })
    }

    /// The calls of these lines, each from an instant on, until another, and the late ones of these, which are on no other list.
    pub(super) async fn take(
        &mut self,
        scope: &mut impl Scope,
        (lines, to): (&[(String, i64)], i64),
        late: &[String],
    ) -> Result<Vec<PaperCall>, BillingError> {
        let mut listed: Vec<(bool, ListedCall)> = Vec::new();
        for (line, from) in lines {
            let span = Span { line, from: *from, to };
            let calls = storage::usage::calls(scope.tx(), self.tenant, &span).await?;
            listed.extend(calls.into_iter().map(|call| (false, call)));
        }
        let late = late.iter().filter_map(|line| self.late.remove(line)).flatten();
        listed.extend(late.map(|call| (true, call)));
        for (_, call) in &mut listed {
            as_billed(call)?;
        }
        let named: Vec<Named<'_>> =
            listed.iter().map(|(_, call)| (call.deck_version.as_ref(), call.agent.as_ref())).collect();
        self.catalogue.learn(scope, &named).await?;
        let mut calls: Vec<PaperCall> = listed
            .into_iter()
            .map(|(earlier, call)| {
                let parts = (
                    call.plan_version.as_deref(),
                    call.deck_version.as_deref(),
                    call.prefix.as_deref(),
                    call.agent.as_deref(),
                );
                PaperCall {
                    number: self.numbers.get(&call.line).cloned().unwrap_or_default(),
                    name: self.catalogue.usage_name(&call.price_source, parts),
                    earlier,
                    answered_at: Instant::clamped(call.answered_at),
                    to: call.to_number,
                    seconds: call.seconds,
                    amount: Amount::from_micros(call.amount),
                }
            })
            .collect();
        calls.sort_by(|a, b| {
            let key = |call: &PaperCall| (call.number.clone(), call.earlier, call.name.clone(), call.answered_at);
            key(a).cmp(&key(b))
        });
        Ok(calls)
    }
}

/// Names a call that re-rating has changed since it was billed as it was priced then.
fn as_billed(call: &mut ListedCall) -> Result<(), BillingError> {
    let Some(billed) = call.billed_price.take() else { return Ok(()) };
    let price: Price = serde_json::from_str(&billed).map_err(|_| BillingError::Unreadable(call.line.clone()))?;
    let charge: serde_json::Value = serde_json::from_str(&price.charge).unwrap_or_default();
    call.prefix = charge["source"]["prefix"].as_str().map(str::to_owned);
    call.price_source = price.source;
    call.plan_version = price.plan_version;
    call.deck_version = price.deck_version;
    Ok(())
}
