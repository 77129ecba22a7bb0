//! A server that is ended with the test.

use std::fs::OpenOptions;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use domain::time::Instant;
use serde_json::{Value, json};

use crate::run::Folder;

/// A server that is ended with the test.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: String,
    pub(crate) key: String,
    /// What it said up to the line that tells where it listens, that one included.
    pub(crate) greeting: String,
}

impl Server {
    /// Starts the demo on a free port and reads from its greeting where it is and which key opens it.
    pub(crate) fn demo(folder: &Folder, database: &str, more: &[&str]) -> Server {
        let server = Server::started(folder, "demo", database, more);
        assert!(!server.key.is_empty(), "the demo tells its key");
        server
    }

    /// Starts the server on a free port, for whoever has this key.
    pub(crate) fn serve(folder: &Folder, database: &str, key: &str, more: &[&str]) -> Server {
        let mut server = Server::started(folder, "serve", database, more);
        server.key = key.to_owned();
        server
    }

    /// Starts the server on a free port, for whom nobody has a key yet; what it logs is in `server.log`.
    pub(crate) fn open(folder: &Folder, database: &str, more: &[&str]) -> Server {
        Server::started(folder, "serve", database, more)
    }

    /// The same on a machine that trusts the certificates in this file of the folder, and no others.
    pub(crate) fn serve_trusting(
        folder: &Folder,
        database: &str,
        (key, trusted): (&str, &str),
        more: &[&str],
    ) -> Server {
        let mut command = Server::command(folder, "serve", database, more);
        let mut server = Server::greeted(folder, command.env("SSL_CERT_FILE", trusted));
        server.key = key.to_owned();
        server
    }

    /// Starts the server on a free port with this in its environment.
    pub(crate) fn open_within(folder: &Folder, environment: &[(&str, &str)], more: &[&str]) -> Server {
        let mut command = Server::command(folder, "serve", &folder.sqlite(), more);
        Server::greeted(folder, command.envs(environment.iter().copied()))
    }

    /// Starts the server on a copy of a SQLite database in a file system of its own that has so many MB: only this process sees it.
    pub(crate) fn serve_on_small_disk(folder: &Folder, (database, megabytes): (&str, u32), key: &str) -> Server {
        const BEGIN: &str =
            r#"mount -t tmpfs -o size="$1"m none disk && cp "$2" disk/tollgate.db && shift 2 && exec "$@""#;
        std::fs::create_dir(folder.path().join("disk")).unwrap();
        let serve = Server::command(folder, "serve", "sqlite://disk/tollgate.db", &[]);
        let mut command = Command::new("unshare");
        command.args(["--mount", "--map-root-user", "sh", "-c", BEGIN, "sh", &megabytes.to_string(), database]);
        command.arg(serve.get_program()).args(serve.get_args()).current_dir(folder.path());
        let mut server = Server::greeted(folder, &mut command);
        server.key = key.to_owned();
        server
    }

    /// A file of the small disk, as seen from outside.
    pub(crate) fn on_small_disk(&self, folder: &Folder, name: &str) -> PathBuf {
        let root = PathBuf::from(format!("/proc/{}/root", self.child.id()));
        let disk = folder.path().join("disk");
        root.join(disk.strip_prefix("/").unwrap()).join(name)
    }

    fn started(folder: &Folder, command: &str, database: &str, more: &[&str]) -> Server {
        Server::greeted(folder, &mut Server::command(folder, command, database, more))
    }

    fn command(folder: &Folder, command: &str, database: &str, more: &[&str]) -> Command {
        let mut args = vec![command, "--listen", "127.0.0.1:0", "--database-url", database];
        args.extend(more);
        folder.command(&args)
    }

    fn greeted(folder: &Folder, command: &mut Command) -> Server {
        let log = OpenOptions::new().create(true).append(true).open(folder.path().join("server.log")).unwrap();
        let mut child = command.stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let (mut address, mut key, mut greeting) = (None, String::new(), String::new());
        for line in lines {
            let line = line.unwrap();
            greeting.push_str(&line);
            greeting.push('\n');
            let words: Vec<&str> = line.split_whitespace().collect();
            match words.as_slice() {
                ["API", "key", secret] => key = (*secret).to_owned(),
                ["Tollgate", "listens", "on", url, ..] => {
                    address = Some(url.trim_end_matches(['.', ',']).to_owned());
                    break;
                }
                _ => {}
            }
        }
        Server { child, address: address.expect("the server tells where it listens"), key, greeting }
    }

    /// The one-time link of the set-up, if the server printed one.
    pub(crate) fn set_up_link(&self) -> Option<&str> {
        self.greeting.split_whitespace().find(|word| word.contains("/setup/"))
    }

    pub(crate) async fn get(&self, path: &str) -> (u16, Value) {
        let request = reqwest::Client::new().get(format!("{}{path}", self.address)).bearer_auth(&self.key);
        let response = request.send().await.unwrap();
        (response.status().as_u16(), response.json().await.unwrap())
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> (u16, Value) {
        let request = reqwest::Client::new().post(format!("{}{path}", self.address)).bearer_auth(&self.key);
        let response = request.json(body).send().await.unwrap();
        let (status, text) = (response.status().as_u16(), response.text().await.unwrap());
        // Of what is done and has nothing to tell.
        (status, if text.is_empty() { Value::Null } else { serde_json::from_str(&text).unwrap() })
    }

    /// Moves the test clock to so many milliseconds after what the machine's clock shows.
    pub(crate) async fn move_clock(&self, millis: i64) {
        self.move_clock_to(now().plus_millis(millis).unwrap()).await;
    }

    pub(crate) async fn move_clock_to(&self, now: Instant) {
        let url = format!("{}/api/v1/test/clock", self.address);
        let request = reqwest::Client::new().post(url).bearer_auth(&self.key);
        let moved = request.json(&json!({ "now": now })).send().await.unwrap();
        assert!(moved.status().is_success(), "{}", moved.text().await.unwrap());
    }

    /// How much of the machine's memory it has, in bytes.
    pub(crate) fn memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        resident.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
    }

    /// The same when it stands still: a demo takes tens of MiB more in its first seconds, which nobody asks it for.
    pub(crate) async fn memory_at_rest(&self) -> u64 {
        let mut before = self.memory();
        for _ in 0..30 {
            tokio::time::sleep(Duration::from_secs(2)).await;
            let now = self.memory();
            if now.abs_diff(before) < 1 << 20 {
                return now;
            }
            before = now;
        }
        panic!("it takes more memory for a minute, and nobody asks it for anything");
    }

    /// Ends the server as its owner does.
    pub(crate) fn terminate(mut self) {
        self.ask_to_end();
        assert!(self.child.wait().unwrap().success());
    }

    /// Asks the server to end.
    pub(crate) fn ask_to_end(&self) {
        assert!(Command::new("kill").arg(self.child.id().to_string()).status().unwrap().success());
    }

    /// Waits until the server has ended: its exit code; none, if it is still there after so long.
    pub(crate) fn ends_within(&mut self, patience: Duration) -> Option<i32> {
        let begun = std::time::Instant::now();
        while begun.elapsed() < patience {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        None
    }

    /// Where its metrics are shown.
    pub(crate) fn metrics_url(&self) -> &str {
        let said = self.greeting.split_whitespace().find(|word| word.ends_with("/metrics."));
        said.expect("the server tells where its metrics are").trim_end_matches('.')
    }

    /// Ends the server as a power cut would.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What the machine's clock shows.
pub(crate) fn now() -> Instant {
    engine::Clock::now(&engine::SystemClock)
}
