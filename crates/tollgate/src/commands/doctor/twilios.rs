//! What is said of the account at Twilio.

use std::time::Duration;

use engine::{Actor, Engine, groups};
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
    for group in groups::all(&mut view).await? {
        let numbers: Vec<&String> = group.details.numbers.iter().filter(|number| number.starts_with('+')).collect();
        if numbers.is_empty() {
            let about = format!("Twilio, group {}", group.details.name);
            let wanting = "it has no number such as +441632960000: nobody reaches it from outside".to_owned();
            findings.push(note(about, Some(wanting), ""));
        }
        // Of an account that does not answer nothing more is known.
        for number in numbers.into_iter().filter(|_| is_known) {
            findings.push(of_number(&client, number, &public).await);
        }
    }
    Ok(findings)
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
async fn of_number(client: &Client, number: &str, public: &Url) -> Finding {
    let about = format!("Twilio, number {number}");
    match client.number(number).await {
        Ok(Some(set)) => {
            let wrong = wrong(&set, public);
            let fault = (!wrong.is_empty()).then(|| format!("in Twilio's console set {}", wrong.join("; ")));
            match fault {
                None if set.voice_fallback_url.is_empty() => {
                    let wanting = "\"Primary handler fails\" is empty: callers hear an error while this server is away; name a document at \
                                   Twilio that says when you are back";
                    note(about, Some(wanting.to_owned()), "")
                }
                fault => finding(
                    about,
                    fault,
                    "calls and their ends are told here, and there is an answer for when this server is away",
                ),
            }
        }
        Ok(None) => {
            let fault = "the account has no such number: buy it, or correct the group's numbers".to_owned();
            finding(about, Some(fault), "")
        }
        Err(error) => finding(about, Some(error.to_string()), ""),
    }
}

/// What is set otherwise than it has to be.
fn wrong(set: &OwnNumber, public: &Url) -> Vec<String> {
    let mut wrong = Vec::new();
    for (name, is, wanted) in [
        ("A call comes in", &set.voice_url, webhook(public, "voice")),
        ("Call status changes", &set.status_callback, webhook(public, "voice/status")),
    ] {
        if *is != wanted {
            wrong.push(format!(
                "\"{name}\" to {wanted} (HTTP POST), which is {}",
                if is.is_empty() { "empty" } else { is }
            ));
        }
    }
    let host = public.host_str();
    if Url::parse(&set.voice_fallback_url).is_ok_and(|url| url.host_str() == host) {
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
