use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use engine::mailer::MailFailure;
use lettre::address::Envelope;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::DEFAULT_MECHANISMS;
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::extension::ClientId;
use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::settings::{Security, Server};

/// How many mails are sent at the same time; others wait for their turn.
pub const MOST: usize = 8;
/// How long a connection may be unused: servers hang up on those that have nothing to say.
const IDLE: Duration = Duration::from_secs(30);

/// Connections to a mail server. One that a mail failed on, or was broken off on, is closed: the server's answer might come later
/// and be taken for that to another mail. The library's own pool would keep it.
pub(crate) struct Connections {
    server: Server,
    pub(crate) patience: Duration,
    turns: Semaphore,
    idle: Mutex<Vec<(AsyncSmtpConnection, Instant)>>,
}

impl Connections {
    pub(crate) fn to(server: Server, patience: Duration) -> Self {
        Connections { server, patience, turns: Semaphore::new(MOST), idle: Mutex::default() }
    }

    /// Sends a mail.
    pub(crate) async fn send(&self, envelope: &Envelope, mail: &[u8]) -> Result<(), MailFailure> {
        let Ok(_turn) = self.turns.acquire().await else {
            return Err(MailFailure::Later("the program ends".to_owned()));
        };
        match timeout(self.patience, self.deliver(envelope, mail)).await {
            Ok(outcome) => outcome,
            Err(_) => {
                let Server { host, port, .. } = &self.server;
                let seconds = self.patience.as_secs();
                Err(MailFailure::Later(format!("{host}:{port} did not take it within {seconds} s")))
            }
        }
    }

    async fn deliver(&self, envelope: &Envelope, mail: &[u8]) -> Result<(), MailFailure> {
        let mut connection = match self.unused().await {
            Some(connection) => connection,
            None => self.open().await.map_err(|fault| self.not_open(&fault))?,
        };
        match connection.send(envelope, mail).await {
            Ok(_) => {
                self.idle.lock().unwrap_or_else(PoisonError::into_inner).push((connection, Instant::now()));
                Ok(())
            }
            Err(fault) if fault.is_permanent() || fault.is_client() => Err(MailFailure::Never(told(&fault))),
            Err(fault) => Err(MailFailure::Later(told(&fault))),
        }
    }

    /// A connection that another mail has left, and that the server still listens on.
    async fn unused(&self) -> Option<AsyncSmtpConnection> {
        loop {
            let (mut connection, since) = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop()?;
            if since.elapsed() < IDLE && connection.test_connected().await {
                return Some(connection);
            }
        }
    }

    async fn open(&self) -> Result<AsyncSmtpConnection, Error> {
        let Server { host, port, security, credentials } = &self.server;
        let hello = ClientId::default();
        let tls = match security {
            Security::Tls(tls) => Some(tls.clone()),
            Security::Plain | Security::StartTls(_) => None,
        };
        let address = (host.as_str(), *port);
        let mut connection =
            AsyncSmtpConnection::connect_tokio1(address, Some(self.patience), &hello, tls, None).await?;
        if let Security::StartTls(tls) = security {
            connection.starttls(tls.clone(), &hello).await?;
        }
        if let Some(credentials) = credentials {
            connection.auth(DEFAULT_MECHANISMS, credentials).await?;
        }
        Ok(connection)
    }

    /// Before it has heard of the mail a server says nothing about it: whatever it is, it can be put right.
    fn not_open(&self, fault: &Error) -> MailFailure {
        let Server { host, port, .. } = &self.server;
        MailFailure::Later(format!("{host}:{port}: {}", told(fault)))
    }
}

/// The fault with its causes.
fn told(fault: &Error) -> String {
    let mut text = fault.to_string();
    let mut cause = std::error::Error::source(fault);
    while let Some(next) = cause {
        let next_text = next.to_string();
        if !text.contains(&next_text) {
            text = format!("{text}: {next_text}");
        }
        cause = next.source();
    }
    text
}

impl fmt::Debug for Connections {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Connections({}:{})", self.server.host, self.server.port)
    }
}
