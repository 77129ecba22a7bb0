//! Two browsers call each other, and hear each other.

use std::process::Command;

use serde_json::{Value, json};

use crate::coturn::{ADMIN_PASSWORD, Coturn, SECRET};
use crate::run::Folder;
use crate::server::Server;

/// Runs a case of `phones.py`: what was seen and heard.
fn seen(server: &Server, case: &[&str]) -> Value {
    let named = |name: &str| std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set: `make test` does it"));
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/program/phones.py");
    let mut command = Command::new(named("TOLLGATE_TEST_PYTHON"));
    command.args([script, &named("TOLLGATE_TEST_BROWSER"), &server.address]).args(case);
    let run = command.output().unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    serde_json::from_slice(&run.stdout).unwrap()
}

/// A demo whose voices go through a relay.
fn relayed(folder: &Folder, coturn: &Coturn) -> Server {
    folder.write("secret", SECRET);
    folder.write("password", ADMIN_PASSWORD);
    let (url, admin) = (coturn.url(), coturn.admin.to_string());
    let relay = ["--media-policy", "relay", "--turn-url", &url, "--turn-secret-file", "secret"];
    let admin = ["--turn-admin", &admin, "--turn-admin-password-file", "password"];
    Server::demo(folder, &folder.sqlite(), &[relay.as_slice(), &admin].concat())
}

fn talked(way: &str) -> Value {
    let received_none_lost = json!([true, 0, way, way]);
    json!({
        "heard": [true, true],
        "ways": [received_none_lost, received_none_lost],
        "heard_after_reload": [true, true],
        "faults": [],
    })
}

#[test]
fn two_browsers_hear_each_other_directly() {
    let folder = Folder::new();
    let server = Server::demo(&folder, &folder.sqlite(), &[]);
    assert_eq!(seen(&server, &["talk"]), talked("host"));
}

#[test]
fn two_browsers_hear_each_other_through_a_relay_alone() {
    let (folder, coturn) = (Folder::new(), Coturn::start());
    let server = relayed(&folder, &coturn);
    assert_eq!(seen(&server, &["talk"]), talked("relay"));
}

/// The browsers do not close their connection: it is the relay that carries nothing any more.
#[tokio::test(flavor = "multi_thread")]
async fn voices_end_with_the_money_whatever_the_browsers_do() {
    let (folder, coturn) = (Folder::new(), Coturn::start());
    let server = relayed(&folder, &coturn);
    let made = async |path: &str, body: Value| {
        let (status, made) = server.post(&format!("/api/v1/{path}"), &body).await;
        assert!((200..300).contains(&status), "{path}: {made}");
        made
    };
    let rate = json!({"price_per_minute": "0.60", "increment_seconds": 1});
    made("plans", json!({"name": "By the second", "kind": "prepaid", "currency": "USD", "rate": rate})).await;
    let customer = made("customers", json!({"organisation": "Kiosk", "mode": "prepaid"})).await;
    made("payments", json!({"customer": customer["id"], "amount": "0.08", "method": "cash"})).await;
    let line = made("lines", json!({"customer": customer["id"], "number": "####", "plan": "By the second"})).await;
    let path = format!("lines/{}/phone-secret", line["id"].as_str().unwrap());
    let secret = made(&path, json!({})).await;
    let case = ["cut", line["number"].as_str().unwrap(), secret["secret"].as_str().unwrap()];
    let seen = tokio::task::block_in_place(|| seen(&server, &case));
    let expected = json!({"heard": [true, true], "received": [true, true], "received_after_two_seconds": [0, 0]});
    assert_eq!(seen, expected);
    let (_, calls) = server.get(&format!("/api/v1/calls?customer={}", customer["id"].as_str().unwrap())).await;
    assert_eq!(
        (calls["items"][0]["duration_seconds"].as_str(), calls["items"][0]["price"]["total"].as_str()),
        (Some("8"), Some("0.08"))
    );
}
