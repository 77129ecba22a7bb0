//! The audit trail: who changed what, from what to what.

pub use storage::audit::ChangeRecord;

use crate::Scope;

/// A page of changes, of one subject or of all, the newest first, those before `before`.
///
/// # Errors
/// The database does not answer.
pub async fn page(
    scope: &mut impl Scope,
    subject: Option<&str>,
    before: Option<&str>,
    limit: i64,
) -> Result<Vec<ChangeRecord>, storage::Error> {
    let tenant = scope.tenant();
    storage::audit::page(scope.tx(), tenant, subject, before, limit).await
}
