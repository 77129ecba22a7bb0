//! Only storage sees SQL, a pool or a row.

use super::workspace::Workspace;
use crate::sources::{Finding, Source};

const DRIVERS: &[&str] = &["sqlx", "sqlx-core", "rusqlite", "tokio-postgres", "postgres"];

/// The benchmarks measure against plain SQL; the checks name what they look for.
fn may_speak_sql(path: &str) -> bool {
    path.starts_with("crates/storage") || path.starts_with("bench") || path.starts_with("xtask")
}

/// Crates other than storage whose program depends on a driver. Tests may have one, to make the databases that they run on.
pub(crate) fn check_dependencies(workspace: &Workspace) -> Vec<Finding> {
    let outside = workspace.members.iter().filter(|member| !may_speak_sql(&member.folder));
    let mut findings = Vec::new();
    for member in outside {
        for driver in member.dependencies.iter().filter(|name| DRIVERS.contains(&name.as_str())) {
            let fact = format!("{} depends on {driver}: only storage talks to the database", member.name);
            findings.push(Finding::new(&format!("{}/Cargo.toml", member.folder), 0, fact));
        }
    }
    findings
}

/// Statements and driver calls in files outside storage; tests may hold statements.
pub(crate) fn check_source(source: &Source) -> Vec<Finding> {
    if !source.ends_with(&["rs"]) || may_speak_sql(&source.path) {
        return Vec::new();
    }
    let lines = source.lines_outside_tests();
    let statements = (0..lines.len()).filter(|index| starts_statement(&lines[*index..])).map(|index| lines[index].0);
    let mut findings: Vec<Finding> = statements
        .map(|line| {
            Finding::new(&source.path, line, "an SQL statement outside storage: give storage a function for it")
        })
        .collect();
    for (index, line) in source.text.lines().enumerate() {
        if line.contains("sqlx::") && !line.trim_start().starts_with("//") {
            findings.push(Finding::new(
                &source.path,
                index + 1,
                "sqlx outside storage: give storage a function for it",
            ));
        }
    }
    findings
}

/// How a statement begins, and what else stands in it.
const STATEMENTS: &[(&str, &[&str])] = &[
    ("select ", &[" from "]),
    ("insert into ", &["("]),
    ("delete from ", &[]),
    ("update ", &[" set ", "="]),
    ("create table ", &["("]),
];

/// Whether an SQL statement begins in the first line, at the start of a text or of a line of a longer text. What else belongs to
/// it stands in the same line or the next five.
fn starts_statement(lines: &[(usize, &str)]) -> bool {
    let line = lines[0].1.to_lowercase();
    let opened = line.rsplit_once('"').map_or("", |(_, text)| text);
    let quoted = line.split('"').skip(1).step_by(2);
    let starts: Vec<&str> = quoted.chain([opened, line.as_str()]).map(str::trim_start).collect();
    let following: String = lines.iter().take(6).map(|(_, line)| format!("{} ", line.to_lowercase())).collect();
    STATEMENTS.iter().any(|(first, others)| {
        starts.iter().any(|start| start.starts_with(first)) && others.iter().all(|other| following.contains(other))
    })
}

#[cfg(test)]
mod tests {
    use super::super::workspace::tests::workspace;
    use super::*;

    #[test]
    fn drivers_by_table() {
        for (folder, dependencies, test_dependencies, found) in [
            ("crates/storage", "sqlx", "", 0),
            ("bench", "sqlx", "", 0),
            ("crates/engine", "sqlx", "", 1),
            ("crates/tollgate", "rusqlite", "", 1),
            ("crates/tollgate", "", "sqlx", 0),
            ("crates/tollgate", "clap", "", 0),
        ] {
            let land = workspace(&[(folder, dependencies, test_dependencies)], &[]);
            assert_eq!(check_dependencies(&land).len(), found, "{folder} {dependencies} {test_dependencies}");
        }
    }

    #[test]
    fn statements_by_table() {
        for (text, found) in [
            ("let s = \"SELECT id FROM line WHERE id = $1\";", 1),
            ("let s = \"select id\n    from line\";", 1),
            ("let s = r\"\n    SELECT id\n      FROM line\n\";", 1),
            ("run(\"INSERT INTO line (id) VALUES ($1)\")", 1),
            ("run(\"DELETE FROM line\")", 1),
            ("run(\"UPDATE line SET state = 1\")", 1),
            ("use sqlx::Row;", 1),
            ("/// Select a line from the list.", 0),
            ("let s = \"select a plan\";", 0),
            ("update the set of reasons", 0),
            ("// sqlx::Row is for storage", 0),
            ("#[cfg(test)]\nmod tests {\n    run(\"DELETE FROM line\")\n}\n", 0),
        ] {
            let text = format!("{text}\n");
            let found_there = check_source(&Source::new("crates/engine/src/lines.rs", &text)).len();
            assert_eq!(found_there, found, "{text}");
            assert_eq!(check_source(&Source::new("crates/storage/src/lines.rs", &text)), []);
        }
    }
}
