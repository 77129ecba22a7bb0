//! Which way a number goes: asked by whoever sets up routes, before somebody calls it.

use axum::extract::State;
use engine::trunk_routes::{self, Outbound, TrunkRouteError};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::App;
use crate::answer::Answer;
use crate::guard::{CHECKERS, Caller, TENANT};
use crate::params::Params;
use crate::problem::{Problem, Refusals};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(get_ways))
}

/// What is asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Asked {
    /// The number, in any form that the dial plan reads.
    number: String,
}

/// The ways of a number.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"number": "+442079460018", "ways": [
    {"route": "rte_0", "trunk": "trk_0", "trunk_name": "World", "number_to_dial": "02079460018"}]}))]
struct WaysDocument {
    /// The number in canonical form.
    number: String,
    /// In the order in which they are tried.
    ways: Vec<WayDocument>,
}

/// One way of a number.
#[derive(Debug, Serialize, ToSchema)]
struct WayDocument {
    /// The id of the route.
    route: String,
    /// The id of its trunk, which is enabled.
    trunk: String,
    trunk_name: String,
    /// What is dialled on the trunk.
    number_to_dial: String,
}

/// Tell which way a number goes
///
/// The routes on which a call to it is tried, one after the other, and what is dialled there; none, where it cannot go out. A number that
/// leads to a line or an agent of the tenant stays within, whatever its routes are.
#[utoipa::path(get, path = "/trunk-routes/ways", params(Asked),
    responses((status = 200, description = "The ways.", body = WaysDocument), Refusals),
    extensions(("x-roles" = json!(CHECKERS)), ("x-owner" = json!(TENANT))))]
async fn get_ways(
    State(app): State<App>,
    Caller(actor): Caller,
    Params(asked): Params<Asked>,
) -> Result<Answer<WaysDocument>, Problem> {
    let mut view = app.engine.view(&actor).await?;
    let (number, ways) = trunk_routes::ways_of(&mut view, &asked.number).await.map_err(|error| match error {
        TrunkRouteError::Invalid(invalid) => Problem::parameter("number", invalid.detail),
        error => error.into(),
    })?;
    Ok(Answer::ok(WaysDocument { number: number.to_string(), ways: ways.into_iter().map(WayDocument::of).collect() }))
}

impl WayDocument {
    fn of(way: Outbound) -> Self {
        WayDocument {
            route: way.route,
            trunk: way.trunk.id,
            trunk_name: way.trunk.details.name,
            number_to_dial: way.number_to_dial,
        }
    }
}
