//! The phone in the browser: a page with its style and scripts, served from the program.

use axum::Router;
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::IntoResponse;
use axum::routing::get;

/// What the page may do: nothing from another host, no script in the page itself. Prompts come as `data:` addresses.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; media-src 'self' data:; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/// Only the page itself gets the microphone.
const PERMISSIONS: &str = "microphone=(self), camera=(), geolocation=()";

const HTML: &str = "text/html; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";

/// A file: its path, its media type and what is in it.
type File = (&'static str, &'static str, &'static str);

const FILES: &[File] = &[
    ("/phone", HTML, include_str!("index.html")),
    ("/phone/phone.css", CSS, include_str!("phone.css")),
    ("/phone/dialling.js", SCRIPT, include_str!("dialling.js")),
    ("/phone/phone.js", SCRIPT, include_str!("phone.js")),
    ("/phone/recording.js", SCRIPT, include_str!("recording.js")),
    ("/phone/socket.js", SCRIPT, include_str!("socket.js")),
    ("/phone/telephone.js", SCRIPT, include_str!("telephone.js")),
    ("/phone/tones.js", SCRIPT, include_str!("tones.js")),
    ("/phone/view.js", SCRIPT, include_str!("view.js")),
    ("/phone/voice.js", SCRIPT, include_str!("voice.js")),
    ("/phone/words.js", SCRIPT, include_str!("words.js")),
];

/// The page `/phone` and its files. It speaks with the exchange at `/socket.io` of the same host.
pub fn pages<S: Clone + Send + Sync + 'static>() -> Router<S> {
    FILES.iter().fold(Router::new(), |router, file| router.route(file.0, get(async move || shown(file))))
}

fn shown((_, media_type, content): &'static File) -> impl IntoResponse {
    let headers: [(HeaderName, HeaderValue); 6] = [
        (header::CONTENT_TYPE, HeaderValue::from_static(media_type)),
        // A new version of the program has another page: browsers ask each time.
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
        (HeaderName::from_static("permissions-policy"), HeaderValue::from_static(PERMISSIONS)),
        (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    ];
    (headers, *content)
}
