//! Sums over everything, by which the books are checked.

pub mod bills;
pub mod payouts;

use crate::transaction::sql;
use crate::{Error, Tx};

/// An account whose balance is not the sum of its entries.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct WrongBalance {
    /// The account.
    pub account: String,
    /// ISO 4217.
    pub currency: String,
    /// What stands on it.
    pub balance: i64,
    /// What its entries add up to.
    pub entries: i64,
}

/// A call whose price is not the sum of the entries that charge it.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct WrongCharge {
    /// The call.
    pub call: String,
    /// What it costs.
    pub total: i64,
    /// What its entries add up to.
    pub entries: i64,
}

/// A line of whose included minutes something else is counted as used than its calls have used.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct WrongIncluded {
    /// The line.
    pub line: String,
    /// The seconds that are counted, of all periods.
    pub counted: i64,
    /// The seconds of its calls.
    pub calls: i64,
}

/// How much there is of what.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Counts {
    /// Calls.
    pub calls: i64,
    /// Calls without a price.
    pub unrated: i64,
    /// Ledger entries.
    pub entries: i64,
}

/// The accounts of customers and agents whose balance is not the sum of their entries.
///
/// # Errors
/// The database does not answer.
pub async fn wrong_balances(tx: &mut Tx, tenant: i64) -> Result<Vec<WrongBalance>, Error> {
    const SQL: &str = "WITH moved AS (
            SELECT to_account AS account, currency, amount FROM entries WHERE tenant = $1
            UNION ALL SELECT from_account, currency, -amount FROM entries WHERE tenant = $1
        ), summed AS (SELECT account, currency, CAST(SUM(amount) AS BIGINT) AS entries FROM moved GROUP BY account, currency)
        SELECT a.account, a.currency, a.balance, COALESCE(s.entries, 0) AS entries FROM accounts a
        LEFT JOIN summed s ON s.account = a.account AND s.currency = a.currency
        WHERE a.tenant = $1 AND a.balance <> COALESCE(s.entries, 0) ORDER BY a.account LIMIT 100";
    tx.reads_everything().await?;
    sql!(tx, fetch_all, sqlx::query_as(SQL).bind(tenant))
}

/// The rated calls whose total is not the sum of the entries about them, and the entries about calls that are not rated.
///
/// # Errors
/// The database does not answer.
pub async fn wrong_charges(tx: &mut Tx, tenant: i64) -> Result<Vec<WrongCharge>, Error> {
    const SQL: &str = "WITH charged AS (
            SELECT reference, CAST(SUM(CASE customer WHEN from_account THEN amount WHEN to_account THEN -amount ELSE 0 END)
                AS BIGINT) AS entries
            FROM entries WHERE tenant = $1 AND kind IN ('call', 'rerating') GROUP BY reference
        )
        SELECT c.id AS call, COALESCE(c.total, 0) AS total, COALESCE(e.entries, 0) AS entries FROM calls c
        LEFT JOIN charged e ON e.reference = c.id
        WHERE c.tenant = $1 AND COALESCE(c.total, 0) <> COALESCE(e.entries, 0) ORDER BY c.id LIMIT 100";
    tx.reads_everything().await?;
    sql!(tx, fetch_all, sqlx::query_as(SQL).bind(tenant))
}

/// The calls of which more was refunded than they cost: in all, or of the tax or the agent's part.
///
/// # Errors
/// The database does not answer.
pub async fn overrefunded(tx: &mut Tx, tenant: i64) -> Result<Vec<String>, Error> {
    const SQL: &str = "WITH refunded AS (
            SELECT reference, SUM(CASE customer WHEN to_account THEN amount ELSE -amount END) AS amount,
                SUM(CASE from_account WHEN 'tax' THEN amount ELSE 0 END) AS tax,
                SUM(CASE from_account WHEN agent THEN amount ELSE 0 END) AS agent_part
            FROM entries WHERE tenant = $1 AND kind = 'refund' GROUP BY reference
        )
        SELECT c.id FROM refunded r JOIN calls c ON c.tenant = $1 AND c.id = r.reference
        WHERE r.amount > COALESCE(c.total, 0) OR r.tax > COALESCE(c.tax, 0) OR r.agent_part > COALESCE(c.agent_part, 0)
        ORDER BY c.id LIMIT 100";
    tx.reads_everything().await?;
    sql!(tx, fetch_all, sqlx::query_scalar(SQL).bind(tenant))
}

/// The accounts whose promotional credit is below zero, or not what their entries moved of it.
///
/// # Errors
/// The database does not answer.
pub async fn wrong_promotional(tx: &mut Tx, tenant: i64) -> Result<Vec<String>, Error> {
    const SQL: &str = "WITH summed AS (
            SELECT customer, currency, SUM(CASE customer WHEN to_account THEN promotional ELSE -promotional END) AS entries
            FROM entries WHERE tenant = $1 AND promotional <> 0 GROUP BY customer, currency
        )
        SELECT a.account FROM accounts a LEFT JOIN summed s ON s.customer = a.account AND s.currency = a.currency
        WHERE a.tenant = $1 AND (a.promotional < 0 OR a.promotional <> COALESCE(s.entries, 0)) ORDER BY a.account LIMIT 100";
    tx.reads_everything().await?;
    sql!(tx, fetch_all, sqlx::query_scalar(SQL).bind(tenant))
}

/// The calls whose tax or agent's part is not the sum of the entries that moved it.
///
/// # Errors
/// The database does not answer.
pub async fn wrong_parts(tx: &mut Tx, tenant: i64) -> Result<Vec<String>, Error> {
    const SQL: &str = "WITH moved AS (
            SELECT reference,
                SUM(CASE 'tax' WHEN to_account THEN amount WHEN from_account THEN -amount ELSE 0 END) AS tax,
                SUM(CASE agent WHEN to_account THEN amount WHEN from_account THEN -amount ELSE 0 END) AS agent_part
            FROM entries WHERE tenant = $1 AND kind IN ('call', 'rerating') GROUP BY reference
        )
        SELECT c.id FROM calls c LEFT JOIN moved e ON e.reference = c.id
        WHERE c.tenant = $1 AND (COALESCE(c.tax, 0) <> COALESCE(e.tax, 0)
            OR COALESCE(c.agent_part, 0) <> COALESCE(e.agent_part, 0)) ORDER BY c.id LIMIT 100";
    tx.reads_everything().await?;
    sql!(tx, fetch_all, sqlx::query_scalar(SQL).bind(tenant))
}

/// The services that were charged once whose price or tax is not what their entries moved, or, of a postpaid customer, is on no
/// invoice and waits for none; and those of which there are entries alone.
///
/// # Errors
/// The database does not answer.
pub async fn wrong_events(tx: &mut Tx, tenant: i64) -> Result<Vec<String>, Error> {
    const SQL: &str = "WITH moved AS (
            SELECT reference, SUM(CASE customer WHEN from_account THEN amount WHEN to_account THEN -amount ELSE 0 END) AS price,
                SUM(CASE 'tax' WHEN to_account THEN amount WHEN from_account THEN -amount ELSE 0 END) AS tax
            FROM entries WHERE tenant = $1 AND kind = 'event' GROUP BY reference
        )
        SELECT v.id FROM charged_events v LEFT JOIN moved m ON m.reference = v.id
        LEFT JOIN customers p ON p.tenant = $1 AND p.id = v.customer
        LEFT JOIN unbilled u ON u.tenant = $1 AND u.id = v.id AND u.kind = 'event'
        WHERE v.tenant = $1 AND (v.amount <> COALESCE(m.price, 0) OR v.tax <> COALESCE(m.tax, 0)
            OR (p.mode = 'postpaid' AND v.amount <> COALESCE(u.amount, 0)))
        UNION ALL
        SELECT reference FROM moved m
        WHERE NOT EXISTS (SELECT 1 FROM charged_events v WHERE v.tenant = $1 AND v.id = m.reference)
        ORDER BY 1 LIMIT 100";
    tx.reads_everything().await?;
    sql!(tx, fetch_all, sqlx::query_scalar(SQL).bind(tenant))
}

/// The messages whose price, tax or agent's part is not what their entries moved, or, of a postpaid customer, is on no invoice and
/// waits for none; and those of which there are entries alone.
///
/// # Errors
/// The database does not answer.
pub async fn wrong_messages(tx: &mut Tx, tenant: i64) -> Result<Vec<String>, Error> {
    const SQL: &str = "WITH moved AS (
            SELECT reference, SUM(CASE customer WHEN from_account THEN amount WHEN to_account THEN -amount ELSE 0 END) AS price,
                SUM(CASE 'tax' WHEN to_account THEN amount WHEN from_account THEN -amount ELSE 0 END) AS tax,
                SUM(CASE agent WHEN to_account THEN amount WHEN from_account THEN -amount ELSE 0 END) AS agent_part
            FROM entries WHERE tenant = $1 AND kind = 'message' GROUP BY reference
        )
        SELECT g.id FROM messages g LEFT JOIN moved m ON m.reference = g.id
        LEFT JOIN customers p ON p.tenant = $1 AND p.id = g.customer
        LEFT JOIN unbilled u ON u.tenant = $1 AND u.id = g.id AND u.kind = 'message'
        WHERE g.tenant = $1 AND (g.price <> COALESCE(m.price, 0) OR g.tax <> COALESCE(m.tax, 0)
            OR g.agent_part <> COALESCE(m.agent_part, 0) OR (p.mode = 'postpaid' AND g.price <> COALESCE(u.amount, 0)))
        UNION ALL
        SELECT reference FROM moved m WHERE NOT EXISTS (SELECT 1 FROM messages g WHERE g.tenant = $1 AND g.id = m.reference)
        ORDER BY 1 LIMIT 100";
    tx.reads_everything().await?;
    sql!(tx, fetch_all, sqlx::query_scalar(SQL).bind(tenant))
}

/// The conversations whose messages are not numbered one by one, or that count other messages as unread than are.
///
/// # Errors
/// The database does not answer.
pub async fn wrong_conversations(tx: &mut Tx, tenant: i64) -> Result<Vec<String>, Error> {
    const SQL: &str = "WITH counted AS (
            SELECT conversation, COUNT(*) AS messages, MAX(number) AS last,
                SUM(CASE WHEN sender = 'customer' AND state IN ('stored', 'delivered') THEN 1 ELSE 0 END) AS by_agent,
                SUM(CASE WHEN sender = 'agent' AND state IN ('stored', 'delivered') THEN 1 ELSE 0 END) AS by_customer
            FROM messages WHERE tenant = $1 GROUP BY conversation
        )
        SELECT c.id FROM conversations c LEFT JOIN counted n ON n.conversation = c.id
        WHERE c.tenant = $1 AND (c.messages <> COALESCE(n.messages, 0) OR c.messages <> COALESCE(n.last, 0)
            OR c.unread_by_agent <> COALESCE(n.by_agent, 0) OR c.unread_by_customer <> COALESCE(n.by_customer, 0))
        ORDER BY c.id LIMIT 100";
    tx.reads_everything().await?;
    sql!(tx, fetch_all, sqlx::query_scalar(SQL).bind(tenant))
}

/// The entries that cannot be: an amount that is not positive, an account that pays itself, a customer or agent whose account is
/// neither of the two, more promotional credit than the amount, a charge or refund of a call that is not there.
///
/// # Errors
/// The database does not answer.
pub async fn wrong_entries(tx: &mut Tx, tenant: i64) -> Result<Vec<String>, Error> {
    const SQL: &str = "SELECT key FROM entries e WHERE tenant = $1 AND (amount <= 0 OR from_account = to_account
        OR (customer IS NOT NULL AND customer NOT IN (from_account, to_account))
        OR (agent IS NOT NULL AND agent NOT IN (from_account, to_account))
        OR promotional < 0 OR promotional > amount OR (promotional > 0 AND customer IS NULL)
        OR (kind IN ('call', 'rerating', 'refund')
            AND NOT EXISTS (SELECT 1 FROM calls c WHERE c.tenant = $1 AND c.id = e.reference))) ORDER BY key LIMIT 100";
    tx.reads_everything().await?;
    sql!(tx, fetch_all, sqlx::query_scalar(SQL).bind(tenant))
}

/// The accounts that hold something else than their live calls do. (They may hold more than there is: a fact that comes late takes
/// from a balance whatever is held on it.)
///
/// # Errors
/// The database does not answer.
pub async fn wrong_holds(tx: &mut Tx, tenant: i64) -> Result<Vec<String>, Error> {
    const SQL: &str = "WITH live AS (
            SELECT customer, currency, CAST(SUM(held) AS BIGINT) AS held FROM calls
            WHERE tenant = $1 AND wakes_at IS NOT NULL GROUP BY customer, currency
        )
        SELECT a.account FROM accounts a LEFT JOIN live c ON c.customer = a.account AND c.currency = a.currency
        WHERE a.tenant = $1 AND a.held <> COALESCE(c.held, 0) ORDER BY a.account LIMIT 100";
    tx.reads_everything().await?;
    sql!(tx, fetch_all, sqlx::query_scalar(SQL).bind(tenant))
}

/// How many live calls each line has that are neither to emergency nor service numbers: line and count.
///
/// # Errors
/// The database does not answer.
pub async fn live_by_line(tx: &mut Tx, tenant: i64) -> Result<Vec<(String, i64)>, Error> {
    const SQL: &str = "SELECT line, COUNT(*) FROM calls WHERE tenant = $1 AND wakes_at IS NOT NULL
        AND line IS NOT NULL AND session NOT LIKE '%\"free\":true%' GROUP BY line ORDER BY line";
    tx.reads_everything().await?;
    sql!(tx, fetch_all, sqlx::query_as(SQL).bind(tenant))
}

/// What the limits of customers are judged by: account and JSON.
///
/// # Errors
/// The database does not answer.
pub async fn traffic(tx: &mut Tx, tenant: i64) -> Result<Vec<(String, String)>, Error> {
    const SQL: &str =
        "SELECT account, traffic FROM accounts WHERE tenant = $1 AND traffic IS NOT NULL ORDER BY account";
    tx.reads_everything().await?;
    sql!(tx, fetch_all, sqlx::query_as(SQL).bind(tenant))
}

/// The calls whose parts (agent, tax and the rest) make no sense: a part below zero, or parts beyond the total.
///
/// # Errors
/// The database does not answer.
pub async fn wrong_splits(tx: &mut Tx, tenant: i64) -> Result<Vec<String>, Error> {
    const SQL: &str =
        "SELECT id FROM calls WHERE tenant = $1 AND total IS NOT NULL AND (total < 0 OR COALESCE(tax, 0) < 0
        OR COALESCE(agent_part, 0) < 0 OR COALESCE(tax, 0) + COALESCE(agent_part, 0) > total) ORDER BY id LIMIT 100";
    tx.reads_everything().await?;
    sql!(tx, fetch_all, sqlx::query_scalar(SQL).bind(tenant))
}

/// The allowances of which more is used or held than was granted, or some is held although no call of the customer is live.
///
/// # Errors
/// The database does not answer.
pub async fn overused_allowances(tx: &mut Tx, tenant: i64) -> Result<Vec<String>, Error> {
    const SQL: &str = "SELECT id FROM allowances WHERE tenant = $1
        AND (used_seconds < 0 OR held_seconds < 0 OR used_seconds + held_seconds > granted_seconds
            OR (held_seconds > 0 AND NOT EXISTS (SELECT 1 FROM calls c
                WHERE c.tenant = $1 AND c.customer = allowances.customer AND c.wakes_at IS NOT NULL)))
        ORDER BY id LIMIT 100";
    tx.reads_everything().await?;
    sql!(tx, fetch_all, sqlx::query_scalar(SQL).bind(tenant))
}

/// The lines whose count of used included minutes is not the sum of what their calls used. (The seconds of paid agents' calls are
/// of grants.)
///
/// # Errors
/// The database does not answer.
pub async fn wrong_included(tx: &mut Tx, tenant: i64) -> Result<Vec<WrongIncluded>, Error> {
    const SQL: &str = "WITH used AS (
            SELECT line, used AS counted, 0 AS calls FROM included_seconds WHERE tenant = $1
            UNION ALL SELECT line, 0, allowance_seconds FROM calls
                WHERE tenant = $1 AND allowance_seconds > 0 AND price_source <> 'agent'
        )
        SELECT COALESCE(line, '') AS line, CAST(SUM(counted) AS BIGINT) AS counted, CAST(SUM(calls) AS BIGINT) AS calls
        FROM used GROUP BY line HAVING SUM(counted) <> SUM(calls) ORDER BY line LIMIT 100";
    tx.reads_everything().await?;
    sql!(tx, fetch_all, sqlx::query_as(SQL).bind(tenant))
}

/// How much there is to check.
///
/// # Errors
/// The database does not answer.
pub async fn counts(tx: &mut Tx, tenant: i64) -> Result<Counts, Error> {
    const SQL: &str = "SELECT (SELECT COUNT(*) FROM calls WHERE tenant = $1) AS calls,
        (SELECT COUNT(*) FROM calls WHERE tenant = $1 AND state = 'unrated') AS unrated,
        (SELECT COUNT(*) FROM entries WHERE tenant = $1) AS entries";
    tx.reads_everything().await?;
    sql!(tx, fetch_one, sqlx::query_as(SQL).bind(tenant))
}
