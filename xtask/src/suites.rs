//! Runs the compiled tests of the workspace as `cargo test` does, but several programs at a time: those that wait, for telephones, for browsers
//! and for servers that are killed, leave the processors to the others.

use std::collections::VecDeque;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use anyhow::Context;
use serde_json::Value;

/// How many run at a time; each has as many threads as there are processors.
const AT_ONCE: usize = 3;
/// Those that wait for the most part, and look at how long something takes: they begin first, and have the processors whenever they want them.
const WAITING: [&str; 2] = ["tests/program/", "tests/asterisk/"];
/// How much the others stand back: their niceness.
const MODEST: &str = "15";

/// A program that has tests.
struct Suite {
    /// The source that it is made of, seen from the workspace.
    source: String,
    executable: PathBuf,
    /// The folder of its crate, in which it runs.
    folder: PathBuf,
}

/// What is done, and what is still to be done.
struct Run {
    waiting: Mutex<VecDeque<Suite>>,
    log: Mutex<File>,
    /// Where programs that run write to.
    parts: PathBuf,
}

/// Runs those that cargo's messages tell of, in a file of `--message-format json`, and writes what they say to another, one after the other.
pub(crate) fn run(messages: &str, log: &str) -> anyhow::Result<ExitCode> {
    let mut suites = compiled(messages)?;
    anyhow::ensure!(!suites.is_empty(), "{messages} names no program with tests");
    suites.sort_by_key(|suite| !suite.waits());
    let run = Run {
        waiting: Mutex::new(suites.into()),
        log: Mutex::new(File::create(log).with_context(|| format!("{log} cannot be written"))?),
        parts: Path::new(log).with_extension("parts"),
    };
    fs::create_dir_all(&run.parts)?;
    let passes = std::thread::scope(|scope| {
        let lanes = [(); AT_ONCE].map(|()| scope.spawn(|| run.lane()));
        lanes.map(|lane| lane.join().unwrap_or_else(|_| Err(anyhow::anyhow!("a lane of tests has broken off"))))
    });
    let all_pass = passes.into_iter().try_fold(true, |all, lane| anyhow::Ok(lane? && all))?;
    fs::remove_dir_all(&run.parts)?;
    Ok(if all_pass { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

impl Run {
    /// Runs one after the other, as long as some are waiting: whether all of them pass.
    fn lane(&self) -> anyhow::Result<bool> {
        let mut all_pass = true;
        while let Some(suite) = self.next() {
            let begun = Instant::now();
            let (passes, said) = suite.run(&self.parts)?;
            let mut log = self.log.lock().unwrap_or_else(PoisonError::into_inner);
            writeln!(log, "     Running {}\n{said}", suite.source)?;
            println!("{} ({}s)\n{}", suite.source, begun.elapsed().as_secs(), worth_showing(&said));
            all_pass &= passes;
        }
        Ok(all_pass)
    }

    fn next(&self) -> Option<Suite> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).pop_front()
    }
}

impl Suite {
    fn waits(&self) -> bool {
        WAITING.iter().any(|part| self.source.contains(part))
    }

    /// Whether all its tests pass, and what it said.
    fn run(&self, parts: &Path) -> anyhow::Result<(bool, String)> {
        let path = parts.join(self.executable.file_name().context("a program has a name")?);
        let said = File::create(&path)?;
        let mut command = Command::new("nice");
        command.args(["-n", if self.waits() { "0" } else { MODEST }]).arg(&self.executable);
        command.current_dir(&self.folder).env("CARGO_MANIFEST_DIR", &self.folder);
        command.stdin(Stdio::null()).stdout(said.try_clone()?).stderr(said);
        let status = command.status().with_context(|| format!("{} cannot be run", self.source))?;
        let mut said = String::from_utf8_lossy(&fs::read(&path)?).into_owned();
        if !status.success() && !said.contains("\ntest result: ") {
            said.push_str(&format!("\nfailures:\n{} has broken off: {status}\n", self.source));
        }
        Ok((status.success(), said))
    }
}

/// The lines of a test program but those that only say that a test passes.
fn worth_showing(said: &str) -> String {
    let (mut shown, mut is_failing) = (String::new(), false);
    for line in said.lines() {
        is_failing = (is_failing || line == "failures:") && !line.starts_with("test result: ");
        let is_routine = line.is_empty() || line.starts_with("running ") || line.ends_with(" ... ok");
        if is_failing || !is_routine {
            shown.push_str(line);
            shown.push('\n');
        }
    }
    shown
}

/// The programs with tests that these messages of cargo tell of.
fn compiled(messages: &str) -> anyhow::Result<Vec<Suite>> {
    let root = std::env::current_dir()?;
    let messages = fs::read_to_string(messages).with_context(|| format!("{messages} cannot be read"))?;
    messages.lines().filter_map(|line| suite(line, &root).transpose()).collect()
}

/// The program with tests that a message of cargo tells of.
fn suite(message: &str, root: &Path) -> anyhow::Result<Option<Suite>> {
    let message: Value = serde_json::from_str(message)?;
    let Some(executable) = message["executable"].as_str() else { return Ok(None) };
    if message["profile"]["test"] != true {
        return Ok(None);
    }
    let text = |value: &Value| value.as_str().map(PathBuf::from).context("a message of cargo has paths");
    let source = text(&message["target"]["src_path"])?;
    let manifest = text(&message["manifest_path"])?;
    Ok(Some(Suite {
        source: source.strip_prefix(root).unwrap_or(&source).display().to_string(),
        executable: executable.into(),
        folder: manifest.parent().context("a manifest lies in a folder")?.to_owned(),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_programs_with_tests_are_run() {
        let message = |executable: &str, test: bool| {
            format!(
                r#"{{"reason":"compiler-artifact","manifest_path":"/w/crates/api/Cargo.toml","executable":{executable},
                    "target":{{"src_path":"/w/crates/api/tests/api/main.rs"}},"profile":{{"test":{test}}}}}"#
            )
        };
        let read = |executable, test| suite(&message(executable, test), Path::new("/w")).unwrap();
        let found = read(r#""/t/api-1""#, true).unwrap();
        assert_eq!(
            (found.source.as_str(), found.folder.as_path()),
            ("crates/api/tests/api/main.rs", Path::new("/w/crates/api"))
        );
        assert!(read("null", true).is_none() && read(r#""/t/tollgate""#, false).is_none());
    }

    #[test]
    fn what_fails_is_shown_and_what_passes_is_not() {
        let said = "\nrunning 2 tests\ntest a ... ok\ntest b ... FAILED\n\nfailures:\n\n---- b ----\nrunning away ... ok\n\ntest result: FAILED.\n";
        assert_eq!(
            worth_showing(said),
            "test b ... FAILED\nfailures:\n\n---- b ----\nrunning away ... ok\n\ntest result: FAILED.\n"
        );
    }

    #[test]
    fn a_program_that_breaks_off_has_failed() {
        let parts = std::env::temp_dir().join(format!("xtask-suites-{}", std::process::id()));
        fs::create_dir_all(&parts).unwrap();
        let suite = Suite { source: "x".to_owned(), executable: "/bin/false".into(), folder: parts.clone() };
        let (passes, said) = suite.run(&parts).unwrap();
        fs::remove_dir_all(&parts).unwrap();
        assert!(!passes && worth_showing(&said).contains("x has broken off"), "{said}");
    }
}
