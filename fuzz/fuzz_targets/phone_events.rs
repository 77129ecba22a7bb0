#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| softswitch::fuzzed::phone_events(data));
