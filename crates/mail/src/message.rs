use std::time::{Duration, UNIX_EPOCH};

use engine::mailer::{Mail, Mailbox};
use lettre::Message;
use lettre::message::header::ContentType;
use lettre::message::{Attachment, Mailbox as Written, MultiPart};

/// Why a mail cannot be written.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Fault {
    #[error("\"{0}\" is not an e-mail address")]
    Address(String),
    #[error("\"{0}\" is not a media type such as application/pdf")]
    MediaType(String),
    #[error("it cannot be written: {0}")]
    Other(#[from] lettre::error::Error),
}

/// The mail as it is sent: text and HTML as two forms of the same, the attachments beside them.
pub(crate) fn of(mail: &Mail) -> Result<Message, Fault> {
    let from = written(&mail.from)?;
    let since_1970 = Duration::from_millis(u64::try_from(mail.date.millis()).unwrap_or(0));
    let mut builder = Message::builder()
        .date(UNIX_EPOCH + since_1970)
        .message_id(Some(format!("<{}@{}>", id(&mail.message_id), from.email.domain())))
        .from(from)
        .to(written(&mail.to)?)
        .subject(one_line(&mail.subject));
    if let Some(reply_to) = &mail.reply_to {
        builder = builder.reply_to(written(reply_to)?);
    }
    let both = MultiPart::alternative_plain_html(mail.text.clone(), mail.html.clone());
    if mail.attachments.is_empty() {
        return Ok(builder.multipart(both)?);
    }
    let mut parts = MultiPart::mixed().multipart(both);
    for file in &mail.attachments {
        let media_type = ContentType::parse(&file.media_type).map_err(|_| Fault::MediaType(file.media_type.clone()))?;
        parts = parts.singlepart(Attachment::new(one_line(&file.name)).body(file.bytes.clone(), media_type));
    }
    Ok(builder.multipart(parts)?)
}

fn written(mailbox: &Mailbox) -> Result<Written, Fault> {
    let address = mailbox.address.parse().map_err(|_| Fault::Address(mailbox.address.clone()))?;
    Ok(Written::new(mailbox.name.as_deref().map(one_line), address))
}

/// What stands in a header is one line.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect::<String>().trim().to_owned()
}

/// What may stand in a message's id.
fn id(text: &str) -> String {
    text.chars().filter(|c| c.is_ascii_alphanumeric() || "._-".contains(*c)).collect()
}
