use domain::call_flow::{Leg, Words};
use url::Url;

use super::placed::label;
use crate::twiml::{
    CallEvent, CallResponse, Conference, Dial, Enqueue, FinishKey, Gather, Hangup, Joined, Number, Numbers, Play,
    Prompt, Record, Reject, RejectReason, Say, ScreeningResponse, Transcript,
};

/// How long somebody who is asked has until the question comes again, in seconds.
const ASKED_SECONDS: u32 = 6;

/// Something that a leg is to do, in the order in which it is to.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Verb {
    Say(Words),
    Gather {
        prompts: Vec<Words>,
        most: u8,
        seconds: u32,
        end: Option<char>,
    },
    Ring {
        leg: Leg,
        number: String,
        seconds: u32,
        caller: String,
    },
    Record {
        seconds: u32,
        silence_seconds: u32,
        end: Option<char>,
        transcribed: bool,
    },
    Wait {
        has_music: bool,
    },
    /// It talks with whoever rang it up.
    Talk,
    /// It talks with who waits.
    FetchWaiting,
    /// It talks with whoever is in the call's conference.
    Room,
    Reject,
    Hangup,
}

impl Verb {
    /// A question that a key answers.
    pub(super) fn ask(words: &Words) -> Verb {
        Verb::Gather { prompts: vec![words.clone()], most: 1, seconds: ASKED_SECONDS, end: None }
    }

    /// Whether it takes time: what follows is asked for when it is over.
    fn ends_document(&self) -> bool {
        !matches!(self, Verb::Say(_))
    }
}

/// What a leg is to do next.
#[derive(Debug, Default)]
pub(super) struct Program {
    verbs: Vec<Verb>,
}

impl Program {
    pub(super) fn push(&mut self, verb: Verb) {
        // Nothing follows an end.
        if !matches!(self.verbs.last(), Some(Verb::Hangup | Verb::Reject)) {
            self.verbs.push(verb);
        }
    }

    /// Keys are taken while the last words are said.
    pub(super) fn gather(&mut self, most: u8, seconds: u32, end: Option<char>) {
        let mut prompts = Vec::new();
        while let Some(Verb::Say(_)) = self.verbs.last() {
            if let Some(Verb::Say(words)) = self.verbs.pop() {
                prompts.insert(0, words);
            }
        }
        self.push(Verb::Gather { prompts, most, seconds, end });
    }

    /// Whether there is something that takes time.
    pub(super) fn is_complete(&self) -> bool {
        self.verbs.iter().any(Verb::ends_document)
    }

    /// The verbs up to the first that takes time, where there is one.
    pub(super) fn take(&mut self) -> Option<Vec<Verb>> {
        let last = self.verbs.iter().position(Verb::ends_document)?;
        let rest = self.verbs.split_off(last + 1);
        Some(std::mem::replace(&mut self.verbs, rest))
    }
}

/// Where what becomes of a call is told.
pub(super) struct Addresses<'a> {
    pub(super) base: &'a Url,
    pub(super) call: &'a str,
}

impl Addresses<'_> {
    pub(super) fn of(&self, path: &str, leg: Option<Leg>) -> Url {
        let mut url = self.base.clone();
        let path = format!("{}/webhooks/twilio/{path}", url.path().trim_end_matches('/'));
        url.set_path(&path);
        url.query_pairs_mut().append_pair("call", self.call);
        if let Some(leg) = leg {
            url.query_pairs_mut().append_pair("leg", &leg.0.to_string());
        }
        url
    }

    /// The document for who has called.
    pub(super) fn for_caller(&self, verbs: &[Verb]) -> CallResponse {
        let mut response = CallResponse::new();
        for verb in verbs {
            response = match verb {
                Verb::Say(words) => match spoken(words) {
                    Prompt::Say(say) => response.with(say),
                    Prompt::Play(play) => response.with(play),
                    Prompt::Pause(pause) => response.with(pause),
                },
                Verb::Gather { prompts, most, seconds, end } => {
                    response.with(self.gather(None, prompts, (*most, *seconds, *end)))
                }
                Verb::Ring { leg, number, seconds, caller } => self.ring(response, *leg, (number, *seconds, caller)),
                Verb::Record { seconds, silence_seconds, end, transcribed } => response.with(Record {
                    seconds: *seconds,
                    silence_seconds: *silence_seconds,
                    end: end.and_then(FinishKey::of).unwrap_or(FinishKey::Nothing),
                    told: Some(self.of("recording", None)),
                    transcript: match transcribed {
                        true => Transcript::ToldTo(self.of("transcription", None)),
                        false => Transcript::No,
                    },
                    ..Record::new(self.of("recorded", None))
                }),
                Verb::Wait { has_music } => response.with(Enqueue {
                    queue: self.call.to_owned(),
                    waiting: has_music.then(|| self.of("voice/wait", None)),
                    action: self.of("voice/next", None),
                }),
                Verb::Reject => response.with(Reject { reason: RejectReason::Rejected }),
                Verb::Hangup | Verb::Talk | Verb::FetchWaiting | Verb::Room => response.with(Hangup),
            };
        }
        response
    }

    fn ring(&self, response: CallResponse, leg: Leg, (number, seconds, caller): (&str, u32, &str)) -> CallResponse {
        let events = vec![CallEvent::Ringing, CallEvent::Completed];
        let number = Number {
            number: number.to_owned(),
            screening: Some(self.of("voice/screen", Some(leg))),
            told: Some((self.of("voice/status", Some(leg)), events)),
        };
        let dial = Dial {
            seconds: Some(seconds),
            caller: Some(caller.to_owned()).filter(|caller| !caller.is_empty()),
            ..Dial::new(Joined::Numbers(Numbers::from(number)), self.of("dial-result", Some(leg)))
        };
        response.with(dial)
    }

    /// The document for somebody whose phone was taken up before the two talk.
    pub(super) fn for_called(&self, leg: Leg, verbs: &[Verb]) -> Document {
        let mut response = ScreeningResponse::new();
        for verb in verbs {
            response = match verb {
                Verb::Say(words) => match spoken(words) {
                    Prompt::Say(say) => response.with(say),
                    Prompt::Play(play) => response.with(play),
                    Prompt::Pause(pause) => response.with(pause),
                },
                Verb::Gather { prompts, most, seconds, end } => {
                    response.with(self.gather(Some(leg), prompts, (*most, *seconds, *end)))
                }
                // An empty document puts the two together.
                Verb::Talk => response,
                Verb::FetchWaiting => {
                    let waiting = Joined::Queue { name: self.call.to_owned(), heard: None };
                    let dial = Dial::new(waiting, self.of("voice/left", Some(leg)));
                    return CallResponse::new().with(dial).to_xml();
                }
                Verb::Room => return self.room(leg),
                _ => response.with(Hangup),
            };
        }
        response.to_xml()
    }

    /// The conference of the call, which ends with the one who pays.
    fn room(&self, leg: Leg) -> Document {
        let conference =
            Conference { label: Some(label(leg)), ends: leg == Leg::FIRST, ..Conference::new(self.call.to_owned()) };
        let dial = Dial::new(Joined::Conference(Box::new(conference)), self.of("voice/left", Some(leg)));
        CallResponse::new().with(dial).to_xml()
    }

    fn gather(&self, leg: Option<Leg>, prompts: &[Words], keys: (u8, u32, Option<char>)) -> Gather {
        let (most, seconds, end) = keys;
        Gather {
            prompts: prompts.iter().map(spoken).collect(),
            most,
            seconds,
            end: end.and_then(FinishKey::of).unwrap_or(FinishKey::Nothing),
            ..Gather::new(self.of("voice/keys", leg))
        }
    }
}

/// A document, as it is sent.
pub(super) type Document = String;

/// Words are played where there is a file for them that Twilio can have, and else said.
fn spoken(words: &Words) -> Prompt {
    let file = words.audio.as_deref().filter(|audio| audio.starts_with("https://"));
    match file.and_then(|file| Url::parse(file).ok()) {
        Some(url) => Prompt::Play(Play::new(url)),
        None => Prompt::Say(said(words)),
    }
}

/// Words that are said.
pub(super) fn said(words: &Words) -> Say {
    Say { voice: words.voice.clone(), language: words.language.clone(), ..Say::new(words.text.clone()) }
}
