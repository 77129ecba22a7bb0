//! Sounds that a tenant has brought in: what callers hear in the place of words.

use crate::transaction::sql;
use crate::{Error, Tx, WriteTx};

/// A sound, without its audio.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct SoundRecord {
    /// Its id.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// The media type of its audio.
    pub media_type: String,
    /// The size of its audio.
    pub size_bytes: i64,
    /// When it came.
    pub created_at: i64,
}

/// Keeps a sound.
///
/// # Errors
/// The database does not answer, or there is one of this id.
pub async fn insert(tx: &mut WriteTx, tenant: i64, sound: &SoundRecord, audio: &[u8]) -> Result<(), Error> {
    const SQL: &str = "INSERT INTO sounds (tenant, id, name, media_type, size_bytes, audio, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    let SoundRecord { id, name, media_type, size_bytes, created_at } = sound;
    sql!(
        tx,
        execute,
        sqlx::query(SQL)
            .bind(tenant)
            .bind(id)
            .bind(name)
            .bind(media_type)
            .bind(size_bytes)
            .bind(audio)
            .bind(created_at)
    )
    .map(|_| ())
}

/// A page of sounds in the order of their coming, those after `after`.
///
/// # Errors
/// The database does not answer.
pub async fn page(tx: &mut Tx, tenant: i64, after: Option<&str>, limit: i64) -> Result<Vec<SoundRecord>, Error> {
    const SQL: &str = "SELECT id, name, media_type, size_bytes, created_at FROM sounds WHERE tenant = $1 AND id > $2
        ORDER BY id LIMIT $3";
    sql!(tx, fetch_all, sqlx::query_as(SQL).bind(tenant).bind(after.unwrap_or_default()).bind(limit))
}

/// One sound.
///
/// # Errors
/// The database does not answer.
pub async fn get(tx: &mut Tx, tenant: i64, id: &str) -> Result<Option<SoundRecord>, Error> {
    const SQL: &str = "SELECT id, name, media_type, size_bytes, created_at FROM sounds WHERE tenant = $1 AND id = $2";
    sql!(tx, fetch_optional, sqlx::query_as(SQL).bind(tenant).bind(id))
}

/// The media type and the audio of a sound, of whatever tenant: whoever plays it knows its id.
///
/// # Errors
/// The database does not answer.
pub async fn audio(tx: &mut Tx, id: &str) -> Result<Option<(String, Vec<u8>)>, Error> {
    const SQL: &str = "SELECT media_type, audio FROM sounds WHERE id = $1";
    sql!(tx, fetch_optional, sqlx::query_as(SQL).bind(id))
}

/// Deletes a sound; says whether there was one.
///
/// # Errors
/// The database does not answer.
pub async fn delete(tx: &mut WriteTx, tenant: i64, id: &str) -> Result<bool, Error> {
    const SQL: &str = "DELETE FROM sounds WHERE tenant = $1 AND id = $2";
    Ok(sql!(tx, execute, sqlx::query(SQL).bind(tenant).bind(id))? == 1)
}
