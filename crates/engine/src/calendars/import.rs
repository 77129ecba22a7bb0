use domain::invalid::Invalid;

use super::CalendarError;
use super::events::{Event, Meaning, NotTaken};
use super::lines;
use crate::secrets::digest;
use crate::{Scope, Work, agents, groups, reminders};

/// The most events of a file.
const MOST_EVENTS: usize = 2000;

/// What became of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    /// What tells it from others.
    pub uid: Option<String>,
    /// What it is called.
    pub summary: String,
    /// What became of it.
    pub outcome: Outcome,
}

/// What became of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// These overrides or shifts were made.
    Created(Vec<String>),
    /// It came before: nothing was changed.
    Exists,
    /// It cannot be taken.
    Refused(NotTaken),
}

/// Takes the events of a calendar file into a group's roster, each once: its UID is kept.
///
/// # Errors
/// There is no such group, or the file is no calendar or has too many events. What a single event lacks is told with it.
pub async fn import(work: &mut Work, group: &str, text: &str) -> Result<Vec<Imported>, CalendarError> {
    let group = groups::get(work, group).await?;
    let zone = group.zone(work).await.map_err(groups::GroupError::from)?;
    let events = lines::events(text)?;
    if events.len() > MOST_EVENTS {
        return Err(Invalid::at("", format!("has {} events: {MOST_EVENTS} at most", events.len())).into());
    }
    let (agents, tenant, now) = (agents::all(work).await?, work.tenant(), work.now().millis());
    let (mut all, mut changed) = (Vec::new(), false);
    for properties in &events {
        let event = Event { properties, zone: &zone, agents: &agents };
        let uid = event.uid();
        let outcome = match (&uid, event.meaning()) {
            (None, _) => Outcome::Refused(NotTaken::NoUid),
            (_, Err(why)) => Outcome::Refused(why),
            (Some(uid), Ok(meaning)) => {
                let hash = digest(uid);
                if storage::calendars::imported(&mut work.tx, tenant, &group.id, &hash, now).await? {
                    changed = true;
                    Outcome::Created(made(work, &group.id, meaning).await?)
                } else {
                    Outcome::Exists
                }
            }
        };
        all.push(Imported { uid, summary: event.summary(), outcome });
    }
    if changed {
        reminders::wake(work).await?;
    }
    Ok(all)
}

async fn made(work: &mut Work, group: &str, meaning: Meaning) -> Result<Vec<String>, CalendarError> {
    let mut ids = Vec::new();
    match meaning {
        Meaning::Overrides(all) => {
            for new in all {
                ids.push(groups::put_override(work, group, new).await?.id);
            }
        }
        Meaning::Shifts(all) => {
            for new in all {
                ids.push(groups::put_shift(work, group, new).await?.shift.id);
            }
        }
    }
    Ok(ids)
}
