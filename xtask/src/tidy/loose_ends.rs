//! Nothing is left for later in the code: what is open stands in an issue.

use crate::sources::{Finding, Source};

const MACROS: &[&str] = &["todo!", "unimplemented!", "dbg!"];
const MARKS: &[&str] = &["TODO", "FIXME", "XXX"];

/// Macros that stand for missing code, marks in comments, and tests switched off without a word why.
pub(crate) fn check(source: &Source) -> Vec<Finding> {
    if !source.ends_with(&["rs", "ts", "tsx"]) {
        return Vec::new();
    }
    let mut findings = Vec::new();
    for (index, line) in source.text.lines().enumerate() {
        let mut found = |fact: String| findings.push(Finding::new(&source.path, index + 1, fact));
        let code = line.split("//").next().unwrap_or(line);
        let comment = &line[code.len()..];
        for name in MACROS {
            if ["(", "[", "{"].iter().any(|open| code.contains(&format!("{name}{open}"))) {
                found(format!("{name} is a loose end: write the code, or leave it out"));
            }
        }
        for mark in MARKS {
            if comment.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == *mark) {
                found(format!("{mark} is a loose end: mend it, or open an issue"));
            }
        }
        if code.trim() == "#[ignore]" {
            found(
                "a test is switched off without a reason: #[ignore = \"why\"], and name it in .ci/allowed-skips".into(),
            );
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loose_ends_by_table() {
        for (line, found) in [
            ("    todo!()", 1),
            ("    unimplemented!(\"later\")", 1),
            ("    dbg!(x);", 1),
            ("    // FIXME: wrong in leap years", 1),
            ("let x = 1; // XXX", 1),
            ("/// TODO", 1),
            ("#[ignore]", 1),
            ("    #[ignore = \"needs an hour\"]", 0),
            ("// todo! is banned", 0),
            ("(\"XXX\", 0), // no currency", 0),
            ("let todo = 1; // XXXL", 0),
        ] {
            assert_eq!(check(&Source::new("crates/a/src/lib.rs", line)).len(), found, "{line}");
        }
    }
}
