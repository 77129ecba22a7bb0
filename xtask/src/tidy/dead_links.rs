//! Links of the documents to each other lead somewhere: to a file that is there, and to a heading in it.

use crate::sources::{Finding, Source};

/// Links that lead nowhere. Those to the world are not followed, and those to pictures are the site's (`make docs`).
pub(crate) fn check(source: &Source, all: &[Source]) -> Vec<Finding> {
    if !source.ends_with(&["md"]) {
        return Vec::new();
    }
    let mut findings = Vec::new();
    for (line, target) in links(&source.text) {
        let (file, heading) = target.split_once('#').unwrap_or((target, ""));
        let path = if file.is_empty() { source.path.clone() } else { resolved(&source.path, file) };
        let Some(found) = all.iter().find(|other| other.path == path) else {
            let folder = format!("{}/", path.trim_end_matches('/'));
            let is_read = [".md", ".toml", ".json", ".yml"].iter().any(|ending| path.ends_with(ending));
            if is_read || (path.ends_with('/') && !all.iter().any(|other| other.path.starts_with(&folder))) {
                findings.push(Finding::new(&source.path, line, format!("the link {target} leads nowhere")));
            }
            continue;
        };
        if !heading.is_empty() && found.ends_with(&["md"]) && !headings(&found.text).any(|slug| slug == heading) {
            findings.push(Finding::new(&source.path, line, format!("{path} has no heading #{heading}")));
        }
    }
    findings
}

/// The relative links of a text with the numbers of their lines. What stands in code is none.
fn links(text: &str) -> Vec<(usize, &str)> {
    let mut links = Vec::new();
    for (line, text) in outside_code(text) {
        for (n, part) in text.split("](").enumerate() {
            let target = part.split(')').next().unwrap_or(part);
            if n > 0 && !target.contains("://") && !target.starts_with("mailto:") {
                links.push((line, target));
            }
        }
    }
    links
}

/// The lines that are not within fences, numbered from 1.
fn outside_code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut fenced = false;
    text.lines().enumerate().filter_map(move |(index, line)| {
        let fence = line.trim_start().starts_with("```");
        fenced ^= fence;
        (!fence && !fenced).then_some((index + 1, line))
    })
}

/// A path from the project's root for one that is told from a file.
fn resolved(from: &str, to: &str) -> String {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in to.split('/') {
        match part {
            "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// What links call the headings of a text: in lower case, with hyphens for blanks, without signs.
fn headings(text: &str) -> impl Iterator<Item = String> {
    outside_code(text).filter_map(|(_, line)| {
        let heading = line.strip_prefix('#')?.trim_start_matches('#').strip_prefix(' ')?;
        let kept = heading.trim().chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c));
        Some(kept.map(|c| if c == ' ' { '-' } else { c.to_ascii_lowercase() }).collect())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_by_table() {
        let others =
            ["docs/guide/mail.md", "tollgate.toml"].map(|path| Source::new(path, "# Mail\n\n## Who's `it` from?\n"));
        for (text, found) in [
            ("[a](mail.md), [b](../guide/mail.md#whos-it-from), [c](../../tollgate.toml), [d](#here)", 0),
            ("[a](post.md) and [b](../mail.md)", 2),
            ("[a](mail.md#who-is-it-from) and [b](#there)", 2),
            ("[a](https://example.org/gone.md), [b](mailto:a@example.org), ![c](../pictures/a.png)", 0),
            ("[a](../guide/) and [b](../gone/)", 1),
            ("```\n[a](gone.md)\n```", 0),
        ] {
            let source = Source::new("docs/guide/page.md", &format!("## Here\n{text}\n"));
            let mut all = vec![Source::new(&source.path, &source.text)];
            all.extend(others.iter().map(|other| Source::new(&other.path, &other.text)));
            assert_eq!(check(&source, &all).len(), found, "{text}");
        }
    }
}
