//! Whether a browser sends a request for one of our own pages or for somebody else's: a page elsewhere could otherwise use the
//! session of whoever looks at it.

use axum::http::{HeaderMap, header};

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

/// Whose page sends a request with these headers to the service at `url`. What the browser says by `Sec-Fetch-Site` (Fetch Metadata)
/// goes first, for a page cannot set it; then `Origin`, which must be the service's, or the host that the request is for.
pub(crate) fn site(headers: &HeaderMap, url: &str) -> Site {
    let text = |name| headers.get(name).map(|value: &axum::http::HeaderValue| value.to_str().unwrap_or("unreadable"));
    let said = text(header::HeaderName::from_static("sec-fetch-site"));
    match said {
        Some("same-origin" | "none") => return Site::Own,
        Some(_) => return Site::Other,
        None => {}
    }
    let Some(origin) = text(header::ORIGIN) else { return Site::Unknown };
    let host = origin.split_once("://").map(|(_, host)| host);
    let asked = text(header::HOST);
    if origin == self::origin(url) || host.is_some() && host == asked { Site::Own } else { Site::Other }
}

/// Scheme, host and port of an address.
fn origin(url: &str) -> &str {
    let after_scheme = url.find("://").map_or(0, |at| at + 3);
    let end = url.get(after_scheme..).and_then(|rest| rest.find('/')).map_or(url.len(), |at| after_scheme + at);
    url.get(..end).unwrap_or(url)
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn sites_by_table() {
        let url = "https://phones.example/tollgate";
        for (fetch_site, origin, host, expected) in [
            (Some("same-origin"), None, None, Site::Own),
            (Some("none"), None, None, Site::Own),
            (Some("same-site"), Some("https://phones.example"), None, Site::Other),
            (Some("cross-site"), Some("https://phones.example"), None, Site::Other),
            (None, Some("https://phones.example"), Some("10.0.0.1:3000"), Site::Own),
            (None, Some("http://localhost:3000"), Some("localhost:3000"), Site::Own),
            (None, Some("http://phones.example"), Some("10.0.0.1:3000"), Site::Other),
            (None, Some("https://phones.example.evil"), Some("phones.example"), Site::Other),
            (None, Some("https://evil.example"), Some("phones.example"), Site::Other),
            (None, Some("null"), Some("phones.example"), Site::Other),
            (None, Some("null"), None, Site::Other),
            (None, None, Some("phones.example"), Site::Unknown),
        ] {
            let mut headers = HeaderMap::new();
            for (name, value) in [("sec-fetch-site", fetch_site), ("origin", origin), ("host", host)] {
                if let Some(value) = value {
                    headers.insert(name, HeaderValue::from_static(value));
                }
            }
            assert_eq!(site(&headers, url), expected, "{fetch_site:?} {origin:?} {host:?}");
        }
    }
}
