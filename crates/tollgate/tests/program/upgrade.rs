//! A database of the first release.

use std::borrow::Cow;

use serde_json::json;
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::{AssertSqlSafe, Connection, SqlSafeStr, SqliteConnection};

use crate::company::{expect_billed, found};
use crate::run::Folder;

const FOUNDATION: &str = include_str!("../../../storage/migrations/0001_foundation.sql");

#[tokio::test]
async fn the_lines_of_the_first_release_are_billed_from_their_opening_on() {
    let folder = Folder::new();
    found(&format!("sqlite://{}/today.db", folder.path().display()), 2, 5).await;
    make_first_release(&folder).await;
    let database = folder.sqlite();
    let on = ["--json", "--database-url", database.as_str()];
    let run = folder.json(&[&["bill", "run"], &on[..]].concat());
    assert_eq!(run["issued"], json!(expect_billed(&folder, &database, 2)));
    let preview = folder.json(&[&["bill", "preview", "C-0"], &on[..]].concat());
    assert_eq!(preview[0]["bill"]["total"], "9.99");
}

/// Makes `tollgate.db` as the first release would have, with what stands in `today.db`.
async fn make_first_release(folder: &Folder) {
    let path = folder.path().join("tollgate.db");
    std::fs::File::create(&path).unwrap();
    let mut database = SqliteConnection::connect(&folder.sqlite()).await.unwrap();
    let words =
        [("{id}", "TEXT"), ("BIGINT", "INTEGER"), ("{by_key}", "STRICT, WITHOUT ROWID"), ("{by_row}", "STRICT")];
    let text = words.iter().fold(FOUNDATION.to_owned(), |text, (word, meaning)| text.replace(word, meaning));
    let text = AssertSqlSafe(text).into_sql_str();
    let foundation = Migration::new(1, Cow::Borrowed("foundation"), MigrationType::Simple, text, false);
    Migrator::with_migrations(vec![foundation]).run_direct(None, &mut database, false).await.unwrap();
    run(&mut database, format!("ATTACH DATABASE '{}/today.db' AS today", folder.path().display())).await;
    for table in ["tenants", "customers", "accounts", "plans", "plan_versions", "lines", "line_plans", "audit"] {
        let columns = sqlx::query_scalar::<_, String>(AssertSqlSafe(format!(
            "SELECT group_concat(name, ', ') FROM pragma_table_info('{table}')"
        )));
        let columns = columns.fetch_one(&mut database).await.unwrap();
        run(&mut database, format!("INSERT INTO {table} ({columns}) SELECT {columns} FROM today.{table}")).await;
    }
    // What could be set then.
    run(&mut database, r#"UPDATE tenants SET settings = '{"currency": "EUR", "time_zone": "UTC"}'"#.to_owned()).await;
    database.close().await.unwrap();
}

async fn run(database: &mut SqliteConnection, statement: String) {
    sqlx::raw_sql(AssertSqlSafe(statement)).execute(database).await.unwrap();
}
