//! Invoices, credit notes, receipts and statements; their numbers; how they stand.

use serde::Serialize;

use crate::batch::{insert_new, owned};
use crate::transaction::sql;
use crate::{Engine, Error, Tx, WriteTx};

/// A document that was issued.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct DocumentRecord {
    /// Its id.
    pub id: String,
    /// `invoice`, `credit_note`, `receipt` or `statement`.
    pub kind: String,
    /// Its number; a statement has none.
    pub number: Option<String>,
    /// Whose it is.
    pub customer: String,
    /// The line that it is for; empty for all.
    pub line: String,
    /// The first day of its period; empty where it has none.
    pub period_from: String,
    /// The day after the last one.
    pub period_to: String,
    /// When the calls on it ended at the earliest.
    pub starts_at: i64,
    /// Before when.
    pub ends_at: i64,
    /// When it was issued.
    pub issued_at: i64,
    /// When it is to be paid.
    pub due_at: Option<i64>,
    /// The bill run that issued it.
    pub run: Option<String>,
    /// The invoice that it corrects.
    pub corrects: Option<String>,
    /// ISO 4217.
    pub currency: String,
    /// The sum without tax.
    pub net: i64,
    /// The tax.
    pub tax: i64,
    /// Net and tax.
    pub total: i64,
    /// The sum of the calls on it, not rounded, with the tax that is in their prices.
    pub usage: i64,
    /// What is printed on it, as JSON.
    pub paper: String,
    /// `issued`, `part_paid`, `paid`, `credited`, `written_off`; `final` for what is not to be paid.
    pub state: String,
    /// What of it is settled.
    pub settled: i64,
    /// When the customer is to be reminded next.
    pub remind_at: Option<i64>,
    /// Counts the changes.
    pub version: i64,
}

/// The columns in the order of the record, without the tenant.
macro_rules! columns {
    () => {
        "id, kind, number, customer, line, period_from, period_to, starts_at, ends_at, issued_at, due_at, run, corrects, \
         currency, net, tax, total, usage, paper, state, settled, remind_at, version"
    };
}

/// Takes the next numbers of a series, and answers the first of them. Others who want some wait until the transaction ends, so
/// that what is undone leaves no gap.
///
/// # Errors
/// The database does not answer.
pub async fn take_numbers(tx: &mut WriteTx, tenant: i64, series: &str, count: i64) -> Result<i64, Error> {
    const SQL: &str = "INSERT INTO series (tenant, series, next) VALUES ($1, $2, 1 + $3)
        ON CONFLICT (tenant, series) DO UPDATE SET next = series.next + $3 RETURNING next - $3";
    sql!(tx, fetch_one, sqlx::query_scalar(SQL).bind(tenant).bind(series).bind(count))
}

/// Adds documents.
///
/// # Errors
/// A number or a period is taken, or the database does not answer.
pub async fn insert(tx: &mut WriteTx, tenant: i64, records: &[DocumentRecord]) -> Result<(), Error> {
    if records.is_empty() {
        return Ok(());
    }
    let inserted: Vec<String> = insert_new!(
        tx, tenant, records, into "documents", key "id",
        text: id kind number customer line period_from period_to run corrects currency paper state,
        number: starts_at ends_at issued_at due_at net tax total usage settled remind_at version
    )?;
    debug_assert_eq!(inserted.len(), records.len(), "ids are new");
    Ok(())
}

/// How a document stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StandingRecord {
    /// The document.
    pub id: String,
    /// As in [`DocumentRecord`].
    pub state: String,
    /// As in [`DocumentRecord`].
    pub settled: i64,
    /// As in [`DocumentRecord`].
    pub remind_at: Option<i64>,
}

/// Changes how documents stand. To be called when the account of their customer is locked.
///
/// # Errors
/// The database does not answer.
pub async fn stand(tx: &mut WriteTx, tenant: i64, standings: &[StandingRecord]) -> Result<(), Error> {
    const SQL: &str = "UPDATE documents SET state = $3, settled = $4, remind_at = $5, version = version + 1
        WHERE tenant = $1 AND id = $2";
    for standing in standings {
        sql!(
            tx,
            execute,
            sqlx::query(SQL)
                .bind(tenant)
                .bind(&standing.id)
                .bind(&standing.state)
                .bind(standing.settled)
                .bind(standing.remind_at)
        )?;
    }
    Ok(())
}

/// One document.
///
/// # Errors
/// The database does not answer.
pub async fn get(tx: &mut Tx, tenant: i64, id: &str) -> Result<Option<DocumentRecord>, Error> {
    const SQL: &str = concat!("SELECT ", columns!(), " FROM documents WHERE tenant = $1 AND id = $2");
    sql!(tx, fetch_optional, sqlx::query_as(SQL).bind(tenant).bind(id))
}

/// The document with a number.
///
/// # Errors
/// The database does not answer.
pub async fn by_number(tx: &mut Tx, tenant: i64, number: &str) -> Result<Option<DocumentRecord>, Error> {
    const SQL: &str = concat!("SELECT ", columns!(), " FROM documents WHERE tenant = $1 AND number = $2");
    sql!(tx, fetch_optional, sqlx::query_as(SQL).bind(tenant).bind(number))
}

/// Up to when a customer has invoices or statements for all of its lines.
///
/// # Errors
/// The database does not answer.
pub async fn billed_until(tx: &mut Tx, tenant: i64, customer: &str) -> Result<Option<i64>, Error> {
    const SQL: &str = "SELECT MAX(ends_at) FROM documents
        WHERE tenant = $1 AND customer = $2 AND line = '' AND kind IN ('invoice', 'statement')";
    sql!(tx, fetch_one, sqlx::query_scalar(SQL).bind(tenant).bind(customer))
}

/// Whether a document of another kind has a number that begins with this prefix and goes on with digits.
///
/// # Errors
/// The database does not answer.
pub async fn others_have_prefix(tx: &mut Tx, tenant: i64, kind: &str, prefix: &str) -> Result<bool, Error> {
    // ':' is the byte after '9'.
    const SQL: &str = "SELECT COUNT(*) FROM documents
        WHERE tenant = $1 AND number >= $3 || '0' AND number < $3 || ':' AND kind <> $2";
    let found: i64 = sql!(tx, fetch_one, sqlx::query_scalar(SQL).bind(tenant).bind(kind).bind(prefix))?;
    Ok(found > 0)
}

/// Which documents to list.
#[derive(Debug, Clone, Copy, Default)]
pub struct DocumentFilter<'a> {
    /// Those of this kind.
    pub kind: &'a str,
    /// Those of this customer.
    pub customer: Option<&'a str>,
    /// Those of these customers.
    pub among: Option<&'a [String]>,
    /// Those in this state.
    pub state: Option<&'a str>,
    /// Those alone of which something is still to be paid.
    pub unpaid: bool,
    /// Those that are to be paid, and were due before.
    pub overdue_at: Option<i64>,
    /// Those that correct this invoice.
    pub corrects: Option<&'a str>,
    /// Those of this bill run.
    pub run: Option<&'a str>,
    /// Those before this one in the list, which has the newest first.
    pub before: Option<&'a str>,
}

/// A page of documents, the newest first.
///
/// # Errors
/// The database does not answer.
pub async fn page(
    tx: &mut Tx,
    tenant: i64,
    filter: &DocumentFilter<'_>,
    limit: i64,
) -> Result<Vec<DocumentRecord>, Error> {
    let among = filter.among.map(|among| tx.customers(among)).transpose()?;
    let whole = || ("documents".to_owned(), String::new());
    let (table, own) = filter.among.map_or_else(whole, |_| owned(tx.engine(), "documents", "customer", 5, ""));
    // Customers have few documents: the index by kind would go through those of all.
    let kind = if among.is_some() || filter.customer.is_some() { "kind || ''" } else { "kind" };
    let columns = columns!();
    let mut text = format!("SELECT {columns} FROM {table} WHERE tenant = $1 AND {kind} = $2 AND id < $3{own}");
    let mut values: Vec<&str> = among.as_deref().into_iter().collect();
    for (column, value) in
        [("customer", filter.customer), ("state", filter.state), ("corrects", filter.corrects), ("run", filter.run)]
    {
        if let Some(value) = value {
            values.push(value);
            text.push_str(&format!(" AND {column} = ${}", 4 + values.len()));
        }
    }
    if filter.unpaid {
        text.push_str(" AND state IN ('issued', 'part_paid')");
    }
    if let Some(at) = filter.overdue_at {
        text.push_str(&format!(" AND state IN ('issued', 'part_paid') AND due_at < {at}"));
    }
    text.push_str(" ORDER BY id DESC LIMIT $4");
    sql!(tx, fetch_all, {
        let query = sqlx::query_as(sqlx::AssertSqlSafe(text.as_str()))
            .bind(tenant)
            .bind(filter.kind)
            .bind(filter.before.unwrap_or("~"))
            .bind(limit);
        values.iter().fold(query, |query, value| query.bind(*value))
    })
}

/// An invoice that is to be paid.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct OpenInvoice {
    /// Its id.
    pub id: String,
    /// Whose it is.
    pub customer: String,
    /// The line that it is for; empty for all.
    pub line: String,
    /// When it was issued.
    pub issued_at: i64,
    /// When it is to be paid.
    pub due_at: Option<i64>,
    /// The bill run that issued it.
    pub run: Option<String>,
    /// The amount.
    pub total: i64,
    /// What of it is settled.
    pub settled: i64,
    /// When the customer is to be reminded next.
    pub remind_at: Option<i64>,
}

/// The invoices of these customers that are to be paid, by customer, the oldest first.
///
/// # Errors
/// The database does not answer.
pub async fn open_invoices(tx: &mut Tx, tenant: i64, customers: &[&str]) -> Result<Vec<OpenInvoice>, Error> {
    const SQL: &str = "SELECT d.id, d.customer, d.line, d.issued_at, d.due_at, d.run, d.total, d.settled, d.remind_at
        FROM json_each($2) w CROSS JOIN documents d
        WHERE d.tenant = $1 AND d.customer = w.value ->> 0 AND d.state IN ('issued', 'part_paid')
        ORDER BY d.customer, d.issued_at, d.id";
    let batch = tx.json(&customers.iter().map(|customer| [customer]).collect::<Vec<_>>())?;
    sql!(tx, fetch_all, sqlx::query_as(SQL).bind(tenant).bind(&batch))
}

/// The invoices whose customers are to be reminded by now, the longest due first.
///
/// # Errors
/// The database does not answer.
pub async fn to_remind(tx: &mut Tx, tenant: i64, now: i64, limit: i64) -> Result<Vec<(String, String)>, Error> {
    const SQL: &str =
        "SELECT id, customer FROM documents WHERE tenant = $1 AND remind_at <= $2 ORDER BY remind_at LIMIT $3";
    sql!(tx, fetch_all, sqlx::query_as(SQL).bind(tenant).bind(now).bind(limit))
}

/// Keeps a document as it was drawn first; answers what is kept.
///
/// # Errors
/// The database does not answer.
pub async fn keep_drawing(
    tx: &mut WriteTx,
    tenant: i64,
    document: &str,
    pdf: &[u8],
    now: i64,
) -> Result<Vec<u8>, Error> {
    const SQL: &str =
        "INSERT INTO drawings (tenant, document, pdf, drawn_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
    sql!(tx, execute, sqlx::query(SQL).bind(tenant).bind(document).bind(pdf).bind(now))?;
    Ok(drawing(tx, tenant, document).await?.unwrap_or_default())
}

/// The document as it was drawn first, if it was.
///
/// # Errors
/// The database does not answer.
pub async fn drawing(tx: &mut Tx, tenant: i64, document: &str) -> Result<Option<Vec<u8>>, Error> {
    const SQL: &str = "SELECT pdf FROM drawings WHERE tenant = $1 AND document = $2";
    sql!(tx, fetch_optional, sqlx::query_scalar(SQL).bind(tenant).bind(document))
}

/// Locks a document until the transaction ends, and answers it.
///
/// # Errors
/// The database does not answer.
pub async fn lock(tx: &mut WriteTx, tenant: i64, id: &str) -> Result<Option<DocumentRecord>, Error> {
    const SQLITE: &str = concat!("SELECT ", columns!(), " FROM documents WHERE tenant = $1 AND id = $2");
    const POSTGRES: &str = concat!("SELECT ", columns!(), " FROM documents WHERE tenant = $1 AND id = $2 FOR UPDATE");
    let text = if tx.engine() == Engine::Postgres { POSTGRES } else { SQLITE };
    sql!(tx, fetch_optional, sqlx::query_as(text).bind(tenant).bind(id))
}
