//! Secrets: random texts that are shown once, and of which only a hash is kept, but of those that sign.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use md5::Md5;
use sha2::{Digest, Sha256};

/// What is typed off a screen: small letters and digits, none of which looks like another.
const TYPED: &[u8; 32] = b"23456789abcdefghijkmnpqrstuvwxyz";

/// A secret that this program made, or that somebody shows as one. It is not seen where values are printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

/// What the machine did not do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MachineError {
    /// It gave no random numbers.
    #[error("the machine gives no random numbers: {0}")]
    NoRandomness(String),
    /// It could not hash a password.
    #[error("the machine could not hash a password: {0}")]
    Hashing(String),
    /// So many passwords wait to be hashed that no more are taken.
    #[error("too many sign in at this moment: try again in {retry_after_seconds} seconds")]
    Busy {
        /// How long to wait, in seconds.
        retry_after_seconds: u64,
    },
}

impl Secret {
    /// The secret that somebody shows.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Secret(text.into())
    }

    /// A new one of 256 random bits. It begins with a mark, so that scanners know a leaked one.
    pub(crate) fn random(mark: &str) -> Result<Self, MachineError> {
        Ok(Secret(format!("{mark}{}", hex(&random_bytes::<32>()?))))
    }

    /// A new one of 140 random bits that people type into phones: 28 letters and digits.
    pub(crate) fn typed() -> Result<Self, MachineError> {
        Ok(Secret(random_letters::<28>()?))
    }

    /// The secret itself, for whoever it was made for.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What is kept of it. The secret has so many bits that looking its hash up tells nothing about other secrets.
    pub(crate) fn hash(&self) -> String {
        digest(&self.0)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(...)")
    }
}

/// Random bytes.
pub(crate) fn random_bytes<const N: usize>() -> Result<[u8; N], MachineError> {
    let mut bytes = [0_u8; N];
    getrandom::fill(&mut bytes).map_err(|error| MachineError::NoRandomness(error.to_string()))?;
    Ok(bytes)
}

/// Random bytes as base64.
pub(crate) fn random_base64<const N: usize>() -> Result<String, MachineError> {
    Ok(STANDARD.encode(random_bytes::<N>()?))
}

/// Random small letters and digits.
pub(crate) fn random_letters<const N: usize>() -> Result<String, MachineError> {
    Ok(random_bytes::<N>()?.iter().map(|byte| char::from(TYPED[usize::from(byte % 32)])).collect())
}

/// The MD5 of a text, in hexadecimal digits: for what a protocol asks for, and nothing else.
pub(crate) fn md5(text: &str) -> String {
    hex(&Md5::digest(text.as_bytes()))
}

/// The SHA-256 of a text, in hexadecimal digits.
pub(crate) fn digest(text: &str) -> String {
    hex(&Sha256::digest(text.as_bytes()))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
