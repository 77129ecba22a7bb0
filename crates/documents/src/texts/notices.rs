//! The sentences of notices, in English and German.

use engine::notices::{About, Notice};
use engine::people::PublicUrl;
use engine::swaps::SwapNews;
use engine::tenants::Tenant;

use super::shifts::Calendar;
use super::{Language, balances};
use crate::figures::plain;

/// What both forms of a notice say.
pub(crate) struct Words {
    pub(crate) language: &'static str,
    pub(crate) subject: String,
    pub(crate) greeting: String,
    pub(crate) sentences: Vec<String>,
    /// What somebody has said.
    pub(crate) quote: Option<String>,
    /// What the sentences announce, a line each.
    pub(crate) items: Vec<String>,
    /// Where more is to be found.
    pub(crate) link: Option<String>,
    pub(crate) regards: &'static str,
}

/// The words of a notice, in the language of whom it is to, else the tenant's: German where that is asked for, else English.
pub(crate) fn words(notice: &Notice, tenant: &Tenant, url: &PublicUrl) -> Words {
    let page = match &notice.about {
        About::Voicemail { .. } => Some("portal/voicemail".to_owned()),
        About::Gaps { .. } => Some("groups".to_owned()),
        About::Swap { news: SwapNews::Asked, swap } => Some(format!("groups/{}", swap.shift.group)),
        About::GroupMessage { group_id, .. } => Some(format!("groups/{group_id}/messages")),
        About::MissedCall { group_id, .. } => Some(format!("groups/{group_id}/calls")),
        _ => None,
    };
    let link = page.map(|page| format!("{}/{page}", url.as_str()));
    let quote = match &notice.about {
        About::GroupMessage { transcript, .. } => transcript.clone(),
        _ => None,
    };
    let language = Language::of(Some(notice.language.as_deref().unwrap_or(&tenant.settings.locale)));
    let name = notice.name.as_deref().map(plain).unwrap_or_default();
    let items = Calendar { language, tenant: &tenant.name }.items(&notice.about);
    if language == Language::German {
        let (subject, sentences) = german(&notice.about, tenant);
        let greeting = if name.is_empty() { "Guten Tag,".to_owned() } else { format!("Guten Tag {name},") };
        Words { language: "de", subject, greeting, sentences, items, quote, link, regards: "Freundliche Grüße" }
    } else {
        let (subject, sentences) = english(&notice.about, tenant);
        let greeting = if name.is_empty() { "Hello,".to_owned() } else { format!("Dear {name},") };
        Words { language: "en", subject, greeting, sentences, items, quote, link, regards: "Kind regards" }
    }
}

fn english(about: &About, tenant: &Tenant) -> (String, Vec<String>) {
    match about {
        About::FraudAlert { customer, line, detail, suspended } => {
            let what =
                format!("A call from line {} of {} was refused: {}.", plain(line), plain(customer), plain(detail));
            let then = if *suspended {
                "The lines of this customer are suspended for fraud until an owner or admin lifts it. Emergency numbers can be reached all the same."
            } else {
                "Its lines go on: please look whether these calls are meant, and suspend the line for fraud if they are not."
            };
            (format!("Fraud alert: {}", plain(customer)), vec![what, then.to_owned()])
        }
        About::LowBalance { .. } | About::TopUpFailed { .. } => balances::english(about, tenant),
        About::Voicemail { line, from, seconds } => {
            let who = if from.is_empty() { "Somebody".to_owned() } else { plain(from) };
            let left = format!("{who} has left a message of {} for line {}.", minutes(*seconds), plain(line));
            (format!("A new message for line {}", plain(line)), vec![left, "You can hear it here:".to_owned()])
        }
        About::GroupMessage { group, caller, seconds, transcript, follows, .. } => {
            let (group, who) = (plain(group), caller.as_deref().map_or_else(|| "A caller".to_owned(), plain));
            let subject = match (follows, caller) {
                (true, _) => format!("{group}: what the message says"),
                (false, Some(_)) => format!("{group}: a message from {who}"),
                (false, None) => format!("{group}: a message"),
            };
            let left = match follows {
                true => {
                    format!("This was understood of the message of {} that {who} left for {group}:", minutes(*seconds))
                }
                false if is_typed(*seconds, transcript.as_deref()) => format!("{who} has typed a message for {group}:"),
                false => format!("{who} has left a message of {} for {group}.", minutes(*seconds)),
            };
            (subject, vec![left])
        }
        About::MissedCall { group, caller, called_at, .. } => {
            let (group, who) = (plain(group), caller.as_deref().map_or_else(|| "A caller".to_owned(), plain));
            let missed = format!("{who} called {group} on {called_at}. Nobody answered, and no message was left.");
            (format!("{group}: a missed call"), vec![missed])
        }
        About::Shifts { date, changed, shifts, .. } => {
            Calendar { language: Language::English, tenant: &tenant.name }.of_shifts(*date, *changed, shifts)
        }
        About::Gaps { gaps } => Calendar { language: Language::English, tenant: &tenant.name }.of_gaps(gaps),
        About::Swap { news, swap } => {
            Calendar { language: Language::English, tenant: &tenant.name }.of_swap(*news, swap)
        }
        About::UnknownNumber { number } => {
            let number = plain(number);
            let called = format!("Somebody has called {number}, which leads nowhere: the caller was told so.");
            let then = "Give the number to a group, a line or an agent, or have your carrier send no calls to it.";
            (format!("Calls to {number} lead nowhere"), vec![called, then.to_owned()])
        }
        About::WebhookDisabled { url, because } => (
            "A webhook was switched off".to_owned(),
            vec![
                format!("Nothing is sent to {} any more: {}.", plain(url), plain(because)),
                "Switch it on again when the receiver works; what it has missed can be sent again from its log."
                    .to_owned(),
            ],
        ),
    }
}

fn german(about: &About, tenant: &Tenant) -> (String, Vec<String>) {
    let calendar = Calendar { language: Language::German, tenant: &tenant.name };
    match about {
        About::FraudAlert { customer, line, detail, suspended } => {
            let what = format!(
                "Ein Anruf von der Leitung {} ({}) wurde abgelehnt: {}.",
                plain(line),
                plain(customer),
                plain(detail)
            );
            let then = if *suspended {
                "Die Leitungen dieses Kunden sind wegen Betrugsverdachts gesperrt, bis ein Inhaber oder Administrator die Sperre aufhebt. Notrufe gehen trotzdem."
            } else {
                "Die Leitungen bleiben offen: Bitte prüfen Sie, ob diese Anrufe gewollt sind, und sperren Sie die Leitung wegen Betrugs, falls nicht."
            };
            (format!("Betrugswarnung: {}", plain(customer)), vec![what, then.to_owned()])
        }
        About::LowBalance { .. } | About::TopUpFailed { .. } => balances::german(about, tenant),
        About::Voicemail { line, from, seconds } => {
            let who = if from.is_empty() { "Jemand".to_owned() } else { plain(from) };
            let left =
                format!("{who} hat eine Nachricht von {} für den Anschluss {} hinterlassen.", minutes(*seconds), plain(line));
            (format!("Eine neue Nachricht für {}", plain(line)), vec![left, "Sie können sie hier hören:".to_owned()])
        }
        About::GroupMessage { group, caller, seconds, transcript, follows, .. } => {
            let (group, who) = (plain(group), caller.as_deref().map_or_else(|| "Jemand".to_owned(), plain));
            let subject = match (follows, caller) {
                (true, _) => format!("{group}: was die Nachricht sagt"),
                (false, Some(_)) => format!("{group}: eine Nachricht von {who}"),
                (false, None) => format!("{group}: eine Nachricht"),
            };
            let left = match follows {
                true => format!("Von der Nachricht ({}), die {who} für {group} hinterlassen hat, wurde verstanden:", minutes(*seconds)),
                false if is_typed(*seconds, transcript.as_deref()) => format!("{who} hat eine Nachricht für {group} getippt:"),
                false => format!("{who} hat eine Nachricht von {} für {group} hinterlassen.", minutes(*seconds)),
            };
            (subject, vec![left])
        }
        About::MissedCall { group, caller, called_at, .. } => {
            let (group, who) = (plain(group), caller.as_deref().map_or_else(|| "Jemand".to_owned(), plain));
            let missed = format!("{who} hat am {called_at} bei {group} angerufen. Niemand hat abgenommen, und es gibt keine Nachricht.");
            (format!("{group}: ein verpasster Anruf"), vec![missed])
        }
        About::Shifts { date, changed, shifts, .. } => calendar.of_shifts(*date, *changed, shifts),
        About::Gaps { gaps } => calendar.of_gaps(gaps),
        About::Swap { news, swap } => calendar.of_swap(*news, swap),
        About::UnknownNumber { number } => {
            let number = plain(number);
            let called = format!("Jemand hat {number} angerufen. Die Nummer führt nirgends hin; das wurde ihm gesagt.");
            let then = "Geben Sie die Nummer einer Gruppe, einer Leitung oder einem Agenten, oder lassen Sie keine Anrufe dorthin leiten.";
            (format!("Anrufe an {number} führen nirgends hin"), vec![called, then.to_owned()])
        }
        About::WebhookDisabled { url, because } => (
            "Ein Webhook wurde abgeschaltet".to_owned(),
            vec![
                format!("An {} wird nichts mehr gesendet: {}.", plain(url), plain(because)),
                "Schalten Sie ihn wieder ein, wenn der Empfänger arbeitet; was er versäumt hat, kann aus dem Protokoll noch einmal gesendet werden."
                    .to_owned(),
            ],
        ),
    }
}

/// Whether a message was typed: it takes no time, and says what it says.
fn is_typed(seconds: i64, text: Option<&str>) -> bool {
    seconds == 0 && text.is_some()
}

/// A duration as `m:ss`.
fn minutes(seconds: i64) -> String {
    format!("{}:{:02}", seconds / 60, seconds % 60)
}
