//! Versions of records on the wire: strong entity tags (RFC 9110, section 8.8.3).

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderValue, header};

use crate::problem::{CHANGED, NO_VERSION, Problem};

const IF_MATCH: &str = "If-Match";

/// The tag of a version.
pub(crate) fn etag(version: i64) -> HeaderValue {
    // Digits and quotes are always a header's value.
    HeaderValue::from_str(&format!("\"{version}\"")).unwrap_or(HeaderValue::from_static("\"\""))
}

/// The version that an edit is made to, from `If-Match`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct IfMatch(pub(crate) i64);

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let Some(given) = parts.headers.get(header::IF_MATCH) else {
            let detail = "send the ETag of the record as it was read, such as \"1\"";
            return Err(Problem::header(NO_VERSION, IF_MATCH, detail));
        };
        let quoted = given.to_str().ok().and_then(|text| text.strip_prefix('"')?.strip_suffix('"'));
        let version = quoted.filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()));
        // Any other tag, a weak one too, is the tag of no version of the record.
        let no_version = || Problem::header(CHANGED, IF_MATCH, "is not an ETag that this record ever had");
        version.and_then(|digits| digits.parse().ok()).map(IfMatch).ok_or_else(no_version)
    }
}
