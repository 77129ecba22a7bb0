//! Messages of conversations.

use std::fmt;

use crate::transaction::sql;
use crate::{Error, Tx, WriteTx};

/// A message.
#[derive(Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct MessageRecord {
    /// Its id.
    pub id: String,
    /// The conversation that it is of.
    pub conversation: String,
    /// Which message of the conversation it is, from 1.
    pub number: i64,
    /// Who pays.
    pub customer: String,
    /// Who is paid.
    pub agent: String,
    /// `customer` or `agent`.
    pub sender: String,
    /// `app` or `sms`.
    pub channel: String,
    /// The switch that it came by, and what it is to it.
    pub origin: Option<String>,
    /// What tells the request of its origin from another.
    pub asked: Option<String>,
    /// Its text.
    pub text: String,
    /// How many short messages the text takes.
    pub segments: i64,
    /// `stored`, `delivered`, `read` or `refused`.
    pub state: String,
    /// Why it is refused.
    pub refusal: Option<String>,
    /// How much more it would have needed.
    pub missing: Option<i64>,
    /// 1 where its sender was to be told that it is refused, else 0.
    pub told: i64,
    /// ISO 4217.
    pub currency: String,
    /// What was charged for it.
    pub price: i64,
    /// The tax in the price.
    pub tax: i64,
    /// The agent's part of the price.
    pub agent_part: i64,
    /// When it came.
    pub created_at: i64,
    /// When the other one got it.
    pub delivered_at: Option<i64>,
    /// When the other one read it.
    pub read_at: Option<i64>,
}

/// What is written of a message is between two people: no log prints it.
impl fmt::Debug for MessageRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { id, conversation, number, sender, state, price, .. } = self;
        write!(f, "MessageRecord({id}, {number} of {conversation}, by the {sender}, {state}, {price})")
    }
}

macro_rules! columns {
    () => {
        "id, conversation, number, customer, agent, sender, channel, origin, asked, text, segments, state, refusal,
        missing, told, currency, price, tax, agent_part, created_at, delivered_at, read_at"
    };
}

/// Adds a message; `false` if there is one of its origin.
///
/// # Errors
/// The database does not answer.
pub async fn insert_new(tx: &mut WriteTx, tenant: i64, record: &MessageRecord) -> Result<bool, Error> {
    const SQL: &str = concat!(
        "INSERT INTO messages (tenant, ",
        columns!(),
        ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23)
        ON CONFLICT (tenant, origin) WHERE origin IS NOT NULL DO NOTHING"
    );
    Ok(sql!(
        tx,
        execute,
        sqlx::query(SQL)
            .bind(tenant)
            .bind(&record.id)
            .bind(&record.conversation)
            .bind(record.number)
            .bind(&record.customer)
            .bind(&record.agent)
            .bind(&record.sender)
            .bind(&record.channel)
            .bind(&record.origin)
            .bind(&record.asked)
            .bind(&record.text)
            .bind(record.segments)
            .bind(&record.state)
            .bind(&record.refusal)
            .bind(record.missing)
            .bind(record.told)
            .bind(&record.currency)
            .bind(record.price)
            .bind(record.tax)
            .bind(record.agent_part)
            .bind(record.created_at)
            .bind(record.delivered_at)
            .bind(record.read_at)
    )? == 1)
}

/// One message.
///
/// # Errors
/// The database does not answer.
pub async fn get(tx: &mut Tx, tenant: i64, id: &str) -> Result<Option<MessageRecord>, Error> {
    const SQL: &str = concat!("SELECT ", columns!(), " FROM messages WHERE tenant = $1 AND id = $2");
    sql!(tx, fetch_optional, sqlx::query_as(SQL).bind(tenant).bind(id))
}

/// The message of this origin.
///
/// # Errors
/// The database does not answer.
pub async fn by_origin(tx: &mut Tx, tenant: i64, origin: &str) -> Result<Option<MessageRecord>, Error> {
    const SQL: &str = concat!("SELECT ", columns!(), " FROM messages WHERE tenant = $1 AND origin = $2");
    sql!(tx, fetch_optional, sqlx::query_as(SQL).bind(tenant).bind(origin))
}

/// A page of the messages of a conversation, the newest first, before that of a number; refused ones only if they are asked for.
///
/// # Errors
/// The database does not answer.
pub async fn page(
    tx: &mut Tx,
    tenant: i64,
    (conversation, with_refused): (&str, bool),
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<MessageRecord>, Error> {
    const SQL: &str = concat!(
        "SELECT ",
        columns!(),
        " FROM messages WHERE tenant = $1 AND conversation = $2 AND number < $3 AND (state <> 'refused' OR $5)
        ORDER BY number DESC LIMIT $4"
    );
    sql!(
        tx,
        fetch_all,
        sqlx::query_as(SQL)
            .bind(tenant)
            .bind(conversation)
            .bind(before.unwrap_or(i64::MAX))
            .bind(limit)
            .bind(with_refused)
    )
}

/// Marks what a side has sent in a conversation as read, up to a number; how many messages were not read before.
///
/// # Errors
/// The database does not answer.
pub async fn mark_read(
    tx: &mut WriteTx,
    tenant: i64,
    (conversation, sender): (&str, &str),
    up_to: i64,
    now: i64,
) -> Result<u64, Error> {
    const SQL: &str = "UPDATE messages SET state = 'read', delivered_at = COALESCE(delivered_at, $5), read_at = $5
        WHERE tenant = $1 AND conversation = $2 AND sender = $3 AND number <= $4 AND read_at IS NULL AND state <> 'refused'";
    sql!(tx, execute, sqlx::query(SQL).bind(tenant).bind(conversation).bind(sender).bind(up_to).bind(now))
}

/// Marks a message as delivered; `false` if it was before, or was refused.
///
/// # Errors
/// The database does not answer.
pub async fn mark_delivered(tx: &mut WriteTx, tenant: i64, id: &str, now: i64) -> Result<bool, Error> {
    const SQL: &str = "UPDATE messages SET state = 'delivered', delivered_at = $3
        WHERE tenant = $1 AND id = $2 AND state = 'stored'";
    Ok(sql!(tx, execute, sqlx::query(SQL).bind(tenant).bind(id).bind(now))? == 1)
}
