//! A line at Twilio without Twilio: `tollgate simulate call`, and what `tollgate doctor --twilio` finds.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use twilio_double::{Account, Double, Line};
use url::Url;

use crate::company::found;
use crate::databases::fresh_postgres;
use crate::run::{Folder, Said};
use crate::server::Server;

const NUMBER: &str = "+441632960000";
const ACCOUNT: &str = "AC0123456789abcdef0123456789abcdef";

/// A server with a group of two, and the command line of its owner.
struct House {
    folder: Folder,
    database: String,
    server: Server,
    group: String,
}

impl House {
    /// Asks Twilio where it is told.
    async fn open(database: impl AsyncFnOnce(&Folder) -> String, rest: &str) -> House {
        let folder = Folder::new();
        let database = database(&folder).await;
        folder.write("token", "a token of the account\n");
        let account =
            format!("[twilio]\naccount = \"{ACCOUNT}\"\nauth_token_file = \"token\"\nrest_url = \"{rest}\"\n");
        folder.write("tollgate.toml", account);
        let key = found(&database, 0, 1).await;
        let server = Server::serve(&folder, &database, &key, &[]);
        let voicemail = json!({"greeting": {"text": "Leave us a message."}});
        let answering = json!({"greeting": {"text": "Welcome to the line."}, "voicemail": voicemail});
        let group = json!({"name": "Night line", "numbers": [NUMBER], "answering": answering});
        let group = made(&server, "/groups", group).await;
        for (name, phone) in [("Ann Lee", "+441632960011"), ("Bob Fry", "+441632960012")] {
            let agent = made(&server, "/agents", json!({"name": name, "phones": [phone]})).await;
            let shift = json!({"agent": agent, "days": [0, 1, 2, 3, 4, 5, 6], "hours": "00:00-00:00"});
            made(&server, &format!("/groups/{group}/shifts"), shift).await;
        }
        House { folder, database, server, group }
    }

    /// Runs a command where the server runs.
    fn run(&self, args: &[&str]) -> Said {
        let listen = self.server.address.replace("http://localhost:", "127.0.0.1:");
        let of_server = ["--listen", &listen, "--database-url", &self.database];
        self.folder.run(&[args, &of_server].concat())
    }

    fn simulate(&self, args: &[&str]) -> Said {
        self.run(&[&["simulate", "call", "--to", NUMBER], args].concat())
    }

    async fn calls(&self) -> Vec<Value> {
        let (_, told) = self.server.get(&format!("/api/v1/groups/{}/calls", self.group)).await;
        told["items"].as_array().unwrap().clone()
    }
}

async fn made(server: &Server, path: &str, body: Value) -> String {
    let (status, made) = server.post(&format!("/api/v1{path}"), &body).await;
    assert_eq!(status, 201, "{path}: {made}");
    made["id"].as_str().unwrap().to_owned()
}

/// An address of this machine where nobody listens.
fn free_address() -> String {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

/// Three seconds of silence, as telephones have it.
pub(crate) fn wave() -> Vec<u8> {
    let mut file =
        b"RIFF\x64\x1f\0\0WAVEfmt \x10\0\0\0\x07\0\x01\0\x40\x1f\0\0\x40\x1f\0\0\x01\0\x08\0data\xc0\x5d\0\0".to_vec();
    file.resize(44 + 24_000, 0xff);
    file
}

async fn calls_are_played(house: &House) {
    let taken = house.simulate(&["--answer", "bob"]);
    assert_eq!(taken.code, Some(0), "{}", taken.err);
    let told: Vec<&str> = taken.out.lines().collect();
    assert_eq!(
        told,
        [
            "+441632960999 calls +441632960000",
            "  the caller hears: Welcome to the line.",
            "  the phone of Ann Lee (+441632960011) rings: nobody answers",
            "  the phone of Bob Fry (+441632960012) rings: taken up",
            "  the caller talks with Bob Fry for 30 s",
            "  the call is over: completed",
        ]
    );
    house.folder.write("message.wav", wave());
    let left = house.simulate(&["--voicemail", "message.wav", "--transcript", "Please call back.", "--json"]);
    assert_eq!(left.code, Some(0), "{} {}", left.out, left.err);
    let steps: Value = serde_json::from_str(&left.out).unwrap();
    let kinds: Vec<&str> = steps.as_array().unwrap().iter().map(|step| step["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["calls", "hears", "rings", "rings", "hears", "leaves_message", "over", "fetched"], "{steps}");
    let (_, messages) = house.server.get(&format!("/api/v1/groups/{}/messages", house.group)).await;
    let message = messages["items"][0]["id"].as_str().unwrap();
    let (_, message) = house.server.get(&format!("/api/v1/group-messages/{message}")).await;
    assert_eq!((&message["transcript"], &message["seconds"]), (&json!("Please call back."), &json!(3)), "{message}");
    let gone = house.simulate(&[]);
    assert_eq!(gone.code, Some(0), "{}", gone.err);
    let started = Instant::now();
    loop {
        let calls = house.calls().await;
        let results: Vec<&Value> = calls.iter().map(|call| &call["result"]).collect();
        // What has become of the last one is written behind it.
        if results == ["missed", "message", "answered"] {
            break;
        }
        assert!(started.elapsed() < Duration::from_secs(20), "{results:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

fn what_cannot_be_played_is_said(house: &House) {
    for (args, why) in [
        (&["--answer", "nobody"] as &[&str], "no agent with a phone is called \"nobody\""),
        (&["--voicemail", "nowhere.wav"], "nowhere.wav"),
        (&["--voicemail", "tollgate.toml"], "no WAVE file"),
        (&["--at", "2026-12-24T23:30:00Z", "--key", &house.server.key], "--test-clock"),
        (&["--at", "soon", "--key", "none"], "--at: write an instant"),
        (&["--server", "http://localhost:1"], "does not answer"),
    ] {
        let said = house.simulate(args);
        assert_eq!(said.code, Some(1), "{args:?}: {}", said.out);
        assert!(said.err.contains(why), "{args:?}: {}", said.err);
    }
    let configuration = std::fs::read_to_string(house.folder.path().join("tollgate.toml")).unwrap();
    house.folder.write("tollgate.toml", configuration.replace("rest_url", "# rest_url"));
    let said = house.simulate(&[]);
    assert!(said.code == Some(1) && said.err.contains("the server would ask Twilio itself"), "{}", said.err);
    house.folder.write("tollgate.toml", "");
    let said = house.simulate(&[]);
    assert!(said.code == Some(1) && said.err.contains("names no account at Twilio"), "{}", said.err);
    house.folder.write("tollgate.toml", configuration);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_line_is_tried_out_without_twilio() {
    let house = House::open(async |folder| folder.sqlite(), &free_address()).await;
    calls_are_played(&house).await;
    what_cannot_be_played_is_said(&house);
    drop(house);
    let house = House::open(async |_| fresh_postgres().await, &free_address()).await;
    calls_are_played(&house).await;
}

/// What the doctor says of a thing: its level and the detail.
fn found_of(house: &House, about: &str) -> (String, String) {
    let said = house.run(&["doctor", "--twilio", "--json"]);
    let findings: Vec<Value> = serde_json::from_str(&said.out).unwrap();
    let found =
        findings.iter().find(|found| found["about"] == about).unwrap_or_else(|| panic!("{about}: {findings:?}"));
    (found["level"].as_str().unwrap().to_owned(), found["detail"].as_str().unwrap().to_owned())
}

/// The number that reminders are from and those that carry conversations are to have their messages come here.
async fn looks_at_numbers_for_messages(house: &House, double: &Double, right: Line) {
    const CARRIES: &str = "+441632960071";
    let (_, mut tenant) = house.server.get("/api/v1/tenant").await;
    tenant["settings"]["sms"] = json!({"number": NUMBER, "conversation_numbers": [CARRIES]});
    let body = json!({"name": tenant["name"], "settings": tenant["settings"]});
    let request = reqwest::Client::new().put(format!("{}/api/v1/tenant", house.server.address));
    let request = request.bearer_auth(&house.server.key).header("if-match", format!("\"{}\"", tenant["version"]));
    assert!(request.json(&body).send().await.unwrap().status().is_success());
    let carries = format!("Twilio, number {CARRIES}");
    let (level, detail) = found_of(house, &carries);
    assert!(level == "fault" && detail.contains("correct the tenant's settings"), "{detail}");
    for (number, line, level, detail) in [
        (CARRIES, Line { sms_url: None, ..Line::default() }, "fault", "\"A message comes in\" to"),
        (CARRIES, Line { sms_url: right.voice_url.clone(), ..Line::default() }, "fault", "/webhooks/twilio/voice"),
        // Nobody calls it.
        (CARRIES, Line { sms_url: right.sms_url.clone(), ..Line::default() }, "ok", "short messages come here"),
        (NUMBER, Line { sms_url: None, ..right.clone() }, "fault", "\"A message comes in\" to"),
        (NUMBER, right, "ok", "short messages are told here"),
    ] {
        double.has_number(number, line.clone());
        let found = found_of(house, &format!("Twilio, number {number}"));
        assert!(found.0 == level && found.1.contains(detail), "{line:?}: {found:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_doctor_tells_what_is_wrong_at_twilio() {
    let account = Account { sid: ACCOUNT.to_owned(), token: "a token of the account".to_owned() };
    let (double, rest) = Double::start(account, None).await.unwrap();
    let house = House::open(async |folder| folder.sqlite(), rest.as_str()).await;
    let number = format!("Twilio, number {NUMBER}");
    assert_eq!(found_of(&house, "Twilio, account").0, "ok");
    let (level, detail) = found_of(&house, "Twilio, way here");
    assert!(level == "note" && detail.contains("is not HTTPS"), "{level} {detail}");
    let (level, detail) = found_of(&house, &number);
    assert!(level == "fault" && detail.contains("has no such number"), "{level} {detail}");

    let at = |path: &str| Url::parse(&format!("{}/webhooks/twilio/{path}", house.server.address)).ok();
    let elsewhere = Url::parse("https://handler.example.org/away").ok();
    let right = Line {
        voice_url: at("voice"),
        status_callback: at("voice/status"),
        voice_fallback_url: elsewhere,
        sms_url: at("sms"),
        ..Line::default()
    };
    for (line, level, detail) in [
        (right.clone(), "ok", "short messages are told here"),
        (Line { voice_url: at("sms"), ..right.clone() }, "fault", "\"A call comes in\" to"),
        (Line { status_callback: None, ..right.clone() }, "fault", "\"Call status changes\" to"),
        (Line { voice_fallback_url: at("voice"), ..right.clone() }, "fault", "an address elsewhere"),
        (Line { voice_fallback_url: None, ..right.clone() }, "note", "is empty"),
        (Line { sms_url: None, ..right.clone() }, "note", "\"A message comes in\" is not"),
    ] {
        double.has_number(NUMBER, line.clone());
        let found = found_of(&house, &number);
        assert!(found.0 == level && found.1.contains(detail), "{line:?}: {found:?}");
    }
    looks_at_numbers_for_messages(&house, &double, right).await;

    house.folder.write("token", "another token\n");
    let (level, detail) = found_of(&house, "Twilio, account");
    assert!(level == "fault" && detail.contains("does not take the token"), "{detail}");
    let (level, detail) = found_of(&house, "Twilio, way here");
    assert!(level == "fault" && detail.contains("does not believe the signature"), "{detail}");
    let House { folder, database, server, .. } = house;
    let listen = server.address.replace("http://localhost:", "127.0.0.1:");
    drop(server);
    let said = folder.run(&["doctor", "--twilio", "--listen", &listen, "--database-url", &database]);
    assert!(said.code == Some(1) && said.out.contains("nobody answers at"), "{}", said.out);
}
