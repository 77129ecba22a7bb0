use super::Subject;
use crate::transaction::sql;
use crate::{Error, Tx};

/// Something that is not over, and how much of it there is.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct OpenRecord {
    /// What, in a word.
    pub what: String,
    /// How much of it; of a balance in millionths.
    pub figure: i64,
}

/// What is asked of a customer: each a word, and how much there is.
const OF_CUSTOMER: &[&str] = &[
    "SELECT 'calls_in_progress' AS what, COUNT(*) AS figure FROM calls
        WHERE tenant = $1 AND customer = $2 AND (wakes_at IS NOT NULL OR state = 'open')",
    "SELECT 'calls_without_a_price' AS what, COUNT(*) AS figure FROM calls WHERE tenant = $1 AND customer = $2 AND state = 'unrated'",
    "SELECT 'open_lines' AS what, COUNT(*) AS figure FROM lines WHERE tenant = $1 AND customer = $2 AND closed_at IS NULL",
    "SELECT 'unpaid_invoices' AS what, COUNT(*) AS figure FROM documents
        WHERE tenant = $1 AND customer = $2 AND state IN ('issued', 'part_paid')",
    "SELECT 'periods_not_billed' AS what, COUNT(*) AS figure FROM billing WHERE tenant = $1 AND customer = $2 AND line <> $2 AND ends_at < $3",
    "SELECT 'not_billed_yet' AS what, COUNT(*) AS figure FROM unbilled WHERE tenant = $1 AND customer = $2 AND document IS NULL",
    "SELECT 'items_not_billed' AS what, COUNT(*) AS figure FROM items
        WHERE tenant = $1 AND customer = $2 AND to_at IS NULL AND document IS NULL",
    "SELECT 'open_requests' AS what, COUNT(*) AS figure FROM top_up_requests WHERE tenant = $1 AND customer = $2 AND state = 'open'",
    BALANCE,
    HELD,
];
const OF_AGENT: &[&str] = &[
    "SELECT 'calls_in_progress' AS what, COUNT(*) AS figure FROM calls
        WHERE tenant = $1 AND agent = $2 AND (wakes_at IS NOT NULL OR state = 'open')",
    "SELECT 'calls_in_progress' AS what, COUNT(*) AS figure FROM group_calls WHERE tenant = $1 AND agent = $2 AND ended_at IS NULL",
    // Its days are days since 1970.
    "SELECT 'shifts' AS what, COUNT(*) AS figure FROM shifts WHERE tenant = $1 AND agent = $2 AND (last_date IS NULL OR last_date >= $3)",
    BALANCE,
    HELD,
];
const BALANCE: &str = "SELECT 'balance_in_' || lower(currency) AS what, balance AS figure FROM accounts
    WHERE tenant = $1 AND account = $2 AND balance <> 0";
const HELD: &str = "SELECT 'held_in_' || lower(currency) AS what, held AS figure FROM accounts WHERE tenant = $1 AND account = $2 AND held <> 0";

/// What is not over of somebody at an instant: as long as there is something, it is needed who it is.
///
/// # Errors
/// The database does not answer.
pub async fn open(tx: &mut Tx, tenant: i64, of: Subject<'_>, now: i64) -> Result<Vec<OpenRecord>, Error> {
    let mut found: Vec<OpenRecord> = Vec::new();
    match of {
        Subject::Customer(id) => {
            for text in OF_CUSTOMER {
                let never = crate::billing::NEVER;
                found.extend(sql!(tx, fetch_all, sqlx::query_as(*text).bind(tenant).bind(id).bind(never))?);
            }
        }
        Subject::Agent(id) => {
            let today = now.div_euclid(86_400_000);
            for text in OF_AGENT {
                found.extend(sql!(tx, fetch_all, sqlx::query_as(*text).bind(tenant).bind(id).bind(today))?);
            }
        }
        Subject::User(_) => {}
        Subject::Caller { group, name, number } => {
            const SQL: &str = "SELECT 'calls_in_progress' AS what, COUNT(*) AS figure FROM group_calls
                WHERE tenant = $1 AND agent_group = $2 AND caller IN ($3, $4) AND ended_at IS NULL AND called_at > $5";
            // One of which nobody ever said that it is over is.
            let since = now - 7 * 86_400_000;
            found.extend(sql!(
                tx,
                fetch_all,
                sqlx::query_as(SQL).bind(tenant).bind(group).bind(name).bind(number).bind(since)
            )?);
        }
    }
    found.retain(|open| open.figure != 0);
    Ok(found)
}
