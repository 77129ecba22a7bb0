//! A customer and an adviser write to each other by short messages: the real program, with Twilio played on this machine.

use serde_json::{Value, json};
use twilio_double::{Account, Delivery, Double, Line, Order};

use crate::company::found;
use crate::databases::{drop_postgres, fresh_postgres};
use crate::run::Folder;
use crate::server::Server;
use crate::twilio::{listed, made, until};
use crate::visitor::{PASSWORD, Visitor, secret_of};

const PUBLIC: &str = "https://line.example.org/";
const ACCOUNT: &str = "AC0123456789abcdef0123456789abcdef";
const CARRIES: &str = "+441632960071";
const TALKER: &str = "+441632960021";
const ADVISER: &str = "+441632960022";
const OTHER: &str = "+441632960023";
const STRANGER: &str = "+441632960555";

/// A prepaid customer with a verified phone, and an adviser at 0.99 a message.
struct Talk {
    server: Server,
    double: Double,
    customer: String,
    agent: String,
    talker: Visitor,
}

impl Talk {
    async fn begins(folder: &Folder, database: &str) -> Talk {
        let account = Account { sid: ACCOUNT.to_owned(), token: "a token of the account".to_owned() };
        let (double, rest) = Double::start(account, None).await.unwrap();
        folder.write("token", "a token of the account\n");
        let twilio = format!("account = \"{ACCOUNT}\"\nauth_token_file = \"token\"\nrest_url = \"{rest}\"\n");
        folder.write("tollgate.toml", format!("public_url = \"{PUBLIC}\"\n[twilio]\n{twilio}"));
        let key = found(database, 0, 1).await;
        let server = Server::serve(folder, database, &key, &[]);
        double.reaches((PUBLIC.parse().unwrap(), server.address.parse().unwrap()));
        let sms_url = Some(format!("{PUBLIC}webhooks/twilio/sms").parse().unwrap());
        double.has_number(CARRIES, Line { sms_url, ..Line::default() });
        let customer = made(&server, "/customers", json!({"organisation": "Talker", "mode": "prepaid"})).await;
        put(&server, &format!("/customers/{customer}"), "/verified-phone", |_| json!({"phone": TALKER})).await;
        made(&server, "/payments", json!({"customer": customer, "amount": "2.50", "method": "cash"})).await;
        let agent = agent(&server, "Zoe", ADVISER).await;
        put(&server, "/tenant", "", |tenant| {
            let mut settings = tenant["settings"].clone();
            settings["sms"] = json!({"conversation_numbers": [CARRIES]});
            json!({"name": tenant["name"], "settings": settings})
        })
        .await;
        let create = ["user", "create", "t@example.org", "--name", "Talker", "--role", "customer", "--customer"];
        let of = [customer.as_str(), "--database-url", database, "--public-url", PUBLIC, "--json"];
        let made: Value = serde_json::from_str(&folder.run(&[&create[..], &of].concat()).out).unwrap();
        let mut talker = Visitor::of(&server);
        let reset = json!({"token": secret_of(made["link"].as_str().unwrap()), "password": PASSWORD});
        assert_eq!(talker.post("/api/v1/password-resets/confirm", reset).await.0, 204);
        assert_eq!(talker.sign_in("t@example.org", PASSWORD).await, 200);
        Talk { server, double, customer, agent, talker }
    }

    /// What was sent to a number, in the order of its sending: from which, and what it says.
    fn sent_to(&self, number: &str) -> Vec<(String, String)> {
        let sent = self.double.messages().into_iter().filter(|written| written.to == number);
        sent.map(|written| (written.from, written.body)).collect()
    }

    async fn has_been_sent(&self, number: &str, texts: &[&str]) {
        let wanted: Vec<_> = texts.iter().map(|text| (CARRIES.to_owned(), (*text).to_owned())).collect();
        until(&format!("{number} is not sent {texts:?}"), || self.sent_to(number) == wanted).await;
    }

    async fn balance(&self) -> Value {
        let (_, told) = self.server.get(&format!("/api/v1/customers/{}/balance", self.customer)).await;
        told["balance"].clone()
    }

    async fn writes_in_the_app(&self, agent: &str, text: &str) -> Value {
        let body = json!({"customer": self.customer, "agent": agent, "text": text});
        let (status, message) = self.talker.post("/api/v1/messages", body).await;
        assert_eq!(status, 201, "{message}");
        message
    }

    /// From the app to the adviser's phone, back, and on from the customer's, whatever is posted twice.
    async fn both_write(&self) {
        let double = &self.double;
        let message = self.writes_in_the_app(&self.agent, "Good evening").await;
        self.has_been_sent(ADVISER, &["Good evening"]).await;
        double.writes(ADVISER, CARRIES, "How can I help?").await.unwrap();
        self.has_been_sent(TALKER, &["How can I help?"]).await;
        double.writes(TALKER, CARRIES, "By a word").await.unwrap();
        self.has_been_sent(ADVISER, &["Good evening", "By a word"]).await;
        // It comes again, after another one.
        let posted = double.posted().into_iter().rfind(|posted| posted.field("Body") == Some("By a word")).unwrap();
        let told = double.posted().into_iter().rfind(|posted| posted.field("Body") == Some("How can I help?")).unwrap();
        for posted in [&told, &posted, &posted] {
            let again = double.posts_again(posted).await;
            assert_eq!((again.status, &again.answer), (Some(200), &posted.answer));
        }
        assert_eq!(self.balance().await, "0.52", "2.50 less two of 0.99");
        let path = format!("/api/v1/conversations/{}/messages", message["conversation"].as_str().unwrap());
        let (_, shown) = self.talker.get(&path).await;
        let shown = shown["items"].as_array().unwrap();
        let texts: Vec<_> =
            shown.iter().map(|one| (one["text"].as_str().unwrap(), one["channel"].as_str().unwrap())).collect();
        assert_eq!(texts, [("By a word", "sms"), ("How can I help?", "sms"), ("Good evening", "app")]);
    }

    /// Too little is there: the customer is told, the adviser hears nothing of it.
    async fn is_too_poor(&self) {
        self.double.writes(TALKER, CARRIES, "And another").await.unwrap();
        let why = "Not delivered: 0.52 EUR is available, 0.99 EUR is needed.";
        self.has_been_sent(TALKER, &["How can I help?", why]).await;
        self.double.writes(STRANGER, CARRIES, "Let me in").await.unwrap();
        let came = listed(&self.server, "/sms/received", |items| items.len() == 4).await;
        let told: Vec<_> =
            came.iter().map(|one| (one["from"].as_str().unwrap(), one["outcome"].as_str().unwrap())).collect();
        let customer = self.customer.as_str();
        assert_eq!(
            told,
            [(STRANGER, "kept"), (customer, "refused"), (customer, "conversation"), (ADVISER, "conversation")]
        );
        assert_eq!((self.sent_to(ADVISER).len(), self.sent_to(STRANGER).len()), (2, 0));
        assert_eq!(self.balance().await, "0.52");
    }

    /// What Twilio tells of deliveries comes in any order; what does not arrive is on record, and shows no number of the customer's.
    async fn deliveries_are_told(&self) {
        let double = &self.double;
        double.hold_callbacks();
        let sent: Vec<_> = double.messages().into_iter().filter(|written| written.to == ADVISER).collect();
        for (written, delivery) in sent.iter().zip([Delivery::Delivered, Delivery::Undelivered(30003)]) {
            double.becomes(&written.sid, delivery).await.unwrap();
        }
        double.repeat_callbacks(1);
        double.release_callbacks(Order::Reversed).await;
        double.repeat_callbacks(0);
        let all = listed(&self.server, "/sms?state=undelivered", |items| !items.is_empty()).await;
        assert_eq!(
            (&all[0]["about"], &all[0]["code"], &all[0]["to"]),
            (&json!("message"), &json!(30003), &json!(ADVISER))
        );
        let (_, all) = self.server.get("/api/v1/sms").await;
        assert!(!all.to_string().contains(TALKER) && !all.to_string().contains("Good evening"), "{all}");
    }

    /// One number is none for a second conversation; STOP ends the first one's.
    async fn numbers_run_out(&self) {
        let other = agent(&self.server, "Yan", OTHER).await;
        made(&self.server, "/payments", json!({"customer": self.customer, "amount": "5.00", "method": "cash"})).await;
        self.writes_in_the_app(&other, "Hello Yan").await;
        let withheld = listed(&self.server, "/sms?state=withheld", |items| !items.is_empty()).await;
        assert_eq!(withheld[0]["from"], Value::Null);
        assert!(withheld[0]["reason"].as_str().unwrap().contains("are in use"), "{withheld:?}");
        self.double.writes(ADVISER, CARRIES, "STOP").await.unwrap();
        listed(&self.server, "/sms/stops", |items| items.len() == 1).await;
        self.writes_in_the_app(&self.agent, "Still there?").await;
        listed(&self.server, "/sms?state=withheld", |items| items.len() == 2).await;
        assert_eq!((self.sent_to(ADVISER).len(), self.sent_to(OTHER).len()), (2, 0));
        assert_eq!(self.balance().await, "3.54", "what is written in the app is charged, and stands there");
    }
}

async fn agent(server: &Server, name: &str, phone: &str) -> String {
    let prices = json!({"EUR": {"rate": {"price_per_minute": "3.00"}, "price_per_message": "0.99"}});
    made(server, "/agents", json!({"name": name, "phones": [phone], "prices": prices})).await
}

/// Replaces something of a record by what `change` makes of it.
async fn put(server: &Server, path: &str, of_it: &str, change: impl FnOnce(&Value) -> Value) {
    let (_, record) = server.get(&format!("/api/v1{path}")).await;
    let request = reqwest::Client::new().put(format!("{}/api/v1{path}{of_it}", server.address));
    let request = request.bearer_auth(&server.key).header("if-match", format!("\"{}\"", record["version"]));
    let changed = request.json(&change(&record)).send().await.unwrap();
    assert!(changed.status().is_success(), "{path}: {}", changed.text().await.unwrap());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_customer_and_an_adviser_write_by_short_messages_at_twilio() {
    for database in ["sqlite", "postgres"] {
        let folder = Folder::new();
        let database = if database == "sqlite" { folder.sqlite() } else { fresh_postgres().await };
        let talk = Talk::begins(&folder, &database).await;
        talk.both_write().await;
        talk.is_too_poor().await;
        talk.deliveries_are_told().await;
        talk.numbers_run_out().await;
        assert_eq!(talk.double.faults(), [] as [String; 0]);
        let (_, checked) = talk.server.post("/api/v1/books/check", &json!({})).await;
        assert_eq!(checked["faults"], json!([]), "{checked}");
        talk.server.terminate();
        if database.starts_with("postgres") {
            drop_postgres(&database).await;
        }
    }
}
