//! What Twilio is asked: its REST interface of 2010-04-01, request by request.
//!
//! Asking twice makes two calls, or two messages: what creates or changes something is asked again only where Twilio says that it has not done it
//! (429). What reads or deletes is asked again where no answer came.

mod calls;
mod conferences;
mod error;
mod messages;
mod numbers;
mod recordings;
mod settings;
mod wire;

use hyper::Method;
use serde::de::DeserializeOwned;

use crate::form::Form;
use wire::Wire;

pub use calls::{CallChange, Instructions, NewCall, PlacedCall};
pub use conferences::{Participant, ParticipantChange};
pub use error::RestError;
pub use messages::{NewMessage, SentMessage};
pub use numbers::{Account, NumberChange, OwnNumber};
pub use settings::{Settings, SettingsError};

/// Twilio's REST interface, for one account.
#[derive(Debug)]
pub struct Client {
    wire: Wire,
    settings: Settings,
}

impl Client {
    /// Nothing is asked yet. Twilio is known by the certificates that this machine trusts.
    ///
    /// # Errors
    /// What of TLS there is not.
    pub fn new(settings: Settings) -> Result<Client, rustls::Error> {
        Ok(Client { wire: Wire::new()?, settings })
    }

    async fn read<T: DeserializeOwned>(&self, path: &[&str], query: &[(&str, &str)]) -> Result<T, RestError> {
        let mut url = self.address(path);
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        let answer = self.ask(Method::GET, &url, None, self.settings.patience).await?;
        serde_json::from_slice(&answer).map_err(|_| RestError::Unreadable)
    }

    async fn write<T: DeserializeOwned>(&self, path: &[&str], form: &Form) -> Result<T, RestError> {
        let answer = self.ask(Method::POST, &self.address(path), Some(form), self.settings.patience).await?;
        serde_json::from_slice(&answer).map_err(|_| RestError::Unreadable)
    }

    /// What is not there any more is deleted.
    async fn delete(&self, path: &[&str]) -> Result<(), RestError> {
        match self.ask(Method::DELETE, &self.address(path), None, self.settings.patience).await {
            Err(error) if error.is_not_there() => Ok(()),
            deleted => deleted.map(drop),
        }
    }
}
