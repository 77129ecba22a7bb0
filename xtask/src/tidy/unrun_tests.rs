//! A library whose manifest says that it has no tests of its own has none: nobody would see that they are not run.

use crate::sources::{Finding, Source};

/// Tests in the sources of libraries that are not compiled for tests.
pub(crate) fn check(sources: &[Source]) -> Vec<Finding> {
    let untested = sources.iter().filter_map(|manifest| {
        let is_untested = manifest.text.contains("[lib]\ntest = false");
        manifest.path.strip_suffix("Cargo.toml").filter(|_| is_untested)
    });
    untested.flat_map(|folder| of_library(&format!("{folder}src/"), sources)).collect()
}

fn of_library(folder: &str, sources: &[Source]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for source in sources.iter().filter(|source| source.path.starts_with(folder) && source.ends_with(&["rs"])) {
        for (index, line) in source.text.lines().enumerate() {
            if ["#[cfg(test)]", "#[test]", "#[tokio::test"].iter().any(|mark| line.trim().starts_with(mark)) {
                let fact = "this test is not run: the manifest says `test = false` of the library".to_owned();
                findings.push(Finding::new(&source.path, index + 1, fact));
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_that_nobody_runs_by_table() {
        for (manifest, file, line, found) in [
            ("[lib]\ntest = false\n", "crates/a/src/b.rs", "#[cfg(test)]", 1),
            ("[lib]\ntest = false\n", "crates/a/src/b.rs", "    #[test]", 1),
            ("[lib]\ntest = false\n", "crates/a/src/b.rs", "    #[tokio::test(flavor = \"multi_thread\")]", 1),
            ("[lib]\ntest = false\n", "crates/a/src/b.rs", "fn test() {}", 0),
            ("[lib]\ntest = false\n", "crates/a/tests/b.rs", "#[test]", 0),
            ("[lib]\ntest = false\n", "crates/ab/src/b.rs", "#[test]", 0),
            ("[lib]\ndoctest = false\n", "crates/a/src/b.rs", "#[test]", 0),
        ] {
            let sources = [Source::new("crates/a/Cargo.toml", manifest), Source::new(file, line)];
            assert_eq!(check(&sources).len(), found, "{manifest}{file}: {line}");
        }
    }
}
