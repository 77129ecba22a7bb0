//! Rate decks and their immutable versions.

use crate::transaction::sql;
use crate::{Error, Tx, WriteTx};

/// A rate deck.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct DeckRecord {
    /// The tenant.
    pub tenant: i64,
    /// Its id.
    pub id: String,
    /// Its name, unique in the tenant.
    pub name: String,
    /// ISO 4217.
    pub currency: String,
    /// When it was made.
    pub created_at: i64,
    /// Counts the changes.
    pub version: i64,
}

/// What a deck holds from an instant on, without the document.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct DeckVersionRecord {
    /// The tenant.
    pub tenant: i64,
    /// Its id.
    pub id: String,
    /// The deck.
    pub deck: String,
    /// 1, 2, 3, ...
    pub number: i64,
    /// From when on it is in force; of versions with the same instant, the last one.
    pub effective_at: i64,
    /// How many prefixes it has.
    pub prefixes: i64,
    /// When it was made.
    pub created_at: i64,
}

/// Adds a deck; `false` if the name is taken.
///
/// # Errors
/// The database does not answer.
pub async fn insert(tx: &mut WriteTx, record: &DeckRecord) -> Result<bool, Error> {
    const SQL: &str = "INSERT INTO decks (tenant, id, name, currency, created_at, version)
        VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING";
    let inserted = sql!(
        tx,
        execute,
        sqlx::query(SQL)
            .bind(record.tenant)
            .bind(&record.id)
            .bind(&record.name)
            .bind(&record.currency)
            .bind(record.created_at)
            .bind(record.version)
    )?;
    Ok(inserted == 1)
}

/// Counts the deck's version up, if it is still at the version before; says whether it was.
///
/// # Errors
/// The database does not answer.
pub async fn update(tx: &mut WriteTx, record: &DeckRecord) -> Result<bool, Error> {
    const SQL: &str = "UPDATE decks SET name = $3, version = $4 WHERE tenant = $1 AND id = $2 AND version = $4 - 1";
    let updated = sql!(
        tx,
        execute,
        sqlx::query(SQL).bind(record.tenant).bind(&record.id).bind(&record.name).bind(record.version)
    )?;
    Ok(updated == 1)
}

/// Adds a version with its document (the entries, as JSON).
///
/// # Errors
/// The database does not answer.
pub async fn insert_version(tx: &mut WriteTx, record: &DeckVersionRecord, document: &str) -> Result<(), Error> {
    const SQL: &str =
        "INSERT INTO deck_versions (tenant, id, deck, number, effective_at, prefixes, document, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    sql!(
        tx,
        execute,
        sqlx::query(SQL)
            .bind(record.tenant)
            .bind(&record.id)
            .bind(&record.deck)
            .bind(record.number)
            .bind(record.effective_at)
            .bind(record.prefixes)
            .bind(document)
            .bind(record.created_at)
    )
    .map(|_| ())
}

/// One deck.
///
/// # Errors
/// The database does not answer.
pub async fn get(tx: &mut Tx, tenant: i64, id: &str) -> Result<Option<DeckRecord>, Error> {
    const SQL: &str = "SELECT * FROM decks WHERE tenant = $1 AND id = $2";
    sql!(tx, fetch_optional, sqlx::query_as(SQL).bind(tenant).bind(id))
}

/// A page of decks in the order of their ids, those after `after`.
///
/// # Errors
/// The database does not answer.
pub async fn page(tx: &mut Tx, tenant: i64, after: Option<&str>, limit: i64) -> Result<Vec<DeckRecord>, Error> {
    const SQL: &str = "SELECT * FROM decks WHERE tenant = $1 AND id > $2 ORDER BY id LIMIT $3";
    sql!(tx, fetch_all, sqlx::query_as(SQL).bind(tenant).bind(after.unwrap_or_default()).bind(limit))
}

/// The versions of all decks, or of one, by deck, the first first, without their documents.
///
/// # Errors
/// The database does not answer.
pub async fn versions(tx: &mut Tx, tenant: i64, deck: Option<&str>) -> Result<Vec<DeckVersionRecord>, Error> {
    const ALL: &str = "SELECT tenant, id, deck, number, effective_at, prefixes, created_at FROM deck_versions
        WHERE tenant = $1 ORDER BY deck, number";
    const ONE: &str = "SELECT tenant, id, deck, number, effective_at, prefixes, created_at FROM deck_versions
        WHERE tenant = $1 AND deck = $2 ORDER BY deck, number";
    match deck {
        None => sql!(tx, fetch_all, sqlx::query_as(ALL).bind(tenant)),
        Some(deck) => sql!(tx, fetch_all, sqlx::query_as(ONE).bind(tenant).bind(deck)),
    }
}

/// The document of a version.
///
/// # Errors
/// The database does not answer.
pub async fn document(tx: &mut Tx, tenant: i64, version: &str) -> Result<Option<String>, Error> {
    const SQL: &str = "SELECT document FROM deck_versions WHERE tenant = $1 AND id = $2";
    sql!(tx, fetch_optional, sqlx::query_scalar(SQL).bind(tenant).bind(version))
}
