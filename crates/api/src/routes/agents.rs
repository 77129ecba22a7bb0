use std::collections::BTreeMap;

use axum::extract::State;
use axum::response::Response;
use domain::invalid::Invalid;
use domain::money::Currency;
use domain::rate::RateDocument;
use domain::roster::{Blackout, NotABlackout};
use domain::split::DEFAULT_SHARE;
use domain::time::{Date, Zone};
use engine::Scope;
use engine::agents::{self, Agent, AgentPrice, Availability, Details};
use engine::presence::{self, Presence};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::App;
use crate::answer::Answer;
use crate::body::{Body, Posted};
use crate::fields;
use crate::guard::{ADMINS, AGENT, AGENTS, Caller, DESK, TENANT};
use crate::paging::{Page, PageParams};
use crate::params::{Id, Params};
use crate::problem::{Problem, Refusals};
use crate::version::IfMatch;

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(create_agent, list_agents))
        .routes(routes!(get_agent, edit_agent))
        .routes(routes!(set_availability))
}

/// An agent.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "Ada", "phones": ["+442079460001"], "languages": ["en"], "share": 800,
    "number": "0700", "public": true, "about": "Twenty years at the harbour office.",
    "prices": {"USD": {"rate": {"connect_fee": "0.99", "price_per_minute": "3.99"}}}}))]
struct AgentBody {
    /// The name that callers know.
    name: String,
    /// The agent's own phones, the first one first.
    #[serde(default)]
    phones: Vec<String>,
    email: Option<String>,
    /// BCP 47, the best one first.
    #[serde(default)]
    languages: Vec<String>,
    /// What calls and messages cost, by the currency of the customer's account.
    #[serde(default, deserialize_with = "fields::members")]
    prices: BTreeMap<String, AgentPriceBody>,
    /// The agent's share of a charge without its tax, in thousandths: 0 to 1,000, 800 where it is not given.
    share: Option<u16>,
    /// The zone (IANA) of the days of the agent's figures; the tenant's, where it is not given.
    time_zone: Option<String>,
    /// What callers dial, which no open line and no other agent has: an extension, or a number in any form that the dial plan reads. A phone
    /// that dials it is put through to the agent's first phone that is a line here, at the agent's price.
    number: Option<String>,
    /// Whether everybody may see the agent on its page: its name, what it says of itself, whether it takes calls, and what they cost.
    #[serde(default)]
    public: bool,
    /// What it says of itself: 1,000 characters at most.
    about: Option<String>,
    /// Whether it is reminded of its shifts by mail, on the evening before; it is, where nothing is said.
    reminders: Option<bool>,
    /// When it takes no shift: 100 at most.
    #[serde(default)]
    blackouts: Vec<BlackoutBody>,
}

/// Dates, both included, on which an agent takes no shift.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct BlackoutBody {
    /// The first date.
    #[schema(value_type = String, format = Date)]
    from: Date,
    /// The last date.
    #[schema(value_type = String, format = Date)]
    to: Date,
}

/// When an agent takes no shift, and how it is reminded of those that it has.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reminders": true, "blackouts": [{"from": "2026-12-24", "to": "2026-12-26"}]}))]
struct AvailabilityBody {
    /// Whether it is reminded of its shifts by mail, on the evening before.
    reminders: bool,
    /// Whether it is reminded by short messages (SMS), too, at the first of its phones that has a number of the world: where the tenant sends any. As
    /// before, where nothing is said; an agent that is new is not.
    sms_reminders: Option<bool>,
    /// When it takes no shift: 100 at most. Those that are not here are over.
    blackouts: Vec<BlackoutBody>,
}

/// What an agent costs in one currency.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AgentPriceBody {
    /// As the rate of a plan.
    #[schema(value_type = Object)]
    rate: RateDocument,
    /// What a message to the agent costs; the agent takes none where it is not given.
    price_per_message: Option<String>,
}

/// An agent.
#[derive(Debug, Serialize, ToSchema)]
struct AgentDocument {
    id: String,
    /// Phones, e-mail, languages, prices, share, number, `public`, `about`, `reminders` and `blackouts`, as they are given, the number in
    /// canonical form; and `sms_reminders`, as its availability says.
    #[serde(flatten)]
    #[schema(value_type = Object)]
    details: Value,
    name: String,
    /// `online`, `away` or `offline`, as the agent says; `busy` while it has an answered call.
    #[schema(value_type = String)]
    presence: Presence,
    created_at: String,
    version: i64,
}

/// Make an agent
#[utoipa::path(post, path = "/agents", request_body = AgentBody,
    params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, description = "It is made.", body = AgentDocument), Refusals),
    extensions(("x-roles" = json!(ADMINS)), ("x-owner" = json!(TENANT))))]
async fn create_agent(
    State(app): State<App>,
    caller: Caller,
    Posted { claim, body: Body(body) }: Posted<Body<AgentBody>>,
) -> Result<Response, Problem> {
    let (name, details) = body.read()?;
    app.once(&caller, claim, move |work| {
        let (name, details) = (name.clone(), details.clone());
        Box::pin(async move {
            let agent = agents::create(work, name, details).await?;
            let (location, version) = (format!("/api/v1/agents/{}", agent.id), agent.version);
            Ok(Answer::created(location, AgentDocument::of(agent, Presence::Offline)).version(version))
        })
    })
    .await
}

/// List agents
///
/// In the order of their making.
#[utoipa::path(get, path = "/agents", params(PageParams),
    responses((status = 200, description = "A page.", body = Page<AgentDocument>), Refusals),
    extensions(("x-roles" = json!(AGENTS)), ("x-owner" = json!(AGENT))))]
async fn list_agents(
    State(app): State<App>,
    Caller(actor): Caller,
    Params(list): Params<PageParams>,
) -> Result<Answer<Page<AgentDocument>>, Problem> {
    let wanted = list.wanted()?;
    let mut view = app.engine.view(&actor).await?;
    let rows = agents::page(&mut view, wanted.key(), wanted.rows()).await?;
    let ids: Vec<&str> = rows.iter().map(|row| row.id.as_str()).collect();
    let presences = presence::of(&mut view, &ids).await?;
    let show = |row: Agent| {
        let presence = presences.get(&row.id).copied().unwrap_or(Presence::Offline);
        AgentDocument::of(row, presence)
    };
    Ok(Answer::ok(wanted.page(rows, |row| row.id.clone(), show)))
}

/// Show an agent
#[utoipa::path(get, path = "/agents/{id}", params(("id" = String, Path)),
    responses((status = 200, description = "The agent.", body = AgentDocument), Refusals),
    extensions(("x-roles" = json!(AGENTS)), ("x-owner" = json!(AGENT))))]
async fn get_agent(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id,
) -> Result<Answer<AgentDocument>, Problem> {
    let mut view = app.engine.view(&actor).await?;
    let agent = agents::get(&mut view, &id).await?;
    let (version, presence) = (agent.version, presence_of(&mut view, &id).await?);
    Ok(Answer::ok(AgentDocument::of(agent, presence)).version(version))
}

/// Change an agent
///
/// All of it is replaced. Calls that have begun keep their prices.
#[utoipa::path(put, path = "/agents/{id}", request_body = AgentBody,
    params(("id" = String, Path), ("If-Match" = String, Header)),
    responses((status = 200, description = "It is changed.", body = AgentDocument), Refusals),
    extensions(("x-roles" = json!(ADMINS)), ("x-owner" = json!(TENANT))))]
async fn edit_agent(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    IfMatch(version): IfMatch,
    Body(body): Body<AgentBody>,
) -> Result<Response, Problem> {
    let (name, details) = body.read()?;
    app.once(&caller, None, move |work| {
        let (id, name, details) = (id.clone(), name.clone(), details.clone());
        Box::pin(async move {
            let agent = agents::update(work, &id, name, details, version).await?;
            let (version, presence) = (agent.version, presence_of(work, &id).await?);
            Ok(Answer::ok(AgentDocument::of(agent, presence)).version(version))
        })
    })
    .await
}

/// Say when an agent takes no shift, and whether it is reminded
///
/// Both are replaced; the rest of the agent stays. An agent says so of itself. A shift on such a date stays in the roster, and nobody is rung by it:
/// coordinators see a gap.
#[utoipa::path(put, path = "/agents/{id}/availability", request_body = AvailabilityBody,
    params(("id" = String, Path), ("If-Match" = String, Header)),
    responses((status = 200, description = "It is set.", body = AgentDocument), Refusals),
    extensions(("x-roles" = json!(DESK)), ("x-owner" = json!(AGENT))))]
async fn set_availability(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    IfMatch(version): IfMatch,
    Body(body): Body<AvailabilityBody>,
) -> Result<Response, Problem> {
    let blackouts: Vec<Blackout> =
        body.blackouts.into_iter().enumerate().map(BlackoutBody::read).collect::<Result<_, _>>()?;
    app.once(&caller, None, move |work| {
        let (reminders, sms_reminders) = (body.reminders, body.sms_reminders);
        let (id, availability) = (id.clone(), Availability { blackouts: blackouts.clone(), reminders, sms_reminders });
        Box::pin(async move {
            let agent = agents::set_availability(work, &id, availability, version).await?;
            let (version, presence) = (agent.version, presence_of(work, &id).await?);
            Ok(Answer::ok(AgentDocument::of(agent, presence)).version(version))
        })
    })
    .await
}

async fn presence_of(scope: &mut impl Scope, id: &str) -> Result<Presence, Problem> {
    Ok(presence::of(scope, &[id]).await?.remove(id).unwrap_or(Presence::Offline))
}

impl AgentBody {
    fn read(self) -> Result<(String, Details), Problem> {
        let mut prices = BTreeMap::new();
        for (code, price) in self.prices {
            let place = format!("/prices/{code}");
            let currency = Currency::parse(&code).map_err(|error| Invalid::at(&place, error.to_string()))?;
            let rate = price.rate.check().map_err(|error| error.within(&format!("{place}/rate")))?;
            let per_message = price.price_per_message.as_deref();
            let per_message =
                per_message.map(|text| fields::amount(&format!("{place}/price_per_message"), text)).transpose()?;
            prices.insert(currency, AgentPrice { rate, price_per_message: per_message });
        }
        let share = self.share.unwrap_or(DEFAULT_SHARE);
        let zone = self.time_zone.as_deref().map(Zone::named).transpose();
        let details = Details {
            phones: self.phones,
            email: self.email,
            languages: self.languages,
            prices,
            share,
            time_zone: zone.map_err(|error| Invalid::at("/time_zone", error.to_string()))?,
            number: self.number,
            public: self.public,
            about: self.about,
            reminders: self.reminders.unwrap_or(true),
            // Its availability says.
            sms_reminders: false,
            blackouts: self.blackouts.into_iter().enumerate().map(BlackoutBody::read).collect::<Result<_, _>>()?,
        };
        Ok((self.name, details))
    }
}

impl BlackoutBody {
    fn read((position, body): (usize, Self)) -> Result<Blackout, Invalid> {
        let wrong = |error: NotABlackout| Invalid::at(format!("/blackouts/{position}/to"), error.to_string());
        Blackout::new(body.from, body.to).map_err(wrong)
    }
}

impl AgentDocument {
    fn of(agent: Agent, presence: Presence) -> Self {
        AgentDocument {
            presence,
            id: agent.id,
            details: agent.details.to_json(),
            name: agent.name,
            created_at: agent.created_at.to_string(),
            version: agent.version,
        }
    }
}
