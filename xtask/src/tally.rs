//! Adds up the log of `cargo test`: one closing line for the whole workspace, and no skip that nobody allowed.

use std::fmt;
use std::process::ExitCode;

use anyhow::Context;

/// What a log says.
#[derive(Debug, Default, PartialEq, Eq)]
struct Tally {
    passed: u64,
    failed: u64,
    skipped: u64,
    failed_names: Vec<String>,
    skipped_names: Vec<String>,
    wanting: Vec<Wanting>,
}

/// A test that could only say that this machine lacks what it needs. Its runner knows no skipping at run time and counts it as passed.
#[derive(Debug, PartialEq, Eq)]
struct Wanting {
    /// Such as "for want of Asterisk", which the list of allowed skips may name in the place of each test.
    why: String,
    name: String,
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed, {} skipped", self.passed, self.failed, self.skipped)
    }
}

impl Tally {
    fn of(log: &str) -> Tally {
        let mut tally = Tally::default();
        for line in log.lines() {
            if let Some(counts) = line.strip_prefix("test result: ") {
                tally.passed += count(counts, "passed");
                tally.failed += count(counts, "failed");
                tally.skipped += count(counts, "ignored");
            } else if let Some((why, name)) = line.strip_prefix("skipped ").and_then(|rest| rest.split_once(": "))
                && why.starts_with("for want of ")
            {
                tally.wanting.push(Wanting { why: why.to_owned(), name: name.to_owned() });
            } else if let Some((name, outcome)) = line.strip_prefix("test ").and_then(|rest| rest.rsplit_once(" ... "))
            {
                match outcome {
                    "FAILED" => tally.failed_names.push(name.to_owned()),
                    _ if outcome.starts_with("ignored") => tally.skipped_names.push(without_line(name)),
                    _ => {}
                }
            }
        }
        let wanting = tally.wanting.len() as u64;
        tally.passed = tally.passed.saturating_sub(wanting);
        tally.skipped += wanting;
        tally
    }

    /// Why the run is no success, whatever the runner's exit code says.
    fn objections(&self, allowed: Option<&str>) -> Vec<String> {
        let mut objections: Vec<String> = self.failed_names.iter().map(|name| format!("failed: {name}")).collect();
        if self.passed + self.failed == 0 {
            objections.push("no test has run".to_owned());
        }
        let Some(allowed) = allowed else { return objections };
        let allowed: Vec<&str> = allowed.lines().map(|line| line.split('#').next().unwrap_or("").trim()).collect();
        for name in self.skipped_names.iter().filter(|name| !allowed.contains(&name.as_str())) {
            objections.push(format!("skipped, and not in the list of allowed skips: {name}"));
        }
        for test in &self.wanting {
            if !allowed.contains(&test.why.as_str()) && !allowed.contains(&test.name.as_str()) {
                objections.push(format!("skipped {}, and not in the list of allowed skips: {}", test.why, test.name));
            }
        }
        let named = self.skipped_names.len() + self.wanting.len();
        if self.skipped != named as u64 {
            objections.push(format!("{} tests skipped, but {named} named", self.skipped));
        }
        objections
    }
}

/// The number before the word in `ok. 3 passed; 0 failed; 1 ignored; ...`.
fn count(counts: &str, word: &str) -> u64 {
    let mut words = counts.split([' ', ';']).filter(|part| !part.is_empty());
    let mut last = "";
    words
        .find_map(|part| {
            let number = (part == word).then(|| last.parse().ok()).flatten();
            last = part;
            number
        })
        .unwrap_or(0)
}

/// A documentation test's name without `(line N)`, which moves with every edit.
fn without_line(name: &str) -> String {
    name.split(" (line ").next().unwrap_or(name).to_owned()
}

/// Prints what went wrong and, as the last line, the counts.
pub(crate) fn run(log: &str, allowed_skips: Option<&str>) -> anyhow::Result<ExitCode> {
    let read = |path: &str| std::fs::read_to_string(path).with_context(|| format!("{path} cannot be read"));
    // A test may print bytes that are no UTF-8.
    let bytes = std::fs::read(log).with_context(|| format!("{log} cannot be read"))?;
    let tally = Tally::of(&String::from_utf8_lossy(&bytes));
    let allowed = allowed_skips.map(read).transpose()?;
    let objections = tally.objections(allowed.as_deref());
    for objection in &objections {
        println!("{objection}");
    }
    println!("{tally}");
    Ok(if objections.is_empty() && tally.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOG: &str = "\
     Running unittests src/lib.rs (target/debug/deps/domain-1)
running 4 tests
test money::adds ... ok
test money::splits ... FAILED
test time::slow ... ignored, takes an hour
test a name ... with dots ... ignored
test result: FAILED. 1 passed; 1 failed; 2 ignored; 0 measured; 0 filtered out; finished in 0.00s
   Doc-tests domain
test crates/domain/src/lib.rs - money (line 12) ... ignored
test crates/domain/src/lib.rs - time (line 40) ... ok
test result: ok. 1 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.10s
";

    #[test]
    fn all_binaries_and_doc_tests_are_added() {
        let tally = Tally::of(LOG);
        assert_eq!(tally.to_string(), "2 passed, 1 failed, 3 skipped");
        assert_eq!(tally.failed_names, ["money::splits"]);
        assert_eq!(tally.skipped_names, ["time::slow", "a name ... with dots", "crates/domain/src/lib.rs - money"]);
    }

    #[test]
    fn what_a_machine_lacks_is_counted_as_skipped() {
        let log = "skipped for want of Asterisk: smoke::answers\ntest smoke::answers ... ok\ntest a::b ... ok\n\
                   test result: ok. 2 passed; 0 failed; 0 ignored; 0 measured\n";
        assert_eq!(Tally::of(log).to_string(), "1 passed, 0 failed, 1 skipped");
        for (allowed, objections) in [
            (None, 0),
            (Some(""), 1),
            (Some("smoke::answers\n"), 0),
            (Some("for want of Asterisk  # not everywhere\n"), 0),
            (Some("for want of a browser\n"), 1),
        ] {
            assert_eq!(Tally::of(log).objections(allowed).len(), objections, "{allowed:?}");
        }
    }

    #[test]
    fn objections_by_table() {
        let ran = "test result: ok. 1 passed; 0 failed; 0 ignored; 0 measured\n";
        let skip = "test a::slow ... ignored\ntest result: ok. 1 passed; 0 failed; 1 ignored; 0 measured\n";
        let unnamed = "test result: ok. 1 passed; 0 failed; 1 ignored; 0 measured\n";
        for (log, allowed, objections) in [
            (ran, Some(""), 0),
            ("", None, 1),
            ("error: could not compile `domain`\n", Some(""), 1),
            ("test result: ok. 0 passed; 0 failed; 0 ignored; 0 measured\n", Some(""), 1),
            (skip, None, 0),
            (skip, Some(""), 1),
            (skip, Some("a::slower\n"), 1),
            (skip, Some("# an hour each\na::slow  # until the clock moves\n"), 0),
            (unnamed, Some(""), 1),
            ("test a::b ... FAILED\ntest result: FAILED. 0 passed; 1 failed; 0 ignored\n", None, 1),
        ] {
            let found = Tally::of(log).objections(allowed);
            assert_eq!(found.len(), objections, "{log} {allowed:?}: {found:?}");
        }
    }
}
