//! Sends mails by SMTP: the engine's [`Mailer`] on a mail server that an operator names.

mod connections;
mod message;
mod settings;

use std::time::Duration;

use engine::mailer::{Mail, MailFailure, Mailbox, Mailer};
use futures::future::BoxFuture;

use connections::Connections;
pub use connections::MOST as CONNECTIONS;
pub use settings::SettingsError;

/// How long the server may take for one mail, from the connection to its last word.
const PATIENCE: Duration = Duration::from_secs(25);

/// A mail server.
#[derive(Debug)]
pub struct SmtpMailer {
    sender: Mailbox,
    connections: Connections,
}

impl SmtpMailer {
    /// The server at `smtp://[USER:PASSWORD@]HOST[:PORT]` (encrypted by STARTTLS, port 587; on this machine's own loopback
    /// address plain, port 25) or `smtps://...` (encrypted from the beginning, port 465), for mails from `sender`: an address, or
    /// `Name <address>`. Nothing is sent yet.
    ///
    /// # Errors
    /// One of the two is none, or the machine's certificates cannot be read.
    pub fn new(url: &str, sender: &str) -> Result<Self, SettingsError> {
        let connections = Connections::to(settings::server(url)?, PATIENCE);
        Ok(SmtpMailer { sender: settings::sender(sender)?, connections })
    }

    /// How long the server may take for one mail: 25 seconds, where nothing is said.
    #[must_use]
    pub fn patience(mut self, patience: Duration) -> Self {
        self.connections.patience = patience;
        self
    }
}

impl Mailer for SmtpMailer {
    fn sender(&self) -> &Mailbox {
        &self.sender
    }

    fn send<'a>(&'a self, mail: &'a Mail) -> BoxFuture<'a, Result<(), MailFailure>> {
        Box::pin(async move {
            let message = message::of(mail).map_err(|fault| MailFailure::Never(fault.to_string()))?;
            self.connections.send(message.envelope(), &message.formatted()).await
        })
    }
}
