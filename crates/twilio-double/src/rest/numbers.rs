use axum::http::Method;
use serde_json::{Value, json};
use twilio::form::Form;
use url::Url;

use super::{Answer, Refused};
use crate::world::{Line, World};

pub(super) fn account(world: &World) -> Value {
    json!({
        "sid": world.account.sid,
        "friendly_name": "A double",
        "status": "active",
        "type": "Full",
        "owner_account_sid": world.account.sid,
        "date_created": world.timestamp(),
        "date_updated": world.timestamp(),
        "uri": format!("/2010-04-01/Accounts/{}.json", world.account.sid),
        "subresource_uris": {},
    })
}

pub(super) fn list(world: &World, query: &Form) -> Answer {
    let wanted = query.filled("PhoneNumber");
    let found = world.numbers.iter().filter(|(number, _)| wanted.is_none_or(|wanted| number.contains(wanted)));
    let found: Vec<Value> = found.map(|(number, line)| shown(world, number, line)).collect();
    Answer::Found(json!({"incoming_phone_numbers": found, "page": 0, "page_size": 50, "next_page_uri": null}))
}

pub(super) fn one(world: &mut World, method: &Method, sid: &str, form: &Form) -> Result<Answer, Refused> {
    let not_there = || Refused::not_there(&["IncomingPhoneNumbers", sid]);
    let number = world.numbers.iter().find(|(_, line)| line.sid == sid).map(|(number, _)| number.clone());
    let number = number.ok_or_else(not_there)?;
    let line = world.numbers.get_mut(&number).ok_or_else(not_there)?;
    if *method == Method::POST {
        for (name, url) in [
            ("VoiceUrl", &mut line.voice_url),
            ("VoiceFallbackUrl", &mut line.voice_fallback_url),
            ("StatusCallback", &mut line.status_callback),
            ("SmsUrl", &mut line.sms_url),
        ] {
            if let Some(given) = form.filled(name) {
                let read = Url::parse(given);
                *url = Some(read.map_err(|_| Refused::new(21502, format!("{name} {given} is not a valid URL")))?);
            }
        }
    }
    let line = line.clone();
    Ok(Answer::Found(shown(world, &number, &line)))
}

fn shown(world: &World, number: &str, line: &Line) -> Value {
    let url = |url: &Option<Url>| url.as_ref().map(Url::to_string).unwrap_or_default();
    json!({
        "sid": line.sid,
        "account_sid": world.account.sid,
        "phone_number": number,
        "friendly_name": number,
        "voice_url": url(&line.voice_url),
        "voice_method": "POST",
        "voice_fallback_url": url(&line.voice_fallback_url),
        "status_callback": url(&line.status_callback),
        "sms_url": url(&line.sms_url),
        "capabilities": {"voice": true, "sms": true, "mms": false, "fax": false},
        "date_created": world.timestamp(),
        "date_updated": world.timestamp(),
        "uri": format!("/2010-04-01/Accounts/{}/IncomingPhoneNumbers/{}.json", world.account.sid, line.sid),
    })
}
