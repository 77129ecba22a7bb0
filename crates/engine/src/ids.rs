use std::sync::OnceLock;

use domain::time::Instant;
use uuid::timestamp::context::ContextV7;
use uuid::{Timestamp, Uuid};

/// Crockford's base 32 in small letters: it sorts as the number does, and has no letters that look alike.
const DIGITS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// A new id: the prefix, `_`, and 26 characters that sort by the instant of their making (a UUID of version 7, RFC 9562).
pub(crate) fn new_id(prefix: &str, now: Instant) -> String {
    // One counter for the process, so that ids made in one millisecond sort in the order of their making.
    static COUNTER: OnceLock<std::sync::Mutex<ContextV7>> = OnceLock::new();
    let counter = COUNTER.get_or_init(|| std::sync::Mutex::new(ContextV7::new()));
    let seconds = u64::try_from(now.millis() / 1000).unwrap_or(0);
    let nanos = u32::try_from(now.millis() % 1000).unwrap_or(0) * 1_000_000;
    let stamp = match counter.lock() {
        Ok(counter) => Timestamp::from_unix(&*counter, seconds, nanos),
        Err(_) => Timestamp::from_unix(ContextV7::new(), seconds, nanos),
    };
    let number = Uuid::new_v7(stamp).as_u128();
    let mut id = String::with_capacity(prefix.len() + 27);
    id.push_str(prefix);
    id.push('_');
    for digit in (0..26).rev() {
        id.push(char::from(DIGITS[usize::try_from(number >> (5 * digit) & 31).unwrap_or(0)]));
    }
    id
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_sort_in_the_order_of_their_making() {
        let at = |millis| Instant::from_millis(millis).unwrap();
        let mut ids: Vec<String> = (0..1000).map(|_| new_id("call", at(1_000_000))).collect();
        ids.push(new_id("call", at(1_000_001)));
        ids.push(new_id("call", at(9_000_000)));
        assert!(ids.is_sorted_by(|a, b| a < b));
        assert!(ids.iter().all(|id| id.len() == 31 && id.starts_with("call_")));
    }
}
