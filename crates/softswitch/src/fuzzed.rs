//! What fuzzing feeds. No part of the program; `fuzz/` calls it, and the tests run its seeds.

use serde_json::Value;

use crate::said::{Arguments, Said};

/// What a phone says, an event with its arguments as they stand in a packet of Socket.IO: what is read keeps within its limits.
pub fn phone_events(data: &[u8]) {
    let Ok(Arguments(mut all)) = serde_json::from_slice::<Arguments>(data) else { return };
    if all.is_empty() {
        return;
    }
    let Value::String(event) = all.remove(0) else { return };
    match Said::read(&event, &all) {
        Some(Ok(
            Said::MakeCall { number } | Said::Acknowledged { caller: number } | Said::Refused { caller: number, .. },
        )) => {
            assert!((1..=64).contains(&number.len()), "{number}");
        }
        Some(Ok(Said::Talk { text })) => assert!((1..=2000).contains(&text.chars().count()), "{text}"),
        Some(Ok(Said::Dtmf { digits })) => {
            assert!((1..=32).contains(&digits.len()));
            assert!(digits.bytes().all(|key| b"0123456789*#ABCD".contains(&key)), "{digits}");
        }
        Some(Ok(Said::Signal(signal))) => assert!(signal.to_string().len() <= 16 * 1024),
        _ => {}
    }
}

#[cfg(test)]
#[path = "../../../fuzz/seeds.rs"]
mod seeds;

#[cfg(test)]
mod tests {
    #[test]
    fn every_seed_is_read_without_harm() {
        super::seeds::of("phone_events").iter().for_each(|seed| super::phone_events(seed));
    }
}
