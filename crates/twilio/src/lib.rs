//! Twilio's language: what it signs, what it says in its webhooks, the documents (TwiML) that it wants as answers, and its REST interface.
//!
//! `switch` carries the exchange's calls with it, `sms` its short messages. `form` and `signature` tell whether a request is Twilio's, `webhook` what it
//! says, `twiml` writes the answer, `rest` asks Twilio for more. Where a call goes, and what it costs, is the exchange's: nothing of that is known here.

pub mod form;
pub mod rest;
pub mod signature;
pub mod sms;
pub mod switch;
pub mod twiml;
pub mod webhook;
