//! A real receiver of webhooks, and what checks their signatures.

use std::io::Write;
use std::net::SocketAddr;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use futures::stream;
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// What came in.
#[derive(Debug, Clone)]
pub(crate) struct Received {
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

/// A server on this machine that answers by what the path says.
#[derive(Clone, Default)]
pub(crate) struct Receiver {
    received: Arc<Mutex<Vec<Received>>>,
    /// How many bytes of an endless answer were taken from it.
    given: Arc<AtomicUsize>,
}

/// A piece of an endless answer, in bytes.
const PIECE: usize = 64 * 1024;
/// How many of them there are: a gigabyte.
const PIECES: usize = 16 * 1024;

impl Receiver {
    pub(crate) async fn start() -> (Receiver, SocketAddr) {
        let receiver = Receiver::default();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new().fallback(answer).with_state(receiver.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        (receiver, address)
    }

    pub(crate) fn received(&self) -> Vec<Received> {
        self.received.lock().unwrap().clone()
    }

    pub(crate) fn given(&self) -> usize {
        self.given.load(Ordering::SeqCst)
    }

    fn pieces(&self, last: Option<usize>) -> Body {
        let given = self.given.clone();
        Body::from_stream(stream::unfold(0, move |piece| {
            let given = given.clone();
            async move {
                if Some(piece) == last {
                    std::future::pending::<()>().await;
                }
                given.fetch_add(PIECE, Ordering::SeqCst);
                let more = Ok::<_, std::io::Error>(Bytes::from(vec![b'x'; PIECE]));
                (piece < PIECES).then_some((more, piece + 1))
            }
        }))
    }
}

async fn answer(State(receiver): State<Receiver>, uri: Uri, headers: HeaderMap, body: String) -> Response {
    receiver.received.lock().unwrap().push(Received { path: uri.to_string(), headers, body });
    match uri.path() {
        "/redirect" => (StatusCode::FOUND, [("location", "/elsewhere")]).into_response(),
        "/hangs" => std::future::pending().await,
        "/endless" => receiver.pieces(None).into_response(),
        "/stops" => receiver.pieces(Some(0)).into_response(),
        "/bytes" => [b"\xff\0\xc3".as_slice(), "é".repeat(1000).as_bytes()].concat().into_response(),
        "/head" => (StatusCode::OK, [("x-long", "x".repeat(200_000))], "long").into_response(),
        "/gone" => StatusCode::GONE.into_response(),
        _ => (StatusCode::ACCEPTED, "thank you").into_response(),
    }
}

impl Received {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().unwrap()
    }

    /// What the library of the specification says of it.
    pub(crate) fn verified_with(&self, secret: &str) -> String {
        let python = std::env::var("TOLLGATE_TEST_PYTHON")
            .expect("TOLLGATE_TEST_PYTHON names a Python that has standardwebhooks: `make test` sets one up");
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/webhooks/verify.py");
        let mut command = Command::new(python);
        let mut verifier = command.arg(script).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let text = |(name, value): (&axum::http::HeaderName, &axum::http::HeaderValue)| {
            (name.to_string(), Value::from(value.to_str().unwrap()))
        };
        let headers: serde_json::Map<String, Value> = self.headers.iter().map(text).collect();
        let webhook = json!({"secret": secret, "headers": headers, "body": self.body});
        verifier.stdin.take().unwrap().write_all(webhook.to_string().as_bytes()).unwrap();
        let output = verifier.wait_with_output().unwrap();
        assert!(output.status.success(), "the verifier ran");
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }
}
