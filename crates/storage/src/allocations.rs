//! What settles what.

use serde::Serialize;

use crate::batch::insert_new;
use crate::transaction::sql;
use crate::{Error, Tx, WriteTx};

/// What of a payment, credit or credit note settles what of an invoice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct AllocationRecord {
    /// Its id.
    pub id: String,
    /// The payment, credit or credit note.
    pub source: String,
    /// `payment`, `credit` or `credit_note`.
    pub kind: String,
    /// The invoice.
    pub document: String,
    /// Whose both are.
    pub customer: String,
    /// How much; below zero where it was taken back.
    pub amount: i64,
    /// When.
    pub created_at: i64,
}

/// Adds allocations.
///
/// # Errors
/// The database does not answer.
pub async fn insert(tx: &mut WriteTx, tenant: i64, records: &[AllocationRecord]) -> Result<(), Error> {
    if records.is_empty() {
        return Ok(());
    }
    let _: Vec<String> = insert_new!(
        tx, tenant, records, into "allocations", key "id",
        text: id source kind document customer, number: amount created_at
    )?;
    Ok(())
}

/// What settles an invoice, the first first.
///
/// # Errors
/// The database does not answer.
pub async fn of_document(tx: &mut Tx, tenant: i64, document: &str) -> Result<Vec<AllocationRecord>, Error> {
    const SQL: &str = "SELECT id, source, kind, document, customer, amount, created_at FROM allocations
        WHERE tenant = $1 AND document = $2 ORDER BY id";
    sql!(tx, fetch_all, sqlx::query_as(SQL).bind(tenant).bind(document))
}

/// What a payment or credit settles of which invoice.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct SettledRecord {
    /// The payment or credit.
    pub source: String,
    /// The invoice.
    pub document: String,
    /// The invoice's number.
    pub number: Option<String>,
    /// How much.
    pub amount: i64,
}

/// What these payments and credits settle, by source, the first first.
///
/// # Errors
/// The database does not answer.
pub async fn of_sources(tx: &mut Tx, tenant: i64, sources: &[&str]) -> Result<Vec<SettledRecord>, Error> {
    const SQL: &str = "SELECT a.source, a.document, d.number, a.amount
        FROM json_each($2) w CROSS JOIN allocations a CROSS JOIN documents d
        WHERE a.tenant = $1 AND a.source = w.value ->> 0 AND d.tenant = $1 AND d.id = a.document
        ORDER BY a.source, a.id";
    let batch = tx.json(&sources.iter().map(|source| [source]).collect::<Vec<_>>())?;
    sql!(tx, fetch_all, sqlx::query_as(SQL).bind(tenant).bind(&batch))
}

/// Money of a customer that has settled nothing yet.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Fund {
    /// The payment or credit.
    pub source: String,
    /// `payment` or `credit`.
    pub kind: String,
    /// Whose it is.
    pub customer: String,
    /// How much is left of it.
    pub unspent: i64,
    /// When it came.
    pub came_at: i64,
    /// The reference of a payment, the reason of a credit.
    pub name: Option<String>,
}

/// What these customers have that has settled nothing yet, by customer, the oldest first.
///
/// # Errors
/// The database does not answer.
pub async fn funds(tx: &mut Tx, tenant: i64, customers: &[&str]) -> Result<Vec<Fund>, Error> {
    const SQL: &str = "SELECT p.id AS source, 'payment' AS kind, p.customer, p.unspent, p.received_at AS came_at,
            p.reference AS name
        FROM json_each($2) w CROSS JOIN payments p
        WHERE p.tenant = $1 AND p.customer = w.value ->> 0 AND p.unspent > 0
        UNION ALL
        SELECT c.id, 'credit', c.customer, c.unspent, c.created_at, c.reason
        FROM json_each($2) w CROSS JOIN credits c
        WHERE c.tenant = $1 AND c.customer = w.value ->> 0 AND c.unspent > 0
        ORDER BY 3, 5, 1";
    let batch = tx.json(&customers.iter().map(|customer| [customer]).collect::<Vec<_>>())?;
    sql!(tx, fetch_all, sqlx::query_as(SQL).bind(tenant).bind(&batch))
}

/// Adds to what is left of a payment or credit (below zero: takes from it).
///
/// # Errors
/// The database does not answer.
pub async fn spend(tx: &mut WriteTx, tenant: i64, source: &str, kind: &str, unspent: i64) -> Result<(), Error> {
    const PAYMENT: &str = "UPDATE payments SET unspent = unspent + $3 WHERE tenant = $1 AND id = $2";
    const CREDIT: &str = "UPDATE credits SET unspent = unspent + $3 WHERE tenant = $1 AND id = $2";
    let text = if kind == "payment" { PAYMENT } else { CREDIT };
    sql!(tx, execute, sqlx::query(text).bind(tenant).bind(source).bind(unspent)).map(|_| ())
}
