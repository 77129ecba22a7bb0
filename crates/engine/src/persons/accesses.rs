use storage::audit::SeenFilter;
use storage::persons;

use super::{CallerOf, Known, Person, PersonError};
use crate::Scope;
use crate::audit::{ChangeRecord, LISTS_CALLS};

/// The table of calls to groups.
const GROUP_CALLS: &str = "group_calls";

/// A page of who has seen, heard, listed or exported what is held of somebody, the newest first, before `before`; of a caller also who has listed
/// the calls to a group in which its own stand.
///
/// # Errors
/// There is no such person in the tenant, a number is none, or the database does not answer.
pub async fn accesses(
    scope: &mut impl Scope,
    person: &Person,
    before: Option<&str>,
    limit: i64,
) -> Result<Vec<ChangeRecord>, PersonError> {
    let known = person.known(scope).await?;
    let tenant = scope.tenant();
    let (mut names, mut lists) = (Vec::new(), Vec::new());
    match &known {
        Known::Customer(id) | Known::Agent(id) | Known::Member(id) => names.push(id.as_str()),
        Known::Caller { groups, .. } => {
            for (CallerOf { group, name, .. }, subject) in groups.iter().zip(known.subjects()) {
                names.push(name);
                let calls = persons::fates(subject).into_iter().find(|(table, _)| *table == GROUP_CALLS);
                if let Some(calls) = calls
                    && persons::count(scope.tx(), tenant, subject, calls).await? > 0
                {
                    lists.push(group.as_str());
                }
            }
        }
    }
    let filter = SeenFilter { names: &names, action: LISTS_CALLS, lists: &lists };
    Ok(storage::audit::seen(scope.tx(), tenant, filter, before, limit).await?)
}
