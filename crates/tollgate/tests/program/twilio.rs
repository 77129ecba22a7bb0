//! A help line at Twilio: the real program, with Twilio played on this machine.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use twilio_double::{Account, Double, Line};
use url::Url;

use crate::company::found;
use crate::databases::{drop_postgres, fresh_postgres};
use crate::run::Folder;
use crate::server::Server;
use crate::sink::Sink;

const PUBLIC: &str = "https://line.example.org/";
pub(crate) const NUMBER: &str = "+441632960000";
pub(crate) const CALLER: &str = "+441632960555";
pub(crate) const ANN: &str = "+441632960011";
pub(crate) const BOB: &str = "+441632960012";
const ACCOUNT: &str = "AC0123456789abcdef0123456789abcdef";

fn url(path: &str) -> Option<Url> {
    Some(format!("{PUBLIC}webhooks/twilio/{path}").parse().unwrap())
}

pub(crate) async fn made(server: &Server, path: &str, body: Value) -> String {
    let (status, made) = server.post(&format!("/api/v1{path}"), &body).await;
    assert_eq!(status, 201, "{path}: {made}");
    made["id"].as_str().unwrap().to_owned()
}

/// What a list holds, once it is so.
pub(crate) async fn listed(server: &Server, path: &str, is_so: impl Fn(&[Value]) -> bool) -> Vec<Value> {
    let started = Instant::now();
    loop {
        let (status, told) = server.get(&format!("/api/v1{path}")).await;
        assert_eq!(status, 200, "{told}");
        let items = told["items"].as_array().unwrap();
        if is_so(items) {
            return items.clone();
        }
        assert!(started.elapsed() < Duration::from_secs(30), "{told}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// A file that begins as WAVE files do.
fn audio() -> Vec<u8> {
    let mut bytes = b"RIFF\x24\0\0\0WAVEfmt ".to_vec();
    bytes.resize(4000, 7);
    bytes
}

/// Waits until something is so, and says what is amiss if it never is.
pub(crate) async fn until(amiss: &str, is_so: impl Fn() -> bool) {
    let started = Instant::now();
    while !is_so() {
        assert!(started.elapsed() < Duration::from_secs(30), "{amiss}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// A group of two at Twilio, and who mails are sent to.
pub(crate) struct HelpLine {
    pub(crate) server: Server,
    pub(crate) double: Double,
    sink: Sink,
    pub(crate) group: String,
    /// Ann and Bob.
    pub(crate) agents: Vec<String>,
}

impl HelpLine {
    pub(crate) async fn opens(folder: &Folder, database: &str) -> HelpLine {
        let account = Account { sid: ACCOUNT.to_owned(), token: "a token of the account".to_owned() };
        let (double, rest) = Double::start(account, None).await.unwrap();
        folder.write("token", "a token of the account\n");
        let configuration = format!(
            "public_url = \"{PUBLIC}\"\n[twilio]\naccount = \"{ACCOUNT}\"\nauth_token_file = \"token\"\nrest_url = \"{rest}\"\n"
        );
        folder.write("tollgate.toml", configuration);
        let key = found(database, 0, 1).await;
        let sink = Sink::start();
        let smtp = sink.url();
        let server = Server::serve(folder, database, &key, &["--smtp-url", &smtp, "--mail-from", "line@example.org"]);
        double.reaches((PUBLIC.parse().unwrap(), server.address.parse().unwrap()));
        let line = Line {
            voice_url: url("voice"),
            status_callback: url("voice/status"),
            sid: String::new(),
            voice_fallback_url: None,
            sms_url: url("sms"),
        };
        double.has_number(NUMBER, line);
        let answering =
            json!({"greeting": {"text": "Welcome to the line."}, "voicemail": {"addressees": ["desk@example.org"]}});
        let group = json!({"name": "Night line", "numbers": [NUMBER], "answering": answering});
        let group = made(&server, "/groups", group).await;
        let mut agents = Vec::new();
        for (name, phone) in [("Ann", ANN), ("Bob", BOB)] {
            let agent = made(&server, "/agents", json!({"name": name, "phones": [phone]})).await;
            let shift = json!({"agent": agent, "days": [0, 1, 2, 3, 4, 5, 6], "hours": "00:00-00:00"});
            made(&server, &format!("/groups/{group}/shifts"), shift).await;
            agents.push(agent);
        }
        HelpLine { server, double, sink, group, agents }
    }

    /// Ann's mailbox takes the call up; Bob presses 1, and both talk.
    async fn is_answered(&self) {
        let (double, group) = (&self.double, &self.group);
        let caller = double.calls(CALLER, NUMBER).await.unwrap().hears("Welcome to the line.").await.unwrap();
        double.rings(ANN).await.unwrap().mailbox_answers().await.unwrap();
        let bob = double.rings(BOB).await.unwrap().answers().await.unwrap().presses("1").await.unwrap();
        assert_eq!(bob.talks_with(), [CALLER]);
        double.let_pass(30).await;
        bob.hangs_up().await.unwrap();
        caller.becomes("completed").await.unwrap();
        let over = |items: &[Value]| items.iter().all(|item| !item["ended_at"].is_null()) && !items.is_empty();
        let calls = listed(&self.server, &format!("/groups/{group}/calls"), over).await;
        assert_eq!(calls[0]["result"], "answered", "{calls:?}");
        let results: Vec<&Value> =
            calls[0]["attempts"].as_array().unwrap().iter().map(|made| &made["result"]).collect();
        assert_eq!(results, ["unconfirmed", "accepted"]);
    }

    /// Nobody answers: the caller leaves a message, which is fetched, deleted there, understood, and mailed.
    async fn takes_a_message(&self) {
        let (double, sink, group) = (&self.double, &self.sink, &self.group);
        let caller = double.calls(CALLER, NUMBER).await.unwrap();
        double.rings(ANN).await.unwrap().does_not_answer().await.unwrap();
        double.rings(BOB).await.unwrap().is_busy().await.unwrap();
        let caller = caller.hears("leave a message").await.unwrap();
        caller.leaves_message(&audio(), 12).await.unwrap().becomes("completed").await.unwrap();
        let messages = listed(&self.server, &format!("/groups/{group}/messages"), |items| !items.is_empty()).await;
        assert_eq!((&messages[0]["seconds"], &messages[0]["size_bytes"]), (&json!(12), &json!(4000)));
        let asked = double.asked();
        let recording = asked.iter().find(|asked| asked.contains("Recordings/")).unwrap();
        let sid = recording.rsplit('/').next().unwrap().trim_end_matches(".wav").trim_end_matches(".json").to_owned();
        double.transcribes(&sid, Some("call me back")).await.unwrap();
        until("no mail comes", || sink.count() > 0).await;
        let mail = sink.latest();
        assert!(mail["text"].as_str().unwrap().contains("call me back"), "{mail}");
        assert!(!mail.to_string().contains(CALLER.trim_start_matches('+')), "{mail}");
        until("the recording stays with Twilio", || double.recordings().is_empty()).await;
    }

    /// Callers hear a sound that was brought in, which Twilio fetches.
    async fn greets_with_a_sound(&self) {
        let (server, double) = (&self.server, &self.double);
        let file = crate::simulate::wave();
        let request = reqwest::Client::new().post(format!("{}/api/v1/sounds?name=Welcome", server.address));
        let made = request.bearer_auth(&server.key).body(file.clone()).send().await.unwrap();
        let made: Value = made.json().await.unwrap();
        self.changes(|answering| answering["greeting"]["audio"] = made["audio"].clone()).await;
        let url = made["url"].as_str().unwrap();
        assert!(url.starts_with(PUBLIC), "{url}");
        double.calls(CALLER, NUMBER).await.unwrap().hears(url).await.unwrap().hangs_up().await.unwrap();
        let fetched = reqwest::get(url.replace(PUBLIC, &format!("{}/", server.address))).await.unwrap();
        assert_eq!(fetched.bytes().await.unwrap(), file);
    }

    /// Has callers be answered otherwise.
    pub(crate) async fn changes(&self, change: impl FnOnce(&mut Value)) {
        let (server, group) = (&self.server, &self.group);
        let (_, shown) = server.get(&format!("/api/v1/groups/{group}")).await;
        let mut body = json!({"name": shown["name"], "numbers": shown["numbers"], "answering": shown["answering"]});
        change(&mut body["answering"]);
        let client = reqwest::Client::new();
        let request = client.put(format!("{}/api/v1/groups/{group}", server.address)).bearer_auth(&server.key);
        let changed = request.header("if-match", format!("\"{}\"", shown["version"])).json(&body).send().await.unwrap();
        assert!(changed.status().is_success(), "{}", changed.text().await.unwrap());
    }

    /// All ring at once, and the phone of whoever is late rings no more.
    async fn rings_all(&self) {
        let double = &self.double;
        self.changes(|answering| answering["strategy"] = json!("simultaneous")).await;
        let caller = double.calls(CALLER, NUMBER).await.unwrap();
        let ann = double.rings(ANN).await.unwrap();
        let bob = double.rings(BOB).await.unwrap().answers().await.unwrap().presses("1").await.unwrap();
        assert_eq!(bob.talks_with(), [CALLER]);
        ann.becomes("canceled").await.unwrap();
        caller.hangs_up().await.unwrap();
        bob.becomes("completed").await.unwrap();
    }

    /// Ann has the call and passes it on, to Bob or to the others: Bob has it then.
    async fn passes_on(&self, strategy: &str, to: Value) {
        let (double, server, [ann_id, _]) = (&self.double, &self.server, self.agents.as_slice()) else {
            unreachable!()
        };
        self.changes(|answering| answering["strategy"] = json!(strategy)).await;
        let caller = double.calls(CALLER, NUMBER).await.unwrap();
        let ann = double.rings(ANN).await.unwrap().answers().await.unwrap().presses("1").await.unwrap();
        assert_eq!(ann.talks_with(), [CALLER]);
        let runs = |items: &[Value]| items.first().is_some_and(|call| call["ended_at"].is_null());
        let own = format!("/agents/{ann_id}/group-calls");
        let call = listed(server, &own, runs).await.remove(0);
        let path = format!("/api/v1{own}/{}/transfer", call["id"].as_str().unwrap());
        let (status, told) = server.post(&path, &to).await;
        assert_eq!(status, 204, "{told}");
        ann.becomes("completed").await.unwrap();
        let caller = caller.hears("You are being connected").await.unwrap();
        let bob = double.rings(BOB).await.unwrap().answers().await.unwrap().presses("1").await.unwrap();
        assert_eq!(bob.talks_with(), [CALLER], "passed on by {strategy}");
        caller.hangs_up().await.unwrap();
        bob.becomes("completed").await.unwrap();
        let (status, told) = server.post(&path, &to).await;
        assert_eq!(status, 404, "it is Bob's: {told}");
    }

    /// Ann notes what came of a call that she took.
    async fn notes(&self) {
        let caller = self.double.calls(CALLER, NUMBER).await.unwrap();
        self.double.rings(ANN).await.unwrap().answers().await.unwrap().presses("1").await.unwrap();
        caller.hangs_up().await.unwrap();
        let own = format!("/agents/{}/group-calls", self.agents[0]);
        let over = |items: &[Value]| items.first().is_some_and(|call| !call["ended_at"].is_null());
        let call = listed(&self.server, &own, over).await.remove(0);
        assert_eq!((call.get("caller"), &call["version"]), (None, &json!(0)), "{call}");
        let url = format!("{}/api/v1{own}/{}/note", self.server.address, call["id"].as_str().unwrap());
        let noted = reqwest::Client::new().put(url).bearer_auth(&self.server.key).header("if-match", "\"0\"");
        let noted = noted.json(&json!({"note": "Calls again.", "outcome": "follow-up"})).send().await.unwrap();
        let noted: Value = noted.json().await.unwrap();
        assert_eq!((&noted["outcome"], &noted["version"]), (&json!("follow-up"), &json!(1)), "{noted}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_help_line_at_twilio_from_the_first_ring_to_the_mail() {
    let folder = Folder::new();
    for database in [folder.sqlite(), fresh_postgres().await] {
        let line = HelpLine::opens(&folder, &database).await;
        line.is_answered().await;
        line.takes_a_message().await;
        line.greets_with_a_sound().await;
        line.rings_all().await;
        line.passes_on("simultaneous", json!({"group": line.group})).await;
        line.passes_on("sequential", json!({"agent": line.agents[1]})).await;
        line.notes().await;
        assert_eq!(line.double.faults(), [] as [String; 0]);
        line.server.terminate();
        if database.starts_with("postgres") {
            drop_postgres(&database).await;
        }
    }
}
