//! The pages of docs/reference that are made from the program itself: they are as old as it is, or this test fails.

use std::fmt::Write;
use std::path::Path;

use clap::{Command, CommandFactory};

use super::Cli;

const COMMANDS: &str = "# Commands

What `--help` says of each command. Made from the program: `make reference` writes it anew.
";
const CONFIGURATION: &str = "# Configuration file

Every setting of `tollgate.toml` with its default; where settings come from is told in
[Configuration and databases](../guide/configuration.md). Made from `tollgate.example.toml`: `make reference` writes it anew.

```toml
";
/// What stands before the options that every command has.
const OF_EVERY_COMMAND: &str = "Options of every command:";

/// The help of a command and, after it, of those that it has.
fn tell(command: &mut Command, name: &str, told: &mut String) {
    let is_first = !name.contains(' ');
    let help = command.render_long_help().to_string();
    let help = if is_first { help } else { without_common(&help) };
    let lines: Vec<&str> = help.trim_end().lines().map(str::trim_end).collect();
    let _ = write!(told, "\n## {name}\n\n```text\n{}\n```\n", lines.join("\n"));
    for inner in command.get_subcommands_mut().filter(|inner| inner.get_name() != "help") {
        let name = format!("{name} {}", inner.get_name());
        tell(inner, &name, told);
    }
}

/// The help without the options that every command has: they are told once.
fn without_common(help: &str) -> String {
    let Some((before, after)) = help.split_once(OF_EVERY_COMMAND) else { return help.to_owned() };
    let rest: Vec<&str> = after.lines().skip(1).skip_while(|line| line.is_empty() || line.starts_with(' ')).collect();
    format!("{before}{}", rest.join("\n"))
}

/// Compares a page with what it should be, or writes it.
fn page(name: &str, wanted: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference").join(name);
    if std::env::var_os("TOLLGATE_WRITE_REFERENCE").is_some() {
        std::fs::write(&path, wanted).unwrap();
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(found == wanted, "docs/reference/{name} is not of this program: make reference writes it anew");
}

#[test]
fn the_commands_are_documented_as_they_are() {
    let mut command = Cli::command().term_width(120);
    command.build();
    let mut told = COMMANDS.to_owned();
    tell(&mut command, "tollgate", &mut told);
    page("commands.md", &told);
}

#[test]
fn the_settings_are_documented_as_they_are() {
    let example = include_str!("../../../../tollgate.example.toml");
    page("configuration.md", &format!("{CONFIGURATION}{}\n```\n", example.trim_end()));
}
