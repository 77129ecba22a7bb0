//! Rate decks: what calls to the numbers with a prefix cost. A deck is replaced as a whole, by a new immutable version.

mod difference;
mod document;
mod from_csv;
mod lookup;

use domain::deck::Deck;
use domain::invalid::Invalid;
use domain::money::Currency;
use domain::time::Instant;
use serde::Serialize;
use serde_json::json;
use storage::decks::{DeckRecord, DeckVersionRecord};

pub use difference::{ChangedEntry, Difference, compare};
pub use from_csv::{DeckCsvErrors, DeckCsvFault, MOST_FAULTS, read_csv};
pub use lookup::{EntryPage, entries, search};

use crate::plans::in_force;
use crate::prices::PriceError;
use crate::tenants::TenantError;
use crate::{Scope, Work, fields, prices};

/// A rate deck.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StoredDeck {
    /// Its id.
    pub id: String,
    /// Its name, unique in the tenant.
    pub name: String,
    /// The currency of its prices; never changes.
    pub currency: Currency,
    /// When it was made.
    pub created_at: Instant,
    /// Counts the changes.
    pub version: i64,
}

/// What a deck holds from an instant on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DeckVersion {
    /// Its id.
    pub id: String,
    /// The deck.
    pub deck: String,
    /// 1, 2, 3, ...
    pub number: i64,
    /// From when on it prices calls that start. The first version prices calls of any time.
    pub effective_at: Instant,
    /// How many prefixes it has.
    pub prefixes: i64,
    /// When it was made.
    pub created_at: Instant,
}

/// Why a deck is not made, shown or changed.
#[derive(Debug, thiserror::Error)]
pub enum DeckError {
    /// There is no such deck.
    #[error("there is no rate deck {0}")]
    NotFound(String),
    /// The deck has no version of this number.
    #[error("the rate deck {deck} has no version {number}")]
    NoVersion {
        /// The deck.
        deck: String,
        /// The number.
        number: i64,
    },
    /// A field makes no sense.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// Another deck has the name.
    #[error("there is a rate deck \"{0}\" already")]
    NameTaken(String),
    /// Somebody else changed the deck meanwhile.
    #[error("the rate deck was changed meanwhile: it is at version {current}")]
    Changed {
        /// The version now.
        current: i64,
    },
    /// The prices could not be read.
    #[error(transparent)]
    Price(#[from] PriceError),
    /// The tenant's settings could not be read.
    #[error(transparent)]
    Tenant(#[from] TenantError),
    /// The database did not do it.
    #[error(transparent)]
    Storage(#[from] storage::Error),
}

impl storage::FromStorage for DeckError {
    fn storage_error(&self) -> Option<&storage::Error> {
        match self {
            Self::Storage(error) => Some(error),
            Self::Price(error) => error.storage_error(),
            Self::Tenant(error) => error.storage_error(),
            _ => None,
        }
    }
}

/// The most prefixes of one deck.
pub const MOST_PREFIXES: usize = 1_000_000;

/// Makes a deck, empty or with its first version, which prices calls of any time.
///
/// # Errors
/// A field makes no sense, the name is taken, or the first version has no prefix or too many.
pub async fn create(
    work: &mut Work,
    name: String,
    currency: Currency,
    entries: Option<&Deck>,
) -> Result<(StoredDeck, Option<DeckVersion>), DeckError> {
    let deck = StoredDeck {
        id: work.id("dck"),
        name: fields::required("/name", name, 200)?,
        currency,
        created_at: work.now(),
        version: 1,
    };
    let tenant = work.tenant();
    if !storage::decks::insert(&mut work.tx, &deck.record(tenant)).await? {
        return Err(DeckError::NameTaken(deck.name));
    }
    let version = match entries {
        Some(entries) => Some(save_version(work, &deck, entries, (1, Instant::FIRST)).await?),
        None => None,
    };
    let prefixes = version.as_ref().map_or(0, |version| version.prefixes);
    let after = json!({"name": deck.name, "currency": deck.currency, "prefixes": prefixes});
    work.audit("deck.create", &deck.id, None, Some(&after)).await?;
    Ok((deck, version))
}

/// Gives a deck a new version from an instant on: now, or later, so that no call of the past changes its price. The first version
/// of a deck prices calls of any time.
///
/// `version` is the deck's, as [`Difference::version`] tells it: where it still is that, nobody has replaced anything since, and
/// what [`compare`] showed for the same entries and instant is what happens.
///
/// # Errors
/// There are no entries or too many, the instant is in the past, or the deck was changed meanwhile.
pub async fn replace(
    work: &mut Work,
    id: &str,
    entries: &Deck,
    effective_at: Option<Instant>,
    version: i64,
) -> Result<(StoredDeck, DeckVersion), DeckError> {
    let before = get(work, id).await?;
    if before.version != version {
        return Err(DeckError::Changed { current: before.version });
    }
    let known = versions(work, id).await?;
    let effective_at = match (known.last(), effective_at) {
        (None, None) => Instant::FIRST,
        (None, Some(_)) => {
            let detail = "the first version of a deck prices calls of any time: leave effective_at out";
            return Err(Invalid::at("/effective_at", detail).into());
        }
        (Some(_), at) => at.unwrap_or(work.now()),
    };
    if !known.is_empty() && effective_at < work.now() {
        return Err(Invalid::at("/effective_at", "must not be in the past: calls keep their prices").into());
    }
    let replaced = in_force(&known, |version| version.effective_at, effective_at);
    let figures = difference::figures(work, replaced, entries).await?;
    let number = known.last().map_or(1, |last| last.number + 1);
    let after = StoredDeck { version: version + 1, ..before };
    let tenant = work.tenant();
    if !storage::decks::update(&mut work.tx, &after.record(tenant)).await? {
        return Err(DeckError::Changed { current: version + 1 });
    }
    let saved = save_version(work, &after, entries, (number, effective_at)).await?;
    let shown = |version: &DeckVersion| json!({"number": version.number, "effective_at": version.effective_at, "prefixes": version.prefixes});
    let mut now = shown(&saved);
    now["difference"] = json!(figures);
    work.audit("deck.replace", id, replaced.map(shown).as_ref(), Some(&now)).await?;
    Ok((after, saved))
}

async fn save_version(
    work: &mut Work,
    deck: &StoredDeck,
    entries: &Deck,
    (number, effective_at): (i64, Instant),
) -> Result<DeckVersion, DeckError> {
    check_size(entries)?;
    let record = DeckVersionRecord {
        tenant: work.tenant(),
        id: work.id("dkv"),
        deck: deck.id.clone(),
        number,
        effective_at: effective_at.millis(),
        prefixes: i64::try_from(entries.entries().len()).unwrap_or(i64::MAX),
        created_at: work.now().millis(),
    };
    let document = document::text(entries, deck.currency);
    storage::decks::insert_version(&mut work.tx, &record, &document).await?;
    prices::prepare_deck(work, &record.id, entries.clone());
    Ok(DeckVersion::of(record))
}

/// An empty version would take every price away, which nobody means who uploads a file; so would one that is beyond all bounds.
fn check_size(entries: &Deck) -> Result<(), Invalid> {
    match entries.entries().len() {
        0 => Err(Invalid::at("", "a version of a rate deck needs one prefix at least")),
        count if count > MOST_PREFIXES => {
            Err(Invalid::at("", format!("a rate deck has {MOST_PREFIXES} prefixes at most, not {count}")))
        }
        _ => Ok(()),
    }
}

/// The deck.
///
/// # Errors
/// There is none, or the database does not answer.
pub async fn get(scope: &mut impl Scope, id: &str) -> Result<StoredDeck, DeckError> {
    let tenant = scope.tenant();
    let record = storage::decks::get(scope.tx(), tenant, id).await?;
    StoredDeck::of(record.ok_or_else(|| DeckError::NotFound(id.to_owned()))?)
}

/// A page of decks in the order of their making, those after `after`.
///
/// # Errors
/// The database does not answer.
pub async fn page(scope: &mut impl Scope, after: Option<&str>, limit: i64) -> Result<Vec<StoredDeck>, DeckError> {
    let tenant = scope.tenant();
    let records = storage::decks::page(scope.tx(), tenant, after, limit).await?;
    records.into_iter().map(StoredDeck::of).collect()
}

/// The versions of a deck, the first first; none, while it is empty.
///
/// # Errors
/// The database does not answer.
pub async fn versions(scope: &mut impl Scope, deck: &str) -> Result<Vec<DeckVersion>, DeckError> {
    let tenant = scope.tenant();
    let records = storage::decks::versions(scope.tx(), tenant, Some(deck)).await?;
    Ok(records.into_iter().map(DeckVersion::of).collect())
}

impl StoredDeck {
    fn of(record: DeckRecord) -> Result<Self, DeckError> {
        Ok(StoredDeck {
            id: record.id,
            name: record.name,
            currency: Currency::parse(&record.currency).map_err(|error| Invalid::at("/currency", error.to_string()))?,
            created_at: Instant::clamped(record.created_at),
            version: record.version,
        })
    }

    fn record(&self, tenant: i64) -> DeckRecord {
        DeckRecord {
            tenant,
            id: self.id.clone(),
            name: self.name.clone(),
            currency: self.currency.code().to_owned(),
            created_at: self.created_at.millis(),
            version: self.version,
        }
    }
}

impl DeckVersion {
    fn of(record: DeckVersionRecord) -> Self {
        DeckVersion {
            id: record.id,
            deck: record.deck,
            number: record.number,
            effective_at: Instant::clamped(record.effective_at),
            prefixes: record.prefixes,
            created_at: Instant::clamped(record.created_at),
        }
    }
}
