//! A deck's entries as a whole: compared with what they would replace, then put in its place.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request, State};
use axum::response::Response;
use domain::deck::{Deck, DeckEntry};
use domain::money::Currency;
use engine::decks::{self, Difference};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::decks::__path_list_deck_entries;
use super::decks::{DeckDocument, DeckVersionDocument, list_deck_entries};
use crate::App;
use crate::answer::Answer;
use crate::body::{Text, bytes, media_type};
use crate::guard::{ADMINS, Caller, TENANT};
use crate::params::{self, Id, Params};
use crate::problem::{Problem, Refusals, WRONG_TYPE};
use crate::version::IfMatch;

/// How many entries of each kind a comparison shows.
const SHOWN: usize = 500;

/// The routes that take whole decks.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(replace_deck_entries, list_deck_entries)).routes(routes!(compare_deck_entries))
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Effective {
    /// From when on the entries price calls that start: now, where it is not given.
    effective_at: Option<String>,
}

/// The entries of a request, read.
struct Entries(Deck);

/// Entries of one kind.
#[derive(Debug, Serialize, ToSchema)]
struct EntriesShown {
    /// How many there are.
    count: usize,
    /// The first 500, by ascending prefix; a changed entry has `before` and `after`.
    entries: Vec<Value>,
}

/// What new entries change in a deck.
#[derive(Debug, Serialize, ToSchema)]
struct DifferenceDocument {
    /// The deck's version, for the `If-Match` of the replacement.
    version: i64,
    /// The number of the version that they were compared with; null for an empty deck.
    against: Option<i64>,
    /// Entries whose prefix is new.
    added: EntriesShown,
    /// Entries whose prefix is gone.
    removed: EntriesShown,
    /// Entries that are not what they were.
    changed: EntriesShown,
    /// How many entries stay what they are.
    unchanged: usize,
}

/// A deck with the version that it has got.
#[derive(Debug, Serialize, ToSchema)]
struct ReplacedDeck {
    deck: DeckDocument,
    version: DeckVersionDocument,
}

/// Show what entries would change in a rate deck
///
/// The body is CSV with the columns `prefix` and `price_per_minute` (or `rate`), and perhaps `destination`, `increment_seconds`,
/// `connect_fee` and `included`; or a JSON array of entries. Nothing is saved.
#[utoipa::path(post, path = "/decks/{id}/compare", params(("id" = String, Path), Effective),
    request_body(content((String = "text/csv", example = "prefix,price_per_minute\n44,0.03\n"), (Vec<Object> = "application/json"))),
    responses((status = 200, description = "The difference.", body = DifferenceDocument), Refusals),
    extensions(("x-roles" = json!(ADMINS)), ("x-owner" = json!(TENANT))))]
async fn compare_deck_entries(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id,
    Params(effective): Params<Effective>,
    Entries(entries): Entries,
) -> Result<Answer<DifferenceDocument>, Problem> {
    let effective_at = params::instant("effective_at", effective.effective_at.as_ref())?;
    let mut view = app.engine.view(&actor).await?;
    let currency = decks::get(&mut view, &id).await?.currency;
    let difference = decks::compare(&mut view, &id, &entries, effective_at).await?;
    let version = difference.version;
    Ok(Answer::ok(DifferenceDocument::of(&difference, currency)).version(version))
}

/// Replace a rate deck's entries
///
/// The body is as for the comparison. The deck gets a new version; calls that started before keep their prices. The first version
/// prices calls of any time.
#[utoipa::path(put, path = "/decks/{id}/entries",
    params(("id" = String, Path), ("If-Match" = String, Header), Effective),
    request_body(content((String = "text/csv", example = "prefix,price_per_minute\n44,0.03\n"), (Vec<Object> = "application/json"))),
    responses((status = 200, description = "The deck, with its new version.", body = ReplacedDeck), Refusals),
    extensions(("x-roles" = json!(ADMINS)), ("x-owner" = json!(TENANT))))]
async fn replace_deck_entries(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    (IfMatch(version), Params(effective)): (IfMatch, Params<Effective>),
    Entries(entries): Entries,
) -> Result<Response, Problem> {
    let effective_at = params::instant("effective_at", effective.effective_at.as_ref())?;
    let entries = std::sync::Arc::new(entries);
    app.once(&caller, None, move |work| {
        let (id, entries) = (id.clone(), entries.clone());
        Box::pin(async move {
            let (deck, saved) = decks::replace(work, &id, &entries, effective_at, version).await?;
            let version = deck.version;
            let replaced = ReplacedDeck { deck: DeckDocument::of(deck), version: DeckVersionDocument::of(saved) };
            Ok(Answer::ok(replaced).version(version))
        })
    })
    .await
}

impl<S: Send + Sync> FromRequest<S> for Entries {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let media_type = media_type(request.headers()).unwrap_or_default().to_ascii_lowercase();
        let read: fn(Bytes) -> Result<Deck, Problem> = match media_type.as_str() {
            "text/csv" => |bytes| decks::read_csv(&bytes).map_err(Problem::from),
            "application/json" => |bytes| Text(bytes).read_as(Deck::read),
            _ => {
                let detail = "must be text/csv or application/json";
                return Err(Problem::header(WRONG_TYPE, "Content-Type", detail));
            }
        };
        let bytes = bytes(request, state).await?;
        // A deck may have a million prefixes.
        let deck = tokio::task::spawn_blocking(move || read(bytes)).await;
        deck.map_err(|error| Problem::internal(error.to_string()))?.map(Entries)
    }
}

impl EntriesShown {
    fn of<T>(entries: &[T], show: impl Fn(&T) -> Value) -> Self {
        EntriesShown { count: entries.len(), entries: entries.iter().take(SHOWN).map(show).collect() }
    }
}

impl DifferenceDocument {
    fn of(difference: &Difference, currency: Currency) -> Self {
        let entry = |entry: &DeckEntry| entry.to_json(currency);
        DifferenceDocument {
            version: difference.version,
            against: difference.against,
            added: EntriesShown::of(&difference.added, entry),
            removed: EntriesShown::of(&difference.removed, entry),
            changed: EntriesShown::of(
                &difference.changed,
                |changed| json!({"before": entry(&changed.before), "after": entry(&changed.after)}),
            ),
            unchanged: difference.unchanged,
        }
    }
}
