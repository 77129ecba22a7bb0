//! How often a customer may try wrong codes. The instants are in the database, so that all nodes count together.

use domain::time::Instant;

use crate::{Scope, Work};

/// So many wrong codes...
const MOST_WRONG: usize = 10;
/// ...in so many milliseconds, and no code is looked at any more.
const WINDOW: i64 = 15 * 60_000;

/// The wrong codes of a customer.
pub(super) struct Tries {
    pub(super) customer: String,
    /// The last few, the oldest first, in milliseconds.
    wrong_at: Vec<i64>,
}

impl Tries {
    /// As they are at the moment: enough to refuse a try without writing anything.
    pub(super) async fn seen(scope: &mut impl Scope, customer: &str) -> Result<Self, storage::Error> {
        let tenant = scope.tenant();
        let text = storage::vouchers::tries(scope.tx(), tenant, customer).await?;
        Ok(Tries::of(customer, &text.unwrap_or_default()))
    }

    /// Locked for this transaction: who else tries for the customer waits until this try is counted.
    pub(super) async fn locked(work: &mut Work, customer: &str) -> Result<Self, storage::Error> {
        let tenant = work.tenant();
        let text = storage::vouchers::lock_tries(&mut work.tx, tenant, customer).await?;
        Ok(Tries::of(customer, &text))
    }

    fn of(customer: &str, text: &str) -> Self {
        Tries { customer: customer.to_owned(), wrong_at: serde_json::from_str(text).unwrap_or_default() }
    }

    /// How long nothing is to be tried, in seconds; none, where something is.
    pub(super) fn wait(&self, now: Instant) -> Option<u64> {
        let oldest = self.wrong_at.len().checked_sub(MOST_WRONG).and_then(|oldest| self.wrong_at.get(oldest))?;
        let left = oldest.saturating_add(WINDOW).saturating_sub(now.millis());
        u64::try_from(left).ok().filter(|left| *left > 0).map(|left| left.div_ceil(1000))
    }

    /// Counts a wrong code.
    pub(super) async fn note(mut self, work: &mut Work) -> Result<(), storage::Error> {
        self.wrong_at.push(work.now().millis());
        let last = &self.wrong_at[self.wrong_at.len().saturating_sub(MOST_WRONG)..];
        let (tenant, text) = (work.tenant(), serde_json::json!(last).to_string());
        storage::vouchers::note_tries(&mut work.tx, tenant, &self.customer, &text).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_wrong_codes_in_a_quarter_of_an_hour_are_waited_for_until_the_first_of_them_is_as_old() {
        let minute = 60_000;
        let every_minute: Vec<i64> = (0..10).map(|n| n * minute).collect();
        for (wrong_at, now, wait) in [
            (vec![], 0, None),
            (every_minute[..9].to_vec(), 9 * minute, None),
            (every_minute.clone(), 9 * minute, Some(360)),
            (every_minute.clone(), 15 * minute - 1, Some(1)),
            (every_minute.clone(), 15 * minute, None),
            (vec![5; 10], 6, Some(900)),
        ] {
            let tries = Tries { customer: String::new(), wrong_at };
            assert_eq!(tries.wait(Instant::clamped(now)), wait, "{:?} at {now}", tries.wrong_at);
        }
    }
}
