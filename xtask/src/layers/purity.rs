//! The domain can reach no clock, no randomness, no executor, no database and no network, not even through others.

use super::workspace::Workspace;
use crate::sources::Finding;

const FORBIDDEN: &[&str] = &[
    "async-std",
    "axum",
    "chrono",
    "fastrand",
    "futures",
    "getrandom",
    "hyper",
    "rand",
    "rand_core",
    "reqwest",
    "rusqlite",
    "smol",
    "sqlx",
    "sqlx-core",
    "tempfile",
    "time",
    "tokio",
    "uuid",
];

/// What the domain must not need.
pub(crate) fn check(workspace: &Workspace) -> Vec<Finding> {
    let needed = workspace.needed_by("domain");
    FORBIDDEN
        .iter()
        .filter(|name| needed.contains(*name))
        .map(|name| {
            let fact =
                format!("the domain needs {name}, directly or through another crate: what it brings is an argument");
            Finding::new("crates/domain/Cargo.toml", 0, fact)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::workspace::tests::workspace;
    use super::*;

    #[test]
    fn what_the_domain_needs_by_table() {
        let others = [("phonenumber", "regex fastrand"), ("regex", "")];
        for (dependencies, found) in
            [("serde jiff", 0), ("serde tokio", 1), ("phonenumber", 1), ("regex", 0), ("uuid rand", 2)]
        {
            let land = workspace(&[("crates/domain", dependencies, "rand")], &others);
            assert_eq!(check(&land).len(), found, "{dependencies}");
        }
    }
}
