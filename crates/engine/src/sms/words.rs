//! What is answered to short messages, in English and German.

use domain::money::{Amount, Currency};

use crate::messages::Refused;

/// The answers in a language.
pub(super) struct Words {
    language: &'static str,
    pub(super) passed_on: &'static str,
    pub(super) away: &'static str,
    pub(super) back: &'static str,
    pub(super) not_on_duty: &'static str,
    pub(super) started: &'static str,
    /// To whom has said that the phone is theirs.
    pub(super) confirmed: &'static str,
    /// Whether it is: who asks stands for the braces.
    question: &'static str,
    /// What an agent can write.
    pub(super) agent_help: &'static str,
    /// What others can.
    pub(super) help: &'static str,
    /// To who sends something without words into a conversation.
    pub(super) no_text: &'static str,
    not_delivered: &'static str,
    blocked: &'static str,
    no_price: &'static str,
    suspended: &'static str,
    /// What is there and what is needed: the amounts stand for the braces.
    too_little: &'static str,
}

const ENGLISH: Words = Words {
    language: "en",
    passed_on: "Thank you. The call goes on to somebody else.",
    away: "Thank you. No calls come to you from now on. Write BACK when you can take calls again.",
    back: "Welcome back. Calls come to you again when you are on duty.",
    not_on_duty: "Thank you. You are not on duty now: no calls come to you.",
    started: "You get messages from this number again. STOP ends them.",
    confirmed: "Thank you. This phone is confirmed.",
    question: "{sender} has this number as a phone of yours that calls may come to. Is that right? Answer YES. If not, do nothing; STOP: no more messages from this number.",
    agent_help: "PASS: you can't take a call now. BACK: you can again. STOP: no more messages from this number.",
    help: "This is an automatic answer. STOP: no more messages from this number.",
    no_text: "Not delivered: only text can be sent.",
    not_delivered: "Not delivered",
    blocked: "you two do not talk to each other",
    no_price: "no messages are taken there",
    suspended: "the account is closed or suspended",
    too_little: "{available} is available, {required} is needed",
};

const GERMAN: Words = Words {
    language: "de",
    passed_on: "Danke. Der Anruf geht an jemand anderen.",
    away: "Danke. Ab jetzt kommen keine Anrufe zu Ihnen. Schreiben Sie BEREIT, wenn Sie wieder Anrufe annehmen können.",
    back: "Willkommen zurück. Im Dienst kommen wieder Anrufe zu Ihnen.",
    not_on_duty: "Danke. Sie haben jetzt keinen Dienst: Es kommen keine Anrufe zu Ihnen.",
    started: "Sie erhalten wieder Nachrichten von dieser Nummer. STOP beendet sie.",
    confirmed: "Danke. Dieses Telefon ist bestätigt.",
    question: "{sender} führt diese Nummer als Ihr Telefon, zu dem Anrufe kommen dürfen. Stimmt das? Antworten Sie JA. Wenn nicht, tun Sie nichts; STOP: keine Nachrichten mehr von dieser Nummer.",
    agent_help: "PASS: Sie können jetzt keinen Anruf annehmen. BEREIT: Sie können es wieder. STOP: keine Nachrichten mehr von dieser Nummer.",
    help: "Dies ist eine automatische Antwort. STOP: keine Nachrichten mehr von dieser Nummer.",
    no_text: "Nicht zugestellt: Es geht nur Text.",
    not_delivered: "Nicht zugestellt",
    blocked: "Sie beide schreiben einander nicht",
    no_price: "dort werden keine Nachrichten angenommen",
    suspended: "das Konto ist geschlossen oder gesperrt",
    too_little: "{available} sind verfügbar, {required} werden gebraucht",
};

impl Words {
    /// Those of a language (BCP 47); English, where there are none.
    pub(super) fn of(locale: &str) -> &'static Words {
        let language = locale.split('-').next().unwrap_or_default();
        [&GERMAN, &ENGLISH].into_iter().find(|words| words.language.eq_ignore_ascii_case(language)).unwrap_or(&ENGLISH)
    }
    /// Why what somebody has written into a conversation is not delivered. No id is in it, and nothing of the other one.
    pub(super) fn refused(&self, why: &Refused) -> String {
        let why = match why {
            Refused::InsufficientBalance { available, required, currency } => {
                self.too_little(*available, *required, *currency)
            }
            Refused::Blocked => self.blocked.to_owned(),
            Refused::NoPrice { .. } => self.no_price.to_owned(),
            Refused::CustomerClosed(_) | Refused::Suspended(_) => self.suspended.to_owned(),
        };
        format!("{}: {why}.", self.not_delivered)
    }

    fn too_little(&self, available: Amount, required: Amount, currency: Currency) -> String {
        let shown = |amount: Amount| format!("{} {}", amount.to_text(currency), currency.code());
        self.too_little.replace("{available}", &shown(available)).replace("{required}", &shown(required))
    }
}

/// What a phone is asked, in a language: whether it is its user's, as this sender has it.
pub(crate) fn question(locale: &str, sender: &str) -> String {
    Words::of(locale).question.replace("{sender}", sender)
}
