//! Connections that dawdle, and what no client may reach.

use std::time::{Duration, Instant};

use api::Limits;
use reqwest::Method;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::service::{on_both, on_both_within, sent};

#[tokio::test]
async fn headers_that_do_not_end_close_the_connection() {
    let limits = Limits { header: Duration::from_millis(300), ..Limits::default() };
    on_both_within(limits, async |service| {
        let dawdle = |send: &'static [u8]| async move {
            let mut stream = TcpStream::connect(service.address).await.unwrap();
            stream.write_all(send).await.unwrap();
            let begun = Instant::now();
            let mut answer = Vec::new();
            // A closed connection ends the reading, or breaks it off.
            let _ = tokio::time::timeout(Duration::from_secs(20), stream.read_to_end(&mut answer))
                .await
                .expect("still open");
            (begun.elapsed(), answer)
        };
        let lines: [&[u8]; 4] = [
            b"",
            b"GET /health HTTP/1.1\r\n",
            b"GET /health HTTP/1.1\r\nHost: a\r\nX-A: b",
            b"GET /health HTTP/1.1\r\nHost: a\r\n",
        ];
        let ended = futures::future::join_all(lines.iter().cycle().take(20).map(|line| dawdle(line))).await;
        for (after, answer) in ended {
            assert!(after < Duration::from_secs(15), "{after:?}");
            assert!(!answer.starts_with(b"HTTP/1.1 200"));
        }
        assert_eq!(sent(service.bare(Method::GET, "/health")).await.status, 200, "others are served meanwhile");
    })
    .await;
}

#[tokio::test]
async fn requests_under_way_end_before_the_service_does() {
    on_both(async |service| {
        let mut stream = TcpStream::connect(service.address).await.unwrap();
        stream.write_all(b"GET /health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
        assert!(answer.ends_with("{\"status\":\"ok\"}"), "{answer}");
    })
    .await;
}
