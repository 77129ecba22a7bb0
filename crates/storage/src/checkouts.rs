//! Pages of a payment provider on which customers pay.

use serde::Serialize;

use crate::transaction::sql;
use crate::{Engine, Error, Tx, WriteTx};

/// A page on which a customer pays.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct CheckoutRecord {
    /// Its id.
    pub id: String,
    /// Who pays.
    pub customer: String,
    /// ISO 4217.
    pub currency: String,
    /// How much.
    pub amount: i64,
    /// The invoice that is to be paid first.
    pub invoice: Option<String>,
    /// Whose page it is.
    pub provider: String,
    /// What the provider calls it.
    pub page: Option<String>,
    /// Where it is.
    pub url: Option<String>,
    /// `begun`, `open`, `paid`, `failed` or `expired`.
    pub state: String,
    /// The payment that came of it.
    pub payment: Option<String>,
    /// When it was begun.
    pub created_at: i64,
    /// Until when it can be paid.
    pub expires_at: Option<i64>,
    /// When it was paid, or became what else it is.
    pub decided_at: Option<i64>,
    /// 1, if the provider is to keep the card and has not told that it did.
    pub keep_card: i64,
    /// 1, if there is no page, and a kept card is charged.
    pub automatic: i64,
}

/// The columns in the order of the record, without the tenant.
macro_rules! columns {
    () => {
        "id, customer, currency, amount, invoice, provider, page, url, state, payment, created_at, expires_at, decided_at, keep_card,
        automatic"
    };
}

/// Adds a checkout.
///
/// # Errors
/// The database does not answer.
pub async fn insert(tx: &mut WriteTx, tenant: i64, record: &CheckoutRecord) -> Result<(), Error> {
    const SQL: &str =
        "INSERT INTO checkouts (tenant, id, customer, currency, amount, invoice, provider, state, created_at, keep_card, automatic)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    sql!(
        tx,
        execute,
        sqlx::query(SQL)
            .bind(tenant)
            .bind(&record.id)
            .bind(&record.customer)
            .bind(&record.currency)
            .bind(record.amount)
            .bind(&record.invoice)
            .bind(&record.provider)
            .bind(&record.state)
            .bind(record.created_at)
            .bind(record.keep_card)
            .bind(record.automatic)
    )
    .map(|_| ())
}

/// Writes how a checkout stands.
///
/// # Errors
/// The database does not answer.
pub async fn update(tx: &mut WriteTx, tenant: i64, record: &CheckoutRecord) -> Result<(), Error> {
    const SQL: &str =
        "UPDATE checkouts SET page = $3, url = $4, state = $5, payment = $6, expires_at = $7, decided_at = $8, keep_card = $9
        WHERE tenant = $1 AND id = $2";
    sql!(
        tx,
        execute,
        sqlx::query(SQL)
            .bind(tenant)
            .bind(&record.id)
            .bind(&record.page)
            .bind(&record.url)
            .bind(&record.state)
            .bind(&record.payment)
            .bind(record.expires_at)
            .bind(record.decided_at)
            .bind(record.keep_card)
    )
    .map(|_| ())
}

/// The checkout with this id.
///
/// # Errors
/// The database does not answer.
pub async fn get(tx: &mut Tx, tenant: i64, id: &str) -> Result<Option<CheckoutRecord>, Error> {
    const SQL: &str = concat!("SELECT ", columns!(), " FROM checkouts WHERE tenant = $1 AND id = $2");
    sql!(tx, fetch_optional, sqlx::query_as(SQL).bind(tenant).bind(id))
}

/// The same, locked until the transaction ends.
///
/// # Errors
/// The database does not answer.
pub async fn lock(tx: &mut WriteTx, tenant: i64, id: &str) -> Result<Option<CheckoutRecord>, Error> {
    const SQLITE: &str = concat!("SELECT ", columns!(), " FROM checkouts WHERE tenant = $1 AND id = $2");
    const POSTGRES: &str = concat!("SELECT ", columns!(), " FROM checkouts WHERE tenant = $1 AND id = $2 FOR UPDATE");
    let text = if tx.engine() == Engine::Postgres { POSTGRES } else { SQLITE };
    sql!(tx, fetch_optional, sqlx::query_as(text).bind(tenant).bind(id))
}

/// How many pages a customer has begun since then and not paid.
///
/// # Errors
/// The database does not answer.
pub async fn count_unpaid(tx: &mut Tx, tenant: i64, customer: &str, since: i64) -> Result<i64, Error> {
    const SQL: &str = "SELECT COUNT(*) FROM checkouts
        WHERE tenant = $1 AND customer = $2 AND created_at >= $3 AND state <> 'paid' AND automatic = 0";
    sql!(tx, fetch_one, sqlx::query_scalar(SQL).bind(tenant).bind(customer).bind(since))
}
