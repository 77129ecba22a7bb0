//! What there is at the provider. Everything here happens at once, under a lock; what has to be posted because of it is an [`Errand`].

mod dial;
pub(crate) mod document;
mod follow;
mod leg;
mod recorded;
mod room;
mod texts;
mod time;
mod waiting;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use url::Url;

use crate::double::Account;

pub(crate) use leg::{Leg, Place, Source, Status, Told};
pub use recorded::Recorded;
pub(crate) use room::Room;
pub use texts::{Delivery, Written};

/// A number of the account.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Line {
    /// Its id; given by the double.
    pub sid: String,
    /// Where it is asked what becomes of a call.
    pub voice_url: Option<Url>,
    /// Where it is asked if nothing comes from there.
    pub voice_fallback_url: Option<Url>,
    /// Who is told that a call is over.
    pub status_callback: Option<Url>,
    /// Where it is asked what becomes of a message.
    pub sms_url: Option<Url>,
}

/// Something that has to be posted.
#[derive(Debug, Clone)]
pub(crate) struct Errand {
    pub(crate) url: Url,
    /// Where it is asked if nothing comes from there.
    pub(crate) fallback: Option<Url>,
    pub(crate) fields: Vec<(String, String)>,
    /// What a repetition has, too.
    pub(crate) token: String,
    pub(crate) answer: AnswerIs,
}

/// What is done with what comes back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum AnswerIs {
    /// Nothing.
    Nothing,
    /// It is what a call follows, unless it has been told something else meanwhile.
    Followed { leg: String, revision: u64 },
    /// It is what a call hears that waits.
    Waiting { leg: String, revision: u64 },
    /// It is announced to a party of a conference.
    Announced { room: String, leg: String },
    /// It answers a message.
    Reply { from: String, to: String },
}

pub(crate) type Fields = Vec<(String, String)>;

/// All that there is.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) account: Account,
    /// In seconds since 1970.
    pub(crate) now: i64,
    made: u64,
    pub(crate) numbers: BTreeMap<String, Line>,
    pub(crate) legs: BTreeMap<String, Leg>,
    pub(crate) rooms: BTreeMap<String, Room>,
    pub(crate) recordings: BTreeMap<String, Recorded>,
    /// What was written down of recordings, by its id: the id of the recording, and the text.
    pub(crate) transcriptions: BTreeMap<String, (String, Option<String>)>,
    pub(crate) messages: BTreeMap<String, Written>,
    /// Numbers that are not called and sent nothing, and why.
    pub(crate) refused: BTreeMap<String, (u32, String)>,
    /// Who wants no messages any more, after one of the account's numbers.
    pub(crate) unsubscribed: BTreeSet<(String, String)>,
    pub(crate) errands: VecDeque<Errand>,
    pub(crate) faults: Vec<String>,
}

impl World {
    pub(crate) fn new(account: Account) -> World {
        let now = jiff::Timestamp::now();
        World {
            account,
            now: now.as_second(),
            // What one double has made another does not make again: whoever is called by both knows the calls of the first.
            made: u64::try_from(now.as_microsecond()).unwrap_or_default(),
            numbers: BTreeMap::new(),
            legs: BTreeMap::new(),
            rooms: BTreeMap::new(),
            recordings: BTreeMap::new(),
            transcriptions: BTreeMap::new(),
            messages: BTreeMap::new(),
            refused: BTreeMap::new(),
            unsubscribed: BTreeSet::new(),
            errands: VecDeque::new(),
            faults: Vec::new(),
        }
    }

    /// A new id: those that come later are greater.
    pub(crate) fn new_sid(&mut self, kind: &str) -> String {
        self.made += 1;
        format!("{kind}{:032x}", self.made)
    }

    pub(crate) fn fault(&mut self, fault: impl Into<String>) {
        self.faults.push(fault.into());
    }

    /// Has something posted.
    pub(crate) fn post(&mut self, url: Url, fields: Fields, answer: AnswerIs) {
        self.made += 1;
        let token = format!("token-{}", self.made);
        self.errands.push_back(Errand { url, fallback: None, fields, token, answer });
    }

    /// The instant, as callbacks tell it.
    pub(crate) fn timestamp(&self) -> String {
        let now = jiff::Timestamp::from_second(self.now).unwrap_or_default().to_zoned(jiff::tz::TimeZone::UTC);
        jiff::fmt::rfc2822::to_string(&now).unwrap_or_default()
    }
}

/// Fields of a form.
pub(crate) fn fields<const N: usize>(fields: [(&str, &str); N]) -> Fields {
    fields.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}
