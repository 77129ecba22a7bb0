//! Phones that others have made, against the real server.

use std::process::Command;

use crate::run::Folder;
use crate::server::Server;

fn works(mut command: Command) {
    let folder = Folder::new();
    let server = Server::demo(&folder, &folder.sqlite(), &[]);
    let run = command.arg(&server.address).output().unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    assert_eq!(String::from_utf8_lossy(&run.stdout), "every path works\n");
}

fn named(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set: `make test` does it"))
}

#[test]
fn phones_of_python_socketio_work() {
    let mut command = Command::new(named("TOLLGATE_TEST_PYTHON"));
    command.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/program/independent_phone.py"));
    works(command);
}

#[test]
fn phones_of_socket_io_client_work() {
    // A module looks for others in the folders above its own.
    let (folder, modules) = (Folder::new(), named("TOLLGATE_TEST_NODE"));
    folder.write("phone.js", include_str!("../node/phone.js"));
    folder.write("package.json", r#"{"type": "module"}"#);
    std::os::unix::fs::symlink(format!("{modules}/node_modules"), folder.path().join("node_modules")).unwrap();
    let mut command = Command::new("node");
    command.arg(folder.path().join("phone.js"));
    works(command);
}
