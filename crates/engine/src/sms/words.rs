//! What is answered to short messages, in English and German.

/// The answers in a language.
pub(super) struct Words {
    language: &'static str,
    pub(super) passed_on: &'static str,
    pub(super) away: &'static str,
    pub(super) back: &'static str,
    pub(super) not_on_duty: &'static str,
    pub(super) started: &'static str,
    /// What an agent can write.
    pub(super) agent_help: &'static str,
    /// What others can.
    pub(super) help: &'static str,
}

const ENGLISH: Words = Words {
    language: "en",
    passed_on: "Thank you. The call goes on to somebody else.",
    away: "Thank you. No calls come to you from now on. Write BACK when you can take calls again.",
    back: "Welcome back. Calls come to you again when you are on duty.",
    not_on_duty: "Thank you. You are not on duty now: no calls come to you.",
    started: "You get messages from this number again. STOP ends them.",
    agent_help: "PASS: you can't take a call now. BACK: you can again. STOP: no more messages from this number.",
    help: "This is an automatic answer. STOP: no more messages from this number.",
};

const GERMAN: Words = Words {
    language: "de",
    passed_on: "Danke. Der Anruf geht an jemand anderen.",
    away: "Danke. Ab jetzt kommen keine Anrufe zu Ihnen. Schreiben Sie BEREIT, wenn Sie wieder Anrufe annehmen können.",
    back: "Willkommen zurück. Im Dienst kommen wieder Anrufe zu Ihnen.",
    not_on_duty: "Danke. Sie haben jetzt keinen Dienst: Es kommen keine Anrufe zu Ihnen.",
    started: "Sie erhalten wieder Nachrichten von dieser Nummer. STOP beendet sie.",
    agent_help: "PASS: Sie können jetzt keinen Anruf annehmen. BEREIT: Sie können es wieder. STOP: keine Nachrichten mehr von dieser Nummer.",
    help: "Dies ist eine automatische Antwort. STOP: keine Nachrichten mehr von dieser Nummer.",
};

impl Words {
    /// Those of a language (BCP 47); English, where there are none.
    pub(super) fn of(locale: &str) -> &'static Words {
        let language = locale.split('-').next().unwrap_or_default();
        [&GERMAN, &ENGLISH].into_iter().find(|words| words.language.eq_ignore_ascii_case(language)).unwrap_or(&ENGLISH)
    }
}
