//! The web app, as people use it: stories told in `web/tests/stories`, played by Chromium on the real binary.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{PoisonError, RwLock};

use crate::databases::{drop_postgres, fresh_postgres};
use crate::recorded;
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

/// The stories, each for a demo of its own: a file, and where a file has several that move the clock, which of them.
const EVERY_PAGE: &[&str] = &["pages.spec.ts"];
const COMPANY: &[&str] = &["company.spec.ts", "--grep", "with the mouse"];
const COMPANY_BY_KEYBOARD: &[&str] = &["company.spec.ts", "--grep", "by the keyboard alone"];
const BUTTON: &[&str] = &["button.spec.ts"];
const TRUNKS: &[&str] = &["trunks.spec.ts"];
const GROUPS: &[&str] = &["groups.spec.ts"];
const SHIFTS: &[&str] = &["shifts.spec.ts"];
const HELP_LINE: &[&str] = &["helpline.spec.ts"];
const VOUCHERS: &[&str] = &["vouchers.spec.ts"];
const BANK: &[&str] = &["bank.spec.ts"];
const RECORDINGS: &[&str] = &["recordings.spec.ts"];
const VOICES: &[&str] = &["voices.spec.ts"];
const PICTURES: &[&str] = &["pictures.spec.ts"];

/// Those in which browsers call each other.
const CALLS: &[&[&str]] = &[COMPANY, COMPANY_BY_KEYBOARD, BUTTON, HELP_LINE, RECORDINGS, VOICES, PICTURES];

/// Browsers that call each other want the machine for themselves: they hold it for writing.
static MACHINE: RwLock<()> = RwLock::new(());

/// Plays stories on a demo.
fn play(stories: &[&str], database: &str, folder: &Folder) {
    if CALLS.contains(&stories) {
        let _alone = MACHINE.write().unwrap_or_else(PoisonError::into_inner);
        play_now(stories, database, folder);
    } else {
        let _beside = MACHINE.read().unwrap_or_else(PoisonError::into_inner);
        play_now(stories, database, folder);
    }
}

fn play_now(stories: &[&str], database: &str, folder: &Folder) {
    let server = Server::demo(folder, database, &["--test-clock"]);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(recorded::keep(database));
    if stories == EVERY_PAGE {
        runtime.block_on(recorded::keep_of_group(database));
    }
    tell(stories, &server, folder, "");
}

/// Plays stories in which ordinary phones ring, as `TOLLGATE_STORY_PHONES` names them: by number and port.
pub(crate) fn play_with(phones: &str, stories: &[&str], server: &Server, folder: &Folder) {
    let _alone = MACHINE.write().unwrap_or_else(PoisonError::into_inner);
    tell(stories, server, folder, phones);
}

fn tell(stories: &[&str], server: &Server, folder: &Folder, phones: &str) {
    let mut command = node("node_modules/@playwright/test/cli.js");
    command.arg("test").args(stories).arg("--output").arg(folder.path().join("seen"));
    command.env("TOLLGATE_STORY_URL", &server.address).env("TOLLGATE_PICTURES", pictures(folder));
    command.env("TOLLGATE_STORY_PHONES", phones);
    let played = command.output().unwrap();
    assert!(played.status.success(), "{stories:?}\n{}", String::from_utf8_lossy(&played.stdout));
}

/// Where the pictures of the guide go: `make pictures` says.
fn pictures(folder: &Folder) -> PathBuf {
    std::env::var("TOLLGATE_PICTURES").map_or_else(|_| folder.path().join("pictures"), PathBuf::from)
}

fn play_on_sqlite(stories: &[&str]) {
    let folder = Folder::new();
    play(stories, &folder.sqlite(), &folder);
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
    play_on_sqlite(EVERY_PAGE);
}

#[test]
fn an_owner_sells_calls_and_is_paid_for_them() {
    play_on_sqlite(COMPANY);
}

#[test]
fn an_owner_sells_calls_by_the_keyboard_alone() {
    play_on_sqlite(COMPANY_BY_KEYBOARD);
}

#[test]
fn customers_call_an_agent_by_a_button() {
    play_on_sqlite(BUTTON);
}

#[test]
fn an_admin_connects_the_house_with_the_world() {
    play_on_sqlite(TRUNKS);
}

#[test]
fn a_coordinator_makes_a_roster() {
    play_on_sqlite(GROUPS);
}

#[test]
fn volunteers_swap_shifts_and_come_from_files() {
    play_on_sqlite(SHIFTS);
}

#[test]
fn a_call_to_a_group_that_nobody_takes_is_dealt_with() {
    play_on_sqlite(HELP_LINE);
}

#[test]
fn a_clerk_sends_a_statement_of_the_bank() {
    play_on_sqlite(BANK);
}

#[test]
fn a_clerk_makes_vouchers_and_a_customer_redeems_one() {
    play_on_sqlite(VOUCHERS);
}

#[test]
fn messages_and_recorded_calls_are_heard_marked_and_deleted() {
    play_on_sqlite(RECORDINGS);
}

#[test]
fn two_people_hear_each_other() {
    play_on_sqlite(VOICES);
}

/// Whether all stories are told on PostgreSQL, too.
pub(crate) fn plays_all() -> bool {
    std::env::var("TOLLGATE_STORIES").is_ok_and(|told| told == "all")
}

/// One of the stories, and all of them where `TOLLGATE_STORIES` is `all`.
#[tokio::test(flavor = "multi_thread")]
async fn stories_are_the_same_on_postgresql() {
    let others: &[&[&str]] = &[
        COMPANY_BY_KEYBOARD,
        BUTTON,
        TRUNKS,
        GROUPS,
        SHIFTS,
        HELP_LINE,
        VOUCHERS,
        BANK,
        RECORDINGS,
        VOICES,
        PICTURES,
        EVERY_PAGE,
    ];
    for stories in [COMPANY].iter().chain(if plays_all() { others } else { &[] }) {
        let database = fresh_postgres().await;
        tokio::task::block_in_place(|| play(stories, &database, &Folder::new()));
        drop_postgres(&database).await;
    }
}

/// The pictures that the guide shows can be made, and no others are there.
#[test]
fn the_guide_has_its_pictures() {
    let folder = Folder::new();
    play(PICTURES, &folder.sqlite(), &folder);
    let made = names_in(&pictures(&folder));
    let root = Path::new(WEB).join("..");
    let mut shown = BTreeSet::new();
    for page in [root.join("README.md"), root.join("docs/guide/web-app.md")] {
        let text = std::fs::read_to_string(page).unwrap();
        shown.extend(text.split("pictures/").skip(1).filter_map(|rest| Some(rest.split_once(')')?.0.to_owned())));
    }
    assert_eq!(made, shown, "what the story makes is what the pages show");
    assert_eq!(names_in(&root.join("docs/pictures")), shown, "`make pictures` makes them");
}

fn names_in(folder: &Path) -> BTreeSet<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}
