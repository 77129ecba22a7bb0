//! Secrets come by environment or file, never with the source.

use crate::sources::{Finding, Source};

/// How keys of well-known services begin, and how many letters or digits follow at least.
const KEY_SHAPES: &[(&str, usize)] = &[
    ("AKIA", 16),
    ("ghp_", 36),
    ("github_pat_", 36),
    ("sk_live_", 16),
    ("rk_live_", 16),
    ("xoxb-", 10),
    ("xoxp-", 10),
];
const SECRET_WORDS: &[&str] =
    &["password", "passphrase", "passwd", "secret", "token", "api_key", "apikey", "auth_key", "private_key"];
const SHORTEST_SECRET: usize = 8;

/// Private keys and well-known keys anywhere; in files that are no tests, also literals assigned to what is named like a secret.
pub(crate) fn check(source: &Source) -> Vec<Finding> {
    let name = source.path.rsplit('/').next().unwrap_or(&source.path);
    if name == ".env" {
        return vec![Finding::new(&source.path, 0, "a file of secrets is not for the repository")];
    }
    let mut findings = Vec::new();
    for (index, line) in source.text.lines().enumerate() {
        if line.contains("-----BEGIN ") && line.contains("PRIVATE KEY-----") {
            findings.push(Finding::new(&source.path, index + 1, "a private key"));
        }
        for (start, least) in KEY_SHAPES {
            if line.match_indices(start).any(|(at, _)| token_length(&line[at + start.len()..]) >= *least) {
                findings.push(Finding::new(&source.path, index + 1, format!("looks like a key ({start}...)")));
            }
        }
    }
    // What "Password" is called in another language is no secret.
    if !source.ends_with(&["md"]) && !source.path.contains("/i18n/") {
        let assigned = source.lines_outside_tests().into_iter().filter_map(|(number, line)| {
            let name = assigned_secret(line)?;
            Some(Finding::new(&source.path, number, format!("\"{name}\" is given a literal: take it from outside")))
        });
        findings.extend(assigned);
    }
    findings
}

fn token_length(text: &str) -> usize {
    text.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '-').count()
}

/// The name in `password = "..."`, `password: "..."`, `"password": "..."` or `const PASSWORD: &str = "..."`.
fn assigned_secret(line: &str) -> Option<&str> {
    let opening = line.match_indices('"').find(|(at, _)| {
        let before = line[..*at].trim_end();
        before.ends_with('=') || before.ends_with(':')
    });
    let (at, _) = opening?;
    let value = line[at + 1..].split('"').next()?;
    let target = line[..at].trim_end().trim_end_matches(['=', ':']);
    let name = target.split(": ").next().unwrap_or(target).trim_end_matches([' ', '"']);
    let name = name.rsplit(|c: char| !c.is_alphanumeric() && c != '_').next()?;
    let named_secret = SECRET_WORDS.iter().any(|word| name.to_lowercase().ends_with(word));
    let placeholder = value.contains(|c: char| c.is_whitespace() || "<>{}$*%".contains(c));
    (named_secret && !placeholder && value.len() >= SHORTEST_SECRET).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_by_table() {
        for (line, found) in [
            ("-----BEGIN RSA PRIVATE KEY-----", 1),
            ("key: AKIAABCDEFGHIJKLMNOP", 1),
            ("ghp_0123456789abcdef0123456789abcdef0123", 1),
            ("let password = \"hunter2hunter2\";", 1),
            ("const API_KEY: &str = \"0f3a9c77d1\";", 1),
            ("  \"auth_token\": \"0f3a9c77d1\",", 1),
            ("smtp_password = \"0f3a9c77d1\"", 1),
            ("let password = arguments.password;", 0),
            ("password: \"admin\".into()", 0),
            ("let token = \"<your token>\";", 0),
            ("let token_header = \"x-tollgate-header\";", 0),
            ("the word sk_live_ alone", 0),
            ("let name = \"a name that is long\";", 0),
        ] {
            assert_eq!(check(&Source::new("crates/a/src/lib.rs", line)).len(), found, "{line}");
        }
    }

    #[test]
    fn tests_may_have_passwords_but_no_private_keys() {
        let password = "let password = \"hunter2hunter2\";";
        assert_eq!(check(&Source::new("crates/a/tests/it/sign_in.rs", password)).len(), 0);
        assert_eq!(check(&Source::new("crates/a/tests/it/tls.rs", "-----BEGIN PRIVATE KEY-----")).len(), 1);
        assert_eq!(check(&Source::new("deploy/.env", "")).len(), 1);
    }
}
