use domain::invalid::Invalid;
use domain::time::Instant;
use serde::{Deserialize, Serialize};

/// The free seconds that each new customer gets, for calls to any paid agent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Welcome {
    /// How many, 0 to 1,000,000; 0 for none.
    pub seconds: u32,
    /// After how many days of 24 hours they expire, 1 to 3,650; never, if `null`.
    pub expires_after_days: Option<u16>,
}

impl Welcome {
    pub(super) fn check(self) -> Result<(), Invalid> {
        if self.seconds > 1_000_000 {
            return Err(Invalid::at("/welcome/seconds", format!("must be 0 to 1000000, not {}", self.seconds)));
        }
        match self.expires_after_days {
            Some(days) if !(1..=3650).contains(&days) => {
                Err(Invalid::at("/welcome/expires_after_days", format!("must be 1 to 3650, not {days}")))
            }
            _ => Ok(()),
        }
    }

    /// When those expire that are granted now.
    pub(crate) fn expires_after(self, now: Instant) -> Option<Instant> {
        let days = i64::from(self.expires_after_days?);
        Some(Instant::clamped(now.millis().saturating_add(days * 86_400_000)))
    }
}
