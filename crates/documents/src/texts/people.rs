//! The sentences of mails with one-time links, in English and German.

use engine::people::letters::{Letter, Occasion};

use super::Language::{English, German};
use super::shifts::Calendar;

use crate::figures::plain;

/// What both forms of a mail say.
pub(crate) struct Words {
    pub(crate) language: &'static str,
    pub(crate) subject: String,
    pub(crate) greeting: String,
    /// Stands before the link.
    pub(crate) reason: String,
    /// What the link is called where it looks like a button.
    pub(crate) button: &'static str,
    /// Stands after the link.
    pub(crate) limits: String,
    pub(crate) regards: &'static str,
}

/// The words of a mail: German where that is asked for, else English.
pub(crate) fn words(letter: &Letter) -> Words {
    let language = letter.language.as_deref().unwrap_or_default().to_ascii_lowercase();
    if language == "de" || language.starts_with("de-") { german(letter) } else { english(letter) }
}

fn english(letter: &Letter) -> Words {
    let name = letter.name.as_deref().map(plain).unwrap_or_default();
    let span = span(letter.valid_hours, ["hour", "hours", "day", "days"]);
    let (subject, reason, button, limits) = match &letter.occasion {
        Occasion::Invitation { tenant } => (
            format!("Invitation from {}", plain(tenant)),
            format!("{} invites you to Tollgate. Open this link to accept:", plain(tenant)),
            "Accept",
            format!("The link works once, for {span}. If you do not know why you got this mail, take no notice of it."),
        ),
        Occasion::Reset { sign_in } => (
            "Choose a new password".to_owned(),
            format!("Somebody has asked for a new password for {}. Open this link to choose one:", plain(sign_in)),
            "Choose a password",
            format!(
                "The link works once, for {span}. If it was not you, take no notice of this mail: the password stays as it is."
            ),
        ),
        Occasion::Swap { tenant, swap } => {
            let calendar = Calendar { language: English, tenant };
            let (who, day) = (plain(&swap.offered_by), calendar.date(swap.date));
            (
                format!("{who} offers a shift on {day}"),
                format!(
                    "{who} cannot be on duty on {day}: {}. If you can, open this link, and take it there:",
                    calendar.shift(swap.date, &swap.shift)
                ),
                "Look at the shift",
                "The link is yours alone, and works until the shift begins or somebody has taken it. If you cannot, take no notice of this mail."
                    .to_owned(),
            )
        }
    };
    let greeting = if name.is_empty() { "Hello,".to_owned() } else { format!("Dear {name},") };
    Words { language: "en", subject, greeting, reason, button, limits, regards: "Kind regards" }
}

fn german(letter: &Letter) -> Words {
    let name = letter.name.as_deref().map(plain).unwrap_or_default();
    let span = span(letter.valid_hours, ["Stunde", "Stunden", "Tag", "Tage"]);
    let (subject, reason, button, limits) = match &letter.occasion {
        Occasion::Invitation { tenant } => (
            format!("Einladung von {}", plain(tenant)),
            format!("{} lädt Sie zu Tollgate ein. Öffnen Sie diesen Link, um die Einladung anzunehmen:", plain(tenant)),
            "Annehmen",
            format!(
                "Der Link gilt einmal und {span} lang. Wenn Sie nicht wissen, warum Sie diese E-Mail bekommen, brauchen Sie nichts zu tun."
            ),
        ),
        Occasion::Reset { sign_in } => (
            "Neues Passwort wählen".to_owned(),
            format!(
                "Jemand hat ein neues Passwort für {} angefordert. Öffnen Sie diesen Link, um es zu wählen:",
                plain(sign_in)
            ),
            "Passwort wählen",
            format!(
                "Der Link gilt einmal und {span} lang. Wenn Sie das nicht waren, brauchen Sie nichts zu tun: Das Passwort bleibt, wie es ist."
            ),
        ),
        Occasion::Swap { tenant, swap } => {
            let calendar = Calendar { language: German, tenant };
            let (who, day) = (plain(&swap.offered_by), calendar.date(swap.date));
            (
                format!("{who} gibt einen Dienst am {day} ab"),
                format!(
                    "{who} kann am {day} nicht im Dienst sein: {}. Wenn Sie können, öffnen Sie diesen Link und übernehmen Sie ihn dort:",
                    calendar.shift(swap.date, &swap.shift)
                ),
                "Dienst ansehen",
                "Der Link ist nur für Sie und gilt, bis der Dienst beginnt oder ihn jemand übernommen hat. Wenn Sie nicht können, brauchen Sie nichts zu tun."
                    .to_owned(),
            )
        }
    };
    let greeting = if name.is_empty() { "Guten Tag,".to_owned() } else { format!("Guten Tag {name},") };
    Words { language: "de", subject, greeting, reason, button, limits, regards: "Freundliche Grüße" }
}

/// A time in whole days where it is some, else in hours: `1 hour`, `7 days`.
fn span(hours: u32, [hour, of_hours, day, of_days]: [&str; 4]) -> String {
    let (count, one, several) =
        if hours >= 48 && hours.is_multiple_of(24) { (hours / 24, day, of_days) } else { (hours, hour, of_hours) };
    format!("{count} {}", if count == 1 { one } else { several })
}
