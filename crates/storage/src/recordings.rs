//! Recordings: messages left for lines, and calls that were recorded. Their audio stands in parts beside them.

use crate::batch::{among, owned};
use crate::transaction::sql;
use crate::{Error, Tx, WriteTx};

/// A recording, without its audio.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct RecordingRecord {
    /// Its id.
    pub id: String,
    /// `voicemail` or `call`.
    pub kind: String,
    /// The line that it is of; none of a message for a group.
    pub line: Option<String>,
    /// Whose line that is.
    pub customer: Option<String>,
    /// The group that a message is for.
    pub agent_group: Option<String>,
    /// The origin of the call.
    pub origin: String,
    /// Tells what was recorded of one call apart.
    pub leg: String,
    /// The caller's number.
    pub from_number: String,
    /// The number that was called.
    pub to_number: String,
    /// When it begins.
    pub started_at: i64,
    /// How long it is.
    pub seconds: i64,
    /// The media type of its audio.
    pub media_type: String,
    /// The size of its audio.
    pub size_bytes: i64,
    /// Since when it is here.
    pub kept_at: i64,
    /// From when on it is to be deleted.
    pub delete_at: i64,
    /// When somebody was done with it.
    pub done_at: Option<i64>,
}

macro_rules! columns {
    () => {
        "id, kind, line, customer, agent_group, origin, leg, from_number, to_number, started_at, seconds, media_type, size_bytes, kept_at, \
         delete_at, done_at"
    };
}

/// A part of a recording's audio.
#[derive(Debug, Clone, Copy)]
pub struct PartRecord<'a> {
    /// The recording, which need not be there yet.
    pub recording: &'a str,
    /// Where in the audio it begins.
    pub first_byte: i64,
    /// Its bytes.
    pub audio: &'a [u8],
    /// When it is written.
    pub written_at: i64,
}

/// Writes a part of audio, unless it is there.
///
/// # Errors
/// The database does not answer.
pub async fn put_part(tx: &mut WriteTx, tenant: i64, part: &PartRecord<'_>) -> Result<(), Error> {
    const SQL: &str = "INSERT INTO recording_parts (tenant, recording, first_byte, audio, written_at)
        VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING";
    sql!(
        tx,
        execute,
        sqlx::query(SQL).bind(tenant).bind(part.recording).bind(part.first_byte).bind(part.audio).bind(part.written_at)
    )
    .map(|_| ())
}

/// The part of a recording's audio that holds a byte: where it begins, and its bytes. Behind the end it is the last one.
///
/// # Errors
/// The database does not answer.
pub async fn part(tx: &mut Tx, tenant: i64, recording: &str, byte: i64) -> Result<Option<(i64, Vec<u8>)>, Error> {
    const SQL: &str = "SELECT first_byte, audio FROM recording_parts
        WHERE tenant = $1 AND recording = $2 AND first_byte <= $3 ORDER BY first_byte DESC LIMIT 1";
    sql!(tx, fetch_optional, sqlx::query_as(SQL).bind(tenant).bind(recording).bind(byte))
}

/// Deletes some parts of a recording's audio, the last first, so that one that is left over is found by its first: how many.
///
/// # Errors
/// The database does not answer.
pub async fn forget_parts(tx: &mut WriteTx, tenant: i64, recording: &str, limit: i64) -> Result<u64, Error> {
    const SQL: &str = "DELETE FROM recording_parts WHERE tenant = $1 AND recording = $2 AND first_byte IN (
        SELECT first_byte FROM recording_parts WHERE tenant = $1 AND recording = $2 ORDER BY first_byte DESC LIMIT $3)";
    sql!(tx, execute, sqlx::query(SQL).bind(tenant).bind(recording).bind(limit))
}

/// Some of those whose audio was begun before the instant, and that are no recordings.
///
/// # Errors
/// The database does not answer.
pub async fn left_over(tx: &mut Tx, tenant: i64, before: i64, limit: i64) -> Result<Vec<String>, Error> {
    const SQL: &str = "SELECT p.recording FROM recording_parts p
        WHERE p.tenant = $1 AND p.written_at < $2 AND p.first_byte = 0
            AND NOT EXISTS (SELECT 1 FROM recordings r WHERE r.tenant = $1 AND r.id = p.recording)
        LIMIT $3";
    sql!(tx, fetch_all, sqlx::query_scalar(SQL).bind(tenant).bind(before).bind(limit))
}

/// Adds a recording; `false` if there is one of the same origin and leg.
///
/// # Errors
/// The database does not answer.
pub async fn insert(tx: &mut WriteTx, tenant: i64, record: &RecordingRecord) -> Result<bool, Error> {
    const SQL: &str = concat!(
        "INSERT INTO recordings (tenant, ",
        columns!(),
        ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17) ON CONFLICT DO NOTHING"
    );
    let inserted = sql!(
        tx,
        execute,
        sqlx::query(SQL)
            .bind(tenant)
            .bind(&record.id)
            .bind(&record.kind)
            .bind(&record.line)
            .bind(&record.customer)
            .bind(&record.agent_group)
            .bind(&record.origin)
            .bind(&record.leg)
            .bind(&record.from_number)
            .bind(&record.to_number)
            .bind(record.started_at)
            .bind(record.seconds)
            .bind(&record.media_type)
            .bind(record.size_bytes)
            .bind(record.kept_at)
            .bind(record.delete_at)
            .bind(record.done_at)
    )?;
    Ok(inserted == 1)
}

/// One recording.
///
/// # Errors
/// The database does not answer.
pub async fn get(tx: &mut Tx, tenant: i64, id: &str) -> Result<Option<RecordingRecord>, Error> {
    const SQL: &str = concat!("SELECT ", columns!(), " FROM recordings WHERE tenant = $1 AND id = $2");
    sql!(tx, fetch_optional, sqlx::query_as(SQL).bind(tenant).bind(id))
}

/// What was recorded of a leg of a call.
///
/// # Errors
/// The database does not answer.
pub async fn by_origin(tx: &mut Tx, tenant: i64, origin: &str, leg: &str) -> Result<Option<RecordingRecord>, Error> {
    const SQL: &str = concat!("SELECT ", columns!(), " FROM recordings WHERE tenant = $1 AND origin = $2 AND leg = $3");
    sql!(tx, fetch_optional, sqlx::query_as(SQL).bind(tenant).bind(origin).bind(leg))
}

/// What was recorded of some calls, in no order.
///
/// # Errors
/// The database does not answer.
pub async fn of_origins(tx: &mut Tx, tenant: i64, origins: &[&str]) -> Result<Vec<RecordingRecord>, Error> {
    let columns = columns!();
    let text = |some: &str| format!("SELECT {columns} FROM recordings WHERE tenant = $1 AND origin {some}");
    among!(tx, query_as, tenant, origins, text("IN (SELECT value ->> 0 FROM json_each($2))"), text("= ANY ($2)"))
}

/// Which recordings to list; the newest come first.
#[derive(Debug, Clone, Copy, Default)]
pub struct RecordingFilter<'a> {
    /// Those of lines of these customers.
    pub among: Option<&'a [String]>,
    /// Those of this line.
    pub line: Option<&'a str>,
    /// Messages for this group; those of lines alone, where none is given.
    pub group: Option<&'a str>,
    /// Those of this kind.
    pub kind: Option<&'a str>,
    /// Those that somebody was done with, or the others.
    pub done: Option<bool>,
    /// Those before this one in the list.
    pub before: Option<&'a str>,
}

/// A page of recordings.
///
/// # Errors
/// The database does not answer.
pub async fn page(
    tx: &mut Tx,
    tenant: i64,
    filter: &RecordingFilter<'_>,
    limit: i64,
) -> Result<Vec<RecordingRecord>, Error> {
    let among = filter.among.map(|among| tx.customers(among)).transpose()?;
    let whole = || ("recordings".to_owned(), String::new());
    let (table, own) = filter.among.map_or_else(whole, |_| owned(tx.engine(), "recordings", "customer", 4, ""));
    let columns = columns!();
    let mut text = format!("SELECT {columns} FROM {table} WHERE tenant = $1 AND id < $2{own}");
    let mut values: Vec<&str> = among.as_deref().into_iter().collect();
    for (column, value) in [("line", filter.line), ("agent_group", filter.group), ("kind", filter.kind)] {
        if let Some(value) = value {
            values.push(value);
            text.push_str(&format!(" AND {column} = ${}", 3 + values.len()));
        }
    }
    if filter.group.is_none() {
        text.push_str(" AND agent_group IS NULL");
    }
    match filter.done {
        Some(true) => text.push_str(" AND done_at IS NOT NULL"),
        Some(false) => text.push_str(" AND done_at IS NULL"),
        None => {}
    }
    text.push_str(" ORDER BY id DESC LIMIT $3");
    sql!(tx, fetch_all, {
        let query = sqlx::query_as(sqlx::AssertSqlSafe(text.as_str()))
            .bind(tenant)
            .bind(filter.before.unwrap_or("~"))
            .bind(limit);
        values.iter().fold(query, |query, value| query.bind(*value))
    })
}

/// Says since when somebody is done with a recording, or that nobody is; whether there is one.
///
/// # Errors
/// The database does not answer.
pub async fn set_done(tx: &mut WriteTx, tenant: i64, id: &str, done_at: Option<i64>) -> Result<bool, Error> {
    const SQL: &str = "UPDATE recordings SET done_at = $3 WHERE tenant = $1 AND id = $2";
    Ok(sql!(tx, execute, sqlx::query(SQL).bind(tenant).bind(id).bind(done_at))? == 1)
}

/// Deletes a recording, but not its audio; whether there was one.
///
/// # Errors
/// The database does not answer.
pub async fn delete(tx: &mut WriteTx, tenant: i64, id: &str) -> Result<bool, Error> {
    const SQL: &str = "DELETE FROM recordings WHERE tenant = $1 AND id = $2";
    Ok(sql!(tx, execute, sqlx::query(SQL).bind(tenant).bind(id))? == 1)
}

/// Some of the recordings that are to be deleted by now, the longest due first.
///
/// # Errors
/// The database does not answer.
pub async fn due(tx: &mut Tx, tenant: i64, now: i64, limit: i64) -> Result<Vec<String>, Error> {
    const SQL: &str = "SELECT id FROM recordings WHERE tenant = $1 AND delete_at <= $2 ORDER BY delete_at, id LIMIT $3";
    sql!(tx, fetch_all, sqlx::query_scalar(SQL).bind(tenant).bind(now).bind(limit))
}
