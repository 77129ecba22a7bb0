//! What the next invoice would be, were it issued as things stand.

use std::collections::HashSet;

use domain::paper::{Paper, PaperCall, PaperKind, PaperLineKind};
use storage::billing::BillingRecord;

use super::BillingError;
use super::compose::{Composed, Terms, compose};
use super::files::{self, Catalogue, Named};
use super::listing::{self, Listing};
use super::paper::heading;
use crate::customers::Mode;
use crate::{Scope, tenants};

/// A bill of a running period.
#[derive(Debug, Clone)]
pub struct Preview {
    /// The line that it is for; `None` for all.
    pub line: Option<String>,
    /// What would be printed on it. It has no number.
    pub paper: Paper,
    /// The calls beneath it.
    pub calls: Vec<PaperCall>,
}

/// What a customer would be billed for its running periods: fees to their ends, calls up to now, and what waits for an invoice. A
/// prepaid customer has no bills.
///
/// # Errors
/// There is no such customer, or it cannot be billed.
pub async fn preview(scope: &mut impl Scope, customer: &str) -> Result<Vec<Preview>, BillingError> {
    let tenant = tenants::get(scope).await?;
    let customer = crate::customers::get(scope, customer).await?;
    if customer.mode == Mode::Prepaid {
        return Ok(Vec::new());
    }
    let mut files = files::load(scope, &tenant, &[&customer.id]).await?;
    let Some(file) = files.first_mut() else { return Ok(Vec::new()) };
    file.begin_periods(&tenant.settings, scope.now())?;
    let periods = file.periods.clone();
    let rows: Vec<&BillingRecord> = periods.iter().collect();
    let usage = files::usage(scope, &tenant, &rows).await?;
    let mut catalogue = Catalogue::load(scope, &tenant).await?;
    let sums = usage.values().flatten().chain(files.iter().flat_map(|file| &file.late));
    let named: Vec<Named<'_>> = sums.map(|sum| (sum.deck_version.as_ref(), sum.agent.as_ref())).collect();
    catalogue.learn(scope, &named).await?;
    let terms = Terms { settings: &tenant.settings, catalogue: &catalogue, usage: &usage };
    let mut composed = Vec::new();
    for together in rows.chunk_by(|a, b| a.ends_at == b.ends_at) {
        for file in &mut files {
            let bills = compose(&terms, file, together)?;
            // What waits is on one bill alone.
            let late: HashSet<&String> = bills.iter().flat_map(|bill| &bill.late_of).collect();
            file.late.retain(|sum| !late.contains(&sum.line));
            let waited: HashSet<&String> = bills.iter().flat_map(|bill| &bill.waited).collect();
            file.waiting.retain(|row| !waited.contains(&row.id));
            composed.extend(bills);
        }
    }
    let mut previews = Vec::with_capacity(composed.len());
    let mut listing = Listing::load(scope, &customer.id, None).await?;
    for bill in composed {
        let (from, to) = (bill.starts_at.millis(), bill.ends_at.millis());
        let lines = listing::begins(&bill.bill.lines, &tenant.settings.time_zone, from);
        let earlier = bill.bill.lines.iter().filter(|line| line.kind == PaperLineKind::EarlierUsage);
        let earlier: Vec<String> = earlier.filter_map(|line| line.line.clone()).collect();
        let calls = listing.take(scope, (&lines, to), &earlier).await?;
        let paper = heading(&tenant, &customer, PaperKind::Invoice, scope.now());
        let Composed { bill, period, line, .. } = bill;
        let paper = Paper {
            period: Some(period),
            lines: bill.lines,
            taxes: bill.taxes,
            net: bill.net,
            tax: bill.tax,
            total: bill.total,
            due: bill.total,
            ..paper
        };
        previews.push(Preview { line, paper, calls });
    }
    Ok(previews)
}
