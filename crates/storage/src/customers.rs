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
    /// What a search looks at, in lower case: the engines make lower case of different letters.
    pub search: String,
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
            .bind(&record.search)
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
            .bind(&record.search)
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
    /// Those with this in what a search looks at, in any case.
    pub search: Option<&'a str>,
    /// Beside those that the search finds, those with these digits in what it looks at, or in the number of a line.
    pub number: Option<&'a str>,
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
    let whole = || ("customers".to_owned(), String::new());
    let (table, own) = filter.among.map_or_else(whole, |_| owned(tx.engine(), "customers", "id", 4, ""));
    let mut text = format!("SELECT customers.* FROM {table} WHERE tenant = $1 AND id > $2{own}");
    let mut values: Vec<String> = filter.among.map(|among| tx.customers(among)).transpose()?.into_iter().collect();
    if let Some(search) = filter.search {
        values.push(format!("%{}%", literal(&search.to_lowercase())));
        text.push_str(&format!(" AND (search LIKE ${} ESCAPE '\\'", 3 + values.len()));
        if let Some(number) = filter.number {
            values.push(format!("%{}%", literal(number)));
            let at = 3 + values.len();
            text.push_str(&format!(
                " OR search LIKE ${at} ESCAPE '\\'
                    OR id IN (SELECT customer FROM lines WHERE tenant = $1 AND number LIKE ${at} ESCAPE '\\')"
            ));
        }
        text.push(')');
    }
    text.push_str(" ORDER BY id LIMIT $3");
    sql!(tx, fetch_all, {
        let query = sqlx::query_as(sqlx::AssertSqlSafe(text.as_str()))
            .bind(tenant)
            .bind(filter.after.unwrap_or_default())
            .bind(limit);
        values.iter().fold(query, |query, value| query.bind(value))
    })
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

/// The names of some customers, by id.
///
/// # Errors
/// The database does not answer.
pub async fn names(tx: &mut Tx, tenant: i64, ids: &[&str]) -> Result<Vec<(String, String)>, Error> {
    let text = |some: &str| format!("SELECT id, name FROM customers WHERE tenant = $1 AND id {some}");
    among!(tx, query_as, tenant, ids, text("IN (SELECT value ->> 0 FROM json_each($2))"), text("= ANY ($2)"))
}

/// The text with the wildcards of LIKE taken as themselves.
fn literal(text: &str) -> String {
    text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}
