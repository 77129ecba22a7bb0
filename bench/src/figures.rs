//! What was measured, as it is printed and kept.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;
use serde_json::{Value, json};

use crate::timing::Pace;

pub(crate) const MB: u64 = 1_000_000;

pub(crate) type Result<T> = anyhow::Result<T>;

/// What a pace is judged by.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Goal {
    /// At most so many times the reference's time.
    Times {
        /// The time of the reference.
        reference: Duration,
        /// The most.
        most: f64,
    },
    /// At least so many times the reference's pace.
    AtLeast {
        /// The pace of the reference.
        reference: Pace,
        /// The least.
        least: f64,
    },
    /// At most so much longer than the reference.
    Longer {
        /// The time of the reference.
        reference: Duration,
        /// The most.
        most: Duration,
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

    /// Prints a pace as one line, and keeps it.
    pub(crate) fn figure(&mut self, name: &str, ours: Pace, goal: Goal) -> Result<()> {
        let (told, met, kept) = match goal {
            Goal::Times { reference, most } => {
                let ratio = ours.time.div_duration_f64(reference);
                let told = format!("{ours}, reference {}, ratio {ratio:.2}, goal <= {most}", ours.lasting(reference));
                let kept = json!({"reference_seconds": reference.as_secs_f64(), "goal_at_most": most});
                (told, ratio <= most, kept)
            }
            Goal::AtLeast { reference, least } => {
                let ratio = reference.each().div_duration_f64(ours.each());
                let told = format!("{ours}, reference {reference}, ratio {ratio:.2}, goal >= {least}");
                let kept = json!({
                    "reference_count": reference.count,
                    "reference_seconds": reference.time.as_secs_f64(),
                    "goal_at_least": least,
                });
                (told, ratio >= least, kept)
            }
            Goal::Longer { reference, most } => {
                let (ours, longer) = (ours.time, ours.time.saturating_sub(reference));
                let ratio = ours.div_duration_f64(reference);
                let told = format!(
                    "{ours:.1?}, reference {reference:.1?}, ratio {ratio:.2}, {longer:.1?} longer, goal <= {most:.0?}"
                );
                let kept = json!({
                    "reference_seconds": reference.as_secs_f64(),
                    "goal_longer_at_most": most.as_secs_f64(),
                });
                (told, longer <= most, kept)
            }
            Goal::Within(most) => {
                let kept = json!({"goal_at_most": most.as_secs_f64()});
                (format!("{:.1?}, goal <= {most:.0?}", ours.time), ours.time <= most, kept)
            }
            Goal::EachSecond(least) => {
                let most = Pace::new(1, Duration::from_secs(1) / least.max(1)).each();
                (format!("{ours}, goal >= {least}/s"), ours.each() <= most, json!({"goal_each_second": least}))
            }
        };
        let measured = json!({"count": ours.count, "ours_seconds": ours.time.as_secs_f64()});
        self.keep(name, (&told, met), [measured, kept])
    }

    /// Prints how much memory something takes, and keeps it.
    pub(crate) fn memory(&mut self, name: &str, bytes: u64, most: u64) -> Result<()> {
        let told = format!("{} MB, goal <= {} MB", bytes / MB, most / MB);
        let kept = json!({"ours_bytes": bytes, "goal_at_most_bytes": most});
        self.keep(name, (&told, bytes <= most), [kept])
    }

    fn keep<const N: usize>(&mut self, name: &str, (told, met): (&str, bool), kept: [Value; N]) -> Result<()> {
        println!("{name}: ours {told}: {}", if met { "ok" } else { "missed" });
        if !met {
            self.missed.push(name.to_owned());
        }
        let mut line = json!({"at": jiff::Timestamp::now().to_string(), "name": name, "ok": met});
        for part in kept {
            if let (Value::Object(line), Value::Object(part)) = (&mut line, part) {
                line.extend(part);
            }
        }
        let file = self.folder.join("results.json");
        let mut file = OpenOptions::new().create(true).append(true).open(file)?;
        writeln!(file, "{line}")?;
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
