//! A real Asterisk for one test, with phones and far ends around it, and nothing of it left behind.

mod caller;
mod phone;
mod ports;

use std::collections::HashMap;
use std::io::Write;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::time::Duration;

pub(crate) use caller::Caller;
use engine::{Clock, SystemClock};
pub(crate) use phone::{Answering, Phone};
use ports::Block;

const USER: &str = "tollgate";
const PASSWORD: &str = "tollgate-test";

/// An Asterisk that runs until this is dropped, or the test's process ends in whatever way.
pub(crate) struct Pbx {
    ports: Block,
    folder: PathBuf,
    guard: Child,
    /// How often a test has waited for which words of the log.
    logged: Mutex<HashMap<String, usize>>,
}

/// What a phone registers with.
pub(crate) struct Account {
    pub(crate) username: String,
    pub(crate) password: String,
}

impl Pbx {
    /// Starts one and waits until it has booted. `None` where this machine has no Asterisk: the test then counts as skipped, and has
    /// nothing to do but to return.
    pub(crate) async fn start() -> Option<Pbx> {
        if std::env::var_os("TOLLGATE_TEST_ASTERISK").is_none() {
            skip();
            return None;
        }
        let ports = Block::take();
        // Not in a test's own folder: its path has to be short, and Asterisk's user has to reach it.
        let folder = tempfile::Builder::new().prefix("pbx").tempdir().unwrap().keep();
        // A group of its own, so that Ctrl-C does not end the one who tidies up.
        let guard = Command::new(script("guard.sh"))
            .arg(&folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .process_group(0)
            .spawn()
            .unwrap();
        let pbx = Pbx { ports, folder, guard, logged: Mutex::default() };
        pbx.boot().await;
        Some(pbx)
    }

    async fn boot(&self) {
        let tree = std::env::var_os("TOLLGATE_TEST_ASTERISK").unwrap();
        let mut run = self.script("run.sh");
        run.arg(&self.folder).arg(tree);
        output(run).await;
    }

    /// Where its REST interface begins, without a slash at the end.
    pub(crate) fn ari_url(&self) -> String {
        format!("http://127.0.0.1:{}/ari", self.ports.http())
    }

    /// Who signs in there.
    pub(crate) fn user(&self) -> &'static str {
        USER
    }

    /// What that user signs in with.
    pub(crate) fn password(&self) -> &'static str {
        PASSWORD
    }

    /// Where it takes calls, on 127.0.0.1 by UDP and TCP.
    pub(crate) fn sip_port(&self) -> u16 {
        self.ports.sip()
    }

    /// Its configuration (`etc`), logs and call records (`log`), recordings (`spool`), and what the phones hear (`phones`).
    pub(crate) fn run_folder(&self) -> &Path {
        &self.folder
    }

    /// The file for SIP accounts, empty at the start; `module reload res_pjsip.so` takes them up.
    pub(crate) fn accounts_file(&self) -> PathBuf {
        self.folder.join("etc/tollgate_pjsip_wizard.conf")
    }

    /// What a command of its own command line answers, such as `core show channels`.
    pub(crate) async fn command(&self, line: &str) -> String {
        let mut ast = Command::new(self.folder.join("ast"));
        ast.arg("-rx").arg(line);
        output(ast).await
    }

    /// Whether it knows our password from now on.
    pub(crate) async fn knows_us(&self, knows: bool) {
        let (path, said) = (self.folder.join("etc/ari.conf"), format!("password = {}", self.password()));
        let other = format!("{said}-of-others");
        let (before, after) = if knows { (&other, &said) } else { (&said, &other) };
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.contains(before.as_str()), "{text}");
        std::fs::write(&path, text.replace(before.as_str(), after)).unwrap();
        self.command("module reload res_ari.so").await;
    }

    /// Starts the far ends that its configuration names: `PJSIP/answer`, `busy`, `noanswer`, `congest`, `notfound`, `decline`, `shorttalk`,
    /// `varied`, `moved`, `early`, `announces` and `overflows`. At `PJSIP/dead` nobody listens, ever.
    pub(crate) async fn far_ends(&self) {
        let mut start = self.script("sip/uas.sh");
        start.arg("start").arg(&self.folder);
        output(start).await;
    }

    /// Starts the phones 101 and 102, and waits until they are registered.
    pub(crate) async fn phones(&self, answering: Answering) -> [Phone; 2] {
        let mut start = self.script("sip/phones.sh");
        start.arg("start").arg(&self.folder).env("PHONE_ANSWERS", answering.setting());
        output(start).await;
        [
            Phone::of(101, self.ports.phone_control(1), self.ports.sip()).await,
            Phone::of(102, self.ports.phone_control(2), self.ports.sip()).await,
        ]
    }

    /// Starts phones with these accounts, three at most, and waits until they are registered.
    pub(crate) async fn phones_of(&self, accounts: &[Account], answering: Answering) -> Vec<Phone> {
        let all = accounts.iter().map(|Account { username, password }| format!("{username}:{password}"));
        let mut start = self.script("sip/phones.sh");
        start.arg("start").arg(&self.folder).env("PHONE_ANSWERS", answering.setting());
        start.env("PHONES", all.collect::<Vec<_>>().join(" "));
        output(start).await;
        let mut phones = Vec::new();
        for place in 1..=u16::try_from(accounts.len()).unwrap() {
            phones.push(Phone::of(100 + place, self.ports.phone_control(place), self.ports.sip()).await);
        }
        phones
    }

    /// Waits until its log has these words one more time than when this was last asked for them.
    pub(crate) async fn logs(&self, words: &str) {
        let before = self.logged.lock().unwrap().get(words).copied().unwrap_or(0);
        for _ in 0..1000 {
            let times = self.log().matches(words).count();
            if times > before {
                self.logged.lock().unwrap().insert(words.to_owned(), before + 1);
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("Asterisk does not log \"{words}\"");
    }

    /// All that it has logged.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.folder.join("log/verbose")).unwrap_or_default()
    }

    /// The SIP messages that it has sent since its logger is on (`pjsip set logger on`).
    pub(crate) fn sent(&self) -> Vec<String> {
        let log = self.log();
        let messages = log.split("<--- ").filter(|block| block.starts_with("Transmitting SIP"));
        messages.map(|block| block.split("\n[20").next().unwrap().to_owned()).collect()
    }

    /// The files of what it has recorded.
    pub(crate) fn recordings(&self) -> Vec<PathBuf> {
        let files = std::fs::read_dir(self.folder.join("spool/recording"));
        files.into_iter().flatten().flatten().map(|entry| entry.path()).collect()
    }

    /// Waits until it has a message on file, and takes it away.
    pub(crate) async fn is_recorded(&self) {
        for _ in 0..1000 {
            let message =
                self.recordings().into_iter().find(|path| std::fs::metadata(path).is_ok_and(|file| file.len() > 1000));
            if let Some(message) = message {
                return std::fs::remove_file(message).unwrap();
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("Asterisk has recorded nothing");
    }

    /// A call from outside, over the trunk, to a number. What the caller does is a scenario of `scripts/asterisk/sip/scenarios.py`, such as
    /// `uac_wait`; the far ends must have been started, which writes them.
    pub(crate) fn call_in(&self, scenario: &str, number: &str) -> Caller {
        Caller::start(&self.folder, &self.ports, scenario, number)
    }

    /// Ends it as a power cut would.
    pub(crate) async fn kill(&self) {
        let pid = std::fs::read_to_string(self.folder.join("pid")).unwrap();
        let pid = pid.trim().to_owned();
        let mut kill = Command::new("kill");
        kill.arg("-KILL").arg(&pid);
        output(kill).await;
        // A process whose end nobody has asked for has a command line that is empty.
        let runs = || std::fs::read(format!("/proc/{pid}/cmdline")).is_ok_and(|line| !line.is_empty());
        while runs() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Starts it again in the same folder and on the same ports, after a `kill`.
    pub(crate) async fn restart(&self) {
        self.boot().await;
    }

    /// A script of the kit, told this one's ports and names.
    fn script(&self, name: &str) -> Command {
        let mut command = Command::new(script(name));
        command
            .env("ARI_USER", USER)
            .env("ARI_PASSWORD", PASSWORD)
            .env("VERBOSE_LOG", "1")
            .envs(self.ports.environment().map(|(name, port)| (name, port.to_string())));
        if let Some(tree) = std::env::var_os("TOLLGATE_TEST_SIP") {
            command.env("TOLLGATE_SIP_TREE", tree);
        }
        command
    }
}

impl Drop for Pbx {
    #[expect(clippy::print_stderr, reason = "what Asterisk says may explain why the test fails")]
    fn drop(&mut self) {
        if std::thread::panicking() {
            let log = self.log();
            let lines: Vec<&str> = log.lines().collect();
            for phone in ["101", "102"] {
                let log =
                    std::fs::read_to_string(self.folder.join("phones").join(phone).join("log")).unwrap_or_default();
                let lines: Vec<&str> = log.lines().collect();
                eprintln!(
                    "The end of the log of phone {phone}:\n{}",
                    lines[lines.len().saturating_sub(15)..].join("\n")
                );
            }
            let now = SystemClock.now();
            eprintln!("The end of Asterisk's log, at {now}:\n{}", lines[lines.len().saturating_sub(200)..].join("\n"));
        }
        // Its input ends, and so it does its work.
        drop(self.guard.stdin.take());
        let _ = self.guard.wait();
    }
}

/// Tells the tally of `make test` which test has not run, past the runner, which keeps what a test prints to itself.
fn skip() {
    let thread = std::thread::current();
    let line = format!("\nskipped for want of Asterisk: {}\n", thread.name().unwrap_or("a test"));
    std::io::stderr().write_all(line.as_bytes()).unwrap();
}

fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scripts/asterisk").join(name)
}

/// What a program prints, off the thread that tests share with what they test; fails unless it succeeds.
async fn output(mut command: Command) -> String {
    let done = tokio::task::spawn_blocking(move || {
        let output = command.stdin(Stdio::null()).output();
        (command, output)
    });
    let (command, output) = done.await.unwrap();
    let output = output.unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let complaints = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {}\n{said}{complaints}", output.status);
    said
}
