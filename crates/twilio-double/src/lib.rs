//! Plays Twilio's part where there is none: its REST interface at an address of this machine, its signed webhooks, and the people on their phones.
//!
//! A number that calls, a phone that rings and what its people do are told by [`Double`] and [`Party`]; what Twilio would do of it happens: documents are
//! asked for and followed, callbacks are posted. No time passes but by [`Double::let_pass`]. What Twilio would not take is noted as a fault.

mod double;
mod party;
mod post;
mod rest;
mod wire;
mod world;

pub use double::{Account, Double, NotPlayed, Reach};
pub use party::{Asked, Party};
pub use post::{Order, Posted, Signing};
pub use world::{Delivery, Line, Recorded, Written};
