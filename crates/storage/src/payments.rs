//! Payments, credits and adjustments.

use sqlx::FromRow;
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;

use crate::batch::owned;
use crate::transaction::sql;
use crate::{Error, Tx, WriteTx};

/// Money that came in from a customer.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct PaymentRecord {
    /// The tenant.
    pub tenant: i64,
    /// Its id.
    pub id: String,
    /// Who paid.
    pub customer: String,
    /// ISO 4217.
    pub currency: String,
    /// How much.
    pub amount: i64,
    /// How: `cash`, `card`, `transfer`, `other`.
    pub method: String,
    /// What the bank or the payer calls it.
    pub reference: Option<String>,
    /// When it came in.
    pub received_at: i64,
    /// When it was recorded.
    pub created_at: i64,
    /// What of it has settled nothing yet.
    pub unspent: i64,
    /// What told of it, where nobody recorded it by hand: two payments of a tenant never have the same.
    pub origin: Option<String>,
    /// What of it went back.
    pub returned: i64,
}

/// A credit or an adjustment, with its reason.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct CreditRecord {
    /// The tenant.
    pub tenant: i64,
    /// Its id.
    pub id: String,
    /// Whose account it changes.
    pub customer: String,
    /// `credit`, `adjustment` or `opening_balance`.
    pub kind: String,
    /// ISO 4217.
    pub currency: String,
    /// What is added to the balance.
    pub amount: i64,
    /// Why.
    pub reason: String,
    /// When it was recorded.
    pub created_at: i64,
    /// What of it has settled nothing yet.
    pub unspent: i64,
}

/// Adds a payment; answers whether it is new, and nothing is added where its origin is on record.
///
/// # Errors
/// The database does not answer.
pub async fn insert(tx: &mut WriteTx, record: &PaymentRecord) -> Result<bool, Error> {
    const SQL: &str = "INSERT INTO payments
        (tenant, id, customer, currency, amount, method, reference, received_at, created_at, unspent, origin)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
        ON CONFLICT (tenant, origin) WHERE origin IS NOT NULL DO NOTHING RETURNING id";
    let added: Option<String> = sql!(
        tx,
        fetch_optional,
        sqlx::query_scalar(SQL)
            .bind(record.tenant)
            .bind(&record.id)
            .bind(&record.customer)
            .bind(&record.currency)
            .bind(record.amount)
            .bind(&record.method)
            .bind(&record.reference)
            .bind(record.received_at)
            .bind(record.created_at)
            .bind(record.unspent)
            .bind(&record.origin)
    )?;
    Ok(added.is_some())
}

/// Adds a credit or an adjustment.
///
/// # Errors
/// The database does not answer.
pub async fn insert_credit(tx: &mut WriteTx, record: &CreditRecord) -> Result<(), Error> {
    const SQL: &str = "INSERT INTO credits (tenant, id, customer, kind, currency, amount, reason, created_at, unspent)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    sql!(
        tx,
        execute,
        sqlx::query(SQL)
            .bind(record.tenant)
            .bind(&record.id)
            .bind(&record.customer)
            .bind(&record.kind)
            .bind(&record.currency)
            .bind(record.amount)
            .bind(&record.reason)
            .bind(record.created_at)
            .bind(record.unspent)
    )
    .map(|_| ())
}

/// Which payments or credits to list.
#[derive(Debug, Clone, Copy, Default)]
pub struct MoneyFilter<'a> {
    /// Those of this customer.
    pub customer: Option<&'a str>,
    /// Those of these customers.
    pub among: Option<&'a [String]>,
    /// Those before this one in the list, which has the newest first.
    pub before: Option<&'a str>,
}

/// A page of payments, the newest first.
///
/// # Errors
/// The database does not answer.
pub async fn page(tx: &mut Tx, tenant: i64, filter: &MoneyFilter<'_>, limit: i64) -> Result<Vec<PaymentRecord>, Error> {
    listed(tx, tenant, ("payments", filter), limit).await
}

/// A page of credits and adjustments, the newest first.
///
/// # Errors
/// The database does not answer.
pub async fn credits(
    tx: &mut Tx,
    tenant: i64,
    filter: &MoneyFilter<'_>,
    limit: i64,
) -> Result<Vec<CreditRecord>, Error> {
    listed(tx, tenant, ("credits", filter), limit).await
}

async fn listed<T>(
    tx: &mut Tx,
    tenant: i64,
    (table, filter): (&str, &MoneyFilter<'_>),
    limit: i64,
) -> Result<Vec<T>, Error>
where
    T: Send + Unpin + for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow>,
{
    let among = filter.among.map(|among| tx.customers(among)).transpose()?;
    let (from, own) = match (&among, filter.customer) {
        (Some(_), _) => owned(tx.engine(), table, "customer", 4, ""),
        (None, Some(_)) => (table.to_owned(), " AND customer = $4".to_owned()),
        (None, None) => (table.to_owned(), String::new()),
    };
    let text = format!("SELECT {table}.* FROM {from} WHERE tenant = $1 AND id < $2{own} ORDER BY id DESC LIMIT $3");
    sql!(tx, fetch_all, {
        let query = sqlx::query_as(sqlx::AssertSqlSafe(text.as_str()))
            .bind(tenant)
            .bind(filter.before.unwrap_or(LAST))
            .bind(limit);
        among.as_deref().or(filter.customer).into_iter().fold(query, |query, owner| query.bind(owner))
    })
}

/// Sorts after every id.
const LAST: &str = "~";

/// A payment with this id; none, if there is none.
///
/// # Errors
/// The database does not answer.
pub async fn get(tx: &mut Tx, tenant: i64, id: &str) -> Result<Option<PaymentRecord>, Error> {
    const SQL: &str = "SELECT * FROM payments WHERE tenant = $1 AND id = $2";
    sql!(tx, fetch_optional, sqlx::query_as(SQL).bind(tenant).bind(id))
}

/// The payment of this origin; none, if there is none.
///
/// # Errors
/// The database does not answer.
pub async fn of_origin(tx: &mut Tx, tenant: i64, origin: &str) -> Result<Option<PaymentRecord>, Error> {
    const SQL: &str = "SELECT * FROM payments WHERE tenant = $1 AND origin = $2";
    sql!(tx, fetch_optional, sqlx::query_as(SQL).bind(tenant).bind(origin))
}

/// Adds to what is left of a payment and to what of it went back (below zero: takes from it).
///
/// # Errors
/// The database does not answer.
pub async fn send_back(tx: &mut WriteTx, tenant: i64, id: &str, (unspent, returned): (i64, i64)) -> Result<(), Error> {
    const SQL: &str =
        "UPDATE payments SET unspent = unspent + $3, returned = returned + $4 WHERE tenant = $1 AND id = $2";
    sql!(tx, execute, sqlx::query(SQL).bind(tenant).bind(id).bind(unspent).bind(returned)).map(|_| ())
}

/// Who made a payment; none, if there is none of this id.
///
/// # Errors
/// The database does not answer.
pub async fn payer(tx: &mut Tx, tenant: i64, id: &str) -> Result<Option<String>, Error> {
    const SQL: &str = "SELECT customer FROM payments WHERE tenant = $1 AND id = $2";
    sql!(tx, fetch_optional, sqlx::query_scalar(SQL).bind(tenant).bind(id))
}
