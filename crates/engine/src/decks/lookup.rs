//! Looking into a deck: what prices a number, and its entries page by page.

use std::sync::Arc;

use domain::deck::{Deck, DeckEntry, Prefix};

use super::{DeckError, get, versions};
use crate::plans::in_force;
use crate::{Scope, prices, tenants};

/// Which entries of a deck are shown.
#[derive(Debug, Clone, Default)]
pub struct EntryPage {
    /// The number of the version; the one in force now, where none is given.
    pub version: Option<i64>,
    /// Only entries whose prefix begins with these digits.
    pub starts_with: Option<Prefix>,
    /// Only entries after this prefix.
    pub after: Option<Prefix>,
    /// How many at most.
    pub limit: usize,
}

/// The entry that prices a call to the number now, if there is one. The number may be in any form that the dial plan reads, or
/// be the first digits of one.
///
/// # Errors
/// There is no such deck, or the database does not answer.
pub async fn search(scope: &mut impl Scope, deck: &str, number: &str) -> Result<Option<DeckEntry>, DeckError> {
    let Some(entries) = content(scope, deck, None).await? else { return Ok(None) };
    let dial_plan = tenants::get(scope).await?.settings.dial_plan;
    let digits = match dial_plan.canonical(number) {
        Ok(number) => number.digits().to_owned(),
        Err(_) => number.chars().filter(char::is_ascii_digit).collect(),
    };
    Ok(entries.entry_for(&digits).cloned())
}

/// A page of entries by ascending prefix; none, while the deck is empty.
///
/// # Errors
/// There is no such deck or version, or the database does not answer.
pub async fn entries(scope: &mut impl Scope, deck: &str, page: &EntryPage) -> Result<Vec<DeckEntry>, DeckError> {
    let Some(content) = content(scope, deck, page.version).await? else { return Ok(Vec::new()) };
    let entries = content.entries();
    let first = entries.partition_point(|entry| {
        page.after.is_some_and(|after| entry.prefix <= after)
            || page.starts_with.is_some_and(|from| entry.prefix < from)
    });
    let digits = page.starts_with.map(|prefix| prefix.to_string()).unwrap_or_default();
    let listed = entries[first..].iter().take_while(|entry| entry.prefix.to_string().starts_with(&digits));
    Ok(listed.take(page.limit).cloned().collect())
}

/// The entries of the version of this number, or of the one in force now.
async fn content(scope: &mut impl Scope, deck: &str, number: Option<i64>) -> Result<Option<Arc<Deck>>, DeckError> {
    get(scope, deck).await?;
    let known = versions(scope, deck).await?;
    let version = match number {
        Some(number) => {
            let found = known.iter().find(|version| version.number == number);
            Some(found.ok_or_else(|| DeckError::NoVersion { deck: deck.to_owned(), number })?)
        }
        None => in_force(&known, |version| version.effective_at, scope.now()),
    };
    match version {
        Some(version) => Ok(Some(prices::deck(scope, &version.id).await?)),
        None => Ok(None),
    }
}
