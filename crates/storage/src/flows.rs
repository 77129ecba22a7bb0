//! The ways of calls through switches, and which program is which switch.

use serde::Serialize;

use crate::batch::insert;
use crate::transaction::sql;
use crate::{Error, Tx, WriteTx};

/// The way of a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct FlowRecord {
    /// The origin of the call.
    pub origin: String,
    /// The switch that carries it.
    pub switch: String,
    /// Where it stands, as JSON.
    pub flow: String,
    /// 1, until it is over and charging has closed it.
    pub running: i64,
    /// Counts the changes.
    pub version: i64,
    /// When something last happened to the call.
    pub changed_at: i64,
}

/// Writes down where calls stand, but for those of which something later is written.
///
/// # Errors
/// The database does not answer.
pub async fn save(tx: &mut WriteTx, tenant: i64, flows: &[FlowRecord]) -> Result<(), Error> {
    let _: Vec<String> = insert!(
        tx, tenant, flows, into "flows",
        conflict "(tenant, origin) DO UPDATE SET flow = excluded.flow, running = excluded.running, version = excluded.version,
            changed_at = excluded.changed_at
            WHERE flows.version < excluded.version RETURNING origin",
        text: origin switch flow, number: running version changed_at
    )?;
    Ok(())
}

/// Tenant and way of the calls that a switch carries.
///
/// # Errors
/// The database does not answer.
pub async fn running(tx: &mut Tx, switch: &str) -> Result<Vec<(i64, FlowRecord)>, Error> {
    #[derive(sqlx::FromRow)]
    struct Row {
        tenant: i64,
        #[sqlx(flatten)]
        flow: FlowRecord,
    }
    const SQL: &str = "SELECT tenant, origin, switch, flow, running, version, changed_at FROM flows WHERE switch = $1 AND running = 1";
    let rows: Vec<Row> = sql!(tx, fetch_all, sqlx::query_as(SQL).bind(switch))?;
    Ok(rows.into_iter().map(|row| (row.tenant, row.flow)).collect())
}

/// The way of one call.
///
/// # Errors
/// The database does not answer.
pub async fn get(tx: &mut Tx, tenant: i64, origin: &str) -> Result<Option<FlowRecord>, Error> {
    const SQL: &str =
        "SELECT origin, switch, flow, running, version, changed_at FROM flows WHERE tenant = $1 AND origin = $2";
    sql!(tx, fetch_optional, sqlx::query_as(SQL).bind(tenant).bind(origin))
}

/// Forgets some of the ways of calls that were over at the instant: how many.
///
/// # Errors
/// The database does not answer.
pub async fn forget(tx: &mut WriteTx, tenant: i64, before: i64, limit: i64) -> Result<u64, Error> {
    const SQL: &str = "DELETE FROM flows WHERE tenant = $1 AND origin IN (SELECT origin FROM flows
        WHERE tenant = $1 AND running = 0 AND changed_at < $2 LIMIT $3)";
    sql!(tx, execute, sqlx::query(SQL).bind(tenant).bind(before).bind(limit))
}

/// Who is a switch.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct RoleRecord {
    /// The switch.
    pub switch: String,
    /// The program.
    pub holder: String,
    /// Until when.
    pub until: i64,
    /// When it was last there.
    pub seen_at: i64,
}

/// Who is a switch, or was last.
///
/// # Errors
/// The database does not answer.
pub async fn role(tx: &mut Tx, switch: &str) -> Result<Option<RoleRecord>, Error> {
    const SQL: &str = "SELECT switch, holder, until, seen_at FROM switch_roles WHERE switch = $1";
    sql!(tx, fetch_optional, sqlx::query_as(SQL).bind(switch))
}

/// Takes a switch's role, or keeps it, and says whether it is the program's: it is not while another one has it.
///
/// # Errors
/// The database does not answer.
pub async fn take_role(tx: &mut WriteTx, role: &RoleRecord) -> Result<bool, Error> {
    const SQL: &str = "INSERT INTO switch_roles (switch, holder, until, seen_at) VALUES ($1, $2, $3, $4)
        ON CONFLICT (switch) DO UPDATE SET holder = excluded.holder, until = excluded.until, seen_at = excluded.seen_at
        WHERE switch_roles.holder = excluded.holder OR switch_roles.until <= excluded.seen_at
        RETURNING holder";
    let holder: Option<String> = sql!(
        tx,
        fetch_optional,
        sqlx::query_scalar(SQL).bind(&role.switch).bind(&role.holder).bind(role.until).bind(role.seen_at)
    )?;
    Ok(holder.is_some())
}
