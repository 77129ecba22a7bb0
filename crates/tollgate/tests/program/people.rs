//! People who sign in: the first owner, `tollgate user`, the demo's, and those behind a proxy.

use std::time::SystemTime;

use serde_json::{Value, json};

use crate::databases::{drop_postgres, fresh_postgres};
use crate::run::{Folder, Said};
use crate::server::Server;
use crate::visitor::{PASSWORD, Visitor, owner_of, secret_of, set_up};

/// An empty database of each engine.
async fn databases(folder: &Folder) -> [String; 2] {
    [folder.sqlite(), fresh_postgres().await]
}

/// H004 of the hostile inputs.
#[tokio::test]
async fn the_first_owner_comes_by_a_link_that_is_printed_and_works_once() {
    let folder = Folder::new();
    let databases = databases(&folder).await;
    for database in &databases {
        let first = Server::open(&folder, database, &[]);
        let old = secret_of(first.set_up_link().expect("an empty database has nobody"));
        assert_eq!(first.greeting.matches("/setup/").count(), 1);
        assert_eq!(Visitor::of(&first).sign_in("admin", "admin").await, 401, "nobody is there by default");
        drop(first);

        let second = Server::open(&folder, database, &[]);
        let new = secret_of(second.set_up_link().expect("nobody was set up yet"));
        assert_ne!(old, new);
        let visitor = Visitor::of(&second);
        for (token, status) in [(&old, 400), (&"tgt_0".to_owned(), 400), (&new, 201), (&new, 400)] {
            let (answered, said) = visitor.post("/api/v1/setup", set_up(token)).await;
            assert_eq!(answered, status, "{said}");
        }
        let mut owner = Visitor::of(&second);
        assert_eq!(owner.sign_in("admin", "admin").await, 401, "nor afterwards");
        assert_eq!(owner.sign_in("ada@example.org", PASSWORD).await, 200);
        let (_, session) = owner.get("/api/v1/session").await;
        assert_eq!((&session["tenant"], &session["roles"]), (&json!(1), &json!(["owner"])));
        let (status, key) = owner.post("/api/v1/keys", json!({"name": "first", "scopes": ["admin"]})).await;
        assert_eq!(status, 201, "{key}");
        drop(second);

        let key = key["secret"].as_str().unwrap();
        let third = Server::serve(&folder, database, key, &[]);
        assert_eq!(third.set_up_link(), None, "whoever owns the company invites the others");
        assert_eq!(third.get("/api/v1/customers").await.0, 200);
        let mut moved = Visitor::of(&third);
        moved.cookie.clone_from(&owner.cookie);
        assert_eq!(moved.get("/api/v1/session").await.0, 200, "a session outlives the server");
    }
    drop_postgres(&databases[1]).await;
}

/// The code that an authenticator shows now.
fn code_of(secret: &str) -> String {
    let secret = totp_rs::Secret::try_from_base32(secret).unwrap();
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs();
    totp_rs::Builder::new().with_secret(secret).build().unwrap().generate(now).to_string()
}

fn on(folder: &Folder, database: &str, args: &[&str]) -> Said {
    let url = ["--database-url", database, "--public-url", "https://phones.example.org"];
    folder.run(&[args, &url[..]].concat())
}

#[tokio::test]
async fn people_are_made_listed_disabled_and_let_in_again_by_commands() {
    let folder = Folder::new();
    let databases = databases(&folder).await;
    for database in &databases {
        let tenant = ["tenant", "create", "Example Ltd", "--currency", "EUR", "--time-zone", "UTC"];
        assert_eq!(on(&folder, database, &tenant).code, Some(0));
        let create = ["user", "create", "grace@example.org", "--name", "Grace Hopper", "--role", "clerk,auditor"];
        let made = on(&folder, database, &[&create[..], &["--json"]].concat());
        let made: Value = serde_json::from_str(&made.out).unwrap();
        let link = made["link"].as_str().unwrap();
        assert!(link.starts_with("https://phones.example.org/reset/tgt_"), "{link}");
        let again = on(&folder, database, &create);
        assert!(again.code == Some(1) && again.err.contains("is a member already"), "{}", again.err);

        let server = Server::open(&folder, database, &[]);
        let mut grace = Visitor::of(&server);
        let confirm = "/api/v1/password-resets/confirm";
        let reset = |link: &str, password: &str| json!({"token": secret_of(link), "password": password});
        assert_eq!(grace.post(confirm, reset(link, "short")).await.0, 422);
        assert_eq!(grace.post(confirm, reset(link, PASSWORD)).await.0, 204);
        assert_eq!(grace.post(confirm, reset(link, PASSWORD)).await.0, 400, "a link works once");
        assert_eq!(grace.sign_in("grace@example.org", PASSWORD).await, 200);
        assert_eq!(grace.get("/api/v1/session").await.1["roles"], json!(["clerk", "auditor"]));

        let disabled = on(&folder, database, &["user", "disable", "grace@example.org"]);
        assert_eq!(disabled.out, "Nobody signs in as grace@example.org any more.\n");
        assert_eq!(grace.get("/api/v1/session").await.0, 401, "the session ends at once");
        assert_eq!(grace.sign_in("grace@example.org", PASSWORD).await, 401);
        let listed = on(&folder, database, &["user", "list"]).out;
        assert!(listed.contains("grace@example.org              disabled clerk,auditor    Grace Hopper"), "{listed}");
        assert_eq!(on(&folder, database, &["user", "enable", "grace@example.org"]).code, Some(0));
        assert_eq!(grace.sign_in("grace@example.org", PASSWORD).await, 200);

        let link = on(&folder, database, &["user", "reset-link", "grace@example.org"]).out;
        let password = "another nine words that nobody else will ever say";
        assert_eq!(grace.post(confirm, reset(&link, password)).await.0, 204);
        assert_eq!(grace.get("/api/v1/session").await.0, 401, "a new password ends the sessions");
        assert_eq!(grace.sign_in("grace@example.org", PASSWORD).await, 401);
        assert_eq!(grace.sign_in("grace@example.org", password).await, 200);

        let factor = "/api/v1/me/second-factor";
        let (_, begun) = grace.post(factor, json!({"password": password})).await;
        let code = code_of(begun["secret"].as_str().unwrap());
        assert_eq!(grace.post(&format!("{factor}/confirm"), json!({"code": code})).await.0, 200);
        assert_eq!(grace.sign_in("grace@example.org", password).await, 401, "a code is asked for");
        let reset = ["user", "reset-second-factor", "grace@example.org"];
        assert_eq!(on(&folder, database, &reset).out, "grace@example.org signs in with the password alone.\n");
        assert_eq!(grace.sign_in("grace@example.org", password).await, 200);
        let again = on(&folder, database, &reset);
        assert!(again.code == Some(1) && again.err.contains("the second factor is off"), "{}", again.err);

        let listed: Value = serde_json::from_str(&on(&folder, database, &["user", "list", "--json"]).out).unwrap();
        let listed = listed.as_array().unwrap();
        assert_eq!((listed.len(), &listed[0]["state"], &listed[0]["link"]), (1, &json!("active"), &Value::Null));
        for args in [["user", "disable", "nobody"], ["user", "reset-link", "nobody"]] {
            let said = on(&folder, database, &args);
            assert!(said.code == Some(1) && said.err.contains("nobody"), "{}", said.err);
        }
    }
    drop_postgres(&databases[1]).await;
}

#[tokio::test]
async fn the_demos_people_sign_in_where_nobody_else_can() {
    let folder = Folder::new();
    let database = folder.sqlite();
    for _ in 0..2 {
        let server = Server::demo(&folder, &database, &[]);
        for (name, role) in [
            ("admin", "owner"),
            ("clerk", "clerk"),
            ("auditor", "auditor"),
            ("lantern", "customer"),
            ("greta", "customer"),
            ("nora", "customer"),
            ("morgan", "agent"),
        ] {
            assert!(server.greeting.contains(&format!("{name} / {name}")), "{}", server.greeting);
            let mut visitor = Visitor::of(&server);
            assert_eq!(visitor.sign_in(name, name).await, 200, "{name}");
            assert_eq!(visitor.get("/api/v1/session").await.1["roles"], json!([role]));
            let (_, customers) = visitor.get("/api/v1/customers?limit=500").await;
            let seen = customers["items"].as_array().map(Vec::len);
            match role {
                "customer" => assert_eq!(seen, Some(1), "its own alone"),
                "agent" => assert_eq!(seen, None, "none"),
                _ => assert!(seen > Some(1), "all"),
            }
        }
        assert_eq!(server.set_up_link(), None, "the demo has its owner");
        let page = reqwest::get(format!("{}/sign-in", server.address)).await.unwrap().text().await.unwrap();
        assert!(page.contains("This is a demo"), "{page}");
    }
    for command in ["demo", "serve"] {
        for address in ["0.0.0.0:0", "[::]:0"] {
            let said = folder.run(&[command, "--listen", address, "--database-url", &database]);
            assert_eq!(said.code, Some(1), "{command} {address}: {}", said.out);
            assert!(said.err.contains("on a loopback address only"), "{}", said.err);
        }
    }
}

#[tokio::test]
async fn the_demos_customers_see_its_adviser_and_the_adviser_has_a_phone() {
    let folder = Folder::new();
    let server = Server::demo(&folder, &folder.sqlite(), &[]);
    let signed_in = async |name: &str| {
        let mut visitor = Visitor::of(&server);
        assert_eq!(visitor.sign_in(name, name).await, 200, "{name}");
        visitor
    };
    let own = async |visitor: &Visitor, record: &str| visitor.get("/api/v1/session").await.1["place"][record].clone();
    for (name, free_seconds, can_call) in [("greta", 600, true), ("nora", 0, false)] {
        let visitor = signed_in(name).await;
        let customer = own(&visitor, "customers").await[0].as_str().unwrap().to_owned();
        let (_, agents) = visitor.get(&format!("/api/v1/customers/{customer}/agents")).await;
        let morgan = &agents["items"][0];
        assert_eq!((&morgan["number"], &morgan["presence"]), (&json!("0700"), &json!("online")), "{agents}");
        assert!(morgan["free_seconds"].as_i64() >= Some(free_seconds), "{agents}");
        assert_eq!(morgan["needs"].is_null(), can_call, "{agents}");
        let (_, balance) = visitor.get(&format!("/api/v1/customers/{customer}/balance")).await;
        assert_eq!(balance["balance"] == "0.00", !can_call, "{balance}");
    }
    let morgan = signed_in("morgan").await;
    let agent = own(&morgan, "agent").await.as_str().unwrap().to_owned();
    let (_, phones) = morgan.get(&format!("/api/v1/agents/{agent}/phones")).await;
    assert_eq!(phones["items"][0]["number"], "0070", "{phones}");
    let line = phones["items"][0]["line"].as_str().unwrap();
    let made = morgan.post(&format!("/api/v1/lines/{line}/phone-token"), json!({})).await;
    assert_eq!(made.0, 201, "{}", made.1);
    let shown = reqwest::get(format!("{}/api/v1/public/agents/{agent}", server.address)).await.unwrap();
    assert_eq!(shown.status(), 200);
}

#[tokio::test]
async fn only_a_trusted_proxy_says_for_whom_it_asks() {
    for (trusted, address) in [(&["--trusted-proxy", "10.0.0.0/8,127.0.0.1"][..], "203.0.113.7"), (&[], "127.0.0.1")] {
        let folder = Folder::new();
        let server = Server::open(&folder, &folder.sqlite(), trusted);
        owner_of(&server).await;
        let mut behind = Visitor::of(&server).saying("x-forwarded-for", "198.51.100.1, 203.0.113.7");
        assert_eq!(behind.sign_in("ada@example.org", PASSWORD).await, 200);
        let (_, sessions) = behind.get("/api/v1/sessions").await;
        let own = sessions["items"].as_array().unwrap().iter().find(|session| session["current"] == true);
        assert_eq!(own.unwrap()["address"], address, "{trusted:?}");
    }
    let folder = Folder::new();
    let said = folder.run(&["serve", "--trusted-proxy", "nginx", "--database-url", &folder.sqlite()]);
    assert!(said.err.contains("\"nginx\" is no address or network such as 10.0.0.0/8"), "{}", said.err);
}

#[tokio::test]
async fn the_doctor_tells_who_is_missing_and_what_can_be_read_on_the_way() {
    let folder = Folder::new();
    let database = folder.sqlite();
    let server = Server::open(&folder, &database, &[]);
    let told = |args: &[&str]| {
        let findings = folder.run(&[&["doctor", "--json", "--database-url", &database], args].concat()).out;
        let findings: Vec<Value> = serde_json::from_str(&findings).unwrap();
        move |about: &str| {
            let found = findings.iter().find(|finding| finding["about"] == about).expect("it is looked at");
            (found["level"].as_str().unwrap().to_owned(), found["detail"].as_str().unwrap().to_owned())
        }
    };
    for (args, level) in [
        (&["--listen", "0.0.0.0:3000"][..], "note"),
        (&["--listen", "0.0.0.0:3000", "--public-url", "http://phones.example.org"], "note"),
        (&["--listen", "0.0.0.0:3000", "--public-url", "https://phones.example.org"], "ok"),
        (&["--listen", "0.0.0.0:3000", "--tls-certificate", "a.pem", "--tls-key", "b.pem"], "ok"),
        (&["--listen", "[::1]:3000"], "ok"),
        (&[], "ok"),
    ] {
        assert_eq!(told(args)("way in").0, level, "{args:?}");
    }
    let tenant = ["tenant", "create", "Other Ltd", "--currency", "EUR", "--time-zone", "UTC"];
    assert_eq!(on(&folder, &database, &tenant).code, Some(0));
    let (level, detail) = told(&[])("tenant 1, people");
    assert!(level == "note" && detail.contains("tollgate user create SIGN-IN"), "{detail}");
    assert_eq!(told(&[])("tenant 1, API keys").0, "fault", "nobody gets in");

    let owner = owner_of(&server).await;
    assert_eq!(told(&[])("tenant 2, people"), ("ok".to_owned(), "1 sign in, owners among them: 1".to_owned()));
    assert_eq!(told(&[])("tenant 2, API keys").0, "ok", "its owner gets in");
    assert_eq!(told(&[])("tenant 2, invitations").0, "ok");
    let invitation = json!({"email": "grace@example.org", "grants": {"roles": ["clerk"]}});
    assert_eq!(owner.post("/api/v1/invitations", invitation).await.0, 201);
    let (level, detail) = told(&[])("tenant 2, invitations");
    assert!(level == "note" && detail.contains("1 invitations wait, and no mail server is named"), "{detail}");
    let mail = ["--smtp-url", "smtp://localhost", "--mail-from", "phones@example.org"];
    assert_eq!(told(&mail)("tenant 2, invitations").0, "ok");
}
