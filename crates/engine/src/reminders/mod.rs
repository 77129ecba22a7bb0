//! Reminders: what agents are told of their shifts by mail, and by short messages where they want them, on the evening before and when something
//! changes, and what coordinators are told of gaps.
//!
//! What is to be told follows from the rosters at any instant ([`plan`]); what was told stands in a row for each agent and date. Whoever looks,
//! and however often, tells what is not told yet ([`tell`]): a job that wakes at the next evening, or after a change, does no more.

mod gaps;
mod otherwise;
mod plan;
mod sms;
mod tell;
mod wake;

use domain::roster::ToldShift;
use domain::time::{Date, Instant, date_of_day, day_number};
use serde::Serialize;
use storage::reminders::ReminderRecord;

pub use gaps::{GapMails, ToldGap};
pub(crate) use otherwise::before;
pub use plan::{Planned, Step, Wanted, plan};
pub use tell::tell;
pub(crate) use tell::{given_up, outdated, overtaken, settle, settle_telling};
pub(crate) use wake::wake;
pub use wake::{REMINDERS, Reminding};

use crate::Scope;
use crate::groups::GroupError;
use crate::sms::Sms;

/// What an agent was told of its shifts of a date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reminder {
    /// The id of the agent.
    pub agent: String,
    /// The date on which the shifts begin.
    pub date: Date,
    /// How far it is.
    pub state: ReminderState,
    /// The shifts, as the agent was told of them last, or would have been.
    pub shifts: Vec<ToldShift>,
    /// How often there was something to tell: once, and once more with each change.
    pub times: i64,
    /// Why the last mail was not sent.
    pub reason: Option<String>,
    /// When it was decided what to tell.
    pub told_at: Instant,
    /// When the last mail was sent.
    pub sent_at: Option<Instant>,
    /// The last short message, where the agent is told by one.
    pub sms: Option<Sms>,
}

/// How far it is with telling an agent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ReminderState {
    /// The mail is on its way, or tried again.
    Waiting,
    /// It was sent.
    Sent,
    /// It was not sent and is not tried any more.
    Failed,
    /// The agent wants no reminders.
    OptedOut,
    /// Nobody knows where mail for the agent goes.
    NoAddress,
}

/// What was told of the shifts of a date, by agent.
///
/// # Errors
/// The database does not answer.
pub async fn of_date(scope: &mut impl Scope, date: Date) -> Result<Vec<Reminder>, GroupError> {
    let (tenant, day) = (scope.tenant(), day_number(date));
    let records = storage::reminders::of_dates(scope.tx(), tenant, (day, day)).await?;
    let mut reminders = records.into_iter().map(Reminder::of).collect::<Result<Vec<_>, _>>()?;
    let mut texts = sms::of_reminders(scope, &reminders).await?;
    for reminder in &mut reminders {
        reminder.sms = texts.remove(&reminder.agent);
    }
    Ok(reminders)
}

impl Reminder {
    fn of(record: ReminderRecord) -> Result<Reminder, GroupError> {
        let unreadable = |detail: String| GroupError::Unreadable {
            id: format!("the reminder of {} for {}", record.agent, date_of_day(record.date)),
            detail,
        };
        let state = ReminderState::named(&record.state).ok_or_else(|| unreadable(record.state.clone()))?;
        let shifts = serde_json::from_str(&record.told).map_err(|error| unreadable(error.to_string()))?;
        Ok(Reminder {
            agent: record.agent,
            date: date_of_day(record.date),
            state,
            shifts,
            times: record.times,
            reason: record.reason,
            told_at: Instant::clamped(record.told_at),
            sent_at: record.sent_at.map(Instant::clamped),
            sms: None,
        })
    }
}

impl ReminderState {
    const ALL: [(ReminderState, &'static str); 5] = [
        (ReminderState::Waiting, "waiting"),
        (ReminderState::Sent, "sent"),
        (ReminderState::Failed, "failed"),
        (ReminderState::OptedOut, "opted_out"),
        (ReminderState::NoAddress, "no_address"),
    ];

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(state, _)| *state == self).map_or("", |(_, name)| name)
    }

    fn named(name: &str) -> Option<ReminderState> {
        Self::ALL.iter().find(|(_, known)| *known == name).map(|(state, _)| *state)
    }
}
