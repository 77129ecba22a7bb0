//! Whether a browser sends a request for one of our own pages or for somebody else's: a page elsewhere could otherwise use the
//! session of whoever looks at it.

use std::net::IpAddr;

use axum::http::{HeaderMap, HeaderName, Uri, header};
use engine::people::PublicUrl;

/// Whose page sends the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Site {
    /// Ours.
    Own,
    /// Somebody else's.
    Other,
    /// No browser has said: a program, or a browser of long ago.
    Unknown,
}

/// Whose page sends a request to the service at `url`. What the browser says by `Sec-Fetch-Site` (Fetch Metadata) and `Origin` no page
/// can set. The origin must be that of `url`; or the host that the request is for, where that is an address or `localhost`: somebody
/// else's name that leads here (DNS rebinding) is not ours.
pub(super) fn site(headers: &HeaderMap, uri: &Uri, url: &PublicUrl) -> Site {
    let text = |name: HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or("unreadable"));
    let asked = asked(headers, uri);
    let (scheme, own_host) = url.as_str().split_once("://").unwrap_or_default();
    let own = |is_own: bool| if is_own { Site::Own } else { Site::Other };
    let said = text(HeaderName::from_static("sec-fetch-site"));
    // A page that tells nobody where it is from has the origin "null": then what the browser says beside decides.
    let from = text(header::ORIGIN).filter(|origin| said.is_none() || *origin != "null");
    let from = from.map(|origin| origin.split_once("://").unwrap_or_default());
    match (said, from) {
        (Some(said), _) if !matches!(said, "same-origin" | "none") => Site::Other,
        (_, Some(from)) => own(from == (scheme, own_host) || is_address(asked) && from.1 == asked),
        (Some(_), None) => own(asked == own_host || is_address(asked)),
        (None, None) => Site::Unknown,
    }
}

/// Whether a request is for the service by a name that leads nobody else here: its own, `localhost`, or an IP address.
pub(super) fn is_for_us(headers: &HeaderMap, uri: &Uri, url: &PublicUrl) -> bool {
    let (asked, (_, own)) = (asked(headers, uri), url.as_str().split_once("://").unwrap_or_default());
    is_address(asked) || name(asked).eq_ignore_ascii_case(name(own))
}

/// The host that a request is for, with its port if it names one.
fn asked<'a>(headers: &'a HeaderMap, uri: &'a Uri) -> &'a str {
    let said = headers.get(header::HOST).map(|host| host.to_str().unwrap_or("unreadable"));
    said.or_else(|| uri.authority().map(|authority| authority.as_str())).unwrap_or_default()
}

/// Whether a host is `localhost` or an IP address, with or without a port.
fn is_address(host: &str) -> bool {
    let name = name(host);
    name == "localhost" || name.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>().is_ok()
}

/// A host without its port.
fn name(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn sites_by_table() {
        let (own, local, evil) = (Some("phones.example"), Some("localhost:3000"), Some("evil.example"));
        for (fetch_site, origin, host, expected) in [
            (Some("same-origin"), None, own, Site::Own),
            (Some("none"), None, own, Site::Own),
            (Some("same-origin"), None, local, Site::Own),
            (Some("same-origin"), None, Some("[::1]:3000"), Site::Own),
            (Some("same-origin"), None, Some("192.168.1.7"), Site::Own),
            (Some("same-origin"), Some("http://evil.example"), evil, Site::Other),
            (Some("same-origin"), None, evil, Site::Other),
            (Some("same-origin"), Some("null"), own, Site::Own),
            (Some("same-origin"), Some("null"), evil, Site::Other),
            (Some("cross-site"), Some("null"), own, Site::Other),
            // A proxy may ask by a name of its own.
            (Some("same-origin"), Some("https://phones.example"), Some("inside:3000"), Site::Own),
            (Some("same-site"), Some("https://phones.example"), own, Site::Other),
            (Some("cross-site"), Some("https://phones.example"), own, Site::Other),
            (None, Some("https://phones.example"), Some("10.0.0.1:3000"), Site::Own),
            (None, Some("https://phones.example"), own, Site::Own),
            (None, Some("http://localhost:3000"), local, Site::Own),
            (None, Some("http://localhost:3001"), local, Site::Other),
            (None, Some("http://phones.example"), own, Site::Other),
            (None, Some("http://phones.example"), Some("10.0.0.1:3000"), Site::Other),
            (None, Some("http://evil.example"), evil, Site::Other),
            (None, Some("https://phones.example.evil"), own, Site::Other),
            (None, Some("https://evil.example"), own, Site::Other),
            (None, Some("null"), own, Site::Other),
            (None, Some("null"), None, Site::Other),
            (None, None, own, Site::Unknown),
        ] {
            let mut headers = HeaderMap::new();
            for (name, value) in [("sec-fetch-site", fetch_site), ("origin", origin), ("host", host)] {
                if let Some(value) = value {
                    headers.insert(name, HeaderValue::from_static(value));
                }
            }
            let url = PublicUrl::parse("https://phones.example").unwrap();
            let uri = Uri::from_static("/api/v1/session");
            assert_eq!(site(&headers, &uri, &url), expected, "{fetch_site:?} {origin:?} {host:?}");
            // HTTP/2 has the host in the address.
            if let Some(host) = headers.remove("host") {
                let uri: Uri = format!("https://{}/api/v1/session", host.to_str().unwrap()).parse().unwrap();
                assert_eq!(site(&headers, &uri, &url), expected, "{fetch_site:?} {origin:?} {uri}");
            }
        }
    }
}
