use std::borrow::Cow;
use std::str::FromStr;

/// How the characters of a file are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Encoding {
    /// UTF-8.
    #[default]
    Utf8,
    /// Latin-1 (ISO 8859-1), with the characters that Windows-1252 has in place of control characters.
    Latin1,
}

/// A name is not that of an encoding.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is not an encoding: it is utf-8 or latin-1")]
pub struct UnknownEncoding(String);

/// What Windows-1252 has from 0x80 to 0x9f; the five bytes that it leaves open stay control characters.
const WINDOWS_1252: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}', '‘', '’',
    '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

impl Encoding {
    /// The text of these bytes; `None` if they are none.
    pub(crate) fn decode(self, bytes: &[u8]) -> Option<Cow<'_, str>> {
        match self {
            Encoding::Utf8 => std::str::from_utf8(bytes).ok().map(Cow::Borrowed),
            Encoding::Latin1 => Some(bytes.iter().map(|byte| latin_1(*byte)).collect()),
        }
    }
}

fn latin_1(byte: u8) -> char {
    match byte {
        0x80..=0x9f => WINDOWS_1252[usize::from(byte - 0x80)],
        _ => char::from(byte),
    }
}

impl FromStr for Encoding {
    type Err = UnknownEncoding;

    fn from_str(name: &str) -> Result<Self, UnknownEncoding> {
        match name.to_ascii_lowercase().as_str() {
            "utf-8" | "utf8" => Ok(Encoding::Utf8),
            "latin-1" | "latin1" | "iso-8859-1" | "windows-1252" => Ok(Encoding::Latin1),
            _ => Err(UnknownEncoding(name.chars().take(40).collect())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_and_texts() {
        for (encoding, bytes, text) in [
            (Encoding::Utf8, &b"Zo\xc3\xab"[..], Some("Zoë")),
            (Encoding::Utf8, b"Zo\xeb", None),
            (Encoding::Latin1, b"Zo\xeb", Some("Zoë")),
            (Encoding::Latin1, b"5 \x80 \x93Q\x94", Some("5 € “Q”")),
            (Encoding::Latin1, b"\xff\x9f\xa0", Some("ÿŸ\u{a0}")),
        ] {
            assert_eq!(encoding.decode(bytes).as_deref(), text);
        }
    }

    #[test]
    fn names() {
        assert_eq!("UTF-8".parse(), Ok(Encoding::Utf8));
        assert_eq!("latin-1".parse(), Ok(Encoding::Latin1));
        assert!("ebcdic".parse::<Encoding>().is_err());
    }
}
