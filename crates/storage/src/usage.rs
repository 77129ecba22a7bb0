//! Sums of calls, as invoices show them.

use serde::Serialize;

use crate::stretches::{self, LINES_CALLS, Part, Within};
use crate::transaction::sql;
use crate::{Engine, Error, Tx};

/// A time of a line whose calls are summed.
#[derive(Debug, Clone, Serialize)]
pub struct Span<'a> {
    /// The line.
    pub line: &'a str,
    /// Ended at or after.
    pub from: i64,
    /// Ended before.
    pub to: i64,
}

/// The part of a span that lies in one stretch.
#[derive(Serialize)]
struct PartOfSpan<'a> {
    #[serde(flatten)]
    span: &'a Span<'a>,
    stretch: i64,
}

/// The sum of a line's answered calls with one price source.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct UsageRecord {
    /// The line.
    pub line: String,
    /// What priced the calls: `agent`, `deck`, `plan`, `free`; `rerated` for what re-rating changed of billed ones.
    pub price_source: String,
    /// The plan version that did.
    pub plan_version: Option<String>,
    /// The deck version that did.
    pub deck_version: Option<String>,
    /// The deck's prefix.
    pub prefix: Option<String>,
    /// The agent who was called.
    pub agent: Option<String>,
    /// How many of the given boundaries lie at or before the answer.
    pub tax_era: i64,
    /// How many calls.
    pub calls: i64,
    /// How long they lasted, each rounded up to a second.
    pub seconds: i64,
    /// What they cost.
    pub total: i64,
    /// The tax in it, of prices that have tax in them.
    pub tax: i64,
    /// How many of the seconds were included minutes of the line's.
    pub included: i64,
}

/// A call, as an invoice lists it.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct ListedCall {
    /// The line.
    pub line: String,
    /// What priced it.
    pub price_source: String,
    /// The plan version that did.
    pub plan_version: Option<String>,
    /// The deck version that did.
    pub deck_version: Option<String>,
    /// The deck's prefix.
    pub prefix: Option<String>,
    /// The agent who was called.
    pub agent: Option<String>,
    /// When it was answered.
    pub answered_at: i64,
    /// Whom it went to.
    pub to_number: String,
    /// How long it lasted, rounded up to a second.
    pub seconds: i64,
    /// What it cost when it was billed.
    pub amount: i64,
    /// Its price when it was billed, as JSON, if re-rating has changed it since.
    pub billed_price: Option<String>,
}

/// The deck's prefix of a call, out of the explanation of its price.
pub(crate) const fn prefix(engine: Engine) -> &'static str {
    match engine {
        Engine::Sqlite => "CASE c.price_source WHEN 'deck' THEN c.charge ->> '$.source.prefix' END",
        Engine::Postgres => "CASE c.price_source WHEN 'deck' THEN c.charge::json #>> '{source,prefix}' END",
    }
}

/// What invoices show of calls: those that were answered and charged.
pub(crate) const LISTED: &str =
    "c.state = 'rated' AND c.disposition = 'answered' AND c.price_source <> 'same_conversation'";

/// A number for the tax rate in force at the answer.
fn era(boundaries: &[i64]) -> String {
    let each = boundaries.iter().map(|at| format!(" + CASE WHEN c.answered_at >= {at} THEN 1 ELSE 0 END"));
    format!("CAST(0{} AS BIGINT)", each.collect::<String>())
}

fn summed(engine: Engine, boundaries: &[i64]) -> String {
    format!(
        "SELECT c.line, c.price_source, c.plan_version, c.deck_version, {} AS prefix, c.agent, {} AS tax_era,
            COUNT(*) AS calls, CAST(SUM((c.duration_ms + 999) / 1000) AS BIGINT) AS seconds,
            CAST(SUM(c.total) AS BIGINT) AS total, CAST(SUM(c.tax) AS BIGINT) AS tax,
            CAST(SUM(CASE c.price_source WHEN 'agent' THEN 0 ELSE COALESCE(c.allowance_seconds, 0) END) AS BIGINT) AS included",
        prefix(engine),
        era(boundaries)
    )
}

/// The sums of the calls that ended in each of the spans. `boundaries` are the instants, ascending, at which tax rates change.
///
/// # Errors
/// The database does not answer.
pub async fn sums(tx: &mut Tx, tenant: i64, spans: &[Span<'_>], boundaries: &[i64]) -> Result<Vec<UsageRecord>, Error> {
    let Some(whole) = stretches::whole(spans.iter().map(|span| (span.from, span.to))) else { return Ok(Vec::new()) };
    let stretches = LINES_CALLS.filled(tx, tenant, None, whole).await?;
    let parts = spans.iter().flat_map(|span| {
        let own = stretches::between(&stretches, (span.from, span.to));
        own.into_iter().map(move |stretch| PartOfSpan { span, stretch })
    });
    let batch = tx.json(&parts.collect::<Vec<_>>())?;
    let stretch = LINES_CALLS.stretch();
    let text = format!(
        "{} FROM json_each($2) w CROSS JOIN calls c
         WHERE c.tenant = $1 AND {stretch} = +CAST(w.value ->> 'stretch' AS BIGINT) AND c.line = w.value ->> 'line' AND {LISTED}
            AND c.ended_at IS NOT NULL AND c.ended_at >= CAST(w.value ->> 'from' AS BIGINT) AND c.ended_at < CAST(w.value ->> 'to' AS BIGINT)
         GROUP BY 1, 2, 5, 6, 3, 4, 7 ORDER BY 1, 2, 5, 6, 3, 4, 7",
        summed(tx.engine(), boundaries)
    );
    sql!(tx, fetch_all, sqlx::query_as(sqlx::AssertSqlSafe(text.as_str())).bind(tenant).bind(&batch))
}

/// The sums of what waits for an invoice of these customers: of late calls, and of what re-rating changed of billed ones, whose source
/// is `rerated`. Each is taxed as in force at the call's answer.
///
/// # Errors
/// The database does not answer.
pub async fn late(tx: &mut Tx, tenant: i64, customers: &[&str], boundaries: &[i64]) -> Result<Vec<UsageRecord>, Error> {
    let text = format!(
        "{} FROM json_each($2) w CROSS JOIN unbilled u CROSS JOIN calls c
         WHERE u.tenant = $1 AND u.customer = w.value ->> 0 AND u.document IS NULL AND u.kind = 'late_call'
            AND c.tenant = $1 AND c.id = u.call AND {LISTED}
         GROUP BY 1, 2, 5, 6, 3, 4, 7
         UNION ALL
         SELECT u.line, 'rerated', NULL, NULL, NULL, NULL, {}, COUNT(*), CAST(0 AS BIGINT),
            CAST(SUM(u.amount) AS BIGINT), CAST(SUM(u.tax) AS BIGINT), CAST(0 AS BIGINT)
         FROM json_each($2) w CROSS JOIN unbilled u CROSS JOIN calls c
         WHERE u.tenant = $1 AND u.customer = w.value ->> 0 AND u.document IS NULL AND u.kind = 'rerated'
            AND c.tenant = $1 AND c.id = u.call
         GROUP BY 1, 7 ORDER BY 1, 2, 5, 6, 3, 4, 7",
        summed(tx.engine(), boundaries),
        era(boundaries)
    );
    let batch = tx.json(&customers.iter().map(|customer| [customer]).collect::<Vec<_>>())?;
    sql!(tx, fetch_all, sqlx::query_as(sqlx::AssertSqlSafe(text.as_str())).bind(tenant).bind(&batch))
}

/// What a call cost when it was billed: what it costs now, less what re-rating changed since.
const BILLED_AMOUNT: &str = "CAST(c.total - COALESCE((SELECT SUM(r.amount) FROM unbilled r
    WHERE r.tenant = c.tenant AND r.call = c.id AND r.kind = 'rerated'), 0) AS BIGINT) AS amount";

/// What re-rating changed first after the call was billed: the record's id is that of the re-rating, `/`, and that of the call.
const BILLED_PRICE: &str = "(SELECT x.before FROM unbilled r CROSS JOIN rerated_calls x
    WHERE r.tenant = c.tenant AND r.call = c.id AND r.kind = 'rerated' AND x.tenant = c.tenant AND x.call = c.id
        AND x.rerating = substr(r.id, 1, length(r.id) - length(c.id) - 1) ORDER BY r.id LIMIT 1) AS billed_price";

fn listed(engine: Engine) -> String {
    format!(
        "SELECT c.line, c.price_source, c.plan_version, c.deck_version, {} AS prefix, c.agent, c.answered_at, c.to_number,
            (c.duration_ms + 999) / 1000 AS seconds, {BILLED_AMOUNT}, {BILLED_PRICE}",
        prefix(engine)
    )
}

/// The calls of a line that ended in the span, the first answered first, but for those that came when it was billed.
///
/// # Errors
/// The database does not answer.
pub async fn calls(tx: &mut Tx, tenant: i64, span: &Span<'_>) -> Result<Vec<ListedCall>, Error> {
    let stretches = LINES_CALLS.filled(tx, tenant, Some(span.line), (span.from, span.to)).await?;
    let Part { before, condition, value } = Within::These(&stretches).part(tx.engine(), LINES_CALLS, 5);
    // Before it knows the table, PostgreSQL would take the answered calls of all lines for fewer than those of one.
    let text = format!(
        "WITH c AS MATERIALIZED (SELECT calls.* FROM {before}calls WHERE tenant = $1 AND line = $2 AND ended_at IS NOT NULL
            AND (ended_at, id) >= ($3, '') AND (ended_at, id) < ($4, ''){condition})
         {} FROM c WHERE {LISTED}
            AND NOT EXISTS (SELECT 1 FROM unbilled u WHERE u.tenant = $1 AND u.id = c.id) ORDER BY c.answered_at, c.id",
        listed(tx.engine())
    );
    sql!(
        tx,
        fetch_all,
        sqlx::query_as(sqlx::AssertSqlSafe(text.as_str()))
            .bind(tenant)
            .bind(span.line)
            .bind(span.from)
            .bind(span.to)
            .bind(value)
    )
}

/// The late calls on an invoice (or, without one, those of the customer that wait), the first answered first.
///
/// # Errors
/// The database does not answer.
pub async fn late_calls(
    tx: &mut Tx,
    tenant: i64,
    customer: &str,
    document: Option<&str>,
) -> Result<Vec<ListedCall>, Error> {
    let which = if document.is_some() { "u.document = $3" } else { "u.document IS NULL AND $3 = ''" };
    let text = format!(
        "{} FROM unbilled u CROSS JOIN calls c WHERE u.tenant = $1 AND u.customer = $2 AND {which}
            AND u.kind = 'late_call' AND c.tenant = $1 AND c.id = u.call AND {LISTED} ORDER BY c.answered_at, c.id",
        listed(tx.engine())
    );
    sql!(
        tx,
        fetch_all,
        sqlx::query_as(sqlx::AssertSqlSafe(text.as_str()))
            .bind(tenant)
            .bind(customer)
            .bind(document.unwrap_or_default())
    )
}
