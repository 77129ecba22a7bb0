//! The words of scripts.

use std::time::Duration;

use super::{Action, BadScript, Condition, Script, Step};
use crate::telephone::Change;

/// How long a `wait` or `expect` waits that does not say.
const LIMIT: Duration = Duration::from_secs(10);
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

const COMMANDS: &str =
    "wait, off_hook, on_hook, answer, hang_up, dial, press, dtmf, say, expect, sleep, block, unblock";

const CONDITIONS: &[(&str, Condition)] = &[
    ("registered", Condition::Registered),
    ("lost", Condition::Lost),
    ("replaced", Condition::Replaced),
    ("on_hook", Condition::OnHook),
    ("dial_tone", Condition::DialTone),
    ("ringing", Condition::Ringing),
    ("connected", Condition::Connected),
    ("busy", Condition::Busy),
    ("fast_busy", Condition::FastBusy),
    ("unobtainable", Condition::Unobtainable),
    ("not_possible", Condition::NotPossible(None)),
    ("prompt", Condition::Prompt),
    ("record", Condition::Record),
    ("warning", Condition::Warning),
    ("ended", Condition::Ended),
    ("charged", Condition::Charged),
];

pub(super) fn script(text: &str) -> Result<Script, BadScript> {
    let mut steps = Vec::new();
    for (index, text) in text.lines().enumerate() {
        let (line, text) = (index + 1, text.trim());
        if text.is_empty() || text == "#" || text.starts_with("# ") {
            continue;
        }
        let action = action(text).map_err(|reason| BadScript { line, reason })?;
        steps.push(Step { line, text: text.to_owned(), action });
    }
    Ok(Script { steps })
}

fn action(text: &str) -> Result<Action, String> {
    let (word, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    let rest = rest.trim();
    let alone =
        |action| if rest.is_empty() { Ok(action) } else { Err(format!("{word} stands alone, without {rest:?}")) };
    match word {
        "off_hook" => alone(Action::Lift),
        "on_hook" | "hang_up" => alone(Action::PutDown),
        "answer" => alone(Action::Answer),
        "dial" => keys(rest, "0123456789*#+").map(Action::Dial),
        "press" => keys(rest, "0123456789*#+").map(Action::Press),
        "dtmf" => keys(rest, "0123456789*#").map(Action::Tones),
        "block" => keys(rest, "0123456789+").map(|number| Action::Block(Change::Add, number)),
        "unblock" => keys(rest, "0123456789+").map(|number| Action::Block(Change::Remove, number)),
        "say" => match quoted(rest)? {
            Some((text, "")) => Ok(Action::Say(text)),
            Some((_, more)) => Err(format!("{more:?} stands behind the quotes")),
            None if rest.is_empty() => Err("say what? write: say hello".to_owned()),
            None => Ok(Action::Say(rest.to_owned())),
        },
        "expect" => expect(rest),
        "sleep" => duration(rest).map(Action::Sleep),
        "wait" => wait(rest),
        _ => Err(format!("{word:?} is no command; there are: {COMMANDS}; a remark begins with # and a space")),
    }
}

fn keys(rest: &str, allowed: &str) -> Result<String, String> {
    let keys: String = rest.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
    if keys.is_empty() || keys.len() > 32 || !keys.chars().all(|key| allowed.contains(key)) {
        return Err(format!("{rest:?} is not made of 1 to 32 of {allowed}"));
    }
    Ok(keys)
}

fn expect(rest: &str) -> Result<Action, String> {
    let Some((text, limit)) = quoted(rest)? else {
        return Err("write the expected text in quotes, such as: expect \"hello\" 5s".to_owned());
    };
    if text.is_empty() {
        return Err("nothing is expected between the quotes".to_owned());
    }
    Ok(Action::Expect(text, if limit.is_empty() { LIMIT } else { duration(limit)? }))
}

fn wait(rest: &str) -> Result<Action, String> {
    let mut words = rest.split_whitespace().peekable();
    let word = words.next().unwrap_or_default();
    let found = CONDITIONS.iter().find(|(name, _)| *name == word).map(|(_, condition)| condition.clone());
    let Some(mut condition) = found else {
        let names: Vec<&str> = CONDITIONS.iter().map(|(name, _)| *name).collect();
        return Err(format!("{word:?} is nothing to wait for; there are: {}", names.join(", ")));
    };
    if let Condition::NotPossible(reason) = &mut condition {
        *reason = words.next_if(|word| duration(word).is_err()).map(str::to_owned);
    }
    let limit = words.next().map_or(Ok(LIMIT), duration)?;
    match words.next() {
        Some(more) => Err(format!("{more:?} stands behind the time")),
        None => Ok(Action::Wait(condition, limit)),
    }
}

/// A text in quotes with `\"` and `\\` inside, and what stands behind it. Nothing if there is no quote at the beginning.
fn quoted(rest: &str) -> Result<Option<(String, &str)>, String> {
    let Some(inside) = rest.strip_prefix('"') else { return Ok(None) };
    let mut text = String::new();
    let mut chars = inside.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Ok(Some((text, inside[at + 1..].trim()))),
            '\\' => text.extend(chars.next().map(|(_, escaped)| escaped)),
            _ => text.push(c),
        }
    }
    Err("the quotes are not closed".to_owned())
}

fn duration(text: &str) -> Result<Duration, String> {
    let wrong = || format!("{text:?} is no time: write it like 500ms, 5s or 2m, at most 24 hours");
    let digits = text.trim_end_matches(|c: char| !c.is_ascii_digit());
    let number: u64 = digits.parse().map_err(|_| wrong())?;
    let millis = match &text[digits.len()..] {
        "ms" => Some(number),
        "s" => number.checked_mul(1_000),
        "m" => number.checked_mul(60_000),
        _ => None,
    };
    millis.map(Duration::from_millis).filter(|duration| *duration <= LONGEST).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Action, String> {
        let mut steps = script(line).map_err(|bad| bad.reason)?.steps;
        assert_eq!(steps.len(), 1, "{line}");
        Ok(steps.remove(0).action)
    }

    #[test]
    fn commands_by_table() {
        let secs = Duration::from_secs;
        let text = str::to_owned;
        for (line, expected) in [
            ("off_hook", Action::Lift),
            ("on_hook", Action::PutDown),
            (" hang_up ", Action::PutDown),
            ("answer", Action::Answer),
            ("dial 0002", Action::Dial(text("0002"))),
            ("dial +44 20-7946", Action::Dial(text("+44207946"))),
            ("press #70", Action::Press(text("#70"))),
            ("dtmf 12#", Action::Tones(text("12#"))),
            ("say hello there # all", Action::Say(text("hello there # all"))),
            (r#"say "two  \"words\" \\ é""#, Action::Say(text(r#"two  "words" \ é"#))),
            ("block 0003", Action::Block(Change::Add, text("0003"))),
            ("unblock 0003", Action::Block(Change::Remove, text("0003"))),
            ("sleep 2s", Action::Sleep(secs(2))),
            ("sleep 500ms", Action::Sleep(Duration::from_millis(500))),
            ("wait registered", Action::Wait(Condition::Registered, LIMIT)),
            ("wait ringing 5s", Action::Wait(Condition::Ringing, secs(5))),
            ("wait connected 2m", Action::Wait(Condition::Connected, secs(120))),
            ("wait not_possible", Action::Wait(Condition::NotPossible(None), LIMIT)),
            ("wait not_possible 5s", Action::Wait(Condition::NotPossible(None), secs(5))),
            ("wait not_possible busy 5s", Action::Wait(Condition::NotPossible(Some(text("busy"))), secs(5))),
            (r#"expect "hello""#, Action::Expect(text("hello"), LIMIT)),
            (r#"expect "hello" 10s"#, Action::Expect(text("hello"), secs(10))),
        ] {
            assert_eq!(parsed(line), Ok(expected), "{line}");
        }
    }

    #[test]
    fn bad_lines_say_what_is_wrong() {
        for (line, told) in [
            ("jump", "\"jump\" is no command; there are: wait, off_hook"),
            ("#70", "a remark begins with # and a space"),
            ("answer now", "answer stands alone, without \"now\""),
            ("dial", "\"\" is not made of"),
            ("dial hello", "\"hello\" is not made of"),
            ("dial 123456789012345678901234567890123", "is not made of 1 to 32"),
            ("dtmf +1", "is not made of"),
            ("say", "say what?"),
            ("say \"a\" b", "\"b\" stands behind the quotes"),
            ("say \"a", "the quotes are not closed"),
            ("expect hello", "in quotes"),
            ("expect \"\"", "nothing is expected"),
            ("expect \"a\" 5", "\"5\" is no time"),
            ("sleep", "\"\" is no time"),
            ("sleep s", "\"s\" is no time"),
            ("sleep -1s", "\"-1s\" is no time"),
            ("sleep 25h", "\"25h\" is no time"),
            ("sleep 86401s", "at most 24 hours"),
            ("sleep 18446744073709551615m", "is no time"),
            ("sleep 5é", "is no time"),
            ("wait", "\"\" is nothing to wait for; there are: registered"),
            ("wait for_ever", "\"for_ever\" is nothing to wait for"),
            ("wait connected soon", "\"soon\" is no time"),
            ("wait connected 5s 6s", "\"6s\" stands behind the time"),
        ] {
            let reason = parsed(line).expect_err(line);
            assert!(reason.contains(told), "{line}: {reason}");
        }
    }

    #[test]
    fn remarks_and_empty_lines_count_as_lines() {
        let steps = script("# a call\n\n  off_hook\r\n#\ndial 0002\n").unwrap().steps;
        let lines: Vec<_> = steps.iter().map(|step| (step.line, step.text.as_str())).collect();
        assert_eq!(lines, [(3, "off_hook"), (5, "dial 0002")]);
        assert_eq!(
            script("off_hook\n\njump").unwrap_err().to_string().split(';').next(),
            Some("line 3: \"jump\" is no command")
        );
        assert_eq!(script("").unwrap().steps, []);
    }
}
