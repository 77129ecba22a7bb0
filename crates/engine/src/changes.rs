//! Live hints: what has changed, told after the commit to whoever listens. A hint carries no contents: readers fetch again.

use serde::{Deserialize, Serialize};
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::{RecvError, TryRecvError};

use crate::Reach;

/// How many hints a listener may be behind before it has to look at everything again.
const MOST_WAITING: usize = 4096;

/// A hint that a record has changed.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Change {
    /// The tenant.
    pub tenant: i64,
    /// What kind of record it is.
    pub kind: ChangeKind,
    /// The record.
    pub id: String,
    /// Whose it is, if a customer's.
    pub customer: Option<String>,
    /// The agent whom it concerns.
    pub agent: Option<String>,
}

/// What kind of record has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// A call.
    Call,
    /// A customer's balance, or what is held of it; the record is the customer.
    Balance,
    /// The same, since money came in.
    Funds,
    /// An agent: whether it takes calls.
    Agent,
    /// A conversation: a message came, or was delivered or read.
    Conversation,
    /// What an agent has earned, or how it is rated; the record is the agent.
    Figures,
    /// A line: it was suspended, restored or closed, or what it has for its phone is another.
    Line,
    /// Whether calls begin; the record is the tenant.
    Maintenance,
    /// A request for a top-up: it was made or answered.
    TopUpRequest,
    /// What the phone of a line registers at an Asterisk with; the record is the line.
    SipAccount,
    /// A recording: it was kept, somebody was done with it, or it was deleted.
    Recording,
}

impl Change {
    /// Whether it is a hint for who has this reach: of calls also for their agents.
    #[must_use]
    pub fn is_for(&self, reach: &Reach) -> bool {
        let of_agent = self.agent.as_deref().is_some_and(|agent| reach.agent(agent));
        reach.is_whole() || of_agent || self.customer.as_deref().is_some_and(|customer| reach.customer(customer))
    }
}

impl ChangeKind {
    /// The kind's name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            ChangeKind::Call => "call",
            ChangeKind::Balance | ChangeKind::Funds => "balance",
            ChangeKind::Agent => "agent",
            ChangeKind::Conversation => "conversation",
            ChangeKind::Figures => "figures",
            ChangeKind::Line => "line",
            ChangeKind::Maintenance => "maintenance",
            ChangeKind::TopUpRequest => "top_up_request",
            ChangeKind::SipAccount => "sip_account",
            ChangeKind::Recording => "recording",
        }
    }
}

/// Hints of what changes, from when it was asked for.
#[derive(Debug)]
pub struct Hints(broadcast::Receiver<Told>);

/// Why there is no hint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unheard {
    /// Some were missed: everything may have changed.
    #[error("hints were missed")]
    Missed,
    /// Nothing has changed yet.
    #[error("nothing has changed")]
    Nothing,
    /// The engine is gone.
    #[error("the engine is gone")]
    Over,
}

/// What is told to who listens.
#[derive(Debug, Clone)]
enum Told {
    Changed(Change),
    Missed,
}

impl Hints {
    /// The next one.
    ///
    /// # Errors
    /// [`Unheard::Missed`], after which there may be more, or [`Unheard::Over`].
    pub async fn recv(&mut self) -> Result<Change, Unheard> {
        match self.0.recv().await {
            Ok(told) => told.heard(),
            Err(RecvError::Lagged(_)) => Err(Unheard::Missed),
            Err(RecvError::Closed) => Err(Unheard::Over),
        }
    }

    /// The next one, if there is one by now.
    ///
    /// # Errors
    /// There is none.
    pub fn try_recv(&mut self) -> Result<Change, Unheard> {
        match self.0.try_recv() {
            Ok(told) => told.heard(),
            Err(TryRecvError::Empty) => Err(Unheard::Nothing),
            Err(TryRecvError::Lagged(_)) => Err(Unheard::Missed),
            Err(TryRecvError::Closed) => Err(Unheard::Over),
        }
    }

    /// Passes over all there are by now.
    pub fn skip(&mut self) {
        self.0 = self.0.resubscribe();
    }
}

impl Told {
    fn heard(self) -> Result<Change, Unheard> {
        match self {
            Told::Changed(change) => Ok(change),
            Told::Missed => Err(Unheard::Missed),
        }
    }
}

/// Who listens.
#[derive(Debug)]
pub(crate) struct Changes {
    all: broadcast::Sender<Told>,
    /// Those that this engine itself has made.
    own: broadcast::Sender<Told>,
}

impl Default for Changes {
    fn default() -> Self {
        Changes { all: broadcast::channel(MOST_WAITING).0, own: broadcast::channel(MOST_WAITING).0 }
    }
}

impl Changes {
    pub(crate) fn listen(&self) -> Hints {
        Hints(self.all.subscribe())
    }

    pub(crate) fn listen_to_own(&self) -> Hints {
        Hints(self.own.subscribe())
    }

    /// Tells those who listen; nobody may.
    pub(crate) fn tell(&self, change: Change) {
        let _ = self.own.send(Told::Changed(change.clone()));
        self.tell_here(change);
    }

    /// Tells those who listen here of what another program has changed.
    pub(crate) fn tell_here(&self, change: Change) {
        // A call of an agent that begins or ends may make it busy, or free.
        if let (ChangeKind::Call, Some(agent)) = (change.kind, &change.agent) {
            let (tenant, id) = (change.tenant, agent.clone());
            let agent = Some(id.clone());
            let _ = self.all.send(Told::Changed(Change { tenant, kind: ChangeKind::Agent, id, customer: None, agent }));
        }
        let _ = self.all.send(Told::Changed(change));
    }

    /// Tells those who listen here that they may have missed what another program has changed.
    pub(crate) fn tell_missed(&self) {
        let _ = self.all.send(Told::Missed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn who_is_too_far_behind_is_told_that_hints_were_missed() {
        let changes = Changes::default();
        let mut hints = changes.listen();
        let change =
            |id: usize| Change { tenant: 1, kind: ChangeKind::Line, id: id.to_string(), customer: None, agent: None };
        (0..=MOST_WAITING).for_each(|id| changes.tell(change(id)));
        assert_eq!(hints.recv().await, Err(Unheard::Missed));
        assert_eq!(hints.recv().await, Ok(change(1)));
        hints.skip();
        changes.tell_missed();
        changes.tell(change(7));
        assert_eq!(hints.try_recv(), Err(Unheard::Missed));
        assert_eq!(hints.try_recv(), Ok(change(7)));
        assert_eq!(hints.try_recv(), Err(Unheard::Nothing));
        drop(changes);
        assert_eq!(hints.recv().await, Err(Unheard::Over));
    }

    #[test]
    fn what_another_program_has_changed_is_not_told_on() {
        let changes = Changes::default();
        let (mut all, mut own) = (changes.listen(), changes.listen_to_own());
        let agent = Some("agt_1".to_owned());
        let change = Change { tenant: 1, kind: ChangeKind::Call, id: "call_1".to_owned(), customer: None, agent };
        changes.tell_here(change.clone());
        assert_eq!(own.try_recv(), Err(Unheard::Nothing));
        let heard: Vec<_> = std::iter::from_fn(|| all.try_recv().ok()).map(|change| change.kind).collect();
        assert_eq!(heard, [ChangeKind::Agent, ChangeKind::Call]);
        changes.tell(change.clone());
        assert_eq!(own.try_recv(), Ok(change));
    }
}
