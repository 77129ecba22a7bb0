//! What those who run the server go by: whether it lives and is ready, and how it ends.

use std::os::unix::net::UnixDatagram;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::sleep;

use crate::databases::{drop_postgres, fresh_postgres};
use crate::run::Folder;
use crate::server::Server;

/// How a request without rights is answered.
async fn status(server: &Server, path: &str) -> u16 {
    reqwest::get(format!("{}{path}", server.address)).await.unwrap().status().as_u16()
}

/// Waits until a request is answered like this.
async fn until_answered(server: &Server, path: &str, expected: u16) {
    let begun = Instant::now();
    while status(server, path).await != expected {
        assert!(begun.elapsed() < Duration::from_secs(10), "{path} is not answered {expected}");
        sleep(Duration::from_millis(20)).await;
    }
}

/// A request whose body never comes: it is under way, as one of a slow client is.
async fn stuck(server: &Server) -> TcpStream {
    let address = server.address.trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).await.unwrap();
    let head = "POST /api/v1/session HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{";
    stream.write_all(head.as_bytes()).await.unwrap();
    stream
}

#[tokio::test]
async fn a_server_that_ends_says_so_first_and_systemd_hears_of_it() {
    let folder = Folder::new();
    let socket = folder.path().join("notify");
    let systemd = UnixDatagram::bind(&socket).unwrap();
    systemd.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    let mut told = [0; 200];
    let mut hears = || {
        let length = systemd.recv(&mut told).unwrap();
        String::from_utf8_lossy(&told[..length]).trim().to_owned()
    };
    let environment = [("NOTIFY_SOCKET", socket.to_str().unwrap()), ("WATCHDOG_USEC", "3000000")];
    let mut server = Server::open_within(&folder, &environment, &["--shutdown-delay", "1"]);
    let (first, second) = (hears(), hears());
    let both = [first.as_str(), second.as_str()];
    assert!(both.contains(&"READY=1") && both.contains(&"WATCHDOG=1"), "{both:?}");
    assert_eq!((status(&server, "/livez").await, status(&server, "/readyz").await), (200, 200));
    until_answered(&server, "/readyz/phones", 200).await;

    server.ask_to_end();
    until_answered(&server, "/readyz", 503).await;
    for (path, expected) in [("/readyz/phones", 503), ("/livez", 200), ("/health", 200)] {
        assert_eq!(status(&server, path).await, expected, "{path}, while it still takes requests");
    }
    let refused = reqwest::get(format!("{}/readyz", server.address)).await.unwrap().text().await.unwrap();
    assert!(refused.contains("not ready") && !refused.contains("database"), "strangers are told no more: {refused}");
    assert_eq!(server.ends_within(Duration::from_secs(10)), Some(0));
    while hears() != "STOPPING=1" {}
}

#[tokio::test]
async fn a_request_that_hangs_holds_neither_calls_nor_the_end() {
    let folder = Folder::new();
    let mut server = Server::open(&folder, &folder.sqlite(), &[]);
    until_answered(&server, "/readyz/phones", 200).await;
    let mut hangs = stuck(&server).await;
    sleep(Duration::from_millis(300)).await;
    server.ask_to_end();
    // The next program on the database has the phones long before the other is gone.
    let next = Server::open(&folder, &folder.sqlite(), &[]);
    until_answered(&next, "/readyz/phones", 200).await;
    assert_eq!(server.ends_within(Duration::ZERO), None, "it waits for the request");
    assert_eq!(server.ends_within(Duration::from_secs(20)), Some(0), "not for ever");
    let read = hangs.read(&mut [0; 100]).await;
    assert!(read.is_err() || read.is_ok_and(|length| length == 0), "it was broken off without an answer");
}

#[tokio::test]
async fn who_asks_twice_does_not_wait() {
    let folder = Folder::new();
    let mut server = Server::open(&folder, &folder.sqlite(), &["--shutdown-delay", "60"]);
    let _hangs = stuck(&server).await;
    sleep(Duration::from_millis(300)).await;
    server.ask_to_end();
    until_answered(&server, "/readyz", 503).await;
    assert_eq!(server.ends_within(Duration::from_millis(300)), None);
    server.ask_to_end();
    assert_eq!(server.ends_within(Duration::from_secs(5)), Some(1));
}

#[tokio::test]
async fn a_server_without_its_database_lives_and_is_not_ready() {
    let (folder, database) = (Folder::new(), fresh_postgres().await);
    let server = Server::open(&folder, &database, &["--metrics-listen", "127.0.0.1:0"]);
    assert_eq!((status(&server, "/livez").await, status(&server, "/readyz").await), (200, 200));
    drop_postgres(&database).await;
    until_answered(&server, "/readyz", 503).await;
    assert_eq!(status(&server, "/livez").await, 200);
    let metrics = reqwest::get(server.metrics_url()).await.unwrap().text().await.unwrap();
    assert!(metrics.contains("\ntollgate_database_up 0\n"), "{metrics}");
    assert!(!metrics.contains("tollgate_jobs_waiting{"), "what is not known is not shown: {metrics}");
}
