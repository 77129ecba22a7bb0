//! Secrets come by environment or file, never with the source.

use crate::sources::{Finding, Source};

/// How keys of well-known services begin, and how many letters or digits follow at least.
const KEY_SHAPES: &[(&str, usize)] = &[
    ("AKIA", 16),
    ("ghp_", 36),
    ("github_pat_", 36),
    ("sk_live_", 16),
    ("rk_live_", 16),
    ("ASIA", 16),
    ("gho_", 36),
    ("ghs_", 36),
    ("glpat-", 20),
    ("npm_", 36),
    ("xoxb-", 10),
    ("xoxp-", 10),
    ("xapp-", 10),
    ("AIza", 35),
    ("sk_test_", 16),
    ("whsec_", 24),
    ("SG.", 60),
    ("AGE-SECRET-KEY-", 40),
];
/// In these, whatever looks random and is long is taken for a secret: they say how something is set up.
const SETTINGS_FILES: &[&str] = &["toml", "yml", "yaml", "sh", "env", "conf"];
/// From so many characters on a text may be a secret by its looks alone, where each carries so many hundredths of a bit.
const LONG: usize = 20;
const RANDOM_HUNDREDTHS: u32 = 380;
/// What is no secret though it looks like one: where it stands, a part of its line, and why.
const ALLOWED: &[(&str, &str, &str)] = &[
    ("crates/webhooks/tests/", "whsec_AAECAwQFBgcICQoL", "bytes that count up: nobody's"),
    ("crates/webhooks/tests/", "whsec_ICEiIyQlJicoKSor", "bytes that count up: nobody's"),
    ("crates/webhooks/tests/", "whsec_QEFCQ0RFRkdISUpL", "bytes that count up: nobody's"),
];
const SECRET_WORDS: &[&str] =
    &["password", "passphrase", "passwd", "secret", "token", "api_key", "apikey", "auth_key", "private_key"];
const SHORTEST_SECRET: usize = 8;

/// Private keys, well-known keys, and addresses with a password anywhere; in files that are no tests, also literals assigned to what is named like a
/// secret, and in settings whatever looks random. [`ALLOWED`] is the one place for what is none.
pub(crate) fn check(source: &Source) -> Vec<Finding> {
    let name = source.path.rsplit('/').next().unwrap_or(&source.path);
    if name == ".env" {
        return vec![Finding::new(&source.path, 0, "a file of secrets is not for the repository")];
    }
    let mut findings = Vec::new();
    let lines = source.text.lines().enumerate().filter(|(_, line)| !is_allowed(&source.path, line));
    for (index, line) in lines {
        if line.contains("-----BEGIN ") && line.contains("PRIVATE KEY-----") {
            findings.push(Finding::new(&source.path, index + 1, "a private key"));
        }
        for (start, least) in KEY_SHAPES {
            if line.match_indices(start).any(|(at, _)| token_length(&line[at + start.len()..]) >= *least) {
                findings.push(Finding::new(&source.path, index + 1, format!("looks like a key ({start}...)")));
            }
        }
        if let Some(host) = host_with_password(line) {
            findings.push(Finding::new(&source.path, index + 1, format!("an address of {host} with a password in it")));
        }
        if source.ends_with(SETTINGS_FILES) && looks_random(line) {
            findings.push(Finding::new(&source.path, index + 1, "looks like a secret: it is long and random"));
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

fn is_allowed(path: &str, line: &str) -> bool {
    ALLOWED.iter().any(|(place, part, _)| path.starts_with(place) && line.contains(part))
}

/// The host of `scheme://user:password@host`, where the password is no placeholder.
fn host_with_password(line: &str) -> Option<&str> {
    let ends = |c: char| c.is_whitespace() || "\"'`<>(){}|,".contains(c);
    line.match_indices("://").find_map(|(at, _)| {
        let authority = line[at + 3..].split(|c| ends(c) || "/?#".contains(c)).next()?;
        let (user, host) = authority.rsplit_once('@')?;
        let (_, password) = user.split_once(':')?;
        let is_literal = password.len() >= SHORTEST_SECRET && !password.contains(['$', '%', '*', '.']);
        let is_word = password.eq_ignore_ascii_case("password");
        (is_literal && !is_word && !host.is_empty()).then_some(host)
    })
}

/// Whether a line has a word that is long, of letters of both cases and digits, and of which each character tells much (Shannon's entropy).
fn looks_random(line: &str) -> bool {
    let words = line.split(|c: char| !(c.is_ascii_alphanumeric() || "+=".contains(c)));
    words.into_iter().any(|word| {
        let has = |is: fn(&char) -> bool| word.chars().any(|c| is(&c));
        let is_mixed = has(char::is_ascii_digit) && has(char::is_ascii_lowercase) && has(char::is_ascii_uppercase);
        word.len() >= LONG && is_mixed && entropy_hundredths(word) >= RANDOM_HUNDREDTHS
    })
}

/// How much a character of a text tells, in hundredths of a bit, by how often each stands in it.
fn entropy_hundredths(text: &str) -> u32 {
    let mut counts = std::collections::BTreeMap::<char, u32>::new();
    text.chars().for_each(|c| *counts.entry(c).or_default() += 1);
    let length = counts.values().sum::<u32>().max(1);
    // The sum of count * log2(length / count), each logarithm to a hundredth.
    counts.values().map(|count| count * log2_hundredths(length, *count)).sum::<u32>() / length
}

/// The logarithm to the base 2 of a ratio of 1 or more, in hundredths, rounded down.
fn log2_hundredths(of: u32, by: u32) -> u32 {
    // Squared seven times over, its whole part has seven more binary places.
    let (mut value, mut whole, mut parts) = (u64::from(of) << 24, 0, 0_u32);
    value /= u64::from(by.max(1));
    while value >= 2 << 24 {
        value >>= 1;
        whole += 1;
    }
    for place in 1..=7 {
        value = (value * value) >> 24;
        if value >= 2 << 24 {
            value >>= 1;
            parts += 128 >> place;
        }
    }
    whole * 100 + parts * 100 / 128
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
            ("glpat-0123456789abcdefghij", 1),
            ("whsec_0123456789abcdef0123456789", 1),
            ("psql postgres://tollgate:hunter2hunter2@db.example.org/tollgate", 1),
            ("smtp://user:password@mail.example.org", 0),
            ("postgres://tollgate@127.0.0.1:5432/tollgate", 0),
            ("https://example.org:8443/a@b", 0),
            ("amqp://guest:$PASSWORD@localhost", 0),
            ("let name = \"a name that is long\";", 0),
        ] {
            assert_eq!(check(&Source::new("crates/a/src/lib.rs", line)).len(), found, "{line}");
        }
    }

    #[test]
    fn settings_by_table() {
        for (line, found) in [
            ("key = 'Zx8Qm2Lr7Vt4Np9Ks3Wd6Bf1'", 1),
            ("digest: 0f3a9c77d1e24b6a8c5d7e9f01234567", 0),
            ("version = \"1.2.3-beta4-and-then-some-more-wordy-Words\"", 0),
            ("export CARGO_TARGET_DIR=${XDG_CACHE_HOME:-$HOME/.cache}/tollgate/target2A", 0),
            ("AbababababababababababababAb1 = 1", 0),
        ] {
            for (path, here) in [("deploy/tollgate.toml", found), ("scripts/a.sh", found), ("crates/a/src/lib.rs", 0)] {
                assert_eq!(check(&Source::new(path, line)).len(), here, "{path}: {line}");
            }
        }
    }

    #[test]
    fn what_is_allowed_is_so_at_its_place_alone() {
        for (place, part, _) in ALLOWED {
            let line = format!("{part}0123456789abcdefghij");
            for (path, found) in [(format!("{place}a.rs"), 0), ("crates/a/src/a.rs".to_owned(), 1)] {
                assert_eq!(check(&Source::new(&path, &line)).len(), found, "{path}");
            }
        }
        assert!(ALLOWED.iter().all(|(place, part, why)| !place.is_empty() && part.len() > 5 && why.len() > 10));
    }

    #[test]
    fn entropy_by_table() {
        for (text, least, most) in [("aaaa", 0, 0), ("abab", 99, 100), ("abcdefgh", 299, 300), ("aaab", 80, 82)] {
            let told = entropy_hundredths(text);
            assert!((least..=most).contains(&told), "{text}: {told}");
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
