//! The mail server of the tests of `mail`, started for a test.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

/// A mail server that is ended with the test.
pub(crate) struct Sink {
    folder: tempfile::TempDir,
    server: Child,
    port: u16,
}

impl Sink {
    pub(crate) fn start() -> Sink {
        let python = std::env::var("TOLLGATE_TEST_PYTHON")
            .expect("TOLLGATE_TEST_PYTHON names a Python that has aiosmtpd: `make test` sets one up");
        let folder = tempfile::tempdir().unwrap();
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../mail/tests/mail/sink.py");
        let mut command = Command::new(python);
        command.arg(script).arg(folder.path()).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut server = command.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(server.stdout.take().unwrap()).read_line(&mut line).unwrap();
        Sink { folder, server, port: line.trim().parse().expect("the server tells its port") }
    }

    pub(crate) fn url(&self) -> String {
        format!("smtp://127.0.0.1:{}", self.port)
    }

    /// How many mails have come.
    pub(crate) fn count(&self) -> usize {
        self.files().len()
    }

    /// The mail that came last.
    pub(crate) fn latest(&self) -> Value {
        let latest = self.files().into_iter().max().expect("a mail has come");
        serde_json::from_slice(&std::fs::read(latest).unwrap()).unwrap()
    }

    /// Under which `Message-ID`s each file has come; every mail has one file, a PDF.
    pub(crate) fn message_ids_by_file(&self) -> BTreeMap<String, BTreeSet<String>> {
        let mut by_file: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for path in self.files() {
            let mail: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
            let [file] = &mail["attachments"].as_array().unwrap()[..] else { panic!("{mail}") };
            assert_eq!(file["media_type"], "application/pdf");
            // How a PDF begins, in base64.
            assert!(file["base64"].as_str().unwrap().starts_with("JVBERi0"), "{file}");
            let headers = mail["headers"].as_array().unwrap();
            let id = headers.iter().find(|header| header[0].as_str().unwrap().eq_ignore_ascii_case("message-id"));
            let name = file["name"].as_str().unwrap().to_owned();
            by_file.entry(name).or_default().insert(id.unwrap()[1].as_str().unwrap().to_owned());
        }
        by_file
    }

    fn files(&self) -> Vec<std::path::PathBuf> {
        let files = std::fs::read_dir(self.folder.path()).unwrap().map(|file| file.unwrap().path());
        files.filter(|file| file.extension().is_some()).collect()
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}
