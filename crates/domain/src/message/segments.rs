/// What fits into one short message by itself, and into each of several that belong together, by the alphabet.
struct Room {
    alone: usize,
    joined: usize,
}

/// In septets: 140 octets; less 6 of them for the header that joins several (3GPP TS 23.040, section 9.2.3.24.1).
const SEVEN_BIT: Room = Room { alone: 160, joined: 153 };
/// In units of two octets.
const UCS2: Room = Room { alone: 70, joined: 67 };

/// The GSM 7 bit default alphabet but its letters and digits (3GPP TS 23.038, section 6.2.1).
const SIGNS: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./:;<=>?¡ÄÖÑÜ§¿äöñüà";
/// Its extension, whose characters take two septets (section 6.2.1.1).
const EXTENSION: &str = "\u{c}^{}\\[~]|€";

/// How many short messages (SMS) a text takes; 1 for an empty one. A character is never divided between two of them.
#[must_use]
pub fn segments(text: &str) -> usize {
    let septets: Option<Vec<usize>> = text.chars().map(septets).collect();
    match septets {
        Some(widths) => taken(&widths, &SEVEN_BIT),
        None => taken(&text.chars().map(char::len_utf16).collect::<Vec<_>>(), &UCS2),
    }
}

/// How many septets a character takes; `None` where the alphabet has it not.
fn septets(c: char) -> Option<usize> {
    if c.is_ascii_alphanumeric() || SIGNS.contains(c) {
        Some(1)
    } else if EXTENSION.contains(c) {
        Some(2)
    } else {
        None
    }
}

fn taken(widths: &[usize], room: &Room) -> usize {
    if widths.iter().sum::<usize>() <= room.alone {
        return 1;
    }
    let (mut segments, mut used) = (1, 0);
    for width in widths {
        if used + width > room.joined {
            segments += 1;
            used = 0;
        }
        used += width;
    }
    segments
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_by_table() {
        let x = |times: usize| "x".repeat(times);
        for (text, taken) in [
            (String::new(), 1),
            (x(1), 1),
            (x(160), 1),
            (x(161), 2),
            (x(306), 2),
            (x(307), 3),
            (x(1600), 11),
            // All of the alphabet but its letters and digits is one septet each.
            (SIGNS.repeat(2), 1),
            // The euro sign takes two, and is not divided: after 152 septets there is no room for it.
            ("\u{20ac}".repeat(80), 1),
            ("\u{20ac}".repeat(81), 2),
            (format!("{}\u{20ac}{}", x(152), x(152)), 3),
            (format!("{}\u{20ac}{}", x(151), x(153)), 2),
            // A character that the alphabet lacks: all of the text is UCS-2.
            (format!("{}\u{e1}", x(69)), 1),
            (format!("{}\u{e1}", x(70)), 2),
            (format!("{}\u{e1}", x(133)), 2),
            (format!("{}\u{e1}", x(134)), 3),
            ("a\ttab".to_owned(), 1),
            (format!("{}\t", x(70)), 2),
            ("\u{627}".repeat(1600), 24),
            // A pair of surrogates is not divided: 33 of them fit into 67 units.
            ("\u{1f600}".repeat(35), 1),
            ("\u{1f600}".repeat(36), 2),
            ("\u{1f600}".repeat(66), 2),
            ("\u{1f600}".repeat(67), 3),
        ] {
            assert_eq!(segments(&text), taken, "{text}");
        }
    }
}
