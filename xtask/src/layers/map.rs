//! ARCHITECTURE.md names every crate, and none that is gone.

use super::workspace::Workspace;
use crate::sources::Finding;

pub(crate) const FILE: &str = "ARCHITECTURE.md";

/// Crates that the page leaves out, and crates that it names though they do not exist.
pub(crate) fn check(workspace: &Workspace, page: &str) -> Vec<Finding> {
    let folders: Vec<&str> = workspace.members.iter().map(|member| member.folder.as_str()).collect();
    let missing = folders
        .iter()
        .filter(|folder| !page.contains(&format!("`{folder}`")))
        .map(|folder| Finding::new(FILE, 0, format!("leaves out `{folder}`")));
    let mut findings: Vec<Finding> = missing.collect();
    for (index, line) in page.lines().enumerate() {
        for (at, _) in line.match_indices("crates/") {
            let rest = &line[at + "crates/".len()..];
            let name: String = rest.chars().take_while(|c| c.is_alphanumeric() || "-_".contains(*c)).collect();
            if !name.is_empty() && !folders.contains(&format!("crates/{name}").as_str()) {
                findings.push(Finding::new(FILE, index + 1, format!("names crates/{name}, which does not exist")));
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::super::workspace::tests::workspace;
    use super::*;

    #[test]
    fn pages_by_table() {
        let land = workspace(&[("crates/domain", "", ""), ("xtask", "", "")], &[]);
        for (page, found) in [
            ("## `crates/domain`\n## `xtask`\nAll in crates/*.", 0),
            ("## `crates/domain`\n", 1),
            ("domain and xtask", 2),
            ("## `crates/domain`\n## `xtask`\n## `crates/gone`\n", 1),
            ("## `crates/domain`\n## `xtask`\nsee crates/domains/src/lib.rs\n", 1),
        ] {
            assert_eq!(check(&land, page).len(), found, "{page}");
        }
    }
}
