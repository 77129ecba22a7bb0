//! What is said of the account at Twilio.

use std::time::Duration;

use engine::{Actor, Engine, groups, tenants};
use reqwest::StatusCode;
use reqwest::header::CONTENT_TYPE;
use twilio::form::Form;
use twilio::rest::{Client, OwnNumber, RestError};
use twilio::signature::{Algorithm, SIGNATURE_HEADER, sign};
use url::Url;

use super::{Finding, finding, note};
use crate::config::{Config, Twilio};

/// How long the public address has to answer.
const PATIENCE: Duration = Duration::from_secs(10);

pub(super) async fn examine(config: &Config, engine: &Engine) -> anyhow::Result<Vec<Finding>> {
    let Some(account) = &config.twilio else {
        let wanting = "the configuration names no account: write [twilio] into tollgate.toml".to_owned();
        return Ok(vec![note("Twilio".to_owned(), Some(wanting), "")]);
    };
    let public = Url::parse(config.public_url(config.listen)?.as_str())?;
    let client = Client::new(account.rest.clone())?;
    let mut findings = vec![of_account(&client, &account.account).await];
    let is_known = findings.iter().all(|found| found.level == super::Level::Ok);
    findings.push(way_here(&public, account).await);
    let mut view = engine.view(&Actor::program(account.tenant, "cli")).await?;
    let sms = tenants::get(&mut view).await?.settings.sms;
    for group in groups::all(&mut view).await? {
        let numbers: Vec<&String> = group.details.numbers.iter().filter(|number| number.starts_with('+')).collect();
        if numbers.is_empty() {
            let about = format!("Twilio, group {}", group.details.name);
            let wanting = "it has no number such as +441632960000: nobody reaches it from outside".to_owned();
            findings.push(note(about, Some(wanting), ""));
        }
        // Of an account that does not answer nothing more is known.
        for number in numbers.into_iter().filter(|_| is_known) {
            let is_written_to = sms.number.as_ref() == Some(number);
            findings.push(of_number(&client, number, (&public, Asked::Voice { is_written_to })).await);
        }
    }
    let is_groups = |number: &&String| findings.iter().any(|found| found.about == about_number(number));
    let written_to: Vec<&String> =
        sms.number.iter().chain(&sms.conversation_numbers).filter(|number| is_known && !is_groups(number)).collect();
    for number in written_to {
        findings.push(of_number(&client, number, (&public, Asked::Sms)).await);
    }
    Ok(findings)
}

/// What a number has to be set for.
#[derive(Clone, Copy)]
enum Asked {
    /// Calls, and short messages where agents answer to those that they get from it.
    Voice { is_written_to: bool },
    /// Short messages alone.
    Sms,
}

fn about_number(number: &str) -> String {
    format!("Twilio, number {number}")
}

/// Whether the account is there, and the token right.
async fn of_account(client: &Client, sid: &str) -> Finding {
    let about = "Twilio, account";
    match client.account().await {
        Ok(account) if account.status == "active" => finding(about, None, format!("{} is active", account.name)),
        Ok(account) => {
            let fault = format!("it is {}: see Twilio's console", account.status);
            finding(about, Some(fault), "")
        }
        Err(RestError::Refused { status: 401, .. }) => {
            let fault = format!(
                "Twilio does not take the token for {sid}: is the one in `auth_token_file` the account's own, and still valid?"
            );
            finding(about, Some(fault), "")
        }
        Err(error) => finding(about, Some(format!("{error}; is `rest_url` right, and may this machine reach it?")), ""),
    }
}

/// Whether Twilio's webhooks would come here, and be believed: one is sent as Twilio would, of a call that nobody knows.
async fn way_here(public: &Url, account: &Twilio) -> Finding {
    let about = "Twilio, way here";
    let fault = match ask(public, account).await {
        Ok(StatusCode::NO_CONTENT) => None,
        Ok(StatusCode::FORBIDDEN) => Some(format!(
            "a server answers at {public} and does not believe the signature: it was started with another token or another `public_url`, or \
             a proxy between changes the path"
        )),
        Ok(StatusCode::NOT_FOUND) => Some(format!(
            "what answers at {public} knows no webhooks of Twilio: it was started without [twilio], or it is another program"
        )),
        Ok(status) => Some(format!("what answers at {public} says {status}: is it tollgate serve, with [twilio]?")),
        Err(error) => {
            Some(format!("nobody answers at {public} ({error}): is tollgate serve running, and the address right?"))
        }
    };
    let is_open = public.scheme() != "https";
    match fault {
        None if is_open => {
            let wanting = format!("{public} is not HTTPS: anybody between reads who calls; see docs/guide/https.md");
            note(about.to_owned(), Some(wanting), "")
        }
        fault => finding(about, fault, format!("webhooks to {public} come here, and are believed")),
    }
}

async fn ask(public: &Url, account: &Twilio) -> anyhow::Result<StatusCode> {
    let url = webhook(public, "voice/status");
    let said = [("AccountSid", account.account.as_str()), ("CallSid", "CA-doctor"), ("CallStatus", "ringing")];
    let form: Form = said.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let token = account.tokens.first().map_or("", String::as_str);
    let request = reqwest::Client::builder().timeout(PATIENCE).build()?.post(&url).body(form.to_body());
    let request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
    let request = request.header(SIGNATURE_HEADER, sign(Algorithm::HmacSha1, token, &url, &form));
    Ok(request.send().await.map_err(reqwest::Error::without_url)?.status())
}

/// Whether what comes in at a number of the account comes here.
async fn of_number(client: &Client, number: &str, (public, asked): (&Url, Asked)) -> Finding {
    let about = about_number(number);
    let set = match client.number(number).await {
        Ok(Some(set)) => set,
        Ok(None) => {
            let whose = if matches!(asked, Asked::Sms) { "the tenant's settings" } else { "the group's numbers" };
            let fault = format!("the account has no such number: buy it, or correct {whose}");
            return finding(about, Some(fault), "");
        }
        Err(error) => return finding(about, Some(error.to_string()), ""),
    };
    let wrong = wrong(&set, (public, asked));
    if !wrong.is_empty() {
        return finding(about, Some(format!("in Twilio's console set {}", wrong.join("; "))), "");
    }
    match asked {
        Asked::Sms => finding(about, None, "short messages come here"),
        Asked::Voice { .. } if set.voice_fallback_url.is_empty() => {
            let wanting = "\"Primary handler fails\" is empty: callers hear an error while this server is away; name a document at \
                           Twilio that says when you are back";
            note(about, Some(wanting.to_owned()), "")
        }
        Asked::Voice { is_written_to: false } if set.sms_url != webhook(public, "sms") => {
            let wanting = format!(
                "\"A message comes in\" is not {} (HTTP POST): what is written to this number comes to nobody",
                webhook(public, "sms")
            );
            note(about, Some(wanting), "")
        }
        Asked::Voice { .. } => finding(
            about,
            None,
            "calls, their ends and short messages are told here, and there is an answer for when this server is away",
        ),
    }
}

/// What is set otherwise than it has to be.
fn wrong(set: &OwnNumber, (public, asked): (&Url, Asked)) -> Vec<String> {
    let voice =
        [("A call comes in", &set.voice_url, "voice"), ("Call status changes", &set.status_callback, "voice/status")];
    let sms = [("A message comes in", &set.sms_url, "sms")];
    let wanted: Vec<_> = match asked {
        Asked::Voice { is_written_to: true } => voice.into_iter().chain(sms).collect(),
        Asked::Voice { is_written_to: false } => voice.to_vec(),
        Asked::Sms => sms.to_vec(),
    };
    let mut wrong = Vec::new();
    for (name, is, path) in wanted {
        let wanted = webhook(public, path);
        if *is != wanted {
            let is = if is.is_empty() { "empty" } else { is };
            wrong.push(format!("\"{name}\" to {wanted} (HTTP POST), which is {is}"));
        }
    }
    let is_here = |url: &str| Url::parse(url).is_ok_and(|url| url.host_str() == public.host_str());
    if matches!(asked, Asked::Voice { .. }) && is_here(&set.voice_fallback_url) {
        wrong.push(
            "\"Primary handler fails\" to an address elsewhere: where this server is away, that one is, too".to_owned(),
        );
    }
    wrong
}

/// The address of a webhook.
fn webhook(public: &Url, path: &str) -> String {
    format!("{}/webhooks/twilio/{path}", public.as_str().trim_end_matches('/'))
}
