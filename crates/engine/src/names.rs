//! What records are called, for the staff's lists, which have their ids: customers and agents by their names, lines by their numbers.

use crate::{Reach, Scope, StorageError};

/// The names of these records, by id. What is not there has none; who reaches but their own records is told nothing.
///
/// # Errors
/// The database does not answer.
pub async fn of(scope: &mut impl Scope, ids: &[&str]) -> Result<Vec<(String, String)>, StorageError> {
    if *scope.reach() != Reach::Tenant {
        return Ok(Vec::new());
    }
    let of_kind = |prefix: &str| ids.iter().copied().filter(|id| id.starts_with(prefix)).collect::<Vec<_>>();
    let tenant = scope.tenant();
    let mut names = storage::customers::names(scope.tx(), tenant, &of_kind("cus_")).await?;
    names.extend(storage::agents::names(scope.tx(), tenant, &of_kind("agt_")).await?);
    names.extend(storage::lines::numbers(scope.tx(), tenant, &of_kind("lin_")).await?);
    Ok(names)
}
