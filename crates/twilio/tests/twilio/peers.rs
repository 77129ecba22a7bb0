//! The libraries that Twilio gives to its customers, in other languages.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// Runs a script of `tests/peers` with the Python that has the package.
pub(crate) fn python(script: &str, input: &Value) -> Output {
    let python = std::env::var("TOLLGATE_TEST_PYTHON")
        .expect("TOLLGATE_TEST_PYTHON names a Python that has twilio: `make test` sets one up");
    let mut command = Command::new(python);
    answer(command.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers").join(script)), input)
}

/// Runs a script of `tests/peers` with Node and the package.
pub(crate) fn node(script: &str, input: &Value) -> Output {
    let modules = std::env::var("TOLLGATE_TEST_NODE")
        .expect("TOLLGATE_TEST_NODE names a folder that has twilio's Node modules: `make test` sets one up");
    // A module looks for others in the folders above its own.
    let folder = tempfile::tempdir().unwrap();
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers").join(script);
    std::fs::copy(source, folder.path().join(script)).unwrap();
    std::fs::write(folder.path().join("package.json"), r#"{"type": "module"}"#).unwrap();
    std::os::unix::fs::symlink(format!("{modules}/node_modules"), folder.path().join("node_modules")).unwrap();
    answer(Command::new("node").arg(folder.path().join(script)), input)
}

/// What it says to this input.
fn answer(command: &mut Command, input: &Value) -> Output {
    let peer = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut peer = peer.unwrap();
    let (mut stdin, input) = (peer.stdin.take().unwrap(), input.to_string());
    // It may answer before it has read everything.
    let writer = std::thread::spawn(move || stdin.write_all(input.as_bytes()));
    let output = peer.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    output
}
