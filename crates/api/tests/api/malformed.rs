//! What is no good HTTP/1.1: it is refused, or the connection is closed, and nobody else's request comes of it.

use std::time::Duration;

use engine::Role;
use reqwest::Method;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::service::{Service, is_soak, on_both, sent};

/// Whether it is told that nothing more comes. Who is told so may leave what has come unanswered.
#[derive(PartialEq)]
enum End {
    Told,
    Open,
}

/// What is answered to bytes after which nothing more comes, until the connection is closed.
async fn answered(service: &Service, bytes: &[u8], end: End) -> String {
    let stream = TcpStream::connect(service.address).await.unwrap();
    let (mut reading, mut writing) = stream.into_split();
    let mut answer = Vec::new();
    let all = async {
        // Who is refused in the middle of it is not listened to any more.
        let _ = writing.write_all(bytes).await;
        if end == End::Told {
            let _ = writing.shutdown().await;
        }
    };
    let read = timeout(Duration::from_secs(20), reading.read_to_end(&mut answer));
    let (_, read) = tokio::join!(all, read);
    assert!(read.is_ok(), "still open after {:?}", String::from_utf8_lossy(&bytes[..bytes.len().min(200)]));
    String::from_utf8_lossy(&answer).into_owned()
}

/// The statuses of the answers on a connection.
fn statuses(answer: &str) -> Vec<u16> {
    answer.split("HTTP/1.1 ").skip(1).map(|one| one[..3].parse().unwrap()).collect()
}

#[tokio::test]
async fn what_is_no_http_by_table() {
    on_both(async |service| {
        let many = (0..5000).map(|n| format!("X-{n}: a\r\n")).collect::<String>();
        let (long, longest) = ("a".repeat(100_000), "a".repeat(2 << 20));
        let head = "POST /api/v1/session HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n";
        for (what, request) in [
            ("nothing", String::new()),
            ("a line", "\r\n".repeat(1000)),
            ("TLS", "\u{16}\u{3}\u{1}\u{2}\0\u{1}\0\u{1}\u{fc}\u{3}\u{3}".repeat(20)),
            ("HTTP/0.9", "GET /\r\n".to_owned()),
            ("HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_owned()),
            ("HTTP/9", "GET / HTTP/9.9\r\n\r\n".to_owned()),
            ("many headers", format!("GET /health HTTP/1.1\r\nHost: a\r\n{many}\r\n")),
            ("a long header", format!("GET /health HTTP/1.1\r\nHost: a\r\nX: {longest}\r\n\r\n")),
            ("a long address", format!("GET /{long} HTTP/1.1\r\nHost: a\r\n\r\n")),
            ("a longer address", format!("GET /{longest} HTTP/1.1\r\nHost: a\r\n\r\n")),
            ("a long method", format!("{} /health HTTP/1.1\r\nHost: a\r\n\r\n", "G".repeat(1000))),
            ("a blank before the colon", "GET /health HTTP/1.1\r\nHost : a\r\n\r\n".to_owned()),
            ("a folded header", "GET /health HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n".to_owned()),
            ("a NUL", "GET /health HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n".to_owned()),
            ("no colon", "GET /health HTTP/1.1\r\nHost\r\n\r\n".to_owned()),
            ("two lengths", format!("{head}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{{}}")),
            ("two lengths in one", format!("{head}Content-Length: 2, 3\r\n\r\n{{}}")),
            ("a length below zero", format!("{head}Content-Length: -2\r\n\r\n{{}}")),
            ("a length with a sign", format!("{head}Content-Length: +2\r\n\r\n{{}}")),
            ("a length beyond all", format!("{head}Content-Length: 99999999999999999999999\r\n\r\n{{}}")),
            ("another coding", format!("{head}Transfer-Encoding: xchunked\r\n\r\n2\r\n{{}}\r\n0\r\n\r\n")),
            (
                "chunked, and then not",
                format!("{head}Transfer-Encoding: chunked, identity\r\n\r\n2\r\n{{}}\r\n0\r\n\r\n"),
            ),
            ("no chunk", format!("{head}Transfer-Encoding: chunked\r\n\r\nZZ\r\n{{}}\r\n0\r\n\r\n")),
            ("a chunk beyond all", format!("{head}Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n{{}}\r\n")),
            ("a chunk without an end", format!("{head}Transfer-Encoding: chunked\r\n\r\n2\r\n{{}}ZZ")),
            ("a long extension", format!("{head}Transfer-Encoding: chunked\r\n\r\n2;{longest}\r\n{{}}\r\n0\r\n\r\n")),
            (
                "long trailers",
                format!("{head}Transfer-Encoding: chunked\r\n\r\n2\r\n{{}}\r\n0\r\nX: {longest}\r\n\r\n"),
            ),
            ("less than it says", format!("{head}Content-Length: 200\r\n\r\n{{}}")),
        ] {
            let answer = answered(service, request.as_bytes(), End::Told).await;
            let told = statuses(&answer);
            assert!(told.len() <= 1, "{what}: {answer}");
            assert!(told.iter().all(|status| (400..500).contains(status)), "{what}: {answer}");
        }
        assert_eq!(sent(service.bare(Method::GET, "/health")).await.status, 200, "others are served");
    })
    .await;
}

#[tokio::test]
async fn a_request_within_a_request_is_none() {
    on_both(async |service| {
        let before = service.get("/customers").await.body;
        let key = service.key(Role::Owner);
        let body = json!({"organisation": "Smuggled", "mode": "prepaid"}).to_string();
        let within = format!(
            "POST /api/v1/customers HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {key}\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\n\r\n{body}",
            body.len()
        );
        let chunked = format!("0\r\n\r\n{within}");
        for (what, headers, rest) in [
            ("chunks after a length", format!("Content-Length: {}\r\nTransfer-Encoding: chunked\r\n", chunked.len()), &chunked),
            ("a length after chunks", format!("Transfer-Encoding: chunked\r\nContent-Length: {}\r\n", chunked.len()), &chunked),
            ("chunks alone", "Transfer-Encoding: chunked\r\n".to_owned(), &chunked),
            ("chunks twice", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n".to_owned(), &chunked),
            ("chunks of two kinds", "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n".to_owned(), &chunked),
            ("two lengths", format!("Content-Length: 0\r\nContent-Length: {}\r\n", within.len()), &within),
            ("a length of another kind", "Content-Length: 0x00\r\n".to_owned(), &within),
            ("a blank before the colon", "Transfer-Encoding : chunked\r\n".to_owned(), &chunked),
        ] {
            let outer = format!("POST /api/v1/session HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n{headers}\r\n{rest}");
            let answer = answered(service, outer.as_bytes(), End::Open).await;
            let told = statuses(&answer);
            assert!(told.len() == 1 && (400..500).contains(&told[0]), "{what}: {answer}");
        }
        assert_eq!(service.get("/customers").await.body, before, "nothing is written");
    })
    .await;
}

#[tokio::test]
async fn requests_one_after_the_other_are_answered_in_their_order() {
    on_both(async |service| {
        let one = |path: &str, more: &str| format!("GET {path} HTTP/1.1\r\nHost: a\r\n{more}\r\n");
        let many =
            [one("/health", ""), one("/nowhere", "")].concat().repeat(50) + &one("/health", "Connection: close\r\n");
        let answer = answered(service, many.as_bytes(), End::Open).await;
        let expected: Vec<u16> = [200, 404].repeat(50).into_iter().chain([200]).collect();
        assert_eq!(statuses(&answer), expected);
    })
    .await;
}

#[tokio::test]
async fn a_body_that_comes_by_drops_is_given_up() {
    // It takes as long as a body may: the unit test of `body` shows the same in no time.
    if !is_soak() {
        return;
    }
    on_both(async |service| {
        let mut stream = TcpStream::connect(service.address).await.unwrap();
        let head = "POST /api/v1/session HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n";
        stream.write_all(head.as_bytes()).await.unwrap();
        let (mut reading, mut writing) = stream.into_split();
        let drips = tokio::spawn(async move {
            while writing.write_all(b"{").await.is_ok() {
                tokio::time::sleep(Duration::from_millis(500)).await;
            }
        });
        let mut answer = [0; 12];
        timeout(Duration::from_secs(60), reading.read_exact(&mut answer)).await.expect("still open").unwrap();
        assert_eq!(String::from_utf8_lossy(&answer), "HTTP/1.1 408");
        drips.abort();
    })
    .await;
}
