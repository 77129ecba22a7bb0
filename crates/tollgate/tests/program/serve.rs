//! `tollgate demo` and `tollgate serve`.

use serde_json::{Value, json};

use crate::databases::fresh_postgres;
use crate::run::Folder;
use crate::server::Server;

#[tokio::test]
async fn the_demo_shows_a_company_and_its_books_are_right() {
    let folder = Folder::new();
    for database in [folder.sqlite(), fresh_postgres().await] {
        let server = Server::demo(&folder, &database, &[]);
        let (status, plans) = server.get("/api/v1/plans").await;
        assert_eq!(status, 200);
        let mut names: Vec<&str> =
            plans["items"].as_array().unwrap().iter().map(|p| p["name"].as_str().unwrap()).collect();
        names.sort_unstable();
        assert_eq!(
            names,
            ["Basic", "Evenings and weekends", "Fixed", "Flat", "Prepaid", "Prepaid with fee", "Talk 100"]
        );
        let (_, lines) = server.get("/api/v1/lines?limit=500").await;
        let numbers: Vec<&str> =
            lines["items"].as_array().unwrap().iter().map(|l| l["number"].as_str().unwrap()).collect();
        assert!(["0001", "0002", "0003"].iter().all(|number| numbers.contains(number)), "{numbers:?}");
        assert_eq!(server.get("/api/v1/agents").await.1["items"].as_array().unwrap().len(), 4);
        drop(server);

        // The second start keeps the data and gives a new key.
        let before = folder.json(&["check", "--json", "--database-url", &database]);
        assert_eq!(before["faults"].as_array().unwrap().len(), 0);
        assert!(before["calls"].as_i64().unwrap() > 2000, "{before}");
        let again = Server::demo(&folder, &database, &[]);
        assert_eq!(again.get("/api/v1/plans").await.0, 200);
        drop(again);
        assert_eq!(folder.json(&["check", "--json", "--database-url", &database]), before);
        let doctor = folder.run(&["doctor", "--database-url", &database]);
        assert_eq!(doctor.code, Some(0), "{}", doctor.out);
    }
}

#[tokio::test]
async fn the_server_watches_over_live_calls_and_runs_the_jobs_of_each_day() {
    let folder = Folder::new();
    let server = Server::demo(&folder, &folder.sqlite(), &["--test-clock"]);
    watches_over_live_calls(&server).await;
    for days in 1..3 {
        server.move_clock(days * 86_400_000).await;
        let done = async {
            while jobs_done(&folder.sqlite()).await < usize::try_from(days + 1).unwrap() {
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(std::time::Duration::from_secs(10), done).await.expect("the new day's job is done");
    }
    assert_eq!(jobs_done(&folder.sqlite()).await, 3, "that of the start, and one a day");
}

/// A call that nobody answers lapses by itself.
async fn watches_over_live_calls(server: &Server) {
    let call = json!({"origin": "pbx:1", "line": "0001", "to": "+442079460018"});
    let (status, opened) = server.post("/api/v1/charging/sessions", &call).await;
    assert_eq!(status, 201, "{opened}");
    let path = format!("/api/v1/charging/sessions/{}", opened["id"].as_str().unwrap());
    // Not before a switch could have told, after this start, that it was answered.
    server.move_clock(118_000).await;
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    assert_eq!(server.get(&path).await.1["state"], "pending");
    let mut later = 125_000;
    let ended = async {
        while server.get(&path).await.1["end"]["cause"] != "lapsed" {
            server.move_clock(later).await;
            later += 1000;
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(20), ended)
        .await
        .expect("the call that nobody answered lapses");
}

/// How many jobs of the daily kind were done.
async fn jobs_done(address: &str) -> usize {
    let store = storage::Store::open(address).await.unwrap();
    let mut tx = store.read().await.unwrap();
    let done = storage::jobs::page(&mut tx, 1, Some("done"), None, 100).await.unwrap();
    done.iter().filter(|job| job.kind == "retention").count()
}

#[tokio::test]
async fn a_demo_on_a_taken_port_leaves_the_one_there_its_key() {
    let folder = Folder::new();
    let server = Server::demo(&folder, &folder.sqlite(), &[]);
    let taken = server.address.trim_start_matches("http://").replace("localhost", "127.0.0.1");
    for command in ["demo", "serve"] {
        let said = folder.run(&[command, "--listen", &taken, "--database-url", &folder.sqlite()]);
        assert_eq!(said.code, Some(1), "{}", said.out);
        assert!(said.err.contains("name another address with --listen"), "{}", said.err);
    }
    assert_eq!(server.get("/api/v1/plans").await.0, 200);
}

#[test]
fn the_demo_leaves_real_data_and_other_addresses_alone() {
    let folder = Folder::new();
    let database = folder.sqlite();
    folder.run(&[
        "tenant",
        "create",
        "Real Ltd",
        "--currency",
        "EUR",
        "--time-zone",
        "UTC",
        "--database-url",
        &database,
    ]);
    for (args, said) in [
        (vec!["demo", "--database-url", &database], "is not the demo's"),
        (vec!["demo", "--listen", "0.0.0.0:0"], "on a loopback address only"),
        (
            vec!["serve", "--test-clock", "--listen", "127.0.0.1:0", "--database-url", &database],
            "for demo databases only",
        ),
        (vec!["serve", "--test-clock", "--listen", "0.0.0.0:0", "--database-url", &database], "on a loopback address"),
    ] {
        let run = folder.run(&args);
        assert_eq!(run.code, Some(1), "{args:?}");
        assert!(run.err.contains(said), "{args:?}: {}", run.err);
    }
}

#[test]
fn a_key_is_made_listed_and_revoked() {
    let folder = Folder::new();
    let database = folder.sqlite();
    let on = ["--database-url", database.as_str()];
    folder.run(&[&["tenant", "create", "Real Ltd", "--currency", "EUR", "--time-zone", "UTC"], &on[..]].concat());
    let key = folder.json(&[&["key", "create", "--name", "billing", "--scope", "clerk", "--json"], &on[..]].concat());
    assert!(key["secret"].as_str().unwrap().starts_with("tg_"));
    let id = key["id"].as_str().unwrap();
    let listed = folder.json(&[&["key", "list", "--json"], &on[..]].concat());
    assert_eq!((&listed[0]["id"], &listed[0]["state"]), (&key["id"], &Value::from("valid")));
    assert!(!listed.to_string().contains(key["secret"].as_str().unwrap()));
    assert_eq!(folder.run(&[&["key", "revoke", id], &on[..]].concat()).code, Some(0));
    let again = folder.run(&[&["key", "revoke", id], &on[..]].concat());
    assert_eq!(again.code, Some(1), "{}", again.out);
    // Without a valid key nobody gets in, and the doctor says so; emergency numbers of a new tenant have no targets yet.
    let doctor = folder.json_of_failure(&[&["doctor", "--json"], &on[..]].concat());
    let faults: Vec<&str> = doctor
        .as_array()
        .unwrap()
        .iter()
        .filter(|f| f["level"] == "fault")
        .map(|f| f["about"].as_str().unwrap())
        .collect();
    assert_eq!(faults, ["tenant 1, emergency numbers", "tenant 1, API keys"]);
    let command = "tollgate tenant emergency-target NUMBER --tenant 1";
    assert!(doctor.to_string().contains(command), "{doctor}");
    for (target, code, said) in [
        ("9911", 1, "an emergency or service number too"),
        ("nobody", 1, "emergency_numbers"),
        ("020 7946 0999", 0, "Calls to 4911, 9911 go to 020 7946 0999."),
        ("020 7946 0999", 1, "each emergency number has a target"),
    ] {
        let run = folder.run(&[&["tenant", "emergency-target", target, "--tenant", "1"], &on[..]].concat());
        let told = run.out + &run.err;
        assert!(run.code == Some(code) && told.contains(said), "{target}: {told}");
    }
    let founded =
        ["tenant", "create", "B", "--currency", "EUR", "--time-zone", "UTC", "--emergency-target", "020 7946 0999"];
    assert_eq!(folder.run(&[&founded[..], &on[..]].concat()).code, Some(0));
    let doctor = folder.json_of_failure(&[&["doctor", "--json"], &on[..]].concat()).to_string();
    assert!(!doctor.contains("lead nowhere"), "{doctor}");
}
