//! Phones of the demo's open lines, as the test's own programs.

use std::time::Duration;

use phone::client::{Connection, Event};
use serde_json::{Value, json};
use tokio::time::{Instant, sleep, timeout};

use crate::server::Server;

/// How long a server that was killed is still thought to be the exchange, and a while.
const PATIENCE: Duration = Duration::from_secs(30);

/// A phone of an open line, as soon as the exchange lets it in.
pub(crate) async fn phone(server: &Server, number: &str) -> Connection {
    let begun = Instant::now();
    loop {
        match Connection::open(&server.address, json!({"phoneNumber": number})).await {
            Ok(connection) => return connection,
            Err(error) if begun.elapsed() > PATIENCE => panic!("{number}: {error}"),
            Err(_) => sleep(Duration::from_millis(50)).await,
        }
    }
}

/// Waits for an event: its argument.
pub(crate) async fn hears(phone: &mut Connection, wanted: &str) -> Value {
    let waiting = async {
        loop {
            match phone.next().await {
                Event::Received { name, args } if name == wanted => return args.into_iter().next().unwrap_or_default(),
                Event::Received { .. } => {}
                other => panic!("{other:?} instead of {wanted}"),
            }
        }
    };
    timeout(PATIENCE, waiting).await.unwrap_or_else(|_| panic!("{wanted} does not come"))
}

/// One line calls another, which rings.
pub(crate) async fn rings(server: &Server, from: &str, to: &str) -> (Connection, Connection) {
    let (mut caller, mut called) = (phone(server, from).await, phone(server, to).await);
    caller.send("make_call", vec![json!(to)]).unwrap();
    hears(&mut called, "call_request").await;
    called.send("call_acknowledged", vec![json!(from)]).unwrap();
    hears(&mut caller, "callee_ringing").await;
    (caller, called)
}

/// One line calls another, and they talk.
pub(crate) async fn talk(server: &Server, from: &str, to: &str) -> (Connection, Connection) {
    let (mut caller, mut called) = rings(server, from, to).await;
    called.send("call_accepted", Vec::new()).unwrap();
    hears(&mut caller, "call_connected").await;
    caller.send("call_accepted", Vec::new()).unwrap();
    hears(&mut called, "call_connected").await;
    (caller, called)
}

/// The last call of a line, with its instants and seconds: it is recorded a moment after its end.
pub(crate) async fn record(server: &Server, from: &str) -> Value {
    let begun = Instant::now();
    loop {
        let (_, calls) = server.get("/api/v1/calls?limit=10").await;
        let call = calls["items"].as_array().unwrap().iter().find(|call| call["from"] == from).cloned();
        if let Some(call) = call {
            return call;
        }
        assert!(begun.elapsed() < PATIENCE, "no call of {from} in {calls:#}");
        sleep(Duration::from_millis(100)).await;
    }
}

/// Waits until no call runs any more.
pub(crate) async fn quiet(server: &Server) {
    let begun = Instant::now();
    loop {
        let (_, live) = server.get("/api/v1/charging/sessions").await;
        if live["items"].as_array().unwrap().is_empty() {
            return;
        }
        assert!(begun.elapsed() < PATIENCE, "{live:#}");
        sleep(Duration::from_millis(100)).await;
    }
}
