//! The project's text files, as git knows them, and which of their lines are tests.

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail};

/// Files that are read by the checks: what people write. What programs make, and data (fixtures, worked cases), are not.
const ENDINGS: &[&str] = &[
    "rs", "ts", "tsx", "js", "mjs", "css", "html", "md", "toml", "json", "yml", "yaml", "sh", "sql", "service", "timer",
];
const WITHOUT_ENDING: &[&str] = &["Makefile", "run", ".env"];
const DATA_FOLDERS: &[&str] = &["data", "fixtures", "seeds"];
const MADE: &[&str] = &["package-lock.json", "schema.d.ts"];

/// One text file of the project.
pub(crate) struct Source {
    /// From the project's root, with `/`.
    pub(crate) path: String,
    pub(crate) text: String,
    /// The whole file is compiled for tests only.
    pub(crate) test: bool,
}

/// Something that a check refuses.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    pub(crate) path: String,
    /// From 1; 0 where the whole file is meant.
    pub(crate) line: usize,
    pub(crate) fact: String,
}

impl Finding {
    pub(crate) fn new(path: &str, line: usize, fact: impl Into<String>) -> Self {
        Finding { path: path.to_owned(), line, fact: fact.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}", self.path, self.fact),
            line => write!(f, "{}:{line}: {}", self.path, self.fact),
        }
    }
}

impl Source {
    /// A file of this path and text, judged by its path alone: `tests/` folders and `*tests.rs` are tests.
    pub(crate) fn new(path: &str, text: &str) -> Self {
        let name = path.rsplit('/').next().unwrap_or(path);
        let test = path.split('/').any(|folder| matches!(folder, "tests" | "e2e" | "fuzz"))
            || ["tests.rs", "_test.rs", ".test.ts", ".test.tsx", ".spec.ts"].iter().any(|end| name.ends_with(end));
        Source { path: path.to_owned(), text: text.to_owned(), test }
    }

    pub(crate) fn ends_with(&self, endings: &[&str]) -> bool {
        self.path.rsplit_once('.').is_some_and(|(_, end)| endings.contains(&end))
    }

    /// The numbered lines (from 1) that are not compiled for tests only: without `#[cfg(test)]` items, as rustfmt lays them out.
    pub(crate) fn lines_outside_tests(&self) -> Vec<(usize, &str)> {
        let mut lines = self.text.lines().enumerate().map(|(index, line)| (index + 1, line));
        let mut kept = Vec::new();
        while let Some((number, line)) = lines.next() {
            if self.test {
                break;
            }
            if line.trim_start() != "#[cfg(test)]" {
                kept.push((number, line));
                continue;
            }
            let indent = &line[..line.len() - line.trim_start().len()];
            for (_, line) in lines.by_ref() {
                let ends_at_once = line.ends_with(';') && !line.contains('{');
                if ends_at_once || line == format!("{indent}}}") {
                    break;
                }
            }
        }
        kept
    }

    /// The files (without ending) of the modules that stand under `#[cfg(test)] mod name;` here.
    fn test_modules(&self) -> Vec<String> {
        let (folder, name) = self.path.rsplit_once('/').unwrap_or(("", &self.path));
        let stem = name.trim_end_matches(".rs");
        let folder =
            if matches!(stem, "mod" | "lib" | "main") { folder.to_owned() } else { format!("{folder}/{stem}") };
        let lines: Vec<&str> = self.text.lines().map(str::trim).collect();
        lines
            .windows(2)
            .filter(|pair| pair[0] == "#[cfg(test)]")
            .filter_map(|pair| pair[1].strip_suffix(';')?.rsplit_once("mod ").map(|(_, module)| module))
            .map(|module| format!("{folder}/{module}"))
            .collect()
    }
}

/// The project's root folder.
pub(crate) fn root() -> anyhow::Result<PathBuf> {
    Ok(PathBuf::from(git(Path::new("."), &["rev-parse", "--show-toplevel"])?.trim_end()))
}

/// Every text file of the project: those that git knows and those that it would add.
pub(crate) fn read() -> anyhow::Result<Vec<Source>> {
    let root = root()?;
    let listed = git(&root, &["ls-files", "-z", "--cached", "--others", "--exclude-standard"])?;
    let mut sources = Vec::new();
    for path in listed.split('\0').filter(|path| is_read(path)) {
        // A file that git knows may have been removed.
        if let Ok(text) = std::fs::read_to_string(root.join(path)) {
            sources.push(Source::new(path, &text));
        }
    }
    mark_test_modules(&mut sources);
    Ok(sources)
}

fn mark_test_modules(sources: &mut [Source]) {
    let modules: Vec<String> = sources.iter().flat_map(Source::test_modules).collect();
    for source in sources {
        source.test |= modules.iter().any(|module| {
            source.path.strip_prefix(module.as_str()).is_some_and(|rest| rest == ".rs" || rest.starts_with('/'))
        });
    }
}

fn is_read(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    (ENDINGS.contains(&ending) || WITHOUT_ENDING.contains(&name))
        && !MADE.contains(&name)
        && !path.split('/').any(|folder| DATA_FOLDERS.contains(&folder))
}

fn git(folder: &Path, arguments: &[&str]) -> anyhow::Result<String> {
    let output = Command::new("git").arg("-C").arg(folder).args(arguments).output().context("git does not start")?;
    if !output.status.success() {
        bail!("git {}: {}", arguments.join(" "), String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(String::from_utf8(output.stdout)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_under_cfg_test_is_left_out() {
        let text = "a\n#[cfg(test)]\nuse x;\nb\n#[cfg(test)]\nmod tests {\n    fn t() {\n    }\n}\nc\n";
        let source = Source::new("crates/domain/src/lib.rs", text);
        let kept: Vec<_> = source.lines_outside_tests();
        assert_eq!(kept, [(1, "a"), (4, "b"), (10, "c")]);
    }

    #[test]
    fn test_files_are_known_by_path_and_by_their_parent() {
        let mut sources = [
            Source::new("crates/a/src/lib.rs", "#[cfg(test)]\nmod oracle;\nmod rating;\n"),
            Source::new("crates/a/src/oracle.rs", ""),
            Source::new("crates/a/src/oracle/fees.rs", ""),
            Source::new("crates/a/src/rating.rs", "#[cfg(test)]\npub(crate) mod cases;\n"),
            Source::new("crates/a/src/rating/cases.rs", ""),
            Source::new("crates/a/tests/it/main.rs", ""),
            Source::new("crates/a/src/ledger_tests.rs", ""),
        ];
        mark_test_modules(&mut sources);
        let tests: Vec<bool> = sources.iter().map(|source| source.test).collect();
        assert_eq!(tests, [false, true, true, false, true, true, true]);
    }

    #[test]
    fn files_that_people_write_are_read() {
        for (path, read) in [
            ("crates/domain/src/lib.rs", true),
            ("Makefile", true),
            (".ci/run", true),
            ("README.md", true),
            ("Cargo.lock", false),
            ("web/package-lock.json", false),
            ("web/src/api/schema.d.ts", false),
            ("crates/domain/tests/data/rating-vectors.json", false),
            ("docs/picture.png", false),
        ] {
            assert_eq!(is_read(path), read, "{path}");
        }
    }
}
