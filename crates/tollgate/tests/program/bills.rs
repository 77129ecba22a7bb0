//! `tollgate bill`.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use storage::Store;

use crate::company::{burden, expect_billed, found, invoices};
use crate::databases::fresh_postgres;
use crate::run::Folder;

#[tokio::test]
async fn a_second_run_changes_nothing() {
    let folder = Folder::new();
    for database in [folder.sqlite(), fresh_postgres().await] {
        found(&database, 3, 4).await;
        let on = ["--json", "--database-url", database.as_str()];
        let first = folder.json(&[&["bill", "run"], &on[..]].concat());
        let issued = expect_billed(&folder, &database, 3);
        assert_eq!(first["issued"], json!(issued));
        let before = invoices(&folder, &database);
        let second = folder.json(&[&["bill", "run"], &on[..]].concat());
        assert_eq!((&second["issued"], &second["waiting"]), (&json!(0), &json!([])));
        assert_eq!(invoices(&folder, &database), before);
    }
}

#[tokio::test]
async fn two_runs_at_once_issue_each_invoice_once() {
    let folder = Folder::new();
    for database in [folder.sqlite(), fresh_postgres().await] {
        found(&database, 20, 24).await;
        let args = ["bill", "run", "--json", "--database-url", database.as_str()];
        let both = [folder.spawn(&args), folder.spawn(&args)];
        let issued: Vec<i64> = both
            .map(|run| {
                let output = run.wait_with_output().unwrap();
                assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
                let said: Value = serde_json::from_slice(&output.stdout).unwrap();
                said["issued"].as_i64().unwrap()
            })
            .to_vec();
        println!("issued by each of the two: {issued:?}");
        let all = expect_billed(&folder, &database, 20);
        assert_eq!(usize::try_from(issued.iter().sum::<i64>()).unwrap(), all);
    }
}

#[tokio::test]
async fn a_run_that_is_killed_goes_on_where_it_was() {
    let folder = Folder::new();
    for database in [folder.sqlite(), fresh_postgres().await] {
        found(&database, 40, 24).await;
        let store = Store::open(&database).await.unwrap();
        let args = ["bill", "run", "--database-url", database.as_str()];
        let mut seen = Vec::new();
        for _ in 0..4 {
            let mut run = folder.spawn(&args);
            let before = seen.last().copied().unwrap_or(0);
            let started = Instant::now();
            while issued(&store).await == before && started.elapsed() < Duration::from_secs(20) {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
            run.kill().unwrap();
            run.wait().unwrap();
            seen.push(issued(&store).await);
        }
        let done = folder.run(&args);
        assert_eq!(done.code, Some(0), "{}", done.err);
        let all = expect_billed(&folder, &database, 40);
        println!("invoices after each kill: {seen:?} of {all}");
        assert!(seen.is_sorted_by(|a, b| a < b) && seen[3] < all, "each kill comes in the middle: {seen:?} of {all}");
    }
}

/// How many invoices there are.
async fn issued(store: &Store) -> usize {
    let mut tx = store.read().await.unwrap();
    let filter = storage::documents::DocumentFilter { kind: "invoice", ..Default::default() };
    storage::documents::page(&mut tx, 1, &filter, 10_000).await.unwrap().len()
}

#[tokio::test]
async fn whoever_cannot_be_billed_is_named_and_stops_nobody_else() {
    let folder = Folder::new();
    let database = folder.sqlite();
    found(&database, 2, 3).await;
    burden(&database, "C-1").await;
    let on = ["--database-url", database.as_str()];
    let run = || folder.run(&[&["bill", "run"], &on[..]].concat());
    let first = run();
    assert_eq!(first.code, Some(1), "{}", first.out);
    assert!(first.out.contains("1 customers could not be billed"), "{}", first.out);
    assert!(first.err.contains("Customer C-1"), "{}", first.err);
    assert!(invoices(&folder, &database).len() >= 3);
    let again = run();
    assert_eq!((again.code, again.err == first.err), (Some(1), true), "{}", again.err);
    let alone = folder.run(&[&["bill", "run", "--customer", "C-1"], &on[..]].concat());
    assert_eq!(alone.code, Some(1));
    assert!(alone.err.contains("the customer cannot be billed"), "{}", alone.err);
    let doctor = folder.run(&[&["doctor"], &on[..]].concat());
    assert!(doctor.out.contains("could not be billed: see tollgate bill run"), "{}", doctor.out);
}

#[tokio::test]
async fn one_customer_is_billed_previewed_and_drawn() {
    let folder = Folder::new();
    let database = folder.sqlite();
    found(&database, 2, 3).await;
    let run = |args: &[&str]| {
        let said = folder.run(&[args, &["--database-url", &database]].concat());
        assert_eq!(said.code, Some(0), "{args:?}: {}", said.err);
        said.out
    };
    let issued = run(&["bill", "run", "--customer", "C-1"]);
    assert!(issued.lines().count() >= 4 && issued.contains("000001") && !issued.contains("C-0"), "{issued}");
    assert!(run(&["bill", "run", "--customer", "C-1"]).contains("Nothing is due to Customer C-1"));
    let preview = run(&["bill", "preview", "C-1"]);
    assert!(preview.contains("Next invoice of Customer C-1") && preview.contains("EUR 9.99"), "{preview}");
    assert_eq!(run(&["bill", "preview", "customer c-1"]), preview);
    let several = folder.run(&["bill", "preview", "Customer", "--database-url", &database]);
    assert_eq!(several.code, Some(1));
    assert!(
        several.err.contains("Customer C-0 (C-0)") && several.err.contains("Customer C-1 (C-1)"),
        "{}",
        several.err
    );
    let newest = folder.run(&["bill", "list", "--limit", "2", "--database-url", &database]);
    assert_eq!(newest.out.lines().count(), 3, "{}", newest.out);
    assert!(newest.err.contains("the newest 2; there are more"), "{}", newest.err);
    let overdue = run(&["bill", "list", "--overdue", "--state", "issued", "--customer", "C-1", "--json"]);
    assert!(!overdue.contains("\"overdue\": false"), "{overdue}");
    assert_eq!(run(&["bill", "list", "--customer", "C-0"]).lines().count(), 1);
    assert!(run(&["bill", "pdf", "000001"]).starts_with("invoice-000001.pdf ("));
    run(&["bill", "pdf", "1", "-o", "again.pdf"]);
    let read = |name: &str| std::fs::read(folder.path().join(name)).unwrap();
    assert!(read("invoice-000001.pdf").starts_with(b"%PDF-"));
    assert_eq!(read("invoice-000001.pdf"), read("again.pdf"));
    for args in [["bill", "pdf", "999999"], ["bill", "pdf", "invoice-1"], ["bill", "preview", "nobody"]] {
        let said = folder.run(&[&args[..], &["--database-url", &database]].concat());
        assert_eq!(said.code, Some(1), "{args:?}");
        assert!(said.err.contains("there is no"), "{}", said.err);
    }
}
