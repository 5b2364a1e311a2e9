//! Plain text and Markdown in any encoding.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| vitae_fuzz::hold(data));
