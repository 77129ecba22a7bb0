//! No file of code is so long that nobody reads it whole.

use crate::sources::{Finding, Source};

const LIMIT_LINES: usize = 600;
const CODE: &[&str] = &["rs", "ts", "tsx"];

fn measured(sources: &[Source]) -> Vec<(usize, &str)> {
    let code = sources.iter().filter(|source| source.ends_with(CODE));
    let mut sizes: Vec<_> = code.map(|source| (source.text.lines().count(), source.path.as_str())).collect();
    sizes.sort_by(|a, b| b.cmp(a));
    sizes
}

/// The files over the limit.
pub(crate) fn check(sources: &[Source]) -> Vec<Finding> {
    measured(sources)
        .into_iter()
        .filter(|(lines, _)| *lines > LIMIT_LINES)
        .map(|(lines, path)| Finding::new(path, 0, format!("{lines} lines, over {LIMIT_LINES}: split it by subject")))
        .collect()
}

/// One line about all files of code: how many, the median size, the longest three.
pub(crate) fn summary(sources: &[Source]) -> String {
    let sizes = measured(sources);
    let median = sizes.get(sizes.len() / 2).map_or(0, |(lines, _)| *lines);
    let longest: Vec<String> = sizes.iter().take(3).map(|(lines, path)| format!("{path} {lines}")).collect();
    format!("{} files of code, median {median} lines; the longest: {}", sizes.len(), longest.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_too_many() {
        let sources = [
            Source::new("a.rs", &"x\n".repeat(600)),
            Source::new("b.tsx", &"x\n".repeat(601)),
            Source::new("c.md", &"x\n".repeat(9000)),
        ];
        let found = check(&sources);
        assert_eq!(found, [Finding::new("b.tsx", 0, "601 lines, over 600: split it by subject")]);
        assert_eq!(summary(&sources), "2 files of code, median 600 lines; the longest: b.tsx 601, a.rs 600");
    }
}
