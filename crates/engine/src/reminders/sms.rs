//! What agents are told of their shifts by short messages.

use std::collections::HashMap;

use domain::roster::ToldShift;
use domain::time::{Date, Instant, Zone};

use super::plan::{Planned, Step};
use super::{Reminder, ReminderState};
use crate::groups::GroupError;
use crate::sms::{self, NewSms, Sms, SmsAbout, SmsError};
use crate::{Scope, Work};

/// How many shifts a short message names: who has more of one day is told how many.
const MOST_NAMED: usize = 8;
/// How long the name of a group may be in one, in characters.
const LONGEST_NAME: usize = 60;

/// Has an agent told by a short message of what it is to be told, if it wants that.
pub(super) async fn tell(work: &mut Work, planned: &Planned, from: Option<&str>) -> Result<(), SmsError> {
    let (Some(from), Some(to)) = (from, &planned.mobile) else { return Ok(()) };
    let Planned { agent, date, shifts, .. } = planned;
    if planned.state == Some(ReminderState::Failed) && planned.step == Step::Remind {
        // It is told again since its mail has failed: the short message need not have.
        let (tenant, last) = (work.tenant(), cause(agent, *date, planned.times));
        let last =
            storage::sms::of_causes(&mut work.tx, tenant, &[last.as_str()]).await?.pop().map(Sms::of).transpose()?;
        let is_told = |last: &Sms| planned.address.is_some() && !last.state.has_come_to_nothing();
        if last.is_some_and(|last| is_told(&last)) {
            return Ok(());
        }
    }
    let times = planned.times + 1;
    let new = NewSms {
        cause: cause(agent, *date, times),
        from: from.to_owned(),
        to: to.clone(),
        text: text(*date, shifts, planned.step == Step::TellChange),
        about: SmsAbout::Shifts {
            agent: agent.clone(),
            date: *date,
            times,
            ends_at: shifts.iter().map(|shift| shift.end).max(),
            is_only_way: planned.address.is_none(),
        },
    };
    sms::send(work, new).await
}

/// The short messages by which reminders were told last, by agent.
pub(super) async fn of_reminders(
    scope: &mut impl Scope,
    reminders: &[Reminder],
) -> Result<HashMap<String, Sms>, SmsError> {
    let causes: Vec<String> = reminders.iter().map(|told| cause(&told.agent, told.date, told.times)).collect();
    let tenant = scope.tenant();
    let records =
        storage::sms::of_causes(scope.tx(), tenant, &causes.iter().map(String::as_str).collect::<Vec<_>>()).await?;
    let mut told = HashMap::new();
    for sms in records.into_iter().map(Sms::of) {
        let sms = sms?;
        told.insert(sms.about.agent().to_owned(), sms);
    }
    Ok(told)
}

impl From<SmsError> for GroupError {
    fn from(error: SmsError) -> Self {
        let detail = error.to_string();
        match error {
            SmsError::NotFound(id) | SmsError::Unreadable(id) => GroupError::Unreadable { id, detail },
            SmsError::Storage(error) => GroupError::Storage(error),
        }
    }
}

fn cause(agent: &str, date: Date, times: i64) -> String {
    format!("shifts/{date}/{agent}/{times}")
}

/// What the short message says: few words, for each of the 160 characters of the first part costs.
fn text(date: Date, shifts: &[ToldShift], changed: bool) -> String {
    let begin = if changed { format!("Changed: your shifts on {date}") } else { format!("Your shifts on {date}") };
    let named: Vec<String> = shifts.iter().take(MOST_NAMED).map(shown).collect();
    let more = shifts.len().saturating_sub(MOST_NAMED);
    let more = if more > 0 { format!(", and {more} more") } else { String::new() };
    let what = if named.is_empty() { "none any more".to_owned() } else { named.join(", ") };
    format!("{begin}: {what}{more}. STOP ends these messages.")
}

fn shown(shift: &ToldShift) -> String {
    let name: String = shift.name.chars().filter(|c| !c.is_control()).take(LONGEST_NAME).collect();
    format!("{}-{} {name}", clock(shift.start, &shift.zone), clock(shift.end, &shift.zone))
}

/// What the wall clocks of a zone show: `18:00`.
fn clock(at: Instant, zone: &Zone) -> String {
    let clock = zone.wall_clock(at);
    format!("{:02}:{:02}", clock.second / 3600, clock.second / 60 % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_short_and_on_the_clocks_of_the_group() {
        let shift = |name: &str, start: &str, end: &str| ToldShift {
            group: "grp_1".to_owned(),
            name: name.to_owned(),
            zone: Zone::named("Europe/London").unwrap(),
            start: Instant::parse(start).unwrap(),
            end: Instant::parse(end).unwrap(),
        };
        let date: Date = "2026-07-01".parse().unwrap();
        let night = shift("Night line", "2026-07-01T19:00:00Z", "2026-07-02T05:00:00Z");
        let told = text(date, std::slice::from_ref(&night), false);
        assert_eq!(told, "Your shifts on 2026-07-01: 20:00-06:00 Night line. STOP ends these messages.");
        let told = text(date, &[], true);
        assert_eq!(told, "Changed: your shifts on 2026-07-01: none any more. STOP ends these messages.");
        let many = vec![shift(&"x\n".repeat(500), "2026-07-01T19:00:00Z", "2026-07-01T20:00:00Z"); 300];
        let told = text(date, &many, false);
        assert!(told.chars().count() < 1600 && told.contains(", and 292 more."), "{told}");
    }
}
