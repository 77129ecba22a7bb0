//! Payments, credits and adjustments.

use crate::transaction::sql;
use crate::{Error, Tx, WriteTx};

/// Money that came in from a customer.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct PaymentRecord {
    /// The tenant.
    pub tenant: i64,
    /// Its id.
    pub id: String,
    /// Who paid.
    pub customer: String,
    /// ISO 4217.
    pub currency: String,
    /// How much.
    pub amount: i64,
    /// How: `cash`, `card`, `transfer`, `other`.
    pub method: String,
    /// What the bank or the payer calls it.
    pub reference: Option<String>,
    /// When it came in.
    pub received_at: i64,
    /// When it was recorded.
    pub created_at: i64,
    /// What of it has settled nothing yet.
    pub unspent: i64,
}

/// A credit or an adjustment, with its reason.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct CreditRecord {
    /// The tenant.
    pub tenant: i64,
    /// Its id.
    pub id: String,
    /// Whose account it changes.
    pub customer: String,
    /// `credit`, `adjustment` or `opening_balance`.
    pub kind: String,
    /// ISO 4217.
    pub currency: String,
    /// What is added to the balance.
    pub amount: i64,
    /// Why.
    pub reason: String,
    /// When it was recorded.
    pub created_at: i64,
    /// What of it has settled nothing yet.
    pub unspent: i64,
}

/// Adds a payment.
///
/// # Errors
/// The database does not answer.
pub async fn insert(tx: &mut WriteTx, record: &PaymentRecord) -> Result<(), Error> {
    const SQL: &str = "INSERT INTO payments
        (tenant, id, customer, currency, amount, method, reference, received_at, created_at, unspent)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    sql!(
        tx,
        execute,
        sqlx::query(SQL)
            .bind(record.tenant)
            .bind(&record.id)
            .bind(&record.customer)
            .bind(&record.currency)
            .bind(record.amount)
            .bind(&record.method)
            .bind(&record.reference)
            .bind(record.received_at)
            .bind(record.created_at)
            .bind(record.unspent)
    )
    .map(|_| ())
}

/// Adds a credit or an adjustment.
///
/// # Errors
/// The database does not answer.
pub async fn insert_credit(tx: &mut WriteTx, record: &CreditRecord) -> Result<(), Error> {
    const SQL: &str = "INSERT INTO credits (tenant, id, customer, kind, currency, amount, reason, created_at, unspent)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    sql!(
        tx,
        execute,
        sqlx::query(SQL)
            .bind(record.tenant)
            .bind(&record.id)
            .bind(&record.customer)
            .bind(&record.kind)
            .bind(&record.currency)
            .bind(record.amount)
            .bind(&record.reason)
            .bind(record.created_at)
            .bind(record.unspent)
    )
    .map(|_| ())
}

/// A page of payments, of one customer or of all, the newest first, those before `before`.
///
/// # Errors
/// The database does not answer.
pub async fn page(
    tx: &mut Tx,
    tenant: i64,
    customer: Option<&str>,
    before: Option<&str>,
    limit: i64,
) -> Result<Vec<PaymentRecord>, Error> {
    const ALL: &str = "SELECT * FROM payments WHERE tenant = $1 AND id < $2 ORDER BY id DESC LIMIT $3";
    const ONE: &str =
        "SELECT * FROM payments WHERE tenant = $1 AND id < $2 AND customer = $4 ORDER BY id DESC LIMIT $3";
    let before = before.unwrap_or(LAST);
    match customer {
        None => sql!(tx, fetch_all, sqlx::query_as(ALL).bind(tenant).bind(before).bind(limit)),
        Some(customer) => {
            sql!(tx, fetch_all, sqlx::query_as(ONE).bind(tenant).bind(before).bind(limit).bind(customer))
        }
    }
}

/// A page of credits and adjustments, of one customer or of all, the newest first, those before `before`.
///
/// # Errors
/// The database does not answer.
pub async fn credits(
    tx: &mut Tx,
    tenant: i64,
    customer: Option<&str>,
    before: Option<&str>,
    limit: i64,
) -> Result<Vec<CreditRecord>, Error> {
    const ALL: &str = "SELECT * FROM credits WHERE tenant = $1 AND id < $2 ORDER BY id DESC LIMIT $3";
    const ONE: &str = "SELECT * FROM credits WHERE tenant = $1 AND id < $2 AND customer = $4 ORDER BY id DESC LIMIT $3";
    let before = before.unwrap_or(LAST);
    match customer {
        None => sql!(tx, fetch_all, sqlx::query_as(ALL).bind(tenant).bind(before).bind(limit)),
        Some(customer) => {
            sql!(tx, fetch_all, sqlx::query_as(ONE).bind(tenant).bind(before).bind(limit).bind(customer))
        }
    }
}

/// Sorts after every id.
const LAST: &str = "~";
