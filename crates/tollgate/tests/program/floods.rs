//! Floods against the real binary: what it takes of its memory, and whether others are served.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::run::Folder;
use crate::server::Server;

const MIB: u64 = 1 << 20;

/// Whether there is time for the sizes that only `make soak` tries.
fn is_soak() -> bool {
    std::env::var_os("TOLLGATE_SOAK").is_some()
}

fn host(server: &Server) -> &str {
    server.address.strip_prefix("http://").unwrap()
}

async fn is_well(server: &Server) {
    let (status, body) = timeout(Duration::from_secs(10), server.get("/health")).await.expect("others are served");
    assert_eq!((status, &body["status"]), (200, &serde_json::json!("ok")));
}

/// A WebSocket that has opened, and speaks no further.
async fn opened(server: &Server) -> TcpStream {
    let mut stream = TcpStream::connect(host(server).replace("localhost", "127.0.0.1")).await.unwrap();
    let request = format!(
        "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: {}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
        host(server)
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 101");
    stream
}

/// A frame of a client with this text, masked with nothing (RFC 6455, section 5.2).
fn frame(text: &[u8]) -> Vec<u8> {
    let mut frame = vec![0x81, 0x80 | 127];
    frame.extend((text.len() as u64).to_be_bytes());
    frame.extend([0; 4]);
    frame.extend(text);
    frame
}

/// Sends a frame again and again until the connection is cut off: how many were sent.
async fn flooded(mut stream: TcpStream, frame: Vec<u8>, most: usize) -> usize {
    let mut read = [0; 4096];
    for sent in 0..most {
        // What comes is read, or the other side would wait for that.
        while let Ok(Ok(length)) = timeout(Duration::ZERO, stream.read(&mut read)).await {
            if length == 0 {
                return sent;
            }
        }
        let written = timeout(Duration::from_secs(10), stream.write_all(&frame)).await;
        if !matches!(written, Ok(Ok(()))) {
            return sent;
        }
    }
    most
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn h020_phones_that_flood_are_cut_off_and_take_no_memory() {
    const FRAMES: usize = 100_000;
    let folder = Folder::new();
    let server = Server::open(&folder, &folder.sqlite(), &[]);
    is_well(&server).await;
    let before = server.memory();
    let connections = if is_soak() { 200 } else { 5 };
    for text in [vec![b'x'; 65_536], [b"4", vec![b'x'; 65_535].as_slice()].concat(), b"40{}".to_vec(), b"3".to_vec()] {
        let floods: Vec<_> = {
            let mut floods = Vec::new();
            for _ in 0..connections {
                floods.push(tokio::spawn(flooded(opened(&server).await, frame(&text), FRAMES)));
            }
            floods
        };
        for flood in floods {
            let sent = flood.await.unwrap();
            assert!(sent < FRAMES || text.len() < 1000, "all frames of {} bytes were taken", text.len());
        }
        is_well(&server).await;
    }
    let grown = server.memory().saturating_sub(before);
    assert!(grown < 50 * MIB, "{} MiB more", grown / MIB);
}

/// H106 of the hostile inputs: what it takes to refuse a large file.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn h106_a_file_that_is_too_large_takes_no_memory() {
    let folder = Folder::new();
    let server = Server::demo(&folder, &folder.sqlite(), &[]);
    is_well(&server).await;
    let before = server.memory_at_rest().await;
    let (mebibytes, why) = if is_soak() { (1024, "a gibibyte") } else { (48, "more than a million rows") };
    let mut stream = TcpStream::connect(host(&server).replace("localhost", "127.0.0.1")).await.unwrap();
    let head = format!(
        "POST /api/v1/imports?format=jsonl HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {}\r\nTransfer-Encoding: chunked\r\n\r\n",
        server.key
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let rows = "not a row at all\n".repeat(1 << 16);
    let part = format!("{:x}\r\n{rows}\r\n", rows.len());
    let (mut reading, mut writing) = stream.into_split();
    // What is refused before it has come whole is not read to its end.
    let sending = tokio::spawn(async move {
        for _ in 0..mebibytes {
            if writing.write_all(part.as_bytes()).await.is_err() {
                return writing;
            }
        }
        let _ = writing.write_all(b"0\r\n\r\n").await;
        // Whoever closes it is not answered any more.
        writing
    });
    let mut answer = [0; 12];
    reading.read_exact(&mut answer).await.unwrap();
    assert_eq!(String::from_utf8_lossy(&answer), "HTTP/1.1 413", "{why}");
    let grown = server.memory().saturating_sub(before);
    assert!(grown < 32 * MIB, "{} MiB more", grown / MIB);
    sending.abort();
    is_well(&server).await;
    assert_eq!(server.get("/api/v1/imports").await.1["items"], serde_json::json!([]));
}
