//! Which crate of ours may depend on which.

use super::workspace::{Member, Workspace};
use crate::sources::Finding;

/// `tollgate -> api | softswitch | asterisk | twilio | documents | mail | webhooks -> engine -> storage, domain`; adapters never know each
/// other. `ANY` marks the crates that put others together.
const ALLOWED: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("storage", &["domain"]),
    ("engine", &["storage", "domain"]),
    ("documents", &["engine", "domain"]),
    ("api", &["engine", "documents", "domain"]),
    ("softswitch", &["engine", "domain"]),
    ("asterisk", &["engine", "domain"]),
    ("twilio", &["engine", "domain"]),
    ("twilio-double", &["twilio"]),
    ("stripe", &["engine", "domain"]),
    ("stripe-double", &["stripe"]),
    ("phone", &[]),
    ("webapp", &[]),
    ("mail", &["engine", "domain"]),
    ("webhooks", &["engine", "domain"]),
    ("simulation", &["engine", "storage", "domain"]),
    ("tollgate", ANY),
    ("bench", ANY),
    ("xtask", ANY),
];
const ANY: &[&str] = &["*"];

/// Arrows that run against the table, and crates that it does not know.
pub(crate) fn check(workspace: &Workspace) -> Vec<Finding> {
    let ours: Vec<&str> = workspace.members.iter().map(|member| member.name.as_str()).collect();
    let mut findings = Vec::new();
    for member in &workspace.members {
        let manifest = format!("{}/Cargo.toml", member.folder);
        let Some(allowed) = allowed(&member.name) else {
            let fact = format!(
                "the crate {} has no place in the layers: give it one in xtask/src/layers/arrows.rs",
                member.name
            );
            findings.push(Finding::new(&manifest, 0, fact));
            continue;
        };
        let forbidden = forbidden_arrows(member, allowed).filter(|name| ours.contains(name));
        findings.extend(forbidden.map(|name| {
            let fact = format!("{} -> {name} runs against the layers", member.name);
            Finding::new(&manifest, 0, fact)
        }));
    }
    findings
}

fn allowed(name: &str) -> Option<&'static [&'static str]> {
    ALLOWED.iter().find(|(member, _)| *member == name).map(|(_, allowed)| *allowed)
}

/// Tests may also reach what lies further in, below an allowed crate.
fn forbidden_arrows<'a>(member: &'a Member, allowed: &'static [&'static str]) -> impl Iterator<Item = &'a str> {
    let in_code = move |name: &&str| allowed == ANY || allowed.contains(name);
    let in_tests = move |name: &&str| in_code(name) || allowed.iter().any(|below| reaches(below, name));
    let code = member.dependencies.iter().map(String::as_str).filter(move |name| !in_code(name));
    let tests = member.test_dependencies.iter().map(String::as_str).filter(move |name| !in_tests(name));
    code.chain(tests)
}

fn reaches(from: &str, to: &str) -> bool {
    allowed(from).unwrap_or_default().iter().any(|next| *next == to || reaches(next, to))
}

#[cfg(test)]
mod tests {
    use super::super::workspace::tests::workspace;
    use super::*;

    const LAND: &[(&str, &str, &str)] = &[
        ("crates/domain", "serde", "proptest"),
        ("crates/storage", "domain sqlx", "tempfile"),
        ("crates/engine", "storage domain", ""),
        ("crates/documents", "engine domain", ""),
        ("crates/api", "engine documents domain axum", "storage"),
        ("crates/tollgate", "api engine storage domain", ""),
        ("xtask", "", ""),
        ("bench", "storage engine", ""),
    ];

    #[test]
    fn the_land_as_it_is_has_no_wrong_arrow() {
        assert_eq!(check(&workspace(LAND, &[])), []);
    }

    #[test]
    fn wrong_arrows_by_table() {
        for (folder, dependencies, test_dependencies) in [
            ("crates/domain", "storage", ""),
            ("crates/domain", "", "engine"),
            ("crates/storage", "engine", ""),
            ("crates/engine", "api", ""),
            ("crates/engine", "documents", ""),
            ("crates/documents", "storage", ""),
            ("crates/documents", "", "api"),
            ("crates/api", "storage", ""),
            ("crates/api", "", "tollgate"),
            ("crates/newcomer", "", ""),
        ] {
            let mut land: Vec<_> = LAND.iter().copied().filter(|(known, ..)| *known != folder).collect();
            land.push((folder, dependencies, test_dependencies));
            let found = check(&workspace(&land, &[]));
            assert_eq!(found.len(), 1, "{folder} -> {dependencies} {test_dependencies}: {found:?}");
        }
    }
}
