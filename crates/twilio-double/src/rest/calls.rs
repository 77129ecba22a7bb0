use axum::http::Method;
use serde_json::{Value, json};
use twilio::form::Form;
use url::Url;

use super::{Answer, Refused, is_number, own_number, served};
use crate::world::{Source, Status, Told, World};

/// How long a document in a request may be, in characters.
const LONGEST_TWIML: usize = 4000;
/// For how long a number rings where nothing is said of it, in seconds.
const RINGS_SECONDS: i64 = 60;
const EVENTS: [&str; 4] = ["initiated", "ringing", "answered", "completed"];

pub(super) fn create(world: &mut World, form: &Form) -> Result<Answer, Refused> {
    let to = form.filled("To").ok_or_else(|| Refused::new(21201, "No 'To' number is specified"))?;
    if !is_number(to) {
        return Err(Refused::new(21211, format!("The 'To' number {to} is not a valid phone number.")));
    }
    served(world, to)?;
    let from = own_number(world, form, [21213, 21210])?;
    let source = source(form)?.ok_or_else(|| Refused::new(21205, "Url parameter is required."))?;
    let seconds = number(form, "Timeout")?.unwrap_or(RINGS_SECONDS);
    let mut leg = world.new_leg(from, to, "outbound-api");
    leg.then = Some(source);
    leg.most_seconds = number(form, "TimeLimit")?;
    leg.told = told(form)?;
    let sid = world.ring(leg, seconds);
    Ok(Answer::Created(shown(world, &sid, Some("queued"))))
}

pub(super) fn one(world: &mut World, method: &Method, sid: &str, form: &Form) -> Result<Answer, Refused> {
    let status = world.leg(sid).map(|leg| leg.status).ok_or_else(|| Refused::not_there(&["Calls", sid]))?;
    if *method != Method::POST {
        return Ok(Answer::Found(shown(world, sid, None)));
    }
    let source = source(form)?;
    let wanted = form.filled("Status");
    if status.is_over() && (source.is_some() || wanted.is_some()) {
        return Err(Refused::new(21220, "Invalid call state. Call is not in-progress. Cannot redirect."));
    }
    match wanted {
        Some("completed") if status == Status::InProgress => world.end(sid, Status::Completed),
        Some("completed" | "canceled") if status != Status::InProgress => world.end(sid, Status::Canceled),
        Some("canceled") | None => {}
        Some(other) => return Err(Refused::new(21218, format!("Status {other} is not valid"))),
    }
    if let Some(most) = number(form, "TimeLimit")?
        && let Some(leg) = world.living(sid)
    {
        leg.most_seconds = Some(most);
    }
    match source {
        Some(source)
            if status == Status::InProgress || world.leg(sid).is_some_and(|leg| leg.direction == "inbound") =>
        {
            world.redirect(sid, source);
        }
        Some(_) => return Err(Refused::new(21220, "Invalid call state. Call is not in-progress. Cannot redirect.")),
        None => {}
    }
    Ok(Answer::Found(shown(world, sid, None)))
}

fn source(form: &Form) -> Result<Option<Source>, Refused> {
    let twiml = form.filled("Twiml");
    if twiml.is_some_and(|twiml| twiml.chars().count() > LONGEST_TWIML) {
        return Err(Refused::new(21605, "Twiml is too long"));
    }
    World::source(form.filled("Url"), twiml).map_err(|fault| Refused::new(21205, format!("Url is not valid: {fault}")))
}

fn number(form: &Form, name: &str) -> Result<Option<i64>, Refused> {
    let given = form.filled(name).map(str::parse).transpose();
    given.map_err(|_| Refused::new(20001, format!("{name} is no number")))
}

fn told(form: &Form) -> Result<Option<Told>, Refused> {
    let Some(url) = form.filled("StatusCallback") else { return Ok(None) };
    let url = Url::parse(url).map_err(|_| Refused::new(21609, format!("StatusCallback {url} is not a valid URL")))?;
    let body = form.to_body();
    let given = url::form_urlencoded::parse(body.as_bytes()).filter(|(name, _)| name == "StatusCallbackEvent");
    let mut events: Vec<String> = given.map(|(_, event)| event.into_owned()).collect();
    if let Some(other) = events.iter().find(|event| !EVENTS.contains(&event.as_str())) {
        return Err(Refused::new(21626, format!("StatusCallbackEvent {other} is not known")));
    }
    if events.is_empty() {
        events.push("completed".to_owned());
    }
    Ok(Some(Told { url, events }))
}

fn shown(world: &World, sid: &str, status: Option<&str>) -> Value {
    let Some(leg) = world.leg(sid) else { return Value::Null };
    let account = &world.account.sid;
    json!({
        "sid": leg.sid,
        "account_sid": account,
        "api_version": "2010-04-01",
        "parent_call_sid": leg.parent,
        "from": leg.from,
        "from_formatted": leg.from,
        "to": leg.to,
        "to_formatted": leg.to,
        "status": status.unwrap_or(leg.status.name()),
        "direction": leg.direction,
        "duration": leg.ended_at.map(|_| leg.seconds(world.now).to_string()),
        "date_created": world.timestamp(),
        "date_updated": world.timestamp(),
        "start_time": null,
        "end_time": null,
        "answered_by": null,
        "price": null,
        "price_unit": "USD",
        "uri": format!("/2010-04-01/Accounts/{account}/Calls/{}.json", leg.sid),
        "subresource_uris": {},
    })
}
