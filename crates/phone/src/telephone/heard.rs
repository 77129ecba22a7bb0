//! What is heard in the handset, as words.

/// What the handset lets hear.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heard {
    /// Nothing: the handset is down, or digits are being dialled, or the line is dead.
    Silence,
    /// The bell of this phone.
    Bell,
    /// The exchange waits for a number.
    DialTone,
    /// The exchange puts the call through.
    Connecting,
    /// The other phone rings.
    Ringing,
    /// The other party, or the exchange's voice.
    Connection,
    /// The other party is busy.
    Busy,
    /// The call cannot be, or is over.
    FastBusy,
    /// There is no such number.
    Unobtainable,
}

impl Heard {
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Heard::Silence => "nothing",
            Heard::Bell => "the bell: a call",
            Heard::DialTone => "dial tone",
            Heard::Connecting => "connecting",
            Heard::Ringing => "ringing",
            Heard::Connection => "connection",
            Heard::Busy => "busy",
            Heard::FastBusy => "fast busy",
            Heard::Unobtainable => "number unobtainable",
        }
    }
}

/// What is heard for the reason of a call that is not possible, and what it means.
pub(super) fn for_reason(reason: &str) -> (Heard, &'static str) {
    match reason {
        "busy" => (Heard::Busy, "the other line is busy"),
        "dialed_self" => (Heard::Busy, "that is this phone's own number"),
        "timeout" => (Heard::FastBusy, "nobody answered"),
        "no_recipient" => (
            Heard::Unobtainable,
            "no phone can be reached under this number (these phones reach lines of this exchange alone)",
        ),
        "not_active" => (Heard::FastBusy, "a line is suspended or closed"),
        "already_in_call" => (Heard::FastBusy, "this line is in a call already"),
        "callee_disconnected" => (Heard::FastBusy, "the other phone has lost its connection"),
        "insufficient_balance" => (Heard::FastBusy, "the balance does not allow it; top it up"),
        "blocked" => (Heard::FastBusy, "this call is blocked"),
        "no_rate" => (Heard::FastBusy, "this number has no price, so it is not put through"),
        "all_lines_busy" => (Heard::FastBusy, "all lines are busy; try again later"),
        "error" => (Heard::FastBusy, "the exchange has failed; try again"),
        _ => (Heard::FastBusy, "the exchange refuses it"),
    }
}
