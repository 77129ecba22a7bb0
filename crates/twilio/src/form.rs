//! Bodies of webhooks: `application/x-www-form-urlencoded`.

use std::collections::BTreeSet;

use url::form_urlencoded;

/// The largest body that is read, in bytes: a transcript of 100 kB, each byte of it escaped, and what comes with it.
pub const LARGEST_BODY: usize = 384 * 1024;

/// Names and values, as they came.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Form {
    fields: Vec<(String, String)>,
}

/// A body that is larger than any that Twilio sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the body has {bytes} bytes, and may have {LARGEST_BODY}")]
pub struct TooLarge {
    /// Its size.
    pub bytes: usize,
}

impl Form {
    /// Reads a body. What is no name with a value is none; bytes that are no text become replacement characters.
    ///
    /// # Errors
    /// The body is larger than [`LARGEST_BODY`].
    pub fn read(body: &[u8]) -> Result<Form, TooLarge> {
        if body.len() > LARGEST_BODY {
            return Err(TooLarge { bytes: body.len() });
        }
        Ok(form_urlencoded::parse(body).into_owned().collect())
    }

    /// The first value under a name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The first value under a name, if there is more in it than blanks.
    #[must_use]
    pub fn filled(&self, name: &str) -> Option<&str> {
        self.get(name).filter(|value| !value.trim().is_empty())
    }

    /// The body that it was read from, or one that says the same.
    #[must_use]
    pub fn to_body(&self) -> String {
        form_urlencoded::Serializer::new(String::new()).extend_pairs(&self.fields).finish()
    }

    /// What of it is signed: each distinct name with its value, in the order of bytes.
    pub(crate) fn signed(&self) -> String {
        let distinct: BTreeSet<_> = self.fields.iter().collect();
        distinct.into_iter().flat_map(|(name, value)| [name.as_str(), value]).collect()
    }
}

impl<N: Into<String>, V: Into<String>> FromIterator<(N, V)> for Form {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(fields: I) -> Form {
        Form { fields: fields.into_iter().map(|(name, value)| (name.into(), value.into())).collect() }
    }
}
