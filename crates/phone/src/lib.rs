//! The terminal phone: a Socket.IO [`client`], a [`telephone`] that is pure, and what connects the two with a screen or a script.

pub mod client;
mod handset;
mod journal;
mod program;
mod screen;
pub mod script;
pub mod telephone;

pub use handset::Settings;
pub use journal::Style;
pub use program::{PhoneError, by_script, listen, on_screen};
