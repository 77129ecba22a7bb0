//! Documents and mails, drawn and read again.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may panic")]

mod einvoices;
mod folder;
mod html;
mod icalendar;
mod mail;
mod notices;
mod papers;
mod payout_files;
mod pdf;
mod people;
