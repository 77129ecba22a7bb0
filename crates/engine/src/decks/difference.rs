//! What a new version of a deck would change.

use domain::deck::{Deck, DeckEntry};
use domain::time::Instant;
use serde::Serialize;

use super::{DeckError, DeckVersion, check_size, get, versions};
use crate::plans::in_force;
use crate::{Scope, prices};

/// What new entries change in a deck. Nothing is saved by looking at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The deck's version, to be given to [`super::replace`]: it refuses if the deck has changed since.
    pub version: i64,
    /// The number of the version that the entries were compared with; `None` for an empty deck.
    pub against: Option<i64>,
    /// Entries whose prefix is new, by ascending prefix.
    pub added: Vec<DeckEntry>,
    /// Entries whose prefix is gone, by ascending prefix.
    pub removed: Vec<DeckEntry>,
    /// Entries that are not what they were, by ascending prefix.
    pub changed: Vec<ChangedEntry>,
    /// How many entries stay what they are.
    pub unchanged: usize,
}

/// An entry that is not what it was. Both have the same prefix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangedEntry {
    /// As it is.
    pub before: DeckEntry,
    /// As it would be.
    pub after: DeckEntry,
}

/// How many entries a new version changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub(super) struct Figures {
    added: usize,
    removed: usize,
    changed: usize,
    unchanged: usize,
}

/// Compares entries with the version that they would replace: the one in force at `effective_at` (now, where none is given).
///
/// # Errors
/// There is no such deck, or there are no entries or too many.
pub async fn compare(
    scope: &mut impl Scope,
    id: &str,
    entries: &Deck,
    effective_at: Option<Instant>,
) -> Result<Difference, DeckError> {
    check_size(entries)?;
    let deck = get(scope, id).await?;
    let known = versions(scope, id).await?;
    let replaced = in_force(&known, |version| version.effective_at, effective_at.unwrap_or(scope.now()));
    let mut difference = Difference {
        version: deck.version,
        against: replaced.map(|version| version.number),
        added: Vec::new(),
        removed: Vec::new(),
        changed: Vec::new(),
        unchanged: 0,
    };
    each_pair(scope, replaced, entries, |pair| match pair {
        (Some(before), Some(after)) if before == after => difference.unchanged += 1,
        (Some(before), Some(after)) => {
            difference.changed.push(ChangedEntry { before: before.clone(), after: after.clone() });
        }
        (Some(before), None) => difference.removed.push(before.clone()),
        (None, Some(after)) => difference.added.push(after.clone()),
        (None, None) => {}
    })
    .await?;
    Ok(difference)
}

/// Counts what entries change in the version that they replace.
pub(super) async fn figures(
    scope: &mut impl Scope,
    replaced: Option<&DeckVersion>,
    entries: &Deck,
) -> Result<Figures, DeckError> {
    let mut figures = Figures::default();
    each_pair(scope, replaced, entries, |pair| match pair {
        (Some(before), Some(after)) if before == after => figures.unchanged += 1,
        (Some(_), Some(_)) => figures.changed += 1,
        (Some(_), None) => figures.removed += 1,
        (None, _) => figures.added += 1,
    })
    .await?;
    Ok(figures)
}

/// What stood under a prefix, and what would.
type Pair<'a> = (Option<&'a DeckEntry>, Option<&'a DeckEntry>);

async fn each_pair(
    scope: &mut impl Scope,
    replaced: Option<&DeckVersion>,
    entries: &Deck,
    mut pair: impl for<'a> FnMut(Pair<'a>),
) -> Result<(), DeckError> {
    let before = match replaced {
        Some(version) => Some(prices::deck(scope, &version.id).await?),
        None => None,
    };
    let mut before = before.as_ref().map_or(&[][..], |deck| deck.entries()).iter().peekable();
    let mut after = entries.entries().iter().peekable();
    // Both are sorted by prefix.
    while let Some(prefix) = before.peek().into_iter().chain(after.peek()).map(|entry| entry.prefix).min() {
        let here = |entry: &&DeckEntry| entry.prefix == prefix;
        pair((before.next_if(here), after.next_if(here)));
    }
    Ok(())
}
