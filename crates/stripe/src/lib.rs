//! Payments by Stripe Checkout: the engine's `PaymentProvider`.
//!
//! Customers pay on a page of Stripe's; card numbers never come here. What becomes of a payment Stripe tells by webhooks, each signed.

pub mod amounts;
pub mod event;
pub mod rest;
pub mod signature;

mod provider;
mod routes;

pub use provider::{NAME, Stripe};
pub use routes::routes;
