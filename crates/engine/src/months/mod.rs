//! Closing a month: from then on nothing is posted in it, and what was posted is sealed.
//!
//! It is done in two steps. The first closes the month behind a fence that posters wait at for an instant; what is posted after it lies after the
//! month, whatever the clock of who posts says ([`storage::ledger::insert_entries`]). The second reads the entries, which are final now, and
//! seals them: that takes as long as it takes, and keeps nobody waiting. Where it is broken off it is done again by whoever closes the month
//! again, and comes to the same.

mod check;
mod seal;

use std::collections::BTreeMap;

use domain::invalid::Invalid;
use domain::money::{Amount, Currency, Overflow, UnknownCurrency};
use domain::months::{self as rules, NotClosable};
use domain::period::{Period, PeriodError};
use domain::time::{Instant, Zone};
use serde::{Deserialize, Serialize};
use storage::months::MonthRecord;

pub(crate) use self::check::check;
use crate::tenants::{self, TenantError};
use crate::{Actor, Engine, Scope, Work};

/// A month of the books.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Month {
    /// Which one, such as `2026-10`.
    pub month: String,
    /// Its first instant; none of the first that is closed, which everything before is a part of.
    pub from: Option<Instant>,
    /// The first instant after it.
    pub to: Instant,
    /// When it was closed; none of one that is open.
    pub closed_at: Option<Instant>,
    /// What it is sealed with; none of one that is open, or that is about to be sealed.
    pub seal: Option<Seal>,
}

/// What a month is sealed with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seal {
    /// How many entries it has.
    pub entries: i64,
    /// What they come to.
    pub sums: BTreeMap<Currency, Sum>,
    /// The hash of the month before; none of the first.
    pub previous: Option<String>,
    /// The SHA-256 of the hash before and of all its entries, in hexadecimal digits.
    pub hash: String,
}

/// What the entries of a currency come to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sum {
    /// How many there are.
    pub entries: i64,
    /// What they have moved in all.
    pub amount: Amount,
}

/// Why a month is not closed.
#[derive(Debug, thiserror::Error)]
pub enum MonthError {
    /// It is no month.
    #[error(transparent)]
    NoMonth(#[from] PeriodError),
    /// Its time has not come.
    #[error(transparent)]
    NotClosable(#[from] NotClosable),
    /// A bill of it is missing.
    #[error(
        "a period of the customer {customer} that ended by then is not billed: run the bills, and see what failed, before {month} is closed"
    )]
    NotBilled {
        /// The month.
        month: String,
        /// The customer.
        customer: String,
    },
    /// A sum is beyond its range.
    #[error(transparent)]
    Overflow(#[from] Overflow),
    /// A record has an unknown currency: the database was edited by hand.
    #[error(transparent)]
    Currency(#[from] UnknownCurrency),
    /// A record cannot be read: the database was edited by hand.
    #[error(transparent)]
    Unreadable(#[from] Invalid),
    /// The tenant's settings could not be read.
    #[error(transparent)]
    Tenant(#[from] TenantError),
    /// The database did not do it.
    #[error(transparent)]
    Storage(#[from] storage::Error),
}

crate::work::carries_storage!(MonthError: Tenant);

/// The months of the books, the newest first: from the first in which something was posted, or the one before this, up to this one. Those that
/// were closed with a later one are not named.
///
/// # Errors
/// The database does not answer, or was edited by hand.
pub async fn list(scope: &mut impl Scope) -> Result<Vec<Month>, MonthError> {
    let (tenant, now) = (scope.tenant(), scope.now());
    let zone = tenants::get(scope).await?.settings.time_zone;
    let today = zone.date(now);
    let closed = storage::months::all(scope.tx(), tenant).await?;
    let first = match closed.last() {
        Some(last) => Period::month(&last.month)?.to(),
        None => {
            let posted_at = storage::ledger::first_posted_at(scope.tx(), tenant).await?.map(Instant::clamped);
            let before = today.first_of_month().yesterday().unwrap_or(today);
            posted_at.map_or(before, |at| zone.date(at).min(before))
        }
    };
    let mut months = closed.into_iter().map(Month::of).collect::<Result<Vec<_>, _>>()?;
    for period in rules::between(first, today) {
        let from = months.last().map_or_else(|| zone.start_of_day(period.from()), |before| before.to);
        let (month, to) = (rules::name(period), zone.start_of_day(period.to()));
        months.push(Month { month, from: Some(from), to, closed_at: None, seal: None });
    }
    months.reverse();
    Ok(months)
}

/// Closes a month that has ended and is billed, and seals it. Sent again while it is not sealed, it goes on.
///
/// # Errors
/// It is no month, it has not ended, it is closed, one before it is open, something of it is not billed, a sum is beyond its range, or the
/// database does not do it.
pub async fn close(engine: &Engine, actor: &Actor, month: &str) -> Result<Month, MonthError> {
    let period = Period::month(month)?;
    engine.run(actor, |work| Box::pin(begin(work, period))).await?;
    seal::seal_all(engine, actor).await?;
    let mut view = engine.view(actor).await?;
    let sealed = storage::months::all(view.tx(), actor.tenant).await?.into_iter().find(|record| record.month == month);
    match sealed {
        Some(record) => Month::of(record),
        None => Err(Invalid::at("/month", "is gone").into()),
    }
}

/// The first step: from its commit on nothing is posted in the month.
async fn begin(work: &mut Work, period: Period) -> Result<(), MonthError> {
    let zone = tenants::get(work).await?.settings.time_zone;
    // Asked before anybody is kept waiting, and again when nobody else closes a month.
    if decide(work, period, &zone).await?.is_none() {
        return Ok(());
    }
    storage::months::fence(&mut work.tx).await?;
    let Some(record) = decide(work, period, &zone).await? else { return Ok(()) };
    let tenant = work.tenant();
    storage::months::insert(&mut work.tx, tenant, &record).await?;
    Ok(work.audit("month.close", &record.month, None, Some(&record.month)).await?)
}

/// The month as it is to be closed; none, where it was and is only to be sealed.
async fn decide(work: &mut Work, period: Period, zone: &Zone) -> Result<Option<MonthRecord>, MonthError> {
    let (tenant, now) = (work.tenant(), work.now());
    let month = rules::name(period);
    let last = storage::months::last(&mut work.tx, tenant).await?;
    if last.as_ref().is_some_and(|last| last.month == month && last.hash.is_none()) {
        return Ok(None);
    }
    let last_month = last.as_ref().map(|last| Period::month(&last.month)).transpose()?;
    rules::closable(period, last_month, zone.date(now))?;
    let to_at = zone.start_of_day(period.to()).millis();
    if let Some(customer) = storage::months::unbilled(&mut work.tx, tenant, to_at).await? {
        return Err(MonthError::NotBilled { month, customer });
    }
    Ok(Some(MonthRecord {
        month,
        from_at: last.map(|last| last.to_at),
        to_at,
        closed_at: now.millis(),
        entries: None,
        sums: None,
        previous: None,
        hash: None,
    }))
}

impl Month {
    fn of(record: MonthRecord) -> Result<Self, MonthError> {
        Ok(Month {
            seal: Seal::of(&record)?,
            month: record.month,
            from: record.from_at.map(Instant::clamped),
            to: Instant::clamped(record.to_at),
            closed_at: Some(Instant::clamped(record.closed_at)),
        })
    }
}

impl Seal {
    /// What a month is sealed with; none, where it is not.
    fn of(record: &MonthRecord) -> Result<Option<Seal>, MonthError> {
        let (Some(entries), Some(sums), Some(hash)) = (record.entries, &record.sums, &record.hash) else {
            return Ok(None);
        };
        let texts: BTreeMap<String, Sum> = domain::invalid::parse(sums.as_bytes())?;
        let sums = texts.into_iter().map(|(code, sum)| Ok((Currency::parse(&code)?, sum)));
        let sums = sums.collect::<Result<_, UnknownCurrency>>()?;
        Ok(Some(Seal { entries, sums, previous: record.previous.clone(), hash: hash.clone() }))
    }
}
