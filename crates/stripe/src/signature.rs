//! Whether a webhook is Stripe's: the header `Stripe-Signature`, as Stripe's page on webhook signatures has it.
//!
//! The header has the second at which it was made, `t`, and signatures of the scheme `v1`: HMAC with SHA-256 over that second, a dot, and
//! the body. Several stand there while the secret is changed; other schemes are passed over.

use std::fmt;

use domain::time::Instant;
use ring::hmac;

/// The header that has the signature.
pub const SIGNATURE_HEADER: &str = "stripe-signature";
/// How far the second of a signature may be from ours: what is older may be a replay.
pub const TOLERANCE_SECONDS: i64 = 300;

/// Why a request is not taken for Stripe's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotStripe {
    /// It has no signature of the scheme that we know.
    #[error("it is not signed")]
    Unsigned,
    /// None of the secrets has made the signature.
    #[error("its signature is not made with the secret of this endpoint")]
    OtherSignature,
    /// It was signed too long ago, or will be.
    #[error("it was signed more than {TOLERANCE_SECONDS} s from now")]
    OtherTime,
}

/// The secrets with which webhooks may be signed: two while one is changed for another.
pub struct Secrets(Vec<hmac::Key>);

impl fmt::Debug for Secrets {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Secrets({})", self.0.len())
    }
}

impl Secrets {
    /// An empty secret is none: anybody could sign with it.
    pub fn new<'a>(secrets: impl IntoIterator<Item = &'a str>) -> Secrets {
        Secrets(secrets.into_iter().filter(|secret| !secret.is_empty()).map(key).collect())
    }

    /// Whether a body with this header is Stripe's, and of now. Without a secret none is.
    ///
    /// # Errors
    /// Why it is not taken for one.
    pub fn check(&self, header: Option<&str>, body: &[u8], now: Instant) -> Result<(), NotStripe> {
        let (second, signatures) = parts(header.ok_or(NotStripe::Unsigned)?).ok_or(NotStripe::Unsigned)?;
        let signed = signed(second, body);
        // Every key is tried on every signature, whichever it is.
        let verified = |key: &hmac::Key| {
            signatures.iter().filter(|signature| hmac::verify(key, &signed, signature).is_ok()).count() > 0
        };
        if self.0.iter().filter(|key| verified(key)).count() == 0 {
            return Err(NotStripe::OtherSignature);
        }
        let away = now.millis().div_euclid(1000).saturating_sub(second).saturating_abs();
        if away > TOLERANCE_SECONDS { Err(NotStripe::OtherTime) } else { Ok(()) }
    }
}

/// The header for a body, made at this second with this secret, as Stripe makes it.
#[must_use]
pub fn sign(secret: &str, second: i64, body: &[u8]) -> String {
    let code = hmac::sign(&key(secret), &signed(second, body));
    let hex: String = code.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("t={second},v1={hex}")
}

fn key(secret: &str) -> hmac::Key {
    hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes())
}

fn signed(second: i64, body: &[u8]) -> Vec<u8> {
    [format!("{second}.").as_bytes(), body].concat()
}

/// The second, and the signatures of the scheme `v1`.
fn parts(header: &str) -> Option<(i64, Vec<Vec<u8>>)> {
    let fields: Vec<(&str, &str)> = header
        .split(',')
        .filter_map(|field| field.split_once('='))
        .map(|(name, value)| (name.trim(), value.trim()))
        .collect();
    let second = fields.iter().find(|(name, _)| *name == "t")?.1.parse().ok()?;
    let signatures: Vec<Vec<u8>> =
        fields.iter().filter(|(name, _)| *name == "v1").filter_map(|(_, value)| bytes(value)).collect();
    (!signatures.is_empty()).then_some((second, signatures))
}

/// The bytes of hexadecimal digits.
fn bytes(hex: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> = hex
        .chars()
        .map(|digit| digit.to_digit(16).and_then(|digit| u8::try_from(digit).ok()))
        .collect::<Option<_>>()?;
    let pairs = digits.chunks_exact(2);
    (pairs.remainder().is_empty() && digits.len() == 64).then(|| pairs.map(|pair| pair[0] * 16 + pair[1]).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENDPOINT: &str = "whsec_of_this_endpoint";
    const BODY: &[u8] = br#"{"id": "evt_1"}"#;

    fn at(second: i64) -> Instant {
        Instant::clamped(second * 1000)
    }

    #[test]
    fn signatures_by_table() {
        let good = sign(ENDPOINT, 1000, BODY);
        let other = sign("whsec_other", 1000, BODY);
        let v1 = good.split_once(',').unwrap().1;
        let of_other = other.split_once(',').unwrap().1;
        for (header, body, now, expected) in [
            (good.clone(), BODY, 1000, Ok(())),
            (good.clone(), BODY, 1300, Ok(())),
            (good.clone(), BODY, 1301, Err(NotStripe::OtherTime)),
            (good.clone(), BODY, 1360, Err(NotStripe::OtherTime)),
            (good.clone(), BODY, 700, Ok(())),
            (good.clone(), BODY, 699, Err(NotStripe::OtherTime)),
            (good.clone(), br#"{"id": "evt_2"}"#, 1000, Err(NotStripe::OtherSignature)),
            (good.clone(), b"", 1000, Err(NotStripe::OtherSignature)),
            (other.clone(), BODY, 1000, Err(NotStripe::OtherSignature)),
            // While the secret is changed there are two.
            (format!("t=1000,{of_other},{v1}"), BODY, 1000, Ok(())),
            (format!("t=1000, {v1} ,v0=6ffbb59b"), BODY, 1000, Ok(())),
            // The second is signed, too.
            (format!("t=1001,{v1}"), BODY, 1001, Err(NotStripe::OtherSignature)),
            (format!("t=1000,{}", v1.replace("v1", "v0")), BODY, 1000, Err(NotStripe::Unsigned)),
            (v1.to_owned(), BODY, 1000, Err(NotStripe::Unsigned)),
            (format!("t=soon,{v1}"), BODY, 1000, Err(NotStripe::Unsigned)),
            ("t=1000,v1=".to_owned(), BODY, 1000, Err(NotStripe::Unsigned)),
            ("t=1000,v1=zz".to_owned(), BODY, 1000, Err(NotStripe::Unsigned)),
            (String::new(), BODY, 1000, Err(NotStripe::Unsigned)),
            (format!("t={},{v1}", i64::MIN), BODY, 1000, Err(NotStripe::OtherSignature)),
        ] {
            let secrets = Secrets::new([ENDPOINT]);
            assert_eq!(secrets.check(Some(&header), body, at(now)), expected, "{header} at {now}");
        }
        assert_eq!(Secrets::new([ENDPOINT]).check(None, BODY, at(1000)), Err(NotStripe::Unsigned));
    }

    #[test]
    fn secrets_are_changed_without_a_gap_and_an_empty_one_is_none() {
        let header = sign(ENDPOINT, 1000, BODY);
        assert_eq!(Secrets::new(["whsec_next", ENDPOINT]).check(Some(&header), BODY, at(1000)), Ok(()));
        let unsigned = sign("", 1000, BODY);
        assert_eq!(Secrets::new([""]).check(Some(&unsigned), BODY, at(1000)), Err(NotStripe::OtherSignature));
        assert!(!format!("{:?}", Secrets::new([ENDPOINT])).contains("whsec"));
    }
}
