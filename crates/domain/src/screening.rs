//! What a line wants of the calls from and to its phone: whom it does not want to hear from, which numbers it may call and be called
//! by, and where its calls go when nobody takes them.
//!
//! All of it is about canonical numbers: `0001` for an extension, `+441632960001` for a number of the world.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::dial_plan::Number;

/// The most rules that a filter has.
pub const MOST_RULES: usize = 100;
/// The most numbers that a line blocks.
pub const MOST_BLOCKED: usize = 500;

/// Numbers that look alike: digits, with `?` for any one digit, behind a `+` for numbers of the world; a `*` at the end stands for
/// whatever follows. `*` alone is every number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Pattern(String);

/// Why a text is no pattern.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotAPattern {
    /// There is nothing in it that a number could be compared with.
    #[error("a pattern has digits, ? or * in it: write +4416* or 00?? or *")]
    Empty,
    /// It is longer than any number.
    #[error("a pattern has {} digits and question marks at most", Pattern::LONGEST)]
    TooLong,
    /// It holds what no pattern is written with.
    #[error("{0:?} is no part of a pattern: it has digits and ?, + in front of them, and * behind")]
    Character(char),
}

/// One line of a filter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// Calls with such a number are let through.
    Allow(Pattern),
    /// They are not.
    Deny(Pattern),
}

/// Which numbers calls may go to, or come from: the first rule that fits decides, and where none does, they may.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<Rule>", into = "Vec<Rule>")]
pub struct Filter(Vec<Rule>);

/// A filter has more rules than it may have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a filter has {MOST_RULES} rules at most, not {rules}")]
pub struct TooManyRules {
    /// How many it has.
    pub rules: usize,
}

/// The filters of a line.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Filters {
    /// Whose calls come in.
    #[serde(rename = "in")]
    pub filter_in: Filter,
    /// Which numbers are called.
    #[serde(rename = "out")]
    pub filter_out: Filter,
}

/// Where the calls to a line go that its phone does not take; nowhere, where no number is given.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Forwarding {
    /// All of them, and its phone does not ring.
    pub always: Option<Number>,
    /// Those that come while it has another.
    pub busy: Option<Number>,
    /// Those that it does not answer in time, or that come while it is not registered.
    pub no_answer: Option<Number>,
}

/// Whether callers may leave a message for a line where nobody takes their call.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Voicemail {
    /// They may.
    pub enabled: bool,
}

/// All that a line wants of the calls of its phone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PhoneRules {
    /// Whose calls do not get through.
    pub blocked: BTreeSet<Number>,
    /// Whose calls come in.
    pub filter_in: Filter,
    /// Which numbers are called.
    pub filter_out: Filter,
    /// Where calls go that the phone does not take.
    pub forwarding: Forwarding,
    /// Whether callers leave messages where that leads nowhere either.
    pub voicemail: Voicemail,
}

/// What keeps two numbers from talking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Screened {
    /// The caller's line may not call the number.
    #[error("the caller's line may not call this number")]
    BlockedOut,
    /// The called line takes no calls of the number.
    #[error("the called line takes no calls of this number")]
    BlockedIn,
    /// Whoever has the called line does not want to hear from the number.
    #[error("the called line has blocked this number")]
    Blocked,
}

/// Whether a call may go from one number to another as far as the two lines want it; a party that is no line of the tenant has
/// [`PhoneRules::default`], which want nothing. Who hides its number has none.
///
/// Emergency and service numbers are outside of this: whoever asks does not ask for calls to them, so that no rule of a line ever
/// keeps somebody from help.
///
/// # Errors
/// What keeps them from talking; the caller's own rules come first.
pub fn screened(caller: &PhoneRules, called: &PhoneRules, from: Option<&Number>, to: &Number) -> Result<(), Screened> {
    if !caller.filter_out.allows(to) {
        return Err(Screened::BlockedOut);
    }
    if !from.map_or_else(|| called.filter_in.allows_unknown(), |from| called.filter_in.allows(from)) {
        return Err(Screened::BlockedIn);
    }
    if from.is_some_and(|from| called.blocked.contains(from)) { Err(Screened::Blocked) } else { Ok(()) }
}

impl Filter {
    /// Whether calls may come from who hides its number: a rule for every number decides.
    fn allows_unknown(&self) -> bool {
        let is_for_all = |pattern: &Pattern| pattern.0 == "*";
        let decides = self.0.iter().find_map(|rule| match rule {
            Rule::Allow(pattern) => is_for_all(pattern).then_some(true),
            Rule::Deny(pattern) => is_for_all(pattern).then_some(false),
        });
        decides.unwrap_or(true)
    }
}

impl Pattern {
    /// The most digits and question marks of a pattern: as many as the longest number has.
    pub const LONGEST: usize = 15;

    /// Reads a pattern.
    ///
    /// # Errors
    /// The text is none.
    pub fn read(text: &str) -> Result<Pattern, NotAPattern> {
        let digits = text.strip_prefix('+').unwrap_or(text);
        let digits = digits.strip_suffix('*').unwrap_or(digits);
        if let Some(other) = digits.chars().find(|character| !character.is_ascii_digit() && *character != '?') {
            return Err(NotAPattern::Character(other));
        }
        if digits.len() > Self::LONGEST {
            return Err(NotAPattern::TooLong);
        }
        if digits.is_empty() && !text.ends_with('*') {
            return Err(NotAPattern::Empty);
        }
        Ok(Pattern(text.to_owned()))
    }

    /// Whether the number looks like this.
    #[must_use]
    pub fn fits(&self, number: &Number) -> bool {
        let number = number.to_string();
        let (places, open) = match self.0.strip_suffix('*') {
            Some(places) => (places, true),
            None => (self.0.as_str(), false),
        };
        let enough = if open { number.len() >= places.len() } else { number.len() == places.len() };
        let alike = |(place, character): (u8, u8)| place == character || place == b'?' && character.is_ascii_digit();
        enough && places.bytes().zip(number.bytes()).all(alike)
    }
}

impl Filter {
    /// A filter of these rules, the first first.
    ///
    /// # Errors
    /// There are more than [`MOST_RULES`].
    pub fn new(rules: Vec<Rule>) -> Result<Filter, TooManyRules> {
        if rules.len() > MOST_RULES { Err(TooManyRules { rules: rules.len() }) } else { Ok(Filter(rules)) }
    }

    /// The rules, the first first.
    #[must_use]
    pub fn rules(&self) -> &[Rule] {
        &self.0
    }

    /// Whether it has no rule.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether calls with this number are let through.
    #[must_use]
    pub fn allows(&self, number: &Number) -> bool {
        let first = self.0.iter().find(|rule| rule.pattern().fits(number));
        !matches!(first, Some(Rule::Deny(_)))
    }
}

impl Rule {
    fn pattern(&self) -> &Pattern {
        match self {
            Rule::Allow(pattern) | Rule::Deny(pattern) => pattern,
        }
    }
}

impl Filters {
    /// Whether neither has a rule.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.filter_in.is_empty() && self.filter_out.is_empty()
    }
}

impl Forwarding {
    /// Whether no call goes anywhere else.
    #[must_use]
    pub fn is_none(&self) -> bool {
        *self == Forwarding::default()
    }
}

impl Voicemail {
    /// Whether no messages are left.
    #[must_use]
    pub fn is_off(&self) -> bool {
        *self == Voicemail::default()
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Pattern {
    type Error = NotAPattern;
    fn try_from(text: String) -> Result<Self, NotAPattern> {
        Pattern::read(&text)
    }
}

impl From<Pattern> for String {
    fn from(pattern: Pattern) -> String {
        pattern.0
    }
}

impl TryFrom<Vec<Rule>> for Filter {
    type Error = TooManyRules;
    fn try_from(rules: Vec<Rule>) -> Result<Self, TooManyRules> {
        Filter::new(rules)
    }
}

impl From<Filter> for Vec<Rule> {
    fn from(filter: Filter) -> Vec<Rule> {
        filter.0
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may panic")]
    use serde_json::json;

    use super::*;

    fn number(text: &str) -> Number {
        Number::read(text).unwrap()
    }

    /// A filter in words: `allow +44* deny *`.
    fn filter(words: &str) -> Filter {
        let words: Vec<&str> = words.split_whitespace().collect();
        let rule = |pair: &[&str]| match pair {
            ["allow", pattern] => Rule::Allow(Pattern::read(pattern).unwrap()),
            ["deny", pattern] => Rule::Deny(Pattern::read(pattern).unwrap()),
            other => panic!("no rule: {other:?}"),
        };
        Filter::new(words.chunks(2).map(rule).collect()).unwrap()
    }

    #[test]
    fn a_pattern_fits_numbers_that_look_like_it() {
        for (pattern, text, fits) in [
            ("0001", "0001", true),
            ("0001", "00012", false),
            ("00?1", "0091", true),
            ("00?1", "001", false),
            ("00*", "0001", true),
            ("00*", "00", true),
            ("00*", "0123", false),
            ("?*", "0001", true),
            ("?*", "+441632960001", false),
            ("*", "0001", true),
            ("*", "+441632960001", true),
            ("+*", "+441632960001", true),
            ("+*", "0001", false),
            ("+44*", "+441632960001", true),
            ("44*", "+441632960001", false),
            ("+44163296000?", "+441632960001", true),
            ("+44163296000?", "+4416329600012", false),
            ("+??1632960001", "+441632960001", true),
            ("+???????????????", "+441632960001", false),
        ] {
            assert_eq!(Pattern::read(pattern).unwrap().fits(&number(text)), fits, "{pattern} {text}");
        }
    }

    #[test]
    fn texts_that_are_no_pattern() {
        for (text, fault) in [
            ("", NotAPattern::Empty),
            ("+", NotAPattern::Empty),
            ("+1234567890123456*", NotAPattern::TooLong),
            ("????????????????", NotAPattern::TooLong),
            ("0*1", NotAPattern::Character('*')),
            ("**", NotAPattern::Character('*')),
            ("0+1", NotAPattern::Character('+')),
            ("++1", NotAPattern::Character('+')),
            ("00 1", NotAPattern::Character(' ')),
            ("0001\0", NotAPattern::Character('\0')),
            ("٠٠٠١", NotAPattern::Character('٠')),
            ("[0-9]*", NotAPattern::Character('[')),
        ] {
            assert_eq!(Pattern::read(text), Err(fault), "{text:?}");
        }
    }

    #[test]
    fn the_first_rule_that_fits_decides() {
        for (rules, text, allowed) in [
            ("", "0001", true),
            ("deny 0001", "0001", false),
            ("deny 0001", "0002", true),
            ("allow 0001 deny *", "0001", true),
            ("allow 0001 deny *", "0002", false),
            ("deny * allow 0001", "0001", false),
            ("allow +44* deny +* allow 0*", "+441632960001", true),
            ("allow +44* deny +* allow 0*", "+4915112345678", false),
            ("allow +44* deny +* allow 0*", "0001", true),
        ] {
            assert_eq!(filter(rules).allows(&number(text)), allowed, "{rules} {text}");
        }
    }

    #[test]
    fn a_call_is_screened_by_both_lines() {
        let line = |filter_in: &str, filter_out: &str, blocked: &[&str]| PhoneRules {
            blocked: blocked.iter().map(|text| number(text)).collect(),
            filter_in: filter(filter_in),
            filter_out: filter(filter_out),
            ..PhoneRules::default()
        };
        let free = PhoneRules::default();
        for (caller, called, outcome) in [
            (&free, &free, Ok(())),
            (&line("", "deny 0002", &[]), &free, Err(Screened::BlockedOut)),
            (&line("deny *", "deny 0001", &["0001", "0002"]), &free, Ok(())),
            (&free, &line("deny 0001", "", &[]), Err(Screened::BlockedIn)),
            (&free, &line("deny 0002", "deny *", &["0002"]), Ok(())),
            (&free, &line("", "", &["0001"]), Err(Screened::Blocked)),
            (&free, &line("allow 0001", "", &["0001"]), Err(Screened::Blocked)),
            (&line("", "deny *", &[]), &line("deny *", "", &["0001"]), Err(Screened::BlockedOut)),
            (&free, &line("deny *", "", &["0001"]), Err(Screened::BlockedIn)),
        ] {
            let (from, to) = (number("0001"), number("0002"));
            assert_eq!(screened(caller, called, Some(&from), &to), outcome, "{caller:?} {called:?}");
        }
        // Who hides its number is on no list; only a rule for all is for it, too.
        for (caller, called, outcome) in [
            (&free, &line("deny 0001 deny +*", "", &["0001"]), Ok(())),
            (&free, &line("deny *", "", &[]), Err(Screened::BlockedIn)),
            (&line("", "deny 0002", &[]), &line("deny *", "", &[]), Err(Screened::BlockedOut)),
        ] {
            assert_eq!(screened(caller, called, None, &number("0002")), outcome, "{caller:?} {called:?}");
        }
    }

    #[test]
    fn filters_are_read_and_written_as_json() {
        let document = json!({"in": [{"deny": "+*"}], "out": [{"allow": "00??"}, {"deny": "*"}]});
        let filters: Filters = serde_json::from_value(document.clone()).unwrap();
        assert_eq!((&filters.filter_in, &filters.filter_out), (&filter("deny +*"), &filter("allow 00?? deny *")));
        assert_eq!(serde_json::to_value(&filters).unwrap(), document);
        assert!(serde_json::from_value::<Filters>(json!({})).unwrap().is_empty());
        let most = vec![json!({"deny": "0"}); MOST_RULES];
        let more = vec![json!({"deny": "0"}); MOST_RULES + 1];
        assert!(serde_json::from_value::<Filters>(json!({ "in": most })).is_ok());
        for refused in [
            json!({ "out": more }),
            json!({"in": [{"deny": "a"}]}),
            json!({"in": [{"refuse": "0001"}]}),
            json!({"in": [{"allow": "0001", "deny": "0002"}]}),
            json!({"both": []}),
            json!({"in": null}),
        ] {
            assert!(serde_json::from_value::<Filters>(refused.clone()).is_err(), "{refused}");
        }
    }

    #[test]
    fn forwarding_is_read_and_written_as_json() {
        let document = json!({"always": null, "busy": "0002", "no_answer": "+441632960001"});
        let forwarding: Forwarding = serde_json::from_value(document.clone()).unwrap();
        assert_eq!(forwarding.busy, Some(number("0002")));
        assert!(!forwarding.is_none());
        assert_eq!(serde_json::to_value(&forwarding).unwrap(), document);
        for refused in [json!({"busy": "1"}), json!({"busy": "00 02"}), json!({"never": "0002"})] {
            assert!(serde_json::from_value::<Forwarding>(refused.clone()).is_err(), "{refused}");
        }
    }
}
