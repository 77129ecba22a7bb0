//! The journal: every entry, in the order of posting.

use domain::time::Instant;
use storage::ledger::EntryRecord;

use crate::Scope;

/// A page of the entries posted in `[from, to)`, the first first: those after one of them (instant and key).
///
/// # Errors
/// The database does not answer.
pub async fn journal(
    scope: &mut impl Scope,
    (from, to): (Instant, Instant),
    after: Option<(i64, &str)>,
    limit: i64,
) -> Result<Vec<EntryRecord>, storage::Error> {
    let tenant = scope.tenant();
    storage::ledger::journal(scope.tx(), tenant, (from.millis(), to.millis()), after, limit).await
}

/// What kind of record an entry's reference is: told by how its id begins.
#[must_use]
pub fn about(reference: &str) -> &'static str {
    match reference.split('_').next() {
        Some("call") => "call",
        Some("msg") => "message",
        Some("evt") => "service",
        Some("lin") => "line",
        Some("inv") => "invoice",
        Some("crn") => "credit_note",
        Some("pay") => "payment",
        Some("rev") => "reversal",
        Some("crd") => "credit",
        Some("trf") => "transfer",
        Some("pyo") => "payout",
        _ => "other",
    }
}
