//! The audio of recordings. Players seek in it: they ask for a range of its bytes.

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use engine::recordings::{self, Audio, Inbox};
use futures::{StreamExt, stream};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::App;
use crate::guard::{CUSTOMER, Caller, PAYERS};
use crate::params::Id;
use crate::problem::{NO_RANGE, Problem, Refusals};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(get_recording_audio))
}

/// Hear a recording
///
/// All of its audio, or the range of it that the header `Range` asks for (one of bytes; a header with several is passed over). Who
/// hears it is written in the audit trail.
#[utoipa::path(get, path = "/recordings/{id}/audio",
    params(("id" = String, Path), ("Range" = Option<String>, Header, description = "Such as `bytes=0-1023`.")),
    responses((status = 200, description = "The audio.", content_type = "audio/*", body = Vec<u8>),
        (status = 206, description = "The range of it.", content_type = "audio/*", body = Vec<u8>), Refusals),
    extensions(("x-roles" = json!(PAYERS)), ("x-owner" = json!(CUSTOMER))))]
async fn get_recording_audio(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    answer(recordings::listen(&app.engine, &actor, (Inbox::OfLines, &id)).await?, &headers).await
}

/// The audio, or the range of it that the headers ask for.
pub(super) async fn answer(audio: Audio, headers: &HeaderMap) -> Result<Response, Problem> {
    let size = audio.recording.size_bytes;
    let range = headers.get(header::RANGE).and_then(|range| range.to_str().ok());
    let (status, from, until) = match Range::read(range, size) {
        Range::All => (StatusCode::OK, 0, size),
        Range::Bytes(from, until) => (StatusCode::PARTIAL_CONTENT, from, until),
        Range::Outside => return Ok(outside(size)),
    };
    let described = [
        (header::CONTENT_TYPE, audio.recording.media_type.clone()),
        (header::CONTENT_DISPOSITION, format!("inline; filename=\"{}\"", file_name(&audio))),
        (header::ACCEPT_RANGES, "bytes".to_owned()),
        // It may be heard by who asks alone, and each time anew.
        (header::CACHE_CONTROL, "private, no-store".to_owned()),
        (header::CONTENT_LENGTH, (until - from).to_string()),
    ];
    // The first bytes are read before the answer begins, so that a database that does not answer is told by a status.
    let first = audio.part(from, until).await?;
    let read = from + length(&first);
    let rest = stream::try_unfold((audio, read), move |(audio, from)| async move {
        if from >= until {
            return Ok(None);
        }
        let bytes = audio.part(from, until).await.map_err(|error| error.to_string())?;
        let read = from + length(&bytes);
        Ok::<_, String>(Some((Bytes::from(bytes), (audio, read))))
    });
    let body = Body::from_stream(stream::once(async { Ok(Bytes::from(first)) }).chain(rest));
    let mut response = (status, described, body).into_response();
    if status == StatusCode::PARTIAL_CONTENT {
        tell_range(&mut response, &format!("bytes {from}-{}/{size}", until - 1));
    }
    Ok(response)
}

fn length(bytes: &[u8]) -> i64 {
    i64::try_from(bytes.len()).unwrap_or(i64::MAX)
}

/// The id, with the kind of the audio behind it.
fn file_name(audio: &Audio) -> String {
    let recording = &audio.recording;
    let form = recording.media_type.rsplit('/').next().unwrap_or_default();
    format!("{}.{form}", recording.id)
}

fn outside(size: i64) -> Response {
    let mut response =
        Problem::new(NO_RANGE, format!("the audio has {size} bytes")).figure("size_bytes", size).into_response();
    tell_range(&mut response, &format!("bytes */{size}"));
    response
}

fn tell_range(response: &mut Response, range: &str) {
    if let Ok(range) = HeaderValue::from_str(range) {
        response.headers_mut().insert(header::CONTENT_RANGE, range);
    }
}

/// What is asked for of a number of bytes (RFC 9110, section 14).
#[derive(Debug, PartialEq, Eq)]
enum Range {
    /// All of them.
    All,
    /// Those from the first number on, and before the second.
    Bytes(i64, i64),
    /// None that are there.
    Outside,
}

impl Range {
    /// Reads the header. One that is none, or has several ranges, is as if it were not there.
    fn read(header: Option<&str>, size: i64) -> Range {
        let Some((unit, range)) = header.and_then(|header| header.split_once('=')) else { return Range::All };
        let Some((first, last)) = range.trim().split_once('-') else { return Range::All };
        let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let number = |text: &str| text.parse::<i64>().unwrap_or(i64::MAX);
        let (from, until) = match (is_number(first), is_number(last)) {
            _ if !unit.eq_ignore_ascii_case("bytes") => return Range::All,
            (true, true) if number(first) > number(last) => return Range::All,
            (true, true) => (number(first), number(last).saturating_add(1).min(size)),
            (true, false) if last.is_empty() => (number(first), size),
            (false, true) if first.is_empty() => ((size - number(last)).max(0), size),
            _ => return Range::All,
        };
        if from < until { Range::Bytes(from, until) } else { Range::Outside }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_by_table() {
        for (header, range) in [
            ("bytes=0-", Range::Bytes(0, 10)),
            ("bytes=0-0", Range::Bytes(0, 1)),
            ("Bytes=3-5", Range::Bytes(3, 6)),
            ("bytes=3-99", Range::Bytes(3, 10)),
            ("bytes=3-99999999999999999999", Range::Bytes(3, 10)),
            ("bytes=9-9223372036854775807", Range::Bytes(9, 10)),
            ("bytes=-4", Range::Bytes(6, 10)),
            ("bytes=-99", Range::Bytes(0, 10)),
            ("bytes=10-", Range::Outside),
            ("bytes=10-12", Range::Outside),
            ("bytes=99999999999999999999-", Range::Outside),
            ("bytes=-0", Range::Outside),
            ("bytes=5-3", Range::All),
            ("bytes=0-1,3-4", Range::All),
            ("bytes=a-b", Range::All),
            ("bytes=+1-2", Range::All),
            ("bytes=-", Range::All),
            ("bytes=", Range::All),
            ("items=0-1", Range::All),
            ("bytes", Range::All),
            ("", Range::All),
        ] {
            assert_eq!(Range::read(Some(header), 10), range, "{header}");
        }
        assert_eq!(Range::read(None, 10), Range::All);
    }
}
