//! Where agents are paid to.

use axum::extract::State;
use axum::response::Response;
use domain::bic::Bic;
use domain::iban::Iban;
use domain::invalid::Invalid;
use engine::agents::{self, Agent, BankAccount};
use engine::{Actor, Role};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::App;
use crate::answer::Answer;
use crate::body::Body;
use crate::guard::{AGENT, Caller, PAYEES, READERS_AND_AGENT};
use crate::params::Id;
use crate::problem::{Problem, Refusals};
use crate::version::IfMatch;

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(get_bank_account, set_bank_account))
}

/// Where an agent is to be paid to.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"iban": "AT61 1904 3002 3457 3201", "bic": "BKAUATWW"}))]
struct BankAccountBody {
    /// Whose account it is, up to 140 characters: the agent's by its name, where it is not given.
    holder: Option<String>,
    /// The number, with blanks or without; null for no account.
    #[serde(deserialize_with = "Option::deserialize")]
    iban: Option<String>,
    /// The bank, which banks within Europe need not be told.
    bic: Option<String>,
}

/// Where an agent is paid to.
#[derive(Debug, Serialize, ToSchema)]
struct BankAccountDocument {
    agent: String,
    /// Whose account it is, where that is not the agent by its name.
    holder: Option<String>,
    /// The number: for those alone who may change it.
    iban: Option<String>,
    /// Its last four letters or digits; null without an account.
    ending: Option<String>,
    bic: Option<String>,
    /// The agent's, as a change names it.
    version: i64,
}

/// Show where an agent is paid to
///
/// Nulls, where that is not known. The number is whole for the agent itself, owner, admin and clerk; others see its end.
#[utoipa::path(get, path = "/agents/{id}/bank-account", params(("id" = String, Path)),
    responses((status = 200, description = "The account.", body = BankAccountDocument), Refusals),
    extensions(("x-roles" = json!(READERS_AND_AGENT)), ("x-owner" = json!(AGENT))))]
async fn get_bank_account(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id,
) -> Result<Answer<BankAccountDocument>, Problem> {
    let (agent, account) = agents::bank_account(&mut app.engine.view(&actor).await?, &id).await?;
    Ok(BankAccountDocument::answer(&actor, &agent, account))
}

/// Say where an agent is paid to
///
/// `If-Match` is the agent's version. Files for the bank that are made already stay as they are.
#[utoipa::path(put, path = "/agents/{id}/bank-account", request_body = BankAccountBody,
    params(("id" = String, Path), ("If-Match" = String, Header)),
    responses((status = 200, description = "It is set.", body = BankAccountDocument), Refusals),
    extensions(("x-roles" = json!(PAYEES)), ("x-owner" = json!(AGENT))))]
async fn set_bank_account(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    IfMatch(version): IfMatch,
    Body(body): Body<BankAccountBody>,
) -> Result<Response, Problem> {
    let (account, actor) = (body.read()?, caller.0.clone());
    app.once(&caller, None, move |work| {
        let (id, account, actor) = (id.clone(), account.clone(), actor.clone());
        Box::pin(async move {
            let (agent, account) = agents::set_bank_account(work, &id, account, version).await?;
            Ok(BankAccountDocument::answer(&actor, &agent, account))
        })
    })
    .await
}

impl BankAccountBody {
    fn read(self) -> Result<Option<BankAccount>, Invalid> {
        let Some(iban) = self.iban else {
            let is_empty = self.holder.is_none() && self.bic.is_none();
            return if is_empty {
                Ok(None)
            } else {
                Err(Invalid::at("/iban", "is missing: without it there is no account"))
            };
        };
        let iban = Iban::parse(&iban).map_err(|error| Invalid::at("/iban", error.to_string()))?;
        let bic = self.bic.as_deref().map(Bic::parse).transpose();
        let bic = bic.map_err(|error| Invalid::at("/bic", error.to_string()))?;
        Ok(Some(BankAccount { holder: self.holder, iban, bic }))
    }
}

impl BankAccountDocument {
    fn answer(actor: &Actor, agent: &Agent, account: Option<BankAccount>) -> Answer<Self> {
        let iban = account.as_ref().map(|account| account.iban);
        let document = BankAccountDocument {
            agent: agent.id.clone(),
            version: agent.version,
            iban: iban.filter(|_| sees_accounts(actor)).map(|iban| iban.as_str().to_owned()),
            ending: iban.map(|iban| iban.last_four().to_owned()),
            holder: account.as_ref().and_then(|account| account.holder.clone()),
            bic: account.and_then(|account| account.bic).map(String::from),
        };
        Answer::ok(document).version(agent.version)
    }
}

/// Whether the numbers of agents' accounts are for somebody: those who may change them. An agent reaches its own alone.
pub(super) fn sees_accounts(actor: &Actor) -> bool {
    !actor.reach.is_whole() || [Role::Owner, Role::Admin, Role::Clerk].iter().any(|role| actor.roles.has(*role))
}
