//! The port to whatever carries mail.

use domain::time::Instant;
use futures::future::BoxFuture;

use crate::jobs::JobFailure;

/// A mail. Texts may hold anything: what cannot stand in a header is left out or encoded by whoever writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// Who it is from: the [sender](Mailer::sender), or that address under another name.
    pub from: Mailbox,
    /// Whom it is to.
    pub to: Mailbox,
    /// Where answers go, if not to the sender.
    pub reply_to: Option<Mailbox>,
    /// What it is about.
    pub subject: String,
    /// What it says, in plain text.
    pub text: String,
    /// The same in HTML.
    pub html: String,
    /// The files that come with it.
    pub attachments: Vec<Attachment>,
    /// Names the mail, in letters, digits, `.`, `_` and `-`. It is the same at every try, so that a mailbox that got it twice can
    /// tell.
    pub message_id: String,
    /// When it was written.
    pub date: Instant,
}

/// An address, and whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mailbox {
    /// Whose it is.
    pub name: Option<String>,
    /// `user@host`.
    pub address: String,
}

/// A file that comes with a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// The name of the file.
    pub name: String,
    /// Such as `application/pdf`.
    pub media_type: String,
    /// What is in it.
    pub bytes: Vec<u8>,
}

/// Why a mail was not sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MailFailure {
    /// It may be sent later: nobody answers, or the server asks to wait.
    #[error("the mail could not be sent now: {0}")]
    Later(String),
    /// It never will be: the address is none, or the server refuses it.
    #[error("the mail cannot be sent: {0}")]
    Never(String),
}

/// Sends mails.
pub trait Mailer: Send + Sync {
    /// Who mails are from.
    fn sender(&self) -> &Mailbox;

    /// Sends a mail, and waits until the server has taken it: half a minute at most. Mails may be sent at the same time.
    fn send<'a>(&'a self, mail: &'a Mail) -> BoxFuture<'a, Result<(), MailFailure>>;
}

impl From<MailFailure> for JobFailure {
    fn from(failure: MailFailure) -> Self {
        match failure {
            MailFailure::Later(_) => JobFailure::Retry(failure.to_string()),
            MailFailure::Never(_) => JobFailure::GiveUp(failure.to_string()),
        }
    }
}
