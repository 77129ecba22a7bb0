//! The first start: a tenant and its first owner, by the one-time link that the server prints.

use axum::extract::State;
use domain::invalid::Invalid;
use domain::money::Currency;
use domain::time::Zone;
use engine::people::set_up::{self, SetUp};
use engine::people::{Password, Secret};
use engine::tenants::Settings;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::me::UserDocument;
use crate::App;
use crate::answer::Answer;
use crate::body::Body;
use crate::fields;
use crate::guard::{ANYONE, SELF};
use crate::problem::{Problem, Refusals};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(set_up_tenant))
}

/// A tenant and its first owner.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"token": "tgt_...",
    "tenant": {"name": "Example Ltd", "currency": "GBP", "time_zone": "Europe/London"},
    "owner": {"sign_in": "ada@example.org", "name": "Ada Byron", "password": "a long sentence"}}))]
struct SetUpDocument {
    /// The secret at the end of the link.
    token: String,
    /// Left out where the database has a tenant without an owner already.
    tenant: Option<NewTenantDocument>,
    owner: NewOwnerDocument,
}

/// A tenant to be founded.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewTenantDocument {
    pub(crate) name: String,
    /// The currency of new customers and plans (ISO 4217).
    pub(crate) currency: String,
    /// The zone of windows, days and periods (IANA).
    pub(crate) time_zone: String,
}

/// The first owner.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewOwnerDocument {
    /// The name to sign in with: the e-mail address, for most.
    sign_in: String,
    email: Option<String>,
    name: String,
    /// BCP 47.
    language: Option<String>,
    /// 10 to 128 characters that are not easily guessed.
    #[schema(format = Password)]
    password: String,
}

/// What was made.
#[derive(Debug, Serialize, ToSchema)]
struct MadeDocument {
    /// The number of the tenant.
    tenant: i64,
    owner: UserDocument,
}

/// Found the tenant and its first owner
///
/// By the link that the server prints when it starts and nobody owns a tenant yet: it works once. Sign in afterwards.
#[utoipa::path(post, path = "/setup", request_body = SetUpDocument,
    responses((status = 201, description = "They are there.", body = MadeDocument), Refusals),
    extensions(("x-roles" = json!(ANYONE)), ("x-owner" = json!(SELF))))]
async fn set_up_tenant(
    State(app): State<App>,
    Body(given): Body<SetUpDocument>,
) -> Result<Answer<MadeDocument>, Problem> {
    let SetUpDocument { token, tenant, owner } = given;
    let set_up = SetUp {
        tenant: tenant.map(NewTenantDocument::read).transpose()?,
        sign_in: owner.sign_in,
        email: owner.email,
        name: owner.name,
        language: owner.language,
        password: Password::new(owner.password),
    };
    let (user, tenant) = set_up::set_up(&app.engine, &Secret::new(token), set_up).await?;
    Ok(Answer::created("/api/v1/tenant", MadeDocument { tenant, owner: UserDocument::of(user) }))
}

impl NewTenantDocument {
    pub(crate) fn read(self) -> Result<(String, Settings), Problem> {
        let currency: Option<Currency> = fields::currency("/tenant/currency", Some(&self.currency))?;
        let zone = Zone::named(&self.time_zone);
        let zone = zone.map_err(|error| Invalid::at("/tenant/time_zone", error.to_string()))?;
        Ok((self.name, Settings::new(fields::required("/tenant/currency", currency)?, zone)))
    }
}
