//! Webhooks, sent to a real server.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may panic")]

mod receiver;

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use engine::people::Secret;
use engine::webhooks::{Answer, Courier, KEPT_ANSWER, Parcel};
use engine::{Clock, SystemClock};
use receiver::Receiver;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;
use webhooks::{HttpCourier, Policy};

/// 32 bytes each.
const SECRET: &str = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const OLD_SECRET: &str = "whsec_ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=";

/// One that may reach this receiver.
fn courier(private: SocketAddr) -> HttpCourier {
    HttpCourier::new(Policy::new(&[], &[private.to_string()]).unwrap()).unwrap()
}

fn parcel(url: String) -> Parcel {
    Parcel {
        url,
        id: "hev_1".to_owned(),
        sent_at: SystemClock.now(),
        body: r#"{"type":"call.ended","data":{"name":"Zoë"}}"#.to_owned(),
        secrets: [SECRET, OLD_SECRET].map(Secret::new).to_vec(),
    }
}

async fn send(address: SocketAddr, path: &str) -> Result<Answer, String> {
    courier(address).with_patience(Duration::from_secs(2)).send(&parcel(format!("http://{address}{path}"))).await
}

#[tokio::test]
async fn the_specifications_own_library_takes_what_comes_with_either_secret() {
    let (receiver, address) = Receiver::start().await;
    let answer = send(address, "/hooks?customer=7").await.unwrap();
    assert_eq!(answer, Answer { status: 202, text: "thank you".to_owned() });
    let [received] = &receiver.received()[..] else { panic!("one came") };
    assert_eq!((received.path.as_str(), received.header("webhook-id")), ("/hooks?customer=7", "hev_1"));
    assert_eq!(received.header("content-type"), "application/json");
    assert_eq!(received.header("host"), address.to_string());
    for secret in [SECRET, OLD_SECRET] {
        assert_eq!(received.verified_with(secret), "verified");
    }
    let other = "whsec_QEFCQ0RFRkdISUpLTE1OT1BRUlNUVVZXWFlaW1xdXl8=";
    assert_eq!(received.verified_with(other), "No matching signature found");
    let mut forged = received.clone();
    forged.body = forged.body.replace("Zoë", "Ada");
    assert_eq!(forged.verified_with(SECRET), "No matching signature found");
    let mut late = received.clone();
    late.headers.insert("webhook-timestamp", "1600000000".parse().unwrap());
    assert_eq!(late.verified_with(SECRET), "Message timestamp too old");
}

/// H082 of the hostile inputs.
#[tokio::test]
async fn a_redirect_is_an_answer_and_nothing_else() {
    let (receiver, address) = Receiver::start().await;
    assert_eq!(send(address, "/redirect").await.unwrap().status, 302);
    assert_eq!(send(address, "/gone").await.unwrap().status, 410);
    let paths: Vec<String> = receiver.received().into_iter().map(|received| received.path).collect();
    assert_eq!(paths, ["/redirect", "/gone"]);
}

#[tokio::test]
async fn who_does_not_answer_is_not_waited_for() {
    let (_, address) = Receiver::start().await;
    let began = Instant::now();
    let answer = send(address, "/hangs").await;
    assert_eq!(answer, Err("there was no answer within 2s".to_owned()));
    assert!((2..4).contains(&began.elapsed().as_secs()), "{:?}", began.elapsed());
}

#[tokio::test]
async fn of_a_long_answer_the_beginning_is_read() {
    let (receiver, address) = Receiver::start().await;
    let began = Instant::now();
    let answer = send(address, "/endless").await.unwrap();
    assert_eq!((answer.status, answer.text.len()), (200, KEPT_ANSWER));
    assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
    // What the machine has on its way, but by far not the gigabyte.
    assert!(receiver.given() < 64 * 1024 * 1024, "{} bytes", receiver.given());
    let answer = send(address, "/bytes").await.unwrap();
    assert!((KEPT_ANSWER - 3..=KEPT_ANSWER).contains(&answer.text.len()) && answer.text.contains('é'), "{answer:?}");
    // A status that has come has come, also where what follows does not.
    assert_eq!(send(address, "/stops").await.unwrap(), Answer { status: 200, text: String::new() });
    let head = send(address, "/head").await.unwrap_err();
    assert!(head.starts_with("the receiver does not speak HTTP"), "{head}");
}

#[tokio::test]
async fn who_is_not_there_or_speaks_otherwise_is_told() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let rude = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.write_all(b"220 mail.example.org\r\n").await.unwrap();
    });
    let answer = send(address, "/").await.unwrap_err();
    assert!(answer.starts_with("the receiver does not speak HTTP"), "{answer}");
    rude.await.unwrap();
    let answer = send(address, "/").await.unwrap_err();
    assert!(answer.starts_with("the host cannot be reached"), "{answer}");
    let secure = format!("https://{address}/");
    let (_, plain) = Receiver::start().await;
    let answer = courier(plain).send(&parcel(format!("https://{plain}/"))).await.unwrap_err();
    assert!(answer.starts_with("no secure connection came about"), "{answer}");
    assert!(courier(plain).send(&parcel(secure)).await.unwrap_err().starts_with("the address"), "another port");
}

/// The addresses of the class `ssrf` that webhooks may be given, by their ids; and one that leads here under a public name.
#[tokio::test]
async fn nothing_inside_the_network_is_asked() {
    let courier = HttpCourier::new(Policy::default()).unwrap();
    for (id, url, told) in [
        ("H072", "http://127.0.0.1:5432/", "must begin with https"),
        ("H072", "https://127.0.0.1/", "leads to 127.0.0.1"),
        ("H073", "http://[::1]/", "must begin with https"),
        ("H073", "https://[::1]/", "leads to ::1"),
        ("H074", "http://169.254.169.254/", "must begin with https"),
        ("H074", "https://169.254.169.254/", "leads to 169.254.169.254"),
        ("H075", "http://0x7f000001/", "must begin with https"),
        ("H075", "https://0x7f000001/", "leads to 127.0.0.1"),
        ("H076", "http://2130706433/", "must begin with https"),
        ("H076", "https://2130706433/", "leads to 127.0.0.1"),
        ("H078", "file:///etc/passwd", "must begin with https"),
        ("H079", "gopher://127.0.0.1:6379/_FLUSHALL", "must begin with https"),
        ("H080", "https://user:pass@internal/", "must have no user"),
        ("H082", "https://ok.example -> 302 -> http://10.0.0.1/", "is no address"),
        ("H082", "https://10.0.0.1/", "leads to 10.0.0.1"),
    ] {
        let refused = courier.check(url).await.unwrap_err();
        assert!(refused.starts_with(told), "{id} {url}: {refused}");
        let refused = courier.send(&parcel(url.to_owned())).await.unwrap_err();
        assert!(refused.starts_with(&format!("the address {told}")), "{id} {url}: {refused}");
    }
    // What an operator allows by name is judged by where the name leads, at each try anew.
    let (receiver, address) = Receiver::start().await;
    let allowed = Policy::new(&[format!("localhost:{}", address.port())], &[]).unwrap();
    let courier = HttpCourier::new(allowed).unwrap();
    let url = format!("https://localhost:{}/", address.port());
    for refused in [courier.check(&url).await, courier.send(&parcel(url.clone())).await.map(|_| ())] {
        let refused = refused.unwrap_err();
        assert!(refused.contains("leads to") && refused.contains("no public address"), "{refused}");
    }
    assert!(receiver.received().is_empty());
}
