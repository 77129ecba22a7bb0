//! Messages that phones have handed over: typed, or spoken as a `data:` address (RFC 2397).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use engine::switching::Audio;

/// What a message is. What is no such address was typed.
pub(crate) fn audio(message: &str) -> Audio {
    spoken(message).unwrap_or_else(|| Audio {
        media_type: "text/plain; charset=utf-8".to_owned(),
        bytes: message.as_bytes().to_vec(),
    })
}

fn spoken(message: &str) -> Option<Audio> {
    let (head, data) = message.strip_prefix("data:")?.split_once(',')?;
    let media_type = head.strip_suffix(";base64")?.split(';').next()?;
    let is_audio = media_type.starts_with("audio/") && media_type.len() <= 60;
    let bytes = STANDARD.decode(data).ok().filter(|_| is_audio)?;
    Some(Audio { media_type: media_type.to_owned(), bytes })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_sound_was_typed() {
        let spoken = audio("data:audio/webm;codecs=opus;base64,AAEC");
        assert_eq!((spoken.media_type.as_str(), spoken.bytes.as_slice()), ("audio/webm", &[0, 1, 2][..]));
        for typed in ["call me", "data:text/html;base64,AAEC", "data:audio/webm;base64,?", "data:"] {
            let message = audio(typed);
            assert_eq!(
                (message.media_type.as_str(), message.bytes.as_slice()),
                ("text/plain; charset=utf-8", typed.as_bytes())
            );
        }
    }
}
