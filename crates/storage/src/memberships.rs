//! Memberships: the places of users in tenants.

use crate::transaction::sql;
use crate::{Error, Tx, WriteTx};

/// A user's place in a tenant.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct MembershipRecord {
    /// The tenant.
    pub tenant: i64,
    /// The user.
    pub member: String,
    /// The roles, a JSON array of names.
    pub roles: String,
    /// The agent record that is the user's own.
    pub agent: Option<String>,
    /// The ids of the customer records that are the user's own, divided by commas.
    pub customers: Option<String>,
    /// When it was given.
    pub created_at: i64,
    /// Counts the changes.
    pub version: i64,
}

/// The columns of the record, from `memberships m`.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT m.tenant, m.member, m.roles, m.agent, m.created_at, m.version,
                (SELECT string_agg(c.customer, ',') FROM membership_customers c
                 WHERE c.tenant = m.tenant AND c.member = m.member) AS customers
             FROM memberships m ",
            $rest
        )
    };
}

/// One membership.
///
/// # Errors
/// The database does not answer.
pub async fn get(tx: &mut Tx, tenant: i64, member: &str) -> Result<Option<MembershipRecord>, Error> {
    const SQL: &str = select!("WHERE m.tenant = $1 AND m.member = $2");
    sql!(tx, fetch_optional, sqlx::query_as(SQL).bind(tenant).bind(member))
}

/// A user's memberships, by tenant.
///
/// # Errors
/// The database does not answer.
pub async fn of_user(tx: &mut Tx, member: &str) -> Result<Vec<MembershipRecord>, Error> {
    const SQL: &str = select!("WHERE m.member = $1 ORDER BY m.tenant");
    sql!(tx, fetch_all, sqlx::query_as(SQL).bind(member))
}

/// A page of a tenant's memberships by the user's id, those after `after`.
///
/// # Errors
/// The database does not answer.
pub async fn page(tx: &mut Tx, tenant: i64, after: Option<&str>, limit: i64) -> Result<Vec<MembershipRecord>, Error> {
    const SQL: &str = select!("WHERE m.tenant = $1 AND m.member > $2 ORDER BY m.member LIMIT $3");
    sql!(tx, fetch_all, sqlx::query_as(SQL).bind(tenant).bind(after.unwrap_or_default()).bind(limit))
}

/// Adds a membership with its customer records; `false` if the user has one in the tenant.
///
/// # Errors
/// The database does not answer.
pub async fn insert(tx: &mut WriteTx, record: &MembershipRecord) -> Result<bool, Error> {
    const SQL: &str = "INSERT INTO memberships (tenant, member, roles, agent, created_at, version)
        VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING";
    let inserted = sql!(
        tx,
        execute,
        sqlx::query(SQL)
            .bind(record.tenant)
            .bind(&record.member)
            .bind(&record.roles)
            .bind(&record.agent)
            .bind(record.created_at)
            .bind(record.version)
    )?;
    if inserted == 1 {
        set_customers(tx, record).await?;
    }
    Ok(inserted == 1)
}

/// Replaces a membership, if it is still at the version before; says whether it was.
///
/// # Errors
/// The database does not answer.
pub async fn update(tx: &mut WriteTx, record: &MembershipRecord) -> Result<bool, Error> {
    const SQL: &str = "UPDATE memberships SET roles = $3, agent = $4, version = $5
        WHERE tenant = $1 AND member = $2 AND version = $5 - 1";
    let updated = sql!(
        tx,
        execute,
        sqlx::query(SQL)
            .bind(record.tenant)
            .bind(&record.member)
            .bind(&record.roles)
            .bind(&record.agent)
            .bind(record.version)
    )?;
    if updated == 1 {
        set_customers(tx, record).await?;
    }
    Ok(updated == 1)
}

/// Takes a membership away; `false` if there is none.
///
/// # Errors
/// The database does not answer.
pub async fn delete(tx: &mut WriteTx, tenant: i64, member: &str) -> Result<bool, Error> {
    const SQL: &str = "DELETE FROM memberships WHERE tenant = $1 AND member = $2";
    forget_customers(tx, tenant, member).await?;
    Ok(sql!(tx, execute, sqlx::query(SQL).bind(tenant).bind(member))? == 1)
}

/// Has other transactions that would change who owns the tenant wait until this one ends.
///
/// # Errors
/// The database does not answer.
pub async fn lock(tx: &mut WriteTx, tenant: i64) -> Result<(), Error> {
    const SQL: &str = "UPDATE tenants SET tenant = tenant WHERE tenant = $1";
    sql!(tx, execute, sqlx::query(SQL).bind(tenant)).map(|_| ())
}

/// How many active users own the tenant.
///
/// # Errors
/// The database does not answer.
pub async fn owners(tx: &mut Tx, tenant: i64) -> Result<i64, Error> {
    const SQL: &str = r#"SELECT COUNT(*) FROM memberships m JOIN users u ON u.id = m.member
        WHERE m.tenant = $1 AND m.roles LIKE '%"owner"%' AND u.state = 'active'"#;
    sql!(tx, fetch_one, sqlx::query_scalar(SQL).bind(tenant))
}

/// The active users who have a role in the tenant, and an address.
///
/// # Errors
/// The database does not answer.
pub async fn with_address(tx: &mut Tx, tenant: i64, role: &str) -> Result<Vec<crate::users::UserRecord>, Error> {
    const SQL: &str = r#"SELECT u.* FROM memberships m JOIN users u ON u.id = m.member WHERE m.tenant = $1
        AND m.roles LIKE '%"' || $2 || '"%' AND u.state = 'active' AND u.email IS NOT NULL ORDER BY u.id"#;
    sql!(tx, fetch_all, sqlx::query_as(SQL).bind(tenant).bind(role))
}

/// Whether any tenant has an active user who owns it.
///
/// # Errors
/// The database does not answer.
pub async fn any_owner(tx: &mut Tx) -> Result<bool, Error> {
    const SQL: &str = r#"SELECT m.tenant FROM memberships m JOIN users u ON u.id = m.member
        WHERE m.roles LIKE '%"owner"%' AND u.state = 'active' LIMIT 1"#;
    let found: Option<i64> = sql!(tx, fetch_optional, sqlx::query_scalar(SQL))?;
    Ok(found.is_some())
}

async fn set_customers(tx: &mut WriteTx, record: &MembershipRecord) -> Result<(), Error> {
    const SQL: &str = "INSERT INTO membership_customers (tenant, member, customer)
        SELECT $1, $2, value ->> 0 FROM json_each($3)";
    forget_customers(tx, record.tenant, &record.member).await?;
    let Some(customers) = &record.customers else { return Ok(()) };
    let listed: Vec<[&str; 1]> = customers.split(',').map(|customer| [customer]).collect();
    let customers = tx.json(&listed)?;
    sql!(tx, execute, sqlx::query(SQL).bind(record.tenant).bind(&record.member).bind(&customers)).map(|_| ())
}

async fn forget_customers(tx: &mut WriteTx, tenant: i64, member: &str) -> Result<(), Error> {
    const SQL: &str = "DELETE FROM membership_customers WHERE tenant = $1 AND member = $2";
    sql!(tx, execute, sqlx::query(SQL).bind(tenant).bind(member)).map(|_| ())
}
