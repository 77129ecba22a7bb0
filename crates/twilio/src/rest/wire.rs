//! Requests and answers, and when a request is made again.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Bytes;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, RETRY_AFTER, USER_AGENT};
use hyper::{Method, Request, StatusCode};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::{self, connect::HttpConnector};
use hyper_util::rt::TokioExecutor;
use rustls::{ClientConfig, RootCertStore};
use tokio::time::{sleep, timeout};
use url::Url;

use super::{Client, RestError};
use crate::form::Form;

/// How often something is asked at most.
const MOST_TRIES: u32 = 3;
/// How long is waited before something is asked again, at first.
const PAUSE: Duration = Duration::from_millis(200);
/// How long is waited at most because Twilio asks for it: whoever waits here has a caller on the line.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// The largest answer, in bytes: an hour and a half that was recorded on two channels.
const LARGEST_ANSWER: usize = 256 * 1024 * 1024;

/// Connections, kept for the next requests.
#[derive(Debug)]
pub(super) struct Wire {
    client: legacy::Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
}

/// What came back.
struct Answer {
    status: StatusCode,
    retry_after: Option<Duration>,
    body: Bytes,
}

impl Wire {
    pub(super) fn new() -> Result<Wire, rustls::Error> {
        let trusted = rustls_native_certs::load_native_certs();
        for error in trusted.errors {
            tracing::warn!("Twilio: some certificates that this machine trusts cannot be read: {error}");
        }
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(trusted.certs);
        let tls = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let connector = HttpsConnectorBuilder::new().with_tls_config(tls).https_or_http().enable_http1().build();
        // Where a kept connection turns out to be closed before anything was written to it, another one is taken: nothing is sent twice.
        Ok(Wire { client: legacy::Client::builder(TokioExecutor::new()).build(connector) })
    }

    async fn send(&self, request: Request<Full<Bytes>>) -> Result<Answer, RestError> {
        let silent = |error: &dyn Error| RestError::Silent { reason: reason(error) };
        let answer = self.client.request(request).await.map_err(|error| match error.is_connect() {
            true => RestError::Unreachable { reason: reason(&error) },
            false => silent(&error),
        })?;
        let status = answer.status();
        let retry_after = answer.headers().get(RETRY_AFTER).and_then(|after| after.to_str().ok()?.trim().parse().ok());
        let body = Limited::new(answer.into_body(), LARGEST_ANSWER).collect().await;
        let body = body.map_err(|error| silent(&*error))?.to_bytes();
        Ok(Answer { status, retry_after: retry_after.map(Duration::from_secs), body })
    }
}

impl Client {
    /// Asks until there is an answer, or no more sense in it; answers what a success says.
    pub(super) async fn ask(
        &self,
        method: Method,
        url: &Url,
        form: Option<&Form>,
        patience: Duration,
    ) -> Result<Bytes, RestError> {
        let mut tried = 1;
        loop {
            let request = self.request(&method, url, form)?;
            let sent = timeout(patience, self.wire.send(request)).await;
            let none = |_| RestError::Silent { reason: format!("nothing came within {patience:?}") };
            let pause = match sent.map_err(none).flatten() {
                Ok(answer) if answer.status.is_success() => return Ok(answer.body),
                Ok(answer) if answer.status == StatusCode::TOO_MANY_REQUESTS => {
                    let retry_after = answer.retry_after.unwrap_or(PAUSE * tried);
                    if tried == MOST_TRIES || retry_after > LONGEST_PAUSE {
                        return Err(RestError::Busy { retry_after });
                    }
                    retry_after
                }
                Ok(answer) if answer.status.is_server_error() && method != Method::POST && tried < MOST_TRIES => {
                    PAUSE * tried
                }
                Ok(answer) => return Err(RestError::of(answer.status.as_u16(), &answer.body)),
                Err(_) if method != Method::POST && tried < MOST_TRIES => PAUSE * tried,
                Err(silent) => return Err(silent),
            };
            sleep(pause).await;
            tried += 1;
        }
    }

    fn request(&self, method: &Method, url: &Url, form: Option<&Form>) -> Result<Request<Full<Bytes>>, RestError> {
        let settings = &self.settings;
        let credentials = STANDARD.encode(format!("{}:{}", settings.user, settings.secret));
        let body = form.map(Form::to_body).unwrap_or_default();
        Request::builder()
            .method(method)
            .uri(url.as_str())
            .header(AUTHORIZATION, format!("Basic {credentials}"))
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(USER_AGENT, "tollgate")
            .body(Full::from(body))
            // An address and credentials of text are always a request; the error would show neither.
            .map_err(|_| RestError::Silent { reason: "the request cannot be written".to_owned() })
    }

    /// Where something of the account is; the account itself, without a path.
    pub(super) fn address(&self, path: &[&str]) -> Url {
        let mut address = self.settings.base.clone();
        if let Ok(mut segments) = address.path_segments_mut() {
            segments.pop_if_empty().extend(["2010-04-01", "Accounts"]);
            match path {
                [] => segments.push(&format!("{}.json", self.settings.account)),
                path => segments.push(&self.settings.account).extend(path),
            };
        }
        address
    }
}

/// What happened, down to its cause.
fn reason(error: &dyn Error) -> String {
    let mut told = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        told = format!("{told}: {error}");
        cause = error.source();
    }
    told
}
