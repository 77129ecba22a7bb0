use domain::call_flow::{Action, Cause, Leg};
use domain::money::{Amount, Currency};
use futures::future::BoxFuture;

/// Where a WAVE file says how many bytes a second has.
const WAVE_BYTES_A_SECOND: usize = 28;
/// The header of one that says no more than it has to.
const WAVE_HEADER: usize = 44;

/// A call that a switch carries.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CallRef {
    /// The tenant.
    pub tenant: i64,
    /// What the call is to its switch, with the switch's name before it: `softswitch/...`. It is the origin of the call's record.
    pub origin: String,
}

/// What really carries calls. It turns actions into what its provider understands, and what its provider says into events, which it
/// gives to [`super::Exchange::event`]; nothing more.
pub trait Switch: Send + Sync + 'static {
    /// Its name: what the origins of its calls begin with, and who owns their sessions.
    fn name(&self) -> &'static str;

    /// What it can do. What it cannot do it leaves out when it is asked for.
    fn capabilities(&self) -> &'static [Capability];

    /// Where it can place calls, which is to ring both phones: a name for each part of it that has its own phones and trunks. Nowhere, where it only
    /// carries calls that come in, or is away.
    fn places(&self) -> Vec<String> {
        Vec::new()
    }

    /// Does something with a call's legs, in order. What comes of it comes as events: also what cannot be done, as the end of a leg.
    /// An action for a leg that is over changes nothing. The call's task waits for it: it must not wait for [`super::Exchange::event`], but use
    /// [`super::Exchange::post`].
    fn perform<'a>(&'a self, call: &'a CallRef, actions: &'a [Action]) -> BoxFuture<'a, ()>;

    /// What it has recorded under this name. It need not be kept once [`Switch::is_kept`] was told.
    fn recording<'a>(&'a self, _call: &'a CallRef, _reference: &'a str) -> BoxFuture<'a, Result<Audio, NotHandedOver>> {
        Box::pin(async { Err(NotHandedOver::Gone) })
    }

    /// What it has recorded under this name is kept elsewhere.
    fn is_kept<'a>(&'a self, _call: &'a CallRef, _reference: &'a str) -> BoxFuture<'a, ()> {
        Box::pin(async {})
    }

    /// Tells a leg what its call costs. It must not wait.
    fn tell(&self, call: &CallRef, leg: Leg, notice: &Notice);
}

/// Something that was recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Audio {
    /// The media type: `audio/wav`; `text/plain` for a message that was typed.
    pub media_type: String,
    /// The bytes.
    pub bytes: Vec<u8>,
}

impl Audio {
    /// How long it is, by the header of a WAVE file (RIFF, Multimedia Programming Interface 1.0), in whole seconds; 0 of anything else.
    pub(super) fn seconds(&self) -> u32 {
        let word = |at: usize| {
            let bytes = self.bytes.get(at..at + 4)?;
            bytes.try_into().ok().map(u32::from_le_bytes)
        };
        let of_wave = self.bytes.starts_with(b"RIFF").then(|| word(WAVE_BYTES_A_SECOND)?.try_into().ok()).flatten();
        let spoken = self.bytes.len().saturating_sub(WAVE_HEADER);
        of_wave.and_then(|a_second: usize| spoken.checked_div(a_second)?.try_into().ok()).unwrap_or(0)
    }
}

/// Why a recording is not handed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotHandedOver {
    /// It is not there (any more).
    #[error("its switch does not have it (any more)")]
    Gone,
    /// The switch does not answer, or not as one that could.
    #[error("its switch does not hand it over now")]
    Silent,
}

/// Something that a switch can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Capability {
    /// It carries voices.
    Audio,
    /// It takes messages.
    Recording,
    /// It hands keys over.
    Digits,
    /// It lets two legs talk.
    Bridging,
    /// It lets more than two legs talk.
    Conference,
    /// It plays or shows something to a leg while it talks.
    Announce,
    /// It ends a leg at an instant by itself.
    CutOffAt,
    /// It hands written words over, and shows what a call costs.
    Text,
    /// Its phones say by themselves, within a moment, that they ring.
    RingsAtOnce,
    /// Legs that talk hear each other's keys: it tells of them, and hands none over.
    KeysPass,
    /// It tells instants in whole seconds.
    WholeSeconds,
    /// It reaches every number of the world by itself, and no phone that registers here.
    World,
    /// It tells later what it has understood of a message.
    Transcripts,
}

/// What a leg is told of its call's cost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// How the call stands.
    Meter(Meter),
    /// What it came to.
    Charged {
        /// Why it ended.
        cause: Cause,
        /// The seconds from answer to end, begun ones counted whole.
        seconds: i64,
        /// What it cost.
        cost: Amount,
        /// Of what.
        currency: Currency,
    },
}

/// How a running call stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Meter {
    /// The seconds since it was answered.
    pub seconds: i64,
    /// What it would cost if it ended now.
    pub cost: Amount,
    /// Of what.
    pub currency: Currency,
    /// How long it may still last; any time, where none is given.
    pub remaining_seconds: Option<i64>,
}
