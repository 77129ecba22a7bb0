//! Connections that dawdle, and what no client may reach.

use std::time::{Duration, Instant};

use api::Limits;
use reqwest::Method;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::service::{Service, is_soak, on_both, on_both_within, sent};

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

/// Sends a byte of these headers now and then until the connection is closed: how long that took.
async fn drips(address: std::net::SocketAddr, pause: Duration) -> Duration {
    let (begun, mut stream) = (Instant::now(), TcpStream::connect(address).await.unwrap());
    let endless = b"GET /health HTTP/1.1\r\nHost: a\r\nX-Drip: ".iter().chain(std::iter::repeat(&b'a'));
    let mut answer = [0; 512];
    for byte in endless {
        if stream.write_all(&[*byte]).await.is_err() {
            break;
        }
        match tokio::time::timeout(pause, stream.read(&mut answer)).await {
            // It goes on.
            Err(_) => assert!(begun.elapsed() < Duration::from_secs(40), "still open"),
            // What is answered before it is closed says that it took too long.
            Ok(Ok(length)) if length > 0 => assert!(answer.starts_with(b"HTTP/1.1 408"), "{answer:?}"),
            Ok(_) => break,
        }
    }
    begun.elapsed()
}

/// How long each of some requests takes, the longest last.
async fn times(service: &Service) -> Vec<Duration> {
    let mut times = Vec::new();
    for _ in 0..50 {
        let begun = Instant::now();
        assert_eq!(sent(service.bare(Method::GET, "/health")).await.status, 200);
        times.push(begun.elapsed());
    }
    times.sort();
    times
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn h110_who_sends_by_drops_is_cut_off_and_others_are_served() {
    let (header, pause, connections) = if is_soak() {
        (Limits::default().header, Duration::from_secs(10), 5000)
    } else {
        (Duration::from_secs(1), Duration::from_millis(100), 200)
    };
    let limits = Limits { header, each_client: None, ..Limits::default() };
    on_both_within(limits, async |service| {
        let before = times(service).await;
        let drips: Vec<_> = (0..connections).map(|_| tokio::spawn(drips(service.address, pause))).collect();
        let meanwhile = times(service).await;
        for drip in drips {
            let took = drip.await.unwrap();
            assert!(took < header + pause + Duration::from_secs(15), "{took:?}");
        }
        let (median, most) = (meanwhile[25], 2 * before[49].max(Duration::from_millis(50)));
        assert!(median < most, "others wait: {before:?}, then {meanwhile:?}");
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
