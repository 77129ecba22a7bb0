//! schemathesis makes requests from the OpenAPI document, good ones and bad ones, and no answer may be a server error.

use std::process::Command;

use crate::run::Folder;
use crate::server::Server;

/// How long requests are made up, in seconds: more than examples and borders take.
const SECONDS: &str = "45";

#[test]
fn no_request_that_the_document_allows_or_forbids_is_a_server_error() {
    let python = std::env::var("TOLLGATE_TEST_PYTHON")
        .expect("TOLLGATE_TEST_PYTHON names a Python that has schemathesis: `make test` sets one up");
    let folder = Folder::new();
    let server = Server::demo(&folder, &folder.sqlite(), &[]);
    let mut command = Command::new(python);
    command.current_dir(folder.path()).args(["-m", "schemathesis.cli", "run"]);
    command.arg(format!("{}/api/v1/openapi.json", server.address));
    command.args(["--header", &format!("Authorization: Bearer {}", server.key)]);
    // Its answer has no end.
    command.args(["--exclude-path", "/api/v1/live"]);
    command.args(["--checks", "not_a_server_error", "--phases", "examples,coverage,fuzzing", "--max-examples", "5"]);
    command.args(["--max-time", SECONDS, "--continue-on-failure", "--warnings", "off", "--no-color", "--seed", "4"]);
    let run = command.output().unwrap();
    let told = String::from_utf8_lossy(&run.stdout);
    let line = |part: &str| told.lines().find(|line| line.contains(part)).unwrap_or_default().trim().to_owned();
    println!("schemathesis: {}, {}", line("Tested:"), line(" generated, "));
    assert!(run.status.success(), "{told}{}", String::from_utf8_lossy(&run.stderr));
    let tested = line("Tested:").split_whitespace().last().and_then(|count| count.parse::<usize>().ok());
    assert!(tested.is_some_and(|tested| tested > 130), "{told}");
    let books = folder.json(&["check", "--json", "--database-url", &folder.sqlite()]);
    assert_eq!(books["faults"].as_array().map(Vec::len), Some(0), "the books are right all the same: {books}");
}
