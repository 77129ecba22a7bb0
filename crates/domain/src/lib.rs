//! Tollgate's rules of money, time and telephony, as pure functions of values.
//!
//! Nothing here reads a clock, an environment variable, a random source, a file or a database: everything a rule needs is an
//! argument, `now` included. The rules themselves are the binding billing rules; each module says which part of them it holds.

pub mod allowance;
pub mod bank;
pub mod bic;
pub mod billing;
pub mod call_flow;
pub mod card;
pub mod charging;
pub mod country;
pub mod deck;
pub mod dial_plan;
mod document;
pub mod earnings;
pub mod einvoice;
pub mod fees;
pub mod iban;
pub mod invalid;
pub mod ledger;
pub mod limits;
pub mod message;
pub mod money;
pub mod months;
pub mod paper;
pub mod period;
pub mod plan;
pub mod quote;
pub mod rate;
pub mod rating;
pub mod roster;
pub mod screening;
pub mod sepa;
pub mod sms;
pub mod split;
pub mod stars;
pub mod tariff;
pub mod tax;
pub mod time;
pub mod trunks;
