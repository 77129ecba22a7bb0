//! How the world reaches the service: under which address, through which proxies; and what of a request tells who sends it.

mod cookie;
mod origin;
mod peer;

use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Uri, header};
use axum::middleware::Next;
use axum::response::Response;
use engine::people::{Client, PublicUrl, Secret};
use ipnet::IpNet;

use crate::App;

pub(crate) use cookie::{clearing, session, setting};
pub(crate) use origin::Site;
pub(crate) use peer::Peer;

/// The address of nobody.
const UNKNOWN: IpAddr = IpAddr::V4(Ipv4Addr::UNSPECIFIED);

/// How the world reaches the service.
#[derive(Debug, Clone)]
pub struct Entrance(Arc<Known>);

#[derive(Debug)]
struct Known {
    url: PublicUrl,
    proxies: Vec<IpNet>,
}

impl Entrance {
    /// People reach the service under `url`. Who connects from one of `proxies` is believed when it says for whom
    /// (`X-Forwarded-For`); nobody else is.
    #[must_use]
    pub fn new(url: PublicUrl, proxies: Vec<IpNet>) -> Self {
        Entrance(Arc::new(Known { url, proxies }))
    }

    /// Whether people come by HTTPS: cookies are for that alone then.
    pub(crate) fn is_secure(&self) -> bool {
        self.0.url.as_str().starts_with("https://")
    }

    /// The address that people reach the service under.
    pub(crate) fn url(&self) -> &PublicUrl {
        &self.0.url
    }

    /// Whose page sends a request.
    pub(crate) fn site(&self, headers: &HeaderMap, uri: &Uri) -> Site {
        origin::site(headers, uri, &self.0.url)
    }

    /// From where a request really comes, for those who give this machine's own programs rights; 0.0.0.0 where that is not known: a proxy
    /// of this machine that is not among the known ones hands it on, or a browser sends it for somebody else's page, also for one whose
    /// name was made to lead here (DNS rebinding).
    #[must_use]
    pub fn address(&self, parts: &Parts) -> IpAddr {
        let address = self.client(parts).address;
        let forwarded = ["forwarded", "x-forwarded-for", "x-real-ip", "via"];
        let is_handed_on = forwarded.iter().any(|name| parts.headers.contains_key(*name));
        let is_foreign = self.site(&parts.headers, &parts.uri) == Site::Other;
        let is_ours = origin::is_for_us(&parts.headers, &parts.uri, &self.0.url);
        if address.is_loopback() && (is_handed_on || is_foreign || !is_ours) { UNKNOWN } else { address }
    }

    /// Who sends the request.
    pub(crate) fn client(&self, parts: &Parts) -> Client {
        let peer = parts.extensions.get::<Peer>().map_or(UNKNOWN, |peer| peer.0);
        let forwarded = parts.headers.get_all("x-forwarded-for").iter().map(HeaderValue::as_bytes);
        let address = peer::client(peer, forwarded, &self.0.proxies);
        Client { address, browser: browser(&parts.headers) }
    }
}

/// Where people come by HTTPS, has their browsers come by nothing else for a year (RFC 6797).
pub(crate) async fn strict_transport(State(entrance): State<Entrance>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    if entrance.is_secure() {
        let year = HeaderValue::from_static("max-age=31536000");
        response.headers_mut().insert(header::STRICT_TRANSPORT_SECURITY, year);
    }
    response
}

/// What the browser calls itself.
fn browser(headers: &HeaderMap) -> String {
    headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
}

/// Who sends a request that needs nobody to be signed in, and the session that it brings all the same.
pub(crate) struct Sender(pub(crate) Client, pub(crate) Option<Secret>);

impl FromRequestParts<App> for Sender {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Infallible> {
        let entrance = &app.entrance;
        // A session changes something only for a page that is known to be ours.
        let ours = parts.method.is_safe() || entrance.site(&parts.headers, &parts.uri) == Site::Own;
        let session = if ours { session(&parts.headers, entrance.is_secure()) } else { None };
        Ok(Sender(entrance.client(parts), session))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is sent on for others, or for somebody else's page, has no rights of this machine.
    #[test]
    fn addresses_by_table() {
        let url = PublicUrl::parse("https://phones.example").unwrap();
        let entrance = Entrance::new(url, vec!["10.0.0.0/8".parse().unwrap()]);
        for (peer, header, expected) in [
            ("127.0.0.1", None, "0.0.0.0"),
            ("127.0.0.1", Some(("host", "localhost:3000")), "127.0.0.1"),
            ("127.0.0.1", Some(("host", "127.0.0.1:3000")), "127.0.0.1"),
            ("127.0.0.1", Some(("host", "[::1]:3000")), "127.0.0.1"),
            ("127.0.0.1", Some(("host", "phones.example")), "127.0.0.1"),
            ("127.0.0.1", Some(("host", "phones.example:3000")), "127.0.0.1"),
            ("127.0.0.1", Some(("host", "evil.example:3000")), "0.0.0.0"),
            ("127.0.0.1", Some(("host", "localhost.evil.example")), "0.0.0.0"),
            ("127.0.0.1", Some(("x-forwarded-for", "203.0.113.7")), "0.0.0.0"),
            ("127.0.0.1", Some(("forwarded", "for=203.0.113.7")), "0.0.0.0"),
            ("127.0.0.1", Some(("via", "1.1 proxy")), "0.0.0.0"),
            ("127.0.0.1", Some(("origin", "https://evil.example")), "0.0.0.0"),
            ("127.0.0.1", Some(("origin", "https://phones.example")), "127.0.0.1"),
            ("10.0.0.1", Some(("x-forwarded-for", "203.0.113.7")), "203.0.113.7"),
            ("10.0.0.1", Some(("x-forwarded-for", "127.0.0.1")), "0.0.0.0"),
            ("203.0.113.7", Some(("x-forwarded-for", "127.0.0.1")), "203.0.113.7"),
        ] {
            let named = header.is_some_and(|(name, _)| name != "host");
            let uri = if named { "http://localhost:3000/socket.io/" } else { "/socket.io/" };
            let mut request = Request::builder().uri(uri).extension(Peer(peer.parse().unwrap()));
            if let Some((name, value)) = header {
                request = request.header(name, value);
            }
            let (parts, _) = request.body(axum::body::Body::empty()).unwrap().into_parts();
            assert_eq!(entrance.address(&parts).to_string(), expected, "{peer} {header:?}");
        }
    }
}
