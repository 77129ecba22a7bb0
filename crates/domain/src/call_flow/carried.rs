//! What trunks carry of a call: their carriers charge from the answer that they have got, whoever talks from then on.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Charge, Command, Flow, Leg};
use crate::time::Instant;

/// A leg that a trunk carries, since it was answered.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Carried {
    /// Which.
    pub leg: Leg,
    /// The id of the trunk.
    pub trunk: String,
    /// The route that led there; none of calls that were routed before it was noted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub routed_by: Option<Box<RoutedBy>>,
    /// When it was answered, as far as the flow was told.
    pub answered_at: Instant,
}

/// A route to a trunk, as it was when the call was routed.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoutedBy {
    /// Its id.
    pub route: String,
    /// What a call on it costs the tenant, as a rate's document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub buying_rate: Option<Value>,
}

impl Flow {
    /// Tells charging that a leg was answered which a trunk carries; nothing, where none does.
    pub(super) fn carry(&self, leg: Leg, answered_at: Instant) -> Option<Command> {
        let (session, via) = match (&self.placed, leg) {
            (Some(placed), Leg::FIRST) => (0, placed.via()?),
            (None, Leg::FIRST) => return None,
            _ if let Some(hunt) = &self.hunt => (0, hunt.rung(leg)?.phone.via.as_ref()?),
            _ => (self.parts.len().checked_sub(1)?, self.parts.last()?.via()?),
        };
        let (trunk, routed_by) = (via.trunk.clone(), via.routed_by.clone());
        Some(Flow::charge(session, Charge::Carry(Carried { leg, trunk, routed_by, answered_at })))
    }

    /// The same for both legs of a call that talks, of which charging may not have heard before a restart.
    pub fn carries(&self) -> impl Iterator<Item = Command> + '_ {
        let legs = self.talking().into_iter().flatten();
        legs.filter_map(|leg| self.carry(leg, self.answered_at()?))
    }
}
