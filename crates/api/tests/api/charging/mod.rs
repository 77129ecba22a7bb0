//! Calls that are charged while they run, over HTTP.

mod calls;
mod events;
mod limits;
mod refused;

use engine::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::service::{Reply, Service, sent};

/// A number that no line has.
pub(super) const OUTSIDE: &str = "+14165550100";

impl Service {
    /// A prepaid customer with this balance, whose line is charged 0.60 a minute by the second: the ids of customer and line.
    pub(super) async fn talker(&self, balance: &str, number: &str) -> (String, String) {
        let rate = json!({"price_per_minute": "0.60", "increment_seconds": 1});
        let plan = json!({"name": format!("Prepaid {number}"), "kind": "prepaid", "currency": "USD", "monthly_fee": "0", "rate": rate});
        let plan = self.made("/plans", plan).await;
        let name = format!("Talker {number}");
        let customer = self.made("/customers", json!({"organisation": name, "mode": "prepaid"})).await;
        if balance != "0" {
            self.made("/payments", json!({"customer": customer, "amount": balance, "method": "cash"})).await;
        }
        let line = self.line(&customer, number, &plan).await;
        (customer, line)
    }

    /// Lets a new line have so many calls at once.
    pub(super) async fn lines_may(&self, line: &str, calls_at_once: u32) {
        let request = self.request(Method::PUT, &format!("/lines/{line}/limits")).header("if-match", "\"1\"");
        let limited = sent(request.json(&json!({"calls_at_once": calls_at_once}))).await;
        assert_eq!((limited.status, &limited.body["calls_at_once"]), (200, &json!(calls_at_once)), "{}", limited.text);
    }

    /// A request of the switch.
    pub(super) async fn switch(&self, method: Method, path: &str, key: Option<&str>, body: Value) -> Reply {
        let request = self.anonymous(method, &format!("/charging{path}")).bearer_auth(self.key(Role::Switch));
        let request = if let Some(key) = key { request.header("idempotency-key", key) } else { request };
        sent(if body.is_null() { request } else { request.json(&body) }).await
    }

    pub(super) async fn authorize(&self, origin: &str, line: &str) -> Reply {
        let body = json!({"origin": origin, "line": line, "to": OUTSIDE});
        self.switch(Method::POST, "/sessions", None, body).await
    }

    /// Opens a session; its id.
    pub(super) async fn session_of(&self, origin: &str, line: &str) -> String {
        let opened = self.authorize(origin, line).await;
        assert_eq!(opened.status, 201, "{}", opened.text);
        opened.body["id"].as_str().unwrap().to_owned()
    }

    /// A step of a session.
    pub(super) async fn step(&self, id: &str, step: &str, body: Value) -> Reply {
        self.switch(Method::POST, &format!("/sessions/{id}/{step}"), None, body).await
    }

    pub(super) async fn release(&self, id: &str) -> Reply {
        self.switch(Method::DELETE, &format!("/sessions/{id}"), None, Value::Null).await
    }

    /// Balance and hold.
    pub(super) async fn purse(&self, customer: &str) -> (String, String) {
        let balance = self.get(&format!("/customers/{customer}/balance")).await.body;
        (balance["balance"].as_str().unwrap().to_owned(), balance["held"].as_str().unwrap().to_owned())
    }

    pub(super) async fn faults(&self) -> Value {
        self.post("/books/check", json!({})).await.body["faults"].clone()
    }
}

pub(super) fn purse(balance: &str, held: &str) -> (String, String) {
    (balance.to_owned(), held.to_owned())
}
