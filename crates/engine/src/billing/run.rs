//! The bill run: closes every period that has ended, one by one, the oldest first.

use std::collections::BTreeMap;

use domain::money::Amount;
use domain::period::Period;
use domain::time::Instant;
use futures::future::try_join_all;
use serde::{Deserialize, Serialize};
use storage::bill_runs::BillRunRecord;
use storage::billing::BillingRecord;

use super::compose::{Composed, Terms, compose};
use super::files::{self, Catalogue, CustomerFile, Named, period_of, record_of};
use super::issue::{Ready, issue};
use super::{BillingError, prepaid};
use crate::customers::Mode;
use crate::tenants::{self, Settings, Tenant};
use crate::{Actor, Engine, Scope, Work};

/// How many periods one transaction bills. On SQLite nobody else writes meanwhile: some milliseconds are enough to make others wait.
/// PostgreSQL keeps nobody waiting but these customers' calls, and each statement is a journey to the server.
const fn periods_at_once(engine: storage::Engine) -> i64 {
    match engine {
        storage::Engine::Sqlite => 100,
        storage::Engine::Postgres => 400,
    }
}

/// How many transactions bill at once: while PostgreSQL works on one, the other is computed.
const fn transactions_at_once(engine: storage::Engine) -> usize {
    match engine {
        storage::Engine::Sqlite => 1,
        storage::Engine::Postgres => 2,
    }
}

/// No transaction has fewer customers than that, unless there are no more.
const FEWEST_CUSTOMERS: usize = 100;
/// When a customer who could not be billed is tried again.
pub(super) const RETRY_MILLIS: i64 = 3_600_000;
/// How many failures a run's summary tells.
const MOST_FAILURES: usize = 100;

/// A bill run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BillRun {
    /// Its id.
    pub id: String,
    /// When it began.
    pub started_at: Instant,
    /// When it ended; `None` while it runs, and for one that was broken off.
    pub finished_at: Option<Instant>,
    /// How many invoices it issued.
    pub issued: i64,
    /// How many customers it could not bill.
    pub failed: i64,
    /// What it did.
    pub summary: RunSummary,
}

/// What a bill run did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunSummary {
    /// What it issued, by currency; the largest amount that there is, where it was more than that.
    pub totals: BTreeMap<String, Amount>,
    /// The first customers whom it could not bill, and why.
    pub failures: Vec<RunFailure>,
}

/// A customer who could not be billed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunFailure {
    /// Who.
    pub customer: String,
    /// Why.
    pub reason: String,
}

/// Closes every period of the tenant that has ended. Running it again, or twice at once, changes nothing: what is billed is billed.
/// `progress` is told after each transaction how many invoices were issued.
///
/// # Errors
/// The database does not do it. What was issued before stays issued; the next run goes on.
pub async fn run(
    engine: &Engine,
    actor: &Actor,
    progress: impl Fn(i64) + Send + Sync,
) -> Result<BillRun, BillingError> {
    let mut run = engine.run(actor, |work| Box::pin(begin(work))).await?;
    let database = engine.store().engine();
    let at_once = transactions_at_once(database);
    let limit = periods_at_once(database) * i64::try_from(at_once).unwrap_or(1);
    loop {
        let due = {
            let mut view = engine.view(actor).await?;
            let now = view.now().millis();
            storage::billing::due_customers(view.tx(), actor.tenant, now, limit).await?
        };
        if due.is_empty() {
            engine.run(actor, |work| Box::pin(resume_stranded(work))).await?;
            break;
        }
        let parts = due.chunks(due.len().div_ceil(at_once).max(FEWEST_CUSTOMERS));
        for done in try_join_all(parts.map(|part| bill_each(engine, actor, part, &run.id))).await? {
            run.add(&done);
        }
        progress(run.issued);
    }
    run.finished_at = Some(engine.clock().now());
    engine
        .run(actor, |work| {
            let record = run.record();
            Box::pin(async move {
                let tenant = work.tenant();
                Ok::<_, BillingError>(storage::bill_runs::save(&mut work.tx, tenant, &record).await?)
            })
        })
        .await?;
    Ok(run)
}

/// Bills these customers in one transaction; where that fails, each in one of its own, so that nobody waits for another's fault.
async fn bill_each(engine: &Engine, actor: &Actor, due: &[String], run: &str) -> Result<Done, BillingError> {
    let together = bill_together(engine, actor, due, run).await;
    let done = match together {
        Ok(done) => done,
        Err(error) if is_away(&error) && !answers(engine, actor).await => return Err(error),
        Err(error) if due.len() == 1 => Done::failed(&due[0], &error),
        Err(_) => {
            let mut all = Done::default();
            for customer in due {
                let one = std::slice::from_ref(customer);
                all.join(Box::pin(bill_each(engine, actor, one, run)).await?);
            }
            return Ok(all);
        }
    };
    for failure in &done.failures {
        engine.run(actor, |work| Box::pin(fail(work, failure.clone()))).await?;
    }
    Ok(done)
}

async fn bill_together(engine: &Engine, actor: &Actor, due: &[String], run: &str) -> Result<Done, BillingError> {
    engine
        .run(actor, |work| {
            let (due, run) = (due.to_vec(), run.to_owned());
            Box::pin(async move { bill(work, &due, &run).await })
        })
        .await
}

/// Whether the database answers: what it could not do was then too much for one statement.
async fn answers(engine: &Engine, actor: &Actor) -> bool {
    match engine.view(actor).await {
        Ok(mut view) => tenants::get(&mut view).await.is_ok(),
        Err(_) => false,
    }
}

/// Whether the database may be what failed, rather than the customer's records.
fn is_away(error: &BillingError) -> bool {
    use storage::Error::{TryAgain, Unavailable};
    matches!(storage::FromStorage::storage_error(error), Some(Unavailable(_) | TryAgain(_)))
}

/// Closes every period of one customer that has ended. Answers the invoices' ids, the oldest first.
///
/// # Errors
/// The customer cannot be billed; nothing is.
pub async fn run_customer(work: &mut Work, customer: &str) -> Result<Vec<String>, BillingError> {
    let mut run = BillRun::begun(work);
    let mut issued = Vec::new();
    loop {
        let done = bill(work, &[customer.to_owned()], &run.id).await?;
        run.add(&done);
        if let Some(failure) = done.failures.into_iter().next() {
            return Err(BillingError::NotBilled { reason: failure.reason });
        }
        issued.extend(done.issued);
        if !done.more {
            break;
        }
    }
    if !issued.is_empty() {
        run.finished_at = Some(work.now());
        let tenant = work.tenant();
        storage::bill_runs::save(&mut work.tx, tenant, &run.record()).await?;
    }
    Ok(issued)
}

async fn begin(work: &mut Work) -> Result<BillRun, BillingError> {
    let run = BillRun::begun(work);
    let tenant = work.tenant();
    storage::bill_runs::save(&mut work.tx, tenant, &run.record()).await?;
    Ok(run)
}

/// What one transaction of a run did.
#[derive(Default)]
struct Done {
    issued: Vec<String>,
    totals: BTreeMap<String, Amount>,
    failures: Vec<RunFailure>,
    /// Whether it found something to do.
    more: bool,
}

/// Bills the oldest due periods of these customers. A customer who cannot be billed is named, and left as it was.
async fn bill(work: &mut Work, customers: &[String], run: &str) -> Result<Done, BillingError> {
    let tenant = tenants::get(work).await?;
    let now = work.now();
    let mut files = locked(work, &tenant, customers).await?;
    for file in &mut files {
        let begun = file.begin_periods(&tenant.settings, now)?;
        storage::billing::save(&mut work.tx, tenant.tenant, &begun).await?;
    }
    let due: Vec<Vec<&BillingRecord>> = files.iter().map(|file| file.due_together(now)).collect();
    let rows: Vec<&BillingRecord> = due.iter().flatten().copied().collect();
    if rows.is_empty() {
        return Ok(Done::default());
    }
    let usage = files::usage(work, &tenant, &rows).await?;
    let mut catalogue = Catalogue::load(work, &tenant).await?;
    let late = files.iter().flat_map(|file| &file.late);
    let sums = usage.values().flatten().chain(late);
    let named: Vec<Named<'_>> = sums.map(|sum| (sum.deck_version.as_ref(), sum.agent.as_ref())).collect();
    catalogue.learn(work, &named).await?;
    let terms = Terms { settings: &tenant.settings, catalogue: &catalogue, usage: &usage };
    let mut done = Done { more: true, ..Done::default() };
    let (mut ready, mut closed) = (Vec::new(), Vec::new());
    for (file, periods) in files.iter().zip(due) {
        if periods.is_empty() {
            continue;
        }
        match file.customer.mode {
            Mode::Postpaid => match compose(&terms, file, &periods) {
                Ok(bills) => ready.push(Ready { file, bills: worth_issuing(bills, &tenant.settings) }),
                Err(error) => {
                    done.failures.push(RunFailure { customer: file.customer.id.clone(), reason: error.to_string() });
                    continue;
                }
            },
            Mode::Prepaid => {}
        }
        closed.push((file, periods));
    }
    for bills in &ready {
        done.count(bills);
    }
    done.issued = issue(work, &tenant, &ready, run).await?;
    advance(work, &tenant, &closed, &catalogue).await?;
    Ok(done)
}

/// The files of these customers, whose accounts nobody else changes until the work ends: no call can be posted to a period while it
/// is billed.
async fn locked(work: &mut Work, tenant: &Tenant, customers: &[String]) -> Result<Vec<CustomerFile>, BillingError> {
    let ids: Vec<&str> = customers.iter().map(String::as_str).collect();
    let records = storage::customers::some(&mut work.tx, tenant.tenant, &ids).await?;
    let accounts: Vec<(&str, &str)> =
        records.iter().map(|record| (record.id.as_str(), record.currency.as_str())).collect();
    storage::ledger::lock_accounts(&mut work.tx, tenant.tenant, &accounts).await?;
    files::of(work, tenant, records).await
}

/// Those of the bills that have something on them, or all if the tenant wants empty ones too.
fn worth_issuing(bills: Vec<Composed>, settings: &Settings) -> Vec<Composed> {
    let keep = |composed: &Composed| settings.billing.empty_invoices || !composed.bill.lines.is_empty();
    bills.into_iter().filter(keep).collect()
}

/// A customer, and those of its periods that are closed.
type Closed<'a> = (&'a CustomerFile, Vec<&'a BillingRecord>);

/// Begins the next periods of lines whose periods are closed; of a line that is closed there is none.
async fn advance(
    work: &mut Work,
    tenant: &Tenant,
    closed: &[Closed<'_>],
    catalogue: &Catalogue,
) -> Result<(), BillingError> {
    let (mut next, mut ended) = (Vec::new(), Vec::new());
    for (file, periods) in closed {
        let first = next.len();
        for row in periods {
            match file.period_after(row, &tenant.settings)? {
                Some(row) => next.push(row),
                None => ended.push(row.line.as_str()),
            }
        }
        if file.customer.mode == Mode::Prepaid {
            prepaid::close(work, tenant, file, periods, (&mut next[first..], catalogue)).await?;
        }
    }
    storage::billing::save(&mut work.tx, tenant.tenant, &next).await?;
    Ok(storage::billing::end(&mut work.tx, tenant.tenant, &ended).await?)
}

impl CustomerFile {
    /// The periods that have ended, those of them that ended first.
    fn due_together(&self, now: Instant) -> Vec<&BillingRecord> {
        let first = self.periods.first().filter(|row| row.ends_at <= now.millis());
        self.periods.iter().filter(|row| first.is_some_and(|first| row.ends_at == first.ends_at)).collect()
    }

    /// The period that follows this one, if one does.
    fn period_after(&self, row: &BillingRecord, settings: &Settings) -> Result<Option<BillingRecord>, BillingError> {
        if !self.goes_on(row) {
            return Ok(None);
        }
        let period = period_of(row)?.next(self.billing_day(settings, &row.line))?;
        let begins = Instant::clamped(row.ends_at);
        Ok(Some(record_of(&row.line, &row.customer, period, begins, &settings.time_zone)))
    }

    /// Whether another period follows this one.
    fn goes_on(&self, row: &BillingRecord) -> bool {
        match self.line(&row.line) {
            Some(line) => line.record.closed_at.is_none_or(|closed_at| closed_at > row.ends_at),
            None => self.items.iter().any(|item| {
                let ends = item.to_at.is_some_and(|to_at| to_at <= row.ends_at);
                item.line.is_none() && !ends && (item.kind == "recurring" || item.from_at >= row.ends_at)
            }),
        }
    }

    /// Finds the first periods of lines that were there before there were periods, and answers those.
    pub(super) fn begin_periods(
        &mut self,
        settings: &Settings,
        now: Instant,
    ) -> Result<Vec<BillingRecord>, BillingError> {
        let unset: Vec<usize> = (0..self.periods.len()).filter(|at| self.periods[*at].from_day.is_empty()).collect();
        let mut begun = Vec::with_capacity(unset.len());
        for at in unset {
            let row = &self.periods[at];
            let day = self.billing_day(settings, &row.line);
            let zone = &settings.time_zone;
            // Prepaid months that are over owe no fee any more: nobody asked for it when they began.
            let period = match self.customer.mode {
                Mode::Postpaid => Period::starting(zone.date(Instant::clamped(row.starts_at)), day)?,
                Mode::Prepaid => Period::containing(zone.date(now), day)?,
            };
            self.periods[at] = record_of(&row.line, &row.customer, period, zone.start_of_day(period.from()), zone);
            begun.push(self.periods[at].clone());
        }
        self.periods.sort_by_key(|row| row.ends_at);
        Ok(begun)
    }
}

/// Begins periods for what waits for customers who have no line any more.
async fn resume_stranded(work: &mut Work) -> Result<(), BillingError> {
    let tenant = work.tenant();
    for customer in storage::unbilled::stranded_customers(&mut work.tx, tenant).await? {
        resume(work, &customer).await?;
    }
    Ok(())
}

async fn resume(work: &mut Work, customer: &str) -> Result<(), BillingError> {
    let tenant = tenants::get(work).await?;
    let customer = crate::customers::get(work, customer).await?;
    let day = customer.details.billing_day.unwrap_or(tenant.settings.billing.billing_day);
    let zone = &tenant.settings.time_zone;
    let period = Period::starting(zone.date(work.now()), day)?;
    let row = record_of(&customer.id, &customer.id, period, work.now(), zone);
    Ok(storage::billing::save(&mut work.tx, tenant.tenant, &[row]).await?)
}

async fn fail(work: &mut Work, failure: RunFailure) -> Result<(), BillingError> {
    let (tenant, now) = (work.tenant(), work.now().millis());
    let when = (now, now + RETRY_MILLIS);
    Ok(storage::billing::fail(&mut work.tx, tenant, &failure.customer, &failure.reason, when).await?)
}

impl Done {
    fn failed(customer: &str, error: &BillingError) -> Self {
        let failure = RunFailure { customer: customer.to_owned(), reason: error.to_string() };
        Done { failures: vec![failure], ..Done::default() }
    }

    fn join(&mut self, other: Done) {
        self.issued.extend(other.issued);
        self.failures.extend(other.failures);
        for (currency, total) in other.totals {
            add_to(&mut self.totals, currency, total);
        }
    }

    fn count(&mut self, ready: &Ready<'_>) {
        for bill in &ready.bills {
            add_to(&mut self.totals, ready.file.customer.currency.to_string(), bill.bill.total);
        }
    }
}

/// Adds to what was issued in a currency. A sum that cannot be told must not stop what it only tells of.
fn add_to(totals: &mut BTreeMap<String, Amount>, currency: String, amount: Amount) {
    let sum = totals.entry(currency).or_default();
    *sum = Amount::from_micros(sum.micros().saturating_add(amount.micros()));
}

/// The bill run.
///
/// # Errors
/// There is none, or the database does not answer.
pub async fn get(scope: &mut impl Scope, id: &str) -> Result<BillRun, BillingError> {
    let tenant = scope.tenant();
    let record = storage::bill_runs::get(scope.tx(), tenant, id).await?;
    BillRun::of(record.ok_or_else(|| BillingError::NoSuchRun(id.to_owned()))?)
}

/// A page of bill runs, the newest first, those before `before`.
///
/// # Errors
/// The database does not answer.
pub async fn page(scope: &mut impl Scope, before: Option<&str>, limit: i64) -> Result<Vec<BillRun>, BillingError> {
    let tenant = scope.tenant();
    let records = storage::bill_runs::page(scope.tx(), tenant, before, limit).await?;
    records.into_iter().map(BillRun::of).collect()
}

impl BillRun {
    fn begun(work: &Work) -> Self {
        BillRun {
            id: work.id("run"),
            started_at: work.now(),
            finished_at: None,
            issued: 0,
            failed: 0,
            summary: RunSummary::default(),
        }
    }

    fn add(&mut self, done: &Done) {
        self.issued += i64::try_from(done.issued.len()).unwrap_or(0);
        self.failed += i64::try_from(done.failures.len()).unwrap_or(0);
        for (currency, total) in &done.totals {
            add_to(&mut self.summary.totals, currency.clone(), *total);
        }
        let room = MOST_FAILURES.saturating_sub(self.summary.failures.len());
        self.summary.failures.extend(done.failures.iter().take(room).cloned());
    }

    fn record(&self) -> BillRunRecord {
        BillRunRecord {
            id: self.id.clone(),
            started_at: self.started_at.millis(),
            finished_at: self.finished_at.map(Instant::millis),
            issued: self.issued,
            failed: self.failed,
            summary: serde_json::to_string(&self.summary).unwrap_or_default(),
        }
    }

    fn of(record: BillRunRecord) -> Result<Self, BillingError> {
        Ok(BillRun {
            summary: domain::invalid::parse(record.summary.as_bytes())?,
            id: record.id,
            started_at: Instant::clamped(record.started_at),
            finished_at: record.finished_at.map(Instant::clamped),
            issued: record.issued,
            failed: record.failed,
        })
    }
}
