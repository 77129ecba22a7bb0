use std::collections::HashSet;

use domain::invalid::Invalid;
use domain::money::{Amount, Currency};
use domain::time::Instant;
use storage::calls::CallRecord;

use super::directory::Directory;
use super::price::{Parts, Rated, Terms, Unrated, terms};
use super::{Call, CallError, CallState, Direction, Disposition, FinishedCall, Price, get};
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
        let texts = [("/origin", Some(&self.origin)), ("/from", Some(&self.from)), ("/to", Some(&self.to))];
        let codes = [("/account_code", self.account_code.as_ref()), ("/link", self.link.as_ref())];
        for (pointer, text) in texts.into_iter().chain(codes) {
            let longest = if pointer == "/origin" { 200 } else { LONGEST_TEXT };
            if text.is_some_and(|text| text.chars().count() > longest || text.chars().any(char::is_control)) {
                return Err(Invalid::at(pointer, format!("must be one line of {longest} characters at most")));
            }
        }
        if self.origin.is_empty() {
            return Err(Invalid::at("/origin", "must not be empty"));
        }
        Ok(())
    }
}

/// Records one finished call and charges it: the call, and whether it is new. A call of a known origin is answered as it is on
/// record.
///
/// # Errors
/// The call cannot be believed, or the database did not do it.
pub async fn record(work: &mut Work, call: FinishedCall) -> Result<(Call, bool), CallError> {
    let directory = Directory::for_call(work, &call).await?;
    call.check(directory.tenant.settings.longest_call_seconds)?;
    let (tenant, origin) = (work.tenant(), call.origin.clone());
    let outcome = record_batch(work, &directory, &[call], None).await?.pop();
    match outcome {
        Some(Outcome::Rated { id, .. } | Outcome::Unrated { id, .. }) => Ok((get(work, &id).await?, true)),
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
    let mut charged = charged_links(work, calls).await?;
    let mut seen = HashSet::new();
    let mut outcomes = Vec::with_capacity(calls.len());
    let mut fresh: Vec<Prepared> = Vec::with_capacity(calls.len());
    for (position, call) in calls.iter().enumerate() {
        outcomes.push(Outcome::Known);
        if !seen.insert(call.origin.as_str()) {
            continue;
        }
        let prepared = prepare(work, directory, call, (position, &mut charged)).await?;
        if prepared.uses_allowances() {
            // The next call must find what this one has left of the grants.
            save(work, vec![prepared], import, &mut outcomes).await?;
        } else {
            fresh.push(prepared);
        }
    }
    save(work, fresh, import, &mut outcomes).await?;
    Ok(outcomes)
}

/// Pairs of link and customer for which a record is charged.
type ChargedLinks = HashSet<(String, String)>;

async fn charged_links(work: &mut Work, calls: &[FinishedCall]) -> Result<ChargedLinks, CallError> {
    let links: Vec<&str> = calls.iter().filter_map(|call| call.link.as_deref()).collect();
    if links.is_empty() {
        return Ok(HashSet::new());
    }
    let tenant = work.tenant();
    Ok(storage::calls::charged_links(&mut work.tx, tenant, &links).await?.into_iter().collect())
}

/// A call that is ready to be written.
struct Prepared {
    /// Its place among the outcomes.
    position: usize,
    record: CallRecord,
    result: Result<Rated, Unrated>,
}

impl Prepared {
    fn uses_allowances(&self) -> bool {
        self.result.as_ref().is_ok_and(|rated| !rated.used.is_empty())
    }
}

async fn prepare(
    work: &mut Work,
    directory: &Directory,
    call: &FinishedCall,
    (position, charged): (usize, &mut ChargedLinks),
) -> Result<Prepared, CallError> {
    let terms = terms(work, directory, call).await?;
    let mut record = call.record(directory, work.id("call"), work.now());
    let result = match &terms {
        Err(reason) => Err(*reason),
        Ok(terms) => {
            record.customer = Some(terms.customer.clone());
            record.line = Some(terms.line.clone());
            if is_charged_elsewhere(call, terms, charged) {
                Ok(Rated { price: terms.same_conversation(), used: Vec::new() })
            } else {
                terms.rate(directory, call)
            }
        }
    };
    match &result {
        Ok(rated) => record.set_price(&rated.price),
        Err(reason) => {
            "unrated".clone_into(&mut record.state);
            record.unrated_reason = Some(reason.to_string());
        }
    }
    Ok(Prepared { position, record, result })
}

/// Whether the payer is charged for this conversation with another record; if not, with this one.
fn is_charged_elsewhere(call: &FinishedCall, terms: &Terms, charged: &mut ChargedLinks) -> bool {
    match &call.link {
        Some(link) if call.disposition == Disposition::Answered => {
            !charged.insert((link.clone(), terms.customer.clone()))
        }
        _ => false,
    }
}

/// Writes the calls whose origins are new, and charges those.
async fn save(
    work: &mut Work,
    prepared: Vec<Prepared>,
    import: Option<&str>,
    outcomes: &mut [Outcome],
) -> Result<(), CallError> {
    if prepared.is_empty() {
        return Ok(());
    }
    let mut results = Vec::with_capacity(prepared.len());
    let mut records = Vec::with_capacity(prepared.len());
    for one in prepared {
        results.push((one.position, one.result));
        records.push(CallRecord { import: import.map(str::to_owned), ..one.record });
    }
    let tenant = work.tenant();
    let new: HashSet<String> = storage::calls::insert_new(&mut work.tx, tenant, &records).await?.into_iter().collect();
    let mut postings = Vec::with_capacity(new.len());
    for ((position, result), record) in results.into_iter().zip(&records) {
        if !new.contains(&record.origin) {
            continue;
        }
        let id = record.id.clone();
        outcomes[position] = match result {
            Err(reason) => Outcome::Unrated { id, reason },
            Ok(rated) => {
                postings.extend(charge(record, &rated.price)?);
                allowances::use_up(work, &rated.used).await?;
                Outcome::Rated { id, currency: rated.price.currency, total: rated.price.total }
            }
        };
    }
    ledger::post(work, &postings).await?;
    Ok(())
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
    };
    Ok(parts.postings().map_err(ledger::LedgerError::from)?)
}

impl FinishedCall {
    /// The record of this call, still without payer and price.
    pub(super) fn record(&self, directory: &Directory, id: String, now: Instant) -> CallRecord {
        let duration = self.answered_at.map(|answered_at| self.ended_at.millis_since(answered_at));
        CallRecord {
            id,
            origin: self.origin.clone(),
            state: "rated".to_owned(),
            direction: self.direction.name().to_owned(),
            from_number: directory.number(&self.from).text,
            to_number: directory.number(&self.to).text,
            agent: self.agent.clone(),
            account_code: self.account_code.clone(),
            link: self.link.clone(),
            started_at: self.started_at.map(Instant::millis),
            answered_at: self.answered_at.map(Instant::millis),
            ended_at: Some(self.ended_at.millis()),
            duration_ms: duration,
            disposition: Some(self.disposition.name().to_owned()),
            cause: self.cause.map(i64::from),
            recorded_at: now.millis(),
            version: 1,
            ..CallRecord::default()
        }
    }
}

/// What a call's record says of its price.
pub(super) trait Priced {
    /// Writes the price down.
    fn set_price(&mut self, price: &Price);
}

impl Priced for CallRecord {
    fn set_price(&mut self, price: &Price) {
        "rated".clone_into(&mut self.state);
        self.price_source = Some(price.source.clone());
        self.plan_version.clone_from(&price.plan_version);
        self.deck_version.clone_from(&price.deck_version);
        self.currency = Some(price.currency.code().to_owned());
        self.total = Some(price.total.micros());
        self.tax = Some(price.tax.micros());
        self.agent_part = Some(price.agent_part.micros());
        self.allowance_seconds = Some(price.allowance_seconds);
        self.charge = Some(price.charge.clone());
        self.unrated_reason = None;
    }
}

impl Call {
    pub(super) fn of(record: CallRecord) -> Result<Call, CallError> {
        let price = price_of(&record)?;
        Ok(Call {
            state: match record.state.as_str() {
                "open" => CallState::Open,
                "unrated" => CallState::Unrated,
                _ => CallState::Rated,
            },
            direction: Direction::named(&record.direction).unwrap_or_default(),
            disposition: record.disposition.as_deref().and_then(Disposition::named),
            id: record.id,
            origin: record.origin,
            from: record.from_number,
            to: record.to_number,
            customer: record.customer,
            line: record.line,
            agent: record.agent,
            account_code: record.account_code,
            started_at: record.started_at.map(Instant::clamped),
            answered_at: record.answered_at.map(Instant::clamped),
            ended_at: record.ended_at.map(Instant::clamped),
            duration_ms: record.duration_ms,
            cause: record.cause,
            price,
            unrated_reason: record.unrated_reason,
            import: record.import,
            recorded_at: Instant::clamped(record.recorded_at),
            version: record.version,
        })
    }
}

pub(super) fn price_of(record: &CallRecord) -> Result<Option<Price>, CallError> {
    let (Some(total), Some(currency)) = (record.total, &record.currency) else { return Ok(None) };
    let micros = |amount: Option<i64>| Amount::from_micros(amount.unwrap_or(0));
    Ok(Some(Price {
        currency: Currency::parse(currency).map_err(|error| Invalid::at("/currency", error.to_string()))?,
        total: Amount::from_micros(total),
        tax: micros(record.tax),
        agent_part: micros(record.agent_part),
        allowance_seconds: record.allowance_seconds.unwrap_or(0),
        source: record.price_source.clone().unwrap_or_default(),
        plan_version: record.plan_version.clone(),
        deck_version: record.deck_version.clone(),
        charge: record.charge.clone().unwrap_or_default(),
    }))
}

impl Direction {
    /// Every direction, with its name.
    pub const ALL: [(Direction, &'static str); 3] =
        [(Direction::Outbound, "outbound"), (Direction::Inbound, "inbound"), (Direction::Internal, "internal")];

    /// The direction's name.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(direction, _)| *direction == self).map_or("", |(_, name)| name)
    }

    fn named(name: &str) -> Option<Direction> {
        Self::ALL.iter().find(|(_, known)| *known == name).map(|(direction, _)| *direction)
    }
}

impl Disposition {
    /// Every disposition, with its name.
    pub const ALL: [(Disposition, &'static str); 6] = [
        (Disposition::Answered, "answered"),
        (Disposition::Busy, "busy"),
        (Disposition::NoAnswer, "no_answer"),
        (Disposition::Refused, "refused"),
        (Disposition::Cancelled, "cancelled"),
        (Disposition::Failed, "failed"),
    ];

    /// The disposition's name.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(disposition, _)| *disposition == self).map_or("", |(_, name)| name)
    }

    /// The disposition of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Disposition> {
        Self::ALL.iter().find(|(_, known)| *known == name).map(|(disposition, _)| *disposition)
    }
}
