#![no_main]

#[allow(dead_code)]
#[path = "../src/domain.rs"]
mod targets;

libfuzzer_sys::fuzz_target!(|data: &[u8]| targets::numbers(data));
