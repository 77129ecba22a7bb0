//! The terminal phone.

pub mod client;
