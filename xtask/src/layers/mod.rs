//! `cargo xtask layers`: dependencies point inwards, the domain is pure, SQL stays in storage, and the map shows the land.

mod arrows;
mod map;
mod purity;
mod sql;
mod workspace;

use crate::sources::{self, Finding, Source};
use workspace::Workspace;

/// Everything that breaks the layers.
pub(crate) fn check(sources: &[Source]) -> anyhow::Result<Vec<Finding>> {
    let root = sources::root()?;
    let workspace = Workspace::read(&root)?;
    let architecture = std::fs::read_to_string(root.join(map::FILE)).unwrap_or_default();
    let mut findings = arrows::check(&workspace);
    findings.extend(purity::check(&workspace));
    findings.extend(sql::check_dependencies(&workspace));
    findings.extend(sources.iter().flat_map(sql::check_source));
    findings.extend(map::check(&workspace, &architecture));
    Ok(findings)
}
