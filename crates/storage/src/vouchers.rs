//! Voucher codes: batches of them, who has redeemed which, and how often somebody tried a wrong one.

use serde::Serialize;

use crate::batch::insert_new;
use crate::transaction::sql;
use crate::{Engine, Error, Tx, WriteTx};

/// Vouchers that were made together.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct BatchRecord {
    /// Its id.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// ISO 4217.
    pub currency: String,
    /// What each voucher is worth.
    pub amount: i64,
    /// How many there are.
    pub vouchers: i64,
    /// From when on they are worth nothing.
    pub expires_at: Option<i64>,
    /// When it was made.
    pub created_at: i64,
    /// By whom, as the audit trail names them.
    pub created_by: String,
    /// When what was not redeemed of it became worthless.
    pub revoked_at: Option<i64>,
}

/// A batch, and how many of its vouchers are redeemed.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct CountedBatch {
    /// The batch.
    #[sqlx(flatten)]
    pub batch: BatchRecord,
    /// How many.
    pub redeemed: i64,
}

/// A voucher.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct VoucherRecord {
    /// What is kept of its code.
    pub digest: String,
    /// Its batch.
    pub batch: String,
    /// Which of the batch it is, from 1.
    pub position: i64,
    /// The last four letters of its code.
    pub ending: String,
    /// The customer who has redeemed it.
    pub redeemed_by: Option<String>,
    /// When.
    pub redeemed_at: Option<i64>,
    /// The payment that came of it.
    pub payment: Option<String>,
}

/// Adds a batch.
///
/// # Errors
/// The database does not answer.
pub async fn insert_batch(tx: &mut WriteTx, tenant: i64, record: &BatchRecord) -> Result<(), Error> {
    const SQL: &str = "INSERT INTO voucher_batches
        (tenant, id, name, currency, amount, vouchers, expires_at, created_at, created_by)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    sql!(
        tx,
        execute,
        sqlx::query(SQL)
            .bind(tenant)
            .bind(&record.id)
            .bind(&record.name)
            .bind(&record.currency)
            .bind(record.amount)
            .bind(record.vouchers)
            .bind(record.expires_at)
            .bind(record.created_at)
            .bind(&record.created_by)
    )
    .map(|_| ())
}

/// Adds vouchers that nobody has redeemed; answers how many have a code that was new.
///
/// # Errors
/// The database does not answer.
pub async fn insert(tx: &mut WriteTx, tenant: i64, records: &[VoucherRecord]) -> Result<usize, Error> {
    let new: Vec<String> = insert_new!(tx, tenant, records, into "vouchers", key "digest",
        text: digest batch ending, number: position)?;
    Ok(new.len())
}

/// A voucher by what is kept of its code, and its batch. No other transaction redeems the one or revokes the other before this ends.
///
/// # Errors
/// The database does not answer.
pub async fn lock(tx: &mut WriteTx, tenant: i64, digest: &str) -> Result<Option<(VoucherRecord, BatchRecord)>, Error> {
    // SQLite's one writer needs no lock of rows.
    const VOUCHER: [&str; 2] = [
        "SELECT * FROM vouchers WHERE tenant = $1 AND digest = $2",
        "SELECT * FROM vouchers WHERE tenant = $1 AND digest = $2 FOR UPDATE",
    ];
    const BATCH: [&str; 2] = [
        "SELECT * FROM voucher_batches WHERE tenant = $1 AND id = $2",
        "SELECT * FROM voucher_batches WHERE tenant = $1 AND id = $2 FOR SHARE",
    ];
    let engine = usize::from(tx.engine() == Engine::Postgres);
    let found: Option<VoucherRecord> =
        sql!(tx, fetch_optional, sqlx::query_as(VOUCHER[engine]).bind(tenant).bind(digest))?;
    let Some(voucher) = found else { return Ok(None) };
    let batch = sql!(tx, fetch_one, sqlx::query_as(BATCH[engine]).bind(tenant).bind(&voucher.batch))?;
    Ok(Some((voucher, batch)))
}

/// Notes who has redeemed a voucher, and by which payment, unless somebody has before; whether nobody had.
///
/// # Errors
/// The database does not answer.
pub async fn redeem(
    tx: &mut WriteTx,
    tenant: i64,
    digest: &str,
    (customer, at): (&str, i64),
    payment: &str,
) -> Result<bool, Error> {
    const SQL: &str = "UPDATE vouchers SET redeemed_by = $3, redeemed_at = $4, payment = $5
        WHERE tenant = $1 AND digest = $2 AND redeemed_by IS NULL";
    let redeemed = sql!(tx, execute, sqlx::query(SQL).bind(tenant).bind(digest).bind(customer).bind(at).bind(payment))?;
    Ok(redeemed == 1)
}

/// Notes that a batch is revoked, unless it was before; whether it was not.
///
/// # Errors
/// The database does not answer.
pub async fn revoke(tx: &mut WriteTx, tenant: i64, id: &str, at: i64) -> Result<bool, Error> {
    const SQL: &str = "UPDATE voucher_batches SET revoked_at = $3 WHERE tenant = $1 AND id = $2 AND revoked_at IS NULL";
    Ok(sql!(tx, execute, sqlx::query(SQL).bind(tenant).bind(id).bind(at))? == 1)
}

/// Counts the redeemed vouchers of the batch `b`.
macro_rules! counted {
    () => {
        "SELECT b.id, b.name, b.currency, b.amount, b.vouchers, b.expires_at, b.created_at, b.created_by, b.revoked_at,
            (SELECT COUNT(*) FROM vouchers v WHERE v.tenant = b.tenant AND v.batch = b.id AND v.redeemed_by IS NOT NULL)
            AS redeemed FROM voucher_batches b WHERE b.tenant = $1"
    };
}

/// A batch.
///
/// # Errors
/// The database does not answer.
pub async fn batch(tx: &mut Tx, tenant: i64, id: &str) -> Result<Option<CountedBatch>, Error> {
    const SQL: &str = concat!(counted!(), " AND b.id = $2");
    sql!(tx, fetch_optional, sqlx::query_as(SQL).bind(tenant).bind(id))
}

/// A page of batches, the newest first, those before `before`.
///
/// # Errors
/// The database does not answer.
pub async fn batches(tx: &mut Tx, tenant: i64, before: Option<&str>, limit: i64) -> Result<Vec<CountedBatch>, Error> {
    const SQL: &str = concat!(counted!(), " AND b.id < $2 ORDER BY b.id DESC LIMIT $3");
    sql!(tx, fetch_all, sqlx::query_as(SQL).bind(tenant).bind(before.unwrap_or(LAST)).bind(limit))
}

/// Sorts after every id.
const LAST: &str = "~";

/// A page of a batch's vouchers in their order, those after a position.
///
/// # Errors
/// The database does not answer.
pub async fn page(tx: &mut Tx, tenant: i64, batch: &str, after: i64, limit: i64) -> Result<Vec<VoucherRecord>, Error> {
    const SQL: &str = "SELECT * FROM vouchers WHERE tenant = $1 AND batch = $2 AND position > $3
        ORDER BY position LIMIT $4";
    sql!(tx, fetch_all, sqlx::query_as(SQL).bind(tenant).bind(batch).bind(after).bind(limit))
}

/// When a customer tried wrong codes, as it was noted last; none, if never.
///
/// # Errors
/// The database does not answer.
pub async fn tries(tx: &mut Tx, tenant: i64, customer: &str) -> Result<Option<String>, Error> {
    const SQL: &str = "SELECT wrong_at FROM voucher_tries WHERE tenant = $1 AND customer = $2";
    sql!(tx, fetch_optional, sqlx::query_scalar(SQL).bind(tenant).bind(customer))
}

/// The same for who tries now (`[]`, if never). Another transaction that asks waits for this one to end.
///
/// # Errors
/// The database does not answer.
pub async fn lock_tries(tx: &mut WriteTx, tenant: i64, customer: &str) -> Result<String, Error> {
    const SQL: &str = "INSERT INTO voucher_tries (tenant, customer, wrong_at) VALUES ($1, $2, '[]')
        ON CONFLICT (tenant, customer) DO UPDATE SET wrong_at = voucher_tries.wrong_at RETURNING wrong_at";
    sql!(tx, fetch_one, sqlx::query_scalar(SQL).bind(tenant).bind(customer))
}

/// Notes when a customer tried wrong codes.
///
/// # Errors
/// The database does not answer.
pub async fn note_tries(tx: &mut WriteTx, tenant: i64, customer: &str, wrong_at: &str) -> Result<(), Error> {
    const SQL: &str = "UPDATE voucher_tries SET wrong_at = $3 WHERE tenant = $1 AND customer = $2";
    sql!(tx, execute, sqlx::query(SQL).bind(tenant).bind(customer).bind(wrong_at)).map(|_| ())
}
