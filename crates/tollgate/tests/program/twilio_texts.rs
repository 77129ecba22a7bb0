//! Short messages at Twilio: the real program, with Twilio played on this machine.

use serde_json::{Value, json};
use twilio_double::{Delivery, Order, Signing};

use crate::databases::{drop_postgres, fresh_postgres};
use crate::run::Folder;
use crate::server::Server;
use crate::twilio::{ANN, BOB, CALLER, HelpLine, NUMBER, listed, made, until};

const CY: &str = "+441632960013";

/// Replaces a record by what `change` makes of it.
async fn changed(server: &Server, path: &str, body: &Value, version: &Value) {
    let client = reqwest::Client::new();
    let request = client.put(format!("{}/api/v1{path}", server.address)).bearer_auth(&server.key);
    let changed = request.header("if-match", format!("\"{version}\"")).json(body).send().await.unwrap();
    let (status, text) = (changed.status(), changed.text().await.unwrap());
    assert!(status.is_success(), "{path}: {text}");
}

/// The tenant sends short messages, and these agents want them.
async fn texts(line: &HelpLine, agents: &[&str]) {
    let (_, mut tenant) = line.server.get("/api/v1/tenant").await;
    tenant["settings"]["sms"] = json!({ "number": NUMBER });
    let edit = json!({"name": tenant["name"], "settings": tenant["settings"]});
    changed(&line.server, "/tenant", &edit, &tenant["version"]).await;
    for agent in agents {
        let wants = json!({"reminders": true, "sms_reminders": true, "blackouts": []});
        changed(&line.server, &format!("/agents/{agent}/availability"), &wants, &json!(1)).await;
    }
}

/// What was sent to a number with these words: by the hour at which the test runs it may have been told of its shifts of today, too.
fn sent_to(line: &HelpLine, number: &str, words: &str) -> Vec<String> {
    let sent = line.double.messages().into_iter();
    let sent = sent.filter(|written| written.to == number && written.body.contains(words));
    sent.map(|written| written.body).collect()
}

/// The short messages of a list that have these words.
fn with<'a>(items: &'a [Value], words: &str) -> Vec<&'a Value> {
    items.iter().filter(|sms| sms["text"].as_str().unwrap().contains(words)).collect()
}

/// Has everybody reminded of the shifts of a date, by whoever is quicker: the command, or the server.
async fn remind(line: &HelpLine, folder: &Folder, (database, date): (&str, &str)) {
    folder.run(&["reminders", "--date", date, "--database-url", database]);
    let is_open = |sms: &Value| sms["state"] == "waiting" || sms["state"] == "sending";
    listed(&line.server, "/sms", |items| !items.iter().any(is_open)).await;
}

/// One number is none: the others are told, what the provider refuses is on record, and deliveries come in any order.
async fn reminds(line: &HelpLine, folder: &Folder, database: &str) {
    let (server, double) = (&line.server, &line.double);
    let cy = made(server, "/agents", json!({"name": "Cy", "phones": [CY]})).await;
    let shift = json!({"agent": cy, "days": [0, 1, 2, 3, 4, 5, 6], "hours": "08:00-10:00", "from": "2030-01-01"});
    made(server, &format!("/groups/{}/shifts", line.group), shift).await;
    texts(line, &[&line.agents[0], &line.agents[1], &cy]).await;
    double.refuses(CY, 21211, &format!("The 'To' number {CY} is not a valid phone number."));
    double.hold_callbacks();
    let date = "2030-01-02";
    remind(line, folder, (database, date)).await;
    let text = "Your shifts on 2030-01-02: 00:00-00:00 Night line. STOP ends these messages.";
    assert_eq!([ANN, BOB].map(|number| sent_to(line, number, date)), [[text], [text]]);
    let sent = double.messages().into_iter().filter(|written| written.body.contains(date));
    for (written, delivery) in sent.zip([Delivery::Delivered, Delivery::Undelivered(30003)]) {
        double.becomes(&written.sid, delivery).await.unwrap();
    }
    double.repeat_callbacks(1);
    double.release_callbacks(Order::Reversed).await;
    double.repeat_callbacks(0);
    let all = listed(server, "/sms", |items| with(items, date).len() == 3).await;
    let all = with(&all, date);
    let of = |number: &str| all.iter().find(|sms| sms["to"] == number).unwrap();
    let (ann, bob, cy) = (of(ANN), of(BOB), of(CY));
    let states = [&ann["state"], &bob["state"], &cy["state"]].map(|state| state.as_str().unwrap());
    let mut delivered = states[..2].to_vec();
    delivered.sort_unstable();
    assert_eq!((delivered, states[2]), (vec!["delivered", "undelivered"], "failed"), "{all:?}");
    assert_eq!(cy["code"], 21211, "{cy}");
    assert!(cy["reason"].as_str().unwrap().contains("is not a valid phone number. (21211)"), "{cy}");
    let undelivered = [ann, bob].into_iter().find(|sms| sms["state"] == "undelivered").unwrap();
    assert_eq!(undelivered["code"], 30003);
    let failed = listed(server, "/jobs?state=failed", |items| items.iter().any(|job| job["kind"] == "sms")).await;
    assert!(failed.iter().any(|job| job["last_error"].as_str().unwrap().contains("21211")), "{failed:?}");
    let told = listed(server, &format!("/reminders?date={date}"), |items| items.len() == 3).await;
    let of_cy = told.iter().find(|told| told["agent"] == cy["agent"]).unwrap();
    assert_eq!((&of_cy["state"], &of_cy["sms"]["code"]), (&json!("failed"), &json!(21211)), "{of_cy}");
    // Whom it has reached is told once, whoever asks again.
    let reached = all.iter().find(|sms| sms["state"] == "delivered").unwrap()["to"].as_str().unwrap();
    remind(line, folder, (database, date)).await;
    assert_eq!(sent_to(line, reached, date).len(), 1);
}

/// Who says STOP is sent nothing, until it says START.
async fn stops(line: &HelpLine, folder: &Folder, database: &str) {
    let (server, double) = (&line.server, &line.double);
    double.writes(ANN, NUMBER, "Stop").await.unwrap();
    let stops = listed(server, "/sms/stops", |items| !items.is_empty()).await;
    assert_eq!((&stops[0]["from"], &stops[0]["to"]), (&json!(NUMBER), &json!(ANN)));
    let date = "2030-02-05";
    remind(line, folder, (database, date)).await;
    let withheld = listed(server, "/sms?state=withheld", |items| !items.is_empty()).await;
    assert_eq!((withheld.len(), &withheld[0]["to"]), (1, &json!(ANN)));
    assert_eq!([ANN, BOB].map(|number| sent_to(line, number, date).len()), [0, 1]);
    double.writes(ANN, NUMBER, "START").await.unwrap();
    listed(server, "/sms/stops", <[Value]>::is_empty).await;
    until("nothing is answered", || !sent_to(line, ANN, "messages from this number again").is_empty()).await;
}

/// "I can't now" passes the call on that rings; a message that comes again does nothing.
async fn passes(line: &HelpLine) {
    let (server, double, group) = (&line.server, &line.double, &line.group);
    let caller = double.calls(CALLER, NUMBER).await.unwrap();
    let ann = double.rings(ANN).await.unwrap();
    double.writes(ANN, NUMBER, "I can't now").await.unwrap();
    let bob = double.rings(BOB).await.unwrap().answers().await.unwrap().presses("1").await.unwrap();
    ann.becomes("canceled").await.unwrap();
    assert_eq!(bob.talks_with(), [CALLER]);
    assert_eq!(sent_to(line, ANN, "somebody else").len(), 1);
    let posted = double.posted().into_iter().rfind(|posted| posted.field("Body") == Some("I can't now")).unwrap();
    let again = double.posts_again(&posted).await;
    assert_eq!((again.status, &again.answer), (Some(200), &posted.answer));
    bob.hangs_up().await.unwrap();
    caller.becomes("completed").await.unwrap();
    let over = |items: &[Value]| items.first().is_some_and(|item| !item["ended_at"].is_null());
    let calls = listed(server, &format!("/groups/{group}/calls"), over).await;
    let results: Vec<&Value> = calls[0]["attempts"].as_array().unwrap().iter().map(|made| &made["result"]).collect();
    assert_eq!(results, ["declined", "accepted"]);
    assert_ne!(presence(line).await, "away");
}

/// What an agent says of itself.
async fn presence(line: &HelpLine) -> Value {
    let (_, agent) = line.server.get(&format!("/api/v1/agents/{}", line.agents[0])).await;
    agent["presence"].clone()
}

/// Who is on duty, and not rung, gets no calls after a word, and does again after another; a message that is not Twilio's does nothing.
async fn goes_away(line: &HelpLine) {
    let double = &line.double;
    double.signs(Signing::With("another token".to_owned()));
    double.writes(ANN, NUMBER, "pass").await.unwrap();
    double.signs(Signing::AsTwilio);
    assert_ne!(presence(line).await, "away");
    double.writes(ANN, NUMBER, "pass").await.unwrap();
    assert_eq!(presence(line).await, "away");
    double.writes(ANN, NUMBER, "back").await.unwrap();
    assert_eq!(presence(line).await, "online");
    assert_eq!(double.faults().len(), 1, "{:?}", double.faults());
}

/// A phone that the provider does not ring: why is on record with the call.
async fn is_refused(line: &HelpLine) {
    let (server, double, group) = (&line.server, &line.double, &line.group);
    double.refuses(ANN, 13224, "Dial: invalid phone number");
    let caller = double.calls(CALLER, NUMBER).await.unwrap();
    double.rings(BOB).await.unwrap().is_busy().await.unwrap();
    caller.hears("leave a message").await.unwrap().hangs_up().await.unwrap();
    let over = |items: &[Value]| items.len() == 2 && !items[0]["ended_at"].is_null();
    let calls = listed(server, &format!("/groups/{group}/calls"), over).await;
    let ann = &calls[0]["attempts"][0];
    assert_eq!((&ann["result"], &ann["reason"]), (&json!("unreachable"), &json!("Twilio's error 13224")), "{calls:?}");
    assert!(calls[0]["attempts"][1]["reason"].is_null());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn short_messages_go_out_and_come_in_at_twilio() {
    for database in ["sqlite", "postgres"] {
        let folder = Folder::new();
        let database = if database == "sqlite" { folder.sqlite() } else { fresh_postgres().await };
        let line = HelpLine::opens(&folder, &database).await;
        reminds(&line, &folder, &database).await;
        stops(&line, &folder, &database).await;
        passes(&line).await;
        goes_away(&line).await;
        is_refused(&line).await;
        line.server.terminate();
        if database.starts_with("postgres") {
            drop_postgres(&database).await;
        }
    }
}
