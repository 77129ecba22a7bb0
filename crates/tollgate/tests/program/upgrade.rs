//! A database of the first release.

use serde_json::json;

use crate::company::{expect_billed, found};
use crate::databases::execute;
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

/// Makes `tollgate.db` as the first release would have, with what stands in `today.db` and could be set then.
pub(crate) async fn make_first_release(folder: &Folder) {
    std::fs::File::create(folder.path().join("tollgate.db")).unwrap();
    let words =
        [("{id}", "TEXT"), ("BIGINT", "INTEGER"), ("{by_key}", "STRICT, WITHOUT ROWID"), ("{by_row}", "STRICT")];
    let tables = words.iter().fold(FOUNDATION.to_owned(), |text, (word, meaning)| text.replace(word, meaning));
    let copies = ["customers", "plans", "plan_versions", "lines", "line_plans"]
        .map(|table| format!("INSERT INTO {table} SELECT * FROM today.{table};"))
        .concat();
    // Accounts knew no promotional credit.
    let accounts = "tenant, account, currency, balance, held, credit_limit";
    // The audit trail did not know whom an entry is about.
    let audit = "id, tenant, at, actor, action, subject, before, after";
    // Tenants had no webhooks.
    let tenants_of_then = "tenant, name, demo, settings, created_at, version";
    let script = format!(
        r#"{tables}
        CREATE TABLE _sqlx_migrations (version BIGINT PRIMARY KEY, description TEXT NOT NULL,
            installed_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, success BOOLEAN NOT NULL, checksum BLOB NOT NULL,
            execution_time BIGINT NOT NULL);
        ATTACH DATABASE '{}/today.db' AS today;
        INSERT INTO _sqlx_migrations SELECT * FROM today._sqlx_migrations WHERE version = 1;
        {copies}
        INSERT INTO tenants ({tenants_of_then}) SELECT {tenants_of_then} FROM today.tenants;
        INSERT INTO audit ({audit}) SELECT {audit} FROM today.audit;
        INSERT INTO accounts ({accounts}) SELECT {accounts} FROM today.accounts;
        UPDATE tenants SET settings = '{{"currency": "EUR", "time_zone": "UTC"}}';"#,
        folder.path().display()
    );
    execute(&folder.sqlite(), &script).await;
}
