//! Lines, and the plans that they have had.

use crate::batch::{among, owned};
use crate::transaction::sql;
use crate::{Error, Tx, WriteTx};

/// A line.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct LineRecord {
    /// The tenant.
    pub tenant: i64,
    /// Its id.
    pub id: String,
    /// Its number in canonical form: an extension, or E.164 with its plus.
    pub number: String,
    /// Whose line it is.
    pub customer: String,
    /// `active`, `suspended` or `closed`.
    pub state: String,
    /// Everything else, as JSON.
    pub details: String,
    /// From when on its calls are the customer's.
    pub opened_at: i64,
    /// Until when.
    pub closed_at: Option<i64>,
    /// Counts the changes.
    pub version: i64,
}

/// A plan that a line has from an instant on, until the next such record.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct LinePlanRecord {
    /// The line.
    pub line: String,
    /// From when on.
    pub from_at: i64,
    /// The plan.
    pub plan: String,
}

/// Adds a line; `false` if another that is not closed has the number.
///
/// # Errors
/// The database does not answer.
pub async fn insert(tx: &mut WriteTx, record: &LineRecord) -> Result<bool, Error> {
    const SQL: &str = "INSERT INTO lines (tenant, id, number, customer, state, details, opened_at, closed_at, version)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING";
    let inserted = sql!(
        tx,
        execute,
        sqlx::query(SQL)
            .bind(record.tenant)
            .bind(&record.id)
            .bind(&record.number)
            .bind(&record.customer)
            .bind(&record.state)
            .bind(&record.details)
            .bind(record.opened_at)
            .bind(record.closed_at)
            .bind(record.version)
    )?;
    Ok(inserted == 1)
}

/// Replaces state, details and closing of a line, if it is still at the version before; says whether it was.
///
/// # Errors
/// The database does not answer.
pub async fn update(tx: &mut WriteTx, record: &LineRecord) -> Result<bool, Error> {
    const SQL: &str = "UPDATE lines SET state = $3, details = $4, closed_at = $5, version = $6
        WHERE tenant = $1 AND id = $2 AND version = $6 - 1";
    let updated = sql!(
        tx,
        execute,
        sqlx::query(SQL)
            .bind(record.tenant)
            .bind(&record.id)
            .bind(&record.state)
            .bind(&record.details)
            .bind(record.closed_at)
            .bind(record.version)
    )?;
    Ok(updated == 1)
}

/// One line.
///
/// # Errors
/// The database does not answer.
pub async fn get(tx: &mut Tx, tenant: i64, id: &str) -> Result<Option<LineRecord>, Error> {
    const SQL: &str = "SELECT * FROM lines WHERE tenant = $1 AND id = $2";
    sql!(tx, fetch_optional, sqlx::query_as(SQL).bind(tenant).bind(id))
}

/// The same, locked until the transaction ends.
///
/// # Errors
/// The database does not answer.
pub async fn lock(tx: &mut WriteTx, tenant: i64, id: &str) -> Result<Option<LineRecord>, Error> {
    // SQLite's one writer needs no lock of rows.
    const POSTGRES: &str = "SELECT * FROM lines WHERE tenant = $1 AND id = $2 FOR UPDATE";
    if tx.engine() == crate::Engine::Sqlite {
        return get(tx, tenant, id).await;
    }
    sql!(tx, fetch_optional, sqlx::query_as(POSTGRES).bind(tenant).bind(id))
}

/// Every line that has, or had, one of these numbers, the oldest first.
///
/// # Errors
/// The database does not answer.
pub async fn by_numbers(tx: &mut Tx, tenant: i64, numbers: &[&str]) -> Result<Vec<LineRecord>, Error> {
    some_by(tx, tenant, "number", numbers).await
}

/// The lines of these ids.
///
/// # Errors
/// The database does not answer.
pub async fn some(tx: &mut Tx, tenant: i64, ids: &[&str]) -> Result<Vec<LineRecord>, Error> {
    some_by(tx, tenant, "id", ids).await
}

/// The numbers of some lines, by id.
///
/// # Errors
/// The database does not answer.
pub async fn numbers(tx: &mut Tx, tenant: i64, ids: &[&str]) -> Result<Vec<(String, String)>, Error> {
    let text = |some: &str| format!("SELECT id, number FROM lines WHERE tenant = $1 AND id {some}");
    among!(tx, query_as, tenant, ids, text("IN (SELECT value ->> 0 FROM json_each($2))"), text("= ANY ($2)"))
}

async fn some_by(tx: &mut Tx, tenant: i64, column: &str, values: &[&str]) -> Result<Vec<LineRecord>, Error> {
    let text = |some: &str| format!("SELECT * FROM lines WHERE tenant = $1 AND {column} {some} ORDER BY opened_at, id");
    among!(tx, query_as, tenant, values, text("IN (SELECT value ->> 0 FROM json_each($2))"), text("= ANY ($2)"))
}

/// A customer's lines, the oldest first.
///
/// # Errors
/// The database does not answer.
pub async fn of_customer(tx: &mut Tx, tenant: i64, customer: &str) -> Result<Vec<LineRecord>, Error> {
    const SQL: &str = "SELECT * FROM lines WHERE tenant = $1 AND customer = $2 ORDER BY id";
    sql!(tx, fetch_all, sqlx::query_as(SQL).bind(tenant).bind(customer))
}

/// The lines of these customers, by customer, the oldest first.
///
/// # Errors
/// The database does not answer.
pub async fn of_customers(tx: &mut Tx, tenant: i64, customers: &[&str]) -> Result<Vec<LineRecord>, Error> {
    const SQL: &str =
        "SELECT l.* FROM json_each($2) w CROSS JOIN lines l WHERE l.tenant = $1 AND l.customer = w.value ->> 0
        ORDER BY l.customer, l.id";
    let batch = tx.json(&customers.iter().map(|customer| [customer]).collect::<Vec<_>>())?;
    sql!(tx, fetch_all, sqlx::query_as(SQL).bind(tenant).bind(&batch))
}

/// Which lines to list.
#[derive(Debug, Clone, Copy, Default)]
pub struct LineFilter<'a> {
    /// Those of these customers.
    pub among: Option<&'a [String]>,
    /// Those with this in their number.
    pub number: Option<&'a str>,
    /// Those alone that are open and suspended, for whatever reason.
    pub suspended: bool,
    /// Those after this one in the list.
    pub after: Option<&'a str>,
}

/// A page of lines in the order of their ids.
///
/// # Errors
/// The database does not answer.
pub async fn page(tx: &mut Tx, tenant: i64, filter: &LineFilter<'_>, limit: i64) -> Result<Vec<LineRecord>, Error> {
    let LineFilter { among, number, suspended, after } = *filter;
    // A search without any digit finds nothing, rather than everything.
    if number.is_some_and(|number| !number.is_empty() && !number.contains(|c: char| c.is_ascii_digit() || c == '+')) {
        return Ok(Vec::new());
    }
    let digits: String = number.unwrap_or_default().chars().filter(|c| c.is_ascii_digit() || *c == '+').collect();
    let pattern = format!("%{digits}%");
    let whole = || ("lines".to_owned(), String::new());
    let (table, own) = among.map_or_else(whole, |_| owned(tx.engine(), "lines", "customer", 5, ""));
    let suspended = if suspended {
        " AND closed_at IS NULL
            AND EXISTS (SELECT 1 FROM suspensions s WHERE s.tenant = $1 AND s.line = lines.id AND s.to_at IS NULL)"
    } else {
        ""
    };
    let text = format!(
        "SELECT lines.* FROM {table} WHERE tenant = $1 AND id > $2 AND number LIKE $4{own}{suspended} ORDER BY id LIMIT $3"
    );
    let among = among.map(|among| tx.customers(among)).transpose()?;
    sql!(tx, fetch_all, {
        let query = sqlx::query_as(sqlx::AssertSqlSafe(text.as_str()))
            .bind(tenant)
            .bind(after.unwrap_or_default())
            .bind(limit)
            .bind(&pattern);
        among.iter().fold(query, |query, among| query.bind(among))
    })
}

/// All lines of a tenant, the oldest first: for imports, which look most of them up.
///
/// # Errors
/// The database does not answer.
pub async fn all(tx: &mut Tx, tenant: i64) -> Result<Vec<LineRecord>, Error> {
    sql!(tx, fetch_all, sqlx::query_as("SELECT * FROM lines WHERE tenant = $1 ORDER BY opened_at, id").bind(tenant))
}

/// The numbers that a new line cannot have: those of lines that are not closed, or were closed after `rested_since`.
///
/// # Errors
/// The database does not answer.
pub async fn taken_numbers(tx: &mut Tx, tenant: i64, rested_since: i64) -> Result<Vec<String>, Error> {
    const SQL: &str =
        "SELECT number FROM lines WHERE tenant = $1 AND (closed_at IS NULL OR closed_at > $2) ORDER BY number";
    sql!(tx, fetch_all, sqlx::query_scalar(SQL).bind(tenant).bind(rested_since))
}

/// Gives a line a plan from an instant on; a second plan from the same instant replaces the first.
///
/// # Errors
/// The database does not answer.
pub async fn set_plan(tx: &mut WriteTx, tenant: i64, record: &LinePlanRecord) -> Result<(), Error> {
    const SQL: &str = "INSERT INTO line_plans (tenant, line, from_at, plan) VALUES ($1, $2, $3, $4)
        ON CONFLICT (tenant, line, from_at) DO UPDATE SET plan = excluded.plan";
    sql!(tx, execute, sqlx::query(SQL).bind(tenant).bind(&record.line).bind(record.from_at).bind(&record.plan))
        .map(|_| ())
}

/// The plans that a line has had, the first first.
///
/// # Errors
/// The database does not answer.
pub async fn plans_of(tx: &mut Tx, tenant: i64, line: &str) -> Result<Vec<LinePlanRecord>, Error> {
    const SQL: &str = "SELECT line, from_at, plan FROM line_plans WHERE tenant = $1 AND line = $2 ORDER BY from_at";
    sql!(tx, fetch_all, sqlx::query_as(SQL).bind(tenant).bind(line))
}

/// The plans that all lines of a tenant have had, by line, the first first.
///
/// # Errors
/// The database does not answer.
pub async fn all_plans(tx: &mut Tx, tenant: i64) -> Result<Vec<LinePlanRecord>, Error> {
    const SQL: &str = "SELECT line, from_at, plan FROM line_plans WHERE tenant = $1 ORDER BY line, from_at";
    sql!(tx, fetch_all, sqlx::query_as(SQL).bind(tenant))
}

/// The plans that these lines have had, by line, the first first.
///
/// # Errors
/// The database does not answer.
pub async fn plans_of_lines(tx: &mut Tx, tenant: i64, lines: &[&str]) -> Result<Vec<LinePlanRecord>, Error> {
    let text = |some: &str| {
        format!("SELECT line, from_at, plan FROM line_plans WHERE tenant = $1 AND line {some} ORDER BY line, from_at")
    };
    among!(tx, query_as, tenant, lines, text("IN (SELECT value ->> 0 FROM json_each($2))"), text("= ANY ($2)"))
}
