use serde::Deserialize;
use url::Url;

use super::{Client, RestError};
use crate::twiml::MessageText;
use crate::webhook::MessageStatus;

/// A message that is to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMessage {
    /// To whom.
    pub to: String,
    /// The number shown: one of the account.
    pub from: String,
    /// What it says.
    pub text: MessageText,
    /// Who is told what becomes of it.
    pub told: Option<Url>,
}

/// A message at Twilio.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentMessage {
    /// Its id.
    pub sid: String,
    /// What has become of it.
    pub status: MessageStatus,
}

#[derive(Deserialize)]
struct Sent {
    sid: String,
    #[serde(default)]
    status: String,
}

impl Client {
    /// Sends a message.
    ///
    /// # Errors
    /// Twilio does not, or does not answer: then it may have been sent.
    pub async fn send_message(&self, message: &NewMessage) -> Result<SentMessage, RestError> {
        let mut fields = vec![("To", message.to.as_str()), ("From", &message.from), ("Body", message.text.as_str())];
        fields.extend(message.told.as_ref().map(|url| ("StatusCallback", url.as_str())));
        let Sent { sid, status } = self.write(&["Messages.json"], &fields.into_iter().collect()).await?;
        Ok(SentMessage { sid, status: MessageStatus::of(&status) })
    }
}
