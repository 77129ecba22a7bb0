//! `tollgate import customers`.

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;
use engine::imports::Source;
use engine::imports::customers::{self, Summary};
use engine::{Actor, Engine};

use crate::commands::{say, say_json};

pub(super) async fn run(
    engine: &Engine,
    actor: &Actor,
    file: &Path,
    dry_run: bool,
    as_json: bool,
) -> anyhow::Result<ExitCode> {
    std::fs::metadata(file).with_context(|| format!("cannot read {}", file.display()))?;
    let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let path = file.to_owned();
    let open = move || File::open(&path).map(|file| Box::new(file) as Box<dyn Read + Send>);
    let summary = customers::run(engine, actor, &Source { name: &name, open: &open }, dry_run).await?;
    if as_json {
        say_json(&summary)?;
    } else {
        show(&summary);
    }
    Ok(if summary.rejected == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn show(summary: &Summary) {
    for reject in &summary.rejects {
        say(&format!("line {}: {}", reject.line, reject.reason));
    }
    say(&format!("{:>9} rows", summary.rows));
    say(&format!("{:>9} customers", summary.customers_created));
    say(&format!("{:>9} lines", summary.lines_created));
    say(&format!("{:>9} opening balances", summary.opening_balances));
    say(&format!("{:>9} duplicates, passed over", summary.duplicates));
    say(&format!("{:>9} rejected", summary.rejected));
    say(if summary.written && summary.customers_created + summary.lines_created + summary.opening_balances == 0 {
        "Nothing is new: all of it was there before."
    } else if summary.written {
        "All of it is written."
    } else if summary.rejected > 0 {
        "Nothing is written: mend the rejected rows, and run it again."
    } else {
        "Nothing is written: this was a dry run."
    });
}
