use std::collections::BTreeSet;

/// What webhooks are told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum HookKind {
    /// A call has ended and is charged, or what it was charged is corrected.
    CallEnded,
    /// A prepaid balance has fallen below the tenant's limit.
    BalanceLow,
    /// A payment came in.
    BalanceToppedUp,
    /// An invoice is issued.
    InvoiceIssued,
    /// A line is suspended.
    LineSuspended,
    /// A line works again.
    LineRestored,
    /// A message was sent to an agent or a customer.
    MessageReceived,
    /// An agent was paid out.
    PayoutMade,
    /// A limit against fraud was reached.
    FraudAlert,
    /// A try, which somebody has asked for.
    Ping,
}

impl HookKind {
    /// Those that a webhook may be told of: all but the [try](Self::Ping).
    pub const ALL: [HookKind; 9] = [
        HookKind::CallEnded,
        HookKind::BalanceLow,
        HookKind::BalanceToppedUp,
        HookKind::InvoiceIssued,
        HookKind::LineSuspended,
        HookKind::LineRestored,
        HookKind::MessageReceived,
        HookKind::PayoutMade,
        HookKind::FraudAlert,
    ];

    /// Its name: the `type` of what is sent.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            HookKind::CallEnded => "call.ended",
            HookKind::BalanceLow => "balance.low",
            HookKind::BalanceToppedUp => "balance.topped_up",
            HookKind::InvoiceIssued => "invoice.issued",
            HookKind::LineSuspended => "line.suspended",
            HookKind::LineRestored => "line.restored",
            HookKind::MessageReceived => "message.received",
            HookKind::PayoutMade => "payout.made",
            HookKind::FraudAlert => "fraud.alert",
            HookKind::Ping => "ping",
        }
    }

    /// The kind of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<HookKind> {
        HookKind::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// A set of kinds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HookKinds(BTreeSet<HookKind>);

impl HookKinds {
    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether this one is among them.
    #[must_use]
    pub fn has(&self, kind: HookKind) -> bool {
        self.0.contains(&kind)
    }

    /// Their names.
    #[must_use]
    pub fn names(&self) -> Vec<&'static str> {
        self.0.iter().map(|kind| kind.name()).collect()
    }

    /// As the database has them.
    pub(crate) fn parse(text: &str) -> Self {
        text.split(' ').filter_map(HookKind::named).collect()
    }

    pub(super) fn text(&self) -> String {
        self.names().join(" ")
    }
}

impl FromIterator<HookKind> for HookKinds {
    fn from_iter<T: IntoIterator<Item = HookKind>>(kinds: T) -> Self {
        HookKinds(kinds.into_iter().collect())
    }
}
