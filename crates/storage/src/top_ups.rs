//! Requests for top-ups: what customers ask to have put on their accounts.

use serde::Serialize;

use crate::transaction::sql;
use crate::{Error, Tx, WriteTx};

/// A request for a top-up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct TopUpRecord {
    /// Its id.
    pub id: String,
    /// Who asks.
    pub customer: String,
    /// ISO 4217.
    pub currency: String,
    /// How much.
    pub amount: i64,
    /// What the customer says of it.
    pub note: Option<String>,
    /// `open`, `done` or `declined`.
    pub state: String,
    /// The payment that came of it.
    pub payment: Option<String>,
    /// When it was made.
    pub created_at: i64,
    /// When it was answered.
    pub decided_at: Option<i64>,
    /// By whom.
    pub decided_by: Option<String>,
    /// Counts the changes.
    pub version: i64,
}

const COLUMNS: &str =
    "id, customer, currency, amount, note, state, payment, created_at, decided_at, decided_by, version";

/// Adds a request.
///
/// # Errors
/// The database does not answer.
pub async fn insert(tx: &mut WriteTx, tenant: i64, record: &TopUpRecord) -> Result<(), Error> {
    const SQL: &str =
        "INSERT INTO top_up_requests (tenant, id, customer, currency, amount, note, state, created_at, version)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    sql!(
        tx,
        execute,
        sqlx::query(SQL)
            .bind(tenant)
            .bind(&record.id)
            .bind(&record.customer)
            .bind(&record.currency)
            .bind(record.amount)
            .bind(&record.note)
            .bind(&record.state)
            .bind(record.created_at)
            .bind(record.version)
    )
    .map(|_| ())
}

/// Answers a request, if it is still at the version before; says whether it was.
///
/// # Errors
/// The database does not answer.
pub async fn decide(tx: &mut WriteTx, tenant: i64, record: &TopUpRecord) -> Result<bool, Error> {
    const SQL: &str =
        "UPDATE top_up_requests SET state = $3, payment = $4, decided_at = $5, decided_by = $6, version = $7
        WHERE tenant = $1 AND id = $2 AND version = $7 - 1";
    let decided = sql!(
        tx,
        execute,
        sqlx::query(SQL)
            .bind(tenant)
            .bind(&record.id)
            .bind(&record.state)
            .bind(&record.payment)
            .bind(record.decided_at)
            .bind(&record.decided_by)
            .bind(record.version)
    )?;
    Ok(decided == 1)
}

/// One request.
///
/// # Errors
/// The database does not answer.
pub async fn get(tx: &mut Tx, tenant: i64, id: &str) -> Result<Option<TopUpRecord>, Error> {
    let text = format!("SELECT {COLUMNS} FROM top_up_requests WHERE tenant = $1 AND id = $2");
    sql!(tx, fetch_optional, sqlx::query_as(sqlx::AssertSqlSafe(text.as_str())).bind(tenant).bind(id))
}

/// How many requests of a customer nobody has answered.
///
/// # Errors
/// The database does not answer.
pub async fn count_open(tx: &mut Tx, tenant: i64, customer: &str) -> Result<i64, Error> {
    const SQL: &str = "SELECT COUNT(*) FROM top_up_requests WHERE tenant = $1 AND customer = $2 AND state = 'open'";
    sql!(tx, fetch_one, sqlx::query_scalar(SQL).bind(tenant).bind(customer))
}

/// Which requests to list; the newest come first.
#[derive(Debug, Clone, Copy, Default)]
pub struct TopUpFilter<'a> {
    /// Those of this customer.
    pub customer: Option<&'a str>,
    /// Those in this state.
    pub state: Option<&'a str>,
    /// Those before this one in the list.
    pub before: Option<&'a str>,
}

/// A page of requests.
///
/// # Errors
/// The database does not answer.
pub async fn page(tx: &mut Tx, tenant: i64, filter: &TopUpFilter<'_>, limit: i64) -> Result<Vec<TopUpRecord>, Error> {
    let mut conditions = String::new();
    if filter.customer.is_some() {
        conditions.push_str(" AND customer = $4");
    }
    if filter.state.is_some() {
        conditions.push_str(if filter.customer.is_some() { " AND state = $5" } else { " AND state = $4" });
    }
    let text = format!(
        "SELECT {COLUMNS} FROM top_up_requests WHERE tenant = $1 AND ($2 IS NULL OR id < $2){conditions} ORDER BY id DESC LIMIT $3"
    );
    sql!(tx, fetch_all, {
        let query = sqlx::query_as(sqlx::AssertSqlSafe(text.as_str())).bind(tenant).bind(filter.before).bind(limit);
        [filter.customer, filter.state].into_iter().flatten().fold(query, |query, value| query.bind(value))
    })
}
