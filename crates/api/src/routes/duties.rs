//! Who of a group is on duty on some days, and when: what a calendar shows.

use axum::extract::State;
use domain::roster::{Closed, Spell};
use domain::time::Date;
use engine::groups;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::rosters::DutyDocument;
use crate::App;
use crate::answer::Answer;
use crate::guard::{Caller, ROSTER_READERS, TENANT};
use crate::params::{self, Id, Params};
use crate::problem::{Problem, Refusals};

/// A week, where no number of days is given.
const USUAL_DAYS: i64 = 7;

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list_duties))
}

/// Which days.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct DaysParams {
    /// The first date; today in the group's zone, where none is given.
    #[param(value_type = Option<String>, format = Date)]
    from: Option<String>,
    /// How many days: 1 to 92, 7 where it is not given.
    #[param(value_type = Option<i64>, minimum = 1, maximum = 92)]
    days: Option<String>,
}

/// Who is on duty on some days, and when.
#[derive(Debug, Serialize, ToSchema)]
struct DutiesDocument {
    /// The group's zone, whose days they are.
    time_zone: String,
    /// When the first day begins.
    from: String,
    /// When the last one is over.
    until: String,
    /// In the order in which they begin; those that begin at once, in which they are rung.
    items: Vec<SpellDocument>,
    /// When the group is closed.
    closed: Vec<ClosedDocument>,
}

/// From when to when an agent is really on duty: the part of a duty that is in these days and that no override takes out.
#[derive(Debug, Serialize, ToSchema)]
struct SpellDocument {
    from: String,
    until: String,
    duty: DutyDocument,
}

/// From when to when a group is closed.
#[derive(Debug, Serialize, ToSchema)]
struct ClosedDocument {
    from: String,
    until: String,
    /// The override that has closed it.
    #[serde(rename = "override")]
    by: String,
    /// Why.
    name: String,
}

/// List who is on duty on some days
///
/// As `on-duty` would say at each of their instants, with the shifts and overrides that put the agents there.
#[utoipa::path(get, path = "/groups/{id}/duties", params(("id" = String, Path), DaysParams),
    responses((status = 200, description = "Who is, and when.", body = DutiesDocument), Refusals),
    extensions(("x-roles" = json!(ROSTER_READERS)), ("x-owner" = json!(TENANT))))]
async fn list_duties(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(group): Id,
    Params(params): Params<DaysParams>,
) -> Result<Answer<DutiesDocument>, Problem> {
    let (first, days) = params.read()?;
    let found = groups::duties(&mut app.engine.view(&actor).await?, &group, first, days).await?;
    Ok(Answer::ok(DutiesDocument {
        time_zone: found.zone.name().to_owned(),
        from: found.span.start.to_string(),
        until: found.span.end.to_string(),
        items: found.duties.spells.into_iter().map(SpellDocument::of).collect(),
        closed: found.duties.closed.into_iter().map(ClosedDocument::of).collect(),
    }))
}

impl DaysParams {
    /// The first date, if one is given, and how many days.
    pub(super) fn read(self) -> Result<(Option<Date>, i64), Problem> {
        let whole =
            |text: String| text.parse().map_err(|_| Problem::parameter("days", "must be a whole number".to_owned()));
        let days = self.days.map(whole).transpose()?.unwrap_or(USUAL_DAYS);
        Ok((params::date("from", self.from.as_ref())?, days))
    }
}

impl SpellDocument {
    fn of(Spell { span, duty }: Spell) -> Self {
        SpellDocument { from: span.start.to_string(), until: span.end.to_string(), duty: DutyDocument::of(duty) }
    }
}

impl ClosedDocument {
    fn of(Closed { by, name, span }: Closed) -> Self {
        ClosedDocument { from: span.start.to_string(), until: span.end.to_string(), by, name }
    }
}
