//! Calls that are charged while they run: their rows, which are their sessions, and what falls due for them.

use serde::Serialize;

use crate::batch::{among, insert, insert_new, owned};
use crate::faults::Guard;
use crate::transaction::sql;
use crate::{Error, Tx, WriteTx};

/// A call whose session is opened.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OpenedCall {
    /// Its id.
    pub id: String,
    /// The switch and what the call is to it.
    pub origin: String,
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
    /// The agent who is called.
    pub agent: Option<String>,
    /// What the switch's records of one conversation have in common.
    pub link: Option<String>,
    /// Whose switch carries it.
    pub owner: String,
    /// When it was opened.
    pub started_at: i64,
    /// The same.
    pub recorded_at: i64,
    /// How it stands.
    pub standing: Standing,
}

/// How a call's session stands: what each of its steps writes anew.
#[derive(Debug, Clone, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct Standing {
    /// `live`, then `rated`.
    pub state: String,
    /// The session, as JSON.
    pub session: String,
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
    /// What priced it.
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
    /// What is set aside for it.
    pub held: i64,
    /// The end of what is granted.
    pub granted_until: Option<i64>,
    /// The last proof that it lives.
    pub seen_at: i64,
    /// When something falls due for it.
    pub wakes_at: Option<i64>,
    /// Counts the changes.
    pub version: i64,
}

/// A call with its session.
#[derive(Debug, Clone, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct SessionRecord {
    /// Its id.
    pub id: String,
    /// The switch and what the call is to it.
    pub origin: String,
    /// The caller's number.
    pub from_number: String,
    /// The number called.
    pub to_number: String,
    /// Who pays.
    pub customer: Option<String>,
    /// The payer's line.
    pub line: Option<String>,
    /// The agent who is called.
    pub agent: Option<String>,
    /// Whose switch carries it.
    pub owner: Option<String>,
    /// When it was opened.
    pub started_at: Option<i64>,
    /// How it stands.
    #[sqlx(flatten)]
    pub standing: Standing,
}

/// The columns of a session's record.
macro_rules! columns {
    () => {
        "id, origin, from_number, to_number, customer, line, agent, owner, started_at, state, COALESCE(session, '') AS session, answered_at, ended_at, \
         duration_ms, disposition, cause, price_source, plan_version, deck_version, currency, total, tax, agent_part, \
         allowance_seconds, charge, held, granted_until, COALESCE(seen_at, 0) AS seen_at, wakes_at, version"
    };
}

/// The calls of some ids that are, or were, charged while they run.
///
/// # Errors
/// The database does not answer.
pub async fn by_ids(tx: &mut Tx, tenant: i64, ids: &[&str]) -> Result<Vec<SessionRecord>, Error> {
    some(tx, tenant, "id", ids).await
}

/// The calls of some origins that are, or were, charged while they run.
///
/// # Errors
/// The database does not answer.
pub async fn by_origins(tx: &mut Tx, tenant: i64, origins: &[&str]) -> Result<Vec<SessionRecord>, Error> {
    some(tx, tenant, "origin", origins).await
}

async fn some(tx: &mut Tx, tenant: i64, column: &str, values: &[&str]) -> Result<Vec<SessionRecord>, Error> {
    let columns = columns!();
    let text = |some: &str| format!("SELECT {columns} FROM calls WHERE tenant = $1 AND {column} {some}");
    among!(tx, query_as, tenant, values, text("IN (SELECT value ->> 0 FROM json_each($2))"), text("= ANY ($2)"))
}

/// One call that is, or was, charged while it runs.
///
/// # Errors
/// The database does not answer.
pub async fn get(tx: &mut Tx, tenant: i64, id: &str) -> Result<Option<SessionRecord>, Error> {
    Ok(by_ids(tx, tenant, &[id]).await?.pop())
}

/// Writes the calls whose origins are new, and answers those origins.
///
/// # Errors
/// The database does not answer.
pub async fn insert_new(tx: &mut WriteTx, tenant: i64, calls: &[OpenedCall]) -> Result<Vec<String>, Error> {
    let rows: Vec<Row<'_>> = calls.iter().map(Row::opened).collect();
    insert_new!(
        tx, tenant, &rows, into "calls", key "origin",
        text: id origin direction from_number to_number customer line agent link owner state session plan_version
            deck_version currency,
        number: started_at recorded_at held granted_until seen_at wakes_at version
    )
}

/// Writes down how calls stand, where the guard lets it.
macro_rules! written {
    ($tx:expr, $tenant:expr, $rows:expr, $guard:literal) => {
        insert!(
            $tx, $tenant, $rows, into "calls",
            conflict concat!("(tenant, id) DO UPDATE SET state = excluded.state, session = excluded.session,
                answered_at = excluded.answered_at, ended_at = excluded.ended_at, duration_ms = excluded.duration_ms,
                disposition = excluded.disposition, cause = excluded.cause, price_source = excluded.price_source,
                plan_version = excluded.plan_version, deck_version = excluded.deck_version, currency = excluded.currency,
                total = excluded.total, tax = excluded.tax, agent_part = excluded.agent_part,
                allowance_seconds = excluded.allowance_seconds, charge = excluded.charge, held = excluded.held,
                granted_until = excluded.granted_until, seen_at = excluded.seen_at, wakes_at = excluded.wakes_at,
                version = excluded.version ", $guard, " RETURNING id"),
            text: id origin direction from_number to_number state session disposition price_source plan_version deck_version
                currency charge,
            number: recorded_at answered_at ended_at duration_ms cause total tax agent_part allowance_seconds held granted_until
                seen_at wakes_at version
        )
    };
}

/// Writes down how calls stand, those that are still at the version before, and says whether all of them were; if not, the
/// transaction is to be given up. The calls are changed in the order in which they come: the order of their ids, everywhere.
///
/// # Errors
/// The database does not answer.
pub async fn save(tx: &mut WriteTx, tenant: i64, calls: &[SessionRecord]) -> Result<bool, Error> {
    let rows: Vec<Row<'_>> = calls.iter().map(Row::saved).collect();
    let saved: Vec<String> = if tx.lacks(Guard::Version) {
        written!(tx, tenant, &rows, "")
    } else {
        written!(tx, tenant, &rows, "WHERE calls.version = excluded.version - 1")
    }?;
    Ok(saved.len() == calls.len())
}

/// The columns that either statement writes.
#[derive(Serialize)]
struct Row<'a> {
    id: &'a str,
    origin: &'a str,
    direction: &'a str,
    from_number: &'a str,
    to_number: &'a str,
    customer: Option<&'a str>,
    line: Option<&'a str>,
    agent: Option<&'a str>,
    link: Option<&'a str>,
    owner: Option<&'a str>,
    started_at: Option<i64>,
    recorded_at: i64,
    state: &'a str,
    session: &'a str,
    answered_at: Option<i64>,
    ended_at: Option<i64>,
    duration_ms: Option<i64>,
    disposition: Option<&'a str>,
    cause: Option<i64>,
    price_source: Option<&'a str>,
    plan_version: Option<&'a str>,
    deck_version: Option<&'a str>,
    currency: Option<&'a str>,
    total: Option<i64>,
    tax: Option<i64>,
    agent_part: Option<i64>,
    allowance_seconds: Option<i64>,
    charge: Option<&'a str>,
    held: i64,
    granted_until: Option<i64>,
    seen_at: i64,
    wakes_at: Option<i64>,
    version: i64,
}

impl<'a> Row<'a> {
    fn opened(call: &'a OpenedCall) -> Self {
        Row {
            direction: &call.direction,
            from_number: &call.from_number,
            to_number: &call.to_number,
            customer: call.customer.as_deref(),
            line: call.line.as_deref(),
            agent: call.agent.as_deref(),
            link: call.link.as_deref(),
            owner: Some(&call.owner),
            started_at: Some(call.started_at),
            recorded_at: call.recorded_at,
            ..Row::standing(&call.id, &call.origin, &call.standing)
        }
    }

    /// What a row that is there has already is not written, but a row that is inserted would need some of it.
    fn saved(call: &'a SessionRecord) -> Self {
        Row::standing(&call.id, &call.origin, &call.standing)
    }

    fn standing(id: &'a str, origin: &'a str, standing: &'a Standing) -> Self {
        Row {
            id,
            origin,
            direction: "",
            from_number: "",
            to_number: "",
            customer: None,
            line: None,
            agent: None,
            link: None,
            owner: None,
            started_at: None,
            recorded_at: 0,
            state: &standing.state,
            session: &standing.session,
            answered_at: standing.answered_at,
            ended_at: standing.ended_at,
            duration_ms: standing.duration_ms,
            disposition: standing.disposition.as_deref(),
            cause: standing.cause,
            price_source: standing.price_source.as_deref(),
            plan_version: standing.plan_version.as_deref(),
            deck_version: standing.deck_version.as_deref(),
            currency: standing.currency.as_deref(),
            total: standing.total,
            tax: standing.tax,
            agent_part: standing.agent_part,
            allowance_seconds: standing.allowance_seconds,
            charge: standing.charge.as_deref(),
            held: standing.held,
            granted_until: standing.granted_until,
            seen_at: standing.seen_at,
            wakes_at: standing.wakes_at,
            version: standing.version,
        }
    }
}

/// Which live calls to list.
#[derive(Debug, Clone, Default)]
pub struct LiveFilter<'a> {
    /// Those that this customer pays.
    pub customer: Option<&'a str>,
    /// Those that these customers pay.
    pub among: Option<&'a [String]>,
    /// Those to this agent.
    pub agent: Option<&'a str>,
    /// Those after this one in the list, which has the oldest first.
    pub after: &'a str,
}

/// A page of live calls, the oldest first.
///
/// # Errors
/// The database does not answer.
pub async fn live(tx: &mut Tx, tenant: i64, filter: &LiveFilter<'_>, limit: i64) -> Result<Vec<SessionRecord>, Error> {
    let (mut table, mut conditions) = ("calls".to_owned(), String::new());
    let mut values = Vec::new();
    if let Some(among) = filter.among {
        (table, conditions) = owned(tx.engine(), "calls", "customer", 4, " AND wakes_at IS NOT NULL");
        values.push(tx.customers(among)?);
    }
    for (column, value) in [("customer", filter.customer), ("agent", filter.agent)] {
        if let Some(value) = value {
            values.push(value.to_owned());
            conditions.push_str(&format!(" AND {column} = ${}", 3 + values.len()));
        }
    }
    let columns = columns!();
    let text = format!(
        "SELECT {columns} FROM {table} WHERE tenant = $1 AND wakes_at IS NOT NULL AND id > $2{conditions} ORDER BY id LIMIT $3"
    );
    sql!(tx, fetch_all, {
        let query = sqlx::query_as(sqlx::AssertSqlSafe(text.as_str())).bind(tenant).bind(filter.after).bind(limit);
        values.iter().fold(query, |query, value| query.bind(value))
    })
}

/// How many live calls a tenant has that are neither to emergency nor service numbers.
///
/// # Errors
/// The database does not answer.
pub async fn count_all_live(tx: &mut Tx, tenant: i64) -> Result<i64, Error> {
    const SQL: &str = "SELECT COUNT(*) FROM calls WHERE tenant = $1 AND wakes_at IS NOT NULL
        AND session NOT LIKE '%\"free\":true%'";
    sql!(tx, fetch_one, sqlx::query_scalar(SQL).bind(tenant))
}

/// How many calls of a customer are live.
///
/// # Errors
/// The database does not answer.
pub async fn count_live(tx: &mut Tx, tenant: i64, customer: &str) -> Result<i64, Error> {
    const SQL: &str = "SELECT COUNT(*) FROM calls WHERE tenant = $1 AND customer = $2 AND wakes_at IS NOT NULL";
    sql!(tx, fetch_one, sqlx::query_scalar(SQL).bind(tenant).bind(customer))
}

/// Tenant and id of calls for which something is due at the instant, the longest due first.
///
/// # Errors
/// The database does not answer.
pub async fn due(tx: &mut Tx, now: i64, limit: i64) -> Result<Vec<(i64, String)>, Error> {
    const SQL: &str = "SELECT tenant, id FROM calls WHERE wakes_at <= $1 ORDER BY wakes_at LIMIT $2";
    sql!(tx, fetch_all, sqlx::query_as(SQL).bind(now).bind(limit))
}
