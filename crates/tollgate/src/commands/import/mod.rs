//! `tollgate import`.

mod customers;

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;
use engine::imports::{self, CustomerBy, Encoding, Format, Mapping, Options, Output, Phase, Progress, Source, Summary};
use engine::{Actor, Engine};
use indicatif::{ProgressBar, ProgressStyle};

use super::{engine_and_actor, say, say_json};
use crate::cli::{CallFileArgs, CustomerByName, EncodingName, ImportCommand};
use crate::config::Config;

pub(crate) async fn run(config: &Config, command: &ImportCommand) -> anyhow::Result<ExitCode> {
    let (format, args) = match command {
        ImportCommand::AsteriskCsv { customer_by, common } => {
            let customer_by = match customer_by {
                CustomerByName::Accountcode => CustomerBy::AccountCode,
                CustomerByName::Src => CustomerBy::Source,
            };
            (Format::AsteriskCsv { customer_by }, common)
        }
        ImportCommand::Csv { map, common } => {
            (Format::Csv { mapping: Mapping::parse(map.iter().map(String::as_str)).context("--map")? }, common)
        }
        ImportCommand::Jsonl { common } => (Format::JsonLines, common),
        ImportCommand::Customers { file, dry_run, json } => {
            let (engine, actor) = engine_and_actor(config).await?;
            return customers::run(&engine, &actor, file, *dry_run, *json).await;
        }
    };
    let options = Options {
        format,
        system: args.system.clone(),
        encoding: match args.encoding {
            EncodingName::Utf8 => Encoding::Utf8,
            EncodingName::Latin1 => Encoding::Latin1,
        },
        time_zone: args.time_zone.clone(),
        create_missing: args.create_missing,
        plan: args.plan.clone(),
    };
    let (engine, actor) = engine_and_actor(config).await?;
    calls(&engine, &actor, &options, args).await
}

async fn calls(engine: &Engine, actor: &Actor, options: &Options, args: &CallFileArgs) -> anyhow::Result<ExitCode> {
    let size = std::fs::metadata(&args.file).with_context(|| format!("cannot read {}", args.file.display()))?.len();
    let path = args.file.clone();
    let open = move || File::open(&path).map(|file| Box::new(file) as Box<dyn Read + Send>);
    let name = args.file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let mut rejects = RejectFile::at(args.rejects.clone().unwrap_or_else(|| beside(&args.file)));
    let bar = progress_bar(size)?;
    let mut progress = |done: Progress| show_progress(&bar, size, done);
    let mut output = Output { rejects: &mut rejects, progress: &mut progress };
    let summary = imports::run(engine, actor, options, &Source { name: &name, open: &open }, &mut output).await;
    bar.finish_and_clear();
    let summary = summary?;
    if args.json {
        say_json(&summary)?;
    } else {
        show(&summary, &rejects.path);
    }
    // A file of which nothing can be used is another file than was meant.
    let useless = summary.rows > 0 && summary.rejected == summary.rows;
    Ok(if useless { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn beside(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".rejects.csv");
    PathBuf::from(name)
}

/// A file that is made when the first row is rejected.
struct RejectFile {
    path: PathBuf,
    file: Option<io::BufWriter<File>>,
}

impl RejectFile {
    fn at(path: PathBuf) -> Self {
        RejectFile { path, file: None }
    }
}

impl Write for RejectFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let file = match &mut self.file {
            Some(file) => file,
            none => none.insert(io::BufWriter::new(File::create(&self.path)?)),
        };
        file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.as_mut().map_or(Ok(()), Write::flush)
    }
}

/// Shown on a terminal only; to standard error, so that `--json` stays clean.
fn progress_bar(size: u64) -> anyhow::Result<ProgressBar> {
    let bar = ProgressBar::new(size);
    bar.set_style(ProgressStyle::with_template("{msg:10} {bar:40} {percent:>3} %  {elapsed} (about {eta} left)")?);
    bar.enable_steady_tick(Duration::from_millis(200));
    Ok(bar)
}

fn show_progress(bar: &ProgressBar, size: u64, done: Progress) {
    bar.set_message(match done.phase {
        Phase::Survey => "looking".to_owned(),
        Phase::Record => format!("{} rows", done.rows),
    });
    bar.set_position(done.bytes.min(size));
}

fn show(summary: &Summary, rejects: &Path) {
    say(&format!("{:>9} rows", summary.rows));
    say(&format!("{:>9} rated", summary.rated));
    say(&format!("{:>9} duplicates, passed over", summary.duplicates));
    say(&format!("{:>9} unrated, waiting for a price", summary.unrated));
    for (reason, rows) in &summary.unrated_reasons {
        say(&format!("{:>15} {reason}", rows));
    }
    say(&format!("{:>9} rejected", summary.rejected));
    if summary.rejected > 0 {
        say(&format!("          see {}", rejects.display()));
    }
    say(&format!("{:>9} answered calls, {} seconds", summary.answered, summary.seconds));
    for (currency, amount) in &summary.amounts {
        say(&format!("{amount:>9} {currency} charged"));
    }
    if summary.created_customers > 0 {
        say(&format!("{:>9} customers made", summary.created_customers));
    }
    for refused in &summary.refused_customers {
        say(&format!("          no customer for \"{}\": {}", refused.external_reference, refused.reason));
    }
    if summary.ambiguous.rows > 0 {
        let lines: Vec<String> = summary.ambiguous.lines.iter().map(ToString::to_string).collect();
        say(&format!(
            "{:>9} rows lie in an hour that the clocks showed twice; the first was taken (lines {}{})",
            summary.ambiguous.rows,
            lines.join(", "),
            if summary.ambiguous.rows > lines.len() as u64 { ", ..." } else { "" },
        ));
    }
}
