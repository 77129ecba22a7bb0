//! Calls: the records (CDRs), the history, the sums.

use serde::Serialize;

use crate::batch::{among, insert_new, owned};
use crate::stretches::{self, Kept, List, Narrowed, Within};
use crate::transaction::sql;
use crate::{Engine, Error, Tx, WriteTx};

/// A call. Most is unknown until the call has ended.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct CallRecord {
    /// Its id.
    pub id: String,
    /// The switch and what the call is to it: what reports the same origin reports the same call.
    pub origin: String,
    /// `open`, `rated` or `unrated`.
    pub state: String,
    /// `outbound`, `inbound` or `internal`.
    pub direction: String,
    /// The caller's number, canonical where it could be read.
    pub from_number: String,
    /// The number called, canonical where it could be read.
    pub to_number: String,
    /// Who pays.
    pub customer: Option<String>,
    /// The payer's line.
    pub line: Option<String>,
    /// The agent who answered.
    pub agent: Option<String>,
    /// What the switch calls the payer.
    pub account_code: Option<String>,
    /// What the switch's records of one conversation have in common.
    pub link: Option<String>,
    /// When it was made.
    pub started_at: Option<i64>,
    /// When it was answered.
    pub answered_at: Option<i64>,
    /// When it ended.
    pub ended_at: Option<i64>,
    /// From answer to end, in milliseconds.
    pub duration_ms: Option<i64>,
    /// How it went.
    pub disposition: Option<String>,
    /// The cause of its end, by ITU-T Q.850.
    pub cause: Option<i64>,
    /// What priced it: `agent`, `deck`, `plan`, `free`.
    pub price_source: Option<String>,
    /// The plan version that priced it.
    pub plan_version: Option<String>,
    /// The deck version that priced it.
    pub deck_version: Option<String>,
    /// ISO 4217.
    pub currency: Option<String>,
    /// What it costs.
    pub total: Option<i64>,
    /// The tax in it.
    pub tax: Option<i64>,
    /// The agent's part of it.
    pub agent_part: Option<i64>,
    /// Seconds that an allowance paid for.
    pub allowance_seconds: Option<i64>,
    /// How the price came about, as JSON.
    pub charge: Option<String>,
    /// Why it has no price yet.
    pub unrated_reason: Option<String>,
    /// How the payer was named, as JSON, while nobody is known by it.
    pub payer: Option<String>,
    /// The import that brought it.
    pub import: Option<String>,
    /// When it was written down.
    pub recorded_at: i64,
    /// Counts the changes.
    pub version: i64,
}

/// The columns in the order of the record, without the tenant.
macro_rules! columns {
    () => {
        "id, origin, state, direction, from_number, to_number, customer, line, agent, account_code, link, started_at, \
         answered_at, ended_at, duration_ms, disposition, cause, price_source, plan_version, deck_version, currency, total, \
         tax, agent_part, allowance_seconds, charge, unrated_reason, payer, import, recorded_at, version"
    };
}

/// Writes the calls whose origins are new, and answers those origins; the others are there already and stay as they are.
///
/// # Errors
/// The database does not answer.
pub async fn insert_new(tx: &mut WriteTx, tenant: i64, calls: &[CallRecord]) -> Result<Vec<String>, Error> {
    insert_new!(
        tx, tenant, calls, into "calls", key "origin",
        text: id origin state direction from_number to_number customer line agent account_code link disposition price_source
            plan_version deck_version currency charge unrated_reason payer import,
        number: started_at answered_at ended_at duration_ms cause total tax agent_part allowance_seconds recorded_at version
    )
}

/// Replaces a call, if it is still at the version before; says whether it was.
///
/// # Errors
/// The database does not answer.
pub async fn replace(tx: &mut WriteTx, tenant: i64, call: &CallRecord) -> Result<bool, Error> {
    const SQL: &str =
        "UPDATE calls SET state = $3, from_number = $4, to_number = $5, customer = $6, line = $7, agent = $8,
        account_code = $9, started_at = $10, answered_at = $11, ended_at = $12, duration_ms = $13, disposition = $14,
        cause = $15, price_source = $16, plan_version = $17, deck_version = $18, currency = $19, total = $20, tax = $21,
        agent_part = $22, allowance_seconds = $23, charge = $24, unrated_reason = $25, payer = $26, direction = $27,
        version = $28 WHERE tenant = $1 AND id = $2 AND version = $28 - 1";
    let replaced = sql!(
        tx,
        execute,
        sqlx::query(SQL)
            .bind(tenant)
            .bind(&call.id)
            .bind(&call.state)
            .bind(&call.from_number)
            .bind(&call.to_number)
            .bind(&call.customer)
            .bind(&call.line)
            .bind(&call.agent)
            .bind(&call.account_code)
            .bind(call.started_at)
            .bind(call.answered_at)
            .bind(call.ended_at)
            .bind(call.duration_ms)
            .bind(&call.disposition)
            .bind(call.cause)
            .bind(&call.price_source)
            .bind(&call.plan_version)
            .bind(&call.deck_version)
            .bind(&call.currency)
            .bind(call.total)
            .bind(call.tax)
            .bind(call.agent_part)
            .bind(call.allowance_seconds)
            .bind(&call.charge)
            .bind(&call.unrated_reason)
            .bind(&call.payer)
            .bind(&call.direction)
            .bind(call.version)
    )?;
    Ok(replaced == 1)
}

/// One call.
///
/// # Errors
/// The database does not answer.
pub async fn get(tx: &mut Tx, tenant: i64, id: &str) -> Result<Option<CallRecord>, Error> {
    const SQL: &str = concat!("SELECT ", columns!(), " FROM calls WHERE tenant = $1 AND id = $2");
    sql!(tx, fetch_optional, sqlx::query_as(SQL).bind(tenant).bind(id))
}

/// Some calls, by their ids, in the order of these.
///
/// # Errors
/// The database does not answer.
pub async fn some(tx: &mut Tx, tenant: i64, ids: &[&str]) -> Result<Vec<CallRecord>, Error> {
    let text = |some: &str| {
        format!(concat!("SELECT ", columns!(), " FROM calls WHERE tenant = $1 AND id {} ORDER BY id"), some)
    };
    among!(tx, query_as, tenant, ids, text("IN (SELECT value ->> 0 FROM json_each($2))"), text("= ANY ($2)"))
}

/// The call of an origin, locked until the transaction ends.
///
/// # Errors
/// The database does not answer.
pub async fn lock_by_origin(tx: &mut WriteTx, tenant: i64, origin: &str) -> Result<Option<CallRecord>, Error> {
    // SQLite's one writer needs no lock of rows.
    const SQLITE: &str = concat!("SELECT ", columns!(), " FROM calls WHERE tenant = $1 AND origin = $2");
    const POSTGRES: &str = concat!("SELECT ", columns!(), " FROM calls WHERE tenant = $1 AND origin = $2 FOR UPDATE");
    let text = if tx.engine() == Engine::Postgres { POSTGRES } else { SQLITE };
    sql!(tx, fetch_optional, sqlx::query_as(text).bind(tenant).bind(origin))
}

/// Those of some origins whose calls are on record.
///
/// # Errors
/// The database does not answer.
pub async fn known_origins(tx: &mut Tx, tenant: i64, origins: &[&str]) -> Result<Vec<String>, Error> {
    origins_among(tx, tenant, origins, "").await
}

/// Those of some origins whose calls are on record and have not ended.
///
/// # Errors
/// The database does not answer.
pub async fn open_origins(tx: &mut Tx, tenant: i64, origins: &[&str]) -> Result<Vec<String>, Error> {
    origins_among(tx, tenant, origins, " AND state = 'open'").await
}

async fn origins_among(tx: &mut Tx, tenant: i64, origins: &[&str], condition: &str) -> Result<Vec<String>, Error> {
    let some = match tx.engine() {
        Engine::Sqlite => "IN (SELECT value ->> 0 FROM json_each($2))",
        // PostgreSQL searches an index for each of an array, whatever it believes about the table.
        Engine::Postgres => "= ANY (ARRAY(SELECT value ->> 0 FROM json_each($2)))",
    };
    let text = format!("SELECT origin FROM calls WHERE tenant = $1 AND origin {some}{condition}");
    let wanted = tx.json(&origins.iter().map(|origin| [origin]).collect::<Vec<_>>())?;
    sql!(tx, fetch_all, sqlx::query_scalar(sqlx::AssertSqlSafe(text.as_str())).bind(tenant).bind(&wanted))
}

/// Whether any call's origin begins so: with a text that ends with a colon.
///
/// # Errors
/// The database does not answer.
pub async fn any_origin_begins(tx: &mut Tx, tenant: i64, with: &str) -> Result<bool, Error> {
    const SQL: &str = "SELECT origin FROM calls WHERE tenant = $1 AND origin >= $2 AND origin < $3 LIMIT 1";
    // What follows a colon in the order of texts is a semicolon.
    let behind = format!("{};", with.trim_end_matches(':'));
    let found: Option<String> =
        sql!(tx, fetch_optional, sqlx::query_scalar(SQL).bind(tenant).bind(with).bind(&behind))?;
    Ok(found.is_some())
}

/// The links and payers of calls that were charged, among some links.
macro_rules! charged {
    ($some:literal) => {
        concat!(
            "SELECT DISTINCT link, customer FROM calls WHERE tenant = $1 AND link ",
            $some,
            " AND customer IS NOT NULL AND total IS NOT NULL AND disposition = 'answered'
            AND price_source <> 'same_conversation'"
        )
    };
}

/// The pairs of link and customer, of these links, for which a call that was charged is on record.
///
/// # Errors
/// The database does not answer.
pub async fn charged_links(tx: &mut Tx, tenant: i64, links: &[&str]) -> Result<Vec<(String, String)>, Error> {
    // PostgreSQL searches an index for each of an array, whatever it believes about the table.
    const SQLITE: &str = charged!("IN (SELECT value ->> 0 FROM json_each($2))");
    const POSTGRES: &str = charged!("= ANY (ARRAY(SELECT value ->> 0 FROM json_each($2)))");
    let text = if tx.engine() == Engine::Postgres { POSTGRES } else { SQLITE };
    let wanted = serde_json::json!(links.iter().map(|link| [link]).collect::<Vec<_>>()).to_string();
    sql!(tx, fetch_all, sqlx::query_as(text).bind(tenant).bind(&wanted))
}

/// Which calls to list.
#[derive(Debug, Clone, Default)]
pub struct CallFilter<'a> {
    /// Those that this customer pays.
    pub customer: Option<&'a str>,
    /// Those that these customers pay.
    pub among: Option<&'a [String]>,
    /// Those of this line.
    pub line: Option<&'a str>,
    /// Those that this agent answered.
    pub agent: Option<&'a str>,
    /// Those of this disposition.
    pub disposition: Option<&'a str>,
    /// Ended at or after.
    pub from: Option<i64>,
    /// Ended before.
    pub to: Option<i64>,
    /// Those before this one (end and id) in the list, which has the newest first.
    pub before: Option<(i64, &'a str)>,
}

impl CallFilter<'_> {
    /// The index by stretches that finds such calls, if one does.
    fn kept(&self) -> Option<Kept> {
        let customers = self.customer.is_some() || self.among.is_some();
        self.line.map(|_| stretches::LINES_CALLS).or(customers.then_some(stretches::CUSTOMERS_CALLS))
    }

    /// What it says of a statement that has so many parameters of its own.
    fn narrowed(&self, tx: &mut Tx, parameters: usize, within: Within<'_>) -> Result<Narrowed, Error> {
        let kept = self.kept();
        let part = within.part(tx.engine(), kept.unwrap_or(stretches::CUSTOMERS_CALLS), parameters + 1);
        let mut values: Vec<String> = part.value.into_iter().collect();
        let (mut table, mut conditions) = ("calls".to_owned(), part.condition);
        if let Some(among) = self.among {
            let only = format!(" AND ended_at IS NOT NULL{conditions}");
            values.push(tx.customers(among)?);
            (table, conditions) = owned(tx.engine(), "calls", "customer", parameters + values.len(), &only);
        }
        // Of an agent there is another index, in which SQLite would read all calls for each stretch.
        let agent = if kept.is_some() { "COALESCE(agent, '')" } else { "agent" };
        for (column, value) in
            [("customer", self.customer), ("line", self.line), (agent, self.agent), ("disposition", self.disposition)]
        {
            if let Some(value) = value {
                values.push(value.to_owned());
                conditions.push_str(&format!(" AND {column} = ${}", parameters + values.len()));
            }
        }
        Ok(Narrowed { table: format!("{}{table}", part.before), conditions, values })
    }

    /// The stretches between two instants in which there are calls of whose these are, the newest first; `None`, where no index by
    /// stretches finds them.
    async fn stretches(&self, tx: &mut Tx, tenant: i64, span: (i64, i64)) -> Result<Option<Vec<i64>>, Error> {
        let Some(kept) = self.kept() else { return Ok(None) };
        let owned = CallFilter { customer: self.customer, among: self.among, line: self.line, ..CallFilter::default() };
        let sought = owned.narrowed(tx, stretches::PARAMETERS, Within::Looked)?;
        stretches::filled(tx, tenant, kept, span, sought).await.map(Some)
    }

    /// What each of the statements reads that make a page, the newest first.
    async fn each_stretch(&self, tx: &mut Tx, tenant: i64, span: (i64, i64)) -> Result<Vec<Within<'static>>, Error> {
        let stretches = self.stretches(tx, tenant, span).await?;
        Ok(stretches.map_or_else(|| vec![Within::Anything], |some| some.into_iter().map(Within::One).collect()))
    }
}

/// A page of finished calls, the newest first.
///
/// # Errors
/// The database does not answer.
pub async fn history(tx: &mut Tx, tenant: i64, filter: &CallFilter<'_>, limit: i64) -> Result<Vec<CallRecord>, Error> {
    let from = filter.from.unwrap_or(i64::MIN);
    let (before, before_id) = earlier(filter.to, filter.before);
    let list = List { tenant, from, to: before, key: before_id, limit };
    let parts = filter.each_stretch(tx, tenant, (from, before)).await?;
    stretches::page(tx, list, parts, |tx, within| {
        let Narrowed { table, conditions, values } = filter.narrowed(tx, stretches::LIST_PARAMETERS, within)?;
        let columns = columns!();
        let text = format!(
            "SELECT {columns} FROM {table} WHERE tenant = $1 AND state <> 'open' AND ended_at >= $2 AND (ended_at, id) < ($3, $4)
                {conditions} ORDER BY ended_at DESC, id DESC LIMIT $5"
        );
        Ok((text, values))
    })
    .await
}

/// The earlier of the end of the span and the place of the last page: an index is searched by one bound, not by two.
pub(crate) fn earlier(to: Option<i64>, before: Option<(i64, &str)>) -> (i64, &str) {
    let to = to.unwrap_or(i64::MAX);
    before.filter(|(at, _)| *at < to).unwrap_or((to, ""))
}

/// A page of calls without a price, the oldest first, those after `after`.
///
/// # Errors
/// The database does not answer.
pub async fn unrated(tx: &mut Tx, tenant: i64, after: Option<&str>, limit: i64) -> Result<Vec<CallRecord>, Error> {
    const SQL: &str = concat!(
        "SELECT ",
        columns!(),
        " FROM calls WHERE tenant = $1 AND state = 'unrated' AND id > $2 ORDER BY id LIMIT $3"
    );
    sql!(tx, fetch_all, sqlx::query_as(SQL).bind(tenant).bind(after.unwrap_or_default()).bind(limit))
}

/// A page of rated calls for re-rating, the oldest first, those after the call `after` (empty for the first page).
///
/// # Errors
/// The database does not answer.
pub async fn rated(
    tx: &mut Tx,
    tenant: i64,
    filter: &CallFilter<'_>,
    after: &str,
    limit: i64,
) -> Result<Vec<CallRecord>, Error> {
    const END: &str = "SELECT ended_at FROM calls WHERE tenant = $1 AND id = $2";
    let last: Option<Option<i64>> = sql!(tx, fetch_optional, sqlx::query_scalar(END).bind(tenant).bind(after))?;
    let from = last.flatten().or(filter.from).unwrap_or(i64::MIN);
    let to = filter.to.unwrap_or(i64::MAX);
    let list = List { tenant, from, to, key: after, limit };
    let parts = filter.each_stretch(tx, tenant, (from, to)).await?;
    stretches::page(tx, list, parts.into_iter().rev(), |tx, within| {
        let Narrowed { table, conditions, values } = filter.narrowed(tx, stretches::LIST_PARAMETERS, within)?;
        let columns = columns!();
        let text = format!(
            "SELECT {columns} FROM {table} WHERE tenant = $1 AND state = 'rated' AND ended_at IS NOT NULL AND ended_at < $3
                AND (ended_at, id) > ($2, $4){conditions} ORDER BY ended_at, id LIMIT $5"
        );
        Ok((text, values))
    })
    .await
}

/// The sums of the finished calls of a span of time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct TotalsRecord {
    /// Which of the spans that were asked for.
    pub span: i64,
    /// ISO 4217; `None` for calls without a price.
    pub currency: Option<String>,
    /// How many calls.
    pub calls: i64,
    /// How many of them were answered.
    pub answered: i64,
    /// How long they lasted, each rounded up to a second.
    pub seconds: i64,
    /// What they cost.
    pub amount: i64,
}

/// The sums of the calls that ended in each of the spans `[from, to)`, by currency: those of a customer, a line, an agent or a
/// disposition, or (with none) of the tenant. The filter's own times do not count.
///
/// # Errors
/// The database does not answer.
pub async fn totals(
    tx: &mut Tx,
    tenant: i64,
    filter: &CallFilter<'_>,
    spans: &[(i64, i64)],
) -> Result<Vec<TotalsRecord>, Error> {
    // Of two plain bounds PostgreSQL expects, before it knows the table, that one call lies between them, and takes the
    // tenant's calls for the customer's.
    let of_somebody = filter.among.is_some() || filter.customer.or(filter.line).or(filter.agent).is_some();
    let bounds = if of_somebody {
        "ended_at IS NOT NULL AND (ended_at, id) >= ($3, '') AND (ended_at, id) < ($4, '')"
    } else {
        "ended_at >= $3 AND ended_at < $4"
    };
    let Some(whole) = stretches::whole(spans.iter().copied()) else { return Ok(Vec::new()) };
    let stretches = filter.stretches(tx, tenant, whole).await?;
    // There are few spans, a year of months at most. Joined with the calls they would tempt a planner to read all calls first.
    let mut totals = Vec::new();
    for (span, (from, to)) in (0_i64..).zip(spans) {
        let these = stretches.as_deref().map(|all| stretches::between(all, (*from, *to)));
        let within = these.as_deref().map_or(Within::Anything, Within::These);
        let Narrowed { table, conditions, values } = filter.narrowed(tx, 4, within)?;
        let text = format!(
            "SELECT CAST($2 AS BIGINT) AS span, currency, COUNT(*) AS calls,
                CAST(SUM(CASE WHEN disposition = 'answered' THEN 1 ELSE 0 END) AS BIGINT) AS answered,
                CAST(COALESCE(SUM((duration_ms + 999) / 1000), 0) AS BIGINT) AS seconds,
                CAST(COALESCE(SUM(total), 0) AS BIGINT) AS amount
             FROM {table} WHERE tenant = $1 AND state <> 'open' AND {bounds}{conditions}
             GROUP BY currency ORDER BY currency NULLS FIRST"
        );
        totals.extend(sql!(tx, fetch_all, {
            let query =
                sqlx::query_as(sqlx::AssertSqlSafe(text.as_str())).bind(tenant).bind(span).bind(*from).bind(*to);
            values.iter().fold(query, |query, value| query.bind(value))
        })?);
    }
    Ok(totals)
}

/// The instants of the first and the last end of a customer's calls.
///
/// # Errors
/// The database does not answer.
pub async fn first_and_last(tx: &mut Tx, tenant: i64, customer: &str) -> Result<(Option<i64>, Option<i64>), Error> {
    let stretches = stretches::CUSTOMERS_CALLS.filled(tx, tenant, Some(customer), (i64::MIN, i64::MAX)).await?;
    let (Some(newest), Some(oldest)) = (stretches.first(), stretches.last()) else { return Ok((None, None)) };
    let stretch = stretches::CUSTOMERS_CALLS.stretch();
    let of = format!("FROM calls WHERE tenant = $1 AND customer = $2 AND ended_at IS NOT NULL AND {stretch}");
    let text = format!("SELECT (SELECT MIN(ended_at) {of} = $3), (SELECT MAX(ended_at) {of} = $4)");
    sql!(
        tx,
        fetch_one,
        sqlx::query_as(sqlx::AssertSqlSafe(text.as_str())).bind(tenant).bind(customer).bind(*oldest).bind(*newest)
    )
}
