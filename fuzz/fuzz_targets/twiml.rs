#![no_main]

#[allow(dead_code)]
#[path = "../src/twilio.rs"]
mod targets;

libfuzzer_sys::fuzz_target!(|data: &[u8]| targets::twiml(data));
