//! What `cargo metadata` knows of the workspace.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use anyhow::{Context, bail};
use serde_json::Value;

/// A crate of ours.
pub(crate) struct Member {
    pub(crate) name: String,
    /// Its folder from the project's root, such as `crates/domain`.
    pub(crate) folder: String,
    /// Names of the crates (ours and others) that it depends on, in its own code.
    pub(crate) dependencies: Vec<String>,
    /// The same for its tests.
    pub(crate) test_dependencies: Vec<String>,
}

/// Our crates, and what each crate of the whole graph depends on in its code.
pub(crate) struct Workspace {
    pub(crate) members: Vec<Member>,
    graph: BTreeMap<String, BTreeSet<String>>,
}

impl Workspace {
    pub(crate) fn read(root: &Path) -> anyhow::Result<Self> {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut command = Command::new(cargo);
        command.current_dir(root).args(["metadata", "--format-version", "1"]);
        let output = command.output().context("cargo metadata does not start")?;
        if !output.status.success() {
            bail!("cargo metadata: {}", String::from_utf8_lossy(&output.stderr).trim());
        }
        Self::parse(&serde_json::from_slice(&output.stdout)?)
    }

    pub(crate) fn parse(metadata: &Value) -> anyhow::Result<Self> {
        let root = format!("{}/", text(metadata, "workspace_root")?);
        let ours: BTreeSet<&str> = list(metadata, "workspace_members").filter_map(Value::as_str).collect();
        let mut members = Vec::new();
        let mut names = BTreeMap::new();
        for package in list(metadata, "packages") {
            let (id, name) = (text(package, "id")?, text(package, "name")?);
            names.insert(id, name);
            if ours.contains(id) {
                let manifest = text(package, "manifest_path")?;
                let folder = manifest.trim_start_matches(&root).trim_end_matches("/Cargo.toml");
                let of_kind = |test: bool| {
                    list(package, "dependencies")
                        .filter(|dependency| (dependency["kind"] == "dev") == test)
                        .filter_map(|dependency| dependency["name"].as_str().map(str::to_owned))
                        .collect()
                };
                members.push(Member {
                    name: name.to_owned(),
                    folder: folder.to_owned(),
                    dependencies: of_kind(false),
                    test_dependencies: of_kind(true),
                });
            }
        }
        let mut graph: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for node in list(&metadata["resolve"], "nodes") {
            let from = names.get(text(node, "id")?).copied().unwrap_or_default().to_owned();
            let in_code = |edge: &&Value| list(edge, "dep_kinds").any(|kind| kind["kind"] != "dev");
            let edges = list(node, "deps").filter(in_code).filter_map(|edge| names.get(edge["pkg"].as_str()?));
            graph.entry(from).or_default().extend(edges.map(|name| (*name).to_owned()));
        }
        Ok(Workspace { members, graph })
    }

    /// Every crate that this one needs in its code, directly or not.
    pub(crate) fn needed_by(&self, name: &str) -> BTreeSet<&str> {
        let mut needed = BTreeSet::new();
        let mut open = vec![name];
        while let Some(next) = open.pop() {
            for dependency in self.graph.get(next).into_iter().flatten() {
                if needed.insert(dependency.as_str()) {
                    open.push(dependency);
                }
            }
        }
        needed
    }
}

fn list<'a>(value: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    value[key].as_array().into_iter().flatten()
}

fn text<'a>(value: &'a Value, key: &str) -> anyhow::Result<&'a str> {
    value[key].as_str().with_context(|| format!("cargo metadata has no \"{key}\""))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use serde_json::json;

    /// A workspace of these members (folder, dependencies, test dependencies) and these edges between other crates.
    pub(crate) fn workspace(members: &[(&str, &str, &str)], others: &[(&str, &str)]) -> Workspace {
        let words = |text: &str| -> Vec<String> { text.split_whitespace().map(str::to_owned).collect() };
        let members: Vec<Member> = members
            .iter()
            .map(|(folder, dependencies, test_dependencies)| Member {
                name: folder.rsplit('/').next().unwrap().to_owned(),
                folder: (*folder).to_owned(),
                dependencies: words(dependencies),
                test_dependencies: words(test_dependencies),
            })
            .collect();
        let own = members.iter().map(|member| (member.name.clone(), member.dependencies.iter().cloned().collect()));
        let other = others
            .iter()
            .map(|(name, dependencies)| ((*name).to_owned(), words(dependencies).into_iter().collect::<BTreeSet<_>>()));
        let graph = own.chain(other).collect();
        Workspace { members, graph }
    }

    #[test]
    fn metadata_is_read() {
        let read = Workspace::parse(&json!({
            "workspace_root": "/src/t",
            "workspace_members": ["path+domain"],
            "packages": [
                {"id": "path+domain", "name": "domain", "manifest_path": "/src/t/crates/domain/Cargo.toml",
                 "dependencies": [{"name": "jiff", "kind": null}, {"name": "proptest", "kind": "dev"}]},
                {"id": "reg+jiff", "name": "jiff", "manifest_path": "/elsewhere/jiff/Cargo.toml", "dependencies": []},
                {"id": "reg+proptest", "name": "proptest", "manifest_path": "/x/Cargo.toml", "dependencies": []},
                {"id": "reg+rand", "name": "rand", "manifest_path": "/y/Cargo.toml", "dependencies": []}
            ],
            "resolve": {"nodes": [
                {"id": "path+domain", "deps": [{"pkg": "reg+jiff", "dep_kinds": [{"kind": null}]},
                                               {"pkg": "reg+proptest", "dep_kinds": [{"kind": "dev"}]}]},
                {"id": "reg+jiff", "deps": []},
                {"id": "reg+proptest", "deps": [{"pkg": "reg+rand", "dep_kinds": [{"kind": null}]}]}
            ]}
        }))
        .unwrap();
        let domain = &read.members[0];
        assert_eq!((domain.name.as_str(), domain.folder.as_str()), ("domain", "crates/domain"));
        assert_eq!((&domain.dependencies, &domain.test_dependencies), (&vec!["jiff".into()], &vec!["proptest".into()]));
        assert_eq!(read.needed_by("domain"), BTreeSet::from(["jiff"]));
        assert_eq!(read.needed_by("proptest"), BTreeSet::from(["rand"]));
    }
}
