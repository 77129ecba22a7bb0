//! `tollgate migrate`.

use std::process::ExitCode;

use super::{open, say};
use crate::config::Config;

pub(crate) async fn run(config: &Config) -> anyhow::Result<ExitCode> {
    open(&config.database_url).await?.close().await;
    say("The database is at this version of Tollgate.");
    Ok(ExitCode::SUCCESS)
}
