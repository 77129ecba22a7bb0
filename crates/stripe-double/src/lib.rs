//! Stripe, played on this machine where there is none: pages that are made by its REST interface, somebody who pays on them or does not, cards
//! that are kept and charged, money that goes back, and signed webhooks that come twice, late and out of order when a test wants it.

mod account;
mod charging;
mod double;
mod rest;

pub use account::{Charge, Page, Play};
pub use double::{Double, NotPlayed, Sent};
