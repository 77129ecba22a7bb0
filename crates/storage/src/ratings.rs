//! Ratings: what customers say of calls to agents.

use crate::transaction::sql;
use crate::{Error, Tx, WriteTx};

/// What a customer says of a call.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct RatingRecord {
    /// The call.
    pub call: String,
    /// The agent who was called.
    pub agent: String,
    /// Who paid the call.
    pub customer: String,
    /// 1 to 5.
    pub stars: i64,
    /// What else was said.
    pub comment: Option<String>,
    /// When it was said last.
    pub rated_at: i64,
}

/// Writes a rating; the one before of the same call is replaced.
///
/// # Errors
/// The database does not answer.
pub async fn save(tx: &mut WriteTx, tenant: i64, record: &RatingRecord) -> Result<(), Error> {
    const SQL: &str = "INSERT INTO ratings (tenant, call, agent, customer, stars, comment, rated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (tenant, call)
        DO UPDATE SET stars = excluded.stars, comment = excluded.comment, rated_at = excluded.rated_at";
    sql!(
        tx,
        execute,
        sqlx::query(SQL)
            .bind(tenant)
            .bind(&record.call)
            .bind(&record.agent)
            .bind(&record.customer)
            .bind(record.stars)
            .bind(&record.comment)
            .bind(record.rated_at)
    )
    .map(|_| ())
}

/// The ratings of these calls, in no order.
///
/// # Errors
/// The database does not answer.
pub async fn of_calls(tx: &mut Tx, tenant: i64, calls: &[&str]) -> Result<Vec<RatingRecord>, Error> {
    const SQL: &str = "SELECT r.call, r.agent, r.customer, r.stars, r.comment, r.rated_at
        FROM json_each($2) w CROSS JOIN ratings r WHERE r.tenant = $1 AND r.call = w.value ->> 0";
    let batch = tx.json(&calls.iter().map(|call| [call]).collect::<Vec<_>>())?;
    sql!(tx, fetch_all, sqlx::query_as(SQL).bind(tenant).bind(&batch))
}
