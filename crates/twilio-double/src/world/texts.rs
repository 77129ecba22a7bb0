//! Messages.

use url::Url;

use super::document::{Element, resolved};
use super::{AnswerIs, World, fields};

/// The words after which Twilio sends nothing more.
const STOPS: [&str; 7] = ["STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE"];
/// Those after which it does again.
const STARTS: [&str; 3] = ["START", "YES", "UNSTOP"];

/// A message that was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// Its id.
    pub sid: String,
    /// From whom: a number of the account.
    pub from: String,
    /// To whom.
    pub to: String,
    /// What it says.
    pub body: String,
    /// What has become of it.
    pub delivery: Delivery,
    pub(crate) told: Option<Url>,
}

/// What becomes of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// It is to be sent.
    Queued,
    /// A carrier has it.
    Sent,
    /// The addressee has it.
    Delivered,
    /// A carrier did not take it to its addressee, by Twilio's list of errors.
    Undelivered(u32),
    /// It was not sent, by Twilio's list of errors.
    Failed(u32),
}

impl Delivery {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Delivery::Queued => "queued",
            Delivery::Sent => "sent",
            Delivery::Delivered => "delivered",
            Delivery::Undelivered(_) => "undelivered",
            Delivery::Failed(_) => "failed",
        }
    }
}

impl World {
    /// Sends a message, and says so.
    pub(crate) fn write(&mut self, from: &str, to: &str, body: &str, told: Option<Url>) -> Written {
        let (sid, delivery) = (self.new_sid("SM"), Delivery::Queued);
        let written = Written { sid, from: from.to_owned(), to: to.to_owned(), body: body.to_owned(), delivery, told };
        self.messages.insert(written.sid.clone(), written.clone());
        self.becomes(&written.sid, Delivery::Sent);
        written
    }

    /// Something becomes of a message, and is told. Answers whether there is one.
    pub(crate) fn becomes(&mut self, sid: &str, delivery: Delivery) -> bool {
        let account = self.account.sid.clone();
        let Some(written) = self.messages.get_mut(sid) else { return false };
        written.delivery = delivery;
        let mut said = fields([
            ("MessageSid", sid),
            ("SmsSid", sid),
            ("AccountSid", &account),
            ("From", &written.from),
            ("To", &written.to),
            ("MessageStatus", delivery.name()),
            ("SmsStatus", delivery.name()),
            ("ApiVersion", "2010-04-01"),
        ]);
        if let Delivery::Undelivered(code) | Delivery::Failed(code) = delivery {
            said.extend(fields([("ErrorCode", &code.to_string())]));
        }
        if let Some(url) = written.told.clone() {
            self.post(url, said, AnswerIs::Nothing);
        }
        true
    }

    /// Somebody writes to a number of the account. Answers whether that takes messages.
    pub(crate) fn comes_in_writing(&mut self, from: &str, to: &str, body: &str) -> bool {
        let Some(url) = self.numbers.get(to).and_then(|line| line.sms_url.clone()) else { return false };
        let pair = (to.to_owned(), from.to_owned());
        let word = body.trim().to_ascii_uppercase();
        if STOPS.contains(&word.as_str()) {
            self.unsubscribed.insert(pair);
        } else if STARTS.contains(&word.as_str()) {
            self.unsubscribed.remove(&pair);
        }
        let sid = self.new_sid("SM");
        let said = fields([
            ("MessageSid", &sid),
            ("SmsSid", &sid),
            ("SmsMessageSid", &sid),
            ("AccountSid", &self.account.sid),
            ("From", from),
            ("To", to),
            ("Body", body),
            ("NumMedia", "0"),
            ("NumSegments", "1"),
            ("SmsStatus", "received"),
            ("ApiVersion", "2010-04-01"),
        ]);
        self.post(url, said, AnswerIs::Reply { from: from.to_owned(), to: to.to_owned() });
        true
    }

    /// A message is answered.
    pub(crate) fn replies<'a>(&mut self, from: &str, to: &str, base: &Url, steps: impl Iterator<Item = &'a Element>) {
        for step in steps {
            match step.name.as_str() {
                "Message" => {
                    let addressee = step.attribute("to").unwrap_or(from);
                    if self.unsubscribed.contains(&(to.to_owned(), addressee.to_owned())) {
                        self.fault(format!("21610: {addressee} wants nothing from {to}"));
                        continue;
                    }
                    self.write(to, addressee, &step.text, step.url("action", Some(base)));
                }
                "Redirect" => {
                    if let Some(url) = resolved(&step.text, Some(base)) {
                        let answer = AnswerIs::Reply { from: from.to_owned(), to: to.to_owned() };
                        let said = fields([("AccountSid", &self.account.sid), ("From", from), ("To", to)]);
                        self.post(url, said, answer);
                    }
                }
                other => self.fault(format!("12200: <{other}> answers no message")),
            }
        }
    }
}
