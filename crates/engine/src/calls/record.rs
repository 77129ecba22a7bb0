use std::collections::{HashMap, HashSet};

use domain::invalid::Invalid;
use domain::money::{Amount, Currency};
use storage::calls::CallRecord;

use super::directory::Directory;
use super::events::settle;
use super::included::{self, IncludedMinutes};
use super::late;
use super::price::{Parts, Rated, Terms, Unrated, charged_link, charged_links, terms};
use super::stored::Priced;
use super::{Call, CallError, Disposition, FinishedCall, Price, get, told};
use crate::ledger::{self, Kind, Posting};
use crate::{Scope, Work, allowances};

/// What became of a finished call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It is recorded and charged.
    Rated {
        /// The call's id.
        id: String,
        /// Of what.
        currency: Currency,
        /// How much.
        total: Amount,
    },
    /// It is recorded, and waits for a price.
    Unrated {
        /// The call's id.
        id: String,
        /// Why.
        reason: Unrated,
    },
    /// It was on record before; nothing was done.
    Known,
}

const LONGEST_ORIGIN: usize = 200;
/// Longest text that is kept of a number or a code that could not be read.
const LONGEST_TEXT: usize = 80;

impl FinishedCall {
    /// Whether the call can be believed.
    ///
    /// # Errors
    /// It ends before its answer or its start, lasts longer than `longest_seconds`, or a text in it is too long or has control
    /// characters.
    pub fn check(&self, longest_seconds: u32) -> Result<(), Invalid> {
        let starts = [("answer", self.answered_at), ("start", self.started_at)];
        for (what, instant) in starts {
            if instant.is_some_and(|instant| instant > self.ended_at) {
                return Err(Invalid::at("/ended_at", format!("is before the {what} of the call")));
            }
        }
        let longest = i64::from(longest_seconds) * 1000;
        if self.answered_at.is_some_and(|answered_at| self.ended_at.millis_since(answered_at) > longest) {
            return Err(Invalid::at(
                "/duration_seconds",
                format!("is longer than the longest call of {longest_seconds} s (setting longest_call_seconds)"),
            ));
        }
        if (self.disposition == Disposition::Answered) != self.answered_at.is_some() {
            return Err(Invalid::at(
                "/disposition",
                "an answered call has an instant of answer, and only an answered one",
            ));
        }
        let codes = [("/account_code", &self.account_code), ("/link", &self.link)];
        let codes = codes.into_iter().filter_map(|(pointer, text)| Some((pointer, text.as_deref()?)));
        let numbers = [("/from", self.from.as_str()), ("/to", self.to.as_str())];
        check_texts(&self.origin, numbers.into_iter().chain(codes))
    }
}

/// Whether the texts of a call can be kept: its origin, and others with the pointers to them.
///
/// # Errors
/// The origin is empty, or a text is too long or has control characters.
pub(crate) fn check_texts<'a>(
    origin: &'a str,
    others: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> Result<(), Invalid> {
    if origin.is_empty() {
        return Err(Invalid::at("/origin", "must not be empty"));
    }
    for (pointer, text) in std::iter::once(("/origin", origin)).chain(others) {
        let longest = if pointer == "/origin" { LONGEST_ORIGIN } else { LONGEST_TEXT };
        if text.chars().count() > longest || text.chars().any(char::is_control) {
            return Err(Invalid::at(pointer, format!("must be one line of {longest} characters at most")));
        }
    }
    Ok(())
}

/// Records one finished call and charges it: the call, and whether it is new. A call of a known origin is answered as it is on
/// record; if only its events were reported so far, it ends by this.
///
/// # Errors
/// The call cannot be believed, or the database did not do it.
pub async fn record(work: &mut Work, call: FinishedCall) -> Result<(Call, bool), CallError> {
    let directory = Directory::for_calls(work, std::slice::from_ref(&call)).await?;
    call.check(directory.tenant.settings.longest_call_seconds)?;
    let (tenant, origin) = (work.tenant(), call.origin.clone());
    let outcome = record_batch(work, &directory, &[call], None).await?.pop();
    match outcome {
        Some(Outcome::Rated { id, .. } | Outcome::Unrated { id, .. }) => {
            let call = get(work, &id).await?;
            told::tell_of(work, &directory.tenant, &call).await?;
            Ok((call, true))
        }
        _ => {
            let known = storage::calls::lock_by_origin(&mut work.tx, tenant, &origin).await?;
            Ok((Call::of(known.ok_or(CallError::NotFound(origin))?)?, false))
        }
    }
}

/// Records finished calls and charges them: the outcome of each, in order. The calls must have passed [`FinishedCall::check`].
///
/// Of the answered records of one conversation (the same link) that one payer pays, the first is charged.
///
/// # Errors
/// Nothing is recorded: the database did not do it.
pub async fn record_batch(
    work: &mut Work,
    directory: &Directory,
    calls: &[FinishedCall],
    import: Option<&str>,
) -> Result<Vec<Outcome>, CallError> {
    let minutes = IncludedMinutes::lock(work, directory, calls).await?;
    lock_grants(work, directory, calls).await?;
    let known = if minutes.is_empty() { HashSet::new() } else { known_before(work, calls).await? };
    let charged = charged_before(work, directory, calls).await?;
    let outcomes = vec![Outcome::Known; calls.len()];
    let mut batch = Batch { directory, calls, import, minutes, known, charged, outcomes };
    let mut seen = HashSet::new();
    let mut fresh: Vec<Prepared> = Vec::with_capacity(calls.len());
    for (position, call) in calls.iter().enumerate() {
        if !seen.insert(call.origin.as_str()) {
            continue;
        }
        let prepared = batch.prepare(work, position).await?;
        if prepared.uses_allowances() {
            // The next call must find what this one has left of the grants.
            batch.save(work, vec![prepared]).await?;
        } else {
            fresh.push(prepared);
        }
    }
    // Written in one order everywhere, so that two works with the same calls never wait for each other in a circle.
    fresh.sort_by(|a, b| a.record.origin.cmp(&b.record.origin));
    batch.save(work, fresh).await?;
    Ok(batch.outcomes)
}

/// Locks the grants of all who pay for calls to agents, before any account: the order in which everybody locks.
async fn lock_grants(work: &mut Work, directory: &Directory, calls: &[FinishedCall]) -> Result<(), storage::Error> {
    let to_agents = calls.iter().filter(|call| call.agent.is_some());
    let customers: HashSet<&str> =
        to_agents.filter_map(|call| Some(directory.payer(call)?.customer.as_str())).collect();
    if !customers.is_empty() {
        allowances::lock_grants_of(work, &customers.into_iter().collect::<Vec<_>>()).await?;
    }
    Ok(())
}

/// The origins that are on record: their calls use no minutes again.
async fn known_before(work: &mut Work, calls: &[FinishedCall]) -> Result<HashSet<String>, storage::Error> {
    let tenant = work.tenant();
    let origins: Vec<&str> = calls.iter().map(|call| call.origin.as_str()).collect();
    Ok(storage::calls::known_origins(&mut work.tx, tenant, &origins).await?.into_iter().collect())
}

/// Pairs of link and customer for which a record is charged.
type ChargedLinks = HashSet<(String, String)>;

async fn charged_before(
    work: &mut Work,
    directory: &Directory,
    calls: &[FinishedCall],
) -> Result<ChargedLinks, CallError> {
    let (mut links, mut payers) = (HashSet::new(), HashSet::new());
    for call in calls {
        if let Some(link) = charged_link(call)
            && let Some(line) = directory.payer(call)
            && let Some(payee) = directory.payee(line)
        {
            links.insert(link);
            payers.insert((line.customer.as_str(), payee.currency.code()));
        }
    }
    let (links, payers): (Vec<_>, Vec<_>) = (links.into_iter().collect(), payers.into_iter().collect());
    charged_links(work, &links, &payers).await
}

/// Calls that are recorded together.
struct Batch<'a> {
    directory: &'a Directory,
    calls: &'a [FinishedCall],
    import: Option<&'a str>,
    minutes: IncludedMinutes<'a>,
    /// Origins that were on record before; only those of batches in which minutes are used.
    known: HashSet<String>,
    charged: ChargedLinks,
    /// Known, until they are found to be new.
    outcomes: Vec<Outcome>,
}

/// A call that is ready to be written.
struct Prepared {
    /// Its place in the batch.
    position: usize,
    record: CallRecord,
    result: Result<Rated, Unrated>,
}

impl Prepared {
    fn uses_allowances(&self) -> bool {
        self.result.as_ref().is_ok_and(|rated| !rated.used.is_empty())
    }
}

impl Batch<'_> {
    async fn prepare(&mut self, work: &mut Work, position: usize) -> Result<Prepared, CallError> {
        let call = &self.calls[position];
        let mut record = call.record(self.directory, work.id("call"), work.now());
        record.import = self.import.map(str::to_owned);
        let result = match terms(work, self.directory, call).await? {
            Err(reason) => {
                record.payer = Some(call.payer.to_json());
                Err(reason)
            }
            Ok(terms) => {
                record.customer = Some(terms.customer.clone());
                record.line = Some(terms.line.clone());
                if self.is_charged_elsewhere(call, &terms) {
                    Ok(terms.same_conversation())
                } else if self.known.contains(&call.origin) {
                    terms.rate(self.directory, call, 0)
                } else {
                    self.minutes.rate(&terms, call)
                }
            }
        };
        record.set_result(&result);
        Ok(Prepared { position, record, result })
    }

    /// Whether the payer is charged for this conversation with another record; if not, with this one.
    fn is_charged_elsewhere(&mut self, call: &FinishedCall, terms: &Terms) -> bool {
        charged_link(call).is_some_and(|link| !self.charged.insert((link.to_owned(), terms.customer.clone())))
    }

    /// Writes the calls whose origins are new, and charges those. A call that is on record and has not ended, ends by its report.
    async fn save(&mut self, work: &mut Work, prepared: Vec<Prepared>) -> Result<(), CallError> {
        if prepared.is_empty() {
            return Ok(());
        }
        let mut results = Vec::with_capacity(prepared.len());
        let mut records = Vec::with_capacity(prepared.len());
        for one in prepared {
            results.push((one.position, one.result));
            records.push(one.record);
        }
        let tenant = work.tenant();
        let new: HashSet<String> =
            storage::calls::insert_new(&mut work.tx, tenant, &records).await?.into_iter().collect();
        let mut postings = Vec::with_capacity(new.len());
        let (mut known, mut used) = (HashMap::new(), Vec::new());
        for ((position, result), record) in results.into_iter().zip(&records) {
            if !new.contains(&record.origin) {
                // If another report of it came in just now, the minutes that were set aside for it wait for the next batch.
                known.insert(record.origin.as_str(), position);
                continue;
            }
            record.agent.iter().for_each(|agent| work.has_earned(agent));
            if let Ok(rated) = &result {
                postings.extend(charge(record, &rated.price)?);
                allowances::use_up(work, &rated.used).await?;
                used.extend(rated.included.clone());
            }
            self.outcomes[position] = Outcome::of(record.id.clone(), result.map(|rated| rated.price));
        }
        included::use_up(work, &used).await?;
        ledger::post(work, &postings).await?;
        late::put_aside(work, self.directory, records.iter().filter(|record| new.contains(&record.origin))).await?;
        if known.is_empty() {
            return Ok(());
        }
        let origins: Vec<&str> = known.keys().copied().collect();
        for origin in storage::calls::open_origins(&mut work.tx, tenant, &origins).await? {
            if let Some(position) = known.get(origin.as_str()) {
                self.end(work, *position).await?;
            }
        }
        Ok(())
    }

    /// Ends a call of which only events were reported so far.
    async fn end(&mut self, work: &mut Work, position: usize) -> Result<(), CallError> {
        let (tenant, call) = (work.tenant(), &self.calls[position]);
        let known = storage::calls::lock_by_origin(&mut work.tx, tenant, &call.origin).await?;
        let Some(mut record) = known.filter(|known| known.state == "open") else { return Ok(()) };
        let result = settle(work, self.directory, &mut self.minutes, call, &mut record).await?;
        record.version += 1;
        if !storage::calls::replace(&mut work.tx, tenant, &record).await? {
            return Err(CallError::Contended(record.origin));
        }
        self.outcomes[position] = Outcome::of(record.id, result);
        Ok(())
    }
}

impl Outcome {
    fn of(id: String, result: Result<Price, Unrated>) -> Outcome {
        match result {
            Ok(price) => Outcome::Rated { id, currency: price.currency, total: price.total },
            Err(reason) => Outcome::Unrated { id, reason },
        }
    }
}

/// The postings that charge a call for the first time.
pub(super) fn charge(record: &CallRecord, price: &Price) -> Result<Vec<Posting>, CallError> {
    let parts = Parts {
        cause: &record.id,
        kind: Kind::Call,
        call: &record.id,
        customer: record.customer.as_deref().unwrap_or_default(),
        agent: record.agent.as_deref(),
        currency: price.currency,
        agent_part: price.agent_part,
        tax: price.tax,
        total: price.total,
        promotional: Amount::ZERO,
    };
    Ok(parts.postings().map_err(ledger::LedgerError::from)?)
}
