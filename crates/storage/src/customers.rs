//! Customers.

use crate::batch::{among, owned};
use crate::transaction::sql;
use crate::{Error, Tx, WriteTx};

/// A customer; the balance stands on the account of the same id (see [`crate::ledger`]).
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct CustomerRecord {
    /// The tenant.
    pub tenant: i64,
    /// Its id.
    pub id: String,
    /// How it is listed.
    pub name: String,
    /// Its name in another system, unique in the tenant.
    pub external_reference: Option<String>,
    /// `prepaid` or `postpaid`.
    pub mode: String,
    /// ISO 4217.
    pub currency: String,
    /// `active` or `closed`.
    pub state: String,
    /// Everything else, as JSON.
    pub details: String,
    /// When it was made.
    pub created_at: i64,
    /// Counts the changes.
    pub version: i64,
}

/// Adds a customer; `false` if its external reference is taken.
///
/// # Errors
/// The database does not answer.
pub async fn insert(tx: &mut WriteTx, record: &CustomerRecord) -> Result<bool, Error> {
    const SQL: &str = "INSERT INTO customers
        (tenant, id, name, external_reference, mode, currency, state, details, created_at, version, search)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING";
    let inserted = sql!(
        tx,
        execute,
        sqlx::query(SQL)
            .bind(record.tenant)
            .bind(&record.id)
            .bind(&record.name)
            .bind(&record.external_reference)
            .bind(&record.mode)
            .bind(&record.currency)
            .bind(&record.state)
            .bind(&record.details)
            .bind(record.created_at)
            .bind(record.version)
            .bind(searchable(record))
    )?;
    Ok(inserted == 1)
}

/// Replaces a customer, if it is still at the version before; says whether it was.
///
/// # Errors
/// The database does not answer, or the external reference is another's.
pub async fn update(tx: &mut WriteTx, record: &CustomerRecord) -> Result<bool, Error> {
    const SQL: &str = "UPDATE customers SET name = $3, external_reference = $4, state = $5, details = $6, version = $7,
        search = $8 WHERE tenant = $1 AND id = $2 AND version = $7 - 1";
    let updated = sql!(
        tx,
        execute,
        sqlx::query(SQL)
            .bind(record.tenant)
            .bind(&record.id)
            .bind(&record.name)
            .bind(&record.external_reference)
            .bind(&record.state)
            .bind(&record.details)
            .bind(record.version)
            .bind(searchable(record))
    )?;
    Ok(updated == 1)
}

/// One customer.
///
/// # Errors
/// The database does not answer.
pub async fn get(tx: &mut Tx, tenant: i64, id: &str) -> Result<Option<CustomerRecord>, Error> {
    const SQL: &str = "SELECT * FROM customers WHERE tenant = $1 AND id = $2";
    sql!(tx, fetch_optional, sqlx::query_as(SQL).bind(tenant).bind(id))
}

/// The customer of this external reference.
///
/// # Errors
/// The database does not answer.
pub async fn by_reference(tx: &mut Tx, tenant: i64, reference: &str) -> Result<Option<CustomerRecord>, Error> {
    const SQL: &str = "SELECT * FROM customers WHERE tenant = $1 AND external_reference = $2";
    sql!(tx, fetch_optional, sqlx::query_as(SQL).bind(tenant).bind(reference))
}

/// Which customers to list.
#[derive(Debug, Clone, Copy, Default)]
pub struct CustomerFilter<'a> {
    /// Those among these.
    pub among: Option<&'a [String]>,
    /// Those with this in their name or external reference, in any case.
    pub search: Option<&'a str>,
    /// Those after this one in the list.
    pub after: Option<&'a str>,
}

/// A page of customers in the order of their ids.
///
/// # Errors
/// The database does not answer.
pub async fn page(
    tx: &mut Tx,
    tenant: i64,
    filter: &CustomerFilter<'_>,
    limit: i64,
) -> Result<Vec<CustomerRecord>, Error> {
    const ALL: &str = "SELECT * FROM customers WHERE tenant = $1 AND id > $2 ORDER BY id LIMIT $3";
    const MATCHING: &str = "SELECT * FROM customers WHERE tenant = $1 AND id > $2
        AND search LIKE $4 ESCAPE '\\' ORDER BY id LIMIT $3";
    let after = filter.after.unwrap_or_default();
    let pattern = filter.search.map(|text| format!("%{}%", literal(&text.to_lowercase())));
    match (filter.among, &pattern) {
        (None, None) => sql!(tx, fetch_all, sqlx::query_as(ALL).bind(tenant).bind(after).bind(limit)),
        (None, Some(pattern)) => {
            sql!(tx, fetch_all, sqlx::query_as(MATCHING).bind(tenant).bind(after).bind(limit).bind(pattern))
        }
        (Some(among), pattern) => {
            let (table, own) = owned(tx.engine(), "customers", "id", 5, "");
            let text = format!(
                "SELECT customers.* FROM {table} WHERE tenant = $1 AND id > $2 AND search LIKE $4 ESCAPE '\\'{own}
                    ORDER BY id LIMIT $3"
            );
            let (among, pattern) = (tx.customers(among)?, pattern.as_deref().unwrap_or("%"));
            sql!(
                tx,
                fetch_all,
                sqlx::query_as(sqlx::AssertSqlSafe(text.as_str()))
                    .bind(tenant)
                    .bind(after)
                    .bind(limit)
                    .bind(pattern)
                    .bind(&among)
            )
        }
    }
}

/// All customers of a tenant: for imports, which look most of them up.
///
/// # Errors
/// The database does not answer.
pub async fn all(tx: &mut Tx, tenant: i64) -> Result<Vec<CustomerRecord>, Error> {
    sql!(tx, fetch_all, sqlx::query_as("SELECT * FROM customers WHERE tenant = $1").bind(tenant))
}

/// These customers, in the order of their ids.
///
/// # Errors
/// The database does not answer.
pub async fn some(tx: &mut Tx, tenant: i64, ids: &[&str]) -> Result<Vec<CustomerRecord>, Error> {
    let text = |some: &str| format!("SELECT * FROM customers WHERE tenant = $1 AND id {some} ORDER BY id");
    among!(tx, query_as, tenant, ids, text("IN (SELECT value ->> 0 FROM json_each($2))"), text("= ANY ($2)"))
}

/// What a search looks at. The engines make lower case of different letters, so that it is done here.
fn searchable(record: &CustomerRecord) -> String {
    format!("{}\n{}", record.name, record.external_reference.as_deref().unwrap_or_default()).to_lowercase()
}

/// The text with the wildcards of LIKE taken as themselves.
fn literal(text: &str) -> String {
    text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}
