//! A module is named after what it is about, not after being left over.

use crate::sources::{Finding, Source};

const BANNED: &[&str] = &["common", "core", "helper", "helpers", "misc", "util", "utils"];

/// Files, folders and inline modules with a banned name.
pub(crate) fn check(source: &Source) -> Vec<Finding> {
    if !source.ends_with(&["rs", "ts", "tsx"]) {
        return Vec::new();
    }
    let fact = |name: &str| format!("a module named \"{name}\" gathers anything: name it after its subject");
    let components = source.path.split('/').map(|part| part.split('.').next().unwrap_or(part));
    let mut findings: Vec<Finding> =
        components.filter(|name| BANNED.contains(name)).map(|name| Finding::new(&source.path, 0, fact(name))).collect();
    for (index, line) in source.text.lines().enumerate() {
        let Some((before, after)) = line.split_once("mod ") else { continue };
        let name = after.trim_end_matches(['{', ';', ' ', '}']);
        if matches!(before.trim(), "" | "pub" | "pub(crate)" | "pub(super)") && BANNED.contains(&name) {
            findings.push(Finding::new(&source.path, index + 1, fact(name)));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_by_table() {
        for (path, text, found) in [
            ("crates/engine/src/calls.rs", "mod calls;\n", 0),
            ("crates/engine/src/utils.rs", "", 1),
            ("crates/engine/src/helpers/mod.rs", "", 1),
            ("crates/core/src/lib.rs", "", 1),
            ("crates/engine/tests/common/mod.rs", "", 1),
            ("crates/engine/src/lib.rs", "pub(crate) mod common {\n}\n", 1),
            ("crates/engine/src/lib.rs", "mod helpers;\n", 1),
            ("crates/engine/src/lib.rs", "use core::fmt;\n// a mod utils;\n", 0),
            ("docs/common.md", "", 0),
        ] {
            assert_eq!(check(&Source::new(path, text)).len(), found, "{path} {text}");
        }
    }
}
