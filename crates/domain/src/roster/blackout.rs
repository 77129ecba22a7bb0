use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Dates, both included, on which an agent takes no shift: what begins on one of them is not its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Dates")]
pub struct Blackout {
    from: Date,
    to: Date,
}

/// A blackout that is over before it begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{to} is before {from}: a blackout is from a date to the same or a later one")]
pub struct NotABlackout {
    from: Date,
    to: Date,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Dates {
    from: Date,
    to: Date,
}

impl Blackout {
    /// A blackout between two dates, both included.
    ///
    /// # Errors
    /// The last date is before the first.
    pub fn new(from: Date, to: Date) -> Result<Blackout, NotABlackout> {
        if to < from { Err(NotABlackout { from, to }) } else { Ok(Blackout { from, to }) }
    }

    /// Whether it has a date.
    #[must_use]
    pub fn has(self, date: Date) -> bool {
        self.from <= date && date <= self.to
    }
}

impl TryFrom<Dates> for Blackout {
    type Error = NotABlackout;

    fn try_from(Dates { from, to }: Dates) -> Result<Blackout, NotABlackout> {
        Blackout::new(from, to)
    }
}
