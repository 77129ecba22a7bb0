//! What records are called.

use axum::extract::State;
use engine::names;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::App;
use crate::answer::Answer;
use crate::guard::{Caller, READERS, TENANT};
use crate::params::Params;
use crate::problem::{Problem, Refusals};

/// How many names are told at once.
const MOST: usize = 200;

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list_names))
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Named {
    /// Ids of customers, agents and lines, with commas between: 200 at most.
    ids: String,
}

/// Names by ids.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Names)]
struct NamesDocument {
    /// In no order; without those that are not there.
    items: Vec<NameDocument>,
}

/// What a record is called.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Name, example = json!({"id": "cus_0", "name": "Harbour Radio"}))]
struct NameDocument {
    id: String,
    /// The name of a customer or an agent, the number of a line.
    name: String,
}

/// List what records are called
///
/// For lists whose items name others by their ids.
#[utoipa::path(get, path = "/names", params(Named),
    responses((status = 200, description = "The names.", body = NamesDocument), Refusals),
    extensions(("x-roles" = json!(READERS)), ("x-owner" = json!(TENANT))))]
async fn list_names(
    State(app): State<App>,
    Caller(actor): Caller,
    Params(named): Params<Named>,
) -> Result<Answer<NamesDocument>, Problem> {
    let ids: Vec<&str> = named.ids.split(',').map(str::trim).collect();
    if ids.len() > MOST {
        return Err(Problem::parameter("ids", format!("must be {MOST} at most")));
    }
    let names = names::of(&mut app.engine.view(&actor).await?, &ids).await?;
    Ok(Answer::ok(NamesDocument { items: names.into_iter().map(|(id, name)| NameDocument { id, name }).collect() }))
}
