use std::collections::{BTreeMap, HashMap};

use domain::period::Period;
use domain::time::Instant;
use storage::included::IncludedRecord;

use super::FinishedCall;
use super::directory::{Directory, HeldLine};
use super::price::{Rated, Terms, Unrated};
use crate::{Scope, Work};

/// What lines have left of their included minutes in the periods of some calls. While it is used in a work, nobody else uses any
/// of them.
pub(super) struct IncludedMinutes<'a> {
    directory: &'a Directory,
    /// The seconds that are left, by line and first instant of the period.
    left: HashMap<(&'a str, i64), i64>,
}

impl<'a> IncludedMinutes<'a> {
    /// Locks what is left for these calls, in the order of lines, and before any account is locked, so that two works never wait
    /// for each other in a circle. Where no plan includes minutes nothing is asked of the database.
    pub(super) async fn lock(
        work: &mut Work,
        directory: &'a Directory,
        calls: &[FinishedCall],
    ) -> Result<Self, storage::Error> {
        let mut minutes = IncludedMinutes { directory, left: HashMap::new() };
        if !directory.has_included_minutes() {
            return Ok(minutes);
        }
        let mut granted = BTreeMap::new();
        for call in calls.iter().filter(|call| call.answered_at.is_some() && call.agent.is_none()) {
            let Some(line) = directory.payer(call) else { continue };
            let Some((period, from)) = minutes.period(line, call.ended_at) else { continue };
            granted.entry((line.id.as_str(), from)).or_insert_with(|| directory.included_seconds(line, period));
        }
        granted.retain(|_, seconds| *seconds > 0);
        if granted.is_empty() {
            return Ok(minutes);
        }
        let tenant = work.tenant();
        let none = |(line, period_from): &(&str, i64)| IncludedRecord {
            line: (*line).to_owned(),
            period_from: *period_from,
            used: 0,
        };
        let wanted: Vec<IncludedRecord> = granted.keys().map(none).collect();
        let used = storage::included::add(&mut work.tx, tenant, &wanted).await?;
        let used: HashMap<_, _> = used.iter().map(|used| ((used.line.as_str(), used.period_from), used.used)).collect();
        let left = |(key, granted): ((&'a str, i64), i64)| {
            // What was used stays used where the line has fewer minutes since.
            (key, (granted - used.get(&key).copied().unwrap_or(0)).max(0))
        };
        minutes.left = granted.into_iter().map(left).collect();
        Ok(minutes)
    }

    /// Whether none of the lines has any in these periods, used up or not.
    pub(super) fn is_empty(&self) -> bool {
        self.left.is_empty()
    }

    /// Rates a call with what is left, and takes from that what it uses: for the call itself to be written down, and for the calls
    /// after it.
    pub(super) fn rate(&mut self, terms: &Terms, call: &FinishedCall) -> Result<Rated, Unrated> {
        let directory = self.directory;
        let key = || {
            let line = directory.line(&terms.line).filter(|_| !self.is_empty())?;
            Some((line.id.as_str(), self.period(line, call.ended_at)?.1))
        };
        let Some((line, period_from)) = key() else { return terms.rate(directory, call, 0) };
        let left = self.left.entry((line, period_from)).or_default();
        let mut rated = terms.rate(directory, call, *left)?;
        let used = rated.price.included_seconds();
        if used > 0 {
            *left -= used;
            rated.included = Some(IncludedRecord { line: line.to_owned(), period_from, used });
        }
        Ok(rated)
    }

    /// The period of a line in which a call that ended at the instant is billed, and its first instant.
    fn period(&self, line: &HeldLine, ended_at: Instant) -> Option<(Period, i64)> {
        let period = self.directory.period(line, ended_at)?;
        let (from, _) = period.instants(&self.directory.tenant.settings.time_zone);
        Some((period, from.millis()))
    }
}

/// Writes down what calls used.
pub(super) async fn use_up(
    work: &mut Work,
    used: impl IntoIterator<Item = &IncludedRecord>,
) -> Result<(), storage::Error> {
    let mut sums: BTreeMap<(&str, i64), i64> = BTreeMap::new();
    for used in used {
        *sums.entry((&used.line, used.period_from)).or_default() += used.used;
    }
    if sums.is_empty() {
        return Ok(());
    }
    let sum =
        |((line, period_from), used): ((&str, i64), i64)| IncludedRecord { line: line.to_owned(), period_from, used };
    let sums: Vec<IncludedRecord> = sums.into_iter().map(sum).collect();
    let tenant = work.tenant();
    storage::included::add(&mut work.tx, tenant, &sums).await.map(|_| ())
}
