//! What webhooks are told of invoices and of lines, and listeners of lines.

use domain::money::Amount;
use domain::time::Instant;
use serde_json::json;
use storage::documents::DocumentRecord;
use storage::suspensions::SuspensionRecord;

use super::BillingError;
use super::issue::composed_currency;
use crate::webhooks::{self, HookEvent, HookKind};
use crate::{Scope, Work, lines};

/// Tells webhooks of invoices that are issued.
pub(super) async fn issued(work: &mut Work, documents: &[DocumentRecord]) -> Result<(), BillingError> {
    if !webhooks::wants(work, HookKind::InvoiceIssued).await? {
        return Ok(());
    }
    let mut events = Vec::with_capacity(documents.len());
    for document in documents.iter().filter(|document| document.kind == "invoice") {
        let currency = composed_currency(document)?;
        let text = |micros: i64| Amount::from_micros(micros).to_text(currency);
        let given = |text: &String| (!text.is_empty()).then(|| text.clone());
        let data = json!({
            "id": document.id,
            "number": document.number,
            "customer": document.customer,
            "line": given(&document.line),
            "from": given(&document.period_from),
            "to": given(&document.period_to),
            "currency": currency,
            "net": text(document.net),
            "tax": text(document.tax),
            "total": text(document.total),
            "state": document.state,
            "due_at": document.due_at.map(Instant::clamped),
        });
        events.push(HookEvent { kind: HookKind::InvoiceIssued, id: document.id.clone(), data });
    }
    Ok(webhooks::raise(work, &events).await?)
}

/// Tells webhooks of lines that are suspended, and listeners that they have changed.
pub(crate) async fn suspended(work: &mut Work, suspensions: &[SuspensionRecord]) -> Result<(), storage::Error> {
    let ids: Vec<&str> = suspensions.iter().map(|record| record.line.as_str()).collect();
    have_changed(work, &ids).await?;
    let event = |record: &SuspensionRecord| HookEvent {
        kind: HookKind::LineSuspended,
        id: record.id.clone(),
        data: json!({"line": record.line, "reason": record.reason}),
    };
    webhooks::raise(work, &suspensions.iter().map(event).collect::<Vec<_>>()).await
}

/// Tells webhooks of a line from which a reason was taken, if that was the last one, and listeners that it has changed.
pub(super) async fn lifted(work: &mut Work, line: &str, reason: &str) -> Result<(), storage::Error> {
    have_changed(work, &[line]).await?;
    if !webhooks::wants(work, HookKind::LineRestored).await? {
        return Ok(());
    }
    let tenant = work.tenant();
    if !storage::suspensions::suspended_among(&mut work.tx, tenant, &[line]).await?.is_empty() {
        return Ok(());
    }
    let data = json!({"line": line, "reason": reason});
    webhooks::raise(work, &[HookEvent { kind: HookKind::LineRestored, id: work.id("lift"), data }]).await
}

async fn have_changed(work: &mut Work, lines: &[&str]) -> Result<(), storage::Error> {
    if lines.is_empty() {
        return Ok(());
    }
    let tenant = work.tenant();
    for line in storage::lines::some(&mut work.tx, tenant, lines).await? {
        lines::has_changed(work, &line.id, &line.customer);
    }
    Ok(())
}
