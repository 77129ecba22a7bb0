use serde_json::{Value, json};
use twilio::form::Form;
use url::Url;

use super::{Answer, Refused, is_number, own_number, served};
use crate::world::{Delivery, World, Written};

/// How long a message may be, in characters.
const LONGEST: usize = 1600;

pub(super) fn create(world: &mut World, form: &Form) -> Result<Answer, Refused> {
    let to = form.filled("To").ok_or_else(|| Refused::new(21604, "A 'To' phone number is required."))?;
    if !is_number(to) {
        return Err(Refused::new(21211, format!("The 'To' number {to} is not a valid phone number.")));
    }
    served(world, to)?;
    let from = own_number(world, form, [21603, 21606])?;
    if world.unsubscribed.contains(&(from.to_owned(), to.to_owned())) {
        return Err(Refused::new(21610, "Attempt to send to unsubscribed recipient"));
    }
    let body = form.filled("Body").ok_or_else(|| Refused::new(21602, "Message body is required."))?;
    if body.chars().count() > LONGEST {
        return Err(Refused::new(21617, "The concatenated message body exceeds the 1600 character limit."));
    }
    let told = form.filled("StatusCallback").map(Url::parse).transpose();
    let told = told.map_err(|_| Refused::new(21609, "The StatusCallback URL is not a valid url."))?;
    let written = world.write(from, to, body, told);
    Ok(Answer::Created(shown(world, &written)))
}

pub(super) fn one(world: &World, sid: &str) -> Result<Answer, Refused> {
    let written = world.messages.get(sid).ok_or_else(|| Refused::not_there(&["Messages", sid]))?;
    Ok(Answer::Found(shown(world, written)))
}

fn shown(world: &World, written: &Written) -> Value {
    let code = match written.delivery {
        Delivery::Undelivered(code) | Delivery::Failed(code) => Some(code),
        _ => None,
    };
    json!({
        "sid": written.sid,
        "account_sid": world.account.sid,
        "api_version": "2010-04-01",
        "from": written.from,
        "to": written.to,
        "body": written.body,
        "status": written.delivery.name(),
        "error_code": code,
        "error_message": null,
        "direction": "outbound-api",
        "num_segments": "1",
        "num_media": "0",
        "price": null,
        "price_unit": "USD",
        "messaging_service_sid": null,
        "date_created": world.timestamp(),
        "date_updated": world.timestamp(),
        "date_sent": null,
        "uri": format!("/2010-04-01/Accounts/{}/Messages/{}.json", world.account.sid, written.sid),
        "subresource_uris": {},
    })
}
