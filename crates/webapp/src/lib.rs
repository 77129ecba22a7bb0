//! The web app: what `web/` was built to, handed out by the program. It is a page whose script draws all others, so that every address
//! that a browser goes to and nothing else answers is one of its pages.

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};

/// What the app may do: nothing from another host, no script in a page itself. Its library sets styles from its scripts.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self'; \
                      img-src 'self' data: blob:; media-src 'self' data: blob:; connect-src 'self'; frame-src 'self'; \
                      base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
/// Only the app itself gets the microphone.
const PERMISSIONS: &str = "microphone=(self), camera=(), geolocation=()";
/// What is shown where the program was built without the app.
const MISSING: &str = include_str!("missing.html");

/// A file of the app.
struct File {
    path: &'static str,
    content: &'static [u8],
    /// The same by Brotli (RFC 7932).
    compressed: Option<&'static [u8]>,
}

static FILES: &[File] = &include!(concat!(env!("OUT_DIR"), "/files.rs"));

/// Whether the program was built with the app.
#[must_use]
pub fn is_there() -> bool {
    found("/index.html").is_some()
}

/// The same service with the app before it: its files, and its page where the service has nothing for a browser.
pub fn over(service: Router) -> Router {
    service.layer(from_fn(answer))
}

async fn answer(request: Request, next: Next) -> Response {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return next.run(request).await;
    }
    let (path, headers) = (request.uri().path().to_owned(), request.headers().clone());
    if path == "/" {
        return page(&headers);
    }
    if let Some(file) = found(&path).filter(|file| file.path != "/index.html") {
        return file.shown(&headers);
    }
    let answered = next.run(request).await;
    let is_lost = answered.status() == StatusCode::NOT_FOUND && !path.starts_with("/api/") && is_visit(&headers);
    if is_lost { page(&headers) } else { answered }
}

/// Whether somebody goes to an address, rather than a script asking for it.
fn is_visit(headers: &HeaderMap) -> bool {
    headers
        .get(header::ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|accept| accept.contains("text/html"))
}

fn page(headers: &HeaderMap) -> Response {
    let missing = File { path: "/index.html", content: MISSING.as_bytes(), compressed: None };
    found("/index.html").unwrap_or(&missing).shown(headers)
}

fn found(path: &str) -> Option<&'static File> {
    FILES.iter().find(|file| file.path == path)
}

impl File {
    fn shown(&self, headers: &HeaderMap) -> Response {
        // Files have a mark of what is in them in their names; the page that names them has not.
        let kept = if self.path.starts_with("/assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
        let fixed: [(HeaderName, HeaderValue); 7] = [
            (header::CONTENT_TYPE, HeaderValue::from_static(media_type(self.path))),
            (header::CACHE_CONTROL, HeaderValue::from_static(kept)),
            (header::VARY, HeaderValue::from_static("accept-encoding")),
            (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
            (HeaderName::from_static("permissions-policy"), HeaderValue::from_static(PERMISSIONS)),
            (header::REFERRER_POLICY, HeaderValue::from_static("same-origin")),
            (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        ];
        let accepts = headers.get(header::ACCEPT_ENCODING).and_then(|accepted| accepted.to_str().ok());
        let takes_brotli = accepts.is_some_and(|accepted| accepted.split(',').any(|one| one.trim() == "br"));
        match self.compressed.filter(|_| takes_brotli) {
            Some(content) => (fixed, [(header::CONTENT_ENCODING, "br")], Body::from(content)).into_response(),
            None => (fixed, Body::from(self.content)).into_response(),
        }
    }
}

fn media_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map_or("", |(_, kind)| kind) {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "woff2" => "font/woff2",
        "json" => "application/json",
        "webmanifest" => "application/manifest+json",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use axum::routing::get;
    use tower::ServiceExt;

    use super::*;

    async fn asked(path: &str, accept: &'static str) -> (StatusCode, String) {
        let service = over(Router::new().route("/api/v1/calls", get(async || "calls")));
        let request = Request::get(path).header(header::ACCEPT, accept).body(Body::empty()).unwrap();
        let answered = service.oneshot(request).await.unwrap();
        let kind = answered.headers().get(header::CONTENT_TYPE).map(|kind| kind.to_str().unwrap().to_owned());
        (answered.status(), kind.unwrap_or_default())
    }

    #[tokio::test]
    async fn what_nothing_else_answers_a_browser_is_a_page_of_the_app() {
        const HTML: &str = "text/html; charset=utf-8";
        for (path, accept, status, kind) in [
            ("/", "*/*", 200, HTML),
            ("/customers/cus_1?tab=calls", "text/html,*/*", 200, HTML),
            ("/customers/cus_1", "application/json", 404, ""),
            ("/api/v1/calls", "text/html", 200, "text/plain; charset=utf-8"),
            ("/api/v1/none", "text/html", 404, ""),
        ] {
            assert_eq!(asked(path, accept).await, (StatusCode::from_u16(status).unwrap(), kind.to_owned()), "{path}");
        }
    }
}
