#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| asterisk::fuzzed::asterisk_events(data));
