//! Files of a bank, their rows, and who may have paid.

use serde::Serialize;

use crate::batch::insert_new;
use crate::transaction::sql;
use crate::{Engine, Error, Tx, WriteTx};

/// A file of a bank.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct FileRecord {
    /// Its id.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// `camt.053` or `csv`.
    pub format: String,
    /// How many rows of money that came in it has, those that were on record before among them.
    pub received: i64,
    /// How many rows of money that went out.
    pub outgoing: i64,
    /// How many rows that are not booked yet.
    pub unbooked: i64,
    /// The rows that cannot be read, as JSON.
    pub rejects: String,
    /// When it was imported.
    pub imported_at: i64,
    /// By whom, as the audit trail names them.
    pub imported_by: String,
}

/// A file, and what became of the rows that were new with it.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct CountedFile {
    /// The file.
    #[sqlx(flatten)]
    pub file: FileRecord,
    /// How many rows are payments.
    pub taken: i64,
    /// How many wait for somebody to look at them.
    pub waiting: i64,
    /// How many somebody has set aside.
    pub set_aside: i64,
}

/// A row of a file: money that came in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct RowRecord {
    /// Its id.
    pub id: String,
    /// The file with which it came first.
    pub file: String,
    /// What tells it from all others.
    pub origin: String,
    /// Where it stands in the file, from 1.
    pub position: i64,
    /// The local day on which it was booked, such as `2026-10-05`.
    pub booked_on: String,
    /// ISO 4217.
    pub currency: String,
    /// How much.
    pub amount: i64,
    /// Who paid, as their bank calls them.
    pub payer: Option<String>,
    /// The account that it came from.
    pub account: Option<String>,
    /// What the payer wrote.
    pub text: String,
    /// `waiting`, `taken` or `set_aside`.
    pub state: String,
    /// Why it had to be looked at.
    pub doubt: Option<String>,
    /// Whose it is.
    pub customer: Option<String>,
    /// The payment that came of it.
    pub payment: Option<String>,
    /// Why it is set aside.
    pub note: Option<String>,
    /// When it was decided.
    pub decided_at: Option<i64>,
    /// By whom, as the audit trail names them.
    pub decided_by: Option<String>,
    /// Counts the changes.
    pub version: i64,
}

/// An invoice that has to be paid, and by whom.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct OwedInvoice {
    /// Its id.
    pub id: String,
    /// Its number.
    pub number: String,
    /// Whose it is.
    pub customer: String,
    /// What is left to pay of it.
    pub left_of: i64,
}

/// A customer who may have paid.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct PayerRecord {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its reference in another system.
    pub external_reference: Option<String>,
    /// ISO 4217.
    pub currency: String,
    /// Whether a payment from the account asked for was its.
    pub knows_account: bool,
}

macro_rules! row_columns {
    () => {
        "id, file, origin, position, booked_on, currency, amount, payer, account, text, state, doubt, customer, payment, note, decided_at,
        decided_by, version"
    };
}

/// Adds a file.
///
/// # Errors
/// The database does not answer.
pub async fn insert_file(tx: &mut WriteTx, tenant: i64, record: &FileRecord) -> Result<(), Error> {
    const SQL: &str = "INSERT INTO bank_files
        (tenant, id, name, format, received, outgoing, unbooked, rejects, imported_at, imported_by)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    sql!(
        tx,
        execute,
        sqlx::query(SQL)
            .bind(tenant)
            .bind(&record.id)
            .bind(&record.name)
            .bind(&record.format)
            .bind(record.received)
            .bind(record.outgoing)
            .bind(record.unbooked)
            .bind(&record.rejects)
            .bind(record.imported_at)
            .bind(&record.imported_by)
    )
    .map(|_| ())
}

macro_rules! counted_files {
    ($where:literal) => {
        concat!(
            "SELECT f.*,
                (SELECT COUNT(*) FROM bank_rows r WHERE r.tenant = $1 AND r.file = f.id AND r.state = 'taken') AS taken,
                (SELECT COUNT(*) FROM bank_rows r WHERE r.tenant = $1 AND r.file = f.id AND r.state = 'waiting') AS waiting,
                (SELECT COUNT(*) FROM bank_rows r WHERE r.tenant = $1 AND r.file = f.id AND r.state = 'set_aside') AS set_aside
            FROM bank_files f WHERE f.tenant = $1 AND ",
            $where
        )
    };
}

/// A file with this id.
///
/// # Errors
/// The database does not answer.
pub async fn file(tx: &mut Tx, tenant: i64, id: &str) -> Result<Option<CountedFile>, Error> {
    const SQL: &str = counted_files!("f.id = $2");
    sql!(tx, fetch_optional, sqlx::query_as(SQL).bind(tenant).bind(id))
}

/// A page of files, the newest first, those before `before`.
///
/// # Errors
/// The database does not answer.
pub async fn files(tx: &mut Tx, tenant: i64, before: Option<&str>, limit: i64) -> Result<Vec<CountedFile>, Error> {
    const SQL: &str = counted_files!("f.id < $2 ORDER BY f.id DESC LIMIT $3");
    sql!(tx, fetch_all, sqlx::query_as(SQL).bind(tenant).bind(before.unwrap_or("~")).bind(limit))
}

/// Adds the rows whose origin is not on record yet; answers these origins.
///
/// # Errors
/// The database does not answer.
pub async fn insert_rows(tx: &mut WriteTx, tenant: i64, records: &[RowRecord]) -> Result<Vec<String>, Error> {
    insert_new!(tx, tenant, records, into "bank_rows", key "origin",
        text: id file origin booked_on currency payer account text state doubt customer payment note decided_by,
        number: position amount decided_at version)
}

/// Writes what became of a row.
///
/// # Errors
/// The database does not answer.
pub async fn decide(tx: &mut WriteTx, tenant: i64, record: &RowRecord) -> Result<(), Error> {
    const SQL: &str = "UPDATE bank_rows SET state = $3, doubt = $4, customer = $5, payment = $6, note = $7,
            decided_at = $8, decided_by = $9, version = version + 1
        WHERE tenant = $1 AND id = $2";
    sql!(
        tx,
        execute,
        sqlx::query(SQL)
            .bind(tenant)
            .bind(&record.id)
            .bind(&record.state)
            .bind(&record.doubt)
            .bind(&record.customer)
            .bind(&record.payment)
            .bind(&record.note)
            .bind(record.decided_at)
            .bind(&record.decided_by)
    )
    .map(|_| ())
}

/// A row with this id.
///
/// # Errors
/// The database does not answer.
pub async fn row(tx: &mut Tx, tenant: i64, id: &str) -> Result<Option<RowRecord>, Error> {
    const SQL: &str = concat!("SELECT ", row_columns!(), " FROM bank_rows WHERE tenant = $1 AND id = $2");
    sql!(tx, fetch_optional, sqlx::query_as(SQL).bind(tenant).bind(id))
}

/// The same, locked until the transaction ends.
///
/// # Errors
/// The database does not answer.
pub async fn lock_row(tx: &mut WriteTx, tenant: i64, id: &str) -> Result<Option<RowRecord>, Error> {
    // SQLite's one writer needs no lock of rows.
    const POSTGRES: &str =
        concat!("SELECT ", row_columns!(), " FROM bank_rows WHERE tenant = $1 AND id = $2 FOR UPDATE");
    if tx.engine() == Engine::Sqlite {
        return row(tx, tenant, id).await;
    }
    sql!(tx, fetch_optional, sqlx::query_as(POSTGRES).bind(tenant).bind(id))
}

/// Which of a file's or of all rows to list.
#[derive(Debug, Clone, Copy, Default)]
pub struct RowFilter<'a> {
    /// Those that came with this file.
    pub file: Option<&'a str>,
    /// Those in this state.
    pub state: Option<&'a str>,
    /// Those after this one in the list, which has the oldest first.
    pub after: Option<&'a str>,
}

/// A page of rows, the oldest first.
///
/// # Errors
/// The database does not answer.
pub async fn rows(tx: &mut Tx, tenant: i64, filter: &RowFilter<'_>, limit: i64) -> Result<Vec<RowRecord>, Error> {
    let mut text = concat!("SELECT ", row_columns!(), " FROM bank_rows WHERE tenant = $1 AND id > $2").to_owned();
    let mut values = Vec::new();
    for (column, value) in [("file", filter.file), ("state", filter.state)] {
        if let Some(value) = value {
            values.push(value);
            text.push_str(&format!(" AND {column} = ${}", 3 + values.len()));
        }
    }
    text.push_str(" ORDER BY id LIMIT $3");
    sql!(tx, fetch_all, {
        let query = sqlx::query_as(sqlx::AssertSqlSafe(text.as_str()))
            .bind(tenant)
            .bind(filter.after.unwrap_or_default())
            .bind(limit);
        values.iter().fold(query, |query, value| query.bind(*value))
    })
}

/// The invoices that have to be paid, of one customer or of all: by customer, the oldest first.
///
/// # Errors
/// The database does not answer.
pub async fn owed_invoices(tx: &mut Tx, tenant: i64, customer: Option<&str>) -> Result<Vec<OwedInvoice>, Error> {
    const ALL: &str = "SELECT id, COALESCE(number, '') AS number, customer, total - settled AS left_of FROM documents
        WHERE tenant = $1 AND state IN ('issued', 'part_paid') AND kind = 'invoice' ORDER BY customer, issued_at, id";
    const OF_ONE: &str = "SELECT id, COALESCE(number, '') AS number, customer, total - settled AS left_of FROM documents
        WHERE tenant = $1 AND customer = $2 AND state IN ('issued', 'part_paid') AND kind = 'invoice' ORDER BY issued_at, id";
    match customer {
        Some(customer) => sql!(tx, fetch_all, sqlx::query_as(OF_ONE).bind(tenant).bind(customer)),
        None => sql!(tx, fetch_all, sqlx::query_as(ALL).bind(tenant)),
    }
}

/// The customers of these ids, those with these references, and those whose payments came from this account, each once.
///
/// # Errors
/// The database does not answer.
pub async fn payers(
    tx: &mut Tx,
    tenant: i64,
    (ids, references): (&[&str], &[&str]),
    account: Option<&str>,
) -> Result<Vec<PayerRecord>, Error> {
    const SQL: &str = "SELECT c.id, c.name, c.external_reference, c.currency,
            EXISTS (SELECT 1 FROM bank_rows r WHERE r.tenant = $1 AND r.account = $4 AND r.state = 'taken' AND r.customer = c.id)
                AS knows_account
        FROM (SELECT w.value ->> 0 AS id FROM json_each($2) w
            UNION SELECT k.id FROM json_each($3) v CROSS JOIN customers k
                WHERE k.tenant = $1 AND k.external_reference = v.value ->> 0
            UNION SELECT r.customer FROM bank_rows r WHERE r.tenant = $1 AND r.account = $4 AND r.state = 'taken') AS asked
        CROSS JOIN customers c WHERE c.tenant = $1 AND c.id = asked.id ORDER BY c.id";
    let ids = tx.json(&ids.iter().map(|id| [id]).collect::<Vec<_>>())?;
    let references = tx.json(&references.iter().map(|reference| [reference]).collect::<Vec<_>>())?;
    sql!(tx, fetch_all, sqlx::query_as(SQL).bind(tenant).bind(&ids).bind(&references).bind(account.unwrap_or_default()))
}
