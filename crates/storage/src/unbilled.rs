//! What waits for a customer's next invoice although its period is past.

use serde::Serialize;

use crate::batch::insert_new;
use crate::transaction::sql;
use crate::{Error, Tx, WriteTx};

/// A late call, a difference that re-rating made, a debit, a service that was charged once, or a message to an agent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct UnbilledRecord {
    /// The call's id, or that of what made the difference.
    pub id: String,
    /// `late_call`, `rerated`, `debit`, `event` or `message`.
    pub kind: String,
    /// Who pays.
    pub customer: String,
    /// For which line.
    pub line: Option<String>,
    /// The call.
    pub call: Option<String>,
    /// How much; `None` for a late call, which costs what the call costs.
    pub amount: Option<i64>,
    /// The tax in it, of a price that has tax in it.
    pub tax: Option<i64>,
    /// What the invoice calls it.
    pub name: Option<String>,
    /// Since when.
    pub created_at: i64,
    /// The invoice that it is on.
    pub document: Option<String>,
}

/// Adds what is not there yet.
///
/// # Errors
/// The database does not answer.
pub async fn insert(tx: &mut WriteTx, tenant: i64, records: &[UnbilledRecord]) -> Result<Vec<String>, Error> {
    if records.is_empty() {
        return Ok(Vec::new());
    }
    insert_new!(
        tx, tenant, records, into "unbilled", key "id",
        text: id kind customer line call name document,
        number: amount tax created_at
    )
}

/// A call that was rated just now.
#[derive(Debug, Clone, Serialize)]
pub struct RatedCall<'a> {
    /// Its id.
    pub call: &'a str,
    /// Who pays.
    pub customer: &'a str,
    /// The line.
    pub line: &'a str,
    /// When it ended.
    pub ended_at: i64,
}

/// Of calls that were rated just now, notes those whose period is billed already. To be called when the accounts of their
/// customers are locked, so that no bill run is between.
///
/// # Errors
/// The database does not answer.
pub async fn note_late(tx: &mut WriteTx, tenant: i64, calls: &[RatedCall<'_>], now: i64) -> Result<(), Error> {
    const SQL: &str = "INSERT INTO unbilled (tenant, id, kind, customer, line, call, created_at)
        SELECT $1, w.value ->> 'call', 'late_call', w.value ->> 'customer', w.value ->> 'line', w.value ->> 'call', $3
        FROM json_each($2) w CROSS JOIN billing b
        WHERE b.tenant = $1 AND b.line = w.value ->> 'line' AND CAST(w.value ->> 'ended_at' AS BIGINT) < b.starts_at
        ON CONFLICT (tenant, id) DO NOTHING";
    if calls.is_empty() {
        return Ok(());
    }
    let batch = tx.json(calls)?;
    sql!(tx, execute, sqlx::query(SQL).bind(tenant).bind(&batch).bind(now)).map(|_| ())
}

/// What of these customers waits for an invoice, by customer, the oldest first. Late calls are left to [`crate::usage::late`].
///
/// # Errors
/// The database does not answer.
pub async fn waiting(tx: &mut Tx, tenant: i64, customers: &[&str]) -> Result<Vec<UnbilledRecord>, Error> {
    const SQL: &str =
        "SELECT u.id, u.kind, u.customer, u.line, u.call, u.amount, u.tax, u.name, u.created_at, u.document
        FROM json_each($2) w CROSS JOIN unbilled u
        WHERE u.tenant = $1 AND u.customer = w.value ->> 0 AND u.document IS NULL AND u.kind <> 'late_call'
        ORDER BY u.customer, u.id";
    let batch = tx.json(&customers.iter().map(|customer| [customer]).collect::<Vec<_>>())?;
    sql!(tx, fetch_all, sqlx::query_as(SQL).bind(tenant).bind(&batch))
}

/// Customers for whom something waits and who have no running period any more, so that no period will end.
///
/// # Errors
/// The database does not answer.
pub async fn stranded_customers(tx: &mut Tx, tenant: i64) -> Result<Vec<String>, Error> {
    const SQL: &str = "SELECT DISTINCT customer FROM unbilled u WHERE tenant = $1 AND document IS NULL
        AND NOT EXISTS (SELECT 1 FROM billing b WHERE b.tenant = $1 AND b.customer = u.customer AND b.ends_at < $2) ORDER BY customer LIMIT 1000";
    sql!(tx, fetch_all, sqlx::query_scalar(SQL).bind(tenant).bind(crate::billing::NEVER))
}

/// What became of something that waited.
#[derive(Debug, Clone, Serialize)]
pub struct Billed<'a> {
    /// What waited.
    pub id: &'a str,
    /// The invoice that it is on.
    pub document: &'a str,
}

/// Puts what waited on invoices, what goes on one of them together; answers how much of it did wait.
///
/// # Errors
/// The database does not answer.
pub async fn bill(tx: &mut WriteTx, tenant: i64, billed: &[Billed<'_>]) -> Result<u64, Error> {
    const SQL: &str = "UPDATE unbilled SET document = $3
        WHERE tenant = $1 AND document IS NULL AND id IN (SELECT value ->> 0 FROM json_each($2))";
    let mut count = 0;
    for on_one in billed.chunk_by(|a, b| a.document == b.document) {
        let batch = tx.json(&on_one.iter().map(|row| [row.id]).collect::<Vec<_>>())?;
        let document = on_one.first().map(|row| row.document);
        count += sql!(tx, execute, sqlx::query(SQL).bind(tenant).bind(&batch).bind(document))?;
    }
    Ok(count)
}

/// Puts the late calls of these lines on an invoice.
///
/// # Errors
/// The database does not answer.
pub async fn bill_late(
    tx: &mut WriteTx,
    tenant: i64,
    customer: &str,
    lines: &[String],
    document: &str,
) -> Result<(), Error> {
    const SQL: &str = "UPDATE unbilled SET document = $4 WHERE tenant = $1 AND customer = $2 AND document IS NULL
        AND kind = 'late_call' AND line IN (SELECT value ->> 0 FROM json_each($3))";
    let batch = tx.json(&lines.iter().map(|line| [line]).collect::<Vec<_>>())?;
    sql!(tx, execute, sqlx::query(SQL).bind(tenant).bind(customer).bind(&batch).bind(document)).map(|_| ())
}

/// Whether a call was put aside as late, and the invoice that it is on by now.
///
/// # Errors
/// The database does not answer.
pub async fn get(tx: &mut Tx, tenant: i64, id: &str) -> Result<Option<UnbilledRecord>, Error> {
    const SQL: &str = "SELECT id, kind, customer, line, call, amount, tax, name, created_at, document FROM unbilled
        WHERE tenant = $1 AND id = $2";
    sql!(tx, fetch_optional, sqlx::query_as(SQL).bind(tenant).bind(id))
}
