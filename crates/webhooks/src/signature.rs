//! Signatures, as the Standard Webhooks specification has them: HMAC-SHA256 over id, instant and body.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::hmac;

/// What a secret begins with.
const MARK: &str = "whsec_";

/// The value of `webhook-signature`: one signature for each secret, divided by blanks. A secret that is none signs nothing.
pub(crate) fn signatures<'a>(secrets: impl Iterator<Item = &'a str>, id: &str, seconds: i64, body: &str) -> String {
    let signed = format!("{id}.{seconds}.{body}");
    let signature = |secret: &str| {
        let key = STANDARD.decode(secret.strip_prefix(MARK)?).ok()?;
        let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &key), signed.as_bytes());
        Some(format!("v1,{}", STANDARD.encode(tag)))
    };
    secrets.filter_map(signature).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_secret_signs() {
        // The secret is the bytes 0, 1, 2; what is expected was made with `openssl dgst -sha256 -mac HMAC`.
        let first = "whsec_AAEC";
        let one = signatures([first].into_iter(), "hev_1", 1_700_000_000, r#"{"a":1}"#);
        assert_eq!(one, "v1,sP6ZFpFONuhGjA4mQhy97w21TYtvEmIh4/MaoJd1IRI=");
        let two = signatures([first, "whsec_AwQF"].into_iter(), "hev_1", 1_700_000_000, r#"{"a":1}"#);
        assert_eq!(two.split(' ').next(), Some(one.as_str()));
        assert_eq!(two.split(' ').count(), 2);
        assert_eq!(signatures(["nothing"].into_iter(), "hev_1", 0, ""), "");
    }
}
