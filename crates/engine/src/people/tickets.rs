//! Tickets: what one-time links open.

use std::time::Duration;

use storage::tickets::TicketRecord;

use crate::secrets::{MachineError, Secret};
use crate::{Engine, Scope, Work};

use super::program;

/// What every ticket's secret begins with.
const MARK: &str = "tgt_";
const HOUR: u64 = 3600;

/// What a ticket is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    SetUp,
    Invitation,
    Reset,
    Swap,
}

impl Kind {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Kind::SetUp => "setup",
            Kind::Invitation => "invitation",
            Kind::Reset => "reset",
            Kind::Swap => "swap",
        }
    }

    /// How long it opens something; that of a swap, until a while after the shift has begun, if that is earlier.
    pub(super) const fn lasts(self) -> Duration {
        match self {
            Kind::SetUp => Duration::from_secs(24 * HOUR),
            Kind::Invitation => Duration::from_secs(7 * 24 * HOUR),
            Kind::Swap => Duration::from_secs(366 * 24 * HOUR),
            Kind::Reset => Duration::from_secs(HOUR),
        }
    }
}

/// The secret of a new ticket.
pub(super) fn new_secret() -> Result<Secret, MachineError> {
    Secret::random(MARK)
}

/// A new ticket, which opens nothing before it has a secret.
pub(crate) fn new(work: &Work, kind: Kind) -> TicketRecord {
    TicketRecord {
        id: work.id("tkt"),
        secret_hash: None,
        kind: kind.name().to_owned(),
        tenant: None,
        member: None,
        address: None,
        document: "{}".to_owned(),
        created_at: work.now().millis(),
        expires_at: expiry(work, kind),
        ended_at: None,
    }
}

/// Until when a ticket opens something that is made now.
pub(super) fn expiry(work: &Work, kind: Kind) -> i64 {
    work.now().millis().saturating_add(i64::try_from(kind.lasts().as_millis()).unwrap_or(i64::MAX))
}

/// The ticket of this secret, if it opens something still.
pub(crate) async fn look(engine: &Engine, kind: Kind, secret: &Secret) -> Result<Option<TicketRecord>, storage::Error> {
    let mut view = engine.view(&program()).await?;
    let now = view.now().millis();
    storage::tickets::open(view.tx(), kind.name(), &secret.hash(), now).await
}

/// Uses the ticket of this secret up: one of any number who try at once gets it.
pub(super) async fn take(work: &mut Work, kind: Kind, secret: &Secret) -> Result<Option<TicketRecord>, storage::Error> {
    let now = work.now().millis();
    storage::tickets::take(&mut work.tx, kind.name(), &secret.hash(), now).await
}
