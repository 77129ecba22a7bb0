//! No file names a folder of the machine on which it was written.

use crate::sources::{Finding, Source};

/// Where work lies on somebody's machine. After `/home/` and `/Users/` a name must follow.
const FOLDERS: &[&str] = &["/work/", "/root/", "/home/", "/Users/", "C:\\Users\\"];

/// Paths below the home or work folder of a machine.
pub(crate) fn check(source: &Source) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (index, line) in source.text.lines().enumerate() {
        for folder in FOLDERS {
            if line.match_indices(folder).any(|(at, _)| is_path(&line[..at], &line[at + folder.len()..])) {
                let fact =
                    format!("\"{folder}\" is a path of one machine: paths are relative to the project, or arguments");
                findings.push(Finding::new(&source.path, index + 1, fact));
            }
        }
    }
    findings
}

/// The folder starts a path, and goes on with a name.
fn is_path(before: &str, after: &str) -> bool {
    let inside_another = before.ends_with(|c: char| c.is_alphanumeric() || "._-)}>*~".contains(c));
    !inside_another && after.starts_with(|c: char| c.is_alphanumeric() || c == '.' || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_by_table() {
        for (line, found) in [
            ("include_str!(\"/home/anna/data.json\")", 1),
            ("See /Users/anna/notes.txt.", 1),
            ("cd /home/anna/tollgate", 1),
            ("open(\"C:\\Users\\anna\")", 1),
            ("/home/anna and /Users/bo/x", 2),
            ("let route = \"/api/v1/home/items\";", 0),
            ("${TMPDIR}/home/x", 0),
            ("/home/<you>/tollgate", 0),
            ("~/tollgate", 0),
        ] {
            assert_eq!(check(&Source::new("docs/a.md", line)).len(), found, "{line}");
        }
    }
}
