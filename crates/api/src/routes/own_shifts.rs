//! When an agent is on duty, in all groups: its own view of the rosters.

use axum::extract::State;
use domain::roster::Spell;
use engine::groups::{self, OwnDuty};
use engine::swaps::{self, Swap};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::duties::DaysParams;
use super::rosters::DutyDocument;
use crate::App;
use crate::answer::Answer;
use crate::guard::{AGENT, AGENTS, Caller};
use crate::params::{Id, Params};
use crate::problem::{Problem, Refusals};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list_own_shifts))
}

/// When an agent is on duty.
#[derive(Debug, Serialize, ToSchema)]
struct OwnShiftsDocument {
    /// In the order in which they begin.
    items: Vec<OwnShiftDocument>,
}

/// From when to when an agent is on duty in a group.
#[derive(Debug, Serialize, ToSchema)]
struct OwnShiftDocument {
    /// The id of the group.
    group: String,
    /// What it is called.
    group_name: String,
    /// The group's zone.
    time_zone: String,
    from: String,
    until: String,
    /// The date of the group's zone on which it begins.
    date: Option<String>,
    /// From when to when on its wall clocks: with the date, what is offered to others. Missing where a clock change leaves no hours for it.
    hours: Option<String>,
    duty: DutyDocument,
    /// The swap by which it, or a part of it, is offered to others and not settled yet.
    swap: Option<String>,
}

/// List when an agent is on duty
///
/// In all groups, with the shifts and overrides that put it there, as `duties` of each group would say. Each is told whole, also where it began before
/// these days. The days are those of each group's zone.
#[utoipa::path(get, path = "/agents/{id}/shifts", params(("id" = String, Path), DaysParams),
    responses((status = 200, description = "When it is.", body = OwnShiftsDocument), Refusals),
    extensions(("x-roles" = json!(AGENTS)), ("x-owner" = json!(AGENT))))]
async fn list_own_shifts(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(agent): Id,
    Params(params): Params<DaysParams>,
) -> Result<Answer<OwnShiftsDocument>, Problem> {
    let (first, days) = params.read()?;
    let mut view = app.engine.view(&actor).await?;
    let duties = groups::duties_of(&mut view, &agent, first, days).await?;
    let open = swaps::open_of_agent(&mut view, &agent).await?;
    let items = duties.into_iter().map(|duty| OwnShiftDocument::of(duty, &open)).collect();
    Ok(Answer::ok(OwnShiftsDocument { items }))
}

impl OwnShiftDocument {
    fn of(own: OwnDuty, open: &[Swap]) -> Self {
        let OwnDuty { group, name, zone, spell: Spell { span, duty }, on_clocks } = own;
        let swap =
            open.iter().find(|swap| swap.group.id == group && swap.span.start < span.end && span.start < swap.span.end);
        let (date, hours) = on_clocks.map(|(date, hours)| (date.to_string(), hours.to_string())).unzip();
        OwnShiftDocument {
            swap: swap.map(|swap| swap.id.clone()),
            group,
            group_name: name,
            time_zone: zone.name().to_owned(),
            from: span.start.to_string(),
            until: span.end.to_string(),
            date,
            hours,
            duty: DutyDocument::of(duty),
        }
    }
}
