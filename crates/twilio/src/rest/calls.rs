use serde::Deserialize;
use url::Url;

use super::{Client, RestError};
use crate::form::Form;
use crate::twiml::{CallEvent, CallResponse};
use crate::webhook::CallStatus;

/// A call that is to be made.
#[derive(Debug, Clone, PartialEq)]
pub struct NewCall {
    /// The number called.
    pub to: String,
    /// The number shown: one of the account.
    pub from: String,
    /// What whoever picks up hears.
    pub then: Instructions,
    /// For how long it rings at most, in seconds.
    pub ring_seconds: u32,
    /// How long it lasts at most, in seconds; as long as Twilio lets it, where that is none.
    pub most_seconds: Option<u32>,
    /// Who is told what becomes of it, and of what.
    pub told: Option<(Url, Vec<CallEvent>)>,
}

/// What is to happen with a call.
#[derive(Debug, Clone, PartialEq)]
pub enum Instructions {
    /// What is answered there.
    At(Url),
    /// This, which may have 4,000 characters.
    Here(CallResponse),
}

/// Something else that is to become of a call.
#[derive(Debug, Clone, PartialEq)]
pub enum CallChange {
    /// It ends, even if it only rings.
    End,
    /// It ends by itself when it has lasted so long, in seconds.
    EndAfter {
        /// How long.
        seconds: u32,
    },
    /// It goes on with this, whatever it is in.
    GoOn(Instructions),
}

/// A call at Twilio.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlacedCall {
    /// Its id.
    pub sid: String,
    /// How it stands.
    pub status: CallStatus,
}

#[derive(Deserialize)]
pub(super) struct Placed {
    sid: String,
    #[serde(default)]
    status: String,
}

impl From<Placed> for PlacedCall {
    fn from(Placed { sid, status }: Placed) -> PlacedCall {
        PlacedCall { sid, status: CallStatus::of(&status) }
    }
}

impl Client {
    /// Makes a call.
    ///
    /// # Errors
    /// Twilio does not, or does not answer: then there may be a call, which its webhooks tell of.
    pub async fn create_call(&self, call: &NewCall) -> Result<PlacedCall, RestError> {
        let mut fields = vec![("To", call.to.clone()), ("From", call.from.clone()), call.then.field()];
        fields.push(("Timeout", call.ring_seconds.to_string()));
        fields.extend(call.most_seconds.map(|seconds| ("TimeLimit", seconds.to_string())));
        if let Some((url, events)) = &call.told {
            fields.push(("StatusCallback", url.to_string()));
            fields.extend(events.iter().map(|event| ("StatusCallbackEvent", event.name().to_owned())));
        }
        let placed: Placed = self.write(&["Calls.json"], &fields.into_iter().collect()).await?;
        Ok(placed.into())
    }

    /// Changes a call that rings or runs.
    ///
    /// # Errors
    /// Twilio does not: it is over, for example.
    pub async fn change_call(&self, sid: &str, change: &CallChange) -> Result<PlacedCall, RestError> {
        let form: Form = [change.field()].into_iter().collect();
        let placed: Placed = self.write(&["Calls", &format!("{sid}.json")], &form).await?;
        Ok(placed.into())
    }

    /// How a call stands.
    ///
    /// # Errors
    /// Twilio does not say so.
    pub async fn call(&self, sid: &str) -> Result<PlacedCall, RestError> {
        let placed: Placed = self.read(&["Calls", &format!("{sid}.json")], &[]).await?;
        Ok(placed.into())
    }
}

impl Instructions {
    fn field(&self) -> (&'static str, String) {
        match self {
            Instructions::At(url) => ("Url", url.to_string()),
            Instructions::Here(response) => ("Twiml", response.to_xml()),
        }
    }
}

impl CallChange {
    fn field(&self) -> (&'static str, String) {
        match self {
            CallChange::End => ("Status", "completed".to_owned()),
            CallChange::EndAfter { seconds } => ("TimeLimit", seconds.to_string()),
            CallChange::GoOn(instructions) => instructions.field(),
        }
    }
}
