//! Webhooks of the real program, to a real receiver.

use std::io::Write;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, Response};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use serde_json::{Value, json};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use crate::certificate::Certificate;
use crate::company::found;
use crate::databases::fresh_postgres;
use crate::run::Folder;
use crate::server::Server;

/// A receiver that takes everything.
#[derive(Clone, Default)]
struct Receiver(Arc<Mutex<Vec<(HeaderMap, String)>>>);

impl Receiver {
    /// Listens on this port; by HTTPS, if there is a certificate.
    async fn start(port: u16, certificate: Option<&Certificate>) -> Receiver {
        let receiver = Receiver::default();
        let listener = TcpListener::bind(("127.0.0.1", port)).await.unwrap();
        let (tls, here) = (certificate.map(acceptor), receiver.clone());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                match &tls {
                    None => here.clone().take(stream),
                    // Who does not trust the certificate goes away.
                    Some(tls) => match tls.accept(stream).await {
                        Ok(stream) => here.clone().take(stream),
                        Err(_) => continue,
                    },
                }
            }
        });
        receiver
    }

    fn take(self, stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static) {
        let service = service_fn(move |request: Request<Incoming>| {
            let received = self.0.clone();
            async move {
                let (parts, body) = request.into_parts();
                let body = to_bytes(Body::new(body), 1 << 20).await.unwrap();
                received.lock().unwrap().push((parts.headers, String::from_utf8(body.to_vec()).unwrap()));
                Ok::<_, std::convert::Infallible>(Response::new(Body::empty()))
            }
        });
        tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
    }

    /// Waits for the one webhook, which has to be signed with this secret.
    async fn verified(&self, secret: &str) -> Value {
        until("a webhook", async || !self.0.lock().unwrap().is_empty()).await;
        let received = self.0.lock().unwrap().clone();
        let [(headers, body)] = &received[..] else { panic!("it comes once: {received:?}") };
        assert_eq!(verdict(headers, body, secret), "verified");
        serde_json::from_str(body).unwrap()
    }
}

fn acceptor(certificate: &Certificate) -> TlsAcceptor {
    let [chain, key] = certificate.pem();
    let chain = CertificateDer::pem_slice_iter(chain.as_bytes()).collect::<Result<Vec<_>, _>>().unwrap();
    let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).unwrap();
    let builder = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()));
    let builder = builder.with_safe_default_protocol_versions().unwrap().with_no_client_auth();
    TlsAcceptor::from(Arc::new(builder.with_single_cert(chain, key).unwrap()))
}

/// What the library of the specification says.
fn verdict(headers: &HeaderMap, body: &str, secret: &str) -> String {
    let python = std::env::var("TOLLGATE_TEST_PYTHON")
        .expect("TOLLGATE_TEST_PYTHON names a Python that has standardwebhooks: `make test` sets one up");
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../webhooks/tests/webhooks/verify.py");
    let mut command = Command::new(python);
    let mut verifier = command.arg(script).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let headers = headers.iter().map(|(name, value)| (name.to_string(), Value::from(value.to_str().unwrap())));
    let headers: serde_json::Map<String, Value> = headers.collect();
    let webhook = json!({"secret": secret, "headers": headers, "body": body});
    verifier.stdin.take().unwrap().write_all(webhook.to_string().as_bytes()).unwrap();
    let output = verifier.wait_with_output().unwrap();
    assert!(output.status.success(), "the verifier ran");
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// A port of this machine on which nobody listens.
async fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port()
}

/// Makes a webhook; its path and its secret.
async fn webhook(server: &Server, url: &str) -> (String, String) {
    let (status, made) = server.post("/api/v1/webhooks", &json!({"url": url, "kinds": ["call.ended"]})).await;
    assert_eq!(status, 201, "{made}");
    (format!("/api/v1/webhooks/{}", made["id"].as_str().unwrap()), made["secret"].as_str().unwrap().to_owned())
}

/// A call that is charged while it runs, and ends.
async fn call(server: &Server) -> String {
    let lines = server.get("/api/v1/lines").await.1;
    let new = json!({"origin": "pbx:1", "line": lines["items"][0]["id"], "to": "+442079460018"});
    let (status, opened) = server.post("/api/v1/charging/sessions", &new).await;
    assert_eq!(status, 201, "{opened}");
    let path = format!("/api/v1/charging/sessions/{}", opened["id"].as_str().unwrap());
    for step in ["answer", "settle"] {
        let (status, reply) = server.post(&format!("{path}/{step}"), &json!({})).await;
        assert_eq!(status, 200, "{step}: {reply}");
    }
    opened["id"].as_str().unwrap().to_owned()
}

/// The tries of what was sent last.
async fn attempts(server: &Server, webhook: &str) -> Vec<Value> {
    let log = server.get(&format!("{webhook}/deliveries")).await.1;
    log["items"][0]["attempts"].as_array().cloned().unwrap_or_default()
}

async fn until(what: &str, mut there: impl AsyncFnMut() -> bool) {
    let started = Instant::now();
    while !there().await {
        assert!(started.elapsed() < Duration::from_secs(60), "{what}: waited in vain");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn a_call_that_ended_is_told_though_the_server_is_killed_and_the_receiver_was_away() {
    let folder = Folder::new();
    for database in [folder.sqlite(), fresh_postgres().await] {
        let key = found(&database, 1, 0).await;
        let port = free_port().await;
        let private = format!("127.0.0.1:{port}");
        let near = ["--webhooks-allow-private", private.as_str()];
        let server = Server::serve(&folder, &database, &key, &near);
        let (path, secret) = webhook(&server, &format!("http://{private}/hooks")).await;
        let id = call(&server).await;
        until("a first try", async || !attempts(&server, &path).await.is_empty()).await;
        let [first] = &attempts(&server, &path).await[..] else { panic!("one") };
        assert!(first["error"].as_str().unwrap().starts_with("the host cannot be reached"), "{first}");
        server.kill();

        let receiver = Receiver::start(port, None).await;
        let server = Server::serve(&folder, &database, &key, &near);
        let told = receiver.verified(&secret).await;
        assert_eq!((&told["type"], &told["data"]["id"]), (&json!("call.ended"), &json!(id)));
        assert_eq!((&told["data"]["to"], &told["data"]["price"]["currency"]), (&json!("+442079460018"), &json!("EUR")));
        until("the log", async || attempts(&server, &path).await.len() == 2).await;
        assert_eq!(attempts(&server, &path).await[1]["status"], 200);
    }
}

#[tokio::test]
async fn over_https_the_receiver_is_known_by_its_certificate() {
    let folder = Folder::new();
    let certificate = Certificate::of(1);
    folder.write("trusted.pem", &certificate.pem()[0]);
    folder.write("other.pem", &Certificate::of(2).pem()[0]);
    let key = found(&folder.sqlite(), 1, 0).await;
    let port = free_port().await;
    let receiver = Receiver::start(port, Some(&certificate)).await;
    let near = ["--webhooks-allow-private", &format!("localhost:{port}")];
    let server = Server::serve_trusting(&folder, &folder.sqlite(), (&key, "other.pem"), &near);
    let (path, secret) = webhook(&server, &format!("https://localhost:{port}/")).await;
    let id = call(&server).await;
    until("a first try", async || !attempts(&server, &path).await.is_empty()).await;
    let first = attempts(&server, &path).await;
    assert!(first[0]["error"].as_str().unwrap().starts_with("no secure connection came about"), "{first:?}");
    server.kill();
    let _server = Server::serve_trusting(&folder, &folder.sqlite(), (&key, "trusted.pem"), &near);
    assert_eq!(receiver.verified(&secret).await["data"]["id"], json!(id));
}

/// The addresses of the class `ssrf` that webhooks may be given, by their ids.
#[tokio::test]
async fn addresses_inside_the_network_are_refused_and_so_is_what_the_operator_does_not_allow() {
    let folder = Folder::new();
    let key = found(&folder.sqlite(), 1, 0).await;
    let server = Server::serve(&folder, &folder.sqlite(), &key, &["--webhooks-allowed-host", "*.example.org"]);
    for (id, url) in [
        ("H072", "http://127.0.0.1:5432/"),
        ("H073", "http://[::1]/"),
        ("H074", "http://169.254.169.254/"),
        ("H075", "http://0x7f000001/"),
        ("H076", "http://2130706433/"),
        ("H078", "file:///etc/passwd"),
        ("H079", "gopher://127.0.0.1:6379/_FLUSHALL"),
        ("H080", "https://user:pass@internal/"),
        ("H082", "https://ok.example -> 302 -> http://10.0.0.1/"),
        ("allowed", "https://hooks.example.com/"),
        ("nowhere", "https://hooks.invalid.example.org/"),
    ] {
        let (status, reply) = server.post("/api/v1/webhooks", &json!({"url": url, "kinds": ["call.ended"]})).await;
        assert_eq!((status, &reply["errors"][0]["pointer"]), (422, &json!("/url")), "{id}: {reply}");
    }
    assert_eq!(server.get("/api/v1/webhooks").await.1["items"], json!([]));
    let wrong = folder.run(&["serve", "--listen", "127.0.0.1:0", "--webhooks-allowed-host", "https://example.org"]);
    assert!(wrong.code == Some(1) && wrong.err.contains("is no host such as"), "{}", wrong.err);
}
