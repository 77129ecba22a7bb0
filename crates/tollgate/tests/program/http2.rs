//! What is sent over HTTP/2 to make a server work for nothing.

use std::time::Duration;

use axum::body::Body;
use axum::http::Request;
use hyper::client::conn::http2;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::timeout;

use crate::certificate::Certificate;
use crate::https::connected;
use crate::run::Folder;
use crate::server::Server;

const MIB: u64 = 1 << 20;
/// Kinds of frames (RFC 9113, section 6).
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const PING: u8 = 6;
const CONTINUATION: u8 = 9;

fn encrypted(folder: &Folder) -> (Server, Certificate) {
    let certificate = Certificate::of(1);
    let [chain, key] = certificate.pem();
    folder.write("chain.pem", chain);
    folder.write("key.pem", key);
    let files = ["--tls-certificate", "chain.pem", "--tls-key", "key.pem"];
    (Server::open(folder, &folder.sqlite(), &files), certificate)
}

async fn is_well(server: &Server, certificate: &Certificate) {
    let stream = TokioIo::new(connected(server, certificate, "h2").await.unwrap());
    let (mut sender, connection) = http2::handshake(TokioExecutor::new(), stream).await.unwrap();
    tokio::spawn(connection);
    let request = Request::get(format!("{}/health", server.address)).body(Body::empty()).unwrap();
    let answer = timeout(Duration::from_secs(10), sender.send_request(request)).await.expect("others are served");
    assert_eq!(answer.unwrap().status(), 200);
}

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    let head = [&length[1..], &[kind, flags]].concat();
    [head.as_slice(), &stream.to_be_bytes(), payload].concat()
}

/// Sends frames again and again behind the first ones, and reads what comes, until the connection is closed: how often they were sent.
async fn flooded(
    server: &Server,
    certificate: &Certificate,
    first: &[u8],
    again: impl Fn(usize) -> Vec<u8>,
    most: usize,
) -> usize {
    let mut stream = connected(server, certificate, "h2").await.unwrap();
    let preface = [b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".as_slice(), &frame(SETTINGS, 0, 0, &[]), first].concat();
    stream.write_all(&preface).await.unwrap();
    let mut read = vec![0; 16 << 10];
    for sent in 0..most {
        while let Ok(told) = timeout(Duration::ZERO, stream.read(&mut read)).await {
            if !matches!(told, Ok(1..)) {
                return sent;
            }
        }
        if !matches!(timeout(Duration::from_secs(10), stream.write_all(&again(sent))).await, Ok(Ok(()))) {
            return sent;
        }
    }
    most
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn floods_of_frames_end_the_connection_and_take_no_memory() {
    let folder = Folder::new();
    let (server, certificate) = encrypted(&folder);
    is_well(&server, &certificate).await;
    let before = server.memory();
    // `:method: GET`, `:scheme: https`, `:path: /`, and no end of the headers.
    let endless = frame(HEADERS, 0x1, 1, &[0x82, 0x87, 0x84]);
    // A literal header that is never indexed: `a: a`.
    let more = frame(CONTINUATION, 0, 1, &[0x10, 1, b'a', 1, b'a'].repeat(3000));
    let empty = frame(CONTINUATION, 0, 1, &[]);
    for (what, again) in [("headers without an end", more), ("empty headers without an end", empty)] {
        let sent = flooded(&server, &certificate, &endless, |_| again.clone(), 20_000).await;
        assert!(sent < 20_000, "{what}: {sent} frames");
        is_well(&server, &certificate).await;
    }
    // What is answered is not gathered where nobody reads it.
    flooded(&server, &certificate, &[], |_| frame(PING, 0, 0, &[0; 8]).repeat(100), 1000).await;
    flooded(&server, &certificate, &[], |_| frame(SETTINGS, 0, 0, &[]).repeat(100), 1000).await;
    is_well(&server, &certificate).await;
    let grown = server.memory().saturating_sub(before);
    assert!(grown < 50 * MIB, "{} MiB more", grown / MIB);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_asks_and_takes_it_back_again_and_again_is_cut_off() {
    let folder = Folder::new();
    let (server, certificate) = encrypted(&folder);
    is_well(&server, &certificate).await;
    // Fifty requests at a time, each with its end, and taken back at once.
    let taken_back = |batch: usize| {
        let streams = (0..50).map(|n| u32::try_from(2 * (50 * batch + n) + 1).unwrap());
        let frames = streams.flat_map(|stream| {
            [frame(HEADERS, 0x5, stream, &[0x82, 0x87, 0x84]), frame(RST_STREAM, 0, stream, &8_u32.to_be_bytes())]
        });
        frames.collect::<Vec<_>>().concat()
    };
    let sent = flooded(&server, &certificate, &[], taken_back, 1000).await;
    assert!(sent < 1000, "50,000 requests were taken back on one connection");
    is_well(&server, &certificate).await;
}
