//! Which switch reaches both phones of a call that we place.

use std::sync::Arc;

use domain::call_flow::{Party, Via};
use domain::dial_plan::Number;

use super::exchange::Exchange;
use super::port::{CallRef, Capability, Switch};
use super::route::ways_to;
use crate::lines::phones::{self, LookupError};
use crate::trunk_routes::TrunkRouteError;
use crate::{Scope, sip_accounts};

/// A phone, and what leads to it.
#[derive(Debug, Clone)]
pub(super) struct Reached {
    pub(super) party: Party,
    kind: Kind,
}

#[derive(Debug, Clone)]
enum Kind {
    /// A line's, which registers by SIP; at which part of its switch, where that is one of several.
    Sip { home: Option<String> },
    /// A line's, which is one of ours.
    Ours,
    /// One outside, by these trunks or by a switch that reaches the world.
    Outside { ways: Vec<Via> },
}

/// What carries a call that is placed: a part of a switch, and which of the phones at each end it rings.
pub(super) struct Carrier {
    pub(super) switch: Arc<dyn Switch>,
    pub(super) home: String,
    pub(super) caller: Reached,
    pub(super) called: Reached,
}

/// Why it is not known what leads to a phone.
#[derive(Debug, thiserror::Error)]
pub(super) enum ReachError {
    /// A line could not be read.
    #[error(transparent)]
    Line(#[from] LookupError),
    /// The routes to trunks could not be read.
    #[error(transparent)]
    Route(#[from] TrunkRouteError),
    /// The database does not answer.
    #[error(transparent)]
    Storage(#[from] storage::Error),
}

/// What leads to the phone with a number, the best first: that of a line by SIP, or one of ours, and a number of the world from outside, too.
pub(super) async fn reach(scope: &mut impl Scope, number: &Number) -> Result<Vec<Reached>, ReachError> {
    let text = number.to_string();
    let mut reached = Vec::new();
    if let Some(line) = phones::of_number(scope, number).await? {
        let party = Party { line: Some(line.line), number: text.clone() };
        if let Some(account) = sip_accounts::of_line(scope, party.line.as_deref().unwrap_or_default()).await? {
            reached.push(Reached { party: party.clone(), kind: Kind::Sip { home: account.asterisk } });
        }
        reached.push(Reached { party, kind: Kind::Ours });
    }
    if matches!(number, Number::E164(_)) {
        let ways = ways_to(scope, number).await?;
        reached.push(Reached { party: Party { line: None, number: text }, kind: Kind::Outside { ways } });
    }
    Ok(reached)
}

impl Exchange {
    /// The first switch, and part of it, that reaches one of these phones and one of those, which are in the order of trying.
    pub(super) fn reaching(&self, callers: &[Reached], called: &[Reached]) -> Option<Carrier> {
        let parts: Vec<(Arc<dyn Switch>, String)> = self
            .switches()
            .into_iter()
            .flat_map(|switch| switch.places().into_iter().map(move |home| (switch.clone(), home)))
            .collect();
        let pairs = callers.iter().flat_map(|caller| called.iter().map(move |called| (caller, called)));
        pairs.into_iter().find_map(|(caller, called)| {
            let both = |(switch, home): &&(Arc<dyn Switch>, String)| {
                caller.is_at(&**switch, home) && called.is_at(&**switch, home)
            };
            let (switch, home) = parts.iter().find(both)?.clone();
            Some(Carrier { switch, home, caller: caller.clone(), called: called.clone() })
        })
    }
}

impl Carrier {
    /// The call of this name that it carries.
    pub(super) fn call(&self, tenant: i64, name: &str) -> CallRef {
        CallRef { tenant, origin: format!("{}/{}:{name}", self.switch.name(), self.home) }
    }
}

impl Reached {
    /// Whether it is a phone of ours.
    pub(super) fn is_ours(&self) -> bool {
        matches!(self.kind, Kind::Ours)
    }

    /// Whether this part of a switch reaches it.
    fn is_at(&self, switch: &dyn Switch, home: &str) -> bool {
        let can = |capability| switch.capabilities().contains(&capability);
        match &self.kind {
            Kind::Ours => can(Capability::Text),
            Kind::Sip { home: own } => {
                !can(Capability::World) && !can(Capability::Text) && own.as_deref().is_none_or(|own| own == home)
            }
            // Phones of ours have no trunks.
            Kind::Outside { .. } => {
                can(Capability::World) || !can(Capability::Text) && !self.ways_from(home).is_empty()
            }
        }
    }

    /// The ways from this part of a switch to one outside; none to a line's.
    pub(super) fn ways_from(&self, home: &str) -> Vec<Via> {
        let Kind::Outside { ways } = &self.kind else { return Vec::new() };
        ways.iter().filter(|via| via.switch.as_deref().is_none_or(|own| own == home)).cloned().collect()
    }
}
