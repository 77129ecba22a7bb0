//! Ordinary phones at a real Asterisk that the program steers: from the account to the charge, all by the API.

use std::time::Duration;

use serde_json::{Value, json};

use crate::databases::{drop_postgres, fresh_postgres};
use crate::exchange::record;
use crate::pbx::{Account, Answering, Pbx};
use crate::run::Folder;
use crate::server::Server;
use crate::web_app;

/// Gives a line its SIP account.
async fn account(server: &Server, number: &str) -> Account {
    let (_, lines) = server.get(&format!("/api/v1/lines?number={number}")).await;
    let line = lines["items"].as_array().unwrap().iter().find(|line| line["number"] == number).unwrap();
    let path = format!("/api/v1/lines/{}/sip-account", line["id"].as_str().unwrap());
    let (status, made) = server.post(&path, &json!({})).await;
    assert_eq!(status, 201, "{made:#}");
    let text = |field: &str| made[field].as_str().unwrap().to_owned();
    Account { username: text("username"), password: text("password") }
}

/// The record of the last call of a line, when it is over.
async fn ended(server: &Server, from: &str, to: &str) -> Value {
    for _ in 0..100 {
        let call = record(server, from).await;
        if call["to"] == to && call["disposition"] == "answered" {
            return call;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("no call of {from} to {to} is on record");
}

fn configuration(pbx: &Pbx) -> String {
    format!(
        "[[asterisk]]\nname = \"pbx\"\nurl = \"{}\"\npassword_file = \"asterisk-password\"\naccounts = \"{}\"\ncontext = \"from-phone\"\n",
        pbx.ari_url(),
        pbx.accounts_file().display(),
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn phones_register_with_the_accounts_of_their_lines_and_their_calls_are_charged() {
    let Some(pbx) = Pbx::start().await else { return };
    let folder = Folder::new();
    folder.write("asterisk-password", pbx.password());
    folder.write("tollgate.toml", configuration(&pbx));
    let server = Server::demo(&folder, &folder.sqlite(), &[]);
    let accounts = [account(&server, "0003").await, account(&server, "0002").await];
    let mut phones = pbx.phones_of(&accounts, Answering::ByHand).await;
    let [caller, called] = phones.as_mut_slice() else { unreachable!() };

    caller.dial("0002").await;
    called.until("CALL_INCOMING").await;
    caller.until("CALL_RINGING").await;
    called.accept().await;
    caller.until("CALL_ESTABLISHED").await;
    tokio::time::sleep(Duration::from_millis(1500)).await;
    let (_, live) = server.get("/api/v1/charging/sessions").await;
    assert!(live["items"].as_array().unwrap().iter().any(|call| call["from"] == "0003"), "{live:#}");
    caller.hang_up().await;
    called.until("CALL_CLOSED").await;
    let call = ended(&server, "0003", "0002").await;
    assert!(call["origin"].as_str().unwrap().starts_with("asterisk/pbx:"), "{call:#}");
    // Begun minutes at 0.02.
    assert_eq!(call["price"]["total"], "0.02", "{call:#}");
    // Each has heard the other.
    caller.until("CALL_CLOSED").await;
    for (phone, tone) in [(&*caller, called.tone()), (&*called, caller.tone())] {
        let heard = phone.heard(pbx.run_folder());
        assert!(heard.abs_diff(tone) < 20, "{heard} Hz where {tone} Hz were sent");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_doctor_tells_what_asterisk_and_tollgate_need_of_each_other() {
    let Some(pbx) = Pbx::start().await else { return };
    let folder = Folder::new();
    folder.write("asterisk-password", pbx.password());
    folder.write("tollgate.toml", configuration(&pbx));
    let database = folder.sqlite();
    let server = Server::demo(&folder, &database, &[]);
    account(&server, "0003").await;
    for (name, endpoint) in [("There", "answer"), ("Nowhere", "carrier")] {
        let (status, made) = server.post("/api/v1/trunks", &json!({"name": name, "endpoint": endpoint})).await;
        assert_eq!(status, 201, "{made:#}");
    }
    let args = ["doctor", "--asterisk", "--database-url", &database];
    let mut doctor = folder.run(&args);
    // The account is written, and read, in the background.
    for _ in 0..100 {
        if doctor.out.contains("accounts: Asterisk knows all 1") {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
        doctor = folder.run(&args);
    }
    for said in [
        "ok    Asterisk pbx, REST interface: Asterisk 22.",
        "ok    Asterisk pbx, clock: it shows our time",
        "ok    Asterisk pbx, modules: all that is needed run",
        "ok    Asterisk pbx, application: a Tollgate is connected as \"tollgate\"",
        "ok    Asterisk pbx, accounts: Asterisk knows all 1",
        "FAULT Asterisk pbx, trunks: Asterisk has no endpoint carrier: write it into pjsip.conf",
        "note  Asterisk pbx, transfers: calls may be sent on, and then end, at answer: write",
    ] {
        assert!(doctor.out.contains(said), "{said}: {}{}", doctor.out, doctor.err);
    }
    assert_eq!(doctor.code, Some(1));
    // Who asks for nothing of Asterisk is told nothing of it.
    assert!(!folder.run(&["doctor", "--database-url", &database]).out.contains("Asterisk"));
    folder.write("asterisk-password", "another");
    let doctor = folder.json_of_failure(&[&args[..], &["--json"]].concat()).to_string();
    assert!(doctor.contains("does not know the user \\\"tollgate\\\" with this password"), "{doctor}");
    assert!(!doctor.contains("another"), "{doctor}");
}

/// A demo with an Asterisk, at which phones of some lines are registered, for a story that steers them over connections of its own.
struct Stage {
    server: Server,
    folder: Folder,
    /// As `TOLLGATE_STORY_PHONES` has them.
    phones: String,
    _pbx: Pbx,
}

impl Stage {
    async fn with(numbers: &[&str], database: impl Fn(&Folder) -> String) -> Option<Stage> {
        let pbx = Pbx::start().await?;
        let folder = Folder::new();
        folder.write("asterisk-password", pbx.password());
        folder.write("tollgate.toml", configuration(&pbx));
        let server = Server::demo(&folder, &database(&folder), &["--test-clock"]);
        let mut accounts = Vec::new();
        for number in numbers {
            accounts.push(account(&server, number).await);
        }
        drop(pbx.phones_of(&accounts, Answering::ByHand).await);
        let mut phones = format!("sip={}", pbx.sip_port());
        for (number, phone) in numbers.iter().zip(101..) {
            phones.push_str(&format!(" {number}={}", control_port(&pbx, phone)));
        }
        Some(Stage { server, folder, phones, _pbx: pbx })
    }

    fn play(&self, story: &[&str]) {
        tokio::task::block_in_place(|| web_app::play_with(&self.phones, story, &self.server, &self.folder));
    }
}

/// Plays a story with phones of these lines: on PostgreSQL, too, where all stories are wanted there.
async fn play(story: &[&str], numbers: &[&str]) {
    let Some(stage) = Stage::with(numbers, Folder::sqlite).await else { return };
    stage.play(story);
    if web_app::plays_all() {
        let database = fresh_postgres().await;
        let stage = Stage::with(numbers, |_| database.clone()).await.expect("there is an Asterisk");
        stage.play(story);
        drop(stage);
        drop_postgres(&database).await;
    }
}

/// Where a phone takes orders.
fn control_port(pbx: &Pbx, phone: u16) -> String {
    let settings = std::fs::read_to_string(pbx.run_folder().join(format!("phones/{phone}/config"))).unwrap();
    let listens = settings.lines().find_map(|line| line.strip_prefix("ctrl_tcp_listen 127.0.0.1:"));
    listens.expect("a phone takes orders").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn customers_call_an_agent_by_a_button_that_has_phones_ring() {
    // A customer with nothing, one with free minutes, one who pays later, and the adviser.
    play(&["ordinary.spec.ts"], &["0043", "0040", "0010", "0070"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_owner_sells_calls_from_ordinary_phones() {
    play(&["company.spec.ts", "--grep", "on ordinary phones"], &["0003", "0002"]).await;
}
