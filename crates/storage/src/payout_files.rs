//! Files by which a bank pays agents: which payouts wait for one, and what is in each.

use serde::Serialize;

use crate::batch::insert_new;
use crate::transaction::sql;
use crate::{Error, Tx, WriteTx};

/// A payout that is in no file, and where its agent is paid to now.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct WaitingRecord {
    /// The payout's id.
    pub id: String,
    /// The number of its statement.
    pub number: String,
    /// Who is paid.
    pub agent: String,
    /// Its name.
    pub name: String,
    /// Its bank account, as JSON.
    pub bank: Option<String>,
    /// How much.
    pub amount: i64,
}

/// A file.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct PayoutFileRecord {
    /// Its id.
    pub id: String,
    /// ISO 4217.
    pub currency: String,
    /// On which day the bank is to pay, such as `2026-03-02`.
    pub execution_on: String,
    /// Whom it is from, as JSON.
    pub payer: String,
    /// How many payouts are in it.
    pub payouts: i64,
    /// What they come to.
    pub amount: i64,
    /// Which payouts were not taken in, as JSON.
    pub left_out: String,
    /// When it was made.
    pub made_at: i64,
    /// By whom, as the audit trail names them.
    pub made_by: String,
    /// When it was withdrawn.
    pub withdrawn_at: Option<i64>,
    /// By whom.
    pub withdrawn_by: Option<String>,
}

/// A payout in a file, as it was when the file was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct PayoutFileItem {
    /// The file.
    pub file: String,
    /// The payout.
    pub payout: String,
    /// The number of its statement.
    pub number: String,
    /// Who is paid.
    pub agent: String,
    /// Whose account it is.
    pub holder: String,
    /// Its number, without blanks.
    pub iban: String,
    /// Its bank.
    pub bic: Option<String>,
    /// How much.
    pub amount: i64,
}

/// A payout in a file, and what has become of it.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct ListedItem {
    /// What the file says.
    #[sqlx(flatten)]
    pub item: PayoutFileItem,
    /// When the bank returned the payout.
    pub bounced_at: Option<i64>,
}

/// The payouts in a currency that were not returned and are in no file, the first one first.
///
/// # Errors
/// The database does not answer.
pub async fn waiting(tx: &mut Tx, tenant: i64, currency: &str) -> Result<Vec<WaitingRecord>, Error> {
    const SQL: &str = "SELECT p.id, d.number, p.agent, a.name, a.bank, p.amount
        FROM payouts p CROSS JOIN documents d CROSS JOIN agents a
        WHERE p.tenant = $1 AND p.currency = $2 AND p.file IS NULL AND p.bounced_at IS NULL
            AND d.tenant = $1 AND d.id = p.id AND a.tenant = $1 AND a.id = p.agent
        ORDER BY p.id";
    sql!(tx, fetch_all, sqlx::query_as(SQL).bind(tenant).bind(currency))
}

/// Puts payouts into a file, but for those that are in one or were returned meanwhile; answers which it took. Of two who take the same at
/// once the second waits for the first, and gets none.
///
/// # Errors
/// The database does not answer.
pub async fn take(tx: &mut WriteTx, tenant: i64, file: &str, payouts: &[&str]) -> Result<Vec<String>, Error> {
    const SQL: &str = "UPDATE payouts SET file = $2
        WHERE tenant = $1 AND id IN (SELECT value ->> 0 FROM json_each($3)) AND file IS NULL AND bounced_at IS NULL
        RETURNING id";
    let batch = tx.json(&payouts.iter().map(|payout| [payout]).collect::<Vec<_>>())?;
    sql!(tx, fetch_all, sqlx::query_scalar(SQL).bind(tenant).bind(file).bind(&batch))
}

/// Adds a file with what is in it.
///
/// # Errors
/// The database does not answer.
pub async fn insert(
    tx: &mut WriteTx,
    tenant: i64,
    record: &PayoutFileRecord,
    items: &[PayoutFileItem],
) -> Result<(), Error> {
    const SQL: &str = "INSERT INTO payout_files
        (tenant, id, currency, execution_on, payer, payouts, amount, left_out, made_at, made_by)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    sql!(
        tx,
        execute,
        sqlx::query(SQL)
            .bind(tenant)
            .bind(&record.id)
            .bind(&record.currency)
            .bind(&record.execution_on)
            .bind(&record.payer)
            .bind(record.payouts)
            .bind(record.amount)
            .bind(&record.left_out)
            .bind(record.made_at)
            .bind(&record.made_by)
    )?;
    let _: Vec<String> = insert_new!(tx, tenant, items, into "payout_file_items", key "file, payout",
        text: file payout number agent holder iban bic, number: amount)?;
    Ok(())
}

/// Notes that a file is withdrawn, unless it was before, and frees its payouts for another one; whether it was not.
///
/// # Errors
/// The database does not answer.
pub async fn withdraw(tx: &mut WriteTx, tenant: i64, id: &str, (at, by): (i64, &str)) -> Result<bool, Error> {
    const FILE: &str = "UPDATE payout_files SET withdrawn_at = $3, withdrawn_by = $4
        WHERE tenant = $1 AND id = $2 AND withdrawn_at IS NULL";
    const PAYOUTS: &str = "UPDATE payouts SET file = NULL WHERE tenant = $1 AND file = $2";
    let withdrawn = sql!(tx, execute, sqlx::query(FILE).bind(tenant).bind(id).bind(at).bind(by))?;
    if withdrawn == 1 {
        sql!(tx, execute, sqlx::query(PAYOUTS).bind(tenant).bind(id))?;
    }
    Ok(withdrawn == 1)
}

/// A file.
///
/// # Errors
/// The database does not answer.
pub async fn get(tx: &mut Tx, tenant: i64, id: &str) -> Result<Option<PayoutFileRecord>, Error> {
    const SQL: &str = "SELECT * FROM payout_files WHERE tenant = $1 AND id = $2";
    sql!(tx, fetch_optional, sqlx::query_as(SQL).bind(tenant).bind(id))
}

/// A page of files, the newest first, those before `before`.
///
/// # Errors
/// The database does not answer.
pub async fn page(tx: &mut Tx, tenant: i64, before: Option<&str>, limit: i64) -> Result<Vec<PayoutFileRecord>, Error> {
    const SQL: &str = "SELECT * FROM payout_files WHERE tenant = $1 AND id < $2 ORDER BY id DESC LIMIT $3";
    sql!(tx, fetch_all, sqlx::query_as(SQL).bind(tenant).bind(before.unwrap_or("~")).bind(limit))
}

/// What is in a file, the first payout first.
///
/// # Errors
/// The database does not answer.
pub async fn items(tx: &mut Tx, tenant: i64, file: &str) -> Result<Vec<ListedItem>, Error> {
    const SQL: &str = "SELECT i.file, i.payout, i.number, i.agent, i.holder, i.iban, i.bic, i.amount, p.bounced_at
        FROM payout_file_items i CROSS JOIN payouts p
        WHERE i.tenant = $1 AND i.file = $2 AND p.tenant = $1 AND p.id = i.payout ORDER BY i.payout";
    sql!(tx, fetch_all, sqlx::query_as(SQL).bind(tenant).bind(file))
}
