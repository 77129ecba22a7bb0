//! Sends webhooks: the engine's [`Courier`] over HTTPS, signed as the Standard Webhooks specification says.
//!
//! Whoever may name an address here could have this program ask for it what only this machine and its neighbours may ask for. So a
//! [`Policy`] says which addresses there are, a name is resolved once, what it is resolved to is judged, and the connection is made to
//! what was judged. No redirect is followed, no proxy is asked, and of an answer no more is read than is kept of it.

mod address;
mod courier;
mod policy;
mod signature;
mod wire;

pub use courier::HttpCourier;
pub use policy::{Policy, PolicyError};

#[cfg(doc)]
use engine::webhooks::Courier;
