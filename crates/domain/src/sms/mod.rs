//! Short messages (SMS) by way of a carrier: how far one is that was sent, and what the words mean that somebody sends back.

mod keyword;
pub mod pool;

pub use keyword::Keyword;

/// How far a short message is that is sent. What a carrier tells may come late, twice and in any order: of two states the [later](SmsState::after)
/// holds, whichever was told first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SmsState {
    /// The carrier has not been asked yet.
    Waiting,
    /// It is being asked.
    Sending,
    /// It was asked, and no answer came: it may have been sent.
    Unknown,
    /// It was not sent: there is a reason of ours.
    Withheld,
    /// The carrier has it.
    Accepted,
    /// It is on its way to the addressee's phone.
    Sent,
    /// The carrier does not send it.
    Failed,
    /// It did not reach its addressee.
    Undelivered,
    /// The addressee's phone has it.
    Delivered,
}

impl SmsState {
    const ALL: [(SmsState, &'static str); 9] = [
        (SmsState::Waiting, "waiting"),
        (SmsState::Sending, "sending"),
        (SmsState::Unknown, "unknown"),
        (SmsState::Withheld, "withheld"),
        (SmsState::Accepted, "accepted"),
        (SmsState::Sent, "sent"),
        (SmsState::Failed, "failed"),
        (SmsState::Undelivered, "undelivered"),
        (SmsState::Delivered, "delivered"),
    ];

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(state, _)| *state == self).map_or("", |(_, name)| name)
    }

    /// The state of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<SmsState> {
        Self::ALL.iter().find(|(_, known)| *known == name).map(|(state, _)| *state)
    }

    /// Its state after a carrier has told of this one.
    #[must_use]
    pub fn after(self, told: SmsState) -> SmsState {
        self.max(told)
    }

    /// Whether a carrier has it, as far as is known to take it to its addressee.
    #[must_use]
    pub fn is_taken(self) -> bool {
        matches!(self, SmsState::Accepted | SmsState::Sent | SmsState::Delivered)
    }

    /// Whether its addressee has not got it, and will not by itself.
    #[must_use]
    pub fn has_come_to_nothing(self) -> bool {
        matches!(self, SmsState::Withheld | SmsState::Failed | SmsState::Undelivered)
    }

    /// Whether it may be handed to a carrier: nobody has it, and nobody is just being asked. One that may have been sent is handed over again only
    /// where a person wants that.
    #[must_use]
    pub fn is_to_be_sent(self) -> bool {
        matches!(self, SmsState::Waiting | SmsState::Unknown | SmsState::Withheld | SmsState::Failed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_is_told_in_any_order_the_same_holds() {
        use SmsState::*;
        for (told, holds) in [
            (&[Accepted, Sent, Delivered][..], Delivered),
            (&[Delivered, Sent, Accepted], Delivered),
            (&[Sent, Undelivered, Sent], Undelivered),
            (&[Undelivered, Delivered], Delivered),
            (&[Failed, Accepted], Failed),
            (&[], Sending),
            // An answer that was lost is made up for.
            (&[Unknown, Sent], Sent),
        ] {
            for told in [told.to_vec(), told.iter().rev().copied().collect()] {
                let state = told.iter().fold(Sending, |state, told| state.after(*told));
                assert_eq!(state, holds, "{told:?}");
                let twice = told.iter().chain(&told).fold(Sending, |state, told| state.after(*told));
                assert_eq!(twice, holds, "{told:?}");
            }
        }
        for (state, name) in SmsState::ALL {
            assert_eq!(SmsState::named(name), Some(state));
        }
    }
}
