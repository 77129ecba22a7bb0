//! Re-rating: what finished calls would cost at other prices, and the differences posted on confirmation.

use domain::invalid::Invalid;
use domain::money::Amount;
use domain::time::Instant;
use serde::{Deserialize, Serialize};
use storage::calls::{CallFilter, CallRecord};
use storage::reratings::{ReratedCallRecord, ReratingRecord};

use super::directory::Directory;
use super::late::{self, Difference};
use super::price::{Parts, started_at, terms};
use super::stored::{Priced, price_of};
use super::{CallError, FinishedCall, Price};
use crate::accounts::{self, AccountError};
use crate::ledger::{self, Kind, LedgerError, Verdict};
use crate::{Actor, Engine, Scope, Work, refunds};

/// Which calls are to be rated again, and at which prices.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// Ended at or after.
    pub from: Instant,
    /// Ended before.
    pub to: Instant,
    /// Only those that this customer pays.
    #[serde(default)]
    pub customer: Option<String>,
    /// Only those of this line.
    #[serde(default)]
    pub line: Option<String>,
    /// The plan version that prices them; without it, the version that was in force for each call.
    #[serde(default)]
    pub plan_version: Option<String>,
    /// The deck version that prices those whose plan has this deck; without it, the version that was in force for each call.
    #[serde(default)]
    pub deck_version: Option<String>,
}

/// A re-rating: proposed, or confirmed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rerating {
    /// Its id.
    pub id: String,
    /// Whether the differences are posted.
    pub confirmed: bool,
    /// What was asked for.
    pub request: Request,
    /// The sums.
    pub summary: Summary,
    /// When it was proposed.
    pub created_at: Instant,
}

/// The sums of a re-rating.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// How many calls were looked at.
    pub calls: i64,
    /// How many of them cost something else.
    pub changed: i64,
    /// How many have no price at the new terms; they keep theirs.
    pub unpriced: i64,
    /// What the changed calls cost before.
    pub before: Amount,
    /// What they cost after.
    pub after: Amount,
}

/// What a confirmation did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confirmed {
    /// How many calls have their new price.
    pub posted: i64,
    /// How many prepaid calls keep their old price, since a debit was not asked for or not covered.
    pub kept: i64,
    /// How many were changed by somebody else since the proposal; they keep what they have.
    pub changed_since: i64,
    /// What was added to the charges, less what was given back.
    pub difference: Amount,
}

/// Why a re-rating is not made, shown or confirmed.
#[derive(Debug, thiserror::Error)]
pub enum RerateError {
    /// There is no such re-rating.
    #[error("there is no re-rating {0}")]
    NotFound(String),
    /// It is confirmed already.
    #[error("the re-rating {0} is confirmed already")]
    AlreadyConfirmed(String),
    /// A field makes no sense.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// A call could not be rated.
    #[error(transparent)]
    Call(#[from] CallError),
    /// An account could not be read.
    #[error(transparent)]
    Account(#[from] AccountError),
    /// The ledger did not take it.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The database did not do it.
    #[error(transparent)]
    Storage(#[from] storage::Error),
}

crate::work::carries_storage!(RerateError: Account, Call, Ledger);

/// Calls that are looked at in one transaction.
const PAGE: i64 = 500;
/// Calls that are charged in one transaction: no transaction is to keep others waiting for long.
const CONFIRMED_PAGE: i64 = 100;

/// Rates calls again and writes down what would change; nothing is charged. Only prices of plans and decks change: agents' calls
/// keep theirs, and so do calls of which something was refunded.
///
/// # Errors
/// The request makes no sense, or the database did not do it.
pub async fn propose(engine: &Engine, actor: &Actor, request: &Request) -> Result<Rerating, RerateError> {
    if request.from >= request.to {
        return Err(Invalid::at("/to", "must be after from").into());
    }
    let mut id = None;
    let (mut summary, mut after) = (Summary::default(), String::new());
    loop {
        let state = (id.clone(), after.clone(), summary.clone());
        let page = engine.run(actor, |work| {
            let (state, request) = (state.clone(), request.clone());
            Box::pin(async move { propose_page(work, &request, state).await })
        });
        let (rerating, last) = page.await?;
        summary = rerating.summary.clone();
        match last {
            Some(last) => (id, after) = (Some(rerating.id), last),
            None => return Ok(rerating),
        }
    }
}

/// One page of a proposal: the re-rating so far, and the last call, if there may be more.
async fn propose_page(
    work: &mut Work,
    request: &Request,
    (id, after, mut summary): (Option<String>, String, Summary),
) -> Result<(Rerating, Option<String>), RerateError> {
    let tenant = work.tenant();
    let filter = CallFilter {
        customer: request.customer.as_deref(),
        line: request.line.as_deref(),
        from: Some(request.from.millis()),
        to: Some(request.to.millis()),
        ..CallFilter::default()
    };
    let records = storage::calls::rated(&mut work.tx, tenant, &filter, &after, PAGE).await?;
    let last = records.last().filter(|_| i64::try_from(records.len()) == Ok(PAGE)).map(|record| record.id.clone());
    let calls: Vec<FinishedCall> = records.iter().map(FinishedCall::of).collect();
    let directory = Directory::for_calls(work, &calls).await?;
    request.check(&directory)?;
    let mut changed = Vec::new();
    for (record, call) in records.into_iter().zip(&calls) {
        summary.calls += 1;
        match new_price(work, &directory, request, (&record, call)).await? {
            None => summary.unpriced += 1,
            Some((before, after)) if before.total == after.total => {}
            Some((before, after)) => {
                summary.changed += 1;
                summary.before = summary.before.plus(before.total).map_err(LedgerError::from)?;
                summary.after = summary.after.plus(after.total).map_err(LedgerError::from)?;
                let text = |price| serde_json::to_string(price).unwrap_or_default();
                changed.push(ReratedCallRecord { call: record.id, before: text(&before), after: text(&after) });
            }
        }
    }
    let rerating = Rerating {
        id: id.clone().unwrap_or_else(|| work.id("rer")),
        confirmed: false,
        request: request.clone(),
        summary,
        created_at: work.now(),
    };
    storage::reratings::save(&mut work.tx, &rerating.record(tenant)).await?;
    storage::reratings::insert_calls(&mut work.tx, tenant, &rerating.id, &changed).await?;
    if last.is_none() {
        work.audit("rerating.propose", &rerating.id, None, Some(&rerating.summary)).await?;
    }
    Ok((rerating, last))
}

/// A call's price before and after; `None` where it has none at the new terms.
async fn new_price(
    work: &mut Work,
    directory: &Directory,
    request: &Request,
    (record, call): (&CallRecord, &FinishedCall),
) -> Result<Option<(Price, Price)>, RerateError> {
    let Some(before) = price_of(record)? else { return Ok(None) };
    // Of one whose customer is erased it is not known where it led.
    if !matches!(before.source.as_str(), "plan" | "deck") || record.to_number.is_empty() {
        return Ok(Some((before.clone(), before)));
    }
    let Ok(mut terms) = terms(work, directory, call).await? else { return Ok(None) };
    if let Some(version) = &request.plan_version {
        terms = terms.with_plan(work, directory, version, started_at(call)).await?;
    }
    if let Some(version) = &request.deck_version {
        terms = terms.with_deck(work, directory, version).await?;
    }
    // The minutes that it used stay used, also where the new terms have no use for them: the count of them is not touched.
    let included = before.included_seconds();
    let Ok(rated) = terms.rate(directory, call, included) else { return Ok(None) };
    if rated.price.total != before.total && refunds::any(work, &record.id).await? {
        return Ok(Some((before.clone(), before)));
    }
    Ok(Some((before, Price { allowance_seconds: included, ..rated.price })))
}

impl Request {
    fn check(&self, directory: &Directory) -> Result<(), Invalid> {
        let unknown = |pointer: &str, version: &str| Invalid::at(pointer, format!("there is no version {version}"));
        if let Some(version) = self.plan_version.as_deref().filter(|version| !directory.has_plan_version(version)) {
            return Err(unknown("/plan_version", version));
        }
        if let Some(version) = self.deck_version.as_deref().filter(|version| directory.deck_of(version).is_none()) {
            return Err(unknown("/deck_version", version));
        }
        Ok(())
    }
}

/// Posts the differences of a proposed re-rating, as new entries beside the old ones, and gives the calls their new prices. What
/// is given back is given back at once; a prepaid customer is debited only if `debit_prepaid`, and only what is available covers.
/// Broken off and called again, it goes on where it was.
///
/// # Errors
/// There is none, it is confirmed already, or the database did not do it.
pub async fn confirm(engine: &Engine, actor: &Actor, id: &str, debit_prepaid: bool) -> Result<Confirmed, RerateError> {
    let (mut done, mut after) = (Confirmed::default(), String::new());
    loop {
        let state = (done.clone(), after.clone());
        let page = engine.run(actor, |work| {
            let ((done, after), id) = (state.clone(), id.to_owned());
            Box::pin(async move { confirm_page(work, &id, debit_prepaid, done, &after).await })
        });
        let (so_far, last) = page.await?;
        done = so_far;
        match last {
            Some(last) => after = last,
            None => return Ok(done),
        }
    }
}

async fn confirm_page(
    work: &mut Work,
    id: &str,
    debit_prepaid: bool,
    mut done: Confirmed,
    after: &str,
) -> Result<(Confirmed, Option<String>), RerateError> {
    let tenant = work.tenant();
    if get(work, id).await?.confirmed {
        return Err(RerateError::AlreadyConfirmed(id.to_owned()));
    }
    let page = storage::reratings::calls(&mut work.tx, tenant, id, Some(after), CONFIRMED_PAGE).await?;
    let last = page.last().map(|call| call.call.clone());
    for rerated in page {
        apply(work, id, &rerated, debit_prepaid, &mut done).await?;
    }
    if last.is_none() {
        let now = work.now().millis();
        if !storage::reratings::confirm(&mut work.tx, tenant, id, now).await? {
            return Err(RerateError::AlreadyConfirmed(id.to_owned()));
        }
        work.audit("rerating.confirm", id, None, Some(&done)).await?;
    }
    Ok((done, last))
}

async fn apply(
    work: &mut Work,
    id: &str,
    rerated: &ReratedCallRecord,
    debit_prepaid: bool,
    done: &mut Confirmed,
) -> Result<(), RerateError> {
    let tenant = work.tenant();
    let Some(found) = storage::calls::get(&mut work.tx, tenant, &rerated.call).await? else { return Ok(()) };
    let locked = storage::calls::lock_by_origin(&mut work.tx, tenant, &found.origin).await?;
    let Some(mut record) = locked else { return Ok(()) };
    let before: Price = domain::invalid::parse(rerated.before.as_bytes())?;
    let after: Price = domain::invalid::parse(rerated.after.as_bytes())?;
    let minus = |a: Amount, b: Amount| a.minus(b).map_err(LedgerError::from);
    let difference = minus(after.total, before.total)?;
    let cause = format!("{id}/{}", record.id);
    if price_of(&record)?.as_ref() != Some(&before) {
        // A confirmation that was broken off, or runs from another side, may have changed it.
        if storage::ledger::entries_about(&mut work.tx, tenant, &cause).await?.is_empty() {
            done.changed_since += 1;
            return Ok(());
        }
        return done.add(difference);
    }
    if refunds::any(work, &record.id).await? {
        done.changed_since += 1;
        return Ok(());
    }
    let customer = record.customer.clone().unwrap_or_default();
    let prepaid = {
        let found = storage::customers::get(&mut work.tx, tenant, &customer).await?;
        found.is_some_and(|customer| customer.mode == "prepaid")
    };
    if prepaid && difference > Amount::ZERO {
        let available =
            accounts::lock(work, &customer, after.currency).await?.available().map_err(LedgerError::from)?;
        if !debit_prepaid || available.is_some_and(|available| available < difference) {
            done.kept += 1;
            return Ok(());
        }
    }
    let parts = Parts {
        cause: &cause,
        kind: Kind::Rerating,
        call: &record.id,
        customer: &customer,
        agent: None,
        currency: after.currency,
        agent_part: Amount::ZERO,
        tax: minus(after.tax, before.tax)?,
        total: difference,
        promotional: given_back(work, &record.id, (before.total, after.total)).await?,
    };
    let postings = parts.postings().map_err(LedgerError::from)?;
    let verdicts = ledger::post(work, &postings).await?;
    if verdicts.iter().any(|verdict| *verdict != Verdict::Posted) {
        return Err(CallError::Contended(record.id).into());
    }
    if let (false, Some(line), Some(ended_at), Some(_)) = (prepaid, &record.line, record.ended_at, record.answered_at) {
        let Parts { cause, call, customer, total, tax, .. } = parts;
        late::bill_difference(work, &Difference { cause, call, customer, line, ended_at, total, tax }).await?;
    }
    record.set_price(&after);
    record.version += 1;
    if !storage::calls::replace(&mut work.tx, tenant, &record).await? {
        return Err(CallError::Contended(record.id).into());
    }
    done.add(difference)
}

/// How much promotional credit goes back to the customer where the price of a call falls.
async fn given_back(work: &mut Work, call: &str, (before, after): (Amount, Amount)) -> Result<Amount, LedgerError> {
    if after >= before {
        return Ok(Amount::ZERO);
    }
    let spent = ledger::taken(work, call, "", before).await?;
    Ok(spent.give_back(before.minus(after)?)?.promotional)
}

impl Confirmed {
    fn add(&mut self, difference: Amount) -> Result<(), RerateError> {
        self.posted += 1;
        self.difference = self.difference.plus(difference).map_err(LedgerError::from)?;
        Ok(())
    }
}

/// The re-rating.
///
/// # Errors
/// There is none, or the database does not answer.
pub async fn get(scope: &mut impl Scope, id: &str) -> Result<Rerating, RerateError> {
    let tenant = scope.tenant();
    let record = storage::reratings::get(scope.tx(), tenant, id).await?;
    let record = record.ok_or_else(|| RerateError::NotFound(id.to_owned()))?;
    Ok(Rerating {
        confirmed: record.state == "confirmed",
        request: domain::invalid::parse(record.request.as_bytes())?,
        summary: domain::invalid::parse(record.summary.as_bytes())?,
        created_at: Instant::clamped(record.created_at),
        id: record.id,
    })
}

/// A page of the calls that a re-rating changes, by id, those after `after`: the call, its price before and after.
///
/// # Errors
/// The database does not answer.
pub async fn calls(
    scope: &mut impl Scope,
    id: &str,
    after: Option<&str>,
    limit: i64,
) -> Result<Vec<(String, Price, Price)>, RerateError> {
    let tenant = scope.tenant();
    let mut page = Vec::new();
    for record in storage::reratings::calls(scope.tx(), tenant, id, after, limit).await? {
        let before = domain::invalid::parse(record.before.as_bytes())?;
        page.push((record.call, before, domain::invalid::parse(record.after.as_bytes())?));
    }
    Ok(page)
}

impl Rerating {
    fn record(&self, tenant: i64) -> ReratingRecord {
        ReratingRecord {
            tenant,
            id: self.id.clone(),
            state: "proposed".to_owned(),
            request: serde_json::to_string(&self.request).unwrap_or_default(),
            summary: serde_json::to_string(&self.summary).unwrap_or_default(),
            created_at: self.created_at.millis(),
            confirmed_at: None,
        }
    }
}
