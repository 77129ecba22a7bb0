//! What Twilio says in its webhooks. Each field may be missing, empty or nonsense, in any company: what is not there or makes no sense is none.

mod caller;
mod status;

use url::Url;

use crate::form::Form;

pub use caller::shown;
pub use status::{CallStatus, MessageStatus, RecordingStatus, TranscriptionStatus};

/// The header by which a repeated webhook is known, since it has the same.
pub const IDEMPOTENCY_HEADER: &str = "i-twilio-idempotency-token";

/// One webhook.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Webhook {
    /// The call.
    pub call: Option<String>,
    /// The account.
    pub account: Option<String>,
    /// The number of whoever calls or writes; none where it is withheld.
    pub from: Option<String>,
    /// The number called or written to.
    pub to: Option<String>,
    /// How the call stands.
    pub status: Option<CallStatus>,
    /// How long a call that is over lasted, in seconds.
    pub seconds: Option<u32>,
    /// The call that made this one.
    pub parent: Option<String>,
    /// The keys that were pressed.
    pub digits: Option<String>,
    /// How putting the call through went.
    pub dial: Option<DialOutcome>,
    /// Why a call waits no longer, such as `bridged`, `hangup` or `leave`.
    pub queue_result: Option<String>,
    /// The conference that it is about.
    pub conference: Option<InConference>,
    /// What was recorded.
    pub recording: Option<Recording>,
    /// What was written down.
    pub transcription: Option<Transcription>,
    /// The message that it is about.
    pub message: Option<Text>,
    /// The place of this webhook among those of its call: they may come in another order.
    pub sequence: Option<u32>,
    /// When it happened, as RFC 2822 writes it.
    pub timestamp: Option<String>,
    /// What went wrong, by Twilio's list of errors.
    pub error: Option<u32>,
    /// What Twilio has answered a message with by itself, such as `STOP`.
    pub opt_out: Option<String>,
    /// What a repetition of this webhook has, too.
    pub idempotency_token: Option<String>,
}

/// How putting a call through went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DialOutcome {
    /// How the last call that it made ended.
    pub status: CallStatus,
    /// Whether the two parties talked, where that is told.
    pub bridged: Option<bool>,
    /// How long they did, in seconds.
    pub seconds: Option<u32>,
    /// The call that was made.
    pub call: Option<String>,
}

impl DialOutcome {
    /// Whether somebody took the call. A mailbox, or whoever did not accept after picking up, did not.
    #[must_use]
    pub fn is_answered(&self) -> bool {
        matches!(self.status, CallStatus::Completed | CallStatus::Answered) && self.bridged != Some(false)
    }
}

/// Something that happens in a conference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InConference {
    /// Its id, by which it is reached.
    pub sid: String,
    /// The name that its document gave it.
    pub name: Option<String>,
    /// What happens, such as `participant-join`.
    pub event: Option<String>,
}

/// What was recorded.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recording {
    /// Its id.
    pub sid: Option<String>,
    /// Where it is.
    pub url: Option<String>,
    /// Whether it can be fetched.
    pub status: Option<RecordingStatus>,
    /// How long it is.
    pub seconds: Option<u32>,
}

impl Recording {
    /// Whether where it is said to be is of this account at Twilio, as far as anything is said. It is fetched by its id from where the account is
    /// asked, and from nowhere else; whoever names another place is not believed at all.
    #[must_use]
    pub fn is_of(&self, account: &str) -> bool {
        let Some(url) = &self.url else { return true };
        let Ok(url) = Url::parse(url) else { return false };
        let is_theirs = url.host_str().is_some_and(|host| host == "twilio.com" || host.ends_with(".twilio.com"));
        let is_plain = url.username().is_empty() && url.password().is_none() && url.port().is_none();
        let folder = format!("/2010-04-01/Accounts/{account}/Recordings/");
        url.scheme() == "https" && is_theirs && is_plain && url.path().starts_with(&folder)
    }
}

/// What was written down of a recording.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Transcription {
    /// Its id.
    pub sid: Option<String>,
    /// Whether it could be written down.
    pub status: Option<TranscriptionStatus>,
    /// The words.
    pub text: Option<String>,
}

/// A message.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Text {
    /// Its id.
    pub sid: Option<String>,
    /// What is written.
    pub body: Option<String>,
    /// What has become of it.
    pub status: Option<MessageStatus>,
}

impl Webhook {
    /// Reads one, with its header [`IDEMPOTENCY_HEADER`].
    #[must_use]
    pub fn of(form: &Form, idempotency_token: Option<&str>) -> Webhook {
        let field = Fields(form);
        Webhook {
            call: field.text("CallSid"),
            account: field.text("AccountSid"),
            from: form.get("From").and_then(shown).map(str::to_owned),
            to: field.text("To"),
            status: field.read("CallStatus", CallStatus::of),
            seconds: field.number("CallDuration"),
            parent: field.text("ParentCallSid"),
            digits: field.text("Digits"),
            dial: field.dial(),
            queue_result: field.text("QueueResult"),
            conference: field.conference(),
            recording: Some(field.recording()).filter(|recording| *recording != Recording::default()),
            transcription: Some(field.transcription()).filter(|written| *written != Transcription::default()),
            message: field.message(),
            sequence: field.number("SequenceNumber"),
            timestamp: field.text("Timestamp"),
            error: field.number("ErrorCode"),
            opt_out: field.text("OptOutType"),
            idempotency_token: idempotency_token.map(str::trim).filter(|token| !token.is_empty()).map(str::to_owned),
        }
    }
}

struct Fields<'a>(&'a Form);

impl Fields<'_> {
    fn text(&self, name: &str) -> Option<String> {
        self.0.filled(name).map(str::to_owned)
    }

    fn read<T>(&self, name: &str, read: fn(&str) -> T) -> Option<T> {
        self.0.filled(name).map(str::trim).map(read)
    }

    fn number(&self, name: &str) -> Option<u32> {
        self.0.filled(name)?.trim().parse().ok()
    }

    fn dial(&self) -> Option<DialOutcome> {
        let bridged = self.0.filled("DialBridged").and_then(|told| told.trim().to_ascii_lowercase().parse().ok());
        Some(DialOutcome {
            status: self.read("DialCallStatus", CallStatus::of)?,
            bridged,
            seconds: self.number("DialCallDuration"),
            call: self.text("DialCallSid"),
        })
    }

    fn conference(&self) -> Option<InConference> {
        let sid = self.text("ConferenceSid")?;
        Some(InConference { sid, name: self.text("FriendlyName"), event: self.text("StatusCallbackEvent") })
    }

    fn recording(&self) -> Recording {
        Recording {
            sid: self.text("RecordingSid"),
            url: self.text("RecordingUrl"),
            status: self.read("RecordingStatus", RecordingStatus::of),
            seconds: self.number("RecordingDuration"),
        }
    }

    fn transcription(&self) -> Transcription {
        Transcription {
            sid: self.text("TranscriptionSid"),
            status: self.read("TranscriptionStatus", TranscriptionStatus::of),
            text: self.text("TranscriptionText"),
        }
    }

    /// A message has its own id; that of a call is none, whatever else the webhook has.
    fn message(&self) -> Option<Text> {
        let status = self.read("MessageStatus", MessageStatus::of);
        let text = Text {
            sid: self.text("MessageSid").or_else(|| self.text("SmsSid")),
            body: self.text("Body"),
            status: status.or_else(|| self.read("SmsStatus", MessageStatus::of)),
        };
        Some(text).filter(|text| *text != Text::default())
    }
}
