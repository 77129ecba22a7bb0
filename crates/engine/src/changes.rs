//! Live hints: what has changed, told after the commit to whoever listens. A hint carries no contents: readers fetch again.

use tokio::sync::broadcast;

use crate::Reach;

/// How many hints a listener may be behind before it has to look at everything again.
const MOST_WAITING: usize = 4096;

/// A hint that a record has changed.
#[derive(Debug, Clone, PartialEq, Eq)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
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

/// Who listens.
#[derive(Debug)]
pub(crate) struct Changes(broadcast::Sender<Change>);

impl Default for Changes {
    fn default() -> Self {
        Changes(broadcast::channel(MOST_WAITING).0)
    }
}

impl Changes {
    pub(crate) fn listen(&self) -> broadcast::Receiver<Change> {
        self.0.subscribe()
    }

    /// Tells those who listen; nobody may.
    pub(crate) fn tell(&self, change: Change) {
        // A call of an agent that begins or ends may make it busy, or free.
        if let (ChangeKind::Call, Some(agent)) = (change.kind, &change.agent) {
            let (tenant, id) = (change.tenant, agent.clone());
            let _ = self.0.send(Change {
                tenant,
                kind: ChangeKind::Agent,
                id: id.clone(),
                customer: None,
                agent: Some(id),
            });
        }
        let _ = self.0.send(change);
    }
}
