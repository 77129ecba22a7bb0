//! Twilio as a carrier of short messages.

use domain::sms::SmsState;
use engine::sms::{OutgoingSms, SmsCarrier, SmsFailure, SmsTaken};
use futures::future::BoxFuture;
use url::Url;

use crate::rest::{Client, NewMessage, RestError};
use crate::twiml::MessageText;
use crate::webhook::MessageStatus;

/// The addressee has told Twilio that it wants nothing from this number.
const UNSUBSCRIBED: u32 = 21610;
/// The first status of an answer that tells of a fault there: what was asked for may have been done.
const FAULT: u16 = 500;
/// Under which name an address of ours tells which message it is about.
pub(crate) const SMS: &str = "sms";

/// An account that sends short messages of a tenant.
#[derive(Debug)]
pub struct Texts {
    tenant: i64,
    client: Client,
    /// Where webhooks come in, as Twilio knows it.
    public_url: Url,
}

impl Texts {
    /// An account that sends those of this tenant, and tells at this public address what becomes of them.
    #[must_use]
    pub fn new(tenant: i64, client: Client, public_url: Url) -> Texts {
        Texts { tenant, client, public_url }
    }

    async fn ask(&self, sms: &OutgoingSms) -> Result<SmsTaken, SmsFailure> {
        let refused = |reason: String| SmsFailure::Refused { code: None, reason, is_stopped: false };
        let message = NewMessage {
            to: sms.to.clone(),
            from: sms.from.clone(),
            text: MessageText::new(&sms.text).map_err(|error| refused(error.to_string()))?,
            told: Some(told(&self.public_url, &sms.id)),
        };
        let sent = self.client.send_message(&message).await?;
        // It is Twilio's now, whatever word it has for that.
        let state = state(&sent.status).unwrap_or(SmsState::Accepted);
        Ok(SmsTaken { carrier_id: sent.sid, state })
    }
}

impl SmsCarrier for Texts {
    fn carries(&self, tenant: i64) -> bool {
        tenant == self.tenant
    }

    fn send<'a>(&'a self, sms: &'a OutgoingSms) -> BoxFuture<'a, Result<SmsTaken, SmsFailure>> {
        Box::pin(self.ask(sms))
    }
}

/// Where Twilio tells what becomes of a message.
pub(crate) fn told(public_url: &Url, sms: &str) -> Url {
    let mut url = public_url.clone();
    let path = format!("{}/webhooks/twilio/sms/status", url.path().trim_end_matches('/'));
    url.set_path(&path);
    url.query_pairs_mut().append_pair(SMS, sms);
    url
}

/// How far a message is that is sent; none, where that cannot be said of one.
pub(crate) fn state(status: &MessageStatus) -> Option<SmsState> {
    match status {
        MessageStatus::Accepted | MessageStatus::Scheduled | MessageStatus::Queued | MessageStatus::Sending => {
            Some(SmsState::Accepted)
        }
        MessageStatus::Sent => Some(SmsState::Sent),
        MessageStatus::Delivered | MessageStatus::Read => Some(SmsState::Delivered),
        MessageStatus::Undelivered => Some(SmsState::Undelivered),
        MessageStatus::Failed | MessageStatus::Canceled => Some(SmsState::Failed),
        MessageStatus::Receiving | MessageStatus::Received | MessageStatus::Other(_) => None,
    }
}

impl From<RestError> for SmsFailure {
    fn from(error: RestError) -> Self {
        let reason = error.to_string();
        match error {
            RestError::Busy { retry_after } => {
                SmsFailure::Later { reason, millis: i64::try_from(retry_after.as_millis()).ok() }
            }
            RestError::Unreachable { .. } => SmsFailure::Later { reason, millis: None },
            RestError::Refused { status, code, .. } if status < FAULT => {
                SmsFailure::Refused { code, reason, is_stopped: code == Some(UNSUBSCRIBED) }
            }
            RestError::Refused { .. } | RestError::Silent { .. } | RestError::Unreadable => SmsFailure::Unknown(reason),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn only_what_was_not_done_is_asked_again() {
        let refused = |status, code| RestError::Refused { status, code: Some(code), message: "no".to_owned() };
        let busy = RestError::Busy { retry_after: Duration::from_secs(7) };
        for (error, expected) in [
            (busy, "later 7000"),
            (RestError::Unreachable { reason: "refused".to_owned() }, "later"),
            (RestError::Silent { reason: "timeout".to_owned() }, "unknown"),
            (RestError::Unreadable, "unknown"),
            (refused(500, 20500), "unknown"),
            (refused(503, 20503), "unknown"),
            (refused(400, 21211), "refused 21211"),
            (refused(401, 20003), "refused 20003"),
            (refused(400, 21610), "stopped 21610"),
        ] {
            let told = match SmsFailure::from(error.clone()) {
                SmsFailure::Later { millis: Some(millis), .. } => format!("later {millis}"),
                SmsFailure::Later { .. } => "later".to_owned(),
                SmsFailure::Unknown(_) => "unknown".to_owned(),
                SmsFailure::Refused { code, is_stopped, .. } => {
                    format!("{} {}", if is_stopped { "stopped" } else { "refused" }, code.unwrap())
                }
            };
            assert_eq!(told, expected, "{error}");
        }
    }
}
