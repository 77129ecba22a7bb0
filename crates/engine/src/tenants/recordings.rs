use domain::call_flow::Recorded;
use domain::invalid::Invalid;
use serde::{Deserialize, Serialize};

/// The longest that a recording is kept, in days.
const MOST_DAYS: u16 = 3650;

/// Which calls are recorded, and how long recordings are kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Recordings {
    /// How many days a message that was left for a line is kept, 1 to 3,650.
    pub voicemail_days: u16,
    /// How many days a recorded call is kept, 1 to 3,650.
    pub recording_days: u16,
    /// Which calls are recorded.
    pub record_calls: RecordCalls,
    /// Whether those who talk hear that their call is recorded, before it is.
    pub announce_recording: bool,
}

/// Which calls are recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecordCalls {
    /// None.
    #[default]
    None,
    /// Those to agents.
    Agents,
    /// All.
    All,
}

impl Default for Recordings {
    fn default() -> Self {
        Recordings { voicemail_days: 30, recording_days: 30, record_calls: RecordCalls::None, announce_recording: true }
    }
}

impl Recordings {
    /// Whether a call is recorded: one to an agent, or another.
    pub(crate) fn of(&self, is_to_agent: bool) -> Recorded {
        match (self.record_calls, self.announce_recording) {
            (RecordCalls::None, _) => Recorded::No,
            (RecordCalls::Agents, _) if !is_to_agent => Recorded::No,
            (_, true) => Recorded::Announced,
            (_, false) => Recorded::Silently,
        }
    }

    pub(super) fn check(&self) -> Result<(), Invalid> {
        for (name, days) in [("voicemail_days", self.voicemail_days), ("recording_days", self.recording_days)] {
            if !(1..=MOST_DAYS).contains(&days) {
                let detail = format!("must be 1 to {MOST_DAYS}, not {days}");
                return Err(Invalid::at(format!("/recordings/{name}"), detail));
            }
        }
        Ok(())
    }
}
