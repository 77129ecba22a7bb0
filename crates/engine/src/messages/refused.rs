use domain::ledger;
use domain::money::{Amount, Currency};

/// Why a message is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The customer has gone.
    #[error("the customer {0} is closed")]
    CustomerClosed(String),
    /// One of them does not want to hear from the other; which one is not told.
    #[error("this customer and this agent do not talk to each other")]
    Blocked,
    /// The agent has no price per message in the customer's currency.
    #[error(
        "the agent {agent} takes no messages from accounts in {currency}: it has no price per message in that currency"
    )]
    NoPrice {
        /// The agent.
        agent: String,
        /// The currency of the customer's account.
        currency: Currency,
    },
    /// All lines of the customer are suspended: it gets nothing that costs.
    #[error("all lines of the customer {0} are suspended: it sends no messages that cost")]
    Suspended(String),
    /// There is too little.
    #[error("{available} is available, {required} is needed")]
    InsufficientBalance {
        /// What the customer could spend.
        available: Amount,
        /// What the message costs.
        required: Amount,
        /// Of what.
        currency: Currency,
    },
}

impl Refused {
    /// The reason's name.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Refused::CustomerClosed(_) => "customer_closed",
            Refused::Blocked => "blocked",
            Refused::NoPrice { .. } => "agent_without_price",
            Refused::Suspended(_) => "suspended",
            Refused::InsufficientBalance { .. } => "insufficient_balance",
        }
    }

    /// How much more has to be there; nothing, where it is not the money.
    pub(super) fn missing(&self) -> Result<Option<Amount>, domain::money::Overflow> {
        match self {
            Refused::InsufficientBalance { available, required, .. } => required.minus(*available).map(Some),
            _ => Ok(None),
        }
    }

    /// Why an account does not give the price of a message.
    pub(super) fn of_account(refused: ledger::Refused, currency: Currency) -> Result<Refused, domain::money::Overflow> {
        match refused {
            ledger::Refused::InsufficientBalance { available, required } => {
                Ok(Refused::InsufficientBalance { available, required, currency })
            }
            // Above zero, and no hold: only an amount beyond its range is left.
            _ => Err(domain::money::Overflow),
        }
    }
}
