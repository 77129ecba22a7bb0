//! The web app, as people use it: stories told in `web/tests/stories`, played by Chromium on the real binary.

use std::path::Path;
use std::process::Command;
use std::sync::{Mutex, PoisonError};

use crate::databases::{drop_postgres, fresh_postgres};
use crate::run::Folder;
use crate::server::Server;

const WEB: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../web");

/// A command of Node's, in the folder of the app.
fn node(script: &str) -> Command {
    let node = std::env::var("TOLLGATE_TEST_WEB_NODE")
        .expect("TOLLGATE_TEST_WEB_NODE names the folder of a Node for the web app: `make test` sets it");
    let mut command = Command::new(Path::new(&node).join("node"));
    command.arg(script).current_dir(WEB);
    command
}

/// Plays the stories of a file on a demo.
fn play(story: &str, database: &str) {
    // Browsers that call each other want the machine for themselves.
    static TURN: Mutex<()> = Mutex::new(());
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let folder = Folder::new();
    let server = Server::demo(&folder, database, &["--test-clock"]);
    let mut command = node("node_modules/@playwright/test/cli.js");
    command.args(["test", story, "--output"]).arg(folder.path().join("seen"));
    let played = command.env("TOLLGATE_STORY_URL", &server.address).output().unwrap();
    assert!(played.status.success(), "{story}\n{}", String::from_utf8_lossy(&played.stdout));
}

fn play_on_sqlite(story: &str) {
    let folder = Folder::new();
    play(story, &folder.sqlite());
}

/// What the app believes of the API is what the API's document says.
#[test]
fn the_app_has_the_types_of_the_api() {
    let folder = Folder::new();
    let document = folder.run(&["openapi"]);
    folder.write("openapi.json", &document.out);
    let mut command = node("node_modules/openapi-typescript/bin/cli.js");
    command.arg(folder.path().join("openapi.json")).args(["--output", "src/api/schema.d.ts", "--check"]);
    let checked = command.output().unwrap();
    let fault = String::from_utf8_lossy(&checked.stderr);
    assert!(checked.status.success(), "the types in web/src/api/schema.d.ts are old: run `make types`\n{fault}");
}

#[test]
fn every_page_is_for_everybody() {
    play_on_sqlite("pages.spec.ts");
}

#[test]
fn an_owner_sells_calls_and_is_paid_for_them() {
    play_on_sqlite("company.spec.ts");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_owner_sells_calls_on_postgresql() {
    let database = fresh_postgres().await;
    tokio::task::block_in_place(|| play("company.spec.ts", &database));
    drop_postgres(&database).await;
}

#[test]
fn customers_call_an_adviser_by_a_button() {
    play_on_sqlite("button.spec.ts");
}
