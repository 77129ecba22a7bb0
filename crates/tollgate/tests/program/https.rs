//! HTTPS by the server itself.

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, header};
use hyper::client::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::certificate::Certificate;
use crate::run::Folder;
use crate::server::Server;
use crate::visitor::{PASSWORD, secret_of, set_up};

/// Connects to the server, speaking `protocol`, and believing this certificate alone.
pub(crate) async fn connected(
    server: &Server,
    trusted: &Certificate,
    protocol: &str,
) -> std::io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from(trusted.der.clone())).unwrap();
    let builder = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()));
    let builder = builder.with_safe_default_protocol_versions().unwrap();
    let mut config = builder.with_root_certificates(roots).with_no_client_auth();
    config.alpn_protocols = vec![protocol.as_bytes().to_vec()];
    let port = server.address.strip_prefix("https://localhost:").expect("the server tells that it speaks HTTPS");
    let stream = TcpStream::connect(("127.0.0.1", port.parse().unwrap())).await?;
    TlsConnector::from(Arc::new(config)).connect(ServerName::try_from("localhost").unwrap(), stream).await
}

/// What the server answers: the status, the headers, the body.
async fn answered(
    server: &Server,
    trusted: &Certificate,
    protocol: &str,
    request: Request<Body>,
) -> (u16, HeaderMap, String) {
    let stream = TokioIo::new(connected(server, trusted, protocol).await.unwrap());
    let response = if protocol == "h2" {
        let (mut sender, connection) = http2::handshake(TokioExecutor::new(), stream).await.unwrap();
        tokio::spawn(connection);
        sender.send_request(request).await.unwrap()
    } else {
        let (mut sender, connection) = http1::handshake(stream).await.unwrap();
        tokio::spawn(connection);
        sender.send_request(request).await.unwrap()
    };
    let (parts, body) = response.into_parts();
    let body = to_bytes(Body::new(body), 1 << 20).await.unwrap();
    (parts.status.as_u16(), parts.headers, String::from_utf8(body.to_vec()).unwrap())
}

fn post(server: &Server, path: &str, body: String) -> Request<Body> {
    let request = Request::post(format!("{}{path}", server.address)).header(header::CONTENT_TYPE, "application/json");
    request.header(header::HOST, "localhost").body(Body::from(body)).unwrap()
}

/// H017 of the hostile inputs.
#[tokio::test]
async fn the_server_speaks_https_and_its_cookies_are_for_that_alone() {
    let folder = Folder::new();
    let certificate = Certificate::of(1);
    let [chain, key] = certificate.pem();
    folder.write("chain.pem", chain);
    folder.write("key.pem", key);
    let server = Server::open(&folder, &folder.sqlite(), &["--tls-certificate", "chain.pem", "--tls-key", "key.pem"]);
    let link = server.set_up_link().unwrap();
    assert!(link.starts_with("https://localhost:"), "{link}");
    let made = post(&server, "/api/v1/setup", set_up(&secret_of(link)).to_string());
    assert_eq!(answered(&server, &certificate, "h2", made).await.0, 201);
    for protocol in ["http/1.1", "h2"] {
        let credentials = serde_json::json!({"sign_in": "ada@example.org", "password": PASSWORD});
        let sign_in = post(&server, "/api/v1/session", credentials.to_string());
        let (status, headers, body) = answered(&server, &certificate, protocol, sign_in).await;
        assert_eq!(status, 200, "{protocol}: {body}");
        assert_eq!(headers[header::STRICT_TRANSPORT_SECURITY], "max-age=31536000", "{protocol}");
        let cookie = headers[header::SET_COOKIE].to_str().unwrap();
        assert!(cookie.starts_with("__Host-tollgate=tgs_"), "{protocol}: {cookie}");
        for needed in ["; Secure", "; HttpOnly", "; SameSite=Lax", "; Path=/;"] {
            assert!(cookie.contains(needed), "{protocol}: {cookie}");
        }
    }
    assert!(connected(&server, &Certificate::of(2), "h2").await.is_err(), "another certificate is not the server's");
    let plain = reqwest::get(server.address.replace("https://", "http://")).await;
    assert!(plain.is_err(), "nothing is answered without TLS: {plain:?}");
    assert!(connected(&server, &certificate, "h2").await.is_ok(), "and others are served all the same");
}

#[tokio::test]
async fn without_https_a_browser_is_not_told_to_insist_on_it() {
    let folder = Folder::new();
    let server = Server::open(&folder, &folder.sqlite(), &[]);
    let plain = reqwest::get(format!("{}/health", server.address)).await.unwrap();
    assert!(plain.headers().get(header::STRICT_TRANSPORT_SECURITY).is_none());
    drop(server);
    // Behind a proxy that speaks HTTPS, the public address says so.
    let server = Server::open(&folder, &folder.sqlite(), &["--public-url", "https://phones.example.org"]);
    assert!(server.address.starts_with("http://localhost:"), "{}", server.greeting);
    let behind = reqwest::get(format!("{}/health", server.address)).await.unwrap();
    assert_eq!(behind.headers()[header::STRICT_TRANSPORT_SECURITY], "max-age=31536000");
}

#[test]
fn files_that_are_no_good_are_named_at_the_start() {
    let folder = Folder::new();
    let [chain, key] = Certificate::of(1).pem();
    let [_, other] = Certificate::of(2).pem();
    for (name, content) in [("chain.pem", &chain), ("key.pem", &key), ("other.pem", &other)] {
        folder.write(name, content);
    }
    folder.write("empty.pem", "");
    for (certificate, key, said) in [
        ("chain.pem", "other.pem", "other.pem is not the key of chain.pem"),
        ("missing.pem", "key.pem", "missing.pem: "),
        ("chain.pem", "missing.pem", "missing.pem: "),
        ("empty.pem", "key.pem", "empty.pem: there is no certificate in it"),
        ("chain.pem", "empty.pem", "empty.pem: "),
        ("key.pem", "chain.pem", "key.pem: "),
    ] {
        let files = ["--tls-certificate", certificate, "--tls-key", key];
        let run = folder.run(&[&["serve", "--listen", "127.0.0.1:0"], &files[..]].concat());
        assert_eq!(run.code, Some(1), "{certificate} {key}: {}", run.out);
        assert!(run.err.contains("HTTPS is not to be had") && run.err.contains(said), "{}", run.err);
        assert!(!run.err.contains("BEGIN"), "a key is shown");
    }
    folder.write("tollgate.toml", "tls_certificate = \"chain.pem\"\n");
    let half = folder.run(&["serve", "--listen", "127.0.0.1:0"]);
    assert!(half.code == Some(1) && half.err.contains("--tls-certificate and --tls-key"), "{}", half.err);
    assert!(!folder.path().join("tollgate.db").exists(), "what was refused leaves no empty database");
}
