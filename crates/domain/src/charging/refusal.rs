use crate::money::{Amount, Overflow};
use crate::time::Instant;

/// Why no session is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AuthorizeRefused {
    /// What there is does not cover the start of the call, or not the shortest talk that the tenant lets through.
    #[error("{available} is available, {required} is needed")]
    InsufficientBalance {
        /// What the payer could hold.
        available: Amount,
        /// What must be there.
        required: Amount,
    },
    /// A limit beside the money keeps the session from holding what the start of the call, or that shortest talk, needs.
    #[error("no more than {ceiling} may be held, {required} is needed")]
    AboveCeiling {
        /// The most that the session may hold.
        ceiling: Amount,
        /// What must be held.
        required: Amount,
    },
    /// An amount is beyond its range.
    #[error(transparent)]
    Overflow(#[from] Overflow),
}

/// Why an answer is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AnswerRefused {
    /// Another answer was told first.
    #[error("the call was answered at {answered_at}")]
    AlreadyAnswered {
        /// The answer that counts.
        answered_at: Instant,
    },
    /// The session is over.
    #[error("the session ended at {ended_at}")]
    Ended {
        /// When.
        ended_at: Instant,
    },
    /// The session waits no longer.
    #[error("the session lapsed at {lapsed_at}")]
    Lapsed {
        /// When it did.
        lapsed_at: Instant,
    },
    /// The call was not authorized yet when it is said to have been answered.
    #[error("the session was opened at {opened_at}, after this answer")]
    BeforeOpening {
        /// When it was opened.
        opened_at: Instant,
    },
    /// The answer is still to come.
    #[error("the answer is in the future: it is {now}")]
    InFuture {
        /// The present instant.
        now: Instant,
    },
    /// An amount is beyond its range.
    #[error(transparent)]
    Overflow(#[from] Overflow),
}

/// Why a session is not extended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ExtendRefused {
    /// Its call is not answered yet: the seconds granted have not begun.
    #[error("the call is not answered yet")]
    NotAnswered,
    /// The session is over.
    #[error("the session ended at {ended_at}")]
    Ended {
        /// When.
        ended_at: Instant,
    },
    /// An amount is beyond its range.
    #[error(transparent)]
    Overflow(#[from] Overflow),
}

/// Why the end of a call is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SettleRefused {
    /// The session was settled or released before; the first truth stays.
    #[error("the session ended at {ended_at}, for {charged}")]
    AlreadyEnded {
        /// When.
        ended_at: Instant,
        /// What was charged.
        charged: Amount,
    },
    /// The call is said to have ended before it was answered, or before its session was opened.
    #[error("the end is before {began_at}, when the call began")]
    EndsBeforeItBegan {
        /// The answer; of a call that was not answered, the opening of its session.
        began_at: Instant,
    },
    /// The end is still to come.
    #[error("the end is in the future: it is {now}")]
    InFuture {
        /// The present instant.
        now: Instant,
    },
    /// Another answer was told first.
    #[error("the call was answered at {answered_at}")]
    AlreadyAnswered {
        /// The answer that counts.
        answered_at: Instant,
    },
    /// The call was not authorized yet when it is said to have been answered.
    #[error("the session was opened at {opened_at}, after this answer")]
    BeforeOpening {
        /// When it was opened.
        opened_at: Instant,
    },
    /// An amount is beyond its range.
    #[error(transparent)]
    Overflow(#[from] Overflow),
}

/// Why a session is not ended without a charge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CloseRefused {
    /// It may still be answered.
    #[error("the session may still be answered")]
    NotDue {
        /// Until when; without an end for an emergency or service number.
        lapses_at: Option<Instant>,
    },
    /// Its call was answered: it is settled.
    #[error("the call was answered at {answered_at}: settle it")]
    Answered {
        /// When.
        answered_at: Instant,
    },
    /// It is over.
    #[error("the session ended at {ended_at}")]
    Ended {
        /// When.
        ended_at: Instant,
    },
    /// An amount is beyond its range.
    #[error(transparent)]
    Overflow(#[from] Overflow),
}
