use domain::time::{Date, Instant, day_number};
use storage::reminders::{ReminderRecord, Telling};

use super::plan::{Planned, Step, Wanted, plan};
use super::{ReminderState, sms};
use crate::groups::GroupError;
use crate::jobs::Job;
use crate::notices::{self, About, Notice};
use crate::{Engine, Scope, Work, tenants};

/// Has those told who are not yet: mails and short messages go after the commit. Answers what there was to tell.
///
/// # Errors
/// The database does not do it.
pub async fn tell(work: &mut Work, wanted: &Wanted) -> Result<Vec<Planned>, GroupError> {
    let tenant = work.tenant();
    // Whoever looks at the same time would decide by what was told before this.
    storage::reminders::lock(&mut work.tx, tenant).await?;
    let plan = plan(work, wanted).await?;
    let from = tenants::get(work).await?.settings.sms.number;
    let mut notices = Vec::new();
    for planned in plan.iter().filter(|planned| planned.step != Step::Nothing) {
        if !written(work, planned).await? {
            continue;
        }
        let Planned { agent, name, date, step, shifts, times, .. } = planned;
        if !matches!(step, Step::Remind | Step::TellChange) {
            continue;
        }
        sms::tell(work, planned, from.as_deref()).await?;
        let Some(address) = &planned.address else { continue };
        let about = About::Shifts {
            agent: agent.clone(),
            date: *date,
            times: times + 1,
            changed: *step == Step::TellChange,
            shifts: shifts.clone(),
        };
        let notice = Notice { name: Some(name.clone()), address: address.clone(), language: None, about };
        notices.push((format!("shifts/{date}/{agent}/{}", times + 1), notice));
    }
    notices::send(work, &notices).await?;
    Ok(plan)
}

/// Writes down what an agent is told; `false` if somebody else has.
async fn written(work: &mut Work, planned: &Planned) -> Result<bool, GroupError> {
    let state = match planned.step {
        Step::OptedOut => ReminderState::OptedOut,
        Step::NoAddress => ReminderState::NoAddress,
        Step::Remind | Step::TellChange | Step::Nothing => ReminderState::Waiting,
    };
    let unreadable =
        |error: serde_json::Error| GroupError::Unreadable { id: planned.agent.clone(), detail: error.to_string() };
    let record = ReminderRecord {
        date: day_number(planned.date),
        agent: planned.agent.clone(),
        state: state.name().to_owned(),
        told: serde_json::to_string(&planned.shifts).map_err(unreadable)?,
        times: planned.times + 1,
        reason: None,
        told_at: work.now().millis(),
        sent_at: None,
    };
    let tenant = work.tenant();
    Ok(match planned.times {
        0 => storage::reminders::insert_new(&mut work.tx, tenant, &record).await?,
        _ => storage::reminders::update(&mut work.tx, tenant, &record).await?,
    })
}

/// The mail that a notice is, if it tells of shifts.
fn telling(about: &About) -> Option<(&str, Date, i64)> {
    match about {
        About::Shifts { agent, date, times, .. } => Some((agent, *date, *times)),
        _ => None,
    }
}

/// Why a mail is not worth sending any more, if it tells of shifts: it may have waited for a mail server.
pub(crate) async fn outdated(scope: &mut impl Scope, about: &About) -> Result<Option<&'static str>, storage::Error> {
    let About::Shifts { agent, date, times, shifts, .. } = about else { return Ok(None) };
    overtaken(scope, (agent, *date, *times), shifts.iter().map(|shift| shift.end).max()).await
}

/// Why it is not worth telling any more what was to be told as the so many-th of shifts the last of which ends then.
pub(crate) async fn overtaken(
    scope: &mut impl Scope,
    (agent, date, times): (&str, Date, i64),
    ends_at: Option<Instant>,
) -> Result<Option<&'static str>, storage::Error> {
    let (tenant, now, day) = (scope.tenant(), scope.now(), day_number(date));
    let told = storage::reminders::of_dates(scope.tx(), tenant, (day, day)).await?;
    if told.iter().any(|row| row.agent == agent && row.times > times) {
        return Ok(Some("a later mail tells what has changed"));
    }
    Ok(ends_at.is_some_and(|ends_at| ends_at <= now).then_some("the shifts are over"))
}

/// Writes down that a mail was sent, or why it was not, if it tells of shifts.
pub(crate) async fn settle(
    engine: &Engine,
    job: &Job,
    about: &About,
    failure: Option<&str>,
) -> Result<(), storage::Error> {
    if telling(about).is_none() {
        return Ok(());
    }
    storage::retry(async || {
        let mut work = engine.begin(&job.actor()).await?;
        settle_in(&mut work, about, failure).await?;
        work.commit().await
    })
    .await
}

/// Writes down that a mail is not tried any more, if it tells of shifts.
pub(crate) async fn given_up(work: &mut Work, job: &Job, about: &About) -> Result<(), storage::Error> {
    let tenant = work.tenant();
    let failed = storage::jobs::get(&mut work.tx, tenant, &job.id).await?;
    let reason = failed.and_then(|job| job.last_error).unwrap_or_default();
    settle_in(work, about, Some(&reason)).await
}

async fn settle_in(work: &mut Work, about: &About, failure: Option<&str>) -> Result<(), storage::Error> {
    match telling(about) {
        Some(told) => settle_telling(work, told, failure).await,
        None => Ok(()),
    }
}

/// Writes down that an agent was told of its shifts of a date, or why not.
pub(crate) async fn settle_telling(
    work: &mut Work,
    (agent, date, times): (&str, Date, i64),
    failure: Option<&str>,
) -> Result<(), storage::Error> {
    let (tenant, now) = (work.tenant(), work.now().millis());
    let telling = Telling { date: day_number(date), agent, times };
    storage::reminders::settle(&mut work.tx, tenant, telling, now, failure).await
}
