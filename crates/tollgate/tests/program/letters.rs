//! Mails with one-time links.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::databases::{drop_postgres, fresh_postgres};
use crate::run::Folder;
use crate::server::Server;
use crate::sink::Sink;
use crate::visitor::{PASSWORD, Visitor, owner_of, secret_of};

const PUBLIC: &str = "https://phones.example.org";
const EVIL: &str = "evil.example.com";

/// The link in the latest mail, once so many have come.
async fn link(sink: &Sink, mails: usize, page: &str) -> String {
    let started = Instant::now();
    while sink.count() < mails {
        assert!(started.elapsed() < Duration::from_secs(60), "mail {mails} does not come");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let mail = sink.latest();
    let whole = mail.to_string();
    assert!(!whole.contains("evil"), "{whole}");
    let text = mail["text"].as_str().unwrap();
    let begin = format!("{PUBLIC}/{page}/tgt_");
    let links: Vec<&str> = text.split_whitespace().filter(|word| word.starts_with("http")).collect();
    assert!(links.len() == 1 && links[0].starts_with(&begin), "{text}");
    assert!(mail["html"].as_str().unwrap().contains(links[0]));
    links[0].to_owned()
}

#[tokio::test]
async fn links_in_mails_are_of_the_public_address_whatever_a_request_says() {
    let folder = Folder::new();
    let databases = [folder.sqlite(), fresh_postgres().await];
    for database in &databases {
        let sink = Sink::start();
        let url = sink.url();
        let mail = ["--public-url", PUBLIC, "--smtp-url", &url, "--mail-from", "phones@example.org"];
        let server = Server::open(&folder, database, &mail);
        assert!(server.set_up_link().unwrap().starts_with(PUBLIC), "{}", server.greeting);
        let owner = owner_of(&server).await;
        assert!(owner.cookie.as_ref().unwrap().starts_with("__Host-tollgate="), "people come by HTTPS");

        let evil = |visitor: Visitor| visitor.saying("x-forwarded-host", EVIL).saying("host", EVIL);
        let owner = evil(owner).saying("origin", PUBLIC);
        let grace = json!({"email": "grace@example.org", "grants": {"roles": ["clerk"]}});
        let (status, invited) = owner.post("/api/v1/invitations", grace).await;
        assert_eq!(status, 201, "{invited}");
        let invitation = link(&sink, 1, "join").await;

        let mut grace = Visitor::of(&server);
        let token = secret_of(&invitation);
        let (_, offer) = grace.post("/api/v1/invitations/offer", json!({"token": token})).await;
        assert_eq!((&offer["tenant_name"], &offer["known"]), (&json!("Example Ltd"), &json!(false)));
        let acceptance = json!({"token": token, "name": "Grace Hopper", "password": PASSWORD});
        for status in [200, 400] {
            assert_eq!(grace.post("/api/v1/invitations/accept", acceptance.clone()).await.0, status, "once");
        }
        assert_eq!(grace.sign_in("grace@example.org", PASSWORD).await, 200);
        assert_eq!(grace.get("/api/v1/session").await.1["roles"], json!(["clerk"]));

        // Whoever asks in somebody else's name learns nothing, and sends nothing elsewhere.
        let stranger = evil(Visitor::of(&server)).saying("origin", PUBLIC);
        for name in ["nobody@example.org", "grace@example.org"] {
            let (status, said) = stranger.post("/api/v1/password-resets", json!({"sign_in": name})).await;
            assert_eq!((status, said), (202, Value::Null), "{name}");
        }
        let reset = secret_of(&link(&sink, 2, "reset").await);
        assert_eq!(sink.latest()["to"], json!(["grace@example.org"]));
        let password = "five slow trains under one bridge";
        let confirmed =
            grace.post("/api/v1/password-resets/confirm", json!({"token": reset, "password": password})).await;
        assert_eq!(confirmed.0, 204, "{}", confirmed.1);
        assert_eq!(grace.sign_in("grace@example.org", PASSWORD).await, 401);
        assert_eq!(grace.sign_in("grace@example.org", password).await, 200);
        assert_eq!(sink.count(), 2, "nobody else was written to");
    }
    drop_postgres(&databases[1]).await;
}
