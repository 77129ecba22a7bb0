use domain::roster::{Reason, Span, Spell};
use domain::time::Instant;
use storage::calendars::CalendarRecord;

use super::CalendarError;
use crate::groups::{self, Group, GroupError};
use crate::secrets::Secret;
use crate::{Actor, Engine, Scope, Work, agents};

/// What the secret of every address begins with.
const MARK: &str = "tgf_";
const DAY_MILLIS: i64 = 86_400_000;
const DAYS_BACK: i64 = 30;
const DAYS_AHEAD: i64 = 180;

/// What a calendar program fetches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Feed {
    /// What the group or the agent is called.
    pub name: String,
    /// When it was read.
    pub at: Instant,
    /// What there is, the first first.
    pub events: Vec<FeedEvent>,
}

/// An event of a calendar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedEvent {
    /// The same for the same duty, however often it is fetched, and no other event's.
    pub uid: String,
    /// From when to when.
    pub span: Span,
    /// What it is called; `None` where nobody is on duty.
    pub summary: Option<String>,
}

/// Makes the address of a group's calendar anew. Whoever has it sees who is on duty, and when.
///
/// # Errors
/// There is no such group.
pub async fn of_group(work: &mut Work, group: &str) -> Result<Secret, CalendarError> {
    let group = groups::get(work, group).await?.id;
    opened(work, group).await
}

/// Makes the address of an agent's own calendar anew. Whoever has it sees when the agent is on duty.
///
/// # Errors
/// There is no such agent.
pub async fn of_agent(work: &mut Work, agent: &str) -> Result<Secret, CalendarError> {
    let agent = agents::get(work, agent).await?.id;
    opened(work, agent).await
}

async fn opened(work: &mut Work, owner: String) -> Result<Secret, CalendarError> {
    let secret = Secret::random(MARK)?;
    let (tenant, created_at) = (work.tenant(), work.now().millis());
    let calendar = CalendarRecord { tenant, owner, secret_hash: secret.hash(), created_at };
    storage::calendars::set(&mut work.tx, &calendar).await?;
    work.audit::<()>("calendar.open", &calendar.owner, None, None).await?;
    Ok(secret)
}

/// Takes the address of a calendar away: that of a group, or of an agent.
///
/// # Errors
/// There is no such group or agent, or it has none.
pub async fn close(work: &mut Work, owner: &str) -> Result<(), CalendarError> {
    if owner.starts_with("agt_") {
        agents::get(work, owner).await?;
    } else {
        groups::get(work, owner).await?;
    }
    let tenant = work.tenant();
    if !storage::calendars::remove(&mut work.tx, tenant, owner).await? {
        return Err(CalendarError::None(owner.to_owned()));
    }
    Ok(work.audit::<()>("calendar.close", owner, None, None).await?)
}

/// What is fetched from an address: what was a month ago, and what is in the next half year.
///
/// # Errors
/// Nothing is.
pub async fn feed(engine: &Engine, secret: &Secret) -> Result<Feed, CalendarError> {
    let found = {
        let mut view = engine.view(&Actor::program(crate::people::NO_TENANT, "calendar")).await?;
        storage::calendars::with_secret(view.tx(), &secret.hash()).await?.ok_or(CalendarError::NotFound)?
    };
    let mut view = engine.view(&Actor::program(found.tenant, "calendar")).await?;
    let at = view.now();
    let days = |days: i64| Instant::clamped(at.millis() + days * DAY_MILLIS);
    let span = Span { start: days(-DAYS_BACK), end: days(DAYS_AHEAD) };
    let mut events = Vec::new();
    let name = if let Some(agent) = agents::known(&mut view, &found.owner).await? {
        for group in groups::all(&mut view).await? {
            let spells = groups::within(&mut view, &group, &agent.id, span).await?.into_iter().map(|duty| duty.spell);
            events.extend(spells.filter_map(|spell| FeedEvent::of(spell, group.details.name.clone())));
        }
        agent.name
    } else {
        let group = groups::get(&mut view, &found.owner).await.map_err(|error| match error {
            GroupError::NotFound(_) => CalendarError::NotFound,
            other => other.into(),
        })?;
        events = on_duty(&mut view, &group, span).await?;
        group.details.name
    };
    events.sort_by(|one, other| (one.span.start, &one.uid).cmp(&(other.span.start, &other.uid)));
    Ok(Feed { name, at, events })
}

/// Who of a group is on duty, and where nobody is from now on.
async fn on_duty(scope: &mut impl Scope, group: &Group, span: Span) -> Result<Vec<FeedEvent>, CalendarError> {
    let (roster, name) = (groups::roster_of(scope, group, span).await?, &group.details.name);
    let spells = roster.duties(span).spells;
    let ids: Vec<&str> = spells.iter().map(|spell| spell.duty.agent.as_str()).collect();
    let known = agents::some(scope, &ids).await?;
    let named = |id: &str| known.iter().find(|agent| agent.id == id).map_or(id, |agent| agent.name.as_str()).to_owned();
    let mut events: Vec<FeedEvent> = spells
        .into_iter()
        .filter_map(|spell| {
            let summary = format!("{name}: {}", named(&spell.duty.agent));
            FeedEvent::of(spell, summary)
        })
        .collect();
    let ahead = Span { start: scope.now(), ..span };
    events.extend(roster.gaps(ahead, 1).into_iter().map(|gap| FeedEvent {
        uid: format!("{}-gap-{}", group.id, gap.span.start.millis()),
        span: gap.span,
        summary: None,
    }));
    Ok(events)
}

impl FeedEvent {
    /// What a calendar shows of a duty: nothing, where the agent is not rung.
    fn of(spell: Spell, summary: String) -> Option<FeedEvent> {
        let Spell { span, duty } = spell;
        if duty.skipped.is_some() {
            return None;
        }
        let by = match duty.reason {
            Reason::Shift(id) | Reason::Added(id) | Reason::InPlaceOf { by: id, .. } => id,
        };
        let uid = format!("{by}-{}-{}", duty.agent, span.start.millis());
        Some(FeedEvent { uid, span, summary: Some(summary) })
    }
}
