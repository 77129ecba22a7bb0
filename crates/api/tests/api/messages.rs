//! Messages, conversations and blocks over HTTP.

use engine::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::live::Listener;
use crate::person::Session;
use crate::service::{Reply, Service, on_both, sent};

/// Two who talk to each other: a prepaid customer with the line 0001, and an agent at 0.99 a message.
struct Talk {
    customer: String,
    agent: String,
    payer: Session,
    adviser: Session,
}

impl Talk {
    async fn with(service: &Service, balance: &str) -> Talk {
        let (customer, _) = service.talker(balance, "0001").await;
        let agent = agent(service, "Iris", json!("0.99")).await;
        let payer = service.person(&[Role::Customer], &[&customer], None).await;
        let adviser = service.person(&[Role::Agent], &[], Some(&agent)).await;
        Talk { customer, agent, payer, adviser }
    }

    fn message(&self, text: &str) -> Value {
        json!({"customer": self.customer, "agent": self.agent, "text": text})
    }
}

async fn agent(service: &Service, name: &str, price: Value) -> String {
    let rate = json!({"price_per_minute": "1.00"});
    let prices = json!({"USD": {"rate": rate, "price_per_message": price}});
    service.made("/agents", json!({"name": name, "prices": prices})).await
}

async fn put(session: &Session, path: &str, body: Value) -> Reply {
    sent(session.request(Method::PUT, path).json(&body)).await
}

async fn balance(service: &Service, customer: &str) -> Value {
    service.get(&format!("/customers/{customer}/balance")).await.body["balance"].clone()
}

async fn books_are_right(service: &Service) {
    assert_eq!(service.post("/books/check", json!({})).await.body["faults"], json!([]));
}

#[tokio::test]
async fn a_customer_asks_what_a_message_costs_sends_it_and_is_answered() {
    on_both(async |service| {
        let talk = Talk::with(service, "5.00").await;
        let quote = talk.payer.post("/messages/quote", talk.message("Good evening")).await;
        assert_eq!(
            quote.body,
            json!({"price": "0.99", "currency": "USD", "segments": 1, "available": "5.00", "missing": "0.00",
                "refusal": null})
        );
        let sent_one = talk.payer.post("/messages", talk.message(" Good evening ")).await;
        assert_eq!((sent_one.status, &sent_one.body["text"]), (201, &json!("Good evening")), "{}", sent_one.text);
        assert_eq!((&sent_one.body["price"], &sent_one.body["agent_part"]), (&json!("0.99"), &Value::Null));
        let conversation = sent_one.body["conversation"].as_str().unwrap();
        let path = format!("/conversations/{conversation}/messages");
        assert_eq!(sent_one.header("location"), format!("/api/v1{path}"));
        let seen = talk.adviser.get(&path).await;
        let first = &seen.body["items"][0];
        assert_eq!(
            (&first["agent_part"], &first["price"], &first["state"]),
            (&json!("0.792"), &Value::Null, &json!("stored"))
        );
        let id = first["id"].as_str().unwrap();
        let delivered = put(&talk.adviser, &format!("/messages/{id}/delivered"), json!({})).await;
        assert_eq!((delivered.status, &delivered.body["state"]), (200, &json!("delivered")), "{}", delivered.text);
        let wrong = put(&talk.payer, &format!("/messages/{id}/delivered"), json!({})).await;
        assert_eq!((wrong.status, wrong.problem()), (409, "wrong-state"));
        let unread = async |session: &Session| session.get("/conversations").await.body["items"][0]["unread"].clone();
        assert_eq!((unread(&talk.adviser).await, unread(&talk.payer).await), (json!(1), json!(0)));
        let read = put(&talk.adviser, &format!("/conversations/{conversation}/read"), json!({"up_to": id})).await;
        assert_eq!((read.status, &read.body["unread"]), (200, &json!(0)), "{}", read.text);
        let answer = talk.adviser.post("/messages", talk.message("And to you")).await;
        assert_eq!((answer.status, &answer.body["agent_part"]), (201, &json!("0.00")), "{}", answer.text);
        assert_eq!(unread(&talk.payer).await, 1);
        assert_eq!(balance(service, &talk.customer).await, "4.01");
        // Page by page, the newest first.
        let page = talk.payer.get(&format!("{path}?limit=1")).await;
        assert_eq!(page.body["items"][0]["text"], "And to you");
        let cursor = page.body["next_cursor"].as_str().unwrap();
        let next = talk.payer.get(&format!("{path}?limit=1&cursor={cursor}")).await;
        assert_eq!((&next.body["items"][0]["state"], &next.body["next_cursor"]), (&json!("read"), &Value::Null));
        let asked = talk.payer.get(&format!("/customers/{}/balance?agent={}", talk.customer, talk.agent)).await;
        assert_eq!(asked.body["message_price"], "0.99");
        // Owners read what was written, clerks and auditors see that something was.
        for (role, text) in
            [(Role::Admin, json!("And to you")), (Role::Clerk, Value::Null), (Role::Auditor, Value::Null)]
        {
            let staff = sent(service.anonymous(Method::GET, &path).bearer_auth(service.key(role))).await;
            assert_eq!((&staff.body["items"][0]["text"], &staff.body["items"][1]["price"]), (&text, &json!("0.99")));
        }
        let staff = service.get(&format!("/conversations/{conversation}")).await;
        assert_eq!((&staff.body["unread"], &staff.body["unread_by_customer"]), (&Value::Null, &json!(1)));
        books_are_right(service).await;
    })
    .await;
}

#[tokio::test]
async fn refusals_by_table() {
    on_both(async |service| {
        let talk = Talk::with(service, "0.50").await;
        let mute = agent(service, "Mute", Value::Null).await;
        let nowhere = service.made("/agents", json!({"name": "Nowhere"})).await;
        let to = |agent: &str| json!({"customer": talk.customer, "agent": agent, "text": "Hello"});
        let too_long = "x".repeat(1601);
        for (body, status, problem, place) in [
            (talk.message("Hello"), 402, "insufficient-balance", None),
            (to(&mute), 422, "invalid", Some("/agent")),
            (to(&nowhere), 422, "invalid", Some("/agent")),
            (to("agt_none"), 422, "invalid", Some("/agent")),
            (json!({"customer": "cus_none", "agent": talk.agent, "text": "Hello"}), 422, "invalid", Some("/customer")),
            (talk.message(""), 422, "invalid", Some("/text")),
            (talk.message(" \n\t "), 422, "invalid", Some("/text")),
            (talk.message(&too_long), 422, "invalid", Some("/text")),
            (talk.message("bell \u{7}"), 422, "invalid", Some("/text")),
            (talk.message("nul \u{0}"), 422, "invalid", Some("/text")),
            (json!({"customer": talk.customer, "agent": talk.agent}), 400, "unreadable", Some("")),
            (json!({"customer": talk.customer, "agent": talk.agent, "text": 7}), 400, "unreadable", Some("/text")),
            (json!({"customer": "", "agent": "", "text": "", "price": "0"}), 400, "unreadable", Some("/price")),
        ] {
            let reply = talk.payer.post("/messages", body.clone()).await;
            assert_eq!((reply.status, reply.problem()), (status, problem), "{body}: {}", reply.text);
            assert_eq!(reply.places(), place.into_iter().collect::<Vec<_>>(), "{body}: {}", reply.text);
        }
        let poor = talk.payer.post("/messages", talk.message("Hello")).await;
        assert_eq!((&poor.body["available"], &poor.body["required"]), (&json!("0.50"), &json!("0.99")));
        let quote = talk.payer.post("/messages/quote", talk.message("Hello")).await;
        assert_eq!(
            (&quote.body["missing"], &quote.body["refusal"]["reason"]),
            (&json!("0.49"), &json!("insufficient_balance"))
        );
        let quote = talk.payer.post("/messages/quote", to(&mute)).await;
        assert_eq!(
            (&quote.body["price"], &quote.body["refusal"]["reason"]),
            (&Value::Null, &json!("agent_without_price"))
        );
        assert_eq!(talk.payer.get("/conversations").await.body["items"], json!([]));
        assert_eq!(balance(service, &talk.customer).await, "0.50");
        books_are_right(service).await;
    })
    .await;
}

#[tokio::test]
async fn h052_a_message_of_100_kb_is_refused_and_nothing_is_charged() {
    on_both(async |service| {
        let talk = Talk::with(service, "5.00").await;
        for length in [100_000, 2_000_000] {
            let reply = talk.payer.post("/messages", talk.message(&"x".repeat(length))).await;
            assert!([413, 422].contains(&reply.status), "{}", reply.status);
            assert!(!reply.text.contains("xxxx"));
        }
        // What is longer than one short message says so before it is sent, and is charged once.
        let long = talk.message(&"x".repeat(1600));
        assert_eq!(talk.payer.post("/messages/quote", long.clone()).await.body["segments"], 11);
        let reply = talk.payer.post("/messages", long).await;
        assert_eq!((reply.status, &reply.body["segments"], &reply.body["price"]), (201, &json!(11), &json!("0.99")));
        assert_eq!(balance(service, &talk.customer).await, "4.01");
    })
    .await;
}

#[tokio::test]
async fn the_same_message_a_hundred_times_with_one_key_is_one_message() {
    on_both(async |service| {
        let talk = Talk::with(service, "5.00").await;
        let body = talk.message("Hello");
        let requests = (0..100)
            .map(|_| sent(talk.payer.request(Method::POST, "/messages").header("idempotency-key", "m1").json(&body)));
        let replies = futures::future::join_all(requests).await;
        for reply in &replies {
            assert_eq!((reply.status, &reply.text), (201, &replies[0].text));
        }
        assert_eq!(replies.iter().filter(|reply| reply.header("idempotency-replayed") == "true").count(), 99);
        let path = format!("/conversations/{}/messages", replies[0].body["conversation"].as_str().unwrap());
        assert_eq!(talk.adviser.get(&path).await.body["items"].as_array().map(Vec::len), Some(1));
        let other = talk.payer.request(Method::POST, "/messages").header("idempotency-key", "m1");
        let other = sent(other.json(&talk.message("Something else"))).await;
        assert_eq!((other.status, other.problem()), (409, "idempotency-key-reused"));
        assert_eq!(balance(service, &talk.customer).await, "4.01");
        books_are_right(service).await;
    })
    .await;
}

#[tokio::test]
async fn a_switch_brings_short_messages() {
    on_both(async |service| {
        let talk = Talk::with(service, "1.00").await;
        let bring = async |origin: &str, text: &str| {
            let switch = service.anonymous(Method::POST, "/messages/arrived").bearer_auth(service.key(Role::Switch));
            sent(switch.json(&json!({"origin": origin, "from": "0001", "agent": talk.agent, "text": text}))).await
        };
        let first = bring("sms:1", "Hello").await;
        assert_eq!((first.status, &first.body["message"]["state"]), (201, &json!("stored")), "{}", first.text);
        assert_eq!((&first.body["refusal"], &first.body["message"]["text"]), (&Value::Null, &Value::Null));
        let refused = bring("sms:2", "Hello?").await;
        assert_eq!((refused.status, &refused.body["refusal"]), (201, &json!("insufficient_balance")));
        assert_eq!((&refused.body["missing"], &refused.body["tell_sender"]), (&json!("0.98"), &json!(true)));
        let again = bring("sms:2", "Hello?").await;
        assert_eq!((again.header("idempotency-replayed"), &again.body), ("true", &refused.body));
        let other = bring("sms:2", "Something else").await;
        assert_eq!((other.status, other.problem(), other.places()), (409, "origin-taken", vec!["/origin"]));
        assert_eq!(bring("sms:3", "Hello?").await.body["tell_sender"], false);
        let path = format!("/conversations/{}/messages", first.body["message"]["conversation"].as_str().unwrap());
        assert_eq!(talk.adviser.get(&path).await.body["items"].as_array().map(Vec::len), Some(1));
        assert_eq!(talk.payer.get(&path).await.body["items"].as_array().map(Vec::len), Some(3));
        assert_eq!(balance(service, &talk.customer).await, "0.01");
        books_are_right(service).await;
    })
    .await;
}

#[tokio::test]
async fn an_agents_conversations_are_paged_by_the_staff_whatever_was_refused() {
    on_both(async |service| {
        let agent = agent(service, "Iris", json!("0.99")).await;
        let mut customers = Vec::new();
        for (balance, number) in [("1.00", "0001"), ("5.00", "0002"), ("1.00", "0003")] {
            customers.push(service.talker(balance, number).await.0);
        }
        // The second messages of the first and the third are refused.
        for (origin, from) in ["0001", "0002", "0003", "0002", "0003", "0001"].into_iter().enumerate() {
            service.comes(&format!("2026-11-0{}T10:00:00Z", origin + 1)).await;
            let switch = service.anonymous(Method::POST, "/messages/arrived").bearer_auth(service.key(Role::Switch));
            let arrived = json!({"origin": format!("sms:{origin}"), "from": from, "agent": agent, "text": "Hello"});
            assert_eq!(sent(switch.json(&arrived)).await.status, 201);
        }
        let list = format!("/conversations?agent={agent}&limit=1");
        let (mut seen, mut next) = (Vec::new(), list.clone());
        while seen.len() < 5 {
            let page = service.get(&next).await;
            assert_eq!(page.status, 200, "{}", page.text);
            seen.push(page.body["items"][0]["customer"].clone());
            let Some(cursor) = page.body["next_cursor"].as_str() else { break };
            next = format!("{list}&cursor={cursor}");
        }
        assert_eq!(seen, [customers[1].as_str(), &customers[2], &customers[0]]);
        books_are_right(service).await;
    })
    .await;
}

#[tokio::test]
async fn either_blocks_the_other_and_neither_is_told_who_did() {
    on_both(async |service| {
        let talk = Talk::with(service, "50.00").await;
        let by_customer = format!("/customers/{}/blocks", talk.customer);
        let by_agent = format!("/agents/{}/blocks", talk.agent);
        let mut told = Vec::new();
        for (blocker, list, blocked) in
            [(&talk.payer, &by_customer, &talk.agent), (&talk.adviser, &by_agent, &talk.customer)]
        {
            let path = format!("{list}/{blocked}");
            let reply = put(blocker, &path, json!({"reason": "calls at night"})).await;
            assert_eq!((reply.status, &reply.body["reason"]), (200, &json!("calls at night")), "{}", reply.text);
            assert_eq!(blocker.get(list).await.body["items"].as_array().map(Vec::len), Some(1));
            for session in [&talk.payer, &talk.adviser] {
                let reply = session.post("/messages", talk.message("Hello")).await;
                assert_eq!((reply.status, reply.problem()), (403, "blocked"), "{}", reply.text);
                told.push(reply.told());
            }
            let call = json!({"origin": format!("pbx:{list}"), "line": "0001", "agent": talk.agent});
            let reply = service.switch(Method::POST, "/sessions", None, call).await;
            assert_eq!((reply.status, reply.problem()), (403, "blocked"), "{}", reply.text);
            assert_eq!(reply.body["agent"], json!(talk.agent));
            assert_eq!(blocker.delete(&path).await.status, 204);
            assert_eq!(blocker.delete(&path).await.status, 404);
        }
        assert!(told.iter().all(|one| *one == told[0]), "{told:?}");
        assert_eq!(talk.payer.post("/messages", talk.message("Hello")).await.status, 201);
        // Each blocks in its own name alone; without a body, too.
        assert_eq!(put(&talk.payer, &format!("{by_agent}/{}", talk.customer), json!({})).await.status, 403);
        let bare = sent(talk.payer.request(Method::PUT, &format!("{by_customer}/{}", talk.agent))).await;
        assert_eq!((bare.status, &bare.body["blocked_by"]), (200, &json!("customer")), "{}", bare.text);
        assert_eq!(put(&talk.payer, &format!("{by_customer}/agt_none"), json!({})).await.status, 404);
    })
    .await;
}

#[tokio::test]
async fn both_hear_of_a_message_while_they_listen() {
    on_both(async |service| {
        let talk = Talk::with(service, "5.00").await;
        let mut listeners = Vec::new();
        for session in [&talk.payer, &talk.adviser] {
            listeners.push(Listener::of(session.request(Method::GET, "/live")).await);
        }
        let written = talk.payer.post("/messages", talk.message("Hello")).await;
        let hint = ("conversation".to_owned(), json!({"id": written.body["conversation"]}));
        for listener in &mut listeners {
            // Balance and figures change with it.
            let heard = [listener.next().await, listener.next().await];
            assert!(heard.contains(&Some(hint.clone())), "{heard:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn webhooks_are_told_that_there_is_a_message_and_not_what_it_says() {
    on_both(async |service| {
        let url = "https://hooks.example.org/tollgate";
        let webhook = service.made("/webhooks", json!({"url": url, "kinds": ["message.received"]})).await;
        let talk = Talk::with(service, "1.00").await;
        let written = talk.payer.post("/messages", talk.message("a secret")).await;
        assert_eq!(talk.payer.post("/messages", talk.message("a secret")).await.status, 402);
        let told = service.get(&format!("/webhooks/{webhook}/deliveries")).await;
        assert_eq!(told.body["items"].as_array().map(Vec::len), Some(1), "{}", told.text);
        let data = &told.body["items"][0]["body"]["data"];
        assert_eq!(
            *data,
            json!({"message": written.body["id"], "conversation": written.body["conversation"], "customer": talk.customer,
                "agent": talk.agent, "sender": "customer", "channel": "app", "segments": 1, "price": "0.99",
                "currency": "USD", "created_at": written.body["created_at"]})
        );
        assert!(!told.text.contains("secret"), "{}", told.text);
    })
    .await;
}
