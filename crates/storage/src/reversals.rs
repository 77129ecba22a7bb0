//! Payments that went back.

use serde::Serialize;

use crate::batch::owned;
use crate::transaction::sql;
use crate::{Engine, Error, Tx, WriteTx};

/// A payment, or a part of one, that went back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct ReversalRecord {
    /// Its id.
    pub id: String,
    /// `bounce`, `repayment` or `dispute`.
    pub kind: String,
    /// The payment; none while nobody has told of it.
    pub payment: Option<String>,
    /// Who had paid.
    pub customer: Option<String>,
    /// The origin of the payment, where it has one.
    pub of_origin: Option<String>,
    /// What told of it, where nobody recorded it by hand.
    pub origin: Option<String>,
    /// ISO 4217.
    pub currency: String,
    /// How much.
    pub amount: i64,
    /// `open`, `done` or `undone`.
    pub state: String,
    /// Why, as the bank, the provider or a clerk says.
    pub reason: Option<String>,
    /// When.
    pub made_at: i64,
    /// When it became what it is.
    pub decided_at: Option<i64>,
    /// Counts the changes.
    pub version: i64,
}

/// The columns in the order of the record, without the tenant.
macro_rules! columns {
    () => {
        "id, kind, payment, customer, of_origin, origin, currency, amount, state, reason, made_at, decided_at, version"
    };
}

/// Adds a reversal; answers whether it is new, and nothing is added where its origin is on record.
///
/// # Errors
/// The database does not answer.
pub async fn insert(tx: &mut WriteTx, tenant: i64, record: &ReversalRecord) -> Result<bool, Error> {
    const SQL: &str = concat!(
        "INSERT INTO reversals (tenant, ",
        columns!(),
        ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
        ON CONFLICT (tenant, origin) WHERE origin IS NOT NULL DO NOTHING RETURNING id"
    );
    let added: Option<String> = sql!(
        tx,
        fetch_optional,
        sqlx::query_scalar(SQL)
            .bind(tenant)
            .bind(&record.id)
            .bind(&record.kind)
            .bind(&record.payment)
            .bind(&record.customer)
            .bind(&record.of_origin)
            .bind(&record.origin)
            .bind(&record.currency)
            .bind(record.amount)
            .bind(&record.state)
            .bind(&record.reason)
            .bind(record.made_at)
            .bind(record.decided_at)
            .bind(record.version)
    )?;
    Ok(added.is_some())
}

/// Writes what may change of a reversal: its payment and customer, when those become known, and how it stands.
///
/// # Errors
/// The database does not answer.
pub async fn update(tx: &mut WriteTx, tenant: i64, record: &ReversalRecord) -> Result<(), Error> {
    const SQL: &str =
        "UPDATE reversals SET payment = $3, customer = $4, state = $5, decided_at = $6, version = version + 1
        WHERE tenant = $1 AND id = $2";
    sql!(
        tx,
        execute,
        sqlx::query(SQL)
            .bind(tenant)
            .bind(&record.id)
            .bind(&record.payment)
            .bind(&record.customer)
            .bind(&record.state)
            .bind(record.decided_at)
    )
    .map(|_| ())
}

/// The reversal with this id.
///
/// # Errors
/// The database does not answer.
pub async fn get(tx: &mut Tx, tenant: i64, id: &str) -> Result<Option<ReversalRecord>, Error> {
    const SQL: &str = concat!("SELECT ", columns!(), " FROM reversals WHERE tenant = $1 AND id = $2");
    sql!(tx, fetch_optional, sqlx::query_as(SQL).bind(tenant).bind(id))
}

/// The reversal that this told of, locked until the transaction ends.
///
/// # Errors
/// The database does not answer.
pub async fn lock_of_origin(tx: &mut WriteTx, tenant: i64, origin: &str) -> Result<Option<ReversalRecord>, Error> {
    const SQLITE: &str = concat!("SELECT ", columns!(), " FROM reversals WHERE tenant = $1 AND origin = $2");
    const POSTGRES: &str =
        concat!("SELECT ", columns!(), " FROM reversals WHERE tenant = $1 AND origin = $2 FOR UPDATE");
    let text = if tx.engine() == Engine::Postgres { POSTGRES } else { SQLITE };
    sql!(tx, fetch_optional, sqlx::query_as(text).bind(tenant).bind(origin))
}

/// How much was told of a payment of this origin before the payment was.
///
/// # Errors
/// The database does not answer.
pub async fn count_waiting(tx: &mut Tx, tenant: i64, of_origin: &str) -> Result<i64, Error> {
    const SQL: &str = "SELECT COUNT(*) FROM reversals WHERE tenant = $1 AND of_origin = $2 AND payment IS NULL";
    sql!(tx, fetch_one, sqlx::query_scalar(SQL).bind(tenant).bind(of_origin))
}

/// The same, locked until the transaction ends.
///
/// # Errors
/// The database does not answer.
pub async fn lock_waiting(tx: &mut WriteTx, tenant: i64, of_origin: &str) -> Result<Vec<ReversalRecord>, Error> {
    macro_rules! text {
        ($end:literal) => {
            concat!(
                "SELECT ",
                columns!(),
                " FROM reversals WHERE tenant = $1 AND of_origin = $2 AND payment IS NULL ORDER BY id",
                $end
            )
        };
    }
    let text = if tx.engine() == Engine::Postgres { text!(" FOR UPDATE") } else { text!("") };
    sql!(tx, fetch_all, sqlx::query_as(text).bind(tenant).bind(of_origin))
}

/// Which reversals to list; the newest come first.
#[derive(Debug, Clone, Copy, Default)]
pub struct ReversalFilter<'a> {
    /// Those of these customers.
    pub among: Option<&'a [String]>,
    /// Those of this customer.
    pub customer: Option<&'a str>,
    /// Those in this state.
    pub state: Option<&'a str>,
    /// Those before this one in the list.
    pub before: Option<&'a str>,
}

/// A page of reversals.
///
/// # Errors
/// The database does not answer.
pub async fn page(
    tx: &mut Tx,
    tenant: i64,
    filter: &ReversalFilter<'_>,
    limit: i64,
) -> Result<Vec<ReversalRecord>, Error> {
    let among = filter.among.map(|among| tx.customers(among)).transpose()?;
    let (from, own) = match (&among, filter.customer) {
        (Some(_), _) => owned(tx.engine(), "reversals", "customer", 4, ""),
        (None, Some(_)) => ("reversals".to_owned(), " AND customer = $4".to_owned()),
        (None, None) => ("reversals".to_owned(), String::new()),
    };
    let owner = among.as_deref().or(filter.customer);
    let state = match (filter.state, owner) {
        (None, _) => "",
        (Some(_), None) => " AND state = $4",
        (Some(_), Some(_)) => " AND state = $5",
    };
    let text = format!(
        "SELECT {} FROM {from} WHERE tenant = $1 AND id < $2{own}{state} ORDER BY id DESC LIMIT $3",
        columns!()
    );
    sql!(tx, fetch_all, {
        let query = sqlx::query_as(sqlx::AssertSqlSafe(text.as_str()))
            .bind(tenant)
            .bind(filter.before.unwrap_or("~"))
            .bind(limit);
        [owner, filter.state].into_iter().flatten().fold(query, |query, value| query.bind(value))
    })
}
