//! The credentials of coturn's `use-auth-secret`: who knows the secret can make them, and the relay keeps no list.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use domain::call_flow::Leg;
use domain::time::Instant;
use engine::switching::CallRef;
use ring::hmac;

/// What stands after the seconds and the colon in the user names of one leg, and in no other's.
pub(super) fn name(call: &CallRef, leg: Leg) -> String {
    format!("{}.{}-{:03}", call.tenant, call.origin, leg.0)
}

/// The user name of a leg and its password. The user name tells from when on it opens nothing, in seconds since 1970.
pub(super) fn made(secret: &str, name: &str, opens_until: Instant) -> (String, String) {
    let username = format!("{}:{name}", opens_until.seconds());
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret.as_bytes());
    let password = BASE64_STANDARD.encode(hmac::sign(&key, username.as_bytes()));
    (username, password)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_what_the_relay_expects() {
        // Counted with another program: HMAC-SHA1 of the name with the secret, in base64.
        let call = CallRef { tenant: 7, origin: "softswitch/a".into() };
        let until = Instant::parse("2026-11-21T12:00:00.900Z").unwrap();
        let (username, password) = made("geheim", &name(&call, Leg(1)), until);
        assert_eq!(username, "1795262400:7.softswitch/a-001");
        assert_eq!(password, "/JiTMedhpOof2FkdTo7tiQ8nC+8=");
    }
}
