//! The cookie of a session (RFC 6265). Where people come by HTTPS its name has the prefix `__Host-`, with which browsers let no other
//! host and no unencrypted page set or read it.

use axum::http::{HeaderMap, HeaderValue, header};
use engine::people::Secret;
use engine::people::sessions::ABSOLUTE_LIMIT;

const SECURE: &str = "__Host-tollgate";
const PLAIN: &str = "tollgate";

/// The session's secret that the request brings.
pub(crate) fn session(headers: &HeaderMap, secure: bool) -> Option<Secret> {
    let name = if secure { SECURE } else { PLAIN };
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let pairs = cookies.flat_map(|cookies| cookies.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.into_iter().find(|(known, value)| *known == name && !value.is_empty()).map(|(_, value)| Secret::new(value))
}

/// Has the browser keep a session.
pub(crate) fn setting(secret: &Secret, secure: bool) -> HeaderValue {
    written(secret.reveal(), ABSOLUTE_LIMIT.as_secs(), secure)
}

/// Has the browser forget its session.
pub(crate) fn clearing(secure: bool) -> HeaderValue {
    written("", 0, secure)
}

fn written(value: &str, seconds: u64, secure: bool) -> HeaderValue {
    let (name, only) = if secure { (SECURE, "; Secure") } else { (PLAIN, "") };
    let text = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{only}");
    // A secret is of letters, digits and underscores.
    let mut written = HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static(""));
    written.set_sensitive(true);
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_for_this_host_and_its_pages_alone() {
        let text = |value: HeaderValue| value.to_str().unwrap().to_owned();
        let set = text(setting(&Secret::new("tgs_1"), true));
        assert_eq!(set, "__Host-tollgate=tgs_1; Path=/; HttpOnly; SameSite=Lax; Max-Age=1209600; Secure");
        assert_eq!(text(clearing(false)), "tollgate=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0");
    }

    #[test]
    fn cookies_are_read_by_table() {
        for (cookies, secure, expected) in [
            ("tollgate=tgs_1", false, Some("tgs_1")),
            ("a=b; tollgate=tgs_1; c=d", false, Some("tgs_1")),
            ("__Host-tollgate=tgs_1", true, Some("tgs_1")),
            ("tollgate=tgs_1", true, None),
            ("tollgate=", false, None),
            ("tollgate", false, None),
            ("xtollgate=tgs_1", false, None),
        ] {
            let headers = HeaderMap::from_iter([(header::COOKIE, HeaderValue::from_static(cookies))]);
            let read = session(&headers, secure);
            assert_eq!(read.as_ref().map(Secret::reveal), expected, "{cookies}");
        }
    }
}
