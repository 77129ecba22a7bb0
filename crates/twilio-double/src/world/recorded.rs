//! What is recorded.

use url::Url;

use super::document::Element;
use super::follow::told;
use super::{AnswerIs, Fields, Place, World, fields};

/// A recording.
#[derive(Debug, Clone)]
pub struct Recorded {
    /// Its id.
    pub sid: String,
    /// The call that it is of.
    pub call: String,
    /// How long it is, in seconds.
    pub seconds: i64,
    /// A WAVE file.
    pub audio: Vec<u8>,
    /// Who is told when it is written down.
    pub(crate) transcript_for: Option<Url>,
}

/// A WAVE file without a sound: RIFF, 8,000 samples of one byte a second.
const SILENCE: &[u8] = b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x40\x1f\0\0\x01\0\x08\0data\0\0\0\0";

impl World {
    fn recording_url(&self, sid: &str) -> String {
        format!("https://api.twilio.com/2010-04-01/Accounts/{}/Recordings/{sid}", self.account.sid)
    }

    /// A message is left; keys end it, or the call's end does. Answers the recording's id.
    pub(crate) fn leaves_message(&mut self, sid: &str, audio: &[u8], seconds: i64, ending: &str) -> Option<String> {
        let Place::Recording(record) = self.living(sid)?.place.clone() else { return None };
        let base = self.leg(sid).and_then(|leg| leg.base.clone());
        let seconds = record.number("maxLength").map_or(seconds, |most| most.min(seconds));
        let recorded = Recorded {
            sid: self.new_sid("RE"),
            call: sid.to_owned(),
            seconds,
            audio: audio.to_vec(),
            transcript_for: record.url("transcribeCallback", base.as_ref()),
        };
        let id = recorded.sid.clone();
        let outcome = fields([
            ("RecordingUrl", self.recording_url(&id).as_str()),
            ("RecordingSid", &id),
            ("RecordingDuration", &seconds.to_string()),
            ("Digits", ending),
        ]);
        self.recordings.insert(id.clone(), recorded);
        if let Some(action) = record.url("action", base.as_ref()).or(base.clone()) {
            self.ask(sid, action, outcome);
        }
        if let Some(url) = record.url("recordingStatusCallback", base.as_ref()) {
            self.tell_of_recording(&id, "completed", "RecordVerb", url);
        }
        Some(id)
    }

    /// Nothing was said: the document goes on.
    pub(super) fn is_not_recorded(&mut self, sid: &str, record: &Element) {
        let Some(leg) = self.legs.get_mut(sid) else { return };
        leg.place = Place::Nowhere;
        let url = record.url("recordingStatusCallback", leg.base.as_ref());
        let events = record.attribute("recordingStatusCallbackEvent").unwrap_or("completed");
        if let Some(url) = url.filter(|_| events.contains("absent")) {
            let said = fields([
                ("AccountSid", self.account.sid.as_str()),
                ("CallSid", sid),
                ("RecordingStatus", "absent"),
                ("RecordingSource", "RecordVerb"),
            ]);
            self.post(url, said, AnswerIs::Nothing);
        }
        self.advance(sid);
    }

    /// What two said who talked is recorded, where the document says so.
    pub(super) fn record_talk(&mut self, sid: &str, dial: &Element, since: i64) -> Fields {
        let is_recorded = dial.attribute("record").is_some_and(|record| record.starts_with("record"));
        if !is_recorded {
            return Vec::new();
        }
        let recording = self.new_recording(sid, since);
        let base = self.leg(sid).and_then(|leg| leg.base.clone());
        if let Some(url) = dial.url("recordingStatusCallback", base.as_ref()) {
            self.tell_of_recording(&recording, "completed", "DialVerb", url);
        }
        told([("RecordingUrl", Some(self.recording_url(&recording))), ("RecordingSid", Some(recording))])
    }

    pub(super) fn record_room(&mut self, conference: &str, name: &str, url: Url, since: i64) {
        let recording = self.new_recording("", since);
        self.tell_of_recording(&recording, "completed", "Conference", url);
        if let Some(errand) = self.errands.back_mut() {
            errand.fields.retain(|(field, _)| field != "CallSid");
            errand.fields.extend(fields([("ConferenceSid", conference), ("FriendlyName", name)]));
        }
    }

    fn new_recording(&mut self, call: &str, since: i64) -> String {
        let (sid, seconds) = (self.new_sid("RE"), self.now - since);
        let recorded = Recorded {
            sid: sid.clone(),
            call: call.to_owned(),
            seconds,
            audio: SILENCE.to_vec(),
            transcript_for: None,
        };
        self.recordings.insert(sid.clone(), recorded);
        sid
    }

    fn tell_of_recording(&mut self, sid: &str, status: &str, source: &str, url: Url) {
        let Some(recorded) = self.recordings.get(sid) else { return };
        let said = fields([
            ("AccountSid", &self.account.sid),
            ("CallSid", &recorded.call),
            ("RecordingSid", sid),
            ("RecordingUrl", &self.recording_url(sid)),
            ("RecordingStatus", status),
            ("RecordingDuration", &recorded.seconds.to_string()),
            ("RecordingChannels", "1"),
            ("RecordingSource", source),
            ("RecordingStartTime", &self.timestamp()),
        ]);
        self.post(url, said, AnswerIs::Nothing);
    }

    /// A recording is written down, or could not be. Answers whether anybody wants to know.
    pub(crate) fn transcribes(&mut self, sid: &str, text: Option<&str>) -> bool {
        let Some(recorded) = self.recordings.get(sid).cloned() else { return false };
        let Some(url) = recorded.transcript_for else { return false };
        let transcription = self.new_sid("TR");
        // It is there whoever is told of it, and stays when the recording goes.
        self.transcriptions.insert(transcription.clone(), (sid.to_owned(), text.map(str::to_owned)));
        let more = fields([
            ("TranscriptionSid", transcription.as_str()),
            ("TranscriptionText", text.unwrap_or_default()),
            ("TranscriptionStatus", if text.is_some() { "completed" } else { "failed" }),
            ("TranscriptionType", "fast"),
            ("RecordingSid", sid),
            ("RecordingUrl", &self.recording_url(sid)),
        ]);
        let said = self.said_of(&recorded.call, more);
        self.post(url, said, AnswerIs::Nothing);
        true
    }
}
