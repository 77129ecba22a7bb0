//! A paid call by Twilio: the program rings both, warns, follows a top-up and cuts off; Twilio is played on this machine.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use twilio_double::{Account, Double, Line, Party};

use crate::company::found;
use crate::databases::{drop_postgres, fresh_postgres};
use crate::run::Folder;
use crate::server::Server;

const PUBLIC: &str = "https://line.example.org/";
const SHOWN: &str = "+441632960000";
const TALKER: &str = "+441632960021";
const ADVISER: &str = "+441632960022";
const ACCOUNT: &str = "AC0123456789abcdef0123456789abcdef";
/// Its clock is the test's.
const MORE: &[&str] = &["--test-clock"];

/// A prepaid customer with a verified phone, and an adviser at 0.99 and 3.00 a minute.
struct AdviceLine {
    folder: Folder,
    database: String,
    server: Server,
    double: Double,
    customer: String,
    agent: String,
}

impl AdviceLine {
    async fn opens(folder: Folder, database: String) -> AdviceLine {
        let account = Account { sid: ACCOUNT.to_owned(), token: "a token of the account".to_owned() };
        let (double, rest) = Double::start(account, None).await.unwrap();
        folder.write("token", "a token of the account\n");
        let twilio = format!("account = \"{ACCOUNT}\"\nauth_token_file = \"token\"\nrest_url = \"{rest}\"\n");
        folder.write("tollgate.toml", format!("public_url = \"{PUBLIC}\"\n[twilio]\n{twilio}"));
        let key = found(&database, 0, 1).await;
        let server = Server::serve(&folder, &database, &key, MORE);
        double.reaches((PUBLIC.parse().unwrap(), server.address.parse().unwrap()));
        double.has_number(SHOWN, Line::default());
        let plan = json!({"name": "Prepaid", "kind": "prepaid", "currency": "EUR", "monthly_fee": "0",
            "rate": {"price_per_minute": "0.05"}});
        let plan = made(&server, "/plans", plan).await;
        let customer = made(&server, "/customers", json!({"organisation": "Talker", "mode": "prepaid"})).await;
        made(&server, "/lines", json!({"customer": customer, "number": "0005", "plan": plan})).await;
        let prices = json!({"EUR": {"rate": {"connect_fee": "0.99", "price_per_minute": "3.00"}}});
        let agent = json!({"name": "Zoe", "phones": [ADVISER], "number": SHOWN, "prices": prices});
        let agent = made(&server, "/agents", agent).await;
        let line = AdviceLine { folder, database, server, double, customer, agent };
        line.put(&format!("/customers/{}/verified-phone", line.customer), &json!({"phone": TALKER})).await;
        line.put(&format!("/agents/{}/presence", line.agent), &json!({"presence": "online"})).await;
        line.pays_in("6.00").await;
        line
    }

    async fn put(&self, path: &str, body: &Value) {
        let url = format!("{}/api/v1{path}", self.server.address);
        let client = reqwest::Client::new();
        let version =
            client.get(url.replace("/verified-phone", "")).bearer_auth(&self.server.key).send().await.unwrap();
        let etag = version.headers().get("etag").map_or("*".to_owned(), |etag| etag.to_str().unwrap().to_owned());
        let put =
            client.put(&url).bearer_auth(&self.server.key).header("if-match", etag).json(body).send().await.unwrap();
        assert!(put.status().is_success(), "{path}: {}", put.text().await.unwrap());
    }

    async fn pays_in(&self, amount: &str) {
        made(&self.server, "/payments", json!({"customer": self.customer, "amount": amount, "method": "cash"})).await;
    }

    /// Has a call be placed, by its id.
    async fn is_placed(&self) -> String {
        made(&self.server, "/calls", json!({"customer": self.customer, "agent": self.agent})).await
    }

    /// Both have said yes, and talk.
    async fn talk(&self) -> (Party, Party) {
        let talker = self.double.rings(TALKER).await.unwrap().answers().await.unwrap();
        let talker = talker.hears("0.99 EUR to connect, 3.00 EUR for a minute").await.unwrap();
        let talker = talker.presses("1").await.unwrap();
        let adviser = self.double.rings(ADVISER).await.unwrap().answers().await.unwrap();
        let adviser = adviser.presses("1").await.unwrap();
        assert_eq!((talker.talks_with(), adviser.talks_with()), (vec![ADVISER.to_owned()], vec![TALKER.to_owned()]));
        (talker, adviser)
    }

    /// How a call stands, once it is so.
    async fn stands(&self, call: &str, is_so: impl Fn(&Value) -> bool) -> Value {
        let started = Instant::now();
        loop {
            let (status, told) = self.server.get(&format!("/api/v1/calls/{call}/status")).await;
            assert_eq!(status, 200, "{told}");
            if is_so(&told) {
                return told;
            }
            assert!(started.elapsed() < Duration::from_secs(30), "{told}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Time passes, from so many seconds to so many after the answer, in steps in which everybody does what is due: more is asked for some seconds
    /// before what was granted is used up.
    async fn time_passes(&self, talks: &Value, from: i64, to: i64) {
        let call = talks["id"].as_str().unwrap();
        let answered_at = domain::time::Instant::parse(talks["answered_at"].as_str().unwrap()).unwrap();
        for second in from..=to {
            self.server.move_clock_to(answered_at.plus_millis(second * 1000).unwrap()).await;
            for _ in 0..20 {
                let (_, session) = self.server.get(&format!("/api/v1/charging/sessions/{call}")).await;
                if session["granted_seconds"].as_i64().is_none_or(|granted| granted > second + 4) {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
    }

    async fn balance(&self) -> Value {
        self.server.get(&format!("/api/v1/customers/{}/balance", self.customer)).await.1["balance"].clone()
    }
}

async fn made(server: &Server, path: &str, body: Value) -> String {
    let (status, made) = server.post(&format!("/api/v1{path}"), &body).await;
    assert_eq!(status, 201, "{path}: {made}");
    made["id"].as_str().unwrap().to_owned()
}

/// Nobody pays for an adviser who does not answer, and no mailbox is paid for.
async fn whom_nobody_answers_pays_nothing(line: &AdviceLine) {
    let call = line.is_placed().await;
    let talker = line.double.rings(TALKER).await.unwrap().answers().await.unwrap();
    // Another key is no yes, and neither is none.
    let talker = talker.presses("2").await.unwrap().waits().await.unwrap().presses("1").await.unwrap();
    assert_eq!(
        talker.heard().iter().filter(|said| said.contains("Press 1 to begin")).count(),
        3,
        "{:?}",
        talker.heard()
    );
    line.double.rings(ADVISER).await.unwrap().is_busy().await.unwrap();
    let talker = talker.hears("costs you nothing").await.unwrap();
    talker.becomes("completed").await.unwrap();
    let over = line.stands(&call, |told| told["state"] == "over" && !told["cause"].is_null()).await;
    assert_eq!((&over["cost"], &over["cause"]), (&json!("0.00"), &json!("busy")));
    assert_eq!(line.balance().await, "6.00");
}

/// The caller is warned, pays in, talks on, and is cut off when that is used up, too.
async fn who_pays_in_talks_on_and_is_cut_off(line: &AdviceLine) {
    let call = line.is_placed().await;
    let (talker, adviser) = line.talk().await;
    let talks = line.stands(&call, |told| told["state"] == "talking" && !told["answered_at"].is_null()).await;
    // 5.01 after the fee buy one minute, begun ones being paid whole; 8.01 two.
    line.time_passes(&talks, 1, 46).await;
    let talker = talker.hears("The call ends in").await.unwrap();
    assert!(!adviser.heard().iter().any(|said| said.contains("The call ends")), "{:?}", adviser.heard());
    line.pays_in("3.00").await;
    line.time_passes(&talks, 47, 110).await;
    let told = line.stands(&call, |told| told["seconds"].as_i64() >= Some(105)).await;
    assert_eq!(told["state"], "talking", "{told}");
    line.time_passes(&talks, 111, 121).await;
    let over = line.stands(&call, |told| told["state"] == "over" && !told["cause"].is_null()).await;
    assert_eq!((&over["cause"], &over["cost"]), (&json!("cut_off"), &json!("6.99")), "{over}");
    talker.hears("used up").await.unwrap().becomes("completed").await.unwrap();
    adviser.becomes("completed").await.unwrap();
    assert_eq!(line.balance().await, "2.01");
    let limits = line.double.posted();
    assert!(limits.iter().all(|posted| posted.status == Some(200) || posted.status == Some(204)), "{limits:?}");
}

/// The program starts again while they talk: who hangs up after that pays for all of it.
async fn a_talk_outlives_the_program(line: AdviceLine) -> AdviceLine {
    line.pays_in("20.00").await;
    let call = line.is_placed().await;
    let (talker, adviser) = line.talk().await;
    let talks = line.stands(&call, |told| told["state"] == "talking" && !told["answered_at"].is_null()).await;
    let AdviceLine { folder, database, server, double, customer, agent } = line;
    let key = server.key.clone();
    server.terminate();
    let server = Server::serve(&folder, &database, &key, MORE);
    double.reaches((PUBLIC.parse().unwrap(), server.address.parse().unwrap()));
    let line = AdviceLine { folder, database, server, double, customer, agent };
    // It asks who still talks.
    let started = Instant::now();
    while !line.double.asked().iter().any(|asked| asked.ends_with("Participants.json")) {
        assert!(started.elapsed() < Duration::from_secs(60), "the call is not taken up");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    line.time_passes(&talks, 1, 90).await;
    let told = line.stands(&call, |told| told["seconds"].as_i64() > Some(60)).await;
    assert_eq!(told["state"], "talking", "{told}");
    adviser.hangs_up().await.unwrap();
    let over = line.stands(&call, |told| told["state"] == "over" && !told["cause"].is_null()).await;
    assert_eq!(over["cause"], "hung_up", "{over}");
    talker.becomes("completed").await.unwrap();
    line
}

async fn opened(postgres: bool) -> AdviceLine {
    let folder = Folder::new();
    let database = if postgres { fresh_postgres().await } else { folder.sqlite() };
    AdviceLine::opens(folder, database).await
}

async fn closes(line: AdviceLine) {
    assert_eq!(line.double.faults(), [] as [String; 0]);
    let books = line.folder.json(&["check", "--json", "--database-url", &line.database]);
    assert_eq!(books["faults"], json!([]));
    let AdviceLine { server, database, .. } = line;
    server.terminate();
    if database.starts_with("postgres") {
        drop_postgres(&database).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_paid_call_by_twilio_is_warned_lengthened_and_cut_off() {
    for postgres in [false, true] {
        let line = opened(postgres).await;
        whom_nobody_answers_pays_nothing(&line).await;
        who_pays_in_talks_on_and_is_cut_off(&line).await;
        closes(line).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_paid_call_by_twilio_outlives_the_program() {
    for postgres in [false, true] {
        closes(a_talk_outlives_the_program(opened(postgres).await).await).await;
    }
}
