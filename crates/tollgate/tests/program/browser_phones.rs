//! Two browsers call each other, and hear each other.

use std::process::Command;
use std::sync::{Mutex, PoisonError};

use serde_json::{Value, json};

use crate::coturn::{ADMIN_PASSWORD, Coturn, SECRET};
use crate::run::Folder;
use crate::server::Server;

/// Runs a case of `phones.py`: what was seen and heard.
fn seen(server: &Server, case: &[&str]) -> Value {
    told(server, "phones.py", case)
}

/// Runs a script with browsers: what it tells. One at a time, so that voices come through on a busy machine, too.
fn told(server: &Server, script: &str, case: &[&str]) -> Value {
    static TURN: Mutex<()> = Mutex::new(());
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let named = |name: &str| std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set: `make test` does it"));
    let script = format!("{}/tests/program/{script}", env!("CARGO_MANIFEST_DIR"));
    let mut command = Command::new(named("TOLLGATE_TEST_PYTHON"));
    command.args([&script, &named("TOLLGATE_TEST_BROWSER"), &server.address]).args(case);
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
        "heard_after_a_break": [true, true],
        // A reload takes a new connection of both, a break of the socket none.
        "connections": [2, 1],
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

#[tokio::test(flavor = "multi_thread")]
async fn the_page_says_why_a_call_does_not_come_about_blocks_numbers_and_is_in_one_tab() {
    let folder = Folder::new();
    let server = Server::demo(&folder, &folder.sqlite(), &[]);
    let seen = tokio::task::block_in_place(|| seen(&server, &["page"]));
    let refused = [
        ["busy", "That is this phone's own number."],
        ["fast_busy", "No phone can be reached under this number (these phones reach lines of this exchange alone)."],
        ["busy", "The other line is busy."],
        ["fast_busy", "Nobody answered."],
    ];
    assert_eq!(seen, json!({"refused": refused, "faults": []}));
    for file in ["", "/phone.css", "/phone.js", "/socket.js"] {
        let answer = reqwest::get(format!("{}/phone{file}", server.address)).await.unwrap();
        assert_eq!(answer.status(), 200, "{file}");
        let policy = answer.headers()["content-security-policy"].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'; script-src 'self';") && !policy.contains("unsafe"), "{policy}");
    }
}

#[test]
fn the_page_puts_in_words_whatever_the_exchange_says() {
    let folder = Folder::new();
    let server = Server::demo(&folder, &folder.sqlite(), &[]);
    let words = [
        ("not_active", "A line is suspended or closed."),
        ("already_in_call", "This line is in a call already."),
        ("dialed_self", "That is this phone's own number."),
        (
            "no_recipient",
            "No phone can be reached under this number (these phones reach lines of this exchange alone).",
        ),
        ("busy", "The other line is busy."),
        ("timeout", "Nobody answered."),
        ("callee_disconnected", "The other phone has lost its connection."),
        ("insufficient_balance", "The balance does not allow this call: top it up."),
        ("blocked", "This call is blocked."),
        ("no_rate", "This number has no price, so it is not put through."),
        ("all_lines_busy", "All lines are busy: try again later."),
        ("error", "The exchange has failed: try again."),
        ("something_new", "The exchange refuses the call."),
    ];
    let words: serde_json::Map<_, _> =
        words.into_iter().map(|(reason, words)| (reason.to_owned(), json!(["over", words]))).collect();
    let expected = json!({"auth": ["auth", {"phoneNumber": "0001"}], "words": words, "faults": []});
    assert_eq!(told(&server, "phone_page.py", &[]), expected);
}

#[test]
fn a_phone_without_microphone_hears_and_writes() {
    let folder = Folder::new();
    let server = Server::demo(&folder, &folder.sqlite(), &[]);
    assert_eq!(seen(&server, &["mute"]), json!({"heard": true, "faults": []}));
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
    made("payments", json!({"customer": customer["id"], "amount": "0.20", "method": "cash"})).await;
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
        (Some("20"), Some("0.20"))
    );
}
