//! Calls to a group: who called, who was rung, who answered, and what was noted afterwards.

use std::collections::HashMap;

use domain::call_flow::Attempt;
use domain::time::Instant;
use serde::Serialize;
use storage::group_calls::NotedCallRecord;

use super::{GroupError, get};
use crate::{Scope, Work, agents, fields};

/// The longest note, in characters.
const LONGEST_NOTE: usize = 4000;

/// A call to a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupCall {
    /// The origin of the call, by which it is known; where it stands in addresses its slash is a colon.
    pub origin: String,
    /// The group that was called.
    pub group: String,
    /// The caller's number, or what stands in its place; empty once it is forgotten.
    pub caller: String,
    /// When it came.
    pub called_at: Instant,
    /// When somebody answered.
    pub answered_at: Option<Instant>,
    /// When it ended.
    pub ended_at: Option<Instant>,
    /// What became of it.
    pub result: CallResult,
    /// The agent who has taken it.
    pub agent: Option<String>,
    /// Who was rung, and what came of it.
    pub attempts: Vec<Attempt>,
    /// The language that the caller chose.
    pub language: Option<String>,
    /// The origin of the call that it answers, where by it somebody is called back.
    pub answers: Option<String>,
    /// Who had it placed, where it is such a call: as the audit trail names them.
    pub placed_by: Option<String>,
    /// What was noted of it.
    pub note: Option<String>,
    /// What came of it, in a word.
    pub outcome: Option<String>,
    /// Counts how often something was noted.
    pub notes: i64,
}

/// What became of a call to a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallResult {
    /// It is not over, and nobody talks.
    Running,
    /// Somebody answered.
    Answered,
    /// The caller left a message.
    Message,
    /// Nobody answered, and there is no message.
    Missed,
    /// The group takes no calls of the caller.
    Blocked,
}

/// What somebody notes of a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CallNote {
    /// Any text.
    pub note: Option<String>,
    /// What came of it, in a word of the group's own.
    pub outcome: Option<String>,
}

/// The calls to a group that came from an instant until another, the newest first, those before `before`.
///
/// # Errors
/// There is no such group, or the database does not answer.
pub async fn calls(
    scope: &mut impl Scope,
    group: &str,
    (from, until): (Instant, Instant),
    before: Option<(Instant, &str)>,
    limit: i64,
) -> Result<Vec<GroupCall>, GroupError> {
    let (group, tenant) = (get(scope, group).await?.id, scope.tenant());
    let (span, before) = ((from.millis(), until.millis()), before.map(|(at, origin)| (at.millis(), origin)));
    let found = storage::group_calls::page(scope.tx(), (tenant, &group), span, before, limit).await?;
    found.into_iter().map(GroupCall::of).collect()
}

/// One call to a group.
///
/// # Errors
/// There is none, or the database does not answer.
pub async fn call(scope: &mut impl Scope, origin: &str) -> Result<GroupCall, GroupError> {
    let tenant = scope.tenant();
    let found = storage::group_calls::get(scope.tx(), tenant, origin).await?;
    GroupCall::of(found.ok_or_else(|| GroupError::NoCall(origin.replacen('/', ":", 1)))?)
}

/// The latest calls to groups that an agent has taken, so many at most, the one that it took last first.
///
/// # Errors
/// There is no such agent, or the database does not answer.
pub async fn calls_of_agent(scope: &mut impl Scope, agent: &str, limit: i64) -> Result<Vec<GroupCall>, GroupError> {
    let (agent, tenant) = (agents::get(scope, agent).await?.id, scope.tenant());
    let found = storage::group_calls::of_agent(scope.tx(), (tenant, &agent), limit).await?;
    found.into_iter().map(GroupCall::of).collect()
}

/// A call to a group that an agent has taken.
///
/// # Errors
/// There is none, or the database does not answer.
pub async fn call_of_agent(scope: &mut impl Scope, agent: &str, origin: &str) -> Result<GroupCall, GroupError> {
    let agent = agents::get(scope, agent).await?.id;
    let found = call(scope, origin).await?;
    if found.agent.as_ref() == Some(&agent) { Ok(found) } else { Err(GroupError::NoCall(found.id())) }
}

/// Who was called back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalledBack {
    /// The origin of that call.
    pub origin: String,
    /// When it was placed.
    pub called_at: Instant,
    /// The agent who has called back; none, once it is forgotten.
    pub agent: Option<String>,
    /// What became of it.
    pub result: CallResult,
}

/// By which calls those with these origins were answered, the last of each, by their origins.
///
/// # Errors
/// What is kept cannot be read, or the database does not answer.
pub async fn called_back(scope: &mut impl Scope, origins: &[&str]) -> Result<HashMap<String, CalledBack>, GroupError> {
    let tenant = scope.tenant();
    let mut last = HashMap::new();
    for record in storage::group_calls::that_answer(scope.tx(), tenant, origins).await? {
        let GroupCall { origin, called_at, agent, result, answers, .. } = GroupCall::of(record)?;
        let back = CalledBack { origin, called_at, agent, result };
        answers.map(|answers| last.entry(answers).or_insert(back));
    }
    Ok(last)
}

/// Notes something of a call, in the place of what was noted before, if that was noted so often.
///
/// # Errors
/// There is none, the note is too long, or somebody else has noted something meanwhile.
pub async fn note_call(work: &mut Work, origin: &str, note: CallNote, notes: i64) -> Result<GroupCall, GroupError> {
    let before = call(work, origin).await?;
    if before.notes != notes {
        return Err(GroupError::Changed { current: before.notes });
    }
    let note = CallNote {
        note: fields::lines("/note", note.note, LONGEST_NOTE)?,
        outcome: fields::remark("/outcome", note.outcome, 100)?,
    };
    let (tenant, by) = (work.tenant(), work.actor().name.clone());
    let noted = (note.note.as_deref(), note.outcome.as_deref());
    if !storage::group_calls::note(&mut work.tx, (tenant, origin), noted, &by, notes).await? {
        return Err(GroupError::Changed { current: notes + 1 });
    }
    // What was said stays between those who may read it: the trail tells that something was noted.
    work.audit("group_call.note", origin, None, None::<&()>).await?;
    Ok(GroupCall { note: note.note, outcome: note.outcome, notes: notes + 1, ..before })
}

impl CallResult {
    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            CallResult::Running => "running",
            CallResult::Answered => "answered",
            CallResult::Message => "message",
            CallResult::Missed => "missed",
            CallResult::Blocked => "blocked",
        }
    }

    fn named(name: &str) -> Option<CallResult> {
        let all =
            [CallResult::Running, CallResult::Answered, CallResult::Message, CallResult::Missed, CallResult::Blocked];
        all.into_iter().find(|result| result.name() == name)
    }
}

impl GroupCall {
    /// By what it is known in addresses.
    #[must_use]
    pub fn id(&self) -> String {
        self.origin.replacen('/', ":", 1)
    }

    fn of(record: NotedCallRecord) -> Result<GroupCall, GroupError> {
        let NotedCallRecord { call, note, outcome, notes, .. } = record;
        let unreadable = |detail: String| GroupError::Unreadable { id: call.origin.clone(), detail };
        let attempts = serde_json::from_str(&call.attempts).map_err(|error| unreadable(error.to_string()))?;
        let result = CallResult::named(&call.result).ok_or_else(|| unreadable(call.result.clone()))?;
        Ok(GroupCall {
            group: call.agent_group,
            caller: call.caller,
            called_at: Instant::clamped(call.called_at),
            answered_at: call.answered_at.map(Instant::clamped),
            ended_at: call.ended_at.map(Instant::clamped),
            result,
            agent: call.agent,
            attempts,
            language: call.language,
            answers: call.answers,
            placed_by: call.placed_by,
            note,
            outcome,
            notes,
            origin: call.origin,
        })
    }
}
