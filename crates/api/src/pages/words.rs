//! What the pages say, in the language that the browser prefers.

use axum::http::{HeaderMap, header};

/// A language of the pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Language {
    English,
    German,
}

impl Language {
    /// The one that `Accept-Language` prefers (RFC 9110, section 12.5.4); English, where it wants neither.
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let wanted = headers.get_all(header::ACCEPT_LANGUAGE).iter().filter_map(|value| value.to_str().ok());
        let known = wanted.flat_map(|value| value.split(',')).filter_map(|range| {
            let (tag, weight) = range.split_once(";q=").unwrap_or((range, "1"));
            let language = match tag.trim().split('-').next()?.to_ascii_lowercase().as_str() {
                "de" => Language::German,
                "en" | "*" => Language::English,
                _ => return None,
            };
            Some((weight.trim().parse::<f32>().ok().filter(|weight| *weight > 0.0)?, language))
        });
        // Of two that are wanted as much it is the first.
        let best = known.reduce(|best, next| if next.0 > best.0 { next } else { best });
        best.map_or(Language::English, |(_, language)| language)
    }

    /// Its tag (BCP 47).
    pub(super) fn tag(self) -> &'static str {
        match self {
            Language::English => "en",
            Language::German => "de",
        }
    }

    /// A sentence of the pages in the language. What nobody has translated stays English.
    pub(super) fn say(self, english: &str) -> &str {
        let german = || GERMAN.iter().find(|(key, _)| *key == english).map(|(_, german)| *german);
        match self {
            Language::English => english,
            Language::German => german().unwrap_or(english),
        }
    }
}

/// A sentence, and what is filled into its `{}`.
#[derive(Clone)]
pub(super) struct Said {
    english: &'static str,
    filled: Vec<Filling>,
}

/// What is filled into a sentence.
#[derive(Clone)]
pub(super) enum Filling {
    /// A name or an address, as it is.
    Text(String),
    /// Words of ours.
    Words(Vec<&'static str>),
}

impl Said {
    pub(super) fn with<const N: usize>(english: &'static str, filled: [Filling; N]) -> Self {
        Said { english, filled: filled.into() }
    }

    pub(super) fn written(&self, language: Language) -> String {
        let mut filled = self.filled.iter().map(|filling| match filling {
            Filling::Text(text) => text.clone(),
            Filling::Words(words) => words.iter().map(|word| language.say(word)).collect::<Vec<_>>().join(", "),
        });
        let mut parts = language.say(self.english).split("{}");
        let first = parts.next().unwrap_or_default().to_owned();
        parts.fold(first, |said, part| said + &filled.next().unwrap_or_default() + part)
    }
}

impl From<&'static str> for Said {
    fn from(english: &'static str) -> Self {
        Said { english, filled: Vec::new() }
    }
}

const GERMAN: &[(&str, &str)] = &[
    (DEMO, "Dies ist eine Vorführung. Menschen und Anrufe sind erfunden, und das Passwort ist jeweils der Name."),
    // Signing in.
    ("Sign in", "Anmelden"),
    ("E-mail address or name", "E-Mail-Adresse oder Name"),
    ("Password", "Passwort"),
    ("Code", "Code"),
    (
        "Of your authenticator, if you use one; or a recovery code.",
        "Aus Ihrer Authenticator-App, falls Sie eine verwenden; oder ein Wiederherstellungscode.",
    ),
    ("I have forgotten my password", "Ich habe mein Passwort vergessen"),
    ("The name or the password is wrong.", "Der Name oder das Passwort ist falsch."),
    ("The code of the second factor is needed.", "Der Code des zweiten Faktors fehlt."),
    ("The code is wrong, or was used before.", "Der Code ist falsch oder wurde schon benutzt."),
    // A forgotten password.
    ("Forgotten password", "Passwort vergessen"),
    ("We send you a link to set a new one.", "Wir schicken Ihnen einen Link, mit dem Sie ein neues festlegen."),
    ("Send the link", "Link schicken"),
    ("Look into your mail", "Sehen Sie in Ihre E-Mails"),
    (
        "If somebody signs in with this, a mail with a link is on its way to the address that we know.",
        "Wenn sich jemand so anmeldet, ist eine E-Mail mit einem Link an die bekannte Adresse unterwegs.",
    ),
    ("New password", "Neues Passwort"),
    (
        "10 characters at least; a sentence is easy to keep and hard to guess.",
        "Mindestens 10 Zeichen; ein Satz ist leicht zu merken und schwer zu erraten.",
    ),
    ("Set it", "Festlegen"),
    ("Ready", "Fertig"),
    ("The new password is set. All sessions have ended.", "Das neue Passwort gilt. Alle Sitzungen sind beendet."),
    ("Ask for a new link", "Neuen Link anfordern"),
    (
        "The link is unknown, was used before, or has expired: ask for a new one.",
        "Der Link ist unbekannt, wurde schon benutzt oder ist abgelaufen: Fordern Sie einen neuen an.",
    ),
    ("Password: must have 10 characters at least.", "Das Passwort muss mindestens 10 Zeichen haben."),
    // An invitation.
    ("Invitation", "Einladung"),
    ("{} invites {} as {}.", "{} lädt {} ein, als {}."),
    ("owner", "Inhaber"),
    ("admin", "Administrator"),
    ("clerk", "Sachbearbeiter"),
    ("coordinator", "Koordinator"),
    ("auditor", "Prüfer"),
    ("agent", "Berater"),
    ("customer", "Kunde"),
    (
        "You sign in with this address already: give its password.",
        "Sie melden sich mit dieser Adresse schon an: Geben Sie deren Passwort ein.",
    ),
    (
        "Choose a password: you sign in with this address and it.",
        "Wählen Sie ein Passwort: Mit dieser Adresse und ihm melden Sie sich an.",
    ),
    ("Your name", "Ihr Name"),
    ("Accept", "Annehmen"),
    ("Welcome", "Willkommen"),
    ("You have a place at {} now. You sign in as {}.", "Sie gehören jetzt zu {}. Sie melden sich als {} an."),
    (
        "The link is unknown, was used before, or has expired: ask for a new invitation.",
        "Der Link ist unbekannt, wurde schon benutzt oder ist abgelaufen: Bitten Sie um eine neue Einladung.",
    ),
    // A shift that is offered.
    ("A shift is offered", "Ein Dienst wird abgegeben"),
    ("{}: {} cannot be on duty then.", "{}: {} kann dann nicht im Dienst sein."),
    (
        "{}, if you take it, you are on duty instead, or as soon as a coordinator has approved.",
        "{}, wenn Sie ihn übernehmen, sind Sie stattdessen im Dienst, gegebenenfalls sobald die Koordination zugestimmt hat.",
    ),
    ("Take this shift", "Diesen Dienst übernehmen"),
    ("Thank you", "Vielen Dank"),
    (
        "You have taken this shift: you are on duty then.",
        "Sie haben diesen Dienst übernommen: Sie sind dann im Dienst.",
    ),
    (
        "You have taken this shift. It is yours as soon as a coordinator has approved.",
        "Sie haben sich für diesen Dienst gemeldet. Er gehört Ihnen, sobald die Koordination zugestimmt hat.",
    ),
    ("Somebody else has taken this shift already.", "Diesen Dienst hat schon jemand anderes übernommen."),
    ("It was not approved that this shift is swapped.", "Der Übernahme dieses Dienstes wurde nicht zugestimmt."),
    ("This shift is not offered any more.", "Dieser Dienst wird nicht mehr abgegeben."),
    (
        "This shift has begun: it cannot be taken any more.",
        "Dieser Dienst hat begonnen: Er kann nicht mehr übernommen werden.",
    ),
    ("You are on duty in this group then already.", "Sie sind dann in dieser Gruppe schon im Dienst."),
    (
        "You take no shift on that date, as you have said.",
        "Sie haben angegeben, dass Sie an diesem Tag keinen Dienst übernehmen.",
    ),
    (
        "The roster has changed: this shift is not offered any more.",
        "Der Dienstplan hat sich geändert: Dieser Dienst wird nicht mehr abgegeben.",
    ),
    ("The link is unknown, or has expired.", "Der Link ist unbekannt oder abgelaufen."),
    // The set-up.
    ("Set-up", "Einrichtung"),
    ("Your e-mail address", "Ihre E-Mail-Adresse"),
    (
        "You sign in with it. Where there is no mail, any short name will do.",
        "Damit melden Sie sich an. Ohne E-Mail genügt ein kurzer Name.",
    ),
    (
        "{} has no owner yet. Whoever holds this link becomes it.",
        "{} hat noch keinen Inhaber. Wer diesen Link hat, wird es.",
    ),
    ("Company or charity", "Firma oder Verein"),
    ("Currency", "Währung"),
    ("Of new customers and plans, such as EUR or GBP.", "Für neue Kunden und Tarife, etwa EUR oder CHF."),
    ("Time zone", "Zeitzone"),
    ("Of days and billing periods, such as Europe/London.", "Für Tage und Abrechnungszeiträume, etwa Europe/Berlin."),
    (
        "Whoever holds this link founds the company on this server and owns it.",
        "Wer diesen Link hat, gründet die Firma auf diesem Server und ist ihr Inhaber.",
    ),
    ("Begin", "Beginnen"),
    (
        "The company and you as its owner are there. You can sign in now.",
        "Die Firma ist angelegt, und Sie sind ihr Inhaber. Sie können sich jetzt anmelden.",
    ),
];

/// What every page of a demo says.
pub(super) const DEMO: &str =
    "This is a demo. Its people and calls are made up, and everybody's password is their name.";
