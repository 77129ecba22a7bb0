//! The agents who can be called: for a customer with what it has, and for everybody.

use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use domain::money::{Currency, Overflow};
use domain::rate::Rate;
use engine::accounts::AccountError;
use engine::callable::{self, Callable, Public};
use engine::charging::{Refused, TalkTime};
use engine::presence::Presence;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::talk_time::TalkTimeRefusal;
use crate::App;
use crate::answer::Answer;
use crate::guard::{ANYONE, CUSTOMER, CUSTOMERS, Caller, NOBODY};
use crate::params::Id;
use crate::problem::{Problem, Refusals};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list_callable_agents)).routes(routes!(get_public_agent))
}

/// The agents whom a customer can call.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CallableAgents)]
struct CallableDocuments {
    items: Vec<CallableDocument>,
}

/// An agent, as a customer sees it with what it has.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CallableAgent, example = json!({"id": "agt_0", "name": "Ada", "about": null, "languages": ["en"], "number": "0700",
    "presence": "online", "currency": "USD", "rate": {"connect_fee": "0.99", "price_per_minute": "3.99"}, "price_per_message": null,
    "free_seconds": 0, "talk_seconds": 0, "needs": "4.98", "refusal": {"reason": "insufficient_balance",
    "detail": "0.00 is available, 4.98 is needed", "available": "0.00", "required": "4.98"}}))]
struct CallableDocument {
    id: String,
    name: String,
    /// What it says of itself.
    about: Option<String>,
    /// BCP 47, the best one first.
    languages: Vec<String>,
    /// What to dial.
    number: String,
    /// `online`: it takes calls; `busy`: it has one just now; `away` or `offline`.
    #[schema(value_type = String, pattern = "^(online|busy|away|offline)$")]
    presence: Presence,
    /// The customer's.
    currency: String,
    /// Null where it has no price in the customer's currency: then it cannot be called.
    rate: Option<RateSummary>,
    /// Null where it takes no messages from the customer.
    price_per_message: Option<String>,
    /// The free seconds that would serve a call now.
    free_seconds: i64,
    /// How long a call could last that begins now, whichever line it comes from; null where nothing limits it within the tenant's longest call,
    /// 0 where it would be refused.
    talk_seconds: Option<i64>,
    /// What has to be there for a call to start, where there is less; else null.
    needs: Option<String>,
    /// Why a call would be refused; null where it would not.
    refusal: Option<TalkTimeRefusal>,
}

/// What calls cost, in short.
#[derive(Debug, Serialize, ToSchema)]
struct RateSummary {
    /// Charged once.
    connect_fee: String,
    /// What a minute costs at the beginning of the call.
    price_per_minute: String,
}

/// An agent, as everybody may see it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PublicAgent, example = json!({"id": "agt_0", "name": "Ada", "about": null, "languages": ["en"], "presence": "online",
    "tenant": "Harbour Telephone", "prices": [{"currency": "USD", "connect_fee": "0.99", "price_per_minute": "3.99"}]}))]
struct PublicDocument {
    id: String,
    name: String,
    /// What it says of itself.
    about: Option<String>,
    /// BCP 47, the best one first.
    languages: Vec<String>,
    /// `online`: it takes calls; `busy`: it has one just now; `away` or `offline`.
    #[schema(value_type = String, pattern = "^(online|busy|away|offline)$")]
    presence: Presence,
    /// The name of whose agent it is.
    tenant: String,
    prices: Vec<PublicPrice>,
}

/// What calls cost in one currency, in short.
#[derive(Debug, Serialize, ToSchema)]
struct PublicPrice {
    currency: String,
    /// Charged once.
    connect_fee: String,
    /// What a minute costs at the beginning of the call.
    price_per_minute: String,
}

/// List the agents whom a customer can call
///
/// Those who have a number, with what a call would cost the customer and how long it could last; those who are online first.
#[utoipa::path(get, path = "/customers/{id}/agents", params(("id" = String, Path)),
    responses((status = 200, description = "The agents.", body = CallableDocuments), Refusals),
    extensions(("x-roles" = json!(CUSTOMERS)), ("x-owner" = json!(CUSTOMER))))]
async fn list_callable_agents(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(customer): Id,
) -> Result<Answer<CallableDocuments>, Problem> {
    let agents = callable::agents(&mut app.engine.view(&actor).await?, &customer).await?;
    let items = agents.into_iter().map(CallableDocument::of).collect::<Result<_, Problem>>()?;
    Ok(Answer::ok(CallableDocuments { items }))
}

/// Show an agent to everybody
///
/// One that is not `public` is not there. Pages of the origins that the tenant has set (`embed`) may read the answer.
#[utoipa::path(get, path = "/public/agents/{id}", params(("id" = String, Path)),
    responses((status = 200, description = "The agent.", body = PublicDocument), Refusals),
    extensions(("x-roles" = json!(ANYONE)), ("x-owner" = json!(NOBODY))))]
async fn get_public_agent(State(app): State<App>, Id(id): Id, headers: HeaderMap) -> Result<Response, Problem> {
    const BY_ORIGIN: (HeaderName, HeaderValue) = (header::VARY, HeaderValue::from_static("Origin"));
    let shown = callable::public(&app.engine, &id).await?;
    let admitted = headers
        .get(header::ORIGIN)
        .filter(|origin| origin.to_str().is_ok_and(|origin| shown.tenant.settings.embed.admits(origin)));
    let admitted = admitted.cloned();
    let mut response = ([BY_ORIGIN], Answer::ok(PublicDocument::of(shown)?)).into_response();
    if let Some(origin) = admitted {
        response.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    }
    Ok(response)
}

impl CallableDocument {
    fn of(Callable { agent, presence, talk, price_per_message }: Callable) -> Result<Self, Problem> {
        let TalkTime { seconds, currency, price, refusal } = talk;
        let rate = agent.rate_in(currency).map(|rate| RateSummary::of(rate, currency)).transpose();
        let needs = match &refusal {
            Some(Refused::InsufficientBalance { required, .. }) => Some(required.to_text(currency)),
            _ => None,
        };
        Ok(CallableDocument {
            id: agent.id,
            name: agent.name,
            about: agent.details.about,
            languages: agent.details.languages,
            number: agent.details.number.unwrap_or_default(),
            presence,
            currency: currency.to_string(),
            rate: rate.map_err(AccountError::from)?,
            price_per_message: price_per_message.map(|price| price.to_text(currency)),
            free_seconds: price.map_or(0, |price| price.free_seconds),
            talk_seconds: seconds,
            needs,
            refusal: refusal.map(TalkTimeRefusal::of),
        })
    }
}

impl RateSummary {
    fn of(rate: &Rate, currency: Currency) -> Result<Self, Overflow> {
        let first = rate.steps().first().map(|step| step.price_per_minute()).transpose()?;
        Ok(RateSummary {
            connect_fee: rate.connect_fee().to_text(currency),
            price_per_minute: first.unwrap_or_default().to_text(currency),
        })
    }
}

impl PublicDocument {
    fn of(Public { agent, presence, tenant }: Public) -> Result<Self, Problem> {
        let price = |(currency, price): (Currency, engine::agents::AgentPrice)| {
            let RateSummary { connect_fee, price_per_minute } = RateSummary::of(&price.rate, currency)?;
            Ok(PublicPrice { currency: currency.to_string(), connect_fee, price_per_minute })
        };
        let prices: Result<Vec<PublicPrice>, Overflow> = agent.details.prices.into_iter().map(price).collect();
        Ok(PublicDocument {
            id: agent.id,
            name: agent.name,
            about: agent.details.about,
            languages: agent.details.languages,
            presence,
            tenant: tenant.name,
            prices: prices.map_err(AccountError::from)?,
        })
    }
}
