//! Live events.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use engine::Role;
use reqwest::{Method, RequestBuilder, Response};
use serde_json::{Value, json};
use tokio::time::timeout;

use crate::service::{Service, on_both, sent};

/// Somebody who listens.
pub(crate) struct Listener {
    response: Response,
    text: String,
}

impl Listener {
    /// Listens, and is told first to fetch everything.
    pub(crate) async fn of(request: RequestBuilder) -> Listener {
        let response = request.send().await.unwrap();
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        let mut listener = Listener { response, text: String::new() };
        assert_eq!(listener.next().await, Some(("resync".to_owned(), json!({}))));
        listener
    }

    /// The next event; none, if there are no more.
    pub(crate) async fn next(&mut self) -> Option<(String, Value)> {
        loop {
            while let Some((event, rest)) = self.text.split_once("\n\n") {
                let (event, rest) = (event.to_owned(), rest.to_owned());
                self.text = rest;
                let field = |name: &str| event.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
                if let (Some(what), Some(data)) = (field("event:"), field("data:")) {
                    return Some((what.to_owned(), serde_json::from_str(data).unwrap()));
                }
            }
            let chunk = timeout(Duration::from_secs(10), self.response.chunk()).await.expect("an event or the end");
            self.text.push_str(std::str::from_utf8(&chunk.unwrap()?).unwrap());
        }
    }

    /// The next events: what, and of which record.
    async fn hears(&mut self, expected: &[(&str, &str)]) {
        let mut heard = Vec::new();
        while heard.len() < expected.len() {
            let (what, data) = self.next().await.expect("there is more");
            heard.push((what, data["id"].as_str().unwrap_or_default().to_owned()));
        }
        // Call and balance change together, in whichever order they are told.
        heard.sort();
        let mut expected: Vec<_> = expected.iter().map(|(what, id)| ((*what).to_owned(), (*id).to_owned())).collect();
        expected.sort();
        assert_eq!(heard, expected);
    }
}

fn live(service: &Service) -> RequestBuilder {
    service.anonymous(Method::GET, "/live")
}

#[tokio::test]
async fn everybody_hears_of_what_is_theirs_to_see() {
    on_both(async |service| {
        let (customer, line) = service.talker("5.00", "0001").await;
        let (other, others_line) = service.talker("5.00", "0002").await;
        let prices = json!({"USD": {"rate": {"price_per_minute": "0.60"}}});
        let agent = service.made("/agents", json!({"name": "Ada", "prices": prices})).await;
        let payer = service.person(&[Role::Customer], &[&customer], None).await;
        let adviser = service.person(&[Role::Agent], &[], Some(&agent)).await;
        let mut staff = Listener::of(live(service).bearer_auth(service.key(Role::Clerk))).await;
        let mut payer = Listener::of(payer.with(live(service))).await;
        let mut adviser = Listener::of(adviser.with(live(service))).await;
        let mut foreign = Listener::of(live(service).bearer_auth(&service.foreign_key)).await;

        let theirs = service.session_of("pbx:1", &others_line).await;
        let own = service.session_of("pbx:2", &line).await;
        let to_agent = json!({"origin": "pbx:3", "line": others_line, "agent": agent});
        let to_agent = service.switch(Method::POST, "/sessions", None, to_agent).await;
        let to_agent = to_agent.body["id"].as_str().unwrap();
        service.made("/payments", json!({"customer": customer, "amount": "1.00", "method": "cash"})).await;
        service.release(&own).await;
        let of_own = [
            ("call", &*own),
            ("balance", &*customer),
            ("balance", &*customer),
            ("call", &*own),
            ("balance", &*customer),
        ];
        payer.hears(&of_own).await;
        adviser.hears(&[("call", to_agent), ("agent", &agent)]).await;
        let of_others =
            [("call", &*theirs), ("balance", &*other), ("call", to_agent), ("agent", &*agent), ("balance", &*other)];
        staff.hears(&[&of_own[..], &of_others].concat()).await;

        let elsewhere = service.anonymous(Method::POST, "/customers").bearer_auth(&service.foreign_key);
        let elsewhere = sent(elsewhere.json(&json!({"organisation": "Elsewhere", "mode": "prepaid"}))).await;
        let credit = json!({"customer": elsewhere.body["id"], "kind": "credit", "amount": "1.00", "reason": "gift"});
        sent(service.anonymous(Method::POST, "/credits").bearer_auth(&service.foreign_key).json(&credit)).await;
        foreign.hears(&[("balance", elsewhere.body["id"].as_str().unwrap())]).await;
    })
    .await;
}

#[tokio::test]
async fn h019_nobody_asks_for_the_events_of_somebody_else() {
    on_both(async |service| {
        let (customer, line) = service.talker("5.00", "0001").await;
        let (other, others_line) = service.talker("5.00", "0002").await;
        let theirs = service.session_of("pbx:1", &others_line).await;
        let payer = service.person(&[Role::Customer], &[&customer], None).await;
        for query in [format!("subscribe=call:{theirs}"), format!("customer={other}"), format!("id={theirs}")] {
            let path = format!("/live?{query}");
            let mut listener = Listener::of(payer.with(service.anonymous(Method::GET, &path))).await;
            // What is somebody else's comes first, and is not told.
            service.made("/payments", json!({"customer": other, "amount": "1.00", "method": "cash"})).await;
            let own = service.session_of(&format!("pbx:{query}"), &line).await;
            listener.hears(&[("call", &own), ("balance", &customer)]).await;
            service.release(&own).await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_stream_ends_with_the_right_to_read_it() {
    on_both(async |service| {
        let made = service.post("/keys", json!({"name": "board", "scopes": ["auditor"]})).await;
        let (key, secret) = (made.body["key"]["id"].as_str().unwrap(), made.body["secret"].as_str().unwrap());
        let person = service.person(&[Role::Clerk], &[], None).await;
        let mut by_key = Listener::of(live(service).bearer_auth(secret)).await;
        let mut by_session = Listener::of(person.with(live(service))).await;
        service.comes("2026-10-15T12:00:15Z").await;
        let customer = service.made("/customers", json!({"organisation": "Ada", "mode": "prepaid"})).await;
        service.made("/payments", json!({"customer": customer, "amount": "1.00", "method": "cash"})).await;
        by_key.hears(&[("balance", &customer)]).await;
        by_session.hears(&[("balance", &customer)]).await;
        assert_eq!(sent(service.request(Method::DELETE, &format!("/keys/{key}"))).await.status, 204);
        let signed_out = sent(person.with(service.anonymous(Method::DELETE, "/session"))).await;
        assert_eq!(signed_out.status, 204, "{}", signed_out.text);
        service.comes("2026-10-15T12:01:00Z").await;
        assert_eq!((by_key.next().await, by_session.next().await), (None, None));
        assert_eq!(sent(live(service).bearer_auth(secret)).await.status, 401);
    })
    .await;
}

#[tokio::test]
async fn listening_keeps_nobody_signed_in() {
    on_both(async |service| {
        let person = service.person(&[Role::Clerk], &[], None).await;
        let mut listener = Listener::of(person.with(live(service))).await;
        for now in ["2026-10-15T18:00:00Z", "2026-10-15T23:59:00Z"] {
            service.comes(now).await;
            let customer = service.made("/customers", json!({"organisation": "Ada", "mode": "prepaid"})).await;
            service.made("/payments", json!({"customer": customer, "amount": "1.00", "method": "cash"})).await;
            listener.hears(&[("balance", &customer)]).await;
        }
        service.comes("2026-10-16T00:00:01Z").await;
        assert_eq!(listener.next().await, None, "nobody has used the session for twelve hours");
    })
    .await;
}

#[tokio::test]
async fn who_listens_does_not_hold_up_the_end_of_the_service() {
    let listeners = Mutex::new(Vec::new());
    let began = Instant::now();
    on_both(async |service| {
        let listener = Listener::of(live(service).bearer_auth(service.key(Role::Owner))).await;
        listeners.lock().unwrap().push(listener);
    })
    .await;
    assert!(began.elapsed() < Duration::from_secs(25), "a service that waits for them waits for thirty seconds");
    for mut listener in listeners.into_inner().unwrap() {
        assert_eq!(listener.next().await, None);
    }
}
