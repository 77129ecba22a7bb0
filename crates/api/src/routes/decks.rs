use axum::extract::State;
use axum::response::Response;
use domain::deck::Prefix;
use engine::decks::{self, DeckVersion, EntryPage, StoredDeck};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::App;
use crate::answer::Answer;
use crate::body::{Body, Posted};
use crate::fields;
use crate::guard::{ADMINS, Caller, READERS, TENANT};
use crate::paging::{Page, PageParams, Wanted};
use crate::params::{Id, Params};
use crate::problem::{Problem, Refusals};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(create_deck, list_decks))
        .routes(routes!(get_deck))
        .routes(routes!(list_deck_versions))
        .routes(routes!(search_deck))
}

/// A deck to be made; it is empty at first.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "World", "currency": "USD"}))]
struct NewDeckDocument {
    name: String,
    /// The currency of its prices; never changes.
    currency: String,
}

/// A rate deck: what calls to the numbers with a prefix cost.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DeckDocument {
    id: String,
    name: String,
    currency: String,
    created_at: String,
    version: i64,
}

/// What a deck holds from an instant on. It never changes.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DeckVersionDocument {
    id: String,
    /// 1, 2, 3, ...
    number: i64,
    /// From when on it prices calls that start; the first one prices calls of any time.
    effective_at: String,
    /// How many prefixes it has.
    prefixes: i64,
    created_at: String,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct EntryList {
    /// Only entries whose prefix begins with these digits.
    prefix: Option<String>,
    /// The number of the version: the one in force now, where it is not given.
    #[param(value_type = Option<i64>)]
    version: Option<String>,
    /// 1 to 500, 50 where it is not given.
    #[param(value_type = Option<i64>)]
    limit: Option<String>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Search {
    /// The number called, in any form that the dial plan reads, or its first digits.
    number: Option<String>,
}

/// What prices a number.
#[derive(Debug, Serialize, ToSchema)]
struct Found {
    /// The entry with the longest prefix of the number; null, where there is none.
    #[schema(value_type = Option<Object>)]
    entry: Option<Value>,
}

/// Make a rate deck
///
/// Its entries come with `PUT /decks/{id}/entries`.
#[utoipa::path(post, path = "/decks", request_body = NewDeckDocument,
    params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, description = "It is made.", body = DeckDocument), Refusals),
    extensions(("x-roles" = json!(ADMINS)), ("x-owner" = json!(TENANT))))]
async fn create_deck(
    State(app): State<App>,
    caller: Caller,
    Posted { claim, body: Body(new) }: Posted<Body<NewDeckDocument>>,
) -> Result<Response, Problem> {
    let currency = fields::required("/currency", fields::currency("/currency", Some(&new.currency))?)?;
    app.once(&caller, claim, move |work| {
        let name = new.name.clone();
        Box::pin(async move {
            let (deck, _) = decks::create(work, name, currency, None).await?;
            let version = deck.version;
            Ok(Answer::created(format!("/api/v1/decks/{}", deck.id), DeckDocument::of(deck)).version(version))
        })
    })
    .await
}

/// List rate decks
///
/// In the order of their making.
#[utoipa::path(get, path = "/decks", params(PageParams),
    responses((status = 200, description = "A page.", body = Page<DeckDocument>), Refusals),
    extensions(("x-roles" = json!(READERS)), ("x-owner" = json!(TENANT))))]
async fn list_decks(
    State(app): State<App>,
    Caller(actor): Caller,
    Params(list): Params<PageParams>,
) -> Result<Answer<Page<DeckDocument>>, Problem> {
    let wanted = list.wanted()?;
    let rows = decks::page(&mut app.engine.view(&actor).await?, wanted.key(), wanted.rows()).await?;
    Ok(Answer::ok(wanted.page(rows, |row| row.id.clone(), DeckDocument::of)))
}

/// Show a rate deck
#[utoipa::path(get, path = "/decks/{id}", params(("id" = String, Path)),
    responses((status = 200, description = "The deck.", body = DeckDocument), Refusals),
    extensions(("x-roles" = json!(READERS)), ("x-owner" = json!(TENANT))))]
async fn get_deck(State(app): State<App>, Caller(actor): Caller, Id(id): Id) -> Result<Answer<DeckDocument>, Problem> {
    let deck = decks::get(&mut app.engine.view(&actor).await?, &id).await?;
    let version = deck.version;
    Ok(Answer::ok(DeckDocument::of(deck)).version(version))
}

/// List a rate deck's versions
///
/// All of them, the first first.
#[utoipa::path(get, path = "/decks/{id}/versions", params(("id" = String, Path)),
    responses((status = 200, description = "The versions.", body = Page<DeckVersionDocument>), Refusals),
    extensions(("x-roles" = json!(READERS)), ("x-owner" = json!(TENANT))))]
async fn list_deck_versions(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id,
) -> Result<Answer<Page<DeckVersionDocument>>, Problem> {
    let mut view = app.engine.view(&actor).await?;
    decks::get(&mut view, &id).await?;
    let versions = decks::versions(&mut view, &id).await?;
    Ok(Answer::ok(Page { items: versions.into_iter().map(DeckVersionDocument::of).collect(), next_cursor: None }))
}

/// List a rate deck's entries
///
/// By ascending prefix.
#[utoipa::path(get, path = "/decks/{id}/entries", params(("id" = String, Path), EntryList),
    responses((status = 200, description = "A page.", body = Page<Value>), Refusals),
    extensions(("x-roles" = json!(READERS)), ("x-owner" = json!(TENANT))))]
pub(crate) async fn list_deck_entries(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id,
    Params(list): Params<EntryList>,
) -> Result<Answer<Page<Value>>, Problem> {
    let wanted = Wanted::read(list.limit.as_ref(), list.cursor.as_ref())?;
    let prefix = |name, text: Option<&str>| {
        text.map(Prefix::parse).transpose().map_err(|error| Problem::parameter(name, error.to_string()))
    };
    let version = list.version.map(|number| number.parse());
    let page = EntryPage {
        version: version.transpose().map_err(|_| Problem::parameter("version", "must be a whole number"))?,
        starts_with: prefix("prefix", list.prefix.as_deref())?,
        after: prefix("cursor", wanted.key())?,
        limit: usize::try_from(wanted.rows()).unwrap_or(usize::MAX),
    };
    let mut view = app.engine.view(&actor).await?;
    let currency = decks::get(&mut view, &id).await?.currency;
    let rows = decks::entries(&mut view, &id, &page).await?;
    Ok(Answer::ok(wanted.page(rows, |row| row.prefix.to_string(), |row| row.to_json(currency))))
}

/// Find what prices a number
#[utoipa::path(get, path = "/decks/{id}/search", params(("id" = String, Path), Search),
    responses((status = 200, description = "The entry, if there is one.", body = Found), Refusals),
    extensions(("x-roles" = json!(READERS)), ("x-owner" = json!(TENANT))))]
async fn search_deck(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id,
    Params(search): Params<Search>,
) -> Result<Answer<Found>, Problem> {
    let number = search.number.ok_or_else(|| Problem::parameter("number", "is missing"))?;
    let mut view = app.engine.view(&actor).await?;
    let currency = decks::get(&mut view, &id).await?.currency;
    let found = decks::search(&mut view, &id, &number).await?;
    Ok(Answer::ok(Found { entry: found.map(|found| found.to_json(currency)) }))
}

impl DeckDocument {
    pub(crate) fn of(deck: StoredDeck) -> Self {
        DeckDocument {
            id: deck.id,
            name: deck.name,
            currency: deck.currency.to_string(),
            created_at: deck.created_at.to_string(),
            version: deck.version,
        }
    }
}

impl DeckVersionDocument {
    pub(crate) fn of(version: DeckVersion) -> Self {
        DeckVersionDocument {
            id: version.id,
            number: version.number,
            effective_at: version.effective_at.to_string(),
            prefixes: version.prefixes,
            created_at: version.created_at.to_string(),
        }
    }
}
