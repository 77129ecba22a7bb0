//! How the voices of a call travel.

use domain::call_flow::Leg;
use domain::time::Instant;
use engine::switching::CallRef;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// How the voices of a call travel.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MediaPolicy {
    /// From browser to browser: each sees the other's address, and nobody can cut them off.
    #[default]
    Direct,
    /// Through a relay alone.
    Relay,
    /// Not at all: what is said is typed.
    Text,
}

impl MediaPolicy {
    /// How the voices of a call travel that may go through a relay alone or not, where there is a relay or none.
    pub(crate) fn of_call(self, relayed: bool, has_relay: bool) -> MediaPolicy {
        match (self, has_relay) {
            (policy, _) if !relayed => policy,
            (MediaPolicy::Text, _) | (_, false) => MediaPolicy::Text,
            (MediaPolicy::Direct | MediaPolicy::Relay, true) => MediaPolicy::Relay,
        }
    }
}

/// A server that helps two browsers to reach each other, as WebRTC names it (`RTCIceServer`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct IceServer {
    /// Its addresses, such as `turn:203.0.113.7:3478?transport=udp`.
    pub urls: Vec<String>,
    /// With what a party signs in to it, if it has to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// The other half of that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credential: Option<String>,
}

/// What carries the voices of calls where browsers do not send them to each other, and can end that.
pub trait MediaRelay: Send + Sync + 'static {
    /// The servers for one leg of a call.
    fn servers(&self, call: &CallRef, leg: Leg) -> Vec<IceServer>;

    /// A leg's voices end at this instant, if nothing else is said until then; without an instant, no more. It must not wait.
    fn ends_at(&self, call: &CallRef, leg: Leg, at: Option<Instant>);

    /// A leg's voices end now. It must not wait.
    fn cut(&self, call: &CallRef, leg: Leg);
}

/// What a party is told of how to reach the other, and whether it is to offer its voice although it has not called.
pub(crate) fn document(policy: MediaPolicy, servers: &[IceServer], offers: bool) -> Value {
    let mut document = json!({"policy": policy, "ice_servers": servers});
    if offers {
        document["offers"] = true.into();
    }
    document
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_that_somebody_must_be_able_to_cut_off_go_through_a_relay_or_are_typed() {
        use MediaPolicy::{Direct, Relay, Text};
        // The policy; whether the call may go through a relay alone, and whether there is one; how its voices travel.
        for (policy, relayed, has_relay, expected) in [
            (Direct, false, false, Direct),
            (Direct, false, true, Direct),
            (Direct, true, false, Text),
            (Direct, true, true, Relay),
            (Relay, false, true, Relay),
            (Relay, true, true, Relay),
            (Relay, true, false, Text),
            (Text, false, true, Text),
            (Text, true, true, Text),
        ] {
            assert_eq!(policy.of_call(relayed, has_relay), expected, "{policy:?} {relayed} {has_relay}");
        }
    }
}
