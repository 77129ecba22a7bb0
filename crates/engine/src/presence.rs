//! Presence: whether agents take calls. An agent says that it is online, away or offline; who has an answered call is busy, whatever
//! it says.

use std::collections::HashMap;

use domain::invalid::Invalid;
use serde::{Deserialize, Serialize};
use storage::presences::PresenceRecord;

use crate::agents::{self, AgentError};
use crate::changes::{Change, ChangeKind};
use crate::{Scope, Work};

/// Whether an agent takes calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    /// It does.
    Online,
    /// It has a call just now: nobody says so, it is seen.
    Busy,
    /// It will be back.
    Away,
    /// It does not.
    Offline,
}

/// Sets what an agent says of itself.
///
/// # Errors
/// There is no such agent, or it is said to be busy.
pub async fn set(work: &mut Work, agent: &str, presence: Presence) -> Result<(), AgentError> {
    agents::get(work, agent).await?;
    if presence == Presence::Busy {
        let detail = "must be online, away or offline: who has a call is busy by that";
        return Err(Invalid::at("/presence", detail).into());
    }
    let tenant = work.tenant();
    let before = said(work, &[agent]).await?.remove(agent);
    if before == Some(presence) {
        return Ok(());
    }
    let presence_record =
        PresenceRecord { agent: agent.to_owned(), presence: presence.name().to_owned(), set_at: work.now().millis() };
    storage::presences::set(&mut work.tx, tenant, &presence_record).await?;
    work.audit("agent.presence", agent, Some(&before.unwrap_or(Presence::Offline)), Some(&presence)).await?;
    let of = Some(agent.to_owned());
    work.tells(Change { tenant, kind: ChangeKind::Agent, id: agent.to_owned(), customer: None, agent: of });
    Ok(())
}

/// Whether these agents take calls just now, by agent. Those who are not there are offline.
///
/// # Errors
/// The database does not answer.
pub async fn of(scope: &mut impl Scope, agents: &[&str]) -> Result<HashMap<String, Presence>, storage::Error> {
    let mut presences = known(scope, agents).await?;
    for agent in agents {
        presences.entry((*agent).to_owned()).or_insert(Presence::Offline);
    }
    Ok(presences)
}

/// The same of those who have a call or have ever said anything of themselves, and nothing of the others.
pub(crate) async fn known(
    scope: &mut impl Scope,
    agents: &[&str],
) -> Result<HashMap<String, Presence>, storage::Error> {
    let mut presences = said(scope, agents).await?;
    let tenant = scope.tenant();
    let mut busy = storage::presences::busy_among(scope.tx(), tenant, agents).await?;
    busy.extend(storage::group_calls::busy_among(scope.tx(), tenant, agents).await?);
    for agent in busy {
        presences.insert(agent, Presence::Busy);
    }
    Ok(presences)
}

/// What agents say of themselves; nothing of those who never said anything.
async fn said(scope: &mut impl Scope, agents: &[&str]) -> Result<HashMap<String, Presence>, storage::Error> {
    let tenant = scope.tenant();
    let records = storage::presences::some(scope.tx(), tenant, agents).await?;
    Ok(records.into_iter().map(|record| (record.agent, Presence::named(&record.presence))).collect())
}

impl Presence {
    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Presence::Online => "online",
            Presence::Busy => "busy",
            Presence::Away => "away",
            Presence::Offline => "offline",
        }
    }

    fn named(name: &str) -> Presence {
        match name {
            "online" => Presence::Online,
            "away" => Presence::Away,
            _ => Presence::Offline,
        }
    }
}
