//! What trunks carried of calls, and what that costs the tenant.

use serde::Serialize;

use crate::batch::insert;
use crate::transaction::sql;
use crate::{Error, Tx, WriteTx};

/// A leg of a call that a trunk carried.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct CarriedRecord {
    /// The call.
    pub call: String,
    /// Which of its legs.
    pub leg: i64,
    /// The trunk.
    pub trunk: String,
    /// The route that led there.
    pub route: Option<String>,
    /// From its answer to its end, each second that has begun.
    pub seconds: i64,
    /// Of what the cost is.
    pub currency: String,
    /// What it costs the tenant.
    pub cost: Option<i64>,
    /// How that came about, as JSON.
    pub charge: Option<String>,
}

/// Writes down what trunks carried, each leg once; what is known of a leg already is replaced.
///
/// # Errors
/// The database does not answer.
pub async fn save(tx: &mut WriteTx, tenant: i64, legs: &[CarriedRecord]) -> Result<(), Error> {
    let saved: Result<Vec<String>, Error> = insert!(
        tx, tenant, legs, into "carried_legs",
        conflict "(tenant, call, leg) DO UPDATE SET trunk = excluded.trunk, route = excluded.route, seconds = excluded.seconds,
            currency = excluded.currency, cost = excluded.cost, charge = excluded.charge RETURNING call",
        text: call trunk route currency charge,
        number: leg seconds cost
    );
    saved.map(|_| ())
}

/// What trunks carried of a call, leg by leg.
///
/// # Errors
/// The database does not answer.
pub async fn of_call(tx: &mut Tx, tenant: i64, call: &str) -> Result<Vec<CarriedRecord>, Error> {
    const SQL: &str = "SELECT call, leg, trunk, route, seconds, currency, cost, charge FROM carried_legs
        WHERE tenant = $1 AND call = $2 ORDER BY leg";
    sql!(tx, fetch_all, sqlx::query_as(SQL).bind(tenant).bind(call))
}
