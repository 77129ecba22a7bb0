//! What was measured, as it is printed and kept.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;
use serde_json::json;

pub(crate) type Result<T> = anyhow::Result<T>;

/// What a time is judged by.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Goal {
    /// At most so many times the reference's time.
    Times {
        /// The time of the reference.
        reference: Duration,
        /// The most.
        most: f64,
    },
    /// At most so long.
    Within(Duration),
    /// At least so many a second.
    EachSecond(u32),
}

/// The figures of a run, and whether they are what they should be.
pub(crate) struct Report {
    folder: PathBuf,
    missed: Vec<String>,
    faults: Vec<String>,
}

impl Report {
    /// A report whose figures are appended to `bench/results.json` in the folder that the program was built into.
    pub(crate) fn begin() -> Result<Report> {
        let program = std::env::current_exe()?;
        let target = program.ancestors().nth(2).context("the program is in no target folder")?;
        let folder = target.join("bench");
        fs::create_dir_all(&folder)?;
        Ok(Report { folder, missed: Vec::new(), faults: Vec::new() })
    }

    /// The folder for results and for databases: it is on the disk that the program was built on.
    pub(crate) fn folder(&self) -> &std::path::Path {
        &self.folder
    }

    /// Prints a figure as one line, and keeps it. `count` things were done in the time `ours`.
    pub(crate) fn figure(&mut self, name: &str, (count, ours): (usize, Duration), goal: Goal) -> Result<()> {
        let (line, met) = match goal {
            Goal::Times { reference, most } => {
                let ratio = ours.div_duration_f64(reference);
                let met = ratio <= most;
                let (ours, reference) = (speed(count, ours), speed(count, reference));
                (format!("{name}: ours {ours}, reference {reference}, ratio {ratio:.2}, goal <= {most}"), met)
            }
            Goal::Within(most) => (format!("{name}: ours {ours:.1?}, goal <= {most:.0?}"), ours <= most),
            Goal::EachSecond(least) => {
                (format!("{name}: ours {}, goal >= {least}/s", speed(count, ours)), ours <= at_speed(count, least))
            }
        };
        println!("{line}: {}", if met { "ok" } else { "missed" });
        if !met {
            self.missed.push(name.to_owned());
        }
        let (reference, most) = match goal {
            Goal::Times { reference, most } => (Some(reference.as_secs_f64()), most),
            Goal::Within(most) => (None, most.as_secs_f64()),
            Goal::EachSecond(least) => (None, at_speed(count, least).as_secs_f64()),
        };
        let kept = json!({
            "at": jiff::Timestamp::now().to_string(),
            "name": name,
            "count": count,
            "ours_seconds": ours.as_secs_f64(),
            "reference_seconds": reference,
            "goal_at_most": most,
            "ok": met,
        });
        let file = self.folder.join("results.json");
        let mut file = OpenOptions::new().create(true).append(true).open(file)?;
        writeln!(file, "{kept}")?;
        Ok(())
    }

    /// Notes that a result was wrong, however fast it came.
    pub(crate) fn fault(&mut self, name: &str, what: &str) {
        println!("{name}: WRONG: {what}");
        self.faults.push(name.to_owned());
    }

    /// Says how it went altogether.
    pub(crate) fn close(self) -> ExitCode {
        for (what, names) in [("wrong results", &self.faults), ("goals missed", &self.missed)] {
            if !names.is_empty() {
                println!("{what}: {}", names.join(", "));
            }
        }
        if self.faults.is_empty() && self.missed.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}

/// How long so many things take at so many a second.
fn at_speed(count: usize, a_second: u32) -> Duration {
    Duration::from_secs(1) * u32::try_from(count).unwrap_or(u32::MAX) / a_second.max(1)
}

/// The speed at which so many things were done, and how long all of them took.
fn speed(count: usize, time: Duration) -> String {
    let each = time / u32::try_from(count).unwrap_or(u32::MAX).max(1);
    let a_second = Duration::from_secs(1).div_duration_f64(each.max(Duration::from_nanos(1)));
    format!("{a_second:.0}/s ({time:.2?})")
}
