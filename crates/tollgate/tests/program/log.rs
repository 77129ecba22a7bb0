//! What the server logs, and what it does not.

use serde_json::{Value, json};

use crate::run::Folder;
use crate::server::Server;
use crate::sink::Sink;
use crate::visitor::{PASSWORD, Visitor, owner_of, secret_of};

/// What nobody may read in a log, whoever sent it.
struct Secrets(Vec<String>);

impl Secrets {
    fn new() -> Self {
        let known = [
            PASSWORD,
            "a wrong password",
            "918273",
            "tg_0123456789",
            "tgs_0123456789",
            "tgt_0123456789",
            "ada@example.org",
            "grace@example.org",
            "refused@example.org",
            "nobody@example.org",
            "2079460018",
            "2079460123",
            "020 7946 0018",
            "020 7946 0123",
            "5550100",
        ];
        Secrets(known.map(str::to_owned).to_vec())
    }
}

/// Has the server see all kinds of secrets, in all kinds of places.
async fn visited(server: &Server, secrets: &mut Secrets) {
    let link = server.set_up_link().unwrap();
    secrets.0.push(secret_of(link));
    let owner = owner_of(server).await;
    let (_, session) = owner.cookie.as_ref().unwrap().split_once('=').unwrap();
    secrets.0.push(session.to_owned());
    let (_, key) =
        owner.post("/api/v1/keys", json!({"name": "a\n2026-01-01 ADMIN login ok", "scopes": ["clerk"]})).await;
    assert!(key["secret"].is_string() || key["status"] == 422, "{key}");
    let (_, key) = owner.post("/api/v1/keys", json!({"name": "desk", "scopes": ["clerk"]})).await;
    secrets.0.push(key["secret"].as_str().unwrap().to_owned());
    strangers(server).await;
    for email in ["grace@example.org", "refused@example.org"] {
        let invitation = json!({"email": email, "name": "Grace", "grants": {"roles": ["clerk"]}});
        assert_eq!(owner.post("/api/v1/invitations", invitation).await.0, 201);
    }
    calls(&owner).await;
}

/// Whoever is not let in, with all that could open something.
async fn strangers(server: &Server) {
    let stranger = Visitor::of(server).saying("authorization", "Bearer tg_0123456789");
    assert_eq!(stranger.get("/api/v1/customers?search=020+7946+0018").await.0, 401);
    let mut stranger = Visitor::of(server).saying("user-agent", "a 2026-01-01 ADMIN login ok tgs_0123456789");
    for name in ["ada@example.org", "nobody@example.org", "a\n2026-01-01 ADMIN login ok"] {
        assert_eq!(stranger.sign_in(name, "a wrong password").await, 401);
    }
    let code = json!({"sign_in": "ada@example.org", "password": PASSWORD, "code": "918273"});
    assert_eq!(stranger.post("/api/v1/session", code).await.0, 200);
    stranger.cookie = Some("tollgate=tgs_0123456789".to_owned());
    assert_eq!(stranger.get("/api/v1/me").await.0, 401);
    for path in ["/join/tgt_0123456789", "/reset/tgt_0123456789", "/setup/tgt_0123456789", "/swap/tgt_0123456789"] {
        let page = reqwest::get(format!("{}{path}", server.address)).await.unwrap();
        assert!(page.status().is_client_error(), "{path}");
    }
    let confirm = json!({"token": "tgt_0123456789", "password": PASSWORD});
    assert_eq!(stranger.post("/api/v1/password-resets/confirm", confirm).await.0, 400);
    for name in ["ada@example.org", "nobody@example.org"] {
        assert_eq!(stranger.post("/api/v1/password-resets", json!({"sign_in": name})).await.0, 202);
    }
}

/// A customer whose name has a line too many, a line, and calls.
async fn calls(owner: &Visitor) {
    let plan = json!({"name": "Basic", "kind": "postpaid", "currency": "GBP", "rate": {"price_per_minute": "0.05"}});
    assert_eq!(owner.post("/api/v1/plans", plan).await.0, 201);
    let customer = json!({"organisation": "Harbour", "mode": "postpaid", "phone": "+15550100"});
    let (status, customer) = owner.post("/api/v1/customers", customer).await;
    assert_eq!(status, 201, "{customer}");
    let forged = json!({"organisation": "a\n2026-01-01 ADMIN login ok", "mode": "postpaid"});
    assert!(matches!(owner.post("/api/v1/customers", forged).await.0, 201 | 422));
    let line = json!({"customer": customer["id"], "number": "020 7946 0123", "plan": "Basic",
        "opened_at": "2026-01-01T00:00:00Z"});
    let (status, line) = owner.post("/api/v1/lines", line).await;
    assert_eq!(status, 201, "{line}");
    let call = json!({"line": line["number"], "to": "020 7946 0018", "minutes": "3.5"});
    let (status, call) = owner.post("/api/v1/calls", call).await;
    assert_eq!(status, 201, "{call}");
    for path in ["/api/v1/lines?search=020+7946+0018", "/020%2079460123", "/api/v1/calls/020%0A2026-01-01%20ADMIN"] {
        assert!(owner.get(path).await.0 < 500, "{path}");
    }
    let quote = json!({"from": "020 7946 0123", "to": "020 7946 0018", "a\n2026-01-01 ADMIN login ok": 1});
    assert!(owner.post("/api/v1/quotes", quote).await.0 < 500);
}

/// Waits until the log tells this.
async fn told(folder: &Folder, what: &str) -> String {
    let started = std::time::Instant::now();
    loop {
        let log = std::fs::read_to_string(folder.path().join("server.log")).unwrap();
        if log.contains(what) {
            return log;
        }
        assert!(started.elapsed() < std::time::Duration::from_secs(60), "no {what:?} in {log}");
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
}

/// H093 of the hostile inputs.
#[tokio::test]
async fn a_log_tells_who_came_but_no_secret_no_address_and_no_number() {
    // What is logged where nothing is said, and all that there is to be logged of our own.
    let detailed = "warn,tollgate=trace,api=trace,engine=trace,storage=trace,mail=trace,security=trace";
    for (format, filter) in [("text", None), ("json", None), ("text", Some(detailed)), ("json", Some(detailed))] {
        let folder = Folder::new();
        folder.write("tollgate.toml", format!("log_format = \"{format}\"\n"));
        let sink = Sink::start();
        let url = sink.url();
        let mut args = vec!["--smtp-url", url.as_str(), "--mail-from", "phones@example.com"];
        args.extend(filter.iter().flat_map(|filter| ["--log", filter]));
        let server = Server::open(&folder, &folder.sqlite(), &args);
        let mut secrets = Secrets::new();
        visited(&server, &mut secrets).await;
        let log = told(&folder, "a job is given up").await;
        for event in ["a sign-in failed", "signed in", "the first owner was set up", "a reset was asked for"] {
            assert!(log.contains(event), "{event} is not told: {log}");
        }
        for secret in &secrets.0 {
            assert!(!log.contains(secret), "{format} {filter:?}: {secret} is in the log:\n{log}");
        }
        for line in log.lines() {
            let whole = match format {
                "json" => serde_json::from_str::<Value>(line).is_ok_and(|line| line["timestamp"].is_string()),
                _ => line.get(10..11) == Some("T") && line.contains("Z "),
            };
            assert!(whole, "a line that is none: {line}");
        }
    }
}

#[tokio::test]
async fn all_lines_of_a_request_carry_its_id_and_its_answer_does() {
    let folder = Folder::new();
    folder.write("tollgate.toml", "log_format = \"json\"\n");
    let server = Server::open(&folder, &folder.sqlite(), &[]);
    let mut visitor = Visitor::of(&server).saying("x-request-id", "a-request-of-mine");
    assert_eq!(visitor.sign_in("nobody@example.org", "a wrong password").await, 401);
    let forged = [("x-request-id", "forged 2026-01-01 ADMIN login ok")];
    let client = reqwest::Client::new();
    let answer =
        client.get(format!("{}/api/v1/me", server.address)).header(forged[0].0, forged[0].1).send().await.unwrap();
    let made = answer.headers()["x-request-id"].to_str().unwrap().to_owned();
    let log = told(&folder, &made).await;
    let lines: Vec<Value> =
        log.lines().map(|line| serde_json::from_str(line).expect("each line is an object")).collect();
    let of = |id: &str| lines.iter().filter(|line| line["span"]["id"] == id).collect::<Vec<_>>();
    let mine: Vec<&str> =
        of("a-request-of-mine").iter().filter_map(|line| line["fields"]["message"].as_str()).collect();
    assert!(mine.contains(&"a sign-in failed") && mine.contains(&"answered"), "{log}");
    let answered = of(&made).into_iter().find(|line| line["fields"]["message"] == "answered").unwrap().clone();
    assert_eq!((&answered["fields"]["status"], &answered["span"]["route"]), (&json!(401), &json!("/api/v1/me")));
    assert!(answered["fields"]["millis"].is_u64(), "{answered}");
    assert!(!log.contains("forged"), "{log}");
}
