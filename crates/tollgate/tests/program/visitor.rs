//! Somebody who speaks to a server as a browser does, and is signed in once a cookie came.

use reqwest::Method;
use serde_json::{Value, json};

use crate::server::Server;

/// A password that nobody guesses.
pub(crate) const PASSWORD: &str = "seven grey herons at dawn";

/// Somebody with a browser.
pub(crate) struct Visitor {
    address: String,
    /// The cookie, as name and value.
    pub(crate) cookie: Option<String>,
    /// What the browser says beside.
    headers: Vec<(&'static str, String)>,
}

impl Visitor {
    pub(crate) fn of(server: &Server) -> Visitor {
        Visitor { address: server.address.clone(), cookie: None, headers: Vec::new() }
    }

    /// The same with a header more.
    pub(crate) fn saying(mut self, name: &'static str, value: &str) -> Visitor {
        self.headers.push((name, value.to_owned()));
        self
    }

    pub(crate) async fn get(&self, path: &str) -> (u16, Value) {
        let (status, answer, _) = self.send(Method::GET, path, None).await;
        (status, answer)
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> (u16, Value) {
        let (status, answer, _) = self.send(Method::POST, path, Some(body)).await;
        (status, answer)
    }

    /// Signs in, and keeps the cookie; answers the status.
    pub(crate) async fn sign_in(&mut self, name: &str, password: &str) -> u16 {
        let credentials = json!({"sign_in": name, "password": password});
        let (status, _, cookie) = self.send(Method::POST, "/api/v1/session", Some(credentials)).await;
        self.cookie = cookie;
        status
    }

    /// The status, the answer, and the cookie that came with it.
    async fn send(&self, method: Method, path: &str, body: Option<Value>) -> (u16, Value, Option<String>) {
        let mut request = reqwest::Client::new().request(method, format!("{}{path}", self.address));
        request = request.header("sec-fetch-site", "same-origin");
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        if let Some(cookie) = &self.cookie {
            request = request.header("cookie", cookie);
        }
        if let Some(body) = body {
            request = request.json(&body);
        }
        let response = request.send().await.unwrap();
        let cookie = response.headers().get("set-cookie").map(|cookie| cookie.to_str().unwrap().to_owned());
        let cookie = cookie.and_then(|cookie| cookie.split(';').next().map(str::to_owned));
        let status = response.status().as_u16();
        let text = response.text().await.unwrap();
        let answer = if text.is_empty() { Value::Null } else { serde_json::from_str(&text).unwrap() };
        (status, answer, cookie)
    }
}

/// What stands behind the last slash of a one-time link.
pub(crate) fn secret_of(link: &str) -> String {
    let (_, secret) = link.trim().rsplit_once('/').unwrap();
    assert!(secret.starts_with("tgt_"), "{link}");
    secret.to_owned()
}

/// What founds a company with its first owner.
pub(crate) fn set_up(token: &str) -> Value {
    json!({"token": token,
        "tenant": {"name": "Example Ltd", "currency": "GBP", "time_zone": "Europe/London"},
        "owner": {"sign_in": "ada@example.org", "email": "ada@example.org", "name": "Ada Byron", "password": PASSWORD}})
}

/// Founds a company by the link that the server printed; answers its owner, who is signed in.
pub(crate) async fn owner_of(server: &Server) -> Visitor {
    let token = secret_of(server.set_up_link().expect("the server prints a link"));
    let mut owner = Visitor::of(server);
    let (status, made) = owner.post("/api/v1/setup", set_up(&token)).await;
    assert_eq!(status, 201, "{made}");
    assert_eq!(owner.sign_in("ada@example.org", PASSWORD).await, 200);
    owner
}
