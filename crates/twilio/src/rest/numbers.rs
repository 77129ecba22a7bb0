//! How the account and its numbers are set: what has to be right before a call comes in.

use serde::Deserialize;
use serde_json::Value;
use url::Url;

use super::{Client, RestError};

/// The account.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Account {
    /// Its id.
    pub sid: String,
    /// What its owner calls it.
    #[serde(default, rename = "friendly_name")]
    pub name: String,
    /// Whether it is in use: `active`, `suspended` or `closed`.
    #[serde(default)]
    pub status: String,
}

/// A number of the account. An address that is not set is empty.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct OwnNumber {
    /// Its id.
    pub sid: String,
    /// It.
    #[serde(rename = "phone_number")]
    pub number: String,
    /// Where it is asked what becomes of a call.
    #[serde(default)]
    pub voice_url: String,
    /// Where it is asked if nothing comes from there.
    #[serde(default)]
    pub voice_fallback_url: String,
    /// Who is told that a call is over.
    #[serde(default)]
    pub status_callback: String,
    /// Where it is asked what becomes of a message.
    #[serde(default)]
    pub sms_url: String,
}

/// Other settings of a number. What is none stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NumberChange {
    /// Where it is asked what becomes of a call.
    pub voice_url: Option<Url>,
    /// Where it is asked if nothing comes from there.
    pub voice_fallback_url: Option<Url>,
    /// Who is told that a call is over.
    pub status_callback: Option<Url>,
    /// Where it is asked what becomes of a message.
    pub sms_url: Option<Url>,
}

#[derive(Deserialize)]
struct Listed {
    incoming_phone_numbers: Vec<OwnNumber>,
}

impl Client {
    /// The account: whether it is there, and the token right.
    ///
    /// # Errors
    /// Twilio does not say so.
    pub async fn account(&self) -> Result<Account, RestError> {
        self.read(&[], &[]).await
    }

    /// How a number is set; none that the account does not have.
    ///
    /// # Errors
    /// Twilio does not say so.
    pub async fn number(&self, number: &str) -> Result<Option<OwnNumber>, RestError> {
        let Listed { incoming_phone_numbers } =
            self.read(&["IncomingPhoneNumbers.json"], &[("PhoneNumber", number)]).await?;
        Ok(incoming_phone_numbers.into_iter().find(|listed| listed.number == number))
    }

    /// Sets a number.
    ///
    /// # Errors
    /// Twilio does not.
    pub async fn change_number(&self, sid: &str, change: &NumberChange) -> Result<(), RestError> {
        let urls = [
            ("VoiceUrl", &change.voice_url),
            ("VoiceFallbackUrl", &change.voice_fallback_url),
            ("StatusCallback", &change.status_callback),
            ("SmsUrl", &change.sms_url),
        ];
        let form = urls.into_iter().filter_map(|(name, url)| Some((name, url.as_ref()?.to_string()))).collect();
        self.write::<Value>(&["IncomingPhoneNumbers", &format!("{sid}.json")], &form).await.map(drop)
    }
}
