//! The real binary, run as a user runs it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may panic")]
#![allow(clippy::print_stdout, reason = "what was killed when is told")]

#[allow(dead_code, reason = "shared with the tests of other crates")]
#[path = "../../../storage/tests/databases/mod.rs"]
mod databases;

#[allow(dead_code, reason = "shared with the tests of the softswitch")]
#[path = "../../../softswitch/tests/relay/coturn.rs"]
mod coturn;

#[allow(dead_code, reason = "shared with the tests of Asterisk")]
#[path = "../../../asterisk/tests/asterisk/pbx/mod.rs"]
mod pbx;

mod api_document;
mod backups;
mod bills;
mod browser;
mod browser_phones;
mod card_payments;
mod certificate;
mod cluster;
mod company;
mod configuration;
mod delivery;
mod demo_bills;
mod exchange;
mod floods;
mod hang_ups;
mod http2;
mod https;
mod import;
mod independent_phones;
mod kills;
mod letters;
mod log;
mod metrics;
mod month_end;
mod nodes;
mod operating;
mod ordinary_phones;
mod people;
mod quote;
mod recorded;
mod reminders;
mod restarts;
mod run;
mod serve;
mod server;
mod simulate;
mod sink;
mod strait;
mod templates;
mod terminal_phone;
mod twilio;
mod twilio_call_backs;
mod twilio_conversations;
mod twilio_paid;
mod twilio_texts;
mod upgrade;
mod visitor;
mod voices;
mod web_app;
mod webhooks;
