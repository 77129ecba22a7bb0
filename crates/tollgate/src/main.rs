//! `tollgate`: the one program. It reads flags, environment and configuration, opens the database, and runs a command.

mod cli;
mod commands;
mod config;
mod demo;
mod metrics;

use std::process::ExitCode;

use clap::Parser;

use cli::{Cli, Command};

/// How long threads may take to end that nobody waits for.
const AT_THE_END: std::time::Duration = std::time::Duration::from_secs(1);

fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(&cli) {
        Ok(code) => code,
        Err(error) => {
            commands::complain(&commands::with_causes(&error));
            ExitCode::FAILURE
        }
    }
}

fn run(cli: &Cli) -> anyhow::Result<ExitCode> {
    if let Command::Quote(quote) = &cli.command {
        return commands::quote::run(quote);
    }
    if let Command::Phone(phone) = &cli.command {
        return commands::phone::run(phone, &cli.global);
    }
    let mut config = config::Config::load(&cli.global)?;
    if let Command::Backup(_) | Command::Restore(_) = &cli.command {
        config.expect_slow_statements();
    }
    config.start_logging()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let code = runtime.block_on(async {
        match &cli.command {
            Command::Quote(_) | Command::Phone(_) => Ok(ExitCode::SUCCESS),
            Command::Demo(demo) => commands::serve::demo(&config, demo).await,
            Command::Serve(serve) => commands::serve::serve(&config, serve).await,
            Command::Migrate => commands::migrate::run(&config).await,
            Command::Tenant(tenant) => commands::tenant::run(&config, tenant).await,
            Command::User(user) => commands::user::run(&config, user).await,
            Command::Key(key) => commands::key::run(&config, key).await,
            Command::Import(import) => commands::import::run(&config, import).await,
            Command::Rerate(rerate) => commands::rerate::run(&config, rerate).await,
            Command::Bill(bill) => commands::bill::run(&config, bill).await,
            Command::Reminders(reminders) => commands::reminders::run(&config, reminders).await,
            Command::Simulate(simulate) => commands::simulate::run(&config, simulate).await,
            Command::Openapi => commands::openapi(),
            Command::Templates(templates) => commands::templates::run(templates),
            Command::Check(check) => commands::check::run(&config, check).await,
            Command::Backup(backup) => commands::backup::back_up(&config, backup).await,
            Command::Restore(restore) => commands::backup::restore(&config, restore).await,
            Command::Doctor(doctor) => commands::doctor::run(&config, doctor).await,
        }
    });
    // What a command has not waited for is not waited for: a document that is being drawn holds nothing.
    runtime.shutdown_timeout(AT_THE_END);
    code
}
