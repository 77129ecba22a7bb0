//! Conversations: what a customer and an agent write to each other.

use crate::batch::owned;
use crate::transaction::sql;
use crate::{Error, Tx, WriteTx};

/// A conversation.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct ConversationRecord {
    /// Its id.
    pub id: String,
    /// Who pays.
    pub customer: String,
    /// Who is paid.
    pub agent: String,
    /// When it began.
    pub created_at: i64,
    /// How many messages there are, refused ones too.
    pub messages: i64,
    /// When the last message came.
    pub last_at: i64,
    /// When the last message came that the agent may see; `None` where there is none.
    pub shown_at: Option<i64>,
    /// How many messages the customer has not read.
    pub unread_by_customer: i64,
    /// How many messages the agent has not read.
    pub unread_by_agent: i64,
    /// The local day on which the customer was last told that a text could not be delivered.
    pub told_on: Option<String>,
}

/// Whose conversations are asked for.
#[derive(Debug, Clone, Copy)]
pub enum Whose<'a> {
    /// Everybody's.
    Tenant,
    /// Those of some customers.
    Customers(&'a [String]),
    /// Those that an agent may see, but for those with some customers; their time is that of the last message that it may see.
    Agent(&'a str, &'a [String]),
}

macro_rules! columns {
    () => {
        "id, customer, agent, created_at, messages, last_at, shown_at, unread_by_customer, unread_by_agent, told_on"
    };
}

/// Begins the conversation of a customer and an agent, unless there is one, and locks it until the transaction ends: the one of the
/// two, as it is on record.
///
/// # Errors
/// The database does not answer.
pub async fn begin(tx: &mut WriteTx, tenant: i64, new: &ConversationRecord) -> Result<ConversationRecord, Error> {
    const SQL: &str = concat!(
        "INSERT INTO conversations (tenant, ",
        columns!(),
        ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
        ON CONFLICT (tenant, customer, agent) DO UPDATE SET customer = excluded.customer RETURNING ",
        columns!()
    );
    sql!(
        tx,
        fetch_one,
        sqlx::query_as(SQL)
            .bind(tenant)
            .bind(&new.id)
            .bind(&new.customer)
            .bind(&new.agent)
            .bind(new.created_at)
            .bind(new.messages)
            .bind(new.last_at)
            .bind(new.shown_at)
            .bind(new.unread_by_customer)
            .bind(new.unread_by_agent)
            .bind(&new.told_on)
    )
}

/// Writes how a conversation stands, which is locked.
///
/// # Errors
/// The database does not answer.
pub async fn stand(tx: &mut WriteTx, tenant: i64, record: &ConversationRecord) -> Result<(), Error> {
    const SQL: &str = "UPDATE conversations SET messages = $3, last_at = $4, shown_at = $5, unread_by_customer = $6,
        unread_by_agent = $7, told_on = $8 WHERE tenant = $1 AND id = $2";
    sql!(
        tx,
        execute,
        sqlx::query(SQL)
            .bind(tenant)
            .bind(&record.id)
            .bind(record.messages)
            .bind(record.last_at)
            .bind(record.shown_at)
            .bind(record.unread_by_customer)
            .bind(record.unread_by_agent)
            .bind(&record.told_on)
    )
    .map(|_| ())
}

/// One conversation.
///
/// # Errors
/// The database does not answer.
pub async fn get(tx: &mut Tx, tenant: i64, id: &str) -> Result<Option<ConversationRecord>, Error> {
    const SQL: &str = concat!("SELECT ", columns!(), " FROM conversations WHERE tenant = $1 AND id = $2");
    sql!(tx, fetch_optional, sqlx::query_as(SQL).bind(tenant).bind(id))
}

/// The same, locked until the transaction ends.
///
/// # Errors
/// The database does not answer.
pub async fn lock(tx: &mut WriteTx, tenant: i64, id: &str) -> Result<Option<ConversationRecord>, Error> {
    // SQLite's one writer needs no lock of rows.
    const SQLITE: &str = concat!("SELECT ", columns!(), " FROM conversations WHERE tenant = $1 AND id = $2");
    const POSTGRES: &str =
        concat!("SELECT ", columns!(), " FROM conversations WHERE tenant = $1 AND id = $2 FOR UPDATE");
    let text = if tx.engine() == crate::Engine::Postgres { POSTGRES } else { SQLITE };
    sql!(tx, fetch_optional, sqlx::query_as(text).bind(tenant).bind(id))
}

/// A page of conversations, those with the newest messages first, before the time and the id of the last one seen.
///
/// # Errors
/// The database does not answer.
pub async fn page(
    tx: &mut Tx,
    tenant: i64,
    whose: Whose<'_>,
    before: Option<(i64, &str)>,
    limit: i64,
) -> Result<Vec<ConversationRecord>, Error> {
    let all = || "conversations".to_owned();
    let ((from, own), owners, at) = match whose {
        Whose::Tenant => ((all(), String::new()), Vec::new(), "last_at"),
        Whose::Customers(ids) => {
            (owned(tx.engine(), "conversations", "customer", 5, ""), vec![tx.customers(ids)?], "last_at")
        }
        Whose::Agent(agent, but) => {
            let own = " AND agent = $5 AND shown_at IS NOT NULL
                AND customer NOT IN (SELECT value ->> 0 FROM json_each($6))";
            ((all(), own.to_owned()), vec![agent.to_owned(), tx.customers(but)?], "shown_at")
        }
    };
    let columns = columns!();
    let text = format!(
        "SELECT {columns} FROM {from} WHERE tenant = $1 AND ({at}, id) < ($2, $3){own} ORDER BY {at} DESC, id DESC LIMIT $4"
    );
    let (last_at, id) = before.unwrap_or((i64::MAX, ""));
    sql!(tx, fetch_all, {
        let query = sqlx::query_as(sqlx::AssertSqlSafe(text.as_str())).bind(tenant).bind(last_at).bind(id).bind(limit);
        owners.iter().fold(query, |query, owner| query.bind(owner))
    })
}
