//! Numbers of payment cards, which have no business in a text: whoever keeps one has to protect it as the card industry's rules (PCI DSS) say.

use std::collections::BTreeSet;

/// The fewest and the most digits of a card's number (ISO/IEC 7812-1).
const DIGITS: std::ops::RangeInclusive<usize> = 13..=19;

/// Whether a text has digits in it that look like the number of a card: as many as one has, beginning as those of the large networks do, with the
/// right check digit (Luhn, ISO/IEC 7812-1). Single blanks, dots and dashes may stand between them.
#[must_use]
pub fn looks_like_card(text: &str) -> bool {
    !card_digits(text).is_empty()
}

/// The text with a dot for each digit of what looks like the number of a card, but for the last four.
#[must_use]
pub fn masked(text: &str) -> String {
    let hidden = card_digits(text);
    text.char_indices().map(|(place, c)| if hidden.contains(&place) { '•' } else { c }).collect()
}

/// The places of the digits of what looks like a card's number, but for the last four of each.
fn card_digits(text: &str) -> BTreeSet<usize> {
    let mut found = BTreeSet::new();
    let mut run: Vec<(usize, u32)> = Vec::new();
    let mut gap = 0;
    for (place, c) in text.char_indices().chain(std::iter::once((text.len(), '\n'))) {
        match c.to_digit(10) {
            Some(digit) => {
                run.push((place, digit));
                gap = 0;
            }
            None if matches!(c, ' ' | '-' | '.' | '\u{a0}') && gap == 0 => gap = 1,
            None => {
                let digits: Vec<u32> = run.iter().map(|(_, digit)| *digit).collect();
                if is_card(&digits) {
                    found.extend(run.iter().take(digits.len() - 4).map(|(place, _)| *place));
                }
                run.clear();
                gap = 0;
            }
        }
    }
    found
}

fn is_card(digits: &[u32]) -> bool {
    let first = |count: usize| digits.iter().take(count).fold(0, |number, digit| number * 10 + digit);
    let is_of_network = matches!(first(1), 4)
        || matches!(first(2), 34 | 35 | 36 | 37 | 38 | 51..=55 | 62 | 64 | 65)
        || matches!(first(4), 2221..=2720 | 6011);
    DIGITS.contains(&digits.len()) && is_of_network && luhn(digits)
}

/// Every second digit from the right, but for the last, counts twice; the digits of what that makes are added up.
fn luhn(digits: &[u32]) -> bool {
    let weighed = digits.iter().rev().enumerate().map(|(place, digit)| match place % 2 {
        0 => *digit,
        _ if *digit > 4 => digit * 2 - 9,
        _ => digit * 2,
    });
    weighed.sum::<u32>() % 10 == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_by_table() {
        // Numbers that the networks publish for tests.
        for card in [
            "4242424242424242",
            "my card is 4242 4242 4242 4242, thanks",
            "5555-5555-5555-4444",
            "378282246310005",
            "6011.1111.1111.1117",
            "2223003122003222",
            "3566002020360505 exp 12/30",
            "6200000000000005",
        ] {
            assert!(looks_like_card(card), "{card}");
        }
        for other in [
            "",
            "2026-11/17",
            "4242424242424241",
            "424242424242",
            "42424242424242424242",
            "4242 4242  4242 4242",
            "call +44 20 7946 0018 or +1 416 555 0100",
            "GB29 NWBK 6016 1331 9268 19",
            "1234567890123452",
            "invoice 000017 of 2026-10-01, 1234.56",
        ] {
            assert!(!looks_like_card(other), "{other}");
        }
    }
    #[test]
    fn what_is_kept_of_a_text() {
        assert_eq!(masked("card 4242 4242 4242 4242, thanks"), "card •••• •••• •••• 4242, thanks");
        assert_eq!(masked("€ 5555-5555-5555-4444"), "€ ••••-••••-••••-4444");
        assert_eq!(masked("invoice 000017"), "invoice 000017");
    }
}
