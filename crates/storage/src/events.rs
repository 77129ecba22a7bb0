//! Services that were charged once.

use crate::transaction::sql;
use crate::{Error, Tx, WriteTx};

/// A service that was charged once, at a stated price.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct EventRecord {
    /// Its id.
    pub id: String,
    /// The switch and what the event is to it.
    pub origin: String,
    /// Who charged it.
    pub owner: String,
    /// What tells the request from another.
    pub asked: String,
    /// Who pays.
    pub customer: String,
    /// For which line, if for one.
    pub line: Option<String>,
    /// ISO 4217.
    pub currency: String,
    /// How much.
    pub amount: i64,
    /// The tax in it.
    pub tax: i64,
    /// What the service is.
    pub description: String,
    /// When it was charged.
    pub charged_at: i64,
}

/// Adds an event; `false` if there is one of its origin.
///
/// # Errors
/// The database does not answer.
pub async fn insert_new(tx: &mut WriteTx, tenant: i64, record: &EventRecord) -> Result<bool, Error> {
    const SQL: &str = "INSERT INTO charged_events
        (tenant, id, origin, owner, asked, customer, line, currency, amount, tax, description, charged_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT (tenant, origin) DO NOTHING";
    let inserted = sql!(
        tx,
        execute,
        sqlx::query(SQL)
            .bind(tenant)
            .bind(&record.id)
            .bind(&record.origin)
            .bind(&record.owner)
            .bind(&record.asked)
            .bind(&record.customer)
            .bind(&record.line)
            .bind(&record.currency)
            .bind(record.amount)
            .bind(record.tax)
            .bind(&record.description)
            .bind(record.charged_at)
    )?;
    Ok(inserted == 1)
}

/// The event of this origin.
///
/// # Errors
/// The database does not answer.
pub async fn by_origin(tx: &mut Tx, tenant: i64, origin: &str) -> Result<Option<EventRecord>, Error> {
    const SQL: &str = "SELECT id, origin, owner, asked, customer, line, currency, amount, tax, description, charged_at
        FROM charged_events WHERE tenant = $1 AND origin = $2";
    sql!(tx, fetch_optional, sqlx::query_as(SQL).bind(tenant).bind(origin))
}
