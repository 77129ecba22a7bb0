//! `cargo xtask tidy`: what no compiler and no lint looks at.

mod dead_links;
mod dead_paths;
mod loose_ends;
mod machine_paths;
mod names;
mod secrets;
pub(crate) mod sizes;
mod unrun_tests;

use crate::sources::{Finding, Source};

/// Everything that is untidy.
pub(crate) fn check(sources: &[Source]) -> Vec<Finding> {
    let paths: Vec<&str> = sources.iter().map(|source| source.path.as_str()).collect();
    let mut findings = sizes::check(sources);
    findings.extend(unrun_tests::check(sources));
    for source in sources {
        findings.extend(names::check(source));
        findings.extend(dead_paths::check(source, &paths));
        findings.extend(dead_links::check(source, sources));
        // The checks' own patterns and made-up inputs are what the checks look for.
        if !source.path.starts_with("xtask/") {
            findings.extend(loose_ends::check(source));
            findings.extend(machine_paths::check(source));
            findings.extend(secrets::check(source));
        }
    }
    findings
}
