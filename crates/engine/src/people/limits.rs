//! How often people may try something.

use crate::tries::{Limit, MINUTE};

/// All limits.
///
/// A try counts from its beginning, so that many at once are no more than many in a row; what succeeds is taken back. Nothing is
/// limited for a user over all networks but the codes, which only somebody with the password can try: else anybody could lock
/// anybody out.
pub(super) struct Limits {
    /// Sign-ins with one name from one network.
    pub(super) sign_ins: Limit,
    /// Sign-ins with any name from one network.
    pub(super) networks: Limit,
    /// Codes of a user's second factor, after the right password, from anywhere.
    pub(super) codes: Limit,
    /// Codes that a user is asked for who is signed in.
    pub(super) own_codes: Limit,
    /// Passwords that a user is asked for who is signed in, right ones included.
    pub(super) confirmations: Limit,
    /// Tries to use one ticket's link, while it is open: each may take a hash.
    pub(super) tickets: Limit,
    /// Resets that are asked for from one network.
    pub(super) resets: Limit,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            sign_ins: Limit::new(10, 15 * MINUTE),
            networks: Limit::new(100, 15 * MINUTE),
            codes: Limit::new(20, 15 * MINUTE),
            own_codes: Limit::new(20, 15 * MINUTE),
            confirmations: Limit::new(10, 15 * MINUTE),
            tickets: Limit::new(10, 15 * MINUTE),
            resets: Limit::new(10, 60 * MINUTE),
        }
    }
}
