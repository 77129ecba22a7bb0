//! Prepaid balances that are low.

use crate::transaction::sql;
use crate::{Engine, Error, WriteTx};

/// Notes that accounts of prepaid customers are below a limit.
macro_rules! low {
    ($which:literal) => {
        concat!(
            "UPDATE accounts SET low = $4 WHERE tenant = $1 AND account ",
            $which,
            " AND currency = $3 AND low = 0 AND balance < $4 AND EXISTS (SELECT c.id FROM customers c
                WHERE c.tenant = $1 AND c.id = accounts.account AND c.mode = 'prepaid') RETURNING account, balance"
        )
    };
}

/// Notes for which of these customers, as far as they are prepaid, the balance in a currency is below a limit, and answers those that
/// it was not noted for yet, with their balances. What brings the balance to the limit again makes the note void.
///
/// # Errors
/// The database does not answer.
pub async fn note(
    tx: &mut WriteTx,
    tenant: i64,
    (currency, limit): (&str, i64),
    customers: &[&str],
) -> Result<Vec<(String, i64)>, Error> {
    const SQLITE: &str = low!("IN (SELECT value ->> 0 FROM json_each($2))");
    // PostgreSQL searches an index for each of an array, whatever it believes about the table.
    const POSTGRES: &str = low!("= ANY (ARRAY(SELECT value ->> 0 FROM json_each($2)))");
    let text = if tx.engine() == Engine::Postgres { POSTGRES } else { SQLITE };
    let wanted = tx.json(&customers.iter().map(|customer| [customer]).collect::<Vec<_>>())?;
    sql!(tx, fetch_all, sqlx::query_as(text).bind(tenant).bind(&wanted).bind(currency).bind(limit))
}
