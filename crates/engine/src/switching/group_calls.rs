use domain::call_flow::{Attempt, Flow, Happened, Outcome, Stage};
use domain::time::Instant;
use storage::group_calls::GroupCallRecord;

use crate::Work;
use crate::groups::{self, CallResult, Callers, GroupError};
use crate::notices::{self, About, Notice};

/// What is on record of a call to a group, which goes with its way; nothing of other calls.
pub(super) fn record(origin: &str, flow: &Flow, version: i64) -> Option<GroupCallRecord> {
    let has_ended = matches!(flow.stage, Stage::Over(_));
    let of = Of::flow(flow, has_ended)?;
    let when = |what: fn(&Happened) -> bool| {
        flow.history.iter().find(|moment| what(&moment.what)).map(|moment| moment.at.millis())
    };
    let ended_at = when(|what| matches!(what, Happened::Ended(_))).filter(|_| has_ended);
    Some(GroupCallRecord {
        origin: origin.to_owned(),
        agent_group: of.group,
        caller: of.caller,
        called_at: when(|what| *what == Happened::Dialled).unwrap_or_default(),
        answered_at: flow.answered_at().map(Instant::millis),
        ended_at,
        result: result(flow).name().to_owned(),
        agent: of.agent,
        attempts: serde_json::to_string(&of.attempts).ok()?,
        language: of.language,
        answers: of.answers,
        placed_by: of.placed_by,
        version,
    })
}

/// What a call is to a group: one that came, or one by which somebody is called back.
struct Of {
    group: String,
    caller: String,
    agent: Option<String>,
    attempts: Vec<Attempt>,
    language: Option<String>,
    answers: Option<String>,
    placed_by: Option<String>,
}

impl Of {
    fn flow(flow: &Flow, has_ended: bool) -> Option<Of> {
        if let Some(hunt) = &flow.hunt {
            return Some(Of {
                group: hunt.groups.first()?.clone(),
                caller: flow.caller.number.clone(),
                agent: hunt.taken_by().or_else(|| hunt.passed_on_by().filter(|_| has_ended)).map(str::to_owned),
                attempts: hunt.attempts.clone(),
                language: hunt.language.clone(),
                answers: None,
                placed_by: None,
            });
        }
        let back = flow.placed.as_ref()?.calls_back.as_deref()?.clone();
        Some(Of {
            attempts: flow.rung_first(&back.agent).into_iter().collect(),
            group: back.group,
            caller: back.caller,
            agent: Some(back.agent),
            language: None,
            answers: Some(back.answers),
            placed_by: Some(back.by),
        })
    }
}

/// What has become of it so far.
fn result(flow: &Flow) -> CallResult {
    match &flow.stage {
        Stage::Talking { .. } => CallResult::Answered,
        Stage::Over(ending) => match ending.outcome {
            Outcome::Answered => CallResult::Answered,
            Outcome::Refused => CallResult::Blocked,
            _ if flow.has_left_message() => CallResult::Message,
            _ => CallResult::Missed,
        },
        _ => CallResult::Running,
    }
}

/// Tells those whom the groups name of calls that nobody has answered, and that left no message: each once.
pub(super) async fn tell_missed(work: &mut Work, calls: &[GroupCallRecord]) -> Result<(), storage::Error> {
    // Who is called back and does not answer has missed the group, not the group somebody.
    let is_missed = |call: &&GroupCallRecord| {
        call.ended_at.is_some() && call.answers.is_none() && call.result == CallResult::Missed.name()
    };
    let mut notices = Vec::new();
    for call in calls.iter().filter(is_missed) {
        let group = match groups::get(work, &call.agent_group).await {
            Ok(group) => group,
            Err(GroupError::Storage(error)) => return Err(error),
            // It was deleted meanwhile: nobody is named any more.
            Err(_) => continue,
        };
        let answering = &group.details.answering;
        let Ok(zone) = group.zone(work).await else { continue };
        let clock = zone.wall_clock(Instant::clamped(call.called_at));
        let about = About::MissedCall {
            group: group.details.name.clone(),
            group_id: group.id.clone(),
            caller: (answering.callers != Callers::Nothing).then(|| call.caller.clone()),
            called_at: format!("{} {:02}:{:02}", clock.date(), clock.second / 3600, clock.second % 3600 / 60),
        };
        for address in &answering.missed_calls_to {
            let notice = Notice { name: None, address: address.clone(), language: None, about: about.clone() };
            notices.push((format!("missed/{}", call.origin), notice));
        }
    }
    notices::send(work, &notices).await
}
