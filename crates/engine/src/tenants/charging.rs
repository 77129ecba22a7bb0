use domain::charging;
use domain::invalid::Invalid;
use serde::{Deserialize, Serialize};

/// How calls are charged while they run. All are in seconds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Charging {
    /// How much is granted at once, 1 to 3,600.
    pub slice_seconds: u32,
    /// How long a session may wait for its answer, 5 to 3,600.
    pub pending_seconds: u32,
    /// The longest call, 60 to 86,400.
    pub longest_call_seconds: u32,
    /// How long a call must be able to last to be let through, 0 to 3,600.
    pub minimum_talk_seconds: u32,
    /// How long before its end the payer is warned, the earliest first.
    pub warn_before_seconds: [u32; 2],
    /// How often a switch gives a sign of life for each of its calls, 5 to 3,600. One that misses two is given up: its calls are
    /// settled at their last sign.
    pub heartbeat_seconds: u32,
}

impl Default for Charging {
    fn default() -> Self {
        Charging {
            slice_seconds: 60,
            pending_seconds: 120,
            longest_call_seconds: 4 * 3600,
            minimum_talk_seconds: 0,
            warn_before_seconds: [60, 30],
            heartbeat_seconds: 60,
        }
    }
}

impl Charging {
    pub(super) fn check(&self) -> Result<(), Invalid> {
        for (name, seconds, range) in [
            ("slice_seconds", self.slice_seconds, 1..=3600),
            ("pending_seconds", self.pending_seconds, 5..=3600),
            ("longest_call_seconds", self.longest_call_seconds, 60..=86_400),
            ("minimum_talk_seconds", self.minimum_talk_seconds, 0..=3600),
            ("heartbeat_seconds", self.heartbeat_seconds, 5..=3600),
        ] {
            if !range.contains(&seconds) {
                let detail = format!("must be {} to {}, not {seconds}", range.start(), range.end());
                return Err(Invalid::at(format!("/charging/{name}"), detail));
            }
        }
        Ok(())
    }

    /// As the rules of charging take them.
    pub(crate) fn rules(&self) -> charging::Settings {
        charging::Settings {
            slice_seconds: self.slice_seconds.into(),
            pending_seconds: self.pending_seconds.into(),
            longest_call_seconds: self.longest_call_seconds.into(),
            minimum_talk_seconds: self.minimum_talk_seconds.into(),
            warn_before_seconds: self.warn_before_seconds.map(i64::from),
        }
    }

    /// How long a session lives without a sign of life, in milliseconds.
    pub(crate) fn lease_millis(&self) -> i64 {
        i64::from(self.heartbeat_seconds) * 2000
    }
}
