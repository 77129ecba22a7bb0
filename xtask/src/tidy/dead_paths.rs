//! The documents name only files and folders that exist.

use crate::sources::{Finding, Source};

/// Folders whose paths, in backticks, must exist.
const ROOTS: &[&str] = &["crates/", "xtask/", "bench/", "scripts/", "docs/", "web/", "e2e/", "fuzz/", "packaging/"];

/// Paths in backticks that lead nowhere; `paths` are all files of the project. A path with a placeholder is left alone.
pub(crate) fn check(source: &Source, paths: &[&str]) -> Vec<Finding> {
    if !source.ends_with(&["md"]) {
        return Vec::new();
    }
    let mut findings = Vec::new();
    for (index, line) in source.text.lines().enumerate() {
        for quoted in line.split('`').skip(1).step_by(2).filter(|quoted| is_path(quoted)) {
            let wanted = quoted.trim_end_matches('/');
            let exists =
                |path: &&str| path.strip_prefix(wanted).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
            if !paths.iter().any(exists) {
                findings.push(Finding::new(&source.path, index + 1, format!("{quoted} does not exist")));
            }
        }
    }
    findings
}

fn is_path(quoted: &str) -> bool {
    let placeholder = quoted.contains("NNNN") || quoted.contains(|c: char| " <*{$".contains(c));
    ROOTS.iter().any(|root| quoted.starts_with(root)) && !placeholder
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_by_table() {
        let paths = ["crates/domain/src/lib.rs", "xtask/src/main.rs"];
        for (line, found) in [
            ("See `crates/domain/src/lib.rs` and `crates/domain/`.", 0),
            ("See `crates/domains/`.", 1),
            ("See `crates/dom`.", 1),
            ("See `xtask/src/gone.rs` and `xtask/src/lost.rs`.", 2),
            ("See `crates/<name>/src/lib.rs`, `crates/*`, `docs/NNNN-title.md`.", 0),
            ("Run `make test`, not crates/gone/.", 0),
        ] {
            assert_eq!(check(&Source::new("ARCHITECTURE.md", line), &paths).len(), found, "{line}");
        }
    }
}
