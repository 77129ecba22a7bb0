use std::collections::{HashMap, VecDeque};
use std::hash::{DefaultHasher, Hash, Hasher};

use super::row::Row;

/// The answered rows of each conversation (the same linked id), brought into the order of their sequence.
///
/// Of such rows the first that is handed over is charged to its payer. The switch writes them as they end, so that the first in
/// the file may be a later part. A first pass counts them; in the second they wait for each other.
#[derive(Debug, Default)]
pub(super) struct Conversations {
    /// How many answered rows a conversation has, by a hash of its linked id: two conversations that share a hash wait for each
    /// other without harm.
    counts: HashMap<u64, u32>,
    waiting: HashMap<u64, Vec<Row>>,
    ready: VecDeque<Row>,
}

impl Conversations {
    /// Counts a row of the first pass.
    pub(super) fn count(&mut self, row: &Row) {
        if let Some(key) = key(row) {
            *self.counts.entry(key).or_default() += 1;
        }
    }

    /// Takes a row of the second pass in.
    pub(super) fn put(&mut self, row: Row) {
        let Some((key, count)) = key(&row).and_then(|key| Some((key, *self.counts.get(&key)?))) else {
            self.ready.push_back(row);
            return;
        };
        let mut rows = self.waiting.remove(&key).unwrap_or_default();
        rows.push(row);
        if rows.len() < usize::try_from(count).unwrap_or(usize::MAX) {
            self.waiting.insert(key, rows);
            return;
        }
        rows.sort_by_key(|row| row.sequence);
        self.ready.extend(rows);
    }

    /// The next row that need not wait any more.
    pub(super) fn next(&mut self) -> Option<Row> {
        self.ready.pop_front()
    }
}

fn key(row: &Row) -> Option<u64> {
    let link = row.call.link.as_ref().filter(|_| row.call.answered_at.is_some())?;
    let mut hasher = DefaultHasher::new();
    link.hash(&mut hasher);
    Some(hasher.finish())
}
