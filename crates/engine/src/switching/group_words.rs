//! What a group's callers, and those who are rung for it, hear: its own words, else what is there in English and German.

use domain::call_flow::{Says, Words};

use super::spoken::PRESS_ONE;
use crate::groups::{Details, Saying};

/// What is said where a group has no words of its own.
struct Texts {
    language: &'static str,
    connecting: &'static str,
    waiting: &'static str,
    voicemail: &'static str,
    unavailable: &'static str,
    question: fn(&str) -> String,
    taken: &'static str,
    call_back: fn(&str) -> String,
}

const ENGLISH: Texts = Texts {
    language: "en",
    connecting: "Please hold the line. You are being connected.",
    waiting: "Everybody is in a call just now. Please hold the line.",
    voicemail: "Nobody can take your call now. Please leave a message after the tone, and press the star key when you are done.",
    unavailable: "Nobody can take your call now. Please call again later.",
    question: |group| format!("A call for {group}. Press 1 to take it, or 2 to pass it on."),
    taken: "Somebody else has taken the call. Thank you.",
    call_back: |group| format!("Your call back for {group}. Press 1, and the caller is called."),
};

const GERMAN: Texts = Texts {
    language: "de",
    connecting: "Bitte bleiben Sie am Apparat. Sie werden verbunden.",
    waiting: "Zurzeit sind alle im Gespräch. Bitte bleiben Sie am Apparat.",
    voicemail: "Im Moment kann niemand Ihren Anruf annehmen. Bitte sprechen Sie nach dem Ton, und drücken Sie zum Schluss die Sterntaste.",
    unavailable: "Im Moment kann niemand Ihren Anruf annehmen. Bitte rufen Sie später wieder an.",
    question: |group| format!("Ein Anruf für {group}. Drücken Sie 1, um ihn anzunehmen, oder 2, um ihn weiterzugeben."),
    taken: "Jemand anderes hat den Anruf angenommen. Danke.",
    call_back: |group| format!("Ihr Rückruf für {group}. Drücken Sie 1, dann wird der Anrufer angerufen."),
};

// What every Asterisk has, for texts that it cannot say.
const HOLD: &str = "sound:pls-hold-while-try";
const WAIT: &str = "sound:queue-thankyou";
const MESSAGE: &str = "sound:vm-intro";
const NOBODY: &str = "sound:vm-nobodyavail";
const GOODBYE: &str = "sound:vm-goodbye";

/// What a group says; on a closed day it may have another greeting.
pub(super) fn says(group: &Details, locale: &str, is_closed: bool) -> Says {
    let answering = &group.answering;
    let texts = texts(locale);
    let said = |text: &str, audio: &str| texts.said(text, audio);
    let greeting = answering.closed_greeting.as_ref().filter(|_| is_closed).or(answering.greeting.as_ref());
    let voicemail = answering.voicemail.greeting.as_ref().map(|greeting| {
        let words = own(greeting);
        Words { audio: words.audio.or_else(|| Some(MESSAGE.to_owned())), ..words }
    });
    Says {
        greeting: greeting.map(own),
        menu: answering.language_menu.as_ref().map(own),
        connecting: said(texts.connecting, HOLD),
        waiting: said(texts.waiting, WAIT),
        voicemail: voicemail.unwrap_or_else(|| said(texts.voicemail, MESSAGE)),
        unavailable: said(texts.unavailable, NOBODY),
        question: said(&(texts.question)(&group.name), PRESS_ONE),
        taken: said(texts.taken, GOODBYE),
    }
}

/// What an agent is asked whose phone rings to call somebody back for a group.
pub(super) fn call_back_question(group: &str, locale: &str) -> Words {
    let texts = texts(locale);
    texts.said(&(texts.call_back)(group), PRESS_ONE)
}

fn texts(locale: &str) -> &'static Texts {
    let is_german = locale.eq_ignore_ascii_case("de") || locale.to_ascii_lowercase().starts_with("de-");
    if is_german { &GERMAN } else { &ENGLISH }
}

impl Texts {
    fn said(&self, text: &str, audio: &str) -> Words {
        Words { language: Some(self.language.to_owned()), ..Words::new(text, Some(audio.to_owned())) }
    }
}

/// A group's own words.
pub(super) fn own(saying: &Saying) -> Words {
    let Saying { text, language, voice, audio } = saying.clone();
    Words { text, audio, language, voice }
}
