//! Reminders: what agents were told of their shifts.

use axum::extract::State;
use domain::roster::ToldShift;
use engine::Scope;
use engine::reminders::{self, Reminder, ReminderState};
use engine::tenants;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::sms::SmsDocument;
use crate::App;
use crate::answer::Answer;
use crate::guard::{Caller, ROSTER_READERS, TENANT};
use crate::params::{self, Params};
use crate::problem::{Problem, Refusals};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list_reminders))
}

/// Of which date.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct DateParams {
    /// The date on which the shifts begin; tomorrow in the tenant's zone, where none is given.
    #[param(value_type = Option<String>, format = Date)]
    date: Option<String>,
}

/// What agents were told of their shifts of a date.
#[derive(Debug, Serialize, ToSchema)]
struct RemindersDocument {
    date: String,
    /// By agent.
    items: Vec<ReminderDocument>,
}

/// What an agent was told of its shifts.
#[derive(Debug, Serialize, ToSchema)]
struct ReminderDocument {
    /// The id of the agent.
    agent: String,
    /// `sent`; `waiting`, while the mail is on its way or tried again; `failed`, when it is tried no more; `opted_out` or `no_address`, where the
    /// agent was told nothing. Of an agent whom no mail reaches this is said of the short message.
    #[schema(value_type = String)]
    state: ReminderState,
    /// Why it failed.
    reason: Option<String>,
    /// The shifts, of all groups, as the agent was told of them last, or would have been.
    shifts: Vec<ToldShiftDocument>,
    /// How often there was something to tell: the reminder, and once more with each change.
    times: i64,
    /// When it was decided what to tell.
    told_at: String,
    /// When the last mail was sent, or the last short message, where no mail goes.
    sent_at: Option<String>,
    /// The last short message, where the agent is told by one.
    sms: Option<SmsDocument>,
}

/// A shift of which an agent was told.
#[derive(Debug, Serialize, ToSchema)]
struct ToldShiftDocument {
    /// The id of the group.
    group: String,
    /// What it was called.
    name: String,
    /// The zone in which it was told.
    time_zone: String,
    from: String,
    until: String,
}

/// List who was told of shifts
///
/// Each agent with a shift of the date is told once, on the evening before; and of changes after that, each once.
#[utoipa::path(get, path = "/reminders", params(DateParams),
    responses((status = 200, description = "What was told.", body = RemindersDocument), Refusals),
    extensions(("x-roles" = json!(ROSTER_READERS)), ("x-owner" = json!(TENANT))))]
async fn list_reminders(
    State(app): State<App>,
    Caller(actor): Caller,
    Params(params): Params<DateParams>,
) -> Result<Answer<RemindersDocument>, Problem> {
    let mut view = app.engine.view(&actor).await?;
    let date = match params::date("date", params.date.as_ref())? {
        Some(date) => date,
        None => {
            let today = tenants::get(&mut view).await?.settings.time_zone.date(view.now());
            today.tomorrow().unwrap_or(today)
        }
    };
    let found = reminders::of_date(&mut view, date).await?;
    let items = found.into_iter().map(ReminderDocument::of).collect();
    Ok(Answer::ok(RemindersDocument { date: date.to_string(), items }))
}

impl ReminderDocument {
    fn of(reminder: Reminder) -> Self {
        ReminderDocument {
            agent: reminder.agent,
            state: reminder.state,
            reason: reminder.reason,
            shifts: reminder.shifts.into_iter().map(ToldShiftDocument::of).collect(),
            times: reminder.times,
            told_at: reminder.told_at.to_string(),
            sent_at: reminder.sent_at.map(|at| at.to_string()),
            sms: reminder.sms.map(SmsDocument::of),
        }
    }
}

impl ToldShiftDocument {
    fn of(shift: ToldShift) -> Self {
        ToldShiftDocument {
            group: shift.group,
            name: shift.name,
            time_zone: shift.zone.name().to_owned(),
            from: shift.start.to_string(),
            until: shift.end.to_string(),
        }
    }
}
