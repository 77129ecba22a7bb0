use axum::http::Method;
use serde_json::{Value, json};
use twilio::form::Form;
use url::Url;

use super::{Answer, Refused};
use crate::world::World;

pub(super) fn one(world: &mut World, method: &Method, sid: &str, form: &Form) -> Result<Answer, Refused> {
    let name = world.room_named(sid).ok_or_else(|| Refused::not_there(&["Conferences", sid]))?;
    let is_to_end = *method == Method::POST && form.filled("Status") == Some("completed");
    if is_to_end {
        world.end_room(&name);
    }
    Ok(Answer::Found(json!({
        "sid": sid,
        "account_sid": world.account.sid,
        "friendly_name": name,
        "status": if is_to_end { "completed" } else { "in-progress" },
        "date_created": world.timestamp(),
        "date_updated": world.timestamp(),
        "region": "us1",
        "subresource_uris": {},
    })))
}

/// Those that are not over, of a name where one is asked for.
pub(super) fn running(world: &World, query: &Form) -> Answer {
    let is_wanted = |name: &str| query.filled("FriendlyName").is_none_or(|wanted| wanted == name);
    let is_asked = query.filled("Status").is_none_or(|status| status == "in-progress");
    let rooms = world.rooms.iter().filter(|(name, room)| is_asked && room.has_begun() && is_wanted(name));
    let rooms: Vec<Value> =
        rooms.map(|(name, room)| json!({"sid": room.sid, "friendly_name": name, "status": "in-progress"})).collect();
    Answer::Found(json!({"conferences": rooms, "page": 0, "page_size": 50, "next_page_uri": null}))
}

pub(super) fn list(world: &World, room: &str) -> Result<Answer, Refused> {
    let name = world.room_named(room).ok_or_else(|| Refused::not_there(&["Conferences", room]))?;
    let members = world.rooms.get(&name).map(|room| room.members.as_slice()).unwrap_or_default();
    let members: Vec<Value> = members.iter().map(|member| shown(world, room, &member.leg)).collect();
    Ok(Answer::Found(json!({"participants": members, "page": 0, "page_size": 50, "next_page_uri": null})))
}

pub(super) fn participant(
    world: &mut World,
    method: &Method,
    [room, call]: [&str; 2],
    form: &Form,
) -> Result<Answer, Refused> {
    let not_there = || Refused::not_there(&["Conferences", room, "Participants", call]);
    let name = world.room_named(room).ok_or_else(not_there)?;
    let found = world.rooms.get_mut(&name).and_then(|room| room.members.iter_mut().find(|member| member.leg == call));
    let member = found.ok_or_else(not_there)?;
    if *method == Method::DELETE {
        world.leave_room(call);
        return Ok(Answer::Gone);
    }
    if *method == Method::POST {
        let flag = |name: &str, was: bool| form.filled(name).map_or(was, |flag| flag.eq_ignore_ascii_case("true"));
        member.is_muted = flag("Muted", member.is_muted);
        member.is_held = flag("Hold", member.is_held);
        member.ends = flag("EndConferenceOnExit", member.ends);
        if let Some(url) = form.filled("AnnounceUrl") {
            let url = Url::parse(url).map_err(|_| Refused::new(21205, "AnnounceUrl is not a valid URL"))?;
            world.announce(&name, call, url);
        }
    }
    Ok(Answer::Found(shown(world, room, call)))
}

fn shown(world: &World, room: &str, call: &str) -> Value {
    let members = world.rooms.values().flat_map(|room| &room.members);
    let member = members.into_iter().find(|member| member.leg == call);
    json!({
        "account_sid": world.account.sid,
        "call_sid": call,
        "conference_sid": room,
        "label": member.and_then(|member| member.label.as_deref()),
        "muted": member.is_some_and(|member| member.is_muted),
        "hold": member.is_some_and(|member| member.is_held),
        "start_conference_on_enter": member.is_some_and(|member| member.starts),
        "end_conference_on_exit": member.is_some_and(|member| member.ends),
        "coaching": false,
        "status": "connected",
        "date_created": world.timestamp(),
        "date_updated": world.timestamp(),
        "uri": format!("/2010-04-01/Accounts/{}/Conferences/{room}/Participants/{call}.json", world.account.sid),
    })
}
