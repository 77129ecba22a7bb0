use std::sync::Arc;

use domain::sms::SmsState;
use futures::future::BoxFuture;
use serde_json::json;
use storage::sms::SmsRecord;

use super::{OutgoingSms, Sms, SmsAbout, SmsCarrier, SmsError, SmsFailure, SmsTaken};
use crate::jobs::{self, Handler, Job, JobFailure, NewJob};
use crate::{Engine, Scope, Work, messages, reminders, tenants};

/// The jobs that have short messages sent.
pub const SMS: &str = "sms";
/// Why nothing is sent where nothing can be.
const NO_CARRIER: &str = "no carrier of short messages is named";
/// Why nothing is sent to who has asked for that.
const STOPPED: &str = "the addressee wants no short messages from this number";
/// Why nothing is sent of what is there no more.
const ERASED: &str = "what was written is erased";
/// Why it is not known what became of one.
const BROKEN_OFF: &str = "the program ended while the carrier was asked: it is not known whether it was sent";

/// A short message to be sent.
#[derive(Clone)]
pub(crate) struct NewSms {
    /// What causes it: no cause makes two.
    pub(crate) cause: String,
    /// The number that it is from, in canonical form.
    pub(crate) from: String,
    /// The number that it is to, in canonical form.
    pub(crate) to: String,
    /// What it says: 1,600 characters at most.
    pub(crate) text: String,
    /// What it is about.
    pub(crate) about: SmsAbout,
}

/// Has a short message sent after the commit, unless its cause has had one sent.
///
/// # Errors
/// The database does not do it.
pub(crate) async fn send(work: &mut Work, new: NewSms) -> Result<(), SmsError> {
    let cause = new.cause.clone();
    let Some(id) = write_down(work, new, Standing::of(SmsState::Waiting, None)).await? else { return Ok(()) };
    let payload = json!({ "sms": id }).to_string();
    let job = NewJob { kind: SMS, key: format!("{SMS}/{cause}"), payload, run_at: work.now() };
    Ok(jobs::enqueue(work, &[job]).await?)
}

/// Writes down that a short message is not sent, and why, unless its cause has had one sent.
///
/// # Errors
/// The database does not do it.
pub(crate) async fn withhold(work: &mut Work, new: NewSms, why: &str) -> Result<(), SmsError> {
    write_down(work, new, Standing::of(SmsState::Withheld, Some(why))).await.map(drop)
}

/// Writes a short message down: its id, unless its cause has had one.
async fn write_down(work: &mut Work, new: NewSms, standing: Standing<'_>) -> Result<Option<String>, SmsError> {
    let (tenant, now) = (work.tenant(), work.now());
    let id = work.id("sms");
    let record = SmsRecord {
        about: serde_json::to_string(&new.about).map_err(|_| SmsError::Unreadable(id.clone()))?,
        id: id.clone(),
        cause: new.cause,
        own_number: new.from,
        other_number: new.to,
        body: new.text,
        state: standing.state.name().to_owned(),
        carrier_id: None,
        code: None,
        reason: standing.reason.map(str::to_owned),
        created_at: now.millis(),
        changed_at: now.millis(),
    };
    Ok(storage::sms::insert_new(&mut work.tx, tenant, &record).await?.then_some(id))
}

/// Has short messages sent.
pub struct Texting {
    carriers: Vec<Arc<dyn SmsCarrier>>,
}

/// What is done about a short message whose turn has come.
enum Turn {
    /// The carrier is asked.
    Ask(OutgoingSms),
    /// Nothing, and why.
    Nothing(String),
    /// Nothing: it may have been sent, and a person has to say whether it is to be sent again.
    GiveUp(String),
}

/// What becomes of a short message.
struct Standing<'a> {
    state: SmsState,
    carrier_id: Option<&'a str>,
    code: Option<u32>,
    reason: Option<&'a str>,
}

impl Standing<'_> {
    fn of(state: SmsState, reason: Option<&str>) -> Standing<'_> {
        Standing { state, carrier_id: None, code: None, reason }
    }
}

impl Texting {
    /// By these carriers: the first that sends those of a tenant does.
    #[must_use]
    pub fn new(carriers: Vec<Arc<dyn SmsCarrier>>) -> Self {
        Texting { carriers }
    }

    async fn text(&self, engine: &Engine, job: &Job) -> Result<String, JobFailure> {
        let id = sms_of(job).ok_or_else(|| JobFailure::GiveUp("it names no short message".to_owned()))?;
        let carrier = self.carriers.iter().find(|carrier| carrier.carries(job.tenant));
        let turn = storage::retry(async || {
            let mut work = engine.begin(&job.actor()).await?;
            let turn = turn(&mut work, (&id, job.attempts), carrier.is_some()).await?;
            work.commit().await?;
            Ok::<_, storage::Error>(turn)
        });
        let sms = match turn.await? {
            Turn::Ask(sms) => sms,
            Turn::Nothing(why) => return Ok(format!("not sent: {why}")),
            Turn::GiveUp(why) => return Err(JobFailure::GiveUp(why)),
        };
        let Some(carrier) = carrier else { return Ok(format!("not sent: {NO_CARRIER}")) };
        let outcome = carrier.send(&sms).await;
        storage::retry(async || {
            let mut work = engine.begin(&job.actor()).await?;
            note(&mut work, &id, &outcome).await?;
            work.commit().await
        })
        .await?;
        match outcome {
            Ok(SmsTaken { carrier_id, .. }) => Ok(format!("taken as {carrier_id}")),
            Err(SmsFailure::Later { reason, millis: Some(millis) }) => Err(JobFailure::RetryAfter { reason, millis }),
            Err(SmsFailure::Later { reason, millis: None }) => Err(JobFailure::Retry(reason)),
            Err(failure) => Err(JobFailure::GiveUp(failure.to_string())),
        }
    }
}

impl Handler for Texting {
    fn run<'a>(&'a self, engine: &'a Engine, job: &'a Job) -> BoxFuture<'a, Result<Option<String>, JobFailure>> {
        Box::pin(async move { self.text(engine, job).await.map(Some) })
    }

    /// One that is never taken, since its carrier always has too much to do, is not left waiting.
    fn given_up<'a>(&'a self, work: &'a mut Work, job: &'a Job) -> BoxFuture<'a, Result<(), storage::Error>> {
        Box::pin(async move {
            let Some(id) = sms_of(job) else { return Ok(()) };
            let tenant = work.tenant();
            let Some(record) = storage::sms::lock(&mut work.tx, tenant, &id).await? else { return Ok(()) };
            let state = match SmsState::named(&record.state) {
                Some(SmsState::Waiting) => SmsState::Failed,
                Some(SmsState::Sending) => SmsState::Unknown,
                _ => return Ok(()),
            };
            let failed = storage::jobs::get(&mut work.tx, tenant, &job.id).await?;
            let reason = failed.and_then(|job| job.last_error).unwrap_or_default();
            stand(work, record, Standing::of(state, Some(&reason))).await
        })
    }
}

/// The short message that a job is for.
fn sms_of(job: &Job) -> Option<String> {
    let payload: serde_json::Value = serde_json::from_str(&job.payload).ok()?;
    payload.get("sms")?.as_str().map(str::to_owned)
}

/// Decides what is done about a short message, and notes that its carrier is being asked.
async fn turn(work: &mut Work, (id, tries): (&str, i64), has_carrier: bool) -> Result<Turn, storage::Error> {
    let tenant = work.tenant();
    let Some(record) = storage::sms::lock(&mut work.tx, tenant, id).await? else {
        return Ok(Turn::Nothing("it is not on record any more".to_owned()));
    };
    let Ok(mut sms) = Sms::of(record.clone()) else {
        return Ok(Turn::Nothing("it cannot be read".to_owned()));
    };
    if sms.state == SmsState::Sending {
        stand(work, record, Standing::of(SmsState::Unknown, Some(BROKEN_OFF))).await?;
        return Ok(Turn::GiveUp(BROKEN_OFF.to_owned()));
    }
    // Whoever has a job run again begins to count anew.
    if sms.state == SmsState::Unknown && tries > 1 {
        return Ok(Turn::GiveUp(sms.reason.unwrap_or_else(|| BROKEN_OFF.to_owned())));
    }
    if !sms.state.is_to_be_sent() || sms.carrier_id.is_some() {
        return Ok(Turn::Nothing(format!("it is {} already", sms.state.name())));
    }
    let why_not = match &sms.about {
        _ if !has_carrier => Some(NO_CARRIER),
        _ if storage::sms_stops::is_stopped(&mut work.tx, tenant, (&sms.from, &sms.to)).await? => Some(STOPPED),
        SmsAbout::Shifts { agent, date, times, ends_at, .. } => {
            reminders::overtaken(work, (agent, *date, *times), *ends_at).await?
        }
        SmsAbout::PhoneCheck { .. } => None,
        SmsAbout::Message { .. } if wants_no_conversation(work, &sms.to).await? => Some(STOPPED),
        SmsAbout::Message { message, .. } => {
            match storage::messages::get(&mut work.tx, tenant, message).await?.filter(|kept| !kept.text.is_empty()) {
                Some(kept) => {
                    sms.text = kept.text;
                    None
                }
                None => Some(ERASED),
            }
        }
    };
    if let Some(why) = why_not {
        stand(work, record, Standing::of(SmsState::Withheld, Some(why))).await?;
        return Ok(Turn::Nothing(why.to_owned()));
    }
    let Sms { id, from, to, text, .. } = sms;
    stand(work, record, Standing::of(SmsState::Sending, None)).await?;
    Ok(Turn::Ask(OutgoingSms { id, from, to, text }))
}

/// Whether somebody has said STOP to one of the numbers for conversations: which of them a conversation has is chance.
async fn wants_no_conversation(work: &mut Work, number: &str) -> Result<bool, storage::Error> {
    let tenant = work.tenant();
    for own in storage::sms_stops::of(&mut work.tx, tenant, number).await? {
        if tenants::carries(work, &own).await? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Notes what came of asking the carrier. What it has told of the message meanwhile is not forgotten.
async fn note(work: &mut Work, id: &str, outcome: &Result<SmsTaken, SmsFailure>) -> Result<(), storage::Error> {
    let (tenant, now) = (work.tenant(), work.now().millis());
    let Some(record) = storage::sms::lock(&mut work.tx, tenant, id).await? else { return Ok(()) };
    let before = SmsState::named(&record.state).unwrap_or(SmsState::Sending);
    let standing = match outcome {
        Ok(SmsTaken { carrier_id, state }) => {
            let reason = record.reason.clone();
            let (state, code) = (before.after(*state), record.code.and_then(|code| u32::try_from(code).ok()));
            let taken = Standing { state, carrier_id: Some(carrier_id), code, reason: reason.as_deref() };
            return stand(work, record, taken).await;
        }
        // It was told of: it was sent after all.
        Err(_) if before != SmsState::Sending => return Ok(()),
        Err(SmsFailure::Later { reason, .. }) => Standing::of(SmsState::Waiting, Some(reason)),
        Err(SmsFailure::Refused { code, reason, is_stopped }) => {
            if *is_stopped {
                let numbers = (record.own_number.as_str(), record.other_number.as_str());
                storage::sms_stops::stop(&mut work.tx, tenant, numbers, now).await?;
            }
            Standing { code: *code, ..Standing::of(SmsState::Failed, Some(reason)) }
        }
        Err(SmsFailure::Unknown(reason)) => Standing::of(SmsState::Unknown, Some(reason)),
    };
    stand(work, record, standing).await
}

/// Writes how a short message stands, and what that means for what it is about.
async fn stand(work: &mut Work, record: SmsRecord, standing: Standing<'_>) -> Result<(), storage::Error> {
    let (tenant, now) = (work.tenant(), work.now().millis());
    let Standing { state, carrier_id, code, reason } = standing;
    let was_taken = SmsState::named(&record.state).is_some_and(SmsState::is_taken);
    let record = SmsRecord {
        state: state.name().to_owned(),
        carrier_id: carrier_id.map(str::to_owned).or(record.carrier_id),
        code: code.map(i64::from),
        reason: reason.map(str::to_owned),
        changed_at: now,
        ..record
    };
    storage::sms::stand(&mut work.tx, tenant, &record).await?;
    let (agent, date, times, is_only_way) = match Sms::of(record).map(|sms| sms.about) {
        Ok(SmsAbout::Shifts { agent, date, times, is_only_way, .. }) => (agent, date, times, is_only_way),
        Ok(SmsAbout::Message { message, .. }) if state == SmsState::Delivered => {
            return messages::delivered_by_sms(work, &message).await;
        }
        Ok(SmsAbout::Message { .. } | SmsAbout::PhoneCheck { .. }) | Err(_) => return Ok(()),
    };
    let is_open = matches!(state, SmsState::Waiting | SmsState::Sending);
    let is_known = was_taken && state.is_taken();
    if is_only_way && !is_open && !is_known {
        let failure = (!state.is_taken()).then(|| reason.unwrap_or("it did not arrive"));
        reminders::settle_telling(work, (&agent, date, times), failure).await?;
    }
    Ok(())
}

/// What the carrier tells of a short message later.
pub(super) async fn told(
    work: &mut Work,
    record: SmsRecord,
    (state, carrier_id): (SmsState, Option<&str>),
    (code, reason): (Option<u32>, Option<&str>),
) -> Result<(), storage::Error> {
    stand(work, record, Standing { state, carrier_id, code, reason }).await
}
