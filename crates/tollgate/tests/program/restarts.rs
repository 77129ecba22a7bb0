//! The server ends, or is killed, while people talk: calls go on when it is there again, or end where they were last proved alive; nobody is
//! charged for what did not happen, and whoever is there is told.

use std::time::Duration;

use phone::client::{Connection, Event};
use serde_json::{Value, json};
use tokio::time::{Instant, sleep, timeout};

use crate::databases::{drop_postgres, fresh_postgres};
use crate::run::Folder;
use crate::server::{Server, now};

/// How long a server that was killed is still thought to be the exchange, and a while.
const PATIENCE: Duration = Duration::from_secs(30);

/// A phone of an open line, as soon as the exchange lets it in.
async fn phone(server: &Server, number: &str) -> Connection {
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
async fn hears(phone: &mut Connection, wanted: &str) -> Value {
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
async fn rings(server: &Server, from: &str, to: &str) -> (Connection, Connection) {
    let (mut caller, mut called) = (phone(server, from).await, phone(server, to).await);
    caller.send("make_call", vec![json!(to)]).unwrap();
    hears(&mut called, "call_request").await;
    called.send("call_acknowledged", vec![json!(from)]).unwrap();
    hears(&mut caller, "callee_ringing").await;
    (caller, called)
}

/// One line calls another, and they talk.
async fn talk(server: &Server, from: &str, to: &str) -> (Connection, Connection) {
    let (mut caller, mut called) = rings(server, from, to).await;
    called.send("call_accepted", Vec::new()).unwrap();
    hears(&mut caller, "call_connected").await;
    caller.send("call_accepted", Vec::new()).unwrap();
    hears(&mut called, "call_connected").await;
    (caller, called)
}

/// The last call of a line, with its instants and seconds.
async fn record(server: &Server, from: &str) -> Value {
    let (_, calls) = server.get("/api/v1/calls?limit=10").await;
    let call = calls["items"].as_array().unwrap().iter().find(|call| call["from"] == from).cloned();
    call.unwrap_or_else(|| panic!("no call of {from} in {calls:#}"))
}

/// Waits until no call runs any more.
async fn quiet(server: &Server) {
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

fn instant(call: &Value, field: &str) -> domain::time::Instant {
    domain::time::Instant::parse(call[field].as_str().unwrap()).unwrap()
}

/// Kills the server in mid-call: of the first call both come back, of the second the caller alone, of the third nobody; the fourth rings.
async fn is_killed(folder: &Folder, database: &str) {
    let server = Server::demo(folder, database, &[]);
    let begun = now();
    let talking =
        [talk(&server, "0040", "0002").await, talk(&server, "0041", "0003").await, talk(&server, "0004", "0010").await];
    let ringing = rings(&server, "0001", "0011").await;
    sleep(Duration::from_secs(4)).await;
    let killed_at = now();
    server.kill();
    drop((talking, ringing));
    let server = Server::demo(folder, database, &[]);
    goes_on(&server).await;
    let over_at = now();
    quiet(&server).await;
    let went_on = record(&server, "0040").await;
    let lasted = instant(&went_on, "ended_at").millis_since(instant(&went_on, "answered_at"));
    let whole = over_at.millis_since(begun);
    assert!(
        (whole - 15_000..=whole).contains(&lasted) && lasted > killed_at.millis_since(begun),
        "{whole}: {went_on:#}"
    );
    for line in ["0041", "0004"] {
        let ended = record(&server, line).await;
        let before = killed_at.millis_since(instant(&ended, "ended_at"));
        assert!((0..=3500).contains(&before), "{before} ms before the kill: {ended:#}");
        assert_eq!(ended["disposition"], "answered");
    }
    let rang = record(&server, "0001").await;
    assert_eq!((&rang["answered_at"], &rang["price"]["total"]), (&Value::Null, &json!("0.00")), "{rang:#}");
    drop(server);
    let checked = folder.run(&["check", "--database-url", database]);
    assert_eq!(checked.code, Some(0), "{}{}", checked.out, checked.err);
}

/// Whose phones are there again talk on; who is alone is told that the call is over.
async fn goes_on(server: &Server) {
    let (mut caller, mut called) = (phone(server, "0040").await, phone(server, "0002").await);
    let mut left = phone(server, "0041").await;
    for (phone, with) in [(&mut caller, "0002"), (&mut called, "0040"), (&mut left, "0003")] {
        assert_eq!(hears(phone, "call_resumed").await["with"], with);
    }
    called.send("talk", vec![json!("are you still there?")]).unwrap();
    assert_eq!(hears(&mut caller, "talk").await, "are you still there?");
    let meter = hears(&mut caller, "meter").await;
    assert!(meter["seconds"].as_i64().unwrap() >= 4, "it counts on: {meter}");
    hears(&mut left, "call_ended").await;
    called.send("hang_up", Vec::new()).unwrap();
    hears(&mut caller, "call_charged").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_outlive_a_kill_on_sqlite() {
    let folder = Folder::new();
    is_killed(&folder, &folder.sqlite()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_outlive_a_kill_on_postgresql() {
    let database = fresh_postgres().await;
    is_killed(&Folder::new(), &database).await;
    drop_postgres(&database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_outlive_a_restart_without_a_pause() {
    let folder = Folder::new();
    let server = Server::demo(&folder, &folder.sqlite(), &[]);
    let (caller, called) = talk(&server, "0040", "0002").await;
    server.terminate();
    drop((caller, called));
    let server = Server::demo(&folder, &folder.sqlite(), &[]);
    let begun = Instant::now();
    let (mut caller, mut called) = (phone(&server, "0040").await, phone(&server, "0002").await);
    hears(&mut caller, "call_resumed").await;
    hears(&mut called, "call_resumed").await;
    assert!(
        begun.elapsed() < Duration::from_secs(5),
        "the next exchange need not wait for the last: {:?}",
        begun.elapsed()
    );
    caller.send("hang_up", Vec::new()).unwrap();
    hears(&mut called, "call_ended").await;
    quiet(&server).await;
    assert_eq!(record(&server, "0040").await["disposition"], "answered");
}
