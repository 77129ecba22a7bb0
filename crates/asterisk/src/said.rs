//! What an Asterisk says: its events, as far as calls need them.

use serde::Deserialize;

/// An event. What is not known here is left out.
#[derive(Debug, Deserialize)]
#[serde(tag = "type")]
pub(crate) enum Said {
    /// A channel has come to the application: a call, or a leg that is ready to be dialled.
    StasisStart {
        /// What the dialplan, or we, have said of it.
        args: Vec<String>,
        channel: Channel,
    },
    /// A channel has left the application.
    StasisEnd { channel: Channel },
    /// A channel rings, or was answered.
    ChannelStateChange { channel: Channel },
    /// A channel that is dialled is a step further.
    Dial {
        /// Which.
        peer: Channel,
        /// What it says: `PROGRESS`, where it is to be heard before it is answered.
        dialstatus: String,
    },
    /// A channel is gone.
    ChannelDestroyed {
        /// Why, by ITU-T Q.850; 0 and 127 say nothing.
        cause: u16,
        channel: Channel,
    },
    /// A key was pressed.
    ChannelDtmfReceived { digit: String, channel: Channel },
    /// Something was played to its end, or stopped.
    PlaybackFinished { playback: Playback },
    /// A message was taken.
    RecordingFinished { recording: Recording },
    /// A message was not taken.
    RecordingFailed { recording: Recording },
    /// Another program has become the application.
    ApplicationReplaced,
    /// Anything else.
    #[serde(other)]
    Other,
}

/// A channel, as it is shown in events and lists.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Channel {
    pub(crate) id: String,
    /// `PJSIP/carrier-0000001f`.
    pub(crate) name: String,
    /// `Down`, `Ring`, `Ringing`, `Up`.
    pub(crate) state: String,
    /// Who calls, as it says of itself.
    #[serde(default)]
    pub(crate) caller: Caller,
    pub(crate) dialplan: Place,
}

/// Who is at a channel, as it says of itself.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct Caller {
    /// Its number; none, where it hides it.
    #[serde(default)]
    pub(crate) number: String,
}

/// Where a channel is in the dialplan.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Place {
    /// `Stasis`, where it is in an application.
    #[serde(default)]
    app_name: String,
    /// The application, and what was said to it.
    #[serde(default)]
    app_data: String,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Playback {
    pub(crate) id: String,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Recording {
    pub(crate) name: String,
    /// How long it is, in seconds.
    #[serde(default)]
    pub(crate) duration: Option<u32>,
}

impl Channel {
    /// Whether it is in this application.
    pub(crate) fn is_in(&self, application: &str) -> bool {
        self.dialplan.app_name == "Stasis" && self.dialplan.app_data.split(',').next() == Some(application)
    }

    /// The endpoint that it was authenticated as: what stands between the technology and the count.
    pub(crate) fn endpoint(&self) -> Option<&str> {
        let (technology, rest) = self.name.split_once('/')?;
        (technology == "PJSIP").then_some(())?;
        rest.rsplit_once('-').map(|(endpoint, _)| endpoint)
    }
}
