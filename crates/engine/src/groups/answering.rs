//! How a group's number is answered: what callers hear, in which order those on duty are rung, and what follows where nobody comes.

use domain::call_flow::Strategy;
use domain::dial_plan::{DialPlan, Number};
use domain::invalid::Invalid;
use serde::{Deserialize, Serialize};

use super::callers::is_pseudonym;
use crate::fields;
use crate::tenants::Settings;

/// The longest text that is said, in characters.
const LONGEST_TEXT: usize = 1000;
const MOST_FALLBACKS: usize = 10;
const MOST_LANGUAGES: usize = 9;
const MOST_BLOCKED: usize = 1000;
const MOST_ADDRESSES: usize = 20;
const MOST_DAYS: u16 = 3650;

/// How a group's number is answered. Every field has a default.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Answering {
    /// What callers hear first; nothing, where none is given.
    pub greeting: Option<Saying>,
    /// What they hear instead on a closed day.
    pub closed_greeting: Option<Saying>,
    /// The languages between which callers choose by a key, 9 at most.
    pub languages: Vec<LanguageChoice>,
    /// What they hear before they choose; needed where there are languages.
    pub language_menu: Option<Saying>,
    /// In which order those on duty are rung.
    pub strategy: Strategy,
    /// How long a phone rings, 5 to 120 seconds.
    pub ring_seconds: u32,
    /// Whether whoever takes an ordinary phone up has to press 1, so that no mailbox takes a call.
    pub screening: bool,
    /// Whether phones outside ring only once they have answered that they are the agent's.
    pub only_confirmed_phones: bool,
    /// For how long callers wait where all who are on duty are busy, 10 to 3,600 seconds; not at all, where none is given.
    pub queue_seconds: Option<u32>,
    /// What they hear meanwhile: a sound that was brought in, the address of one, or the switch's own music.
    pub queue_music: Option<String>,
    /// What follows where nobody is on duty, the first first.
    pub nobody_on_duty: Vec<Fallback>,
    /// What follows where nobody answers, the first first.
    pub no_answer: Vec<Fallback>,
    /// The messages that callers leave.
    pub voicemail: Voicemail,
    /// Callers whose calls are refused.
    pub blocked: Vec<String>,
    /// Whether calls are taken of callers who hide their numbers.
    pub anonymous: bool,
    /// How often a caller may call in an hour; as often as it likes, where none is given.
    pub calls_per_hour: Option<u32>,
    /// What is kept of callers' numbers.
    pub callers: Callers,
    /// How many days it is kept who called, who was rung and answered, and what was noted, 1 to 3,650; as the tenant's settings say, where none
    /// is given. What is counted of calls stays.
    pub calls_kept_days: Option<u16>,
    /// Where a mail goes for each call that nobody has answered and that left no message.
    pub missed_calls_to: Vec<String>,
}

/// Something that is said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Saying {
    /// What is said, or shown.
    pub text: String,
    /// Its language (BCP 47); the tenant's, where none is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Whose voice says it, as the switch calls it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub voice: Option<String>,
    /// What is played instead: a sound that was brought in (`file:...`), an address (`https:...`), or a sound of the switch's own (`sound:...`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audio: Option<String>,
}

/// A language that callers can choose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LanguageChoice {
    /// The key, 0 to 9.
    pub key: char,
    /// The language (BCP 47).
    pub language: String,
    /// What callers hear who have chosen it; the greeting, where none is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub greeting: Option<Saying>,
}

/// What follows where nobody takes a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind", deny_unknown_fields)]
pub enum Fallback {
    /// Another group is called.
    Group {
        /// Its id.
        group: String,
    },
    /// A fixed number is called.
    Number {
        /// The number.
        number: String,
    },
    /// The caller leaves a message.
    Voicemail,
    /// The caller hears something, and the call ends.
    Message {
        /// What.
        saying: Saying,
    },
}

/// The messages that callers leave for a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Voicemail {
    /// What callers hear before the tone.
    pub greeting: Option<Saying>,
    /// Where each message goes by mail.
    pub addressees: Vec<String>,
    /// Whether messages are transcribed, where the switch can.
    pub transcribe: bool,
    /// How long a mail waits for its transcript, 0 to 3,600 seconds.
    pub transcript_wait_seconds: u32,
    /// How many days a message is kept, 1 to 3,650; as the tenant's settings say, where none is given.
    pub kept_days: Option<u16>,
}

/// What is kept of callers' numbers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Callers {
    /// The number: the staff sees it, volunteers do not.
    Shown,
    /// A name in its place, made of the number by a key that only this group has: who calls again has the same, and nobody can tell the number.
    #[default]
    Pseudonym,
    /// Nothing.
    Nothing,
}

impl Default for Answering {
    fn default() -> Self {
        Answering {
            greeting: None,
            closed_greeting: None,
            languages: Vec::new(),
            language_menu: None,
            strategy: Strategy::default(),
            ring_seconds: 20,
            screening: true,
            only_confirmed_phones: false,
            queue_seconds: None,
            queue_music: None,
            nobody_on_duty: vec![Fallback::Voicemail],
            no_answer: vec![Fallback::Voicemail],
            voicemail: Voicemail::default(),
            blocked: Vec::new(),
            anonymous: true,
            calls_per_hour: None,
            callers: Callers::default(),
            calls_kept_days: None,
            missed_calls_to: Vec::new(),
        }
    }
}

impl Default for Voicemail {
    fn default() -> Self {
        Voicemail {
            greeting: None,
            addressees: Vec::new(),
            transcribe: true,
            transcript_wait_seconds: 300,
            kept_days: None,
        }
    }
}

impl Answering {
    /// With everything in the form in which it is kept, if it makes sense.
    pub(super) fn checked(self, settings: &Settings) -> Result<Answering, Invalid> {
        let saying = |name: &str, saying: Option<Saying>| {
            saying.map(|saying| saying.checked(&format!("/answering/{name}"))).transpose()
        };
        let answering = Answering {
            greeting: saying("greeting", self.greeting)?,
            closed_greeting: saying("closed_greeting", self.closed_greeting)?,
            language_menu: saying("language_menu", self.language_menu)?,
            languages: languages(self.languages)?,
            queue_music: audio("/answering/queue_music", self.queue_music)?,
            nobody_on_duty: fallbacks("nobody_on_duty", self.nobody_on_duty, settings)?,
            no_answer: fallbacks("no_answer", self.no_answer, settings)?,
            voicemail: self.voicemail.checked()?,
            blocked: blocked(self.blocked, &settings.dial_plan)?,
            missed_calls_to: addresses("/answering/missed_calls_to", self.missed_calls_to)?,
            ..self
        };
        within("ring_seconds", answering.ring_seconds, 5, 120)?;
        within("queue_seconds", answering.queue_seconds.unwrap_or(10), 10, 3600)?;
        within("calls_per_hour", answering.calls_per_hour.unwrap_or(1), 1, 1000)?;
        within("calls_kept_days", answering.calls_kept_days.unwrap_or(1).into(), 1, MOST_DAYS.into())?;
        if !answering.languages.is_empty() && answering.language_menu.is_none() {
            let detail = "must be there: callers are to hear which key stands for which language";
            return Err(Invalid::at("/answering/language_menu", detail));
        }
        if answering.calls_per_hour.is_some() && answering.callers == Callers::Nothing {
            let detail =
                "cannot be kept where nothing is known of callers: `callers` is to be \"pseudonym\" or \"shown\"";
            return Err(Invalid::at("/answering/calls_per_hour", detail));
        }
        Ok(answering)
    }

    /// What is played in the place of words, by the fields.
    pub(crate) fn sounds(&self) -> impl Iterator<Item = (String, &str)> {
        let own = [
            ("greeting".to_owned(), self.greeting.as_ref()),
            ("closed_greeting".to_owned(), self.closed_greeting.as_ref()),
            ("language_menu".to_owned(), self.language_menu.as_ref()),
            ("voicemail/greeting".to_owned(), self.voicemail.greeting.as_ref()),
        ];
        let of_languages = self.languages.iter().enumerate();
        let of_languages =
            of_languages.map(|(position, choice)| (format!("languages/{position}/greeting"), choice.greeting.as_ref()));
        let named = [("nobody_on_duty", &self.nobody_on_duty), ("no_answer", &self.no_answer)];
        let of_fallbacks = named.into_iter().flat_map(|(name, fallbacks)| {
            fallbacks.iter().enumerate().map(move |(position, fallback)| {
                let saying = if let Fallback::Message { saying } = fallback { Some(saying) } else { None };
                (format!("{name}/{position}/saying"), saying)
            })
        });
        let said = own.into_iter().chain(of_languages).chain(of_fallbacks);
        let played = said.filter_map(|(field, saying)| Some((format!("{field}/audio"), saying?.audio.as_deref()?)));
        let music = self.queue_music.as_deref().map(|music| ("queue_music".to_owned(), music));
        played.chain(music).map(|(field, audio)| (format!("/answering/{field}"), audio))
    }

    /// The ids of the groups that it leads to.
    pub(super) fn groups(&self) -> impl Iterator<Item = (String, &str)> {
        let named = [("nobody_on_duty", &self.nobody_on_duty), ("no_answer", &self.no_answer)];
        named.into_iter().flat_map(|(name, fallbacks)| {
            fallbacks.iter().enumerate().filter_map(move |(position, fallback)| match fallback {
                Fallback::Group { group } => Some((format!("/answering/{name}/{position}/group"), group.as_str())),
                _ => None,
            })
        })
    }
}

impl Saying {
    fn checked(self, pointer: &str) -> Result<Saying, Invalid> {
        let text = fields::lines(&format!("{pointer}/text"), Some(self.text), LONGEST_TEXT)?;
        Ok(Saying {
            text: text.ok_or_else(|| Invalid::at(format!("{pointer}/text"), "must not be empty"))?,
            language: self.language.map(|tag| language(&format!("{pointer}/language"), tag)).transpose()?,
            voice: fields::optional(&format!("{pointer}/voice"), self.voice, 100)?,
            audio: audio(&format!("{pointer}/audio"), self.audio)?,
        })
    }
}

impl Voicemail {
    fn checked(self) -> Result<Voicemail, Invalid> {
        let greeting = self.greeting.map(|greeting| greeting.checked("/answering/voicemail/greeting")).transpose()?;
        let addressees = addresses("/answering/voicemail/addressees", self.addressees)?;
        within("voicemail/transcript_wait_seconds", self.transcript_wait_seconds, 0, 3600)?;
        within("voicemail/kept_days", self.kept_days.unwrap_or(1).into(), 1, MOST_DAYS.into())?;
        Ok(Voicemail { greeting, addressees, ..self })
    }
}

fn within(name: &str, given: u32, least: u32, most: u32) -> Result<(), Invalid> {
    if (least..=most).contains(&given) {
        return Ok(());
    }
    Err(Invalid::at(format!("/answering/{name}"), format!("must be {least} to {most}, not {given}")))
}

fn at_most<T>(pointer: &str, some: &[T], most: usize) -> Result<(), Invalid> {
    if some.len() > most { Err(Invalid::at(pointer, format!("must be {most} at most"))) } else { Ok(()) }
}

fn language(pointer: &str, tag: String) -> Result<String, Invalid> {
    let is_part = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if (2..=35).contains(&tag.len()) && tag.split('-').all(is_part) {
        return Ok(tag);
    }
    Err(Invalid::at(pointer, "must be a language, such as en or de-AT (BCP 47)"))
}

/// What a switch can play: no scheme that would lead to what is not meant for callers.
fn audio(pointer: &str, audio: Option<String>) -> Result<Option<String>, Invalid> {
    let Some(audio) = fields::optional(pointer, audio, 500)? else { return Ok(None) };
    let is_known = ["file:", "https://", "sound:", "recording:"].iter().any(|scheme| audio.starts_with(scheme));
    if !is_known || audio.contains(char::is_whitespace) {
        return Err(Invalid::at(
            pointer,
            "must be file:ID of a sound here, an address such as https://example.org/hello.wav, or sound:NAME",
        ));
    }
    Ok(Some(audio))
}

fn languages(choices: Vec<LanguageChoice>) -> Result<Vec<LanguageChoice>, Invalid> {
    at_most("/answering/languages", &choices, MOST_LANGUAGES)?;
    let mut checked: Vec<LanguageChoice> = Vec::new();
    for (position, choice) in choices.into_iter().enumerate() {
        let pointer = format!("/answering/languages/{position}");
        if !choice.key.is_ascii_digit() {
            return Err(Invalid::at(format!("{pointer}/key"), "must be a key from 0 to 9"));
        }
        if checked.iter().any(|other| other.key == choice.key) {
            return Err(Invalid::at(format!("{pointer}/key"), "stands for another language already"));
        }
        checked.push(LanguageChoice {
            language: language(&format!("{pointer}/language"), choice.language)?,
            greeting: choice.greeting.map(|greeting| greeting.checked(&format!("{pointer}/greeting"))).transpose()?,
            ..choice
        });
    }
    Ok(checked)
}

fn fallbacks(name: &str, fallbacks: Vec<Fallback>, settings: &Settings) -> Result<Vec<Fallback>, Invalid> {
    at_most(&format!("/answering/{name}"), &fallbacks, MOST_FALLBACKS)?;
    let checked = |(position, fallback): (usize, Fallback)| {
        let pointer = format!("/answering/{name}/{position}");
        Ok(match fallback {
            Fallback::Number { number } => {
                Fallback::Number { number: callable(&format!("{pointer}/number"), &number, settings)? }
            }
            Fallback::Message { saying } => Fallback::Message { saying: saying.checked(&format!("{pointer}/saying"))? },
            other => other,
        })
    };
    fallbacks.into_iter().enumerate().map(checked).collect()
}

/// A number that calls may be sent on to: what is off for customers is off for these, too.
fn callable(pointer: &str, number: &str, settings: &Settings) -> Result<String, Invalid> {
    let plan = &settings.dial_plan;
    let number = plan.canonical(number).map_err(|error| Invalid::at(pointer, error.to_string()))?;
    if matches!(number, Number::E164(_))
        && let Err(off) = settings.fraud.destinations(plan.country()).admit(number.digits())
    {
        return Err(Invalid::at(pointer, off.to_string()));
    }
    Ok(number.to_string())
}

fn blocked(numbers: Vec<String>, plan: &DialPlan) -> Result<Vec<String>, Invalid> {
    at_most("/answering/blocked", &numbers, MOST_BLOCKED)?;
    let canonical = |(position, number): (usize, String)| {
        if is_pseudonym(&number) {
            return Ok(number);
        }
        let number = plan.canonical(&number);
        number
            .map(|number| number.to_string())
            .map_err(|error| Invalid::at(format!("/answering/blocked/{position}"), error.to_string()))
    };
    numbers.into_iter().enumerate().map(canonical).collect()
}

fn addresses(pointer: &str, addresses: Vec<String>) -> Result<Vec<String>, Invalid> {
    at_most(pointer, &addresses, MOST_ADDRESSES)?;
    let address = |(position, address): (usize, String)| {
        let pointer = format!("{pointer}/{position}");
        fields::email(&pointer, Some(address))?.ok_or_else(|| Invalid::at(pointer, "is not an e-mail address"))
    };
    addresses.into_iter().enumerate().map(address).collect()
}
