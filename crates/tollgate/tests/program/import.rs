//! `tollgate import`: the real CDR file of a real Asterisk, in one command, again, and broken off.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};

use crate::databases::fresh_postgres;
use crate::run::Folder;

const CDR_FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../engine/tests/data/cdr-large.Master.csv.gz");
const EXPECTED: &str = include_str!("../../../engine/tests/data/cdr-large.expected.json");

/// A tenant with the plan that the imported lines get.
async fn tenant_with_plan(folder: &Folder, database: &str) {
    let on = ["--database-url", database];
    let made =
        folder.run(&[&["tenant", "create", "Import Ltd", "--currency", "USD", "--time-zone", "UTC"], &on[..]].concat());
    assert_eq!(made.code, Some(0), "{}", made.err);
    let store = storage::Store::open(database).await.unwrap();
    let engine = engine::Engine::new(store, std::sync::Arc::new(engine::SystemClock));
    let actor = engine::Actor::program(1, "test");
    let mut work = engine.begin(&actor).await.unwrap();
    let plan = json!({"name": "Basic", "kind": "postpaid", "currency": "USD", "rate": {"price_per_minute": "0.05"}});
    engine::plans::create(&mut work, domain::plan::Plan::read(plan.to_string().as_bytes()).unwrap()).await.unwrap();
    work.commit().await.unwrap();
    engine.store().close().await;
}

fn import(database: &str) -> Vec<&str> {
    vec![
        "import",
        "asterisk-csv",
        CDR_FILE,
        "--customer-by",
        "accountcode",
        "--plan",
        "Basic",
        "--create-missing",
        "--time-zone",
        "UTC",
        "--json",
        "--rejects",
        "rejects.csv",
        "--database-url",
        database,
    ]
}

/// Rows and billable seconds of answered calls by account code, as the capture's own program counted them.
fn expected_accounts() -> BTreeMap<String, (Value, Value)> {
    let expected: Value = serde_json::from_str(EXPECTED).unwrap();
    let accounts = expected["master"]["by_accountcode"].as_object().unwrap();
    accounts.iter().map(|(code, sums)| (code.clone(), (sums["answered"].clone(), sums["billsec"].clone()))).collect()
}

#[tokio::test]
async fn the_real_file_comes_in_by_one_command_and_again_changes_nothing() {
    let folder = Folder::new();
    for database in [folder.sqlite(), fresh_postgres().await] {
        tenant_with_plan(&folder, &database).await;
        let first = folder.json(&import(&database));
        let figures =
            |summary: &Value, names: &[&str]| names.iter().map(|name| summary[name].clone()).collect::<Vec<_>>();
        let partition = ["rows", "rated", "duplicates", "unrated", "rejected", "answered", "seconds"];
        assert_eq!(figures(&first, &partition), [4542, 4198, 0, 344, 0, 3128, 7537]);
        let accounts = first["accounts"].as_object().unwrap();
        let imported: BTreeMap<String, (Value, Value)> = accounts
            .iter()
            .map(|(code, sums)| (code.clone(), (sums["answered"].clone(), sums["seconds"].clone())))
            .collect();
        assert_eq!(imported, expected_accounts());

        let books = folder.json(&["check", "--json", "--database-url", &database]);
        assert_eq!(books["faults"], json!([]));
        let second = folder.json(&import(&database));
        assert_eq!(figures(&second, &partition), [4542, 0, 4542, 0, 0, 0, 0]);
        assert_eq!(folder.json(&["check", "--json", "--database-url", &database]), books);
    }
}

/// Waits until so many calls are on record.
async fn wait_for_calls(database: &str, goal: i64) {
    let store = storage::Store::open(database).await.unwrap();
    for _ in 0..20_000 {
        let calls = storage::books::counts(&mut store.read().await.unwrap(), 1).await.unwrap().calls;
        if calls >= goal {
            return;
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    panic!("the import does not come to {goal} calls");
}

#[tokio::test]
async fn killed_in_the_middle_and_run_again_it_ends_the_same() {
    let folder = Folder::new();
    for database in [folder.sqlite(), fresh_postgres().await] {
        tenant_with_plan(&folder, &database).await;
        for goal in [1, 2001] {
            let mut child = folder.spawn(&import(&database));
            wait_for_calls(&database, goal).await;
            // SIGKILL: the program gets no chance to tidy up.
            child.kill().unwrap();
            child.wait().unwrap();
            let calls = folder.json(&["check", "--json", "--database-url", &database])["calls"].as_i64().unwrap();
            assert!((goal..4542).contains(&calls), "the kill came too late: {calls} calls");
        }
        let last = folder.json(&import(&database));
        assert_eq!(last["rejected"], 0);
        let books = folder.json(&["check", "--json", "--database-url", &database]);
        assert_eq!((&books["calls"], &books["unrated"], &books["faults"]), (&json!(4542), &json!(344), &json!([])));
        let once = Folder::new();
        tenant_with_plan(&once, &once.sqlite()).await;
        once.json(&import(&once.sqlite()));
        assert_eq!(once.json(&["check", "--json", "--database-url", &once.sqlite()]), books);
    }
}

#[tokio::test]
async fn rows_that_cannot_be_used_are_told_with_line_and_reason() {
    let folder = Folder::new();
    let database = folder.sqlite();
    tenant_with_plan(&folder, &database).await;
    let good = r#""acme","0001","0002","in","""A"" <0001>","PJSIP/a","PJSIP/b","Dial","x","2026-03-01 10:00:00","2026-03-01 10:00:05","2026-03-01 10:01:06",66,61,"ANSWERED","DOCUMENTATION","1.1","""#;
    let file = format!("\u{feff}{good}\r\nacme,0001\r\n{}\r\n{}", good.replace(",61,", ",-61,"), &good[..60]);
    folder.write("cdr.csv", file);
    let run = folder.run(&[
        "import",
        "asterisk-csv",
        "cdr.csv",
        "--customer-by",
        "accountcode",
        "--plan",
        "Basic",
        "--create-missing",
        "--database-url",
        &database,
    ]);
    assert_eq!(run.code, Some(0), "{}", run.err);
    let rejects = std::fs::read_to_string(folder.path().join("cdr.csv.rejects.csv")).unwrap();
    let lines: Vec<&str> = rejects.lines().map(|line| line.split(',').next().unwrap()).collect();
    assert_eq!(lines, ["line", "2", "3", "4"], "{rejects}");

    folder.write("letter.txt", "Dear Sir,\nwhere are my calls?\n");
    let other =
        folder.run(&["import", "asterisk-csv", "letter.txt", "--customer-by", "src", "--database-url", &database]);
    assert_eq!(other.code, Some(1), "not one row could be used: {}", other.out);

    for (args, said) in [
        (vec!["--plan", "Basic"], "--create-missing"),
        (vec!["--create-missing"], "--plan"),
        (vec!["--create-missing", "--plan", "Nonsense"], "there is no plan Nonsense"),
        (vec!["--time-zone", "Mars/Olympus"], "is not a time zone"),
    ] {
        let mut all =
            vec!["import", "asterisk-csv", "cdr.csv", "--customer-by", "accountcode", "--database-url", &database];
        all.extend(args);
        let run = folder.run(&all);
        assert!(matches!(run.code, Some(1 | 2)), "{all:?}");
        assert!(run.err.contains(said), "{all:?}: {}", run.err);
    }
}

#[tokio::test]
async fn customers_lines_and_opening_balances_come_from_one_file() {
    let folder = Folder::new();
    let database = folder.sqlite();
    tenant_with_plan(&folder, &database).await;
    let header = "external_reference,organisation,mode,number,plan,opening_balance";
    folder.write("bad.csv", format!("{header}\nA-1,Acme,postpaid,0001,Basic,\nA-2,Birch,postpaid,0001,Basic,\n"));
    folder.write("good.csv", format!("{header}\nA-1,Acme,postpaid,0001,Basic,-12.50\nA-1,Acme,postpaid,####,Basic,\n"));
    let import = |file: &str, more: &[&str]| {
        let mut args = vec!["import", "customers", file, "--json", "--database-url", &database];
        args.extend(more);
        let said = folder.run(&args);
        (said.code, serde_json::from_str::<Value>(&said.out).unwrap())
    };
    let (code, refused) = import("bad.csv", &[]);
    assert_eq!((code, &refused["written"], &refused["rejects"][0]["line"]), (Some(1), &json!(false), &json!(3)));
    let (code, dry) = import("good.csv", &["--dry-run"]);
    assert_eq!((code, &dry["written"], &dry["lines_created"]), (Some(0), &json!(false), &json!(2)));
    let (_, done) = import("good.csv", &[]);
    assert_eq!(
        (&done["customers_created"], &done["lines_created"], &done["opening_balances"]),
        (&json!(1), &json!(2), &json!(1))
    );
    assert_eq!(folder.json(&["check", "--json", "--database-url", &database])["entries"], 1);
}
