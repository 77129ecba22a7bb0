//! Whether a request is Twilio's: `X-Twilio-Signature`, as Twilio's page on the security of webhooks has it.

mod ports;

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::{digest, hmac};
use url::form_urlencoded;

use crate::form::Form;
use ports::Variants;

/// The header that has the signature.
pub const SIGNATURE_HEADER: &str = "x-twilio-signature";
/// The header that says how it was made, where it was not made with an account's token.
pub const SETTINGS_HEADER: &str = "x-twilio-webhooks-signature-settings";
/// The field of a query that has the hash of a body that is no form.
const BODY_HASH: &str = "bodySHA256";

/// How a signature is made.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Algorithm {
    /// With an account's token.
    #[default]
    HmacSha1,
    /// With a key made for webhooks alone.
    HmacSha256,
}

/// What came with a request besides its address.
#[derive(Debug, Clone, Copy)]
pub enum Body<'a> {
    /// A form; an empty one of a request that has no body.
    Form(&'a Form),
    /// Anything else, such as JSON: the address has its hash.
    Other(&'a [u8]),
}

/// A request whose origin is in question.
#[derive(Debug, Clone, Copy)]
pub struct Received<'a> {
    /// The address that Twilio was given: public, with the query as it came.
    pub url: &'a str,
    /// What came with it.
    pub body: Body<'a>,
    /// The header [`SIGNATURE_HEADER`].
    pub signature: Option<&'a str>,
    /// The header [`SETTINGS_HEADER`].
    pub settings: Option<&'a str>,
}

/// Why a request is not taken for Twilio's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotTwilio {
    /// It has no signature.
    #[error("it is not signed")]
    Unsigned,
    /// Nobody here makes signatures in the way that it names.
    #[error("it is signed in an unknown way")]
    UnknownAlgorithm,
    /// It has a body that is no form, and its address has no hash of it, or that of another.
    #[error("its body is not the one that was signed")]
    OtherBody,
    /// None of the tokens has made the signature.
    #[error("its signature is not made with a token of this account")]
    OtherSignature,
}

/// The tokens with which Twilio may sign: two while one is changed for another.
pub struct Tokens {
    keys: Vec<(hmac::Key, hmac::Key)>,
}

impl fmt::Debug for Tokens {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Tokens({})", self.keys.len())
    }
}

impl Tokens {
    /// An empty token is none: anybody could sign with it.
    pub fn new<'a>(tokens: impl IntoIterator<Item = &'a str>) -> Tokens {
        let keys = |token: &str| (key(Algorithm::HmacSha1, token), key(Algorithm::HmacSha256, token));
        Tokens { keys: tokens.into_iter().filter(|token| !token.is_empty()).map(keys).collect() }
    }

    /// Whether a request is Twilio's. Without a token none is.
    ///
    /// # Errors
    /// Why it is not taken for one.
    pub fn check(&self, received: &Received<'_>) -> Result<(), NotTwilio> {
        let signature = received.signature.ok_or(NotTwilio::Unsigned)?;
        let algorithm = Algorithm::of(received.settings)?;
        let fields = match received.body {
            Body::Form(form) => form.signed(),
            Body::Other(bytes) if is_hash_in(received.url, bytes) => String::new(),
            Body::Other(_) => return Err(NotTwilio::OtherBody),
        };
        let signature = STANDARD.decode(signature).map_err(|_| NotTwilio::OtherSignature)?;
        let is_made_with = |url: &str| {
            let signed = [url, &fields].concat();
            // Every key is tried, whichever it is.
            let verified = |(sha1, sha256): &(hmac::Key, hmac::Key)| {
                let key = if algorithm == Algorithm::HmacSha1 { sha1 } else { sha256 };
                hmac::verify(key, signed.as_bytes(), &signature).is_ok()
            };
            self.keys.iter().filter(|keys| verified(keys)).count() > 0
        };
        // Twilio signs the address now with, now without its port.
        let Variants { without_port, with_port } = Variants::of(received.url);
        if is_made_with(&without_port) || is_made_with(&with_port) { Ok(()) } else { Err(NotTwilio::OtherSignature) }
    }
}

impl Algorithm {
    /// The one that the header [`SETTINGS_HEADER`] names, such as `key=...,algorithm=HMAC_SHA256`.
    ///
    /// # Errors
    /// It is unknown.
    pub fn of(settings: Option<&str>) -> Result<Algorithm, NotTwilio> {
        let named = |part: &'_ str| {
            let (name, value) = part.split_once('=')?;
            (name.trim() == "algorithm").then(|| value.trim().to_ascii_uppercase()).filter(|value| !value.is_empty())
        };
        match settings.unwrap_or_default().split(',').find_map(named).as_deref() {
            None | Some("HMAC_SHA1") => Ok(Algorithm::HmacSha1),
            Some("HMAC_SHA256") => Ok(Algorithm::HmacSha256),
            Some(_) => Err(NotTwilio::UnknownAlgorithm),
        }
    }
}

/// The signature of a request as Twilio makes it: base64 of the code over its address and the fields of its form.
#[must_use]
pub fn sign(algorithm: Algorithm, token: &str, url: &str, form: &Form) -> String {
    let signed = [url, &form.signed()].concat();
    STANDARD.encode(hmac::sign(&key(algorithm, token), signed.as_bytes()))
}

fn key(algorithm: Algorithm, token: &str) -> hmac::Key {
    let algorithm = match algorithm {
        Algorithm::HmacSha1 => hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
        Algorithm::HmacSha256 => hmac::HMAC_SHA256,
    };
    hmac::Key::new(algorithm, token.as_bytes())
}

fn is_hash_in(url: &str, body: &[u8]) -> bool {
    let query = url.split_once('?').map_or("", |(_, query)| query);
    let query = query.split_once('#').map_or(query, |(query, _)| query);
    let named = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == BODY_HASH);
    named.is_some_and(|(_, hash)| *hash == hex(digest::digest(&digest::SHA256, body).as_ref()))
}

/// In small letters, as Twilio writes it.
fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
