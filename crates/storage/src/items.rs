//! One-off and recurring items.

use serde::Serialize;

use crate::transaction::sql;
use crate::{Error, Tx, WriteTx};

/// A one-off or recurring item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct ItemRecord {
    /// Its id.
    pub id: String,
    /// Who pays.
    pub customer: String,
    /// For which line, if for one.
    pub line: Option<String>,
    /// `one_off` or `recurring`.
    pub kind: String,
    /// What the invoice calls it.
    pub name: String,
    /// The amount, once or for a full period; below zero for a discount.
    pub amount: i64,
    /// From when on; of a one-off item, when.
    pub from_at: i64,
    /// Until when a recurring item is charged.
    pub to_at: Option<i64>,
    /// The invoice that a one-off item is on.
    pub document: Option<String>,
    /// When it was made.
    pub created_at: i64,
    /// Counts the changes.
    pub version: i64,
}

macro_rules! columns {
    () => {
        "i.id, i.customer, i.line, i.kind, i.name, i.amount, i.from_at, i.to_at, i.document, i.created_at, i.version"
    };
}

/// Adds an item.
///
/// # Errors
/// The database does not answer.
pub async fn insert(tx: &mut WriteTx, tenant: i64, record: &ItemRecord) -> Result<(), Error> {
    const SQL: &str =
        "INSERT INTO items (tenant, id, customer, line, kind, name, amount, from_at, to_at, document, created_at,
        version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    sql!(
        tx,
        execute,
        sqlx::query(SQL)
            .bind(tenant)
            .bind(&record.id)
            .bind(&record.customer)
            .bind(&record.line)
            .bind(&record.kind)
            .bind(&record.name)
            .bind(record.amount)
            .bind(record.from_at)
            .bind(record.to_at)
            .bind(&record.document)
            .bind(record.created_at)
            .bind(record.version)
    )
    .map(|_| ())
}

/// Ends a recurring item, or takes a one-off item back that is on no invoice (by an end at its beginning), if it is still at the
/// version before; says whether it was.
///
/// # Errors
/// The database does not answer.
pub async fn end(tx: &mut WriteTx, tenant: i64, id: &str, to_at: i64, version: i64) -> Result<bool, Error> {
    const SQL: &str = "UPDATE items SET to_at = $3, version = $4 WHERE tenant = $1 AND id = $2 AND version = $4 - 1";
    let ended = sql!(tx, execute, sqlx::query(SQL).bind(tenant).bind(id).bind(to_at).bind(version))?;
    Ok(ended == 1)
}

/// Puts one-off items on an invoice.
///
/// # Errors
/// The database does not answer.
pub async fn bill(tx: &mut WriteTx, tenant: i64, id: &str, document: &str) -> Result<(), Error> {
    const SQL: &str = "UPDATE items SET document = $3, version = version + 1 WHERE tenant = $1 AND id = $2";
    sql!(tx, execute, sqlx::query(SQL).bind(tenant).bind(id).bind(document)).map(|_| ())
}

/// One item.
///
/// # Errors
/// The database does not answer.
pub async fn get(tx: &mut Tx, tenant: i64, id: &str) -> Result<Option<ItemRecord>, Error> {
    const SQL: &str = concat!("SELECT ", columns!(), " FROM items i WHERE i.tenant = $1 AND i.id = $2");
    sql!(tx, fetch_optional, sqlx::query_as(SQL).bind(tenant).bind(id))
}

/// The items of these customers, by customer, the oldest first.
///
/// # Errors
/// The database does not answer.
pub async fn of_customers(tx: &mut Tx, tenant: i64, customers: &[&str]) -> Result<Vec<ItemRecord>, Error> {
    const SQL: &str = concat!(
        "SELECT ",
        columns!(),
        " FROM json_each($2) w CROSS JOIN items i WHERE i.tenant = $1 AND i.customer = w.value ->> 0
        ORDER BY i.customer, i.id"
    );
    let batch = tx.json(&customers.iter().map(|customer| [customer]).collect::<Vec<_>>())?;
    sql!(tx, fetch_all, sqlx::query_as(SQL).bind(tenant).bind(&batch))
}
