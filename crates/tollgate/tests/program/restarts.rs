//! The server ends, or is killed, while people talk: calls go on when it is there again, or end where they were last proved alive; nobody is
//! charged for what did not happen, and whoever is there is told.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use crate::databases::{drop_postgres, fresh_postgres};
use crate::exchange::{hears, phone, quiet, record, rings, talk};
use crate::run::Folder;
use crate::server::{Server, now};

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
