//! What calls, their legs and bridges are called at an Asterisk: all follows from a call's origin, so that after a restart of either side nobody
//! has to remember anything.

use domain::call_flow::Leg;
use engine::recordings::RecordingKind;
use engine::switching::CallRef;

use crate::NAME;

/// What the ids of our own channels and bridges begin with.
const OURS: &str = "tollgate-";
/// What the keys of calls begin with whose first leg is ours, too: the ids that the exchange makes.
const PLACED: &str = "flow_";

/// What the names of recordings of those who talk end with.
const TALK: &str = "-talk";
/// What the names of messages end with.
const MESSAGE: &str = "-message";
/// What the playback of the announcement ends with that they are.
const ANNOUNCEMENT: &str = "-announcement";

/// A call that came in at an Asterisk on this channel. Its origin is system and unique id, as in Asterisk's own records.
pub(crate) fn call_of_arrival(tenant: i64, asterisk: &str, channel: &str) -> CallRef {
    CallRef { tenant, origin: origin(asterisk, channel) }
}

/// The origin of the call with this key.
pub(crate) fn origin(asterisk: &str, key: &str) -> String {
    format!("{NAME}/{asterisk}:{key}")
}

/// The Asterisk that carries a call, and the call's key there.
pub(crate) fn place(call: &CallRef) -> Option<(&str, &str)> {
    call.origin.split_once('/').and_then(|(_, rest)| rest.split_once(':'))
}

/// Whether we have placed a call: both its legs are ours.
pub(crate) fn is_placed(call: &CallRef) -> bool {
    place(call).is_some_and(|(_, key)| key.starts_with(PLACED))
}

/// The channel of a leg. The first of a call that we place has one for each try: this with a number behind it.
pub(crate) fn channel(call: &CallRef, leg: Leg) -> String {
    let key = place(call).map_or("", |(_, key)| key);
    match leg {
        Leg::FIRST if !is_placed(call) => key.to_owned(),
        Leg(leg) => format!("{OURS}{key}-{leg}"),
    }
}

/// The channel of a leg that may be tried by several ways, one after the other. An Asterisk tells that the last one is gone before it stops to
/// listen for its name (`sub_channel_update_handler` of its `res/stasis/app.c`): of another with that name nothing might be heard.
pub(crate) fn channel_of_try(call: &CallRef, leg: Leg, number: u64) -> String {
    format!("{}-{number}", channel(call, leg))
}

/// What the channel of a leg is called without the number of its try.
pub(crate) fn without_try(channel: &str) -> &str {
    let is_placed = channel.strip_prefix(OURS).is_some_and(|rest| rest.starts_with(PLACED));
    channel.rsplit_once('-').map(|(leg, _)| leg).filter(|leg| is_placed && is_ours(leg)).unwrap_or(channel)
}

/// The bridge of a call.
pub(crate) fn bridge(call: &CallRef) -> String {
    format!("{OURS}{}", place(call).map_or("", |(_, key)| key))
}

/// What is recorded of those who talk.
pub(crate) fn talk(call: &CallRef) -> String {
    format!("{}{TALK}", bridge(call))
}

/// What is recorded of a caller who leaves a message.
pub(crate) fn message(call: &CallRef) -> String {
    format!("{}{MESSAGE}", bridge(call))
}

/// The key of the call of which this was recorded, and what it is; none, where it is not ours.
pub(crate) fn recorded(name: &str) -> Option<(&str, RecordingKind)> {
    let name = name.strip_prefix(OURS)?;
    let talk = name.strip_suffix(TALK).map(|key| (key, RecordingKind::Call));
    talk.or_else(|| Some((name.strip_suffix(MESSAGE)?, RecordingKind::Voicemail)))
}

/// What is played in a bridge before that.
pub(crate) fn announcement(call: &CallRef) -> String {
    format!("{}{ANNOUNCEMENT}", bridge(call))
}

/// Whether a channel is one that we have made: with a leg at its end, unlike those of an Asterisk whose own name is ours.
pub(crate) fn is_ours(channel: &str) -> bool {
    let leg = channel.strip_prefix(OURS).and_then(|rest| rest.rsplit_once('-'));
    leg.is_some_and(|(_, leg)| !leg.is_empty() && leg.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_leg_is_found_by_its_calls_origin_alone() {
        let arrived = call_of_arrival(7, "pbx", "pbx-1795166377.45");
        let placed = CallRef { tenant: 7, origin: "asterisk/pbx:flow_01J".to_owned() };
        for (call, leg, expected) in [
            (&arrived, 0, "pbx-1795166377.45"),
            (&arrived, 2, "tollgate-pbx-1795166377.45-2"),
            (&placed, 0, "tollgate-flow_01J-0"),
            (&placed, 1, "tollgate-flow_01J-1"),
        ] {
            assert_eq!(channel(call, Leg(leg)), expected);
            assert_eq!(is_ours(expected), expected.starts_with("tollgate"));
            assert_eq!(without_try(expected), expected);
            assert_eq!(
                engine::imports::live_origin("pbx", expected),
                call.origin,
                "a row of its records leads to the call"
            );
        }
        for number in [1, 300] {
            let tried = channel_of_try(&placed, Leg::FIRST, number);
            assert_eq!((without_try(&tried), is_ours(&tried)), ("tollgate-flow_01J-0", true));
            assert_eq!(engine::imports::live_origin("pbx", &tried), placed.origin);
        }
        for of_a_system_called_so in ["tollgate-1795166377.45", "tollgate-2-1795166377.45", "tollgate-"] {
            assert!(!is_ours(of_a_system_called_so), "{of_a_system_called_so}");
            assert_eq!(without_try(of_a_system_called_so), of_a_system_called_so);
        }
        assert_eq!(place(&arrived), Some(("pbx", "pbx-1795166377.45")));
        assert_eq!(bridge(&placed), "tollgate-flow_01J");
        for call in [&arrived, &placed] {
            let key = place(call).unwrap().1;
            assert_eq!(recorded(&talk(call)), Some((key, RecordingKind::Call)));
            assert_eq!(recorded(&message(call)), Some((key, RecordingKind::Voicemail)));
            assert_eq!(origin("pbx", key), call.origin);
        }
        assert_eq!(recorded("msg0001"), None);
    }
}
