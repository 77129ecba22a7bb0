use std::collections::BTreeMap;

use domain::roster::{ToldShift, is_news, told};
use domain::time::{Date, day_number};

use super::plan::{Rosters, Wanted};
use super::{Reminder, ReminderState};
use crate::groups::GroupError;
use crate::{Scope, Work};

/// What agents hold of some dates before something changes of which they are told in another way than by their reminders.
pub(crate) struct Before(Vec<(Date, Holds)>);

type Holds = BTreeMap<String, Vec<ToldShift>>;

/// What agents hold before something changes that begins on a date: a night of the day before may be a part of it.
pub(crate) async fn before(scope: &mut impl Scope, date: Date) -> Result<Before, GroupError> {
    let mut all = Vec::new();
    for date in [date.yesterday().unwrap_or(date), date] {
        all.push((date, holds(scope, date).await?));
    }
    Ok(Before(all))
}

async fn holds(scope: &mut impl Scope, date: Date) -> Result<Holds, GroupError> {
    let rosters = Rosters::load(scope, &Wanted::On { date, group: None }).await?;
    Ok(told(&rosters.tellings(), date))
}

impl Before {
    /// After the change: these agents know of it. Whoever had to be told of something else, too, is told of both.
    pub(crate) async fn now_known_to(self, work: &mut Work, agents: &[&str]) -> Result<(), GroupError> {
        let (tenant, now) = (work.tenant(), work.now());
        for (date, before) in self.0 {
            let (day, mut after) = (day_number(date), holds(work, date).await?);
            for row in storage::reminders::of_dates(&mut work.tx, tenant, (day, day)).await? {
                let row = Reminder::of(row)?;
                let held = before.get(&row.agent).map(Vec::as_slice).unwrap_or_default();
                let knew = row.state == ReminderState::Sent && !is_news(&row.shifts, held, now);
                if !knew || !agents.contains(&row.agent.as_str()) {
                    continue;
                }
                let holds = after.remove(&row.agent).unwrap_or_default();
                let told = serde_json::to_string(&holds)
                    .map_err(|error| GroupError::Unreadable { id: row.agent.clone(), detail: error.to_string() })?;
                storage::reminders::knows(&mut work.tx, tenant, (day, &row.agent), &told).await?;
            }
        }
        Ok(())
    }
}
