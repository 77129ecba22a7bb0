//! Plans and their immutable versions.

use crate::transaction::sql;
use crate::{Error, Tx, WriteTx};

/// A plan.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct PlanRecord {
    /// The tenant.
    pub tenant: i64,
    /// Its id.
    pub id: String,
    /// Its name, unique in the tenant.
    pub name: String,
    /// `postpaid`, `prepaid` or `fixed`; never changes.
    pub kind: String,
    /// ISO 4217; never changes.
    pub currency: String,
    /// When it was made.
    pub created_at: i64,
    /// Counts the changes.
    pub version: i64,
}

/// What a plan costs from an instant on.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct PlanVersionRecord {
    /// The tenant.
    pub tenant: i64,
    /// Its id.
    pub id: String,
    /// The plan.
    pub plan: String,
    /// 1, 2, 3, ...
    pub number: i64,
    /// From when on it is in force; of versions with the same instant, the last one.
    pub effective_at: i64,
    /// The plan document, as JSON.
    pub document: String,
    /// When it was made.
    pub created_at: i64,
}

/// Adds a plan; `false` if the name is taken.
///
/// # Errors
/// The database does not answer.
pub async fn insert(tx: &mut WriteTx, record: &PlanRecord) -> Result<bool, Error> {
    const SQL: &str = "INSERT INTO plans (tenant, id, name, kind, currency, created_at, version)
        VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING";
    let inserted = sql!(
        tx,
        execute,
        sqlx::query(SQL)
            .bind(record.tenant)
            .bind(&record.id)
            .bind(&record.name)
            .bind(&record.kind)
            .bind(&record.currency)
            .bind(record.created_at)
            .bind(record.version)
    )?;
    Ok(inserted == 1)
}

/// Counts the plan's version up and renames it, if it is still at the version before; says whether it was.
///
/// # Errors
/// The database does not answer, or the name is another's.
pub async fn update(tx: &mut WriteTx, record: &PlanRecord) -> Result<bool, Error> {
    const SQL: &str = "UPDATE plans SET name = $3, version = $4 WHERE tenant = $1 AND id = $2 AND version = $4 - 1";
    let updated = sql!(
        tx,
        execute,
        sqlx::query(SQL).bind(record.tenant).bind(&record.id).bind(&record.name).bind(record.version)
    )?;
    Ok(updated == 1)
}

/// Adds a version.
///
/// # Errors
/// The database does not answer.
pub async fn insert_version(tx: &mut WriteTx, record: &PlanVersionRecord) -> Result<(), Error> {
    const SQL: &str = "INSERT INTO plan_versions (tenant, id, plan, number, effective_at, document, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7)";
    sql!(
        tx,
        execute,
        sqlx::query(SQL)
            .bind(record.tenant)
            .bind(&record.id)
            .bind(&record.plan)
            .bind(record.number)
            .bind(record.effective_at)
            .bind(&record.document)
            .bind(record.created_at)
    )
    .map(|_| ())
}

/// One plan.
///
/// # Errors
/// The database does not answer.
pub async fn get(tx: &mut Tx, tenant: i64, id: &str) -> Result<Option<PlanRecord>, Error> {
    const SQL: &str = "SELECT * FROM plans WHERE tenant = $1 AND id = $2";
    sql!(tx, fetch_optional, sqlx::query_as(SQL).bind(tenant).bind(id))
}

/// The plan of this name.
///
/// # Errors
/// The database does not answer.
pub async fn by_name(tx: &mut Tx, tenant: i64, name: &str) -> Result<Option<PlanRecord>, Error> {
    const SQL: &str = "SELECT * FROM plans WHERE tenant = $1 AND name = $2";
    sql!(tx, fetch_optional, sqlx::query_as(SQL).bind(tenant).bind(name))
}

/// A page of plans in the order of their ids, those after `after`.
///
/// # Errors
/// The database does not answer.
pub async fn page(tx: &mut Tx, tenant: i64, after: Option<&str>, limit: i64) -> Result<Vec<PlanRecord>, Error> {
    const SQL: &str = "SELECT * FROM plans WHERE tenant = $1 AND id > $2 ORDER BY id LIMIT $3";
    sql!(tx, fetch_all, sqlx::query_as(SQL).bind(tenant).bind(after.unwrap_or_default()).bind(limit))
}

/// The versions of a plan, the first first.
///
/// # Errors
/// The database does not answer.
pub async fn versions_of(tx: &mut Tx, tenant: i64, plan: &str) -> Result<Vec<PlanVersionRecord>, Error> {
    const SQL: &str = "SELECT * FROM plan_versions WHERE tenant = $1 AND plan = $2 ORDER BY number";
    sql!(tx, fetch_all, sqlx::query_as(SQL).bind(tenant).bind(plan))
}

/// One version.
///
/// # Errors
/// The database does not answer.
pub async fn version(tx: &mut Tx, tenant: i64, id: &str) -> Result<Option<PlanVersionRecord>, Error> {
    const SQL: &str = "SELECT * FROM plan_versions WHERE tenant = $1 AND id = $2";
    sql!(tx, fetch_optional, sqlx::query_as(SQL).bind(tenant).bind(id))
}

/// All versions of all plans, by plan, the first first.
///
/// # Errors
/// The database does not answer.
pub async fn all_versions(tx: &mut Tx, tenant: i64) -> Result<Vec<PlanVersionRecord>, Error> {
    const SQL: &str = "SELECT * FROM plan_versions WHERE tenant = $1 ORDER BY plan, number";
    sql!(tx, fetch_all, sqlx::query_as(SQL).bind(tenant))
}

/// How many lines have each plan now, by plan.
///
/// # Errors
/// The database does not answer.
pub async fn subscribers(tx: &mut Tx, tenant: i64, now: i64) -> Result<Vec<(String, i64)>, Error> {
    const SQL: &str = "SELECT p.plan, COUNT(*) FROM line_plans p JOIN lines l ON l.tenant = p.tenant AND l.id = p.line
        WHERE p.tenant = $1 AND l.closed_at IS NULL AND p.from_at = (SELECT MAX(q.from_at) FROM line_plans q
            WHERE q.tenant = p.tenant AND q.line = p.line AND q.from_at <= $2)
        GROUP BY p.plan";
    sql!(tx, fetch_all, sqlx::query_as(SQL).bind(tenant).bind(now))
}

/// Plan, instant and id of all versions of all plans, by plan, the first first.
///
/// # Errors
/// The database does not answer.
pub async fn effective_versions(tx: &mut Tx, tenant: i64) -> Result<Vec<(String, i64, String)>, Error> {
    const SQL: &str = "SELECT plan, effective_at, id FROM plan_versions WHERE tenant = $1 ORDER BY plan, number";
    sql!(tx, fetch_all, sqlx::query_as(SQL).bind(tenant))
}

/// The same, of some plans.
///
/// # Errors
/// The database does not answer.
pub async fn effective_versions_of(
    tx: &mut Tx,
    tenant: i64,
    plans: &[&str],
) -> Result<Vec<(String, i64, String)>, Error> {
    const SQL: &str = "SELECT v.plan, v.effective_at, v.id FROM json_each($2) w CROSS JOIN plan_versions v
        WHERE v.tenant = $1 AND v.plan = w.value ->> 0 ORDER BY v.plan, v.number";
    let batch = tx.json(&plans.iter().map(|plan| [plan]).collect::<Vec<_>>())?;
    sql!(tx, fetch_all, sqlx::query_as(SQL).bind(tenant).bind(&batch))
}
