//! The relay, with a real coturn.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may panic")]

mod coturn;
mod talker;

use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use coturn::Coturn;
use domain::call_flow::Leg;
use domain::time::Instant;
use engine::switching::CallRef;
use engine::{Clock, SystemClock};
use softswitch::relay::{Admin, Relay};
use softswitch::{IceServer, MediaRelay};
use talker::Talker;
use tokio::time::sleep;

fn in_seconds(seconds: i64) -> Instant {
    SystemClock.now().plus_millis(seconds * 1000).unwrap()
}

fn call(id: &str) -> CallRef {
    CallRef { tenant: 1, origin: format!("softswitch/{id}") }
}

/// What opens the relay for the caller.
fn credentials(relay: &Relay, call: &CallRef) -> IceServer {
    relay.servers(call, Leg::FIRST).remove(0)
}

#[tokio::test]
async fn a_call_that_is_cut_falls_silent_and_stays_silent_while_others_go_on() {
    let coturn = Coturn::start();
    let relay = Relay::new(coturn.settings(), Arc::new(SystemClock));
    let mine = credentials(&relay, &call("1"));
    let talker = Talker::start(&coturn, &mine);
    let other = Talker::start(&coturn, &credentials(&relay, &call("11")));
    talker.speaks().await;
    other.speaks().await;
    relay.cut(&call("1"), Leg::FIRST);
    talker.falls_silent().await;
    other.speaks().await;
    // The credentials still open sessions: those are ended, too.
    let again = Talker::start(&coturn, &mine);
    sleep(Duration::from_secs(3)).await;
    again.falls_silent().await;
    other.speaks().await;
}

#[tokio::test]
async fn a_call_ends_at_its_authorised_second_and_a_top_up_moves_it() {
    let coturn = Coturn::start();
    let relay = Relay::new(coturn.settings(), Arc::new(SystemClock));
    let end = in_seconds(12);
    let [mine, lengthened] = [call("1"), call("2")].map(|call| {
        relay.ends_at(&call, Leg::FIRST, Some(end));
        credentials(&relay, &call)
    });
    let (talker, longer) = (Talker::start(&coturn, &mine), Talker::start(&coturn, &lengthened));
    talker.speaks().await;
    longer.speaks().await;
    relay.ends_at(&call("2"), Leg::FIRST, Some(in_seconds(60)));
    SystemClock.sleep_until(end).await;
    talker.falls_silent().await;
    longer.speaks().await;
    // Its credentials ended with the call.
    let late = Talker::start(&coturn, &mine);
    sleep(Duration::from_secs(3)).await;
    assert_eq!(late.heard(), 0);
}

#[tokio::test]
async fn what_was_cut_while_the_door_was_shut_is_ended_as_soon_as_it_opens() {
    let coturn = Coturn::start();
    let mut settings = coturn.settings();
    let door = coturn.admin;
    let shut = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    settings.admin = settings.admin.map(|admin| Admin { address: shut, ..admin });
    let relay = Relay::new(settings, Arc::new(SystemClock));
    let talker = Talker::start(&coturn, &credentials(&relay, &call("1")));
    talker.speaks().await;
    relay.cut(&call("1"), Leg::FIRST);
    sleep(Duration::from_secs(2)).await;
    talker.speaks().await;
    let opened = tokio::net::TcpListener::bind(shut).await.unwrap();
    tokio::spawn(async move {
        while let Ok((mut from, _)) = opened.accept().await {
            let mut to = tokio::net::TcpStream::connect(door).await.unwrap();
            let _ = tokio::io::copy_bidirectional(&mut from, &mut to).await;
        }
    });
    talker.falls_silent().await;
}

#[tokio::test]
async fn the_door_says_why_it_stays_shut() {
    let coturn = Coturn::start();
    let password = || coturn::ADMIN_PASSWORD.to_owned();
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let stranger = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let strange = stranger.local_addr().unwrap();
    tokio::spawn(async move {
        let (mut stream, _) = stranger.accept().await.unwrap();
        tokio::io::AsyncWriteExt::write_all(&mut stream, b"SSH-2.0-Example\r\n").await.unwrap();
        std::future::pending::<()>().await;
    });
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    for (address, password, expected) in [
        (coturn.admin, password(), None),
        (coturn.admin, "another".to_owned(), Some("refuses the password")),
        (nobody, password(), Some("does not answer")),
        (strange, password(), Some("is not coturn's command line")),
        (silent.local_addr().unwrap(), password(), Some("took more than 1 s")),
    ] {
        let told = Admin { address, password }.check().await.err().map(|error| error.to_string());
        match expected {
            None => assert_eq!(told, None),
            Some(part) => assert!(told.as_ref().is_some_and(|told| told.contains(part)), "{part}: {told:?}"),
        }
    }
}
