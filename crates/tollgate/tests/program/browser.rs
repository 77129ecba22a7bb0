//! The pages in a real browser.

use std::process::Command;

use serde_json::{Value, json};

use crate::run::Folder;
use crate::server::Server;

#[test]
fn a_company_is_set_up_and_signed_into_in_a_browser() {
    let named = |name: &str| std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set: `make test` does it"));
    let folder = Folder::new();
    let server = Server::open(&folder, &folder.sqlite(), &[]);
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/program/browser.py");
    let mut command = Command::new(named("TOLLGATE_TEST_PYTHON"));
    command.args([script, &named("TOLLGATE_TEST_BROWSER"), server.set_up_link().unwrap()]);
    let run = command.output().unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let seen: Value = serde_json::from_slice(&run.stdout).unwrap();
    let expected = json!({
        "weak": ["Set-up - Tollgate", "Password: must have 10 characters at least."],
        "set_up": ["Ready - Tollgate"],
        "wrong": ["Sign in - Tollgate", "The name or the password is wrong."],
        "signed_in": "Overview",
        "customer": 201,
        "forgotten": ["Look into your mail - Tollgate"],
        "refused": [],
    });
    assert_eq!(seen, expected);
}
