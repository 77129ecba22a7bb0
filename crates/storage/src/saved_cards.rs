//! Cards that payment providers keep: here is what they call who pays with one, and nothing of the card.

use serde::Serialize;

use crate::transaction::sql;
use crate::{Error, Tx, WriteTx};

/// A card that a provider keeps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct SavedCardRecord {
    /// Whose it is.
    pub customer: String,
    /// Who keeps it.
    pub provider: String,
    /// What the provider calls who pays with it.
    pub payer: String,
    /// Since when.
    pub saved_at: i64,
}

/// Writes down a card, in the place of the one before.
///
/// # Errors
/// The database does not answer.
pub async fn put(tx: &mut WriteTx, tenant: i64, record: &SavedCardRecord) -> Result<(), Error> {
    const SQL: &str =
        "INSERT INTO saved_cards (tenant, customer, provider, payer, saved_at) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (tenant, customer) DO UPDATE SET provider = excluded.provider, payer = excluded.payer,
            saved_at = excluded.saved_at";
    sql!(
        tx,
        execute,
        sqlx::query(SQL)
            .bind(tenant)
            .bind(&record.customer)
            .bind(&record.provider)
            .bind(&record.payer)
            .bind(record.saved_at)
    )
    .map(|_| ())
}

/// A customer's card.
///
/// # Errors
/// The database does not answer.
pub async fn get(tx: &mut Tx, tenant: i64, customer: &str) -> Result<Option<SavedCardRecord>, Error> {
    const SQL: &str = "SELECT customer, provider, payer, saved_at FROM saved_cards WHERE tenant = $1 AND customer = $2";
    sql!(tx, fetch_optional, sqlx::query_as(SQL).bind(tenant).bind(customer))
}

/// Forgets a customer's card; whether there was one.
///
/// # Errors
/// The database does not answer.
pub async fn delete(tx: &mut WriteTx, tenant: i64, customer: &str) -> Result<bool, Error> {
    const SQL: &str = "DELETE FROM saved_cards WHERE tenant = $1 AND customer = $2";
    Ok(sql!(tx, execute, sqlx::query(SQL).bind(tenant).bind(customer))? > 0)
}
